//! Which assets the addresses of an event mean.
//!
//! One asset may have several addresses: its own, the place where its data lies, and those that symlinks and renaming
//! gave it. They count in this order, so that nobody takes by an event what a file gives later. Only the assets that an
//! event names are looked up, so that its cost does not grow with the catalog.
//!
//! Whoever may send events may name whatever he likes, and nothing proves whose job he speaks for. So an event moves only
//! what is its job's alone, or nobody's. What a file describes and what other jobs use is held: two such assets stay two,
//! one that is joined with another keeps its id and its name, and neither a change of its name nor its end is believed.
//! Only the place that a file itself gives joins what others use with what it describes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use lakeport_model::catalog::{AssetKind, Classification, Column};
use serde_json::{Value, json};

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
        // What an older version kept in another spelling goes on under the name that its events go on sending.
        let names = said.sent.iter().flat_map(|(address, sent)| sent.iter().chain([address]));
        let names: BTreeSet<&Address> = names.collect();
        let asked: Vec<(&str, &str)> =
            names.iter().map(|Address(namespace, name)| (namespace.as_str(), name.as_str())).collect();
        let at = by_address(store::found_by_alias(tx, &asked).await?);
        let mut known = Self { at, ..Self::default() };
        let root = format!("{}/", ctx.settings.lake_root.trim_end_matches('/'));
        let mut places: BTreeMap<String, &Address> = BTreeMap::new();
        for (address, sent) in &said.sent {
            // To the letter: folders that are spelled in two ways are two.
            for place in sent.iter().filter_map(Address::location) {
                if let Some(below) = place.strip_prefix(&root) {
                    places.insert(below.to_owned(), address);
                }
                places.insert(place, address);
            }
        }
        let asked_places: Vec<&str> = places.keys().map(String::as_str).collect();
        for row in store::found_by_location(tx, &asked_places).await? {
            if let Some(address) = row.location.as_deref().and_then(|place| places.get(place)) {
                known.by_location.insert((*address).clone(), row);
            }
        }
        // Events may have called a place something before a file gave it to a table.
        let by_location = &known.by_location;
        known.at.retain(|address, row| by_location.get(address).is_none_or(|there| there.id == row.id));
        for (address, row) in by_address(store::found(tx, &asked).await?) {
            // What was given this spelling before keeps it.
            if known.at.get(&address).is_none_or(|other| other.id != row.id) {
                known.at.insert(address, row);
            }
        }
        let found = known.at.values().chain(known.by_location.values());
        let found: BTreeSet<&str> = found.map(|row| row.id.as_str()).collect();
        let found: Vec<&str> = found.into_iter().collect();
        known.used_by_others = store::used_by_others(tx, &found, job).await?;
        Ok(known)
    }

    /// True for an asset that an event moves nothing of: a file describes it, or other jobs use it as well.
    fn is_held(&self, row: &FoundRow) -> bool {
        row.origin == "file" || self.used_by_others.contains(&row.id)
    }

    /// Why an event's other name of an asset is not followed, as a sentence: `found` is what its names before this one
    /// mean, `rows` what this one means.
    fn objection(
        &self,
        (address, found): (&Address, &[FoundRow]),
        (name, rows): (&Address, &[FoundRow]),
        is_earlier: bool,
    ) -> Option<String> {
        // Each side holds one that the other one does not mean as well.
        let adds = |these: &[FoundRow], those: &[FoundRow]| {
            these.iter().any(|row| self.is_held(row) && those.iter().all(|other| other.id != row.id))
        };
        if adds(found, rows) && adds(rows, found) {
            return Some(format!(
                "{} and {} stay two assets: each is described by a file, or used by other jobs as well.",
                address.label(),
                name.label()
            ));
        }
        let is_used = rows.iter().any(|row| self.used_by_others.contains(&row.id));
        (is_earlier && is_used)
            .then(|| format!("{} keeps its name: other jobs use it as well.", name.label()))
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
        let links = said.links.get(address).into_iter().flatten().map(|name| (name, false));
        let earlier = said.renamed.iter().filter(|(new, _)| new == address).map(|(_, old)| (old, true));
        let mut names: Vec<&Address> = Vec::new();
        let mut found: Vec<FoundRow> = Vec::new();
        for (name, is_earlier) in std::iter::once((address, false)).chain(links).chain(earlier) {
            let rows: Vec<FoundRow> =
                self.at.get(name).into_iter().chain(self.by_location.get(name)).cloned().collect();
            if let Some(sentence) = self.objection((address, &found), (name, &rows), is_earlier) {
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
        let described = found.iter().find(|row| row.origin == "file");
        let held = || found.iter().find(|row| self.is_held(row));
        let Some(asset) = described.or_else(held).or(found.first()).cloned() else {
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
        if renamed && !self.is_held(&asset) && !self.at.contains_key(address) {
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
            // What was found in another spelling is found by this one from now on, too.
            let is_found = |other: &FoundRow| other.id == asset.id && !is_respelled(other, name);
            if meant.is_some_and(|other| is_found(other) || (other.id != asset.id && other.origin == "file"))
            {
                continue;
            }
            if (&name.0, &name.1) != (&asset.namespace, &asset.name) {
                self.named.joined.push(format!("{} with {}", name.label(), label(asset)));
                store::put_alias(tx, &name.0, &name.1, &asset.id).await?;
                self.changed = true;
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

    /// Retires a dataset that is gone, where nobody else has a word in it.
    pub(super) async fn retire(&mut self, tx: &mut Tx, address: &Address, at: DateTime<Utc>) -> Result<()> {
        let Some(row) = self.at.get(address) else { return Ok(()) };
        if self.is_held(row) {
            let sentence =
                format!("{} stays: a file describes it, or other jobs use it as well.", address.label());
            self.named.refused.push(Refused { sentence, assets: vec![row.id.clone()] });
        } else if store::set_dropped(tx, &row.id, Some(at)).await? {
            self.named.dropped.push(address.label());
            self.changed = true;
        }
        Ok(())
    }

    /// Takes a dataset that was gone back when something writes to it again.
    pub(super) async fn take_back(&mut self, tx: &mut Tx, address: &Address) -> Result<()> {
        if let Some(row) = self.at.get(address).filter(|row| row.origin == "lineage")
            && store::set_dropped(tx, &row.id, None).await?
        {
            self.named.taken_back.push(address.label());
            self.changed = true;
        }
        Ok(())
    }
}

/// What was found, by the one spelling of its address. Of several spellings that are kept, what a file describes comes
/// first, then what was sent.
fn by_address(mut found: Vec<FoundRow>) -> BTreeMap<Address, FoundRow> {
    let address = |row: &FoundRow| Address::new(&row.namespace, &row.name);
    found.sort_by_key(|row| (row.origin == "file", is_respelled(row, &address(row))));
    found.into_iter().map(|row| (address(&row), row)).collect()
}

/// True for what was found by another spelling of an address.
fn is_respelled(row: &FoundRow, address: &Address) -> bool {
    let is_same = row.namespace == address.0 && row.name == address.1;
    !is_same && Address::new(&row.namespace, &row.name) == *address
}

/// The address that an asset was found by, as people read it.
fn label(row: &FoundRow) -> String {
    format!("{} {}", row.namespace, row.name)
}

/// A dataset no file describes becomes an asset without a domain, so that lineage has no holes.
fn new_asset(ctx: &Ctx, address: &Address) -> AssetRow {
    let Address(namespace, name) = address;
    let kind = if namespace.starts_with("kafka://") { AssetKind::Topic } else { AssetKind::Table };
    AssetRow {
        id: format!("x-{}", &address.digest()[..16]),
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
