//! Relying on a contract.

use lakeport_frame::CheckOutcome;
use lakeport_model::audit::{AuditFilter, AuditPlace};
use lakeport_model::catalog::Classification;
use lakeport_model::contracts::CheckState;
use lakeport_model::{ContractId, PageRequest};
use lakeport_portal::{Actor, RefusalKind, access, audit, catalog, contracts, notify};

use crate::world::{file, mesh, on_both, refusal};

/// A file of the demo.
fn text_of(path: &str) -> String {
    mesh().into_iter().find(|file| file.path == path).expect("it is there").text
}

on_both! { demo =>
    async fn a_subscription_is_to_the_version_in_force(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "fact-orders".into();
        let subscribe = |version: &str, purpose: &str| {
            contracts::subscribe(&world.ctx, &paula, &id, version.to_owned(), purpose.to_owned())
        };
        assert_eq!(refusal(subscribe("1.3.0", "Planning of purchases").await).kind, RefusalKind::Conflict);
        for nothing_said in [" ", "x", "x . . . . . . . . . ."] {
            assert_eq!(refusal(subscribe("2.0.0", nothing_said).await).field, Some("purpose"));
        }
        subscribe("2.0.0", "Planning of purchases").await.expect("the newest");
        assert_eq!(refusal(subscribe("2.0.0", "Planning of purchases").await).kind, RefusalKind::Conflict);
        let page = contracts::contract(&world.ctx, &paula, &id, None).await.expect("it opens");
        let held = page.subscription.expect("it is hers");
        assert_eq!(
            (held.version.as_str(), page.subscribers, page.may_subscribe, page.may_check),
            ("2.0.0", 1, false, true)
        );
        let erik = world.viewer("erik.sander").await;
        assert_eq!(
            refusal(contracts::unsubscribe(&world.ctx, &erik, held.id).await).kind,
            RefusalKind::NotFound
        );
        contracts::unsubscribe(&world.ctx, &paula, held.id).await.expect("her own");
        assert_eq!(
            refusal(contracts::unsubscribe(&world.ctx, &paula, held.id).await).kind,
            RefusalKind::NotFound
        );
        let page = contracts::contract(&world.ctx, &paula, &id, None).await.expect("it opens");
        assert!(page.subscription.is_none() && page.may_subscribe && !page.may_check);
    }

    async fn a_new_version_asks_to_accept_again(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "collections".into();
        contracts::subscribe(&world.ctx, &paula, &id, "1.0.0".to_owned(), "Planning of purchases".to_owned())
            .await
            .expect("it is in force");
        let text = text_of("contracts/collections.odcs.yaml");
        world.import(vec![file("c.odcs.yaml", &text.replace("version: 1.0.0", "version: 2.0.0"))]).await;
        let page = contracts::contract(&world.ctx, &paula, &id, None).await.expect("it opens");
        assert!(page.may_subscribe && page.subscription.is_some_and(|held| held.version == "1.0.0"));
        contracts::subscribe(&world.ctx, &paula, &id, "2.0.0".to_owned(), "Planning of purchases".to_owned())
            .await
            .expect("she accepts");
        let page = contracts::contract(&world.ctx, &paula, &id, None).await.expect("it opens");
        assert_eq!(
            (page.subscribers, page.subscription.map(|held| held.version)),
            (1, Some("2.0.0".to_owned()))
        );
    }

    async fn differences_are_told_with_their_weight(world) {
        let paula = world.viewer("paula.brandt").await;
        let orders = "fact-orders".into();
        let open = |version| contracts::contract(&world.ctx, &paula, &orders, version);
        let page = open(None).await.expect("it opens");
        let [newest, oldest] = &page.versions[..] else { panic!("two versions") };
        assert!(oldest.changes.is_empty());
        assert!(newest.changes.iter().any(|change| change.breaking), "a major version breaks something");
        assert_eq!(refusal(open(Some("9.9.9".to_owned())).await).kind, RefusalKind::NotFound);
    }

    async fn an_old_version_never_takes_the_state_of_the_newest(world) {
        let tom = world.viewer("tom.fischer").await;
        let (orders, collections) = (ContractId::from("fact-orders"), ContractId::from("collections"));
        let nadia = world.viewer("nadia.rahimi").await;
        contracts::run_checks(&world.ctx, &nadia, &orders).await.expect("her own domain");
        let open = async |id: &ContractId, version: Option<&str>| {
            contracts::contract(&world.ctx, &tom, id, version.map(str::to_owned)).await.expect("he sees it")
        };
        let newest = open(&orders, None).await;
        assert!(newest.summary.status == "active" && newest.last_run.is_some() && newest.last_day.is_none());
        let old = open(&orders, Some("1.3.0")).await;
        assert_eq!((old.summary.status.as_str(), old.summary.state), ("deprecated", CheckState::Stated));
        assert!(old.last_run.is_none() && old.trend.is_empty() && !old.measured, "its checks never ran");
        assert_eq!(old.summary.version, "2.0.0", "the way to the newest");
        let end = "2026-12-31".parse().expect("a day");
        assert_eq!(old.last_day, Some((end, false)));
        world.travel(33);
        assert_eq!(open(&orders, Some("1.3.0")).await.last_day, Some((end, true)), "it has ended");
        // What was found while it was in force stays its own.
        let broken = CheckOutcome::Failed { detail: "12 of 99 rows".to_owned(), failing_rows: Some(12) };
        world.lake.held().outcomes.insert("gold.collections".to_owned(), broken);
        contracts::run_checks(&world.ctx, &tom, &collections).await.expect("his own domain");
        let text = text_of("contracts/collections.odcs.yaml");
        world.import(vec![file("c.odcs.yaml", &text.replace("version: 1.0.0", "version: 2.0.0"))]).await;
        world.lake.held().outcomes.clear();
        contracts::run_checks(&world.ctx, &tom, &collections).await.expect("his own domain");
        assert_eq!(open(&collections, None).await.summary.state, CheckState::Kept);
        let old = open(&collections, Some("1.0.0")).await;
        assert_eq!(old.summary.state, CheckState::Broken);
        assert_eq!(old.last_run.map(|run| run.state), Some(CheckState::Broken));
    }

    async fn strangers_do_not_start_checks(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "collections".into();
        let refused = contracts::run_checks(&world.ctx, &paula, &id).await;
        assert_eq!(refusal(refused).kind, RefusalKind::Forbidden);
        assert!(world.lake.held().checked.is_empty());
        contracts::subscribe(&world.ctx, &paula, &id, "1.0.0".to_owned(), "Planning of purchases".to_owned())
            .await
            .expect("it is in force");
        contracts::run_checks(&world.ctx, &paula, &id).await.expect("subscribers may");
        assert_eq!(world.lake.held().checked, ["gold.collections"]);
    }
}

/// A contract that asks a table of the central data team about the people in it.
fn peek(domain: &str) -> String {
    format!(
        "apiVersion: v3.2.0\nkind: DataContract\nid: peek\nversion: 1.0.0\nstatus: active\n{domain}schema:\n- name: x\n  \
         physicalName: silver.dim_customer\n  quality:\n  - type: sql\n    query: SELECT max(length(email)) FROM \
         ${{table}}\n    mustBe: -1\n"
    )
}

on_both! { demo =>
    async fn a_contract_never_asks_a_table_of_another_domain(world) {
        for domain in ["", "domain: purchase\n"] {
            let files = vec![file("peek.odcs.yaml", &peek(domain))];
            let refused = catalog::import(&world.ctx, &Actor::System("test"), files, false).await;
            let told = refused.expect_err("it is another domain's table").to_string();
            let line = if domain.is_empty() { 8 } else { 9 };
            assert!(
                told.starts_with(&format!("peek.odcs.yaml:{line}:3: schema[0].physicalName: \"silver.dim_customer\"")),
                "{told}"
            );
        }
        // The table went to another domain behind the portal's back: the contract is there, and its rules do not run.
        let early = peek("domain: central-data\n").replace("silver.dim_customer", "silver.later");
        world.import(vec![file("peek.odcs.yaml", &early)]).await;
        world.classify("silver.later", "central-data", "restricted").await;
        let moved = "UPDATE asset SET domain = 'purchase' WHERE id = 'silver.later'";
        world.execute(moved).await.expect("it runs");
        let ctx = world.replica(world.clock.clone(), crate::world::settings()).await;
        let david = world.viewer("david.schmid").await;
        let run = contracts::run_checks(&ctx, &david, &"peek".into()).await.expect("it ends");
        assert!(run.results.iter().all(|line| line.state == CheckState::Unchecked), "{run:?}");
        assert!(world.lake.held().checked.is_empty());
    }

    async fn what_was_accepted_can_always_be_imported_again(world) {
        let early = peek("domain: central-data\n").replace("silver.dim_customer", "silver.later");
        world.import(vec![file("peek.odcs.yaml", &early)]).await;
        let later = |domain: &str| {
            let text = format!(
                "apiVersion: lakeport/v1\nkind: Assets\nnamespace: lakehouse\ndomain: {domain}\nassets:\n\
                 - {{id: silver.later, kind: table, description: Late, location: silver/later}}\n"
            );
            file("later.yaml", &text)
        };
        let (ctx, test) = (&world.ctx, Actor::System("test"));
        let refused = catalog::import(ctx, &test, vec![later("purchase")], false).await;
        let told = refused.expect_err("a contract of others is about it").to_string();
        assert!(told.starts_with("Contract peek 1.0.0 of domain \"central-data\" is about \"silver.later\""), "{told}");
        // With a version that is about its own data, the table may come; what is old is never measured.
        let next = peek("domain: central-data\n").replace("version: 1.0.0", "version: 2.0.0");
        world.import(vec![later("purchase"), file("peek2.odcs.yaml", &next)]).await;
        let export = catalog::export(ctx).await.expect("the catalog can be exported");
        let again = catalog::import(ctx, &test, export, true).await.expect("it was accepted before");
        assert_eq!((again.created, again.changed), (Vec::new(), Vec::new()));
    }

    async fn a_contract_of_no_product_never_leaves_its_domain(world) {
        world.import(vec![file("peek.odcs.yaml", &peek("domain: central-data\n"))]).await;
        let open = async |who: &str| {
            contracts::contract(&world.ctx, &world.viewer(who).await, &"peek".into(), None).await
        };
        assert_eq!(refusal(open("paula.brandt").await).kind, RefusalKind::NotFound);
        open("david.schmid").await.expect("it is his domain's");
    }

    async fn a_product_never_shows_the_contract_of_another_domain(world) {
        let product = |id: &str, domain: &str, visibility: &str, contract: &str| {
            let text = format!(
                "apiVersion: v1.0.0\nkind: DataProduct\nid: {id}\nname: {id}\nversion: 1.0.0\nstatus: active\n\
                 domain: {domain}\ncustomProperties:\n- {{property: visibility, value: {visibility}}}\noutputPorts:\n\
                 - name: all\n  version: 1.0.0\n  contractId: {contract}\n"
            );
            file(&format!("{id}.odps.yaml"), &text)
        };
        // One contract says whose it is, the other leaves it to the private product that offers it.
        let silent = "apiVersion: v3.2.0\nkind: DataContract\nid: silent\nversion: 1.0.0\nstatus: active\n";
        let private = product("quiet", "controlling", "private", "silent");
        world.import(vec![file("silent.odcs.yaml", silent), private]).await;
        let window = |contract: &str| vec![product("a-window", "marketing", "open", contract)];
        for (contract, whose) in [
            ("receivables-ageing", "belongs to domain \"controlling\""),
            ("silent", "says no domain, and products of several domains offer it"),
        ] {
            let refused = catalog::import(&world.ctx, &Actor::System("test"), window(contract), false).await;
            let told = refused.expect_err("it is another domain's contract").to_string();
            let start = format!("a-window.odps.yaml:13:3: outputPorts[0].contractId: Contract \"{contract}\" {whose}");
            assert!(told.starts_with(&start), "{told}");
        }
        // A port that an older version of the portal took shows nothing either.
        world.import(window("nothing-yet")).await;
        let paula = world.viewer("paula.brandt").await;
        for (before, contract) in [("nothing-yet", "receivables-ageing"), ("receivables-ageing", "silent")] {
            let sql = format!(
                "UPDATE product SET document = replace(document, '{before}', '{contract}') WHERE id = 'a-window'"
            );
            assert_eq!(world.execute(&sql).await.expect("it runs"), 1);
            let ctx = world.replica(world.clock.clone(), crate::world::settings()).await;
            let id = ContractId::from(contract);
            let opened = contracts::contract(&ctx, &paula, &id, None).await;
            assert_eq!(refusal(opened).kind, RefusalKind::NotFound, "{contract}");
            let relied = contracts::subscribe(&ctx, &paula, &id, "1.0.0".into(), "Planning of purchases".into()).await;
            assert_eq!(refusal(relied).kind, RefusalKind::NotFound, "{contract}");
            let page = catalog::product(&ctx, &paula, &"a-window".into()).await.expect("it is open");
            assert!(page.output_ports.iter().all(|port| port.contract.is_none()), "{contract}");
            let form = access::request_form(&ctx, &paula, &"a-window/all".into()).await.expect("she may ask");
            assert!(form.contract.is_none() && form.terms.is_empty(), "{contract}");
        }
    }

    async fn figures_of_checks_never_reach_people_without_the_data(world) {
        let id = "collections".into();
        let broken = CheckOutcome::Failed { detail: "The rule gives 12; allowed is 0.".to_owned(), failing_rows: Some(4) };
        world.lake.held().outcomes.insert("gold.collections".to_owned(), broken);
        contracts::run_checks(&world.ctx, &world.viewer("tom.fischer").await, &id).await.expect("his own domain");
        let page = async |who: &str| {
            let viewer = world.viewer(who).await;
            contracts::contract(&world.ctx, &viewer, &id, None).await.expect("the product is open")
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
        contracts::subscribe(&world.ctx, &world.viewer("paula.brandt").await, &id, "1.0.0".into(), "Planning of purchases".into())
            .await
            .expect("she relies on it");
        let run = contracts::run_checks(&world.ctx, &world.viewer("paula.brandt").await, &id).await;
        assert!(run.expect("subscribers may").results.iter().all(|line| !line.detail.contains("12")));
        world.granted("paula.brandt", "collections/cases", 30, &["aylin.demir"]).await;
        let granted = page("paula.brandt").await;
        assert!(figures(&granted) > 0 && !granted.figures_hidden, "she reads the data now");
    }

    async fn a_product_never_hides_that_what_it_is_made_from_is_broken(world) {
        let made_from = async |who: &str| {
            let viewer = world.viewer(who).await;
            let page = catalog::product(&world.ctx, &viewer, &"collections".into()).await.expect("it is open");
            page.broken_inputs.into_iter().map(|input| input.asset.id.to_string()).collect::<Vec<_>>()
        };
        assert!(made_from("paula.brandt").await.is_empty());
        let broken = CheckOutcome::Failed { detail: "4 of 9".to_owned(), failing_rows: Some(4) };
        world.lake.held().outcomes.insert("silver.fact_payments".to_owned(), broken);
        contracts::run_checks(&world.ctx, &world.viewer("david.schmid").await, &"fact-payments".into())
            .await
            .expect("his own domain");
        assert_eq!(made_from("paula.brandt").await, ["silver.fact_payments"]);
    }

    async fn a_product_never_speaks_of_all_its_sources_where_only_the_nearest_were_looked_at(world) {
        let looked_at = async || {
            let viewer = world.viewer("paula.brandt").await;
            let page = catalog::product(&world.ctx, &viewer, &"collections".into()).await.expect("it is open");
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
        let run = contracts::run_checks(&world.ctx, &tom, &"w".into()).await.expect("his own domain");
        assert_eq!(run.state, CheckState::Warned);
        assert_eq!(world.told("aylin.demir", "The contract").await, 0);
    }

    async fn the_people_who_answer_for_a_contract_never_learn_last_that_it_broke(world) {
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let id = "collections".into();
        for (who, purpose) in [("paula.brandt", "Planning of purchases"), ("aylin.demir", "My own reports")] {
            let viewer = world.viewer(who).await;
            contracts::subscribe(&world.ctx, &viewer, &id, "1.0.0".into(), purpose.into()).await.expect("it is open");
        }
        let broken = CheckOutcome::Failed { detail: "12 of 99 rows".to_owned(), failing_rows: Some(12) };
        world.lake.held().outcomes.insert("gold.collections".to_owned(), broken);
        contracts::run_checks(&world.ctx, &tom, &id).await.expect("his own domain");
        let newest = async |who: &str| {
            let viewer = world.viewer(who).await;
            let page = notify::inbox(&world.ctx, &viewer, PageRequest { after: None, limit: 5 }).await;
            page.expect("the inbox opens").items.into_iter().next().expect("something was told")
        };
        for who in ["aylin.demir", "ines.hoffmann"] {
            let told = newest(who).await;
            assert_eq!(told.title, "Your contract Collection cases is broken", "{who}");
            assert_eq!(told.href, "/contracts/collections");
            assert!(told.body.ends_with("\n2 people rely on it.") && !told.body.contains("12"), "{}", told.body);
        }
        assert_eq!(newest("paula.brandt").await.title, "The contract Collection cases is broken");
        assert_eq!(world.told("aylin.demir", "The contract").await, 0, "nobody is told twice");
        assert_eq!(world.told("tom.fischer", "Your contract").await, 0, "a member answers for nothing");
        world.lake.held().outcomes.clear();
        contracts::run_checks(&world.ctx, &paula, &id).await.expect("she relies on it");
        assert_eq!(newest("aylin.demir").await.title, "Your contract Collection cases holds again");
        let told = newest("paula.brandt").await;
        assert_eq!(told.title, "The contract Collection cases holds again");
        assert!(told.body.lines().all(|line| line.starts_with("Kept again: ")), "{}", told.body);
        assert_eq!(world.told("aylin.demir", "Your contract").await, 2);
    }

    async fn subscribers_never_miss_a_new_version(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "collections".into();
        contracts::subscribe(&world.ctx, &paula, &id, "1.0.0".into(), "Planning of purchases".into()).await.expect("it is open");
        let before = text_of("contracts/collections.odcs.yaml");
        let version = |number: &str, change: &dyn Fn(String) -> String| {
            vec![file("c.odcs.yaml", &change(before.replacen("version: 1.0.0", &format!("version: {number}"), 1)))]
        };
        let told = async || world.told("paula.brandt", "The contract Collection cases has a new version").await;
        let newest = async || {
            let page = notify::inbox(&world.ctx, &paula, PageRequest { after: None, limit: 5 }).await;
            page.expect("the inbox opens").items.into_iter().next().expect("something was told")
        };
        world.import(version("2.0.0", &|text| text.replacen("status: active", "status: draft", 1))).await;
        assert_eq!(told().await, 0, "a draft is not in force");
        let level = "slaProperties:\n  - property: availability\n    value: 99\n    unit: percent\n";
        let firmer = |text: String| text.replacen("slaProperties:\n", level, 1);
        world.import(version("1.1.0", &firmer)).await;
        assert_eq!(told().await, 1);
        let message = newest().await;
        assert_eq!(message.title, "The contract Collection cases has a new version: 1.1.0");
        assert_eq!(message.href, "/contracts/collections");
        assert!(message.body.contains("Compatible: ") && message.body.contains("Available 99 %"), "{}", message.body);
        world.import(version("1.1.0", &firmer)).await;
        assert_eq!(told().await, 1, "the same import tells nothing new");
        let column = |text: String| text.replace("name: collected_eur", "name: left_to_pay_eur");
        world.import(version("3.0.0", &column)).await;
        let message = newest().await;
        assert!(message.title.ends_with(": 3.0.0, which breaks promises"), "{}", message.title);
        assert!(message.body.contains("Breaking: The column \"collected_eur\" was removed."), "{}", message.body);
        assert!(message.unread);
        contracts::subscribe(&world.ctx, &paula, &id, "3.0.0".into(), "Planning of purchases".into()).await.expect("it is open");
        assert!(!newest().await.unread, "accepting the version settles what was said about it");
        assert_eq!(world.told("aylin.demir", "The contract").await, 0, "who accepted nothing misses nothing");
    }

    async fn subscribers_are_never_asked_to_accept_what_is_withdrawn(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "collections".into();
        contracts::subscribe(&world.ctx, &paula, &id, "1.0.0".into(), "Planning of purchases".into()).await.expect("it is open");
        let before = text_of("contracts/collections.odcs.yaml");
        let retired = before.replacen("status: active", "status: retired", 1);
        let told = async |what: &str| {
            world.told("paula.brandt", &format!("The contract Collection cases {what}")).await
        };
        world.import(vec![file("c.odcs.yaml", &retired)]).await;
        assert_eq!(told("is withdrawn").await, 1, "under its old number, too");
        let inbox = notify::inbox(&world.ctx, &paula, PageRequest::default()).await.expect("it opens").items;
        assert_eq!(
            inbox[0].body,
            "It promises nothing any more.\nYou accepted version 1.0.0; you can end your subscription."
        );
        world.import(vec![file("c.odcs.yaml", &retired)]).await;
        assert_eq!(told("is withdrawn").await, 1, "the same import tells nothing new");
        world.import(vec![file("c.odcs.yaml", &before)]).await;
        assert_eq!(told("is in force again: 1.0.0").await, 1);
        let next = retired.replacen("version: 1.0.0", "version: 2.0.0", 1);
        world.import(vec![file("c.odcs.yaml", &next)]).await;
        assert_eq!((told("is withdrawn").await, told("has a new version").await), (2, 0));
        let refused = contracts::subscribe(&world.ctx, &paula, &id, "2.0.0".into(), "Planning of purchases".into()).await;
        assert_eq!(refusal(refused).kind, RefusalKind::Conflict);
    }

    async fn a_steward_never_misses_what_happens_to_the_contracts_of_his_domain(world) {
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let id = "collections".into();
        assert!(contracts::run_checks(&world.ctx, &paula, &id).await.is_err(), "she does not rely on it yet");
        contracts::subscribe(&world.ctx, &paula, &id, "1.0.0".into(), "Planning of purchases".into()).await.expect("it is open");
        let broken = CheckOutcome::Failed { detail: "12 of 99 rows".to_owned(), failing_rows: Some(12) };
        world.lake.held().outcomes.insert("gold.collections".to_owned(), broken);
        contracts::run_checks(&world.ctx, &tom, &id).await.expect("his own domain");
        world.lake.held().outcomes.clear();
        contracts::run_checks(&world.ctx, &tom, &id).await.expect("his own domain");
        let text = text_of("contracts/collections.odcs.yaml").replacen("version: 1.0.0", "version: 2.0.0", 1);
        world.import(vec![file("c.odcs.yaml", &text)]).await;
        let page = contracts::contract(&world.ctx, &paula, &id, None).await.expect("it opens");
        let held = page.subscription.expect("she subscribed").id;
        contracts::unsubscribe(&world.ctx, &paula, held).await.expect("her own");
        let seen = async |who: &str| {
            let filter = AuditFilter { action: Some("contract.".to_owned()), ..AuditFilter::default() };
            let page = audit::page(&world.ctx, &world.viewer(who).await, filter).await.expect("stewards see it");
            let records = page.records.into_iter();
            records.map(|record| (record.about, record.action, record.details)).collect::<Vec<_>>()
        };
        let records = seen("ines.hoffmann").await;
        let of = |action: &str| records.iter().filter(|(_, done, _)| done == action).collect::<Vec<_>>();
        for (action, number) in [
            ("contract.check.refused", 1),
            ("contract.subscribe", 1),
            ("contract.check", 2),
            ("contract.unsubscribe", 1),
        ] {
            assert_eq!(of(action).len(), number, "{action}: {records:#?}");
        }
        let says = |action: &str, key: &str, value: &str| {
            let line = (key.to_owned(), value.to_owned());
            of(action).iter().any(|(about, _, details)| about == "Contract collections" && details.contains(&line))
        };
        assert!(says("contract.check", "news", "is broken") && says("contract.check", "news", "holds again"));
        assert!(says("contract.version", "after", "2.0.0"), "{records:#?}");
        let elsewhere = seen("yusuf.kaya").await;
        assert!(elsewhere.iter().all(|(about, ..)| about != "Contract collections"), "{elsewhere:#?}");
        assert!(elsewhere.iter().all(|(_, action, _)| action == "contract.version"), "of the first import only");
    }

    async fn the_end_of_a_subscription_never_reads_as_a_number_without_a_link(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "collections".into();
        contracts::subscribe(&world.ctx, &paula, &id, "1.0.0".into(), "Planning of purchases".into()).await.expect("it is open");
        let page = contracts::contract(&world.ctx, &paula, &id, None).await.expect("it opens");
        let held = page.subscription.expect("she subscribed").id;
        contracts::unsubscribe(&world.ctx, &paula, held).await.expect("her own");
        let ines = world.viewer("ines.hoffmann").await;
        let filter = AuditFilter { action: Some("contract.unsubscribe".to_owned()), ..AuditFilter::default() };
        let records = audit::page(&world.ctx, &ines, filter).await.expect("stewards see it").records;
        let [ended] = &records[..] else { panic!("one ended: {records:?}") };
        assert_eq!(ended.about, "Paula Brandt's subscription to the contract Collection cases");
        assert_eq!(ended.place, Some(AuditPlace::Contract(id)));
    }

    async fn people_who_no_longer_see_a_contract_never_hear_of_it(world) {
        let paula = world.viewer("paula.brandt").await;
        contracts::subscribe(&world.ctx, &paula, &"collections".into(), "1.0.0".into(), "Planning of purchases".into())
            .await
            .expect("it is open");
        let text = text_of("contracts/collections.odcs.yaml").replacen("version: 1.0.0", "version: 2.0.0", 1);
        let product = text_of("products/collections.odps.yaml");
        assert!(product.contains("value: open"), "{product}");
        let hidden = product.replacen("value: open", "value: private", 1);
        world.import(vec![file("c.odcs.yaml", &text), file("p.odps.yaml", &hidden)]).await;
        let broken = CheckOutcome::Failed { detail: "4 of 9 rows".to_owned(), failing_rows: Some(4) };
        world.lake.held().outcomes.insert("gold.collections".to_owned(), broken);
        let tom = world.viewer("tom.fischer").await;
        contracts::run_checks(&world.ctx, &tom, &"collections".into()).await.expect("his own domain");
        assert_eq!(world.told("aylin.demir", "Your contract").await, 1);
        assert_eq!(world.told("paula.brandt", "The contract").await, 0);
    }

    async fn the_demos_terms_never_name_another_review_than_its_policy(world) {
        let days = world.ctx.settings.policies.of(Classification::Restricted).review_days;
        for path in ["contracts/dim-customer.odcs.yaml", "products/customers.odps.yaml"] {
            let text = text_of(path).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(&format!("is reviewed every {days} days.")), "{path}");
        }
    }
}
