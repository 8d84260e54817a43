//! Which nodes and connections are drawn.

use std::collections::HashMap;

use lakeport_model::lineage::GraphRequest;

use super::super::edges::{Direction, Edges, MOST_WALKED, Marks, NodeId};
use super::super::sights::Sights;
use crate::catalog::{Asset, Sight};

/// Most nodes drawn; beyond that a drawing helps nobody.
const MOST_NODES: usize = 200;
/// Most connections drawn, those nearest to the focus first.
const MOST_EDGES: usize = 1_000;
const MOST_HOPS: u8 = 10;
/// Most nodes opened by hand.
const MOST_OPEN: usize = 50;

/// An asset that is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) asset: &'a Asset,
    /// Its place in the graph, where something is said of it.
    pub(super) node: Option<NodeId>,
    pub(super) sight: Sight,
}

impl<'a> Shown<'a> {
    /// An asset as the viewer sees it.
    pub(super) fn of(sights: &Sights<'a>, asset: &'a Asset) -> Self {
        let sight = sights.snapshot.sight(sights.rights, asset);
        Self { asset, node: sights.snapshot.edges.node(&asset.id), sight }
    }

    pub(super) fn is_full(&self) -> bool {
        self.sight == Sight::Full
    }
}

/// What is drawn of a graph; the focus comes first.
pub(super) struct Chosen<'a> {
    pub(super) shown: Vec<Shown<'a>>,
    /// How many more are within reach.
    pub(super) cut_off: u32,
    /// True where that is only of the nearest ones.
    pub(super) there_are_more: bool,
}

/// Nodes in the order in which they were found, each once.
struct Found {
    nodes: Vec<NodeId>,
    seen: Marks,
    is_whole: bool,
}

impl Found {
    /// The focus alone, before anything else is found.
    fn at(focus: NodeId, edges: &Edges) -> Self {
        let mut seen = Marks::over(edges);
        seen.insert(focus);
        Self { nodes: Vec::new(), seen, is_whole: true }
    }

    fn add(&mut self, sights: &Sights, from: NodeId, direction: Direction, hops: usize) {
        let visible = |node| sights.visible(node);
        let reach = sights.snapshot.edges.reach(from, direction, (hops, MOST_WALKED), &visible);
        self.nodes.extend(reach.nodes.into_iter().filter(|node| self.seen.insert(*node)));
        self.is_whole &= reach.is_whole;
    }
}

/// The focus, what is within reach of it, and the neighbours of nodes opened by hand, nearest first. What the viewer
/// may not see is not walked through and not counted: neither a line nor a number tells that it exists.
pub(super) fn choose<'a>(sights: &Sights<'a>, focus: &'a Asset, request: &GraphRequest) -> Chosen<'a> {
    let edges = &sights.snapshot.edges;
    let focus = Shown::of(sights, focus);
    let mut chosen = Chosen { shown: vec![focus], cut_off: 0, there_are_more: false };
    let Some(node) = focus.node else { return chosen };
    let mut found = Found::at(node, edges);
    let hops = |wanted: u8| usize::from(wanted.min(MOST_HOPS));
    found.add(sights, node, Direction::Upstream, hops(request.up));
    found.add(sights, node, Direction::Downstream, hops(request.down));
    for open in request.open.iter().take(MOST_OPEN) {
        if let Some(open) = edges.node(open).filter(|open| found.seen.contains(*open)) {
            found.add(sights, open, Direction::Upstream, 1);
            found.add(sights, open, Direction::Downstream, 1);
        }
    }
    let cut_off = (found.nodes.len() + 1).saturating_sub(MOST_NODES);
    found.nodes.truncate(MOST_NODES - 1);
    let shown = |node: NodeId| {
        let (asset, sight) = sights.seen(node)?;
        Some(Shown { asset, node: Some(node), sight })
    };
    chosen.shown.extend(found.nodes.into_iter().filter_map(shown));
    chosen.cut_off = u32::try_from(cut_off).unwrap_or(u32::MAX);
    chosen.there_are_more = !found.is_whole;
    chosen
}

/// Connections between the chosen nodes, by index and nearest to the focus first, and how many more there are.
pub(super) fn pairs(edges: &Edges, shown: &[Shown]) -> (Vec<(u32, u32)>, u32) {
    let places: HashMap<NodeId, u32> =
        shown.iter().zip(0..).filter_map(|(shown, place)| Some((shown.node?, place))).collect();
    let out = |(source, from): (&NodeId, &u32)| {
        let from = *from;
        edges.targets_among(*source, &places).into_iter().map(move |to| (from, to))
    };
    let mut pairs: Vec<(u32, u32)> = places.iter().flat_map(out).collect();
    pairs.sort_by_key(|(from, to)| (*from.min(to), *from.max(to), *from));
    let cut_off = u32::try_from(pairs.len().saturating_sub(MOST_EDGES)).unwrap_or(u32::MAX);
    pairs.truncate(MOST_EDGES);
    (pairs, cut_off)
}
