//! The digest: once a day at most, whoever follows something that changed is told so in one message.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use lakeport_model::follow::FEED_DAYS;
use lakeport_model::{First, PersonId};

use super::feed::{Change, merged, top};
use super::watched::Watched;
use crate::actor::Actor;
use crate::catalog::Rights;
use crate::notify::{self, Message};
use crate::store::announced::announced;
use crate::store::{Tx, follow as store};
use crate::{Ctx, Result, people};

/// Most changes that are counted.
const MOST_COUNTED: usize = 1_000;
/// Most names that a message has.
const MOST_NAMED: usize = 7;
/// The hour of the day, in UTC, from which on digests are written.
const HOUR: i64 = 6;
/// Seconds over which the digests of all people are spread.
const SPREAD: u128 = 3_600;

/// When somebody's digest is looked at next: the next morning, at a moment of their own.
pub(crate) fn next_look(person: PersonId, now: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = now.date_naive() + Days::new(1);
    let seconds = i64::try_from(person.0.as_u128() % SPREAD).unwrap_or_default();
    tomorrow.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(HOUR) + TimeDelta::seconds(seconds)
}

/// Tells a person what changed since their last digest of what they follow; answers how many messages that took. What they
/// changed themselves they know, and what they may not see in full by now is not told.
pub(crate) async fn tell(ctx: &Ctx, person: PersonId) -> Result<u32> {
    // Most days bring nothing: that is found out without the turn to write, so that nobody waits for it.
    let now = ctx.now();
    let mut tx = ctx.db.read().await?;
    let is_news = news(&mut tx, ctx, person, now).await?.is_some();
    drop(tx);
    if is_news {
        return write(ctx, person).await;
    }
    // Up to when changes were told stays as it is: what is published meanwhile, the next look finds.
    let mut tx = ctx.db.write().await?;
    store::put_digest_off(&mut tx, person, next_look(person, now)).await?;
    tx.commit_unrecorded("when a digest is looked at next is no change of it").await?;
    Ok(0)
}

/// Writes a digest, where there still is news.
async fn write(ctx: &Ctx, person: PersonId) -> Result<u32> {
    // With the turn to write: what others are about to publish would bear an earlier moment than this digest, and be told by none.
    let mut tx = ctx.db.write().await?;
    let now = ctx.now();
    let message = news(&mut tx, ctx, person, now).await?;
    // Another process may have been quicker.
    if !store::told(&mut tx, person, now, next_look(person, now)).await? {
        return Ok(0);
    }
    if let Some(message) = &message {
        notify::tell(&mut tx, ctx, &[person], message).await?;
    }
    tx.commit_unrecorded("a digest stands in the inbox").await?;
    Ok(u32::from(message.is_some()))
}

/// What a person is told; `None` where nothing changed.
async fn news(tx: &mut Tx, ctx: &Ctx, person: PersonId, now: DateTime<Utc>) -> Result<Option<Message>> {
    let Some(told_at) = store::told_at(tx, person).await? else { return Ok(None) };
    let Some(viewer) = people::viewer_in(tx, person).await? else { return Ok(None) };
    let snapshot = ctx.snapshot_in(tx).await?;
    let rights = Rights::in_tx(tx, now, &viewer).await?;
    let own = Actor::Viewer(viewer).key();
    let follows = store::follows_of(tx, person).await?;
    // The list, to which the message leads, goes back no further.
    let told_at = told_at.max(now - TimeDelta::days(FEED_DAYS.into()));
    let after = |since: DateTime<Utc>| since.max(told_at) + TimeDelta::microseconds(1);
    let watched = Watched::of(&snapshot, &rights, &follows, after);
    let limit = i64::try_from(MOST_COUNTED).unwrap_or(i64::MAX);
    let rows = store::changed(tx, &watched.asked(), &top(), &own, limit).await?;
    let said = announced(tx, &watched.things(), &top(), Some(person), limit).await?;
    let changes = merged(&watched, rows, said, &top(), MOST_COUNTED);
    let names: Vec<&str> = changes.iter().map(Change::name).collect();
    Ok(message(&names, names.len() == MOST_COUNTED))
}

/// The message about changes of these things, the newest first; there may be more where they are cut.
fn message(names: &[&str], is_cut: bool) -> Option<Message> {
    let count = names.len();
    let changes = match count {
        0 => return None,
        1 => "1 change".to_owned(),
        _ if is_cut => format!("{count} changes or more"),
        _ => format!("{count} changes"),
    };
    let mut seen = BTreeSet::new();
    let distinct: Vec<&str> = names.iter().copied().filter(|name| seen.insert(*name)).collect();
    let title = format!("{changes} in what you follow: {}", First::cut(distinct, MOST_NAMED).words());
    let says = ["The list says what changed, and why you are told", "Stop following what you need no more"];
    Some(Message::new(title, says, "/following"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(names: &[&str], is_cut: bool) -> Option<String> {
        message(names, is_cut).map(|message| message.title().to_owned())
    }

    #[test]
    fn a_digest_counts_changes_and_names_each_thing_once() {
        assert_eq!(title(&[], false), None);
        assert_eq!(title(&["Orders"], false).as_deref(), Some("1 change in what you follow: Orders"));
        assert_eq!(
            title(&["Orders", "Customers", "Orders"], false).as_deref(),
            Some("3 changes in what you follow: Orders and Customers")
        );
        let many = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
        let said = title(&many, true);
        assert_eq!(
            said.as_deref(),
            Some("9 changes or more in what you follow: a, b, c, d, e, f, g and 2 more")
        );
    }

    #[test]
    fn a_digest_is_looked_at_once_a_day_and_not_all_at_once() {
        let now: DateTime<Utc> = "2026-12-01T08:00:00Z".parse().expect("a moment");
        let person = |number| PersonId(uuid::Uuid::from_u128(number));
        assert_eq!(next_look(person(0), now).to_rfc3339(), "2026-12-02T06:00:00+00:00");
        let next = next_look(person(2 * SPREAD - 1), now);
        assert_eq!(next.to_rfc3339(), "2026-12-02T06:59:59+00:00");
        assert_eq!(next_look(person(2 * SPREAD - 1), next), next + TimeDelta::days(1));
    }
}
