//! Events that arrive together share a transaction, and nothing else.

use std::collections::BTreeSet;
use std::time::Duration;

use lakeport_portal::store::changes::{self, CATALOG, Touched};
use lakeport_portal::store::{catalog, lineage as store, snapshot};
use lakeport_portal::{Actor, Db, Error, ErrorKind, SystemClock, audit, lineage};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::lineage::event;
use crate::world::{World, file, on_both, refusal, settings};

const SENDER: Actor = Actor::System("test");

/// Every row that events write, as lines: a table, a text of a row.
const ROWS: [(&str, &str); 8] = [
    ("lineage_event", "id || document"),
    (
        "lineage_run",
        "job || '|' || run || state || COALESCE(CAST(started_at AS TEXT), '-') || COALESCE(CAST(ended_at AS TEXT), '-') || CAST(seen_at AS TEXT)",
    ),
    ("lineage_name", "job || '|' || digest"),
    ("lineage_alias", "namespace || '|' || name || '|' || asset"),
    (
        "lineage_dataset",
        "asset || COALESCE(CAST(schema_at AS TEXT), '-') || COALESCE(CAST(dropped_at AS TEXT), '-')",
    ),
    ("lineage_use", "job || '|' || run || '|' || asset || CAST(writes AS TEXT) || CAST(seen_at AS TEXT)"),
    ("lineage_edge", "source || '|' || target || '|' || job || columns || CAST(seen_at AS TEXT)"),
    ("asset", "id || '|' || kind || namespace || '|' || name || '|' || description || columns || origin"),
];

impl World {
    async fn lines(&self, table: &str, row: &str, order: &str) -> String {
        let all = match &self.ctx.db {
            Db::Sqlite(..) => "group_concat(line, char(10))",
            Db::Postgres(..) => "string_agg(line, chr(10))",
        };
        let sql = format!(
            "SELECT COALESCE({all}, '') FROM (SELECT {row} AS line FROM {table} ORDER BY {order}) AS lines"
        );
        self.text(&sql).await
    }

    /// What events left, and what the audit says of them from a record on.
    async fn left(&self, record: i64) -> Vec<String> {
        let mut left = Vec::new();
        for (table, row) in ROWS {
            left.push(format!("{table}\n{}", self.lines(table, row, row).await));
        }
        let records = format!("audit WHERE number > {record}");
        left.push(self.lines(&records, "subject || detail", "number").await);
        left
    }

    async fn forget_events(&self) {
        for table in ["event", "run", "name", "alias", "dataset", "use", "edge"] {
            self.execute(&format!("DELETE FROM lineage_{table}")).await.expect("they are gone");
        }
        self.execute("DELETE FROM asset WHERE origin = 'lineage'").await.expect("they are gone");
    }

    async fn records(&self) -> i64 {
        self.number("SELECT COALESCE(MAX(number), 0) FROM audit").await
    }

    /// The assets that these events are noted to have changed.
    async fn touched_by(&self, events: &[String]) -> BTreeSet<String> {
        let mut tx = self.ctx.db.read().await.expect("it answers");
        let before = changes::newest(&mut tx, CATALOG).await.expect("it answers");
        drop(tx);
        for answer in lineage::ingest_all(&self.ctx, &SENDER, events.to_vec()).await {
            answer.expect("it is taken");
        }
        let mut tx = self.ctx.db.read().await.expect("it answers");
        let touched = changes::touched_since(&mut tx, before).await.expect("it answers");
        let id = |touched| if let Touched::Asset(id) = touched { id } else { panic!("{touched:?}") };
        touched.into_iter().map(id).collect()
    }

    pub(crate) async fn id_of(&self, name: &str) -> String {
        self.text(&format!("SELECT id FROM asset WHERE name = '{name}'")).await
    }
}

/// Two tables that files describe, and where the data of one lies.
async fn described(world: &World) {
    let text = "apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: lakehouse\nassets:\n\
                - {id: f0, kind: table, description: Described, location: gold/f0}\n\
                - {id: f1, kind: table, description: Described}\n";
    world.import(vec![file("described.yaml", text)]).await;
}

fn name() -> impl Strategy<Value = Value> {
    let names = ["a", "b", "c", "d", "e", "f0", "f1"].map(|name| ("lakehouse", name));
    let names =
        [names.as_slice(), &[("file", "/lake/gold/f0"), ("file", "/lake/gold/x"), ("lakehouse", "a  a")]]
            .concat();
    prop::sample::select(names).prop_map(|(namespace, name)| json!({ "namespace": namespace, "name": name }))
}

fn facets() -> impl Strategy<Value = Value> {
    let column = || prop::sample::select(vec!["x", "y", "z"]);
    let lifecycle = |change: &'static str| {
        name().prop_map(move |before| {
            json!({ "lifecycleStateChange": { "lifecycleStateChange": change, "previousIdentifier": before } })
        })
    };
    prop_oneof![
        4 => Just(json!({})),
        2 => name().prop_map(|mut other| {
            other["type"] = json!("TABLE");
            json!({ "symlinks": { "identifiers": [other] } })
        }),
        1 => lifecycle("RENAME"),
        1 => lifecycle("DROP"),
        1 => column().prop_map(|column| json!({ "schema": { "fields": [{ "name": column, "type": "int" }] },
            "documentation": { "description": column } })),
        2 => (name(), column(), column()).prop_map(|(mut source, from, to)| {
            source["field"] = json!(from);
            json!({ "columnLineage": { "fields": { to: { "inputFields": [source] } } } })
        }),
        1 => name().prop_map(|source| json!({ "lineage": { "inputs": [source] } })),
    ]
}

fn dataset() -> impl Strategy<Value = Value> {
    (name(), facets()).prop_map(|(mut dataset, facets)| {
        dataset["facets"] = facets;
        dataset
    })
}

fn any_event() -> impl Strategy<Value = String> {
    let some = || prop::collection::vec(dataset(), 0..3);
    let kind = prop::sample::select(vec!["START", "RUNNING", "COMPLETE", "COMPLETE", "FAIL"]);
    let run = (kind, 0..3u8, 0..3u8, some(), some()).prop_map(|(kind, job, run, inputs, outputs)| {
        let id = format!("445e09ff-b56b-5c27-8ef4-cad8a9b1322{run}");
        json!({ "eventType": kind, "run": { "runId": id }, "job": { "namespace": "test", "name": format!("j{job}") },
            "inputs": inputs, "outputs": outputs })
    });
    let alone = dataset().prop_map(|dataset| json!({ "dataset": dataset }));
    (prop_oneof![4 => run, 1 => alone], 0..6u8).prop_map(|(mut event, minute)| {
        event["eventTime"] = json!(format!("2026-11-03T05:{minute:02}:00Z"));
        event.to_string()
    })
}

/// What the senders of events are told.
fn told(answers: Vec<Result<Vec<String>, Error>>) -> Vec<String> {
    answers
        .into_iter()
        .map(|answer| answer.map_or_else(|error| error.to_string(), |told| told.join(" ")))
        .collect()
}

on_both! { empty =>
    async fn an_answered_event_is_never_in_memory_only(world) {
        let other = world.replica(std::sync::Arc::new(SystemClock), settings()).await;
        for minute in 0..3 {
            world.take(&event(&format!("2026-11-03T05:{minute:02}:00Z"), "j", &["raw.a"], "raw.b", &[])).await;
            let mut tx = other.db.read().await.expect("it answers");
            assert_eq!(store::events(&mut tx).await.expect("it answers").len(), minute + 1);
            let assets = catalog::assets(&mut tx).await.expect("it answers");
            let assets: Vec<String> = assets.into_iter().map(|asset| asset.id).collect();
            assert_eq!(snapshot::edges_into(&mut tx, &assets).await.expect("it answers").len(), 1);
        }
    }

    async fn a_connection_never_keeps_more_than_its_last_twenty_jobs(world) {
        let sent = |minute: u32| {
            let (time, job) = (format!("2026-11-03T05:{minute:02}:00Z"), format!("load_{minute:02}"));
            event(&time, &job, &["raw.a"], "raw.b", &[])
        };
        world.take(&sent(0)).await;
        for answer in lineage::ingest_all(&world.ctx, &SENDER, (1..25).map(sent).collect()).await {
            answer.expect("it is taken");
        }
        let jobs = || async {
            let line = world.lines("lineage_edge", "job", "job").await;
            line.lines().map(|job| job.rsplit('/').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        let expected: Vec<String> = (5..25).map(|minute| format!("load_{minute:02}")).collect();
        assert_eq!(jobs().await, expected);
        world.take(&sent(3)).await;
        assert_eq!(jobs().await, expected, "what comes late never takes the place of what is newer");
        let users = world.number("SELECT COUNT(DISTINCT job) FROM lineage_use WHERE run = ''").await;
        assert_eq!(users, 25, "who uses a table is known all the same");
        for minute in 30..55 {
            let (time, job) = (format!("2026-11-03T05:{minute:02}:00Z"), format!("load_{minute:02}"));
            let column = format!("c{}", minute % 23);
            world.take(&event(&time, &job, &["raw.a"], "raw.b", &[("raw.a", &column, "d")])).await;
        }
        let columns = world.number("SELECT COUNT(DISTINCT columns) FROM lineage_edge WHERE columns <> '[]'").await;
        assert_eq!(columns, 23, "of what jobs say of columns nothing is lost");
        assert!(jobs().await.len() <= 23, "nor kept twice for ever");
    }

    async fn a_refused_event_never_takes_others_with_it(world) {
        let many = "INSERT INTO lineage_name (job, digest) \
                    WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 10000) \
                    SELECT 'test/huge', 'none' || at FROM n";
        world.execute(many).await.expect("they are there");
        let of = |job: &str, output: &str| event("2026-11-03T05:00:00Z", job, &["raw.a"], output, &[]);
        let events = vec![of("j", "raw.one"), "{".to_owned(), of("huge", "raw.huge"), of(&"j".repeat(2_000), "raw.long"),
            of("j", "raw.one"), of("j", "raw.two")];
        let answers = lineage::ingest_all(&world.ctx, &SENDER, events).await;
        let taken: Vec<bool> = answers.iter().map(Result::is_ok).collect();
        assert_eq!(taken, [true, false, false, false, true, true]);
        let refused: Vec<ErrorKind> =
            answers.into_iter().filter(Result::is_err).map(|refused| refusal(refused).kind).collect();
        assert_eq!(refused, [ErrorKind::Malformed, ErrorKind::Invalid, ErrorKind::Invalid], "the first one is no JSON");
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_event").await, 2);
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge").await, 2);
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE action = 'lineage.ingest'").await, 2);
        assert_eq!(world.number("SELECT COUNT(*) FROM asset WHERE name IN ('raw.huge', 'raw.long')").await, 0);
    }

    async fn what_events_change_is_named_and_nothing_else(world) {
        let of = |minute: u8, job: &str, input: &str, output: &str| {
            event(&format!("2026-11-03T05:{minute:02}:00Z"), job, &[input], output, &[])
        };
        let both = world.touched_by(&[of(0, "j", "raw.a", "raw.b"), of(0, "k", "raw.c", "raw.d")]).await;
        let (a, b) = (world.id_of("raw.a").await, world.id_of("raw.b").await);
        assert_eq!(both.len(), 4);
        assert_eq!(world.touched_by(&[of(1, "j", "raw.a", "raw.b"), of(2, "j", "raw.a", "raw.b")]).await, BTreeSet::new());
        // Another job on the same edge, and other columns of it.
        assert_eq!(world.touched_by(&[of(1, "l", "raw.a", "raw.b")]).await, BTreeSet::from([a.clone(), b.clone()]));
        let columns = event("2026-11-03T05:03:00Z", "l", &["raw.a"], "raw.b", &[("raw.a", "x", "y")]);
        assert_eq!(world.touched_by(&[columns]).await, BTreeSet::from([b.clone()]));
        // Where an asset goes into another one, whatever flowed out of it comes from elsewhere.
        world.touched_by(&[of(4, "m", "raw.e", "raw.f")]).await;
        let mut joins: Value = serde_json::from_str(&of(5, "m", "raw.a", "raw.e")).expect("JSON");
        joins["outputs"][0]["facets"] =
            json!({ "symlinks": { "identifiers": [{ "namespace": "lakehouse", "name": "raw.c", "type": "TABLE" }] } });
        let ends = [world.id_of("raw.c").await, world.id_of("raw.e").await, world.id_of("raw.f").await];
        let touched = world.touched_by(&[joins.to_string()]).await;
        assert!(touched.is_superset(&BTreeSet::from(ends)), "{touched:?}");
    }
}

on_both! { demo =>
    async fn however_events_are_split_into_batches_the_same_is_kept(world) {
        described(world).await;
        let mut random = TestRunner::deterministic();
        let history = prop::collection::vec(any_event(), 14);
        let sizes = prop::collection::vec(1..6usize, 14);
        for _ in 0..15 {
            let events = history.new_tree(&mut random).expect("events are made").current();
            let sizes = sizes.new_tree(&mut random).expect("sizes are made").current();
            world.forget_events().await;
            let (mut said, record) = (Vec::new(), world.records().await);
            for event in &events {
                said.push(lineage::ingest(&world.ctx, &SENDER, event).await);
            }
            let (one_by_one, said) = (world.left(record).await, told(said));
            for sizes in [vec![events.len()], sizes] {
                world.forget_events().await;
                let (mut rest, record, mut answers) = (events.as_slice(), world.records().await, Vec::new());
                for size in &sizes {
                    let (batch, later) = rest.split_at((*size).min(rest.len()));
                    answers.extend(lineage::ingest_all(&world.ctx, &SENDER, batch.to_vec()).await);
                    rest = later;
                }
                answers.extend(lineage::ingest_all(&world.ctx, &SENDER, rest.to_vec()).await);
                for (left, expected) in world.left(record).await.iter().zip(&one_by_one) {
                    assert_eq!(left, expected, "{sizes:?}: {events:#?}");
                }
                assert_eq!(told(answers), said, "{sizes:?}: {events:#?}");
            }
        }
        let report = audit::verify(&world.ctx, None).await.expect("it is read");
        assert_eq!(report.problem, None);
    }

    async fn a_sender_whose_account_is_closed_never_costs_another_one_his_event(world) {
        let (_, account) = world.account("gone").await;
        world.execute("UPDATE token SET revoked_at = created_at").await.expect("it is closed");
        let gone = Actor::Service(account);
        let held = world.ctx.db.write().await.expect("a turn");
        let event = |job: &str| event("2026-11-03T05:00:00Z", job, &["raw.a"], "raw.b", &[]);
        let (refused, taken) = (event("refused"), event("taken"));
        let both = async {
            tokio::join!(
                lineage::ingest(&world.ctx, &gone, &refused),
                lineage::ingest(&world.ctx, &SENDER, &taken)
            )
        };
        let release = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            drop(held);
        };
        let ((refused, taken), ()) = tokio::join!(both, release);
        assert_eq!(refusal(refused).kind, ErrorKind::Forbidden);
        taken.expect("it is taken");
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/refused'").await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/taken'").await, 1);
    }

    async fn a_sender_who_leaves_never_takes_others_with_him(world) {
        let held = world.ctx.db.write().await.expect("a turn");
        let event = |job: &str| event("2026-11-03T05:00:00Z", job, &["raw.a"], "raw.b", &[]);
        let (left, stayed) = (event("left"), event("stayed"));
        let leaves = tokio::time::timeout(Duration::from_millis(100), lineage::ingest(&world.ctx, &SENDER, &left));
        let release = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            drop(held);
        };
        let (left, stayed, ()) = tokio::join!(leaves, lineage::ingest(&world.ctx, &SENDER, &stayed), release);
        assert!(left.is_err(), "it waits while others write");
        stayed.expect("it is taken");
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/stayed'").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/left'").await, 0);
    }
}
