//! Assets that are seen alike. A walk through the graph meets more of them than it could look up and ask for one by one:
//! what it has to know of each stands here by the number of its node.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use imbl::{HashMap, Vector};
use lakeport_model::catalog::{AssetKind, Visibility};

use super::types::{Asset, Snapshot};
use crate::lineage::NodeId;

/// What decides who sees an asset, but for grants, and what is counted of it where it is hit. Who answers for a product is
/// decided by its domain.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Class {
    /// Its domain.
    pub domain: String,
    /// Visibility and domain of the products that offer it.
    pub offers: BTreeSet<(Visibility, String)>,
    /// True for a dashboard.
    pub is_dashboard: bool,
}

/// What is known of the asset of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outline {
    /// There is none.
    Absent,
    /// It is of no class: each viewer is asked for it alone.
    Alone,
    /// It is of the class with this number.
    Alike(u32),
}

/// The outlines of all nodes. A class keeps its number; a clone shares what does not change afterwards.
#[derive(Clone, Default)]
pub(super) struct Classes {
    outlines: Vector<Outline>,
    numbers: HashMap<Arc<Class>, u32>,
    /// By number.
    held: Vector<Arc<Class>>,
}

impl fmt::Debug for Classes {
    /// Numbers depend on the order of the changes: nothing that is written of a snapshot does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Classes").finish_non_exhaustive()
    }
}

impl Classes {
    fn number(&mut self, class: Class) -> u32 {
        if let Some(number) = self.numbers.get(&class) {
            return *number;
        }
        let (class, number) = (Arc::new(class), u32::try_from(self.held.len()).unwrap_or(u32::MAX));
        self.held.push_back(Arc::clone(&class));
        self.numbers.insert(class, number);
        number
    }

    fn put(&mut self, node: NodeId, outline: Outline) {
        // Of what was not looked at, nothing is taken for granted.
        while self.outlines.len() <= node.place() {
            self.outlines.push_back(Outline::Alone);
        }
        if self.outlines.get(node.place()) != Some(&outline) {
            self.outlines.set(node.place(), outline);
        }
    }
}

impl Snapshot {
    /// What is known of the asset of a node.
    pub(crate) fn outline(&self, node: NodeId) -> Outline {
        self.classes.outlines.get(node.place()).copied().unwrap_or(Outline::Alone)
    }

    /// The class of the asset of a node, where it is of one.
    pub fn class(&self, node: NodeId) -> Option<&Class> {
        let Outline::Alike(number) = self.outline(node) else { return None };
        self.classes.held.get(number as usize).map(Arc::as_ref)
    }

    /// How many classes there are.
    pub(crate) fn class_count(&self) -> usize {
        self.classes.held.len()
    }

    /// The class of an asset; none for a dashboard of this portal, whose text says itself who sees it.
    pub(crate) fn class_of(&self, asset: &Asset) -> Option<Class> {
        if self.is_own_dashboard(asset) {
            return None;
        }
        let offers = self.offers(&asset.id).map(|(product, _)| (product.visibility, product.domain.clone()));
        Some(Class {
            domain: asset.domain.clone(),
            offers: offers.collect(),
            is_dashboard: asset.kind == AssetKind::Dashboard,
        })
    }

    /// Notes anew what is known of these assets.
    pub(super) fn classify(&mut self, assets: &BTreeSet<Arc<str>>) {
        for asset in assets {
            if let Some(node) = self.edges.node(asset) {
                self.outline_anew(node);
            }
        }
    }

    /// Notes what is known of all assets in the graph.
    pub(super) fn classify_all(&mut self) {
        for node in self.edges.nodes() {
            self.outline_anew(node);
        }
    }

    fn outline_anew(&mut self, node: NodeId) {
        let class = self.assets.get(self.edges.asset(node)).map(|asset| self.class_of(asset));
        let outline = match class {
            None => Outline::Absent,
            Some(None) => Outline::Alone,
            Some(Some(class)) => Outline::Alike(self.classes.number(class)),
        };
        self.classes.put(node, outline);
    }
}

#[cfg(test)]
impl Snapshot {
    /// The same with these edges.
    pub(crate) fn flowing(mut self, edges: crate::lineage::Edges) -> Self {
        self.edges = edges;
        self.classes = Classes::default();
        self.classify_all();
        self
    }
}
