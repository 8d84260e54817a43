//! How much of the graph the viewer of a call sees. The answer is always the catalog's own; of assets that they see alike it
//! is asked once, however many of them a walk meets.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use super::edges::{Direction, NodeId};
use crate::catalog::{Asset, Rights, Sight, Snapshot};
use crate::snapshot::Outline;

/// How much of each node the viewer sees: nothing of one whose asset is not there.
pub(super) struct Sights<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) rights: &'a Rights,
    /// By class.
    alike: Vec<Cell<Option<Sight>>>,
    /// What the viewer holds grants on, and what those products offer: seen in its own way.
    granted: HashSet<NodeId>,
    /// What was asked for alone.
    alone: RefCell<HashMap<NodeId, Sight>>,
}

impl<'a> Sights<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, rights: &'a Rights) -> Self {
        let mut granted = HashSet::new();
        for grant in rights.grants() {
            let product = snapshot.products.get(&grant.product);
            let offered = product.into_iter().flat_map(|product| &product.ports);
            let assets = offered.filter_map(|port| port.asset.as_ref()).chain(&grant.asset);
            granted.extend(assets.filter_map(|asset| snapshot.edges.node(asset)));
        }
        let alike = vec![Cell::new(None); snapshot.class_count()];
        Self { snapshot, rights, alike, granted, alone: RefCell::default() }
    }

    /// How much the viewer sees of the asset of a node.
    pub(super) fn sight(&self, node: NodeId) -> Sight {
        match self.snapshot.outline(node) {
            Outline::Absent => Sight::Hidden,
            Outline::Alike(class) if !self.granted.contains(&node) => {
                let Some(known) = self.alike.get(class as usize) else { return self.asked(node) };
                let sight = known.get().unwrap_or_else(|| self.asked(node));
                known.set(Some(sight));
                sight
            }
            Outline::Alone | Outline::Alike(_) => {
                if let Some(sight) = self.alone.borrow().get(&node) {
                    return *sight;
                }
                let sight = self.asked(node);
                self.alone.borrow_mut().insert(node, sight);
                sight
            }
        }
    }

    /// The asset of a node, whoever sees it.
    pub(super) fn asset(&self, node: NodeId) -> Option<&'a Asset> {
        self.snapshot.assets.get(self.snapshot.edges.asset(node))
    }

    fn asked(&self, node: NodeId) -> Sight {
        self.asset(node).map_or(Sight::Hidden, |asset| self.snapshot.sight(self.rights, asset))
    }

    /// The asset of a node, where the viewer may know of it.
    pub(super) fn seen(&self, node: NodeId) -> Option<(&'a Asset, Sight)> {
        let sight = self.sight(node);
        let asset = self.asset(node).filter(|_| sight != Sight::Hidden);
        asset.map(|asset| (asset, sight))
    }

    /// True where the viewer may know of the asset of a node.
    pub(super) fn visible(&self, node: NodeId) -> bool {
        self.sight(node) != Sight::Hidden
    }

    /// True where the viewer sees the asset in full, and its description speaks of this column, or its lineage does together
    /// with what they see in full: what only hidden flows speak of is not there for them.
    pub(super) fn has_column(&self, asset: &Asset, column: &str) -> bool {
        let is_spoken_of = |node| {
            [Direction::Upstream, Direction::Downstream].into_iter().any(|direction| {
                let beside = self.snapshot.edges.columns_beside(node, column, direction);
                beside.into_iter().any(|(node, _)| self.is_full(node))
            })
        };
        self.snapshot.sight(self.rights, asset) == Sight::Full
            && (asset.columns.iter().any(|held| held.name == column)
                || self.snapshot.edges.node(&asset.id).is_some_and(is_spoken_of))
    }

    /// True where the viewer sees the asset of a node in full.
    pub(super) fn is_full(&self, node: NodeId) -> bool {
        self.sight(node) == Sight::Full
    }
}

#[cfg(test)]
pub(super) mod tests {
    use chrono::DateTime;
    use lakeport_model::PersonId;
    use lakeport_model::catalog::Visibility;
    use lakeport_model::people::{DomainRef, Membership, Role, Viewer};
    use proptest::prelude::*;
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
            created_at: Some(DateTime::UNIX_EPOCH),
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
            created_at: Some(DateTime::UNIX_EPOCH),
        };
        let tables = tables.iter().map(table).collect();
        let snapshot = Snapshot::of(Vec::new(), Vec::new(), tables, Vec::new());
        snapshot.offering(1, products.iter().map(product).collect())
    }

    fn vera() -> Viewer {
        Viewer {
            id: PersonId(Uuid::from_u128(1)),
            name: "Vera".to_owned(),
            email: "vera@nordkauf.example".to_owned(),
            administrator: false,
            service: false,
            memberships: Vec::new(),
        }
    }

    /// Somebody who belongs to no domain and holds nothing.
    pub(in crate::lineage) fn stranger() -> Rights {
        Rights::for_test(vera(), None)
    }

    proptest! {
        #[test]
        fn a_walk_never_sees_another_thing_than_the_catalog_says(
            offered in proptest::collection::vec(proptest::option::of(0..Visibility::ALL.len()), 6),
            is_member in any::<bool>(),
            granted in proptest::option::of((0usize..6, 0usize..6)),
        ) {
            let names: Vec<String> = (0..7).map(|at| format!("t{at}")).collect();
            let offered: Vec<(&str, &str)> = offered
                .iter()
                .zip(&names)
                .filter_map(|(visibility, name)| Some((Visibility::ALL[(*visibility)?].as_str(), name.as_str())))
                .collect();
            let used = |name: &String| UseRow { job: "j".to_owned(), asset: name.clone(), writes: true };
            let edges = Edges::new(Vec::new(), names.iter().map(used).collect());
            let snapshot = catalog(&names[..6], &offered).flowing(edges);
            let domain = DomainRef { id: "finance".into(), name: "Finance".to_owned() };
            let memberships = is_member.then_some(Membership { domain, role: Role::Member }).into_iter().collect();
            let granted = granted.map(|(product, asset)| (format!("pt{product}"), names[asset].clone()));
            let rights = Rights::for_test(Viewer { memberships, ..vera() }, granted);
            let sights = Sights::new(&snapshot, &rights);
            for node in snapshot.edges.nodes().chain(snapshot.edges.nodes()) {
                let asset = snapshot.assets.get(snapshot.edges.asset(node));
                let truth = asset.map_or(Sight::Hidden, |asset| snapshot.sight(&rights, asset));
                prop_assert_eq!(sights.sight(node), truth, "{}", snapshot.edges.asset(node));
            }
        }
    }

    #[test]
    fn however_many_assets_a_walk_meets_the_catalog_is_asked_once_a_class() {
        let names: Vec<String> = (0..10_000).map(|at| format!("t{at:05}")).collect();
        // Of the second half nothing is known but that a job writes it.
        let (known, unknown) = names.split_at(5_000);
        let used = |name: &String| UseRow { job: "j".to_owned(), asset: name.clone(), writes: true };
        let edges = Edges::new(Vec::new(), names.iter().map(used).collect());
        let snapshot = catalog(known, &[("restricted", &known[0])]).flowing(edges);
        let rights = stranger();
        let sights = Sights::new(&snapshot, &rights);
        let sight = |name: &String| sights.sight(snapshot.edges.node(name).expect("it is used"));
        assert_eq!(sight(&known[0]), Sight::NameOnly);
        assert!(known[1..].iter().all(|name| sight(name) == Sight::Full));
        assert!(unknown.iter().all(|name| sight(name) == Sight::Hidden));
        assert_eq!((sights.alike.len(), sights.alone.borrow().len()), (2, 0));
    }
}
