//! Relying on a contract.

use lakeport_frame::CheckOutcome;
use lakeport_model::ContractId;
use lakeport_model::catalog::Classification;
use lakeport_model::contracts::CheckState;
use lakeport_portal::{ErrorKind, catalog, contracts};

use crate::world::{call, file, mesh, on_both, refusal};

/// A file of the demo.
pub(crate) fn text_of(path: &str) -> String {
    mesh().into_iter().find(|file| file.path == path).expect("it is there").text
}

on_both! { demo =>
    async fn a_subscription_is_to_the_version_in_force(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "fact-orders".into();
        let subscribe = async |version: &str, purpose: &str| {
            contracts::subscribe(&call(&world.ctx, &paula).await, &id, version.to_owned(), purpose.to_owned()).await
        };
        assert_eq!(refusal(subscribe("1.3.0", "Planning of purchases").await).kind, ErrorKind::Conflict);
        for nothing_said in [" ", "x", "x . . . . . . . . . ."] {
            assert_eq!(refusal(subscribe("2.0.0", nothing_said).await).field, Some("purpose"));
        }
        subscribe("2.0.0", "Planning of purchases").await.expect("the newest");
        assert_eq!(refusal(subscribe("2.0.0", "Planning of purchases").await).kind, ErrorKind::Conflict);
        let page = contracts::contract(&call(&world.ctx, &paula).await, &id, None).await.expect("it opens");
        let held = page.subscription.expect("it is hers");
        assert_eq!(
            (held.version.as_str(), page.subscribers, page.may_subscribe, page.may_check),
            ("2.0.0", 1, false, true)
        );
        let erik = world.viewer("erik.sander").await;
        assert_eq!(
            refusal(contracts::unsubscribe(&call(&world.ctx, &erik).await, held.id).await).kind,
            ErrorKind::NotFound
        );
        contracts::unsubscribe(&call(&world.ctx, &paula).await, held.id).await.expect("her own");
        assert_eq!(
            refusal(contracts::unsubscribe(&call(&world.ctx, &paula).await, held.id).await).kind,
            ErrorKind::NotFound
        );
        let page = contracts::contract(&call(&world.ctx, &paula).await, &id, None).await.expect("it opens");
        assert!(page.subscription.is_none() && page.may_subscribe && !page.may_check);
    }

    async fn a_new_version_asks_to_accept_again(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "collections".into();
        contracts::subscribe(&call(&world.ctx, &paula).await, &id, "1.0.0".to_owned(), "Planning of purchases".to_owned())
            .await
            .expect("it is in force");
        let text = text_of("contracts/collections.odcs.yaml");
        world.import(vec![file("c.odcs.yaml", &text.replace("version: 1.0.0", "version: 2.0.0"))]).await;
        let page = contracts::contract(&call(&world.ctx, &paula).await, &id, None).await.expect("it opens");
        assert!(page.may_subscribe && page.subscription.is_some_and(|held| held.version == "1.0.0"));
        contracts::subscribe(&call(&world.ctx, &paula).await, &id, "2.0.0".to_owned(), "Planning of purchases".to_owned())
            .await
            .expect("she accepts");
        let page = contracts::contract(&call(&world.ctx, &paula).await, &id, None).await.expect("it opens");
        assert_eq!(
            (page.subscribers, page.subscription.map(|held| held.version)),
            (1, Some("2.0.0".to_owned()))
        );
    }

    async fn differences_are_told_with_their_weight(world) {
        let paula = world.viewer("paula.brandt").await;
        let orders = "fact-orders".into();
        let open = async |version| contracts::contract(&call(&world.ctx, &paula).await, &orders, version).await;
        let page = open(None).await.expect("it opens");
        let [newest, oldest] = &page.versions[..] else { panic!("two versions") };
        assert!(oldest.changes.is_empty());
        assert!(newest.changes.iter().any(|change| change.breaking), "a major version breaks something");
        assert_eq!(refusal(open(Some("9.9.9".to_owned())).await).kind, ErrorKind::NotFound);
    }

    async fn an_old_version_never_takes_the_state_of_the_newest(world) {
        let tom = world.viewer("tom.fischer").await;
        let (orders, collections) = (ContractId::from("fact-orders"), ContractId::from("collections"));
        let nadia = world.viewer("nadia.rahimi").await;
        contracts::run_checks(&call(&world.ctx, &nadia).await, &orders).await.expect("her own domain");
        let open = async |id: &ContractId, version: Option<&str>| {
            contracts::contract(&call(&world.ctx, &tom).await, id, version.map(str::to_owned)).await.expect("he sees it")
        };
        let newest = open(&orders, None).await;
        assert!(newest.summary.status == "active" && newest.last_run.is_some() && newest.last_day.is_none());
        assert_eq!(newest.replaced_by, None);
        let old = open(&orders, Some("1.3.0")).await;
        assert_eq!((old.summary.status.as_str(), old.summary.state), ("deprecated", CheckState::Stated));
        assert!(old.last_run.is_none() && old.trend.is_empty() && !old.measured, "its checks never ran");
        assert_eq!(old.summary.version, "2.0.0", "the way to the newest");
        assert_eq!(old.replaced_by.as_deref(), Some("2.0.0"));
        let end = "2026-12-31".parse().expect("a day");
        assert_eq!(old.last_day, Some((end, false)));
        world.travel(33);
        assert_eq!(open(&orders, Some("1.3.0")).await.last_day, Some((end, true)), "it has ended");
        // What was found while it was in force stays its own.
        let broken = CheckOutcome::Failed { detail: "12 of 99 rows".to_owned(), failing_rows: Some(12) };
        world.lake.held().outcomes.insert("gold.collections".to_owned(), broken);
        contracts::run_checks(&call(&world.ctx, &tom).await, &collections).await.expect("his own domain");
        let text = text_of("contracts/collections.odcs.yaml");
        world.import(vec![file("c.odcs.yaml", &text.replace("version: 1.0.0", "version: 2.0.0"))]).await;
        world.lake.held().outcomes.clear();
        contracts::run_checks(&call(&world.ctx, &tom).await, &collections).await.expect("his own domain");
        assert_eq!(open(&collections, None).await.summary.state, CheckState::Kept);
        let old = open(&collections, Some("1.0.0")).await;
        assert_eq!((old.summary.state, old.summary.worst), (CheckState::Broken, None), "nothing is wrong today");
        assert_eq!(old.last_run.map(|run| run.state), Some(CheckState::Broken));
        let draft = text.replacen("version: 1.0.0", "version: 3.0.0", 1).replacen("status: active", "status: draft", 1);
        world.import(vec![file("c.odcs.yaml", &draft)]).await;
        assert_eq!(open(&collections, Some("3.0.0")).await.replaced_by, None, "a draft is before its time");
    }

    async fn strangers_do_not_start_checks(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "collections".into();
        let refused = contracts::run_checks(&call(&world.ctx, &paula).await, &id).await;
        assert_eq!(refusal(refused).kind, ErrorKind::Forbidden);
        assert!(world.lake.held().checked.is_empty());
        contracts::subscribe(&call(&world.ctx, &paula).await, &id, "1.0.0".to_owned(), "Planning of purchases".to_owned())
            .await
            .expect("it is in force");
        contracts::run_checks(&call(&world.ctx, &paula).await, &id).await.expect("subscribers may");
        assert_eq!(world.lake.held().checked, ["gold.collections"]);
    }

    async fn figures_of_checks_never_reach_people_without_the_data(world) {
        let id = "collections".into();
        let broken = CheckOutcome::Failed { detail: "The rule gives 12; allowed is 0.".to_owned(), failing_rows: Some(4) };
        world.lake.held().outcomes.insert("gold.collections".to_owned(), broken);
        contracts::run_checks(&call(&world.ctx, &world.viewer("tom.fischer").await).await, &id).await.expect("his own domain");
        let page = async |who: &str| {
            let viewer = world.viewer(who).await;
            contracts::contract(&call(&world.ctx, &viewer).await, &id, None).await.expect("the product is open")
        };
        let (own, others) = (page("tom.fischer").await, page("paula.brandt").await);
        assert!(!own.figures_hidden && others.figures_hidden);
        let figures = |page: &lakeport_model::contracts::ContractPage| {
            page.last_run.as_ref().expect("it ran").results.iter().filter(|line| line.detail.contains("12")).count()
        };
        assert!(figures(&own) > 0);
        assert_eq!(figures(&others), 0);
        assert_eq!(others.summary.state, CheckState::Broken, "the state is for everybody");
        assert!(!others.summary.worst.expect("a promise is broken").contains("12"));
        contracts::subscribe(&call(&world.ctx, &world.viewer("paula.brandt").await).await, &id, "1.0.0".into(), "Planning of purchases".into())
            .await
            .expect("she relies on it");
        let run = contracts::run_checks(&call(&world.ctx, &world.viewer("paula.brandt").await).await, &id).await;
        assert!(run.expect("subscribers may").results.iter().all(|line| !line.detail.contains("12")));
        world.granted("paula.brandt", "collections/cases", 30, &["aylin.demir"]).await;
        let granted = page("paula.brandt").await;
        assert!(figures(&granted) > 0 && !granted.figures_hidden, "she reads the data now");
    }

    async fn a_call_that_waited_is_never_told_figures_of_what_its_reader_lost(world) {
        let id = "collections".into();
        let failed =
            CheckOutcome::Failed { detail: "The rule gives 12; allowed is 0.".to_owned(), failing_rows: Some(4) };
        world.lake.held().outcomes.insert("gold.collections".to_owned(), failed);
        let tom = world.viewer("tom.fischer").await;
        contracts::run_checks(&call(&world.ctx, &tom).await, &id).await.expect("his own domain");
        world.granted("paula.brandt", "collections/cases", 30, &["aylin.demir"]).await;
        let paula = call(&world.ctx, &world.viewer("paula.brandt").await).await;
        let page = contracts::contract(&paula, &id, None).await.expect("it is open");
        assert!(!page.figures_hidden, "she reads the data");
        world.travel(31);
        let page = contracts::contract(&paula, &id, None).await.expect("it is open");
        assert!(page.figures_hidden, "her access ended while the call waited");
    }

    async fn a_product_never_hides_that_what_it_is_made_from_is_broken(world) {
        let made_from = async |who: &str| {
            let viewer = world.viewer(who).await;
            let page = catalog::product(&call(&world.ctx, &viewer).await, &"collections".into()).await.expect("it is open");
            page.broken_inputs.into_iter().map(|input| input.asset.id.to_string()).collect::<Vec<_>>()
        };
        assert!(made_from("paula.brandt").await.is_empty());
        let broken = CheckOutcome::Failed { detail: "4 of 9".to_owned(), failing_rows: Some(4) };
        world.lake.held().outcomes.insert("silver.fact_payments".to_owned(), broken);
        contracts::run_checks(&call(&world.ctx, &world.viewer("david.schmid").await).await, &"fact-payments".into())
            .await
            .expect("his own domain");
        assert_eq!(made_from("paula.brandt").await, ["silver.fact_payments"]);
    }

    async fn a_product_never_speaks_of_all_its_sources_where_only_the_nearest_were_looked_at(world) {
        let looked_at = async || {
            let viewer = world.viewer("paula.brandt").await;
            let page = catalog::product(&call(&world.ctx, &viewer).await, &"collections".into()).await.expect("it is open");
            page.nearest_sources
        };
        assert_eq!(looked_at().await, None, "there are few");
        let names: Vec<String> = (0..105).map(|number| format!("gold.n{number}")).collect();
        let assets = names.iter().map(|name| format!("- {{id: {name}, kind: table, description: One of many}}\n"));
        let assets = assets.collect::<Vec<_>>().concat();
        let assets = format!(
            "apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: lakehouse\nassets:\n{assets}"
        );
        let ports = names.iter().map(|name| {
            format!(
                "- name: {name}\n  version: 1.0.0\n  contractId: many\n  customProperties:\n  \
                 - {{property: lakeport.asset, value: {name}}}\n"
            )
        });
        let ports = ports.collect::<Vec<_>>().concat();
        let product = format!(
            "apiVersion: v1.0.0\nkind: DataProduct\nid: many\nname: Many\nversion: 1.0.0\nstatus: active\n\
             domain: finance\noutputPorts:\n{ports}"
        );
        let contract = "apiVersion: v3.2.0\nkind: DataContract\nid: many\nversion: 1.0.0\nstatus: active\ndomain: \
                        finance\nschema:\n- name: n0\n  physicalName: gold.n0\n";
        world
            .import(vec![
                file("many.yaml", &assets),
                file("products/many.odps.yaml", &product),
                file("many.odcs.yaml", contract),
            ])
            .await;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        world.take(&crate::lineage::event("2026-11-03T05:00:00Z", "many", &names, "gold.collections", &[])).await;
        let nearest = looked_at().await.expect("there are more than are looked at");
        assert_eq!(nearest.looked_at, 100);
        assert!(nearest.of.expect("they can be counted") >= 105, "{nearest:?}");
    }

    async fn a_rule_that_warns_never_makes_a_contract_broken(world) {
        let text = "apiVersion: v3.2.0\nkind: DataContract\nid: w\nversion: 1.0.0\nstatus: active\ndomain: \
                    controlling\nschema:\n- name: cases\n  physicalName: gold.collections\n  quality:\n  - {metric: \
                    rowCount, mustBeGreaterThan: 3, severity: warning}\n";
        world.import(vec![file("w.odcs.yaml", text)]).await;
        let failed = CheckOutcome::Failed { detail: "1 row".to_owned(), failing_rows: None };
        world.lake.held().outcomes.insert("gold.collections".to_owned(), failed);
        let tom = world.viewer("tom.fischer").await;
        let run = contracts::run_checks(&call(&world.ctx, &tom).await, &"w".into()).await.expect("his own domain");
        assert_eq!(run.state, CheckState::Warned);
        assert_eq!(world.told("aylin.demir", "The contract").await, 0);
    }

    async fn the_demos_terms_never_name_another_review_than_its_policy(world) {
        let days = world.ctx.settings.policies.of(Classification::Restricted).review_days;
        for path in ["contracts/dim-customer.odcs.yaml", "products/customers.odps.yaml"] {
            let text = text_of(path).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(&format!("is reviewed every {days} days.")), "{path}");
        }
    }
}
