//! What is no longer offered: retired from a day on, with notice, and restored.

use lakeport_model::catalog::{AccessStanding, SearchRequest};
use lakeport_model::glossary::Glossary;
use lakeport_model::retire::{Retirable, Retire, Retirement, Retiring};
use lakeport_model::{AssetId, PageRequest, ProductId};
use lakeport_portal::{Error, ErrorKind, access, audit, catalog, contracts, glossary, retire};

use crate::world::{World, call, on_both, refusal};

const PRODUCT: &str = "collections";
const CASES: &str = "collections/cases";
const TABLE: &str = "gold.collections";

async fn begin(world: &World, who: &str, kind: Retirable, id: &str) -> Result<Retiring, Error> {
    retire::begin(&call(&world.ctx, &world.viewer(who).await).await, kind, id).await
}

async fn send(world: &World, who: &str, kind: Retirable, id: &str, wanted: &Retire) -> Result<(), Error> {
    retire::retire(&call(&world.ctx, &world.viewer(who).await).await, kind, id, wanted).await
}

async fn restore(world: &World, who: &str, kind: Retirable, id: &str) -> Result<(), Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    retire::restore(&call, kind, id, "It is needed after all").await
}

/// What the form of an owner sends: so many days from now, with the effects as they are shown now.
async fn form(world: &World, who: &str, kind: Retirable, id: &str, days: i64) -> Retire {
    let shown = begin(world, who, kind, id).await.expect("they may");
    Retire {
        on: world.day(days).to_string(),
        reason: "Sums by day replace it".to_owned(),
        successor: String::new(),
        seen: shown.seen,
    }
}

async fn retire_in(world: &World, who: &str, kind: Retirable, id: &str, days: i64) {
    let wanted = form(world, who, kind, id, days).await;
    send(world, who, kind, id, &wanted).await.expect("they may");
}

/// What a search finds, and how many hits its facet of kinds counts.
async fn found(world: &World, q: &str) -> (Vec<String>, u32) {
    let request = SearchRequest { q: q.to_owned(), limit: 100, ..SearchRequest::default() };
    let call = call(&world.ctx, &world.viewer("paula.brandt").await).await;
    let found = catalog::search(&call, &request).await.expect("the search answers");
    let kinds = found.facets.iter().find(|facet| facet.key == "kind").expect("there is such a facet");
    let counted = kinds.values.iter().map(|value| value.count).sum();
    (found.hits.into_iter().map(|hit| hit.id).collect(), counted)
}

async fn is_listed(world: &World) -> bool {
    let call = call(&world.ctx, &world.viewer("paula.brandt").await).await;
    let page = PageRequest { after: None, limit: 200 };
    let lines = catalog::products(&call, page).await.expect("the list opens").items;
    lines.iter().any(|line| line.id.as_str() == PRODUCT)
}

async fn on_page(world: &World, who: &str) -> (Option<Retirement>, bool, AccessStanding) {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    let page = catalog::product(&call, &ProductId::from(PRODUCT)).await.expect("the page stays");
    let cases = page.output_ports.into_iter().find(|port| port.id.as_str() == CASES);
    (page.retirement, page.may_retire, cases.expect("it has the port").access)
}

async fn terms(world: &World, query: &str) -> Glossary {
    let call = call(&world.ctx, &world.viewer("paula.brandt").await).await;
    glossary::list(&call, query, None, PageRequest { after: None, limit: 200 }).await.expect("it opens")
}

async fn records(world: &World, action: &str) -> i64 {
    world.number(&format!("SELECT COUNT(*) FROM audit WHERE action = '{action}'")).await
}

on_both! { demo =>
    async fn what_is_retired_leaves_search_and_lists_and_keeps_its_page(world) {
        let (before, counted) = (found(world, "collections").await.0, found(world, "").await.1);
        assert!(before.iter().any(|id| id == PRODUCT) && is_listed(world).await);
        let mut wanted = form(world, "aylin.demir", Retirable::Product, PRODUCT, 2).await;
        "payments".clone_into(&mut wanted.successor);
        send(world, "aylin.demir", Retirable::Product, PRODUCT, &wanted).await.expect("nobody relies on it");
        let (announced, may_retire, _) = on_page(world, "aylin.demir").await;
        let announced = announced.expect("it is said");
        assert_eq!((announced.on, announced.in_effect, may_retire), (world.day(2), false, true));
        assert_eq!((announced.reason.as_str(), announced.by.as_str()), ("Sums by day replace it", "Aylin Demir"));
        assert_eq!(announced.successor.map(|named| named.name).as_deref(), Some("Payments"));
        assert_eq!(found(world, "").await.1, counted, "its day has not come");
        world.travel(2);
        let (after, fewer) = (found(world, "collections").await.0, found(world, "").await.1);
        assert!(after.iter().all(|id| id != PRODUCT) && !is_listed(world).await, "{after:?}");
        assert_eq!(fewer, counted - 1, "nor is it counted");
        let (said, may_retire, access) = on_page(world, "paula.brandt").await;
        assert_eq!((said.map(|said| said.in_effect), may_retire), (Some(true), false));
        assert_eq!(access, AccessStanding::Retired);
        restore(world, "aylin.demir", Retirable::Product, PRODUCT).await.expect("she may");
        assert_eq!(found(world, "").await.1, counted);
        assert!(is_listed(world).await && on_page(world, "paula.brandt").await.0.is_none());
        assert_eq!((records(world, "product.retire").await, records(world, "product.restore").await), (1, 1));
        let again = refusal(restore(world, "aylin.demir", Retirable::Product, PRODUCT).await);
        assert_eq!(again.kind, ErrorKind::Conflict);
        assert_eq!(audit::verify(&world.ctx, None).await.expect("it can be read").problem, None);
    }

    async fn whoever_relies_on_it_is_given_thirty_days_and_told_once(world) {
        world.granted("paula.brandt", CASES, 200, &["aylin.demir"]).await;
        let jonas = world.viewer("jonas.weber").await;
        let purpose = "Planning of warehouses".to_owned();
        let subscribed = contracts::subscribe(&call(&world.ctx, &jonas).await, &PRODUCT.into(), "1.0.0".to_owned(), purpose).await;
        subscribed.expect("it is open");
        let shown = begin(world, "aylin.demir", Retirable::Product, PRODUCT).await.expect("she may");
        assert_eq!(shown.earliest, world.day(30));
        assert_eq!(
            shown.effects,
            [
                "1 person has access. They keep it until their grants end, and are told.",
                "1 subscription on its contract goes on; whoever has it is told if they see its details.",
                "It leaves search, lists and the home page; its page stays.",
                "Nobody can request access any more.",
            ]
        );
        let early = form(world, "aylin.demir", Retirable::Product, PRODUCT, 29).await;
        let refused = refusal(send(world, "aylin.demir", Retirable::Product, PRODUCT, &early).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("on")));
        assert!(refused.message.starts_with("2 people rely on it: give them 30 days"), "{}", refused.message);
        let wanted = form(world, "aylin.demir", Retirable::Product, PRODUCT, 30).await;
        for _ in 0..2 {
            send(world, "aylin.demir", Retirable::Product, PRODUCT, &wanted).await.expect("it is far enough");
        }
        let told = "Data product \"Collections\" is retired from ";
        for who in ["paula.brandt", "jonas.weber"] {
            assert_eq!(world.told(who, told).await, 1, "{who}");
        }
        let blindly = Retire { reason: "Nobody keeps it up to date".to_owned(), ..wanted };
        let refused = refusal(send(world, "ines.hoffmann", Retirable::Product, PRODUCT, &blindly).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("seen")), "she saw it as it was before");
        let shown = form(world, "aylin.demir", Retirable::Product, PRODUCT, 30).await;
        let other = Retire { seen: shown.seen, ..blindly };
        send(world, "aylin.demir", Retirable::Product, PRODUCT, &other).await.expect("the reason may change");
        assert_eq!(world.told("jonas.weber", told).await, 2, "another reason is news");
        assert_eq!(world.told("aylin.demir", told).await, 0, "she said it herself");
        assert_eq!(records(world, "product.retire").await, 2, "said twice, it was said once");
        world.travel(1);
        let later = form(world, "aylin.demir", Retirable::Product, PRODUCT, 60).await;
        send(world, "aylin.demir", Retirable::Product, PRODUCT, &later).await.expect("a later day");
        assert_eq!(world.told("paula.brandt", told).await, 3, "another day is news");
        restore(world, "ines.hoffmann", Retirable::Product, PRODUCT).await.expect("a steward may");
        assert_eq!(world.told("paula.brandt", "Data product \"Collections\" is not retired after all").await, 1);
    }

    async fn nobody_begins_to_rely_on_it_and_what_was_granted_goes_on(world) {
        let held = world.granted("paula.brandt", CASES, 200, &["aylin.demir"]).await;
        let waiting = world.ask("lena.vogel", CASES, 200).await.expect("the request is taken");
        retire_in(world, "aylin.demir", Retirable::Product, PRODUCT, 30).await;
        let told = "Data product \"Collections\" is retired from ";
        assert_eq!(world.told("lena.vogel", told).await, 1, "she waits for it");
        world.approve("aylin.demir", waiting).await.expect("until then it can be approved");
        let waiting = world.ask("clara.neumann", CASES, 200).await.expect("the request is taken");
        assert!(!world.grant("paula.brandt", held).await.is_retired, "she can still renew it");
        world.travel(30);
        assert!(world.grant("paula.brandt", held).await.is_retired);
        let (_, _, access) = on_page(world, "paula.brandt").await;
        assert!(matches!(access, AccessStanding::Granted { .. }), "{access:?}");
        let refused = refusal(world.ask("jonas.weber", CASES, 100).await);
        assert_eq!(refused.kind, ErrorKind::Conflict);
        assert!(refused.message.starts_with("This data product is retired since "), "{}", refused.message);
        let refused = refusal(world.approve("aylin.demir", waiting).await);
        assert_eq!(refused.kind, ErrorKind::Conflict);
        assert!(refused.message.contains("The request can be rejected."), "{}", refused.message);
        let aylin = world.viewer("aylin.demir").await;
        let page = access::decide_page(&call(&world.ctx, &aylin).await, waiting).await.expect("it opens");
        assert!(page.unread.is_some_and(|why| why.contains("is retired since")));
        let why = "It is not offered any more".to_owned();
        let rejected = access::reject(&call(&world.ctx, &aylin).await, waiting, page.revision, why).await;
        rejected.expect("it can be rejected");
        let jonas = world.viewer("jonas.weber").await;
        let purpose = "Planning of warehouses".to_owned();
        let subscribed = contracts::subscribe(&call(&world.ctx, &jonas).await, &PRODUCT.into(), "1.0.0".to_owned(), purpose).await;
        assert_eq!(refusal(subscribed).kind, ErrorKind::Conflict);
        let page = contracts::contract(&call(&world.ctx, &jonas).await, &PRODUCT.into(), None).await.expect("it stays");
        assert!(!page.may_subscribe && page.closed.is_some(), "no form is offered that sends nothing");
    }

    async fn only_owners_and_stewards_retire_and_others_are_recorded(world) {
        let wanted = form(world, "aylin.demir", Retirable::Product, PRODUCT, 0).await;
        for who in ["tom.fischer", "paula.brandt", "sofia.lindqvist"] {
            for (refused, verb) in [
                (refusal(begin(world, who, Retirable::Product, PRODUCT).await), "retire"),
                (refusal(send(world, who, Retirable::Product, PRODUCT, &wanted).await), "retire"),
                (refusal(restore(world, who, Retirable::Product, PRODUCT).await), "restore"),
            ] {
                assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("publish.not_eligible")), "{who}");
                let said = format!("Only owners and stewards of its domain {verb} this data product.");
                assert_eq!(refused.message, said, "{who}");
            }
            assert!(!on_page(world, who).await.1, "{who}");
        }
        assert_eq!(records(world, "product.retire.refused").await, 3);
        assert_eq!(records(world, "product.restore.refused").await, 3);
        for id in ["receivables-ageing", "nothing"] {
            let hidden = refusal(send(world, "lena.vogel", Retirable::Product, id, &wanted).await);
            assert_eq!(hidden.kind, ErrorKind::NotFound, "what is hidden answers as what is not there: {id}");
        }
    }

    async fn what_is_wrong_stands_at_its_field(world) {
        let right = form(world, "aylin.demir", Retirable::Product, PRODUCT, 0).await;
        let no_day = Retire { on: "soon".to_owned(), ..right.clone() };
        let no_reason = Retire { reason: " ".to_owned(), ..right.clone() };
        let itself = Retire { successor: PRODUCT.to_owned(), ..right.clone() };
        // Not there, hidden, and of another kind: each in the same words.
        let nothing = Retire { successor: "nothing".to_owned(), ..right.clone() };
        let a_table = Retire { successor: TABLE.to_owned(), ..right.clone() };
        for (wanted, field) in [
            (no_day, "on"), (no_reason, "reason"), (itself, "successor"), (nothing, "successor"), (a_table, "successor"),
        ] {
            let refused = refusal(send(world, "aylin.demir", Retirable::Product, PRODUCT, &wanted).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some(field)), "{wanted:?}");
        }
        world.ask("lena.vogel", CASES, 200).await.expect("the request is taken");
        let refused = refusal(send(world, "aylin.demir", Retirable::Product, PRODUCT, &right).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("seen")), "a request came since");
        retire_in(world, "aylin.demir", Retirable::Product, PRODUCT, 0).await;
        let later = form(world, "aylin.demir", Retirable::Product, PRODUCT, 9).await;
        let refused = refusal(send(world, "aylin.demir", Retirable::Product, PRODUCT, &later).await);
        assert_eq!(refused.kind, ErrorKind::Conflict, "it is retired already");
    }

    async fn a_table_and_a_term_are_retired_as_well(world) {
        let shown = begin(world, "aylin.demir", Retirable::Asset, TABLE).await.expect("she may");
        let offered = shown.effects.iter().any(|said| said == "1 data product offers it: Collections.");
        assert!(offered, "{:?}", shown.effects);
        retire_in(world, "aylin.demir", Retirable::Asset, TABLE, 0).await;
        assert!(found(world, TABLE).await.0.iter().all(|id| id != TABLE));
        let paula = world.viewer("paula.brandt").await;
        let page = catalog::asset(&call(&world.ctx, &paula).await, &AssetId::from(TABLE)).await.expect("it stays");
        assert_eq!(page.retirement.map(|said| said.in_effect), Some(true));
        assert!(refusal(world.ask("paula.brandt", CASES, 100).await).message.starts_with("This asset is retired since"));
        let all = terms(world, "").await.total;
        assert_eq!(terms(world, "dunning").await.total, 1);
        let named = async || {
            let call = call(&world.ctx, &world.viewer("paula.brandt").await).await;
            let payments = catalog::product(&call, &ProductId::from("payments")).await.expect("it opens");
            payments.terms.iter().any(|term| term.id == "dunning")
        };
        assert!(named().await, "its product names it");
        retire_in(world, "aylin.demir", Retirable::Term, "dunning", 0).await;
        assert!(!named().await, "only its own page does");
        assert_eq!((terms(world, "").await.total, terms(world, "dunning").await.total), (all - 1, 0));
        assert!(terms(world, "").await.lines.iter().all(|line| line.term.id != "dunning"));
        let page = glossary::term(&call(&world.ctx, &paula).await, "dunning").await.expect("it stays");
        assert_eq!((page.retirement.map(|said| said.in_effect), page.may_retire), (Some(true), false));
        restore(world, "aylin.demir", Retirable::Term, "dunning").await.expect("she may");
        assert_eq!(terms(world, "").await.total, all);
        assert_eq!((records(world, "asset.retire").await, records(world, "term.retire").await), (1, 1));
    }

    async fn a_term_names_nothing_that_is_retired_and_its_form_keeps_it(world) {
        let named = async || {
            let call = call(&world.ctx, &world.viewer("paula.brandt").await).await;
            let page = glossary::term(&call, "collection-case").await.expect("everybody reads it");
            let columns = page.columns.iter().any(|column| column.asset.as_str() == TABLE);
            (columns, page.products.iter().any(|product| product.id.as_str() == PRODUCT))
        };
        assert_eq!(named().await, (true, true));
        retire_in(world, "aylin.demir", Retirable::Product, PRODUCT, 1).await;
        assert_eq!(named().await, (true, true), "its day has not come");
        world.travel(1);
        assert_eq!(named().await, (true, false));
        retire_in(world, "aylin.demir", Retirable::Asset, TABLE, 0).await;
        assert_eq!(named().await, (false, false));
        let aylin = call(&world.ctx, &world.viewer("aylin.demir").await).await;
        let text = glossary::edit(&aylin, "collection-case").await.expect("she may").text;
        assert!(text.columns.contains(TABLE) && text.products.contains(PRODUCT), "{text:?}");
    }

    async fn another_process_finds_the_same(world) {
        retire_in(world, "aylin.demir", Retirable::Product, PRODUCT, 0).await;
        let replica = world.replica(world.clock.clone(), crate::world::settings()).await;
        let paula = world.viewer("paula.brandt").await;
        let page = catalog::product(&call(&replica, &paula).await, &ProductId::from(PRODUCT)).await.expect("it opens");
        assert_eq!(page.retirement.map(|said| said.in_effect), Some(true));
    }
}
