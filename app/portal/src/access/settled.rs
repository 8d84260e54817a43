//! How something ended that people were told of once: no message of before goes on saying that it waits.

use chrono::{DateTime, Utc};
use lakeport_model::access::{GrantStanding, RequestState};
use lakeport_model::people::Viewer;
use lakeport_model::{GrantId, PersonId, RequestId, sentence, stored_day};
use uuid::Uuid;

use super::eyes::Eyes;
use super::{decide, domain_of_request, eligible, grants, kept, renewal, review, turn};
use crate::catalog::{Rights, Snapshot, href};
use crate::policy;
use crate::store::Tx;
use crate::store::access::{self as store, Grant, Request};
use crate::text::capital;
use crate::{Ctx, Result};

/// Said where it waits on, for others.
const NO_LONGER: &str = "You no longer decide this";

/// What messages about a delivery that fails are about, before the id of the grant.
pub(crate) const DELIVERY: &str = "job delivery grant";

/// How something stands that is settled.
pub(crate) struct Settled {
    /// In a sentence.
    pub(crate) words: String,
    /// Where it leads, where the page that a message led to is not theirs to open any more.
    pub(crate) href: Option<String>,
}

/// How something stands that is settled, `request ID` or `grant ID`, in a sentence for somebody who was told of it: as much
/// of it as concerns them now.
pub(crate) async fn settled(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    (viewer, rights): (&Viewer, &Rights),
    about: &str,
) -> Result<Settled> {
    let mut href = None;
    let said = match about.split_once(' ').map(|(kind, id)| (kind, id.parse::<Uuid>())) {
        Some(("request", Ok(id))) => {
            let (said, leads) = request(tx, now, snapshot, (viewer, rights), id.into()).await?;
            href = leads;
            said
        }
        Some(("grant", Ok(id))) => grant(tx, ctx, now, snapshot, (viewer, rights), id.into()).await?,
        _ => {
            let grant = about.strip_prefix(DELIVERY).and_then(|id| id.trim_start().parse::<Uuid>().ok());
            match grant {
                Some(id) => delivery(tx, now, id.into()).await?,
                None => None,
            }
        }
    };
    let said = said.as_deref().map_or_else(|| "This is settled".to_owned(), capital);
    Ok(Settled { words: sentence(&said), href })
}

/// A request as a sentence about it names it: `your request for Orders`, `the request of Paula Brandt for Orders`.
fn request_named(snapshot: &Snapshot, viewer: &Viewer, eyes: Eyes, request: &Request) -> String {
    let title = eyes.title(snapshot, &request.port);
    if request.requester == viewer.id {
        format!("your request for {title}")
    } else {
        format!("the request of {} for {title}", snapshot.who(request.requester))
    }
}

/// Access by a grant as a sentence about it names it: `your access to Orders`, `the access of Paula Brandt to Orders`.
fn access_named(snapshot: &Snapshot, viewer: &Viewer, eyes: Eyes, grant: &Grant) -> String {
    let title = eyes.title(snapshot, &grant.port);
    if grant.consumer == viewer.id {
        format!("your access to {title}")
    } else {
        format!("the access of {} to {title}", snapshot.who(grant.consumer))
    }
}

/// Who did something, as the viewer reads it.
fn actor(snapshot: &Snapshot, viewer: &Viewer, person: PersonId) -> String {
    if person == viewer.id { "You".to_owned() } else { snapshot.person_name(person) }
}

/// That access is over, and how: `your access to Orders ended 30 Nov 2026: Given up`; `None` of a grant that holds.
fn over(access: &str, grant: &Grant, is_own: bool, now: DateTime<Utc>) -> Option<String> {
    match renewal::standing(grant, now) {
        GrantStanding::Active => None,
        GrantStanding::Renewed => Some(format!("{access} was renewed")),
        GrantStanding::Expired | GrantStanding::Revoked | GrantStanding::GivenUp => {
            Some(format!("{access} {}", grants::how_ended(grant, is_own)))
        }
    }
}

/// Who decided a request, or where it went; to whoever asked, how the access ended that came of it. To somebody whom it does
/// not concern any more, whether it waits on, and the page of the domain that decides it.
async fn request(
    tx: &mut Tx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    (viewer, rights): (&Viewer, &Rights),
    id: RequestId,
) -> Result<(Option<String>, Option<String>)> {
    let Some(request) = store::request(tx, id).await? else { return Ok((None, None)) };
    let is_own = request.requester == viewer.id;
    if is_own
        && let Some(grant) = store::grant_of_request(tx, id).await?
        && let Some(over) = over(&access_named(snapshot, viewer, Eyes::Of(rights), &grant), &grant, true, now)
    {
        return Ok((Some(over), None));
    }
    let approvals = store::approvals(tx, id).await?;
    let today = now.date_naive();
    let state = request.state;
    let domain = domain_of_request(snapshot, &request);
    if !decide::concerns(viewer, snapshot, &request, &approvals, today) {
        let waits = state == RequestState::Requested && !viewer.administrator;
        return Ok((waits.then(|| NO_LONGER.to_owned()), Some(href::domain(domain))));
    }
    let answers = decide::answers_for_it(viewer, snapshot, &request, &approvals, today);
    let eyes = if answers && !is_own { Eyes::Answering } else { Eyes::Of(rights) };
    let named = request_named(snapshot, viewer, eyes, &request);
    let who = request.decided_by.map_or_else(|| "Lakeport".to_owned(), |by| actor(snapshot, viewer, by));
    let is_their_turn =
        || eligible(snapshot, &request, &approvals, today).iter().any(|member| member.person == viewer.id);
    let did = match (state, approvals.last()) {
        (RequestState::Approved, _) => format!("{who} approved {named}"),
        (RequestState::Rejected, _) => format!("{who} rejected {named}"),
        // Nobody's name is said twice.
        (RequestState::Withdrawn, _) if !is_own && request.decided_by == Some(request.requester) => {
            turn::withdrew(&who, &format!("the request for {}", eyes.title(snapshot, &request.port)))
        }
        (RequestState::Withdrawn, _) => turn::withdrew(&who, &named),
        (RequestState::Requested, _) if is_their_turn() => format!("{named} waits for you again"),
        (RequestState::Requested, Some(last)) => {
            let (who, on) = (actor(snapshot, viewer, last.person), stored_day(last.at.date_naive()));
            format!("{who} approved {named} on {on}, and it waits for another approval")
        }
        (RequestState::Requested, None) if is_own => {
            format!("The data came to {}, and {named} with it", snapshot.domain_name(domain))
        }
        (RequestState::Requested, None) => NO_LONGER.to_owned(),
    };
    let on = request.decided_at.map(|at| format!(" on {}", stored_day(at.date_naive()))).unwrap_or_default();
    Ok((Some(format!("{did}{on}")), None))
}

/// How a delivery came to its end that failed before.
async fn delivery(tx: &mut Tx, now: DateTime<Utc>, id: GrantId) -> Result<Option<String>> {
    let grant = store::grant(tx, id).await?;
    Ok(grant.map(|grant| match grant.standing(now) {
        GrantStanding::Active => "It was delivered since".to_owned(),
        _ => "The access has ended since, and nothing is left to deliver".to_owned(),
    }))
}

/// How a grant ended; of one that holds, what its consumer answered or who kept it.
async fn grant(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    (viewer, rights): (&Viewer, &Rights),
    id: GrantId,
) -> Result<Option<String>> {
    let Some(grant) = store::grant(tx, id).await? else { return Ok(None) };
    let is_own = grant.consumer == viewer.id;
    let reviews = review::action(ctx, now, snapshot, &grant);
    if !is_own && !policy::decide(viewer, &reviews.into()).allowed {
        let goes_on = grant.standing(now) == GrantStanding::Active && !viewer.administrator;
        return Ok(goes_on.then(|| NO_LONGER.to_owned()));
    }
    let eyes = if is_own { Eyes::Of(rights) } else { Eyes::Answering };
    let named = access_named(snapshot, viewer, eyes, &grant);
    if let Some(over) = over(&named, &grant, is_own, now) {
        return Ok(Some(over));
    }
    match grant.confirmed_at.filter(|_| is_own) {
        Some(at) => {
            Ok(Some(format!("You said on {} that {named} is still needed", stored_day(at.date_naive()))))
        }
        None => kept::named(tx, &grant, &named, |by| actor(snapshot, viewer, by)).await,
    }
}
