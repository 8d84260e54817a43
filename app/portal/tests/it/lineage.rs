//! Events become edges.

use std::collections::BTreeSet;

use lakeport_model::lineage::{Graph, GraphRequest};
use lakeport_portal::{Actor, ErrorKind, lineage};
use serde_json::{Value, json};

use crate::world::{World, call, on_both, refusal};

pub(crate) fn event(
    time: &str,
    job: &str,
    inputs: &[&str],
    output: &str,
    columns: &[(&str, &str, &str)],
) -> String {
    let dataset = |name: &str| json!({ "namespace": "lakehouse", "name": name });
    let mut fields = serde_json::Map::new();
    for (input, from, to) in columns {
        fields.insert(
            (*to).to_owned(),
            json!({ "inputFields": [{ "namespace": "lakehouse", "name": input, "field": from }] }),
        );
    }
    let mut written = dataset(output);
    if !fields.is_empty() {
        written["facets"] = json!({ "columnLineage": {
            "_producer": "https://x.example", "_schemaURL": "https://x.example/c", "fields": fields,
        } });
    }
    json!({
        "eventTime": time, "eventType": "COMPLETE", "producer": "https://x.example", "schemaURL": "https://x.example/s",
        "run": { "runId": "445e09ff-b56b-5c27-8ef4-cad8a9b13221" }, "job": { "namespace": "test", "name": job },
        "inputs": inputs.iter().map(|name| dataset(name)).collect::<Vec<_>>(), "outputs": [written],
    })
    .to_string()
}

pub(crate) fn request(focus: &str, up: u8, down: u8) -> GraphRequest {
    GraphRequest { focus: focus.to_owned(), up, down, open: Vec::new(), column: None, chosen: None }
}

impl World {
    pub(crate) async fn take(&self, event: &str) {
        lineage::ingest(&self.ctx, &Actor::System("test"), event).await.expect("it is an event");
    }

    pub(crate) async fn drawn(&self, request: &GraphRequest) -> Graph {
        let graph = lineage::graph(&call(&self.ctx, &self.viewer("paula.brandt").await).await, request).await;
        let graph = graph.expect("it is drawn");
        well_placed(&graph).unwrap_or_else(|problem| panic!("{problem}"));
        graph
    }
}

/// No two nodes overlap, all lie within the drawing, and edges go between nodes that are there.
pub(crate) fn well_placed(graph: &Graph) -> Result<(), String> {
    const SIZE: (f64, f64) = (200.0, 44.0);
    for (place, node) in graph.nodes.iter().enumerate() {
        let inside = node.x >= 0.0
            && node.y >= 0.0
            && node.x + SIZE.0 <= graph.width
            && node.y + SIZE.1 <= graph.height;
        if !inside {
            return Err(format!("{} lies outside: {}, {}", node.name, node.x, node.y));
        }
        for other in &graph.nodes[..place] {
            if (node.x - other.x).abs() < SIZE.0 && (node.y - other.y).abs() < SIZE.1 {
                return Err(format!("{} lies on {}", node.name, other.name));
            }
        }
    }
    let ends = graph.edges.iter().flat_map(|edge| [edge.from, edge.to]);
    let lost = ends.into_iter().any(|end| end as usize >= graph.nodes.len());
    if lost { Err("an edge ends nowhere".to_owned()) } else { Ok(()) }
}

pub(crate) fn ids(graph: &Graph) -> BTreeSet<&str> {
    graph.nodes.iter().map(|node| node.id.as_str()).collect()
}

on_both! { demo =>
    async fn the_same_event_twice_changes_nothing(world) {
        let text = event("2026-11-03T05:00:00Z", "j", &["gold.sales_daily"], "gold.collections", &[]);
        let count = "SELECT (SELECT COUNT(*) FROM change) + (SELECT COUNT(*) FROM audit) + (SELECT COUNT(*) FROM lineage_event)";
        world.take(&text).await;
        let once = world.number(count).await;
        world.take(&text).await;
        assert_eq!(world.number(count).await, once);
        let graph = world.drawn(&request("gold.collections", 1, 0)).await;
        let edge = graph.edges.iter().filter(|edge| edge.job == "test/j").count();
        assert_eq!(edge, 1);
        let broken = lineage::ingest(&world.ctx, &Actor::System("test"), "{\"eventTime\": 3}").await;
        assert_eq!(refusal(broken).kind, ErrorKind::Invalid);
    }

    async fn an_older_event_does_not_overrule_a_newer_one(world) {
        let columns = |from| [("gold.sales_daily", from, "claimed_eur")];
        world
            .take(&event(
                "2026-11-03T05:00:00Z",
                "j",
                &["gold.sales_daily"],
                "gold.collections",
                &columns("revenue_eur"),
            ))
            .await;
        world
            .take(&event(
                "2026-11-01T05:00:00Z",
                "j",
                &["gold.sales_daily"],
                "gold.collections",
                &columns("units"),
            ))
            .await;
        let edges = "SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/j' AND columns LIKE '%revenue_eur%'";
        assert_eq!(world.number(edges).await, 1);
    }

    async fn unknown_datasets_become_assets(world) {
        world.take(&event("2026-11-03T05:00:00Z", "j", &["raw.unheard"], "gold.collections", &[])).await;
        let graph = world.drawn(&request("gold.collections", 1, 0)).await;
        let node = graph.nodes.iter().find(|node| node.name == "raw.unheard").expect("it is drawn");
        let page =
            lakeport_portal::catalog::asset(&call(&world.ctx, &world.viewer("paula.brandt").await).await, &node.id).await;
        assert_eq!(page.expect("it has a page").domain.id.0, "");
        let failed = event("2026-11-03T05:00:00Z", "k", &["raw.failed"], "gold.collections", &[])
            .replace("COMPLETE", "FAIL");
        world.take(&failed).await;
        assert_eq!(
            world.number("SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/k'").await,
            0,
            "a failed run moved nothing"
        );
    }

    async fn an_event_too_large_is_refused_and_a_large_one_holds_nobody(world) {
        let names = |count: usize| (0..count).map(|number| json!({ "namespace": "big", "name": format!("n{number}") }));
        let sized = |inputs: usize, outputs: usize| {
            let mut text: Value =
                serde_json::from_str(&event("2026-11-03T05:00:00Z", "big", &[], "x", &[])).expect("JSON");
            text["inputs"] = names(inputs).collect();
            text["outputs"] = names(outputs).collect();
            text.to_string()
        };
        let ctx = &world.ctx;
        let take = |text: String| async move { lineage::ingest(ctx, &Actor::System("test"), &text).await };
        let begun = std::time::Instant::now();
        let refused = refusal(take(sized(3_000, 3_000)).await);
        assert!(refused.message.contains("an event may name 500"), "{}", refused.message);
        let refused = refusal(take(sized(200, 200)).await);
        assert!(refused.message.contains("connects 40000 pairs"), "{}", refused.message);
        assert!(begun.elapsed() < std::time::Duration::from_secs(1), "{:?}", begun.elapsed());
        assert_eq!(world.number("SELECT COUNT(*) FROM asset WHERE namespace = 'big'").await, 0);
        take(sized(100, 100)).await.expect("it is large, but fits");
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/big'").await, 9_900);
        let long = event("2026-11-03T05:00:00Z", &"j".repeat(2_000), &["a"], "b", &[]);
        assert!(refusal(take(long).await).message.contains("1000 are allowed"));
        let nameless = event("2026-11-03T05:00:00Z", "j", &["a"], "b", &[])
            .replace("445e09ff-b56b-5c27-8ef4-cad8a9b13221", "x");
        assert!(refusal(take(nameless).await).message.contains("no UUID"));
    }

    async fn a_forged_future_does_not_outrank_what_happens(world) {
        let columns = |from| [("gold.sales_daily", from, "claimed_eur")];
        let inputs = ["gold.sales_daily"];
        let forged = event("9999-12-31T00:00:00Z", "f", &inputs, "gold.collections", &columns("forged"));
        let advice = lineage::ingest(&world.ctx, &Actor::System("test"), &forged).await.expect("it is taken");
        assert!(advice[0].contains("lies in the future"), "{advice:?}");
        world.travel(1);
        let real = world.now().to_rfc3339();
        world.take(&event(&real, "f", &inputs, "gold.collections", &columns("revenue_eur"))).await;
        let held = "SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/f' AND columns LIKE '%revenue_eur%'";
        assert_eq!(world.number(held).await, 1);
    }

    async fn a_repeated_run_does_not_reload_the_catalog(world) {
        let first = event("2026-11-03T05:00:00Z", "nightly", &["raw.a"], "raw.b", &[("raw.a", "x", "y")]);
        world.take(&first).await;
        let changes = "SELECT COUNT(*) FROM change WHERE area = 'catalog'";
        let before = world.number(changes).await;
        world.take(&first.replace("11-03T", "11-04T")).await;
        assert_eq!(world.number(changes).await, before);
    }

    async fn what_start_and_complete_say_of_a_run_adds_up(world) {
        let part = |kind: &str, side: &str, name: &str| {
            let mut text: Value =
                serde_json::from_str(&event("2026-11-03T05:00:00Z", "adds", &[], "x", &[])).expect("JSON");
            text["eventType"] = json!(kind);
            text["inputs"] = json!([]);
            text["outputs"] = json!([]);
            text[side] = json!([{ "namespace": "lakehouse", "name": name }]);
            text.to_string()
        };
        world.take(&part("START", "inputs", "raw.in")).await;
        world.take(&part("RUNNING", "inputs", "raw.in2")).await;
        let paula = world.viewer("paula.brandt").await;
        let alone = lineage::marquez(&call(&world.ctx, &paula).await, "dataset:lakehouse:raw.in", 1).await.expect("it answers");
        assert!(alone.to_string().contains("job:test:adds"), "a job with one side is kept: {alone}");
        world.take(&part("COMPLETE", "outputs", "raw.out")).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/adds'").await, 2);
        let ended = "SELECT COUNT(*) FROM lineage_run WHERE state = 'COMPLETE' AND started_at IS NOT NULL \
                     AND ended_at IS NOT NULL AND job = 'test/adds'";
        assert_eq!(world.number(ended).await, 1);
    }

    async fn a_table_is_one_asset_under_all_its_names(world) {
        let linked = |name: &str, other: (&str, &str)| {
            let mut text: Value =
                serde_json::from_str(&event("2026-11-03T05:00:00Z", "links", &["raw.src"], name, &[])).expect("JSON");
            text["outputs"][0]["facets"] = json!({ "symlinks": { "identifiers":
                [{ "namespace": other.0, "name": other.1, "type": "TABLE" }] } });
            text.to_string()
        };
        // Its second name first as a path of its own, then as a symlink; and a symlink to a described table.
        world.take(&event("2026-11-03T04:00:00Z", "reads", &["db.t"], "raw.dst", &[])).await;
        world.take(&linked("/warehouse/t", ("lakehouse", "db.t"))).await;
        world.take(&linked("/warehouse/collections", ("lakehouse", "gold.collections"))).await;
        let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
        let at = |name: &str| snapshot.asset_at("lakehouse", name).expect("it is known").id.clone();
        assert_eq!(at("/warehouse/t"), at("db.t"));
        assert_eq!(at("/warehouse/collections"), "gold.collections");
        let graph = world.drawn(&request(&at("raw.src"), 0, 2)).await;
        assert!(ids(&graph).contains(at("raw.dst").as_str()) && ids(&graph).contains("gold.collections"));
        // Where the data of a described table lies names it too.
        let place = event("2026-11-03T05:00:00Z", "byplace", &["raw.src"], "x", &[]);
        let mut place: Value = serde_json::from_str(&place).expect("JSON");
        let root = world.ctx.settings.lake_root.trim_end_matches('/');
        let location = snapshot.assets["gold.sales_daily"].location.clone().expect("it has a place");
        place["outputs"] = json!([{ "namespace": "file", "name": format!("{root}/{location}") }]);
        world.take(&place.to_string()).await;
        let edge = "SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/byplace' AND target = 'gold.sales_daily'";
        assert_eq!(world.number(edge).await, 1);
        // A folder above or below it is another place.
        let folder = location.rsplit_once('/').expect("it lies in a folder").0;
        for near in [format!("{root}/{folder}"), format!("{root}/{location}/day=1"), format!("{root}/{location}_old")] {
            place["outputs"] = json!([{ "namespace": "file", "name": near }]);
            world.take(&place.to_string()).await;
        }
        let ends = "SELECT COUNT(DISTINCT target) FROM lineage_edge WHERE job = 'test/byplace'";
        assert_eq!(world.number(ends).await, 4);
    }

    async fn the_newest_schema_counts_and_names_follow_a_rename(world) {
        let schema = |time: &str, name: &str, column: &str, lifecycle: Value| {
            let schema = json!({ "fields": [{ "name": column, "type": "int" }] });
            let mut dataset = json!({ "namespace": "lakehouse", "name": name, "facets": { "schema": schema } });
            let mut text = json!({ "eventTime": time, "producer": "p", "schemaURL": "s" });
            if lifecycle.is_null() {
                text["dataset"] = dataset;
            } else {
                // The one job that uses it says so.
                dataset["facets"]["lifecycleStateChange"] = lifecycle;
                text["job"] = json!({ "namespace": "test", "name": "j" });
                text["run"] = json!({ "runId": "545e09ff-b56b-5c27-8ef4-cad8a9b13221" });
                text["outputs"] = json!([dataset]);
            }
            text.to_string()
        };
        world.take(&event("2026-11-03T05:00:00Z", "j", &["raw.t"], "raw.u", &[])).await;
        world.take(&schema("2026-11-03T06:00:00Z", "raw.t", "new", Value::Null)).await;
        world.take(&schema("2026-11-02T06:00:00Z", "raw.t", "old", Value::Null)).await;
        let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
        let asset = snapshot.asset_at("lakehouse", "raw.t").expect("learned");
        assert_eq!(asset.columns.iter().next().expect("it is described").name, "new");
        let id = asset.id.clone();
        let renamed = json!({ "lifecycleStateChange": "RENAME",
            "previousIdentifier": { "namespace": "lakehouse", "name": "raw.t" } });
        world.take(&schema("2026-11-04T06:00:00Z", "raw.t2", "new", renamed)).await;
        let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
        for name in ["raw.t", "raw.t2"] {
            assert_eq!(snapshot.asset_at("lakehouse", name).expect("both names find it").id, id);
        }
        assert_eq!(snapshot.assets[&id].name, "raw.t2");
        assert_eq!(world.drawn(&request(&id, 0, 1)).await.edges.len(), 1, "lineage came along");
        let gone = schema("2026-11-05T06:00:00Z", "raw.t2", "new", json!({ "lifecycleStateChange": "DROP" }));
        world.take(&gone).await;
        let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
        assert!(!snapshot.assets.contains_key(&id), "it is retired");
        world.take(&event("2026-11-06T05:00:00Z", "again", &["raw.u"], "raw.t2", &[])).await;
        let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
        assert!(snapshot.assets.contains_key(&id), "and back when something writes to it");
    }

    async fn sources_that_only_columns_name_are_kept(world) {
        let columns = [("raw.other", "a", "b")];
        world.take(&event("2026-11-03T05:00:00Z", "cols", &["raw.in"], "raw.out", &columns)).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/cols'").await, 2);
        let source = json!({ "namespace": "lakehouse", "name": "raw.src", "type": "DATASET", "field": "x" });
        let stated = json!({ "eventTime": "2026-11-03T05:00:00Z", "producer": "p", "schemaURL": "s",
            "dataset": { "namespace": "lakehouse", "name": "raw.stated", "facets": { "lineage": {
                "inputs": [source], "fields": { "y": { "inputs": [source] } } } } } });
        world.take(&stated.to_string()).await;
        let edge = "SELECT COUNT(*) FROM lineage_edge WHERE job = '' AND columns LIKE '%\"x\",\"y\"%'";
        assert_eq!(world.number(edge).await, 1);
    }

    async fn a_bad_facet_costs_itself_and_a_time_without_zone_is_understood(world) {
        let mut text: Value =
            serde_json::from_str(&event("2026-11-03T05:00:00.123456", "lenient", &["raw.in"], "raw.out", &[]))
                .expect("JSON");
        text["run"]["facets"] = json!({ "parent": { "job": { "namespace": "n", "name": "j" } } });
        text["inputs"][0]["inputFacets"] =
            json!({ "dataQualityAssertions": { "assertions": [{ "assertion": "a", "success": "yes" }] } });
        let advice = lineage::ingest(&world.ctx, &Actor::System("test"), &text.to_string()).await;
        let advice = advice.expect("it is taken").join("\n");
        assert!(advice.contains("run.facets.parent.run") && advice.contains("taken as UTC"), "{advice}");
        assert!(advice.contains("success"), "{advice}");
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/lenient'").await, 1);
        world.take(&event("2026-11-03T05:00:00+0000", "lenient", &["raw.in"], "raw.out", &[])).await;
    }
}
