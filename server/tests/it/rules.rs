//! Rules of contracts on a real Delta table: what the portal makes of an author's words, and what the lake answers.

use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, Utc};
use futures::future::join_all;
use lakeport::lake_bridge::LakeBridge;
use lakeport_frame::{Check, CheckOutcome, LakeError, TableRef};
use lakeport_lake::{DemoRequest, PoolOptions, Storage, WorkerPool};
use lakeport_model::people::{DomainRef, Membership, Role, Viewer};
use lakeport_model::{DomainId, PersonId};
use lakeport_portal::Lake as _;
use lakeport_portal::policy::{Measurement, RunChecks, authorize, measure};
use lakeport_portal::standards::odcs::Contract;
use lakeport_portal::standards::odcs::checks::{Promise, Test, promises};

/// Workers of the built binary, reading below this folder.
fn pool(root: &str) -> WorkerPool {
    WorkerPool::new(PoolOptions {
        program: env!("CARGO_BIN_EXE_lakeport").into(),
        args: vec!["worker".to_owned()],
        workers: 1,
        queue: 4,
        deadline: Duration::from_mins(1),
        memory_bytes: 1024 * 1024 * 1024,
        cpu_seconds: 600,
        storage: Storage::default(),
        roots: vec![root.to_owned()],
    })
}

/// A measurement that somebody of the domain starts.
fn started_by(number: u128, table: &TableRef) -> Measurement {
    let domain = DomainRef { id: DomainId::from("sales"), name: "Sales".to_owned() };
    let viewer = Viewer {
        id: PersonId(uuid::Uuid::from_u128(number)),
        name: "Ada".to_owned(),
        email: "ada@nordkauf.example".to_owned(),
        administrator: false,
        service: false,
        memberships: vec![Membership { domain, role: Role::Owner }],
    };
    let action = RunChecks { domain: DomainId::from("sales"), subscriber: false, told: true };
    let proof = authorize(&viewer, action).expect("an owner may");
    measure(&proof, table.clone())
}

#[tokio::test]
async fn checks_that_somebody_starts_never_keep_workers_from_others() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display().to_string();
    let lake = LakeBridge::new(Arc::new(pool(&root)));
    let table = TableRef { name: "silver.none".to_owned(), location: format!("{root}/none") };
    let checks = [Check::Required { column: "id".to_owned() }];
    let [ada, bob] = [1, 2].map(|number| started_by(number, &table));
    let hers = join_all((0..6).map(|_| lake.check(&ada, &checks)));
    let (hers, his) = tokio::join!(hers, lake.check(&bob, &checks));
    let is_busy = |done: &Result<_, LakeError>| matches!(done, Err(LakeError::Busy(_)));
    assert_eq!(hers.iter().filter(|done| is_busy(done)).count(), 3, "one runs, two wait: {hers:?}");
    assert!(!is_busy(&his), "{his:?}");
}

#[tokio::test]
async fn a_rule_never_fails_for_what_it_calls_its_own_table() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("lake").display().to_string();
    let pool = pool(&root);
    let day = |day| NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    let now = "2026-01-04T08:00:00Z".parse::<chrono::DateTime<Utc>>().unwrap();
    let request = DemoRequest { root, seed: 1, first_day: day(1), last_day: day(3), now, orders: 1_000 };
    let made = pool.demo(request, |_| {}).await.expect("the tables are written");
    let table = made.tables.iter().find(|table| table.name == "silver.fact_orders").unwrap();
    let table = TableRef { name: table.name.clone(), location: table.location.clone() };
    let whole = ["orders", "Orders", "ORDERS", "\"Orders\"", "silver.fact_orders"]
        .map(|name| format!("SELECT count(*) FROM {name}"));
    let placeholders = ["${object}", "{object}", "${table}", "{table}", "${model}", "{model}"]
        .map(|name| format!("SELECT count(*) FROM {name} AS o WHERE o.order_id IS NOT NULL;"));
    let rule = |sql: &String| format!("  - {{type: sql, query: '{sql}', mustBeGreaterThan: 0}}\n");
    let rules = whole.iter().chain(&placeholders).map(rule).collect::<Vec<_>>().concat();
    let columns: String = ["${property}", "{property}", "${column}", "{column}", "${field}"]
        .map(|name| {
            format!("    - {{type: sql, query: 'SELECT count({name}) FROM orders', mustBeGreaterThan: 0}}\n")
        })
        .concat();
    let text = format!(
        "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema:\n- name: Orders\n  \
         physicalName: silver.fact_orders\n  quality:\n{rules}  properties:\n  - name: order_id\n    quality:\n{columns}"
    );
    let contract = Contract::from_yaml("c.odcs.yaml", &text).unwrap_or_else(|errors| panic!("{errors}"));
    let promised = promises(&contract, &contract.schema[0], now);
    let check = |promise: &Promise| match &promise.test {
        Test::Check(check) => Some(check.clone()),
        Test::Unchecked { .. } | Test::Stated { .. } => None,
    };
    let checks: Vec<_> = promised.iter().filter_map(check).collect();
    // The three ways to write a table or a column come down to fewer statements.
    assert!(checks.len() >= 7, "{checks:#?}");
    assert_eq!(checks.len(), promised.len(), "every rule is one that can be measured: {promised:#?}");
    for (check, outcome) in checks.iter().zip(pool.check(table, checks.clone()).await.unwrap()) {
        assert!(matches!(outcome, CheckOutcome::Passed { .. }), "{check:?}: {outcome:?}");
    }
}
