//! What a viewer may see and read of the catalog.

use std::collections::BTreeSet;

use lakeport_model::access::GrantStanding;
use lakeport_model::catalog::{AccessStanding, Classification};
use lakeport_model::people::Viewer;
use lakeport_model::{DomainId, GrantId, RequestId};

use super::snapshot::{Asset, DashboardText, Port, Product, Snapshot};
use crate::dashboards;
use crate::policy::{Action, decide};
use crate::store::Tx;
use crate::store::access::{self as store, Grant};
use crate::{Ctx, Result};

/// How much of a thing a viewer sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Not even that it exists.
    Hidden,
    /// That it exists, with its name.
    NameOnly,
    /// Descriptions and columns.
    Full,
}

impl Snapshot {
    /// How much of a product a viewer sees.
    pub fn product_sight(&self, viewer: &Viewer, product: &Product) -> Sight {
        let (visibility, domain) = (product.visibility, DomainId(product.domain.clone()));
        if decide(viewer, &Action::SeeProductDetails { visibility, domain: domain.clone() }).allowed {
            Sight::Full
        } else if decide(viewer, &Action::SeeProduct { visibility, domain }).allowed {
            Sight::NameOnly
        } else {
            Sight::Hidden
        }
    }

    /// How much of an asset a viewer sees: as much as of the most visible product that offers it, and everything
    /// where no product does or the viewer belongs to its domain. A dashboard of this portal is there for those
    /// whom its text lets in.
    pub fn sight(&self, viewer: &Viewer, asset: &Asset) -> Sight {
        let own = self.dashboards.get(&asset.id).filter(|_| self.is_own_dashboard(asset));
        if let Some(DashboardText { read: Ok(dashboard), .. }) = own
            && !dashboards::sees(self, viewer, dashboard)
        {
            return Sight::Hidden;
        }
        if viewer.role_in(&DomainId(asset.domain.clone())).is_some() {
            return Sight::Full;
        }
        self.offers(&asset.id)
            .map(|(product, _)| self.product_sight(viewer, product))
            .max()
            .unwrap_or(Sight::Full)
    }
}

/// Which assets a viewer may read now, for lists.
pub(crate) struct Readable {
    viewer: Viewer,
    granted: BTreeSet<String>,
}

impl Readable {
    pub(crate) async fn of(ctx: &Ctx, viewer: &Viewer) -> Result<Self> {
        let mut tx = ctx.db.read().await?;
        let grants = crate::people::grants_on(&mut tx, ctx, viewer).await?;
        let granted = grants.into_iter().filter_map(|grant| grant.asset).collect();
        Ok(Self { viewer: viewer.clone(), granted })
    }

    pub(crate) fn asset(&self, snapshot: &Snapshot, asset: &Asset) -> bool {
        let grants = if self.granted.contains(&asset.id) { vec![GrantStanding::Active] } else { Vec::new() };
        decide(&self.viewer, &read(snapshot, &self.viewer, asset, grants)).allowed
    }

    pub(crate) fn port(&self, snapshot: &Snapshot, port: &Port) -> bool {
        port.asset
            .as_ref()
            .and_then(|id| snapshot.assets.get(id))
            .is_some_and(|asset| self.asset(snapshot, asset))
    }
}

/// The question whether an asset's values may be read.
pub(crate) fn read(
    snapshot: &Snapshot,
    viewer: &Viewer,
    asset: &Asset,
    grants: Vec<GrantStanding>,
) -> Action {
    Action::ReadValues {
        domain: DomainId(asset.domain.clone()),
        classification: asset.classification,
        seen_in_full: snapshot.sight(viewer, asset) == Sight::Full,
        grants,
    }
}

/// The viewer's grants on an asset with their standings now.
pub(crate) async fn standings(tx: &mut Tx, ctx: &Ctx, viewer: &Viewer, asset: &str) -> Result<Vec<Grant>> {
    let now = ctx.now();
    let mut grants = store::grants_of(tx, viewer.id.0).await?;
    grants.retain(|grant| {
        grant.asset.as_deref() == Some(asset) && grant.standing(now) == GrantStanding::Active
    });
    Ok(grants)
}

/// Whether the viewer reads an asset, and the next step if not.
pub(super) async fn standing(
    tx: &mut Tx,
    ctx: &Ctx,
    viewer: &Viewer,
    snapshot: &Snapshot,
    asset: Option<&Asset>,
    port: Option<&Port>,
) -> Result<AccessStanding> {
    if let Some(asset) = asset {
        if snapshot.is_own_dashboard(asset) {
            return Ok(AccessStanding::Opens { href: super::href::asset(snapshot, asset) });
        }
        let grants = standings(tx, ctx, viewer, &asset.id).await?;
        if let Some(grant) = grants.iter().max_by_key(|grant| grant.ends_on) {
            return Ok(AccessStanding::Granted { grant: GrantId(grant.id), ends_on: grant.ends_on });
        }
        if decide(viewer, &read(snapshot, viewer, asset, Vec::new())).allowed
            && asset.classification != Classification::Public
        {
            return Ok(AccessStanding::Domain);
        }
    }
    let Some(port) = port else { return Ok(AccessStanding::NotOffered) };
    if let Some(request) = store::open_request(tx, viewer.id.0, port.id.as_str()).await? {
        let approvals = store::approvals(tx, request.id).await?;
        let with = crate::access::eligible(snapshot, &request, &approvals);
        return Ok(AccessStanding::Requested {
            request: RequestId(request.id),
            with: with.into_iter().map(|member| member.name).collect(),
            since: request.requested_at,
        });
    }
    let asks = snapshot.port(&port.id).is_some_and(|(product, _)| {
        let domain = DomainId(product.domain.clone());
        let (visibility, classification) = (product.visibility, port.classification);
        decide(viewer, &Action::RequestAccess { visibility, domain, classification }).allowed
    });
    Ok(if asks { AccessStanding::Requestable } else { AccessStanding::NotOffered })
}
