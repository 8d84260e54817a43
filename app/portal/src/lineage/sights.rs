//! How much of the graph the viewer of a call sees.

use std::cell::RefCell;
use std::collections::HashMap;

use super::edges::{FEW_MET, NodeId};
use crate::catalog::{Asset, Rights, Sight, Snapshot};

/// How much of each node the viewer sees: nothing of one whose asset is not there. Answered once a node and call: it is
/// asked along every edge.
pub(super) struct Sights<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) rights: &'a Rights,
    known: RefCell<Memo<'a>>,
}

/// What was asked: a few nodes as such, many in a place for each node of the graph. What a small call needs does not grow
/// with the catalog.
enum Memo<'a> {
    Few(HashMap<NodeId, Known<'a>>),
    Many(Vec<Known<'a>>),
}

#[derive(Debug, Clone, Copy)]
enum Known<'a> {
    NotAsked,
    Hidden,
    Seen(&'a Asset, Sight),
}

impl<'a> Memo<'a> {
    fn get(&self, node: NodeId) -> Known<'a> {
        let known = match self {
            Self::Few(few) => few.get(&node),
            Self::Many(many) => many.get(node.place()),
        };
        known.copied().unwrap_or(Known::NotAsked)
    }

    /// Notes what is known of a node, in a graph of so many.
    fn put(&mut self, node: NodeId, known: Known<'a>, nodes: usize) {
        if let Self::Few(few) = self
            && few.len() == FEW_MET
        {
            let mut many = vec![Known::NotAsked; nodes];
            for (node, known) in std::mem::take(few) {
                many[node.place()] = known;
            }
            *self = Self::Many(many);
        }
        match self {
            Self::Few(few) => {
                few.insert(node, known);
            }
            Self::Many(many) => many[node.place()] = known,
        }
    }
}

impl<'a> Sights<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, rights: &'a Rights) -> Self {
        Self { snapshot, rights, known: RefCell::new(Memo::Few(HashMap::new())) }
    }

    /// The asset of a node, where the viewer may know of it.
    pub(super) fn seen(&self, node: NodeId) -> Option<(&'a Asset, Sight)> {
        let mut known = self.known.borrow().get(node);
        if matches!(known, Known::NotAsked) {
            let asset = self.snapshot.assets.get(self.snapshot.edges.asset(node));
            let seen = asset.map(|asset| (asset, self.snapshot.sight(self.rights, asset)));
            let seen = seen.filter(|(_, sight)| *sight != Sight::Hidden);
            known = seen.map_or(Known::Hidden, |(asset, sight)| Known::Seen(asset, sight));
            self.known.borrow_mut().put(node, known, self.snapshot.edges.len());
        }
        match known {
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

#[cfg(test)]
pub(super) mod tests {
    use chrono::DateTime;
    use lakeport_model::PersonId;
    use lakeport_model::people::Viewer;
    use uuid::Uuid;

    use super::*;
    use crate::lineage::Edges;
    use crate::store::catalog::AssetRow;
    use crate::store::lineage::UseRow;
    use crate::store::snapshot::ProductRow;

    /// Tables of a domain, and its products: of each its visibility and the table that it offers.
    pub(in crate::lineage) fn catalog(tables: &[String], products: &[(&str, &str)]) -> Snapshot {
        let table = |id: &String| AssetRow {
            id: id.clone(),
            kind: "table".to_owned(),
            layer: None,
            namespace: "lakehouse".to_owned(),
            name: id.clone(),
            domain: "finance".to_owned(),
            description: String::new(),
            platform: None,
            location: None,
            classification: "internal".to_owned(),
            tags: "[]".to_owned(),
            columns: "[]".to_owned(),
            origin: "file".to_owned(),
            created_at: DateTime::UNIX_EPOCH,
        };
        let product = |(visibility, table): &(&str, &str)| ProductRow {
            id: format!("p{table}"),
            domain: "finance".to_owned(),
            document: format!(
                "apiVersion: v1.0.0\nkind: DataProduct\nid: p{table}\nname: Of {table}\nversion: 1.0.0\n\
                 status: active\ndomain: finance\ncustomProperties:\n\
                 - {{property: lakeport.visibility, value: {visibility}}}\noutputPorts:\n- name: p\n  \
                 version: 1.0.0\n  customProperties:\n  - {{property: lakeport.asset, value: {table}}}\n"
            ),
            created_at: DateTime::UNIX_EPOCH,
        };
        let tables = tables.iter().map(table).collect();
        let snapshot = Snapshot::of(Vec::new(), Vec::new(), tables, Vec::new());
        snapshot.offering(1, products.iter().map(product).collect())
    }

    /// Somebody who belongs to no domain and holds nothing.
    pub(in crate::lineage) fn stranger() -> Rights {
        let viewer = Viewer {
            id: PersonId(Uuid::from_u128(1)),
            name: "Vera".to_owned(),
            email: "vera@nordkauf.example".to_owned(),
            administrator: false,
            service: false,
            memberships: Vec::new(),
        };
        Rights::for_test(viewer, None)
    }

    #[test]
    fn a_small_call_never_needs_room_for_the_whole_graph_and_a_large_one_forgets_nothing() {
        let names: Vec<String> = (0..10_000).map(|at| format!("t{at:05}")).collect();
        // Of the second half nothing is known but that a job writes it.
        let (known, unknown) = names.split_at(5_000);
        let mut snapshot = catalog(known, &[]);
        let used = |name: &String| UseRow { job: "j".to_owned(), asset: name.clone(), writes: true };
        snapshot.edges = Edges::new(Vec::new(), names.iter().map(used).collect());
        let rights = stranger();
        let sights = Sights::new(&snapshot, &rights);
        let seen = |name: &String| {
            let node = snapshot.edges.node(name).expect("it is used");
            sights.seen(node).map(|(asset, _)| asset.id.clone())
        };
        assert!(known[..1_000].iter().all(|name| seen(name).as_ref() == Some(name)));
        assert!(matches!(*sights.known.borrow(), Memo::Few(_)));
        for _ in 0..2 {
            assert!(known.iter().all(|name| seen(name).as_ref() == Some(name)));
            assert!(unknown.iter().all(|name| seen(name).is_none()));
        }
        assert!(matches!(*sights.known.borrow(), Memo::Many(_)));
    }
}
