//! How something ended that people were told of once: no message of before goes on saying that it waits.

use chrono::{DateTime, Utc};
use lakeport_model::access::{GrantStanding, RequestState};
use lakeport_model::people::Viewer;
use lakeport_model::sentence;
use uuid::Uuid;

use super::{decide, domain_of_request, eligible, grants, kept, review, turn};
use crate::catalog::{Snapshot, href};
use crate::policy;
use crate::store::Tx;
use crate::store::access as store;
use crate::{Ctx, Result};

/// Said where it waits on, for others.
const NO_LONGER: &str = "You no longer decide this";

/// How something stands that is settled.
pub(crate) struct Settled {
    /// In a sentence.
    pub(crate) words: String,
    /// Where it leads, where the page that a message led to is not his to open any more.
    pub(crate) href: Option<String>,
}

/// How something stands that is settled, `request ID` or `grant ID`, in a sentence for somebody who was told of it: as much
/// of it as concerns him now.
pub(crate) async fn settled(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    viewer: &Viewer,
    about: &str,
) -> Result<Settled> {
    let mut href = None;
    let said = match about.split_once(' ').map(|(kind, id)| (kind, id.parse::<Uuid>())) {
        Some(("request", Ok(id))) => {
            let (said, leads) = request(tx, ctx, snapshot, viewer, id).await?;
            href = leads;
            said
        }
        Some(("grant", Ok(id))) => grant(tx, ctx, snapshot, viewer, id).await?,
        _ => None,
    };
    Ok(Settled { words: sentence(said.as_deref().unwrap_or("This is settled")), href })
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y").to_string()
}

/// Who decided a request, or where it went; to whoever asked, how the access ended that came of it. To somebody whom it does
/// not concern any more, whether it waits on, and the page of the domain that decides it.
async fn request(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    viewer: &Viewer,
    id: Uuid,
) -> Result<(Option<String>, Option<String>)> {
    let Some(request) = store::request(tx, id).await? else { return Ok((None, None)) };
    let is_own = request.requester == viewer.id.0;
    if is_own
        && let Some(grant) = store::grant_of_request(tx, id).await?
        && let Some(over) = grants::over(&grant, ctx.now())
    {
        return Ok((Some(over), None));
    }
    let approvals = store::approvals(tx, id).await?;
    let today = ctx.now().date_naive();
    let state = request.state()?;
    let domain = domain_of_request(snapshot, &request);
    if !decide::concerns(viewer, snapshot, &request, &approvals, today) {
        let waits = state == RequestState::Requested && !viewer.administrator;
        return Ok((waits.then(|| NO_LONGER.to_owned()), Some(href::domain(domain))));
    }
    let who = request.decided_by.map_or_else(|| "Lakeport".to_owned(), |person| snapshot.person_name(person));
    let is_his_turn =
        || eligible(snapshot, &request, &approvals, today).iter().any(|member| member.person == viewer.id.0);
    let did = match (state, approvals.last()) {
        (RequestState::Approved, _) => format!("{who} approved it"),
        (RequestState::Rejected, _) => format!("{who} rejected it"),
        (RequestState::Withdrawn, _) => turn::withdrew(&who),
        (RequestState::Requested, _) if is_his_turn() => "It waits for you again".to_owned(),
        (RequestState::Requested, Some(last)) => {
            let (who, on) = (snapshot.person_name(last.person), day(last.at));
            format!("{who} approved it on {on}, and it waits for another approval")
        }
        (RequestState::Requested, None) if is_own => {
            format!("The data came to {}, and the request with it", snapshot.domain_name(domain))
        }
        (RequestState::Requested, None) => NO_LONGER.to_owned(),
    };
    let on = request.decided_at.map(|at| format!(" on {}", day(at))).unwrap_or_default();
    Ok((Some(format!("{did}{on}")), None))
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
        let goes_on = grant.standing(ctx.now()) == GrantStanding::Active && !viewer.administrator;
        return Ok(goes_on.then(|| NO_LONGER.to_owned()));
    }
    if let Some(over) = grants::over(&grant, ctx.now()) {
        return Ok(Some(over));
    }
    match grant.confirmed_at.filter(|_| is_own) {
        Some(at) => Ok(Some(format!("You said on {} that it is still needed", day(at)))),
        None => kept::of(tx, snapshot, &grant).await,
    }
}
