//! Terms of the glossary: read by everybody, written by the domains that answer for them, on pages and by files.

use lakeport_model::documents::{History, Published, Revision, Source};
use lakeport_model::glossary::{Glossary, TermEditing, TermPage, TermText};
use lakeport_model::{AssetId, DomainId, PageRequest, ProductId};
use lakeport_portal::{Error, ErrorKind, audit, catalog, glossary};

use crate::world::{World, call, file, mesh, on_both, refusal, settings};

const FILE: &str = "glossary/recovery-rate.yaml";

/// A term of a file that links to nothing.
const PLAIN: &str = "apiVersion: lakeport/v1\nkind: Term\nid: margin\nname: Margin\ndomain: finance\n\
                     definition: |\n  What is left.\n";

/// What somebody types otherwise.
type Change = fn(&mut TermText);

fn plan() -> TermText {
    TermText {
        name: "Payment plan".to_owned(),
        definition: "Paying an **overdue payment** in parts.\r\n\r\n<script>alert(1)</script>".to_owned(),
        synonyms: "Ratenplan\r\ninstalments\r\n".to_owned(),
        related: "overdue-receivable".to_owned(),
        columns: "gold.collections#stage\r\nsilver.fact_payments".to_owned(),
        products: "collections".to_owned(),
    }
}

async fn publish_in(
    world: &World,
    who: &str,
    id: Option<&str>,
    domain: &str,
    base: u32,
    text: &TermText,
) -> Result<Published, Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    glossary::publish(&call, id, &DomainId::from(domain), base, text, "Asked for").await
}

async fn publish(
    world: &World,
    who: &str,
    id: Option<&str>,
    base: u32,
    text: &TermText,
) -> Result<Published, Error> {
    publish_in(world, who, id, "controlling", base, text).await
}

async fn term(world: &World, who: &str, id: &str) -> Result<TermPage, Error> {
    glossary::term(&call(&world.ctx, &world.viewer(who).await).await, id).await
}

async fn edit(world: &World, who: &str, id: &str) -> Result<TermEditing, Error> {
    glossary::edit(&call(&world.ctx, &world.viewer(who).await).await, id).await
}

async fn history(world: &World, who: &str, id: &str, page: PageRequest) -> Result<History, Error> {
    glossary::history(&call(&world.ctx, &world.viewer(who).await).await, id, page).await
}

async fn revision(world: &World, who: &str, id: &str, number: u32) -> Result<Revision, Error> {
    glossary::revision(&call(&world.ctx, &world.viewer(who).await).await, id, number).await
}

async fn list(world: &World, query: &str, domain: Option<&str>, page: PageRequest) -> Glossary {
    let call = call(&world.ctx, &world.viewer("paula.brandt").await).await;
    glossary::list(&call, query, domain, page).await.expect("everybody reads it")
}

async fn found(world: &World, query: &str) -> Vec<String> {
    let found = list(world, query, None, PageRequest::default()).await;
    found.lines.into_iter().map(|line| line.term.id).collect()
}

/// How many things a refused text may not leave: terms, revisions, changes.
async fn written(world: &World) -> i64 {
    let all = "SELECT (SELECT COUNT(*) FROM term) + (SELECT COUNT(*) FROM revision) + (SELECT COUNT(*) FROM change)";
    world.number(all).await
}

/// The demo's file of the recovery rate under another name.
fn renamed(name: &str) -> String {
    let files = mesh();
    let text = &files.iter().find(|file| file.path == FILE).expect("it is there").text;
    text.replacen("name: Recovery rate\n", &format!("name: {name}\n"), 1)
}

on_both! { demo =>
    async fn a_steward_writes_a_term_and_changes_it(world) {
        let begun = {
            let call = call(&world.ctx, &world.viewer("aylin.demir").await).await;
            glossary::begin(&call, &DomainId::from("controlling")).await.expect("she may")
        };
        assert_eq!((begun.id, begun.base, begun.domain.name.as_str()), (None, 0, "Controlling"));
        assert_eq!(begun.text, TermText::default());
        let done = publish(world, "aylin.demir", None, 0, &plan()).await.expect("she may");
        assert_eq!((done.id.as_str(), done.number, done.is_new), ("payment-plan", 1, true));
        let page = term(world, "paula.brandt", "payment-plan").await.expect("everybody reads it");
        assert_eq!((page.term.name.as_str(), page.domain.name.as_str()), ("Payment plan", "Controlling"));
        assert!(page.definition.contains("<strong>overdue payment</strong>"), "{}", page.definition);
        assert!(!page.definition.contains("<script"), "{}", page.definition);
        assert_eq!(page.synonyms, ["Ratenplan", "instalments"]);
        assert_eq!(page.related[0].name, "Overdue receivable");
        let columns: Vec<_> = page.columns.iter().map(|at| (at.asset.as_str(), at.column.as_str())).collect();
        assert_eq!(columns, [("gold.collections", "stage"), ("silver.fact_payments", "")]);
        assert_eq!(page.products[0].name, "Collections");
        assert!(page.newest.is_none() && !page.may_publish, "others see no history");
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'term.publish' AND subject = 'term payment-plan' \
                       AND domain = 'controlling' AND rule = 'publish.owner'";
        assert_eq!(world.number(records).await, 1);
        let again = publish(world, "aylin.demir", None, 0, &plan()).await.expect("it is the same");
        assert_eq!((again.id.as_str(), again.number, again.is_new), ("payment-plan", 1, false));
        let begun = edit(world, "ines.hoffmann", "payment-plan").await.expect("a steward may");
        assert_eq!((begun.id.as_deref(), begun.base), (Some("payment-plan"), 1));
        assert_eq!(begun.text.synonyms, "Ratenplan\ninstalments");
        let same = publish(world, "ines.hoffmann", Some("payment-plan"), 1, &begun.text).await.expect("she may");
        assert!(!same.is_new, "what she was shown is what is published");
        let other = TermText { name: "Payment plans".to_owned(), ..begun.text };
        let done = publish(world, "ines.hoffmann", Some("payment-plan"), 1, &other).await.expect("she may");
        assert_eq!((done.id.as_str(), done.number), ("payment-plan", 2), "its id stays");
        let page = term(world, "tom.fischer", "payment-plan").await.expect("it is there");
        let newest = page.newest.expect("he is a member");
        assert_eq!((newest.number, newest.who.as_str(), newest.source), (2, "Ines Hoffmann", Source::Page));
        assert!(!page.may_publish);
        let chain = audit::verify(&world.ctx, None).await.expect("it can be read");
        assert_eq!(chain.problem, None);
        // Another process reads all of it, and finds the same.
        let replica = world.replica(world.clock.clone(), settings()).await;
        let snapshot = replica.snapshot().await.expect("it is read");
        assert_eq!(snapshot.terms["payment-plan"].document.name, "Payment plans");
        let followed = world.ctx.snapshot().await.expect("it is read");
        assert_eq!(format!("{:?}", followed.terms), format!("{:?}", snapshot.terms));
    }

    async fn nobody_writes_a_term_of_another_domain(world) {
        let before = written(world).await;
        for who in ["maria.keller", "tom.fischer", "sofia.lindqvist"] {
            let refused = refusal(publish(world, who, None, 0, &plan()).await);
            assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("publish.other_domain")), "{who}");
            let refused = refusal(publish(world, who, Some("recovery-rate"), 1, &plan()).await);
            assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("publish.not_eligible")), "{who}");
            // A member opens it to propose a change.
            if who != "tom.fischer" {
                assert_eq!(refusal(edit(world, who, "recovery-rate").await).kind, ErrorKind::Forbidden);
            }
            let call = call(&world.ctx, &world.viewer(who).await).await;
            let begun = glossary::begin(&call, &DomainId::from("controlling")).await;
            assert_eq!(refusal(begun).kind, ErrorKind::Forbidden);
            let none = glossary::begin(&call, &DomainId::from("nowhere")).await;
            assert_eq!(refusal(none).kind, ErrorKind::NotFound);
        }
        assert_eq!(refusal(publish(world, "aylin.demir", Some("nothing"), 0, &plan()).await).kind, ErrorKind::NotFound);
        assert_eq!(refusal(term(world, "aylin.demir", "nothing").await).kind, ErrorKind::NotFound);
        let text = edit(world, "aylin.demir", "recovery-rate").await.expect("she may").text;
        let away = publish_in(world, "aylin.demir", Some("recovery-rate"), "finance", 1, &text).await;
        assert_eq!(refusal(away).kind, ErrorKind::Forbidden);
        assert_eq!(written(world).await, before);
        let moved = publish_in(world, "ines.hoffmann", Some("recovery-rate"), "finance", 1, &text).await;
        assert!(moved.expect("she is a steward of both").is_new);
        assert_eq!(term(world, "paula.brandt", "recovery-rate").await.expect("it is there").domain.name, "Finance Forecasting");
    }

    async fn whoever_is_second_never_overwrites_the_first(world) {
        let begun = edit(world, "aylin.demir", "recovery-rate").await.expect("she may");
        let first = TermText { definition: "Collected divided by claimed.".to_owned(), ..begun.text.clone() };
        publish(world, "ines.hoffmann", Some("recovery-rate"), begun.base, &first).await.expect("she is first");
        let second = TermText { definition: "Something else.".to_owned(), ..begun.text };
        let before = written(world).await;
        let refused = refusal(publish(world, "aylin.demir", Some("recovery-rate"), begun.base, &second).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("base")), "no field is wrong");
        assert!(refused.message.starts_with("Ines Hoffmann published revision 2 (Asked for) on 1 Dec 2026"), "{refused:?}");
        assert_eq!(written(world).await, before);
        publish(world, "aylin.demir", Some("recovery-rate"), 2, &second).await.expect("she has seen it");
    }

    async fn a_refusal_names_the_field_and_leaves_nothing(world) {
        let before = written(world).await;
        let cases: [(Change, &str, &str); 9] = [
            (|text| text.name = String::new(), "name", "Say which word this is about."),
            (|text| text.name = "x".repeat(201), "name", "Keep the name under 200 characters."),
            (|text| text.definition = " \n".into(), "definition", "Say what it means"),
            (|text| text.definition = "x".repeat(65 * 1024), "definition", "Keep the definition under 64 KiB."),
            (|text| text.synonyms = "a\n".repeat(101), "synonyms", "There are 101 here; at most 100 are taken."),
            (|text| text.products = "a\n".repeat(101), "products", "There are 101 here; at most 100 are taken."),
            (|text| text.related = "\nnothing".into(), "related", "Line 2: The glossary has no term \"nothing\"."),
            (
                |text| text.columns = "gold.collections#stage\ngold.collections#nothing".into(),
                "columns",
                "Line 2: The catalog has no asset or column \"gold.collections#nothing\".",
            ),
            (|text| text.products = "nothing".into(), "products", "Line 1: The catalog has no data product \"nothing\"."),
        ];
        for (change, field, message) in cases {
            let mut text = plan();
            change(&mut text);
            let refused = refusal(publish(world, "aylin.demir", None, 0, &text).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some(field)), "{}", refused.message);
            assert!(refused.message.starts_with(message), "{}", refused.message);
        }
        let taken = TermText { name: "Recovery RATE".to_owned(), ..plan() };
        let refused = refusal(publish(world, "aylin.demir", None, 0, &taken).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("name")));
        assert_eq!(
            refused.message,
            "There is a term \"Recovery rate\" already, with the address \"recovery-rate\". Give this one another name."
        );
        assert_eq!(written(world).await, before);
    }

    async fn what_somebody_does_not_see_is_never_told_and_never_lost(world) {
        // The receivables by age are private to controlling.
        let hidden = "gold.receivables_ageing#bucket";
        let page = term(world, "paula.brandt", "overdue-receivable").await.expect("she reads it");
        assert!(page.columns.iter().all(|at| at.asset.as_str() != "gold.receivables_ageing"));
        assert!(page.products.iter().all(|product| product.id.as_str() != "receivables-ageing"));
        let page = term(world, "tom.fischer", "overdue-receivable").await.expect("he reads it");
        assert_eq!((page.columns.len(), page.products.len()), (2, 2), "he is of the domain");
        // A steward of marketing alone answers for a term about it.
        let about = "columns: [gold.product_recommendations#lift, gold.receivables_ageing#bucket, gold.product_recommendations#score]\n\
                     products: [recommendations, receivables-ageing]\n";
        let text = format!("{}{about}", PLAIN.replace("domain: finance", "domain: marketing"));
        world.import(vec![file("margin.yaml", &text)]).await;
        let begun = edit(world, "lena.vogel", "margin").await.expect("she owns it");
        assert_eq!(begun.text.columns, "gold.product_recommendations#lift\ngold.product_recommendations#score");
        assert_eq!(begun.text.products, "recommendations");
        let same = publish_in(world, "lena.vogel", Some("margin"), "marketing", 1, &begun.text).await;
        assert!(!same.expect("she may").is_new);
        for link in [hidden, "gold.nothing#bucket"] {
            let text = TermText { columns: link.to_owned(), ..begun.text.clone() };
            let refused = refusal(publish_in(world, "lena.vogel", Some("margin"), "marketing", 1, &text).await);
            let told = refused.message.replace(link, "LINK");
            assert_eq!(
                told,
                "Line 1: The catalog has no asset or column \"LINK\". Write the id of an asset, or ASSET#COLUMN for one of \
                 its columns."
            );
        }
        let other = TermText { columns: "gold.product_recommendations#lift".to_owned(), ..begun.text };
        publish_in(world, "lena.vogel", Some("margin"), "marketing", 1, &other).await.expect("she may");
        let snapshot = world.ctx.snapshot().await.expect("it is read");
        let document = &snapshot.terms["margin"].document;
        assert_eq!(document.columns, ["gold.product_recommendations#lift", hidden]);
        assert_eq!(document.products, ["recommendations", "receivables-ageing"]);
    }

    async fn members_of_its_domain_read_every_revision_of_a_term(world) {
        publish(world, "aylin.demir", None, 0, &plan()).await.expect("she may");
        let other = TermText { definition: "Paying later.".to_owned(), ..plan() };
        publish(world, "aylin.demir", Some("payment-plan"), 1, &other).await.expect("she may");
        let first = PageRequest { limit: 1, ..PageRequest::default() };
        let page = history(world, "tom.fischer", "payment-plan", first).await.expect("he is a member");
        assert_eq!((page.id.as_str(), page.name.as_str(), page.may_publish), ("payment-plan", "Payment plan", false));
        let line = &page.lines[0];
        assert_eq!((page.lines.len(), line.number, line.who.as_str(), line.reason.as_str()), (1, 2, "Aylin Demir", "Asked for"));
        let rest = PageRequest { after: page.next, ..PageRequest::default() };
        let rest = history(world, "aylin.demir", "payment-plan", rest).await.expect("she is an owner");
        let numbers: Vec<u32> = rest.lines.iter().map(|line| line.number).collect();
        assert_eq!((numbers, rest.may_publish, rest.next), (vec![1], true, None));
        let second = revision(world, "tom.fischer", "payment-plan", 2).await.expect("he is a member");
        assert_eq!((second.line.number, second.newest, second.may_publish), (2, 2, false));
        assert!(second.text.contains("Paying later.") && second.text.contains("gold.collections#stage"), "{}", second.text);
        assert!(second.diff.iter().any(|line| line.text.contains("Paying later.")), "{:?}", second.diff);
        assert!(!second.diff.iter().any(|line| line.text.contains("Ratenplan") && line.old.is_none()), "{:?}", second.diff);
        let begun = revision(world, "tom.fischer", "payment-plan", 1).await.expect("he is a member");
        assert!(begun.diff.iter().all(|line| line.old.is_none()), "everything is new in the first: {:?}", begun.diff);
        assert_eq!(refusal(revision(world, "tom.fischer", "payment-plan", 3).await).kind, ErrorKind::NotFound);
        assert_eq!(refusal(history(world, "tom.fischer", "nothing", PageRequest::default()).await).kind, ErrorKind::NotFound);
        for who in ["paula.brandt", "maria.keller", "sofia.lindqvist"] {
            let refused = refusal(history(world, who, "payment-plan", PageRequest::default()).await);
            assert_eq!(refused.kind, ErrorKind::Forbidden, "{who}");
            assert_eq!(refusal(revision(world, who, "payment-plan", 1).await).kind, ErrorKind::Forbidden, "{who}");
        }
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'term.history.refused' AND subject = 'term payment-plan'";
        assert_eq!(world.number(records).await, 6);
    }

    async fn the_history_never_tells_links_that_its_reader_does_not_see(world) {
        // The receivables by age are private to controlling.
        let head = PLAIN.replace("domain: finance", "domain: marketing");
        let whole = format!("# By hand\n{head}columns: [gold.product_recommendations#lift]\nproducts: [recommendations]\n");
        let links = "columns: [gold.product_recommendations#lift, gold.receivables_ageing#bucket]\n\
                     products: [recommendations, receivables-ageing]\n";
        world.import(vec![file("margin.yaml", &whole)]).await;
        world.import(vec![file("margin.yaml", &format!("{head}{links}"))]).await;
        world.import(vec![file("margin.yaml", &format!("{head}{links}synonyms: [Marge]\n"))]).await;
        let first = revision(world, "lena.vogel", "margin", 1).await.expect("she owns it");
        assert_eq!(first.text, whole, "where all of it is seen it is shown as it was published");
        for number in [2, 3] {
            let shown = revision(world, "lena.vogel", "margin", number).await.expect("she owns it");
            let shown = format!("{shown:?}");
            assert!(shown.contains("gold.product_recommendations#lift"), "{shown}");
            assert!(!shown.contains("ageing"), "{shown}");
        }
        let third = revision(world, "lena.vogel", "margin", 3).await.expect("she owns it");
        assert!(third.diff.iter().any(|line| line.text.contains("Marge") && line.old.is_none()), "{:?}", third.diff);
    }

    async fn a_link_to_what_is_gone_goes_with_the_next_change(world) {
        let links = "columns: [gold.collections#stage, gold.collections#gone]\n";
        let text = format!("{}{links}", PLAIN.replace("domain: finance", "domain: controlling"));
        world.import(vec![file("margin.yaml", &text)]).await;
        let begun = edit(world, "aylin.demir", "margin").await.expect("she owns it");
        assert_eq!(begun.text.columns, "gold.collections#stage");
        publish(world, "aylin.demir", Some("margin"), 1, &begun.text).await.expect("she may");
        let snapshot = world.ctx.snapshot().await.expect("it is read");
        assert_eq!(snapshot.terms["margin"].document.columns, ["gold.collections#stage"]);
    }

    async fn terms_are_found_by_name_and_by_synonym(world) {
        assert_eq!(found(world, "recov").await, ["recovery-rate"]);
        assert_eq!(found(world, "NETTO").await, ["net-revenue"]);
        assert_eq!(found(world, "mahn").await, ["dunning"]);
        assert_eq!(found(world, "\u{fc}berf\u{e4}llige").await, ["overdue-receivable"]);
        assert_eq!(found(world, "rate recovery").await, ["recovery-rate"]);
        assert!(found(world, "ecovery").await.is_empty(), "words by their beginnings");
        let of_domain = list(world, "", Some("controlling"), PageRequest::default()).await;
        let ids: Vec<_> = of_domain.lines.iter().map(|line| line.term.id.as_str()).collect();
        assert_eq!(ids, ["collection-case", "dunning", "overdue-receivable", "recovery-rate"]);
        assert_eq!((of_domain.total, of_domain.next, of_domain.writes_in.len()), (4, None, 0));
        assert!(of_domain.lines[3].brief.starts_with("The share of what was claimed that came back: collected divided"));
        let none = list(world, "zzz", Some("marketing"), PageRequest::default()).await;
        assert_eq!((none.total, none.domain.map(|domain| domain.name).as_deref()), (0, Some("Marketing")));
        let nowhere = list(world, "", Some("nope"), PageRequest::default()).await;
        assert_eq!((nowhere.total, nowhere.domain), (0, None));
        let all = list(world, "", None, PageRequest::default()).await;
        let (mut after, mut parts) = (None, Vec::new());
        loop {
            let part = list(world, "", None, PageRequest { after, limit: 2 }).await;
            assert_eq!(part.total, all.total);
            parts.extend(part.lines);
            after = part.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(parts, all.lines);
        let owner = call(&world.ctx, &world.viewer("lena.vogel").await).await;
        let lost = PageRequest { after: Some("nothing".to_owned()), limit: 2 };
        assert_eq!(refusal(glossary::list(&owner, "", None, lost).await).kind, ErrorKind::Invalid);
        let hers = glossary::list(&owner, "", None, PageRequest::default()).await.expect("she reads it").writes_in;
        assert_eq!(hers.iter().map(|domain| domain.id.as_str()).collect::<Vec<_>>(), ["marketing"]);
    }

    async fn a_search_shows_first_what_is_called_so(world) {
        let text = TermText { name: "Rate of net revenue".to_owned(), synonyms: "lift".to_owned(), ..plan() };
        publish(world, "aylin.demir", None, 0, &text).await.expect("she may");
        let snapshot = world.ctx.snapshot().await.expect("it is read");
        let ids = |query: &str| {
            glossary::matching(&snapshot, world.day(0), query).into_iter().map(|line| line.term.id).collect::<Vec<_>>()
        };
        assert_eq!(ids("net revenue"), ["net-revenue", "rate-of-net-revenue"]);
        assert_eq!(ids("Lift"), ["lift", "rate-of-net-revenue"], "the synonym as well as the name");
        assert_eq!(ids("c").len(), 3);
        assert!(ids(" ").is_empty() && ids("nothing").is_empty());
    }

    async fn pages_name_the_terms_that_are_about_them(world) {
        let paula = call(&world.ctx, &world.viewer("paula.brandt").await).await;
        let names = |terms: Vec<lakeport_model::glossary::TermRef>| -> Vec<String> {
            terms.into_iter().map(|term| term.name).collect()
        };
        let product = ProductId::from("collections");
        let of_product = names(glossary::of_product(&paula, &product));
        assert_eq!(of_product, ["Collection case", "Overdue receivable", "Recovery rate"]);
        let asset = AssetId::from("silver.fact_orders");
        assert_eq!(names(glossary::of_column(&paula, &asset)), ["Customer number", "Net revenue", "Posting date"]);
        assert!(glossary::of_column(&paula, &AssetId::from("gold.receivables_ageing")).is_empty(), "it is hidden");
        assert!(glossary::by_column(&paula, &AssetId::from("gold.receivables_ageing")).is_empty(), "so are its columns");
        let beside = glossary::by_column(&paula, &asset).into_iter().map(|named| (named.column, named.term.name));
        let beside: Vec<(String, String)> = beside.collect();
        let customer = ("customer_id".to_owned(), "Customer number".to_owned());
        assert!(beside.contains(&customer), "{beside:?}");
        assert!(glossary::of_product(&paula, &ProductId::from("receivables-ageing")).is_empty());
        let tom = call(&world.ctx, &world.viewer("tom.fischer").await).await;
        assert_eq!(glossary::of_column(&tom, &AssetId::from("gold.receivables_ageing")).len(), 1);
    }

    async fn an_import_never_overwrites_what_somebody_changed_on_a_page(world) {
        let text = edit(world, "aylin.demir", "recovery-rate").await.expect("she may").text;
        let page = TermText { name: "Rate of recovery".to_owned(), ..text };
        publish(world, "aylin.demir", Some("recovery-rate"), 1, &page).await.expect("she may");
        let report = world.import(mesh()).await;
        assert_eq!(
            report.kept,
            ["term recovery-rate: changed in the portal after files held it last, and the file is as it was"]
        );
        assert_eq!((report.created.len(), report.changed.len()), (0, 0), "{report}");
        let before = written(world).await;
        let told = world.problems(vec![file(FILE, &renamed("Collected"))]).await;
        assert!(told.starts_with(&format!("{FILE}: Aylin Demir changed this in the portal (revision 2,")), "{told}");
        assert_eq!(written(world).await, before);
        // What is published is exported, and counts again once files hold it.
        let files = catalog::export(&world.ctx).await.expect("it is exported");
        let exported = files.into_iter().find(|file| file.path == FILE).expect("terms are, too");
        assert!(exported.text.contains("name: Rate of recovery\n"), "{}", exported.text);
        let report = world.import(vec![exported]).await;
        assert_eq!((report.kept.len(), report.changed.len(), report.unchanged), (0, 0, 1));
        let report = world.import(vec![file(FILE, &renamed("Collected"))]).await;
        assert_eq!(report.changed, [("term".to_owned(), "recovery-rate".to_owned())]);
    }

    async fn what_cannot_be_read_any_more_is_told_and_takes_nothing_with_it(world) {
        world.execute("UPDATE term SET document = 'kind: [' WHERE id = 'lift'").await.expect("it runs");
        world.noted(vec![lakeport_portal::store::changes::Touched::Term("lift".to_owned())]).await;
        assert_eq!(refusal(term(world, "lena.vogel", "lift").await).kind, ErrorKind::Unreadable);
        assert_eq!(refusal(edit(world, "lena.vogel", "lift").await).kind, ErrorKind::Unreadable);
        assert_eq!(list(world, "", None, PageRequest::default()).await.total, 9);
        let home = catalog::home(&call(&world.ctx, &world.viewer("lena.vogel").await).await).await;
        home.expect("the first page is there");
        world.execute("DELETE FROM term WHERE id = 'lift'").await.expect("it runs");
        world.import(mesh()).await;
        assert!(term(world, "paula.brandt", "lift").await.is_ok(), "an import brings it back");
    }

    async fn a_loop_never_fills_the_table_of_revisions(world) {
        let text = edit(world, "aylin.demir", "recovery-rate").await.expect("she may").text;
        let turn = |turn: u32| TermText { name: format!("Turn {turn}"), ..text.clone() };
        for number in 1..=40 {
            publish(world, "aylin.demir", Some("recovery-rate"), number, &turn(number)).await.expect("she may");
        }
        let refused = refusal(publish(world, "aylin.demir", Some("recovery-rate"), 41, &turn(41)).await);
        assert_eq!(refused.kind, ErrorKind::Busy);
    }
}

on_both! { empty =>
    async fn a_file_is_told_what_it_names_and_nobody_has(world) {
        let told = world.problems(vec![file("t.yaml", PLAIN)]).await;
        assert_eq!(
            told,
            "t.yaml:5:1: domain: There is no domain \"finance\". Write the id of the one that answers for it."
        );
        let domain = "apiVersion: lakeport/v1\nkind: Domain\nid: finance\nname: Finance\ndescription: Numbers\n";
        world.import(vec![file("d.yaml", domain)]).await;
        let links = "related: [loss]\ncolumns: [gold.x]\nproducts:\n- none\n";
        let told = world.problems(vec![file("t.yaml", &format!("{PLAIN}{links}"))]).await;
        let lines: Vec<&str> = told.lines().map(|line| line.split_once(": The").map_or(line, |(place, _)| place)).collect();
        assert_eq!(lines, ["t.yaml:8:11: related[0]", "t.yaml:9:11: columns[0]", "t.yaml:11:3: products[0]"]);
        // A column may go from its table: a term that names it is taken, with a warning.
        let asset = "apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: lakehouse\nassets:\n\
                     - {id: gold.y, kind: table, description: Y, columns: [{name: a, type: string}]}\n";
        let links = "columns: [gold.y, gold.y#a, gold.y#b]\n";
        let debt = format!("{}{links}", PLAIN.replace("margin", "debt"));
        let report = world.import(vec![file("y.yaml", asset), file("t.yaml", &debt)]).await;
        let told = "t.yaml:8:29: columns[2]: The asset \"gold.y\" has no column \"b\". Take this out, or name another one.";
        assert!(report.warnings.iter().any(|warning| warning == told), "{:?}", report.warnings);
        // Terms of one import may name each other.
        let margin = format!("{PLAIN}related: [loss]\n");
        let loss = margin.replace("margin", "other").replace("loss", "margin").replace("other", "loss");
        let report = world.import(vec![file("a.yaml", &margin), file("b.yaml", &loss)]).await;
        assert_eq!(report.created.len(), 2, "{report}");
        let revisions = "SELECT COUNT(*) FROM revision WHERE kind = 'term' AND number = 1 AND source = 'files' AND in_files";
        assert_eq!(world.number(revisions).await, 3);
        let again = world.import(vec![file("a.yaml", &margin), file("b.yaml", &loss)]).await;
        assert_eq!((again.created.len(), again.changed.len(), again.unchanged), (0, 0, 2));
        let twice = world.problems(vec![file("a.yaml", &margin), file("c.yaml", &margin)]).await;
        assert_eq!(twice, "c.yaml: term margin stands in a.yaml as well; keep one of the two.");
        let links = PLAIN.replace("What is left.", "What is [left](javascript:x).");
        let told = world.problems(vec![file("t.yaml", &links)]).await;
        assert!(told.starts_with("t.yaml:6:1: definition: Line 1 of the definition: The link"), "{told}");
    }
}
