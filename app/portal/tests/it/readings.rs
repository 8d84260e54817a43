//! Who read what is counted beside the pages: it keeps nobody waiting, and every reading arrives once.

use std::time::Duration;

use chrono::TimeDelta;
use lakeport_model::PageRequest;
use lakeport_model::access::HeldOn;
use lakeport_model::dashboards::{Content, Element};
use lakeport_model::people::Viewer;
use lakeport_portal::{Ctx, Error, access, catalog, dashboards, jobs, readings};
use tokio::time::timeout;

use crate::lake::frame;
use crate::world::{World, call, file, on_both, settings};

const AT_ONCE: Duration = Duration::from_secs(3);

/// A dashboard of which only some is shown.
const MANY: &str = "---\ntitle: Many\ndomain: controlling\nowner: a@b.example\n\
    reads: [gold.shown, gold.joined, gold.unused, gold.refused, gold.tabbed, gold.folded]\n---\n\n\
    ```selectbox region\n{label: Region, options: [north, west, east], default: north}\n```\n\n\
    ```sql pairs\nSELECT id FROM gold.shown JOIN gold.joined USING (id) WHERE region = $region\n```\n\
    ```sql nobody\nSELECT id FROM gold.unused\n```\n\
    ```sql refused\nSELECT id FROM gold.refused JOIN gold.elsewhere USING (id)\n```\n\
    ```sql tabbed\nSELECT id FROM gold.tabbed\n```\n\
    ```sql folded\nSELECT id FROM gold.folded\n```\n\n\
    ::: tabs\n::: tab One\n```dataframe\n{data: pairs}\n```\n:::\n\
    ::: tab Two\n```dataframe\n{data: tabbed}\n```\n:::\n:::\n\n\
    ::: expander More\n```dataframe\n{data: folded}\n```\n:::\n\n\
    ```dataframe\n{data: refused}\n```\n";

async fn read(ctx: &Ctx, viewer: &Viewer) {
    catalog::preview(&call(ctx, viewer).await, &"gold.collections".into())
        .await
        .expect("the table may be read");
}

impl World {
    /// Readings that the database has.
    async fn written(&self) -> i64 {
        self.number("SELECT CAST(COALESCE(SUM(reads), 0) AS BIGINT) FROM usage").await
    }

    async fn write_readings(&self) -> Result<(), Error> {
        self.ctx.readings.write(&self.ctx.db).await
    }

    /// How often the one consumer whose review is due has read, as its reviewer sees it.
    async fn counted(&self, reviewer: &Viewer) -> u32 {
        let desk = access::review_desk(&call(&self.ctx, reviewer).await).await.expect("it opens");
        let [line] = &desk[..] else { panic!("one grant is due") };
        line.queries
    }
}

on_both! { demo =>
    async fn a_reader_never_waits_for_a_writer(world) {
        world.small().await;
        let (_, due) = world.reviewed().await;
        world.go(10, due);
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        let writer = world.ctx.db.write().await.expect("it is the writer's turn");
        let reader = async {
            read(&world.ctx, &paula).await;
            world.look(&aylin).await;
            let opened = catalog::last_opened(&call(&world.ctx, &paula).await).await.expect("they are listed");
            assert_eq!(opened[0].id.0, "gold.collections", "what waits to be written counts");
            catalog::home(&call(&world.ctx, &paula).await).await.expect("it opens");
            assert_eq!(world.counted(&aylin).await, 1);
            let product = HeldOn::Product("collections".into());
            let held = access::held(&call(&world.ctx, &aylin).await, &product, PageRequest::default()).await;
            assert_eq!(held.expect("it opens").grants.items[0].last_used, Some(world.now()));
        };
        timeout(AT_ONCE, reader).await.expect("pages wait for no writer");
        drop(writer);
        assert_eq!(world.written().await, 0);
        world.write_readings().await.expect("they are written");
        assert_eq!(world.written().await, 2);
    }

    async fn a_reading_never_counts_twice_whoever_writes_it(world) {
        let (_, due) = world.reviewed().await;
        world.go(10, due);
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        let other = world.replica(world.clock.clone(), settings()).await;
        for _ in 0..3 {
            read(&world.ctx, &paula).await;
            read(&other, &paula).await;
        }
        assert_eq!(world.counted(&aylin).await, 3, "of its own process at once");
        let (here, again, there) =
            tokio::join!(world.write_readings(), world.write_readings(), other.readings.write(&other.db));
        here.and(again).and(there).expect("they are written");
        assert_eq!(world.written().await, 6);
        assert_eq!(world.counted(&aylin).await, 6, "and of the others once they are written");
        world.write_readings().await.expect("there is nothing to write");
        assert_eq!(world.written().await, 6);
        assert_eq!(world.number("SELECT COUNT(*) FROM usage").await, 1, "one line a person, asset and day");
    }

    async fn a_page_never_misses_or_doubles_what_is_just_being_written(world) {
        let (_, due) = world.reviewed().await;
        world.go(10, due);
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        for number in 1..=40 {
            read(&world.ctx, &paula).await;
            let (counted, again, done) =
                tokio::join!(world.counted(&aylin), world.counted(&aylin), world.write_readings());
            done.expect("they are written");
            assert_eq!((counted, again), (number, number));
        }
    }

    async fn a_reading_that_could_not_be_written_is_never_lost(world) {
        let aylin = world.viewer("aylin.demir").await;
        read(&world.ctx, &aylin).await;
        world.execute("ALTER TABLE usage RENAME TO elsewhere").await.expect("it runs");
        assert!(world.write_readings().await.is_err());
        read(&world.ctx, &aylin).await;
        assert!(world.write_readings().await.is_err());
        world.execute("ALTER TABLE elsewhere RENAME TO usage").await.expect("it runs");
        world.write_readings().await.expect("they are written");
        assert_eq!(world.written().await, 2);
    }

    async fn a_dashboard_never_counts_a_table_whose_rows_it_did_not_show(world) {
        let names = ["shown", "joined", "unused", "refused", "tabbed", "folded"];
        let assets = names.map(|name| {
            format!("- {{id: gold.{name}, kind: table, layer: gold, description: Rows, location: gold/{name}}}\n")
        });
        let assets = format!(
            "apiVersion: lakeport/v1\nkind: Assets\nnamespace: lakehouse\ndomain: controlling\nassets:\n{}",
            assets.concat()
        );
        world.import(vec![file("more.yaml", &assets), file("dashboards/many.md", MANY)]).await;
        world.lake.held().frame = Some(frame(&[("id", &["a"])]));
        let tom = world.viewer("tom.fischer").await;
        let counted = async || {
            world.write_readings().await.expect("they are written");
            let mut reads = Vec::new();
            for name in names {
                let sum = format!(
                    "SELECT CAST(COALESCE(SUM(reads), 0) AS BIGINT) FROM usage WHERE asset = 'gold.{name}'"
                );
                reads.push(world.number(&sum).await);
            }
            reads
        };
        let many = || "many".into();
        let view = dashboards::view(&call(&world.ctx, &tom).await, &many(), Vec::new()).await.expect("it opens");
        assert!(view.missing.is_empty(), "he reads all of it: {:?}", view.missing);
        assert_eq!(counted().await, [1, 1, 0, 0, 0, 0]);
        // A filter is moved: nothing is shown that was not shown before.
        let west = vec![("region".to_owned(), "west".to_owned())];
        dashboards::moved(&call(&world.ctx, &tom).await, &many(), west.clone(), &[]).await.expect("it is drawn");
        assert_eq!(counted().await, [1, 1, 0, 0, 0, 0]);
        // The second tab is opened, then a filter is moved once more.
        let tabs = view.elements.iter().find(|element| matches!(element.content, Content::Tabs { .. }));
        let open = [Element::tab_part(&tabs.expect("there are tabs").id, 1)];
        for _ in 0..2 {
            dashboards::moved(&call(&world.ctx, &tom).await, &many(), west.clone(), &open).await.expect("it is drawn");
        }
        assert_eq!(counted().await, [1, 1, 0, 0, 1, 0]);
        dashboards::view(&call(&world.ctx, &tom).await, &many(), west).await.expect("it opens again");
        assert_eq!(counted().await, [2, 2, 0, 0, 1, 0], "each opening counts");
        // Where there are no rows, none are read.
        world.lake.held().frame = Some(frame(&[("id", &[])]));
        let east = vec![("region".to_owned(), "east".to_owned())];
        dashboards::view(&call(&world.ctx, &tom).await, &many(), east).await.expect("it opens");
        assert_eq!(counted().await, [2, 2, 0, 0, 1, 0]);
    }

    async fn a_late_batch_never_makes_the_last_reading_older(world) {
        let (_, due) = world.reviewed().await;
        world.go(10, due);
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        let other = world.replica(world.clock.clone(), settings()).await;
        read(&other, &paula).await;
        world.clock.set(world.now() + TimeDelta::hours(2));
        read(&world.ctx, &paula).await;
        world.write_readings().await.expect("they are written");
        other.readings.write(&other.db).await.expect("they are written");
        let line = access::review_desk(&call(&world.ctx, &aylin).await).await.expect("it opens").remove(0);
        assert_eq!((line.queries, line.last_used), (2, Some(world.now())));
    }

    async fn a_portal_that_is_told_to_stop_never_loses_a_reading(world) {
        let aylin = world.viewer("aylin.demir").await;
        read(&world.ctx, &aylin).await;
        read(&world.ctx, &aylin).await;
        timeout(AT_ONCE, readings::write(&world.ctx)).await.expect("it ends").expect("it ends well");
        assert_eq!(world.written().await, 2);
    }

    async fn a_job_that_is_left_half_way_never_loses_or_doubles_a_reading(world) {
        let aylin = world.viewer("aylin.demir").await;
        read(&world.ctx, &aylin).await;
        let writer = world.ctx.db.write().await.expect("it is the writer's turn");
        let job = jobs::ALL.into_iter().find(|job| job.name() == "readings").expect("there is such a job");
        let left = timeout(Duration::from_millis(50), jobs::run(job, &world.ctx, &world.post)).await;
        assert!(left.is_err(), "it waits for its turn");
        drop(writer);
        readings::write(&world.ctx).await.expect("they are written");
        jobs::run(job, &world.ctx, &world.post).await.expect("there is nothing left to do");
        assert_eq!(world.written().await, 1);
    }

    async fn readings_are_written_while_nobody_asks(world) {
        let aylin = world.viewer("aylin.demir").await;
        read(&world.ctx, &aylin).await;
        world.sweep().await;
        assert_eq!(world.written().await, 1);
    }
}
