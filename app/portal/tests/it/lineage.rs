//! Events become edges, edges become a picture.

use std::collections::BTreeSet;

use lakeport_model::lineage::{Graph, GraphRequest};
use lakeport_portal::{Actor, RefusalKind, contracts, lineage};
use serde_json::{Value, json};

use crate::world::{World, on_both, refusal};

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

fn request(focus: &str, up: u8, down: u8) -> GraphRequest {
    GraphRequest { focus: focus.to_owned(), up, down, open: Vec::new(), column: None, chosen: None }
}

impl World {
    pub(crate) async fn take(&self, event: &str) {
        lineage::ingest(&self.ctx, &Actor::System("test"), event).await.expect("it is an event");
    }

    async fn drawn(&self, request: &GraphRequest) -> Graph {
        let graph = lineage::graph(&self.ctx, &self.viewer("paula.brandt").await, request).await;
        let graph = graph.expect("it is drawn");
        well_placed(&graph).unwrap_or_else(|problem| panic!("{problem}"));
        graph
    }
}

/// No two nodes overlap, all lie within the drawing, and edges go between nodes that are there.
fn well_placed(graph: &Graph) -> Result<(), String> {
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

fn ids(graph: &Graph) -> BTreeSet<&str> {
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
        assert_eq!(refusal(broken).kind, RefusalKind::Invalid);
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
            lakeport_portal::catalog::asset(&world.ctx, &world.viewer("paula.brandt").await, &node.id).await;
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

    async fn a_column_is_followed_to_its_sources(world) {
        world.take(&event("2026-11-03T05:00:00Z", "a", &["raw.a"], "raw.b", &[("raw.a", "x", "y")])).await;
        world
            .take(&event(
                "2026-11-03T05:00:00Z",
                "b",
                &["raw.b"],
                "raw.c",
                &[("raw.b", "y", "z"), ("raw.b", "other", "o")],
            ))
            .await;
        let names = world.drawn(&request("gold.collections", 0, 0)).await;
        assert_eq!(names.nodes.len(), 1);
        let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
        let id = |name: &str| snapshot.asset_at("lakehouse", name).expect("it was learned").id.clone();
        let mut wanted = request(&id("raw.c"), 5, 5);
        wanted.column = Some("z".to_owned());
        let graph = world.drawn(&wanted).await;
        let path: BTreeSet<_> =
            graph.nodes.iter().flat_map(|node| &node.path_columns).map(String::as_str).collect();
        assert_eq!(path, BTreeSet::from(["x", "y", "z"]));
        assert!(graph.edges.iter().all(|edge| edge.on_path));
        assert_eq!(graph.columns, ["o", "z"]);
        wanted.column = Some("o".to_owned());
        let graph = world.drawn(&wanted).await;
        assert_eq!(graph.edges.iter().filter(|edge| edge.on_path).count(), 1);
    }

    async fn one_hop_at_first_and_more_on_demand(world) {
        let near = world.drawn(&request("silver.fact_payments", 1, 1)).await;
        let opened = GraphRequest {
            open: vec!["bronze.payments".to_owned()],
            ..request("silver.fact_payments", 1, 1)
        };
        let more = world.drawn(&opened).await;
        assert!(ids(&near).contains("bronze.payments") && !ids(&near).contains("kafka.payments"));
        assert!(ids(&more).contains("kafka.payments") && ids(&more).is_superset(&ids(&near)));
        let bronze = near.nodes.iter().find(|node| node.id.0 == "bronze.payments").expect("it is drawn");
        assert!(bronze.more_up > 0, "it says that there is more");
        let alone = world.drawn(&request("silver.fact_payments", 0, 0)).await;
        assert_eq!((alone.nodes.len(), alone.edges.len()), (1, 0));
        let far = world.drawn(&request("silver.fact_payments", 200, 200)).await;
        assert!(far.nodes.len() > more.nodes.len());
        let unknown =
            lineage::graph(&world.ctx, &world.viewer("paula.brandt").await, &request("gold.nothing", 1, 1))
                .await;
        assert_eq!(refusal(unknown).kind, RefusalKind::NotFound);
    }

    async fn a_crowd_is_cut_off_and_says_so(world) {
        let names: Vec<String> = (0..230).map(|number| format!("raw.n{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        world.take(&event("2026-11-03T05:00:00Z", "crowd", &names, "raw.sink", &[])).await;
        let sink = world
            .ctx
            .snapshot()
            .await
            .expect("the catalog loads")
            .asset_at("lakehouse", "raw.sink")
            .expect("learned")
            .id
            .clone();
        let graph = world.drawn(&request(&sink, 1, 0)).await;
        assert_eq!((graph.nodes.len(), graph.cut_off), (200, 31));
        assert_eq!(graph.nodes[0].id.0, sink, "the focus is never cut off");
        assert_eq!(graph.nodes[0].more_up, 31);
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
        let alone = lineage::marquez(&world.ctx, &paula, "dataset:lakehouse:raw.in", 1).await.expect("it answers");
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
        assert_eq!(asset.columns[0].name, "new");
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

    async fn a_dense_graph_does_not_hold_the_portal(world) {
        // Everything flows into everything after it: 80 nodes, 3,160 connections.
        let names: Vec<String> = (0..80).map(|number| format!("dense.n{number}")).collect();
        let lines: Vec<String> = (1..80)
            .map(|at| {
                let inputs: Vec<&str> = names[..at].iter().map(String::as_str).collect();
                event("2026-11-03T05:00:00Z", &format!("dense{at}"), &inputs, &names[at], &[])
            })
            .collect();
        world.import(vec![crate::world::file("dense.jsonl", &lines.join("\n"))]).await;
        let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
        let focus = snapshot.asset_at("lakehouse", "dense.n40").expect("learned").id.clone();
        let wanted = request(&focus, 1, 1);
        let viewer = world.viewer("paula.brandt").await;
        let begun = std::time::Instant::now();
        let drawing = lineage::graph(&world.ctx, &viewer, &wanted);
        let mut ticks = 0_u32;
        let graph = {
            let mut drawing = std::pin::pin!(drawing);
            loop {
                tokio::select! {
                    graph = &mut drawing => break graph.expect("it is drawn"),
                    () = tokio::time::sleep(std::time::Duration::from_millis(1)) => ticks += 1,
                }
            }
        };
        let took = begun.elapsed();
        assert!(took < std::time::Duration::from_secs(2), "{took:?}, {ticks} ticks");
        well_placed(&graph).unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!((graph.nodes.len(), graph.edges.len(), graph.edges_cut_off), (80, 1_000, 2_160));
        assert!(graph.edges.iter().all(|edge| edge.path.starts_with('M')));
    }

    async fn a_long_list_of_opened_nodes_is_cut(world) {
        let opened = GraphRequest {
            open: (0..100_000).map(|number| format!("n{number}")).collect(),
            ..request("silver.fact_payments", 10, 10)
        };
        let begun = std::time::Instant::now();
        world.drawn(&opened).await;
        assert!(begun.elapsed() < std::time::Duration::from_secs(2), "{:?}", begun.elapsed());
    }

    async fn impact_names_who_is_hit(world) {
        let before = world.drawn(&request("silver.fact_payments", 0, 1)).await.impact;
        assert!(before.dashboards.iter().any(|name| name.contains("ollections")), "{before:?}");
        assert!(before.owners.contains(&"Aylin Demir (Controlling)".to_owned()));
        world.granted("paula.brandt", "collections/cases", 90, &["aylin.demir"]).await;
        let jonas = world.viewer("jonas.weber").await;
        contracts::subscribe(
            &world.ctx,
            &jonas,
            &"collections".into(),
            "1.0.0".to_owned(),
            "Planning of purchases".to_owned(),
        )
        .await
        .expect("he relies on it");
        let after = world.drawn(&request("silver.fact_payments", 0, 1)).await.impact;
        assert_eq!((after.grants - before.grants, after.subscribers - before.subscribers), (1, 1));
        let end = world.drawn(&request("collections-controlling", 1, 1)).await.impact;
        assert_eq!((end.assets, end.grants), (0, 0), "nothing lies behind the last one");
    }

    async fn marquez_gets_its_own_shape(world) {
        let paula = world.viewer("paula.brandt").await;
        let answer = lineage::marquez(&world.ctx, &paula, "dataset:lakehouse:gold.collections", 1)
            .await
            .expect("it answers");
        let nodes = answer["graph"].as_array().expect("a list of nodes");
        let known: BTreeSet<&str> = nodes.iter().filter_map(|node| node["id"].as_str()).collect();
        assert_eq!(known.len(), nodes.len());
        for node in nodes {
            assert!(["DATASET", "JOB"].contains(&node["type"].as_str().expect("a type")));
            assert!(node["data"]["id"]["name"].is_string() && node["data"]["id"]["namespace"].is_string());
            for edge in
                ["inEdges", "outEdges"].into_iter().flat_map(|key| node[key].as_array().expect("a list"))
            {
                let ends: Vec<&str> =
                    [&edge["origin"], &edge["destination"]].into_iter().filter_map(Value::as_str).collect();
                assert!(ends.iter().all(|end| known.contains(end)), "{edge} leads out of the answer");
                assert!(ends.contains(&node["id"].as_str().expect("an id")));
            }
        }
        assert!(known.iter().any(|id| id.starts_with("job:")));
        for (id, kind) in [
            ("job:x:y", RefusalKind::Invalid),
            ("dataset:lakehouse:none", RefusalKind::NotFound),
            ("dataset:", RefusalKind::NotFound),
        ] {
            assert_eq!(refusal(lineage::marquez(&world.ctx, &paula, id, 1).await).kind, kind, "{id}");
        }
    }

    async fn the_list_never_says_less_than_the_drawing(world) {
        for focus in ["gold.collections", "silver.fact_orders", "kafka.erp_sales", "gold.sales_forecast"] {
            let graph = world.drawn(&request(focus, 3, 3)).await;
            let rows = graph.rows();
            let listed: Vec<_> = rows.iter().map(|row| &row.node.id).collect();
            assert_eq!(listed, graph.nodes.iter().map(|node| &node.id).collect::<Vec<_>>(), "{focus}");
            assert!(rows.len() > 2 && graph.edges.len() > 1, "{focus} has neighbours");
            let ids = |from: u32, to: u32| (&graph.nodes[from as usize].id, &graph.nodes[to as usize].id);
            let drawn: BTreeSet<_> = graph.edges.iter().map(|edge| ids(edge.from, edge.to)).collect();
            let said = rows.iter().flat_map(|row| row.made_from.iter().map(|source| (&source.id, &row.node.id)));
            assert_eq!(said.collect::<BTreeSet<_>>(), drawn, "{focus}, made from");
            let said = rows.iter().flat_map(|row| row.feeds.iter().map(|target| (&row.node.id, &target.id)));
            assert_eq!(said.collect::<BTreeSet<_>>(), drawn, "{focus}, feeds");
            let mut jobs = 0;
            for edge in &graph.edges {
                let at = |end: u32, word: &str| {
                    let jobs = &rows[end as usize].jobs;
                    jobs.iter().find_map(|jobs| jobs.strip_prefix(word)).unwrap_or_default()
                };
                for job in edge.job.split(", ").filter(|job| !job.is_empty()) {
                    jobs += 1;
                    assert!(at(edge.to, "written by ").contains(job), "{focus}: {job} writes");
                    assert!(at(edge.from, "read by ").contains(job), "{focus}: {job} reads");
                }
            }
            assert!(jobs > 0, "{focus}: jobs are drawn");
        }
    }

    async fn a_job_that_uses_what_is_hidden_is_named_at_no_connection(world) {
        let product = "apiVersion: v1.0.0\nkind: DataProduct\nid: hidden\nname: Hidden\nversion: 1.0.0\nstatus: active\n\
                       domain: controlling\ncustomProperties:\n- {property: lakeport.visibility, value: private}\noutputPorts:\n\
                       - name: p\n  version: 1.0.0\n  customProperties:\n  - {property: lakeport.asset, value: gold.hidden}\n";
        let asset = "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakehouse\nassets:\n\
                     - {id: gold.hidden, kind: table, layer: gold, description: Secret}\n";
        let file = crate::world::file;
        world.import(vec![file("a.yaml", asset), file("products/hidden.odps.yaml", product)]).await;
        let inputs = ["gold.sales_daily", "gold.hidden"];
        world.take(&event("2026-11-03T05:00:00Z", "merger", &inputs, "gold.collections", &[])).await;
        let told = |graph: &Graph| serde_json::to_string(graph).expect("it can be written").contains("merger");
        assert!(!told(&world.drawn(&request("gold.collections", 1, 0)).await));
        let tom = world.viewer("tom.fischer").await;
        let own = lineage::graph(&world.ctx, &tom, &request("gold.collections", 1, 0)).await;
        assert!(told(&own.expect("it is drawn")), "who sees all of it is told");
    }
}
