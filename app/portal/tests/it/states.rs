//! How a contract stands is said alike wherever it is shown; what it states and nobody carries out is said as well.

use lakeport_frame::CheckOutcome;
use lakeport_model::ContractId;
use lakeport_model::catalog::SearchRequest;
use lakeport_model::contracts::{CheckState, ContractPage};
use lakeport_model::impact::Side;
use lakeport_model::lineage::GraphRequest;
use lakeport_model::people::Viewer;
use lakeport_portal::store::changes::{self, Touched};
use lakeport_portal::store::contracts as runs;
use lakeport_portal::{ErrorKind, access, catalog, contracts, dashboards, lineage, people};

use crate::impact::wanted;
use crate::world::{World, call, file, mesh, on_both, refusal};

const CONTRACT: &str = "contracts/collections.odcs.yaml";

fn text_of(path: &str) -> String {
    mesh().into_iter().find(|file| file.path == path).expect("it is there").text
}

impl World {
    async fn check_collections(&self, outcome: CheckOutcome) {
        self.lake.held().outcomes.insert("gold.collections".to_owned(), outcome);
        let tom = self.viewer("tom.fischer").await;
        contracts::run_checks(&call(&self.ctx, &tom).await, &"collections".into())
            .await
            .expect("his own domain");
    }

    async fn contract(&self, id: &str) -> ContractPage {
        let tom = self.viewer("tom.fischer").await;
        contracts::contract(&call(&self.ctx, &tom).await, &id.into(), None).await.expect("he sees it")
    }

    /// What every place says about the contract on `gold.collections`.
    async fn said(&self) -> Vec<(&'static str, String)> {
        let (ctx, tom) = (&self.ctx, self.viewer("tom.fischer").await);
        let mut said = Vec::new();
        let product =
            catalog::product(&call(ctx, &tom).await, &"collections".into()).await.expect("it is open");
        let port = product.output_ports.into_iter().find(|port| port.name == "cases").expect("it is offered");
        said.push(("product", port.contract.map(|contract| contract.state)));
        let asset =
            catalog::asset(&call(ctx, &tom).await, &"gold.collections".into()).await.expect("it is open");
        said.push(("asset", asset.contract.map(|contract| contract.state)));
        said.push(("contract", Some(self.contract("collections").await.summary.state)));
        let request = SearchRequest { q: "collections".to_owned(), limit: 100, ..SearchRequest::default() };
        let found = catalog::search(&call(ctx, &tom).await, &request).await.expect("it answers").hits;
        let hit = |id: &str| found.iter().find(|hit| hit.id == id).expect("it is found").contract_state;
        said.push(("hit of the table", hit("gold.collections")));
        said.push(("hit of the product", hit("collections")));
        let home = catalog::home(&call(ctx, &tom).await).await.expect("it opens").my_data.items;
        let mine = home.iter().find(|mine| mine.asset.id.as_str() == "gold.collections").expect("it is his");
        said.push(("home", mine.contract_state));
        let (focus, open) = ("gold.collections".to_owned(), Vec::new());
        let around = GraphRequest { focus, up: 0, down: 0, open, column: None, chosen: None };
        let graph = lineage::graph(&call(ctx, &tom).await, &around).await.expect("it is drawn");
        said.push(("lineage", graph.nodes[0].state));
        let view =
            dashboards::view(&call(ctx, &tom).await, &"collections-controlling".into(), Vec::new()).await;
        let as_of = view.expect("it opens").as_of.expect("it has data");
        let words = as_of.split_once(" UTC, ").expect("it tells the state").1.to_owned();
        let told = said.into_iter().map(|(place, state)| {
            (place, state.map_or_else(|| "nothing".to_owned(), |state| state.label().to_lowercase()))
        });
        told.chain([("dashboard", words)]).collect()
    }

    /// Whatever a member is told of the contract on `silver.dim_customer`.
    async fn told_of_customers(&self, viewer: &Viewer) -> Vec<serde_json::Value> {
        let (ctx, id) = (&self.ctx, ContractId::from("dim-customer"));
        let page = contracts::contract(&call(ctx, viewer).await, &id, None).await.expect("it is seen");
        let product =
            catalog::product(&call(ctx, viewer).await, &"customers".into()).await.expect("it is seen");
        let asset = catalog::asset(&call(ctx, viewer).await, &"silver.dim_customer".into())
            .await
            .expect("it is seen");
        let request = SearchRequest { q: "customers".to_owned(), limit: 100, ..SearchRequest::default() };
        let found = catalog::search(&call(ctx, viewer).await, &request).await.expect("it answers").hits;
        let (focus, open) = ("silver.dim_customer".to_owned(), Vec::new());
        let around = GraphRequest { focus, up: 0, down: 1, open, column: None, chosen: None };
        let graph = lineage::graph(&call(ctx, viewer).await, &around).await.expect("it is drawn");
        let request = wanted("gold.collections", Side::Upstream);
        let upstream = lineage::impact_rows(&call(ctx, viewer).await, &request).await.expect("it is listed");
        let home = catalog::home(&call(ctx, viewer).await).await.expect("it opens").my_data;
        [
            serde_json::to_value(page),
            serde_json::to_value(product),
            serde_json::to_value(asset),
            serde_json::to_value(found),
            serde_json::to_value(graph),
            serde_json::to_value(upstream),
            serde_json::to_value(home),
        ]
        .map(|said| said.expect("it can be written"))
        .to_vec()
    }

    async fn says_everywhere(&self, state: CheckState) {
        for (place, words) in self.said().await {
            assert_eq!(words, state.label().to_lowercase(), "{place}");
        }
    }
}

on_both! { demo =>
    async fn a_contract_never_stands_otherwise_on_another_page(world) {
        world.says_everywhere(CheckState::Never).await;
        world.check_collections(CheckOutcome::Passed { detail: "as promised".to_owned() }).await;
        world.says_everywhere(CheckState::Kept).await;
        world.check_collections(CheckOutcome::Unchecked { reason: "No time".to_owned() }).await;
        world.says_everywhere(CheckState::Unchecked).await;
        world.check_collections(CheckOutcome::Failed { detail: "4 of 9".to_owned(), failing_rows: Some(4) }).await;
        world.says_everywhere(CheckState::Broken).await;
        assert_eq!(world.inbox("aylin.demir").await[0], "Your contract Collection cases is broken");
        // What was found of one version says nothing about the next.
        let next = text_of(CONTRACT).replacen("version: 1.0.0", "version: 2.0.0", 1);
        world.import(vec![file("c.odcs.yaml", &next)]).await;
        world.says_everywhere(CheckState::Never).await;
        world.check_collections(CheckOutcome::Passed { detail: "as promised".to_owned() }).await;
        world.says_everywhere(CheckState::Kept).await;
        world.import(vec![file("c.odcs.yaml", &next.replacen("status: active", "status: retired", 1))]).await;
        world.says_everywhere(CheckState::Withdrawn).await;
    }

    async fn states_of_rules_never_spell_values_to_people_without_the_data(world) {
        let id = ContractId::from("dim-customer");
        // Members of a domain write its rules; restricted data they do not read.
        let (david, nadia) = (world.viewer("david.schmid").await, world.viewer("nadia.rahimi").await);
        let version = contracts::contract(&call(&world.ctx, &nadia).await, &id, None).await.expect("she sees it").summary.version;
        contracts::subscribe(&call(&world.ctx, &nadia).await, &id, version, "Planning of purchases".into()).await.expect("she may");
        let mut told = Vec::new();
        for (outcome, state, took) in [
            (CheckOutcome::Passed { detail: String::new() }, CheckState::Kept, 7),
            (CheckOutcome::Failed { detail: "1 row".to_owned(), failing_rows: Some(1) }, CheckState::Broken, 8_000),
            (CheckOutcome::Unchecked { reason: "Divided by zero".to_owned() }, CheckState::Unchecked, 900),
        ] {
            world.lake.held().outcomes.insert("silver.dim_customer".to_owned(), outcome);
            contracts::run_checks(&call(&world.ctx, &david).await, &id).await.expect("his own domain");
            world.execute(&format!("UPDATE check_run SET duration_ms = {took}")).await.expect("it took its time");
            told.push(world.told_of_customers(&nadia).await);
            let own = contracts::contract(&call(&world.ctx, &david).await, &id, None).await.expect("he sees it");
            let run = own.last_run.expect("it ran");
            assert!(run.results.iter().any(|line| line.state == state), "he reads the data: {run:?}");
            assert_eq!(run.duration_ms, took);
        }
        assert_eq!(told[0], told[1], "whether the rules are kept, and how long that took");
        assert_eq!(told[0], told[2], "or whether they could be asked");
        let page = contracts::contract(&call(&world.ctx, &nadia).await, &id, None).await.expect("she sees it");
        assert_eq!(page.summary.state, CheckState::Untold);
        assert!(page.trend.is_empty() && page.last_run.is_some_and(|run| run.blind().is_none()));
        assert_eq!(world.told("david.schmid", "Your contract").await, 1);
        assert_eq!(world.told("nadia.rahimi", "The contract").await, 0, "nor do messages tell it");
    }

    async fn the_last_runs_of_many_contracts_are_those_of_each(world) {
        let david = world.viewer("david.schmid").await;
        let failed = CheckOutcome::Failed { detail: "4 of 9".to_owned(), failing_rows: Some(4) };
        for outcome in [CheckOutcome::Passed { detail: String::new() }, failed] {
            world.check_collections(outcome).await;
            contracts::run_checks(&call(&world.ctx, &david).await, &"dim-customer".into()).await.expect("his own domain");
        }
        let mut asked = Vec::new();
        for id in ["collections", "dim-customer", "fact-orders"] {
            let page = contracts::contract(&call(&world.ctx, &david).await, &id.into(), None).await.expect("he sees it");
            asked.push((id, page.summary.version));
        }
        let asked: Vec<(&str, &str)> = asked.iter().map(|(id, version)| (*id, version.as_str())).collect();
        let mut tx = world.ctx.db.read().await.expect("it is there");
        let mut each = runs::last_run_each(&mut tx, &asked).await.expect("they are read");
        each.sort_by(|(one, _), (other, _)| one.cmp(other));
        let ids: Vec<&str> = each.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["collections", "dim-customer"], "nothing of what was never checked");
        for ((id, version), (_, run)) in asked.iter().zip(&each) {
            assert_eq!(runs::last_run(&mut tx, id, version).await.expect("it is read").as_ref(), Some(run), "{id}");
        }
        assert_eq!(each[0].1.state, CheckState::Broken, "of two runs the last one");
    }

    async fn the_time_of_a_run_never_tells_people_without_the_data_what_came_out(world) {
        let id = ContractId::from("dim-customer");
        let (david, nadia) = (world.viewer("david.schmid").await, world.viewer("nadia.rahimi").await);
        world.lake.held().checked.clear();
        let refused = contracts::run_checks(&call(&world.ctx, &nadia).await, &id).await;
        assert_eq!(refusal(refused).rule, Some("checks.results_need_access"));
        assert!(world.lake.held().checked.is_empty(), "nothing was asked");
        let may = async |viewer: &Viewer| {
            contracts::contract(&call(&world.ctx, viewer).await, &id, None).await.expect("it is seen").may_check
        };
        assert!(!may(&nadia).await && may(&david).await, "nor is she offered it");
    }

    async fn the_audit_never_tells_what_came_out_of_restricted_data(world) {
        let david = world.viewer("david.schmid").await;
        let noted = async |contract: &str| {
            let id: ContractId = contract.into();
            contracts::run_checks(&call(&world.ctx, &david).await, &id).await.expect("his own domain");
            let newest = format!(
                "SELECT detail FROM audit WHERE action = 'contract.check' AND subject = 'contract {contract}' \
                 ORDER BY number DESC LIMIT 1"
            );
            world.text(&newest).await
        };
        let broken = || CheckOutcome::Failed { detail: "1 row".to_owned(), failing_rows: Some(1) };
        for table in ["silver.dim_customer", "silver.fact_payments"] {
            world.lake.held().outcomes.insert(table.to_owned(), broken());
        }
        let tells = |detail: String| ["state", "news", "broken"].map(|word| detail.contains(word));
        assert_eq!(tells(noted("dim-customer").await), [false; 3], "its page withholds it");
        assert_eq!(tells(noted("fact-payments").await), [true; 3], "members read it");
    }

    async fn figures_of_a_run_never_reach_people_whose_right_ended_meanwhile(world) {
        let id = ContractId::from("collections");
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        contracts::subscribe(&call(&world.ctx, &paula).await, &id, "1.0.0".into(), "Planning of purchases".into()).await.expect("it is open");
        let grant = world.granted("paula.brandt", "collections/cases", 30, &["aylin.demir"]).await;
        let broken = CheckOutcome::Failed { detail: "12 of 99 rows".to_owned(), failing_rows: Some(12) };
        world.lake.held().outcomes.insert("gold.collections".to_owned(), broken);
        let ctx = world.ctx.clone();
        world.lake.held().meanwhile = Some(Box::pin(async move {
            access::revoke(&call(&ctx, &aylin).await, vec![(grant, 1)], "Cleared up.".to_owned()).await.expect("she may");
        }));
        let run = contracts::run_checks(&call(&world.ctx, &paula).await, &id).await.expect("she relies on it");
        assert!(run.results.iter().any(|line| line.state == CheckState::Broken), "{run:?}");
        assert!(run.results.iter().all(|line| !line.detail.contains("12")), "{run:?}");
    }

    async fn who_no_longer_answers_for_a_contract_never_hears_that_it_broke(world) {
        let (ctx, aylin) = (world.ctx.clone(), world.viewer("aylin.demir").await);
        let ines = world.viewer("ines.hoffmann").await.id;
        world.lake.held().meanwhile = Some(Box::pin(async move {
            people::remove_member(&call(&ctx, &aylin).await, &"controlling".into(), ines).await.expect("she may");
        }));
        world.check_collections(CheckOutcome::Failed { detail: "4 of 9".to_owned(), failing_rows: Some(4) }).await;
        assert_eq!(world.told("aylin.demir", "Your contract").await, 1);
        assert_eq!(world.told("ines.hoffmann", "Your contract").await, 0, "she left while the checks ran");
    }

    async fn who_answers_for_a_broken_contract_never_finds_that_nothing_waits(world) {
        let waits = async |who: &str| {
            let home = catalog::home(&call(&world.ctx, &world.viewer(who).await).await).await.expect("it opens");
            let tasks = home.tasks.into_iter().filter(|task| task.label == "The contract Collection cases is broken");
            tasks.map(|task| task.href).collect::<Vec<_>>()
        };
        let everybody = ["aylin.demir", "ines.hoffmann", "tom.fischer", "david.schmid"];
        world.check_collections(CheckOutcome::Failed { detail: "4 of 9".to_owned(), failing_rows: Some(4) }).await;
        for (who, is_told) in everybody.into_iter().zip([true, true, false, false]) {
            let told = if is_told { vec!["/contracts/collections".to_owned()] } else { Vec::new() };
            assert_eq!(waits(who).await, told, "{who}");
        }
        world.check_collections(CheckOutcome::Passed { detail: "as promised".to_owned() }).await;
        for who in everybody {
            assert!(waits(who).await.is_empty(), "{who}: it holds again");
        }
    }

    async fn a_broken_contract_of_a_domain_without_people_is_never_told_to_nobody(world) {
        const BROKEN: &str = "The contract Collection cases is broken";
        let (paula, id) = (world.viewer("paula.brandt").await, "collections".into());
        let sees_to = async |who: &str| {
            let home = catalog::home(&call(&world.ctx, &world.viewer(who).await).await).await.expect("it opens");
            home.tasks.into_iter().find(|task| task.label.ends_with("is broken")).map(|task| (task.label, task.href))
        };
        contracts::subscribe(&call(&world.ctx, &paula).await, &id, "1.0.0".into(), "Monthly reports".into()).await.expect("open");
        let check = async |outcome: CheckOutcome| {
            world.lake.held().outcomes.insert("gold.collections".to_owned(), outcome);
            contracts::run_checks(&call(&world.ctx, &paula).await, &id).await.expect("she relies on it");
        };
        let failed = || CheckOutcome::Failed { detail: "4 of 9".to_owned(), failing_rows: Some(4) };
        let passed = || CheckOutcome::Passed { detail: "as promised".to_owned() };
        world.staff("controlling", &[]).await;
        check(failed()).await;
        assert_eq!(world.told("henrik.maas", BROKEN).await, 1, "a request would come to him");
        let seen = Some((BROKEN.to_owned(), "/contracts/collections".to_owned()));
        assert_eq!(sees_to("henrik.maas").await, seen);
        assert_eq!((world.told("sofia.lindqvist", BROKEN).await, sees_to("sofia.lindqvist").await), (0, None));
        check(passed()).await;
        world.staff("group", &[]).await;
        check(failed()).await;
        assert_eq!(world.told("sofia.lindqvist", BROKEN).await, 1, "nobody else is left");
        assert_eq!(sees_to("sofia.lindqvist").await, seen);
        check(passed()).await;
        let product = text_of("products/collections.odps.yaml").replacen("value: open", "value: private", 1);
        world.import(vec![file("p.odps.yaml", &product)]).await;
        world.lake.held().outcomes.insert("gold.collections".to_owned(), failed());
        world.travel(2);
        world.sweep().await;
        let hidden = "A contract of controlling is broken";
        assert_eq!(world.told("sofia.lindqvist", hidden).await, 1);
        assert_eq!(sees_to("sofia.lindqvist").await, Some((hidden.to_owned(), "/domains/controlling".to_owned())));
    }

    async fn who_answers_from_above_never_hears_what_came_out_of_restricted_data(world) {
        let check = async |outcome: CheckOutcome| {
            world.lake.held().outcomes.insert("silver.dim_customer".to_owned(), outcome);
            world.travel(2);
            world.sweep().await;
        };
        let failed = || CheckOutcome::Failed { detail: "1 row".to_owned(), failing_rows: Some(1) };
        let passed = || CheckOutcome::Passed { detail: String::new() };
        world.staff("central-data", &[]).await;
        check(failed()).await;
        check(passed()).await;
        world.staff("group", &[]).await;
        check(failed()).await;
        check(passed()).await;
        let own = "Give central-data an owner or a steward";
        for (who, what_to_do) in [("henrik.maas", "Ask an administrator to give"), ("sofia.lindqvist", own)] {
            let titles = world.inbox(who).await;
            let told = titles.iter().filter(|title| title.ends_with(" has new results")).count();
            assert_eq!(told, 2, "{who}, broken and kept again: {titles:?}");
            let his = format!("person = (SELECT id FROM person WHERE email = '{who}@nordkauf.example')");
            let bodies = format!(
                "SELECT COUNT(DISTINCT body) FROM notification WHERE {his} AND title LIKE '% has new results' \
                 AND href = '/domains/central-data' AND body LIKE '%{what_to_do}%'"
            );
            assert_eq!(world.number(&bodies).await, 1, "{who} reads the same whatever came out");
            let results = format!(
                "SELECT COUNT(*) FROM notification WHERE {his} AND (title LIKE '%is broken' \
                 OR title LIKE '%holds again' OR body LIKE '%Not kept: %' OR body LIKE '%Kept again: %')"
            );
            assert_eq!(world.number(&results).await, 0, "{who} reads none of it");
        }
    }

    async fn a_new_version_never_waits_a_day_for_its_checks(world) {
        world.sweep().await;
        assert!(world.contract("collections").await.summary.checked_at.is_some());
        let next = text_of(CONTRACT).replacen("version: 1.0.0", "version: 2.0.0", 1);
        world.import(vec![file("c.odcs.yaml", &next)]).await;
        assert_eq!(world.contract("collections").await.summary.checked_at, None);
        world.sweep().await;
        assert_eq!(world.contract("collections").await.summary.checked_at, Some(world.now()));
    }

    async fn a_withdrawn_contract_never_goes_on_promising(world) {
        world.lake.held().checked.clear();
        let text = text_of(CONTRACT).replacen("status: active", "status: retired", 1);
        world.import(vec![file("c.odcs.yaml", &text)]).await;
        world.sweep().await;
        assert!(!world.lake.held().checked.contains(&"gold.collections".to_owned()));
        let (tom, id) = (world.viewer("tom.fischer").await, "collections".into());
        assert!(contracts::run_checks(&call(&world.ctx, &tom).await, &id).await.is_err());
        assert!(contracts::subscribe(&call(&world.ctx, &tom).await, &id, "1.0.0".into(), "Monthly reports".into()).await.is_err());
        let page = world.contract("collections").await;
        assert!(!page.measured && !page.may_subscribe && page.summary.worst.is_none());
    }

    async fn an_unreadable_version_never_leaves_the_one_before_in_force(world) {
        let broken =
            "UPDATE contract_version SET document = 'kind: [' WHERE contract = 'fact-orders' AND version = '2.0.0'";
        assert_eq!(world.execute(broken).await.expect("it runs"), 1);
        let mut tx = world.ctx.db.write().await.expect("it can be written");
        let touched = [Touched::Contract("fact-orders".to_owned())];
        changes::touch(&mut tx, touched, world.now()).await.expect("it is noted");
        tx.commit_unrecorded("a test").await.expect("it lasts");
        let page = world.contract("fact-orders").await;
        assert!(!page.measured && !page.newest_measured && !page.may_subscribe && page.trend.is_empty());
        let why = page.summary.worst.expect("it says why");
        assert!(why.starts_with("Version 2.0.0 is the newest and cannot be read"), "{why}");
        let (tom, nadia) = (world.viewer("tom.fischer").await, world.viewer("nadia.rahimi").await);
        let (id, purpose) = (ContractId::from("fact-orders"), "Planning of purchases".to_owned());
        let checked = refusal(contracts::run_checks(&call(&world.ctx, &nadia).await, &id).await);
        let accepted =
            refusal(contracts::subscribe(&call(&world.ctx, &tom).await, &id, "1.3.0".to_owned(), purpose).await);
        assert_eq!((checked.kind, accepted.kind), (ErrorKind::Conflict, ErrorKind::Conflict));
        // Nor does anybody ask for access under its terms.
        let snapshot = world.ctx.snapshot().await.expect("it is read");
        let under = snapshot.contracts.get("fact-orders").expect("a version can be read");
        assert!(under.in_force().is_none());
        let product = snapshot.products_under(&under.id).next().expect("a product offers it");
        let port = product.ports.iter().find(|port| port.contract.as_deref() == Some("fact-orders"));
        let port = port.expect("its port is there").id.clone();
        let form = access::request_form(&call(&world.ctx, &world.viewer("paula.brandt").await).await, &port).await;
        let form = form.expect("she may ask");
        assert!(form.contract.is_none(), "{:?}", form.contract);
        let why = form.closed.expect("there is nothing to send");
        assert!(why.starts_with("Version 2.0.0 is the newest and cannot be read"), "{why}");
        let asked = refusal(world.ask("paula.brandt", port.as_str(), 30).await);
        assert_eq!(asked.kind, ErrorKind::Conflict, "{}", asked.message);
    }

    async fn what_is_never_checked_says_why(world) {
        let pavel = world.viewer("pavel.novotny").await;
        let page = contracts::contract(&call(&world.ctx, &pavel).await, &"recommendations-model".into(), None).await;
        let summary = page.expect("he sees it").summary;
        assert_eq!(summary.state, CheckState::Stated);
        let why = "Never checked: \"model.recommendations\" is a model; only Delta tables are measured.";
        assert_eq!(summary.worst.as_deref(), Some(why));
        let tom = call(&world.ctx, &world.viewer("tom.fischer").await).await;
        let page = contracts::contract(&tom, &"competitor-assistant".into(), None).await;
        let why = "Never checked: \"model.competitor_assistant\" is an app; only Delta tables are measured.";
        assert_eq!(page.expect("he sees it").summary.worst.as_deref(), Some(why));
    }

    async fn readers_never_take_what_is_stated_for_what_is_done(world) {
        let paula = world.viewer("paula.brandt").await;
        let page = contracts::contract(&call(&world.ctx, &paula).await, &"collections".into(), None).await;
        assert_eq!(
            page.expect("the product is open").not_carried_out,
            [
                "Dimensions of quality: accuracy, consistency, coverage. Nothing follows from them.",
                "Service levels: Kept for 6 years. Nothing here measures them.",
            ]
        );
        let text = "---\ntitle: Told\nowner: controlling\ndomain: controlling\nreads: [gold.collections]\nsubscribe:\n\
                    - {cron: \"0 7 1 * *\", as: recipient, attach: [csv]}\n---\n\n```sql rows\nSELECT id FROM \
                    gold.collections\n```\n\n```dataframe\n{data: rows, title: Rows}\n```\n\n```alert many\n{when: \
                    rows(rows) > 9, cron: \"0 7 * * *\", to: [group:controlling]}\n```\n";
        world.import(vec![file("dashboards/told.md", text)]).await;
        let view = dashboards::view(&call(&world.ctx, &paula).await, &"told".into(), Vec::new()).await.expect("it opens");
        assert_eq!(
            view.not_carried_out,
            ["Deliveries: 0 7 1 * *. They are not sent.", "Alerts: many. Nobody is told."]
        );
    }
}
