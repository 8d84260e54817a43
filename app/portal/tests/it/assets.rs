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

/// What somebody agrees to, and why.
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
    assets::publish(&call, id, &DomainId::from(domain), seen, text, agreed, reason).await
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
        publish_in(world, "aylin.demir", at, &begun.seen, &lower, (true, "Nobody asked")).await.expect("she may");
    }

    async fn what_opens_is_agreed_to(world) {
        let begun = edit(world, "ines.hoffmann", ID).await.expect("she may");
        let mut open = begun.text.clone();
        open.columns.push(column("weather", "public"));
        let checked = check(world, "ines.hoffmann", Some(ID), &open).await;
        assert!(checked.problems.is_empty() && checked.needs_consent, "{checked:?}");
        assert!(checked.effects.iter().any(|told| told == "Described as public: weather."), "{checked:?}");
        let refused = refusal(publish(world, "ines.hoffmann", Some(ID), &begun.seen, &open).await);
        assert_eq!(refused.field, Some("agreed"));
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
            assert_eq!(refusal(edit(world, who, ID).await).kind, ErrorKind::Forbidden, "{who}");
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
        // Not even by whoever writes in both domains.
        let away = (Some(ID), "finance");
        let refused = refusal(publish_in(world, "ines.hoffmann", away, &begun.seen, &begun.text, (true, "Away")).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("domain")));
        assert_eq!(revisions(world).await, 0);
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

    async fn what_only_events_named_is_described(world) {
        let heard = "INSERT INTO asset (id, kind, namespace, name, domain, description, classification, tags, columns, \
                     origin, created_at) VALUES ('x-1', 'table', 'lakehouse', 'gold.heard', '', '', 'internal', '[]', \
                     '[]', 'lineage', '2026-11-01T00:00:00+00:00')";
        world.execute(heard).await.expect("it runs");
        world.noted(vec![Touched::Asset("x-1".to_owned())]).await;
        assert_eq!(refusal(edit(world, "aylin.demir", "x-1").await).kind, ErrorKind::Forbidden, "it is nobody's");
        let text = AssetText { id: "gold.heard".to_owned(), ..plans() };
        let done = publish(world, "aylin.demir", None, "", &text).await.expect("it has the address");
        assert_eq!((done.id.as_str(), done.number), ("gold.heard", 1));
        let snapshot = world.ctx.snapshot().await.expect("it is read");
        assert!(!snapshot.assets.contains_key("x-1"));
        assert_eq!(snapshot.assets["gold.heard"].origin, "file");
    }

    async fn what_cannot_be_read_is_not_changed_on_a_page(world) {
        world.execute("UPDATE asset SET columns = '[' WHERE id = 'gold.collections'").await.expect("it runs");
        world.noted(vec![Touched::Asset(ID.to_owned())]).await;
        assert_eq!(refusal(edit(world, "aylin.demir", ID).await).kind, ErrorKind::Unreadable);
        let refused = refusal(publish(world, "aylin.demir", Some(ID), "", &plans()).await);
        assert_eq!(refused.kind, ErrorKind::Unreadable);
    }
}
