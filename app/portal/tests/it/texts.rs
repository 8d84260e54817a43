//! What the texts of dashboards read stands in the lineage, without an event.

use std::collections::BTreeSet;

use lakeport_model::impact::Side;
use lakeport_model::lineage::{Graph, GraphEdge};
use lakeport_portal::lineage;
use lakeport_portal::store::changes::Touched;
use serde_json::Value;

use crate::impact::wanted;
use crate::lineage::{event, ids, request};
use crate::world::{World, call, file, on_both};

pub(crate) const ASSET: &str = "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakehouse\nassets:\n\
                     - {id: closing, kind: dashboard, description: Closing of the month}\n";
const HIDDEN_TABLE: &str = "gold.receivables_ageing";

impl World {
    /// A dashboard whose text reads these tables.
    pub(crate) async fn closing(&self, reads: &str) {
        let text = format!(
            "---\ntitle: Month end\ndomain: controlling\nowner: a@b.example\nreads: [{reads}]\n---\n\nHello\n"
        );
        self.import(vec![file("dashboards/closing.md", &text)]).await;
    }

    /// The ids of what depends on an asset, or of what it is made from, as somebody lists it.
    async fn reached(&self, who: &str, asset: &str, side: Side) -> Vec<String> {
        let viewer = self.viewer(who).await;
        let page = lineage::impact_rows(&call(&self.ctx, &viewer).await, &wanted(asset, side)).await;
        page.expect("it is listed").items.into_iter().map(|item| item.asset.id.0).collect()
    }

    /// What Marquez answers about the dashboard.
    async fn marquez(&self, who: &str) -> String {
        let viewer = self.viewer(who).await;
        let answer = lineage::marquez(&call(&self.ctx, &viewer).await, "dataset:lakehouse:closing", 1).await;
        answer.expect("it answers").to_string()
    }

    async fn drawn_for(&self, who: &str, focus: &str) -> Graph {
        let viewer = self.viewer(who).await;
        let graph = lineage::graph(&call(&self.ctx, &viewer).await, &request(focus, 1, 1)).await;
        graph.expect("it is drawn")
    }
}

/// The only edge between two assets.
fn edge<'g>(graph: &'g Graph, source: &str, target: &str) -> Option<&'g GraphEdge> {
    let at = |place: u32| graph.nodes[place as usize].id.as_str();
    let mut found = graph.edges.iter().filter(|edge| at(edge.from) == source && at(edge.to) == target);
    let first = found.next();
    assert!(found.next().is_none(), "one edge");
    first
}

on_both! { demo =>
    async fn what_a_text_reads_flows_into_its_dashboard_and_follows_the_text(world) {
        world.import(vec![file("assets/closing.yaml", ASSET)]).await;
        world.closing("gold.collections").await;
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge WHERE target = 'closing'").await, 0);
        let graph = world.drawn(&request("closing", 1, 1)).await;
        assert_eq!(ids(&graph), BTreeSet::from(["closing", "gold.collections"]));
        let drawn = edge(&graph, "gold.collections", "closing").expect("it is drawn");
        assert_eq!((drawn.job.as_str(), drawn.known_from().as_str()), ("", "Its text reads it."));
        let rows = graph.rows();
        let row = rows.iter().find(|row| row.node.id.as_str() == "closing").expect("it is listed");
        assert_eq!(row.jobs, ["its text reads gold.collections"]);
        let hit = world.drawn(&request("gold.collections", 0, 1)).await.impact.dashboards;
        assert!(hit.contains(&"Month end".to_owned()), "{hit:?}");
        let down = world.reached("paula.brandt", "gold.collections", Side::Downstream).await;
        assert!(down.contains(&"closing".to_owned()), "{down:?}");
        let answer: Value = serde_json::from_str(&world.marquez("paula.brandt").await).expect("it is JSON");
        let nodes = answer["graph"].as_array().expect("a list of nodes");
        let text = nodes.iter().find(|node| node["id"] == "job::the text of the dashboard closing");
        let text = text.expect("it stands in the place of a job");
        assert_eq!(text["inEdges"][0]["origin"], "dataset:lakehouse:gold.collections");
        assert_eq!(text["outEdges"][0]["destination"], "dataset:lakehouse:closing");

        // Known both ways, it is one edge, and the job alone moves the data in the eyes of Marquez.
        world.take(&event("2026-11-03T05:00:00Z", "j", &["gold.collections"], "closing", &[])).await;
        let graph = world.drawn(&request("closing", 1, 0)).await;
        let drawn = edge(&graph, "gold.collections", "closing").expect("it is drawn");
        assert_eq!(drawn.known_from(), "test/j; its text reads it");
        assert!(!world.marquez("paula.brandt").await.contains("the text of the dashboard"));

        world.closing("gold.sales_daily").await;
        let graph = world.drawn(&request("closing", 1, 0)).await;
        let drawn = edge(&graph, "gold.collections", "closing").expect("the event stays");
        assert_eq!(drawn.known_from(), "test/j");
        assert!(edge(&graph, "gold.sales_daily", "closing").is_some_and(|edge| edge.read_by_text));

        world.execute("DELETE FROM dashboard WHERE id = 'closing'").await.expect("it is removed");
        world.noted(vec![Touched::Dashboard("closing".to_owned())]).await;
        assert_eq!(ids(&world.drawn(&request("closing", 1, 0)).await), BTreeSet::from(["closing", "gold.collections"]));
    }

    async fn a_text_flows_only_into_a_dashboard_that_is_an_asset(world) {
        world.closing("gold.collections").await;
        assert!(!ids(&world.drawn(&request("gold.collections", 0, 1)).await).contains("closing"));
        world.import(vec![file("assets/closing.yaml", ASSET)]).await;
        assert!(ids(&world.drawn(&request("gold.collections", 0, 1)).await).contains("closing"));
        world.execute("UPDATE asset SET kind = 'table' WHERE id = 'closing'").await.expect("it is another thing");
        world.noted(vec![Touched::Asset("closing".to_owned())]).await;
        assert!(!ids(&world.drawn(&request("gold.collections", 0, 1)).await).contains("closing"));
    }

    async fn a_text_never_tells_of_a_table_that_is_hidden(world) {
        world.import(vec![file("assets/closing.yaml", ASSET)]).await;
        world.closing(&format!("gold.collections, {HIDDEN_TABLE}")).await;
        let (paula, tom) = ("paula.brandt", "tom.fischer");
        let graph = world.drawn_for(paula, "closing").await;
        assert_eq!(ids(&graph), BTreeSet::from(["closing", "gold.collections"]));
        let closing = graph.nodes.iter().find(|node| node.id.as_str() == "closing").expect("it is drawn");
        assert_eq!(closing.more_up, 0);
        assert!(!serde_json::to_string(&graph).expect("it can be written").contains(HIDDEN_TABLE));
        let up = world.reached(paula, "closing", Side::Upstream).await;
        assert!(up.contains(&"gold.collections".to_owned()) && !up.contains(&HIDDEN_TABLE.to_owned()), "{up:?}");
        let told = world.marquez(paula).await;
        assert!(told.contains("the text of the dashboard closing") && !told.contains(HIDDEN_TABLE), "{told}");
        assert!(ids(&world.drawn_for(tom, "closing").await).contains(HIDDEN_TABLE));
        assert!(world.reached(tom, HIDDEN_TABLE, Side::Downstream).await.contains(&"closing".to_owned()));
        assert!(world.marquez(tom).await.contains(HIDDEN_TABLE));
    }
}
