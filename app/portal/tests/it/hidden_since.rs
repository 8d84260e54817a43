//! What was open and is hidden since: nobody learns a newer name or a detail of it by what they once asked for.

use lakeport_model::RequestId;
use lakeport_model::lineage::{Graph, GraphRequest};
use lakeport_model::people::Viewer;
use lakeport_portal::{access, lineage};

use crate::world::{World, call, file, on_both};

const PORT: &str = "rates/rates";
const NEW: &str = "Secret margins";

impl World {
    /// A product of Controlling with its table.
    async fn rates(&self, visibility: &str, name: &str) {
        let asset = format!(
            "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakehouse\nassets:\n\
             - {{id: gold.rates, name: {name}, kind: table, location: gold/rates, classification: internal, \
             description: Rates, columns: [{{name: rate, type: double}}]}}\n"
        );
        let product = format!(
            "apiVersion: v1.0.0\nkind: DataProduct\nid: rates\nname: {name}\nversion: 1.0.0\nstatus: active\n\
             domain: controlling\ncustomProperties:\n- {{property: visibility, value: {visibility}}}\noutputPorts:\n\
             - name: rates\n  version: 1.0.0\n  customProperties:\n  - {{property: asset, value: gold.rates}}\n"
        );
        self.import(vec![file("rates.yaml", &asset), file("products/rates.odps.yaml", &product)]).await;
    }

    /// Everything that a person reads about their own requests and grants, and about one of the requests.
    async fn own_pages(&self, who: &str, request: Option<RequestId>) -> String {
        let viewer = self.viewer(who).await;
        let requests = access::my_requests(&call(&self.ctx, &viewer).await).await.expect("they are listed");
        let grants = access::my_grants(&call(&self.ctx, &viewer).await).await.expect("they are listed");
        let mut text = serde_json::to_string(&(requests, grants)).expect("it can be written");
        if let Some(request) = request {
            let page = access::decide_page(&call(&self.ctx, &viewer).await, request).await.expect("it opens");
            text += &serde_json::to_string(&page).expect("it can be written");
        }
        text + &self.inbox(who).await.join("\n")
    }
}

on_both! { demo =>
    async fn a_request_never_tells_a_newer_name_of_what_is_hidden_since(world) {
        world.rates("open", "Rates").await;
        let waits = world.ask("paula.brandt", PORT, 90).await.expect("she may ask");
        let rejected = world.ask("erik.sander", PORT, 90).await.expect("he may ask");
        world.granted("marco.rinaldi", PORT, 30, &["aylin.demir"]).await;
        world.rates("private", NEW).await;
        let marco = world.own_pages("marco.rinaldi", None).await;
        assert!(marco.contains(NEW), "a grant shows what it opens: {marco}");
        world.travel(31);
        let aylin = world.viewer("aylin.demir").await;
        let page = access::decide_page(&call(&world.ctx, &aylin).await, rejected).await.expect("it opens");
        assert_eq!((page.request.title.as_str(), page.sensitive_columns.as_slice()), (NEW, &["rate".to_owned()][..]));
        access::reject(&call(&world.ctx, &aylin).await, rejected, page.revision, "No.".to_owned()).await.expect("she decides");
        world.sweep().await;
        for (who, request, told) in [
            ("paula.brandt", Some(waits), "Your request for rates/rates still waits"),
            ("erik.sander", Some(rejected), "Your request for rates/rates was rejected"),
            ("marco.rinaldi", None, "Your access to rates/rates has ended"),
        ] {
            let text = world.own_pages(who, request).await;
            assert!(text.contains(told), "{who}: {text}");
            for newer in [NEW, "\"rate\"", "gold.rates"] {
                assert!(!text.contains(newer), "{who} reads {newer}: {text}");
            }
        }
    }

    async fn an_administrator_never_learns_what_is_private_because_nobody_decides(world) {
        world.rates("open", "Rates").await;
        world.ask("paula.brandt", PORT, 90).await.expect("she may ask");
        world.rates("private", NEW).await;
        world.staff("group", &[]).await;
        world.staff("controlling", &[]).await;
        world.sweep().await;
        let told = world.inbox("sofia.lindqvist").await.join("\n");
        assert!(told.contains("A request for data of controlling waits, and nobody else can decide it"), "{told}");
        assert!(!told.contains(NEW) && !told.contains("rates"), "{told}");
    }

    async fn the_columns_of_a_restricted_table_are_evidence_for_those_who_decide_alone(world) {
        let id = world.ask("paula.brandt", "customers/customers", 30).await.expect("she may ask");
        let columns = |viewer: Viewer| async move {
            let page = access::decide_page(&call(&world.ctx, &viewer).await, id).await.expect("it opens");
            page.sensitive_columns
        };
        assert!(!columns(world.viewer("david.schmid").await).await.is_empty(), "he decides by them");
        assert_eq!(columns(world.viewer("paula.brandt").await).await, Vec::<String>::new());
        world.approve("david.schmid", id).await.expect("he is an owner");
        world.approve("ines.hoffmann", id).await.expect("she is a steward");
        assert!(!columns(world.viewer("paula.brandt").await).await.is_empty(), "now she sees the product's details");
    }

    async fn a_job_that_also_uses_something_hidden_is_named_on_no_line_of_others(world) {
        let hidden = "gold.receivables_ageing";
        let dataset = |name: &str| format!("{{\"namespace\":\"lakehouse\",\"name\":\"{name}\"}}");
        let inputs = ["gold.sales_daily", hidden].map(dataset).join(",");
        let event = format!(
            "{{\"eventTime\":\"2026-11-03T05:00:00Z\",\"eventType\":\"COMPLETE\",\"producer\":\"p\",\"schemaURL\":\"s\",\
             \"run\":{{\"runId\":\"445e09ff-b56b-5c27-8ef4-cad8a9b13221\"}},\
             \"job\":{{\"namespace\":\"t\",\"name\":\"provisions\"}},\"inputs\":[{inputs}],\"outputs\":[{}]}}",
            dataset("gold.open_end")
        );
        world.import(vec![file("l.jsonl", &event)]).await;
        let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
        let end = snapshot.asset_at("lakehouse", "gold.open_end").expect("it is known").id.clone();
        let draw = |viewer: Viewer| {
            let focus = "gold.sales_daily".to_owned();
            let request = GraphRequest { focus, up: 0, down: 1, open: Vec::new(), column: None, chosen: None };
            async move {
                let graph = lineage::graph(&call(&world.ctx, &viewer).await, &request).await.expect("it is drawn");
                let node = "dataset:lakehouse:gold.sales_daily";
                (graph, lineage::marquez(&call(&world.ctx, &viewer).await, node, 1).await.expect("it answers").to_string())
            }
        };
        let line = |graph: &Graph| {
            let place = graph.nodes.iter().position(|node| node.id.0 == end).expect("it is drawn");
            graph.edges.iter().find(|edge| edge.to as usize == place).map(|edge| edge.job.clone())
        };
        let (graph, marquez) = draw(world.viewer("tom.fischer").await).await;
        assert_eq!(line(&graph).as_deref(), Some("t/provisions"));
        assert!(marquez.contains("job:t:provisions"), "{marquez}");
        let (graph, marquez) = draw(world.viewer("paula.brandt").await).await;
        assert_eq!(line(&graph).as_deref(), Some(""), "the line stays, without the job");
        let text = serde_json::to_string(&graph).expect("it can be written");
        for answer in [text, marquez] {
            assert!(!answer.contains("provisions") && !answer.contains("receivables"), "{answer}");
            assert!(answer.contains(&end) || answer.contains("gold.open_end"), "{answer}");
        }
    }
}
