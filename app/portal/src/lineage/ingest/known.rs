//! Which assets the addresses of an event mean.
//!
//! One asset may have several addresses: its own, the place where its data lies, and those that symlinks and renaming
//! gave it. They count in this order, so that nobody takes by an event what a file gives later. Only the assets that an
//! event names are looked up, so that its cost does not grow with the catalog.
//!
//! Whoever may send events may name whatever they like, and nothing proves whose job they speak for. So an event moves only
//! what is its job's alone, or nobody's. What a file describes and what other jobs use is held: two such assets stay two,
//! one that is joined with another keeps its id and its name, and neither a change of its name nor its end is believed.
//! Only the place that a file itself gives joins what others use with what it describes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use lakeport_model::First;
use lakeport_model::catalog::{AssetKind, Classification};
use serde_json::{Value, json};

use super::prepared::{Described, Prepared};
use super::said::{Address, Said};
use super::state::State;
use crate::store::catalog::AssetRow;
use crate::store::lineage::FoundRow;

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
    /// How many names nobody had before: they became assets, which no file describes.
    made: usize,
    /// What the event reads and writes, by name, each with the assets that files describe there or under the other names that
    /// the event itself gives it.
    pub(super) used: Vec<(String, Vec<String>)>,
    /// What was not done.
    pub(super) refused: Vec<Refused>,
}

/// Something an event said that was not done.
#[derive(Debug)]
pub(super) struct Refused {
    /// What and why, as a sentence that names only what the event names itself.
    pub(super) sentence: String,
    /// What files describe under each name because of which it was not done. None where that is no reason by itself.
    pub(super) described: Vec<Option<String>>,
}

impl Named {
    /// How many names came to be kept.
    pub(super) fn count(&self) -> usize {
        self.made + self.joined.len()
    }

    /// What the audit keeps of it, beside the event's job.
    pub(super) fn detail(&self, job: Option<&str>) -> Value {
        let cut = |names: &[String]| First::cut(names.iter().collect(), MOST_NOTED).lines();
        json!({
            "job": job,
            "joined": cut(&self.joined),
            "renamed": cut(&self.renamed),
            "dropped": cut(&self.dropped),
            "taken_back": cut(&self.taken_back),
        })
    }
}

/// The assets behind the addresses of an event.
#[derive(Debug, Default)]
pub(super) struct Known {
    at: BTreeMap<Address, FoundRow>,
    by_location: BTreeMap<Address, FoundRow>,
    /// What files describe, by its own address and by where it lies. Names that events gave it are not among them: whether
    /// such a name could be given tells whether something hidden has it.
    stated: BTreeMap<Address, String>,
    /// Assets that other jobs than the event's use.
    used_by_others: BTreeSet<String>,
    /// What became of names.
    pub(super) named: Named,
}

impl Known {
    /// What the addresses of an event mean before it.
    pub(super) fn of(state: &State, event: &Prepared) -> Self {
        let those = |all: &BTreeMap<Address, FoundRow>| {
            event.asked.iter().filter_map(|name| all.get(name)).cloned().collect()
        };
        let mut known = Self { at: by_address(those(&state.aliases)), ..Self::default() };
        let located =
            event.places.iter().filter_map(|(place, address)| Some((address, state.places.get(place)?)));
        let mut located: Vec<(&Address, &FoundRow)> =
            located.flat_map(|(address, rows)| rows.iter().map(move |row| (address, row))).collect();
        // Of several the first one counts, which comes last.
        located.sort_by_key(|(_, row)| Reverse(&row.id));
        known.by_location =
            located.into_iter().map(|(address, row)| (address.clone(), row.clone())).collect();
        // Events may have called a place something before a file gave it to a table.
        let by_location = &known.by_location;
        known.at.retain(|address, row| by_location.get(address).is_none_or(|there| there.id == row.id));
        known.stated =
            known.by_location.iter().map(|(address, row)| (address.clone(), row.id.clone())).collect();
        for (address, row) in by_address(those(&state.own)) {
            if row.origin == "file" {
                known.stated.insert(address.clone(), row.id.clone());
            }
            // What was given this spelling before keeps it.
            if known.at.get(&address).is_none_or(|other| other.id != row.id) {
                known.at.insert(address, row);
            }
        }
        let found = known.at.values().chain(known.by_location.values());
        let is_used =
            |id: &&String| state.users.get(*id).is_some_and(|users| users.has_other_than(&event.job));
        known.used_by_others = found.map(|row| &row.id).filter(is_used).cloned().collect();
        known
    }

    /// True for an asset that an event moves nothing of: a file describes it, or other jobs use it as well.
    fn is_held(&self, row: &FoundRow) -> bool {
        row.origin == "file" || self.used_by_others.contains(&row.id)
    }

    /// What keeps an event's other name of an asset from being followed, if anything does: `found` is what its names before
    /// this one mean, `rows` what this one means.
    fn objection(
        &self,
        (address, found): (&Address, &[FoundRow]),
        (name, rows): (&Address, &[FoundRow]),
        is_earlier: bool,
    ) -> Option<Refused> {
        // Each side holds one that the other one does not mean as well.
        let adds = |these: &[FoundRow], those: &[FoundRow]| {
            these.iter().any(|row| self.is_held(row) && those.iter().all(|other| other.id != row.id))
        };
        if adds(found, rows) && adds(rows, found) {
            let sentence = format!(
                "{} and {} stay two assets: each is described by a file, or used by other jobs as well.",
                address.label(),
                name.label()
            );
            let described = vec![self.described(address), self.described(name)];
            return Some(Refused { sentence, described });
        }
        let is_used = rows.iter().any(|row| self.used_by_others.contains(&row.id));
        (is_earlier && is_used).then(|| {
            let sentence = format!("{} keeps its name: other jobs use it as well.", name.label());
            Refused { sentence, described: vec![None] }
        })
    }

    /// What a file describes at an address.
    fn described(&self, address: &Address) -> Option<String> {
        self.stated.get(address).cloned()
    }

    /// The asset of an address.
    pub(super) fn id(&self, address: &Address) -> Option<&str> {
        self.at.get(address).map(|row| row.id.as_str())
    }

    /// Notes what files describe under the names that an event uses.
    pub(super) fn note_used(&mut self, said: &Said) {
        let used = said.reads.union(&said.writes).map(|name| {
            let names = std::iter::once(name).chain(said.links.get(name).into_iter().flatten());
            (name.label(), names.filter_map(|name| self.stated.get(name).cloned()).collect())
        });
        self.named.used = used.collect();
    }

    /// Makes sure that there is exactly one asset for an address and its other names, as far as events may say so.
    pub(super) fn settle(&mut self, state: &mut State, said: &Said, address: &Address) {
        let links = said.links.get(address).into_iter().flatten().map(|name| (name, false));
        let earlier = said.renamed.iter().filter(|(new, _)| new == address).map(|(_, old)| (old, true));
        let mut names: Vec<&Address> = Vec::new();
        let mut found: Vec<FoundRow> = Vec::new();
        for (name, is_earlier) in std::iter::once((address, false)).chain(links).chain(earlier) {
            let rows: Vec<FoundRow> =
                self.at.get(name).into_iter().chain(self.by_location.get(name)).cloned().collect();
            if let Some(refused) = self.objection((address, &found), (name, &rows), is_earlier) {
                self.named.refused.push(refused);
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
            let row = state.add(new_asset(address, state.now()));
            self.named.made += 1;
            return self.call(state, &row, &names);
        };
        for other in found.iter().filter(|other| other.id != asset.id && other.origin == "lineage") {
            self.named.joined.push(format!("{} with {}", label(other), label(&asset)));
            state.join(&other.id, &asset.id);
            for row in self.at.values_mut().chain(self.by_location.values_mut()) {
                if row.id == other.id {
                    row.clone_from(&asset);
                }
            }
        }
        // What events renamed goes by its new name; the old one still finds it.
        let renamed = said.renamed.iter().any(|(new, _)| new == address);
        if renamed && !self.is_held(&asset) && !self.at.contains_key(address) {
            self.named.renamed.push(format!("{} to {}", label(&asset), address.label()));
            state.rename(&asset, address);
        }
        self.call(state, &asset, &names);
    }

    /// Lets all these names mean the asset, but for those that a file gave to another one.
    fn call(&mut self, state: &mut State, asset: &FoundRow, names: &[&Address]) {
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
                state.call(name, asset);
            }
            self.at.insert((*name).clone(), asset.clone());
        }
    }

    /// Keeps what an event says of a dataset itself, where no file describes it.
    pub(super) fn learn(&self, state: &mut State, described: &Described, at: DateTime<Utc>) {
        if let Some(row) = self.at.get(&described.dataset).filter(|row| row.origin == "lineage") {
            state.describe(&row.id, at, described.columns.as_ref(), described.description.as_ref());
        }
    }

    /// Retires a dataset that is gone, where nobody else has a word in it.
    pub(super) fn retire(&mut self, state: &mut State, address: &Address, at: DateTime<Utc>) {
        let Some(row) = self.at.get(address) else { return };
        if self.is_held(row) {
            let sentence =
                format!("{} stays: a file describes it, or other jobs use it as well.", address.label());
            let described = vec![self.described(address)];
            self.named.refused.push(Refused { sentence, described });
        } else if state.set_dropped(&row.id, Some(at)) {
            self.named.dropped.push(address.label());
        }
    }

    /// Takes a dataset that was gone back when something writes to it again.
    pub(super) fn take_back(&mut self, state: &mut State, address: &Address) {
        if let Some(row) = self.at.get(address).filter(|row| row.origin == "lineage")
            && state.set_dropped(&row.id, None)
        {
            self.named.taken_back.push(address.label());
        }
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
fn new_asset(address: &Address, now: DateTime<Utc>) -> AssetRow {
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
        created_at: Some(now),
    }
}
