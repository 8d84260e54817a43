//! Texts and loops have an end.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use lakeport_model::ContractId;
use lakeport_portal::people::{self, Actor};
use lakeport_portal::{ErrorKind, ServiceAccount, access, contracts, lineage};
use serde_json::{Value, json};

use crate::lineage::event;
use crate::world::{World, call, on_both, refusal};

const PORT: &str = "collections/cases";

/// An event about a dataset outside of jobs.
fn about(time: &str, dataset: &str, facets: &Value) -> String {
    json!({
        "eventTime": time, "producer": "p", "schemaURL": "s",
        "dataset": { "namespace": "lakehouse", "name": dataset, "facets": facets },
    })
    .to_string()
}

/// An event of a job that brings a thousand names beside its own.
fn naming(number: usize) -> String {
    let input = |at: usize| {
        let link =
            json!({ "namespace": "lakehouse", "name": format!("link_{number}.n{at}"), "type": "TABLE" });
        let facet = json!({ "_producer": "https://x.example", "_schemaURL": "https://x.example/s", "identifiers": [link] });
        json!({
            "namespace": "lakehouse", "name": format!("raw_{number}.n{at}"), "facets": { "symlinks": facet },
        })
    };
    json!({
        "eventTime": "2026-11-03T05:00:00Z", "producer": "https://x.example", "schemaURL": "https://x.example/s",
        "job": { "namespace": "test", "name": format!("naming_{number}") },
        "inputs": (0..500).map(input).collect::<Vec<_>>(),
    })
    .to_string()
}

impl World {
    /// Earlier events of a job named as many datasets.
    async fn name_many(&self, job: &str, count: u32) {
        let many = format!(
            "INSERT INTO lineage_name (job, digest) \
             WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < {count}) \
             SELECT 'test/{job}', 'none' || at FROM n"
        );
        self.execute(&many).await.expect("they are there");
    }

    /// The grants of everybody are of a kind that no rule knows.
    async fn break_grants(&self) {
        self.execute("UPDATE access_grant SET classification = 'nonsense'").await.expect("changed");
    }
}

on_both! { demo =>
    async fn a_comment_of_megabytes_never_gets_in(world) {
        let id = world.ask("paula.brandt", PORT, 30).await.expect("she may ask");
        let aylin = world.viewer("aylin.demir").await;
        for comment in ["x".repeat(7_000_000), "a\0b".to_owned()] {
            let refused = refusal(access::reject(&call(&world.ctx, &aylin).await, id, 1, comment.clone()).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("comment")));
            let refused = refusal(access::approve(&call(&world.ctx, &aylin).await, id, 1, None, comment.clone()).await);
            assert_eq!(refused.field, Some("comment"));
            let refused = refusal(access::keep(&call(&world.ctx, &aylin).await, Vec::new(), comment.clone()).await);
            assert_eq!(refused.field, Some("comment"));
            let refused = refusal(access::revoke(&call(&world.ctx, &aylin).await, Vec::new(), comment).await);
            assert_eq!(refused.field, Some("comment"));
        }
    }

    async fn asking_and_withdrawing_in_a_loop_never_fills_inboxes(world) {
        let paula = world.viewer("paula.brandt").await;
        let mut sent = 0;
        let refused = loop {
            match world.ask("paula.brandt", PORT, 30).await {
                Ok(id) => access::withdraw(&call(&world.ctx, &paula).await, id).await.expect("hers"),
                Err(error) => break refusal::<()>(Err(error)),
            }
            sent += 1;
            assert!(sent < 200, "nothing stops the loop");
        };
        assert_eq!(refused.kind, ErrorKind::Busy);
        assert!(refused.message.contains("within an hour"), "{}", refused.message);
        world.travel(1);
        world.ask("paula.brandt", PORT, 30).await.expect("another day");
    }

    async fn subscribing_in_a_loop_never_fills_the_disk(world) {
        let aylin = world.viewer("aylin.demir").await;
        let contract = ContractId::from("collections");
        let mut sent = 0;
        let refused = loop {
            let page = contracts::contract(&call(&world.ctx, &aylin).await, &contract, None).await.expect("she sees it");
            let purpose = "Follow the cases.".to_owned();
            match contracts::subscribe(&call(&world.ctx, &aylin).await, &contract, page.shown_version, purpose).await {
                Ok(()) => {
                    let page = contracts::contract(&call(&world.ctx, &aylin).await, &contract, None).await.expect("again");
                    let held = page.subscription.expect("subscribed");
                    contracts::unsubscribe(&call(&world.ctx, &aylin).await, held.id).await.expect("hers");
                }
                Err(error) => break refusal::<()>(Err(error)),
            }
            sent += 1;
            assert!(sent < 200, "nothing stops the loop");
        };
        assert_eq!(refused.kind, ErrorKind::Busy);
    }

    async fn a_row_that_cannot_be_read_never_keeps_mail_back(world) {
        world.granted("paula.brandt", PORT, 30, &["aylin.demir"]).await;
        world.post.take();
        world.ask("paula.brandt", "sales-daily/daily-sales", 30).await.expect("she may ask");
        world.break_grants().await;
        world.sweep().await;
        assert!(!world.post.take().is_empty(), "mail goes out");
    }

    async fn those_who_wait_to_write_never_keep_readers_out_and_are_no_fault(world) {
        let held = world.ctx.db.write().await.expect("a turn");
        let wait = || {
            let db = world.ctx.db.clone();
            tokio::spawn(async move { db.write().await.map(drop) })
        };
        let waiting: Vec<_> = (0..30).map(|_| wait()).collect();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let read = async {
            for _ in 0..20 {
                world.ctx.db.ping().await.expect("it is read");
            }
        };
        tokio::time::timeout(Duration::from_secs(2), read).await.expect("nobody reads any more");
        for waited in waiting {
            assert_eq!(refusal(waited.await.expect("it ends")).kind, ErrorKind::Busy);
        }
        drop(held);
        world.ctx.db.write().await.expect("it goes on");
    }

    async fn a_reading_token_never_waits_for_those_who_write(world) {
        let (secret, account) = world.account("reader").await;
        world.execute("UPDATE token SET last_used_at = NULL").await.expect("changed");
        let held = world.ctx.db.write().await.expect("a turn");
        let asked = Instant::now();
        let known = people::authenticate(&world.ctx, &secret).await.expect("it answers");
        assert_eq!(known.map(|known| known.id), Some(account.id));
        assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
        drop(held);
        people::authenticate(&world.ctx, &secret).await.expect("it answers");
        assert_eq!(world.number("SELECT COUNT(*) FROM token WHERE last_used_at IS NULL").await, 0);
    }

    async fn a_token_that_names_something_new_with_each_event_never_fills_the_disk(world) {
        let [flood, next] = [world.account("flood").await.1, world.account("next").await.1].map(Actor::Service);
        let owner = Some(world.viewer("paula.brandt").await.id);
        let other = Actor::Service(ServiceAccount { owner, ..world.account("other").await.1 });
        let full = "The events of this owner's tokens brought 50000 new names within an hour";
        let mut sent = 0;
        let refused = loop {
            match lineage::ingest(&world.ctx, &flood, &naming(sent)).await {
                Ok(_) => sent += 1,
                Err(error) => break refusal::<()>(Err(error)),
            }
            assert!(sent < 60, "nothing stops the loop");
        };
        assert!((50..=55).contains(&sent) && refused.kind == ErrorKind::Busy, "{sent}: {refused:?}");
        assert!(refused.message.starts_with(full), "{}", refused.message);
        let before = world.number("SELECT COUNT(*) FROM asset").await;
        let again = naming(0).replace("05:00:00", "06:00:00");
        lineage::ingest(&world.ctx, &flood, &again).await.expect("what it said before goes on");
        assert_eq!(world.number("SELECT COUNT(*) FROM asset").await, before);
        lineage::ingest(&world.ctx, &other, &naming(sent)).await.expect("another owner's token is not held back");
        let same = refusal(lineage::ingest(&world.ctx, &next, &naming(sent + 1)).await);
        assert_eq!(same.kind, ErrorKind::Busy, "another token of the same owner is");
        world.travel(1);
        lineage::ingest(&world.ctx, &flood, &naming(sent + 1)).await.expect("the hour is over");
    }

    async fn a_job_never_uses_more_datasets_than_a_look_can_go_through(world) {
        world.name_many("huge", 9_999).await;
        let send = async |inputs: &[&str], output| {
            let text = event("2026-11-03T05:00:00Z", "huge", inputs, output, &[]);
            lineage::ingest(&world.ctx, &Actor::System("test"), &text).await
        };
        send(&["raw.one"], "raw.two").await.expect("it uses fewer than that so far");
        let count = "SELECT COUNT(*) FROM lineage_name WHERE job = 'test/huge'";
        assert_eq!(world.number(count).await, 10_001);
        // Whether the names are new, or of datasets that it uses, is nothing an answer tells.
        let mut said = BTreeSet::new();
        for (input, output) in [("raw.three", "raw.four"), ("raw.one", "raw.four"), ("raw.two", "raw.one")] {
            let refused = refusal(send(&[input], output).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("job")));
            said.insert(refused.message);
        }
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said.iter().all(|message| message.contains("names 10000 datasets or more")), "{said:?}");
        assert_eq!(world.number("SELECT COUNT(*) FROM asset WHERE name = 'raw.three'").await, 0, "nothing is kept");
    }

    async fn no_way_of_naming_datasets_ever_gets_round_the_limit_of_an_event(world) {
        let sources = |count: usize| -> Vec<Value> {
            let source = |number: usize| json!({ "namespace": "many", "name": format!("n{number}"), "field": "x" });
            (0..count).map(source).collect()
        };
        let of_columns = |count| json!({ "columnLineage": { "fields": { "y": { "inputFields": sources(count) } } } });
        let of_dataset = |count| json!({ "lineage": { "inputs": sources(count) } });
        let described = |facets: Value| about("2026-11-03T05:00:00Z", "raw.many", &facets);
        let run = |facets: Value| {
            let mut run: Value =
                serde_json::from_str(&event("2026-11-03T05:00:00Z", "many", &["raw.in"], "raw.many", &[])).expect("JSON");
            run["outputs"][0]["facets"] = facets;
            run.to_string()
        };
        let many = "SELECT COUNT(*) FROM asset WHERE namespace = 'many'";
        let take = async |text: String| lineage::ingest(&world.ctx, &Actor::System("test"), &text).await;
        for count in [1_000, 9_900] {
            let facets = [of_columns(count), of_dataset(count)];
            for text in facets.iter().flat_map(|facets| [described(facets.clone()), run(facets.clone())]) {
                let refused = refusal(take(text).await);
                assert!(refused.message.contains("an event may name 1000"), "{}", refused.message);
            }
            assert_eq!(world.number(many).await, 0, "nothing is kept");
        }
        for text in [described(of_columns(990)), run(of_columns(990)), described(of_dataset(990))] {
            take(text).await.expect("it is large, but fits");
        }
        assert_eq!(world.number(many).await, 990);
    }

    async fn events_about_a_dataset_never_name_more_than_a_look_can_go_through(world) {
        let send = async |minute: u32, dataset: &str, source: Option<&str>| {
            let time = format!("2026-11-03T05:{minute:02}:00Z");
            let source = source.map(|name| json!({ "namespace": "lakehouse", "name": name }));
            let facets = json!({ "lineage": { "inputs": source.into_iter().collect::<Vec<_>>() } });
            lineage::ingest(&world.ctx, &Actor::System("test"), &about(&time, dataset, &facets)).await
        };
        send(0, "raw.one", Some("raw.first")).await.expect("it names two");
        let many = "INSERT INTO lineage_name (job, digest) \
                    WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 9998) \
                    SELECT named.job, 'none' || at FROM n \
                    CROSS JOIN (SELECT DISTINCT job FROM lineage_name WHERE substr(job, 1, 2) = '%/') AS named";
        assert_eq!(world.execute(many).await.expect("they are there"), 9_998);
        for source in ["raw.second", "raw.first"] {
            let refused = refusal(send(1, " raw.one", Some(source)).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("dataset")));
            assert!(refused.message.contains("names 10000 datasets or more"), "{}", refused.message);
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM asset WHERE name = 'raw.second'").await, 0, "nothing is kept");
        send(2, "raw.one", None).await.expect("what only describes it is always taken");
        send(2, "raw.two", Some("raw.second")).await.expect("another dataset");
    }

    async fn whether_two_names_are_one_asset_is_never_told_by_how_many_a_job_may_use(world) {
        let send = async |job: &str, minute: u32, output: &str| {
            let time = format!("2026-11-03T05:{minute:02}:00Z");
            let text = event(&time, job, &["raw.hidden"], output, &[]);
            lineage::ingest(&world.ctx, &Actor::System("test"), &text).await
        };
        world.take(&event("2026-11-03T05:00:00Z", "theirs", &["raw.source"], "raw.known", &[])).await;
        let linked = "INSERT INTO lineage_alias (namespace, name, asset) \
                      SELECT namespace, 'raw.hidden', id FROM asset WHERE name = 'raw.known'";
        assert_eq!(world.execute(linked).await.expect("it has another name"), 1);
        for (job, output) in [("two", "raw.other"), ("one", "raw.known")] {
            world.name_many(job, 9_997).await;
            // What was named before is not counted again.
            for minute in 1..4 {
                send(job, minute, output).await.unwrap_or_else(|error| panic!("{job}, {minute}: {error}"));
            }
            send(job, 4, "raw.more").await.unwrap_or_else(|error| panic!("{job}: {error}"));
            let refused = refusal(send(job, 5, output).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("job")), "{job}");
        }
    }
}
