//! What is looked up by something else than its id: noted once with the catalog, so that no call walks through all of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::snapshot::{Asset, Contract, DashboardText, Domain, Port, Product, Snapshot, address};
use crate::access;

/// Ids by a word that many of them share.
type Shared = BTreeMap<String, BTreeSet<String>>;

/// Ids by when the portal first saw what they name.
type ByAge = BTreeSet<(DateTime<Utc>, String)>;

/// Ids by what else they are looked up by.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    /// Which assets stand at which address, by namespace and name.
    addresses: BTreeMap<(String, String), String>,
    /// Which ports offer which asset: product and place among its ports.
    offered: BTreeMap<String, Vec<(String, usize)>>,
    /// Assets that a product offers, by their domain.
    offered_in: Shared,
    /// Domains by the one above them.
    below: Shared,
    /// Products by the contracts that they offer something under.
    under: Shared,
    /// Contracts by the domain that gives their promise.
    contracts_in: Shared,
    /// Domains with contracts that nobody answers for but the administrators.
    unanswered: BTreeSet<String>,
    /// Dashboards by the product that they belong to.
    dashboards_of: Shared,
    products_by_age: ByAge,
    dashboards_by_age: ByAge,
    /// Service accounts by the people who can act as each.
    accounts: BTreeMap<Uuid, BTreeSet<Uuid>>,
}

impl Snapshot {
    /// Notes what is looked up by something else than its id; to be called again when more is there.
    pub(crate) fn look_up(&mut self) {
        let mut lookups = Lookups::default();
        for asset in self.assets.values() {
            let at = lookups.addresses.entry(address(&asset.namespace, &asset.name));
            let id = at.or_insert_with(|| asset.id.clone());
            // Of what was kept in several spellings, what a file describes is meant.
            if asset.origin == "file" {
                id.clone_from(&asset.id);
            }
        }
        for domain in self.domains.values() {
            if let Some(parent) = &domain.parent {
                note(&mut lookups.below, parent, &domain.id);
            }
        }
        for product in self.products.values() {
            lookups.products_by_age.insert((product.created_at, product.id.clone()));
            for (place, port) in product.ports.iter().enumerate() {
                if let Some(contract) = &port.contract {
                    note(&mut lookups.under, contract, &product.id);
                }
                if let Some(asset) = &port.asset {
                    lookups.offered.entry(asset.clone()).or_default().push((product.id.clone(), place));
                    if let Some(Asset { domain, .. }) = self.assets.get(asset) {
                        note(&mut lookups.offered_in, domain, asset);
                    }
                }
            }
        }
        for text in self.dashboards.values() {
            lookups.dashboards_by_age.insert((text.created_at, text.id.clone()));
            if let Some(product) = text.read.as_ref().ok().and_then(|read| read.front.product.as_ref()) {
                note(&mut lookups.dashboards_of, product, &text.id);
            }
        }
        for (account, person) in &self.account_hands {
            lookups.accounts.entry(*person).or_default().insert(*account);
        }
        self.lookups = lookups;
        // Whose a contract is, and who answers for a domain, is looked up itself.
        let mut contracts_in = Shared::new();
        for contract in self.contracts.values() {
            note(&mut contracts_in, &self.domain_of(contract), &contract.id);
        }
        let unanswered = contracts_in.keys().filter(|domain| access::is_unanswered(self, domain));
        self.lookups.unanswered = unanswered.cloned().collect();
        self.lookups.contracts_in = contracts_in;
    }

    /// Products and ports that offer an asset.
    pub fn offers<'a>(&'a self, asset: &'a str) -> impl Iterator<Item = (&'a Product, &'a Port)> {
        self.lookups.offered.get(asset).into_iter().flatten().filter_map(|(product, place)| {
            let product = self.products.get(product)?;
            Some((product, product.ports.get(*place)?))
        })
    }

    /// The assets of a domain that a product offers, by id.
    pub(crate) fn offered_in<'a>(&'a self, domain: &'a str) -> impl Iterator<Item = &'a Asset> {
        found(self.lookups.offered_in.get(domain), &self.assets)
    }

    /// Domains right below another, by id.
    pub(crate) fn below<'a>(&'a self, domain: &'a str) -> impl Iterator<Item = &'a Domain> {
        found(self.lookups.below.get(domain), &self.domains)
    }

    /// Products that offer something under a contract.
    pub fn products_under<'a>(&'a self, contract: &'a Contract) -> impl Iterator<Item = &'a Product> {
        found(self.lookups.under.get(&contract.id), &self.products)
    }

    /// Contracts whose promise a domain gives, by id.
    pub(crate) fn contracts_in<'a>(&'a self, domain: &'a str) -> impl Iterator<Item = &'a Contract> {
        found(self.lookups.contracts_in.get(domain), &self.contracts)
    }

    /// Domains with contracts that nobody answers for but the administrators.
    pub(crate) fn unanswered(&self) -> impl Iterator<Item = &String> {
        self.lookups.unanswered.iter()
    }

    /// Dashboards of a product, by id.
    pub(crate) fn dashboards_of<'a>(&'a self, product: &'a str) -> impl Iterator<Item = &'a DashboardText> {
        found(self.lookups.dashboards_of.get(product), &self.dashboards)
    }

    /// Products that the portal first saw at this moment or later.
    pub(crate) fn products_since(&self, moment: DateTime<Utc>) -> impl Iterator<Item = &Product> {
        let new = self.lookups.products_by_age.range((moment, String::new())..);
        new.filter_map(|(_, id)| self.products.get(id))
    }

    /// Dashboards that the portal first saw at this moment or later.
    pub(crate) fn dashboards_since(&self, moment: DateTime<Utc>) -> impl Iterator<Item = &DashboardText> {
        let new = self.lookups.dashboards_by_age.range((moment, String::new())..);
        new.filter_map(|(_, id)| self.dashboards.get(id))
    }

    /// Service accounts that somebody can act as.
    pub(crate) fn accounts_of(&self, person: Uuid) -> impl Iterator<Item = Uuid> {
        self.lookups.accounts.get(&person).into_iter().flatten().copied()
    }

    /// The asset with this OpenLineage address, be it its own or another name of it, and however that is spelled.
    pub fn asset_at(&self, namespace: &str, name: &str) -> Option<&Asset> {
        let address = address(namespace, name);
        self.assets.get(self.lookups.addresses.get(&address).or_else(|| self.aliases.get(&address))?)
    }
}

fn note(shared: &mut Shared, word: &str, id: &str) {
    shared.entry(word.to_owned()).or_default().insert(id.to_owned());
}

fn found<'a, T>(
    ids: Option<&'a BTreeSet<String>>,
    things: &'a BTreeMap<String, T>,
) -> impl Iterator<Item = &'a T> {
    ids.into_iter().flatten().filter_map(move |id| things.get(id))
}
