//! Lists of requests.

use lakeport_model::access::RequestLine;
use lakeport_model::people::Viewer;
use lakeport_model::{ProductId, RequestId};

use super::{as_of_today, eligible};
use crate::catalog::Snapshot;
use crate::store::access::{self as store, Approval, Request};
use crate::store::people::{self, Names};
use crate::{Ctx, Result};

/// The viewer's requests, newest first.
pub async fn my_requests(ctx: &Ctx, viewer: &Viewer) -> Result<Vec<RequestLine>> {
    let snapshot = ctx.snapshot().await?;
    let mut tx = ctx.db.read().await?;
    let names = people::names(&mut tx).await?;
    let mut lines = Vec::new();
    for request in store::requests_of(&mut tx, viewer.id.0).await? {
        let approvals = store::approvals(&mut tx, request.id).await?;
        let request = as_of_today(ctx, &snapshot, request)?;
        lines.push(line(&snapshot, &names, request, &approvals)?);
    }
    Ok(lines)
}

/// Requests that wait for the viewer's decision, oldest first.
pub async fn to_decide(ctx: &Ctx, viewer: &Viewer) -> Result<Vec<RequestLine>> {
    let snapshot = ctx.snapshot().await?;
    let mut tx = ctx.db.read().await?;
    let mut lines = Vec::new();
    let open = store::open_requests(&mut tx).await?;
    if open.is_empty() {
        return Ok(lines);
    }
    let names = people::names(&mut tx).await?;
    for request in open {
        let approvals = store::approvals(&mut tx, request.id).await?;
        if eligible(&snapshot, &request, &approvals).iter().any(|member| member.person == viewer.id.0) {
            let request = as_of_today(ctx, &snapshot, request)?;
            lines.push(line(&snapshot, &names, request, &approvals)?);
        }
    }
    Ok(lines)
}

pub(super) fn line(
    snapshot: &Snapshot,
    names: &Names,
    request: Request,
    approvals: &[Approval],
) -> Result<RequestLine> {
    use lakeport_model::access::RequestState;
    let state = request.state()?;
    let with = match state {
        RequestState::Requested => {
            eligible(snapshot, &request, approvals).into_iter().map(|member| member.name).collect()
        }
        _ => Vec::new(),
    };
    let decision = request.decided_at.map(|at| {
        let day = at.format("%-d %b %Y");
        let who = request.decided_by.map_or_else(|| "Lakeport, by policy".to_owned(), |id| names.of(id));
        match request.comment.as_deref() {
            Some(comment) if !comment.is_empty() => format!("{who}, {day}: {comment}"),
            _ => format!("{who}, {day}"),
        }
    });
    Ok(RequestLine {
        id: RequestId(request.id),
        title: snapshot.port_title(&request.port),
        product: ProductId(request.product.clone()),
        requester: names.person(request.requester),
        classification: request.classification()?,
        purpose: request.purpose,
        state,
        requested_at: request.requested_at,
        asked_until: request.asked_until.unwrap_or(request.ends_on),
        ends_on: request.ends_on,
        with,
        decision,
    })
}
