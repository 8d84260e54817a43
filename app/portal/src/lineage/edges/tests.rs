use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::store::lineage::EdgeRow;

fn row(source: &str, target: &str, job: &str, columns: &str) -> EdgeRow {
    EdgeRow {
        source: source.to_owned(),
        target: target.to_owned(),
        job: job.to_owned(),
        columns: columns.to_owned(),
        seen_at: chrono::DateTime::default(),
        former_since: None,
    }
}

fn edges(pairs: &[(u8, u8)]) -> Edges {
    let both = r#"[["a","b"],["b","a"]]"#;
    let rows =
        pairs.iter().map(|(source, target)| row(&source.to_string(), &target.to_string(), "job", both));
    Edges::new(rows.collect(), Vec::new())
}

fn node(edges: &Edges, asset: &str) -> NodeId {
    edges.node(asset).expect("it is known")
}

fn names(edges: &Edges, nodes: &[NodeId]) -> Vec<String> {
    nodes.iter().map(|node| edges.asset(*node).to_owned()).collect()
}

#[test]
fn a_column_is_followed_both_ways() {
    let edges = edges(&[(1, 2), (2, 3)]);
    let path = edges.column_path("2", "a", &|_| true);
    assert!(path.contains(&("1", "b")) && path.contains(&("2", "a")) && path.contains(&("3", "b")));
    assert!(!path.contains(&("1", "a")) && !path.contains(&("3", "a")));
    assert_eq!(
        edges.column_path("2", "x", &|_| true),
        BTreeSet::from([("2", "x")]),
        "nothing is known of it"
    );
}

#[test]
fn the_columns_beside_a_column_are_one_step_away() {
    let edges = edges(&[(1, 2), (2, 3), (3, 4)]);
    let beside = |column, direction| {
        let found = edges.columns_beside(node(&edges, "2"), column, direction).into_iter();
        found.map(|(node, column)| (edges.asset(node), column)).collect::<Vec<_>>()
    };
    assert_eq!(beside("a", Direction::Upstream), [("1", "b")]);
    assert_eq!(beside("b", Direction::Downstream), [("3", "a")]);
    assert!(beside("x", Direction::Downstream).is_empty(), "nothing is known of it");
}

#[test]
fn a_walk_never_goes_further_than_it_may_and_says_so() {
    let near = row("hub", "0", "", "[]");
    let far = (1..1_000).map(|number| row("0", &number.to_string(), "", "[]"));
    let edges = Edges::new(std::iter::once(near).chain(far).collect(), Vec::new());
    let hub = node(&edges, "hub");
    let reach = |most| edges.reach(hub, Direction::Downstream, (usize::MAX, most), &|_| true);
    let (cut, whole) = (reach(999), reach(1_000));
    assert_eq!((cut.nodes.len(), cut.is_whole), (999, false));
    assert_eq!((whole.nodes.len(), whole.is_whole), (1_000, true));
    assert_eq!(edges.asset(cut.nodes[0]), "0", "the nearest stays");
}

#[test]
fn what_is_added_is_one_edge_with_what_is_known_already() {
    let known = vec![row("a", "d", "job", r#"[["x","y"]]"#), row("c", "d", "", "[]")];
    let added = [("a", "d"), ("b", "d"), ("d", "new")].map(|(source, target)| row(source, target, "", "[]"));
    let mut edges = Edges::new(known.clone(), Vec::new());
    edges.add(&added);
    let all = known.iter().chain(&added).cloned().collect();
    assert_eq!(edges.listed(), Edges::new(all, Vec::new()).listed());
    assert_eq!(edges.upstream("d").collect::<Vec<_>>(), ["a", "b", "c"]);
    let below: Vec<NodeId> = edges.neighbours(node(&edges, "b"), Direction::Downstream).collect();
    assert_eq!(names(&edges, &below), ["d"]);
    edges.put("d", known.clone(), Vec::new());
    let rest = known.iter().chain(&added[2..]).cloned().collect();
    assert_eq!(edges.listed(), Edges::new(rest, Vec::new()).listed());
}

#[test]
fn an_edge_is_former_only_where_it_is_for_all_of_its_jobs_and_nothing_states_it() {
    let former =
        |job: &str| EdgeRow { former_since: Some(chrono::DateTime::default()), ..row("a", "b", job, "[]") };
    let is_former = |edges: &Edges| {
        let flow = edges.between(node(edges, "a"), node(edges, "b")).expect("it is an edge");
        let said = edges.former_jobs(node(edges, "a"), Direction::Downstream);
        assert_eq!(said, edges.former_jobs(node(edges, "b"), Direction::Upstream));
        assert_eq!(said.len(), if flow.is_former() { flow.jobs().count() } else { 0 });
        assert_eq!(edges.has_former(), flow.is_former());
        flow.is_former()
    };
    let both = vec![former("j"), former("k")];
    let mut edges = Edges::new(both.clone(), Vec::new());
    assert!(is_former(&edges));
    for other in [row("a", "b", "k", "[]"), row("a", "b", "", "[]")] {
        edges.put("b", vec![former("j"), other], Vec::new());
        assert!(!is_former(&edges));
    }
    edges.put("b", both, Vec::new());
    assert!(is_former(&edges));
    edges.add(&[row("a", "b", "", "[]")]);
    assert!(!is_former(&edges), "a text reads it");
}

#[test]
fn a_change_never_reaches_a_graph_that_somebody_reads() {
    let before = edges(&[(1, 2), (2, 3)]);
    let listed = before.listed();
    let mut after = before.clone();
    after.put("3", vec![row("1", "3", "other", "[]")], Vec::new());
    after.put("new", vec![row("3", "new", "", "[]")], Vec::new());
    assert_eq!(before.listed(), listed);
    assert_eq!(before.node("new"), None);
    assert_eq!(after.upstream("3").collect::<Vec<_>>(), ["1"]);
    assert_eq!(after.upstream("new").collect::<Vec<_>>(), ["3"]);
}

#[test]
fn a_job_stays_with_an_asset_until_nothing_says_so_any_more() {
    let uses = |job: &str| UseRow { job: job.to_owned(), asset: "a".to_owned(), writes: false };
    let mut edges = Edges::new(vec![row("a", "b", "j", "[]"), row("a", "c", "j", "[]")], vec![uses("j")]);
    let readers = |edges: &Edges| edges.readers(node(edges, "a")).count();
    for (asset, into, uses) in
        [("a", Vec::new(), Vec::new()), ("b", Vec::new(), Vec::new()), ("c", Vec::new(), Vec::new())]
    {
        assert_eq!(readers(&edges), 1);
        edges.put(asset, into, uses);
    }
    assert_eq!(readers(&edges), 0);
    assert_eq!(edges.listed(), Edges::default().listed());
}

#[test]
fn what_everything_is_made_from_is_never_written_anew_with_each_thing_made_from_it() {
    let rows = (0..50_000).map(|number| row("hub", &format!("t{number:05}"), &format!("j{number}"), "[]"));
    let rows: Vec<EdgeRow> = rows.collect();
    let (stored, begun) = (rows.clone(), std::time::Instant::now());
    let built = Edges::new(stored, Vec::new());
    let building = begun.elapsed();
    let parts: Vec<_> = rows.into_iter().map(|row| (row.target.clone(), vec![row], Vec::new())).collect();
    let (mut put, begun) = (Edges::default(), std::time::Instant::now());
    put.put_many(parts);
    let putting = begun.elapsed();
    // With each of them anew it would be more than a thousand million places.
    let longest = building * 5 + std::time::Duration::from_millis(200);
    assert!(putting < longest, "{putting:?} to put what is built in {building:?}");
    assert_eq!(put.listed(), built.listed());
}

#[test]
fn names_of_columns_that_nothing_speaks_of_any_more_never_fill_the_memory() {
    let pairs = |from: usize| {
        let pair = |at: usize| [format!("s{at}"), format!("t{at}")];
        serde_json::to_string(&(from..from + 5_000).map(pair).collect::<Vec<_>>()).expect("pairs")
    };
    let put = |edges: &mut Edges, columns: &str| {
        edges.put("b", vec![row("a", "b", "", columns)], Vec::new());
        assert!(edges.columns.len() <= 40_000, "{}", edges.columns.len());
    };
    let kept = r#"[["","kept"],["kept",""]]"#;
    let mut edges = Edges::new(vec![row("x", "y", "", kept)], Vec::new());
    put(&mut edges, &pairs(0));
    let (before, listed) = (edges.clone(), edges.listed());
    for round in 1..20 {
        put(&mut edges, &pairs(round * 5_000));
    }
    let last = pairs(19 * 5_000);
    let fresh = Edges::new(vec![row("a", "b", "", &last), row("x", "y", "", kept)], Vec::new());
    assert_eq!(edges.listed(), fresh.listed(), "no name is ever taken for another one");
    assert_eq!(before.listed(), listed, "whoever reads a graph keeps its names");
}

#[test]
fn names_of_assets_and_jobs_that_nothing_speaks_of_any_more_never_fill_the_memory() {
    let stays = vec![row("x", "y", "z", "[]"), row("y", "q", "p", "[]")];
    let mut edges = Edges::new(stays.clone(), Vec::new());
    for round in 0..10 {
        let names =
            |at: usize| (format!("a{round}_{at}"), format!("b{round}_{at}"), format!("j{round}_{at}"));
        let comes = (0..6_000).map(names).map(|(source, target, job)| {
            let into = vec![row(&source, &target, &job, "[]")];
            (target, into, Vec::new())
        });
        edges.put_many(comes.collect::<Vec<_>>());
        let goes = (0..6_000).map(|at| (names(at).1, Vec::new(), Vec::new()));
        edges.put_many(goes.collect::<Vec<_>>());
        assert!(edges.len() <= 60_000, "{} nodes in round {round}", edges.len());
        assert!(edges.assets.len() <= 60_000 && edges.jobs.len() <= 60_000, "round {round}");
    }
    edges.put("q", vec![row("y", "q", "p", "[]"), row("new", "q", "another", "[]")], Vec::new());
    let fresh = stays.into_iter().chain([row("new", "q", "another", "[]")]).collect();
    assert_eq!(
        edges.listed(),
        Edges::new(fresh, Vec::new()).listed(),
        "no name is ever taken for another one"
    );
}

/// The same graph as plain sets of names.
#[derive(Debug, Default)]
struct Plain {
    pairs: BTreeMap<(String, String), Edge>,
    uses: BTreeSet<(String, String, bool)>,
}

impl Plain {
    fn of(rows: &[EdgeRow], uses: &[UseRow]) -> Self {
        let uses = uses.iter().map(|row| (row.job.clone(), row.asset.clone(), row.writes));
        let mut plain = Self { uses: uses.collect(), ..Self::default() };
        for row in rows {
            let (source, target) = (row.source.clone(), row.target.clone());
            let edge = plain.pairs.entry((source.clone(), target.clone())).or_insert_with(|| Edge {
                source,
                target,
                jobs: Vec::new(),
                columns: BTreeSet::new(),
                is_former: true,
            });
            edge.is_former &= row.former_since.is_some();
            let columns: Vec<(String, String)> = serde_json::from_str(&row.columns).expect("pairs");
            edge.columns.extend(columns);
            if !row.job.is_empty() {
                edge.jobs.push(row.job.clone());
                edge.jobs.sort();
                edge.jobs.dedup();
                plain.uses.insert((row.job.clone(), row.source.clone(), false));
                plain.uses.insert((row.job.clone(), row.target.clone(), true));
            }
        }
        plain
    }

    fn listed(&self) -> (Vec<Edge>, Vec<UseRow>) {
        let uses = self.uses.iter().map(|(job, asset, writes)| UseRow {
            job: job.clone(),
            asset: asset.clone(),
            writes: *writes,
        });
        (self.pairs.values().cloned().collect(), uses.collect())
    }

    /// The same without former edges.
    fn live(&self) -> Self {
        let live = self.pairs.iter().filter(|(_, edge)| !edge.is_former);
        let pairs = live.map(|(ends, edge)| (ends.clone(), edge.clone())).collect();
        Self { pairs, uses: self.uses.clone() }
    }

    fn step(&self, from: &str, direction: Direction) -> Vec<String> {
        let ends = |(source, target): &(String, String)| match direction {
            Direction::Upstream => (target.clone(), source.clone()),
            Direction::Downstream => (source.clone(), target.clone()),
        };
        let steps: BTreeSet<String> =
            self.pairs.keys().map(ends).filter(|(here, _)| here == from).map(|(_, there)| there).collect();
        steps.into_iter().collect()
    }

    fn reach(&self, start: &str, direction: Direction, hops: usize, hidden: &str) -> Vec<String> {
        let mut found = vec![start.to_owned()];
        let mut level = found.clone();
        for _ in 0..hops {
            let mut next = Vec::new();
            for step in level.iter().flat_map(|from| self.step(from, direction)) {
                if step != hidden && !found.contains(&step) {
                    found.push(step.clone());
                    next.push(step);
                }
            }
            level = next;
        }
        found.remove(0);
        found
    }

    fn column_path(&self, start: (&str, &str), hidden: &str) -> BTreeSet<(String, String)> {
        let start = (start.0.to_owned(), start.1.to_owned());
        let mut path = BTreeSet::from([start.clone()]);
        for upwards in [true, false] {
            let mut queue = vec![start.clone()];
            while let Some((asset, column)) = queue.pop() {
                for edge in self.pairs.values() {
                    for (from, to) in &edge.columns {
                        let (from, to) = ((&edge.source, from), (&edge.target, to));
                        let (here, there) = if upwards { (to, from) } else { (from, to) };
                        let there = (there.0.clone(), there.1.clone());
                        if here == (&asset, &column) && there.0 != hidden && path.insert(there.clone()) {
                            queue.push(there);
                        }
                    }
                }
            }
        }
        path
    }
}

/// Rows of edges and uses between a few assets, by a few jobs.
fn rows() -> impl Strategy<Value = (Vec<EdgeRow>, Vec<UseRow>)> {
    let columns =
        prop::sample::select(vec!["[]", r#"[["a","b"]]"#, r#"[["b","a"],["c","c"]]"#, r#"[["a","c"]]"#]);
    let edge = (0u8..9, 0u8..9, prop::sample::select(vec!["", "j", "k", "l"]), columns, any::<bool>());
    let edge = edge.prop_map(|(source, target, job, columns, is_former)| {
        let former_since = (is_former && !job.is_empty()).then(chrono::DateTime::default);
        EdgeRow { former_since, ..row(&format!("n{source}"), &format!("n{target}"), job, columns) }
    });
    let used = (prop::sample::select(vec!["j", "k", "m"]), 0u8..9, any::<bool>());
    let used = used.prop_map(|(job, asset, writes)| UseRow {
        job: job.to_owned(),
        asset: format!("n{asset}"),
        writes,
    });
    (prop::collection::vec(edge, 0..30), prop::collection::vec(used, 0..10))
}

/// What is stored of each of these assets.
fn parts(
    order: &[u8],
    rows: &[EdgeRow],
    uses: &[UseRow],
) -> impl Iterator<Item = (String, Vec<EdgeRow>, Vec<UseRow>)> {
    order.iter().map(|asset| format!("n{asset}")).map(move |asset| {
        let into: Vec<EdgeRow> = rows.iter().filter(|row| row.target == asset).cloned().collect();
        let uses: Vec<UseRow> = uses.iter().filter(|row| row.asset == asset).cloned().collect();
        (asset, into, uses)
    })
}

fn put_all(edges: &mut Edges, order: &[u8], rows: &[EdgeRow], uses: &[UseRow]) {
    for (asset, into, uses) in parts(order, rows, uses) {
        edges.put(&asset, into, uses);
    }
}

/// What a graph says in every way it can be asked.
fn answers(edges: &Edges) -> impl PartialEq + std::fmt::Debug + use<> {
    let asked = (0u8..9).map(|asset| format!("n{asset}")).map(|asset| {
        let node = edges.node(&asset);
        let jobs: BTreeSet<JobId> =
            node.into_iter().flat_map(|node| edges.readers(node).chain(edges.writers(node))).collect();
        let used = jobs
            .into_iter()
            .map(|job| (edges.job(job).to_owned(), names(edges, &edges.assets_of(job).collect::<Vec<_>>())));
        let near = [Direction::Upstream, Direction::Downstream].map(|direction| {
            let near: Vec<NodeId> =
                node.into_iter().flat_map(|node| edges.neighbours(node, direction)).collect();
            names(edges, &near)
        });
        let columns = node.map(|node| edges.columns_of(node, &|_| true)).unwrap_or_default();
        let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
        (used.collect::<BTreeMap<_, _>>(), near, columns)
    });
    (edges.listed(), asked.collect::<Vec<_>>())
}

proptest! {
    /// Walks end on every graph, cycles included, and up and down mirror each other.
    #[test]
    fn what_is_upstream_has_us_downstream(pairs in prop::collection::vec((0u8..12, 0u8..12), 0..40)) {
        let edges = edges(&pairs);
        let reach = |from, direction| edges.reach(from, direction, (20, 100), &|_| true).nodes;
        for node in (0u8..12).filter_map(|node| edges.node(&node.to_string())) {
            let above = reach(node, Direction::Upstream);
            prop_assert!(above.iter().all(|above| reach(*above, Direction::Downstream).contains(&node)));
            prop_assert!(!above.contains(&node));
        }
    }

    #[test]
    fn a_graph_put_together_in_any_order_is_the_one_read_at_once(
        (rows, uses) in rows(),
        (other_rows, other_uses) in rows(),
        (again_rows, again_uses) in rows(),
        order in Just((0u8..9).collect::<Vec<_>>()).prop_shuffle(),
        then in Just((0u8..9).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let at_once = Edges::new(rows.clone(), uses.clone());
        prop_assert_eq!(at_once.listed(), Plain::of(&rows, &uses).listed());
        let mut put = Edges::default();
        put_all(&mut put, &order, &rows, &uses);
        prop_assert_eq!(answers(&put), answers(&at_once));
        // And from something else to it.
        let mut changed = Edges::new(other_rows.clone(), other_uses.clone());
        put_all(&mut changed, &then, &rows, &uses);
        prop_assert_eq!(answers(&changed), answers(&at_once));
        // And with several assets at a time, some of them twice.
        let mut together = Edges::new(again_rows, again_uses);
        together.put_many(parts(&then[..4], &other_rows, &other_uses));
        together.put_many(parts(&order, &other_rows, &other_uses).chain(parts(&then, &rows, &uses)));
        prop_assert_eq!(answers(&together), answers(&at_once));
    }

    #[test]
    fn a_walk_finds_what_a_plain_search_finds(
        (rows, uses) in rows(),
        order in Just((0u8..9).collect::<Vec<_>>()).prop_shuffle(),
        start in 0u8..9,
        hidden in 0u8..9,
        hops in 0usize..6,
    ) {
        let (start, hidden) = (format!("n{start}"), format!("n{hidden}"));
        let plain = Plain::of(&rows, &uses);
        let mut edges = Edges::default();
        put_all(&mut edges, &order, &rows, &uses);
        let visible = |node: NodeId| edges.asset(node) != hidden;
        for direction in [Direction::Upstream, Direction::Downstream] {
            // An asset of which nothing was said has no node.
            let reach = edges.node(&start).map(|start| edges.reach(start, direction, (hops, 100), &visible));
            let reach = reach.unwrap_or_default();
            prop_assert_eq!(names(&edges, &reach.nodes), plain.reach(&start, direction, hops, &hidden));
            let live = edges.node(&start).map(|start| edges.live_reach(start, direction, (hops, 100), &visible));
            let live = live.unwrap_or_default();
            prop_assert_eq!(names(&edges, &live.nodes), plain.live().reach(&start, direction, hops, &hidden));
            prop_assert!(reach.past_former || live.nodes == reach.nodes);
        }
        let path = edges.column_path(&start, "a", &visible).into_iter();
        let path: BTreeSet<_> = path.map(|(asset, column)| (asset.to_owned(), column.to_owned())).collect();
        prop_assert_eq!(path, plain.column_path((&start, "a"), &hidden));
    }
}
