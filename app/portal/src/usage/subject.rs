//! What the use is asked of, as far as somebody sees it.

use std::collections::BTreeSet;

use lakeport_model::DomainId;
use lakeport_model::catalog::Way;
use lakeport_model::people::Viewer;
use lakeport_model::usage::Used;

use crate::catalog::{Asset, Product, Rights, Sight, Snapshot};
use crate::policy::{self, SeeGrants};
use crate::snapshot::answering::answering_people;
use crate::{Error, Result};

/// A product or an asset whose details somebody sees.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject<'a> {
    Product(&'a Product),
    Asset(&'a Asset),
}

impl<'a> Subject<'a> {
    /// The thing of this id.
    ///
    /// # Errors
    /// Refused where there is none, to whoever sees no more than its name, and for a dashboard of this portal.
    pub(super) fn seen(snapshot: &'a Snapshot, rights: &Rights, kind: Used, id: &str) -> Result<Self> {
        let (subject, sight) = match kind {
            Used::Product => {
                let product = snapshot.products.get(id);
                let product = product.filter(|product| rights.product_sight(product) != Sight::Hidden);
                let product = product.ok_or_else(|| {
                    let knows = rights.knows_unread_product(snapshot, id);
                    if knows { Error::unread("data product") } else { Error::not_found("data product") }
                })?;
                (Self::Product(product), rights.product_sight(product))
            }
            Used::Asset => {
                let asset = snapshot.assets.get(id);
                let asset = asset.filter(|asset| snapshot.sight(rights, asset) != Sight::Hidden);
                let asset = asset.ok_or_else(|| rights.no_asset(snapshot, id))?;
                if snapshot.is_own_dashboard(asset) {
                    return Err(Error::conflict(
                        "This is a dashboard of this portal: what it shows counts as read of its tables.",
                    ));
                }
                (Self::Asset(asset), snapshot.sight(rights, asset))
            }
        };
        if sight == Sight::Full {
            return Ok(subject);
        }
        Err(Error::forbidden("Its domain and people with access see who uses it."))
    }

    pub(super) fn id(self) -> &'a str {
        match self {
            Self::Product(product) => &product.id,
            Self::Asset(asset) => &asset.id,
        }
    }

    pub(super) fn name(self) -> &'a str {
        match self {
            Self::Product(product) => &product.name,
            Self::Asset(asset) => &asset.title,
        }
    }

    /// The way to it.
    pub(super) fn way(self, snapshot: &Snapshot, rights: &Rights) -> Way {
        match self {
            Self::Product(product) => snapshot.way_in(&product.domain),
            Self::Asset(asset) => snapshot.way_to(rights, asset),
        }
    }

    /// What is read of it: the asset, or those behind the product's ports that are there.
    fn assets(self, snapshot: &'a Snapshot) -> Vec<&'a Asset> {
        match self {
            Self::Product(product) => behind(snapshot, product).collect(),
            Self::Asset(asset) => vec![asset],
        }
    }

    /// The same by id, each once.
    pub(super) fn asset_ids(self, snapshot: &'a Snapshot) -> BTreeSet<&'a str> {
        self.assets(snapshot).into_iter().map(|asset| asset.id.as_str()).collect()
    }

    /// True where something of it can be read in this portal.
    pub(super) fn opens_here(self, snapshot: &Snapshot) -> bool {
        self.assets(snapshot).into_iter().any(Asset::opens_here)
    }

    /// True for whoever decides about access to all that is counted here: to them, readers have names.
    pub(super) fn tells_names_to(self, snapshot: &Snapshot, viewer: &Viewer) -> bool {
        let own = match self {
            Self::Product(product) => product.domain.as_str(),
            Self::Asset(asset) => asset.domain.as_str(),
        };
        let of_assets = self.assets(snapshot).into_iter().map(|asset| asset.domain.as_str());
        let domains: BTreeSet<&str> = of_assets.chain([own]).collect();
        domains.into_iter().all(|domain| {
            let reviewers = answering_people(snapshot, domain);
            let asked = SeeGrants { domain: DomainId(domain.to_owned()), reviewers };
            policy::decide(viewer, &asked.into()).allowed
        })
    }
}

/// The assets behind the output ports of a product that are there.
pub(super) fn behind<'a>(snapshot: &'a Snapshot, product: &'a Product) -> impl Iterator<Item = &'a Asset> {
    let ids = product.ports.iter().filter_map(|port| port.asset.as_deref());
    ids.filter_map(|id| snapshot.assets.get(id))
}
