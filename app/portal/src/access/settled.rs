//! How something ended that people were told of once: no message of before goes on saying that it waits.

use chrono::{DateTime, Utc};
use lakeport_model::access::RequestState;
use lakeport_model::people::Viewer;
use lakeport_model::sentence;
use uuid::Uuid;

use super::{decide, domain_of_request, grants, kept, review, turn};
use crate::catalog::Snapshot;
use crate::policy;
use crate::store::Tx;
use crate::store::access as store;
use crate::{Ctx, Result};

/// How something stands that is settled, `request ID` or `grant ID`, in a sentence for somebody who was told of it: as much
/// of it as concerns him now.
pub(crate) async fn settled(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    viewer: &Viewer,
    about: &str,
) -> Result<String> {
    let said = match about.split_once(' ').map(|(kind, id)| (kind, id.parse::<Uuid>())) {
        Some(("request", Ok(id))) => request(tx, ctx, snapshot, viewer, id).await?,
        Some(("grant", Ok(id))) => grant(tx, ctx, snapshot, viewer, id).await?,
        _ => None,
    };
    Ok(sentence(said.as_deref().unwrap_or("This is settled")))
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y").to_string()
}

/// Who decided a request, or where it went; to whoever asked, how the access ended that came of it.
async fn request(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    viewer: &Viewer,
    id: Uuid,
) -> Result<Option<String>> {
    let Some(request) = store::request(tx, id).await? else { return Ok(None) };
    if request.requester == viewer.id.0
        && let Some(grant) = store::grant_of_request(tx, id).await?
        && let Some(over) = grants::over(&grant, ctx.now())
    {
        return Ok(Some(over));
    }
    let approvals = store::approvals(tx, id).await?;
    if !decide::concerns(viewer, snapshot, &request, &approvals, ctx.now().date_naive()) {
        return Ok(None);
    }
    let who = request.decided_by.map_or_else(|| "Lakeport".to_owned(), |person| snapshot.person_name(person));
    let did = match (request.state()?, approvals.last()) {
        (RequestState::Approved, _) => format!("{who} approved it"),
        (RequestState::Rejected, _) => format!("{who} rejected it"),
        (RequestState::Withdrawn, _) => turn::withdrew(&who),
        (RequestState::Requested, Some(last)) => {
            let (who, on) = (snapshot.person_name(last.person), day(last.at));
            return Ok(Some(format!("{who} approved it on {on}, and it waits for another approval")));
        }
        (RequestState::Requested, None) => {
            let domain = snapshot.domain_name(domain_of_request(snapshot, &request));
            return Ok(Some(format!("The data came to {domain}, and the request with it")));
        }
    };
    let on = request.decided_at.map(|at| format!(" on {}", day(at))).unwrap_or_default();
    Ok(Some(format!("{did}{on}")))
}

/// How a grant ended; of one that holds, what its consumer answered or who kept it.
async fn grant(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    viewer: &Viewer,
    id: Uuid,
) -> Result<Option<String>> {
    let Some(grant) = store::grant(tx, id).await? else { return Ok(None) };
    let is_own = grant.consumer == viewer.id.0;
    let reviews = review::action(snapshot, &grant, ctx.now().date_naive());
    if !is_own && !policy::decide(viewer, &reviews).allowed {
        return Ok(None);
    }
    if let Some(over) = grants::over(&grant, ctx.now()) {
        return Ok(Some(over));
    }
    match grant.confirmed_at.filter(|_| is_own) {
        Some(at) => Ok(Some(format!("You said on {} that it is still needed", day(at)))),
        None => kept::of(tx, snapshot, &grant).await,
    }
}
