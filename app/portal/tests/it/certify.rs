//! What can be trusted: certified until a day by a steward, withdrawn, and over by itself.

use lakeport_model::catalog::{AssetPage, Hit, ProductPage, SearchRequest};
use lakeport_model::certify::{Certifiable, Certification, Certify, Certifying};
use lakeport_model::retire::{Retirable, Retire};
use lakeport_model::{AssetId, PageRequest, ProductId};
use lakeport_portal::{Ctx, Error, ErrorKind, audit, catalog, certify, retire};

use crate::world::{World, call, on_both, refusal, settings};

const PRODUCT: &str = "collections";
const CASES: &str = "collections/cases";
const TABLE: &str = "gold.collections";
const CHECKED: &str = "Checked against the ledger";

async fn begin(world: &World, who: &str, kind: Certifiable, id: &str) -> Result<Certifying, Error> {
    certify::begin(&call(&world.ctx, &world.viewer(who).await).await, kind, id).await
}

/// What the form of somebody sends of what they were shown; nothing for whom it does not open.
async fn seen(world: &World, who: &str, kind: Certifiable, id: &str) -> String {
    begin(world, who, kind, id).await.map(|shown| shown.seen).unwrap_or_default()
}

/// Certifies something until so many days from now.
async fn send(world: &World, who: &str, kind: Certifiable, id: &str, days: i64) -> Result<(), Error> {
    let seen = seen(world, who, kind, id).await;
    let wanted = Certify { until: world.day(days).to_string(), reason: CHECKED.to_owned(), seen };
    certify::certify(&call(&world.ctx, &world.viewer(who).await).await, kind, id, &wanted).await
}

async fn withdraw(world: &World, who: &str, kind: Certifiable, id: &str, why: &str) -> Result<(), Error> {
    let seen = seen(world, who, kind, id).await;
    certify::withdraw(&call(&world.ctx, &world.viewer(who).await).await, kind, id, why, &seen).await
}

/// The page of a product, as somebody sees it in a process.
async fn page_in(world: &World, ctx: &Ctx, who: &str, id: &str) -> ProductPage {
    let viewer = world.viewer(who).await;
    catalog::product(&call(ctx, &viewer).await, &ProductId::from(id)).await.expect("it opens")
}

async fn page(world: &World, who: &str, id: &str) -> ProductPage {
    page_in(world, &world.ctx, who, id).await
}

async fn said(world: &World, who: &str) -> Option<Certification> {
    page(world, who, PRODUCT).await.certification
}

async fn asset(world: &World, who: &str, id: &str) -> AssetPage {
    let viewer = world.viewer(who).await;
    catalog::asset(&call(&world.ctx, &viewer).await, &AssetId::from(id)).await.expect("it opens")
}

/// The products that a search without words finds, best first.
async fn products(world: &World, who: &str) -> Vec<Hit> {
    let kind = vec!["product".to_owned()];
    let request = SearchRequest { kind, limit: 100, ..SearchRequest::default() };
    let call = call(&world.ctx, &world.viewer(who).await).await;
    catalog::search(&call, &request).await.expect("the search answers").hits
}

async fn order(world: &World, who: &str) -> Vec<String> {
    products(world, who).await.into_iter().map(|hit| hit.id).collect()
}

async fn records(world: &World, action: &str) -> i64 {
    world.number(&format!("SELECT COUNT(*) FROM audit WHERE action = '{action}'")).await
}

async fn retire_in(world: &World, days: i64) {
    let aylin = world.viewer("aylin.demir").await;
    let call = call(&world.ctx, &aylin).await;
    let shown = retire::begin(&call, Retirable::Product, PRODUCT).await.expect("she may");
    let wanted = Retire {
        on: world.day(days).to_string(),
        reason: "Sums by day replace it".to_owned(),
        successor: String::new(),
        seen: shown.seen,
    };
    retire::retire(&call, Retirable::Product, PRODUCT, &wanted).await.expect("nobody relies on it");
}

on_both! { demo =>
    async fn a_steward_certifies_and_the_page_says_it_until_it_is_over(world) {
        let shown = begin(world, "ines.hoffmann", Certifiable::Product, PRODUCT).await.expect("she may");
        assert_eq!((shown.earliest, shown.suggested, shown.latest), (world.day(1), world.day(180), world.day(366)));
        assert_eq!((shown.certification, shown.closed), (None, None));
        assert!(page(world, "ines.hoffmann", PRODUCT).await.may_certify);
        for _ in 0..2 {
            send(world, "ines.hoffmann", Certifiable::Product, PRODUCT, 10).await.expect("she may");
        }
        assert_eq!(records(world, "product.certify").await, 1, "said twice, it was said once");
        let told = "Data product \"Collections\" is certified until ";
        assert_eq!(world.told("aylin.demir", told).await, 1, "she owns it");
        assert_eq!(world.told("ines.hoffmann", told).await, 0, "she said it herself");
        let held = said(world, "paula.brandt").await.expect("everybody sees it in full");
        assert_eq!((held.until, held.reason.as_str(), held.by.as_str()), (world.day(10), CHECKED, "Ines Hoffmann"));
        let page = page(world, "paula.brandt", PRODUCT).await;
        assert!(!page.may_certify);
        world.travel(10);
        assert!(said(world, "paula.brandt").await.is_some(), "the last day counts in full");
        world.travel(1);
        assert_eq!(said(world, "paula.brandt").await, None, "nothing had to run for that");
        let over = refusal(withdraw(world, "ines.hoffmann", Certifiable::Product, PRODUCT, "Wrong").await);
        assert_eq!(over.kind, ErrorKind::Conflict);
        let shown = begin(world, "ines.hoffmann", Certifiable::Product, PRODUCT).await.expect("she may");
        assert_eq!(shown.certification, None);
        send(world, "ines.hoffmann", Certifiable::Product, PRODUCT, 30).await.expect("she may, again");
        assert_eq!(world.number("SELECT COUNT(*) FROM certified").await, 1);
        send(world, "ines.hoffmann", Certifiable::Product, PRODUCT, 60).await.expect("it is renewed");
        assert_eq!(said(world, "paula.brandt").await.map(|held| held.until), Some(world.day(60)));
        assert_eq!(audit::verify(&world.ctx, None).await.expect("it can be read").problem, None);
    }

    async fn what_is_withdrawn_is_told_to_those_who_read_it(world) {
        world.granted("paula.brandt", CASES, 200, &["aylin.demir"]).await;
        world.ask("lena.vogel", CASES, 200).await.expect("the request is taken");
        send(world, "ines.hoffmann", Certifiable::Product, PRODUCT, 90).await.expect("she may");
        let silent = refusal(withdraw(world, "ines.hoffmann", Certifiable::Product, PRODUCT, " ").await);
        assert_eq!((silent.kind, silent.field), (ErrorKind::Invalid, Some("reason")));
        withdraw(world, "ines.hoffmann", Certifiable::Product, PRODUCT, "Two days are missing").await.expect("she may");
        assert_eq!(said(world, "paula.brandt").await, None);
        let told = "Data product \"Collections\" is not certified any more";
        for (who, times) in [("paula.brandt", 1), ("aylin.demir", 1), ("ines.hoffmann", 0), ("lena.vogel", 0)] {
            assert_eq!(world.told(who, told).await, times, "{who}");
        }
        assert_eq!(records(world, "product.decertify").await, 1);
        let again = refusal(withdraw(world, "ines.hoffmann", Certifiable::Product, PRODUCT, "Again").await);
        assert_eq!(again.kind, ErrorKind::Conflict);
    }

    async fn an_owner_certifies_only_where_there_is_no_steward(world) {
        let refused = refusal(send(world, "aylin.demir", Certifiable::Product, PRODUCT, 90).await);
        assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("certification.steward_needed")));
        assert!(!page(world, "aylin.demir", PRODUCT).await.may_certify);
        for who in ["tom.fischer", "paula.brandt", "sofia.lindqvist"] {
            let product = Certifiable::Product;
            for refused in [
                refusal(begin(world, who, product, PRODUCT).await),
                refusal(send(world, who, product, PRODUCT, 90).await),
                refusal(withdraw(world, who, product, PRODUCT, "Wrong").await),
            ] {
                assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("certification.not_eligible")), "{who}");
            }
            assert!(!page(world, who, PRODUCT).await.may_certify, "{who}");
        }
        assert_eq!(records(world, "product.certify.refused").await, 4);
        assert_eq!(records(world, "product.decertify.refused").await, 3);
        world.staff("controlling", &[("aylin.demir", "owner")]).await;
        let refused = refusal(send(world, "aylin.demir", Certifiable::Product, PRODUCT, 90).await);
        assert_eq!(refused.rule, Some("certification.steward_needed"), "until just now there was one");
        world.travel(15);
        assert!(page(world, "aylin.demir", PRODUCT).await.may_certify);
        send(world, "aylin.demir", Certifiable::Product, PRODUCT, 90).await.expect("nobody else watches");
        let by = said(world, "paula.brandt").await.map(|held| held.by);
        assert_eq!(by.as_deref(), Some("Aylin Demir"));
    }

    async fn nobody_writes_over_a_certification_that_they_have_not_seen(world) {
        let product = Certifiable::Product;
        send(world, "ines.hoffmann", product, PRODUCT, 90).await.expect("she may");
        let ines = world.viewer("ines.hoffmann").await;
        let blindly = Certify { until: world.day(30).to_string(), reason: "Again".to_owned(), seen: String::new() };
        let refused = refusal(certify::certify(&call(&world.ctx, &ines).await, product, PRODUCT, &blindly).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("seen")));
        let refused = refusal(certify::withdraw(&call(&world.ctx, &ines).await, product, PRODUCT, "Wrong", "").await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("seen")));
        assert_eq!(said(world, "paula.brandt").await.map(|held| held.until), Some(world.day(90)));
    }

    async fn whoever_took_the_role_a_minute_ago_certifies_nothing(world) {
        world.travel(1);
        let two = [("aylin.demir", "steward"), ("ines.hoffmann", "steward"), ("tom.fischer", "owner")];
        world.staff("controlling", &two).await;
        let refused = refusal(send(world, "aylin.demir", Certifiable::Product, PRODUCT, 90).await);
        assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("certification.fresh_steward")));
        world.travel(15);
        send(world, "aylin.demir", Certifiable::Product, PRODUCT, 90).await.expect("by now she is one");
    }

    async fn what_is_hidden_answers_as_what_is_not_there(world) {
        for id in ["receivables-ageing", "nothing"] {
            let hidden = refusal(send(world, "lena.vogel", Certifiable::Product, id, 90).await);
            assert_eq!(hidden.kind, ErrorKind::NotFound, "{id}");
        }
        let nothing = refusal(send(world, "ines.hoffmann", Certifiable::Asset, "no.such.table", 90).await);
        assert_eq!(nothing.kind, ErrorKind::NotFound);
        // Paula knows it by name alone: neither its page nor the order of a search tells her.
        let before = order(world, "paula.brandt").await;
        send(world, "ines.hoffmann", Certifiable::Product, "customers", 90).await.expect("she may");
        assert!(page(world, "paula.brandt", "customers").await.certification.is_none());
        assert!(page(world, "david.schmid", "customers").await.certification.is_some());
        assert_eq!(order(world, "paula.brandt").await, before);
        let hits = products(world, "paula.brandt").await;
        assert!(hits.iter().all(|hit| hit.certified_until.is_none()));
        assert_eq!(order(world, "david.schmid").await.first().map(String::as_str), Some("customers"));
    }

    async fn what_is_wrong_stands_at_its_field(world) {
        let ines = world.viewer("ines.hoffmann").await;
        let right =
            Certify { until: world.day(366).to_string(), reason: CHECKED.to_owned(), seen: String::new() };
        let until = |until: String| Certify { until, ..right.clone() };
        for (wanted, field) in [
            (until("soon".to_owned()), "until"),
            (until(world.day(0).to_string()), "until"),
            (until(world.day(367).to_string()), "until"),
            (Certify { reason: " ".to_owned(), ..right.clone() }, "reason"),
        ] {
            let call = call(&world.ctx, &ines).await;
            let refused = refusal(certify::certify(&call, Certifiable::Product, PRODUCT, &wanted).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some(field)), "{wanted:?}");
        }
        assert_eq!(said(world, "paula.brandt").await, None);
        let call = call(&world.ctx, &ines).await;
        certify::certify(&call, Certifiable::Product, PRODUCT, &right).await.expect("a leap year is not too long");
    }

    async fn what_is_retired_is_certified_no_more(world) {
        send(world, "ines.hoffmann", Certifiable::Product, PRODUCT, 90).await.expect("she may");
        retire_in(world, 2).await;
        let refused = refusal(send(world, "ines.hoffmann", Certifiable::Product, PRODUCT, 91).await);
        assert_eq!(refused.kind, ErrorKind::Conflict);
        assert!(refused.message.starts_with("This data product is going to be retired from "), "{}", refused.message);
        assert!(said(world, "paula.brandt").await.is_some(), "its day has not come");
        world.travel(2);
        assert_eq!(said(world, "paula.brandt").await, None);
        let shown = begin(world, "ines.hoffmann", Certifiable::Product, PRODUCT).await.expect("she may look");
        assert!(shown.closed.is_some_and(|why| why.starts_with("This data product is retired since ")));
        let aylin = world.viewer("aylin.demir").await;
        let restored = retire::restore(&call(&world.ctx, &aylin).await, Retirable::Product, PRODUCT, "It is needed").await;
        restored.expect("she may");
        assert!(said(world, "paula.brandt").await.is_some(), "nobody withdrew it");
    }

    async fn a_table_is_certified_as_well_and_a_dashboard_of_the_portal_is_not(world) {
        send(world, "ines.hoffmann", Certifiable::Asset, TABLE, 90).await.expect("she may");
        let seen = asset(world, "paula.brandt", TABLE).await;
        let held = seen.certification.expect("everybody sees it in full");
        assert_eq!((held.until, seen.may_certify), (world.day(90), false));
        assert!(asset(world, "ines.hoffmann", TABLE).await.may_certify);
        assert_eq!(said(world, "paula.brandt").await, None, "its product is another thing");
        withdraw(world, "ines.hoffmann", Certifiable::Asset, TABLE, "Two days are missing").await.expect("she may");
        assert_eq!((records(world, "asset.certify").await, records(world, "asset.decertify").await), (1, 1));
        let dashboard = refusal(send(world, "ines.hoffmann", Certifiable::Asset, "sales-forecast", 90).await);
        assert_eq!(dashboard.kind, ErrorKind::Conflict);
    }

    async fn a_search_puts_it_first_and_every_process_sees_it(world) {
        let replica = world.replica(world.clock.clone(), settings()).await;
        assert!(page_in(world, &replica, "paula.brandt", "web-sessions").await.certification.is_none());
        let before = order(world, "paula.brandt").await;
        assert_ne!(before.first().map(String::as_str), Some("web-sessions"));
        send(world, "ines.hoffmann", Certifiable::Product, "web-sessions", 10).await.expect("she may");
        let hits = products(world, "paula.brandt").await;
        let first = hits.first().map(|hit| (hit.id.as_str(), hit.certified_until));
        assert_eq!(first, Some(("web-sessions", Some(world.day(10)))));
        assert_eq!(hits.iter().filter(|hit| hit.certified_until.is_some()).count(), 1);
        let followed = page_in(world, &replica, "paula.brandt", "web-sessions").await;
        assert!(followed.certification.is_some(), "it follows the change");
        let later = world.replica(world.clock.clone(), settings()).await;
        let read = page_in(world, &later, "paula.brandt", "web-sessions").await;
        assert_eq!(read.certification, followed.certification, "it read everything");
        let paula = world.viewer("paula.brandt").await;
        let part = PageRequest { after: None, limit: 200 };
        let lines = catalog::products(&call(&later, &paula).await, part).await.expect("the list opens").items;
        let certified: Vec<_> = lines.iter().filter(|line| line.certified_until.is_some()).collect();
        assert_eq!(certified.iter().map(|line| line.id.as_str()).collect::<Vec<_>>(), ["web-sessions"]);
        world.travel(11);
        assert_eq!(order(world, "paula.brandt").await, before, "it is over");
    }
}
