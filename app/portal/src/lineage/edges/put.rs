//! How edges come into the graph: all of them at once, or what leads into one asset anew.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::names::{Names, NodeId, number_of};
use super::{Counted, Details, Edges, Node, Use};
use crate::store::lineage::{EdgeRow, UseRow};

/// So many steps are kept before they are done: what a large graph needs while it is made stays below what it is.
const MOST_STEPS: usize = 1 << 20;

/// What a row says of an edge into an asset.
#[derive(Debug)]
struct Said {
    source: u32,
    job: Option<u32>,
    columns: Box<[(u32, u32)]>,
    is_former: bool,
}

/// A member that comes into a list, or leaves it, so many times.
#[derive(Debug, Clone, Copy)]
struct Step {
    list: u32,
    member: u32,
    by: i32,
}

/// What the change of an asset does to the lists of others, and to its own lists of jobs.
#[derive(Debug, Default)]
struct Steps {
    targets: Vec<Step>,
    former: Vec<Step>,
    readers: Vec<Step>,
    writers: Vec<Step>,
    used: Vec<Step>,
}

impl Steps {
    /// True where they are to be done before there are more.
    fn are_many(&self) -> bool {
        self.used.len().max(self.targets.len()) > MOST_STEPS
    }

    /// Counts what an asset says about others, or takes it back.
    fn count(&mut self, asset: u32, node: &Node, by: i32) {
        for (source, details) in node.sources.iter().zip(node.details.iter()) {
            let step = Step { list: source.0, member: asset, by };
            self.targets.push(step);
            self.former.extend(details.is_former.then_some(step));
            for job in &details.jobs {
                self.reads(source.0, *job, by);
                self.writes(asset, *job, by);
            }
        }
        for Use { job, writes } in node.uses.iter() {
            if *writes { self.writes(asset, *job, by) } else { self.reads(asset, *job, by) }
        }
    }

    fn reads(&mut self, asset: u32, job: u32, by: i32) {
        self.readers.push(Step { list: asset, member: job, by });
        self.used.push(Step { list: job, member: asset, by });
    }

    fn writes(&mut self, asset: u32, job: u32, by: i32) {
        self.writers.push(Step { list: asset, member: job, by });
        self.used.push(Step { list: job, member: asset, by });
    }
}

impl Edges {
    /// Edges as they are stored; several jobs between the same two assets become one edge.
    /// `uses` are what jobs read or write, also those with one side only.
    pub fn new(rows: Vec<EdgeRow>, uses: Vec<UseRow>) -> Self {
        let mut builder = EdgesBuilder::default();
        for row in rows {
            builder.edge(&row.source, &row.target, &row.job, &row.columns, row.former_since.is_some());
        }
        for row in uses {
            builder.uses(&row.job, &row.asset, row.writes);
        }
        builder.finish()
    }

    /// Replaces all edges into an asset and all uses of it, by what is stored of them now. What it costs depends on those
    /// and on the neighbours they name, and not on the size of the graph.
    pub fn put(&mut self, asset: &str, into: Vec<EdgeRow>, uses: Vec<UseRow>) {
        self.put_many([(asset.to_owned(), into, uses)]);
    }

    /// The same for many assets. A list that several of them touch is made anew once, and not with each of them: that of
    /// something everything is made from is as long as the catalog.
    pub fn put_many(&mut self, parts: impl IntoIterator<Item = (String, Vec<EdgeRow>, Vec<UseRow>)>) {
        let mut steps = Steps::default();
        for (asset, into, uses) in parts {
            if into.is_empty() && uses.is_empty() && self.node(&asset).is_none() {
                continue;
            }
            let number = self.assets.number(&asset);
            let said = |row: &EdgeRow| Said {
                source: self.assets.number(&row.source),
                job: (!row.job.is_empty()).then(|| self.jobs.number(&row.job)),
                columns: columns(&mut self.columns, &row.columns),
                is_former: row.former_since.is_some(),
            };
            let said = into.iter().filter(|row| row.target == asset).map(said).collect();
            let used = |row: &UseRow| Use { job: self.jobs.number(&row.job), writes: row.writes };
            let uses = uses.iter().filter(|row| row.asset == asset).map(used).collect();
            self.grow();
            self.replace(number, said, uses, &mut steps);
            if steps.are_many() {
                self.settle(std::mem::take(&mut steps));
            }
        }
        self.settle(steps);
        self.tidy();
    }

    /// Adds edges of which no job and no column is known; one that is there already stays as it is, but is not former.
    pub fn add(&mut self, rows: &[EdgeRow]) {
        let mut steps = Steps::default();
        for rows in rows.chunk_by(|a, b| a.target == b.target) {
            let Some(first) = rows.first() else { continue };
            let target = self.assets.number(&first.target);
            let sources: Vec<u32> = rows.iter().map(|row| self.assets.number(&row.source)).collect();
            self.grow();
            self.add_sources(target, &sources, &mut steps);
            if steps.are_many() {
                self.settle(std::mem::take(&mut steps));
            }
        }
        self.settle(steps);
    }

    fn add_sources(&mut self, target: u32, added: &[u32], steps: &mut Steps) {
        let Some(node) = self.nodes.get_mut(target as usize) else { return };
        let node = Arc::make_mut(node);
        steps.count(target, node, -1);
        let held = node.sources.iter().copied().zip(node.details.iter().cloned());
        let mut held: Vec<(NodeId, Arc<Details>)> = held.collect();
        for source in added {
            match held.binary_search_by(|(held, _)| self.assets.cmp(held.0, *source)) {
                Ok(place) => {
                    if let Some((_, details)) = held.get_mut(place).filter(|(_, held)| held.is_former) {
                        Arc::make_mut(details).is_former = false;
                    }
                }
                Err(place) => {
                    let details = Details { jobs: Box::default(), columns: Box::default(), is_former: false };
                    held.insert(place, (NodeId(*source), Arc::new(details)));
                }
            }
        }
        let (sources, details): (Vec<NodeId>, Vec<Arc<Details>>) = held.into_iter().unzip();
        (node.sources, node.details) = (sources.into(), details.into());
        steps.count(target, node, 1);
    }

    /// Lets go of names that nothing speaks of any more.
    fn tidy(&mut self) {
        if self.assets.are_many() {
            let spoken_of = (0..).zip(self.nodes.iter()).filter(|(_, node)| !node.is_silent());
            self.assets.keep(spoken_of.map(|(number, _)| number));
        }
        if self.jobs.are_many() {
            let spoken_of = (0..).zip(self.used.iter()).filter(|(_, used)| !used.is_empty());
            self.jobs.keep(spoken_of.map(|(number, _)| number));
        }
        if self.columns.are_many() {
            let details = self.nodes.iter().flat_map(|node| node.details.iter());
            let pairs = details.flat_map(|details| details.columns.iter());
            self.columns.keep(pairs.flat_map(|(source, target)| [*source, *target]));
        }
    }

    /// Makes room for what has a number since.
    fn grow(&mut self) {
        let none = Arc::<Node>::default();
        while self.nodes.len() < self.assets.end() {
            self.nodes.push_back(Arc::clone(&none));
        }
        while self.used.len() < self.jobs.end() {
            self.used.push_back(Arc::default());
        }
    }

    /// Replaces what leads into an asset, and notes what that does to the lists of others.
    fn replace(&mut self, asset: u32, said: Vec<Said>, mut uses: Vec<Use>, steps: &mut Steps) {
        let (sources, details): (Vec<NodeId>, Vec<Arc<Details>>) = self.merged(said).into_iter().unzip();
        uses.sort_unstable();
        uses.dedup();
        let Some(node) = self.nodes.get_mut(asset as usize) else { return };
        let node = Arc::make_mut(node);
        steps.count(asset, node, -1);
        (node.sources, node.details, node.uses) = (sources.into(), details.into(), uses.into());
        steps.count(asset, node, 1);
    }

    /// One edge a source, by name.
    fn merged(&self, mut said: Vec<Said>) -> Vec<(NodeId, Arc<Details>)> {
        said.sort_by(|a, b| self.assets.cmp(a.source, b.source));
        let mut shared: HashSet<Arc<Details>> = HashSet::new();
        let merge = |rows: &[Said]| {
            let mut jobs: Vec<u32> = rows.iter().filter_map(|row| row.job).collect();
            jobs.sort_unstable_by(|a, b| self.jobs.cmp(*a, *b));
            jobs.dedup();
            let mut columns: Vec<_> = rows.iter().flat_map(|row| row.columns.iter().copied()).collect();
            columns.sort_unstable();
            columns.dedup();
            // It is former for all of its jobs, and nothing else states it.
            let is_former = rows.iter().all(|row| row.is_former && row.job.is_some());
            let details = Details { jobs: jobs.into(), columns: columns.into(), is_former };
            let details = shared.get(&details).cloned().unwrap_or_else(|| Arc::new(details));
            shared.insert(Arc::clone(&details));
            (NodeId(rows[0].source), details)
        };
        said.chunk_by(|a, b| a.source == b.source).map(merge).collect()
    }

    /// Brings members into lists, and takes them out.
    fn settle(&mut self, steps: Steps) {
        let added: i32 = steps.former.iter().map(|step| step.by).sum();
        let Self { assets, jobs, nodes, used, former, .. } = self;
        *former = former.saturating_add_signed(added);
        let mut of_nodes = |steps: Vec<Step>, names: &Names, list: fn(&mut Node) -> &mut Arc<[Counted]>| {
            for_each_list(steps, names, |number, steps| {
                if let Some(node) = nodes.get_mut(number) {
                    let list = list(Arc::make_mut(node));
                    *list = changed(list, steps, names);
                }
            });
        };
        of_nodes(steps.targets, assets, |node| &mut node.targets);
        of_nodes(steps.former, assets, |node| &mut node.former);
        of_nodes(steps.readers, jobs, |node| &mut node.readers);
        of_nodes(steps.writers, jobs, |node| &mut node.writers);
        for_each_list(steps.used, assets, |number, steps| {
            if let Some(list) = used.get_mut(number) {
                *list = changed(list, steps, assets);
            }
        });
    }
}

/// Gives each list its steps, by the names of the members and those left out that take each other back.
fn for_each_list(mut steps: Vec<Step>, names: &Names, mut change: impl FnMut(usize, &[Step])) {
    steps.sort_unstable_by(|a, b| a.list.cmp(&b.list).then_with(|| names.cmp(a.member, b.member)));
    steps.dedup_by(|next, kept| {
        let is_same = (next.list, next.member) == (kept.list, kept.member);
        if is_same {
            kept.by += next.by;
        }
        is_same
    });
    steps.retain(|step| step.by != 0);
    for steps in steps.chunk_by(|a, b| a.list == b.list) {
        change(steps[0].list as usize, steps);
    }
}

/// A list after its steps; both are in the order of names.
fn changed(list: &[Counted], steps: &[Step], names: &Names) -> Arc<[Counted]> {
    let mut rest = list;
    let mut changed = Vec::with_capacity(list.len() + steps.len());
    for Step { member, by, .. } in steps {
        let before = rest.partition_point(|held| names.cmp(held.number, *member).is_lt());
        let (stays, from_here) = rest.split_at(before);
        changed.extend_from_slice(stays);
        let held = from_here.first().filter(|held| held.number == *member);
        rest = if held.is_some() { &from_here[1..] } else { from_here };
        let times = held.map_or(0, |held| held.times).saturating_add_signed(*by);
        if times > 0 {
            changed.push(Counted { number: *member, times });
        }
    }
    changed.extend_from_slice(rest);
    changed.into()
}

/// The pairs of columns of a row. What cannot be read says nothing.
fn columns(names: &mut Names, written: &str) -> Box<[(u32, u32)]> {
    if written == "[]" {
        return Box::default();
    }
    let pairs: Vec<(String, String)> = serde_json::from_str(written).unwrap_or_default();
    pairs.iter().map(|(source, target)| (names.number(source), names.number(target))).collect()
}

/// A graph in the making, for all that is stored: a row is not needed any more once it is given.
#[derive(Debug, Default)]
pub struct EdgesBuilder {
    assets: Drafted,
    jobs: Drafted,
    columns: Names,
    into: Vec<(u32, Said)>,
    uses: Vec<(u32, Use)>,
}

impl EdgesBuilder {
    /// Adds an edge. `job` is empty where none is named; `pairs` are its columns as they are stored; it is former where the
    /// runs of the job no longer draw it.
    pub fn edge(&mut self, source: &str, target: &str, job: &str, pairs: &str, is_former: bool) {
        let said = Said {
            source: self.assets.number(source),
            job: (!job.is_empty()).then(|| self.jobs.number(job)),
            columns: columns(&mut self.columns, pairs),
            is_former,
        };
        self.into.push((self.assets.number(target), said));
    }

    /// Adds a job that reads or writes an asset.
    pub fn uses(&mut self, job: &str, asset: &str, writes: bool) {
        let used = Use { job: self.jobs.number(job), writes };
        self.uses.push((self.assets.number(asset), used));
    }

    /// The graph of all that was added.
    pub fn finish(self) -> Edges {
        let (assets, asset) = self.assets.in_order();
        let (jobs, job) = self.jobs.in_order();
        let mut edges = Edges { assets, jobs, columns: self.columns, ..Edges::default() };
        edges.grow();
        let mut into = self.into;
        for (target, said) in &mut into {
            *target = asset[*target as usize];
            said.source = asset[said.source as usize];
            said.job = said.job.map(|drafted| job[drafted as usize]);
        }
        into.sort_unstable_by_key(|(target, _)| *target);
        let mut uses = self.uses;
        for (on, used) in &mut uses {
            *on = asset[*on as usize];
            used.job = job[used.job as usize];
        }
        uses.sort_unstable_by_key(|(on, _)| *on);
        let (mut into, mut uses) = (into.into_iter().peekable(), uses.into_iter().peekable());
        let mut steps = Steps::default();
        for asset in 0..number_of(edges.assets.end()) {
            let said = std::iter::from_fn(|| into.next_if(|(target, _)| *target == asset));
            let said = said.map(|(_, said)| said).collect();
            let used = std::iter::from_fn(|| uses.next_if(|(on, _)| *on == asset));
            let used = used.map(|(_, used)| used).collect();
            edges.replace(asset, said, used, &mut steps);
            if steps.are_many() {
                edges.settle(std::mem::take(&mut steps));
            }
        }
        edges.settle(steps);
        edges
    }
}

/// Names with numbers in the order of coming, until all are there.
#[derive(Debug, Default)]
struct Drafted(HashMap<Arc<str>, u32>);

impl Drafted {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.0.get(name) {
            return *number;
        }
        let number = number_of(self.0.len());
        self.0.insert(name.into(), number);
        number
    }

    /// The names in the order of the alphabet, and the number that each drafted one became.
    fn in_order(self) -> (Names, Vec<u32>) {
        let mut drafted: Vec<(Arc<str>, u32)> = self.0.into_iter().collect();
        drafted.sort_unstable();
        let mut numbers = vec![0; drafted.len()];
        for (number, (_, drafted)) in (0..).zip(&drafted) {
            numbers[*drafted as usize] = number;
        }
        (Names::in_order(drafted.into_iter().map(|(name, _)| name)), numbers)
    }
}
