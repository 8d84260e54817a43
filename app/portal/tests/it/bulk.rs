//! Many assets of a domain: listed, and one thing changed of all that somebody chose.

use lakeport_model::many::{AssetFilter, AssetLine, ChangeText, DomainAssets, ManyChecked, Outcome};
use lakeport_model::retire::{Retirable, Retire};
use lakeport_model::{DomainId, PageRequest};
use lakeport_portal::{Error, ErrorKind, assets, audit, retire};

use crate::world::{World, call, file, on_both, refusal};

/// The message of whoever hears of three assets.
const EXPOSED: &str = "3 assets became less protected or left their domain";

fn id(number: usize) -> String {
    format!("gold.many_{number:03}")
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(id).collect()
}

/// So many tables of Finance, and a topic behind them.
async fn bring(world: &World, count: usize) {
    let mut text =
        "apiVersion: lakeport/v1\nkind: Assets\nnamespace: lakehouse\ndomain: finance\nassets:\n".to_owned();
    for id in ids(count) {
        text.push_str("- {id: ");
        text.push_str(&id);
        text.push_str(
            ", kind: table, layer: silver, description: One of many, tags: [Sales], columns: [\
                       {name: day, type: date}, {name: iban, type: string, classification: confidential}]}\n",
        );
    }
    text.push_str("- {id: kafka.many, kind: topic, description: Events}\n");
    world.import(vec![file("many.yaml", &text)]).await;
}

fn tag(change: &str, tag: &str) -> ChangeText {
    ChangeText { change: change.to_owned(), tag: tag.to_owned(), ..ChangeText::default() }
}

fn classify(classification: &str) -> ChangeText {
    let classification = classification.to_owned();
    ChangeText { change: "classify".to_owned(), classification, ..ChangeText::default() }
}

fn layer(layer: &str) -> ChangeText {
    ChangeText { change: "layer".to_owned(), layer: layer.to_owned(), ..ChangeText::default() }
}

async fn list(world: &World, who: &str, filter: AssetFilter, after: Option<String>) -> DomainAssets {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    let page = PageRequest { after, limit: 200 };
    assets::domain_assets(&call, &DomainId::from("finance"), &filter, page).await.expect("everybody may")
}

/// The ids of those whose names hold a word.
async fn named(world: &World, who: &str, filter: AssetFilter) -> Vec<String> {
    let found = list(world, who, filter, None).await.assets.items;
    found.into_iter().map(|line| line.id.0).collect()
}

async fn check(world: &World, who: &str, ids: &[String], change: &ChangeText) -> Result<ManyChecked, Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    assets::check_many(&call, &DomainId::from("finance"), ids, change).await
}

/// Carries out what a check showed to be changed.
async fn carry_out(
    world: &World,
    who: &str,
    checked: &ManyChecked,
    change: &ChangeText,
    (agreed, reason): (&str, &str),
) -> Result<u32, Error> {
    let chosen = checked.lines.iter().filter_map(|line| match &line.outcome {
        Outcome::Changes { seen, .. } => Some((line.id.0.clone(), seen.clone())),
        Outcome::Stays(_) | Outcome::Refused(_) => None,
    });
    let chosen: Vec<(String, String)> = chosen.collect();
    let call = call(&world.ctx, &world.viewer(who).await).await;
    assets::change_many(&call, &DomainId::from("finance"), &chosen, change, agreed, reason).await
}

async fn change(world: &World, who: &str, ids: &[String], change: &ChangeText) -> Result<u32, Error> {
    let checked = check(world, who, ids, change).await?;
    let meaning = checked.meaning.clone();
    carry_out(world, who, &checked, change, (&meaning, "Asked for")).await
}

async fn revisions(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM revision WHERE kind = 'asset'").await
}

async fn records(world: &World) -> i64 {
    let records = "SELECT COUNT(*) FROM audit WHERE action = 'asset.change_many' AND domain = 'finance'";
    world.number(records).await
}

on_both! { demo =>
    async fn fifty_assets_get_a_tag_in_one_go(world) {
        bring(world, 60).await;
        let many = || AssetFilter { q: "MANY gold".to_owned(), ..AssetFilter::default() };
        let first = list(world, "ines.hoffmann", many(), None).await;
        assert_eq!((first.assets.items.len(), first.may_change), (50, true));
        let facts = first.assets.items[0].facts.clone().expect("she sees all of it");
        assert_eq!((facts.tags.items, facts.columns, facts.undescribed), (vec!["Sales".to_owned()], 2, 2));
        let second = list(world, "ines.hoffmann", many(), first.assets.next).await.assets;
        assert_eq!((second.items.len(), second.next), (10, None));
        let add = tag("add_tag", "planning");
        let checked = check(world, "ines.hoffmann", &ids(50), &add).await.expect("she may");
        assert_eq!((checked.what.as_str(), checked.count), ("Add the tag \"planning\"", 50));
        assert_eq!(checked.together, "50 assets change: nobody reads more or less by it.");
        assert!(!checked.needs_consent);
        assert_eq!(revisions(world).await, 0, "a check writes nothing");
        assert_eq!(carry_out(world, "ines.hoffmann", &checked, &add, ("", "")).await.expect("she may"), 50);
        assert_eq!((revisions(world).await, records(world).await), (100, 50), "what files had, and the new one");
        let again = carry_out(world, "ines.hoffmann", &checked, &add, ("", "")).await.expect("it is so");
        assert_eq!((again, records(world).await), (0, 50), "sent twice, it was done once");
        let tagged = AssetFilter { tag: "Planning".to_owned(), layer: "silver".to_owned(), ..AssetFilter::default() };
        assert_eq!(named(world, "ines.hoffmann", tagged.clone()).await.len(), 50);
        let take = tag("remove_tag", "PLANNING");
        let checked = check(world, "maria.keller", &ids(51), &take).await.expect("an owner may");
        assert_eq!((checked.count, checked.lines.len()), (50, 51));
        assert_eq!(checked.lines[50].outcome, Outcome::Stays("It does not have this tag.".to_owned()));
        assert_eq!(carry_out(world, "maria.keller", &checked, &take, ("", "")).await.expect("she may"), 50);
        assert!(named(world, "ines.hoffmann", tagged).await.is_empty());
        assert_eq!(audit::verify(&world.ctx, None).await.expect("it can be read").problem, None);
    }

    async fn what_protects_less_is_for_stewards_who_have_seen_it_and_say_why(world) {
        bring(world, 3).await;
        let (ids, raise, lower) = (ids(3), classify("restricted"), classify("internal"));
        let checked = check(world, "maria.keller", &ids, &raise).await.expect("an owner may");
        assert!(!checked.needs_consent);
        assert_eq!(checked.together, "3 assets change: 3 more protected than before.");
        assert_eq!(carry_out(world, "maria.keller", &checked, &raise, ("", "")).await.expect("she may"), 3);
        let refused = check(world, "maria.keller", &ids, &lower).await.expect("she may look");
        let is_refused = |outcome: &Outcome| {
            matches!(outcome, Outcome::Refused(why) if why.contains("Only a steward of its domain"))
        };
        assert!(refused.lines.iter().all(|line| is_refused(&line.outcome)), "{refused:?}");
        assert_eq!((refused.count, refused.together.as_str()), (0, "Nothing changes."));
        let checked = check(world, "ines.hoffmann", &ids, &lower).await.expect("a steward may");
        assert!(checked.needs_consent && checked.count == 3, "{checked:?}");
        assert_eq!(checked.together, "3 assets change: 3 less protected than before.");
        let meaning = checked.meaning.as_str();
        let maria = refusal(carry_out(world, "maria.keller", &checked, &lower, (meaning, "Why not")).await);
        assert_eq!(maria.kind, ErrorKind::Forbidden);
        for ((agreed, reason), field) in [(("", "Open"), "agreed"), (("x", "Open"), "agreed"), ((meaning, " "), "reason")] {
            let refused = refusal(carry_out(world, "ines.hoffmann", &checked, &lower, (agreed, reason)).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some(field)), "{agreed} {reason}");
        }
        assert_eq!((records(world).await, world.told("henrik.maas", EXPOSED).await), (3, 0));
        let done = carry_out(world, "ines.hoffmann", &checked, &lower, (meaning, "No account is real")).await;
        assert_eq!(done.expect("she may"), 3);
        assert_eq!(world.told("henrik.maas", EXPOSED).await, 1, "no other steward watches, and it is one message");
        let low = "SELECT COUNT(*) FROM asset WHERE id LIKE 'gold.many%' AND classification = 'internal'";
        assert_eq!(world.number(low).await, 3);
    }

    async fn one_that_changed_meanwhile_keeps_all_of_them_as_they_are(world) {
        bring(world, 3).await;
        let add = tag("add_tag", "planning");
        let checked = check(world, "maria.keller", &ids(3), &add).await.expect("she may");
        let other = change(world, "ines.hoffmann", &[id(1)], &layer("gold")).await;
        assert_eq!(other.expect("she is first"), 1);
        let before = revisions(world).await;
        let refused = refusal(carry_out(world, "maria.keller", &checked, &add, ("", "")).await);
        assert_eq!(refused.kind, ErrorKind::Conflict);
        let said = "Nothing was changed, for gold.many_001 changed in the meantime. Ines Hoffmann published revision 2";
        assert!(refused.message.starts_with(said), "{refused:?}");
        assert_eq!((revisions(world).await, records(world).await), (before, 1));
        let unseen = [(id(0), String::new())];
        let call = call(&world.ctx, &world.viewer("maria.keller").await).await;
        let unseen = assets::change_many(&call, &DomainId::from("finance"), &unseen, &add, "", "").await;
        assert_eq!(refusal(unseen).kind, ErrorKind::Conflict, "nobody said what they saw");
        assert_eq!(change(world, "maria.keller", &ids(3), &add).await.expect("she has seen it"), 3);
    }

    async fn tables_at_one_place_change_together_or_not_at_all(world) {
        let twins = "apiVersion: lakeport/v1\nkind: Assets\nnamespace: lakehouse\ndomain: finance\nassets:\n\
                     - {id: gold.twin_one, kind: table, description: A, location: gold/twins}\n\
                     - {id: gold.twin_two, kind: table, description: B, location: gold/twins}\n";
        world.import(vec![file("twins.yaml", twins)]).await;
        let [one, two] = ["gold.twin_one", "gold.twin_two"].map(str::to_owned);
        let refused = refusal(change(world, "ines.hoffmann", std::slice::from_ref(&one), &classify("restricted")).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, None));
        assert!(!refused.message.contains("twin_two"), "{refused:?}");
        assert_eq!(revisions(world).await, 0);
        assert_eq!(change(world, "ines.hoffmann", &[one, two], &classify("restricted")).await.expect("she may"), 2);
    }

    async fn whoever_sees_a_name_alone_reads_no_more_and_what_is_hidden_is_not_listed(world) {
        bring(world, 4).await;
        for (number, visibility) in [(0, "private"), (1, "restricted")] {
            let product = format!(
                "apiVersion: v1.0.0\nkind: DataProduct\nid: a-{visibility}\nname: A {visibility}\nversion: 1.0.0\n\
                 status: active\ndomain: finance\ncustomProperties:\n- {{property: lakeport.visibility, value: {visibility}}}\n\
                 outputPorts:\n- name: all\n  version: 1.0.0\n  customProperties:\n  - {{property: lakeport.asset, value: {}}}\n",
                id(number)
            );
            world.import(vec![file(&format!("products/a-{visibility}.odps.yaml"), &product)]).await;
        }
        let many = || AssetFilter { q: "gold.many".to_owned(), ..AssetFilter::default() };
        let seen = list(world, "paula.brandt", many(), None).await;
        assert!(!seen.may_change);
        let lines: Vec<(&str, bool)> =
            seen.assets.items.iter().map(|line: &AssetLine| (line.id.as_str(), line.facts.is_some())).collect();
        assert_eq!(lines, [("gold.many_001", false), ("gold.many_002", true), ("gold.many_003", true)]);
        let tagged = AssetFilter { tag: "sales".to_owned(), ..many() };
        assert_eq!(named(world, "paula.brandt", tagged.clone()).await, [id(2), id(3)], "its tags are not told");
        assert_eq!(named(world, "clara.neumann", tagged).await.len(), 4);
        for who in ["paula.brandt", "clara.neumann", "sofia.lindqvist"] {
            let add = tag("add_tag", "x");
            let refused = refusal(check(world, who, &[id(0)], &add).await);
            assert_eq!(refused.kind, ErrorKind::Forbidden, "{who}");
            let call = call(&world.ctx, &world.viewer(who).await).await;
            let chosen = [(id(0), "x".to_owned())];
            let refused = assets::change_many(&call, &DomainId::from("finance"), &chosen, &add, "", "").await;
            assert_eq!(refusal(refused).kind, ErrorKind::Forbidden, "{who}");
        }
        let call = call(&world.ctx, &world.viewer("maria.keller").await).await;
        let seen = retire::begin(&call, Retirable::Asset, &id(3)).await.expect("she may").seen;
        let (on, reason) = (world.day(0).to_string(), "Nobody needs it".to_owned());
        let wanted = Retire { on, reason, successor: String::new(), seen };
        retire::retire(&call, Retirable::Asset, &id(3), &wanted).await.expect("nobody relies on it");
        assert_eq!(named(world, "maria.keller", many()).await, ids(3));
    }

    async fn no_more_than_a_hundred_of_one_domain_are_changed_in_one_go(world) {
        bring(world, 101).await;
        let add = tag("add_tag", "planning");
        for (chosen, kind) in [
            (ids(101), ErrorKind::Invalid),
            (Vec::new(), ErrorKind::Invalid),
            (vec!["gold.nothing".to_owned()], ErrorKind::NotFound),
            (vec![id(0), "gold.collections".to_owned()], ErrorKind::Conflict),
        ] {
            let refused = refusal(check(world, "ines.hoffmann", &chosen, &add).await);
            assert_eq!(refused.kind, kind, "{refused:?}");
        }
        let topic = vec![id(0), "kafka.many".to_owned()];
        let checked = check(world, "ines.hoffmann", &topic, &layer("gold")).await.expect("she may");
        assert_eq!((checked.count, checked.lines.len()), (1, 2));
        assert_eq!(checked.lines[1].outcome, Outcome::Refused("Only tables have a layer.".to_owned()));
        let twice: Vec<String> = ids(100).into_iter().chain(ids(100)).collect();
        assert_eq!(change(world, "ines.hoffmann", &twice, &add).await.expect("each counts once"), 100);
        for turn in 1..10 {
            let way = if turn % 2 == 1 { "remove_tag" } else { "add_tag" };
            let done = change(world, "ines.hoffmann", &ids(100), &tag(way, "planning")).await;
            assert_eq!(done.expect("within the pace"), 100, "{turn}");
        }
        assert_eq!(records(world).await, 1_000);
        let refused = refusal(change(world, "ines.hoffmann", &ids(1), &tag("add_tag", "more")).await);
        assert_eq!(refused.kind, ErrorKind::Busy);
    }
}
