//! A review that nobody decides: who is warned before the policy acts, and what is said of it afterwards.

use chrono::NaiveDate;
use lakeport_model::access::{GrantEnd, ReviewState, Undecided, is_over};
use lakeport_model::catalog::AccessStanding;
use lakeport_model::{PersonId, listed};
use serde_json::json;

use super::reminders::{REVIEW, WARNING, once};
use super::{NoAnswer, Reviewers, review, schedule};
use crate::catalog::Snapshot;
use crate::notify::{self, Message};
use crate::people::Actor;
use crate::store::access::{self as store, Grant};
use crate::store::{Tx, notify as records};
use crate::{Ctx, Result};

/// Under which the policy ends a grant.
pub(super) const RULE: &str = "review.no_answer_revoke";

/// The last day to decide before the policy acts; `None` while nobody who reviews was asked, however far the clock jumped.
async fn acts_after(tx: &mut Tx, grant: &Grant) -> Result<Option<NaiveDate>> {
    let Some(due) = grant.next_review else { return Ok(None) };
    let asked = records::first_reminder(tx, grant.id, grant.cycle, REVIEW).await?;
    Ok(asked.map(|at| schedule::policy_acts_after(due, at.date_naive())))
}

/// The last day of access where the policy ends it, and whether its consumer was warned.
async fn ends_on(tx: &mut Tx, ctx: &Ctx, grant: &Grant) -> Result<Option<(NaiveDate, bool)>> {
    let Some(acts) = acts_after(tx, grant).await? else { return Ok(None) };
    let warned = records::first_reminder(tx, grant.id, grant.cycle, WARNING).await?;
    let ends = schedule::access_ends_on(acts, warned.map(|at| at.date_naive()), ctx.now().date_naive());
    Ok(Some((ends, warned.is_some())))
}

fn day(date: NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}

/// Those it lies with and who have not decided, and their names.
fn silent(snapshot: &Snapshot, grant: &Grant, today: NaiveDate) -> (Vec<PersonId>, Vec<String>) {
    let people = Reviewers::of(snapshot, grant).asked(grant, today);
    let names = people.iter().map(|person| snapshot.person_name(person.0)).collect();
    (people, names)
}

fn named(names: &[String]) -> String {
    if names.is_empty() { "Nobody who answers for the data".to_owned() } else { listed(names) }
}

/// The end that comes before a grant's last day because nobody decides its review, once it is so near that its consumer is
/// warned. The warning and every page say it alike.
pub(super) async fn pending(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<Option<Undecided>> {
    // So for most grants; nothing has to be looked up for them.
    if grant.review(ctx.now()) != ReviewState::Overdue {
        return Ok(None);
    }
    let policy = ctx.settings.policies.of(review::classification(snapshot, grant)?);
    let (Some((ends, _)), NoAnswer::Revoke) = (ends_on(tx, ctx, grant).await?, policy.no_answer) else {
        return Ok(None);
    };
    let today = ctx.now().date_naive();
    let is_near = schedule::warning(today, ends).is_some() && ends < grant.ends_on;
    Ok(is_near.then(|| Undecided { ends, with: silent(snapshot, grant, today).1 }))
}

/// The last day of a grant as things stand.
pub(crate) async fn end_of(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, grant: &Grant) -> Result<NaiveDate> {
    Ok(pending(tx, ctx, snapshot, grant).await?.map_or(grant.ends_on, |undecided| undecided.ends))
}

/// What somebody may do, as pages tell it: with the end that comes where nobody decides a review.
pub(crate) async fn as_told(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    standing: AccessStanding,
) -> Result<AccessStanding> {
    let AccessStanding::Granted { grant, .. } = standing else { return Ok(standing) };
    let Some(held) = store::grant(tx, grant.0).await? else { return Ok(standing) };
    Ok(match pending(tx, ctx, snapshot, &held).await? {
        Some(Undecided { ends, with }) => {
            AccessStanding::Granted { grant, ends_on: ends, undecided_by: with }
        }
        None => standing,
    })
}

/// Warns the consumer that access ends if nobody decides, with the names of those it lies with.
pub(super) async fn warn(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, grant: &Grant) -> Result<bool> {
    let Some(Undecided { ends, with }) = pending(tx, ctx, snapshot, grant).await? else { return Ok(false) };
    let Some(notice) = schedule::warning(ctx.now().date_naive(), ends) else { return Ok(false) };
    let names = named(&with);
    let (said, next) = if grant.confirmed_at.is_some() {
        ("You have said that it is still needed", "Ask for a decision, or request a renewal")
    } else {
        ("", "Say that it is still needed, or request a renewal")
    };
    let message = Message::new(
        format!(
            "Your access to {} ends on {} without a decision",
            snapshot.port_title(&grant.port),
            day(ends)
        ),
        [format!("The review lies with {names}").as_str(), said, next],
        "/access/grants",
    );
    let key = format!("{WARNING}.{}.{notice}", ends.format("%Y-%m-%d"));
    once(tx, ctx, grant, grant.cycle, &key, PersonId(grant.consumer), &message).await
}

/// What the policy does once the time to answer is over.
pub(super) async fn act(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, grant: &Grant) -> Result<bool> {
    let today = ctx.now().date_naive();
    let Some(acts) = acts_after(tx, grant).await?.filter(|acts| is_over(*acts, today)) else {
        return Ok(false);
    };
    match ctx.settings.policies.of(review::classification(snapshot, grant)?).no_answer {
        NoAnswer::Revoke => match ends_on(tx, ctx, grant).await? {
            Some((ends, true)) if is_over(ends, today) => {
                end(tx, ctx, snapshot, grant, ends).await.map(|()| true)
            }
            _ => Ok(false),
        },
        NoAnswer::Keep => {
            let (_, names) = silent(snapshot, grant, today);
            let reason = format!("{} did not decide by {}", named(&names), day(acts));
            let (actor, rule) = (Actor::System("policy"), "review.no_answer_keep");
            let by = review::By { actor, name: "Lakeport", rule };
            review::keep_on(tx, ctx, snapshot, grant.clone(), &by, &reason).await?;
            Ok(true)
        }
        // Stays overdue; the reminders go on.
        NoAnswer::Flag => Ok(false),
    }
}

/// Ends the grant and says who did not decide, and what its consumer had answered.
async fn end(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, grant: &Grant, ends: NaiveDate) -> Result<()> {
    let actor = Actor::System("policy");
    let (people, names) = silent(snapshot, grant, ctx.now().date_naive());
    let names = named(&names);
    let title = snapshot.port_title(&grant.port);
    let consumer = snapshot.person_name(grant.consumer);
    let told = |who: &str| {
        let said = if grant.confirmed_at.is_some() {
            format!("; {who} had said it is still needed")
        } else {
            String::new()
        };
        format!("{names} did not decide by {}{said}", day(ends))
    };
    // Those who decide read it, and the consumer: his name would be another person's to him.
    let why = told("its consumer");
    store::end_grant(tx, grant, GrantEnd::Revoked, &actor.key(), RULE, &why, ctx.now()).await?;
    let own = Message::new(
        format!("Your access to {title} has ended: nobody decided"),
        [told("you").as_str(), "Request access again if you still need it"],
        "/access/grants",
    );
    let about = format!("grant {}", grant.id);
    notify::tell_about(tx, ctx, &[PersonId(grant.consumer)], &about, &own).await?;
    let owners = Message::new(
        format!("Access of {consumer} to {title} has ended: nobody decided"),
        [told(&consumer).as_str(), "It can be requested again"],
        "/reviews",
    );
    notify::tell_about(tx, ctx, &people, &about, &owners).await?;
    let detail = json!({ "cycle": grant.cycle, "ends": ends, "still_needed": grant.confirmed_at.is_some() });
    review::note(tx, ctx, &actor, grant, "grant.revoke", RULE, detail).await
}
