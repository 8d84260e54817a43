//! How long a search takes, and how soon a change is found: `cargo bench -p lakeport-portal --bench search -- TABLES`.
#![expect(clippy::disallowed_methods, reason = "a catalog of this size is written past the store")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use lakeport_frame::{Check, CheckOutcome, Frame, LakeError, TableInfo, TableRef, TableVersion};
use lakeport_model::PersonId;
use lakeport_model::catalog::{Classification, Column, SearchRequest};
use lakeport_model::people::Viewer;
use lakeport_portal::access::{Leavers, Policies};
use lakeport_portal::catalog::{self, Index};
use lakeport_portal::dashboards::RESULTS_MB;
use lakeport_portal::lake::Statement;
use lakeport_portal::policy::{Entitlement, Measurement};
use lakeport_portal::snapshot::{Entry, Touch};
use lakeport_portal::{Call, Ctx, Db, Lake, Settings, SystemClock};
use uuid::Uuid;

const THINGS: [&str; 12] = [
    "order", "customer", "payment", "invoice", "shipment", "basket", "session", "campaign", "supplier",
    "stock", "forecast", "refund",
];
const FORMS: [&str; 10] =
    ["daily", "hourly", "raw", "clean", "history", "summary", "detail", "score", "delta", "latest"];
const COLUMNS: u32 = 10;
/// Words that people look for: a few hits, many, all, a beginning, a mistake, all words, some of them.
const QUESTIONS: [&str; 7] = [
    "refund score",
    "order",
    "",
    "forec",
    "cutsomer",
    "gold supplier latest",
    "which customers refund zebras",
];
const PEOPLE: u32 = 50;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// No lake: a search looks at no table.
struct NoLake;

#[async_trait]
impl Lake for NoLake {
    async fn describe(&self, table: &TableRef) -> Result<TableInfo, LakeError> {
        Err(LakeError::TableGone(table.name.clone()))
    }

    async fn history(&self, table: &TableRef, _limit: u32) -> Result<Vec<TableVersion>, LakeError> {
        Err(LakeError::TableGone(table.name.clone()))
    }

    async fn preview(&self, table: &Entitlement, _limit: u32) -> Result<Frame, LakeError> {
        Err(LakeError::TableGone(table.table().name.clone()))
    }

    async fn query(&self, _statement: &Statement, _tables: &[Entitlement]) -> Result<Frame, LakeError> {
        Err(LakeError::TableGone("any".to_owned()))
    }

    async fn check(&self, table: &Measurement, _checks: &[Check]) -> Result<Vec<CheckOutcome>, LakeError> {
        Err(LakeError::TableGone(table.table().name.clone()))
    }
}

fn settings(index_dir: Option<std::path::PathBuf>) -> Settings {
    Settings {
        public_url: "http://127.0.0.1:8080".to_owned(),
        lake_root: "/lake".to_owned(),
        storage_roots: Vec::new(),
        index_dir,
        results_mb: RESULTS_MB,
        demo: false,
        policies: Policies::default(),
        required_hd: None,
        administrators: Vec::new(),
        leavers: Leavers::End,
        former_days: 30,
    }
}

fn context(db: &Db, index_dir: Option<std::path::PathBuf>) -> Ctx {
    Ctx::new(db.clone(), Arc::new(SystemClock), Arc::new(NoLake), settings(index_dir))
}

fn word(words: &[&'static str], number: u32) -> &'static str {
    // A multiplication scatters what a remainder alone would repeat.
    words[(number.wrapping_mul(2_654_435_761) >> 8) as usize % words.len()]
}

fn table_id(number: u32) -> String {
    let layer = ["bronze", "silver", "gold"][number as usize % 3];
    format!("{layer}.{}_{}_{number:06}", word(&THINGS, number), word(&FORMS, number + 1))
}

/// A catalog of so many tables, one product for twenty of them.
async fn fill(db: &Db, tables: u32) -> Result<(), Failure> {
    let Db::Sqlite(pool, _) = db else { return Err("it is measured on SQLite".into()) };
    let mut tx = pool.begin().await?;
    let domains = (tables / 250).clamp(7, 400);
    let at = "2026-11-01T00:00:00.000000+00:00";
    for number in 0..domains {
        let (domain, person) = (format!("dom-{number:03}"), Uuid::from_u128(u128::from(number) + 1));
        sqlx::query("INSERT INTO domain (id, name, description) VALUES ($1, $2, '')")
            .bind(&domain)
            .bind(format!("Domain {number}"))
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO person (id, email, name, administrator, created_at) VALUES ($1, $2, $3, FALSE, $4)",
        )
        .bind(person)
        .bind(format!("owner{number}@scale.example"))
        .bind(format!("Owner {number}"))
        .bind(at)
        .execute(&mut *tx)
        .await?;
        sqlx::query("INSERT INTO member (domain, person, role) VALUES ($1, $2, 'owner')")
            .bind(&domain)
            .bind(person)
            .execute(&mut *tx)
            .await?;
    }
    for number in 0..tables {
        let id = table_id(number);
        let column = |place: u32| Column {
            name: format!("{}_{place}", word(&THINGS, number + place)),
            data_type: "string".to_owned(),
            description: format!(
                "{} {} {place}",
                word(&FORMS, number ^ place),
                word(&THINGS, number + 3 * place)
            ),
            classification: Classification::Internal,
            tags: Vec::new(),
            drift: None,
        };
        let columns: Vec<Column> = (0..COLUMNS).map(column).collect();
        sqlx::query(
            "INSERT INTO asset (id, kind, layer, namespace, name, domain, description, platform, classification, tags, \
             columns, origin, created_at) VALUES ($1, 'table', $2, 'scale', $1, $3, $4, 'Delta Lake', 'internal', '[]', \
             $5, 'file', $6)",
        )
        .bind(&id)
        .bind(["bronze", "silver", "gold"][number as usize % 3])
        .bind(format!("dom-{:03}", number % domains))
        .bind(format!("{} of {}, number {number}", word(&FORMS, number), word(&THINGS, number + 7)))
        .bind(serde_json::to_string(&columns)?)
        .bind(at)
        .execute(&mut *tx)
        .await?;
        if number % 20 == 2 {
            let (product, domain) = (format!("p{number:05}"), format!("dom-{:03}", number % domains));
            let document = format!(
                "apiVersion: v1.1.0\nkind: DataProduct\nid: {product}\nname: Product {} {number}\nversion: 1.0.0\n\
                 status: active\ndomain: {domain}\noutputPorts:\n  - {{name: main, version: 1.0.0, customProperties: \
                 [{{property: lakeport.asset, value: {id}}}]}}\n",
                word(&THINGS, number)
            );
            sqlx::query("INSERT INTO product (id, domain, document, created_at) VALUES ($1, $2, $3, $4)")
                .bind(product)
                .bind(domain)
                .bind(document)
                .bind(at)
                .execute(&mut *tx)
                .await?;
        }
    }
    sqlx::query("INSERT INTO change (number, at, area, entity) VALUES (1, $1, 'catalog', 'everything')")
        .bind(at)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Another description of one table, as the change of this number.
async fn change(db: &Db, number: i64, table: &str, description: &str) -> Result<(), Failure> {
    let Db::Sqlite(pool, _) = db else { return Err("it is measured on SQLite".into()) };
    sqlx::query("UPDATE asset SET description = $1 WHERE id = $2")
        .bind(description)
        .bind(table)
        .execute(pool)
        .await?;
    sqlx::query("INSERT INTO change (number, at, area, entity) VALUES ($1, '2026-11-01', 'catalog', $2)")
        .bind(number)
        .bind(format!("asset {table}"))
        .execute(pool)
        .await?;
    Ok(())
}

/// The middle and the 99th of a hundred.
fn figures(mut times: Vec<Duration>) -> (f64, f64) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1_000.0;
    (at(50), at(99))
}

fn viewer() -> Viewer {
    Viewer {
        id: PersonId(Uuid::from_u128(1)),
        name: "Vera".to_owned(),
        email: "vera@scale.example".to_owned(),
        administrator: false,
        service: false,
        memberships: Vec::new(),
    }
}

fn request(q: &str) -> SearchRequest {
    SearchRequest { q: q.to_owned(), limit: 20, ..SearchRequest::default() }
}

async fn searches(ctx: &Ctx) -> Result<(), Failure> {
    println!(
        "{:<24}{:>14}{:>12}{:>14}{:>12}{:>12}",
        "search, ms", "bare p50", "p99", "search p50", "p99", "p50s"
    );
    for q in QUESTIONS {
        let (mut bare, mut whole) = (Vec::new(), Vec::new());
        for _ in 0..50 {
            let began = Instant::now();
            ctx.index.count(q)?;
            bare.push(began.elapsed());
            let began = Instant::now();
            catalog::search(&Call::new(ctx, viewer()).await?, &request(q)).await?;
            whole.push(began.elapsed());
        }
        let ((bare, bare_99), (whole, whole_99)) = (figures(bare), figures(whole));
        // All there is is listed without the index.
        let times = if q.is_empty() { String::new() } else { format!("{:.1} x", whole / bare) };
        println!(
            "{:<24}{bare:>14.2}{bare_99:>12.2}{whole:>14.2}{whole_99:>12.2}{times:>12}",
            format!("\"{q}\"")
        );
    }
    let mut people = tokio::task::JoinSet::new();
    for person in 0..PEOPLE {
        let ctx = ctx.clone();
        people.spawn(async move {
            let mut times = Vec::new();
            tokio::time::sleep(Duration::from_millis(u64::from(person) * 20)).await;
            for round in 0..10 {
                let q = QUESTIONS[(person + round) as usize % QUESTIONS.len()];
                let began = Instant::now();
                catalog::search(&Call::new(&ctx, viewer()).await?, &request(q)).await?;
                times.push(began.elapsed());
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Ok::<_, lakeport_portal::Error>(times)
        });
    }
    let mut times = Vec::new();
    while let Some(person) = people.join_next().await {
        times.extend(person??);
    }
    let (p50, p99) = figures(times);
    println!("{PEOPLE} people, a search a second each: p50 {p50:.2} ms, p99 {p99:.2} ms");
    Ok(())
}

async fn measure(tables: u32, with_searches: bool) -> Result<(), Failure> {
    let data = tempfile::tempdir()?;
    let db = Db::connect(&format!("sqlite://{}", data.path().join("portal.db").display())).await?;
    db.migrate().await?;
    fill(&db, tables).await?;
    let ctx = context(&db, Some(data.path().join("index")));
    let snapshot = ctx.snapshot().await?;
    let began = Instant::now();
    while !ctx.index.wait_for(snapshot.change) {}
    println!("{tables} tables: index built in {:.1} s", began.elapsed().as_secs_f64());
    if with_searches {
        tokio::time::sleep(Duration::from_secs(5)).await;
        searches(&ctx).await?;
    }
    drop(ctx);
    let index = Index::on_disk(data.path().join("index"));
    let began = Instant::now();
    index.follow(&snapshot, &Touch::All);
    while !index.wait_for(snapshot.change) {}
    println!("{tables} tables: index of the last process opened in {:.2} s", began.elapsed().as_secs_f64());
    let mut times = Vec::new();
    for number in 2..5 {
        let (table, found) = (table_id(tables / 2), format!("zebra{number}"));
        change(&db, number, &table, &found).await?;
        let next = context(&db, None).snapshot().await?;
        let began = Instant::now();
        index.follow(&next, &Touch::Entries(BTreeSet::from([Entry::Asset(table)])));
        let given_back = began.elapsed();
        while index.count(&found)? == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        times.push((given_back, began.elapsed()));
    }
    let worst = times.iter().map(|(_, found)| *found).max().unwrap_or_default();
    let held = times.iter().map(|(given_back, _)| *given_back).max().unwrap_or_default();
    println!("{tables} tables: a change is found after {worst:.1?} at most; its caller is held {held:.1?}");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let most: u32 = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(10_000);
    let mut sizes: Vec<u32> = [1_000, 10_000, 100_000].into_iter().filter(|size| *size < most).collect();
    sizes.push(most);
    for tables in sizes {
        measure(tables, tables == most).await?;
    }
    Ok(())
}
