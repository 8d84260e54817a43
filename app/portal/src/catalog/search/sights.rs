//! How much of each match the viewer sees. The answer is always the catalog's own; of entries that it sees alike it is asked
//! once.

use std::collections::HashSet;

use super::facts::{Fact, Facts, Shape, Slot};
use crate::catalog::{Rights, Sight};
use crate::snapshot::Entry;

/// What one viewer sees, remembered for one search.
pub(super) struct Sights<'a> {
    facts: &'a Facts,
    rights: &'a Rights,
    /// By class.
    known: Vec<Option<Sight>>,
    /// What the viewer holds grants on, and what those products offer: seen in its own way.
    granted: HashSet<Slot>,
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
        Self { facts, rights, known: vec![None; facts.classes()], granted }
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
        let sight = self.asked(fact);
        if let Some(known) = class.and_then(|class| self.known.get_mut(class)) {
            *known = Some(sight);
        }
        sight
    }

    fn asked(&self, fact: &Fact) -> Sight {
        let snapshot = self.facts.snapshot();
        let sight = if fact.is_product() {
            snapshot.products.get(&*fact.id).map(|product| self.rights.product_sight(product))
        } else {
            snapshot.assets.get(&*fact.id).map(|asset| snapshot.sight(self.rights, asset))
        };
        sight.unwrap_or(Sight::Hidden)
    }
}
