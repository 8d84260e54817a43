//! What the catalog's changes mean for requests that wait and grants that hold: nobody inherits what he did not approve.

use lakeport_model::access::GrantStanding;
use serde_json::json;

use super::{Deciders, answering, domain_of_request, ids, kept, review};
use crate::catalog::Snapshot;
use crate::notify::{self, Message};
use crate::people::Actor;
use crate::store::Tx;
use crate::store::access::{self as store, Grant, Request};
use crate::{Ctx, Result};

/// After an import, in its transaction: `snapshot` is the catalog as the import leaves it.
pub(crate) async fn catalog_changed(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot) -> Result<()> {
    for request in store::open_requests(tx).await? {
        let domain = domain_of_request(snapshot, &request);
        if domain != request.domain {
            request_moved(tx, ctx, snapshot, &request, domain).await?;
        }
    }
    for grant in store::open_grants(tx).await? {
        review_at_once(tx, ctx, snapshot, grant).await?;
    }
    Ok(())
}

/// Hands a request that waits to the domain that answers for the data now: approvals given under the old one do not
/// count, and those whose turn it is are told.
async fn request_moved(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    request: &Request,
    domain: &str,
) -> Result<()> {
    store::begin_again(tx, request.id, domain, ctx.now()).await?;
    let message = Message::new(
        format!("A request for {} waits for you now", snapshot.port_title(&request.port)),
        [
            format!("The data came to {}, and the request with it", snapshot.domain_name(domain)),
            format!("{} asked", snapshot.who(request.requester)),
            format!("Purpose: {}", request.purpose),
        ],
        format!("/decide/{}", request.id),
    );
    let deciders = ids(&Deciders::of(snapshot, request, &[]).turn);
    notify::tell_about(tx, ctx, &deciders, &format!("request {}", request.id), &message).await
}

/// Makes the review of a grant due that was approved when its data was less sensitive than it is now, or belonged to
/// another domain. It holds on until somebody has looked; a new cycle, so that everybody is asked anew. Where nobody
/// answers and the policy keeps it, they were asked, and are again at the next review.
async fn review_at_once(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, grant: Grant) -> Result<()> {
    if grant.standing(ctx.now()) != GrantStanding::Active {
        return Ok(());
    }
    let today = ctx.now().date_naive();
    let classification = review::classification(snapshot, &grant)?;
    let domain = answering(snapshot, grant.asset.as_deref(), &grant.product, &grant.domain);
    let waits = grant.next_review.is_some_and(|due| due <= today);
    let moved = grant.domain != domain;
    let more_sensitive = !waits && grant.classification()? < classification;
    let unseen = more_sensitive && kept::under(tx, &grant).await? < Some(classification);
    if !moved && !unseen {
        return Ok(());
    }
    let grant = Grant { domain: domain.to_owned(), ..grant };
    store::next_cycle(tx, &grant, Some(today)).await?;
    let detail = json!({
        "cycle": grant.cycle, "next_review": today, "classification": classification, "domain": domain,
    });
    let rule = if moved { "review.data_moved" } else { "review.data_more_sensitive" };
    let actor = Actor::System("policy");
    review::note(tx, ctx, &actor, &grant, "grant.review_at_once", rule, detail).await
}
