//! Which documents are looked at for somebody: of what they follow, as far as they see it in full.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use lakeport_model::ContractId;
use lakeport_model::documents::DocumentKind;
use lakeport_model::follow::{Followable, MOST_LOOKED_AT};
use lakeport_model::retire::Retirable;

use crate::catalog::{Asset, Contract, Product, Rights, Sight, Snapshot, href};
use crate::contracts;
use crate::store::follow::FollowRow;
use crate::store::retired::RetiredRow;

/// What a document describes.
#[derive(Clone, Copy)]
pub(super) enum About<'a> {
    Product(&'a Product),
    Asset(&'a Asset),
    /// A contract, in this version.
    Contract(&'a Contract, &'a str),
}

impl<'a> About<'a> {
    pub(super) fn name(self) -> &'a str {
        match self {
            Self::Product(product) => &product.name,
            Self::Asset(asset) => &asset.title,
            Self::Contract(contract, _) => &contract.name,
        }
    }

    /// Its page.
    pub(super) fn href(self, snapshot: &Snapshot) -> String {
        match self {
            Self::Product(product) => href::product(&product.id),
            Self::Asset(asset) => href::asset(snapshot, asset),
            Self::Contract(contract, _) => href::contract(&contract.id),
        }
    }

    /// The domain that answers for it.
    pub(super) fn domain(self, snapshot: &Snapshot) -> String {
        match self {
            Self::Product(product) => product.domain.clone(),
            Self::Asset(asset) => asset.domain.clone(),
            Self::Contract(contract, _) => snapshot.domain_of(contract),
        }
    }

    /// That it is retired, or will be.
    pub(super) fn retirement(self, snapshot: &'a Snapshot) -> Option<&'a RetiredRow> {
        match self {
            Self::Product(product) => snapshot.retirement(Retirable::Product, &product.id),
            Self::Asset(asset) => snapshot.retirement(Retirable::Asset, &asset.id),
            Self::Contract(..) => None,
        }
    }
}

/// A document that is looked at.
pub(super) struct Watch<'a> {
    /// What it describes.
    pub(super) about: About<'a>,
    /// What happened before this is not told.
    pub(super) from: DateTime<Utc>,
    /// Why it is looked at, in a sentence without its end.
    pub(super) because: String,
}

/// All that is looked at for somebody.
pub(super) struct Watched<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) rights: &'a Rights,
    /// By kind and document.
    pub(super) documents: BTreeMap<(DocumentKind, String), Watch<'a>>,
    looked_at: usize,
    /// There is more than is looked at.
    pub(super) is_cut: bool,
}

/// Why something is looked at.
struct Why {
    from: DateTime<Utc>,
    because: String,
}

impl<'a> Watched<'a> {
    /// What is looked at of what somebody follows; `from` says since when, of something that they follow since a moment. What they
    /// follow by itself comes before what belongs to a domain.
    pub(super) fn of(
        snapshot: &'a Snapshot,
        rights: &'a Rights,
        follows: &[FollowRow],
        from: impl Fn(DateTime<Utc>) -> DateTime<Utc>,
    ) -> Self {
        let mut watched = Self { snapshot, rights, documents: BTreeMap::new(), looked_at: 0, is_cut: false };
        let known = follows.iter().filter_map(|row| Some((row.kind.parse::<Followable>().ok()?, row)));
        let (domains, things): (Vec<_>, Vec<_>) = known.partition(|(kind, _)| *kind == Followable::Domain);
        for (kind, row) in things.into_iter().chain(domains) {
            watched.follow(kind, &row.id, from(row.since));
        }
        watched
    }

    fn follow(&mut self, kind: Followable, id: &str, from: DateTime<Utc>) {
        let snapshot = self.snapshot;
        let why = |name: &str| Why { from, because: format!("You follow {name}") };
        match kind {
            Followable::Product => {
                let Some(product) = snapshot.products.get(id) else { return };
                let why = why(&product.name);
                if self.product(product, &why) {
                    let ids: BTreeSet<&str> =
                        product.ports.iter().filter_map(|port| port.contract.as_deref()).collect();
                    self.contracts(ids, &why);
                }
            }
            Followable::Asset => {
                let Some(asset) = snapshot.assets.get(id) else { return };
                let why = why(&asset.title);
                if self.asset(asset, &why) {
                    self.contracts(snapshot.contracts_on(asset), &why);
                }
            }
            Followable::Domain => {
                let Some(domain) = snapshot.domains.get(id) else { return };
                self.domain(id, &why(&format!("the domain {}", domain.name)));
            }
        }
    }

    /// All of a domain, by id, as long as more is looked at.
    fn domain(&mut self, id: &str, why: &Why) {
        let snapshot = self.snapshot;
        for product in snapshot.products_in(id) {
            self.product(product, why);
            if self.is_cut {
                return;
            }
        }
        for contract in snapshot.contracts_in(id) {
            self.contract(contract, why);
            if self.is_cut {
                return;
            }
        }
        for asset in snapshot.assets_in(id, "") {
            self.asset(asset, why);
            if self.is_cut {
                return;
            }
        }
    }

    /// Looks at a product; false where it is not seen in full.
    fn product(&mut self, product: &'a Product, why: &Why) -> bool {
        let is_seen = self.looks() && self.rights.product_sight(product) == Sight::Full;
        if is_seen {
            self.put(DocumentKind::Product, product.id.clone(), About::Product(product), why);
        }
        is_seen
    }

    /// Looks at an asset; false where it is not seen in full.
    fn asset(&mut self, asset: &'a Asset, why: &Why) -> bool {
        let is_seen = self.looks()
            && !self.snapshot.is_own_dashboard(asset)
            && self.snapshot.sight(self.rights, asset) == Sight::Full;
        if is_seen {
            self.put(DocumentKind::Asset, asset.id.clone(), About::Asset(asset), why);
        }
        is_seen
    }

    fn contracts(&mut self, ids: BTreeSet<&str>, why: &Why) {
        let snapshot = self.snapshot;
        for contract in ids.into_iter().filter_map(|id| snapshot.contracts.get(id)) {
            self.contract(contract, why);
        }
    }

    /// Looks at the versions of a contract that are published.
    fn contract(&mut self, contract: &'a Contract, why: &Why) {
        if !contracts::opens(self.snapshot, self.rights, &ContractId(contract.id.clone())) {
            // It was looked at all the same.
            self.looks();
            return;
        }
        for version in contract.versions.iter().filter(|version| !version.document.is_draft()) {
            if self.looks() {
                let document = format!("{} {}", contract.id, version.version);
                self.put(DocumentKind::Contract, document, About::Contract(contract, &version.version), why);
            }
        }
    }

    /// Counts what is looked at; false where that is enough.
    fn looks(&mut self) -> bool {
        if self.looked_at == MOST_LOOKED_AT {
            self.is_cut = true;
            return false;
        }
        self.looked_at += 1;
        true
    }

    fn put(&mut self, kind: DocumentKind, document: String, about: About<'a>, why: &Why) {
        let new = || Watch { about, from: why.from, because: why.because.clone() };
        let held = self.documents.entry((kind, document)).or_insert_with(new);
        held.from = held.from.min(why.from);
    }

    /// Those of which something can be announced, as they are asked for.
    pub(super) fn things(&self) -> Vec<(&str, &str, DateTime<Utc>)> {
        let things = self.documents.iter().filter(|(_, watch)| !matches!(watch.about, About::Contract(..)));
        things.map(|((kind, id), watch)| (kind.as_str(), id.as_str(), watch.from)).collect()
    }

    /// The documents, as they are asked for.
    pub(super) fn asked(&self) -> Vec<(DocumentKind, &str, DateTime<Utc>)> {
        let asked = self.documents.iter();
        asked.map(|((kind, document), watch)| (*kind, document.as_str(), watch.from)).collect()
    }
}
