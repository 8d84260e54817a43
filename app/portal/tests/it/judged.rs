//! How good the search is, by queries that were judged by hand over the demo's mesh (`judged.tsv`), beside plain BM25.

use std::collections::{BTreeMap, BTreeSet};

use lakeport_model::DomainId;
use lakeport_model::catalog::SearchRequest;
use lakeport_model::people::{DomainRef, Membership, Role, Viewer};
use lakeport_portal::catalog;
use lakeport_portal::snapshot::Snapshot;
use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{Field, STORED, STRING, Schema, TEXT, Value as _};
use tantivy::{Index, IndexWriter, TantivyDocument, doc};

use crate::world::{Engine, World, call, run};

/// The least that all queries together have to reach.
const LEAST: f64 = 0.9;
/// The least that the queries of each kind have to reach: no kind is given up for another.
const LEAST_OF_KIND: f64 = 0.8;
/// Hits that count.
const COUNTED: usize = 10;

/// A query, and what is wanted of it: grades from 3, looked for, to 1, about it.
struct Judged {
    kind: &'static str,
    query: &'static str,
    grades: BTreeMap<&'static str, u32>,
}

fn judged() -> Vec<Judged> {
    let lines = include_str!("judged.tsv").lines().filter(|line| !line.starts_with('#'));
    let read = |line: &'static str| {
        let mut parts = line.split('\t');
        let (kind, query) = (parts.next()?, parts.next()?);
        let graded = parts.zip([3, 2, 1]);
        let grades = graded.flat_map(|(ids, grade)| ids.split_whitespace().map(move |id| (id, grade)));
        Some(Judged { kind, query, grades: grades.collect() })
    };
    lines.map(|line| read(line).unwrap_or_else(|| panic!("\"{line}\" has a kind and a query"))).collect()
}

/// The normalized discounted cumulative gain of the first hits: 1 where no order is better, 0 where nothing is wanted.
fn ndcg(found: &[String], grades: &BTreeMap<&str, u32>) -> f64 {
    let mut best: Vec<u32> = grades.values().copied().collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let best = gain(best.into_iter());
    let found = found.iter().map(|id| grades.get(id.as_str()).copied().unwrap_or_default());
    if best > 0.0 { gain(found) / best } else { 0.0 }
}

fn gain(grades: impl Iterator<Item = u32>) -> f64 {
    let places = 2_u32..;
    let each = grades.take(COUNTED).zip(places);
    each.map(|(grade, place)| f64::from(2_u32.pow(grade) - 1) / f64::from(place).log2()).sum()
}

/// How the file names what was found: products and dashboards may have one id.
fn key(kind: &str, id: &str) -> String {
    if ["product", "dashboard"].contains(&kind) { format!("{kind}/{id}") } else { id.to_owned() }
}

/// Somebody who sees everything.
async fn everybody(world: &World, snapshot: &Snapshot) -> Viewer {
    let member = |id: &str, name: &str| Membership {
        domain: DomainRef { id: DomainId(id.to_owned()), name: name.to_owned() },
        role: Role::Member,
    };
    let memberships = snapshot.domains.values().map(|domain| member(&domain.id, &domain.name)).collect();
    Viewer { memberships, ..world.viewer("paula.brandt").await }
}

/// The search library as it is, over one text of each entry.
struct Plain {
    index: Index,
    key: Field,
    text: Field,
}

impl Plain {
    fn of(snapshot: &Snapshot) -> tantivy::Result<Self> {
        let mut schema = Schema::builder();
        let key_field = schema.add_text_field("key", STRING | STORED);
        let text_field = schema.add_text_field("text", TEXT);
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000)?;
        for product in snapshot.products.values() {
            let terms = product.document.description.iter();
            let terms = terms.flat_map(|terms| [&terms.purpose, &terms.usage, &terms.limitations]).flatten();
            let ports = product.ports.iter().flat_map(|port| [&port.name, &port.description]);
            let words = [&product.name, &product.id].into_iter().chain(&product.document.tags);
            let words: Vec<&str> = words.chain(terms).chain(ports).map(String::as_str).collect();
            writer.add_document(
                doc!(key_field => key("product", &product.id), text_field => words.join(" ")),
            )?;
        }
        for asset in snapshot.assets.values() {
            let columns = asset.columns.iter().flat_map(|column| [column.name, column.description]);
            let words = [&asset.title, &asset.id, &asset.description].into_iter().chain(&asset.tags);
            let words: Vec<&str> = words.map(String::as_str).chain(columns).collect();
            writer.add_document(doc!(
                key_field => key(asset.kind.as_str(), &asset.id),
                text_field => words.join(" "),
            ))?;
        }
        writer.commit()?;
        Ok(Self { index, key: key_field, text: text_field })
    }

    fn find(&self, query: &str) -> tantivy::Result<Vec<String>> {
        let searcher = self.index.reader()?.searcher();
        let (query, _) = QueryParser::for_index(&self.index, vec![self.text]).parse_query_lenient(query);
        let found = searcher.search(&*query, &TopDocs::with_limit(COUNTED).order_by_score())?;
        let key = |address| {
            let document: TantivyDocument = searcher.doc(address)?;
            let key = document.get_first(self.key).and_then(|key| key.as_str());
            Ok::<_, tantivy::TantivyError>(key.unwrap_or_default().to_owned())
        };
        found.into_iter().map(|(_, address)| key(address)).collect()
    }
}

/// Figures of a kind of queries: how many, and the sums of ours and of those of plain BM25.
#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    count: u32,
    ours: f64,
    plain: f64,
}

impl Sum {
    fn add(&mut self, ours: f64, plain: f64) {
        self.count += 1;
        self.ours += ours;
        self.plain += plain;
    }

    fn means(self) -> (f64, f64) {
        let count = f64::from(self.count.max(1));
        (self.ours / count, self.plain / count)
    }
}

async fn judge(world: &World) {
    let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
    let viewer = everybody(world, &snapshot).await;
    let plain = Plain::of(&snapshot).expect("it is indexed");
    let products = snapshot.products.keys().map(|id| key("product", id));
    let assets = snapshot.assets.values().map(|asset| key(asset.kind.as_str(), &asset.id));
    let there: BTreeSet<String> = products.chain(assets).collect();
    let (mut all, mut kinds, mut low) = (Sum::default(), BTreeMap::<&str, Sum>::new(), Vec::new());
    for Judged { kind, query, grades } in judged() {
        let unknown: Vec<_> = grades.keys().filter(|id| !there.contains(**id)).collect();
        assert!(unknown.is_empty(), "\"{query}\" was judged by what there is not: {unknown:?}");
        let request = SearchRequest { q: query.to_owned(), limit: 10, ..SearchRequest::default() };
        let found = catalog::search(&call(&world.ctx, &viewer).await, &request).await.expect("it answers");
        let found: Vec<String> = found.hits.iter().map(|hit| key(hit.kind.as_str(), &hit.id)).collect();
        let (ours, theirs) = (ndcg(&found, &grades), ndcg(&plain.find(query).expect("it answers"), &grades));
        all.add(ours, theirs);
        kinds.entry(kind).or_default().add(ours, theirs);
        if ours < LEAST {
            low.push((ours, query, found));
        }
    }
    println!("{:<12}{:>8}{:>10}{:>12}", "nDCG@10", "queries", "search", "plain BM25");
    let weak: Vec<&str> =
        kinds.iter().filter(|(_, sum)| sum.means().0 < LEAST_OF_KIND).map(|(kind, _)| *kind).collect();
    for (kind, sum) in kinds.into_iter().chain([("all", all)]) {
        let (ours, theirs) = sum.means();
        println!("{kind:<12}{:>8}{ours:>10.3}{theirs:>12.3}", sum.count);
    }
    low.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (ours, query, found) in low {
        println!("{ours:.3} \"{query}\": {}", found.join(", "));
    }
    assert!(weak.is_empty(), "below {LEAST_OF_KIND}: {weak:?}");
    let (ours, theirs) = all.means();
    assert!(ours >= LEAST && ours > theirs, "{ours:.3} beside {theirs:.3}: see which queries are low above");
}

#[test]
fn what_people_look_for_stands_on_top() {
    run(World::demo(Engine::Sqlite), |world| Box::pin(judge(world)));
}

#[test]
fn there_are_120_queries_of_eight_kinds() {
    let judged = judged();
    let kinds: BTreeSet<&str> = judged.iter().map(|judged| judged.kind).collect();
    let queries: BTreeSet<&str> = judged.iter().map(|judged| judged.query).collect();
    assert_eq!((judged.len(), queries.len(), kinds.len()), (120, 120, 8));
    let best = |judged: &Judged| judged.grades.values().any(|grade| *grade == 3);
    assert!(judged.iter().all(best), "each looks for something");
}

#[test]
fn an_order_is_as_good_as_its_best_stand_high() {
    let grades = BTreeMap::from([("a", 3), ("b", 2), ("c", 1)]);
    let order = |ids: &str| ndcg(&ids.split(' ').map(str::to_owned).collect::<Vec<_>>(), &grades);
    let is = |figure: f64, expected: f64| (figure - expected).abs() < 0.000_5;
    assert!(
        is(order("a b c"), 1.0) && is(order("a b c x y"), 1.0),
        "what is not wanted after it costs nothing"
    );
    assert!(is(order("x y z"), 0.0));
    // 3 / log2(2) + 7 / log2(3) + 1 / log2(4) of 7 / log2(2) + 3 / log2(3) + 1 / log2(4).
    assert!(is(order("b a c"), 0.8428), "{}", order("b a c"));
    assert!(order("a c b") > order("b a c") && order("b a c") > order("x b a c"));
    assert!(is(order("x x x x x x x x x x a"), 0.0), "nobody looks so far");
}
