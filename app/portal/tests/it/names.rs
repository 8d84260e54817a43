//! What events may call things, and what they may say is one.

use lakeport_portal::{Actor, ErrorKind, lineage};
use serde_json::{Value, json};

use crate::lineage::event;
use crate::world::{World, call, file, on_both, refusal};

impl World {
    /// The id of what goes by this name.
    async fn at(&self, name: &str) -> String {
        let snapshot = self.ctx.snapshot().await.expect("the catalog loads");
        snapshot.asset_at("lakehouse", name).unwrap_or_else(|| panic!("{name} is not known")).id.clone()
    }

    /// What the sender of an event is told.
    async fn advice(&self, event: &Value) -> String {
        let advice = lineage::ingest(&self.ctx, &Actor::System("test"), &event.to_string()).await;
        advice.expect("it is taken").join("\n")
    }

    /// A file describes a table.
    async fn describe(&self, name: &str, location: &str) {
        let text = format!(
            "apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: lakehouse\nassets:\n\
             - {{id: {name}, kind: table, description: Described, location: {location}}}\n"
        );
        self.import(vec![file("described.yaml", &text)]).await;
    }
}

/// A job that writes one dataset, with facets.
fn writes(job: &str, (namespace, name): (&str, &str), facets: &Value) -> Value {
    let text = event("2026-11-03T06:00:00Z", job, &["raw.source"], name, &[]);
    let mut text: Value = serde_json::from_str(&text).expect("JSON");
    text["outputs"] = json!([{ "namespace": namespace, "name": name, "facets": facets }]);
    text
}

fn symlink((namespace, name): (&str, &str)) -> Value {
    json!({ "symlinks": { "identifiers": [{ "namespace": namespace, "name": name, "type": "TABLE" }] } })
}

fn lifecycle(change: &str, before: &str) -> Value {
    json!({ "lifecycleStateChange": { "lifecycleStateChange": change,
        "previousIdentifier": { "namespace": "lakehouse", "name": before } } })
}

on_both! { demo =>
    async fn an_event_never_makes_one_of_what_others_keep_apart(world) {
        world.take(&event("2026-11-03T04:00:00Z", "a", &["raw.one"], "raw.sink", &[])).await;
        world.take(&event("2026-11-03T04:00:00Z", "b", &["raw.two"], "raw.sink", &[])).await;
        let linked = |name: &str, facets: Value| {
            let text = event("2026-11-03T05:00:00Z", "grabs", &[], name, &[]);
            let mut text: Value = serde_json::from_str(&text).expect("JSON");
            text["outputs"][0]["facets"] = facets;
            text.to_string()
        };
        let symlinks = |names: &[&str]| {
            let names = names.iter().map(|name| json!({ "namespace": "lakehouse", "name": name, "type": "TABLE" }));
            json!({ "symlinks": { "identifiers": names.collect::<Vec<_>>() } })
        };
        let renamed = json!({ "lifecycleStateChange": { "lifecycleStateChange": "RENAME",
            "previousIdentifier": { "namespace": "lakehouse", "name": "raw.two" } } });
        let actor = Actor::System("test");
        for (name, facets) in [
            ("mine", symlinks(&["gold.sales_daily", "gold.collections"])),
            ("mine.too", symlinks(&["raw.one", "raw.two"])),
            ("raw.one", renamed),
        ] {
            let advice = lineage::ingest(&world.ctx, &actor, &linked(name, facets)).await.expect("it is taken");
            assert!(advice.iter().any(|advice| advice.contains("stay two assets")), "{name}: {advice:?}");
        }
        let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
        let at = |name: &str| snapshot.asset_at("lakehouse", name).expect("it is known").id.clone();
        assert_ne!(at("raw.one"), at("raw.two"));
        assert_eq!(at("gold.sales_daily"), "gold.sales_daily");
        assert_eq!(at("gold.collections"), "gold.collections");
        assert!(["gold.sales_daily", "gold.collections"].contains(&at("mine").as_str()));
        // What became of names stands in the audit, by name.
        world.take(&linked("left", json!({}))).await;
        world.take(&linked("left", json!({ "lifecycleStateChange": { "lifecycleStateChange": "DROP" } }))).await;
        for noted in ["%lakehouse mine with lakehouse gold.%", "%\"dropped\":[\"lakehouse left\"]%"] {
            let count = format!("SELECT COUNT(*) FROM audit WHERE action = 'lineage.ingest' AND detail LIKE '{noted}'");
            assert_eq!(world.number(&count).await, 1, "{noted}");
        }
    }

    async fn what_only_events_name_is_said_and_stands_under_its_own_name(world) {
        use lakeport_portal::catalog;
        let said = "Nothing that everybody sees describes lakehouse raw.source and lakehouse silver.nonsense.";
        let nonsense = writes("grabs", ("lakehouse", "silver.nonsense"), &json!({}));
        assert!(world.advice(&nonsense).await.starts_with(said));
        let mut again = nonsense;
        again["eventTime"] = json!("2026-11-03T07:00:00Z");
        assert!(world.advice(&again).await.starts_with(said), "it still may be a slip");
        let mut described = writes("grabs", ("lakehouse", "gold.collections"), &json!({}));
        described["inputs"] = json!([{ "namespace": "lakehouse", "name": "gold.sales_daily" }]);
        assert_eq!(world.advice(&described).await, "");
        let paula = world.viewer("paula.brandt").await;
        let id = world.at("silver.nonsense").await;
        assert!(id.starts_with("x-"), "{id}");
        let page = catalog::asset(&call(&world.ctx, &paula).await, &id.as_str().into()).await.expect("everybody sees it");
        assert_eq!(page.address.as_deref(), Some("lakehouse silver.nonsense"));
    }

    async fn what_other_jobs_use_never_becomes_a_described_table_by_an_event(world) {
        world.take(&event("2026-11-03T05:00:00Z", "theirs", &["raw.theirs"], "raw.sink", &[])).await;
        world.describe("gold.fresh", "gold/fresh").await;
        let (fresh, theirs, mine) =
            (("lakehouse", "gold.fresh"), ("lakehouse", "raw.theirs"), ("lakehouse", "raw.mine"));
        for (name, other) in [(fresh, theirs), (theirs, fresh)] {
            let advice = world.advice(&writes("grabs", name, &symlink(other))).await;
            assert!(advice.contains("stay two assets"), "{name:?}: {advice}");
        }
        assert_ne!(world.at("raw.theirs").await, "gold.fresh");
        let moved = "SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/theirs' AND source = 'gold.fresh'";
        assert_eq!(world.number(moved).await, 0);
        // What is its own, or nobody's yet, a job may name as it likes.
        world.advice(&writes("grabs", mine, &json!({}))).await;
        for other in [mine, ("lakehouse", "raw.later")] {
            let advice = world.advice(&writes("grabs", fresh, &symlink(other))).await;
            assert!(!advice.contains("stay two assets"), "{advice}");
            assert_eq!(world.at(other.1).await, "gold.fresh");
        }
    }

    async fn a_place_that_a_file_gives_is_never_taken_by_an_event_before(world) {
        let (taken, used) = (("file", "/lake/gold/taken"), ("file", "/lake/gold/used"));
        world.advice(&writes("grabs", ("lakehouse", "gold.collections"), &symlink(taken))).await;
        world.advice(&writes("early", used, &json!({}))).await;
        world.describe("gold.taken", "gold/taken").await;
        world.advice(&writes("honest", taken, &json!({}))).await;
        let edge = |job: &str, target: &str| {
            format!("SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/{job}' AND target = '{target}'")
        };
        assert_eq!(world.number(&edge("honest", "gold.taken")).await, 1);
        assert_eq!(world.number(&edge("honest", "gold.collections")).await, 0);
        // What others wrote there before came along, whatever else the table is called.
        world.describe("gold.used", "gold/used").await;
        let advice = world.advice(&writes("honest", ("lakehouse", "gold.used"), &symlink(used))).await;
        assert!(!advice.contains("stay two assets"), "{advice}");
        assert_eq!(world.number(&edge("early", "gold.used")).await, 1);
    }

    async fn a_place_is_never_looked_for_in_another_spelling(world) {
        for (job, folder) in [("blanks", "gold/two  blanks"), ("accents", "gold/cafe\u{301}")] {
            world.describe("gold.folder", folder).await;
            let place = format!("/lake/{folder}");
            world.advice(&writes(job, ("file", place.as_str()), &json!({}))).await;
            let edges = format!("SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/{job}' AND target = 'gold.folder'");
            assert_eq!(world.number(&edges).await, 1, "{folder:?}");
        }
    }

    async fn neither_a_new_name_nor_an_end_is_believed_of_what_other_jobs_use(world) {
        world.take(&event("2026-11-03T05:00:00Z", "theirs", &["raw.used"], "raw.sink", &[])).await;
        let id = world.at("raw.used").await;
        let (used, new) = (("lakehouse", "raw.used"), ("lakehouse", "raw.new"));
        let renamed = writes("grabs", new, &lifecycle("RENAME", "raw.used"));
        let dropped = writes("grabs", used, &lifecycle("DROP", "raw.used"));
        // Whoever names no job at all speaks for none either.
        let jobless = |event: &Value| {
            json!({ "eventTime": event["eventTime"], "producer": "p", "schemaURL": "s", "dataset": event["outputs"][0] })
        };
        for (event, told) in [
            (jobless(&renamed), "raw.used keeps its name"),
            (jobless(&dropped), "raw.used stays"),
            (renamed, "raw.used keeps its name"),
            (dropped, "raw.used stays"),
        ] {
            let advice = world.advice(&event).await;
            assert!(advice.contains(told), "{told}: {advice}");
            assert_eq!(world.at("raw.used").await, id);
            assert_ne!(world.at("raw.new").await, id);
        }
        // Another name of it is one more name, even for a dataset that was there.
        let mine = ("lakehouse", "raw.mine");
        world.advice(&writes("grabs", mine, &json!({}))).await;
        world.advice(&writes("grabs", mine, &symlink(used))).await;
        let advice = world.advice(&writes("grabs", mine, &lifecycle("DROP", "raw.mine"))).await;
        assert!(advice.contains("raw.mine stays"), "{advice}");
        let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
        assert_eq!((world.at("raw.mine").await, snapshot.assets[&id].name.as_str()), (id.clone(), "raw.used"));
    }

    async fn blanks_around_a_name_never_make_a_second_asset(world) {
        world.take(&event("2026-11-03T04:00:00Z", "load", &["raw.one"], "raw.sink", &[])).await;
        let assets = "SELECT COUNT(*) FROM asset";
        let before = world.number(assets).await;
        let text = event("2026-11-03T05:00:00Z", "load ", &[" raw.one", "raw.one"], "raw.sink\u{a0}", &[(" raw.one", "a", "b")]);
        let mut text: Value = serde_json::from_str(&text).expect("JSON");
        text["outputs"][0]["facets"]["lineage"] =
            json!({ "inputs": [{ "namespace": "lakehouse ", "name": "raw.one", "type": "DATASET" }] });
        let advice = lineage::ingest(&world.ctx, &Actor::System("test"), &text.to_string()).await;
        let advice = advice.expect("it is taken").join("\n");
        for field in ["job.name", "inputs[0].name", "outputs[0].name", "outputs[0].facets.lineage.inputs[0].namespace"] {
            assert!(advice.contains(&format!("{field}: The blanks around this were left out.")), "{field}: {advice}");
        }
        assert_eq!(world.number(assets).await, before);
        assert_eq!(world.number("SELECT COUNT(DISTINCT job) FROM lineage_edge WHERE job LIKE 'test/%'").await, 1);
    }

    async fn a_spelling_never_makes_a_second_asset(world) {
        world.take(&event("2026-11-03T04:00:00Z", "lade caf\u{e9}", &["raw caf\u{e9}"], "raw.sink", &[])).await;
        let assets = "SELECT COUNT(*) FROM asset";
        let before = world.number(assets).await;
        let text = event("2026-11-03T05:00:00Z", "lade  cafe\u{301}", &["raw  caf\u{e9}"], "raw.sink", &[("raw cafe\u{301}", "a", "b")]);
        let mut text: Value = serde_json::from_str(&text).expect("JSON");
        text["outputs"][0]["facets"]["lineage"] =
            json!({ "inputs": [{ "namespace": "lakehouse", "name": "raw\u{a0}cafe\u{301}", "type": "DATASET" }] });
        let advice = world.advice(&text).await;
        for field in ["job.name", "inputs[0].name", "outputs[0].facets.lineage.inputs[0].name"] {
            assert!(advice.contains(&format!("{field}: This was taken as \"")), "{field}: {advice}");
        }
        assert_eq!(world.number(assets).await, before);
        assert_eq!(world.number("SELECT COUNT(DISTINCT job) FROM lineage_edge WHERE job LIKE 'test/%'").await, 1);
        // A file gives the same name, and whoever asks spells it as they like.
        let described = "apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: lakehouse\nassets:\n\
                         - {id: raw.cafe, kind: table, name: \"raw  cafe\u{301}\", description: Described}\n";
        world.import(vec![file("described.yaml", described)]).await;
        assert_eq!(world.number(assets).await, before);
        for name in ["raw caf\u{e9}", "raw  cafe\u{301}", "raw\u{a0}caf\u{e9}"] {
            assert_eq!(world.at(name).await, "raw.cafe");
        }
        let twice = described.replace("}\n", "}\n- {id: raw.other, kind: table, name: \"raw caf\u{e9}\", description: Other}\n");
        let problems = world.problems(vec![file("described.yaml", &twice)]).await;
        assert!(problems.contains("the asset address lakehouse raw caf\u{e9} stands in"), "{problems}");
    }

    async fn what_was_kept_in_another_spelling_never_gets_a_twin(world) {
        let take = async |name: &str, minute: u32| {
            let time = format!("2026-11-03T04:{minute:02}:00Z");
            world.take(&event(&time, "load", &["raw.one"], name, &[])).await;
        };
        take("raw.kept", 0).await;
        let id = world.at("raw.kept").await;
        // As an older version kept it.
        let respelled = "UPDATE asset SET name = 'raw  ke\u{301}pt' WHERE name = 'raw.kept'";
        assert_eq!(world.execute(respelled).await.expect("changed"), 1);
        let assets = "SELECT COUNT(*) FROM asset WHERE name LIKE 'raw %pt'";
        for (minute, name) in [(1, "raw  ke\u{301}pt"), (2, "raw k\u{e9}pt"), (3, "raw  ke\u{301}pt")] {
            take(name, minute).await;
            assert_eq!((world.number(assets).await, world.at(name).await), (1, id.clone()), "{name:?}");
        }
        // Where there are two all the same, the one that a file describes is meant.
        world.describe("gold.spelled", "gold/spelled").await;
        let respelled = "UPDATE asset SET name = 'gold  spelled' WHERE id = 'gold.spelled'";
        assert_eq!(world.execute(respelled).await.expect("changed"), 1);
        for (minute, name) in [(4, "gold spelled"), (5, "gold  spelled")] {
            take(name, minute).await;
            assert_eq!(world.at(name).await, "gold.spelled", "{name:?}");
        }
        let edges = "SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/load' AND target = 'gold.spelled'";
        assert_eq!(world.number(edges).await, 1);
    }

    async fn nothing_that_events_name_is_ever_without_a_name_or_in_disguise(world) {
        let good = event("2026-11-03T05:00:00Z", "named", &["raw.in"], "raw.out", &[]);
        let good: Value = serde_json::from_str(&good).expect("JSON");
        let assets = "SELECT COUNT(*) FROM asset";
        let before = world.number(assets).await;
        for name in ["", " ", "\u{200b}", "\u{202e}x", "gold.s\u{430}les_daily", "\0"] {
            for place in ["/job/name", "/job/namespace", "/inputs/0/name", "/outputs/0/namespace"] {
                let mut text = good.clone();
                *text.pointer_mut(place).expect("it is there") = json!(name);
                let taken = lineage::ingest(&world.ctx, &Actor::System("test"), &text.to_string()).await;
                assert_eq!(refusal(taken).kind, ErrorKind::Invalid, "{place}: {name:?}");
            }
            let mut text = good.clone();
            text["outputs"][0]["facets"] =
                json!({ "lineage": { "inputs": [{ "namespace": "lakehouse", "name": name, "type": "DATASET" }] } });
            let taken = lineage::ingest(&world.ctx, &Actor::System("test"), &text.to_string()).await;
            assert!(taken.is_err() || name == "\0", "in the lineage facet: {name:?}");
        }
        assert_eq!(world.number(assets).await, before + 2, "only those of the event whose facet was left out");
        let mut text = good.clone();
        text["job"]["facets"] = json!({ "sql": { "query": "SELECT 1\0" } });
        let advice = lineage::ingest(&world.ctx, &Actor::System("test"), &text.to_string()).await;
        let advice = advice.expect("it is taken").join("\n");
        assert!(advice.contains("job.facets.sql") && advice.contains("U+0000"), "{advice}");
        let kept = "SELECT COUNT(*) FROM lineage_event WHERE document LIKE '%u0000%'";
        assert_eq!(world.number(kept).await, 0);
    }
}
