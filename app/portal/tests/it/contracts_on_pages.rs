//! Contracts that are written on pages: versions, what breaks, who is told, and what an import makes of it.

use lakeport_model::documents::{Checked, History, LineChange, Published, Source, TextKind};
use lakeport_model::{ContractId, DomainId, PageRequest};
use lakeport_portal::{Error, ErrorKind, audit, catalog, contracts, documents};

use crate::contracts::text_of;
use crate::world::{World, call, file, mesh, on_both, refusal};

const KIND: TextKind = TextKind::Contract;
/// A table of controlling without a contract.
const TABLE: &str = "bronze.annual_reports";
/// The contract that is begun from it.
const ID: &str = "annual-reports";
const FILE: &str = "contracts/collections.odcs.yaml";

async fn publish(
    world: &World,
    who: &str,
    id: Option<&str>,
    base: u32,
    text: &str,
) -> Result<Published, Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    documents::publish(&call, KIND, id, base, text, "Asked for").await
}

async fn check(world: &World, who: &str, id: Option<&str>, base: u32, text: &str) -> Result<Checked, Error> {
    documents::check(&call(&world.ctx, &world.viewer(who).await).await, KIND, id, base, text).await
}

async fn history(world: &World, who: &str, id: &str) -> Result<History, Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    documents::history(&call, KIND, id, PageRequest::default()).await
}

/// The text with which Aylin begins a contract of the table.
async fn begun(world: &World) -> String {
    let call = call(&world.ctx, &world.viewer("aylin.demir").await).await;
    let begun = documents::begin(&call, KIND, &DomainId::from("controlling"), Some(TABLE));
    begun.expect("she may").text
}

/// The same as a version that is in force.
async fn active(world: &World) -> String {
    begun(world).await.replacen("version: 0.1.0", "version: 1.0.0", 1).replacen(
        "status: draft",
        "status: active",
        1,
    )
}

/// The demo's contract of the collections under another name.
fn renamed(name: &str) -> String {
    let text = text_of(FILE);
    assert!(text.contains("name: Collection cases\n"));
    text.replacen("name: Collection cases\n", &format!("name: {name}\n"), 1)
}

async fn may_write(world: &World, who: &str) -> bool {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    catalog::asset(&call, &TABLE.into()).await.expect("the table is open").may_write_contract
}

/// How many things a refused text may not leave: versions, revisions, changes.
async fn written(world: &World) -> i64 {
    let all = "SELECT (SELECT COUNT(*) FROM contract_version) + (SELECT COUNT(*) FROM revision) \
               + (SELECT COUNT(*) FROM change)";
    world.number(all).await
}

on_both! { demo =>
    async fn an_owner_writes_a_draft_then_a_version_and_breaks_it_under_the_next_number(world) {
        assert!(may_write(world, "aylin.demir").await && !may_write(world, "tom.fischer").await);
        let draft = begun(world).await;
        for part in ["id: \"annual-reports\"", "domain: \"controlling\"", "status: draft", "physicalName: \"bronze.annual_reports\"",
            "logicalType: integer", "classification: "] {
            assert!(draft.contains(part), "{part}: {draft}");
        }
        let looked = check(world, "aylin.demir", None, 0, &draft).await.expect("she may");
        assert!(looked.is_right(), "{looked:?}");
        assert_eq!(
            looked.effects,
            ["It is new in Controlling.", "Version 0.1.0 is a draft: nobody is meant to rely on it yet."]
        );
        let done = publish(world, "aylin.demir", None, 0, &draft).await.expect("she may");
        assert_eq!((done.id.as_str(), done.number, done.is_new), (ID, 1, true));
        let again = publish(world, "aylin.demir", None, 0, &draft).await.expect("it is the same");
        assert_eq!((again.number, again.is_new), (1, false));
        assert!(!may_write(world, "aylin.demir").await, "it has one");

        let first = active(world).await;
        let looked = check(world, "aylin.demir", Some(ID), 1, &first).await.expect("she may");
        assert!(looked.is_right() && looked.effects[0] == "Version 1.0.0 is in force.", "{looked:?}");
        let changed = looked.diff.iter().filter(|line| line.change == LineChange::Added).count();
        assert_eq!(changed, 2, "it is compared with the draft");
        let done = publish(world, "aylin.demir", Some(ID), 1, &first).await.expect("she may");
        assert_eq!((done.number, done.is_new), (2, true));
        let (tom, id) = (world.viewer("tom.fischer").await, ContractId::from(ID));
        let purpose = "Figures of competitors".to_owned();
        contracts::subscribe(&call(&world.ctx, &tom).await, &id, "1.0.0".to_owned(), purpose).await.expect("he sees it");

        let before = written(world).await;
        let broken = first.replacen("name: \"fiscal_year\"", "name: \"year\"", 1);
        let looked = check(world, "aylin.demir", Some(ID), 2, &broken).await.expect("she may");
        assert_eq!(looked.problems[0].field, "version", "{looked:?}");
        let refused = refusal(publish(world, "aylin.demir", Some(ID), 2, &broken).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("text")));
        let told = &refused.message;
        assert!(told.contains("The column \"fiscal_year\" was removed.") && told.contains("2.0.0 or higher"), "{told}");
        let hidden = broken.replacen("version: 1.0.0", "version: 1.1.0", 1);
        let refused = refusal(publish(world, "aylin.demir", Some(ID), 2, &hidden).await);
        assert!(refused.message.contains("its number has to be 2.0.0 or higher, not 1.1.0"), "{refused:?}");
        assert_eq!(written(world).await, before);

        let next = broken.replacen("version: 1.0.0", "version: 2.0.0", 1);
        let looked = check(world, "aylin.demir", Some(ID), 2, &next).await.expect("she may");
        for said in ["Version 2.0.0 takes the place of 1.0.0 and is in force.", "1 person who relies on it is told.",
            "After version 1.0.0 this needs a new major version: 2.0.0 or higher."] {
            assert!(looked.effects.iter().any(|effect| effect == said), "{said}: {looked:?}");
        }
        let is_break = |effect: &String| effect.starts_with("Breaking: The column \"fiscal_year\" was removed.");
        assert!(looked.effects.iter().any(is_break), "{looked:?}");
        assert_eq!(world.told("tom.fischer", "The contract ").await, 0, "a look tells nobody");
        let done = publish(world, "ines.hoffmann", Some(ID), 2, &next).await.expect("a steward may");
        assert_eq!((done.number, done.is_new), (3, true));
        assert_eq!(world.told("tom.fischer", "The contract ").await, 1);
        world.sweep().await;
        let soon = "SELECT COUNT(*) FROM contract_check WHERE contract = 'annual-reports' AND version = '2.0.0'";
        assert_eq!(world.number(soon).await, 1, "it is checked as after an import");
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'contract.publish' AND subject = 'contract annual-reports' \
                       AND domain = 'controlling'";
        assert_eq!(world.number(records).await, 3);
        assert_eq!(audit::verify(&world.ctx, None).await.expect("it can be read").problem, None);
    }

    async fn the_revisions_of_all_versions_are_one_history(world) {
        let (draft, first) = (begun(world).await, active(world).await);
        publish(world, "aylin.demir", None, 0, &draft).await.expect("she may");
        publish(world, "ines.hoffmann", Some(ID), 1, &first).await.expect("she may");
        let name = first.lines().find(|line| line.starts_with("name: ")).expect("it has one");
        let words = first.replacen(name, "name: Reports of competitors", 1);
        world.travel(1);
        let done = publish(world, "aylin.demir", Some(ID), 2, &words).await.expect("only words change");
        assert_eq!((done.number, done.is_new), (3, true));
        let seen = history(world, "tom.fischer", ID).await.expect("he is a member");
        assert!(!seen.may_publish);
        let lines: Vec<_> = seen.lines.iter().map(|line| (line.number, line.version.as_deref(), line.who.as_str())).collect();
        assert_eq!(
            lines,
            [(3, Some("1.0.0"), "Aylin Demir"), (2, Some("1.0.0"), "Ines Hoffmann"), (1, Some("0.1.0"), "Aylin Demir")]
        );
        let call = call(&world.ctx, &world.viewer("aylin.demir").await).await;
        let one = documents::revision(&call, KIND, ID, 3).await.expect("it is there");
        assert_eq!((one.newest, one.line.source, one.may_publish), (3, Source::Page, true));
        let added: Vec<_> = one.diff.iter().filter(|line| line.change == LineChange::Added).collect();
        assert_eq!((added.len(), added[0].text.trim()), (1, "name: Reports of competitors"));
        let older = documents::edit(&call, KIND, ID, Some(1)).await.expect("she may");
        assert_eq!((older.base, older.text.as_str(), older.is_older), (3, draft.as_str(), true));
        let now = documents::edit(&call, KIND, ID, None).await.expect("she may");
        assert_eq!((now.base, now.text.as_str(), now.is_older), (3, words.as_str(), false));
        for number in [0, 4] {
            let none = documents::revision(&call, KIND, ID, number).await;
            assert_eq!(refusal(none).kind, ErrorKind::NotFound, "{number}");
        }
    }

    async fn others_publish_nothing_and_a_hidden_contract_is_never_told_from_none(world) {
        let (before, text) = (written(world).await, begun(world).await);
        for who in ["maria.keller", "tom.fischer", "sofia.lindqvist"] {
            let refused = refusal(publish(world, who, None, 0, &text).await);
            assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("publish.other_domain")), "{who}");
            let refused = refusal(publish(world, who, Some("collections"), 1, &renamed("Mine")).await);
            assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("publish.not_eligible")), "{who}");
            // A member of its domain proposes no change of it either, as they do of a product.
            let call = call(&world.ctx, &world.viewer(who).await).await;
            assert_eq!(refusal(documents::edit(&call, KIND, "collections", None).await), refused, "{who}");
            let looked = check(world, who, Some("collections"), 1, &renamed("Mine")).await;
            assert_eq!(refusal(looked), refused, "{who}");
        }
        assert_eq!(written(world).await, before);
        let erik = world.viewer("erik.sander").await;
        let call = call(&world.ctx, &erik).await;
        for id in ["receivables-ageing", "nothing"] {
            let unknown = refusal(contracts::contract(&call, &id.into(), None).await);
            assert_eq!(unknown.kind, ErrorKind::NotFound);
            assert_eq!(refusal(documents::edit(&call, KIND, id, None).await), unknown);
            assert_eq!(refusal(documents::check(&call, KIND, Some(id), 1, &text).await), unknown);
            assert_eq!(refusal(documents::publish(&call, KIND, Some(id), 1, &text, "").await), unknown);
            assert_eq!(refusal(documents::patch(&call, KIND, id, "x").await), unknown);
            assert_eq!(refusal(documents::history(&call, KIND, id, PageRequest::default()).await), unknown);
            assert_eq!(refusal(documents::revision(&call, KIND, id, 1).await), unknown);
        }
    }

    async fn what_others_have_is_neither_taken_nor_promised(world) {
        let text = begun(world).await;
        // One that she does not see, one that she does, and the same in other letters.
        let away = text.replacen("domain: \"controlling\"", "domain: finance", 1).replace(TABLE, "gold.sales_daily");
        for (who, text) in [("maria.keller", &away), ("aylin.demir", &text)] {
            for id in ["receivables-ageing", "collections"] {
                let taken = text.replacen(ID, id, 1);
                let refused = refusal(publish(world, who, None, 0, &taken).await);
                assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("text")), "{who} {id}");
                assert!(refused.message.starts_with("This id is taken"), "{}", refused.message);
                let looked = check(world, who, None, 0, &taken).await.expect("it is looked at");
                assert_eq!(looked.problems[0].field, "id");
            }
        }
        for asset in ["silver.fact_orders", "gold.of_nobody"] {
            let foreign = text.replace(TABLE, asset);
            let looked = check(world, "aylin.demir", None, 0, &foreign).await.expect("it is looked at");
            assert_eq!(looked.problems[0].field, "schema[0].physicalName", "{looked:?}");
            let said = format!("\"{asset}\" is not data of controlling.");
            assert!(looked.problems[0].message.starts_with(&said) && looked.problems[0].line > 0, "{looked:?}");
            let call = call(&world.ctx, &world.viewer("aylin.demir").await).await;
            let refused = refusal(documents::begin(&call, KIND, &DomainId::from("controlling"), Some(asset)));
            assert_eq!(refused.kind, ErrorKind::NotFound, "{asset}");
        }
    }

    async fn a_text_that_names_another_domain_never_tells_what_is_there(world) {
        let away = begun(world).await.replacen("domain: \"controlling\"", "domain: finance", 1);
        let mut told = Vec::new();
        for asset in ["gold.sales_daily", "gold.of_nobody"] {
            let text = away.replace(TABLE, asset);
            let looked = check(world, "aylin.demir", None, 0, &text).await.expect("it is looked at");
            assert_eq!((looked.problems.len(), looked.problems[0].field.as_str()), (1, "domain"), "{looked:?}");
            let refused = refusal(publish(world, "aylin.demir", None, 0, &text).await);
            assert_eq!(refused.kind, ErrorKind::Forbidden, "{asset}");
            told.push((looked.problems, refused));
        }
        assert_eq!(told[0], told[1]);
        // Nor does the id of a contract of others tell what that is about.
        let theirs = away.replacen(ID, "collections", 1);
        for asset in ["gold.collections", "gold.of_nobody"] {
            let refused = refusal(publish(world, "maria.keller", None, 0, &theirs.replace(TABLE, asset)).await);
            assert_eq!(refused.kind, ErrorKind::Invalid, "{asset}");
            assert!(refused.message.contains(&format!("\"{asset}\" is not data of finance.")), "{}", refused.message);
        }
    }

    async fn a_contract_is_never_longer_than_people_write_it(world) {
        let text = begun(world).await;
        let (head, _) = text.split_once("schema:\n").expect("it has a table");
        let tables = |count: usize| {
            let tables: Vec<_> =
                (0..count).map(|number| format!("  - {{name: t{number}, physicalName: gold.t{number}}}\n")).collect();
            format!("{head}schema:\n{}", tables.concat())
        };
        let long = text.replacen("version: 0.1.0", &format!("version: 1.0.0-{}", "a".repeat(95)), 1);
        for (text, field, told) in [
            (&long, "version", "The number of a version has at most 100 letters."),
            (&tables(201), "schema", "A contract is about at most 200 tables."),
        ] {
            let looked = check(world, "aylin.demir", None, 0, text).await.expect("it is looked at");
            let problem = &looked.problems[0];
            assert_eq!((looked.problems.len(), problem.field.as_str(), problem.message.as_str()), (1, field, told));
            assert!(problem.line > 0, "{problem:?}");
            assert_eq!(refusal(publish(world, "aylin.demir", None, 0, text).await).kind, ErrorKind::Invalid);
        }
        let looked = check(world, "aylin.demir", None, 0, &tables(150)).await.expect("it is looked at");
        assert_eq!(looked.problems.len(), 101);
        assert_eq!(looked.problems[100].message, "There are 50 more, told once these are corrected.");
    }

    async fn only_an_operator_brings_more_versions_than_people_write(world) {
        let first = active(world).await;
        let version = |number: usize| first.replacen("version: 1.0.0", &format!("version: 1.0.{number}"), 1);
        let files = (0..200).map(|number| file(&format!("c{number}.odcs.yaml"), &version(number)));
        world.import(files.collect()).await;
        let before = written(world).await;
        let looked = check(world, "aylin.demir", Some(ID), 200, &version(200)).await.expect("it is looked at");
        assert_eq!(looked.problems[0].field, "version", "{looked:?}");
        let refused = refusal(publish(world, "aylin.demir", Some(ID), 200, &version(200)).await);
        assert_eq!(refused.kind, ErrorKind::Invalid);
        let told = "This contract has 200 versions, the most that it may have here.";
        assert!(refused.message.contains(told), "{}", refused.message);
        assert_eq!(written(world).await, before);
        let last = version(199);
        let name = last.lines().find(|line| line.starts_with("name: ")).expect("it has one");
        let words = last.replacen(name, "name: Reports of competitors", 1);
        let done = publish(world, "aylin.demir", Some(ID), 200, &words).await.expect("only words change");
        assert_eq!(done.number, 201);
        assert_eq!(world.import(vec![file("c.odcs.yaml", &version(200))]).await.created.len(), 1);
    }

    async fn a_draft_that_is_put_into_force_is_compared_with_what_is_published(world) {
        let first = active(world).await;
        publish(world, "aylin.demir", None, 0, &first).await.expect("she may");
        let next = first.replacen("name: \"fiscal_year\"", "name: \"year\"", 1).replacen("version: 1.0.0", "version: 2.0.0", 1);
        let draft = next.replacen("status: active", "status: draft", 1);
        let looked = check(world, "aylin.demir", Some(ID), 1, &draft).await.expect("she may");
        assert_eq!(looked.effects[0], "Version 2.0.0 is a draft; version 1.0.0 stays in force.", "{looked:?}");
        publish(world, "aylin.demir", Some(ID), 1, &draft).await.expect("she may");
        let looked = check(world, "aylin.demir", Some(ID), 2, &next).await.expect("she may");
        for said in ["Version 2.0.0 takes the place of 1.0.0 and is in force.", "Breaking: The column \"fiscal_year\" was removed.",
            "After version 1.0.0 this needs a new major version: 2.0.0 or higher."] {
            assert!(looked.effects.iter().any(|effect| effect.starts_with(said)), "{said}: {looked:?}");
        }
        publish(world, "aylin.demir", Some(ID), 2, &next).await.expect("she may");
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'contract.version' AND subject = 'contract annual-reports' \
                       AND rule = 'publish.owner'";
        assert_eq!(world.number(records).await, 2, "no operator did");
    }

    async fn whoever_is_second_never_overwrites_the_first(world) {
        let (first, second) = (renamed("Claims"), renamed("Debts"));
        publish(world, "ines.hoffmann", Some("collections"), 1, &first).await.expect("she is first");
        let before = written(world).await;
        let looked = check(world, "aylin.demir", Some("collections"), 1, &second).await.expect("she may");
        let told = looked.overtaken.expect("a check says so before");
        assert!(told.starts_with("Ines Hoffmann published revision 2 (Asked for) on 1 Dec 2026"), "{told}");
        // Also as a version of its own: it was written on what was published before.
        let other = second.replacen("version: 1.0.0", "version: 1.0.1", 1);
        for text in [&second, &other] {
            let refused = refusal(publish(world, "aylin.demir", Some("collections"), 1, text).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("text")));
        }
        assert_eq!(written(world).await, before);
        publish(world, "aylin.demir", Some("collections"), 2, &second).await.expect("she has seen it");
    }

    async fn an_import_never_overwrites_what_somebody_changed_on_a_page(world) {
        let (page, late) = (renamed("Claims"), renamed("Debts"));
        let aylin = world.viewer("aylin.demir").await;
        let (name, patch) = documents::patch(&call(&world.ctx, &aylin).await, KIND, "collections", &page).await.expect("a file has it");
        assert_eq!(name, "collections.patch");
        assert!(patch.starts_with("--- a/collections.odcs.yaml\n") && patch.contains("\n+name: Claims\n"), "{patch}");
        publish(world, "aylin.demir", Some("collections"), 1, &page).await.expect("she may");
        let report = world.import(mesh()).await;
        assert_eq!(
            report.kept,
            ["contract collections 1.0.0: changed in the portal after files held it last, and the file is as it was"]
        );
        assert_eq!((report.created.len(), report.changed.len()), (0, 0), "{report}");
        let held = "SELECT document FROM contract_version WHERE contract = 'collections'";
        assert_eq!(world.text(held).await, page);
        let told = world.problems(vec![file(FILE, &late)]).await;
        assert!(told.starts_with(&format!("{FILE}: Aylin Demir changed this in the portal (revision 2,")), "{told}");
        assert_eq!(world.text(held).await, page);
        let report = world.import(vec![file(FILE, &page)]).await;
        assert_eq!((report.kept.len(), report.changed.len(), report.unchanged), (0, 0, 1));
        let report = world.import(vec![file(FILE, &late)]).await;
        assert_eq!(report.changed, [("contract".to_owned(), "collections 1.0.0".to_owned())]);
    }

    async fn the_same_text_changes_nothing_and_a_wrong_one_is_told_line_by_line(world) {
        let text = begun(world).await;
        world.import(vec![file("c.odcs.yaml", &text.replace('\n', "\r\n"))]).await;
        let before = written(world).await;
        for sent in [text.clone(), text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
            let looked = check(world, "aylin.demir", Some(ID), 1, &sent).await.expect("she may");
            assert!(looked.is_right() && looked.diff.is_empty() && looked.effects.is_empty(), "{looked:?}");
            let done = publish(world, "aylin.demir", Some(ID), 1, &sent).await.expect("she may");
            assert_eq!((done.number, done.is_new), (1, false));
        }
        for (wrong, told) in [
            ("kind: [".to_owned(), "Line"),
            (String::new(), "This text is no data contract."),
            (text.replacen("version: 0.1.0", "version: next", 1), "is not a semantic version"),
            (text.replacen("domain: \"controlling\"", "domain: nowhere", 1), "domain: There is no domain \"nowhere\""),
            (text.replacen(ID, "other", 1), "The id of a contract stays the same"),
        ] {
            let refused = refusal(publish(world, "aylin.demir", Some(ID), 1, &wrong).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("text")), "{wrong}");
            assert!(refused.message.contains(told), "{wrong}: {}", refused.message);
            assert!(!check(world, "aylin.demir", Some(ID), 1, &wrong).await.expect("it is looked at").is_right(), "{wrong}");
        }
        let long = "#".repeat(10 * 1024 * 1024);
        assert_eq!(refusal(publish(world, "aylin.demir", Some(ID), 1, &long).await).kind, ErrorKind::Invalid);
        assert_eq!(refusal(check(world, "aylin.demir", Some(ID), 1, &long).await).kind, ErrorKind::Invalid);
        assert_eq!(written(world).await, before);
    }
}
