//! Deciding a request.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use lakeport_model::access::{DecidePage, RequestState};
use lakeport_model::catalog::Activity;
use lakeport_model::people::{DomainRef, Role, Viewer};
use lakeport_model::sharing::Provisioning;
use lakeport_model::{ContractId, DomainId, GrantId, PortId, RequestId, day, is_unread_day, stored_day};
use serde_json::json;

use super::eyes::{self, Eyes};
use super::request::no_table_to_open;
use super::{
    Deciders, as_of_today, domain_of_request, eligible, grants, ids, lists, renewal, review, to_open_under,
    turn, who,
};
use crate::audit::{self, Entry};
use crate::catalog::{Rights, Sight, Snapshot};
use crate::people::{self, Actor, Work};
use crate::policy::rules::PublicData;
use crate::policy::{Authorized, DecideRequest, OpenAccess};
use crate::store::access::{self as store, Approval, Grant, Request};
use crate::store::stored::Word;
use crate::store::{Tx, audit as chain, people as persons};
use crate::{Call, Ctx, Error, Result, contracts, new_id, notify, retire, text};

fn action(snapshot: &Snapshot, request: &Request, approvals: &[Approval], today: NaiveDate) -> DecideRequest {
    DecideRequest {
        state: request.state,
        requester: request.requester,
        approved_by: approvals.iter().map(|approval| approval.person).collect(),
        eligible: ids(&eligible(snapshot, request, approvals, today)),
    }
}

/// Whether somebody answers for the data of a request: who can decide it now or was asked to decide, and the domain's
/// owners and stewards.
pub(super) fn answers_for_it(
    viewer: &Viewer,
    snapshot: &Snapshot,
    request: &Request,
    approvals: &[Approval],
    today: NaiveDate,
) -> bool {
    let asked = |approvals| {
        eligible(snapshot, request, approvals, today).iter().any(|member| member.person == viewer.id)
    };
    let domain = DomainId(domain_of_request(snapshot, request).to_owned());
    asked(approvals) || asked(&[]) || viewer.is(Role::Steward, &domain)
}

/// Whether a request concerns somebody, decided or not: who asks, who took part in it, and who answers for its data. For
/// others it is not there.
pub(super) fn concerns(
    viewer: &Viewer,
    snapshot: &Snapshot,
    request: &Request,
    approvals: &[Approval],
    today: NaiveDate,
) -> bool {
    let person = viewer.id;
    request.requester == person
        || request.decided_by == Some(person)
        || approvals.iter().any(|approval| approval.person == person)
        || answers_for_it(viewer, snapshot, request, approvals, today)
}

/// The request with its evidence, for those whom it concerns or who can decide it now.
pub async fn decide_page(call: &Call, id: RequestId) -> Result<DecidePage> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = call.snapshot();
    let rights = call.rights();
    let mut tx = ctx.db.read().await?;
    let waiting = lists::to_decide_in(&mut tx, call).await?;
    let (now, today) = (call.now(), call.now().date_naive());
    let (request, approvals) = load(&mut tx, viewer, &snapshot, id, today).await?;
    let why_not = turn::why_not(&snapshot, viewer, &action(&snapshot, &request, &approvals, today).into());
    let eyes = if answers_for_it(viewer, &snapshot, &request, &approvals, today) {
        Eyes::Answering
    } else {
        Eyes::Of(&rights)
    };
    let request = as_of_today(ctx, &snapshot, request, today);
    let own = request.requester == viewer.id;
    let held =
        renewal::renewed(&mut tx, now, request.requester, &request.port, &request.classification).await?;
    let is_open = request.state == RequestState::Requested;
    let other_grants = store::live_grants_of(&mut tx, request.requester, today)
        .await?
        .into_iter()
        .filter(|grant| grant.domain == request.domain)
        // What is held of the same is what this request renews, or what came of it.
        .filter(|grant| held.as_ref().is_none_or(|held| held.id != grant.id))
        .map(|grant| {
            let title = eyes.title(&snapshot, &grant.port);
            format!("{title} until {}", day(grant.ends_on))
        })
        .collect();
    let history = history(&mut tx, &request, &snapshot.names).await?;
    let requester = people::viewer_in(&mut tx, request.requester).await?;
    drop(tx);
    let no_table = if is_open { no_table_to_open(call, &PortId(request.port.clone())).await } else { None };
    let asset = request.asset.as_ref().and_then(|id| snapshot.assets.get(id));
    let asset_opens = asset.is_some_and(|asset| snapshot.sight(&rights, asset) != Sight::Hidden);
    let terms = request.contract.as_ref().map(|id| ContractId(id.clone()));
    let contract_opens = terms.is_some_and(|id| contracts::opens(&snapshot, &rights, &id));
    let domain = snapshot.domain_name(&request.domain);
    let classification = request.classification.or_strictest();
    let policy = ctx.settings.policies.of(classification);
    Ok(DecidePage {
        revision: request.revision,
        may_decide: why_not.is_none(),
        why_not,
        unread: closed(&snapshot, &request, today).filter(|_| is_open),
        no_table,
        may_withdraw: own && is_open,
        earliest_end: earliest_end(today, held.as_ref()),
        renews: held.filter(|_| is_open).map(|held| held.ends_on),
        requester_about: requester.as_ref().map(people::about).unwrap_or_default(),
        sensitive_columns: eyes.columns(&snapshot, request.asset.as_ref(), classification),
        product_opens: rights.knows_port(&snapshot, &request.port),
        asset: eyes.asset(&snapshot, request.asset.as_ref()),
        asset_opens,
        contract: request.contract.clone().zip(request.contract_version.clone()),
        contract_since: if is_open { terms_since(&snapshot, &rights, &request) } else { Vec::new() },
        contract_opens,
        policy: who::rules_since(&snapshot, policy, &request, &approvals, today),
        domain: DomainRef { id: DomainId(request.domain.clone()), name: domain },
        approvals: approvals.iter().map(|approval| lists::approved(&snapshot.names, approval)).collect(),
        other_grants,
        history,
        next: waiting.iter().map(|line| line.id).find(|other| *other != id),
        request: lists::line(&snapshot, eyes, &snapshot.names, request, &approvals, now),
    })
}

async fn history(tx: &mut Tx, request: &Request, names: &persons::Names) -> Result<Vec<Activity>> {
    let records = chain::of_subject(tx, &format!("request {}", request.id)).await?;
    Ok(records
        .into_iter()
        // What somebody was refused changed nothing here; it stands in the audit.
        .filter(|record| !record.action.ends_with(audit::REFUSED))
        .map(|record| {
            let who = match record.actor.split_once(' ') {
                Some(("person" | "service", id)) => names.of_text(id),
                _ => "Lakeport".to_owned(),
            };
            let what = match record.action.as_str() {
                "request.send" => "sent the request",
                "request.withdraw" => "withdrew the request",
                "request.reject" => "rejected the request",
                "request.approve" => "approved the request",
                _ => "changed the request",
            };
            Activity { at: record.at, text: format!("{who} {what}"), revision: None }
        })
        .collect())
}

/// Approves a request until `ends_on`; without a day until the end that was asked for or the last day the policy allows,
/// whichever comes first.
pub async fn approve(
    call: &Call,
    id: RequestId,
    revision: i64,
    ends_on: Option<NaiveDate>,
    comment: String,
) -> Result<()> {
    let done = approve_it(call, id, revision, ends_on, &comment).await;
    call.noted("request.approve.refused", format!("request {id}"), done).await
}

async fn approve_it(
    call: &Call,
    id: RequestId,
    revision: i64,
    ends_on: Option<NaiveDate>,
    comment: &str,
) -> Result<()> {
    let ctx = &call.ctx;
    let comment = text::text("comment", "the comment", comment, text::LONG)?;
    let (mut tx, viewer) = call.change().await?;
    let viewer = &viewer;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let (now, today) = (tx.now(), tx.now().date_naive());
    let (request, mut approvals) = load(&mut tx, viewer, &snapshot, id, today).await?;
    let before = request.ends_on;
    let mut request = as_of_today(ctx, &snapshot, request, today);
    let proof = turn::authorize(&snapshot, viewer, action(&snapshot, &request, &approvals, today))?;
    let classification = to_open_under(&request.classification)?;
    if let Some(why) = closed(&snapshot, &request, today) {
        return Err(Error::conflict(why));
    }
    request.revision = revision;
    let latest = request.ends_on;
    if let Some(end) = ends_on {
        if end < earliest_end(today, None) {
            return Err(Error::invalid("ends_on", "Choose a day after today as the end of access."));
        }
        if end > request.ends_on {
            return Err(Error::invalid("ends_on", too_late(&snapshot, &request, before, &approvals)));
        }
        request.ends_on = end;
    }
    if request.ends_on < today {
        return Err(Error::conflict(format!(
            "The last day that was asked for, {}, is over. Reject the request and say so; it can be sent again.",
            day(request.ends_on)
        )));
    }
    let held =
        renewal::renewed(&mut tx, now, request.requester, &request.port, &request.classification).await?;
    if let Some(held) = held.filter(|held| request.ends_on < held.ends_on) {
        return Err(Error::invalid("ends_on", too_early(held.ends_on, latest)));
    }
    let role = role(&snapshot, viewer, &request, &approvals, today);
    store::add_approval(&mut tx, &proof, request.id, &role, now, comment).await?;
    approvals.push(Approval { person: viewer.id, role, at: now, comment: comment.to_owned() });
    let needed = usize::from(ctx.settings.policies.of(classification).approvals);
    let title = snapshot.port_title(&request.port);
    let about = format!("request {id}");
    if approvals.len() < needed {
        store::advance(&mut tx, &proof, &request, now).await?;
        let message = notify::Message::new(
            format!("A request for {title} needs a second approval"),
            [
                format!("{} asked, and {} approved it", snapshot.who(request.requester), viewer.name),
                format!("Purpose: {}", request.purpose),
            ],
            format!("/decide/{id}"),
        );
        let next = ids(&Deciders::of(&snapshot, &request, &approvals).turn);
        tx.notify(&next, &about, &message).await?;
    } else {
        store::decide(&mut tx, &proof, &request, RequestState::Approved, now, comment).await?;
        let grant = insert_grant(&mut tx, &proof.allows(), ctx, &request, now).await?;
        let comments = grants::comments(&snapshot, &approvals);
        let terms = terms_words(&mut tx, now, &snapshot, &request).await?;
        let retired = retired_words(&mut tx, now, &snapshot, &request).await?;
        let message = notify::Message::new(
            format!("You may use {title}"),
            approved_words(&viewer.name, &request, &grant, comments).into_iter().chain(terms).chain(retired),
            "/access/grants",
        );
        tx.notify(&[request.requester], &about, &message).await?;
    }
    let detail = json!({
        "revision": revision,
        "ends_on": request.ends_on,
        "classification": request.classification.to_string(),
        "comment": comment,
    });
    tx.record("request.approve", format!("request {id}"), proof.rule(), detail).await?;
    tx.commit().await
}

/// Why nobody can approve a request as things are.
fn closed(snapshot: &Snapshot, request: &Request, today: NaiveDate) -> Option<String> {
    unread(snapshot, request).or_else(|| retire::closed_request(snapshot, request, today))
}

/// Why nobody can approve a request: what describes its data is there and cannot be read, or the day until which access was
/// asked for cannot.
fn unread(snapshot: &Snapshot, request: &Request) -> Option<String> {
    let asset = request.asset.as_ref().and_then(|asset| snapshot.unread_of("asset", asset));
    let what = if asset.is_some() {
        "What describes the data behind this request"
    } else if is_unread_day(request.ends_on) {
        "The day until which access was asked for"
    } else {
        return None;
    };
    Some(format!(
        "{what} cannot be read, so that nobody can approve it until that is corrected. It can be rejected."
    ))
}

/// First day that can be approved: after today, and never before the end of what the request renews.
fn earliest_end(today: NaiveDate, held: Option<&Grant>) -> NaiveDate {
    let after_today = today + TimeDelta::days(1);
    held.map_or(after_today, |held| held.ends_on.max(after_today))
}

/// Why access cannot last beyond the end of a request: `before` is that end without the rules of today.
fn too_late(snapshot: &Snapshot, request: &Request, before: NaiveDate, approvals: &[Approval]) -> String {
    let end = day(request.ends_on);
    match approvals.last() {
        _ if request.ends_on < before => format!("The policy allows access until {end} at most."),
        Some(last) if request.asked_until.is_some_and(|asked| before < asked) => {
            format!("{} approved until {end} at most.", snapshot.person_name(last.person))
        }
        _ => format!("Access was asked for until {end}; choose that day or an earlier one."),
    }
}

/// Why a renewal cannot end before what it renews: `latest` is the last day that can be approved. Access is never taken
/// away by granting it.
fn too_early(held: NaiveDate, latest: NaiveDate) -> String {
    let next = if held <= latest {
        "Choose that day or a later one; to shorten the access, withdraw it first."
    } else {
        "No day that late can be approved; withdraw the access first, or reject the request."
    };
    format!("The access that this renews goes on until {} already. {next}", day(held))
}

/// What the requester is told: the end beside the one that was asked for, and what those wrote who approved it.
fn approved_words(decider: &str, request: &Request, grant: &Grant, comments: Vec<String>) -> Vec<String> {
    let asked = request.asked_until.filter(|asked| *asked != grant.ends_on);
    let approved = format!("{decider} approved your request until {}", day(grant.ends_on));
    let asked = asked.map(|asked| format!("You asked until {}", stored_day(asked)));
    std::iter::once(approved).chain(asked).chain(comments).collect()
}

/// What became of the terms since the requester accepted them, as far as a reader sees the contract.
fn terms_since(snapshot: &Snapshot, rights: &Rights, request: &Request) -> Vec<String> {
    let accepted = request.contract.as_ref().zip(request.contract_version.as_ref());
    let now = snapshot.port(&PortId(request.port.clone())).and_then(|(_, port)| port.contract.clone());
    match (accepted, now) {
        (accepted, Some(now)) if accepted.is_none_or(|(id, _)| *id != now) => {
            contracts::never_accepted(snapshot, rights, &ContractId(now))
        }
        (Some((id, version)), _) => {
            contracts::since_accepted(snapshot, rights, &ContractId(id.clone()), version)
        }
        (None, _) => Vec::new(),
    }
}

/// The same for the requester, who begins to read under other terms than those accepted.
async fn terms_words(
    tx: &mut Tx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    request: &Request,
) -> Result<Vec<String>> {
    let Some(requester) = people::viewer_in(tx, request.requester).await? else {
        return Ok(Vec::new());
    };
    let rights = Rights::in_tx(tx, now, &requester).await?;
    let mut lines = terms_since(snapshot, &rights, request);
    if let (Some(first), Some(accepted)) = (lines.first_mut(), &request.contract_version) {
        *first = format!("You accepted version {accepted} of the contract. {first}");
    }
    Ok(lines)
}

/// That what was asked for is going to be retired, as the requester is told it.
async fn retired_words(
    tx: &mut Tx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    request: &Request,
) -> Result<Option<String>> {
    let Some((_, port)) = snapshot.port(&PortId(request.port.clone())) else { return Ok(None) };
    let Some(requester) = people::viewer_in(tx, request.requester).await? else { return Ok(None) };
    let rights = Rights::in_tx(tx, now, &requester).await?;
    Ok(retire::announced(snapshot, &rights, port))
}

/// What the viewer approves as: `owner`, or `owner of the parent domain`.
fn role(
    snapshot: &Snapshot,
    viewer: &Viewer,
    request: &Request,
    approvals: &[Approval],
    today: NaiveDate,
) -> String {
    let turn = eligible(snapshot, request, approvals, today);
    match turn.into_iter().find(|member| member.person == viewer.id) {
        Some(member) if member.domain == request.domain => member.role.to_string(),
        Some(member) => format!("{} of the parent domain", member.role),
        None => String::new(),
    }
}

/// Rejects a request; the requester is told why.
pub async fn reject(call: &Call, id: RequestId, revision: i64, comment: String) -> Result<()> {
    let done = reject_it(call, id, revision, &comment).await;
    call.noted("request.reject.refused", format!("request {id}"), done).await
}

async fn reject_it(call: &Call, id: RequestId, revision: i64, comment: &str) -> Result<()> {
    let ctx = &call.ctx;
    let comment = text::text("comment", "the comment", comment, text::LONG)?;
    let (mut tx, viewer) = call.change().await?;
    let viewer = &viewer;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let (now, today) = (tx.now(), tx.now().date_naive());
    let (request, approvals) = load(&mut tx, viewer, &snapshot, id, today).await?;
    let mut request = as_of_today(ctx, &snapshot, request, today);
    let proof = turn::authorize(&snapshot, viewer, action(&snapshot, &request, &approvals, today))?;
    if comment.is_empty() {
        return Err(Error::invalid("comment", "Say why you reject the request; the requester reads it."));
    }
    request.revision = revision;
    store::decide(&mut tx, &proof, &request, RequestState::Rejected, now, comment).await?;
    let requester = request.requester;
    let title = eyes::title_for(&mut tx, now, &snapshot, requester, &request.port).await?;
    let title = title.unwrap_or_else(|| request.port.clone());
    let message = notify::Message::new(
        format!("Your request for {title} was rejected"),
        [format!("{}: {comment}", viewer.name)],
        "/access/requests",
    );
    let about = format!("request {id}");
    tx.notify(&[requester], &about, &message).await?;
    let detail = json!({ "revision": revision, "comment": comment });
    tx.record("request.reject", format!("request {id}"), proof.rule(), detail).await?;
    tx.commit().await
}

/// The request with its approvals so far, for somebody whom it concerns.
async fn load(
    tx: &mut Tx,
    viewer: &Viewer,
    snapshot: &Snapshot,
    id: RequestId,
    today: NaiveDate,
) -> Result<(Request, Vec<Approval>)> {
    let unknown = || Error::not_found("request");
    let request = store::request(tx, id).await?.ok_or_else(unknown)?;
    let approvals = store::approvals(tx, id).await?;
    if concerns(viewer, snapshot, &request, &approvals, today) {
        Ok((request, approvals))
    } else {
        Err(unknown().under("request.not_concerned"))
    }
}

/// Grants a request that no rule wants decided (public data), with a record under the rule's name.
pub(super) async fn grant_without_decision(tx: &mut Work<'_>, ctx: &Ctx, request: &Request) -> Result<()> {
    let (proof, now) = (PublicData::Granted.proof(), tx.now());
    store::approve_without_decider(tx, &proof, request.id, now).await?;
    let grant = insert_grant(tx, &proof.allows(), ctx, request, now).await?;
    let entry = Entry {
        actor: &Actor::System("policy"),
        action: "request.approve",
        subject: format!("request {}", request.id),
        rule: proof.rule(),
        detail: json!({ "ends_on": grant.ends_on }),
    };
    audit::record(tx, ctx, entry).await
}

async fn insert_grant(
    tx: &mut Tx,
    proof: &Authorized<OpenAccess>,
    ctx: &Ctx,
    request: &Request,
    now: DateTime<Utc>,
) -> Result<Grant> {
    let grant = Grant {
        id: GrantId(new_id(now)),
        request: request.id,
        port: request.port.clone(),
        product: request.product.clone(),
        domain: request.domain.clone(),
        asset: request.asset.clone(),
        classification: request.classification.clone(),
        consumer: request.requester,
        purpose: request.purpose.clone(),
        starts_at: now,
        ends_on: request.ends_on,
        ended: None,
        ended_at: None,
        ended_by: None,
        end_reason: None,
        ended_rule: None,
        cycle: 1,
        next_review: review::next_review(ctx, now, to_open_under(&request.classification)?, request.ends_on),
        confirmed_at: None,
        provisioning: Word::Known(Provisioning::Pending),
        provisioning_attempts: 0,
        provision_after: now,
        provisioning_note: None,
        revision: 1,
    };
    store::insert_grant(tx, proof, &grant).await?;
    renewal::take_place(tx, ctx, &grant).await?;
    Ok(grant)
}
