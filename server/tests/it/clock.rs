//! The demo's tables before the demo's contracts: small or large, and wherever the clock is moved.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use lakeport_frame::{CheckOutcome, TableRef};
use lakeport_lake::engine::Engine;
use lakeport_lake::{DemoRequest, Storage, demo};
use lakeport_portal::standards::odcs::Contract;
use lakeport_portal::standards::odcs::checks::{Test, promises};
use lakeport_portal::standards::{Document, recognise};

use crate::world::mesh_files;

/// What the demo breaks on purpose; everything else is kept.
const PLANTED: [&str; 1] = ["fact-payments: order_id is never empty"];
/// Days by which the clock is moved, one step after the other: over the turn of the year, weeks at once and day by day.
const STEPS: [u64; 8] = [10, 10, 10, 10, 1, 2, 30, 7];

/// The demo's contracts, every version of them.
fn contracts() -> Vec<Contract> {
    let files = mesh_files();
    let contract = |document| match document {
        Document::Contract(contract) => Some(*contract),
        _ => None,
    };
    files.iter().filter_map(|file| contract(recognise(&file.path, &file.text).unwrap())).collect()
}

/// What of the contracts is not kept at this moment, with what was found.
async fn broken(
    engine: &mut Engine,
    tables: &[TableRef],
    contracts: &[Contract],
    now: DateTime<Utc>,
) -> BTreeMap<String, String> {
    let mut broken = BTreeMap::new();
    let mut objects = 0;
    for contract in contracts {
        for object in &contract.schema {
            let Some(table) = tables.iter().find(|table| table.name == object.asset()) else { continue };
            objects += 1;
            let (labels, checks): (Vec<_>, Vec<_>) = promises(contract, object, now)
                .into_iter()
                .filter_map(|promise| match promise.test {
                    Test::Check(check) => Some((format!("{}: {}", contract.id, promise.label), check)),
                    Test::Stated { .. } => None,
                    Test::Unchecked { reason } => panic!("{}: {reason}", promise.label),
                })
                .unzip();
            for (label, outcome) in labels.into_iter().zip(engine.check(table, &checks).await.unwrap()) {
                match outcome {
                    CheckOutcome::Passed { .. } => {}
                    CheckOutcome::Failed { detail, .. } => _ = broken.insert(label, detail),
                    CheckOutcome::Unchecked { reason } => panic!("{label}: {reason}"),
                }
            }
        }
    }
    assert!(objects > 10, "only {objects} tables have a contract");
    broken
}

/// The demo as it is made on a day, and after every step of its clock, always late in the evening: at no other time of
/// the day are the rows of the day before as old.
async fn nothing_breaks_but_what_was_planted(orders: u32, steps: &[u64]) {
    let contracts = contracts();
    let lake = tempfile::tempdir().unwrap();
    let root = lake.path().display().to_string();
    let mut engine = Engine::new(Storage::default(), std::slice::from_ref(&root));
    let first_day = NaiveDate::from_ymd_opt(2024, 5, 1).unwrap();
    let mut today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    for step in [0].iter().chain(steps) {
        today = today + Days::new(*step);
        let now = today.and_hms_opt(23, 59, 59).unwrap().and_utc();
        let request = DemoRequest {
            root: root.clone(),
            seed: 7,
            first_day,
            last_day: today.pred_opt().unwrap(),
            now,
            orders,
        };
        let made = demo::generate(&request, &mut |_: lakeport_lake::DemoProgress| {}).await.unwrap();
        let tables: Vec<_> = made
            .tables
            .into_iter()
            .map(|table| TableRef { name: table.name, location: table.location })
            .collect();
        let broken = broken(&mut engine, &tables, &contracts, now).await;
        assert!(broken.keys().eq(PLANTED), "{orders} orders on {today}: {broken:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_clock_step_and_no_scale_makes_a_false_breach() {
    // The smallest that the command line allows; the journeys do the same with more orders.
    nothing_breaks_but_what_was_planted(1_000, &STEPS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_larger_company_has_a_false_breach() {
    for orders in [3_000, 10_000] {
        nothing_breaks_but_what_was_planted(orders, &[STEPS.iter().sum()]).await;
    }
}
