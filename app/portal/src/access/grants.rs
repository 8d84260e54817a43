//! A consumer's own grants.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use lakeport_model::access::{GrantEnd, GrantLine, GrantStanding, MyAccess, OwnDomain, ReviewState};
use lakeport_model::catalog::Classification;
use lakeport_model::people::{Membership, Viewer};
use lakeport_model::{AssetId, GrantId, PortId, ProductId, RequestId, day, done_day};
use serde_json::json;

use super::eyes::Eyes;
use super::{asking, kept, no_answer, renewal, review, still};
use crate::catalog::Snapshot;
use crate::people::Work;
use crate::policy::{self, AnswerForOwnGrant, Authorized};
use crate::store::Tx;
use crate::store::access::{self as store, Approval, Grant};
use crate::store::people::Names;
use crate::store::stored::Word;
use crate::{Call, Error, Result};

/// What the viewer may use: their grants, and what their roles open without one.
pub async fn my_access(call: &Call) -> Result<MyAccess> {
    let viewer = &call.viewer;
    let own = viewer.memberships.iter().map(|held| own_domain(viewer, held)).collect();
    Ok(MyAccess { grants: my_grants(call).await?, own })
}

/// What a role opens by the rule that opens it; restricted data not to everybody who has one.
fn own_domain(viewer: &Viewer, held: &Membership) -> OwnDomain {
    let Membership { domain, role } = held;
    let all = policy::reads_own(viewer, &domain.id, Classification::Restricted);
    let except = if all { "" } else { ", except restricted data" };
    let (role, name) = (role.with_article(), &domain.name);
    let words = format!("As {role} of {name} you read its data without a grant{except}.");
    OwnDomain { domain: domain.clone(), words }
}

/// The viewer's grants, newest first, ended ones included.
pub async fn my_grants(call: &Call) -> Result<Vec<GrantLine>> {
    let mut tx = call.ctx.db.read().await?;
    let grants = store::grants_of(&mut tx, call.viewer.id).await?;
    lines(&mut tx, call, &grants).await
}

/// Those that hold, newest first, inside an open transaction.
pub(crate) async fn my_live_grants(tx: &mut Tx, call: &Call) -> Result<Vec<GrantLine>> {
    let grants = store::live_grants_of(tx, call.viewer.id, call.now().date_naive()).await?;
    lines(tx, call, &grants).await
}

/// The viewer's grants as lines; what became of one that was renewed is found among them.
async fn lines(tx: &mut Tx, call: &Call, grants: &[Grant]) -> Result<Vec<GrantLine>> {
    let Call { ctx, viewer, .. } = call;
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let mut said: HashMap<RequestId, Vec<Approval>> = HashMap::new();
    for (request, approval) in store::approvals_for(tx, viewer.id).await? {
        said.entry(request).or_default().push(approval);
    }
    let (now, mut lines) = (call.now(), Vec::with_capacity(grants.len()));
    for grant in grants {
        let (mut asking, mut undecided, mut kept, mut waits) = (None, None, None, None);
        if grant.standing(now) == GrantStanding::Active {
            asking = asking::asking(tx, ctx, now, &snapshot, grant).await?;
            undecided = no_answer::pending(tx, ctx, now, &snapshot, grant).await?;
            kept = kept::of(tx, &snapshot, grant).await?;
            let open = store::open_request(tx, viewer.id, &grant.port).await?;
            waits = open.map(|request| request.id);
        }
        let comments = said.get(&grant.request).map(|said| comments(&snapshot, said)).unwrap_or_default();
        let still = still::reads_under(tx, ctx, now, &snapshot, &rights, grant).await?;
        let became = renewal::became(grant, grants, now);
        let gains = rights.gains_by_asking(&snapshot, &grant.port);
        let line = line(&snapshot, Eyes::Of(&rights), &snapshot.names, grant.clone(), now);
        let asks_again = line.has_ended() && gains;
        lines.push(GrantLine {
            comments,
            kept,
            asking,
            undecided,
            still,
            goes_on_as: became.goes_on_as,
            renewal_ended: became.ended,
            waits,
            asks_again,
            ..line
        });
    }
    Ok(lines)
}

/// What those wrote who approved: under which condition access is held.
pub(super) fn comments(snapshot: &Snapshot, approvals: &[Approval]) -> Vec<String> {
    let said = approvals.iter().filter(|approval| !approval.comment.is_empty());
    said.map(|approval| format!("{}: {}", snapshot.person_name(approval.person), approval.comment)).collect()
}

/// When and why somebody or a rule ended a grant, to its consumer or to somebody else: `ended 30 Nov 2026: Given up`.
fn ended(grant: &Grant, is_own: bool) -> Option<String> {
    let reason = grant.end_reason.as_ref()?;
    let on = grant.ended_at.map(|at| format!(" {}", done_day(at.date_naive()))).unwrap_or_default();
    let reason = if is_own { no_answer::to_its_consumer(grant, reason) } else { reason.clone() };
    Some(format!("ended{on}: {reason}"))
}

/// How a grant that is over came to its end: the same, or `was until 31 Jan 2027`.
pub(super) fn how_ended(grant: &Grant, is_own: bool) -> String {
    ended(grant, is_own).unwrap_or_else(|| {
        if grant.has_days() {
            format!("was until {}", day(grant.ends_on))
        } else {
            "counts as over".to_owned()
        }
    })
}

/// What is said of a grant whose start or end cannot be read, or whose stored classification is not a known one.
fn faulty(grant: &Grant, now: DateTime<Utc>) -> Option<String> {
    if grant.ended.is_none() && !grant.has_days() {
        let cannot = "The day it began, or the day it ends, cannot be read.";
        return Some(format!("{cannot} It counts as over until an administrator has corrected that."));
    }
    let cannot = "How sensitive its data was when it was granted cannot be read.";
    let holds =
        "It opens what is public and no more, and it can be kept once an administrator has corrected that.";
    match grant.classification {
        Word::Known(_) => None,
        Word::Unknown(_) if grant.standing(now) == GrantStanding::Active => Some(format!("{cannot} {holds}")),
        Word::Unknown(_) => Some(cannot.to_owned()),
    }
}

pub(super) fn line(
    snapshot: &Snapshot,
    eyes: Eyes,
    names: &Names,
    grant: Grant,
    now: DateTime<Utc>,
) -> GrantLine {
    let ended = ended(&grant, eyes.are_of(grant.consumer));
    let asset = grant.asset.as_ref().and_then(|id| snapshot.assets.get(id));
    let is_offered = eyes.knows(snapshot, &grant.port);
    GrantLine {
        id: grant.id,
        request: grant.request,
        comments: Vec::new(),
        kept: None,
        title: eyes.title(snapshot, &grant.port),
        product: ProductId(grant.product.clone()),
        port: PortId(grant.port.clone()),
        asset: eyes.asset(snapshot, grant.asset.as_ref()),
        gone: grant.asset.clone().filter(|_| asset.is_none()).map(AssetId),
        is_unread: grant.asset.as_ref().is_some_and(|id| snapshot.unread_of("asset", id).is_some()),
        is_offered,
        is_retired: is_offered && still::is_retired(snapshot, &grant.port, now.date_naive()),
        product_is_unread: eyes.knows_unread(snapshot, &grant.product),
        consumer: snapshot.who_ref(grant.consumer),
        standing: renewal::standing(&grant, now),
        starts_at: grant.starts_at,
        ends_on: grant.ends_on,
        has_days: grant.has_days(),
        next_review: grant.next_review,
        review: grant.review(now),
        confirmed_by_consumer: grant.confirmed_at.is_some(),
        asking: None,
        undecided: None,
        still: None,
        goes_on_as: None,
        renewal_ended: None,
        waits: None,
        asks_again: false,
        faulty: faulty(&grant, now),
        provisioning: grant.provisioning.meaning(),
        provisioning_note: grant.provisioning_note.clone(),
        ended,
        ended_by_policy: grant.ended_rule.as_deref() == Some(no_answer::RULE),
        withdrawn_by: grant.withdrawn_by().map(|person| names.of_text(person)),
        revision: grant.revision,
        purpose: grant.purpose,
    }
}

/// Says "still needed, still this purpose" for the viewer's own grant.
pub async fn confirm_need(call: &Call, id: GrantId) -> Result<()> {
    let done = confirm_own(call, id).await;
    call.noted("grant.confirm.refused", format!("grant {id}"), done).await
}

async fn confirm_own(call: &Call, id: GrantId) -> Result<()> {
    let ctx = &call.ctx;
    let (mut tx, viewer) = call.change().await?;
    let (grant, proof) = own(&mut tx, &viewer, id).await?;
    if grant.review(tx.now()) == ReviewState::Ok {
        // A word given long before would answer a question that nobody has asked yet.
        let snapshot = ctx.snapshot_in(&mut tx).await?;
        let cadence = review::cadence(ctx, &snapshot, &grant);
        return Err(Error::conflict(cadence.not_asked_yet_in_words()));
    }
    if grant.confirmed_at.is_some() {
        // It was said for this review. Said again it changes nothing, and there is nothing to record.
        return Ok(());
    }
    let now = tx.now();
    store::confirm(&mut tx, &proof, &grant, now).await?;
    note(&mut tx, &grant, "grant.confirm", proof.rule()).await?;
    tx.commit().await
}

/// Ends the viewer's own grant at once, with whatever else lets them read through its port.
pub async fn give_up(call: &Call, id: GrantId) -> Result<()> {
    let done = give_up_own(call, id).await;
    call.noted("grant.give_up.refused", format!("grant {id}"), done).await
}

async fn give_up_own(call: &Call, id: GrantId) -> Result<()> {
    let (mut tx, viewer) = call.change().await?;
    let (grant, proof) = own(&mut tx, &viewer, id).await?;
    let (by, now) = (format!("person {}", viewer.id), tx.now());
    for held in renewal::live_on_port(&mut tx, now, grant.consumer, &grant.port).await? {
        store::end_grant(&mut tx, &proof.allows(), &held, GrantEnd::GivenUp, &by, "Given up", now).await?;
        note(&mut tx, &held, "grant.give_up", proof.rule()).await?;
    }
    tx.commit().await
}

pub(super) async fn own(
    tx: &mut Work<'_>,
    viewer: &Viewer,
    id: GrantId,
) -> Result<(Grant, Authorized<AnswerForOwnGrant>)> {
    let grant = store::grant(tx, id).await?.ok_or_else(|| Error::not_found("grant"))?;
    if grant.consumer != viewer.id {
        return Err(Error::not_found("grant").under("grant.not_his_to_answer_for"));
    }
    let proof = policy::authorize(viewer, AnswerForOwnGrant { consumer: grant.consumer })?;
    if grant.standing(tx.now()) != GrantStanding::Active {
        return Err(Error::conflict(
            "This grant has ended; there is nothing to change. Request access again.",
        ));
    }
    Ok((grant, proof))
}

async fn note(tx: &mut Work<'_>, grant: &Grant, action: &'static str, rule: &str) -> Result<()> {
    tx.record(action, format!("grant {}", grant.id), rule, json!({ "cycle": grant.cycle })).await
}
