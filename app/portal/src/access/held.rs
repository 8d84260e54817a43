//! Who holds access now, for those who answer for the data.

use lakeport_model::access::{GrantLine, GrantStanding, HELD_PAGE, Held, HeldLine, HeldOn};
use lakeport_model::people::{Role, Viewer};
use lakeport_model::{DomainId, Page, PageRequest};
use uuid::Uuid;

use super::eyes::Eyes;
use super::{answering, grants, ids, kept, no_answer, review, schedule, still, whose_turn};
use crate::catalog::{Rights, Sight, Snapshot};
use crate::policy::{self, Action};
use crate::store::access as store;
use crate::{Ctx, Error, Result};

/// True when the viewer sees who holds access to the data of this domain.
pub(crate) fn sees_held(snapshot: &Snapshot, viewer: &Viewer, domain: &str) -> bool {
    policy::decide(viewer, &action(snapshot, domain)).allowed
}

fn action(snapshot: &Snapshot, domain: &str) -> Action {
    Action::SeeGrants {
        domain: DomainId(domain.to_owned()),
        reviewers: ids(&whose_turn(snapshot, domain, Role::Owner, |_| true)),
    }
}

/// The live grants on a product or an asset, newest first.
pub async fn held(ctx: &Ctx, viewer: &Viewer, on: &HeldOn, request: PageRequest) -> Result<Held> {
    let snapshot = ctx.snapshot().await?;
    let rights = Rights::of(ctx, viewer).await?;
    let domain = domain(&snapshot, &rights, on)?;
    policy::authorize(viewer, &action(&snapshot, domain))?;
    let after = match &request.after {
        Some(text) => text.parse().map_err(|_| Error::invalid("after", "This page link is not complete."))?,
        None => Uuid::max(),
    };
    let limit = request.limit.clamp(1, HELD_PAGE);
    let now = ctx.now();
    let mut state = ctx.readings.state(&ctx.db).await?;
    let live = store::live_grants(&mut state.tx, on, now.date_naive(), after, i64::from(limit) + 1).await?;
    let page = Page::cut(live, limit, |grant| grant.id.to_string());
    let mut items = Vec::with_capacity(page.items.len());
    for grant in page.items {
        // Data that moved away is another domain's, whatever product it was granted with.
        let answers = answering(&snapshot, grant.asset.as_deref(), &grant.product, &grant.domain);
        if answers != domain || grant.standing(now) != GrantStanding::Active {
            continue;
        }
        let asset = grant.asset.as_deref().unwrap_or_default();
        let last_used = state.last_use(grant.consumer, asset).await?;
        let approvals = store::approvals(&mut state.tx, grant.request).await?;
        let today = now.date_naive();
        let may_withdraw = policy::decide(viewer, &review::action(&snapshot, &grant, today)).allowed;
        let confirmed = grant.confirmed_at.is_some();
        let waits = grant.next_review.is_some_and(|due| schedule::is_owners_turn(today, due, confirmed));
        let still = still::reads(&mut state.tx, ctx, &snapshot, &grant).await?;
        let kept = kept::of(&mut state.tx, &snapshot, &grant).await?;
        let undecided = no_answer::pending(&mut state.tx, ctx, &snapshot, &grant).await?;
        let line = grants::line(&snapshot, Eyes::Answering, &snapshot.names, grant, now)?;
        let comments = grants::comments(&snapshot, &approvals);
        items.push(HeldLine {
            grant: GrantLine { comments, kept, undecided, ..line },
            last_used,
            still,
            may_withdraw,
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
