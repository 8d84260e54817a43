//! The review desk: grants looked at again.

use chrono::{NaiveDate, TimeDelta};
use lakeport_model::access::{GrantEnd, GrantStanding, Recommendation, ReviewLine, ReviewState};
use lakeport_model::catalog::Classification;
use lakeport_model::people::{Role, Viewer};
use lakeport_model::{GrantId, PersonId};
use serde_json::json;

use super::{Reviewers, answering, grants, sensitivity};
use crate::audit::{self, Entry};
use crate::catalog::Snapshot;
use crate::people::Actor;
use crate::policy::{self, Action, Authorized};
use crate::store::access::{self as store, Grant};
use crate::store::catalog::AssetRow;
use crate::store::{Tx, audit as chain, people};
use crate::{Ctx, Error, Result, notify, text};

const USAGE_DAYS: i64 = 90;

/// Grants whose review is due or overdue and waits for the viewer, most urgent first.
pub async fn review_desk(ctx: &Ctx, viewer: &Viewer) -> Result<Vec<ReviewLine>> {
    if !viewer.is_anywhere(Role::Steward) {
        return Ok(Vec::new());
    }
    let snapshot = ctx.snapshot().await?;
    let now = ctx.now();
    let mut tx = ctx.db.read().await?;
    let names = people::names(&mut tx).await?;
    let mut lines = Vec::new();
    for grant in store::open_grants(&mut tx).await? {
        let (Some(due), true) = (grant.next_review, grant.review(now) != ReviewState::Ok) else { continue };
        if !policy::decide(viewer, &action(&snapshot, &grant)).allowed {
            continue;
        }
        let since = now.date_naive() - TimeDelta::days(USAGE_DAYS);
        let asset = grant.asset.as_deref().unwrap_or_default();
        let (reads, last_used) = store::usage(&mut tx, grant.consumer, asset, since).await?;
        lines.push(ReviewLine {
            due_in_days: (due - now.date_naive()).num_days(),
            last_used,
            queries: u32::try_from(reads).unwrap_or(u32::MAX),
            recommendation: recommend(reads, grant.confirmed_at.is_some()),
            no_answer: ctx.settings.policies.of(classification(&snapshot, &grant)?).no_answer_in_words(),
            grant: grants::line(&snapshot, &names, grant, now)?,
        });
    }
    lines.sort_by_key(|line| (line.due_in_days, line.grant.id));
    Ok(lines)
}

fn action(snapshot: &Snapshot, grant: &Grant) -> Action {
    let Reviewers { first, later } = Reviewers::of(snapshot, grant);
    Action::ReviewGrant {
        consumer: PersonId(grant.consumer),
        reviewers: first.into_iter().chain(later).collect(),
    }
}

/// The classification a grant is reviewed under: what was approved, or what its data has become since.
pub(super) fn classification(snapshot: &Snapshot, grant: &Grant) -> Result<Classification> {
    Ok(sensitivity(snapshot, grant.asset.as_deref(), grant.classification()?))
}

/// What the desk advises, and why: use in the last 90 days, and the consumer's own word.
fn recommend(reads: i64, confirmed: bool) -> (Recommendation, String) {
    let used = match reads {
        0 => format!("not read in the last {USAGE_DAYS} days"),
        1 => format!("read once in the last {USAGE_DAYS} days"),
        reads => format!("read {reads} times in the last {USAGE_DAYS} days"),
    };
    match (reads > 0, confirmed) {
        (_, true) => (Recommendation::Keep, format!("The consumer says it is still needed; {used}.")),
        (true, false) => (Recommendation::Keep, format!("In use: {used}.")),
        (false, false) => {
            (Recommendation::Withdraw, format!("Not needed, it seems: {used}, and no answer yet."))
        }
    }
}

/// Keeps grants: their next cycle begins. All or nothing.
pub async fn keep(ctx: &Ctx, viewer: &Viewer, chosen: Vec<(GrantId, i64)>, comment: String) -> Result<u32> {
    let comment = text::text("comment", "the comment", &comment, text::LONG)?;
    let mut tx = ctx.db.write().await?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    for (grant, proof) in reviewed(&mut tx, ctx, &snapshot, viewer, &chosen).await? {
        let by = By { actor: Actor::Viewer(viewer.clone()), name: &viewer.name, rule: proof.rule() };
        keep_on(&mut tx, ctx, &snapshot, grant, &by, comment).await?;
    }
    tx.commit().await?;
    Ok(u32::try_from(chosen.len()).unwrap_or(u32::MAX))
}

/// Withdraws grants at once; their consumers are told why. All or nothing.
pub async fn revoke(ctx: &Ctx, viewer: &Viewer, chosen: Vec<(GrantId, i64)>, comment: String) -> Result<u32> {
    let missing = "Say why you withdraw the access; whoever loses it reads it.";
    let reason = text::required("comment", "the comment", &comment, text::LONG, missing)?;
    let mut tx = ctx.db.write().await?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    for (grant, proof) in reviewed(&mut tx, ctx, &snapshot, viewer, &chosen).await? {
        let by = By { actor: Actor::Viewer(viewer.clone()), name: &viewer.name, rule: proof.rule() };
        end(&mut tx, ctx, &snapshot, &grant, &by, reason).await?;
    }
    tx.commit().await?;
    Ok(u32::try_from(chosen.len()).unwrap_or(u32::MAX))
}

/// The chosen grants with the proof that the viewer may review each, in the revisions the viewer saw.
async fn reviewed(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    viewer: &Viewer,
    chosen: &[(GrantId, i64)],
) -> Result<Vec<(Grant, Authorized)>> {
    if chosen.is_empty() {
        return Err(Error::invalid("grants", "Choose at least one grant first."));
    }
    let mut found = Vec::with_capacity(chosen.len());
    for (id, revision) in chosen {
        // A grant of others is not there for somebody who has no say over it.
        let concerns = |grant: &Grant| {
            grant.consumer == viewer.id.0 || policy::decide(viewer, &action(snapshot, grant)).allowed
        };
        let grant = store::grant(tx, id.0).await?.filter(concerns);
        let mut grant = grant.ok_or_else(|| Error::not_found("grant"))?;
        let proof = policy::authorize(viewer, &action(snapshot, &grant))?;
        if grant.standing(ctx.now()) != GrantStanding::Active {
            return Err(Error::conflict(
                "One of these grants has ended; nothing was changed. Load the page again.",
            ));
        }
        grant.revision = *revision;
        found.push((grant, proof));
    }
    Ok(found)
}

/// Day of the next review, counted from today; `None` where the grant ends before: its end is announced instead.
pub(super) fn next_review(
    ctx: &Ctx,
    classification: Classification,
    ends_on: NaiveDate,
) -> Option<NaiveDate> {
    let next = ctx.settings.policies.of(classification).next_review(ctx.now().date_naive());
    (next < ends_on).then_some(next)
}

/// Who keeps or ends a grant, and under which rule.
pub(super) struct By<'a> {
    pub(super) actor: Actor,
    pub(super) name: &'a str,
    pub(super) rule: &'a str,
}

/// Begins a grant's next cycle, under the rules for what its data is now; used by owners and by the policy.
pub(super) async fn keep_on(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    mut grant: Grant,
    by: &By<'_>,
    comment: &str,
) -> Result<()> {
    let classification = classification(snapshot, &grant)?;
    let next = next_review(ctx, classification, grant.ends_on);
    grant.classification = classification.to_string();
    grant.domain = answering(snapshot, grant.asset.as_deref(), &grant.product, &grant.domain).to_owned();
    store::next_cycle(tx, &grant, next).await?;
    let detail = json!({
        "cycle": grant.cycle, "next_review": next, "classification": classification, "comment": comment
    });
    note(tx, ctx, &by.actor, &grant, "grant.keep", by.rule, detail).await
}

/// Makes the review due of every grant that was approved when an asset was less sensitive than it is now, or belonged to
/// another domain: nobody inherits what he did not approve. Each holds on until somebody has looked; a new cycle, so that
/// everybody is asked anew.
pub(crate) async fn review_at_once(tx: &mut Tx, ctx: &Ctx, asset: &AssetRow) -> Result<()> {
    let classification = asset.classification.parse().map_err(Error::fault)?;
    let today = ctx.now().date_naive();
    for grant in store::open_grants_on(tx, &asset.id).await? {
        let waits = grant.next_review.is_some_and(|due| due <= today);
        let holds = grant.standing(ctx.now()) == GrantStanding::Active;
        let moved = grant.domain != asset.domain;
        if !holds || !(moved || (!waits && grant.classification()? < classification)) {
            continue;
        }
        let grant = Grant { domain: asset.domain.clone(), ..grant };
        store::next_cycle(tx, &grant, Some(today)).await?;
        let detail = json!({
            "cycle": grant.cycle, "next_review": today, "classification": classification, "domain": asset.domain,
        });
        let rule = if moved { "review.data_moved" } else { "review.data_more_sensitive" };
        let actor = Actor::System("policy");
        note(tx, ctx, &actor, &grant, "grant.review_at_once", rule, detail).await?;
    }
    Ok(())
}

/// Hands the requests that wait for an asset to the domain it moved to: approvals given under the old one do not count,
/// and the new owners are told.
pub(crate) async fn requests_moved(tx: &mut Tx, ctx: &Ctx, asset: &AssetRow) -> Result<()> {
    let waiting = store::open_requests_on(tx, &asset.id).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let members = people::members(tx).await?.into_iter();
    let owners =
        members.filter(|member| member.domain == asset.domain && member.role == Role::Owner.as_str());
    let owners: Vec<PersonId> = owners.map(|member| PersonId(member.person)).collect();
    for request in waiting {
        store::begin_again(tx, request.id, &asset.domain).await?;
        let message = notify::Message {
            title: format!("A request for {} waits for you now", request.port),
            body: format!(
                "{} came to your domain, and the request with it. Purpose: {}",
                asset.id, request.purpose
            ),
            href: format!("/decide/{}", request.id),
        };
        notify::tell(tx, ctx, &owners, &message).await?;
    }
    Ok(())
}

/// Ends a grant and tells its consumer; used by owners, and when its consumer leaves.
pub(super) async fn end(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    grant: &Grant,
    by: &By<'_>,
    reason: &str,
) -> Result<()> {
    let why = format!("Withdrawn by {}: {reason}", by.name);
    store::end_grant(tx, grant, GrantEnd::Revoked, &by.actor.key(), &why, ctx.now()).await?;
    let message = notify::Message {
        title: format!("Your access to {} was withdrawn", snapshot.port_title(&grant.port)),
        body: format!("{}: {reason}. Request access again if you still need it.", by.name),
        href: "/access/grants".to_owned(),
    };
    notify::tell(tx, ctx, &[PersonId(grant.consumer)], &message).await?;
    let detail = json!({ "cycle": grant.cycle, "reason": reason });
    note(tx, ctx, &by.actor, grant, "grant.revoke", by.rule, detail).await
}

pub(super) async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    grant: &Grant,
    action: &'static str,
    rule: &str,
    detail: serde_json::Value,
) -> Result<()> {
    let subject = format!("grant {}", grant.id);
    chain::change(tx, "access", &subject, ctx.now()).await?;
    audit::record(tx, ctx, Entry { actor, action, subject, rule, detail }).await
}
