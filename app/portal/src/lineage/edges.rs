//! The edges between assets in memory, found from both ends and changed without touching the rest.
//!
//! Assets, jobs and columns stand here by number, and what belongs to an asset in short slices in the order of names: so
//! a walk writes no text, and what it answers does not depend on the order in which events came. A clone shares all that
//! is not changed afterwards.

mod names;
mod put;
#[cfg(test)]
mod tests;
mod walks;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use imbl::Vector;
use names::Names;
pub use names::{JobId, NodeId};
pub use put::EdgesBuilder;
pub use walks::Reach;
pub(super) use walks::{ColumnReach, Field, MOST_WALKED, Marks};

use crate::store::lineage::UseRow;

/// Which way to go along the edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To what an asset is made of.
    Upstream,
    /// To what is made of it.
    Downstream,
}

impl Direction {
    /// Source and target of the edge that leads this way from a node to the next one.
    fn ends(self, node: NodeId, next: NodeId) -> (NodeId, NodeId) {
        match self {
            Self::Upstream => (next, node),
            Self::Downstream => (node, next),
        }
    }
}

/// An edge by its names: data flows from `source` to `target`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Asset the data comes from.
    pub source: String,
    /// Asset the data goes to.
    pub target: String,
    /// Keys of the jobs that move it, in order.
    pub jobs: Vec<String>,
    /// Column lineage: source column, target column.
    pub columns: BTreeSet<(String, String)>,
    /// True where the runs of these jobs no longer draw it.
    pub is_former: bool,
}

/// All edges, one a pair of assets.
#[derive(Debug, Clone, Default)]
pub struct Edges {
    assets: Names,
    jobs: Names,
    columns: Names,
    /// By the number of the asset.
    nodes: Vector<Arc<Node>>,
    /// The assets that a job reads or writes, by the number of the job.
    used: Vector<Arc<[Counted]>>,
    /// How many edges are former.
    former: u32,
}

/// An asset with what leads to it and away from it. All slices but `uses` are in the order of names.
#[derive(Debug, Clone, Default)]
struct Node {
    sources: Arc<[NodeId]>,
    /// What is known of the edge from each of the sources.
    details: Arc<[Arc<Details>]>,
    targets: Arc<[Counted]>,
    /// Those of the targets to which the edge is former.
    former: Arc<[Counted]>,
    /// What was said about jobs that read or write the asset, beside the edges.
    uses: Arc<[Use]>,
    readers: Arc<[Counted]>,
    writers: Arc<[Counted]>,
}

impl Node {
    /// True where nothing is said of the asset, nor by it of others.
    fn is_silent(&self) -> bool {
        let Self { sources, targets, uses, readers, writers, details: _, former: _ } = self;
        sources.is_empty()
            && targets.is_empty()
            && uses.is_empty()
            && readers.is_empty()
            && writers.is_empty()
    }
}

/// What is known of an edge. Edges into the same asset share what is the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Details {
    jobs: Box<[u32]>,
    columns: Box<[(u32, u32)]>,
    is_former: bool,
}

/// A job that reads or writes the asset that holds this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    job: u32,
    writes: bool,
}

/// A member of a list that several things put there: it leaves when the last of them is gone.
#[derive(Debug, Clone, Copy)]
struct Counted {
    number: u32,
    times: u32,
}

/// What is known of the data that flows from one asset to another.
#[derive(Debug, Clone, Copy)]
pub struct Flow<'a> {
    edges: &'a Edges,
    details: &'a Details,
}

impl<'a> Flow<'a> {
    /// The jobs that move it, in the order of their keys.
    pub fn jobs(self) -> impl Iterator<Item = JobId> + use<'a> {
        self.details.jobs.iter().copied().map(JobId)
    }

    /// Column lineage: source column, target column.
    pub fn columns(self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let name = |column: u32| self.edges.columns.name(column);
        self.details.columns.iter().map(move |(source, target)| (name(*source), name(*target)))
    }

    /// True where runs of these jobs no longer draw it.
    pub fn is_former(self) -> bool {
        self.details.is_former
    }
}

impl Edges {
    /// The node of an asset; none where nothing is said of it.
    pub fn node(&self, asset: &str) -> Option<NodeId> {
        self.assets.find(asset).map(NodeId)
    }

    /// The asset of a node.
    pub fn asset(&self, node: NodeId) -> &str {
        self.assets.name(node.0)
    }

    /// The key of a job.
    pub fn job(&self, job: JobId) -> &str {
        self.jobs.name(job.0)
    }

    /// All nodes, in the order of their numbers.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..names::number_of(self.len())).map(NodeId)
    }

    /// How many nodes there are, those included that nothing is said of any more.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True where nothing was ever said of any asset.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What lies one edge away, by name.
    pub fn neighbours(&self, node: NodeId, direction: Direction) -> impl Iterator<Item = NodeId> {
        let (sources, targets): (&[NodeId], &[Counted]) = match (self.at(node), direction) {
            (None, _) => (&[], &[]),
            (Some(node), Direction::Upstream) => (&node.sources, &[]),
            (Some(node), Direction::Downstream) => (&[], &node.targets),
        };
        sources.iter().copied().chain(targets.iter().map(|target| NodeId(target.number)))
    }

    /// Assets that flow into this one, by name.
    pub fn upstream(&self, asset: &str) -> impl Iterator<Item = &str> {
        let above = self.node(asset).into_iter().flat_map(|node| self.neighbours(node, Direction::Upstream));
        above.map(|source| self.asset(source))
    }

    /// The edges into an asset, by the name of where they come from.
    pub fn edges_into(&self, node: NodeId) -> impl Iterator<Item = (NodeId, Flow<'_>)> {
        let edges = self.at(node).into_iter().flat_map(|node| node.sources.iter().zip(node.details.iter()));
        edges.map(|(source, details)| (*source, Flow { edges: self, details }))
    }

    /// The edge between two assets.
    pub fn between(&self, source: NodeId, target: NodeId) -> Option<Flow<'_>> {
        let target = self.at(target)?;
        let place = target.sources.binary_search_by(|held| self.assets.cmp(held.0, source.0)).ok()?;
        Some(Flow { edges: self, details: target.details.get(place)? })
    }

    /// True where edges are former anywhere.
    pub(super) fn has_former(&self) -> bool {
        self.former > 0
    }

    /// Whether the edge between two assets is former, the one of them a neighbour of the other this way.
    fn is_former(&self, node: NodeId, next: NodeId, direction: Direction) -> bool {
        let (source, target) = direction.ends(node, next);
        self.at(source).is_some_and(|node| {
            node.former.binary_search_by(|held| self.assets.cmp(held.number, target.0)).is_ok()
        })
    }

    /// Jobs of which an asset has only former edges this way: they no longer write it (upstream), or read it.
    pub(super) fn former_jobs(&self, node: NodeId, direction: Direction) -> HashSet<JobId> {
        if !self.has_former() {
            return HashSet::new();
        }
        let flows = |is_former: bool| {
            let neighbours = self.neighbours(node, direction);
            let wanted = neighbours.filter(move |next| self.is_former(node, *next, direction) == is_former);
            wanted.filter_map(move |next| {
                let (source, target) = direction.ends(node, next);
                self.between(source, target)
            })
        };
        let mut former: HashSet<JobId> = flows(true).flat_map(Flow::jobs).collect();
        if !former.is_empty() {
            for job in flows(false).flat_map(Flow::jobs) {
                former.remove(&job);
            }
        }
        former
    }

    /// Those of these nodes that an edge from an asset goes to, however many more there are, each with what is said of it.
    pub(super) fn targets_among<T: Copy>(&self, source: NodeId, others: &HashMap<NodeId, T>) -> Vec<T> {
        let targets = self.at(source).map_or(&[][..], |node| &node.targets);
        if targets.len() <= others.len() {
            return targets.iter().filter_map(|held| others.get(&NodeId(held.number)).copied()).collect();
        }
        let leads_to =
            |other: &NodeId| targets.binary_search_by(|held| self.assets.cmp(held.number, other.0)).is_ok();
        others.iter().filter(|(other, _)| leads_to(other)).map(|(_, said)| *said).collect()
    }

    /// Jobs that read an asset, in the order of their keys.
    pub fn readers(&self, node: NodeId) -> impl Iterator<Item = JobId> {
        self.jobs_at(node, Direction::Downstream)
    }

    /// Jobs that write an asset, in the order of their keys.
    pub fn writers(&self, node: NodeId) -> impl Iterator<Item = JobId> {
        self.jobs_at(node, Direction::Upstream)
    }

    /// Jobs that write an asset (upstream), or read it, in the order of their keys.
    pub(super) fn jobs_at(&self, node: NodeId, direction: Direction) -> impl Iterator<Item = JobId> {
        let (readers, writers): (&[Counted], &[Counted]) = match (self.at(node), direction) {
            (None, _) => (&[], &[]),
            (Some(node), Direction::Upstream) => (&[], &node.writers),
            (Some(node), Direction::Downstream) => (&node.readers, &[]),
        };
        readers.iter().chain(writers).map(|job| JobId(job.number))
    }

    /// Assets that a job reads or writes, by name.
    pub fn assets_of(&self, job: JobId) -> impl Iterator<Item = NodeId> {
        let used = self.used.get(job.0 as usize).into_iter().flat_map(|used| used.iter());
        used.map(|asset| NodeId(asset.number))
    }

    /// Columns of an asset that column lineage speaks of, together with assets that are `visible`: a column that only hidden
    /// ones use would tell of them.
    pub fn columns_of(&self, node: NodeId, visible: &dyn Fn(NodeId) -> bool) -> BTreeSet<&str> {
        let into = self.edges_into(node).filter(|(source, _)| visible(*source));
        let into = into.flat_map(|(_, flow)| flow.columns()).map(|(_, target)| target);
        let out = self.neighbours(node, Direction::Downstream).filter(|to| visible(*to));
        let out = out.filter_map(|to| self.between(node, to));
        into.chain(out.flat_map(Flow::columns).map(|(source, _)| source)).collect()
    }

    /// All edges and all that jobs use, by their names and in order: graphs that came about in other ways can be compared.
    pub fn listed(&self) -> (Vec<Edge>, Vec<UseRow>) {
        let job = |job: JobId| self.job(job).to_owned();
        let text = |(source, target): (&str, &str)| (source.to_owned(), target.to_owned());
        let into = |target: NodeId| {
            self.edges_into(target).map(move |(source, flow)| Edge {
                source: self.asset(source).to_owned(),
                target: self.asset(target).to_owned(),
                jobs: flow.jobs().map(job).collect(),
                columns: flow.columns().map(text).collect(),
                is_former: flow.is_former(),
            })
        };
        let mut edges: Vec<Edge> = self.nodes().flat_map(into).collect();
        edges.sort_by(|a, b| (&a.source, &a.target).cmp(&(&b.source, &b.target)));
        let uses = |node: NodeId| {
            let of = move |job: JobId, writes| UseRow {
                job: self.job(job).to_owned(),
                asset: self.asset(node).to_owned(),
                writes,
            };
            let reads = self.readers(node).map(move |job| of(job, false));
            reads.chain(self.writers(node).map(move |job| of(job, true)))
        };
        let mut uses: Vec<UseRow> = self.nodes().flat_map(uses).collect();
        uses.sort_by(|a, b| (&a.job, &a.asset, a.writes).cmp(&(&b.job, &b.asset, b.writes)));
        (edges, uses)
    }

    fn at(&self, node: NodeId) -> Option<&Node> {
        self.nodes.get(node.0 as usize).map(Arc::as_ref)
    }
}
