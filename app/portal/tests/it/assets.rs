//! Assets that are described on pages, with every text kept, and what an import makes of it.

use lakeport_model::assets::{AssetChecked, AssetEditing, AssetText, ColumnText};
use lakeport_model::catalog::{AssetPage, Classification};
use lakeport_model::documents::{History, Published, Source};
use lakeport_model::{AssetId, DomainId, PageRequest};
use lakeport_portal::store::changes::Touched;
use lakeport_portal::{Error, ErrorKind, assets, audit, catalog};

use crate::world::{World, call, file, mesh, on_both, refusal, settings};

const FILE: &str = "assets/gold.yaml";
const ID: &str = "gold.collections";
const KEPT: &str =
    "asset gold.collections: changed in the portal after files held it last, and the file is as it was";

fn column(name: &str, classification: &str) -> ColumnText {
    ColumnText {
        name: name.to_owned(),
        data_type: "string".to_owned(),
        classification: classification.to_owned(),
        ..ColumnText::default()
    }
}

fn plans() -> AssetText {
    AssetText {
        id: "gold.payment_plans".to_owned(),
        kind: "table".to_owned(),
        layer: "gold".to_owned(),
        description: "Plans **by customer**.\r\n\r\n<script>alert(1)</script>".to_owned(),
        tags: "receivables, plans".to_owned(),
        columns: vec![column("plan", "internal"), column("iban", "restricted"), ColumnText::default()],
        ..AssetText::default()
    }
}

/// Whether somebody agrees to what it means for people, and why.
type Consent<'a> = (bool, &'a str);

async fn publish_in(
    world: &World,
    who: &str,
    (id, domain): (Option<&str>, &str),
    seen: &str,
    text: &AssetText,
    (agreed, reason): Consent<'_>,
) -> Result<Published, Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    let domain = DomainId::from(domain);
    let mut meaning = String::new();
    if agreed && let Ok(checked) = assets::check(&call, id, &domain, seen, text).await {
        meaning = checked.meaning;
    }
    assets::publish(&call, id, &domain, seen, text, &meaning, reason).await
}

async fn publish(
    world: &World,
    who: &str,
    id: Option<&str>,
    seen: &str,
    text: &AssetText,
) -> Result<Published, Error> {
    publish_in(world, who, (id, "controlling"), seen, text, (false, "Asked for")).await
}

async fn check(world: &World, who: &str, id: Option<&str>, text: &AssetText) -> AssetChecked {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    let seen = match id {
        Some(id) => assets::edit(&call, id).await.expect("they may change it").seen,
        None => String::new(),
    };
    let checked = assets::check(&call, id, &DomainId::from("controlling"), &seen, text).await;
    checked.expect("they may publish it")
}

async fn edit(world: &World, who: &str, id: &str) -> Result<AssetEditing, Error> {
    assets::edit(&call(&world.ctx, &world.viewer(who).await).await, id).await
}

async fn page(world: &World, who: &str, id: &str) -> Result<AssetPage, Error> {
    catalog::asset(&call(&world.ctx, &world.viewer(who).await).await, &AssetId::from(id)).await
}

async fn history(world: &World, who: &str, id: &str) -> Result<History, Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    assets::history(&call, id, PageRequest::default()).await
}

/// How many revisions of assets there are.
async fn revisions(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM revision WHERE kind = 'asset'").await
}

/// The demo's file of gold tables, with other words about collections.
fn reworded(words: &str) -> String {
    let files = mesh();
    let text = &files.iter().find(|file| file.path == FILE).expect("it is there").text;
    text.replacen("Collection cases, one row a case", words, 1)
}

on_both! { demo =>
    async fn a_steward_describes_a_table_and_changes_it(world) {
        let begun = {
            let call = call(&world.ctx, &world.viewer("aylin.demir").await).await;
            assets::begin(&call, &DomainId::from("controlling")).await.expect("she may")
        };
        assert_eq!((begun.id, begun.seen.as_str(), begun.newest), (None, "", 0));
        let checked = check(world, "aylin.demir", None, &plans()).await;
        assert!(checked.problems.is_empty() && !checked.needs_consent, "{checked:?}");
        assert!(checked.about.contains("<strong>by customer</strong>"), "{}", checked.about);
        assert_eq!((checked.effects, checked.overtaken), (vec!["It is new in Controlling.".to_owned()], None));
        assert_eq!(revisions(world).await, 0, "a check writes nothing");
        let done = publish(world, "aylin.demir", None, "", &plans()).await.expect("she may");
        assert_eq!((done.id.as_str(), done.number, done.is_new), ("gold.payment_plans", 1, true));
        let shown = page(world, "tom.fischer", "gold.payment_plans").await.expect("he sees it");
        assert!(shown.about.contains("<strong>by customer</strong>"), "{}", shown.about);
        assert!(!shown.about.contains("<script"), "{}", shown.about);
        assert_eq!(shown.classification, Some(Classification::Restricted));
        assert_eq!((shown.columns.len(), shown.opens_here, shown.may_edit), (2, false, false));
        let newest = shown.newest.expect("he is a member");
        assert_eq!((newest.number, newest.who.as_str(), newest.source), (1, "Aylin Demir", Source::Page));
        let of_others = page(world, "paula.brandt", "gold.payment_plans").await.expect("she sees it");
        assert!(of_others.newest.is_none() && !of_others.may_edit);
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'asset.describe' \
                       AND subject = 'asset gold.payment_plans' AND domain = 'controlling' AND rule = 'publish.owner'";
        assert_eq!(world.number(records).await, 1);
        let again = publish(world, "aylin.demir", None, "", &plans()).await.expect("it is the same");
        assert_eq!((again.number, again.is_new), (1, false));
        let begun = edit(world, "ines.hoffmann", "gold.payment_plans").await.expect("a steward may");
        assert_eq!(begun.text.classification, "restricted", "the highest of its columns counts");
        let same = publish(world, "ines.hoffmann", Some("gold.payment_plans"), &begun.seen, &begun.text).await;
        assert!(!same.expect("she may").is_new, "what she was shown is what is published");
        let other = AssetText { platform: "Delta Lake".to_owned(), ..begun.text };
        let done = publish(world, "ines.hoffmann", Some("gold.payment_plans"), &begun.seen, &other).await;
        assert_eq!(done.expect("she may").number, 2);
        assert_eq!(audit::verify(&world.ctx, None).await.expect("it can be read").problem, None);
        // Another process reads all of it, and finds the same.
        let replica = world.replica(world.clock.clone(), settings()).await;
        let snapshot = replica.snapshot().await.expect("it is read");
        let followed = world.ctx.snapshot().await.expect("it is read");
        assert_eq!(followed.assets["gold.payment_plans"], snapshot.assets["gold.payment_plans"]);
    }

    async fn an_import_never_overwrites_what_somebody_changed_on_a_page(world) {
        assert_eq!(revisions(world).await, 0, "files alone leave none");
        let begun = edit(world, "aylin.demir", ID).await.expect("she may");
        assert_eq!(begun.newest, 0);
        let text = AssetText { description: "Cases, **day by day**.".to_owned(), ..begun.text };
        let done = publish(world, "aylin.demir", Some(ID), &begun.seen, &text).await.expect("she may");
        assert_eq!(done.number, 2, "what files brought is kept as well");
        let lines = history(world, "tom.fischer", ID).await.expect("he is a member").lines;
        let told: Vec<_> = lines.iter().map(|line| (line.number, line.source, line.who.as_str())).collect();
        assert_eq!(told, [(2, Source::Page, "Aylin Demir"), (1, Source::Files, "an operator")]);
        assert_eq!(lines[1].reason, "As files had it before the first change.", "nobody knows since when");
        assert_eq!(world.number("SELECT COUNT(*) FROM revision WHERE kind = 'asset' AND in_files").await, 1);
        for _ in 0..2 {
            let report = world.import(mesh()).await;
            assert_eq!(report.kept, [KEPT]);
            assert_eq!((report.created.len(), report.changed.len()), (0, 0), "{report}");
        }
        let told = world.problems(vec![file(FILE, &reworded("Cases of collections"))]).await;
        assert!(told.starts_with("asset gold.collections: Aylin Demir changed this in the portal (revision 2,"), "{told}");
        // What is published is exported, and counts again once files hold it.
        let files = catalog::export(&world.ctx).await.expect("it is exported");
        let path = "assets/controlling.yaml";
        let exported = files.into_iter().find(|file| file.path == path).expect("assets are, too");
        assert!(exported.text.contains("Cases, **day by day**."), "{}", exported.text);
        let report = world.import(vec![file(path, &exported.text)]).await;
        assert_eq!((report.kept.len(), report.changed.len()), (0, 0), "{report}");
        let again = exported.text.replacen("**day by day**", "week by week", 1);
        let report = world.import(vec![file(path, &again)]).await;
        assert_eq!(report.changed, [("asset".to_owned(), ID.to_owned())]);
        assert_eq!(revisions(world).await, 3, "from the first change on, imports keep them, too");
    }

    async fn what_was_changed_back_is_known_to_be_in_files(world) {
        let begun = edit(world, "aylin.demir", ID).await.expect("she may");
        let other = AssetText { platform: "Elsewhere".to_owned(), ..begun.text.clone() };
        publish(world, "aylin.demir", Some(ID), &begun.seen, &other).await.expect("she may");
        let back = edit(world, "aylin.demir", ID).await.expect("she may");
        publish(world, "aylin.demir", Some(ID), &back.seen, &begun.text).await.expect("she may");
        let report = world.import(mesh()).await;
        assert!(report.kept.is_empty(), "{report}");
        let report = world.import(vec![file(FILE, &reworded("Cases of collections"))]).await;
        assert_eq!(report.changed, [("asset".to_owned(), ID.to_owned())]);
    }

    async fn nobody_lowers_a_classification_without_the_steward(world) {
        let begun = edit(world, "aylin.demir", ID).await.expect("she may");
        let mut lower = begun.text.clone();
        assert_eq!((lower.columns[0].name.as_str(), lower.columns[0].classification.as_str()), ("case_id", "confidential"));
        "internal".clone_into(&mut lower.columns[0].classification);
        let checked = check(world, "aylin.demir", Some(ID), &lower).await;
        let fields: Vec<&str> = checked.problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["columns[0][classification]"]);
        let told = &checked.problems[0].message;
        assert!(told.starts_with("Less protected than it was: case_id. Only a steward"), "{told}");
        let effect = "Less protected than it was: case_id (confidential until now, internal from now on).";
        assert!(checked.effects.iter().any(|told| told == effect) && checked.needs_consent, "{checked:?}");
        let at = (Some(ID), "controlling");
        let refused = refusal(publish_in(world, "aylin.demir", at, &begun.seen, &lower, (true, "Why not")).await);
        assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("classification.steward_needed")));
        let steward = |consent| publish_in(world, "ines.hoffmann", at, &begun.seen, &lower, consent);
        let refused = refusal(steward((false, "Case numbers name nobody")).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("agreed")));
        assert_eq!(refusal(steward((true, " ")).await).field, Some("reason"));
        assert_eq!(revisions(world).await, 0);
        steward((true, "Case numbers name nobody")).await.expect("she may");
        let records = "SELECT COUNT(*) FROM audit WHERE action IN ('asset.columns', 'asset.describe') \
                       AND subject = 'asset gold.collections'";
        assert_eq!(world.number(records).await, 2);
        // Where nobody is a steward, an owner does.
        world.staff("controlling", &[("aylin.demir", "owner")]).await;
        let begun = edit(world, "aylin.demir", ID).await.expect("she may");
        let mut lower = begun.text.clone();
        lower.columns.retain(|column| column.name != "fee_eur");
        let refused = refusal(publish_in(world, "aylin.demir", at, &begun.seen, &lower, (true, "Nobody asked")).await);
        assert_eq!(refused.rule, Some("classification.steward_needed"), "until just now there was one");
        world.travel(15);
        publish_in(world, "aylin.demir", at, &begun.seen, &lower, (true, "Nobody asked")).await.expect("she may");
    }

    async fn stewards_hear_of_what_is_lowered_also_when_they_were_just_removed(world) {
        let (owner, stewards) = (("aylin.demir", "owner"), [("ines.hoffmann", "steward"), ("tom.fischer", "steward")]);
        world.travel(1);
        world.staff("controlling", &[owner, stewards[0], stewards[1]]).await;
        let begun = edit(world, "tom.fischer", ID).await.expect("a steward may");
        let mut lower = begun.text.clone();
        "internal".clone_into(&mut lower.columns[0].classification);
        let at = (Some(ID), "controlling");
        let soon = publish_in(world, "tom.fischer", at, &begun.seen, &lower, (true, "Case numbers name nobody")).await;
        assert_eq!(refusal(soon).rule, Some("classification.fresh_steward"), "another one was it before him");
        world.travel(15);
        world.staff("controlling", &[owner, stewards[1]]).await;
        let done = publish_in(world, "tom.fischer", at, &begun.seen, &lower, (true, "Case numbers name nobody")).await;
        done.expect("a steward may");
        let told = "gold.collections is less protected than it was";
        assert_eq!(world.told("ines.hoffmann", told).await, 1, "she was a steward until just now");
        assert_eq!(world.told("tom.fischer", told).await, 0, "he did it");
    }

    async fn what_leaves_a_domain_is_agreed_to_by_its_steward(world) {
        publish(world, "ines.hoffmann", None, "", &plans()).await.expect("she may");
        world.staff("controlling", &[("aylin.demir", "owner"), ("ines.hoffmann", "steward")]).await;
        world.staff("finance", &[("aylin.demir", "owner"), ("ines.hoffmann", "steward")]).await;
        let id = Some("gold.payment_plans");
        let begun = edit(world, "aylin.demir", "gold.payment_plans").await.expect("she may");
        let away = (id, "finance");
        let refused = refusal(publish_in(world, "aylin.demir", away, &begun.seen, &begun.text, (true, "Away")).await);
        assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("classification.steward_needed")));
        assert!(refused.message.starts_with("It leaves its domain. Only a steward"), "{}", refused.message);
        let steward = |consent| publish_in(world, "ines.hoffmann", away, &begun.seen, &begun.text, consent);
        assert_eq!(refusal(steward((false, "Away")).await).field, Some("agreed"));
        assert_eq!(refusal(steward((true, "")).await).field, Some("reason"));
        steward((true, "Away")).await.expect("she may");
    }

    async fn what_opens_is_agreed_to(world) {
        let begun = edit(world, "ines.hoffmann", ID).await.expect("she may");
        let mut open = begun.text.clone();
        open.columns.push(column("weather", "public"));
        let checked = check(world, "ines.hoffmann", Some(ID), &open).await;
        assert!(checked.problems.is_empty() && checked.needs_consent, "{checked:?}");
        assert!(checked.effects.contains(&"Described as public: weather.".to_owned()), "{checked:?}");
        let refused = refusal(publish(world, "ines.hoffmann", Some(ID), &begun.seen, &open).await);
        assert_eq!(refused.field, Some("agreed"));
        // All of them are, and so the table is.
        open.columns.retain(|column| column.name == "weather");
        let effects = check(world, "ines.hoffmann", Some(ID), &open).await.effects;
        let opens = "Public from now on: weather. Everybody who sees the table reads that without asking.";
        assert!(effects.contains(&opens.to_owned()), "{effects:?}");
    }

    async fn whoever_agreed_to_something_else_is_asked_again(world) {
        let begun = edit(world, "ines.hoffmann", ID).await.expect("she may");
        let mut open = begun.text.clone();
        open.columns.push(column("weather", "public"));
        let agreed = check(world, "ines.hoffmann", Some(ID), &open).await.meaning;
        open.columns.push(column("wind", "public"));
        let ines = call(&world.ctx, &world.viewer("ines.hoffmann").await).await;
        let (domain, why) = (DomainId::from("controlling"), "Everybody may know");
        let stale = assets::publish(&ines, Some(ID), &domain, &begun.seen, &open, &agreed, why).await;
        let refused = refusal(stale);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("agreed")));
        assert!(refused.message.starts_with("What this changes for people is not what you have seen."), "{refused:?}");
        let agreed = check(world, "ines.hoffmann", Some(ID), &open).await.meaning;
        assets::publish(&ines, Some(ID), &domain, &begun.seen, &open, &agreed, why).await.expect("she has seen it");
    }

    async fn what_others_named_and_is_gone_is_told(world) {
        let begun = edit(world, "ines.hoffmann", ID).await.expect("she may");
        let mut less = begun.text.clone();
        less.columns.retain(|column| column.name != "stage");
        let effects = check(world, "ines.hoffmann", Some(ID), &less).await.effects;
        assert!(effects.contains(&"Not described any more: stage.".to_owned()), "{effects:?}");
        for beginning in ["The contract ", "Offered with these columns by the data product: ", "The dashboard ", "The term "] {
            assert!(effects.iter().any(|told| told.starts_with(beginning)), "{beginning}: {effects:?}");
        }
    }

    async fn nobody_writes_what_is_of_another_domain(world) {
        let begun = edit(world, "aylin.demir", ID).await.expect("she may");
        for who in ["maria.keller", "tom.fischer", "sofia.lindqvist"] {
            let refused = refusal(publish(world, who, Some(ID), &begun.seen, &begun.text).await);
            assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("publish.not_eligible")), "{who}");
            // A member opens it to propose a change.
            if who != "tom.fischer" {
                assert_eq!(refusal(edit(world, who, ID).await).kind, ErrorKind::Forbidden, "{who}");
            }
            assert_eq!(refusal(publish(world, who, None, "", &plans()).await).kind, ErrorKind::Forbidden, "{who}");
        }
        for who in ["maria.keller", "paula.brandt"] {
            assert_eq!(refusal(history(world, who, ID).await).kind, ErrorKind::Forbidden, "{who}");
        }
        // The receivables by age are private to controlling.
        assert_eq!(refusal(edit(world, "maria.keller", "gold.receivables_ageing").await).kind, ErrorKind::NotFound);
        let at = (None, "finance");
        for id in ["gold.receivables_ageing", ID, "collections-controlling"] {
            let text = AssetText { id: id.to_owned(), ..plans() };
            let refused = refusal(publish_in(world, "maria.keller", at, "", &text, (true, "Mine")).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("id")));
            assert_eq!(refused.message, format!("The id \"{id}\" is taken here. Choose another one."));
        }
        for name in ["gold.receivables_ageing", ID] {
            let text = AssetText { name: name.to_owned(), ..plans() };
            let refused = refusal(publish_in(world, "maria.keller", at, "", &text, (true, "Mine")).await);
            assert_eq!(refused.field, Some("name"));
            assert!(refused.message.starts_with(&format!("The address \"lakehouse {name}\" is taken here.")), "{refused:?}");
        }
        let text = AssetText { id: ID.to_owned(), kind: "chair".to_owned(), ..plans() };
        let told = check(world, "aylin.demir", None, &text).await.problems;
        let fields: Vec<&str> = told.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["kind", "id"], "a taken id is told beside other mistakes");
        // A product of controlling offers it.
        let away = (Some(ID), "finance");
        let refused = refusal(publish_in(world, "ines.hoffmann", away, &begun.seen, &begun.text, (true, "Away")).await);
        assert!(refused.message.starts_with("A product, a contract or a dashboard"), "{refused:?}");
        assert_eq!(revisions(world).await, 0);
    }

    async fn nobody_tries_ids_without_end(world) {
        let (maria, finance) = (call(&world.ctx, &world.viewer("maria.keller").await).await, DomainId::from("finance"));
        let text = AssetText { id: "gold.receivables_ageing".to_owned(), ..plans() };
        for _ in 0..3 {
            let checked = assets::check(&maria, None, &finance, "", &text).await.expect("she may look");
            assert_eq!(checked.problems[0].field, "id");
        }
        let recorded = "SELECT COUNT(*) FROM audit WHERE action = 'asset.describe.refused' AND rule = 'asset.taken'";
        assert_eq!(world.number(recorded).await, 1, "a form is checked again and again");
        for _ in 0..19 {
            let refused = refusal(assets::publish(&maria, None, &finance, "", &text, "", "Mine").await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("id")));
        }
        let refused = refusal(assets::check(&maria, None, &finance, "", &plans()).await);
        assert_eq!(refused.kind, ErrorKind::Busy, "whether it is taken or not");
        world.travel(1);
        let maria = call(&world.ctx, &world.viewer("maria.keller").await).await;
        assert!(assets::check(&maria, None, &finance, "", &plans()).await.expect("she may").problems.is_empty());
    }

    async fn whoever_is_second_never_overwrites_the_first(world) {
        let begun = edit(world, "aylin.demir", ID).await.expect("she may");
        let first = AssetText { platform: "One".to_owned(), ..begun.text.clone() };
        publish(world, "ines.hoffmann", Some(ID), &begun.seen, &first).await.expect("she is first");
        let second = AssetText { platform: "Two".to_owned(), ..begun.text };
        let refused = refusal(publish(world, "aylin.demir", Some(ID), &begun.seen, &second).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("seen")));
        assert!(refused.message.starts_with("Ines Hoffmann published revision 2 (Asked for) on 1 Dec 2026"), "{refused:?}");
        let fresh = edit(world, "aylin.demir", ID).await.expect("she may").seen;
        publish(world, "aylin.demir", Some(ID), &fresh, &second).await.expect("she has seen it");
    }

    async fn what_lies_at_one_place_keeps_one_classification(world) {
        let twins = "apiVersion: lakeport/v1\nkind: Assets\nnamespace: lakehouse\ndomain: controlling\nassets:\n\
                     - {id: gold.twin_one, kind: table, description: A, location: gold/twins}\n\
                     - {id: gold.twin_two, kind: table, description: B, location: gold/twins}\n";
        world.import(vec![file("twins.yaml", twins)]).await;
        let begun = edit(world, "ines.hoffmann", "gold.twin_one").await.expect("she may");
        let text = AssetText { classification: "confidential".to_owned(), ..begun.text };
        let refused = refusal(publish(world, "ines.hoffmann", Some("gold.twin_one"), &begun.seen, &text).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("classification")));
        let said = "Another table lies at the place of this one, or around it.";
        assert!(refused.message.starts_with(said) && !refused.message.contains("twin_two"), "{refused:?}");
        assert_eq!(revisions(world).await, 0, "nothing was written");
    }

    async fn what_only_events_named_is_described(world) {
        let heard = "INSERT INTO asset (id, kind, namespace, name, domain, description, classification, tags, columns, \
                     origin, created_at) VALUES ('x-1', 'table', 'lakehouse', 'gold.heard', '', '', 'internal', '[]', \
                     '[]', 'lineage', '2026-11-01T00:00:00+00:00')";
        world.execute(heard).await.expect("it runs");
        world.noted(vec![Touched::Asset("x-1".to_owned())]).await;
        assert_eq!(refusal(edit(world, "aylin.demir", "x-1").await).kind, ErrorKind::Forbidden, "it is nobody's");
        let text = AssetText { id: "gold.heard".to_owned(), ..plans() };
        let said = "Lineage events name this address already: what they say of it becomes this asset's.";
        let effects = check(world, "aylin.demir", None, &text).await.effects;
        assert!(effects.contains(&said.to_owned()), "{effects:?}");
        let done = publish(world, "aylin.demir", None, "", &text).await.expect("it has the address");
        assert_eq!((done.id.as_str(), done.number), ("gold.heard", 1));
        let snapshot = world.ctx.snapshot().await.expect("it is read");
        assert!(!snapshot.assets.contains_key("x-1"));
        assert_eq!(snapshot.assets["gold.heard"].origin, "file");
        // When it has another name, others may describe what events call so.
        let named = "SELECT COUNT(*) FROM lineage_alias WHERE name = 'gold.heard'";
        assert_eq!(world.number(named).await, 1);
        let begun = edit(world, "aylin.demir", "gold.heard").await.expect("she may");
        let other = AssetText { name: "gold.other".to_owned(), ..begun.text };
        publish(world, "aylin.demir", Some("gold.heard"), &begun.seen, &other).await.expect("it is free");
        assert_eq!(world.number(named).await, 0);
        let text = AssetText { id: "gold.theirs".to_owned(), name: "gold.heard".to_owned(), ..plans() };
        let at = (None, "finance");
        publish_in(world, "maria.keller", at, "", &text, (false, "Ours")).await.expect("the address is free");
    }

    async fn an_asset_takes_over_what_events_call_so_beside_its_own_address(world) {
        let heard = "INSERT INTO asset (id, kind, namespace, name, domain, description, classification, tags, columns, \
                     origin, created_at) VALUES ('x-1', 'table', 'elsewhere', 'heard', '', '', 'internal', '[]', \
                     '[]', 'lineage', '2026-11-01T00:00:00+00:00')";
        world.execute(heard).await.expect("it runs");
        let beside = "INSERT INTO lineage_alias (namespace, name, asset) VALUES ('lakehouse', 'gold.heard', 'x-1')";
        world.execute(beside).await.expect("it runs");
        world.noted(vec![Touched::Asset("x-1".to_owned())]).await;
        let text = AssetText { id: "gold.heard".to_owned(), ..plans() };
        publish(world, "aylin.demir", None, "", &text).await.expect("it has the address");
        let snapshot = world.ctx.snapshot().await.expect("it is read");
        assert!(!snapshot.assets.contains_key("x-1"));
        let own = "SELECT COUNT(*) FROM lineage_alias WHERE asset = 'gold.heard' AND namespace = 'elsewhere'";
        assert_eq!(world.number(own).await, 1, "its names go with it");
    }

    async fn what_cannot_be_read_is_not_changed_on_a_page(world) {
        world.execute("UPDATE asset SET columns = '[' WHERE id = 'gold.collections'").await.expect("it runs");
        world.noted(vec![Touched::Asset(ID.to_owned())]).await;
        assert_eq!(refusal(edit(world, "aylin.demir", ID).await).kind, ErrorKind::Unreadable);
        let refused = refusal(publish(world, "aylin.demir", Some(ID), "", &plans()).await);
        assert_eq!(refused.kind, ErrorKind::Unreadable);
    }
}
