//! Real worker processes: this test binary itself is the worker, through the ignored test below.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use deltalake::arrow::array::{ArrayRef, Int64Array};
use lakeport_frame::{Check, CheckOutcome, Comparison, Exact, LakeError, Query, Readable, TableRef, Value};
use lakeport_lake::{DemoRequest, PoolOptions, Storage, WorkerPool, worker_main};

use crate::lake::{Lake, batch, query, roots};

/// Runs for hours within little memory.
const ENDLESS: &str = "SELECT count(*) AS n FROM gold.sales a, gold.sales b, gold.sales c, gold.sales d, \
     gold.sales e, gold.sales f, gold.sales g, gold.sales h, gold.sales i WHERE a.id + b.id + c.id + d.id + e.id \
     + f.id + g.id + h.id + i.id > 1";

#[test]
#[ignore = "this is the worker process that the other tests start"]
fn worker() {
    let _ = worker_main();
}

#[test]
#[ignore = "this is a worker process that ends in a panic; a test below starts it"]
fn panicking() {
    let _ = worker_main();
    panic!("the first line\r\nthe second\nERROR \u{1b}[2Jforged");
}

/// One worker; `mark` stands in its command line.
fn options(mark: &str) -> PoolOptions {
    let args = ["--exact", "pool::worker", "--ignored", "--nocapture", "--skip", mark];
    PoolOptions {
        program: std::env::current_exe().expect("the test has a path"),
        args: args.map(str::to_owned).to_vec(),
        workers: 1,
        queue: 4,
        deadline: Duration::from_mins(1),
        memory_bytes: 1024 * 1024 * 1024,
        cpu_seconds: 600,
        storage: Storage::default(),
        roots: roots(),
    }
}

fn count(table: &TableRef) -> Query {
    query("SELECT count(*) AS n FROM gold.sales", &[table])
}

async fn assert_counts(pool: &WorkerPool, table: &TableRef, rows: i64) {
    let frame = pool.query(count(table)).await.expect("the pool answers");
    assert_eq!(frame.value(0, "n"), Some(Value::Int(rows)));
}

/// Processes with this mark in their command line.
fn processes(mark: &str) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir("/proc").expect("the system lists its processes");
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            std::fs::read_to_string(path.join("cmdline"))
                .is_ok_and(|line| line.split('\0').any(|arg| arg == mark))
        })
        .collect()
}

#[tokio::test]
async fn every_question_is_answered_by_a_worker() {
    let (_lake, table) = Lake::with_sales().await;
    let pool = WorkerPool::new(options("every-question"));
    assert_eq!(pool.describe(table.clone()).await.expect("is described").rows, Some(12));
    assert_eq!(pool.history(table.clone(), 1).await.expect("has a history").len(), 1);
    let preview = pool.preview(Readable::whole(table.clone()), 2).await.expect("is shown");
    assert_eq!((preview.rows(), preview.truncated), (2, true));
    assert_counts(&pool, &table, 12).await;
    let outcomes = pool.check(table.clone(), vec![Check::Required { column: "id".to_owned() }]).await;
    assert!(matches!(outcomes.expect("is checked")[..], [CheckOutcome::Passed { .. }]));
    assert_eq!(pool.lineage(count(&table)).await.expect("is planned")[0].output, "n");
    let refused = pool.query(query("DROP TABLE gold.sales", &[&table])).await;
    assert!(matches!(refused, Err(LakeError::Refused(_))), "{refused:?}");
    let [worker] = &processes("every-question")[..] else { panic!("there is not exactly one worker") };
    let environment = std::fs::read(worker.join("environ")).expect("the worker is ours");
    assert!(environment.is_empty(), "the worker knows {}", String::from_utf8_lossy(&environment));
    drop(pool);
}

#[tokio::test]
async fn demo_data_tells_how_far_it_is() {
    let lake = Lake::new();
    let pool = WorkerPool::new(options("demo-data"));
    let day = |day| NaiveDate::from_ymd_opt(2026, 1, day).expect("is a day");
    let root = lake.path("demo").display().to_string();
    let now = "2026-01-11T08:00:00Z".parse().expect("a moment");
    let request = DemoRequest { root, seed: 1, first_day: day(1), last_day: day(10), now, orders: 300 };
    let mut steps = Vec::new();
    let summary = pool.demo(request, |step| steps.push(step)).await.expect("is written");
    assert!(steps.len() > summary.tables.len(), "{steps:?}");
    assert_eq!(steps.last().map(|step| step.done), steps.last().map(|step| step.total));
    let table = summary.tables.iter().find(|table| table.rows > 0).expect("some table has rows");
    let table = TableRef { name: table.name.clone(), location: table.location.clone() };
    assert!(pool.describe(table).await.expect("is described").rows > Some(0));
}

#[tokio::test]
async fn a_statement_past_its_deadline_is_ended() {
    let (_lake, table) = Lake::with_sales().await;
    let pool = WorkerPool::new(PoolOptions { deadline: Duration::from_secs(4), ..options("past-deadline") });
    assert_counts(&pool, &table, 12).await;
    let slow = pool.query(query(ENDLESS, &[&table])).await;
    assert!(matches!(slow, Err(LakeError::TooSlow(_))), "{slow:?}");
    assert_counts(&pool, &table, 12).await;
}

#[tokio::test]
async fn a_rule_that_never_ends_never_takes_the_others_with_it() {
    let (_lake, table) = Lake::with_sales().await;
    let pool = WorkerPool::new(PoolOptions { deadline: Duration::from_secs(4), ..options("slow-rule") });
    let rule = |sql: &str| Check::Sql {
        sql: sql.to_owned(),
        names: vec!["sales".to_owned()],
        must_be: Comparison::AtLeast,
        limit: Exact::from(1_i64),
        upper: None,
        percent: false,
    };
    let checks = vec![
        Check::Required { column: "id".to_owned() },
        rule(ENDLESS),
        rule("SELECT count(*) FROM sales"),
        Check::Unique { columns: vec!["id".to_owned()] },
        Check::RowCount { min: Some(12), max: Some(12) },
    ];
    let outcomes = pool.check(table.clone(), checks).await.expect("the table is there");
    let states: Vec<&str> = outcomes
        .iter()
        .map(|outcome| match outcome {
            CheckOutcome::Passed { .. } => "kept",
            CheckOutcome::Failed { .. } => "broken",
            CheckOutcome::Unchecked { reason } => reason,
        })
        .collect();
    assert_eq!(
        states,
        ["kept", "The rule did not finish in 2 seconds and was stopped.", "kept", "kept", "kept"]
    );
    let started = Instant::now();
    let outcomes = pool.check(table.clone(), vec![rule(ENDLESS); 9]).await.expect("the table is there");
    assert!(started.elapsed() < Duration::from_secs(14), "{:?}", started.elapsed());
    let last = CheckOutcome::Unchecked {
        reason: "The rules before this one took all the time there is for a table.".to_owned(),
    };
    assert_eq!(outcomes[8], last);
    let gone = TableRef { location: format!("{}-gone", table.location), ..table };
    let gone = pool.check(gone, vec![rule(ENDLESS), rule(ENDLESS)]).await;
    assert!(matches!(gone, Err(LakeError::TableGone(_))), "{gone:?}");
}

#[tokio::test]
async fn a_worker_ends_with_its_processor_time() {
    let (_lake, table) = Lake::with_sales().await;
    let pool = WorkerPool::new(PoolOptions { cpu_seconds: 3, ..options("processor-time") });
    let slow = pool.query(query(ENDLESS, &[&table])).await;
    assert!(matches!(slow, Err(LakeError::TooSlow(_))), "{slow:?}");
    assert_counts(&pool, &table, 12).await;
}

#[tokio::test]
async fn memory_ends_a_statement_and_never_the_pool() {
    let (_lake, table) = Lake::with_sales().await;
    let pool = WorkerPool::new(PoolOptions { memory_bytes: 768 * 1024 * 1024, ..options("memory") });
    for sql in [
        // What the engine accounts for.
        "SELECT count(DISTINCT concat(a.note, b.id, c.id, d.id, e.id, f.id, g.id, h.id)) FROM gold.sales a, \
         gold.sales b, gold.sales c, gold.sales d, gold.sales e, gold.sales f, gold.sales g, gold.sales h",
        // What it does not.
        "SELECT length(rpad(note, 2000000000, 'x')) FROM gold.sales",
    ] {
        let large = pool.query(query(sql, &[&table])).await;
        assert!(matches!(large, Err(LakeError::TooLarge(_))), "{sql}: {large:?}");
        assert_counts(&pool, &table, 12).await;
    }
    let wide = "SELECT rpad(a.note, 400000, 'x') AS t FROM gold.sales a, gold.sales b";
    let large = pool.query(query(wide, &[&table])).await;
    assert!(matches!(large, Err(LakeError::TooLarge(_))), "{large:?}");
}

#[tokio::test]
async fn large_tables_fit_the_limits() {
    const ROWS: i64 = 1_000_000;
    let lake = Lake::new();
    for part in 0..5 {
        let ids = part * ROWS..(part + 1) * ROWS;
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("id", Arc::new(Int64Array::from_iter_values(ids.clone()))),
            ("customer", Arc::new(Int64Array::from_iter_values(ids.map(|id| id * 7 % 100_003)))),
        ];
        lake.append("gold.sales", batch(columns), &[]).await;
    }
    let table = lake.table("gold.sales");
    let pool = WorkerPool::new(options("large-tables"));
    let grouped = query("SELECT customer, count(*) AS n, sum(id) AS s FROM gold.sales GROUP BY 1", &[&table]);
    let frame = pool.query(grouped).await.expect("fits");
    assert_eq!((frame.rows(), frame.truncated), (1_000, true));
    let unique = Check::Unique { columns: vec!["customer".to_owned()] };
    let outcomes = pool.check(table.clone(), vec![unique]).await.expect("is checked");
    assert!(
        matches!(outcomes[0], CheckOutcome::Failed { failing_rows: Some(5_000_000), .. }),
        "{outcomes:?}"
    );
    assert_counts(&pool, &table, 5_000_000).await;
}

#[tokio::test]
async fn a_full_queue_answers_at_once() {
    let (_lake, table) = Lake::with_sales().await;
    let pool = WorkerPool::new(PoolOptions { queue: 1, ..options("full-queue") });
    let (first, second) = tokio::join!(pool.query(count(&table)), pool.describe(table.clone()));
    assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
    let busy = pool.clone();
    let endless = query(ENDLESS, &[&table]);
    let waiting = count(&table);
    let running = tokio::spawn(async move { tokio::join!(busy.query(endless), busy.query(waiting)).1 });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let asked = Instant::now();
    let refused = pool.query(count(&table)).await;
    assert!(matches!(refused, Err(LakeError::Busy(_))), "{refused:?}");
    assert!(asked.elapsed() < Duration::from_millis(500));
    running.abort();
}

#[tokio::test]
async fn one_persons_heavy_queries_never_delay_another_by_more_than_one_of_them() {
    const DEADLINE: Duration = Duration::from_secs(6);
    let (_lake, table) = Lake::with_sales().await;
    for workers in [1, 2] {
        let options = PoolOptions { workers, deadline: DEADLINE, ..options("one-person") };
        let pool = WorkerPool::new(options);
        let heavy = (0..3).map(|_| {
            let (hers, query) = (pool.asked_by("ada"), query(ENDLESS, &[&table]));
            tokio::spawn(async move { hers.query(query).await })
        });
        let heavy: Vec<_> = heavy.collect();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let asked = Instant::now();
        let answer = pool.asked_by("bob").query(count(&table)).await;
        assert_eq!(answer.expect("is counted").value(0, "n"), Some(Value::Int(12)));
        assert!(asked.elapsed() < DEADLINE * 3 / 2, "{workers} workers: {:?}", asked.elapsed());
        if workers == 2 {
            assert!(asked.elapsed() < DEADLINE / 2, "a worker was free: {:?}", asked.elapsed());
        }
        heavy.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

#[tokio::test]
async fn a_request_that_is_given_up_takes_its_worker_along() {
    let (_lake, table) = Lake::with_sales().await;
    let pool = WorkerPool::new(options("given-up"));
    let given_up = tokio::time::timeout(Duration::from_secs(2), pool.query(query(ENDLESS, &[&table]))).await;
    assert!(given_up.is_err(), "{given_up:?}");
    let frame = pool.query(query("SELECT 'mine' AS answer", &[])).await.expect("the pool answers");
    assert_eq!(frame.value(0, "answer"), Some(Value::Text("mine".to_owned())));
    assert_eq!(processes("given-up").len(), 1, "the worker of the endless statement is gone");
}

#[test]
fn a_panic_of_a_worker_is_never_more_than_one_line() {
    let ended = Command::new(std::env::current_exe().expect("the test has a path"))
        .args(["--exact", "pool::panicking", "--ignored", "--nocapture"])
        .stdin(Stdio::null())
        .output()
        .expect("the worker can be started");
    let told = String::from_utf8(ended.stderr).expect("it is text");
    assert_eq!(told.lines().count(), 1, "{told:?}");
    assert!(
        told.contains("pool.rs") && told.contains("the first line") && told.contains("forged"),
        "{told:?}"
    );
    assert!(!told.contains(['\r', '\u{1b}']), "{told:?}");
}

#[tokio::test]
async fn a_program_that_is_no_worker_is_a_fault() {
    let (_lake, table) = Lake::with_sales().await;
    for (program, args) in
        [("/bin/true", vec![]), ("/bin/echo", vec!["hello".to_owned()]), ("/nothing/here", vec![])]
    {
        let pool = WorkerPool::new(PoolOptions { program: program.into(), args, ..options("no-worker") });
        let fault = pool.describe(table.clone()).await;
        assert!(matches!(fault, Err(LakeError::Fault(_))), "{program}: {fault:?}");
    }
}
