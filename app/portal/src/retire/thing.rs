//! Something that can be retired, as far as somebody sees it.

use lakeport_model::catalog::Way;
use lakeport_model::retire::Retirable;

use crate::assets;
use crate::catalog::{Asset, Product, Rights, Sight, Snapshot, href};
use crate::snapshot::Term;
use crate::{Error, Result};

/// A product, an asset or a term.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Thing<'a> {
    Product(&'a Product),
    Asset(&'a Asset),
    Term(&'a Term),
}

impl<'a> Thing<'a> {
    /// The thing of this id.
    ///
    /// # Errors
    /// Refused where there is none, where it cannot be read, and for a dashboard of this portal.
    pub(crate) fn seen(snapshot: &'a Snapshot, rights: &Rights, kind: Retirable, id: &str) -> Result<Self> {
        match kind {
            Retirable::Product => {
                let product = snapshot.products.get(id);
                let product = product.filter(|product| rights.product_sight(product) != Sight::Hidden);
                let is_unread = rights.knows_unread_product(snapshot, id);
                product.map(Self::Product).ok_or_else(|| {
                    if is_unread { Error::unread("data product") } else { Error::not_found("data product") }
                })
            }
            Retirable::Asset => {
                let asset = assets::seen(snapshot, rights, id)?;
                if snapshot.is_own_dashboard(asset) {
                    let message = "This is a dashboard of this portal: dashboards are not retired here.";
                    return Err(Error::conflict(message));
                }
                Ok(Self::Asset(asset))
            }
            Retirable::Term => snapshot.terms.get(id).map(Self::Term).ok_or_else(|| {
                let is_unread = snapshot.unread_of("term", id).is_some();
                if is_unread { Error::unread("term") } else { Error::not_found("term") }
            }),
        }
    }

    pub(crate) fn kind(self) -> Retirable {
        match self {
            Self::Product(_) => Retirable::Product,
            Self::Asset(_) => Retirable::Asset,
            Self::Term(_) => Retirable::Term,
        }
    }

    pub(crate) fn id(self) -> &'a str {
        match self {
            Self::Product(product) => &product.id,
            Self::Asset(asset) => &asset.id,
            Self::Term(term) => &term.id,
        }
    }

    pub(crate) fn name(self) -> &'a str {
        match self {
            Self::Product(product) => &product.name,
            Self::Asset(asset) => &asset.title,
            Self::Term(term) => &term.document.name,
        }
    }

    /// The domain that answers for it.
    pub(crate) fn domain(self) -> &'a str {
        match self {
            Self::Product(product) => &product.domain,
            Self::Asset(asset) => &asset.domain,
            Self::Term(term) => &term.document.domain,
        }
    }

    /// The way to it.
    pub(crate) fn way(self, snapshot: &Snapshot, rights: &Rights) -> Way {
        match self {
            Self::Asset(asset) => snapshot.way_to(rights, asset),
            Self::Product(_) | Self::Term(_) => snapshot.way_in(self.domain()),
        }
    }

    /// Its page.
    pub(crate) fn href(self, snapshot: &Snapshot) -> String {
        match self {
            Self::Product(product) => href::product(&product.id),
            Self::Asset(asset) => href::asset(snapshot, asset),
            Self::Term(term) => href::term(&term.id),
        }
    }
}

/// What people call a kind.
pub(crate) fn called(kind: Retirable) -> &'static str {
    match kind {
        Retirable::Product => "data product",
        Retirable::Asset => "asset",
        Retirable::Term => "term",
    }
}

/// The name of a thing, for those who may know that it exists.
pub(crate) fn name_of<'a>(
    snapshot: &'a Snapshot,
    rights: &Rights,
    kind: Retirable,
    id: &str,
) -> Option<&'a str> {
    sight_of(snapshot, rights, kind, id).filter(|(sight, _)| *sight != Sight::Hidden).map(|(_, name)| name)
}

/// True for a thing that somebody sees in full.
pub(super) fn is_seen_in_full(snapshot: &Snapshot, rights: &Rights, kind: Retirable, id: &str) -> bool {
    sight_of(snapshot, rights, kind, id).is_some_and(|(sight, _)| sight == Sight::Full)
}

/// How much somebody sees of a thing, and its name.
fn sight_of<'a>(
    snapshot: &'a Snapshot,
    rights: &Rights,
    kind: Retirable,
    id: &str,
) -> Option<(Sight, &'a str)> {
    match kind {
        Retirable::Product => {
            let product = snapshot.products.get(id)?;
            Some((rights.product_sight(product), product.name.as_str()))
        }
        Retirable::Asset => {
            let asset = snapshot.assets.get(id)?;
            Some((snapshot.sight(rights, asset), asset.title.as_str()))
        }
        // Everybody reads the glossary.
        Retirable::Term => snapshot.terms.get(id).map(|term| (Sight::Full, term.document.name.as_str())),
    }
}
