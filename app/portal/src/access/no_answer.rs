//! A review that nobody decides: who is warned before the policy acts, and what is said of it afterwards.

use chrono::{NaiveDate, TimeDelta};
use lakeport_model::access::GrantEnd;
use lakeport_model::{PersonId, listed};
use serde_json::json;

use super::reminders::once;
use super::{NoAnswer, Reviewers, review};
use crate::catalog::Snapshot;
use crate::notify::{self, Message};
use crate::people::Actor;
use crate::store::access::{self as store, Grant};
use crate::store::{Tx, notify as records};
use crate::{Ctx, Result};

/// Days that reviewers have after the review date, and at least after they were first reminded.
pub(super) const ACT_AFTER_DAYS: i64 = 14;
/// Days before the policy ends access on which its consumer is warned.
const WARN_DAYS: [i64; 2] = [1, 7];

/// The day the policy acts on; `None` while nobody was reminded, however far the clock jumped.
async fn acts_on(tx: &mut Tx, grant: &Grant) -> Result<Option<NaiveDate>> {
    let Some(due) = grant.next_review else { return Ok(None) };
    let reminded = records::first_reminder(tx, grant.id, grant.cycle).await?;
    Ok(reminded.map(|at| due.max(at.date_naive()) + TimeDelta::days(ACT_AFTER_DAYS)))
}

fn day(date: NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}

/// Those whose turn it is and who have not decided, by name.
fn silent(snapshot: &Snapshot, grant: &Grant) -> (Vec<PersonId>, String) {
    let people = Reviewers::of(snapshot, grant).first;
    let names: Vec<String> = people.iter().map(|person| snapshot.person_name(person.0)).collect();
    let names = if names.is_empty() { "Nobody who answers for the data".to_owned() } else { listed(&names) };
    (people, names)
}

/// Warns the consumer that access ends if nobody decides, with the names of those it lies with.
pub(super) async fn warn(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, grant: &Grant) -> Result<bool> {
    let policy = ctx.settings.policies.of(review::classification(snapshot, grant)?);
    let (Some(ends), NoAnswer::Revoke) = (acts_on(tx, grant).await?, policy.no_answer) else {
        return Ok(false);
    };
    let left = (ends - ctx.now().date_naive()).num_days();
    let Some(notice) = WARN_DAYS.into_iter().find(|days| left <= *days) else { return Ok(false) };
    let (_, names) = silent(snapshot, grant);
    let said = if grant.confirmed_at.is_some() { " You have said that it is still needed." } else { "" };
    let message = Message {
        title: format!(
            "Your access to {} ends on {} without a decision",
            snapshot.port_title(&grant.port),
            day(ends)
        ),
        body: format!("The review lies with {names}.{said} Ask for a decision, or request a renewal."),
        href: "/access/grants".to_owned(),
    };
    let key = format!("warn.{}.{notice}", ends.format("%Y-%m-%d"));
    once(tx, ctx, grant, grant.cycle, &key, PersonId(grant.consumer), &message).await
}

/// What the policy does once the time to answer is over.
pub(super) async fn act(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, grant: &Grant) -> Result<bool> {
    let Some(ends) = acts_on(tx, grant).await? else { return Ok(false) };
    if ctx.now().date_naive() < ends {
        return Ok(false);
    }
    match ctx.settings.policies.of(review::classification(snapshot, grant)?).no_answer {
        NoAnswer::Revoke => end(tx, ctx, snapshot, grant, ends).await.map(|()| true),
        NoAnswer::Keep => {
            let (_, names) = silent(snapshot, grant);
            let reason = format!("{names} did not decide by {}", day(ends));
            let (actor, rule) = (Actor::System("policy"), "review.no_answer_keep");
            let by = review::By { actor, name: "policy", rule };
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
    let (people, names) = silent(snapshot, grant);
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
    store::end_grant(tx, grant, GrantEnd::Revoked, &actor.key(), &told(&consumer), ctx.now()).await?;
    let own = Message {
        title: format!("Your access to {title} has ended: nobody decided"),
        body: format!("{}. Request access again if you still need it.", told("you")),
        href: "/access/grants".to_owned(),
    };
    notify::tell(tx, ctx, &[PersonId(grant.consumer)], &own).await?;
    let owners = Message {
        title: format!("Access of {consumer} to {title} has ended: nobody decided"),
        body: format!("{}. It can be requested again.", told(&consumer)),
        href: "/reviews".to_owned(),
    };
    notify::tell(tx, ctx, &people, &owners).await?;
    let detail = json!({ "cycle": grant.cycle, "ends": ends, "still_needed": grant.confirmed_at.is_some() });
    review::note(tx, ctx, &actor, grant, "grant.revoke", "review.no_answer_revoke", detail).await
}
