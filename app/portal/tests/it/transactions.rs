//! How often a page asks the database what is so: each page reads in few transactions, however much there is to show.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lakeport_model::PageRequest;
use lakeport_model::impact::Side;
use lakeport_model::lineage::GraphRequest;
use lakeport_portal::people::sessions;
use lakeport_portal::{Call, access, catalog, lineage, people};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use crate::impact::wanted;
use crate::world::{World, on_both};

const CASES: &str = "collections/cases";

/// Counts the transactions that read, of the thread that it is installed in.
#[derive(Default)]
struct Reads(Arc<AtomicU64>);

impl Recorder for Reads {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let is_ours = key.name() == "lakeport_read_transactions_total";
        if is_ours { Counter::from_arc(Arc::clone(&self.0)) } else { Counter::noop() }
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

impl World {
    /// How many transactions one request of this person reads in, from the session to what fills the page.
    async fn reads_of<T>(&self, who: &str, page: impl AsyncFnOnce(&Call) -> T) -> u64 {
        let id = self.viewer(who).await.id;
        // What changed is read once, for everybody.
        self.ctx.snapshot().await.expect("the catalog is read");
        let reads = Reads::default();
        let _counting = metrics::set_default_local_recorder(&reads);
        sessions::load(&self.ctx, "a browser").await.expect("it answers");
        let call = Call::of(&self.ctx, id).await.expect("it answers").expect("it is somebody");
        people::shell(&call).await.expect("the frame is drawn");
        page(&call).await;
        reads.0.load(Ordering::Relaxed)
    }
}

on_both! { demo =>
    async fn a_page_never_reads_in_many_transactions(world) {
        for who in ["paula.brandt", "erik.sander", "jonas.weber"] {
            world.ask(who, CASES, 60).await.expect("may ask");
        }
        let request = world.ask("paula.brandt", "sales-forecast/forecast", 60).await.expect("she may ask");
        world.granted("lena.vogel", CASES, 365, &["aylin.demir"]).await;
        world.travel(75);
        // An owner with requests and a review, a steward, a member.
        for who in ["aylin.demir", "maria.keller", "ines.hoffmann", "lena.vogel"] {
            let home = world.reads_of(who, async |call| catalog::home(call).await.expect("it opens")).await;
            assert_eq!(home, 4, "{who}: session, call, frame, page");
        }
        let who = "maria.keller";
        let (product, table) = ("collections".into(), "gold.collections".into());
        let graph = GraphRequest {
            focus: "gold.collections".to_owned(),
            up: 3,
            down: 3,
            open: Vec::new(),
            column: None,
            chosen: None,
        };
        let list = wanted("gold.collections", Side::Upstream);
        let pages = [
            ("product", world.reads_of(who, async |call| catalog::product(call, &product).await.map(drop).expect("it opens")).await),
            ("table", world.reads_of(who, async |call| catalog::asset(call, &table).await.map(drop).expect("it opens")).await),
            ("requests to decide", world.reads_of(who, async |call| access::to_decide(call).await.map(drop).expect("it opens")).await),
            ("a decision", world.reads_of(who, async |call| access::decide_page(call, request).await.map(drop).expect("it opens")).await),
            ("reviews", world.reads_of(who, async |call| access::review_desk(call).await.map(drop).expect("it opens")).await),
            ("lineage", world.reads_of(who, async |call| lineage::graph(call, &graph).await.map(drop).expect("it opens")).await),
            ("impact", world.reads_of(who, async |call| lineage::impact_page(call, &list).await.map(drop).expect("it opens")).await),
            (
                "domain",
                world
                    .reads_of(who, async |call| {
                        people::domain_page(call, &"finance".into(), PageRequest::default()).await.map(drop).expect("it opens");
                    })
                    .await,
            ),
        ];
        for (page, reads) in pages {
            eprintln!("{page}: {reads} transactions that read");
            assert!(reads <= 6, "{page} reads in {reads} transactions");
        }
    }
}
