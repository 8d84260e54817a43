//! Events become edges, edges become a picture.

use std::collections::BTreeSet;

use lakeport_model::lineage::{Graph, GraphRequest};
use lakeport_portal::{Actor, RefusalKind, contracts, lineage};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{World, on_both, refusal};

fn event(time: &str, job: &str, inputs: &[&str], output: &str, columns: &[(&str, &str, &str)]) -> String {
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
    GraphRequest { focus: focus.to_owned(), up, down, open: Vec::new(), column: None }
}

impl World {
    async fn take(&self, event: &str) {
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
            "Planning".to_owned(),
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
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// Whatever the graph, cycles included: it is laid out without overlaps.
    #[test]
    fn any_graph_is_well_placed(pairs in prop::collection::btree_set((0u8..14, 0u8..14), 1..40)) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
        let graph = runtime.block_on(async {
            let world = World::empty(crate::world::Engine::Sqlite).await.expect("SQLite is always there");
            let person = "apiVersion: lakeport/v1\nkind: People\npeople:\n- {email: paula.brandt@nordkauf.example, name: P}\n";
            world.import(vec![crate::world::file("p.yaml", person)]).await;
            let lines: Vec<String> = pairs.iter().map(|(from, to)| {
                event("2026-11-03T05:00:00Z", "j", &[&format!("n{from}")], &format!("n{to}"), &[])
            }).collect();
            world.import(vec![crate::world::file("l.jsonl", &lines.join("\n"))]).await;
            let first = format!("n{}", pairs.first().expect("at least one").0);
            let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
            let focus = snapshot.asset_at("lakehouse", &first).expect("learned").id.clone();
            let viewer = world.viewer("paula.brandt").await;
            lineage::graph(&world.ctx, &viewer, &request(&focus, 10, 10)).await.expect("it is drawn")
        });
        prop_assert_eq!(well_placed(&graph), Ok(()));
    }
}
