//! Lists of requests, and how much waits for somebody.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use lakeport_model::access::{GrantLine, RequestLine, RequestState};
use lakeport_model::{PortId, ProductId, RequestId, done_day, is_unread_day, is_unread_moment, readable};

use super::eyes::Eyes;
use super::{Deciders, answers_for, as_of_today, eligible, grants, renewal, review, schedule, turn};
use crate::catalog::Snapshot;
use crate::store::Tx;
use crate::store::access::{self as store, Approval, Request};
use crate::store::people::Names;
use crate::store::stored::Word;
use crate::{Call, Result};

/// The viewer's requests, newest first.
pub async fn my_requests(call: &Call) -> Result<Vec<RequestLine>> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = call.snapshot();
    let rights = call.rights();
    let eyes = Eyes::Of(&rights);
    let mut tx = ctx.db.read().await?;
    let held = store::grants_of(&mut tx, viewer.id).await?;
    let of_request: BTreeMap<_, _> = held.iter().map(|grant| (grant.request, grant)).collect();
    let (now, mut lines) = (call.now(), Vec::new());
    for request in store::requests_of(&mut tx, viewer.id).await? {
        let approvals = store::approvals(&mut tx, request.id).await?;
        let grant = of_request.get(&request.id).map(|grant| {
            let renewal::Became { goes_on_as, ended: renewal_ended } = renewal::became(grant, &held, now);
            let line = grants::line(&snapshot, eyes, &snapshot.names, (*grant).clone(), now);
            GrantLine { goes_on_as, renewal_ended, ..line }
        });
        let request = as_of_today(ctx, &snapshot, request, now.date_naive());
        let is_over = match request.state {
            RequestState::Requested => false,
            RequestState::Approved => grant.as_ref().is_some_and(GrantLine::has_ended),
            RequestState::Rejected | RequestState::Withdrawn => true,
        };
        let asks_again = is_over && rights.gains_by_asking(&snapshot, &request.port);
        let line = line(&snapshot, eyes, &snapshot.names, request, &approvals, now);
        lines.push(RequestLine { grant, asks_again, ..line });
    }
    Ok(lines)
}

/// Requests that wait for the viewer's decision, oldest first.
pub async fn to_decide(call: &Call) -> Result<Vec<RequestLine>> {
    to_decide_in(&mut call.ctx.db.read().await?, call).await
}

/// The same inside an open transaction.
pub(super) async fn to_decide_in(tx: &mut Tx, call: &Call) -> Result<Vec<RequestLine>> {
    let snapshot = call.snapshot();
    let waiting = waiting(tx, call).await?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let now = call.now();
    let line = |(request, approvals): (Request, Vec<Approval>)| {
        let request = as_of_today(&call.ctx, &snapshot, request, now.date_naive());
        line(&snapshot, Eyes::Answering, &snapshot.names, request, &approvals, now)
    };
    Ok(waiting.into_iter().map(line).collect())
}

/// The requests that wait for the viewer, with their approvals so far.
async fn waiting(tx: &mut Tx, call: &Call) -> Result<Vec<(Request, Vec<Approval>)>> {
    let (snapshot, viewer, today) = (call.snapshot(), &call.viewer, call.now().date_naive());
    let domains = answers_for(&snapshot, viewer);
    if domains.is_empty() {
        return Ok(Vec::new());
    }
    let requests = store::open_requests_in(tx, &domains).await?;
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let mut approved: BTreeMap<RequestId, Vec<Approval>> = BTreeMap::new();
    for (request, approval) in store::approvals_in(tx, &domains).await? {
        approved.entry(request).or_default().push(approval);
    }
    let mut waiting = Vec::new();
    for request in requests {
        let approvals = approved.remove(&request.id).unwrap_or_default();
        let people = eligible(&snapshot, &request, &approvals, today);
        if people.iter().any(|member| member.person == viewer.id) {
            waiting.push((request, approvals));
        }
    }
    Ok(waiting)
}

/// How much waits for somebody: the counters of the frame and of the home page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Requests to decide.
    pub to_decide: u32,
    /// When the oldest of them was sent.
    pub oldest: Option<DateTime<Utc>>,
    /// Grants to review.
    pub to_review: u32,
}

/// Counts what waits for the viewer, by the same rules as the lists, without the words and the evidence of their lines.
///
/// No query counts them: whose turn something is follows from roles, domains and classifications as the catalog has them now,
/// which the database does not know by request and grant, and from the rules of the configuration. What is read is bounded:
/// by an index only what is open in the viewer's domains, of requests one by each person for a port, of grants those whose
/// review is near or over and that nobody decided.
pub async fn waiting_for(tx: &mut Tx, call: &Call) -> Result<Waiting> {
    let requests = waiting(tx, call).await?;
    let grants = review::waiting(tx, call).await?;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(Waiting {
        to_decide: count(requests.len()),
        oldest: requests.iter().filter_map(|(request, _)| readable(request.requested_at)).min(),
        to_review: count(grants.len()),
    })
}

/// `David Schmid approved as owner: Only the sums`.
pub(super) fn approved(names: &Names, approval: &Approval) -> String {
    let why = if approval.comment.is_empty() { String::new() } else { format!(": {}", approval.comment) };
    format!("{} approved as {}{why}", names.of(approval.person), approval.role)
}

/// What is said of a request whose stored classification is not a known one, and while it waits of times that cannot be read.
fn faulty(request: &Request) -> Option<String> {
    let waits = request.state == RequestState::Requested;
    let is_unknown = matches!(request.classification, Word::Unknown(_));
    let is_undated = waits && [request.requested_at, request.waits_since].into_iter().any(is_unread_moment);
    let is_endless = waits && is_unread_day(request.ends_on);
    let said: Vec<&str> = [
        (is_unknown, "How sensitive its data was when it was asked for cannot be read."),
        (
            is_unknown && waits,
            "It counts as restricted, and it can be approved once an administrator has corrected that.",
        ),
        (is_undated, "The day since which it waits cannot be read, and counts as long ago."),
        (is_endless, "The day until which access was asked for cannot be read."),
    ]
    .into_iter()
    .filter_map(|(is_so, sentence)| is_so.then_some(sentence))
    .collect();
    (!said.is_empty()).then(|| said.join(" "))
}

pub(super) fn line(
    snapshot: &Snapshot,
    eyes: Eyes,
    names: &Names,
    request: Request,
    approvals: &[Approval],
    now: DateTime<Utc>,
) -> RequestLine {
    let state = request.state;
    let waits = state == RequestState::Requested;
    let today = now.date_naive();
    let with = if waits { eligible(snapshot, &request, approvals, today) } else { Vec::new() };
    let escalated = waits && schedule::is_request_escalated(request.waits_since.date_naive(), today);
    let administrators_told = escalated && Deciders::of(snapshot, &request, approvals).above.is_empty();
    let decision = request.decided_at.map(|at| {
        let day = done_day(at.date_naive());
        let who = request.decided_by.map_or_else(|| "Lakeport, by policy".to_owned(), |id| names.of(id));
        let who = if state == RequestState::Withdrawn { turn::withdrew(&who, "it") } else { who };
        match request.comment.as_deref() {
            Some(comment) if !comment.is_empty() => format!("{who}, {day}: {comment}"),
            _ => format!("{who}, {day}"),
        }
    });
    // Whoever decided is named with the decision.
    let before = approvals.iter().filter(|approval| Some(approval.person) != request.decided_by);
    RequestLine {
        approvals: before.map(|approval| approved(names, approval)).collect(),
        id: request.id,
        title: eyes.title(snapshot, &request.port),
        product: ProductId(request.product.clone()),
        port: PortId(request.port.clone()),
        is_offered: eyes.knows(snapshot, &request.port),
        product_is_unread: eyes.knows_unread(snapshot, &request.product),
        requester: snapshot.who_ref(request.requester),
        classification: request.classification.or_strictest(),
        faulty: faulty(&request),
        purpose: request.purpose,
        state,
        requested_at: request.requested_at,
        escalated,
        administrators_told,
        waiting_days: (waits && !is_unread_moment(request.requested_at))
            .then(|| (today - request.requested_at.date_naive()).num_days()),
        asked_until: request.asked_until.unwrap_or(request.ends_on),
        ends_on: request.ends_on,
        with: with.into_iter().map(|member| member.name).collect(),
        renews: request.follows.is_some(),
        decision,
        grant: None,
        asks_again: false,
    }
}
