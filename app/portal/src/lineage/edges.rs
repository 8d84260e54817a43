//! The edges between assets in memory, with the walks over them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

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

type Word = Arc<str>;
/// An asset, a job that reads it or writes it (true).
type Use = (Word, bool, Word);

/// All edges, one a pair of assets, found from both ends. A copy shares what it holds.
#[derive(Debug, Clone, Default)]
pub struct Edges {
    /// By source and target.
    by_pair: OrdMap<(Word, Word), Arc<Edge>>,
    /// Target and source.
    into: OrdSet<(Word, Word)>,
    /// How many edges and stored uses say so.
    uses: OrdMap<Use, u32>,
    /// Job and asset, in the same way.
    by_job: OrdMap<(Word, Word), u32>,
    /// What jobs do with an asset, beside what its edges say.
    stored: OrdMap<Word, Arc<Vec<(Word, bool)>>>,
}

impl Edges {
    /// Edges as they are stored; several jobs between the same two assets become one edge.
    /// `uses` are what jobs read or write, also those with one side only.
    pub fn new(rows: Vec<EdgeRow>, uses: Vec<UseRow>) -> Self {
        let mut around: BTreeMap<String, (Vec<EdgeRow>, Vec<UseRow>)> = BTreeMap::new();
        for row in rows {
            around.entry(row.target.clone()).or_default().0.push(row);
        }
        for row in uses {
            around.entry(row.asset.clone()).or_default().1.push(row);
        }
        let mut edges = Self::default();
        for (asset, (into, uses)) in around {
            edges.put(&asset, into, uses);
        }
        edges
    }

    /// Replaces all edges into an asset, and all uses of it.
    pub fn put(&mut self, asset: &str, into: Vec<EdgeRow>, uses: Vec<UseRow>) {
        let key: Word = asset.into();
        let sources: Vec<Word> = self.sources(asset).cloned().collect();
        for source in sources {
            self.into.remove(&(key.clone(), source.clone()));
            let Some(edge) = self.by_pair.remove(&(source.clone(), key.clone())) else { continue };
            for job in &edge.jobs {
                self.forget_use(job, &source, false);
                self.forget_use(job, &key, true);
            }
        }
        for (job, writes) in self.stored.remove(asset).iter().flat_map(|stored| stored.iter()) {
            self.forget_use(job, &key, *writes);
        }
        for row in into {
            let source: Word = row.source.as_str().into();
            self.into.insert((key.clone(), source.clone()));
            let columns: Vec<(String, String)> = serde_json::from_str(&row.columns).unwrap_or_default();
            if !row.job.is_empty() {
                self.add_use(&row.job, &source, false);
                self.add_use(&row.job, &key, true);
            }
            let pair = (source, key.clone());
            let mut edge = self.by_pair.get(&pair).map_or_else(
                || Edge {
                    source: row.source,
                    target: row.target,
                    jobs: Vec::new(),
                    columns: BTreeSet::new(),
                },
                |edge| edge.as_ref().clone(),
            );
            edge.columns.extend(columns);
            edge.jobs.extend((!row.job.is_empty()).then_some(row.job));
            self.by_pair.insert(pair, Arc::new(edge));
        }
        if !uses.is_empty() {
            let stored: Vec<(Word, bool)> =
                uses.into_iter().map(|row| (row.job.into(), row.writes)).collect();
            for (job, writes) in &stored {
                self.add_use(job, &key, *writes);
            }
            self.stored.insert(key, Arc::new(stored));
        }
    }

    /// The edge between two assets.
    pub fn between(&self, source: &str, target: &str) -> Option<&Edge> {
        self.by_pair.get(&(Word::from(source), Word::from(target))).map(Arc::as_ref)
    }

    /// Keys of the jobs that read an asset.
    pub fn readers(&self, asset: &str) -> impl Iterator<Item = &str> {
        self.jobs(asset, false)
    }

    /// Keys of the jobs that write an asset.
    pub fn writers(&self, asset: &str) -> impl Iterator<Item = &str> {
        self.jobs(asset, true)
    }

    fn jobs(&self, asset: &str, writes: bool) -> impl Iterator<Item = &str> {
        let asset = Word::from(asset);
        let from = self.uses.range::<_, Use>((asset.clone(), writes, Word::default())..);
        from.take_while(move |((of, way, _), _)| *of == asset && *way == writes)
            .map(|((_, _, job), _)| job.as_ref())
    }

    /// Assets that a job reads or writes.
    pub fn assets_of(&self, job: &str) -> impl Iterator<Item = &str> {
        let job = Word::from(job);
        let from = self.by_job.range::<_, (Word, Word)>((job.clone(), Word::default())..);
        from.take_while(move |((of, _), _)| *of == job).map(|((_, asset), _)| asset.as_ref())
    }

    fn add_use(&mut self, job: &str, asset: &Word, writes: bool) {
        let job = Word::from(job);
        *self.uses.entry((asset.clone(), writes, job.clone())).or_insert(0) += 1;
        *self.by_job.entry((job, asset.clone())).or_insert(0) += 1;
    }

    fn forget_use(&mut self, job: &str, asset: &Word, writes: bool) {
        fn less<K: Ord + Clone>(counts: &mut OrdMap<K, u32>, key: &K) {
            if let Some(count) = counts.get_mut(key) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(key);
                }
            }
        }
        let job = Word::from(job);
        less(&mut self.uses, &(asset.clone(), writes, job.clone()));
        less(&mut self.by_job, &(job, asset.clone()));
    }

    /// The edges that begin at an asset.
    pub fn from(&self, source: &str) -> impl Iterator<Item = &Edge> {
        let source = Word::from(source);
        let from = self.by_pair.range::<_, (Word, Word)>((source.clone(), Word::default())..);
        from.take_while(move |((of, _), _)| *of == source).map(|(_, edge)| edge.as_ref())
    }

    fn sources(&self, asset: &str) -> impl Iterator<Item = &Word> {
        let asset = Word::from(asset);
        let from = self.into.range::<_, (Word, Word)>((asset.clone(), Word::default())..);
        from.take_while(move |(of, _)| *of == asset).map(|(_, source)| source)
    }

    /// Assets that flow into this one.
    pub fn upstream(&self, asset: &str) -> impl Iterator<Item = &str> {
        self.sources(asset).map(Arc::as_ref)
    }

    /// Assets this one flows into.
    pub fn downstream(&self, asset: &str) -> impl Iterator<Item = &str> {
        self.from(asset).map(|edge| edge.target.as_str())
    }

    /// Everything within `hops` downstream, nearest first, the start left out; at most [`MOST_WALKED`]. Cycles end where
    /// they close. The walk goes only through assets that are `visible`.
    pub fn reach_down(&self, start: &str, hops: usize, visible: &dyn Fn(&str) -> bool) -> Vec<String> {
        Self::reach(start, hops, |asset| self.downstream(asset).map(str::to_owned).collect(), visible)
    }

    /// Everything within `hops` upstream, in the same way.
    pub fn reach_up(&self, start: &str, hops: usize, visible: &dyn Fn(&str) -> bool) -> Vec<String> {
        Self::reach(start, hops, |asset| self.upstream(asset).map(str::to_owned).collect(), visible)
    }

    fn reach(
        start: &str,
        hops: usize,
        next: impl Fn(&str) -> Vec<String>,
        visible: &dyn Fn(&str) -> bool,
    ) -> Vec<String> {
        let mut seen: BTreeSet<String> = BTreeSet::from([start.to_owned()]);
        let mut queue = VecDeque::from([(start.to_owned(), 0)]);
        let mut found = Vec::new();
        while let Some((asset, depth)) = queue.pop_front() {
            if depth == hops {
                continue;
            }
            for neighbour in next(&asset) {
                if found.len() == MOST_WALKED {
                    return found;
                }
                if seen.insert(neighbour.clone()) && visible(&neighbour) {
                    found.push(neighbour.clone());
                    queue.push_back((neighbour, depth + 1));
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
