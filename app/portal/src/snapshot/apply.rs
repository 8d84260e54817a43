//! What changed is put in the place of what was there, with everything by which it is looked up.

use std::collections::BTreeSet;
use std::sync::Arc;

use imbl::OrdMap;
use lakeport_model::PersonId;
#[cfg(test)]
use lakeport_model::TokenId;
use lakeport_model::catalog::AssetKind;
use uuid::Uuid;

use super::documents;
use super::load::{Around, Rows};
use super::lookups::{Address, address};
use super::settle::Stale;
use super::touch::Entry;
use super::types::{Asset, Domain, Port, Snapshot, Unread};
use crate::store::catalog::{AssetRow, DocumentRow, DomainRow, VersionRow};
use crate::store::people::Member;
use crate::store::snapshot::{AccountRow, ProductRow};

impl Snapshot {
    /// Puts rows in the place of what was there, and answers what a search has to look at again. Whether everything is put
    /// in at once or bit by bit, the same comes out.
    pub(super) fn apply(&mut self, rows: Rows) -> BTreeSet<Entry> {
        let mut stale = Stale::default();
        for (id, name) in rows.people {
            self.names.put(id, name);
        }
        for (id, account) in rows.accounts {
            self.put_account(id.into(), account);
        }
        for (id, row) in rows.domains {
            self.put_domain(id, row, &mut stale);
        }
        for (domain, members) in rows.members {
            self.put_members(&domain, members, &mut stale);
        }
        for (id, row) in rows.dashboards {
            self.put_dashboard(&id, row, &mut stale);
        }
        for (id, row) in rows.assets {
            self.put_asset(&id, row, &mut stale);
        }
        for (id, aliases) in rows.aliases {
            self.put_aliases(&id, aliases);
        }
        let mut around = rows.around;
        for (id, Around { into, .. }) in &mut around {
            into.extend(self.edges_by_text(id));
            // What comes into the graph now gets a number, maybe one that meant another asset before.
            let named = into.iter().map(|edge| edge.source.as_str()).chain([id.as_str()]);
            stale.assets.extend(named.filter(|name| self.edges.node(name).is_none()).map(Arc::from));
        }
        self.edges.put_many(around.into_iter().map(|(id, Around { into, uses })| (id, into, uses)));
        for (id, row) in rows.products {
            self.put_product(&id, row, &mut stale);
        }
        for (id, versions) in rows.contracts {
            self.put_contract(&id, versions, &mut stale);
        }
        for (id, row) in rows.terms {
            self.put_term(&id, row);
        }
        for ((kind, id), row) in rows.retired {
            self.put_retired(kind, &id, row, &mut stale);
        }
        for ((kind, id), row) in rows.certified {
            self.put_certified(kind, &id, row, &mut stale);
        }
        self.settle(stale)
    }

    fn put_account(&mut self, id: PersonId, row: Option<AccountRow>) {
        let [first, last] = [Uuid::nil(), Uuid::max()].map(|hand| (id, PersonId(hand)));
        let hands: Vec<(PersonId, PersonId)> =
            self.account_hands.range::<_, (PersonId, PersonId)>(first..=last).copied().collect();
        for (account, person) in hands {
            self.account_hands.remove(&(account, person));
            self.lookups.accounts.take(person, account.0);
        }
        self.account_owners.remove(&id);
        let Some(AccountRow { owner, made_by, .. }) = row else { return };
        self.account_owners.insert(id, owner);
        for person in [owner, made_by].into_iter().flatten() {
            self.account_hands.insert((id, person));
            self.lookups.accounts.put(person, id.0);
        }
    }

    pub(super) fn put_domain(&mut self, id: String, row: Option<DomainRow>, stale: &mut Stale) {
        let key: Arc<str> = id.as_str().into();
        let before = self.domains.take(&id);
        if let Some(parent) = before.as_ref().and_then(|domain| domain.parent.as_deref()) {
            self.lookups.below.take(parent.into(), key.clone());
        }
        if before.as_ref().map(|domain| &domain.name) != row.as_ref().map(|row| &row.name) {
            stale.renamed.insert(key.clone());
        }
        if before.is_some() != row.is_some() {
            // Whether a contract's own word counts depends on whether the domain is known.
            stale.contracts.extend(self.lookups.written_in.of(key.clone()).cloned());
        }
        if let Some(DomainRow { id, name, parent, description }) = row {
            if let Some(parent) = &parent {
                self.lookups.below.put(parent.as_str().into(), key.clone());
            }
            self.domains.put(key.clone(), Domain { id, name, parent, description });
        }
        stale.domains.insert(key);
    }

    pub(super) fn put_members(&mut self, domain: &str, members: Vec<Member>, stale: &mut Stale) {
        let key: Arc<str> = domain.into();
        let owners = self.owners(domain);
        for member in self.members.take(domain).iter().flat_map(|members| members.iter()) {
            self.lookups.domains_of.take(member.person, key.clone());
        }
        for member in &members {
            self.lookups.domains_of.put(member.person, key.clone());
        }
        if !members.is_empty() {
            self.members.put(key.clone(), members);
        }
        if self.owners(domain) != owners {
            stale.renamed.insert(key.clone());
        }
        // Where nobody of a domain can answer, those of the domain above do.
        stale.domains.extend(self.lookups.below.of(key.clone()).cloned());
        stale.domains.insert(key);
    }

    fn put_dashboard(&mut self, id: &str, row: Option<DocumentRow>, stale: &mut Stale) {
        let key: Arc<str> = id.into();
        self.now_read("dashboard", id);
        if let Some(before) = self.dashboards.take(id) {
            self.lookups.dashboards_by_age.take(before.created_at, key.clone());
            if let Some(product) = before.read.as_ref().ok().and_then(|read| read.front.product.as_deref()) {
                self.lookups.dashboards_of.take(product.into(), key.clone());
            }
            for asset in before.read.iter().flat_map(|read| &read.front.reads) {
                self.lookups.dashboards_reading.take(asset.as_str().into(), key.clone());
            }
        }
        if let Some(text) = row.map(documents::dashboard) {
            self.lookups.dashboards_by_age.put(text.created_at, key.clone());
            match &text.read {
                Ok(read) => {
                    if let Some(product) = &read.front.product {
                        self.lookups.dashboards_of.put(product.as_str().into(), key.clone());
                    }
                    for asset in &read.front.reads {
                        self.lookups.dashboards_reading.put(asset.as_str().into(), key.clone());
                    }
                }
                Err(problem) => self.not_read("dashboard", id, String::new(), problem.clone(), None),
            }
            self.dashboards.put(key.clone(), text);
        }
        if let Some(asset) = self.assets.get(id) {
            let asset = Asset { title: self.title(asset), ..asset.clone() };
            self.assets.put(key.clone(), asset);
        }
        stale.assets.insert(key);
        stale.entries.insert(Entry::Asset(id.to_owned()));
    }

    /// What people call an asset: a dashboard by the title that its text gives it.
    fn title(&self, asset: &Asset) -> String {
        let text = self.dashboards.get(&asset.id).filter(|_| asset.kind == AssetKind::Dashboard);
        let read = text.and_then(|text| text.read.as_ref().ok());
        read.map_or_else(|| asset.name.clone(), |dashboard| dashboard.front.title.clone())
    }

    pub(super) fn put_asset(&mut self, id: &str, row: Option<AssetRow>, stale: &mut Stale) {
        let key: Arc<str> = id.into();
        self.now_read("asset", id);
        let domain = row.as_ref().map(|row| row.domain.clone()).unwrap_or_default();
        let named = row.as_ref().map(|row| (row.namespace.clone(), row.name.clone()));
        let mut read = row.map(documents::asset);
        if let Some(Ok(asset)) = &mut read {
            asset.title = self.title(asset);
            // Most events change what leads into an asset, and nothing of itself.
            if self.assets.get(id) == Some(asset) {
                return;
            }
        }
        let is_offered = self.lookups.offered.contains_key(id);
        if let Some(before) = self.assets.take(id) {
            self.lookups.addresses.take(address(&before.namespace, &before.name), key.clone());
            self.lookups.assets_in.take(before.domain.as_str().into(), key.clone());
            self.lookups.offered_in.take(before.domain.as_str().into(), key.clone());
            self.forget_meanings(&before);
        }
        match read {
            Some(Ok(asset)) => {
                let domain: Arc<str> = asset.domain.as_str().into();
                self.lookups.addresses.put(address(&asset.namespace, &asset.name), key.clone());
                self.lookups.assets_in.put(domain.clone(), key.clone());
                if is_offered {
                    self.lookups.offered_in.put(domain, key.clone());
                }
                self.count_meanings(&asset);
                self.assets.put(key.clone(), asset);
            }
            Some(Err(problem)) => {
                let at = named.map(|(namespace, name)| address(&namespace, &name));
                self.not_read("asset", id, domain, problem, at);
            }
            None => {}
        }
        let offers = self.lookups.offered.get(id).into_iter().flat_map(|offers| offers.iter());
        stale.products.extend(offers.map(|(product, _)| product.clone()));
        stale.assets.insert(key);
        stale.entries.insert(Entry::Asset(id.to_owned()));
    }

    /// The other addresses of an asset. One that meant another asset until now means this one.
    fn put_aliases(&mut self, asset: &str, aliases: Vec<(String, String)>) {
        let key: Arc<str> = asset.into();
        let before: Vec<Address> = self.lookups.aliases_of.of(key.clone()).cloned().collect();
        for kept in before {
            self.forget_alias(&kept);
        }
        for (namespace, name) in aliases {
            let kept: Address = (namespace.as_str().into(), name.as_str().into());
            self.forget_alias(&kept);
            self.lookups.aliases.put(address(&namespace, &name), key.clone());
            self.lookups.aliases_of.put(key.clone(), kept.clone());
            self.lookups.kept_aliases.insert(kept, key.clone());
        }
    }

    fn forget_alias(&mut self, kept: &Address) {
        let Some(asset) = self.lookups.kept_aliases.remove(kept) else { return };
        self.lookups.aliases_of.take(asset.clone(), kept.clone());
        // Another spelling of the same address may mean the same asset.
        let at = address(&kept.0, &kept.1);
        let others = self.lookups.aliases_of.of(asset.clone());
        if !others.map(|(namespace, name)| address(namespace, name)).any(|other| other == at) {
            self.lookups.aliases.take(at, asset);
        }
    }

    fn put_product(&mut self, id: &str, row: Option<ProductRow>, stale: &mut Stale) {
        let key: Arc<str> = id.into();
        if let Some(unread) = self.now_read("product", id) {
            self.lookups.unread_in.take(unread.domain.as_str().into(), key.clone());
        }
        if let Some(before) = self.products.take(id) {
            self.lookups.products_by_age.take(before.created_at, key.clone());
            self.lookups.products_in.take(before.domain.as_str().into(), key.clone());
            for port in &before.ports {
                self.withdraw(&key, port);
                stale.assets.extend(port.asset.as_deref().map(Arc::from));
            }
            for contract in before.document.output_ports.iter().filter_map(|port| port.contract_id.as_deref())
            {
                self.lookups.named.take(contract.into(), key.clone());
                stale.contracts.insert(contract.into());
            }
        }
        let domain = row.as_ref().map(|row| row.domain.clone()).unwrap_or_default();
        match row.map(documents::product) {
            Some(Ok(product)) => {
                self.lookups.products_by_age.put(product.created_at, key.clone());
                self.lookups.products_in.put(product.domain.as_str().into(), key.clone());
                for (place, port) in product.ports.iter().enumerate() {
                    self.offer(&key, place, port);
                    stale.assets.extend(port.asset.as_deref().map(Arc::from));
                }
                let named =
                    product.document.output_ports.iter().filter_map(|port| port.contract_id.as_deref());
                for contract in named {
                    self.lookups.named.put(contract.into(), key.clone());
                    stale.contracts.insert(contract.into());
                }
                self.products.put(key.clone(), product);
            }
            Some(Err(problem)) => {
                self.lookups.unread_in.put(domain.as_str().into(), key.clone());
                self.not_read("product", id, domain, problem, None);
            }
            None => {}
        }
        stale.products.insert(key);
        stale.entries.insert(Entry::Product(id.to_owned()));
    }

    /// Notes that a port offers its asset.
    fn offer(&mut self, product: &Arc<str>, place: usize, port: &Port) {
        let Some(asset) = &port.asset else { return };
        let mut offers =
            self.lookups.offered.get(asset.as_str()).map(|held| held.to_vec()).unwrap_or_default();
        offers.push((product.clone(), place));
        offers.sort_unstable();
        let key: Arc<str> = asset.as_str().into();
        self.lookups.offered.insert(key.clone(), Arc::new(offers));
        if let Some(asset) = self.assets.get(asset) {
            self.lookups.offered_in.put(asset.domain.as_str().into(), key);
        }
    }

    /// Notes that a port of a product offers nothing any more.
    fn withdraw(&mut self, product: &Arc<str>, port: &Port) {
        if let Some(contract) = &port.contract {
            self.lookups.under.take(contract.as_str().into(), product.clone());
        }
        let Some(asset) = &port.asset else { return };
        let mut offers =
            self.lookups.offered.get(asset.as_str()).map(|held| held.to_vec()).unwrap_or_default();
        offers.retain(|(other, _)| other != product);
        let key: Arc<str> = asset.as_str().into();
        if offers.is_empty() {
            self.lookups.offered.remove(asset.as_str());
            if let Some(asset) = self.assets.get(asset) {
                self.lookups.offered_in.take(asset.domain.as_str().into(), key);
            }
        } else {
            self.lookups.offered.insert(key, Arc::new(offers));
        }
    }

    fn put_contract(&mut self, id: &str, versions: Vec<VersionRow>, stale: &mut Stale) {
        let key: Arc<str> = id.into();
        self.now_read("contract", id);
        if let Some(before) = self.contracts.take(id) {
            let document = &before.newest().document;
            if let Some(domain) = &document.domain {
                self.lookups.written_in.take(domain.as_str().into(), key.clone());
            }
            for object in &document.schema {
                self.lookups.about.take(object.asset().into(), key.clone());
            }
        }
        let (contract, problem) = documents::contract(id, versions);
        if let Some(problem) = problem {
            self.not_read("contract", id, String::new(), problem, None);
        }
        if let Some(contract) = contract {
            let document = &contract.newest().document;
            if let Some(domain) = &document.domain {
                self.lookups.written_in.put(domain.as_str().into(), key.clone());
            }
            for object in &document.schema {
                self.lookups.about.put(object.asset().into(), key.clone());
            }
            self.contracts.put(key.clone(), contract);
        }
        stale.contracts.insert(key);
    }

    pub(super) fn not_read(
        &mut self,
        kind: &'static str,
        id: &str,
        domain: String,
        problem: String,
        address: Option<Address>,
    ) {
        let unread = Unread { kind, id: id.to_owned(), domain, problem, address };
        self.unread.insert((kind, id.to_owned()), unread);
    }

    pub(super) fn now_read(&mut self, kind: &'static str, id: &str) -> Option<Unread> {
        let unread: &mut OrdMap<(&'static str, String), Unread> = &mut self.unread;
        if unread.is_empty() { None } else { unread.remove(&(kind, id.to_owned())) }
    }
}

#[cfg(test)]
impl Snapshot {
    /// A small company. `accounts` are service accounts with the person who answers for each.
    pub(crate) fn of(
        domains: Vec<DomainRow>,
        members: Vec<Member>,
        assets: Vec<AssetRow>,
        accounts: Vec<(TokenId, PersonId)>,
    ) -> Self {
        let mut rows = Rows::default();
        rows.domains.extend(domains.into_iter().map(|row| (row.id.clone(), Some(row))));
        for member in members {
            rows.members.entry(member.domain.clone()).or_default().push(member);
        }
        rows.assets.extend(assets.into_iter().map(|row| (row.id.clone(), Some(row))));
        let account = |(id, owner)| (id, Some(AccountRow { id, owner: Some(owner), made_by: None }));
        rows.accounts.extend(accounts.into_iter().map(account));
        let mut snapshot = Self::default();
        snapshot.apply(rows);
        snapshot
    }
    /// The same with products, as of a change.
    pub(crate) fn offering(mut self, change: i64, products: Vec<ProductRow>) -> Self {
        let mut rows = Rows::default();
        rows.products.extend(products.into_iter().map(|row| (row.id.clone(), Some(row))));
        self.apply(rows);
        self.change = change;
        self
    }
}

#[cfg(test)]
mod tests {
    use lakeport_model::catalog::Classification;

    use super::*;

    fn table(description: &str) -> AssetRow {
        AssetRow {
            id: "gold.orders".to_owned(),
            kind: AssetKind::Table.to_string(),
            layer: None,
            namespace: "lakehouse".to_owned(),
            name: "orders".to_owned(),
            domain: "sales".to_owned(),
            description: description.to_owned(),
            platform: None,
            location: None,
            classification: Classification::Internal.to_string(),
            tags: "[]".to_owned(),
            columns: "[]".to_owned(),
            origin: "file".to_owned(),
            created_at: Some(chrono::DateTime::UNIX_EPOCH),
        }
    }

    #[test]
    fn what_is_read_again_and_is_the_same_never_costs_the_search_a_look() {
        let mut snapshot = Snapshot::of(Vec::new(), Vec::new(), vec![table("wood")], Vec::new());
        let mut read = |row: Option<AssetRow>| {
            let assets = [("gold.orders".to_owned(), row)].into();
            let stale = snapshot.apply(Rows { assets, ..Rows::default() });
            (stale.len(), snapshot.assets.get("gold.orders").map(|asset| asset.description.clone()))
        };
        assert_eq!(read(Some(table("wood"))), (0, Some("wood".to_owned())), "its lineage alone changed");
        assert_eq!(read(Some(table("steel"))), (1, Some("steel".to_owned())));
        assert_eq!(read(None), (1, None));
        assert_eq!(read(Some(table("steel"))), (1, Some("steel".to_owned())), "it is back");
    }
}
