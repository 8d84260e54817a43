//! What takes a while waits for its turn, beside the threads that answer calls.

use std::num::NonZero;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use lakeport_model::catalog::SearchRequest;
use lakeport_model::impact::Side;
use lakeport_portal::beside::{Beside, CATALOGS, DRAWINGS, EVENTS, FILES, IMPACTS, PUSHES, WORDS};
use lakeport_portal::{Actor, Error, Party, assets, catalog, dashboards, lineage, mesh};
use tokio::time::timeout;

use crate::dashboards::table;
use crate::impact;
use crate::lineage::{event, request};
use crate::mesh::{NEW, NEW_FILE, program, push};
use crate::world::{Work, call, file, on_both, settings};

/// Takes every turn of a kind of work, until the answer is dropped; the callers have left.
pub(crate) async fn taken(kind: &'static Beside) -> Vec<Sender<()>> {
    taken_by(Party::PORTAL, kind).await
}

/// The same by this party.
async fn taken_by(party: Party, kind: &'static Beside) -> Vec<Sender<()>> {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let mut ends = Vec::new();
    // No kind has more turns than this. What gets none is gone with its caller.
    for _ in 0..processors.max(2) {
        let (end, ended) = channel::<()>();
        let work = kind.run(party, move || ended.recv());
        assert!(timeout(Duration::ZERO, work).await.is_err(), "it goes on");
        ends.push(end);
    }
    ends
}

/// What a call answers that is not answered before its kind of work has turns again.
async fn waits<T>(what: &str, kind: &'static Beside, mut call: Work<'_, Result<T, Error>>) -> T {
    let ends = taken(kind).await;
    let early = timeout(Duration::from_millis(300), &mut call).await;
    assert!(early.is_err(), "{what}: it was done without a turn");
    drop(ends);
    call.await.unwrap_or_else(|error| panic!("{what}: {error}"))
}

on_both! { demo =>
    async fn what_takes_a_while_is_never_done_on_the_threads_that_answer_calls(world) {
        world.small().await;
        let (ctx, tom) = (&world.ctx, world.viewer("tom.fischer").await);
        let toms = call(ctx, &tom).await;
        let wanted = request("silver.fact_payments", 1, 1);
        let graph = waits("a drawing", &DRAWINGS, Box::pin(lineage::graph(&toms, &wanted))).await;
        assert!(graph.nodes.len() > 1);
        let node = "dataset:lakehouse:gold.collections";
        waits("its other shape", &DRAWINGS, Box::pin(lineage::marquez(&toms, node, 1))).await;
        waits("its columns", &DRAWINGS, Box::pin(lineage::column_lineage(&toms, node, 1, true))).await;
        let asset = "silver.fact_payments".into();
        let hit = waits("who is hit", &IMPACTS, Box::pin(lineage::impact(&toms, &asset))).await;
        assert_eq!(hit, graph.impact);
        let list = impact::wanted("silver.fact_payments", Side::Downstream);
        let listed = waits("the list of it", &IMPACTS, Box::pin(lineage::impact_page(&toms, &list))).await;
        assert_eq!(listed.impact, Some(hit));
        waits("the list as a file", &FILES, Box::pin(lineage::impact_csv(&toms, &list))).await;
        let words = SearchRequest { q: "collections".to_owned(), limit: 10, ..SearchRequest::default() };
        let found = waits("a search", &WORDS, Box::pin(catalog::search(&toms, &words))).await;
        assert!(!found.hits.is_empty());
        let (id, asset) = ("small".into(), "gold.collections".into());
        let block = table(&world.look(&tom).await).id.clone();
        let csv = dashboards::csv(&toms, &id, &block, Vec::new());
        let (_, rows) = waits("a result as a file", &FILES, Box::pin(csv)).await;
        assert!(rows.contains('b'), "{rows}");
        waits("first rows as a file", &FILES, Box::pin(catalog::preview_csv(&toms, &asset))).await;
        let text = event("2026-11-03T05:00:00Z", "j", &["gold.sales_daily"], "gold.collections", &[]);
        let sender = Actor::System("test");
        waits("an event", &EVENTS, Box::pin(lineage::ingest(ctx, &sender, &text))).await;
        let other = world.replica(world.clock.clone(), settings()).await;
        let snapshot = waits("the catalog", &CATALOGS, Box::pin(other.snapshot())).await;
        assert!(snapshot.assets.contains_key("gold.collections"));
    }

    async fn a_flood_of_one_kind_of_work_never_keeps_another_waiting(world) {
        let tom = world.viewer("tom.fischer").await;
        world.ctx.snapshot().await.expect("the catalog loads");
        let wanted = request("silver.fact_payments", 1, 1);
        let words = SearchRequest { q: "collections".to_owned(), limit: 10, ..SearchRequest::default() };
        let _files = (taken(&FILES).await, taken(&EVENTS).await, taken(&CATALOGS).await);
        let searches = (taken(&WORDS).await, taken(&IMPACTS).await);
        lineage::graph(&call(&world.ctx, &tom).await, &wanted).await.expect("it is drawn");
        drop(searches);
        let _drawings = taken(&DRAWINGS).await;
        catalog::search(&call(&world.ctx, &tom).await, &words).await.expect("it answers");
    }

    async fn a_push_never_keeps_waiting_who_writes_on_a_page(world) {
        let account = program(world, "letters", "aylin.demir", &["controlling:product"]).await;
        let pushed = mesh::plan(&world.ctx, &account, push(vec![file(NEW_FILE, NEW)]));
        let plan = waits("a push", &PUSHES, Box::pin(pushed)).await;
        assert!(plan.is_right(), "{plan:?}");
        let _pushes = taken(&PUSHES).await;
        let aylin = world.viewer("aylin.demir").await;
        let aylins = call(&world.ctx, &aylin).await;
        let begun = timeout(Duration::from_secs(5), assets::edit(&aylins, "gold.collections")).await;
        begun.expect("she waits for no push").expect("she may");
    }

    async fn a_loop_of_one_person_never_keeps_another_waiting(world) {
        let (tom, paula) = (world.viewer("tom.fischer").await, world.viewer("paula.brandt").await);
        let mut running = taken_by(Party::from(&tom), &DRAWINGS).await;
        let mut looping = Vec::new();
        for _ in 0..20 {
            let (end, ended) = channel::<()>();
            tokio::spawn(DRAWINGS.run(Party::from(&tom), move || ended.recv()));
            looping.push(end);
        }
        // They stand in line.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let paulas = call(&world.ctx, &paula).await;
        let wanted = request("silver.fact_payments", 1, 1);
        let mut drawn: Work<'_, _> = Box::pin(lineage::graph(&paulas, &wanted));
        let early = timeout(Duration::from_millis(100), &mut drawn).await;
        assert!(early.is_err(), "she waits for what was begun");
        drop(running.remove(0));
        let answered = timeout(Duration::from_secs(5), drawn).await.expect("and for nothing else");
        answered.expect("it is drawn");
        drop(looping);
    }
}
