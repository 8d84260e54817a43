//! Who hears what of a contract, and what of it is recorded.

use lakeport_frame::CheckOutcome;
use lakeport_model::audit::{AuditFilter, AuditPlace};
use lakeport_model::{PageRequest, day};
use lakeport_portal::{ErrorKind, access, audit, contracts, notify};

use crate::contracts::text_of;
use crate::world::{call, file, mesh, on_both, refusal};

on_both! { demo =>
    async fn a_request_is_never_decided_by_terms_that_are_in_force_no_more(world) {
        let id = world.ask("paula.brandt", "sales-daily/daily-sales", 90).await.expect("she may ask");
        let maria = world.viewer("maria.keller").await;
        let since = async || access::decide_page(&call(&world.ctx, &maria).await, id).await.expect("it opens").contract_since;
        assert!(since().await.is_empty(), "what was accepted is in force");
        let contract = mesh().into_iter().find(|file| file.path == "contracts/sales-daily.odcs.yaml");
        let mut contract = contract.expect("the contract is there");
        for (from, to) in [("version: 1.1.0", "version: 2.0.0"), ("- name: orders\n", "- name: purchases\n")] {
            assert!(contract.text.contains(from));
            contract.text = contract.text.replacen(from, to, 1);
        }
        world.import(vec![contract]).await;
        let told = since().await;
        let in_force = format!("Version 2.0.0 is in force now; the portal first saw it on {}.", day(world.day(0)));
        assert_eq!(told[0], in_force);
        assert!(told[1].starts_with("Breaking: The column \"orders\" was removed."), "{told:?}");
        world.approve("maria.keller", id).await.expect("she decides");
        assert!(since().await.is_empty(), "what was decided is not decided again");
        let paula = world.viewer("paula.brandt").await;
        let page = PageRequest { after: None, limit: 1 };
        let inbox = notify::inbox(&call(&world.ctx, &paula).await, page).await.expect("it opens");
        let body = &inbox.items[0].body;
        assert!(body.contains(&format!("You accepted version 1.1.0 of the contract. {in_force}")), "{body}");
        assert!(body.contains("The column \"orders\" was removed."), "{body}");
    }

    async fn the_people_who_answer_for_a_contract_never_learn_last_that_it_broke(world) {
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let id = "collections".into();
        for (who, purpose) in [("paula.brandt", "Planning of purchases"), ("aylin.demir", "My own reports")] {
            let viewer = world.viewer(who).await;
            contracts::subscribe(&call(&world.ctx, &viewer).await, &id, "1.0.0".into(), purpose.into()).await.expect("it is open");
        }
        let broken = CheckOutcome::Failed { detail: "12 of 99 rows".to_owned(), failing_rows: Some(12) };
        world.lake.held().outcomes.insert("gold.collections".to_owned(), broken);
        contracts::run_checks(&call(&world.ctx, &tom).await, &id).await.expect("his own domain");
        let newest = async |who: &str| {
            let viewer = world.viewer(who).await;
            let page = notify::inbox(&call(&world.ctx, &viewer).await, PageRequest { after: None, limit: 5 }).await;
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
        contracts::run_checks(&call(&world.ctx, &paula).await, &id).await.expect("she relies on it");
        assert_eq!(newest("aylin.demir").await.title, "Your contract Collection cases holds again");
        let told = newest("paula.brandt").await;
        assert_eq!(told.title, "The contract Collection cases holds again");
        assert!(told.body.lines().all(|line| line.starts_with("Kept again: ")), "{}", told.body);
        assert_eq!(world.told("aylin.demir", "Your contract").await, 2);
    }

    async fn subscribers_never_miss_a_new_version(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "collections".into();
        contracts::subscribe(&call(&world.ctx, &paula).await, &id, "1.0.0".into(), "Planning of purchases".into()).await.expect("it is open");
        let before = text_of("contracts/collections.odcs.yaml");
        let version = |number: &str, change: &dyn Fn(String) -> String| {
            vec![file("c.odcs.yaml", &change(before.replacen("version: 1.0.0", &format!("version: {number}"), 1)))]
        };
        let told = async || world.told("paula.brandt", "The contract Collection cases has a new version").await;
        let newest = async || {
            let page = notify::inbox(&call(&world.ctx, &paula).await, PageRequest { after: None, limit: 5 }).await;
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
        contracts::subscribe(&call(&world.ctx, &paula).await, &id, "3.0.0".into(), "Planning of purchases".into()).await.expect("it is open");
        assert!(!newest().await.unread, "accepting the version settles what was said about it");
        assert_eq!(world.told("aylin.demir", "The contract").await, 0, "who accepted nothing misses nothing");
    }

    async fn subscribers_are_never_asked_to_accept_what_is_withdrawn(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "collections".into();
        contracts::subscribe(&call(&world.ctx, &paula).await, &id, "1.0.0".into(), "Planning of purchases".into()).await.expect("it is open");
        let before = text_of("contracts/collections.odcs.yaml");
        let retired = before.replacen("status: active", "status: retired", 1);
        let told = async |what: &str| {
            world.told("paula.brandt", &format!("The contract Collection cases {what}")).await
        };
        world.import(vec![file("c.odcs.yaml", &retired)]).await;
        assert_eq!(told("is withdrawn").await, 1, "under its old number, too");
        let inbox = notify::inbox(&call(&world.ctx, &paula).await, PageRequest::default()).await.expect("it opens").items;
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
        let refused = contracts::subscribe(&call(&world.ctx, &paula).await, &id, "2.0.0".into(), "Planning of purchases".into()).await;
        assert_eq!(refusal(refused).kind, ErrorKind::Conflict);
    }

    async fn a_steward_never_misses_what_happens_to_the_contracts_of_his_domain(world) {
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let id = "collections".into();
        assert!(contracts::run_checks(&call(&world.ctx, &paula).await, &id).await.is_err(), "she does not rely on it yet");
        contracts::subscribe(&call(&world.ctx, &paula).await, &id, "1.0.0".into(), "Planning of purchases".into()).await.expect("it is open");
        let broken = CheckOutcome::Failed { detail: "12 of 99 rows".to_owned(), failing_rows: Some(12) };
        world.lake.held().outcomes.insert("gold.collections".to_owned(), broken);
        contracts::run_checks(&call(&world.ctx, &tom).await, &id).await.expect("his own domain");
        world.lake.held().outcomes.clear();
        contracts::run_checks(&call(&world.ctx, &tom).await, &id).await.expect("his own domain");
        let text = text_of("contracts/collections.odcs.yaml").replacen("version: 1.0.0", "version: 2.0.0", 1);
        world.import(vec![file("c.odcs.yaml", &text)]).await;
        let page = contracts::contract(&call(&world.ctx, &paula).await, &id, None).await.expect("it opens");
        let held = page.subscription.expect("she subscribed").id;
        contracts::unsubscribe(&call(&world.ctx, &paula).await, held).await.expect("her own");
        let seen = async |who: &str| {
            let filter = AuditFilter { action: Some("contract.".to_owned()), ..AuditFilter::default() };
            let page = audit::page(&call(&world.ctx, &world.viewer(who).await).await, filter).await.expect("stewards see it");
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
        contracts::subscribe(&call(&world.ctx, &paula).await, &id, "1.0.0".into(), "Planning of purchases".into()).await.expect("it is open");
        let page = contracts::contract(&call(&world.ctx, &paula).await, &id, None).await.expect("it opens");
        let held = page.subscription.expect("she subscribed").id;
        contracts::unsubscribe(&call(&world.ctx, &paula).await, held).await.expect("her own");
        let ines = world.viewer("ines.hoffmann").await;
        let filter = AuditFilter { action: Some("contract.unsubscribe".to_owned()), ..AuditFilter::default() };
        let records = audit::page(&call(&world.ctx, &ines).await, filter).await.expect("stewards see it").records;
        let [ended] = &records[..] else { panic!("one ended: {records:?}") };
        assert_eq!(ended.about, "Paula Brandt's subscription to the contract Collection cases");
        assert_eq!(ended.place, Some(AuditPlace::Contract(id)));
    }

    async fn people_who_no_longer_see_a_contract_never_hear_of_it(world) {
        let paula = world.viewer("paula.brandt").await;
        contracts::subscribe(&call(&world.ctx, &paula).await, &"collections".into(), "1.0.0".into(), "Planning of purchases".into())
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
        contracts::run_checks(&call(&world.ctx, &tom).await, &"collections".into()).await.expect("his own domain");
        assert_eq!(world.told("aylin.demir", "Your contract").await, 1);
        assert_eq!(world.told("paula.brandt", "The contract").await, 0);
    }
}
