//! Edges become a picture.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lakeport_model::lineage::{Graph, GraphRequest};
use lakeport_portal::policy::rules::{Operator, TakeEvents};
use lakeport_portal::store::catalog::{self, AssetRow};
use lakeport_portal::store::changes::{self, Touched};
use lakeport_portal::store::import;
use lakeport_portal::store::lineage::{EdgeRow, batch};
use lakeport_portal::{ErrorKind, contracts, lineage};
use serde_json::Value;

use crate::lineage::{event, ids, request, well_placed};
use crate::world::{call, on_both, refusal};

fn asset(id: &str, kind: &str, at: DateTime<Utc>) -> AssetRow {
    AssetRow {
        id: id.to_owned(),
        kind: kind.to_owned(),
        layer: None,
        namespace: "scale".to_owned(),
        name: id.to_owned(),
        domain: "controlling".to_owned(),
        description: String::new(),
        platform: None,
        location: None,
        classification: "internal".to_owned(),
        tags: "[]".to_owned(),
        columns: "[]".to_owned(),
        origin: "file".to_owned(),
        created_at: Some(at),
    }
}

on_both! { demo =>
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
            lineage::graph(&call(&world.ctx, &world.viewer("paula.brandt").await).await, &request("gold.nothing", 1, 1))
                .await;
        assert_eq!(refusal(unknown).kind, ErrorKind::NotFound);
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
        let graph = lineage::graph(&call(&world.ctx, &viewer).await, &wanted).await.expect("it is drawn");
        let took = begun.elapsed();
        assert!(took < std::time::Duration::from_secs(2), "{took:?}");
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
            &call(&world.ctx, &jonas).await,
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

    async fn impact_never_leaves_out_what_no_drawing_could_hold(world) {
        // One table flows into another, and that one into more than a drawing is chosen from.
        let name = |number: usize| format!("scale.n{number}");
        let edge = |source: usize, target: usize| EdgeRow {
            source: name(source),
            target: name(target),
            job: String::new(),
            columns: "[]".to_owned(),
            seen_at: world.now(),
            former_since: None,
        };
        let files = Operator::Command.proof().allows();
        let mut tx = world.ctx.db.write().await.expect("a transaction begins");
        for number in 0..5_300 {
            let kind = if number > 5_190 { "dashboard" } else { "table" };
            catalog::put_asset(&mut tx, &files, &asset(&name(number), kind, world.now())).await.expect("it is kept");
        }
        let edges: Vec<EdgeRow> = std::iter::once(edge(0, 1)).chain((2..5_300).map(|at| edge(1, at))).collect();
        batch::put_edges(&mut tx, &TakeEvents::Scope.proof(), &edges).await.expect("they are kept");
        changes::touch(&mut tx, [Touched::Everything], world.now()).await.expect("it is noted");
        tx.commit_unrecorded("a test").await.expect("it is kept");
        let graph = world.drawn(&request("scale.n0", 1, 2)).await;
        assert_eq!((graph.nodes.len(), graph.cut_off, graph.there_are_more), (200, 4_801, true));
        assert_eq!((graph.impact.assets, graph.impact.there_are_more), (2_000, true), "the nearest come with it");
        let viewer = world.viewer("paula.brandt").await;
        let impact = lineage::impact(&call(&world.ctx, &viewer).await, &"scale.n0".into()).await.expect("they are counted");
        assert_eq!((impact.assets, impact.there_are_more), (5_299, false));
        assert_eq!((impact.dashboards.len(), impact.more_dashboards), (100, 9));
        assert!(impact.dashboards.contains(&"scale.n5191".to_owned()));
    }

    async fn impact_never_leaves_out_a_grant_however_many_assets_that_are_offered_are_hit(world) {
        // One table flows into more than one statement asks for; what is granted lies behind the last of them.
        let name = |number: usize| format!("scale.n{number:04}");
        let files = Operator::Command.proof().allows();
        let mut tx = world.ctx.db.write().await.expect("a transaction begins");
        for number in 0..5_100 {
            catalog::put_asset(&mut tx, &files, &asset(&name(number), "table", world.now())).await.expect("it is kept");
        }
        let port = |number: usize| {
            let asset = name(number);
            format!(
                "- name: p{number}\n  version: 1.0.0\n  customProperties:\n  \
                 - {{property: lakeport.asset, value: {asset}}}\n"
            )
        };
        let product = |part: usize| {
            let ports: String = (part * 100..(part + 1) * 100).map(port).collect();
            let document = format!(
                "apiVersion: v1.0.0\nkind: DataProduct\nid: scale{part}\nname: Scale {part}\nversion: 1.0.0\n\
                 status: active\ndomain: controlling\noutputPorts:\n{ports}"
            );
            (format!("scale{part}"), document)
        };
        let products: Vec<(String, String)> = (0..51).map(product).collect();
        let rows = products.iter().map(|(id, document)| (id.as_str(), "controlling", document.as_str()));
        let rows: Vec<(&str, &str, &str)> = rows.collect();
        import::put_products(&mut tx, &files.allows(), &rows, world.now()).await.expect("they are kept");
        let edge = |target: String| EdgeRow {
            source: name(0),
            target,
            job: String::new(),
            columns: "[]".to_owned(),
            seen_at: world.now(),
            former_since: None,
        };
        let targets = (1..5_100).map(name).chain(["silver.fact_payments".to_owned()]);
        let edges: Vec<EdgeRow> = targets.map(edge).collect();
        batch::put_edges(&mut tx, &TakeEvents::Scope.proof(), &edges).await.expect("they are kept");
        changes::touch(&mut tx, [Touched::Everything], world.now()).await.expect("it is noted");
        tx.commit_unrecorded("a test").await.expect("it is kept");
        let viewer = world.viewer("paula.brandt").await;
        let impact = async || {
            let impact = lineage::impact(&call(&world.ctx, &viewer).await, &name(0).into()).await;
            impact.expect("they are counted")
        };
        let before = impact().await;
        world.granted("paula.brandt", "collections/cases", 90, &["aylin.demir"]).await;
        assert_eq!(impact().await.grants - before.grants, 1);
    }

    async fn marquez_gets_its_own_shape(world) {
        let paula = world.viewer("paula.brandt").await;
        let answer = lineage::marquez(&call(&world.ctx, &paula).await, "dataset:lakehouse:gold.collections", 1)
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
            ("job:x:y", ErrorKind::Invalid),
            ("dataset:lakehouse:none", ErrorKind::NotFound),
            ("dataset:", ErrorKind::NotFound),
        ] {
            assert_eq!(refusal(lineage::marquez(&call(&world.ctx, &paula).await, id, 1).await).kind, kind, "{id}");
        }
    }

    async fn the_list_never_says_less_than_the_drawing(world) {
        let mut texts = 0;
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
                if edge.read_by_text {
                    texts += 1;
                    let source = &rows[edge.from as usize].node.name;
                    assert!(at(edge.to, "its text reads ").contains(source), "{focus}: a text reads {source}");
                }
            }
            assert!(jobs > 0, "{focus}: jobs are drawn");
        }
        assert!(texts > 0, "dashboards are drawn");
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
        let own = lineage::graph(&call(&world.ctx, &tom).await, &request("gold.collections", 1, 0)).await;
        assert!(told(&own.expect("it is drawn")), "who sees all of it is told");
    }
}
