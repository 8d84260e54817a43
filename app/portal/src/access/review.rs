//! The review desk: grants looked at again.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use lakeport_model::access::{
    GrantEnd, GrantLine, GrantStanding, Recommendation, ReviewLine, at_the_earliest,
};
use lakeport_model::catalog::Classification;
use lakeport_model::people::Viewer;
use lakeport_model::{GrantId, day};
use serde_json::json;

use super::eyes::Eyes;
use super::{
    Cadence, Reviewers, answering, answers_for, grants, kept, no_answer, renewal, schedule, sensitivity,
    still, to_open_under, turn,
};
use crate::audit::{self, Entry};
use crate::catalog::{Rights, Snapshot};
use crate::people::{Actor, Work};
use crate::policy::{self, Authorized, BeginCycle, EndGrant, ReviewGrant};
use crate::store::Tx;
use crate::store::access::{self as store, Grant};
use crate::store::stored::Word;
use crate::{Call, Ctx, Error, Result, notify, text};

/// Grants whose review is due or overdue and waits for the viewer, most urgent first.
pub async fn review_desk(call: &Call) -> Result<Vec<ReviewLine>> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = call.snapshot();
    let now = call.now();
    let mut state = ctx.readings.state(&ctx.db).await?;
    let waiting = waiting(&mut state.tx, call).await?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    let rights = Rights::in_tx(&mut state.tx, now, viewer).await?;
    for (grant, due) in waiting {
        let since = now.date_naive() - TimeDelta::days(ReviewLine::USAGE_DAYS);
        let asset = grant.asset.as_deref().unwrap_or_default();
        let (reads, last_used) = state.usage(grant.consumer, asset, since).await?;
        let still = still::reads(&mut state.tx, ctx, now, &snapshot, &grant).await?;
        let undecided = no_answer::foreseen(&mut state.tx, ctx, now, &snapshot, &grant).await?;
        lines.push(ReviewLine {
            product_opens: rights.knows_port(&snapshot, &grant.port),
            due_in_days: (due - now.date_naive()).num_days(),
            last_used,
            queries: u32::try_from(reads).unwrap_or(u32::MAX),
            recommendation: recommend(reads, grant.confirmed_at.is_some()),
            no_answer: ctx.settings.policies.of(classification(&snapshot, &grant)).no_answer_in_words(),
            grant: GrantLine {
                still,
                undecided,
                ..grants::line(&snapshot, Eyes::Answering, &snapshot.names, grant, now)
            },
        });
    }
    lines.sort_by_key(|line| (line.due_in_days, line.grant.id));
    Ok(lines)
}

/// The grants whose review waits for the viewer, with its date: those whose consumer was asked, and has answered or had
/// time to.
pub(super) async fn waiting(tx: &mut Tx, call: &Call) -> Result<Vec<(Grant, NaiveDate)>> {
    let Call { ctx, viewer, .. } = call;
    let (snapshot, now, today) = (call.snapshot(), call.now(), call.now().date_naive());
    let domains = answers_for(&snapshot, viewer);
    if domains.is_empty() {
        return Ok(Vec::new());
    }
    let grants = store::reviews_in(tx, &domains, schedule::reviews_until(today)).await?;
    let due = |grant: Grant| grant.next_review.map(|due| (grant, due));
    let is_turn = |(grant, due): &(Grant, NaiveDate)| {
        grant.standing(now) == GrantStanding::Active
            && cadence(ctx, &snapshot, grant).is_owners_turn(today, *due, grant.confirmed_at.is_some())
            && policy::decide(viewer, &action(ctx, now, &snapshot, grant).into()).allowed
    };
    Ok(grants.into_iter().filter_map(due).filter(is_turn).collect())
}

/// The first day on which a grant ends whose review waits for the viewer, if nobody decides, in words; `None` where none does.
pub(crate) async fn first_end(tx: &mut Tx, call: &Call) -> Result<Option<String>> {
    let (ctx, snapshot) = (&call.ctx, call.snapshot());
    let mut ends = Vec::new();
    for (grant, _) in waiting(tx, call).await? {
        ends.extend(no_answer::early_end(tx, ctx, call.now(), &snapshot, &grant).await?);
    }
    // Of those on the same day one is certain before the others.
    let first = ends.into_iter().min_by_key(|(day, is_warned)| (*day, !is_warned));
    Ok(first.map(|(ends, is_warned)| format!("{}{}", day(ends), at_the_earliest(!is_warned))))
}

pub(super) fn action(ctx: &Ctx, now: DateTime<Utc>, snapshot: &Snapshot, grant: &Grant) -> ReviewGrant {
    ReviewGrant {
        consumer: grant.consumer,
        reviewers: Reviewers::of(snapshot, grant).now(is_escalated(ctx, now, snapshot, grant)),
    }
}

/// Whether the review of a grant is so late today that others are asked too.
pub(crate) fn is_escalated(ctx: &Ctx, now: DateTime<Utc>, snapshot: &Snapshot, grant: &Grant) -> bool {
    let (cadence, today) = (cadence(ctx, snapshot, grant), now.date_naive());
    grant.next_review.is_some_and(|due| cadence.is_review_escalated(today, due))
}

/// When people hear of a grant.
pub(crate) fn cadence<'a>(ctx: &'a Ctx, snapshot: &Snapshot, grant: &Grant) -> &'a Cadence {
    &ctx.settings.policies.of(classification(snapshot, grant)).cadence
}

/// The classification a grant is reviewed under: what was approved, or what its data has become since.
pub(crate) fn classification(snapshot: &Snapshot, grant: &Grant) -> Classification {
    sensitivity(snapshot, grant.asset.as_deref(), grant.classification.or_strictest())
}

/// What the desk advises, and why. Only what is known counts: the consumer's own word, and that the data was opened in
/// the portal. That it was not says nothing, for the same grant lets it be read outside.
fn recommend(opened: i64, confirmed: bool) -> (Recommendation, String) {
    let last = format!("in the portal in the last {} days", ReviewLine::USAGE_DAYS);
    let used = match opened {
        0 => format!("not opened {last}; reads outside it are not known"),
        1 => format!("opened once {last}"),
        times => format!("opened {times} times {last}"),
    };
    match (opened > 0, confirmed) {
        (_, true) => (Recommendation::Keep, format!("The consumer says it is still needed; {used}.")),
        (true, false) => (Recommendation::Keep, format!("In use: {used}.")),
        (false, false) => (Recommendation::NoAdvice, format!("The consumer has not answered; {used}.")),
    }
}

/// What a refusal about chosen grants is recorded under.
fn first_of(chosen: &[(GrantId, i64)]) -> String {
    chosen.first().map_or_else(|| "grants".to_owned(), |(id, _)| format!("grant {id}"))
}

/// Keeps grants: their next cycle begins. All or nothing.
pub async fn keep(call: &Call, chosen: Vec<(GrantId, i64)>, comment: String) -> Result<u32> {
    let first = first_of(&chosen);
    let done = keep_them(call, &chosen, &comment).await;
    call.noted("grant.keep.refused", first, done).await
}

async fn keep_them(call: &Call, chosen: &[(GrantId, i64)], comment: &str) -> Result<u32> {
    let ctx = &call.ctx;
    let comment = text::text("comment", "the comment", comment, text::LONG)?;
    let (mut tx, viewer) = call.change().await?;
    let (now, viewer) = (tx.now(), &viewer);
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    for (mut grant, proof) in reviewed(&mut tx, ctx, &snapshot, viewer, chosen).await? {
        to_open_under(&grant.classification)?;
        // Somebody has looked at what the data is now, and decided for it.
        grant.classification = Word::Known(classification(&snapshot, &grant));
        let by = Decider { actor: Actor::Viewer(viewer.clone()), name: &viewer.name, proof: proof.allows() };
        keep_on(&mut tx, ctx, now, &snapshot, grant, &by, comment).await?;
    }
    tx.commit().await?;
    Ok(u32::try_from(chosen.len()).unwrap_or(u32::MAX))
}

/// Withdraws grants at once; their consumers are told why. All or nothing.
pub async fn revoke(call: &Call, chosen: Vec<(GrantId, i64)>, comment: String) -> Result<u32> {
    let first = first_of(&chosen);
    let done = revoke_them(call, &chosen, &comment).await;
    call.noted("grant.revoke.refused", first, done).await
}

async fn revoke_them(call: &Call, chosen: &[(GrantId, i64)], comment: &str) -> Result<u32> {
    let ctx = &call.ctx;
    let missing = "Say why you withdraw the access; whoever loses it reads it.";
    let reason = text::required("comment", "the comment", comment, text::LONG, missing)?;
    let (mut tx, viewer) = call.change().await?;
    let (now, viewer) = (tx.now(), &viewer);
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let withdrawn = reviewed(&mut tx, ctx, &snapshot, viewer, chosen).await?;
    let beside = beside(&mut tx, ctx, &snapshot, viewer, &withdrawn).await?;
    for (grant, proof) in withdrawn.iter().chain(&beside) {
        let by = Decider { actor: Actor::Viewer(viewer.clone()), name: &viewer.name, proof: proof.allows() };
        end(&mut tx, ctx, now, grant, &by, reason).await?;
    }
    let mut told = BTreeSet::new();
    for (grant, _) in &withdrawn {
        if told.insert((grant.consumer, &grant.port)) {
            tell_withdrawn(&mut tx, ctx, now, &snapshot, grant, &viewer.name, reason).await?;
        }
    }
    tx.commit().await?;
    Ok(u32::try_from(chosen.len()).unwrap_or(u32::MAX))
}

/// The chosen grants with the proof that the viewer may review each, in the revisions the viewer saw.
async fn reviewed(
    tx: &mut Work<'_>,
    ctx: &Ctx,
    snapshot: &Snapshot,
    viewer: &Viewer,
    chosen: &[(GrantId, i64)],
) -> Result<Vec<(Grant, Authorized<ReviewGrant>)>> {
    if chosen.is_empty() {
        return Err(Error::invalid("grants", "Choose at least one grant first."));
    }
    let (now, mut found) = (tx.now(), Vec::with_capacity(chosen.len()));
    for (id, revision) in chosen {
        // A grant of others is not there for somebody who has no say over it.
        let mut grant = store::grant(tx, *id).await?.ok_or_else(|| Error::not_found("grant"))?;
        let decision = policy::decide(viewer, &action(ctx, now, snapshot, &grant).into());
        if grant.consumer != viewer.id && !decision.allowed {
            return Err(Error::not_found("grant").under(decision.rule));
        }
        let proof = turn::authorize(snapshot, viewer, action(ctx, now, snapshot, &grant))?;
        if grant.standing(now) != GrantStanding::Active {
            return Err(Error::conflict(
                "One of these grants has ended; nothing was changed. Load the page again.",
            ));
        }
        grant.revision = *revision;
        found.push((grant, proof));
    }
    Ok(found)
}

/// What else lets the same people read through the same ports: one grant alone withdrawn would close nothing.
async fn beside(
    tx: &mut Work<'_>,
    ctx: &Ctx,
    snapshot: &Snapshot,
    viewer: &Viewer,
    chosen: &[(Grant, Authorized<ReviewGrant>)],
) -> Result<Vec<(Grant, Authorized<ReviewGrant>)>> {
    let mut found: Vec<(Grant, Authorized<ReviewGrant>)> = Vec::new();
    let now = tx.now();
    for (grant, _) in chosen {
        for other in renewal::live_on_port(tx, now, grant.consumer, &grant.port).await? {
            if chosen.iter().chain(&found).any(|(there, _)| there.id == other.id) {
                continue;
            }
            if let Ok(proof) = policy::authorize(viewer, action(ctx, now, snapshot, &other)) {
                found.push((other, proof));
            }
        }
    }
    Ok(found)
}

/// Day of the next review, counted from today; `None` where the grant ends before: its end is announced instead.
pub(super) fn next_review(
    ctx: &Ctx,
    now: DateTime<Utc>,
    classification: Classification,
    ends_on: NaiveDate,
) -> Option<NaiveDate> {
    let next = ctx.settings.policies.of(classification).next_review(now.date_naive());
    (next < ends_on).then_some(next)
}

/// Who keeps or ends a grant, and the proof that it is allowed.
pub(super) struct Decider<'a, A> {
    pub(super) actor: Actor,
    pub(super) name: &'a str,
    pub(super) proof: Authorized<A>,
}

/// Begins a grant's next cycle, under the rules for what its data is now, and tells its consumer; used by owners and by the
/// policy. The grant opens what somebody decided it for, and no more because nobody answered.
pub(super) async fn keep_on(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    mut grant: Grant,
    by: &Decider<'_, BeginCycle>,
    comment: &str,
) -> Result<()> {
    let classification = classification(snapshot, &grant);
    let next = next_review(ctx, now, classification, grant.ends_on);
    grant.domain = answering(snapshot, grant.asset.as_deref(), &grant.product, &grant.domain).to_owned();
    store::next_cycle(tx, &by.proof, &grant, next).await?;
    let detail = json!({
        "cycle": grant.cycle, "next_review": next, "classification": classification, "comment": comment
    });
    note(tx, ctx, &by.actor, &grant, kept::ACTION, by.proof.rule(), detail).await?;
    kept::tell(tx, ctx, snapshot, &grant, (by.name, next), comment).await
}

/// Ends a grant; used by owners, and when its consumer leaves.
pub(super) async fn end(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    grant: &Grant,
    by: &Decider<'_, EndGrant>,
    reason: &str,
) -> Result<()> {
    let why = format!("Withdrawn by {}: {reason}", by.name);
    store::end_grant(tx, &by.proof, grant, GrantEnd::Revoked, &by.actor.key(), &why, now).await?;
    let detail = json!({ "cycle": grant.cycle, "reason": reason });
    note(tx, ctx, &by.actor, grant, "grant.revoke", by.proof.rule(), detail).await
}

/// Tells a consumer that the access was withdrawn, and why; where something else still opens the data, that only the grant
/// was.
async fn tell_withdrawn(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
    by: &str,
    reason: &str,
) -> Result<()> {
    let still = still::reads(tx, ctx, now, snapshot, grant).await?;
    let is_retired = still::is_retired(snapshot, &grant.port, now.date_naive());
    let (what, next) = still::loss(&snapshot.port_title(&grant.port), still.as_deref(), is_retired);
    let message = notify::Message::new(
        format!("{what} was withdrawn"),
        [format!("{by}: {reason}"), next],
        "/access/grants",
    );
    let about = format!("grant {}", grant.id);
    notify::tell_about(tx, ctx, &[grant.consumer], &about, &message).await
}

pub(crate) async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    grant: &Grant,
    action: &'static str,
    rule: &str,
    detail: serde_json::Value,
) -> Result<()> {
    let subject = format!("grant {}", grant.id);
    audit::record(tx, ctx, Entry { actor, action, subject, rule, detail }).await
}
