//! Who holds access now, for those who answer for the data.

use chrono::{DateTime, Utc};
use lakeport_model::access::{GrantLine, GrantStanding, HELD_PAGE, Held, HeldLine, HeldOn};
use lakeport_model::{DomainId, GrantId, Page, PageRequest, PersonId};
use uuid::Uuid;

use super::eyes::Eyes;
use super::part::Part;
use super::{Reviewers, answering, answering_people, grants, kept, no_answer, review, still, turn};
use crate::catalog::{Rights, Sight, Snapshot};
use crate::policy::{self, SeeGrants};
use crate::store::Tx;
use crate::store::access::{self as store, Grant};
use crate::{Call, Ctx, Error, Result};

/// True when the viewer sees who holds access to a product or an asset, or to some of it.
pub(crate) async fn sees_held(tx: &mut Tx, call: &Call, domain: &str, on: &HeldOn) -> Result<bool> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = call.snapshot();
    let part = Part::of(&ctx.settings.policies, &snapshot, viewer, domain, on, call.now());
    let reviewers = reviewers(tx, ctx, call.now(), &snapshot, domain, part.as_ref()).await?;
    Ok(policy::decide(viewer, &see(domain, reviewers).into()).allowed)
}

/// Above every grant: a list that begins below it has all.
fn newest() -> GrantId {
    GrantId(Uuid::max())
}

/// The question who holds access to a domain's data.
pub(super) fn see(domain: &str, reviewers: Vec<PersonId>) -> SeeGrants {
    SeeGrants { domain: DomainId(domain.to_owned()), reviewers }
}

/// Those who answer for the data of a domain, and whoever may withdraw one of the grants that are looked at: what the
/// domain's own people hold, others review.
async fn reviewers(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    domain: &str,
    part: Option<&Part<'_>>,
) -> Result<Vec<PersonId>> {
    let mut people = answering_people(snapshot, domain);
    let Some(part) = part else { return Ok(people) };
    for grant in part.grants(tx, newest(), HELD_PAGE).await? {
        if answered_by(snapshot, &grant) == domain {
            let escalated = review::is_escalated(ctx, now, snapshot, &grant);
            people.extend(Reviewers::of(snapshot, &grant).now(escalated));
        }
    }
    Ok(people)
}

/// The domain that answers for a grant: data that moved away is another domain's, whatever product it was granted with.
fn answered_by<'a>(snapshot: &'a Snapshot, grant: &'a Grant) -> &'a str {
    answering(snapshot, grant.asset.as_deref(), &grant.product, &grant.domain)
}

/// The live grants on a product or an asset, newest first.
pub async fn held(call: &Call, on: &HeldOn, request: PageRequest) -> Result<Held> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = call.snapshot();
    let rights = call.rights();
    let domain = domain(&snapshot, &rights, on)?;
    let mut state = ctx.readings.state(&ctx.db).await?;
    let now = call.now();
    let part = Part::of(&ctx.settings.policies, &snapshot, viewer, domain, on, now);
    let reviewers = reviewers(&mut state.tx, ctx, now, &snapshot, domain, part.as_ref()).await?;
    policy::authorize(viewer, see(domain, reviewers))?;
    let after = match &request.after {
        Some(text) => text.parse().map_err(|_| Error::invalid("after", "This page link is not complete."))?,
        None => newest(),
    };
    let limit = request.limit.clamp(1, HELD_PAGE);
    let live = match &part {
        Some(part) => part.grants(&mut state.tx, after, limit + 1).await?,
        None => store::live_grants(&mut state.tx, on, now.date_naive(), after, i64::from(limit) + 1).await?,
    };
    let page = Page::cut(live, limit, |grant| grant.id.to_string());
    let mut items = Vec::with_capacity(page.items.len());
    for grant in page.items {
        let today = now.date_naive();
        let why_not = turn::why_not(&snapshot, viewer, &review::action(ctx, now, &snapshot, &grant).into());
        let may_withdraw = why_not.is_none();
        // What the domain's own people review is none of the business of those who may withdraw some of it.
        let is_shown = answered_by(&snapshot, &grant) == domain && (part.is_none() || may_withdraw);
        if !is_shown || grant.standing(now) != GrantStanding::Active {
            continue;
        }
        let asset = grant.asset.as_deref().unwrap_or_default();
        let last_used = state.last_use(grant.consumer, asset).await?;
        let approvals = store::approvals(&mut state.tx, grant.request).await?;
        let confirmed = grant.confirmed_at.is_some();
        let cadence = review::cadence(ctx, &snapshot, &grant);
        let waits = grant.next_review.is_some_and(|due| cadence.is_owners_turn(today, due, confirmed));
        let still = still::reads(&mut state.tx, ctx, now, &snapshot, &grant).await?;
        let kept = kept::of(&mut state.tx, &snapshot, &grant).await?;
        let undecided = no_answer::pending(&mut state.tx, ctx, now, &snapshot, &grant).await?;
        let line = grants::line(&snapshot, Eyes::Answering, &snapshot.names, grant, now);
        let comments = grants::comments(&snapshot, &approvals);
        items.push(HeldLine {
            grant: GrantLine { comments, kept, still, undecided, ..line },
            last_used,
            why_not,
            may_review: may_withdraw && waits,
        });
    }
    let ever = store::was_granted(&mut state.tx, on).await?;
    Ok(Held { grants: Page { items, next: page.next }, ever })
}

/// The domain that answers for it, if the viewer may know that it exists.
fn domain<'a>(snapshot: &'a Snapshot, rights: &Rights, on: &HeldOn) -> Result<&'a str> {
    match on {
        HeldOn::Product(id) => snapshot
            .products
            .get(id.as_str())
            .filter(|product| rights.product_sight(product) != Sight::Hidden)
            .map(|product| product.domain.as_str())
            .ok_or_else(|| Error::not_found("data product")),
        HeldOn::Asset(id) => snapshot
            .assets
            .get(id.as_str())
            .filter(|asset| snapshot.sight(rights, asset) != Sight::Hidden)
            .map(|asset| asset.domain.as_str())
            .ok_or_else(|| Error::not_found("asset")),
    }
}
