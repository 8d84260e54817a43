//! Prints how many lineage events a second many senders at once get rid of, and how long a file with many takes:
//! `events [SECONDS] [EVENTS OF THE FILE]`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use lakeport_frame::{Check, CheckOutcome, Frame, LakeError, TableInfo, TableRef, TableVersion};
use lakeport_portal::access::{Leavers, Policies};
use lakeport_portal::catalog::{self, SourceFile};
use lakeport_portal::lake::Statement;
use lakeport_portal::policy::{Entitlement, Measurement};
use lakeport_portal::{Actor, Ctx, Db, Lake, Settings, SystemClock, lineage};

const SENDERS: u64 = 50;
const INPUTS: u64 = 10;
const EVENTS_OF_A_FILE: u64 = 2_000;

/// A lake without tables.
struct Dry;

#[async_trait]
impl Lake for Dry {
    async fn describe(&self, table: &TableRef) -> Result<TableInfo, LakeError> {
        Err(LakeError::TableGone(table.name.clone()))
    }

    async fn history(&self, table: &TableRef, _limit: u32) -> Result<Vec<TableVersion>, LakeError> {
        Err(LakeError::TableGone(table.name.clone()))
    }

    async fn preview(&self, _table: &Entitlement, _limit: u32) -> Result<Frame, LakeError> {
        Err(LakeError::Busy("there is no table".to_owned()))
    }

    async fn query(&self, _statement: &Statement, _tables: &[Entitlement]) -> Result<Frame, LakeError> {
        Err(LakeError::Busy("there is no table".to_owned()))
    }

    async fn check(&self, table: &Measurement, _checks: &[Check]) -> Result<Vec<CheckOutcome>, LakeError> {
        Err(LakeError::TableGone(table.table().name.clone()))
    }
}

/// An event with ten edges; `seed` chooses its run and its inputs.
fn event(job: u64, seed: u64) -> String {
    let name = |number: u64| format!(r#"{{"namespace":"scale","name":"silver.table_{number:06}"}}"#);
    let inputs: Vec<String> = (0..INPUTS).map(|at| name((job * 7 + at * 131) % 100_000)).collect();
    format!(
        r#"{{"eventType":"COMPLETE","eventTime":"2026-11-01T00:00:00Z","producer":"https://scale.example/gen","schemaURL":"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent","run":{{"runId":"{:08x}-b56b-5c27-8ef4-{:012x}"}},"job":{{"namespace":"scale","name":"job_{job}"}},"inputs":[{}],"outputs":[{}]}}"#,
        seed >> 32,
        seed & 0xffff_ffff,
        inputs.join(","),
        name(job % 100_000)
    )
}

async fn portal(folder: &std::path::Path, name: &str) -> Ctx {
    let url = format!("sqlite://{}", folder.join(name).display());
    let db = Db::connect(&url).await.expect("the database can be opened");
    db.migrate().await.expect("the tables can be made");
    let settings = Settings {
        public_url: "https://data.example".to_owned(),
        lake_root: "/lake".to_owned(),
        storage_roots: Vec::new(),
        index_dir: None,
        results_mb: 1,
        demo: false,
        policies: Policies::default(),
        required_hd: None,
        administrators: Vec::new(),
        leavers: Leavers::End,
        former_days: 30,
    };
    Ctx::new(db, Arc::new(SystemClock), Arc::new(Dry), settings)
}

/// Events a second, and how long the slowest hundredth of their senders waited for an answer.
async fn send(ctx: &Ctx, what: &str, lasts: Duration, job: fn(u64) -> u64) {
    let (sent, begun) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let mut senders = Vec::new();
    for _ in 0..SENDERS {
        let (ctx, sent) = (ctx.clone(), Arc::clone(&sent));
        senders.push(tokio::spawn(async move {
            let mut waited = Vec::new();
            while begun.elapsed() < lasts {
                let number = sent.fetch_add(1, Ordering::Relaxed);
                let (text, asked) = (event(job(number), number), Instant::now());
                lineage::ingest(&ctx, &Actor::System("bench"), &text).await.expect("it is taken");
                waited.push(asked.elapsed());
            }
            waited
        }));
    }
    // Whoever decides in the meantime takes a turn to write.
    let mut turns = Vec::new();
    while begun.elapsed() < lasts {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let asked = Instant::now();
        drop(ctx.db.write().await.expect("a turn"));
        turns.push(asked.elapsed());
    }
    let mut waited = Vec::new();
    for sender in senders {
        waited.extend(sender.await.expect("it ends"));
    }
    let took = begun.elapsed();
    println!(
        "{what}: {:.0} events/s, answers p50 {:.0} ms p99 {:.0} ms; others wait for their turn p50 {:.0} ms p99 {:.0} ms",
        f64::from(u32::try_from(waited.len()).unwrap_or(u32::MAX)) / took.as_secs_f64(),
        part(&mut waited, 50),
        part(&mut waited, 99),
        part(&mut turns, 50),
        part(&mut turns, 99),
    );
}

/// The time in milliseconds below which so many of a hundred lie.
fn part(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    times.get(times.len() * percent / 100).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}

/// How long the import of a file takes.
async fn import(ctx: &Ctx, events: u64) {
    let file = |from: u64| {
        let to = (from + EVENTS_OF_A_FILE).min(events);
        let lines: Vec<String> = (from..to).map(|number| event(number, number)).collect();
        SourceFile { path: format!("lineage/part-{from}.jsonl"), text: lines.join("\n") + "\n" }
    };
    let files: Vec<SourceFile> = (0..events).step_by(2_000).map(file).collect();
    for what in ["new", "the same again"] {
        let begun = Instant::now();
        catalog::import(ctx, &Actor::System("bench"), files.clone(), false).await.expect("it is imported");
        println!(
            "import of {events} events with {INPUTS} edges each, {what}: {:.1} s",
            begun.elapsed().as_secs_f64()
        );
    }
}

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let seconds = Duration::from_secs(numbers.first().copied().unwrap_or(10));
    let events = numbers.get(1).copied().unwrap_or(10_000);
    let folder = tempfile::tempdir().expect("a folder can be made");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        let ctx = portal(folder.path(), "events.db").await;
        send(&ctx, "every event of a new job", seconds, |number| number).await;
        send(&ctx, "new runs of the same jobs", seconds, |number| number % 1_000).await;
        import(&portal(folder.path(), "import.db").await, events).await;
    });
}
