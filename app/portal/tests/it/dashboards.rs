//! A dashboard reads what its viewer may read.

use lakeport_model::dashboards::{Content, DashboardView, Element};
use lakeport_model::people::Viewer;
use lakeport_portal::{RefusalKind, dashboards};

use crate::lake::frame;
use crate::world::{World, file, on_both, refusal};

const TEXT: &str = "---\ntitle: Small\ndomain: controlling\nowner: aylin.demir@nordkauf.example\nreads: [gold.collections]\n---\n\n\
    ```sql cases\nSELECT id FROM gold.collections\n```\n\n```dataframe\n{data: cases, title: Cases, download: [csv]}\n```\n";

impl World {
    async fn small(&self) {
        self.import(vec![file("dashboards/small.md", TEXT)]).await;
        self.lake.held().frame = Some(frame(&[("id", &["a", "b"])]));
    }

    async fn look(&self, viewer: &Viewer) -> DashboardView {
        dashboards::view(&self.ctx, viewer, &"small".into(), Vec::new()).await.expect("it opens")
    }

    fn runs(&self) -> usize {
        self.lake.held().queries.len()
    }
}

fn table(view: &DashboardView) -> &Element {
    view.elements
        .iter()
        .find(|element| !matches!(element.content, Content::Text { .. }))
        .expect("one element")
}

on_both! { demo =>
    async fn the_missing_table_is_named_with_the_way_to_it(world) {
        world.small().await;
        let paula = world.viewer("paula.brandt").await;
        let view = world.look(&paula).await;
        assert_eq!(view.missing.len(), 1);
        assert_eq!(view.missing[0].table, "gold.collections");
        assert_eq!(
            view.missing[0].request_href.as_deref(),
            Some("/products/collections/request?port=collections/cases")
        );
        let Content::Problem { sentence, .. } = &table(&view).content else { panic!("nothing is shown") };
        assert!(sentence.contains("gold.collections"), "{sentence}");
        assert_eq!(world.runs(), 0, "no statement reached the lake");
        let line = dashboards::list(&world.ctx, &paula).await.expect("it opens");
        assert!(line.iter().any(|line| line.title == "Small" && !line.may_read));
        world.granted("paula.brandt", "collections/cases", 30, &["aylin.demir"]).await;
        let view = world.look(&paula).await;
        assert!(view.missing.is_empty() && matches!(table(&view).content, Content::Table(_)));
        world.travel(31);
        assert_eq!(world.look(&paula).await.missing.len(), 1, "and it closes when the grant ends");
    }

    async fn results_are_kept_while_the_table_stands_still(world) {
        world.small().await;
        let tom = world.viewer("tom.fischer").await;
        world.look(&tom).await;
        world.look(&world.viewer("greta.lund").await).await;
        assert_eq!(world.runs(), 1, "the same question of the same version");
        world.lake.held().versions.insert("gold.collections".to_owned(), 2);
        world.lake.held().frame = Some(frame(&[("id", &["c"])]));
        let view = world.look(&tom).await;
        assert_eq!(world.runs(), 2);
        let Content::Table(table) = &table(&view).content else { panic!("a table is shown") };
        assert_eq!(table.rows[0][0].text, "c");
        // What is kept opens nothing for those who may not read.
        assert_eq!(world.look(&world.viewer("paula.brandt").await).await.missing.len(), 1);
    }

    async fn a_file_needs_the_same_rights(world) {
        world.small().await;
        let (tom, paula) = (world.viewer("tom.fischer").await, world.viewer("paula.brandt").await);
        let id = table(&world.look(&tom).await).id.clone();
        let csv = |viewer: Viewer, block: String| async move {
            dashboards::csv(&world.ctx, &viewer, &"small".into(), &block, Vec::new()).await
        };
        let (name, text) = csv(tom.clone(), id.clone()).await.expect("he reads it");
        assert_eq!((name.as_str(), text.replace('\r', "").as_str()), ("small-cases.csv", "id\na\nb\n"));
        assert_eq!(refusal(csv(paula.clone(), id.clone()).await).kind, RefusalKind::Conflict);
        assert_eq!(refusal(csv(tom, "nothing".to_owned()).await).kind, RefusalKind::NotFound);
        world.granted("paula.brandt", "collections/cases", 30, &["aylin.demir"]).await;
        csv(paula.clone(), id).await.expect("now she may");
        let used = format!("SELECT COUNT(*) FROM usage WHERE asset = 'gold.collections' AND reads = {}", 1);
        assert_eq!(world.number(&used).await, 1, "fetching the file is a use of her grant");
    }

    async fn freshness_and_contract_stand_below_the_title(world) {
        world.small().await;
        let tom = world.viewer("tom.fischer").await;
        assert_eq!(
            world.look(&tom).await.as_of.as_deref(),
            Some("As of 30 Nov 2026, 05:00 UTC, not checked yet")
        );
        world.lake.held().gone.insert("gold.collections".to_owned());
        assert_eq!(world.look(&tom).await.as_of, None);
    }

    async fn the_demos_own_dashboards_open(world) {
        for (id, name) in [
            ("collections-controlling", "tom.fischer"),
            ("sales-forecast", "clara.neumann"),
            ("warehouse-planning", "marco.rinaldi"),
        ] {
            let viewer = world.viewer(name).await;
            let view = dashboards::view(&world.ctx, &viewer, &id.into(), Vec::new()).await.expect("it opens");
            assert!(!view.elements.is_empty() && view.notices.is_empty(), "{id}");
        }
        let view = dashboards::view(
            &world.ctx,
            &world.viewer("marco.rinaldi").await,
            &"warehouse-planning".into(),
            Vec::new(),
        )
        .await;
        let missing: Vec<_> =
            view.expect("it opens").missing.into_iter().map(|missing| missing.table).collect();
        assert_eq!(missing, ["gold.sales_daily", "gold.sales_forecast"], "Finance's tables need a grant");
    }
}
