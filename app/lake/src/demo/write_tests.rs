//! The demo lake on disk.

use chrono::{Days, NaiveDate, TimeDelta};
use deltalake::DeltaTableBuilder;
use lakeport_frame::{Check, CheckOutcome, LakeError, TableRef};
use url::Url;

use super::generate;
use crate::engine::Engine;
use crate::protocol::{DemoProgress, DemoRequest, Storage};

fn request(root: &std::path::Path) -> DemoRequest {
    DemoRequest {
        root: root.display().to_string(),
        seed: 5,
        first_day: NaiveDate::from_ymd_opt(2025, 1, 1).expect("a date"),
        last_day: NaiveDate::from_ymd_opt(2026, 5, 30).expect("a date"),
        now: "2026-05-31T08:00:00Z".parse().expect("a moment"),
        orders: 3_000,
    }
}

async fn version(root: &std::path::Path, table: &str) -> u64 {
    let location = Url::from_directory_path(root.join(table)).expect("an absolute path");
    let table = DeltaTableBuilder::from_url(location).expect("a location").load().await.expect("a table");
    table.version().expect("a loaded table")
}

#[tokio::test]
async fn tables_are_written_once_and_continued() {
    let lake = tempfile::tempdir().expect("a folder");
    let mut request = request(lake.path());
    let mut seen = Vec::new();
    let first = generate(&request, &mut |at: DemoProgress| seen.push(at)).await.expect("a lake");
    assert_eq!(first.tables.len(), 20);
    assert!(first.tables.iter().all(|table| table.rows > 0), "{first:?}");
    assert_eq!(seen.len(), 21);
    assert!(seen.last().is_some_and(|at| at.done == at.total));

    let again = generate(&request, &mut |_: DemoProgress| {}).await.expect("a lake");
    assert_eq!(again, first);
    assert_eq!(version(lake.path(), "gold/collections").await, 0);

    request.last_day = NaiveDate::from_ymd_opt(2026, 6, 15).expect("a date");
    let later = generate(&request, &mut |_: DemoProgress| {}).await.expect("a lake");
    assert_eq!(version(lake.path(), "gold/collections").await, 1);
    assert_eq!(version(lake.path(), "silver/fact_orders").await, 1);
    let whole = tempfile::tempdir().expect("a folder");
    request.root = whole.path().display().to_string();
    let at_once = generate(&request, &mut |_: DemoProgress| {}).await.expect("a lake");
    for (continued, whole) in later.tables.iter().zip(&at_once.tables) {
        assert_eq!((&continued.name, continued.rows), (&whole.name, whole.rows));
    }
}

#[tokio::test]
async fn a_moved_clock_never_makes_fresh_rows_look_old() {
    let lake = tempfile::tempdir().expect("a folder");
    let mut request = request(lake.path());
    let mut engine = Engine::new(Storage::default(), &[request.root.clone()]);
    for moved in 0..8 {
        if moved > 0 {
            request.now += TimeDelta::days(10);
            request.last_day = request.last_day + Days::new(10);
        }
        let summary = generate(&request, &mut |_: DemoProgress| {}).await.expect("a lake");
        for table in summary.tables {
            let table = TableRef { name: table.name, location: table.location };
            let info = engine.describe(&table).await.expect("is described");
            assert_eq!(info.modified_at, request.now, "{} after {moved} moves", table.name);
            let fresh = Check::Fresh { column: None, max_age_seconds: 60, now: request.now };
            let outcome = engine.check(&table, &[fresh]).await.expect("is checked");
            assert!(matches!(outcome[..], [CheckOutcome::Passed { .. }]), "{}: {outcome:?}", table.name);
        }
    }
}

#[tokio::test]
async fn a_lake_of_another_demo_is_left_alone() {
    let lake = tempfile::tempdir().expect("a folder");
    let mut request = request(lake.path());
    generate(&request, &mut |_: DemoProgress| {}).await.expect("a lake");
    request.seed = 6;
    let refused = generate(&request, &mut |_: DemoProgress| {}).await;
    assert!(matches!(refused, Err(LakeError::Refused(message)) if message.contains("another seed")));
    assert_eq!(version(lake.path(), "bronze/payments").await, 0);
}

#[tokio::test]
async fn requests_without_days_or_orders_are_refused() {
    let lake = tempfile::tempdir().expect("a folder");
    let good = request(lake.path());
    let backwards =
        DemoRequest { last_day: NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date"), ..good.clone() };
    let empty = DemoRequest { orders: 0, ..good.clone() };
    let relative = DemoRequest { root: "lake".to_owned(), ..good };
    for wrong in [backwards, empty, relative] {
        let refused = generate(&wrong, &mut |_: DemoProgress| {}).await;
        assert!(matches!(refused, Err(LakeError::Refused(_))), "{refused:?}");
    }
}
