//! What is looked up by something else than its id: noted when it comes and goes, so that no call walks through all of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use imbl::{OrdMap, OrdSet};
use lakeport_model::PersonId;
use uuid::Uuid;

use super::meanings::Meanings;
use super::shelf::{Pairs, Shelf};
use super::terms::Term;
use super::types::{Asset, Contract, DashboardText, Domain, Port, Product, Snapshot};
use crate::text;

/// Namespace and name.
pub(super) type Address = (Arc<str>, Arc<str>);

/// Products that offer an asset, with the place of the port among theirs; hardly ever more than one.
pub(super) type Offers = Arc<Vec<(Arc<str>, usize)>>;

/// Ids by what else they are looked up by.
#[derive(Debug, Clone, Default)]
pub(super) struct Lookups {
    /// Assets by the address of their own. Several where one was kept in several spellings.
    pub(super) addresses: Pairs<Address>,
    /// Assets by other addresses: symlinks and earlier names.
    pub(super) aliases: Pairs<Address>,
    /// Which asset an address means as it is kept, spelled as some older version took it.
    pub(super) kept_aliases: OrdMap<Address, Arc<str>>,
    /// Other addresses of an asset, as they are kept.
    pub(super) aliases_of: Pairs<Arc<str>, Address>,
    /// Assets by their domain.
    pub(super) assets_in: Pairs,
    /// How many columns the assets of a domain have and describe.
    pub(super) meanings_in: OrdMap<Arc<str>, Meanings>,
    /// Which ports offer which asset: product and place among its ports.
    pub(super) offered: OrdMap<Arc<str>, Offers>,
    /// Assets that a product offers, by their domain.
    pub(super) offered_in: Pairs,
    /// Domains by the one above them.
    pub(super) below: Pairs,
    /// Domains by the people who belong to them.
    pub(super) domains_of: Pairs<PersonId>,
    /// Products by their domain.
    pub(super) products_in: Pairs,
    /// Products by the contracts that their documents name.
    pub(super) named: Pairs,
    /// Products by the contracts that they offer something under.
    pub(super) under: Pairs,
    /// Contracts by the domain that their document names.
    pub(super) written_in: Pairs,
    /// Contracts by the assets that they are about.
    pub(super) about: Pairs,
    /// The domain that gives a contract's promise.
    pub(super) promised_by: OrdMap<Arc<str>, Arc<str>>,
    /// Contracts by the domain that gives their promise.
    pub(super) contracts_in: Pairs,
    /// Domains with contracts that nobody answers for but the administrators.
    pub(super) unanswered: OrdSet<Arc<str>>,
    /// Dashboards by the product that they belong to.
    pub(super) dashboards_of: Pairs,
    /// Dashboards by the assets that they read.
    pub(super) dashboards_reading: Pairs,
    pub(super) products_by_age: Pairs<DateTime<Utc>>,
    pub(super) dashboards_by_age: Pairs<DateTime<Utc>>,
    /// Service accounts by the people who can act as each.
    pub(super) accounts: Pairs<PersonId, Uuid>,
    /// Products whose documents cannot be read, by their domain.
    pub(super) unread_in: Pairs,
    /// Terms by their domain and the key that lists put them in order by; all of them stand under no domain, too.
    pub(super) terms_by_name: Pairs<(Arc<str>, Arc<str>)>,
    /// How many terms each domain has.
    pub(super) terms_in: OrdMap<Arc<str>, usize>,
    /// Terms by the words of their names and synonyms.
    pub(super) terms_by_word: Pairs,
    /// Terms by the assets that they are about, as a whole or with a column.
    pub(super) terms_about: Pairs,
    /// Terms by the products that they are about.
    pub(super) terms_of: Pairs,
}

impl Snapshot {
    /// Products and ports that offer an asset.
    pub fn offers(&self, asset: &str) -> impl Iterator<Item = (&Product, &Port)> {
        self.lookups.offered.get(asset).into_iter().flat_map(|offers| offers.iter()).filter_map(
            |(product, place)| {
                let product = self.products.get(product)?;
                Some((product, product.ports.get(*place)?))
            },
        )
    }

    /// True where a domain has a product whose document cannot be read: nobody knows which of its assets that one offers,
    /// nor to whom.
    pub(crate) fn hides_offers(&self, domain: &str) -> bool {
        self.lookups.unread_in.of(domain.into()).next().is_some()
    }

    /// The assets of a domain that a product offers, by id.
    pub(crate) fn offered_in(&self, domain: &str) -> impl Iterator<Item = &Asset> {
        found(self.lookups.offered_in.of(domain.into()), &self.assets)
    }

    /// The assets of a domain from this id on, by id.
    pub(crate) fn assets_in(&self, domain: &str, from: &str) -> impl Iterator<Item = &Asset> {
        found(self.lookups.assets_in.onward(domain.into(), from.into()), &self.assets)
    }

    /// The domains that somebody belongs to, by id.
    pub(crate) fn domains_of(&self, person: PersonId) -> impl Iterator<Item = &Domain> {
        found(self.lookups.domains_of.of(person), &self.domains)
    }

    /// Domains right below another, by id.
    pub(crate) fn below(&self, domain: &str) -> impl Iterator<Item = &Domain> {
        found(self.lookups.below.of(domain.into()), &self.domains)
    }

    /// Products of a domain, by id.
    pub(crate) fn products_in(&self, domain: &str) -> impl Iterator<Item = &Product> {
        found(self.lookups.products_in.of(domain.into()), &self.products)
    }

    /// Products that offer something under a contract.
    pub fn products_under(&self, contract: &str) -> impl Iterator<Item = &Product> {
        found(self.lookups.under.of(contract.into()), &self.products)
    }

    /// Products whose documents name a contract, whether or not it is theirs to offer.
    pub(crate) fn products_that_name(&self, contract: &str) -> impl Iterator<Item = &Product> {
        found(self.lookups.named.of(contract.into()), &self.products)
    }

    /// Contracts whose promise a domain gives, by id.
    pub(crate) fn contracts_in(&self, domain: &str) -> impl Iterator<Item = &Contract> {
        found(self.lookups.contracts_in.of(domain.into()), &self.contracts)
    }

    /// Contracts whose document names a domain as theirs, by id.
    pub(crate) fn written_in(&self, domain: &str) -> impl Iterator<Item = &Contract> {
        found(self.lookups.written_in.of(domain.into()), &self.contracts)
    }

    /// Contracts about an asset, by id.
    pub(crate) fn contracts_about(&self, asset: &str) -> impl Iterator<Item = &Contract> {
        found(self.lookups.about.of(asset.into()), &self.contracts)
    }

    /// The contracts on an asset of its own domain: those under which that offers it, and those about it.
    pub(crate) fn contracts_on<'a>(&'a self, asset: &'a Asset) -> BTreeSet<&'a str> {
        let offers = self.offers(&asset.id).filter(|(product, _)| product.domain == asset.domain);
        let named = offers.filter_map(|(_, port)| port.contract.as_deref());
        let about = self.contracts_about(&asset.id);
        let own = about.filter(|contract| self.domain_of(contract) == asset.domain);
        named.chain(own.map(|contract| contract.id.as_str())).collect()
    }

    /// Domains with contracts that nobody answers for but the administrators.
    pub(crate) fn unanswered(&self) -> impl Iterator<Item = &str> {
        self.lookups.unanswered.iter().map(Arc::as_ref)
    }

    /// Dashboards of a product, by id.
    pub(crate) fn dashboards_of(&self, product: &str) -> impl Iterator<Item = &DashboardText> {
        found(self.lookups.dashboards_of.of(product.into()), &self.dashboards)
    }

    /// Dashboards that read an asset, by id.
    pub(crate) fn dashboards_reading(&self, asset: &str) -> impl Iterator<Item = &DashboardText> {
        found(self.lookups.dashboards_reading.of(asset.into()), &self.dashboards)
    }

    /// Products that the portal first saw at this moment or later.
    pub(crate) fn products_since(&self, moment: DateTime<Utc>) -> impl Iterator<Item = &Product> {
        found(self.lookups.products_by_age.since(moment), &self.products)
    }

    /// Dashboards that the portal first saw at this moment or later.
    pub(crate) fn dashboards_since(&self, moment: DateTime<Utc>) -> impl Iterator<Item = &DashboardText> {
        found(self.lookups.dashboards_by_age.since(moment), &self.dashboards)
    }

    /// Terms of the glossary by name, of one domain or of all: those behind a term in this order, all where none is given.
    pub(crate) fn terms_by_name(
        &self,
        domain: Option<&str>,
        last: Option<&Term>,
    ) -> impl Iterator<Item = &Term> {
        let domain: Arc<str> = domain.unwrap_or_default().into();
        let (name, id): (Arc<str>, Arc<str>) = match last.map(Term::place) {
            Some((name, id)) => (name.into(), id.into()),
            None => ("".into(), "".into()),
        };
        let behind = self.lookups.terms_by_name.behind((domain.clone(), name), id);
        let ids = behind.take_while(move |((of, _), _)| *of == domain).map(|(_, id)| id);
        found(ids, &self.terms)
    }

    /// How many terms there are, of one domain or of all.
    pub(crate) fn number_of_terms(&self, domain: Option<&str>) -> usize {
        let of = |domain: &str| self.lookups.terms_in.get(domain).copied().unwrap_or_default();
        domain.map_or_else(|| self.terms.len(), of)
    }

    /// Terms of which each of these words begins a word of the name or of a synonym, by id; none where there is no word.
    pub(crate) fn terms_with(&self, words: &[String]) -> Vec<&Term> {
        // The longest word leaves the fewest.
        let Some(longest) = words.iter().max_by_key(|word| word.len()) else { return Vec::new() };
        let ids: BTreeSet<&Arc<str>> = self.lookups.terms_by_word.begun(longest).collect();
        found(ids.into_iter(), &self.terms).filter(|term| term.fits(words)).collect()
    }

    /// Terms that are about an asset or one of its columns, by id.
    pub(crate) fn terms_about(&self, asset: &str) -> impl Iterator<Item = &Term> {
        found(self.lookups.terms_about.of(asset.into()), &self.terms)
    }

    /// Terms that are about a product, by id.
    pub(crate) fn terms_of(&self, product: &str) -> impl Iterator<Item = &Term> {
        found(self.lookups.terms_of.of(product.into()), &self.terms)
    }

    /// Service accounts that somebody can act as.
    pub(crate) fn accounts_of(&self, person: PersonId) -> impl Iterator<Item = PersonId> {
        self.lookups.accounts.of(person).copied().map(PersonId)
    }

    /// The asset with this OpenLineage address, be it its own or another name of it, and however that is spelled.
    pub fn asset_at(&self, namespace: &str, name: &str) -> Option<&Asset> {
        let address = address(namespace, name);
        let mut own = found(self.lookups.addresses.of(address.clone()), &self.assets);
        if let Some(first) = own.next() {
            // Of what was kept in several spellings, what a file describes is meant.
            let described = std::iter::once(first).chain(own).filter(|asset| asset.origin == "file").last();
            return Some(described.unwrap_or(first));
        }
        self.assets.get(self.lookups.aliases.of(address).next()?)
    }
}

/// Namespace and name as addresses are looked up. Those that are kept may be spelled as an older version took them.
pub(super) fn address(namespace: &str, name: &str) -> Address {
    (text::spelled(namespace).into(), text::spelled(name).into())
}

fn found<'a, T>(
    ids: impl Iterator<Item = &'a Arc<str>>,
    things: &'a Shelf<T>,
) -> impl Iterator<Item = &'a T> {
    ids.filter_map(move |id| things.get(id))
}
