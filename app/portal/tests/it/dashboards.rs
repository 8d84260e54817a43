//! A dashboard reads what its viewer may read.

use std::time::Duration;

use lakeport_frame::{Column, Frame, LakeError, Values};
use lakeport_model::dashboards::{Content, DashboardView, Element};
use lakeport_model::people::Viewer;
use lakeport_portal::{ErrorKind, access, catalog, dashboards};

use crate::lake::frame;
use crate::world::{World, call, file, on_both, refusal};

const TEXT: &str = "---\ntitle: Small\ndomain: controlling\nowner: aylin.demir@nordkauf.example\nreads: [gold.collections]\n---\n\n\
    ```sql cases\nSELECT id FROM gold.collections\n```\n\n```dataframe\n{data: cases, title: Cases, download: [csv]}\n```\n";

impl World {
    pub(crate) async fn small(&self) {
        self.import(vec![file("dashboards/small.md", TEXT)]).await;
        self.lake.held().frame = Some(frame(&[("id", &["a", "b"])]));
    }

    pub(crate) async fn look(&self, viewer: &Viewer) -> DashboardView {
        dashboards::view(&call(&self.ctx, viewer).await, &"small".into(), Vec::new()).await.expect("it opens")
    }

    fn runs(&self) -> usize {
        self.lake.held().queries.len()
    }

    /// Lets the known versions of tables grow too old to be used again.
    async fn ask_the_lake_anew(&self) {
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }

    /// A dashboard that reads these tables and asks this.
    async fn reading(&self, reads: &str, sql: &str) {
        let text = TEXT.replace("[gold.collections]", reads).replace("SELECT id FROM gold.collections", sql);
        self.import(vec![file("dashboards/small.md", &text)]).await;
    }
}

/// Why there is no table.
fn problem(view: &DashboardView) -> &str {
    match &table(view).content {
        Content::Problem { sentence, .. } => sentence,
        other => panic!("something is shown: {other:?}"),
    }
}

pub(crate) fn table(view: &DashboardView) -> &Element {
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
            Some("/products/collections/request?port=collections%2Fcases")
        );
        assert!(view.elements.is_empty(), "it is said once, above: {:?}", view.elements);
        assert_eq!(world.runs(), 0, "no statement reached the lake");
        let line = dashboards::list(&call(&world.ctx, &paula).await).await.expect("the list opens");
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
        world.ask_the_lake_anew().await;
        let view = world.look(&tom).await;
        assert_eq!(world.runs(), 2);
        let Content::Table(table) = &table(&view).content else { panic!("a table is shown") };
        assert_eq!(table.rows[0][0].text, "c");
        // What is kept opens nothing for those who may not read.
        assert_eq!(world.look(&world.viewer("paula.brandt").await).await.missing.len(), 1);
    }

    async fn a_table_that_was_made_again_is_another_one(world) {
        world.small().await;
        let tom = world.viewer("tom.fischer").await;
        world.look(&tom).await;
        world.lake.held().modified.insert("gold.collections".to_owned(), world.now());
        world.ask_the_lake_anew().await;
        world.look(&tom).await;
        assert_eq!(world.runs(), 2, "the version is the same, the table is not");
    }

    async fn a_failure_is_told_as_it_is(world) {
        let zero = "A row divides by zero; write NULLIF(divisor, 0) to get no value there.";
        world.reading("[gold.collections, gold.sales_forecast]", "SELECT 1 / 0 FROM gold.collections").await;
        world.lake.held().failure = Some(LakeError::Refused(zero.to_owned()));
        world.granted("paula.brandt", "collections/cases", 30, &["aylin.demir"]).await;
        let paula = world.viewer("paula.brandt").await;
        let view = world.look(&paula).await;
        assert_eq!((view.missing.len(), problem(&view)), (1, zero), "the missing table is not to blame");
        world.reading("[gold.collections, gold.sales_forecast]", "SELECT id FROM gold.sales_forecast").await;
        let view = world.look(&paula).await;
        assert!(view.elements.is_empty(), "{:?}", view.elements);
        assert_eq!(view.missing[0].table, "gold.sales_forecast");
        world.reading("[gold.sales_forecast]", "SELECT id FROM gold.collections").await;
        let view = world.look(&paula).await;
        assert!(problem(&view).starts_with("Line 1"), "she may read it, the author did not name it");
    }

    async fn a_table_nobody_may_see_is_not_named(world) {
        let secret = "gold.receivables_ageing";
        let unseen = "a table that is not there, or that you may not see";
        let reads = format!("[{secret}, gold.collections]");
        world.reading(&reads, &format!("SELECT id FROM {secret}")).await;
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let reads = |viewer: Viewer| async move {
            let lines = dashboards::list(&call(&world.ctx, &viewer).await).await.expect("the list opens");
            lines.into_iter().find(|line| line.title == "Small").expect("it is listed").reads
        };
        assert_eq!(reads(paula.clone()).await, ["gold.collections", unseen]);
        assert_eq!(reads(tom.clone()).await, [secret, "gold.collections"]);
        let view = world.look(&paula).await;
        let missing: Vec<_> = view.missing.iter().map(|missing| missing.table.as_str()).collect();
        assert_eq!(missing, [unseen, "gold.collections"]);
        assert!(view.elements.is_empty(), "{:?}", view.elements);
        let text = serde_json::to_string(&view).expect("it can be written");
        assert!(!text.contains("receivables_ageing"), "{text}");
        let block = table(&world.look(&tom).await).id.clone();
        let csv = dashboards::csv(&call(&world.ctx, &paula).await, &"small".into(), &block, Vec::new()).await;
        assert_eq!(refusal(csv).message, "This needs a table that is not there, or that you may not see.");
        assert_eq!(world.look(&tom).await.reads, [secret, "gold.collections"]);
        // Nor where the text names it in the statement only.
        world.reading("[gold.collections]", &format!("SELECT id FROM {secret}")).await;
        assert_eq!(problem(&world.look(&paula).await), "This needs a table that is not there, or that you may not see.");
        // Nobody learns by it what is there: a table that nobody has is told in the same words.
        let told = async |table: &str| {
            world.reading(&format!("[{table}]"), &format!("SELECT id FROM {table}")).await;
            let view = world.look(&paula).await;
            let said: Vec<_> = view.missing.iter().map(|lack| (lack.table.clone(), lack.access.clone())).collect();
            world.reading("[gold.collections]", &format!("SELECT id FROM {table}")).await;
            (said, problem(&world.look(&paula).await).to_owned())
        };
        assert_eq!(told(secret).await, told("gold.nobody_has_it").await);
    }

    async fn rows_never_go_out_after_the_right_to_them_has_ended(world) {
        world.small().await;
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        let block = table(&world.look(&aylin).await).id.clone();
        for (turn, way) in ["preview", "view", "file"].into_iter().enumerate() {
            let sql = format!("SELECT id FROM gold.collections LIMIT {turn}");
            world.reading("[gold.collections]", &sql).await;
            let grant = world.granted("paula.brandt", "collections/cases", 30, &["aylin.demir"]).await;
            let (ctx, aylin) = (world.ctx.clone(), aylin.clone());
            world.lake.held().meanwhile = Some(Box::pin(async move {
                let chosen = vec![(grant, 1)];
                access::revoke(&call(&ctx, &aylin).await, chosen, "Cleared up.".to_owned()).await.expect("she may");
            }));
            let (ctx, id) = (&world.ctx, "small".into());
            let refused = match way {
                "preview" => refusal(catalog::preview(&call(ctx, &paula).await, &"gold.collections".into()).await),
                "view" => refusal(dashboards::view(&call(ctx, &paula).await, &id, Vec::new()).await),
                _ => refusal(dashboards::csv(&call(ctx, &paula).await, &id, &block, Vec::new()).await),
            };
            assert!(refused.message.starts_with("Your right to read this ended"), "{way}: {}", refused.message);
        }
    }

    async fn a_file_holds_more_than_the_page_and_says_where_it_ends(world) {
        world.small().await;
        let tom = world.viewer("tom.fischer").await;
        let id = table(&world.look(&tom).await).id.clone();
        let numbers: Vec<String> = (0..100_001).map(|number| number.to_string()).collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        // Rows of the table, most rows in one answer of the lake, then the file's name and rows.
        for (version, (rows, room, name, lines)) in (2..).zip([
            (10_001, None, "small-cases.csv", 10_001),
            (100_000, None, "small-cases.csv", 100_000),
            (100_001, None, "small-cases-first-100000-rows.csv", 100_000),
            (100_001, Some(50_000), "small-cases-first-10000-rows.csv", 10_000),
        ]) {
            world.lake.held().versions.insert("gold.collections".to_owned(), version);
            world.lake.held().frame = Some(frame(&[("id", &numbers[..rows])]));
            world.lake.held().room = room;
            world.ask_the_lake_anew().await;
            let csv = dashboards::csv(&call(&world.ctx, &tom).await, &"small".into(), &id, Vec::new()).await;
            let (file, text) = csv.expect("he reads it");
            assert_eq!((file.as_str(), text.lines().count() - 1), (name, lines));
        }
    }

    async fn a_file_never_stands_in_another_order_than_its_table(world) {
        world.small().await;
        let tom = world.viewer("tom.fischer").await;
        let id = table(&world.look(&tom).await).id.clone();
        for (order, rows) in [("-id", "id\nb\na\n"), ("id", "id\na\nb\n"), ("nothing", "id\na\nb\n")] {
            let query = vec![(format!("sort.{id}"), order.to_owned())];
            let csv = dashboards::csv(&call(&world.ctx, &tom).await, &"small".into(), &id, query).await;
            assert_eq!(csv.expect("he reads it").1.replace('\r', ""), rows, "{order}");
        }
    }

    async fn a_file_needs_the_same_rights(world) {
        world.small().await;
        let (tom, paula) = (world.viewer("tom.fischer").await, world.viewer("paula.brandt").await);
        let id = table(&world.look(&tom).await).id.clone();
        let csv = |viewer: Viewer, block: String| async move {
            dashboards::csv(&call(&world.ctx, &viewer).await, &"small".into(), &block, Vec::new()).await
        };
        let (name, text) = csv(tom.clone(), id.clone()).await.expect("he reads it");
        assert_eq!((name.as_str(), text.replace('\r', "").as_str()), ("small-cases.csv", "id\na\nb\n"));
        assert_eq!(refusal(csv(paula.clone(), id.clone()).await).kind, ErrorKind::Conflict);
        assert_eq!(refusal(csv(tom, "nothing".to_owned()).await).kind, ErrorKind::NotFound);
        world.granted("paula.brandt", "collections/cases", 30, &["aylin.demir"]).await;
        csv(paula.clone(), id).await.expect("now she may");
        world.ctx.readings.write(&world.ctx.db).await.expect("they are written");
        let used = format!("SELECT COUNT(*) FROM usage WHERE asset = 'gold.collections' AND reads = {}", 1);
        assert_eq!(world.number(&used).await, 1, "fetching the file is a use of her grant");
    }

    async fn markup_in_a_figure_never_reaches_a_drawing_or_a_file(world) {
        let hostile = "</title><script>pwned()</script>\"'><img src=x onerror=pwned()>";
        let chart = "```bar_chart\n{data: cases, x: id, y: cost, title: Cost}\n```\n";
        let text = format!("{TEXT}\n{chart}").replace("title: Small", "title: 'Small <b>pwned()</b>'");
        world.import(vec![file("dashboards/small.md", &text)]).await;
        let names = ["=pwned()", hostile].map(|name| Some(name.to_owned()));
        let columns = [("id", Values::Text(names.to_vec())), ("cost", Values::Int(vec![Some(1), Some(2)]))];
        let columns = columns.map(|(name, values)| Column { name: name.to_owned(), values });
        world.lake.held().frame = Some(Frame::new(columns.to_vec()).expect("a frame"));
        let tom = world.viewer("tom.fischer").await;
        let view = world.look(&tom).await;
        let drawn = view.elements.iter().find_map(|element| match &element.content {
            Content::Chart(chart) => Some(format!("{}{}", chart.svg, chart.narrow_svg)),
            _ => None,
        });
        let drawn = drawn.expect("a chart is drawn");
        assert!(drawn.contains("pwned()"), "the figure is shown: {drawn}");
        for harm in ["<script", "<img", "<b>"] {
            assert!(!drawn.contains(harm), "{harm} in {drawn}");
        }
        let (_, csv) = dashboards::csv(&call(&world.ctx, &tom).await, &"small".into(), &table(&view).id, Vec::new())
            .await
            .expect("he reads it");
        assert!(csv.contains("'=pwned()"), "no spreadsheet runs it: {csv}");
    }

    async fn freshness_and_contract_stand_below_the_title(world) {
        world.small().await;
        let tom = world.viewer("tom.fischer").await;
        assert_eq!(
            world.look(&tom).await.as_of.as_deref(),
            Some("As of 30 Nov 2026, 05:00 UTC, not checked yet")
        );
        world.lake.held().gone.insert("gold.collections".to_owned());
        world.ask_the_lake_anew().await;
        assert_eq!(world.look(&tom).await.as_of, None);
    }

    async fn the_demos_own_dashboards_open(world) {
        for (id, name) in [
            ("collections-controlling", "tom.fischer"),
            ("sales-forecast", "clara.neumann"),
            ("warehouse-planning", "marco.rinaldi"),
        ] {
            let viewer = world.viewer(name).await;
            let view = dashboards::view(&call(&world.ctx, &viewer).await, &id.into(), Vec::new()).await.expect("it opens");
            assert!(!view.elements.is_empty() && view.notices.is_empty(), "{id}");
        }
        let view = dashboards::view(
            &call(&world.ctx, &world.viewer("marco.rinaldi").await).await,
            &"warehouse-planning".into(),
            Vec::new(),
        )
        .await;
        let missing: Vec<_> =
            view.expect("it opens").missing.into_iter().map(|missing| missing.table).collect();
        assert_eq!(missing, ["gold.sales_daily", "gold.sales_forecast"], "Finance's tables need a grant");
    }
}
