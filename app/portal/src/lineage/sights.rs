//! How much of the graph the viewer of a call sees.

use std::cell::RefCell;

use super::edges::NodeId;
use crate::catalog::{Asset, Rights, Sight, Snapshot};

/// How much of each node the viewer sees: nothing of one whose asset is not there. Answered once a node and call: it is
/// asked along every edge.
pub(super) struct Sights<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) rights: &'a Rights,
    known: RefCell<Vec<Known<'a>>>,
}

#[derive(Debug, Clone, Copy)]
enum Known<'a> {
    NotAsked,
    Hidden,
    Seen(&'a Asset, Sight),
}

impl<'a> Sights<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, rights: &'a Rights) -> Self {
        Self { snapshot, rights, known: RefCell::new(vec![Known::NotAsked; snapshot.edges.len()]) }
    }

    /// The asset of a node, where the viewer may know of it.
    pub(super) fn seen(&self, node: NodeId) -> Option<(&'a Asset, Sight)> {
        let mut known = self.known.borrow_mut();
        let known = known.get_mut(node.place())?;
        if matches!(known, Known::NotAsked) {
            let asset = self.snapshot.assets.get(self.snapshot.edges.asset(node));
            let seen = asset.map(|asset| (asset, self.snapshot.sight(self.rights, asset)));
            let seen = seen.filter(|(_, sight)| *sight != Sight::Hidden);
            *known = seen.map_or(Known::Hidden, |(asset, sight)| Known::Seen(asset, sight));
        }
        match *known {
            Known::Seen(asset, sight) => Some((asset, sight)),
            Known::NotAsked | Known::Hidden => None,
        }
    }

    /// True where the viewer may know of the asset of a node.
    pub(super) fn visible(&self, node: NodeId) -> bool {
        self.seen(node).is_some()
    }

    /// The asset of a node that the viewer sees in full.
    pub(super) fn full(&self, node: NodeId) -> Option<&'a Asset> {
        self.seen(node).filter(|(_, sight)| *sight == Sight::Full).map(|(asset, _)| asset)
    }
}
