//! Following: a feed of what changed, whose every line its reader may see, and a digest once a day.

use lakeport_model::certify::{Certifiable, Certify};
use lakeport_model::documents::TextKind;
use lakeport_model::follow::{Followable, Following, MOST_FOLLOWED};
use lakeport_model::retire::{Retirable, Retire};
use lakeport_model::{PageRequest, ProductId};
use lakeport_portal::people::leaving;
use lakeport_portal::{Actor, Error, ErrorKind, catalog, certify, documents, follow, retire};

use crate::world::{World, call, file, on_both, refusal};

const PRODUCT: &str = "collections";
const DIGEST: &str = "1 change in what you follow: Collections";

async fn begin(world: &World, who: &str, kind: Followable, id: &str) -> Result<(), Error> {
    follow::follow(&call(&world.ctx, &world.viewer(who).await).await, kind, id).await
}

async fn stop(world: &World, who: &str, kind: Followable, id: &str) {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    follow::unfollow(&call, kind, id).await.expect("anybody may");
}

async fn part(world: &World, who: &str, page: PageRequest) -> Following {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    follow::following(&call, page).await.expect("the feed opens")
}

async fn feed(world: &World, who: &str) -> Following {
    part(world, who, PageRequest { after: None, limit: 100 }).await
}

/// The names of what changed, and why each is shown.
async fn lines(world: &World, who: &str) -> Vec<(String, String)> {
    let lines = feed(world, who).await.feed.items.into_iter();
    lines.map(|line| (line.name, line.because)).collect()
}

/// Somebody publishes the text of the product with other words in one place.
async fn publish(world: &World, who: &str, from: &str, to: &str) {
    let text = world.text(&format!("SELECT document FROM product WHERE id = '{PRODUCT}'")).await;
    let changed = text.replacen(from, to, 1);
    assert_ne!(changed, text, "there is something to change");
    let call = call(&world.ctx, &world.viewer(who).await).await;
    let base = documents::edit(&call, TextKind::Product, PRODUCT, None).await.expect("they may").base;
    let done =
        documents::publish(&call, TextKind::Product, Some(PRODUCT), base, &changed, "Adds a tag").await;
    assert!(done.expect("they may").is_new);
}

/// The owner retires the product in so many days.
async fn retire_in(world: &World, days: i64) {
    let aylin = world.viewer("aylin.demir").await;
    let shown =
        retire::begin(&call(&world.ctx, &aylin).await, Retirable::Product, PRODUCT).await.expect("she may");
    let wanted = Retire {
        on: world.day(days).to_string(),
        reason: "Sums by day replace it".to_owned(),
        successor: String::new(),
        seen: shown.seen,
    };
    let done = retire::retire(&call(&world.ctx, &aylin).await, Retirable::Product, PRODUCT, &wanted).await;
    done.expect("it is far enough");
}

async fn follows(world: &World, who: &str) -> Option<bool> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    catalog::product(&call, &ProductId::from(PRODUCT)).await.expect("it opens").follows
}

/// A product of Controlling that is seen by so many.
async fn rates(world: &World, visibility: &str) {
    let product = format!(
        "apiVersion: v1.1.0\nkind: DataProduct\nid: rates\nname: Rates {visibility}\nversion: 1.0.0\nstatus: active\n\
         domain: controlling\ncustomProperties:\n- {{property: lakeport.visibility, value: {visibility}}}\n"
    );
    world.import(vec![file("products/rates.odps.yaml", &product)]).await;
}

on_both! { demo =>
    async fn a_change_is_told_with_its_reason_to_those_who_see_the_history(world) {
        assert_eq!(follows(world, "tom.fischer").await, Some(false));
        for who in ["tom.fischer", "paula.brandt"] {
            for _ in 0..2 {
                begin(world, who, Followable::Product, PRODUCT).await.expect("it is open");
            }
        }
        assert_eq!(follows(world, "tom.fischer").await, Some(true));
        world.travel(1);
        publish(world, "aylin.demir", "tags: [receivables,", "tags: [claims, receivables,").await;
        let toms = feed(world, "tom.fischer").await;
        assert_eq!(toms.follows.len(), 1, "twice is once");
        let line = &toms.feed.items[0];
        assert_eq!(line.what, "Aylin Demir published revision 2: Adds a tag. 1 line added, 1 line taken away.");
        assert_eq!((line.name.as_str(), line.href.as_str()), ("Collections", "/products/collections"));
        assert_eq!(line.difference.as_deref(), Some("/products/collections/history/2"));
        assert_eq!((line.because.as_str(), line.at), ("You follow Collections", world.now()));
        let paulas = feed(world, "paula.brandt").await;
        let line = &paulas.feed.items[0];
        assert_eq!((line.what.as_str(), &line.difference), ("A new description of it was published.", &None));
        stop(world, "tom.fischer", Followable::Product, PRODUCT).await;
        let left = feed(world, "tom.fischer").await;
        assert!(left.follows.is_empty() && left.feed.items.is_empty());
    }

    async fn a_domain_is_followed_with_all_that_is_seen_of_it(world) {
        begin(world, "paula.brandt", Followable::Domain, "controlling").await.expect("everybody sees domains");
        begin(world, "tom.fischer", Followable::Domain, "controlling").await.expect("everybody sees domains");
        begin(world, "tom.fischer", Followable::Product, PRODUCT).await.expect("it is open");
        world.travel(1);
        rates(world, "open").await;
        let first = |lines: Vec<(String, String)>| lines.into_iter().next().expect("there is a line");
        let because = "You follow the domain Controlling".to_owned();
        assert_eq!(first(lines(world, "paula.brandt").await), ("Rates open".to_owned(), because.clone()));
        let toms = lines(world, "tom.fischer").await;
        let direct = toms.iter().find(|(name, _)| name == "Collections").expect("it was imported lately");
        assert_eq!(direct.1, "You follow Collections", "by itself comes before by its domain");
        // It is hidden, and called anew: who does not see it is told nothing, neither of before nor of now.
        world.travel(1);
        rates(world, "private").await;
        let hidden = lines(world, "paula.brandt").await;
        assert!(hidden.iter().all(|(name, _)| !name.starts_with("Rates")), "{hidden:?}");
        let hidden = begin(world, "paula.brandt", Followable::Product, "rates").await;
        assert_eq!(refusal(hidden).kind, ErrorKind::NotFound, "it answers as what is not there");
        assert_eq!(first(lines(world, "tom.fischer").await), ("Rates private".to_owned(), because));
    }

    async fn what_is_hidden_since_stays_in_the_list_without_its_name(world) {
        rates(world, "open").await;
        begin(world, "paula.brandt", Followable::Product, "rates").await.expect("it is open");
        rates(world, "restricted").await;
        let followed = feed(world, "paula.brandt").await;
        assert!(followed.feed.items.is_empty(), "{followed:?}");
        assert_eq!(followed.follows.iter().map(|one| one.seen.clone()).collect::<Vec<_>>(), [None]);
        let by_name = begin(world, "lena.vogel", Followable::Product, "rates").await;
        assert_eq!(refusal(by_name).kind, ErrorKind::NotFound, "nobody follows what they know by its name alone");
        stop(world, "paula.brandt", Followable::Product, "rates").await;
        assert!(feed(world, "paula.brandt").await.follows.is_empty());
    }

    async fn a_contract_and_a_retirement_are_told_with_their_product(world) {
        begin(world, "paula.brandt", Followable::Product, PRODUCT).await.expect("it is open");
        world.travel(1);
        retire_in(world, 40).await;
        let followed = feed(world, "paula.brandt").await.feed.items;
        assert_eq!(followed[0].what, "Retired from 11 Jan 2027 on: Sums by day replace it.");
        let contract = followed.iter().find(|line| line.href == "/contracts/collections").expect("it has one");
        assert_eq!(contract.what, "Version 1.0.0 was published.");
        assert_eq!(contract.because, "You follow Collections");
    }

    async fn what_is_announced_stays_in_the_feed_and_on_the_page(world) {
        begin(world, "paula.brandt", Followable::Product, PRODUCT).await.expect("it is open");
        world.travel(1);
        retire_in(world, 2).await;
        world.travel(1);
        let aylin = world.viewer("aylin.demir").await;
        let why = "Tickets still use it";
        let restored = retire::restore(&call(&world.ctx, &aylin).await, Retirable::Product, PRODUCT, why).await;
        restored.expect("she may");
        world.travel(1);
        let ines = world.viewer("ines.hoffmann").await;
        let wanted = Certify { until: world.day(9).to_string(), reason: "Compared".to_owned(), seen: String::new() };
        let done = certify::certify(&call(&world.ctx, &ines).await, Certifiable::Product, PRODUCT, &wanted).await;
        done.expect("she may");
        let said = [
            "Certified until 13 Dec 2026: Compared.",
            "Restored: Tickets still use it.",
            "Retired from 4 Dec 2026 on: Sums by day replace it.",
        ];
        let (mut after, mut told) = (None, Vec::new());
        for _ in said {
            let page = part(world, "paula.brandt", PageRequest { after, limit: 1 }).await.feed;
            told.extend(page.items.into_iter().map(|line| line.what));
            after = page.next;
        }
        assert_eq!(told, said, "one in each part");
        let call = call(&world.ctx, &world.viewer("paula.brandt").await).await;
        let page = catalog::product(&call, &ProductId::from(PRODUCT)).await.expect("it opens");
        let texts: Vec<&str> = page.activity.items.iter().map(|line| line.text.as_str()).take(3).collect();
        assert_eq!(texts, said);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", "3 changes in what you follow: Collections").await, 1);
    }

    async fn the_day_of_a_retirement_is_told_once_it_has_come(world) {
        for who in ["paula.brandt", "aylin.demir"] {
            begin(world, who, Followable::Product, PRODUCT).await.expect("it is open");
        }
        world.travel(1);
        let (announced, day) = (world.now(), world.day(2));
        retire_in(world, 2).await;
        world.travel(1);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", DIGEST).await, 1);
        assert_eq!(world.told("aylin.demir", DIGEST).await, 0, "she announced it herself");
        let said = ("Retired from 4 Dec 2026 on: Sums by day replace it.".to_owned(), announced);
        let newest = |followed: Following| followed.feed.items.into_iter().next().map(|line| (line.what, line.at));
        assert_eq!(newest(feed(world, "paula.brandt").await), Some(said.clone()), "its day has not come");
        world.travel(1);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", DIGEST).await, 2);
        assert_eq!(world.told("aylin.demir", DIGEST).await, 1, "of a day nobody is the author");
        let first = part(world, "paula.brandt", PageRequest { after: None, limit: 1 }).await;
        let after = first.feed.next.clone();
        let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
        let left = "It left search and lists: it is retired since this day.".to_owned();
        assert_eq!(newest(first), Some((left, midnight)));
        let second = part(world, "paula.brandt", PageRequest { after, limit: 1 }).await;
        assert_eq!(newest(second), Some(said), "what was announced stays as it was");
    }

    async fn the_feed_comes_in_parts_without_a_gap(world) {
        begin(world, "tom.fischer", Followable::Domain, "controlling").await.expect("everybody sees domains");
        let whole = feed(world, "tom.fischer").await.feed.items;
        assert!(whole.len() > 3, "{whole:?}");
        let (mut after, mut found) = (None, Vec::new());
        loop {
            let page = part(world, "tom.fischer", PageRequest { after, limit: 2 }).await.feed;
            found.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, whole);
        let call = call(&world.ctx, &world.viewer("tom.fischer").await).await;
        let lost = PageRequest { after: Some("here".to_owned()), limit: 2 };
        assert_eq!(refusal(follow::following(&call, lost).await).field, Some("after"));
    }

    async fn a_digest_is_told_once_a_day_and_never_of_ones_own_changes(world) {
        for who in ["tom.fischer", "aylin.demir"] {
            begin(world, who, Followable::Product, PRODUCT).await.expect("it is open");
        }
        world.travel(1);
        world.sweep().await;
        assert_eq!(world.told("tom.fischer", "1 change").await, 0, "nothing has changed");
        world.clock.set(world.now() + chrono::TimeDelta::hours(1));
        publish(world, "aylin.demir", "tags: [receivables,", "tags: [claims, receivables,").await;
        world.sweep().await;
        assert_eq!(world.told("tom.fischer", DIGEST).await, 0, "it was looked at today");
        world.travel(1);
        for _ in 0..2 {
            world.sweep().await;
        }
        assert_eq!(world.told("tom.fischer", DIGEST).await, 1);
        assert_eq!(world.told("aylin.demir", DIGEST).await, 0, "she did it herself");
        world.travel(1);
        world.sweep().await;
        assert_eq!(world.told("tom.fischer", DIGEST).await, 1, "it was told before");
    }

    async fn ones_own_changes_use_up_no_digest(world) {
        begin(world, "aylin.demir", Followable::Product, PRODUCT).await.expect("it is open");
        let hour = chrono::TimeDelta::hours(1);
        world.clock.set(world.now() + hour);
        publish(world, "ines.hoffmann", "tags: [receivables,", "tags: [claims, receivables,").await;
        world.clock.set(world.now() + hour);
        publish(world, "aylin.demir", "tags: [claims,", "tags: [debts, claims,").await;
        let many = format!(
            "INSERT INTO revision (kind, document, number, at, actor, source, reason, text, added, removed, in_files) \
             WITH RECURSIVE n(more) AS (SELECT 1 UNION ALL SELECT more + 1 FROM n WHERE more < 1000) \
             SELECT kind, document, number + more, at, actor, source, reason, text, added, removed, in_files \
             FROM revision CROSS JOIN n WHERE kind = 'product' AND document = '{PRODUCT}' AND number = 3"
        );
        assert_eq!(world.execute(&many).await.expect("they are there"), 1_000);
        let line = feed(world, "aylin.demir").await.feed.items.into_iter().next().expect("there is a line");
        assert!(line.what.starts_with("Aylin Demir published revision 1003"), "the feed shows them: {line:?}");
        world.travel(1);
        world.sweep().await;
        assert_eq!(world.told("aylin.demir", DIGEST).await, 1, "another's change is told");
    }

    async fn nobody_is_told_of_what_they_may_not_see_by_then(world) {
        rates(world, "open").await;
        begin(world, "paula.brandt", Followable::Product, "rates").await.expect("it is open");
        begin(world, "tom.fischer", Followable::Product, "rates").await.expect("it is his domain's");
        world.clock.set(world.now() + chrono::TimeDelta::hours(1));
        rates(world, "private").await;
        world.travel(1);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", "1 change").await, 0);
        assert_eq!(world.told("tom.fischer", "1 change in what you follow: Rates private").await, 1);
    }

    async fn nobody_follows_too_much_and_whoever_leaves_follows_nothing(world) {
        begin(world, "paula.brandt", Followable::Product, PRODUCT).await.expect("it is open");
        for number in 1..MOST_FOLLOWED {
            let sql = format!(
                "INSERT INTO follow (person, kind, id, since) SELECT person, kind, 'p{number}', since FROM follow \
                 WHERE id = '{PRODUCT}'"
            );
            world.execute(&sql).await.expect("it is written");
        }
        let refused = refusal(begin(world, "paula.brandt", Followable::Domain, "finance").await);
        assert_eq!(refused.kind, ErrorKind::Conflict);
        assert!(refused.message.starts_with("You follow 200 things"), "{}", refused.message);
        begin(world, "paula.brandt", Followable::Product, PRODUCT).await.expect("she follows it already");
        let paula = world.viewer("paula.brandt").await;
        leaving::disable(&world.ctx, &Actor::System("cli"), paula.id).await.expect("she leaves");
        let kept = "SELECT (SELECT COUNT(*) FROM follow) + (SELECT COUNT(*) FROM follower)";
        assert_eq!(world.number(kept).await, 0);
    }
}
