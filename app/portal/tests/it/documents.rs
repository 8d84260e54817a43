//! Products that are written on pages, with every text kept, and what an import makes of it.

use lakeport_model::documents::{Checked, History, LineChange, Published, Source, TextKind};
use lakeport_model::{DomainId, PageRequest};
use lakeport_portal::{Error, ErrorKind, audit, catalog, documents};

use crate::world::{World, call, file, mesh, on_both, refusal};

const NEW: &str = "apiVersion: v1.1.0\nkind: DataProduct\nid: dunning\nname: Dunning\nversion: 1.0.0\nstatus: active\n\
                   domain: controlling\ndescription: {purpose: Reminders that were sent}\n";
const FILE: &str = "products/collections.odps.yaml";

async fn publish(
    world: &World,
    who: &str,
    id: Option<&str>,
    base: u32,
    text: &str,
) -> Result<Published, Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    documents::publish(&call, TextKind::Product, id, base, text, "Asked for").await
}

/// The check of a text that was written on revision 1.
async fn check(world: &World, who: &str, id: Option<&str>, text: &str) -> Result<Checked, Error> {
    documents::check(&call(&world.ctx, &world.viewer(who).await).await, TextKind::Product, id, 1, text).await
}

async fn history(world: &World, who: &str, id: &str) -> Result<History, Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    documents::history(&call, TextKind::Product, id, PageRequest::default()).await
}

/// The text of a product that is published.
async fn held(world: &World, id: &str) -> String {
    world.text(&format!("SELECT document FROM product WHERE id = '{id}'")).await
}

/// The demo's file of the collections under another name.
fn renamed(name: &str) -> String {
    let files = mesh();
    let text = &files.iter().find(|file| file.path == FILE).expect("it is there").text;
    text.replacen("name: Collections\n", &format!("name: {name}\n"), 1)
}

/// A new product that offers an asset.
fn offering(asset: &str) -> String {
    let property = format!("{{property: lakeport.asset, value: {asset}}}");
    format!("{NEW}outputPorts:\n- {{name: a, version: 1.0.0, customProperties: [{property}]}}\n")
}

/// A new product with one output port too many.
fn many_ports() -> String {
    let ports: Vec<_> = (0..=200).map(|number| format!("- {{name: p{number}, version: 1.0.0}}\n")).collect();
    format!("{NEW}outputPorts:\n{}", ports.concat())
}

/// How many things a refused text may not leave: products, revisions, changes.
async fn written(world: &World) -> i64 {
    let all = "SELECT (SELECT COUNT(*) FROM product) + (SELECT COUNT(*) FROM revision) + (SELECT COUNT(*) FROM change)";
    world.number(all).await
}

on_both! { demo =>
    async fn an_owner_publishes_a_new_product_and_changes_it(world) {
        let aylin = world.viewer("aylin.demir").await;
        let begun = documents::begin(&call(&world.ctx, &aylin).await, TextKind::Product, &DomainId::from("controlling"), None);
        let begun = begun.expect("she may");
        assert_eq!((begun.base, begun.id, begun.domain.name.as_str()), (0, None, "Controlling"));
        assert!(begun.text.contains("domain: \"controlling\""), "{}", begun.text);
        let looked = check(world, "aylin.demir", None, NEW).await.expect("she may");
        assert!(looked.is_right(), "{looked:?}");
        assert_eq!(looked.effects, ["It is new in Controlling.", "Everybody sees it, with all that it offers."]);
        assert!(looked.diff.iter().all(|line| line.change == LineChange::Added) && looked.diff.len() == 8);
        assert_eq!(world.number("SELECT COUNT(*) FROM product WHERE id = 'dunning'").await, 0, "a look writes nothing");
        let done = publish(world, "aylin.demir", None, 0, NEW).await.expect("she may");
        assert_eq!((done.id.as_str(), done.number, done.is_new), ("dunning", 1, true));
        let paula = world.viewer("paula.brandt").await;
        let page = catalog::product(&call(&world.ctx, &paula).await, &"dunning".into()).await.expect("it is open");
        assert_eq!((page.name.as_str(), page.may_edit, page.sees_history), ("Dunning", false, false));
        let page = catalog::product(&call(&world.ctx, &aylin).await, &"dunning".into()).await.expect("it is hers");
        assert!(page.may_edit && page.sees_history);
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'product.publish' AND subject = 'product dunning' \
                       AND domain = 'controlling' AND rule = 'publish.owner'";
        assert_eq!(world.number(records).await, 1);
        let again = publish(world, "aylin.demir", None, 0, NEW).await.expect("it is the same");
        assert_eq!((again.number, again.is_new), (1, false));
        let edit = documents::edit(&call(&world.ctx, &aylin).await, TextKind::Product, "dunning", None).await.expect("she may");
        assert_eq!((edit.base, edit.text.as_str(), edit.is_older), (1, NEW, false));
        // A form sends other ends of lines.
        let changed = NEW.replace("name: Dunning", "name: Dunning letters").replace('\n', "\r\n");
        let done = publish(world, "aylin.demir", Some("dunning"), edit.base, &changed).await.expect("she may");
        assert_eq!((done.number, done.is_new), (2, true));
        assert_eq!(held(world, "dunning").await, changed.replace('\r', ""));
        let lines = history(world, "tom.fischer", "dunning").await.expect("he is a member").lines;
        let line = &lines[0];
        assert_eq!((lines.len(), line.number, line.added, line.removed), (2, 2, 1, 1));
        assert_eq!((line.who.as_str(), line.source, line.reason.as_str()), ("Aylin Demir", Source::Page, "Asked for"));
        let older = documents::edit(&call(&world.ctx, &aylin).await, TextKind::Product, "dunning", Some(1)).await.expect("she may");
        assert_eq!((older.base, older.text.as_str(), older.is_older), (2, NEW, true));
        let back = publish(world, "ines.hoffmann", Some("dunning"), older.base, &older.text).await;
        assert_eq!(back.expect("a steward may").number, 3);
        let seen = documents::revision(&call(&world.ctx, &aylin).await, TextKind::Product, "dunning", 2).await.expect("it is there");
        assert_eq!((seen.newest, seen.line.number, seen.may_publish), (3, 2, true));
        let changes: Vec<&str> = seen
            .diff
            .iter()
            .filter(|line| matches!(line.change, LineChange::Added | LineChange::Removed))
            .map(|line| line.text.as_str())
            .collect();
        assert_eq!(changes, ["name: Dunning", "name: Dunning letters"]);
        let none = documents::revision(&call(&world.ctx, &aylin).await, TextKind::Product, "dunning", 0).await;
        assert_eq!(refusal(none).kind, ErrorKind::NotFound);
        let chain = audit::verify(&world.ctx, None).await.expect("it can be read");
        assert_eq!(chain.problem, None);
    }

    async fn what_happened_names_revisions_for_whoever_sees_the_history(world) {
        publish(world, "aylin.demir", None, 0, NEW).await.expect("she may");
        for (who, text, revision) in [
            ("tom.fischer", "Aylin Demir: Asked for", Some(1)),
            ("paula.brandt", "The product was published here", None),
        ] {
            let call = call(&world.ctx, &world.viewer(who).await).await;
            let happened = catalog::product(&call, &"dunning".into()).await.expect("it is open").activity;
            let line = &happened.items[0];
            assert_eq!((happened.items.len(), happened.of), (1, 1), "one event is one line for {who}");
            assert_eq!((line.text.as_str(), line.revision), (text, revision), "{who}");
        }
        for turn in 1..=12 {
            let text = NEW.replace("name: Dunning", &format!("name: Turn {turn}"));
            publish(world, "aylin.demir", Some("dunning"), turn, &text).await.expect("she may");
        }
        let mut pages = Vec::new();
        for who in ["tom.fischer", "paula.brandt"] {
            let call = call(&world.ctx, &world.viewer(who).await).await;
            pages.push(catalog::product(&call, &"dunning".into()).await.expect("it is open").activity);
        }
        let newest = &pages[0].items[0];
        assert_eq!((newest.revision, newest.text.as_str()), (Some(13), "Aylin Demir: Asked for"));
        let numbers: Vec<_> = pages[0].items.iter().filter_map(|line| line.revision).collect();
        assert_eq!(numbers, (4..=13).rev().collect::<Vec<_>>());
        assert_eq!((pages[0].items.len(), pages[0].of), (10, 13), "the first of 13 revisions is that it was published");
        assert_eq!((pages[1].items.len(), pages[1].of), (1, 1));
        assert_eq!(pages[1].items[0].revision, None);
    }

    async fn whoever_is_second_never_overwrites_the_first(world) {
        let (first, second) = (renamed("Collection cases"), renamed("Debt collection"));
        publish(world, "ines.hoffmann", Some("collections"), 1, &first).await.expect("she is first");
        let before = written(world).await;
        let looked = check(world, "aylin.demir", Some("collections"), &second).await.expect("she may");
        let told = looked.overtaken.expect("a check says so before");
        assert!(told.starts_with("Ines Hoffmann published revision 2 (Asked for) on 1 Dec 2026"), "{told}");
        let refused = refusal(publish(world, "aylin.demir", Some("collections"), 1, &second).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("text")));
        assert!(refused.message.starts_with("Ines Hoffmann published revision 2 (Asked for) on 1 Dec 2026"), "{refused:?}");
        assert_eq!((written(world).await, held(world, "collections").await), (before, first));
        publish(world, "aylin.demir", Some("collections"), 2, &second).await.expect("she has seen it");
    }

    async fn nobody_publishes_into_another_domain(world) {
        let before = written(world).await;
        let refused = refusal(publish(world, "maria.keller", None, 0, NEW).await);
        assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("publish.other_domain")));
        for who in ["tom.fischer", "sofia.lindqvist"] {
            let refused = refusal(check(world, who, None, NEW).await);
            assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("publish.other_domain")), "{who}");
        }
        for who in ["maria.keller", "tom.fischer", "sofia.lindqvist"] {
            let refused = refusal(publish(world, who, Some("collections"), 1, &renamed("Mine")).await);
            assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("publish.not_eligible")), "{who}");
            let call = call(&world.ctx, &world.viewer(who).await).await;
            // A member opens it to propose a change.
            if who != "tom.fischer" {
                let refused = refusal(documents::edit(&call, TextKind::Product, "collections", None).await);
                assert_eq!(refused.kind, ErrorKind::Forbidden);
            }
        }
        let away = NEW.replace("domain: controlling", "domain: finance");
        assert_eq!(refusal(publish(world, "aylin.demir", None, 0, &away).await).kind, ErrorKind::Forbidden);
        assert_eq!(written(world).await, before);
        publish(world, "aylin.demir", None, 0, NEW).await.expect("she may");
        assert_eq!(refusal(publish(world, "aylin.demir", Some("dunning"), 1, &away).await).kind, ErrorKind::Forbidden);
        assert_eq!(refusal(publish(world, "maria.keller", Some("dunning"), 1, &away).await).kind, ErrorKind::Forbidden);
        publish(world, "ines.hoffmann", Some("dunning"), 1, &away).await.expect("she is a steward of both");
        let moved = "SELECT COUNT(*) FROM audit WHERE action = 'product.move' AND subject = 'product dunning'";
        assert_eq!(world.number(moved).await, 1, "what an import would record is recorded");
    }

    async fn a_text_that_names_another_domain_never_tells_what_is_there(world) {
        let away = |text: String| text.replace("domain: controlling", "domain: finance");
        let promising =
            |id: &str| format!("{NEW}outputPorts:\n- {{name: a, version: 1.0.0, contractId: {id}}}\n");
        let mut told = Vec::new();
        for text in [offering("gold.sales_daily"), offering("gold.of_nobody"), promising("sales-daily"), promising("nobodys")] {
            let text = away(text);
            let looked = check(world, "aylin.demir", None, &text).await.expect("it is looked at");
            assert_eq!((looked.problems.len(), looked.problems[0].field.as_str()), (1, "domain"), "{looked:?}");
            let refused = refusal(publish(world, "aylin.demir", None, 0, &text).await);
            assert_eq!(refused.kind, ErrorKind::Forbidden, "{text}");
            told.push((looked.problems, refused));
        }
        assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
        // Nor does the id of a product of others tell what that offers.
        for asset in ["gold.collections", "gold.of_nobody"] {
            let theirs = away(offering(asset)).replace("id: dunning", "id: collections");
            let refused = refusal(publish(world, "maria.keller", None, 0, &theirs).await);
            assert_eq!(refused.kind, ErrorKind::Invalid, "{asset}");
            assert!(refused.message.contains(&format!("no asset \"{asset}\" of finance")), "{}", refused.message);
        }
    }

    async fn other_ends_of_lines_are_no_change(world) {
        world.import(vec![file("d.odps.yaml", &NEW.replace('\n', "\r\n"))]).await;
        let looked = check(world, "aylin.demir", Some("dunning"), NEW).await.expect("she may");
        assert!(looked.is_right() && looked.diff.is_empty() && looked.effects.is_empty(), "{looked:?}");
        let done = publish(world, "aylin.demir", Some("dunning"), 1, NEW).await.expect("she may");
        assert_eq!((done.number, done.is_new), (1, false));
    }

    async fn a_hidden_product_is_never_told_from_one_that_is_not_there(world) {
        let erik = world.viewer("erik.sander").await;
        let call = call(&world.ctx, &erik).await;
        for id in ["receivables-ageing", "nothing"] {
            let unknown = refusal(catalog::product(&call, &id.into()).await);
            assert_eq!(unknown.kind, ErrorKind::NotFound);
            assert_eq!(refusal(documents::edit(&call, TextKind::Product, id, None).await), unknown);
            assert_eq!(refusal(documents::check(&call, TextKind::Product, Some(id), 1, NEW).await), unknown);
            assert_eq!(refusal(documents::publish(&call, TextKind::Product, Some(id), 1, NEW, "").await), unknown);
            assert_eq!(refusal(documents::patch(&call, TextKind::Product, id, "x").await), unknown);
            assert_eq!(refusal(documents::history(&call, TextKind::Product, id, PageRequest::default()).await), unknown);
            assert_eq!(refusal(documents::revision(&call, TextKind::Product, id, 1).await), unknown);
        }
    }

    async fn older_texts_are_for_the_domain_alone(world) {
        for (who, may) in [("tom.fischer", true), ("sofia.lindqvist", false), ("erik.sander", false), ("henrik.maas", false)] {
            let seen = history(world, who, "collections").await;
            assert_eq!(seen.is_ok(), may, "{who}");
            let Ok(seen) = seen else { continue };
            let lines: Vec<_> = seen.lines.iter().map(|line| (line.number, line.who.as_str(), line.source)).collect();
            assert_eq!(lines, [(1, "an operator", Source::Files)]);
            assert!(!seen.may_publish, "{who}");
        }
    }

    async fn a_wrong_text_is_told_line_by_line_and_leaves_nothing(world) {
        let before = written(world).await;
        for (text, told) in [
            ("kind: [", "Line"),
            ("", "This text is no data product."),
            ("apiVersion: lakeport/v1\nkind: Domain\nid: a\nname: A\ndescription: A\n", "This text is no data product."),
            (NEW.replace("id: dunning", "id: Dunning").as_str(), "Line 3, column 1: id: Give it an id of small letters"),
            (NEW.replace("domain: controlling", "domain: nowhere").as_str(), "Line 7, column 1: domain: There is no domain \"nowhere\""),
            (NEW.replace("domain: controlling\n", "").as_str(), "domain: Say which domain it belongs to"),
            (NEW.replace("status", "statsu").as_str(), "Line 6"),
            (NEW.replace("name: Dunning", "name: ' '").as_str(), "Line 4, column 1: name: Say what it is called"),
            (format!("{NEW}outputPorts:\n- {{name: a, version: 1.0.0, contractId: nobodys}}\n").as_str(), "has no contract \"nobodys\" of controlling"),
            (offering("gold.of_nobody").as_str(), "Line 10, column 3: outputPorts[0]: The catalog has no asset \"gold.of_nobody\" of controlling"),
            (many_ports().as_str(), "A product offers at most 200 output ports."),
        ] {
            let refused = refusal(publish(world, "aylin.demir", None, 0, text).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("text")), "{text}");
            assert!(refused.message.contains(told), "{text}: {}", refused.message);
            let looked = check(world, "aylin.demir", None, text).await.expect("it is looked at");
            assert!(!looked.is_right(), "{text}");
        }
        // What another domain owns is offered by that domain.
        let foreign = renamed("Collections").replace("value: gold.collections}", "value: silver.fact_payments}");
        let refused = refusal(publish(world, "aylin.demir", Some("collections"), 1, &foreign).await);
        assert_eq!(refused.kind, ErrorKind::Invalid);
        assert!(refused.message.contains("has no asset \"silver.fact_payments\" of controlling"), "{}", refused.message);
        let looked = check(world, "aylin.demir", Some("collections"), &foreign).await.expect("it is looked at");
        assert_eq!(looked.problems.len(), 1, "{looked:?}");
        let other = renamed("Collections").replacen("id: collections\n", "id: collected\n", 1);
        let refused = refusal(publish(world, "aylin.demir", Some("collections"), 1, &other).await);
        assert!(refused.message.contains("The id of a product stays the same"), "{}", refused.message);
        let long = "#".repeat(lakeport_model::documents::LONGEST_DOCUMENT + 1);
        assert_eq!(refusal(publish(world, "aylin.demir", None, 0, &long).await).kind, ErrorKind::Invalid);
        assert_eq!(written(world).await, before);
    }

    async fn no_two_products_have_ids_that_differ_in_capital_letters_alone(world) {
        world.import(vec![file("loud.odps.yaml", &NEW.replace("id: dunning", "id: DUNNING"))]).await;
        for text in [NEW.to_owned(), NEW.replace("id: dunning", "id: sales-daily")] {
            let refused = refusal(publish(world, "aylin.demir", None, 0, &text).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("text")));
            assert!(refused.message.starts_with("This id is taken"), "{}", refused.message);
            let looked = check(world, "aylin.demir", None, &text).await.expect("it is looked at");
            assert_eq!(looked.problems[0].field, "id");
        }
    }

    async fn who_reads_what_is_taken_away_is_counted_before_it_is(world) {
        world.granted("paula.brandt", "collections/cases", 30, &["aylin.demir"]).await;
        let text = renamed("Collections").replacen("  - name: cases\n", "  - name: claims\n", 1);
        let looked = check(world, "aylin.demir", Some("collections"), &text).await.expect("she may");
        assert!(looked.is_right(), "{looked:?}");
        assert!(looked.effects.iter().any(|effect| effect == "It offers cases no more, to which 1 person still has access."));
        assert!(looked.effects.iter().any(|effect| effect.starts_with("It offers claims: ")), "{:?}", looked.effects);
    }

    async fn an_import_never_overwrites_what_somebody_changed_on_a_page(world) {
        let (page, late) = (renamed("Collection cases"), renamed("Debt collection"));
        publish(world, "aylin.demir", Some("collections"), 1, &page).await.expect("she may");
        // The file is as it was: what the portal has stays.
        let report = world.import(mesh()).await;
        assert_eq!(
            report.kept,
            ["product collections: changed in the portal after files held it last, and the file is as it was"]
        );
        assert_eq!((report.created.len(), report.changed.len()), (0, 0), "{report}");
        assert_eq!(held(world, "collections").await, page);
        // Both changed: somebody has to put them together.
        let before = written(world).await;
        let told = world.problems(vec![file(FILE, &late)]).await;
        let said = format!("{FILE}: Aylin Demir changed this in the portal (revision 2, 1 Dec 2026, 08:00 UTC)");
        assert!(told.starts_with(&said), "{told}");
        assert_eq!((written(world).await, held(world, "collections").await), (before, page.clone()));
        // The file says the same: from then on it counts again.
        let report = world.import(vec![file(FILE, &page)]).await;
        assert_eq!((report.kept.len(), report.changed.len(), report.unchanged), (0, 0, 1));
        let report = world.import(vec![file(FILE, &late)]).await;
        assert_eq!(report.changed, [("product".to_owned(), "collections".to_owned())]);
        let lines = history(world, "tom.fischer", "collections").await.expect("he is a member").lines;
        let lines: Vec<_> = lines.iter().map(|line| (line.number, line.source, line.added, line.removed)).collect();
        assert_eq!(lines[..2], [(3, Source::Files, 1, 1), (2, Source::Page, 1, 1)]);
        assert_eq!(lines.len(), 3);
    }

    async fn a_product_that_was_made_on_a_page_is_not_taken_over_by_a_file_unseen(world) {
        publish(world, "aylin.demir", None, 0, NEW).await.expect("she may");
        let told = world.problems(vec![file("d.odps.yaml", &NEW.replace("name: Dunning", "name: Letters"))]).await;
        assert!(told.contains("Aylin Demir changed this in the portal (revision 1,"), "{told}");
        let report = world.import(vec![file("d.odps.yaml", NEW)]).await;
        assert_eq!((report.kept.len(), report.unchanged), (0, 1));
    }

    async fn whatever_files_bring_has_revisions_without_a_gap(world) {
        for (kind, table) in [("product", "product"), ("contract", "contract_version"), ("dashboard", "dashboard")] {
            let apart = format!(
                "SELECT (SELECT COUNT(*) FROM {table}) - (SELECT COUNT(*) FROM revision WHERE kind = '{kind}' AND number = 1 \
                 AND source = 'files' AND in_files)"
            );
            assert_eq!(world.number(&apart).await, 0, "{kind}");
        }
        let all = world.number("SELECT COUNT(*) FROM revision").await;
        world.import(mesh()).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM revision").await, all, "what is the same is no revision");
        for name in ["One", "Two", "Three"] {
            world.import(vec![file(FILE, &renamed(name))]).await;
        }
        let gaps = "SELECT COUNT(*) FROM (SELECT document FROM revision GROUP BY kind, document \
                    HAVING COUNT(*) <> MAX(number)) AS gaps";
        assert_eq!(world.number(gaps).await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM revision").await, all + 3);
        let other = "SELECT COUNT(*) FROM product JOIN revision ON revision.kind = 'product' AND revision.document = product.id \
                     WHERE product.document <> revision.text AND revision.number = \
                     (SELECT MAX(number) FROM revision AS newest WHERE newest.kind = 'product' AND newest.document = product.id)";
        assert_eq!(world.number(other).await, 0, "the newest revision is what is published");
    }

    async fn a_loop_never_fills_the_table_of_revisions(world) {
        for turn in 0..40 {
            let text = renamed(&format!("Turn {turn}"));
            publish(world, "aylin.demir", Some("collections"), turn + 1, &text).await.expect("she may");
        }
        let refused = refusal(publish(world, "aylin.demir", Some("collections"), 41, &renamed("Last")).await);
        assert_eq!(refused.kind, ErrorKind::Busy);
        assert_eq!(refused.message, "You published 40 documents within an hour; more than 40 are not taken. Go on later.");
        publish(world, "ines.hoffmann", Some("collections"), 41, &renamed("Last")).await.expect("another has her own");
    }
}
