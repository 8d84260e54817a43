//! Which assets the addresses of an event mean.
//!
//! One asset may have several addresses: its own, those that symlinks and renaming gave it, and the place where its
//! data lies. Only the assets that an event names are looked up, so that its cost does not grow with the catalog.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use lakeport_model::catalog::{AssetKind, Classification, Column};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::limits::{LONGEST_COLUMN, LONGEST_TEXT, cut};
use super::said::{Address, Said};
use crate::standards::openlineage::Dataset;
use crate::store::Tx;
use crate::store::catalog::{self, AssetRow};
use crate::store::lineage::{self as store, FoundRow};
use crate::{Ctx, Error, Result};

/// Most names of a kind that the audit keeps of one event.
const MOST_NOTED: usize = 50;

/// What became of the names in an event, for its sender and for the audit.
#[derive(Debug, Default)]
pub(crate) struct Named {
    /// Names that came to mean an asset, and the asset.
    joined: Vec<String>,
    /// Names before and after.
    renamed: Vec<String>,
    /// Datasets that are gone.
    dropped: Vec<String>,
    /// Datasets that were gone and are there again.
    taken_back: Vec<String>,
    /// What was not done.
    pub(super) refused: Vec<Refused>,
}

/// Something an event said that was not done.
#[derive(Debug)]
pub(super) struct Refused {
    /// What and why, as a sentence that names only what the event names itself.
    pub(super) sentence: String,
    /// The assets because of which.
    pub(super) assets: Vec<String>,
}

impl Named {
    /// What the audit keeps of it, beside the event's job.
    pub(super) fn detail(&self, job: Option<&str>) -> Value {
        let cut = |names: &[String]| {
            let more = names.len().saturating_sub(MOST_NOTED);
            let more = (more > 0).then(|| format!("and {more} more"));
            names.iter().take(MOST_NOTED).cloned().chain(more).collect::<Vec<_>>()
        };
        json!({
            "job": job,
            "joined": cut(&self.joined),
            "renamed": cut(&self.renamed),
            "dropped": cut(&self.dropped),
            "taken_back": cut(&self.taken_back),
        })
    }
}

/// The assets behind addresses.
#[derive(Debug, Default)]
pub(super) struct Known {
    at: BTreeMap<Address, FoundRow>,
    by_location: BTreeMap<Address, FoundRow>,
    /// Assets that other jobs than the event's use.
    used_by_others: BTreeSet<String>,
    /// True when an asset was made, changed or joined with another.
    pub(super) changed: bool,
    /// What became of names.
    pub(super) named: Named,
}

impl Known {
    /// Looks the addresses of an event up.
    pub(super) async fn look_up(tx: &mut Tx, ctx: &Ctx, said: &Said, job: &str) -> Result<Self> {
        let addresses: BTreeSet<&Address> = said.addresses().into_iter().collect();
        let asked: Vec<(&str, &str)> =
            addresses.iter().map(|Address(namespace, name)| (namespace.as_str(), name.as_str())).collect();
        let mut known = Self::default();
        // The asset's own address goes before what others call it.
        for row in store::found_by_alias(tx, &asked).await?.into_iter().chain(store::found(tx, &asked).await?)
        {
            known.at.insert(Address(row.namespace.clone(), row.name.clone()), row);
        }
        let root = format!("{}/", ctx.settings.lake_root.trim_end_matches('/'));
        let mut places: BTreeMap<String, &Address> = BTreeMap::new();
        for address in addresses {
            if let Some(place) = address.location() {
                if let Some(below) = place.strip_prefix(&root) {
                    places.insert(below.to_owned(), address);
                }
                places.insert(place, address);
            }
        }
        let asked: Vec<&str> = places.keys().map(String::as_str).collect();
        for row in store::found_by_location(tx, &asked).await? {
            if let Some(address) = row.location.as_deref().and_then(|place| places.get(place)) {
                known.by_location.insert((*address).clone(), row);
            }
        }
        let found = known.at.values().chain(known.by_location.values());
        let found: BTreeSet<&str> = found.map(|row| row.id.as_str()).collect();
        let found: Vec<&str> = found.into_iter().collect();
        known.used_by_others = store::used_by_others(tx, &found, job).await?;
        Ok(known)
    }

    /// True for two assets that no event makes one: files describe both, or other jobs use both. Whoever may send events
    /// may name whatever he likes; he does not move what others said.
    fn stay_apart(&self, one: &FoundRow, other: &FoundRow) -> bool {
        let described = |row: &FoundRow| row.origin == "file";
        let used = |row: &FoundRow| self.used_by_others.contains(&row.id);
        one.id != other.id && ((described(one) && described(other)) || (used(one) && used(other)))
    }

    /// The asset of an address.
    pub(super) fn id(&self, address: &Address) -> Option<&str> {
        self.at.get(address).map(|row| row.id.as_str())
    }

    /// Makes sure that there is exactly one asset for an address and its other names, as far as events may say so.
    pub(super) async fn settle(
        &mut self,
        tx: &mut Tx,
        ctx: &Ctx,
        said: &Said,
        address: &Address,
    ) -> Result<()> {
        let links = said.links.get(address).into_iter().flatten();
        let before = said.renamed.iter().filter(|(new, _)| new == address).map(|(_, old)| old);
        let mut names: Vec<&Address> = Vec::new();
        let mut found: Vec<FoundRow> = Vec::new();
        for name in std::iter::once(address).chain(links).chain(before) {
            let rows: Vec<FoundRow> =
                self.at.get(name).into_iter().chain(self.by_location.get(name)).cloned().collect();
            let apart = |row: &FoundRow| found.iter().any(|other| self.stay_apart(row, other));
            if name != address && rows.iter().any(apart) {
                let sentence = format!(
                    "{} and {} stay two assets: files describe both, or other jobs use both.",
                    address.label(),
                    name.label()
                );
                let assets = found.iter().chain(&rows).map(|row| row.id.clone()).collect();
                self.named.refused.push(Refused { sentence, assets });
                continue;
            }
            names.push(name);
            for row in rows {
                if found.iter().all(|other| other.id != row.id) {
                    found.push(row);
                }
            }
        }
        let described = found.iter().position(|row| row.origin == "file");
        let Some(asset) = found.get(described.unwrap_or(0)).cloned() else {
            let row = new_asset(ctx, address);
            catalog::put_asset(tx, &row).await?;
            self.changed = true;
            let row = FoundRow {
                namespace: row.namespace,
                name: row.name,
                id: row.id,
                origin: row.origin,
                location: None,
            };
            return self.call(tx, &row, &names).await;
        };
        for other in found.iter().filter(|other| other.id != asset.id && other.origin == "lineage") {
            self.named.joined.push(format!("{} with {}", label(other), label(&asset)));
            store::join(tx, &other.id, &asset.id).await?;
            catalog::delete_asset(tx, &other.id).await?;
            for row in self.at.values_mut().chain(self.by_location.values_mut()) {
                if row.id == other.id {
                    row.clone_from(&asset);
                }
            }
            self.changed = true;
        }
        // What events renamed goes by its new name; the old one still finds it.
        let renamed = said.renamed.iter().any(|(new, _)| new == address);
        if renamed && asset.origin == "lineage" && !self.at.contains_key(address) {
            self.named.renamed.push(format!("{} to {}", label(&asset), address.label()));
            store::rename(tx, &asset.id, &address.0, &address.1).await?;
            self.changed = true;
        }
        self.call(tx, &asset, &names).await
    }

    /// Lets all these names mean the asset, but for those that a file gave to another one.
    async fn call(&mut self, tx: &mut Tx, asset: &FoundRow, names: &[&Address]) -> Result<()> {
        for name in names {
            let meant = self.at.get(*name);
            if meant.is_some_and(|other| other.id == asset.id || other.origin == "file") {
                continue;
            }
            if (&name.0, &name.1) != (&asset.namespace, &asset.name) {
                self.named.joined.push(format!("{} with {}", name.label(), label(asset)));
                store::put_alias(tx, &name.0, &name.1, &asset.id).await?;
            }
            self.at.insert((*name).clone(), asset.clone());
        }
        Ok(())
    }

    /// Keeps what an event says of a dataset itself, where no file describes it: the newest schema counts.
    pub(super) async fn learn(&mut self, tx: &mut Tx, dataset: &Dataset, at: DateTime<Utc>) -> Result<()> {
        let Some(row) = self.at.get(&Address::of(dataset)).filter(|row| row.origin == "lineage") else {
            return Ok(());
        };
        let Some(facets) = &dataset.facets else { return Ok(()) };
        let words = facets.documentation.as_ref().map(|facet| cut(&facet.description, LONGEST_TEXT));
        let columns = match &facets.schema {
            Some(schema) if store::renew_schema(tx, &row.id, at).await? => {
                let columns: Vec<Column> = schema
                    .fields
                    .iter()
                    .map(|field| Column {
                        name: cut(&field.name, LONGEST_COLUMN),
                        data_type: cut(field.field_type.as_deref().unwrap_or("unknown"), LONGEST_COLUMN),
                        description: cut(field.description.as_deref().unwrap_or_default(), LONGEST_TEXT),
                        classification: Classification::Internal,
                        tags: Vec::new(),
                        drift: None,
                    })
                    .collect();
                Some(serde_json::to_string(&columns).map_err(Error::fault)?)
            }
            _ => None,
        };
        if catalog::renew_described(tx, &row.id, columns.as_deref(), words.as_deref()).await? {
            self.changed = true;
        }
        Ok(())
    }

    /// Retires a dataset that is gone, or takes it back when something writes to it again.
    pub(super) async fn retire(
        &mut self,
        tx: &mut Tx,
        address: &Address,
        at: Option<DateTime<Utc>>,
    ) -> Result<()> {
        if let Some(row) = self.at.get(address).filter(|row| row.origin == "lineage")
            && store::set_dropped(tx, &row.id, at).await?
        {
            let names = if at.is_some() { &mut self.named.dropped } else { &mut self.named.taken_back };
            names.push(address.label());
            self.changed = true;
        }
        Ok(())
    }
}

/// The address that an asset was found by, as people read it.
fn label(row: &FoundRow) -> String {
    format!("{} {}", row.namespace, row.name)
}

/// A dataset no file describes becomes an asset without a domain, so that lineage has no holes.
fn new_asset(ctx: &Ctx, Address(namespace, name): &Address) -> AssetRow {
    let kind = if namespace.starts_with("kafka://") { AssetKind::Topic } else { AssetKind::Table };
    AssetRow {
        id: format!("x-{}", hex::encode(&Sha256::digest(format!("{namespace}\n{name}"))[..8])),
        kind: kind.to_string(),
        layer: None,
        namespace: namespace.clone(),
        name: name.clone(),
        domain: String::new(),
        description: String::new(),
        platform: None,
        location: None,
        classification: Classification::Internal.to_string(),
        tags: "[]".to_owned(),
        columns: "[]".to_owned(),
        origin: "lineage".to_owned(),
        created_at: ctx.now(),
    }
}
