//! The sweep over grants: reminders, escalation, what the policy does when nobody answers, announced ends.
//!
//! Idempotent: a reminder is recorded under (grant, cycle, kind, recipient), and only the most pressing one is
//! sent, so that a portal that was switched off does not send four at once. When a grant is looked at next is stored with
//! it: a sweep over grants of which none is due costs a look at an index, however many they are.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use lakeport_model::access::GrantStanding;
use lakeport_model::sharing::Provisioning;
use lakeport_model::{GrantId, PersonId, day, is_unread_day};
use serde_json::json;

use super::faults::Thing;
use super::sweep::Sweep;
use crate::access::schedule::{Course, ReminderKind};
use crate::access::telling::{Once, REVIEW, WARNING, remind_once, review_words};
use crate::access::{Reviewers, eyes, no_answer, review, still, wake};
use crate::catalog::{Snapshot, href};
use crate::notify::{self, Message};
use crate::people::Actor;
use crate::policy::rules::LastDay;
use crate::store::access::{self as store, Grant};
use crate::store::jobs::never;
use crate::store::stored::Word;
use crate::store::{Tx, notify as messages, people};
use crate::{Ctx, Error, Result};

/// A grant ends once, however many cycles it had.
const NO_CYCLE: i64 = 0;

/// Reviews are reminded of and escalated, and ends announced.
pub(super) struct Reminders;

#[async_trait]
impl Sweep for Reminders {
    type Id = GrantId;

    const NAME: &str = "reminders";

    async fn due(&self, tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<GrantId>> {
        store::grants_to_look_at(tx, now, limit).await
    }

    async fn see_to(&self, ctx: &Ctx, id: GrantId) -> Result<u32> {
        see_to(ctx, id).await
    }

    async fn thing(&self, ctx: &Ctx, id: GrantId, has_failed: bool) -> Result<Thing> {
        if !has_failed {
            return Ok(Thing::grant(id, None));
        }
        // The rest of the row may be what cannot be read.
        let mut tx = ctx.db.read().await?;
        Ok(Thing::grant(id, store::request_of(&mut tx, id).await?))
    }

    async fn put_off(&self, tx: &mut Tx, id: GrantId, again: DateTime<Utc>) -> Result<()> {
        store::put_off_grant(tx, id, again).await
    }
}

/// Does what is due about one grant, and notes when it is looked at next.
async fn see_to(ctx: &Ctx, id: GrantId) -> Result<u32> {
    let mut tx = ctx.db.write().await?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    // Read again: somebody may have decided since.
    let Some(grant) = open(&mut tx, id).await? else { return Ok(0) };
    let now = ctx.now();
    let worked = match grant.standing(now) {
        GrantStanding::Active => {
            has_review_day(&grant)?;
            look(&mut tx, ctx, now, &snapshot, &grant).await?
        }
        GrantStanding::Expired => {
            grant.days()?;
            take_back(&mut tx, ctx, now, &snapshot, &grant).await?
        }
        _ => false,
    };
    // What was done changes it. A new cycle is looked at by itself.
    let left = open(&mut tx, id).await?;
    if let Some(left) = left.as_ref().filter(|left| left.cycle == grant.cycle) {
        let next = next_look(&mut tx, ctx, now, &snapshot, left).await?;
        let looked_as = wake::looked_as(&snapshot, grant.asset.as_deref());
        store::look_at_grant(&mut tx, id, next, looked_as).await?;
    }
    tx.commit_unrecorded("reminders stand in the inbox; whatever ends a grant is recorded where it does")
        .await?;
    // A word in it that nobody knows held nothing up, and is told all the same.
    if let Some(left) = left.filter(|left| left.standing(ctx.now()) == GrantStanding::Active) {
        left.known()?;
    }
    Ok(u32::from(worked))
}

/// Nobody is told on which day a review was due where that cannot be read: such a day counts as one long ago.
fn has_review_day(grant: &Grant) -> Result<()> {
    if grant.next_review.is_some_and(is_unread_day) {
        return Err(Error::fault("database: the day of the review of a grant is no day"));
    }
    Ok(())
}

async fn open(tx: &mut Tx, id: GrantId) -> Result<Option<Grant>> {
    Ok(store::grant(tx, id).await?.filter(|grant| grant.ended.is_none()))
}

/// When a grant has to be looked at next, as far as its dates and what was sent say.
async fn next_look(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<DateTime<Utc>> {
    if grant.standing(now) != GrantStanding::Active {
        return Ok(never());
    }
    let course = Course {
        ends_on: grant.ends_on,
        next_review: grant.next_review,
        first_asked: first(tx, grant, REVIEW).await?,
        first_warned: first(tx, grant, WARNING).await?,
    };
    let next = course.next_look(review::cadence(ctx, snapshot, grant), now.date_naive());
    Ok(next.and_time(NaiveTime::MIN).and_utc())
}

/// When somebody was first sent something of this kind in the cycle of a grant.
async fn first(tx: &mut Tx, grant: &Grant, kind: &str) -> Result<Option<NaiveDate>> {
    let first = messages::first_reminder(tx, grant.id, grant.cycle, kind).await?;
    Ok(first.map(|at| at.date_naive()))
}

fn taken_back(grant: &Grant) -> bool {
    matches!(grant.provisioning, Word::Known(Provisioning::Deprovisioning | Provisioning::Deprovisioned))
}

async fn look(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<bool> {
    let ended = no_answer::act(tx, ctx, now, snapshot, grant).await?;
    if ended {
        return Ok(true);
    }
    // Those who review are asked first: only then is it known whether the policy ends it early.
    let reminded = remind(tx, ctx, now, snapshot, grant).await?;
    let announced = announce_end(tx, ctx, now, snapshot, grant).await?;
    let warned = no_answer::warn(tx, ctx, now, snapshot, grant).await?;
    Ok(reminded || warned || announced)
}

async fn remind(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<bool> {
    let (today, cadence) = (now.date_naive(), review::cadence(ctx, snapshot, grant));
    let Some((due, kind)) = grant.next_review.and_then(|due| Some((due, cadence.reminder(today, due)?)))
    else {
        return Ok(false);
    };
    let title = snapshot.port_title(&grant.port);
    let mut worked = false;
    // Once the consumer is warned, a milder question after it would hide the day on which access ends.
    if grant.confirmed_at.is_none() && no_answer::pending(tx, ctx, now, snapshot, grant).await?.is_none() {
        let ask = Message::new(
            format!("Do you still need {title}?"),
            [
                review_words(today, due),
                format!("You asked for it to: {}", grant.purpose),
                "If you do not need it any more, give it up".to_owned(),
                answer_by(ctx, now, snapshot, grant, due),
            ],
            "/access/grants",
        );
        let key = format!("ask.{}", kind.key());
        let once = Once { cycle: grant.cycle, kind: &key, to: grant.consumer };
        worked |= remind_once(tx, ctx, now, grant, once, &ask).await?;
    }
    if !cadence.is_owners_turn(today, due, grant.confirmed_at.is_some()) {
        return Ok(worked);
    }
    let reviewers = Reviewers::of(snapshot, grant);
    let nobody = reviewers.first.is_empty() && reviewers.later.is_empty() && reviewers.above.is_empty();
    let key = format!("{REVIEW}.{}", kind.key());
    worked |= ask_reviewers(tx, ctx, now, snapshot, grant, kind, reviewers).await?;
    if nobody {
        worked |= nobody_reviews(tx, ctx, now, snapshot, grant, &key).await?;
    }
    Ok(worked)
}

/// Asks those who review for their decision, and says when access ends without it; once it is long overdue also those whom
/// it comes to from above, with the reason.
async fn ask_reviewers(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
    kind: ReminderKind,
    Reviewers { first, later, above }: Reviewers,
) -> Result<bool> {
    let today = now.date_naive();
    let Some(due) = grant.next_review else { return Ok(false) };
    let missed = no_answer::missed(&names(snapshot, &first), due);
    let asked = new_to(tx, now, grant, &format!("{REVIEW}.{}", kind.key()), first).await?;
    let mut escalated = Vec::new();
    if review::is_escalated(ctx, now, snapshot, grant) {
        let people: BTreeSet<PersonId> = later.into_iter().chain(above).collect();
        let key = format!("escalated.{}", kind.key());
        escalated = new_to(tx, now, grant, &key, people.into_iter().collect()).await?;
    }
    if asked.is_empty() && escalated.is_empty() {
        return Ok(false);
    }
    // Known since somebody was asked, which is recorded above.
    let ends = no_answer::end_in_words(tx, ctx, now, snapshot, grant).await?.unwrap_or_default();
    let needs = if grant.confirmed_at.is_some() { " and still needs it" } else { "" };
    let decide = |why: String| {
        Message::new(
            format!("Review access to {}", snapshot.port_title(&grant.port)),
            [
                format!("{} reads it{needs}", snapshot.who(grant.consumer)),
                review_words(today, due),
                why,
                ends.clone(),
            ],
            "/reviews",
        )
    };
    let about = format!("grant {}", grant.id);
    notify::tell_about(tx, ctx, &asked, &about, &decide(String::new())).await?;
    let why = format!("{missed}, so it has come to you, too");
    notify::tell_about(tx, ctx, &escalated, &about, &decide(why)).await?;
    Ok(true)
}

fn names(snapshot: &Snapshot, people: &[PersonId]) -> Vec<String> {
    people.iter().map(|person| snapshot.person_name(*person)).collect()
}

/// Those of them who were not sent this yet; that they are is recorded.
async fn new_to(
    tx: &mut Tx,
    now: DateTime<Utc>,
    grant: &Grant,
    kind: &str,
    people: Vec<PersonId>,
) -> Result<Vec<PersonId>> {
    let mut new = Vec::with_capacity(people.len());
    for person in people {
        if messages::remind(tx, grant.id, grant.cycle, kind, person, now).await? {
            new.push(person);
        }
    }
    Ok(new)
}

/// Where nobody answers for the data, the administrators are told that somebody has to.
async fn nobody_reviews(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
    key: &str,
) -> Result<bool> {
    let domain = snapshot.domain_name(&grant.domain);
    let message = |title: String| {
        Message::new(
            format!("Nobody can review access to {title}"),
            [
                format!("{} reads it", snapshot.who(grant.consumer)),
                format!("Give {domain} an owner or a steward who reviews it"),
            ],
            href::domain(&grant.domain),
        )
    };
    let mut worked = false;
    for person in people::administrators(tx).await? {
        let title = eyes::title_for(tx, now, snapshot, person, &grant.port).await?;
        let message = message(title.unwrap_or_else(|| format!("data of {domain}")));
        let once = Once { cycle: grant.cycle, kind: key, to: person };
        worked |= remind_once(tx, ctx, now, grant, once, &message).await?;
    }
    Ok(worked)
}

/// Until when the consumer is asked alone; after that, with whom the review lies.
fn answer_by(ctx: &Ctx, now: DateTime<Utc>, snapshot: &Snapshot, grant: &Grant, due: NaiveDate) -> String {
    let owner = review::cadence(ctx, snapshot, grant).owner_is_asked_on(due);
    if now.date_naive() < owner {
        no_answer::goes_to(ctx, now, snapshot, grant, owner)
    } else {
        no_answer::lies_with(ctx, now, snapshot, grant)
    }
}

/// The end of a grant is announced to its consumer as a review is, and whether or not a review waits.
async fn announce_end(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<bool> {
    let cadence = review::cadence(ctx, snapshot, grant);
    let Some(kind) = cadence.reminder(now.date_naive(), grant.ends_on) else { return Ok(false) };
    let key = format!("end.{}", kind.key());
    if messages::was_reminded(tx, grant.id, NO_CYCLE, &key).await? {
        // So on most days; nothing else has to be looked up then.
        return Ok(false);
    }
    let last = no_answer::end_of(tx, ctx, now, snapshot, grant).await?;
    if last < grant.ends_on {
        // The warning says so, with the names of those who can still decide.
        return Ok(false);
    }
    let still = still::after(tx, ctx, now, snapshot, grant, last).await?.map(|left| left.how);
    let is_retired = still::is_retired(snapshot, &grant.port, now.date_naive());
    let (what, after) = still::loss(&snapshot.port_title(&grant.port), still.as_deref(), is_retired);
    let next = if still.is_some() || is_retired {
        after
    } else {
        "Request access again before that day if you still need it".to_owned()
    };
    let (latest, review) = match no_answer::foreseen(tx, ctx, now, snapshot, grant).await? {
        Some(early) => {
            let (ends, earliest) = (day(early.ends), early.at_the_earliest());
            (" at the latest", format!("Its review waits; without a decision it ends on {ends}{earliest}"))
        }
        None => ("", String::new()),
    };
    let message =
        Message::new(format!("{what} ends on {}{latest}", day(last)), [next, review], "/access/grants");
    let once = Once { cycle: NO_CYCLE, kind: &key, to: grant.consumer };
    remind_once(tx, ctx, now, grant, once, &message).await
}

/// An expired grant stopped working by itself; here its delivery is taken back and its consumer told, once.
async fn take_back(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<bool> {
    if taken_back(grant) {
        return Ok(false);
    }
    let proof = LastDay::Over.proof();
    store::set_provisioning(tx, &proof, grant.id, Provisioning::Deprovisioning, 0, now, None).await?;
    store::settle_ended(tx, grant).await?;
    let consumer = grant.consumer;
    let title = eyes::title_for(tx, now, snapshot, consumer, &grant.port).await?;
    // Of what is hidden from them they are told nothing new.
    let is_retired = title.is_some() && still::is_retired(snapshot, &grant.port, now.date_naive());
    let title = title.unwrap_or_else(|| grant.port.clone());
    let still = still::after(tx, ctx, now, snapshot, grant, grant.ends_on).await?.map(|left| left.how);
    let (what, next) = still::loss(&title, still.as_deref(), is_retired);
    let last = format!("Its last day was {}", day(grant.ends_on));
    let message = Message::new(format!("{what} has ended"), [last, next], "/access/grants");
    let once = Once { cycle: NO_CYCLE, kind: "ended", to: consumer };
    remind_once(tx, ctx, now, grant, once, &message).await?;
    let detail = json!({ "ends_on": grant.ends_on });
    review::note(tx, ctx, &Actor::System("calendar"), grant, "grant.expire", proof.rule(), detail).await?;
    Ok(true)
}
