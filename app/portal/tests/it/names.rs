//! What events may call things, and what they may say is one.

use lakeport_portal::{Actor, RefusalKind, lineage};
use serde_json::{Value, json};

use crate::lineage::event;
use crate::world::{on_both, refusal};

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
        world.take(&linked("raw.two", json!({ "lifecycleStateChange": { "lifecycleStateChange": "DROP" } }))).await;
        for noted in ["%lakehouse mine with lakehouse gold.%", "%\"dropped\":[\"lakehouse raw.two\"]%"] {
            let count = format!("SELECT COUNT(*) FROM audit WHERE action = 'lineage.ingest' AND detail LIKE '{noted}'");
            assert_eq!(world.number(&count).await, 1, "{noted}");
        }
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

    async fn nothing_that_events_name_is_ever_without_a_name(world) {
        let good = event("2026-11-03T05:00:00Z", "named", &["raw.in"], "raw.out", &[]);
        let good: Value = serde_json::from_str(&good).expect("JSON");
        let assets = "SELECT COUNT(*) FROM asset";
        let before = world.number(assets).await;
        for name in ["", " ", "\u{200b}", "\u{202e}x", "\0"] {
            for place in ["/job/name", "/job/namespace", "/inputs/0/name", "/outputs/0/namespace"] {
                let mut text = good.clone();
                *text.pointer_mut(place).expect("it is there") = json!(name);
                let taken = lineage::ingest(&world.ctx, &Actor::System("test"), &text.to_string()).await;
                assert_eq!(refusal(taken).kind, RefusalKind::Invalid, "{place}: {name:?}");
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
