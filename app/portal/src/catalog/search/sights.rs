//! How much of each match the viewer sees. The answer is always the catalog's own; of entries that it sees alike it is asked
//! once, and of what everybody sees in full, once for everybody.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU8, Ordering};

use super::facts::{Fact, Facts, Shape, Slot};
use crate::catalog::{Rights, Sight};
use crate::snapshot::Entry;

/// Which classes of entries somebody sees in full who belongs nowhere, answers for nothing and holds no grant: whoever else
/// asks sees no less.
#[derive(Debug, Default)]
pub(super) struct Open(Box<[AtomicU8]>);

/// What is known of a class.
const NOT_ASKED: u8 = 0;
const IS_OPEN: u8 = 1;
const IS_NOT: u8 = 2;

impl Open {
    pub(super) fn new(classes: usize) -> Self {
        Self((0..classes).map(|_| AtomicU8::new(NOT_ASKED)).collect())
    }

    /// True for a class that everybody sees in full; `ask` says it of one that nobody asked about yet.
    fn is(&self, class: usize, ask: impl FnOnce() -> bool) -> bool {
        let Some(known) = self.0.get(class) else { return false };
        match known.load(Ordering::Relaxed) {
            NOT_ASKED => {
                let is_open = ask();
                known.store(if is_open { IS_OPEN } else { IS_NOT }, Ordering::Relaxed);
                is_open
            }
            known => known == IS_OPEN,
        }
    }
}

/// What one viewer sees, remembered for one search.
pub(super) struct Sights<'a> {
    facts: &'a Facts,
    rights: &'a Rights,
    /// By class.
    known: Vec<Option<Sight>>,
    /// What the viewer holds grants on, and what those products offer: seen in its own way.
    granted: HashSet<Slot>,
    stranger: Rights,
}

impl<'a> Sights<'a> {
    pub(super) fn new(facts: &'a Facts, rights: &'a Rights) -> Self {
        let mut granted = HashSet::new();
        let mut add = |entry: Entry| granted.extend(facts.find(&entry));
        for grant in rights.grants() {
            add(Entry::Product(grant.product.clone()));
            grant.asset.iter().cloned().map(Entry::Asset).for_each(&mut add);
            let product = facts.snapshot().products.get(&grant.product);
            let ports = product.into_iter().flat_map(|product| &product.ports);
            ports.filter_map(|port| port.asset.clone()).map(Entry::Asset).for_each(&mut add);
        }
        Self { facts, rights, known: vec![None; facts.classes()], granted, stranger: Rights::of_a_stranger() }
    }

    /// The entries that are seen in their own way, whatever class they are of.
    pub(super) fn granted(&self) -> impl Iterator<Item = Slot> {
        self.granted.iter().copied()
    }

    /// How much of an entry the viewer sees.
    pub(super) fn of(&mut self, slot: Slot, fact: &Fact, shape: &Shape) -> Sight {
        let class = shape.class.filter(|_| !self.granted.contains(&slot)).map(|class| class as usize);
        if let Some(sight) = class.and_then(|class| *self.known.get(class)?) {
            return sight;
        }
        let sight = match class {
            Some(class)
                if self.facts.open().is(class, || self.asked(&self.stranger, fact) == Sight::Full) =>
            {
                Sight::Full
            }
            _ => self.asked(self.rights, fact),
        };
        if let Some(known) = class.and_then(|class| self.known.get_mut(class)) {
            *known = Some(sight);
        }
        sight
    }

    fn asked(&self, rights: &Rights, fact: &Fact) -> Sight {
        let snapshot = self.facts.snapshot();
        let sight = if fact.is_product() {
            snapshot.products.get(&*fact.id).map(|product| rights.product_sight(product))
        } else {
            snapshot.assets.get(&*fact.id).map(|asset| snapshot.sight(rights, asset))
        };
        sight.unwrap_or(Sight::Hidden)
    }
}
