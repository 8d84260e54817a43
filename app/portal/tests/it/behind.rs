//! States of the catalog that are behind: who waits for the next one, who does not, and what a fault of it takes down.

use std::time::Duration;

use lakeport_model::audit::AuditFilter;
use lakeport_model::catalog::{AccessStanding, Classification, SearchRequest};
use lakeport_model::contracts::CheckState;
use lakeport_model::impact::Side;
use lakeport_model::lineage::GraphRequest;
use lakeport_model::{ContractId, PageRequest};
use lakeport_portal::beside::CATALOGS;
use lakeport_portal::people::Actor;
use lakeport_portal::store::changes::Touched;
use lakeport_portal::{
    Db, Error, ErrorKind, access, audit, catalog, contracts, dashboards, lineage, people, snapshot,
};
use tokio::time::timeout;

use crate::beside::taken;
use crate::dashboards::table;
use crate::impact::wanted;
use crate::lineage::event;
use crate::world::{call, file, mesh, on_both, refusal, settings};

on_both! { demo =>
    async fn nobody_waits_for_the_next_state_where_there_is_an_older_one(world) {
        let other = world.replica(world.clock.clone(), settings()).await;
        let before = other.snapshot().await.expect("it is read");
        world.classify("gold.collections", "controlling", "restricted").await;
        let ends = taken(&CATALOGS).await;
        other.snapshots.wait_at_most(Duration::from_millis(50));
        let meanwhile = timeout(Duration::from_secs(5), other.snapshot()).await.expect("it does not wait");
        assert_eq!(meanwhile.expect("it answers").change, before.change);
        drop(ends);
        other.snapshots.wait_at_most(Duration::from_mins(1));
        let after = other.snapshot().await.expect("it is read");
        assert!(after.change > before.change);
        let changed = &after.assets["gold.collections"];
        assert_ne!(changed.classification, before.assets["gold.collections"].classification);
        assert_eq!(changed.description, "Now restricted");
    }

    async fn values_are_never_read_under_a_state_that_is_behind(world) {
        world.small().await;
        let tom = world.viewer("tom.fischer").await;
        let block = table(&world.look(&tom).await).id.clone();
        let other = world.replica(world.clock.clone(), settings()).await;
        let before = other.snapshot().await.expect("it is read");
        let (asset, small) = ("gold.collections".into(), "small".into());
        catalog::preview(&call(&other, &tom).await, &asset).await.expect("he reads it, so far");
        world.classify("gold.collections", "controlling", "restricted").await;
        other.snapshots.wait_at_most(Duration::from_millis(50));
        let ends = taken(&CATALOGS).await;
        let shown = other.snapshot().await.expect("it answers");
        assert_eq!(shown.change, before.change, "pages show the one before meanwhile");
        let asked = || {
            let held = world.lake.held();
            (held.previews.len(), held.queries.len())
        };
        let (so_far, wait) = (asked(), Duration::from_millis(200));
        let early = timeout(wait, catalog::preview(&call(&other, &tom).await, &asset)).await;
        assert!(early.is_err(), "first rows are read under no older one");
        let early = timeout(wait, dashboards::view(&call(&other, &tom).await, &small, Vec::new())).await;
        assert!(early.is_err(), "nor is a dashboard");
        let early = timeout(wait, dashboards::csv(&call(&other, &tom).await, &small, &block, Vec::new())).await;
        assert!(early.is_err(), "nor is a file");
        assert_eq!(asked(), so_far, "the lake was not asked");
        drop(ends);
        refusal(catalog::preview(&call(&other, &tom).await, &asset).await);
        refusal(dashboards::csv(&call(&other, &tom).await, &small, &block, Vec::new()).await);
    }

    async fn what_is_hidden_since_is_never_shown_for_long_while_the_next_state_is_made(world) {
        let other = world.replica(world.clock.clone(), settings()).await;
        let before = other.snapshot().await.expect("it is read");
        other.snapshots.wait_at_most(Duration::from_millis(50));
        other.snapshots.behind_at_most(Duration::from_millis(500));
        world.classify("gold.collections", "controlling", "restricted").await;
        let ends = taken(&CATALOGS).await;
        assert_eq!(other.snapshot().await.expect("it answers").change, before.change);
        tokio::time::sleep(Duration::from_millis(600)).await;
        let early = timeout(Duration::from_millis(300), other.snapshot()).await;
        assert!(early.is_err(), "it waits");
        drop(ends);
        assert!(other.snapshot().await.expect("it is read").change > before.change);
    }

    async fn a_job_never_reads_the_whole_catalog_while_others_wait_for_their_turn_to_write(world) {
        let ctx = &world.ctx;
        ctx.snapshot().await.expect("it is read");
        ctx.snapshots.wait_at_most(Duration::from_millis(50));
        world.noted(vec![Touched::Everything]).await;
        let ends = taken(&CATALOGS).await;
        let mut sweep = world.sweep();
        assert!(timeout(Duration::from_secs(1), &mut sweep).await.is_err(), "it waits for the catalog");
        let turn = timeout(Duration::from_secs(2), ctx.db.write()).await.expect("nobody has the turn to write");
        drop(turn.expect("it can be written"));
        drop(ends);
        sweep.await;
    }

    async fn a_fault_never_takes_every_page_down_nor_opens_values(world) {
        let (ctx, tom) = (&world.ctx, world.viewer("tom.fischer").await);
        let (before, asset) = (ctx.snapshot().await.expect("it is read"), "gold.collections".into());
        world.execute("ALTER TABLE dashboard RENAME TO elsewhere").await.expect("it is renamed");
        world.noted(vec![Touched::Dashboard("sales-forecast".to_owned())]).await;
        assert_eq!(ctx.snapshot().await.expect("the one before answers").change, before.change);
        catalog::home(&call(ctx, &tom).await).await.expect("the first page is there");
        let read = catalog::preview(&call(ctx, &tom).await, &asset).await;
        assert!(matches!(read, Err(Error::Fault(_))), "values are read under the newest state or not at all");
        world.execute("ALTER TABLE elsewhere RENAME TO dashboard").await.expect("it is back");
        let mut renewed = false;
        for _ in 0..200 {
            renewed = ctx.snapshot().await.expect("it answers").change > before.change;
            if renewed {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert!(renewed, "it is tried again");
        catalog::preview(&call(ctx, &tom).await, &asset).await.expect("and values are read again");
    }

    async fn a_replica_follows_also_while_nobody_asks_it(world) {
        let other = world.replica(world.clock.clone(), settings()).await;
        let following = tokio::spawn(snapshot::keep_following(other.clone(), Duration::from_millis(100)));
        world.classify("gold.new", "controlling", "internal").await;
        let mut followed = false;
        for _ in 0..200 {
            let held = other.snapshots.newest();
            followed = held.is_some_and(|held| held.assets.contains_key("gold.new"));
            if followed {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        following.abort();
        assert!(followed, "it is behind");
    }

    async fn no_page_waits_for_what_events_said_but_who_reads_them_back_does(world) {
        let (ctx, tom) = (&world.ctx, world.viewer("tom.fischer").await);
        ctx.snapshots.wait_at_most(Duration::from_mins(1));
        ctx.snapshots.behind_at_most(Duration::from_mins(1));
        let before = ctx.snapshot().await.expect("it is read");
        let following = tokio::spawn(snapshot::keep_following(ctx.clone(), Duration::from_mins(1)));
        // It has begun to follow, and sleeps.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let ends = taken(&CATALOGS).await;
        let sent = event("2026-11-30T10:00:00Z", "load", &["raw.sent"], "raw.taken", &[]);
        lineage::ingest(ctx, &Actor::System("test"), &sent).await.expect("it is taken");
        let shown = timeout(Duration::from_secs(5), ctx.snapshot()).await.expect("a page does not wait");
        assert_eq!(shown.expect("it answers").change, before.change);
        let (caller, node) = (call(ctx, &tom).await, "dataset:lakehouse:raw.taken");
        let early = timeout(Duration::from_millis(300), lineage::marquez(&caller, node, 1)).await;
        assert!(early.is_err(), "whoever reads it back waits");
        let early = timeout(Duration::from_millis(300), lineage::column_lineage(&caller, node, 1, false)).await;
        assert!(early.is_err(), "and who asks for its columns");
        let early = timeout(Duration::from_millis(300), caller.with_events()).await;
        assert!(early.is_err(), "and who asks for more than one thing");
        world.noted(vec![Touched::Domain("controlling".to_owned())]).await;
        let early = timeout(Duration::from_millis(300), ctx.snapshot()).await;
        assert!(early.is_err(), "and a page does where somebody changed something as well");
        drop(ends);
        lineage::marquez(&caller, node, 1).await.expect("it is there");
        lineage::column_lineage(&caller, node, 1, false).await.expect("it is there");
        let later = caller.with_events().await.expect("it is read");
        let id = world.id_of("raw.taken").await;
        assert_eq!(lineage::dataset_id_of(&later, node).expect("it is there"), id);
        following.abort();
    }

    async fn bytes_that_are_no_text_spoil_nothing_but_what_they_stand_in(world) {
        // PostgreSQL keeps none.
        if !matches!(world.ctx.db, Db::Sqlite(..)) {
            return;
        }
        let (ctx, paula) = (&world.ctx, world.viewer("paula.brandt").await);
        ctx.snapshot().await.expect("it is read");
        for broken in [
            "UPDATE asset SET description = CAST(x'41ff42' AS TEXT) WHERE id = 'gold.sales_daily'",
            "UPDATE lineage_edge SET columns = CAST(x'ff' AS TEXT) WHERE target = 'gold.sales_daily'",
            "UPDATE product SET document = CAST(x'ff' AS TEXT) WHERE id = 'collections'",
            "UPDATE person SET name = CAST(x'41ff' AS TEXT) WHERE email = 'tom.fischer@nordkauf.example'",
        ] {
            assert!(world.execute(broken).await.expect("it runs") > 0, "{broken}");
        }
        let touched = [Touched::Asset("gold.sales_daily".to_owned()), Touched::Product("collections".to_owned())];
        world.noted(touched.to_vec()).await;
        for ctx in [ctx.clone(), world.replica(world.clock.clone(), settings()).await] {
            let snapshot = ctx.snapshot_now().await.expect("it is read");
            let unread: Vec<_> = snapshot.unread().map(|unread| unread.id.as_str()).collect();
            assert_eq!(unread, ["collections"]);
            assert_eq!(snapshot.assets["gold.sales_daily"].description, "A\u{fffd}B");
            catalog::home(&call(&ctx, &paula).await).await.expect("the first page is there");
        }
    }

    async fn a_document_that_cannot_be_read_never_takes_a_page_down(world) {
        let (ctx, paula) = (&world.ctx, world.viewer("paula.brandt").await);
        ctx.snapshot().await.expect("it is read");
        for broken in [
            "UPDATE product SET document = 'kind: [' WHERE id = 'collections'",
            "UPDATE contract_version SET document = 'kind: [' WHERE contract = 'sales-forecast'",
            "UPDATE asset SET columns = 'broken' WHERE id = 'gold.sales_daily'",
            "UPDATE dashboard SET document = 'no front matter' WHERE id = 'sales-forecast'",
        ] {
            assert_eq!(world.execute(broken).await.expect("it runs"), 1, "{broken}");
        }
        let touched = [
            Touched::Product("collections".to_owned()),
            Touched::Contract("sales-forecast".to_owned()),
            Touched::Asset("gold.sales_daily".to_owned()),
            Touched::Dashboard("sales-forecast".to_owned()),
        ];
        world.noted(touched.to_vec()).await;
        for ctx in [ctx.clone(), world.replica(world.clock.clone(), settings()).await] {
            let snapshot = ctx.snapshot().await.expect("it is read");
            let named: Vec<_> = snapshot.unread().map(|unread| (unread.kind, unread.id.as_str())).collect();
            let expected = [
                ("asset", "gold.sales_daily"),
                ("contract", "sales-forecast"),
                ("dashboard", "sales-forecast"),
                ("product", "collections"),
            ];
            assert_eq!(named, expected);
            catalog::home(&call(&ctx, &paula).await).await.expect("the first page is there");
            let page = PageRequest { after: None, limit: 100 };
            let products = catalog::products(&call(&ctx, &paula).await, page).await.expect("they are listed");
            assert!(products.items.len() > 3 && products.items.iter().all(|line| line.name != "Collections"));
            let all = SearchRequest { limit: 100, ..SearchRequest::default() };
            let found = catalog::search(&call(&ctx, &paula).await, &all).await.expect("it is found");
            assert!(found.hits.iter().any(|hit| hit.id == "gold.sales_forecast"), "the others are there");
            let refused = refusal(catalog::asset(&call(&ctx, &paula).await, &"gold.collections".into()).await);
            assert_eq!(refused.kind, ErrorKind::NotFound, "nobody knows to whom it is offered");
            let refused = refusal(catalog::asset(&call(&ctx, &paula).await, &"gold.sales_daily".into()).await);
            assert_eq!(refused.kind, ErrorKind::Unreadable, "a product that she sees offers it");
            let refused = refusal(catalog::product(&call(&ctx, &paula).await, &"collections".into()).await);
            assert_eq!(refused.kind, ErrorKind::NotFound, "nobody knows to whom it is shown");
            let aylin = call(&ctx, &world.viewer("aylin.demir").await).await;
            let refused = refusal(catalog::product(&aylin, &"collections".into()).await);
            assert_eq!(refused.kind, ErrorKind::Unreadable, "but to its own domain");
            let refused = refusal(access::request_form(&aylin, &"collections/cases".into()).await);
            assert_eq!(refused.kind, ErrorKind::Unreadable, "and so does the form");
            let said = "The data product collections is there, but what describes it cannot be read.";
            let others = ["asset gold.sales_daily", "contract sales-forecast"]
                .map(|other| format!("The {other} is there, but what describes it cannot be read."));
            let others = others.join(" ");
            assert_eq!(found.unread.as_ref(), Some(&others), "nor does a list say it to her");
            let paula_there = call(&ctx, &paula).await;
            let page = people::domain_page(&paula_there, &"finance".into(), PageRequest::default()).await;
            assert_eq!(page.expect("it opens").unread, Some(others.clone()), "the page of their domain says the same");
            let found = catalog::search(&aylin, &all).await.expect("it is found");
            assert_eq!(found.unread, Some(format!("{said} {others}")));
            let elsewhere = SearchRequest { domain: vec!["sales".to_owned()], ..SearchRequest::default() };
            let found = catalog::search(&aylin, &elsewhere).await.expect("it is found");
            assert_eq!(found.unread, None, "it is of another domain");
            let page = people::domain_page(&aylin, &"controlling".into(), PageRequest::default()).await;
            assert_eq!(page.expect("it opens").unread.as_deref(), Some(said));
            let maria = call(&ctx, &world.viewer("maria.keller").await).await;
            let refused = refusal(dashboards::view(&maria, &"sales-forecast".into(), Vec::new()).await);
            assert_eq!(refused.kind, ErrorKind::Unreadable, "{}", refused.message);
            let page = catalog::product(&maria, &"sales-forecast".into()).await.expect("its product is there");
            let port = page.output_ports.iter().find(|port| port.name == "dashboard").expect("it is offered");
            assert_eq!(port.access, AccessStanding::UnreadDashboard, "nothing is offered to be opened");
            let sofia = call(&ctx, &world.viewer("sofia.lindqvist").await).await;
            let told = audit::page(&sofia, AuditFilter::default()).await.expect("it opens").unread;
            let named: Vec<String> = told.items.iter().map(ToString::to_string).collect();
            let asset = "asset gold.sales_daily: what stands in the column columns of the database cannot be read: it is no JSON";
            assert!(told.of == 4 && named.iter().any(|line| line.starts_with(asset)), "{named:?}");
            let doctor = snapshot::unread(&ctx).await.expect("it looks");
            assert_eq!(snapshot::told_unread(doctor.iter()), told, "the doctor says the same");
            let home = catalog::home(&sofia).await.expect("it opens");
            assert!(home.tasks.iter().any(|task| task.label.starts_with("4 documents of the catalog")));
            let maria = catalog::home(&maria).await.expect("it opens");
            assert!(maria.tasks.iter().any(|task| task.label.contains("cannot be read")), "{:?}", maria.tasks);
            let aylin = world.viewer("aylin.demir").await;
            let home = catalog::home(&call(&ctx, &aylin).await).await.expect("it opens");
            let label = "The data product collections cannot be read: correct what describes it and import it again";
            let task = home.tasks.iter().find(|task| task.label == label).expect("its owner is told");
            assert_eq!(task.href, "/products/collections");
            let home = catalog::home(&call(&ctx, &paula).await).await.expect("it opens");
            assert!(home.tasks.iter().all(|task| !task.label.contains("cannot be read")), "{:?}", home.tasks);
            let ines = call(&ctx, &world.viewer("ines.hoffmann").await).await;
            let page = audit::page(&ines, AuditFilter::default()).await.expect("stewards see it");
            assert_eq!(page.unread.of, 0, "administrators alone");
            let page = catalog::asset(&call(&ctx, &aylin).await, &"gold.collections".into()).await;
            let page = page.expect("its own domain sees it");
            assert_eq!(page.unread_products.as_deref(), Some(said), "who may offer it is not left out without a word");
        }
        let text = include_str!("../../../../server/demo/mesh/products/collections.odps.yaml");
        world.import(vec![file("collections.odps.yaml", text)]).await;
        let mended = ctx.snapshot().await.expect("it is read");
        assert!(mended.products.contains_key("collections"), "what is imported again is there again");
        catalog::asset(&call(ctx, &paula).await, &"gold.collections".into()).await.expect("and seen again");
    }

    async fn what_describes_an_asset_and_cannot_be_read_is_told_the_same_on_every_page(world) {
        world.granted("paula.brandt", "collections/cases", 60, &["aylin.demir"]).await;
        let waiting = world.ask("david.schmid", "collections/cases", 30).await.expect("he may ask");
        let tom = call(&world.ctx, &world.viewer("tom.fischer").await).await;
        contracts::run_checks(&tom, &"collections".into()).await.expect("his own domain");
        let named = "INSERT INTO lineage_alias (namespace, name, asset) VALUES ('elsewhere', 'cases', 'gold.collections')";
        assert_eq!(world.execute(named).await.expect("it has another name"), 1);
        let broken = "UPDATE asset SET columns = 'broken' WHERE id = 'gold.collections'";
        assert_eq!(world.execute(broken).await.expect("it runs"), 1);
        world.noted(vec![Touched::Asset("gold.collections".to_owned())]).await;
        let lena = call(&world.ctx, &world.viewer("lena.vogel").await).await;
        let page = catalog::product(&lena, &"collections".into()).await.expect("the product is there");
        assert_eq!(page.output_ports[0].access, AccessStanding::Unread);
        let promised = page.output_ports[0].contract.as_ref().expect("its contract can be read");
        assert_eq!((promised.state, promised.checked_at), (CheckState::Unchecked, None), "{promised:?}");
        let all = SearchRequest { limit: 100, ..SearchRequest::default() };
        let found = catalog::search(&lena, &all).await.expect("it is found");
        let card = found.hits.iter().find(|hit| hit.id == "collections").expect("the product is found");
        assert_eq!(card.classification, Some(Classification::Restricted), "as sensitive as can be");
        let form = access::request_form(&lena, &"collections/cases".into()).await.expect("the form opens");
        let why = form.closed.expect("there is nothing to send");
        assert!(why.contains("cannot be read. Ask"), "{why}");
        let refused = refusal(world.ask("lena.vogel", "collections/cases", 30).await);
        assert_eq!((refused.kind, refused.message), (ErrorKind::Conflict, why));
        let refused = refusal(catalog::asset(&lena, &"gold.collections".into()).await);
        assert!(refused.kind == ErrorKind::Unreadable && refused.message.contains("is there"), "{refused:?}");
        let focus = "gold.collections".to_owned();
        let request = GraphRequest { focus, up: 1, down: 1, open: Vec::new(), column: None, chosen: None };
        let list = wanted("gold.collections", Side::Upstream);
        for answer in [
            refusal(lineage::graph(&lena, &request).await),
            refusal(lineage::impact(&lena, &"gold.collections".into()).await),
            refusal(lineage::impact_page(&lena, &list).await),
            refusal(lineage::impact_csv(&lena, &list).await),
            refusal(lineage::marquez(&lena, "dataset:lakehouse:gold.collections", 1).await),
            refusal(lineage::marquez(&lena, "dataset:elsewhere:cases", 1).await),
            refusal(lineage::column_lineage(&lena, "dataset:elsewhere:cases", 1, false).await),
            refusal(lineage::column_lineage(&lena, "datasetField:lakehouse:gold.collections:x", 1, false).await),
        ] {
            assert!(answer.kind == ErrorKind::Unreadable && answer.message.contains("is there"), "{answer:?}");
        }
        let refused = refusal(lineage::marquez(&lena, "dataset:elsewhere:gold.collections", 1).await);
        assert_eq!(refused.kind, ErrorKind::NotFound, "{}", refused.message);
        let tom = call(&world.ctx, &world.viewer("tom.fischer").await).await;
        let contract = contracts::contract(&tom, &"collections".into(), None).await.expect("it opens");
        let said = contract.unread.clone().expect("it is said");
        assert!(said.starts_with("What describes \"gold.collections\" cannot be read"), "{said}");
        assert_eq!(contract.summary.state, CheckState::Unchecked, "it is not only stated");
        assert_eq!(contract.summary.worst, Some(said), "and nothing of what was found before");
        let paula = call(&world.ctx, &world.viewer("paula.brandt").await).await;
        let page = catalog::product(&paula, &"collections".into()).await.expect("the product is there");
        assert_eq!(page.output_ports[0].access, AccessStanding::Unread, "a grant opens nothing now");
        assert!(!page.is_own, "she is sent to its owners");
        assert!(access::my_grants(&paula).await.expect("they are listed")[0].is_unread, "it is not gone");
        let aylin = call(&world.ctx, &world.viewer("aylin.demir").await).await;
        let refused = refusal(catalog::asset(&aylin, &"gold.collections".into()).await);
        assert_eq!(refused.kind, ErrorKind::Unreadable, "{}", refused.message);
        assert!(refused.message.contains("in the column columns of the database"), "{}", refused.message);
        let refused = refusal(access::request_form(&aylin, &"collections/cases".into()).await);
        assert!(refused.message.contains("cannot be read. Correct what describes it"), "{}", refused.message);
        let page = catalog::product(&aylin, &"collections".into()).await.expect("it is hers");
        assert!(page.is_own, "she is not sent to herself");
        let page = access::decide_page(&aylin, waiting).await.expect("it waits for her");
        assert!(page.may_decide, "{:?}", page.why_not);
        let why = page.unread.expect("it is said");
        let refused = refusal(access::approve(&aylin, waiting, page.revision, None, String::new()).await);
        assert_eq!((refused.kind, refused.message), (ErrorKind::Conflict, why));
        access::reject(&aylin, waiting, page.revision, "Ask again".to_owned()).await.expect("it can be rejected");
    }

    async fn what_belongs_to_a_product_that_cannot_be_read_is_told_like_it_to_whoever_holds_access(world) {
        world.granted("paula.brandt", "collections/cases", 60, &["aylin.demir"]).await;
        let broken = "UPDATE product SET document = 'kind: [' WHERE id = 'collections'";
        assert_eq!(world.execute(broken).await.expect("it runs"), 1);
        world.noted(vec![Touched::Product("collections".to_owned())]).await;
        for (who, kind) in [("paula.brandt", ErrorKind::Unreadable), ("lena.vogel", ErrorKind::NotFound)] {
            let reader = call(&world.ctx, &world.viewer(who).await).await;
            let refused = [
                refusal(catalog::product(&reader, &"collections".into()).await),
                refusal(contracts::contract(&reader, &"collections".into(), None).await),
                refusal(dashboards::view(&reader, &"collections-controlling".into(), Vec::new()).await),
            ];
            assert!(refused.iter().all(|refused| refused.kind == kind), "{who}: {refused:?}");
        }
    }

    async fn a_contract_that_cannot_be_read_is_told_and_nobody_asks_without_its_terms(world) {
        let waiting = world.ask("lena.vogel", "sales-forecast/forecast", 30).await.expect("she may ask");
        let broken = "UPDATE contract_version SET document = 'kind: [' WHERE contract = 'sales-forecast'";
        assert_eq!(world.execute(broken).await.expect("it runs"), 1);
        world.noted(vec![Touched::Contract("sales-forecast".to_owned())]).await;
        let paula = call(&world.ctx, &world.viewer("paula.brandt").await).await;
        let page = catalog::product(&paula, &"sales-forecast".into()).await.expect("the product is there");
        let port = page.output_ports.iter().find(|port| port.unread_contract.is_some()).expect("it is said");
        assert_eq!(port.unread_contract.as_ref().map(ContractId::as_str), Some("sales-forecast"));
        assert_eq!(port.access, AccessStanding::Unread, "no form is offered that sends nothing");
        let asset = catalog::asset(&paula, &"gold.sales_forecast".into()).await.expect("its data can be read");
        assert_eq!((asset.contract, asset.unread_contract), (None, port.unread_contract.clone()));
        assert_eq!(asset.access, AccessStanding::Unread, "nor is there a way to the form");
        let form = access::request_form(&paula, &port.id).await.expect("the form opens");
        let why = form.closed.expect("there is nothing to send");
        assert!(why.contains("nobody can accept its terms"), "{why}");
        let refused = refusal(world.ask("paula.brandt", port.id.as_str(), 30).await);
        assert_eq!((refused.kind, refused.message), (ErrorKind::Conflict, why));
        let refused = refusal(contracts::contract(&paula, &"sales-forecast".into(), None).await);
        assert!(refused.kind == ErrorKind::Unreadable && refused.message.contains("is there"), "{refused:?}");
        let maria = call(&world.ctx, &world.viewer("maria.keller").await).await;
        let page = access::decide_page(&maria, waiting).await.expect("it waits for her");
        let said = page.contract_since;
        assert!(said.len() == 1 && said[0].starts_with("The contract sales-forecast cannot be read"), "{said:?}");
    }

    async fn a_time_that_cannot_be_read_marks_its_row_and_stops_nothing(world) {
        if !matches!(world.ctx.db, Db::Sqlite(..)) {
            return; // PostgreSQL keeps no text in such a column.
        }
        let (ctx, paula) = (&world.ctx, world.viewer("paula.brandt").await);
        let lena = world.viewer("lena.vogel").await;
        ctx.snapshot().await.expect("it is read");
        world.take(&event("2026-11-03T05:00:00Z", "load", &["gold.sales_daily"], "raw.taken", &[])).await;
        for damage in [
            "UPDATE product SET created_at = 'x' WHERE id = 'collections'",
            "UPDATE contract_version SET published_at = x'00ff' WHERE contract = 'sales-forecast'",
            "UPDATE asset SET created_at = '2026-13-45' WHERE id = 'gold.sales_daily'",
            "UPDATE dashboard SET created_at = '' WHERE id = 'sales-forecast'",
            "UPDATE lineage_edge SET seen_at = 'x' WHERE target = (SELECT id FROM asset WHERE name = 'raw.taken')",
        ] {
            assert_eq!(world.execute(damage).await.expect("it runs"), 1, "{damage}");
        }
        let touched = [
            Touched::Product("collections".to_owned()),
            Touched::Contract("sales-forecast".to_owned()),
            Touched::Asset("gold.sales_daily".to_owned()),
            Touched::Asset(world.id_of("raw.taken").await),
            Touched::Dashboard("sales-forecast".to_owned()),
        ];
        world.noted(touched.to_vec()).await;
        for ctx in [ctx.clone(), world.replica(world.clock.clone(), settings()).await] {
            let snapshot = ctx.snapshot().await.expect("it is read");
            let named: Vec<_> = snapshot.unread().map(|unread| (unread.kind, unread.id.as_str())).collect();
            let expected = [
                ("asset", "gold.sales_daily"),
                ("contract", "sales-forecast"),
                ("dashboard", "sales-forecast"),
                ("product", "collections"),
            ];
            assert_eq!(named, expected);
            assert!(snapshot.unread().all(|unread| unread.problem.contains("_at of the database is no time")));
            catalog::home(&call(&ctx, &paula).await).await.expect("the first page is there");
            assert!(snapshot.assets.contains_key("gold.collections"), "others stand");
        }
        let damage = "UPDATE person SET disabled_at = 'x' WHERE email = 'lena.vogel@nordkauf.example'";
        assert_eq!(world.execute(damage).await.expect("it runs"), 1);
        people::administrators::settle_all(ctx).await.expect("a process starts");
        let lena = people::viewer(ctx, lena.id).await.expect("it answers");
        assert!(lena.is_none(), "whoever may have been disabled is");
        let changed = mesh().into_iter().filter(|file| file.path.starts_with("assets/")).collect();
        world.import(changed).await;
        world.take(&event("2026-11-04T05:00:00Z", "load", &["gold.sales_daily"], "raw.taken", &[])).await;
    }
}
