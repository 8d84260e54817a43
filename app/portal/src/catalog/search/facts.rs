//! What a search asks of every match, noted once for each entry: a search looks at thousands of matches, and only at the
//! documents of those that it shows. The facts are a value: a change makes new ones that share with the old what stayed.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use lakeport_model::catalog::{Classification, HitKind, Layer, Visibility};
use lakeport_model::certify::Certifiable;
use lakeport_model::retire::Retirable;
use sha2::{Digest as _, Sha256};

use super::index::first_bytes;
use super::numbered::Numbered;
use super::sights::Open;
use crate::snapshot::{Asset, Entry, Product, Snapshot, Touch};

/// Where the facts of an entry stand, for as long as the process lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Slot(u32);

impl Slot {
    /// Nothing stands there.
    pub(super) const NONE: Self = Self(u32::MAX);

    fn new(place: usize) -> Option<Self> {
        u32::try_from(place).ok().map(Self).filter(|slot| *slot != Self::NONE)
    }

    /// Its place in tables by slot.
    pub(super) fn place(self) -> usize {
        self.0 as usize
    }
}

/// The facts of an entry, beside its shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) id: Arc<str>,
    /// Names the entry in the index.
    pub(super) key: u64,
    /// Its name in lower case.
    pub(super) name: Arc<str>,
    /// When the portal first saw it, in microseconds.
    pub(super) added_at: i64,
    pub(super) kind: HitKind,
}

impl Fact {
    pub(super) fn is_product(&self) -> bool {
        self.kind == HitKind::Product
    }

    fn entry(&self) -> Entry {
        let id = self.id.to_string();
        if self.is_product() { Entry::Product(id) } else { Entry::Asset(id) }
    }
}

/// What is counted of an entry, and what decides who sees it. Thousands of entries have one shape: a search looks at each
/// shape once, and counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    pub(super) kind: HitKind,
    /// Its domain, by number.
    pub(super) domain: u32,
    pub(super) layer: Option<Layer>,
    pub(super) classification: Option<Classification>,
    /// A contract promises how it is.
    pub(super) is_promised: bool,
    /// Entries of one class are seen alike by everybody who holds no grant on them; `None` where each is asked for itself.
    pub(super) class: Option<u32>,
    /// The day from which on it is retired, and not found.
    pub(super) retired_on: Option<NaiveDate>,
    /// The last day on which it is certified, also where that is over.
    pub(super) certified_until: Option<NaiveDate>,
}

/// The shape of an entry that is gone.
const GONE: u32 = u32::MAX;

/// What decides who sees an entry, but for grants. Who answers for a product is decided by its domain.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Class {
    Product(Visibility, String),
    Asset(String, BTreeSet<(Visibility, String)>),
}

/// The facts of every entry of a snapshot.
#[derive(Clone)]
pub(super) struct Facts {
    snapshot: Arc<Snapshot>,
    /// False before the first snapshot.
    is_filled: bool,
    /// By slot.
    entries: imbl::Vector<Fact>,
    /// The numbers of the shapes, by slot: all that a search asks of most matches.
    shaped: imbl::Vector<u32>,
    slots: imbl::HashMap<u64, Slot>,
    domains: Numbered<Arc<str>>,
    classes: Numbered<Class>,
    shapes: Numbered<Shape>,
    /// What everybody sees in full.
    open: Arc<Open>,
    /// The key of an entry; another one each time that two entries have the same.
    key: fn(&Entry, u8) -> u64,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            snapshot: Arc::default(),
            is_filled: false,
            entries: imbl::Vector::new(),
            shaped: imbl::Vector::new(),
            slots: imbl::HashMap::new(),
            domains: Numbered::default(),
            classes: Numbered::default(),
            shapes: Numbered::default(),
            open: Arc::default(),
            key: key_of,
        }
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Facts").field("change", &self.snapshot.change).finish_non_exhaustive()
    }
}

/// The first bytes of a digest: the same in every process.
fn key_of(entry: &Entry, attempt: u8) -> u64 {
    let (kind, id) = match entry {
        Entry::Product(id) => ("p:", id),
        Entry::Asset(id) => ("a:", id),
    };
    let digest = Sha256::new().chain_update([attempt]).chain_update(kind).chain_update(id).finalize();
    first_bytes(&digest)
}

impl Facts {
    /// The catalog that these are the facts of.
    pub(super) fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// True when they are as new as this change.
    pub(super) fn reflects(&self, change: i64) -> bool {
        self.is_filled && self.snapshot.change >= change
    }

    /// The facts of the next snapshot.
    pub(super) fn next(&self, snapshot: &Arc<Snapshot>, touched: &Touch) -> Self {
        let mut next = Self { snapshot: Arc::clone(snapshot), is_filled: true, ..self.clone() };
        match touched {
            Touch::Entries(touched) if self.is_filled => {
                for entry in beside(&self.snapshot, snapshot, touched) {
                    next.note(snapshot, &entry);
                }
            }
            _ => {
                for entry in self.all().filter(|(_, fact)| is_gone(snapshot, fact)) {
                    next.note(snapshot, &entry.1.entry());
                }
                let products = snapshot.products.keys().map(|id| Entry::Product(id.to_owned()));
                for entry in products.chain(snapshot.assets.keys().map(|id| Entry::Asset(id.to_owned()))) {
                    next.note(snapshot, &entry);
                }
            }
        }
        next.open = Arc::new(Open::new(next.classes()));
        next
    }

    /// Which classes everybody sees in full, as of this snapshot alone.
    pub(super) fn open(&self) -> &Open {
        &self.open
    }

    /// The facts in a slot; `None` once the entry is gone.
    pub(super) fn get(&self, slot: Slot) -> Option<&Fact> {
        self.entries.get(slot.place()).filter(|_| self.is_there(slot))
    }

    /// Every entry.
    pub(super) fn all(&self) -> impl Iterator<Item = (Slot, &Fact)> {
        let placed = self.entries.iter().enumerate();
        let placed = placed.filter_map(|(place, fact)| Slot::new(place).map(|slot| (slot, fact)));
        placed.filter(|(slot, _)| self.is_there(*slot))
    }

    /// The slot of every entry.
    pub(super) fn all_slots(&self) -> impl Iterator<Item = Slot> {
        let placed = self.shaped.iter().enumerate().filter(|(_, shape)| **shape != GONE);
        placed.filter_map(|(place, _)| Slot::new(place))
    }

    /// Answers the number of each slot's shape, quickest for one after the other.
    pub(super) fn shaped(&self) -> Shaped<'_> {
        Shaped(self.shaped.focus())
    }

    /// The shape of this number.
    pub(super) fn shape(&self, number: u32) -> Option<&Shape> {
        self.shapes.get(number)
    }

    /// The slot of a document of the index.
    pub(super) fn slot(&self, key: u64) -> Slot {
        self.slots.get(&key).copied().unwrap_or(Slot::NONE)
    }

    /// The slot of an entry.
    pub(super) fn find(&self, entry: &Entry) -> Option<Slot> {
        for attempt in 0..=u8::MAX {
            let slot = *self.slots.get(&(self.key)(entry, attempt))?;
            if self.is(slot, entry) {
                return Some(slot);
            }
        }
        None
    }

    /// What names an entry in the index, also after it is gone.
    pub(super) fn key(&self, slot: Slot) -> Option<u64> {
        self.entries.get(slot.place()).map(|fact| fact.key)
    }

    /// How many domains there are, for tables by number.
    pub(super) fn domains(&self) -> usize {
        self.domains.len()
    }

    /// How many classes there are.
    pub(super) fn classes(&self) -> usize {
        self.classes.len()
    }

    /// How many shapes there are.
    pub(super) fn shapes(&self) -> usize {
        self.shapes.len()
    }

    /// The id of a domain.
    pub(super) fn domain(&self, number: u32) -> &str {
        self.domains.get(number).map_or("", |id| id)
    }

    /// True for the id of a domain that an entry names, or named since the process began.
    pub(super) fn has_domain(&self, id: &str) -> bool {
        self.domains.find(id).is_some()
    }

    fn is_there(&self, slot: Slot) -> bool {
        self.shaped.get(slot.place()).is_some_and(|shape| *shape != GONE)
    }

    fn is(&self, slot: Slot, entry: &Entry) -> bool {
        self.entries.get(slot.place()).is_some_and(|fact| match entry {
            Entry::Product(id) => fact.is_product() && *fact.id == **id,
            Entry::Asset(id) => !fact.is_product() && *fact.id == **id,
        })
    }

    /// Notes anew what the snapshot says of an entry.
    fn note(&mut self, snapshot: &Snapshot, entry: &Entry) {
        let Some((slot, key)) = self.slot_for(entry) else { return };
        let said = match entry {
            Entry::Product(id) => {
                snapshot.products.get(id).map(|product| self.of_product(snapshot, key, product))
            }
            Entry::Asset(id) => snapshot.assets.get(id).and_then(|asset| self.of_asset(snapshot, key, asset)),
        };
        let said = said.and_then(|(fact, shape)| Some((fact, self.shapes.number(shape)?)));
        let place = slot.place();
        match said {
            Some((fact, shape)) if place == self.entries.len() => {
                self.entries.push_back(fact);
                self.shaped.push_back(shape);
                self.slots.insert(key, slot);
            }
            // What stays is shared with the facts before.
            Some((fact, shape)) => {
                if self.entries.get(place) != Some(&fact) {
                    self.entries.set(place, fact);
                }
                self.put_shape(place, shape);
            }
            None => self.put_shape(place, GONE),
        }
    }

    fn put_shape(&mut self, place: usize, shape: u32) {
        if self.shaped.get(place).is_some_and(|held| *held != shape) {
            self.shaped.set(place, shape);
        }
    }

    /// Slot and key of an entry; where it has none yet, the next one.
    fn slot_for(&self, entry: &Entry) -> Option<(Slot, u64)> {
        for attempt in 0..=u8::MAX {
            let key = (self.key)(entry, attempt);
            match self.slots.get(&key) {
                Some(slot) if self.is(*slot, entry) => return Some((*slot, key)),
                // Two entries of one key: the later one takes another.
                Some(_) => {}
                None => return Slot::new(self.entries.len()).map(|slot| (slot, key)),
            }
        }
        None
    }

    fn of_product(&mut self, snapshot: &Snapshot, key: u64, product: &Product) -> (Fact, Shape) {
        let fact = Fact {
            id: product.id.as_str().into(),
            key,
            name: product.name.to_lowercase().into(),
            added_at: product.created_at.timestamp_micros(),
            kind: HitKind::Product,
        };
        let shape = Shape {
            kind: fact.kind,
            domain: self.domain_number(&product.domain),
            layer: None,
            classification: product.ports.iter().map(|port| port.classification).max(),
            is_promised: promises(product),
            class: self.classes.number(Class::Product(product.visibility, product.domain.clone())),
            retired_on: retired_on(snapshot, Retirable::Product, &product.id),
            certified_until: snapshot.certified_until(Certifiable::Product, &product.id),
        };
        (fact, shape)
    }

    fn of_asset(&mut self, snapshot: &Snapshot, key: u64, asset: &Asset) -> Option<(Fact, Shape)> {
        let offers = snapshot.offers(&asset.id);
        let offers = offers.map(|(product, _)| (product.visibility, product.domain.clone())).collect();
        // A dashboard's text says itself who sees it.
        let class = if snapshot.is_own_dashboard(asset) {
            None
        } else {
            self.classes.number(Class::Asset(asset.domain.clone(), offers))
        };
        let fact = Fact {
            id: asset.id.as_str().into(),
            key,
            name: asset.title.to_lowercase().into(),
            added_at: asset.created_at.timestamp_micros(),
            kind: asset.kind.as_str().parse().ok()?,
        };
        let shape = Shape {
            kind: fact.kind,
            domain: self.domain_number(&asset.domain),
            layer: asset.layer,
            classification: Some(asset.classification),
            is_promised: snapshot.offers(&asset.id).any(|(product, _)| promises(product)),
            class,
            retired_on: retired_on(snapshot, Retirable::Asset, &asset.id),
            certified_until: snapshot.certified_until(Certifiable::Asset, &asset.id),
        };
        Some((fact, shape))
    }

    fn domain_number(&mut self, id: &str) -> u32 {
        let known = self.domains.find(id);
        known.or_else(|| self.domains.number(id.into())).unwrap_or(u32::MAX)
    }
}

/// The numbers of the shapes, as a search goes through them.
pub(super) struct Shaped<'a>(imbl::vector::Focus<'a, u32, imbl::shared_ptr::DefaultSharedPtr>);

impl Shaped<'_> {
    /// The number of the shape in a slot; `None` once the entry is gone.
    pub(super) fn of(&mut self, slot: Slot) -> Option<u32> {
        self.0.get(slot.place()).copied().filter(|shape| *shape != GONE)
    }
}

/// True for a product that offers something under a contract. Only of what everybody sees: nobody learns of the others by
/// the order of hits.
fn promises(product: &Product) -> bool {
    product.visibility == Visibility::Open && product.ports.iter().any(|port| port.contract.is_some())
}

/// The day from which on an entry is retired.
fn retired_on(snapshot: &Snapshot, kind: Retirable, id: &str) -> Option<NaiveDate> {
    snapshot.retirement(kind, id).map(|retired| retired.on_day)
}

/// True for an entry that a snapshot has not any more.
fn is_gone(snapshot: &Snapshot, fact: &Fact) -> bool {
    if fact.is_product() {
        !snapshot.products.contains_key(&*fact.id)
    } else {
        !snapshot.assets.contains_key(&*fact.id)
    }
}

/// What was touched, with the entries whose facts follow from it: who sees an asset hangs on the products that offer it, and
/// how sensitive a product is on what it offers.
fn beside(before: &Snapshot, now: &Snapshot, touched: &BTreeSet<Entry>) -> BTreeSet<Entry> {
    let mut all = touched.clone();
    for snapshot in [before, now] {
        for entry in touched {
            match entry {
                Entry::Product(id) => {
                    let ports = snapshot.products.get(id).into_iter().flat_map(|product| &product.ports);
                    all.extend(ports.filter_map(|port| port.asset.clone()).map(Entry::Asset));
                }
                Entry::Asset(id) => {
                    all.extend(snapshot.offers(id).map(|(product, _)| Entry::Product(product.id.clone())));
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests;
