//! What a search asks of every match, noted once for each entry: a search looks at thousands of matches, and only at the
//! documents of those that it shows. The facts are a value: a change makes new ones that share with the old what stayed.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use lakeport_model::catalog::{Classification, HitKind, Layer, Visibility};
use sha2::{Digest as _, Sha256};

use super::index::first_bytes;
use crate::snapshot::{Asset, Entry, Product, Snapshot, Touch};

/// Where the facts of an entry stand, for as long as the process lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Slot(u32);

/// Set in the slots of assets; those of products have it not.
const ASSET: u32 = 1 << 31;

impl Slot {
    /// Nothing stands there.
    pub(super) const NONE: Self = Self(u32::MAX);

    fn new(is_product: bool, place: usize) -> Option<Self> {
        let place = u32::try_from(place).ok().filter(|place| *place < ASSET - 1)?;
        Some(Self(if is_product { place } else { place | ASSET }))
    }

    fn place(self) -> usize {
        (self.0 & !ASSET) as usize
    }
}

/// The facts of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) id: Arc<str>,
    /// Names the entry in the index.
    pub(super) key: u64,
    /// Its name in lower case.
    pub(super) name: Arc<str>,
    /// When the portal first saw it, in microseconds.
    pub(super) added_at: i64,
    /// Its domain, by place.
    pub(super) domain: u32,
    /// Entries of one class are seen alike by everybody who holds no grant on them; `None` where each is asked for itself.
    pub(super) class: Option<u32>,
    pub(super) kind: HitKind,
    pub(super) layer: Option<Layer>,
    pub(super) classification: Option<Classification>,
    /// False once the entry is gone.
    is_there: bool,
}

impl Fact {
    pub(super) fn is_product(&self) -> bool {
        self.kind == HitKind::Product
    }
}

/// What decides who sees an entry, but for grants. Who answers for a product is decided by its domain.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Class {
    Product(Visibility, String),
    Asset(String, BTreeSet<(Visibility, String)>),
}

/// Values that are spoken of by place.
type Places<T> = imbl::HashMap<T, u32>;

/// The facts of every entry of a snapshot.
#[derive(Clone)]
pub(super) struct Facts {
    snapshot: Arc<Snapshot>,
    /// False before the first snapshot.
    is_filled: bool,
    products: imbl::Vector<Fact>,
    assets: imbl::Vector<Fact>,
    slots: imbl::HashMap<u64, Slot>,
    domains: Places<Arc<str>>,
    domain_ids: imbl::Vector<Arc<str>>,
    classes: Places<Class>,
    /// The key of an entry; another one each time that two entries have the same.
    key: fn(&Entry, u8) -> u64,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            snapshot: Arc::default(),
            is_filled: false,
            products: imbl::Vector::new(),
            assets: imbl::Vector::new(),
            slots: imbl::HashMap::new(),
            domains: Places::new(),
            domain_ids: imbl::Vector::new(),
            classes: Places::new(),
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
                for entry in self.all().filter_map(|(_, fact)| gone(snapshot, fact)) {
                    next.note(snapshot, &entry);
                }
                let products = snapshot.products.keys().map(|id| Entry::Product(id.to_owned()));
                for entry in products.chain(snapshot.assets.keys().map(|id| Entry::Asset(id.to_owned()))) {
                    next.note(snapshot, &entry);
                }
            }
        }
        next
    }

    /// The facts in a slot; `None` once the entry is gone.
    pub(super) fn get(&self, slot: Slot) -> Option<&Fact> {
        self.held(slot).filter(|fact| fact.is_there)
    }

    /// Every entry: products first, since they are what one asks for.
    pub(super) fn all(&self) -> impl Iterator<Item = (Slot, &Fact)> {
        let products = self.products.iter().enumerate().filter_map(|placed| there(true, placed));
        products.chain(self.assets.iter().enumerate().filter_map(|placed| there(false, placed)))
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
        self.held(slot).map(|fact| fact.key)
    }

    /// How many domains and classes there are, for tables by place.
    pub(super) fn places(&self) -> (usize, usize) {
        (self.domain_ids.len(), self.classes.len())
    }

    /// The id of a domain.
    pub(super) fn domain(&self, place: u32) -> &str {
        self.domain_ids.get(place as usize).map_or("", |id| id)
    }

    fn held(&self, slot: Slot) -> Option<&Fact> {
        let facts = if slot.0 & ASSET == 0 { &self.products } else { &self.assets };
        facts.get(slot.place())
    }

    fn is(&self, slot: Slot, entry: &Entry) -> bool {
        self.held(slot).is_some_and(|fact| match entry {
            Entry::Product(id) => fact.is_product() && *fact.id == **id,
            Entry::Asset(id) => !fact.is_product() && *fact.id == **id,
        })
    }

    /// Notes anew what the snapshot says of an entry.
    fn note(&mut self, snapshot: &Snapshot, entry: &Entry) {
        let Some((slot, key)) = self.slot_for(entry) else { return };
        let fact = match entry {
            Entry::Product(id) => snapshot.products.get(id).map(|product| self.of_product(key, product)),
            Entry::Asset(id) => snapshot.assets.get(id).and_then(|asset| self.of_asset(snapshot, key, asset)),
        };
        let held = self.held(slot);
        let fact = match (fact, held) {
            (Some(fact), held) if held != Some(&fact) => fact,
            (None, Some(held)) if held.is_there => Fact { is_there: false, ..held.clone() },
            _ => return,
        };
        let facts = if slot.0 & ASSET == 0 { &mut self.products } else { &mut self.assets };
        if slot.place() < facts.len() {
            facts.set(slot.place(), fact);
        } else {
            facts.push_back(fact);
            self.slots.insert(key, slot);
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
                None => {
                    let is_product = matches!(entry, Entry::Product(_));
                    let facts = if is_product { &self.products } else { &self.assets };
                    return Slot::new(is_product, facts.len()).map(|slot| (slot, key));
                }
            }
        }
        None
    }

    fn of_product(&mut self, key: u64, product: &Product) -> Fact {
        Fact {
            id: product.id.as_str().into(),
            key,
            name: product.name.to_lowercase().into(),
            added_at: product.created_at.timestamp_micros(),
            domain: self.domain_place(&product.domain),
            class: self.class_place(Class::Product(product.visibility, product.domain.clone())),
            kind: HitKind::Product,
            layer: None,
            classification: product.ports.iter().map(|port| port.classification).max(),
            is_there: true,
        }
    }

    fn of_asset(&mut self, snapshot: &Snapshot, key: u64, asset: &Asset) -> Option<Fact> {
        let offers = snapshot.offers(&asset.id);
        let offers = offers.map(|(product, _)| (product.visibility, product.domain.clone())).collect();
        // A dashboard's text says itself who sees it.
        let class = if snapshot.is_own_dashboard(asset) {
            None
        } else {
            self.class_place(Class::Asset(asset.domain.clone(), offers))
        };
        Some(Fact {
            id: asset.id.as_str().into(),
            key,
            name: asset.title.to_lowercase().into(),
            added_at: asset.created_at.timestamp_micros(),
            domain: self.domain_place(&asset.domain),
            class,
            kind: asset.kind.as_str().parse().ok()?,
            layer: asset.layer,
            classification: Some(asset.classification),
            is_there: true,
        })
    }

    fn domain_place(&mut self, id: &str) -> u32 {
        if let Some(place) = self.domains.get(id) {
            return *place;
        }
        let id: Arc<str> = id.into();
        let place = u32::try_from(self.domain_ids.len()).unwrap_or(u32::MAX);
        self.domain_ids.push_back(Arc::clone(&id));
        self.domains.insert(id, place);
        place
    }

    fn class_place(&mut self, class: Class) -> Option<u32> {
        if let Some(place) = self.classes.get(&class) {
            return Some(*place);
        }
        let place = u32::try_from(self.classes.len()).ok()?;
        self.classes.insert(class, place);
        Some(place)
    }
}

/// An entry with its slot, unless it is gone.
fn there(is_product: bool, (place, fact): (usize, &Fact)) -> Option<(Slot, &Fact)> {
    Slot::new(is_product, place).filter(|_| fact.is_there).map(|slot| (slot, fact))
}

/// An entry that a snapshot has not any more.
fn gone(snapshot: &Snapshot, fact: &Fact) -> Option<Entry> {
    if fact.is_product() {
        (!snapshot.products.contains_key(&*fact.id)).then(|| Entry::Product(fact.id.to_string()))
    } else {
        (!snapshot.assets.contains_key(&*fact.id)).then(|| Entry::Asset(fact.id.to_string()))
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
