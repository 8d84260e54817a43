//! What following the changes costs in a large catalog. Run by hand: it takes minutes and measures nothing that could fail.

use std::time::{Duration, Instant};

use lakeport_portal::store::changes::{self, Touched};

use crate::world::{Engine, World};

/// Memory of this process, in MiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// A mesh of so many tables with ten columns and so many edges each, a product on every twentieth, in `SQLite`.
async fn fill(world: &World, tables: usize, edges: usize) {
    let numbers =
        format!("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {tables})");
    let columns: Vec<String> = (0..10)
        .map(|j| {
            format!(
                "{{\"name\":\"' || char(97 + (i * 7 + {j} * 3) % 26) || '_country_{j}\",\"data_type\":\"string\",\
                 \"description\":\"' || char(97 + (i * 5 + {j}) % 26) || 'rder currency {j}\",\
                 \"classification\":\"internal\",\"tags\":[],\"drift\":null}}"
            )
        })
        .collect();
    let at = "'2026-11-01T00:00:00+00:00'";
    let statements = [
        format!(
            "{numbers} INSERT INTO domain SELECT 'dom-' || i, 'Domain ' || i, NULL, '' FROM n WHERE i < {}",
            (tables / 250).max(7)
        ),
        format!(
            "{numbers} INSERT INTO asset SELECT printf('gold.order_daily_%06d', i), 'table', 'gold', 'scale', \
             printf('gold.order_daily_%06d', i), 'dom-' || (i % {}), 'order daily of customer by region, number ' || i, \
             'Delta Lake', NULL, 'internal', '[\"order\"]', '[{}]', 'file', {at} FROM n",
            (tables / 250).max(7),
            columns.join(",")
        ),
        format!(
            "{numbers} INSERT INTO product (id, domain, document, created_at) SELECT 'p' || i, 'dom-' || (i * 20 % {}), \
             'apiVersion: v1.1.0' || char(10) || 'kind: DataProduct' || char(10) || 'id: p' || i || char(10) || \
             'status: active' || char(10) || 'domain: dom-' || (i * 20 % {}) || char(10) || 'outputPorts:' || char(10) || \
             '- {{name: main, version: 1.0.0, customProperties: [{{property: asset, value: ' || \
             printf('gold.order_daily_%06d', i * 20) || '}}]}}', {at} FROM n WHERE i < {}",
            (tables / 250).max(7),
            (tables / 250).max(7),
            tables / 20
        ),
        format!(
            "{numbers}, e(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM e WHERE k < {edges}) \
             INSERT INTO lineage_edge SELECT printf('gold.order_daily_%06d', (i + k * 487) % {tables}), \
             printf('gold.order_daily_%06d', i), 'scale/job_' || i, '[]', {at} FROM n, e WHERE {edges} > 0"
        ),
    ];
    for statement in statements {
        world.execute(&statement).await.expect("it is made");
    }
}

async fn measure(world: &World, tables: usize, edges: usize) {
    fill(world, tables, edges).await;
    let before = resident();
    let began = Instant::now();
    let whole = world.ctx.snapshot().await.expect("it is read");
    let took = began.elapsed();
    println!("{tables} tables, {edges} edges each: whole {took:?}, {before} -> {} MiB", resident());
    assert_eq!(whole.assets.len(), tables);
    drop(whole);
    let mut times: Vec<Duration> = Vec::new();
    for number in 0..50 {
        let id = format!("gold.order_daily_{:06}", number * 17 % tables);
        let described = format!("UPDATE asset SET description = 'another {number}' WHERE id = '{id}'");
        world.execute(&described).await.expect("it is changed");
        let mut tx = world.ctx.db.write().await.expect("it can be written");
        changes::touch(&mut tx, [Touched::Asset(id)], world.now()).await.expect("it is noted");
        tx.commit_unrecorded("a test").await.expect("it lasts");
        let began = Instant::now();
        world.ctx.snapshot().await.expect("it follows");
        times.push(began.elapsed());
    }
    times.sort_unstable();
    println!("{tables} tables: one changed description, p50 {:?}, longest {:?}", times[25], times[49]);
    println!("at rest {} MiB", resident());
}

/// `SCALE_EDGES` says how many edges each table has.
fn scaled(tables: usize) {
    let edges = std::env::var("SCALE_EDGES").ok().and_then(|edges| edges.parse().ok()).unwrap_or(0);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        let world = World::empty(Engine::Sqlite).await.expect("there is a folder");
        measure(&world, tables, edges).await;
    });
}

#[test]
#[ignore = "it measures, and takes a while"]
fn a_thousand_tables() {
    scaled(1_000);
}

#[test]
#[ignore = "it measures, and takes minutes"]
fn a_hundred_thousand_tables() {
    scaled(100_000);
}
