//! What the catalog's changes mean for requests that wait and grants that hold: nobody inherits what they did not approve.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lakeport_model::PersonId;
use lakeport_model::access::GrantStanding;
use serde_json::json;

use super::{Deciders, Reviewers, answering, domain_of_request, eligible, ids, kept, review};
use crate::catalog::Snapshot;
use crate::notify::{self, Message};
use crate::people::Actor;
use crate::policy::rules::DataChanged;
use crate::snapshot::Part;
use crate::store::access::{self as store, About, Grant, Request};
use crate::store::changes::Touched;
use crate::store::notify as messages;
use crate::store::{Tx, catalog};
use crate::{Ctx, Result};

/// The requests that wait and the grants that hold which a change can concern.
pub(crate) enum Concerned {
    /// All of them.
    Everything,
    /// Those for this data, and those that these domains answer for.
    By(About),
}

impl Concerned {
    /// Those that a change of these things can concern, as the transaction sees it.
    pub(crate) async fn by(tx: &mut Tx, touched: &BTreeSet<Touched>) -> Result<Self> {
        let mut about = About::default();
        let mut domains = BTreeSet::new();
        for touched in touched {
            match touched {
                Touched::Everything => return Ok(Self::Everything),
                Touched::Asset(id) => about.assets.push(id.clone()),
                Touched::Product(id) => about.products.push(id.clone()),
                Touched::Domain(id) => _ = domains.insert(id.clone()),
                Touched::Person(_)
                | Touched::Service(_)
                | Touched::Contract(_)
                | Touched::Dashboard(_)
                | Touched::Term(_) => {}
            }
        }
        if !domains.is_empty() {
            // Where nobody of a domain can answer, those of the domain above do.
            let all = catalog::domains(tx).await?.into_iter();
            let below = all.filter(|row| row.parent.as_ref().is_some_and(|above| domains.contains(above)));
            let below: Vec<String> = below.map(|row| row.id).collect();
            domains.extend(below);
        }
        about.domains.extend(domains);
        Ok(Self::By(about))
    }

    /// Adds the data of all of them to a part of the catalog.
    pub(crate) async fn add_to(&self, tx: &mut Tx, part: &mut Part) -> Result<()> {
        for request in self.requests(tx).await? {
            part.assets.extend(request.asset);
            part.products.insert(request.product);
        }
        for grant in self.grants(tx).await? {
            part.assets.extend(grant.asset);
            part.products.insert(grant.product);
        }
        Ok(())
    }

    async fn requests(&self, tx: &mut Tx) -> Result<Vec<Request>> {
        match self {
            Self::Everything => store::open_requests(tx).await,
            Self::By(about) => store::open_requests_about(tx, about).await,
        }
    }

    /// The grants among them.
    pub(crate) async fn grants(&self, tx: &mut Tx) -> Result<Vec<Grant>> {
        match self {
            Self::Everything => store::open_grants(tx).await,
            Self::By(about) => store::open_grants_about(tx, about).await,
        }
    }
}

/// After an import, in its transaction: `snapshot` is the catalog as the import leaves it.
pub(crate) async fn catalog_changed(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    concerned: &Concerned,
) -> Result<()> {
    for request in concerned.requests(tx).await? {
        let domain = domain_of_request(snapshot, &request);
        if domain != request.domain {
            request_moved(tx, ctx, now, snapshot, &request, domain).await?;
        }
    }
    for grant in concerned.grants(tx).await? {
        review_at_once(tx, ctx, now, snapshot, grant).await?;
    }
    Ok(())
}

/// After roles changed, in the transaction that changed them: what waited for somebody who decides it no more is settled for
/// them. It waits for the others as before.
pub(crate) async fn roles_changed(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    (before, after): (&Snapshot, &Snapshot),
    concerned: &Concerned,
) -> Result<()> {
    let today = now.date_naive();
    for request in concerned.requests(tx).await? {
        let approvals = store::approvals(tx, request.id).await?;
        let decide = |snapshot: &Snapshot| ids(&eligible(snapshot, &request, &approvals, today));
        let (did, does) = (decide(before), decide(after));
        settle_for(tx, &format!("request {}", request.id), &did, &does).await?;
    }
    for grant in concerned.grants(tx).await? {
        if grant.standing(now) != GrantStanding::Active {
            continue;
        }
        let escalated = |snapshot: &Snapshot| review::is_escalated(ctx, now, snapshot, &grant);
        let review = |snapshot: &Snapshot| Reviewers::of(snapshot, &grant).now(escalated(snapshot));
        let (did, does) = (review(before), review(after));
        settle_for(tx, &format!("grant {}", grant.id), &did, &does).await?;
    }
    Ok(())
}

/// Settles what was said about something for those who decided it and do no more.
async fn settle_for(tx: &mut Tx, about: &str, did: &[PersonId], does: &[PersonId]) -> Result<()> {
    for person in did.iter().filter(|person| !does.contains(person)) {
        messages::settle(tx, about, Some(*person)).await?;
    }
    Ok(())
}

/// Hands a request that waits to the domain that answers for the data now: approvals given under the old one do not
/// count, and those whose turn it is are told.
async fn request_moved(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    request: &Request,
    domain: &str,
) -> Result<()> {
    store::begin_again(tx, &DataChanged::Moved.proof(), request.id, domain, now).await?;
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
async fn review_at_once(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: Grant,
) -> Result<()> {
    if grant.standing(now) != GrantStanding::Active {
        return Ok(());
    }
    let today = now.date_naive();
    let classification = review::classification(snapshot, &grant);
    let domain = answering(snapshot, grant.asset.as_deref(), &grant.product, &grant.domain);
    let waits = grant.next_review.is_some_and(|due| due <= today);
    let moved = grant.domain != domain;
    let more_sensitive = !waits && grant.classification.or_strictest() < classification;
    let unseen = more_sensitive && kept::under(tx, &grant).await? < Some(classification);
    if !moved && !unseen {
        return Ok(());
    }
    let grant = Grant { domain: domain.to_owned(), ..grant };
    let rule = if moved { DataChanged::Moved } else { DataChanged::MoreSensitive };
    let proof = rule.proof();
    store::next_cycle(tx, &proof.allows(), &grant, Some(today)).await?;
    let detail = json!({
        "cycle": grant.cycle, "next_review": today, "classification": classification, "domain": domain,
    });
    let actor = Actor::System("policy");
    review::note(tx, ctx, &actor, &grant, "grant.review_at_once", proof.rule(), detail).await
}
