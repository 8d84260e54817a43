//! Edges that the runs of their jobs no longer draw become former, and leave after some time.

use lakeport_model::impact::{Reached, Side};
use lakeport_model::lineage::{Graph, GraphEdge};
use lakeport_portal::policy::rules::TakeEvents;
use lakeport_portal::store::changes::Touched;
use lakeport_portal::store::lineage::{EdgeRow, batch};
use lakeport_portal::{Ctx, lineage};
use serde_json::json;

use crate::impact::wanted;
use crate::lineage::{event, request};
use crate::texts::ASSET;
use crate::world::{World, call, file, on_both, settings};

const OLD: &str = "gold.sales_daily";
const KEPT: &str = "silver.fact_payments";
const TARGET: &str = "gold.collections";
const HIDDEN: &str = "gold.receivables_ageing";
const PAULA: &str = "paula.brandt";

/// A complete run of a job on a day of November.
fn run(day: u32, job: &str, inputs: &[&str], output: &str) -> String {
    let text = event(&format!("2026-11-{day:02}T05:00:00Z"), job, inputs, output, &[]);
    text.replace("cad8a9b13221", &format!("cad8a9b132{day:02}"))
}

fn name(graph: &Graph, place: u32) -> &str {
    graph.nodes[place as usize].id.as_str()
}

impl World {
    /// A job reads all of these on the first of November, and the last of them alone on these days.
    async fn turns_away(&self, job: &str, inputs: &[&str], days: &[u32]) {
        self.take(&run(1, job, inputs, TARGET)).await;
        for day in days {
            self.take(&run(*day, job, &inputs[inputs.len() - 1..], TARGET)).await;
        }
        self.sweep().await;
    }

    async fn drawn_to(&self, who: &str, target: &str) -> Graph {
        let viewer = self.viewer(who).await;
        let graph = lineage::graph(&call(&self.ctx, &viewer).await, &request(target, 1, 0)).await;
        graph.expect("it is drawn")
    }

    /// The edge from the old table as somebody sees it.
    async fn edge_from_old(&self, who: &str, target: &str) -> Option<GraphEdge> {
        let graph = self.drawn_to(who, target).await;
        let is_it = |edge: &&GraphEdge| name(&graph, edge.from) == OLD && name(&graph, edge.to) == target;
        graph.edges.iter().find(is_it).cloned()
    }

    async fn is_former(&self, target: &str) -> bool {
        self.edge_from_old(PAULA, target).await.expect("it is drawn").is_former
    }

    /// How many edges are stored from the old table.
    async fn stored(&self, target: &str) -> i64 {
        let of = format!("source = '{OLD}' AND target = '{target}'");
        self.number(&format!("SELECT COUNT(*) FROM lineage_edge WHERE {of}")).await
    }

    /// What flows from the old table according to Marquez: the job that reads it, and the table itself.
    async fn old_in_marquez(&self) -> (bool, bool) {
        let viewer = self.viewer(PAULA).await;
        let id = format!("dataset:lakehouse:{TARGET}");
        let answer = lineage::marquez(&call(&self.ctx, &viewer).await, &id, 1).await.expect("it answers");
        let nodes = answer["graph"].as_array().expect("a list of nodes");
        let old = json!(format!("dataset:lakehouse:{OLD}"));
        let job = nodes.iter().find(|node| node["id"] == "job:test:ages").expect("the job is there");
        let reads = job["inEdges"].as_array().expect("a list").iter().any(|edge| edge["origin"] == old);
        (reads, nodes.iter().any(|node| node["id"] == old))
    }
}

/// What is reached over former edges alone.
fn former(items: &[Reached]) -> Vec<&str> {
    items.iter().filter(|item| item.is_former).map(|item| item.asset.id.as_str()).collect()
}

/// Whether the edge from the old table is former in the memory of a process.
async fn held(ctx: &Ctx) -> Option<bool> {
    let snapshot = ctx.snapshot().await.expect("it follows");
    let (old, target) = (snapshot.edges.node(OLD)?, snapshot.edges.node(TARGET)?);
    Some(snapshot.edges.between(old, target)?.is_former())
}

on_both! { demo =>
    async fn three_complete_runs_without_an_input_make_its_edge_former_and_an_event_takes_that_back(world) {
        world.turns_away("ages", &[OLD, KEPT], &[2, 3]).await;
        world.take(&run(4, "ages", &[KEPT], TARGET).replace("COMPLETE", "FAIL")).await;
        world.sweep().await;
        assert!(!world.is_former(TARGET).await, "two are too few, and one that failed says nothing");
        assert_eq!(world.old_in_marquez().await, (true, true));

        world.take(&run(5, "ages", &[KEPT], TARGET)).await;
        assert!(!world.is_former(TARGET).await, "nobody has looked yet");
        world.sweep().await;
        let graph = world.drawn_to(PAULA, TARGET).await;
        let drawn = world.edge_from_old(PAULA, TARGET).await.expect("it is still drawn");
        assert_eq!(drawn.known_from(), "Former: the last 3 runs of test/ages did not read it.");
        let rows = graph.rows();
        let row = rows.iter().find(|row| row.node.id.as_str() == TARGET).expect("it is listed");
        let said = format!("Former: the last 3 runs of test/ages did not read {OLD}.");
        assert!(row.jobs.contains(&said), "{:?}", row.jobs);
        assert!(row.node.written_by.contains(&"test/ages".to_owned()), "it goes on writing");
        let old = graph.nodes.iter().find(|node| node.id.as_str() == OLD).expect("it is drawn");
        assert!(!old.read_by.contains(&"test/ages".to_owned()), "{:?}", old.read_by);
        assert_eq!(graph.edges.iter().filter(|edge| edge.is_former).count(), 1);
        assert_eq!(world.old_in_marquez().await, (false, false));

        world.take(&run(6, "ages", &[OLD, KEPT], TARGET)).await;
        assert!(!world.is_former(TARGET).await);
        world.sweep().await;
        assert!(!world.is_former(TARGET).await);
        assert_eq!(world.old_in_marquez().await, (true, true));
    }

    async fn what_is_reached_over_former_edges_alone_is_counted_and_called_former(world) {
        let list = async || {
            let viewer = world.viewer(PAULA).await;
            let paula = call(&world.ctx, &viewer).await;
            let page = lineage::impact_rows(&paula, &wanted(OLD, Side::Downstream)).await.expect("it is listed");
            let (_, csv) = lineage::impact_csv(&paula, &wanted(OLD, Side::Downstream)).await.expect("it is written");
            assert_eq!(csv.lines().filter(|line| line.ends_with(",former")).count() - 1, former(&page.items).len());
            page
        };
        world.turns_away("ages", &[OLD, KEPT], &[]).await;
        let before = list().await;
        assert!(former(&before.items).is_empty());
        world.turns_away("ages", &[OLD, KEPT], &[2, 3, 4]).await;
        let after = list().await;
        assert_eq!((after.total, &after.impact), (before.total, &before.impact));
        assert_eq!(former(&after.items), [TARGET, "collections-controlling"]);
        // Another job reads it still.
        world.take(&run(5, "other", &[OLD], TARGET)).await;
        assert!(former(&list().await.items).is_empty());
    }

    async fn what_is_former_leaves_after_thirty_days_with_what_its_job_used(world) {
        world.turns_away("ages", &[OLD, KEPT], &[2, 3, 4]).await;
        let used = format!("SELECT COUNT(*) FROM lineage_use WHERE job = 'test/ages' AND run = '' AND asset = '{OLD}'");
        world.travel(30);
        world.sweep().await;
        assert!(world.is_former(TARGET).await);
        assert_eq!((world.stored(TARGET).await, world.number(&used).await), (1, 1));
        world.travel(1);
        world.sweep().await;
        assert_eq!((world.stored(TARGET).await, world.number(&used).await), (0, 0));
        assert_eq!(world.edge_from_old(PAULA, TARGET).await, None);
        let stays = "SELECT COUNT(*) FROM lineage_use WHERE job = 'test/ages' AND run = ''";
        assert_eq!(world.number(stays).await, 2, "what it reads and writes still");
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/ages'").await, 1);
    }

    async fn what_is_stated_or_read_by_a_text_is_never_former(world) {
        world.import(vec![file("assets/closing.yaml", ASSET)]).await;
        world.closing(OLD).await;
        let stated = EdgeRow {
            source: OLD.to_owned(),
            target: TARGET.to_owned(),
            job: String::new(),
            columns: "[]".to_owned(),
            seen_at: "2026-10-01T05:00:00Z".parse().expect("a moment"),
            former_since: None,
        };
        let mut tx = world.ctx.db.write().await.expect("it can be written");
        batch::put_edges(&mut tx, &TakeEvents::Scope.proof(), &[stated]).await.expect("it is kept");
        tx.commit_unrecorded("a test").await.expect("it lasts");
        world.noted(vec![Touched::Asset(TARGET.to_owned())]).await;
        world.take(&run(1, "closes", &[OLD, KEPT], "closing")).await;
        for day in 2..5 {
            world.take(&run(day, "closes", &[KEPT], "closing")).await;
        }
        world.turns_away("ages", &[OLD, KEPT], &[2, 3, 4]).await;
        let former = "SELECT COUNT(*) FROM lineage_edge WHERE former_since IS NOT NULL";
        assert_eq!(world.number(former).await, 2, "of the two jobs");
        assert!(!world.is_former(TARGET).await && !world.is_former("closing").await);
        world.travel(31);
        world.sweep().await;
        assert_eq!((world.stored(TARGET).await, world.stored("closing").await), (1, 0));
        let drawn = world.edge_from_old(PAULA, "closing").await.expect("its text reads it");
        assert_eq!(drawn.known_from(), "Its text reads it.");
        assert!(!world.is_former(TARGET).await);
    }

    async fn an_edge_of_several_jobs_is_former_when_it_is_for_each_of_them(world) {
        world.take(&run(1, "other", &[OLD, KEPT], TARGET)).await;
        world.turns_away("ages", &[OLD, KEPT], &[2, 3, 4]).await;
        assert!(!world.is_former(TARGET).await, "the other one completed no run since");
        world.turns_away("other", &[OLD, KEPT], &[5, 6, 7]).await;
        let drawn = world.edge_from_old(PAULA, TARGET).await.expect("it is drawn");
        let said = "Former: the last 3 runs of test/ages, test/other did not read it.";
        assert_eq!((drawn.is_former, drawn.known_from().as_str()), (true, said));
    }

    async fn a_replica_follows_what_becomes_former_and_what_leaves(world) {
        let replica = world.replica(world.clock.clone(), settings()).await;
        world.turns_away("ages", &[OLD, KEPT], &[]).await;
        assert_eq!(held(&replica).await, Some(false));
        world.turns_away("ages", &[OLD, KEPT], &[2, 3, 4]).await;
        for (days, former) in [(0, Some(true)), (31, None)] {
            world.travel(days);
            world.sweep().await;
            let anew = world.replica(world.clock.clone(), settings()).await;
            for ctx in [&replica, &world.ctx, &anew] {
                assert_eq!(held(ctx).await, former, "after {days} days");
            }
            let listed = async |ctx: &Ctx| ctx.snapshot().await.expect("it follows").edges.listed();
            assert_eq!(listed(&replica).await, listed(&anew).await);
        }
    }

    async fn a_job_that_uses_what_is_hidden_is_not_named_where_its_edge_is_former(world) {
        world.turns_away("merger", &[OLD, HIDDEN], &[2, 3, 4]).await;
        let said = async |who: &str| world.edge_from_old(who, TARGET).await.expect("it is drawn").known_from();
        assert_eq!(said(PAULA).await, "Former: its job's last 3 runs did not read it.");
        assert_eq!(said("tom.fischer").await, "Former: the last 3 runs of test/merger did not read it.");
    }
}
