//! Walks along the edges: what lies within reach, and what a column is made of.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::{Direction, Edges, NodeId};

/// Most assets one walk goes through, nearest first, where no more than a part of them can be shown.
pub(in crate::lineage) const MOST_WALKED: usize = 5_000;

/// Most edges that the walk along a column looks at, those it looks at again included: events decide how many there are.
const MOST_LOOKED_AT: usize = 1_000_000;

/// Nodes that are noted one by one before there is room for one note on each node of the graph: what a small walk needs
/// does not grow with the catalog.
const FEW_MET: usize = 4_096;

/// Nodes that were met: a few as such, many as a bit for each node of the graph.
#[derive(Debug)]
pub(in crate::lineage) struct Marks {
    few: HashSet<NodeId>,
    /// Empty as long as there are few.
    bits: Vec<u64>,
    /// How many nodes the graph has.
    nodes: usize,
}

impl Marks {
    pub(in crate::lineage) fn over(edges: &Edges) -> Self {
        Self { few: HashSet::new(), bits: Vec::new(), nodes: edges.len() }
    }

    /// Marks a node; true when it was not marked before.
    pub(in crate::lineage) fn insert(&mut self, node: NodeId) -> bool {
        if self.bits.is_empty() {
            if self.few.len() < FEW_MET || self.few.contains(&node) {
                return self.few.insert(node);
            }
            self.bits = vec![0; self.nodes.div_ceil(64)];
            for node in std::mem::take(&mut self.few) {
                self.set(node);
            }
        }
        self.set(node)
    }

    pub(in crate::lineage) fn contains(&self, node: NodeId) -> bool {
        let (place, bit) = Self::place(node);
        self.few.contains(&node) || self.bits.get(place).is_some_and(|marks| marks & bit != 0)
    }

    fn set(&mut self, node: NodeId) -> bool {
        let (place, bit) = Self::place(node);
        let Some(marks) = self.bits.get_mut(place) else { return false };
        let is_new = *marks & bit == 0;
        *marks |= bit;
        is_new
    }

    fn place(node: NodeId) -> (usize, u64) {
        (node.place() / 64, 1 << (node.place() % 64))
    }
}

/// A column of an asset.
pub(in crate::lineage) type Field<'a> = (NodeId, &'a str);

/// What a walk found.
#[derive(Debug, Default)]
pub struct Reach {
    /// Nearest first, those of a distance by the names of what they were found from and of their own; the start left out.
    pub nodes: Vec<NodeId>,
    /// Where among them each distance ends, from one hop on.
    pub ends: Vec<usize>,
    /// True where that is everything.
    pub is_whole: bool,
    /// True where the way may lead over former edges.
    pub past_former: bool,
}

impl Reach {
    /// How many hops away the node at this place is.
    pub fn hops(&self, place: usize) -> u32 {
        let nearer = self.ends.partition_point(|end| *end <= place);
        u32::try_from(nearer + 1).unwrap_or(u32::MAX)
    }
}

/// The assets that a column flows into or comes from, each with how many hops away it is and its columns on the way.
#[derive(Debug, Default)]
pub(in crate::lineage) struct ColumnReach<'a> {
    /// By asset; the start left out.
    pub(in crate::lineage) assets: HashMap<NodeId, (u32, BTreeSet<&'a str>)>,
    /// True where that is everything.
    pub(in crate::lineage) is_whole: bool,
}

impl Edges {
    /// Everything within `hops` of a node, at most so many nodes. Cycles end where they close. The walk goes only through
    /// what is `visible`; that is asked once a node.
    pub fn reach(
        &self,
        start: NodeId,
        direction: Direction,
        (hops, most): (usize, usize),
        visible: &dyn Fn(NodeId) -> bool,
    ) -> Reach {
        self.walk(start, direction, (hops, most), visible, true)
    }

    /// The same along edges that are not former.
    pub(in crate::lineage) fn live_reach(
        &self,
        start: NodeId,
        direction: Direction,
        (hops, most): (usize, usize),
        visible: &dyn Fn(NodeId) -> bool,
    ) -> Reach {
        self.walk(start, direction, (hops, most), visible, false)
    }

    fn walk(
        &self,
        start: NodeId,
        direction: Direction,
        (hops, most): (usize, usize),
        visible: &dyn Fn(NodeId) -> bool,
        along_former: bool,
    ) -> Reach {
        let mut past_former = false;
        let mut seen = Marks::over(self);
        seen.insert(start);
        let (mut nodes, mut ends): (Vec<NodeId>, Vec<usize>) = (Vec::new(), Vec::new());
        let mut level = vec![start];
        for _ in 0..hops {
            let begin = nodes.len();
            for node in level {
                for next in self.neighbours(node, direction) {
                    let is_former = self.has_former() && self.is_former(node, next, direction);
                    if is_former && !along_former {
                        continue;
                    }
                    if seen.insert(next) && visible(next) {
                        past_former |= is_former;
                        if nodes.len() == most {
                            return Reach { nodes, ends, is_whole: false, past_former };
                        }
                        nodes.push(next);
                    }
                }
            }
            ends.push(nodes.len());
            level = nodes[begin..].to_vec();
            if level.is_empty() {
                break;
            }
        }
        Reach { nodes, ends, is_whole: true, past_former }
    }

    /// Follows one column of an asset one way, at most through so many columns and only through assets that are `visible`;
    /// along former edges where that is wanted.
    pub(in crate::lineage) fn column_reach(
        &self,
        start: NodeId,
        column: &str,
        direction: Direction,
        (most, along_former): (usize, bool),
        visible: &dyn Fn(NodeId) -> bool,
    ) -> ColumnReach<'_> {
        let mut reach = ColumnReach { assets: HashMap::new(), is_whole: true };
        let Some(number) = self.columns.find(column) else { return reach };
        let mut met = HashSet::from([(start, number)]);
        let mut looks = MOST_LOOKED_AT;
        let mut level = HashMap::from([(start, BTreeSet::from([number]))]);
        let mut hops = 0;
        while !level.is_empty() {
            hops += 1;
            let mut nodes: Vec<(NodeId, BTreeSet<u32>)> = std::mem::take(&mut level).into_iter().collect();
            // Where the walk is cut off, it is cut off at the same place each time.
            nodes.sort_unstable_by_key(|(node, _)| node.place());
            for (node, columns) in nodes {
                let steps = self.column_steps(node, &columns, (direction, along_former), &mut looks);
                for (_, next, column) in steps {
                    if met.contains(&(next, column)) || !visible(next) {
                        continue;
                    }
                    if met.len() > most {
                        return ColumnReach { is_whole: false, ..reach };
                    }
                    met.insert((next, column));
                    level.entry(next).or_default().insert(column);
                    if next != start {
                        let (_, names) = reach.assets.entry(next).or_insert((hops, BTreeSet::new()));
                        names.insert(self.columns.name(column));
                    }
                }
            }
        }
        reach.is_whole = looks > 0;
        reach
    }

    /// Follows one column of an asset to all columns it is made of and that are made of it. Answers asset and column, the
    /// start included, at most [`MOST_WALKED`]; only through assets that are `visible`.
    pub(in crate::lineage) fn column_path<'a>(
        &'a self,
        asset: &'a str,
        column: &'a str,
        visible: &dyn Fn(NodeId) -> bool,
    ) -> BTreeSet<(&'a str, &'a str)> {
        let mut path = BTreeSet::from([(asset, column)]);
        let (Some(start), Some(number)) = (self.node(asset), self.columns.find(column)) else { return path };
        for direction in [Direction::Upstream, Direction::Downstream] {
            let mut looks = MOST_LOOKED_AT;
            // Columns that were reached and not yet followed: all of an asset together, so that its edges are looked at once.
            let mut waiting: HashMap<NodeId, BTreeSet<u32>> =
                HashMap::from([(start, BTreeSet::from([number]))]);
            let mut queue = VecDeque::from([start]);
            while let Some(node) = queue.pop_front() {
                let columns = waiting.remove(&node).unwrap_or_default();
                for (_, next, column) in self.column_steps(node, &columns, (direction, true), &mut looks) {
                    let step = (self.asset(next), self.columns.name(column));
                    if path.len() == MOST_WALKED || path.contains(&step) || !visible(next) {
                        continue;
                    }
                    path.insert(step);
                    let waiting = waiting.entry(next).or_default();
                    if waiting.is_empty() {
                        queue.push_back(next);
                    }
                    waiting.insert(column);
                }
            }
        }
        path
    }

    /// What is met on the way from columns of an asset, within so many hops one way: each time the column that data comes
    /// from and the one it goes to. At most through so many columns, the nearest, and four times as many of these pairs; only
    /// through assets that are `visible`, and along no former edge. Of many columns to begin with, the first leave room for
    /// what lies behind them.
    pub(in crate::lineage) fn column_pairs<'a>(
        &'a self,
        start: NodeId,
        columns: &BTreeSet<&str>,
        direction: Direction,
        (hops, most): (usize, usize),
        visible: &dyn Fn(NodeId) -> bool,
    ) -> BTreeSet<(Field<'a>, Field<'a>)> {
        let begun: BTreeSet<u32> =
            columns.iter().filter_map(|column| self.columns.find(column)).take(most / 2).collect();
        let mut met: HashSet<(NodeId, u32)> = begun.iter().map(|column| (start, *column)).collect();
        // All columns of an asset together, so that its edges are looked at once.
        let mut level = BTreeMap::from([(start, begun)]);
        let mut pairs = BTreeSet::new();
        let mut looks = MOST_LOOKED_AT;
        for _ in 0..hops {
            for (node, columns) in std::mem::take(&mut level) {
                let steps = self.column_steps(node, &columns, (direction, false), &mut looks);
                for (here, next, there) in steps {
                    if !visible(next) {
                        continue;
                    }
                    if !met.contains(&(next, there)) {
                        if met.len() >= most {
                            continue;
                        }
                        met.insert((next, there));
                        level.entry(next).or_default().insert(there);
                    }
                    if pairs.len() >= 4 * most {
                        return pairs;
                    }
                    let (here, there) = ((node, self.columns.name(here)), (next, self.columns.name(there)));
                    pairs.insert(match direction {
                        Direction::Upstream => (there, here),
                        Direction::Downstream => (here, there),
                    });
                }
            }
        }
        pairs
    }

    /// The columns that a column of an asset comes from or goes to in one step, whoever sees them.
    pub(in crate::lineage) fn columns_beside(
        &self,
        node: NodeId,
        column: &str,
        direction: Direction,
    ) -> Vec<(NodeId, &str)> {
        let Some(number) = self.columns.find(column) else { return Vec::new() };
        let mut looks = MOST_LOOKED_AT;
        let steps = self.column_steps(node, &BTreeSet::from([number]), (direction, true), &mut looks);
        steps.into_iter().map(|(_, next, column)| (next, self.columns.name(column))).collect()
    }

    /// Where columns of an asset come from or go to, in one step, along former edges where that is wanted: each with what it
    /// leads to.
    fn column_steps(
        &self,
        node: NodeId,
        columns: &BTreeSet<u32>,
        (direction, along_former): (Direction, bool),
        looks: &mut usize,
    ) -> Vec<(u32, NodeId, u32)> {
        let mut steps = Vec::new();
        for next in self.neighbours(node, direction) {
            let (source, target) = direction.ends(node, next);
            let flow = self.between(source, target).filter(|flow| along_former || !flow.is_former());
            let pairs = flow.map_or(&[][..], |flow| &flow.details.columns);
            let Some(left) = looks.checked_sub(1 + pairs.len()) else {
                *looks = 0;
                break;
            };
            *looks = left;
            for (source, target) in pairs {
                let (here, there) = match direction {
                    Direction::Upstream => (target, source),
                    Direction::Downstream => (source, target),
                };
                if columns.contains(here) {
                    steps.push((*here, next, *there));
                }
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::lineage::UseRow;

    #[test]
    fn a_small_walk_never_needs_room_for_the_whole_graph_and_a_large_one_meets_nothing_twice() {
        let used = |at: usize| UseRow { job: "j".to_owned(), asset: format!("a{at:05}"), writes: false };
        let edges = Edges::new(Vec::new(), (0..10_000).map(used).collect());
        let known = |at: usize| edges.node(&format!("a{at:05}")).expect("it is used");
        let nodes: Vec<NodeId> = (0..10_000).map(known).collect();
        let mut marks = Marks::over(&edges);
        for (met, node) in nodes.iter().enumerate() {
            assert!(!marks.contains(*node) && marks.insert(*node) && !marks.insert(*node));
            assert_eq!(marks.bits.is_empty(), met < FEW_MET, "{met}");
        }
        assert!(nodes.iter().all(|node| marks.contains(*node) && !marks.insert(*node)));
    }
}
