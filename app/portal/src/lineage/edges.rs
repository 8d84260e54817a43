//! The edges between assets in memory, with the walks over them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::store::lineage::{EdgeRow, UseRow};

/// Most assets one walk goes through, nearest first.
pub(super) const MOST_WALKED: usize = 5_000;

/// Data flows from `source` to `target`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Asset the data comes from.
    pub source: String,
    /// Asset the data goes to.
    pub target: String,
    /// Keys of the jobs that move it.
    pub jobs: Vec<String>,
    /// Column lineage: source column, target column.
    pub columns: BTreeSet<(String, String)>,
}

/// All edges, one a pair of assets, found from both ends.
#[derive(Debug, Clone, Default)]
pub struct Edges {
    by_pair: BTreeMap<(String, String), Edge>,
    sources: BTreeMap<String, BTreeSet<String>>,
    targets: BTreeMap<String, BTreeSet<String>>,
    readers: BTreeMap<String, BTreeSet<String>>,
    writers: BTreeMap<String, BTreeSet<String>>,
    by_job: BTreeMap<String, BTreeSet<String>>,
}

impl Edges {
    /// Edges as they are stored; several jobs between the same two assets become one edge.
    /// `uses` are what jobs read or write, also those with one side only.
    pub fn new(rows: Vec<EdgeRow>, uses: Vec<UseRow>) -> Self {
        let mut edges = Self::default();
        for row in uses {
            edges.add_use(&row.job, &row.asset, row.writes);
        }
        for row in rows {
            edges.targets.entry(row.source.clone()).or_default().insert(row.target.clone());
            edges.sources.entry(row.target.clone()).or_default().insert(row.source.clone());
            let columns: Vec<(String, String)> = serde_json::from_str(&row.columns).unwrap_or_default();
            let pair = (row.source.clone(), row.target.clone());
            let edge = edges.by_pair.entry(pair).or_insert_with(|| Edge {
                source: row.source,
                target: row.target,
                jobs: Vec::new(),
                columns: BTreeSet::new(),
            });
            edge.columns.extend(columns);
            if !row.job.is_empty() {
                edge.jobs.push(row.job.clone());
                let (source, target) = (edge.source.clone(), edge.target.clone());
                edges.add_use(&row.job, &source, false);
                edges.add_use(&row.job, &target, true);
            }
        }
        edges
    }

    /// The edge between two assets.
    pub fn between(&self, source: &str, target: &str) -> Option<&Edge> {
        self.by_pair.get(&(source.to_owned(), target.to_owned()))
    }

    /// Keys of the jobs that read an asset.
    pub fn readers(&self, asset: &str) -> impl Iterator<Item = &str> {
        self.readers.get(asset).into_iter().flatten().map(String::as_str)
    }

    /// Keys of the jobs that write an asset.
    pub fn writers(&self, asset: &str) -> impl Iterator<Item = &str> {
        self.writers.get(asset).into_iter().flatten().map(String::as_str)
    }

    /// Assets that a job reads or writes.
    pub fn assets_of(&self, job: &str) -> impl Iterator<Item = &str> {
        self.by_job.get(job).into_iter().flatten().map(String::as_str)
    }

    fn add_use(&mut self, job: &str, asset: &str, writes: bool) {
        let jobs = if writes { &mut self.writers } else { &mut self.readers };
        jobs.entry(asset.to_owned()).or_default().insert(job.to_owned());
        self.by_job.entry(job.to_owned()).or_default().insert(asset.to_owned());
    }

    /// The edges that begin at an asset.
    pub fn from<'a>(&'a self, source: &'a str) -> impl Iterator<Item = &'a Edge> {
        self.downstream(source).filter_map(move |target| self.between(source, target))
    }

    /// Assets that flow into this one.
    pub fn upstream(&self, asset: &str) -> impl Iterator<Item = &str> {
        self.sources.get(asset).into_iter().flatten().map(String::as_str)
    }

    /// Assets this one flows into.
    pub fn downstream(&self, asset: &str) -> impl Iterator<Item = &str> {
        self.targets.get(asset).into_iter().flatten().map(String::as_str)
    }

    /// Everything within `hops` downstream, nearest first, the start left out; at most [`MOST_WALKED`]. Cycles end where
    /// they close. The walk goes only through assets that are `visible`.
    pub fn reach_down(&self, start: &str, hops: usize, visible: &dyn Fn(&str) -> bool) -> Vec<String> {
        Self::reach(start, hops, |asset| self.targets.get(asset), visible)
    }

    /// Everything within `hops` upstream, in the same way.
    pub fn reach_up(&self, start: &str, hops: usize, visible: &dyn Fn(&str) -> bool) -> Vec<String> {
        Self::reach(start, hops, |asset| self.sources.get(asset), visible)
    }

    fn reach<'a>(
        start: &str,
        hops: usize,
        next: impl Fn(&str) -> Option<&'a BTreeSet<String>>,
        visible: &dyn Fn(&str) -> bool,
    ) -> Vec<String> {
        let mut seen: BTreeSet<String> = BTreeSet::from([start.to_owned()]);
        let mut queue = VecDeque::from([(start.to_owned(), 0)]);
        let mut found = Vec::new();
        while let Some((asset, depth)) = queue.pop_front() {
            if depth == hops {
                continue;
            }
            for neighbour in next(&asset).into_iter().flatten() {
                if found.len() == MOST_WALKED {
                    return found;
                }
                if seen.insert(neighbour.clone()) && visible(neighbour) {
                    found.push(neighbour.clone());
                    queue.push_back((neighbour.clone(), depth + 1));
                }
            }
        }
        found
    }

    /// Follows one column of an asset to all columns it is made of and that are made of it.
    /// Answers asset and column, the start included, at most [`MOST_WALKED`]; only through assets that are `visible`.
    pub fn column_path(
        &self,
        asset: &str,
        column: &str,
        visible: &dyn Fn(&str) -> bool,
    ) -> BTreeSet<(String, String)> {
        let start = (asset.to_owned(), column.to_owned());
        let mut path = BTreeSet::from([start.clone()]);
        for upwards in [true, false] {
            let mut queue = VecDeque::from([start.clone()]);
            while let Some((asset, column)) = queue.pop_front() {
                for step in self.column_steps(&asset, &column, upwards) {
                    if path.len() < MOST_WALKED && visible(&step.0) && path.insert(step.clone()) {
                        queue.push_back(step);
                    }
                }
            }
        }
        path
    }

    fn column_steps(&self, asset: &str, column: &str, upwards: bool) -> Vec<(String, String)> {
        let neighbours: Vec<&str> =
            if upwards { self.upstream(asset).collect() } else { self.downstream(asset).collect() };
        let mut steps = Vec::new();
        for neighbour in neighbours {
            let edge = if upwards { self.between(neighbour, asset) } else { self.between(asset, neighbour) };
            for (source, target) in edge.into_iter().flat_map(|edge| &edge.columns) {
                let (here, there) = if upwards { (target, source) } else { (source, target) };
                if here == column {
                    steps.push((neighbour.to_owned(), there.clone()));
                }
            }
        }
        steps
    }

    /// Columns of an asset that column lineage speaks of.
    pub fn columns_of(&self, asset: &str) -> BTreeSet<String> {
        let into = self.upstream(asset).filter_map(|source| self.between(source, asset));
        let out = self.downstream(asset).filter_map(|target| self.between(asset, target));
        let targets = into.flat_map(|edge| edge.columns.iter().map(|(_, target)| target.clone()));
        targets.chain(out.flat_map(|edge| edge.columns.iter().map(|(source, _)| source.clone()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn edges(pairs: &[(u8, u8)]) -> Edges {
        let row = |(source, target): &(u8, u8)| EdgeRow {
            source: source.to_string(),
            target: target.to_string(),
            job: "job".to_owned(),
            columns: r#"[["a","b"],["b","a"]]"#.to_owned(),
            seen_at: chrono::DateTime::default(),
        };
        Edges::new(pairs.iter().map(row).collect(), Vec::new())
    }

    #[test]
    fn a_column_is_followed_both_ways() {
        let path = edges(&[(1, 2), (2, 3)]).column_path("2", "a", &|_| true);
        let has = |asset: &str, column: &str| path.contains(&(asset.to_owned(), column.to_owned()));
        assert!(has("1", "b") && has("2", "a") && has("3", "b"));
        assert!(!has("1", "a") && !has("3", "a"));
    }

    #[test]
    fn a_walk_never_grows_with_the_graph() {
        let row = |source: &str, number: usize| EdgeRow {
            source: source.to_owned(),
            target: number.to_string(),
            job: String::new(),
            columns: "[]".to_owned(),
            seen_at: chrono::DateTime::default(),
        };
        let near = row("hub", 0);
        let far = (1..MOST_WALKED + 100).map(|number| row("0", number));
        let edges = Edges::new(std::iter::once(near).chain(far).collect(), Vec::new());
        let found = edges.reach_down("hub", usize::MAX, &|_| true);
        assert_eq!((found.len(), found[0].as_str()), (MOST_WALKED, "0"), "the nearest stays");
    }

    proptest! {
        /// Walks end on every graph, cycles included, and up and down mirror each other.
        #[test]
        fn what_is_upstream_has_us_downstream(pairs in prop::collection::vec((0u8..12, 0u8..12), 0..40)) {
            let edges = edges(&pairs);
            for node in (0u8..12).map(|node| node.to_string()) {
                for above in edges.reach_up(&node, 20, &|_| true) {
                    prop_assert!(edges.reach_down(&above, 20, &|_| true).contains(&node));
                }
                prop_assert!(!edges.reach_up(&node, 20, &|_| true).contains(&node));
            }
        }
    }
}
