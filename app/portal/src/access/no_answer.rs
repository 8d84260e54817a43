//! A review that nobody decides: who is warned before the policy acts, and what is said of it afterwards.

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::access::{GrantEnd, ReviewState, Undecided, is_over, lies_with_whom};
use lakeport_model::catalog::AccessStanding;
use lakeport_model::{PersonId, day, listed};
use serde_json::json;

use super::telling::{Once, REVIEW, WARNING, remind_once};
use super::{NoAnswer, Reviewers, eyes, review, schedule, still};
use crate::catalog::Snapshot;
use crate::notify::{self, Message};
use crate::people::Actor;
use crate::policy::rules;
use crate::store::access::{self as store, Grant};
use crate::store::{Tx, notify as messages};
use crate::{Ctx, Result};

/// Under which the policy ends a grant.
pub(super) const RULE: &str = rules::NoAnswer::Revoke.name();

/// The last day to decide before the policy acts; `None` while nobody who reviews was asked, however far the clock jumped.
async fn acts_after(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, grant: &Grant) -> Result<Option<NaiveDate>> {
    // Which policy that is, nobody knows where the classification cannot be read: none of them ends or keeps it.
    let Some(due) = grant.next_review.filter(|_| grant.classification.meaning().is_some()) else {
        return Ok(None);
    };
    let asked = messages::first_reminder(tx, grant.id, grant.cycle, REVIEW).await?;
    let cadence = review::cadence(ctx, snapshot, grant);
    Ok(asked.map(|at| cadence.policy_acts_after(due, at.date_naive())))
}

/// The last day of access where the policy ends it, and whether its consumer was warned.
async fn ends_on(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<Option<(NaiveDate, bool)>> {
    let Some(acts) = acts_after(tx, ctx, snapshot, grant).await? else { return Ok(None) };
    let warned = messages::first_reminder(tx, grant.id, grant.cycle, WARNING).await?;
    let ends = schedule::access_ends_on(acts, warned.map(|at| at.date_naive()), now.date_naive());
    Ok(Some((ends, warned.is_some())))
}

/// Whose word it was, in the reason that is kept for everybody.
const CONSUMER: &str = "its consumer";
const HAD_SAID: &str = "had said it is still needed";

/// The reason for which a grant ended, as its consumer reads it: as "you".
pub(super) fn to_its_consumer(grant: &Grant, reason: &str) -> String {
    if grant.ended_rule.as_deref() == Some(RULE) {
        reason.replace(&format!("{CONSUMER} {HAD_SAID}"), &format!("you {HAD_SAID}"))
    } else {
        reason.to_owned()
    }
}

/// Those it lies with and who have not decided, and their names.
fn silent(ctx: &Ctx, now: DateTime<Utc>, snapshot: &Snapshot, grant: &Grant) -> (Vec<PersonId>, Vec<String>) {
    let people = Reviewers::of(snapshot, grant).asked(review::is_escalated(ctx, now, snapshot, grant));
    let names = people.iter().map(|person| snapshot.person_name(*person)).collect();
    (people, names)
}

/// That a review was not decided by a day, with the names of those it lay with.
pub(crate) fn missed(names: &[String], by: NaiveDate) -> String {
    let by = day(by);
    if names.is_empty() {
        format!("Nobody was there to decide by {by}")
    } else {
        format!("{} did not decide by {by}", listed(names))
    }
}

/// With whom the review of a grant lies, as its consumer is told.
pub(crate) fn lies_with(ctx: &Ctx, now: DateTime<Utc>, snapshot: &Snapshot, grant: &Grant) -> String {
    let (_, names) = silent(ctx, now, snapshot, grant);
    format!("The review lies with {}", lies_with_whom(&names))
}

/// To whom the review goes on a day to come if its consumer does not answer, as the consumer is told.
pub(crate) fn goes_to(
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
    on: NaiveDate,
) -> String {
    let (_, names) = silent(ctx, now, snapshot, grant);
    format!("Without your answer, the review goes to {} on {}", lies_with_whom(&names), day(on))
}

/// What happens to a grant if nobody decides its review: with the day, where it is known.
pub(super) async fn in_words(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<String> {
    if let Some(ends) = end_in_words(tx, ctx, now, snapshot, grant).await? {
        return Ok(ends);
    }
    Ok(ctx.settings.policies.of(review::classification(snapshot, grant)).no_answer_in_words())
}

/// When a grant ends if nobody decides its review, as those read it who can; `None` where it does not end by that.
pub(crate) async fn end_in_words(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<Option<String>> {
    let undecided = foreseen(tx, ctx, now, snapshot, grant).await?;
    Ok(undecided.map(|undecided| {
        let (ends, earliest) = (day(undecided.ends), undecided.at_the_earliest());
        format!("Without a decision, the grant ends on {ends}{earliest}")
    }))
}

/// The last day that comes before a grant's own because nobody decides its review, and whether its consumer was warned.
pub(super) async fn early_end(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<Option<(NaiveDate, bool)>> {
    let policy = ctx.settings.policies.of(review::classification(snapshot, grant));
    if policy.no_answer != NoAnswer::Revoke {
        return Ok(None);
    }
    let ends = ends_on(tx, ctx, now, snapshot, grant).await?;
    Ok(ends.filter(|(ends, _)| *ends < grant.ends_on))
}

/// The same once it is so near that the consumer is warned.
async fn near_end(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<Option<(NaiveDate, bool)>> {
    // So for most grants; nothing has to be looked up for them.
    if grant.review(now) != ReviewState::Overdue {
        return Ok(None);
    }
    let ends = early_end(tx, ctx, now, snapshot, grant).await?;
    Ok(ends.filter(|(ends, _)| schedule::warning(now.date_naive(), *ends).is_some()))
}

/// The near end of a grant whose review nobody decides, with whom that lies, and what its consumer reads afterwards. The
/// warning and every page say it alike.
pub(crate) async fn pending(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<Option<Undecided>> {
    let Some(ends) = near_end(tx, ctx, now, snapshot, grant).await? else { return Ok(None) };
    undecided(tx, ctx, now, snapshot, grant, ends).await.map(Some)
}

/// The same as soon as it is known, near or not: for those who can still decide.
pub(crate) async fn foreseen(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<Option<Undecided>> {
    let Some(ends) = early_end(tx, ctx, now, snapshot, grant).await? else { return Ok(None) };
    undecided(tx, ctx, now, snapshot, grant, ends).await.map(Some)
}

async fn undecided(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
    (ends, is_warned): (NaiveDate, bool),
) -> Result<Undecided> {
    let still = still::after(tx, ctx, now, snapshot, grant, ends).await?.map(|left| left.how);
    let with = silent(ctx, now, snapshot, grant).1;
    Ok(Undecided { ends, may_move: !is_warned, with, still })
}

/// The last day of a grant as things stand.
pub(crate) async fn end_of(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<NaiveDate> {
    Ok(near_end(tx, ctx, now, snapshot, grant).await?.map_or(grant.ends_on, |(ends, _)| ends))
}

/// Until when somebody reads whose longest grant this is, and with whom its review lies where it ends for want of a
/// decision.
pub(crate) async fn reads_until(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<(NaiveDate, Vec<String>)> {
    let Some((ends, _)) = near_end(tx, ctx, now, snapshot, grant).await? else {
        return Ok((grant.ends_on, Vec::new()));
    };
    let other = still::after(tx, ctx, now, snapshot, grant, ends).await?.and_then(|left| left.until);
    Ok(match other {
        Some(until) => (until, Vec::new()),
        None => (ends, silent(ctx, now, snapshot, grant).1),
    })
}

/// What somebody may do, as pages tell it: with the end that comes where nobody decides a review.
pub(crate) async fn as_told(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    standing: AccessStanding,
) -> Result<AccessStanding> {
    let AccessStanding::Granted { grant, .. } = standing else { return Ok(standing) };
    let Some(held) = store::grant(tx, grant).await? else { return Ok(standing) };
    let (ends_on, undecided_by) = reads_until(tx, ctx, now, snapshot, &held).await?;
    Ok(AccessStanding::Granted { grant, ends_on, undecided_by })
}

/// Warns the consumer that the grant ends if nobody decides, with the names of those it lies with.
pub(crate) async fn warn(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<bool> {
    let Some(Undecided { ends, still, .. }) = pending(tx, ctx, now, snapshot, grant).await? else {
        return Ok(false);
    };
    let today = now.date_naive();
    let Some(notice) = schedule::warning(today, ends) else { return Ok(false) };
    let is_retired = still::is_retired(snapshot, &grant.port, today);
    let (what, after) = still::loss(&snapshot.port_title(&grant.port), still.as_deref(), is_retired);
    let said = grant.confirmed_at.map(|_| "You have said that it is still needed");
    let next = match (&still, said) {
        (Some(_), _) => after.as_str(),
        (None, Some(_)) if is_retired => "Ask for a decision",
        (None, None) if is_retired => "Say that it is still needed",
        (None, Some(_)) => "Ask for a decision, or request a renewal",
        (None, None) => "Say that it is still needed, or request a renewal",
    };
    let message = Message::new(
        format!("{what} ends on {} without a decision", day(ends)),
        [lies_with(ctx, now, snapshot, grant).as_str(), said.unwrap_or_default(), next],
        "/access/grants",
    );
    let key = format!("{WARNING}.{}.{notice}", ends.format("%Y-%m-%d"));
    let once = Once { cycle: grant.cycle, kind: &key, to: grant.consumer };
    remind_once(tx, ctx, now, grant, once, &message).await
}

/// What the policy does once the time to answer is over.
pub(crate) async fn act(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<bool> {
    let today = now.date_naive();
    let Some(acts) = acts_after(tx, ctx, snapshot, grant).await?.filter(|acts| is_over(*acts, today)) else {
        return Ok(false);
    };
    match ctx.settings.policies.of(review::classification(snapshot, grant)).no_answer {
        NoAnswer::Revoke => match ends_on(tx, ctx, now, snapshot, grant).await? {
            Some((ends, true)) if is_over(ends, today) => {
                end(tx, ctx, now, snapshot, grant, ends).await.map(|()| true)
            }
            _ => Ok(false),
        },
        NoAnswer::Keep => {
            let (_, names) = silent(ctx, now, snapshot, grant);
            let reason = missed(&names, acts);
            let (actor, proof) = (Actor::System("policy"), rules::NoAnswer::Keep.proof());
            let by = review::Decider { actor, name: "Lakeport", proof: proof.allows() };
            review::keep_on(tx, ctx, now, snapshot, grant.clone(), &by, &reason).await?;
            Ok(true)
        }
        // Stays overdue; the reminders go on.
        NoAnswer::Flag => Ok(false),
    }
}

/// Ends the grant and says who did not decide, and what its consumer had answered.
async fn end(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
    ends: NaiveDate,
) -> Result<()> {
    let (actor, proof) = (Actor::System("policy"), rules::NoAnswer::Revoke.proof());
    let (people, names) = silent(ctx, now, snapshot, grant);
    let missed = missed(&names, ends);
    let title = snapshot.port_title(&grant.port);
    let consumer = snapshot.person_name(grant.consumer);
    let told = |who: &str| {
        let said = if grant.confirmed_at.is_some() { format!("; {who} {HAD_SAID}") } else { String::new() };
        format!("{missed}{said}")
    };
    // Those who decide read it, and the consumer, who would take it for another person's if it named them.
    let why = told(CONSUMER);
    store::end_grant(tx, &proof.allows(), grant, GrantEnd::Revoked, &actor.key(), &why, now).await?;
    let still = still::after(tx, ctx, now, snapshot, grant, ends).await?.map(|left| left.how);
    let is_retired = still::is_retired(snapshot, &grant.port, now.date_naive());
    let (what, next) = still::loss(&title, still.as_deref(), is_retired);
    let own =
        Message::new(format!("{what} has ended: nobody decided"), [told("you"), next], "/access/grants");
    let about = format!("grant {}", grant.id);
    notify::tell_about(tx, ctx, &[grant.consumer], &about, &own).await?;
    let (what, next) = match still {
        Some(how) => {
            (format!("The grant of {consumer} on {title}"), format!("{consumer} can still read it {how}"))
        }
        None if is_retired => (format!("Access of {consumer} to {title}"), still::RETIRED.to_owned()),
        None => (format!("Access of {consumer} to {title}"), "It can be requested again".to_owned()),
    };
    let (ended, says) = (format!("{what} has ended: nobody decided"), [told(&consumer), next]);
    for person in people {
        let page = eyes::page_of_ended(tx, now, snapshot, person, grant).await?;
        let message = Message::new(ended.as_str(), &says, page);
        notify::tell_about(tx, ctx, &[person], &about, &message).await?;
    }
    let detail = json!({ "cycle": grant.cycle, "ends": ends, "still_needed": grant.confirmed_at.is_some() });
    review::note(tx, ctx, &actor, grant, "grant.revoke", proof.rule(), detail).await
}
