//! What follows from what changed: who answers for a product, whose a contract is, what a port may show.

use std::collections::BTreeSet;
use std::sync::Arc;

use lakeport_model::catalog::Classification;

use super::answering;
use super::touch::Entry;
use super::types::{Port, Product, Snapshot};

/// What has to be looked at again.
#[derive(Debug, Default)]
pub(super) struct Stale {
    /// Domains for which others may answer now.
    pub(super) domains: BTreeSet<Arc<str>>,
    /// Domains whose name or owners are others now: people find by them what is theirs.
    pub(super) renamed: BTreeSet<Arc<str>>,
    /// Products whose ports may show something else.
    pub(super) products: BTreeSet<Arc<str>>,
    /// Contracts that may be another domain's.
    pub(super) contracts: BTreeSet<Arc<str>>,
    /// Assets that others may see now.
    pub(super) assets: BTreeSet<Arc<str>>,
    /// What a search has to look at again.
    pub(super) entries: BTreeSet<Entry>,
}

impl Snapshot {
    pub(super) fn settle(&mut self, mut stale: Stale) -> BTreeSet<Entry> {
        for domain in &stale.renamed {
            let assets = self.lookups.assets_in.of(domain.clone());
            stale.entries.extend(assets.map(|id| Entry::Asset(id.to_string())));
            let products = self.lookups.products_in.of(domain.clone());
            stale.entries.extend(products.map(|id| Entry::Product(id.to_string())));
        }
        for domain in &stale.domains {
            stale.products.extend(self.lookups.products_in.of(domain.clone()).cloned());
        }
        for contract in &stale.contracts {
            let domains = self.promised_anew(contract);
            if !domains.is_empty() {
                stale.products.extend(self.lookups.named.of(contract.clone()).cloned());
            }
            stale.domains.extend(domains);
        }
        for product in &stale.products {
            if self.renew_product(product) {
                stale.entries.insert(Entry::Product(product.to_string()));
            }
        }
        for domain in stale.domains {
            let has_contracts = self.lookups.contracts_in.of(domain.clone()).next().is_some();
            if has_contracts && answering::is_unanswered(self, &domain) {
                self.lookups.unanswered.insert(domain);
            } else {
                self.lookups.unanswered.remove(&domain);
            }
        }
        self.classify(&stale.assets);
        stale.entries
    }

    /// Notes whose a contract is now; answers the domains for which that is another thing than before.
    fn promised_anew(&mut self, contract: &Arc<str>) -> Vec<Arc<str>> {
        let before = self.lookups.promised_by.get(contract).cloned();
        let now: Option<Arc<str>> =
            self.contracts.get(contract).map(|contract| self.domain_of(contract).into());
        if before == now {
            return Vec::new();
        }
        if let Some(domain) = &before {
            self.lookups.promised_by.remove(contract);
            self.lookups.contracts_in.take(domain.clone(), contract.clone());
        }
        if let Some(domain) = &now {
            self.lookups.promised_by.insert(contract.clone(), domain.clone());
            self.lookups.contracts_in.put(domain.clone(), contract.clone());
        }
        [before, now].into_iter().flatten().collect()
    }

    /// Takes over what a product has from its domain, its assets and its contracts; true when it is another one now.
    fn renew_product(&mut self, id: &Arc<str>) -> bool {
        let Some(product) = self.products.get(id) else { return false };
        let answering = answering::answering_people(self, &product.domain);
        let named = product.document.output_ports.iter().map(|port| port.contract_id.as_ref());
        let ports = product.ports.iter().zip(named).map(|(port, contract)| {
            let classification =
                port.asset.as_ref().map_or(Classification::Internal, |id| self.sensitivity(id));
            // A contract is seen through the products that offer it: naming it would be enough to show it by rules that are
            // not its own.
            let contract = contract.filter(|contract| self.may_show(product, contract));
            Port { classification, contract: contract.cloned(), ..port.clone() }
        });
        let ports: Vec<Port> = ports.collect();
        if ports == product.ports && answering == product.answering {
            return false;
        }
        let before: Vec<String> = product.ports.iter().filter_map(|port| port.contract.clone()).collect();
        let product = Product { answering, ports, ..product.clone() };
        for contract in before {
            self.lookups.under.take(contract.into(), id.clone());
        }
        for contract in product.ports.iter().filter_map(|port| port.contract.as_deref()) {
            self.lookups.under.put(contract.into(), id.clone());
        }
        self.products.put(id.clone(), product);
        true
    }

    /// Highest classification of an asset; of one that is there and cannot be read, the strictest that it may have.
    fn sensitivity(&self, asset: &str) -> Classification {
        match self.assets.get(asset) {
            Some(asset) => asset.classification,
            None if self.unread_of("asset", asset).is_some() => Classification::Restricted,
            None => Classification::Internal,
        }
    }

    /// True where a contract is of the product's own domain, or not known at all.
    fn may_show(&self, product: &Product, contract: &str) -> bool {
        self.lookups.promised_by.get(contract).is_none_or(|domain| **domain == *product.domain)
    }
}
