//! Who uses a product or a table, what nobody uses, and that owners are told of it.

use chrono::NaiveDate;
use lakeport_model::PageRequest;
use lakeport_model::retire::{Retirable, Retire};
use lakeport_model::usage::{Headcount, Unused, UnusedPage, Usage, Used};
use lakeport_portal::{Ctx, Error, ErrorKind, catalog, jobs, readings, retire, usage};

use crate::world::{World, call, on_both, refusal, settings};

const PRODUCT: &str = "collections";
const TABLE: &str = "gold.collections";
const OTHER: &str = "receivables-ageing";
const THIRD: &str = "competitor-analysis";
const TOLD: &str = "Unused data product";

/// Three of Controlling, a steward whose first domain is another one, and somebody of Purchase with a grant.
const READERS: [&str; 5] = ["aylin.demir", "tom.fischer", "greta.lund", "ines.hoffmann", "paula.brandt"];

async fn read(world: &World, who: &str) {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    catalog::preview(&call, &TABLE.into()).await.expect("they may read it");
}

async fn of(world: &World, who: &str, kind: Used, id: &str, days: Option<u32>) -> Result<Usage, Error> {
    usage::usage(&call(&world.ctx, &world.viewer(who).await).await, kind, id, days).await
}

/// The groups that somebody is told of: domain, people, readings.
fn groups(usage: &Usage) -> Vec<(String, String, Option<u32>)> {
    let groups = usage.groups.iter().map(|group| {
        let domain = group.domain.as_ref().map(|domain| domain.name.clone());
        (domain.unwrap_or_default(), group.people.words(), group.readings)
    });
    groups.collect()
}

fn group(domain: &str, people: &str, readings: Option<u32>) -> (String, String, Option<u32>) {
    (domain.to_owned(), people.to_owned(), readings)
}

fn bars(usage: &Usage) -> u32 {
    usage.bars.iter().map(|bar| bar.readings).sum()
}

async fn unused(
    world: &World,
    who: &str,
    months: Option<u32>,
    page: PageRequest,
) -> Result<UnusedPage, Error> {
    usage::unused(&call(&world.ctx, &world.viewer(who).await).await, &"controlling".into(), months, page)
        .await
}

/// The ids of what an owner is told of, with the last day on which each was read. Another member is told whether it ever was.
async fn listed(world: &World, months: Option<u32>) -> Vec<(String, Option<NaiveDate>)> {
    let all = PageRequest::default;
    let page = unused(world, "aylin.demir", months, all()).await.expect("she owns it").products.items;
    let blurred = unused(world, "tom.fischer", months, all()).await.expect("he belongs to it").products.items;
    assert!(blurred.iter().all(|unused| unused.last.is_none()), "that would say when somebody read");
    let read = |unused: &Unused| (unused.product.clone(), unused.was_read);
    assert_eq!(page.iter().map(read).collect::<Vec<_>>(), blurred.iter().map(read).collect::<Vec<_>>());
    assert!(page.iter().all(|unused| unused.last.is_some() == unused.was_read));
    page.into_iter().map(|unused| (unused.product.0, unused.last)).collect()
}

async fn tell(world: &World, ctx: &Ctx) -> u32 {
    let job = jobs::ALL.into_iter().find(|job| job.name() == "unused").expect("there is such a job");
    jobs::run(job, ctx, &world.post).await.expect("it ends well")
}

async fn retire_now(world: &World, product: &str) {
    let call = call(&world.ctx, &world.viewer("aylin.demir").await).await;
    let seen = retire::begin(&call, Retirable::Product, product).await.expect("she may").seen;
    let wanted = Retire {
        on: world.day(0).to_string(),
        reason: "Nobody needs it".to_owned(),
        successor: String::new(),
        seen,
    };
    retire::retire(&call, Retirable::Product, product, &wanted).await.expect("nobody relies on it");
}

on_both! { demo =>
    async fn readers_are_counted_by_domain_and_named_only_to_those_who_decide(world) {
        world.granted("paula.brandt", "collections/cases", 300, &["aylin.demir"]).await;
        for who in READERS {
            read(world, who).await;
        }
        read(world, "paula.brandt").await;
        // First they wait to be written, then they are.
        for _ in 0..2 {
            for (kind, id) in [(Used::Product, PRODUCT), (Used::Asset, TABLE)] {
                let whole = of(world, "aylin.demir", kind, id, None).await.expect("she owns it");
                assert_eq!(
                    groups(&whole),
                    [
                        group("Central Data Team", "1 person", Some(1)),
                        group("Controlling", "3 people", Some(3)),
                        group("Purchase", "1 person", Some(2)),
                    ]
                );
                assert_eq!((whole.people, bars(&whole), whole.days), (Headcount::exactly(5), 6, 90));
                let readers = whole.readers.expect("they have names").items;
                let paula = readers.iter().find(|reader| reader.name == "Paula Brandt").expect("she read it");
                assert_eq!((readers.len(), paula.readings, paula.last), (5, 2, world.day(0)));
                for who in ["lena.vogel", "tom.fischer", "paula.brandt"] {
                    let told = of(world, who, kind, id, None).await.expect("it is open");
                    assert_eq!(
                        groups(&told),
                        [
                            group("Central Data Team", "1 or 2 people", None),
                            group("Controlling", "3 people", None),
                            group("Purchase", "1 or 2 people", None),
                        ],
                        "{who}"
                    );
                    let said = told.groups.iter().filter(|group| group.last.is_some()).count();
                    assert_eq!((said, bars(&told), told.readers), (0, 0, None), "{who}");
                    assert_eq!(told.people.words(), "5 people or more", "which the groups say already");
                }
            }
            readings::write(&world.ctx).await.expect("they are written");
        }
        let page = async |who: &str| {
            let call = call(&world.ctx, &world.viewer(who).await).await;
            let product = catalog::product(&call, &PRODUCT.into()).await.expect("it opens").read_by;
            let table = catalog::asset(&call, &TABLE.into()).await.expect("it opens").read_by;
            assert_eq!(product, table, "nothing else of it was read");
            product.expect("it opens here").words()
        };
        assert_eq!(page("aylin.demir").await, "5 people");
        assert_eq!(page("lena.vogel").await, "5 people or more");
    }

    async fn what_was_read_before_the_window_never_counts(world) {
        read(world, "aylin.demir").await;
        readings::write(&world.ctx).await.expect("they are written");
        world.travel(29);
        let people = async |days| {
            of(world, "aylin.demir", Used::Asset, TABLE, Some(days)).await.expect("she owns it").people.least
        };
        assert_eq!(people(30).await, 1, "today counts as the last of them");
        world.travel(1);
        assert_eq!((people(30).await, people(90).await, people(365).await), (0, 1, 1));
        let year = of(world, "aylin.demir", Used::Asset, TABLE, Some(365)).await.expect("she owns it");
        assert!(year.by_month && (12..=13).contains(&year.bars.len()) && bars(&year) == 1);
    }

    async fn what_is_hidden_has_no_use_that_anybody_is_told_of(world) {
        let refused = async |who: &str, id: &str| refusal(of(world, who, Used::Product, id, None).await);
        let (hidden, absent) = (refused("paula.brandt", OTHER).await, refused("paula.brandt", "nothing").await);
        assert_eq!((hidden.kind, &hidden.message), (ErrorKind::NotFound, &absent.message));
        assert_eq!(refused("paula.brandt", "customers").await.kind, ErrorKind::Forbidden, "its name is known");
        let call = call(&world.ctx, &world.viewer("paula.brandt").await).await;
        let known = catalog::product(&call, &"customers".into()).await.expect("its name is known");
        assert_eq!(known.read_by, None);
        of(world, "tom.fischer", Used::Product, OTHER, None).await.expect("it is of his domain");
    }

    async fn what_nobody_reads_is_listed_until_somebody_does(world) {
        assert!(listed(world, Some(3)).await.is_empty(), "all of it is new");
        world.granted("paula.brandt", "collections/cases", 365, &["aylin.demir"]).await;
        world.travel(200);
        let never = |product: &str| (product.to_owned(), None);
        assert_eq!(listed(world, None).await, [never(PRODUCT), never(THIRD), never(OTHER)]);
        assert!(listed(world, Some(12)).await.is_empty(), "it was not there for so long");
        let first = PageRequest { after: None, limit: 1 };
        let first = unused(world, "tom.fischer", None, first).await.expect("he belongs to it");
        assert!(first.products.items.iter().all(|unused| unused.holders == 1) && !first.may_retire);
        assert_eq!(first.products.next.as_deref(), Some(PRODUCT));
        let rest = PageRequest { after: first.products.next, limit: 2 };
        let rest = unused(world, "aylin.demir", None, rest).await.expect("she owns it");
        assert!(rest.may_retire && rest.products.next.is_none());
        assert_eq!(rest.products.items.iter().map(|unused| unused.holders).collect::<Vec<_>>(), [0, 0]);
        read(world, "aylin.demir").await;
        let day = world.day(0);
        for _ in 0..2 {
            assert_eq!(listed(world, None).await, [never(THIRD), never(OTHER)], "also while it waits");
            readings::write(&world.ctx).await.expect("they are written");
        }
        world.travel(100);
        let read = (PRODUCT.to_owned(), Some(day));
        assert_eq!(listed(world, Some(3)).await, [read, never(THIRD), never(OTHER)]);
        assert_eq!(listed(world, Some(6)).await, [never(THIRD), never(OTHER)]);
        retire_now(world, OTHER).await;
        assert_eq!(listed(world, Some(6)).await, [never(THIRD)], "the other is retired already");
        for who in ["paula.brandt", "sofia.lindqvist"] {
            let refused = refusal(unused(world, who, None, PageRequest::default()).await);
            assert_eq!(refused.kind, ErrorKind::Forbidden, "{who}");
        }
    }

    async fn owners_are_told_once_and_of_the_same_list_after_three_months(world) {
        assert_eq!(tell(world, &world.ctx).await, 0, "all of it is new");
        world.travel(200);
        let other = world.replica(world.clock.clone(), settings()).await;
        assert!(tell(world, &world.ctx).await > 0);
        assert_eq!((tell(world, &other).await, tell(world, &world.ctx).await), (0, 0));
        let aylins = async || world.told("aylin.demir", TOLD).await;
        let title = "Unused data products of Controlling: Collections, Competitor analysis and Receivables by age";
        assert_eq!((aylins().await, world.told("aylin.demir", title).await), (1, 1));
        for who in ["tom.fischer", "ines.hoffmann", "paula.brandt"] {
            assert_eq!(world.told(who, TOLD).await, 0, "{who} owns nothing");
        }
        let body = world.text(&format!("SELECT body FROM notification WHERE title = '{title}'")).await;
        assert_eq!(body, "Nobody read these in the portal since 19 Dec 2026: retire what is not needed any more.");
        // As if it had been cut off before it was through: whoever was told is not told twice.
        world.execute("DELETE FROM setting WHERE key = 'unused.looked'").await.expect("it runs");
        assert_eq!(tell(world, &other).await, 0);
        world.travel(31);
        tell(world, &world.ctx).await;
        assert_eq!(aylins().await, 1, "the list is the same");
        world.travel(62);
        tell(world, &world.ctx).await;
        assert_eq!(aylins().await, 2, "three months are over");
        world.travel(31);
        retire_now(world, OTHER).await;
        tell(world, &world.ctx).await;
        let title = "Unused data products of Controlling: Collections and Competitor analysis";
        assert_eq!(world.told("aylin.demir", title).await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM retired").await, 1, "nothing else was retired by that");
    }
}
