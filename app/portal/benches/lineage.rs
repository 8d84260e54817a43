//! Figures of the lineage graph: memory and time to build, what a change costs, walks, and the page as a whole.
//!
//! `cargo bench -p lakeport-portal --bench lineage -- 100000`: the number is of tables; each of them is made from ten that
//! come before it, and one table flows into all of them.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lakeport_frame::{Check, CheckOutcome, Frame, LakeError, TableInfo, TableRef, TableVersion};
use lakeport_model::PersonId;
use lakeport_model::lineage::GraphRequest;
use lakeport_model::people::Viewer;
use lakeport_portal::access::{Leavers, Policies};
use lakeport_portal::lake::Statement;
use lakeport_portal::lineage::{self, Direction, Edges, EdgesBuilder};
use lakeport_portal::policy::rules::{Operator, TakeEvents};
use lakeport_portal::policy::{Entitlement, Measurement};
use lakeport_portal::store::catalog::AssetRow;
use lakeport_portal::store::lineage::{EdgeRow, UseRow, batch};
use lakeport_portal::store::{Tx, catalog as store, import};
use lakeport_portal::{Call, Ctx, Db, FixedClock, Lake, Settings};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Tables that one is made from.
const EACH: usize = 10;
/// How far back those lie at most.
const WINDOW: usize = 5_000;
const STARTS: usize = 200;
const HUB: &str = "bronze.hub";

fn main() {
    let tables = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    for tables in [1_000, 10_000, 100_000].into_iter().filter(|size| *size < tables).chain([tables]) {
        graph(tables);
    }
    tokio::runtime::Runtime::new().expect("a runtime starts").block_on(pages(tables));
}

fn name(table: usize) -> String {
    format!("{}.order_summary_{table:06}", ["bronze", "silver", "gold"][table % 3])
}

fn edge(source: String, target: String, job: String) -> EdgeRow {
    let (columns, seen_at) = ("[]".to_owned(), DateTime::default());
    EdgeRow { source, target, job, columns, seen_at, former_since: None }
}

/// What flows into a table, and what its job uses of it and of them.
fn rows_of(table: usize, random: &mut StdRng) -> (Vec<EdgeRow>, Vec<UseRow>) {
    let (target, job) = (name(table), format!("scale/job_{table}"));
    let mut sources: Vec<usize> =
        (0..EACH.min(table)).map(|_| random.random_range(table.saturating_sub(WINDOW)..table)).collect();
    sources.sort_unstable();
    sources.dedup();
    let from = |source| edge(name(source), target.clone(), job.clone());
    let mut edges: Vec<EdgeRow> = sources.into_iter().map(from).collect();
    edges.push(edge(HUB.to_owned(), target.clone(), String::new()));
    let reads = edges.iter().filter(|edge| !edge.job.is_empty());
    let reads = reads.map(|edge| UseRow { job: job.clone(), asset: edge.source.clone(), writes: false });
    let uses: Vec<UseRow> =
        reads.chain([UseRow { job: job.clone(), asset: target.clone(), writes: true }]).collect();
    (edges, uses)
}

/// Resident memory in MB.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1_000.0
}

fn say(what: &str, mut took: Vec<Duration>) {
    took.sort();
    let at = |percent: usize| took[(took.len() * percent / 100).min(took.len() - 1)];
    println!("  {what:<58} p50 {:>10.3?}   p99 {:>10.3?}", at(50), at(99));
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    black_box(work());
    begun.elapsed()
}

fn graph(tables: usize) {
    let mut random = StdRng::seed_from_u64(7);
    let before = resident();
    let begun = Instant::now();
    let mut builder = EdgesBuilder::default();
    let mut count = 0;
    for table in 0..tables {
        let (edges, uses) = rows_of(table, &mut random);
        count += edges.len();
        for row in &edges {
            builder.edge(&row.source, &row.target, &row.job, &row.columns, false);
        }
        for row in &uses {
            builder.uses(&row.job, &row.asset, row.writes);
        }
    }
    let drafted = begun.elapsed();
    let mut graph = builder.finish();
    println!(
        "{tables} tables, {count} edges: built in {:.2?} ({drafted:.2?} of it to take the rows), {:.0} MB",
        begun.elapsed(),
        resident() - before
    );
    let changes = 1_000.min(tables);
    let mut put = |what: &str, graph: &mut Edges, keep: &dyn Fn(&EdgeRow) -> bool| {
        let took = (0..changes).map(|_| {
            let table = random.random_range(0..tables);
            let (mut edges, uses) = rows_of(table, &mut random);
            edges.retain(keep);
            timed(|| {
                // Readers keep the graph they have.
                let mut next = graph.clone();
                next.put(&name(table), edges, uses);
                *graph = next;
            })
        });
        say(what, took.collect());
    };
    put("put, other sources", &mut graph, &|_| true);
    put("put, what flows into everything no more among them", &mut graph, &|edge| edge.source != HUB);
    put("put, and among them again", &mut graph, &|_| true);
    let hub = graph.node(HUB).expect("it flows into everything");
    let walk = |start: usize, limits| {
        let node = graph.node(&name(start)).expect("it is known");
        timed(|| {
            let ways = [Direction::Upstream, Direction::Downstream];
            ways.map(|way| graph.reach(node, way, limits, &|_| true).nodes.len())
        })
    };
    let starts = |from: usize, to: usize| (0..STARTS).map(move |at| from + at * (to - from) / STARTS);
    say("5 hops both ways, capped at 5,000", starts(0, tables).map(|at| walk(at, (5, 5_000))).collect());
    let all = (usize::MAX, usize::MAX);
    say("all hops both ways, whole", starts(0, tables).map(|at| walk(at, all)).collect());
    let took = (0..STARTS).map(|_| timed(|| graph.reach(hub, Direction::Downstream, all, &|_| true)));
    say("downstream of what flows into everything", took.collect());
}

async fn pages(tables: usize) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let db = Db::connect(&format!("sqlite://{}", folder.path().join("portal.db").display())).await;
    let db = db.expect("the database can be opened");
    db.migrate().await.expect("the tables can be made");
    fill(&db, tables).await;
    let settings = Settings {
        public_url: "https://data.example".to_owned(),
        lake_root: "/lake".to_owned(),
        storage_roots: Vec::new(),
        index_dir: None,
        results_mb: 64,
        demo: false,
        policies: Policies::default(),
        required_hd: None,
        administrators: Vec::new(),
        leavers: Leavers::End,
        former_days: 30,
    };
    let ctx = Ctx::new(db, Arc::new(FixedClock::new(today())), Arc::new(NoLake), settings);
    let begun = Instant::now();
    ctx.snapshot().await.expect("the catalog loads");
    println!("{tables} tables in a catalog: read in {:.2?}, {:.0} MB resident", begun.elapsed(), resident());
    let viewer = Viewer {
        id: PersonId(uuid::Uuid::from_u128(7)),
        name: "Paula".to_owned(),
        email: "paula@data.example".to_owned(),
        administrator: false,
        service: false,
        memberships: Vec::new(),
    };
    let drawn = async |what: &str, focus: &dyn Fn(usize) -> String, hops: u8| {
        let (mut took, mut hit) = (Vec::new(), 0_u32);
        for start in 0..STARTS {
            let request = GraphRequest {
                focus: focus(start),
                up: hops,
                down: hops,
                open: Vec::new(),
                column: None,
                chosen: None,
            };
            let begun = Instant::now();
            let graph =
                lineage::graph(&Call::new(&ctx, viewer.clone()).await.expect("the call is let in"), &request)
                    .await
                    .expect("it is drawn");
            took.push(begun.elapsed());
            hit = hit.max(graph.impact.assets);
        }
        say(&format!("{what} (at most {hit} hit)"), took);
    };
    // Little lies below the last ones: what it costs to draw them is not what it costs to count that.
    let last = |start: usize| name(tables - 1 - start);
    drawn("drawn: 5 hops both ways of the last tables", &last, 5).await;
    drawn("drawn: one hop, and the impact of the first tables", &name, 1).await;
    drawn("drawn: 5 hops, and the impact of the first tables", &name, 5).await;
    drawn("drawn: one hop of what flows into everything", &|_| HUB.to_owned(), 1).await;
    let (mut took, mut hit) = (Vec::new(), 0);
    for _ in 0..STARTS {
        let begun = Instant::now();
        let call = Call::new(&ctx, viewer.clone()).await.expect("the call is let in");
        hit = lineage::impact(&call, &HUB.into()).await.expect("it is counted").assets;
        took.push(begun.elapsed());
    }
    say(&format!("all {hit} that are hit by what flows into everything"), took);
    println!("  {:.0} MB resident", resident());
}

fn today() -> DateTime<Utc> {
    "2026-12-01T08:00:00Z".parse().expect("a moment")
}

/// A catalog with one product for twenty tables.
async fn fill(db: &Db, tables: usize) {
    let mut random = StdRng::seed_from_u64(7);
    let files = Operator::Command.proof().allows();
    let mut tx = db.write().await.expect("a transaction begins");
    put_asset(&mut tx, HUB).await;
    for table in 0..tables {
        put_asset(&mut tx, &name(table)).await;
        if table % 20 == 2 {
            let id = format!("p{table}");
            let product = format!(
                "apiVersion: v1.0.0\nkind: DataProduct\nid: {id}\nname: Product {table}\nversion: 1.0.0\n\
                 status: active\ndomain: sales\noutputPorts:\n- name: p\n  version: 1.0.0\n  customProperties:\n  \
                 - {{property: lakeport.asset, value: {}}}\n",
                name(table)
            );
            let put =
                import::put_products(&mut tx, &files, &[(id.as_str(), "sales", product.as_str())], today())
                    .await;
            put.expect("a product is kept");
        }
    }
    let mut waiting = Vec::new();
    for table in 0..tables {
        waiting.extend(rows_of(table, &mut random).0);
        if waiting.len() > 20_000 || table + 1 == tables {
            batch::put_edges(&mut tx, &TakeEvents::Scope.proof(), &waiting).await.expect("edges are kept");
            waiting.clear();
        }
    }
    tx.commit_unrecorded("a bench").await.expect("it is kept");
}

async fn put_asset(tx: &mut Tx, id: &str) {
    let row = AssetRow {
        id: id.to_owned(),
        kind: "table".to_owned(),
        layer: Some("gold".to_owned()),
        namespace: "scale".to_owned(),
        name: id.to_owned(),
        domain: "sales".to_owned(),
        description: format!("Orders of {id}"),
        platform: None,
        location: None,
        classification: "internal".to_owned(),
        tags: "[]".to_owned(),
        columns: "[]".to_owned(),
        origin: "file".to_owned(),
        created_at: Some(today()),
    };
    store::put_asset(tx, &Operator::Command.proof().allows(), &row).await.expect("an asset is kept");
}

/// No page of the graph opens a table.
struct NoLake;

fn not_asked<T>() -> Result<T, LakeError> {
    panic!("the graph asks the lake for nothing")
}

#[async_trait]
impl Lake for NoLake {
    async fn describe(&self, _: &TableRef) -> Result<TableInfo, LakeError> {
        not_asked()
    }

    async fn history(&self, _: &TableRef, _: u32) -> Result<Vec<TableVersion>, LakeError> {
        not_asked()
    }

    async fn preview(&self, _: &Entitlement, _: u32) -> Result<Frame, LakeError> {
        not_asked()
    }

    async fn query(&self, _: &Statement, _: &[Entitlement]) -> Result<Frame, LakeError> {
        not_asked()
    }

    async fn check(&self, _: &Measurement, _: &[Check]) -> Result<Vec<CheckOutcome>, LakeError> {
        not_asked()
    }
}
