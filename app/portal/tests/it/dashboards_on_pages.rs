//! Dashboards that are written on pages: begun from a table, changed, and what their readers and authors may not learn.

use chrono::NaiveDate;
use lakeport_frame::{Column, Frame, Values};
use lakeport_model::dashboards::Content;
use lakeport_model::documents::{Checked, Editing, LineChange, Published, Source, TextKind};
use lakeport_model::{DomainId, PageRequest};
use lakeport_portal::{Error, ErrorKind, audit, catalog, dashboards, documents};

use crate::contracts::text_of;
use crate::world::{World, call, file, mesh, on_both, refusal};

const KIND: TextKind = TextKind::Dashboard;
/// A table of finance.
const TABLE: &str = "gold.sales_daily";
/// The dashboard that is begun from it.
const ID: &str = "sales-daily";
/// A dashboard of finance that files describe.
const HELD: &str = "sales-forecast";
const FILE: &str = "dashboards/sales-forecast.md";
/// A table that people of finance must not know of, and one that nobody has.
const UNSEEN: [&str; 2] = ["gold.receivables_ageing", "gold.of_nobody"];

async fn publish(world: &World, who: &str, id: &str, base: u32, text: &str) -> Result<Published, Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    documents::publish(&call, KIND, Some(id), base, text, "Asked for").await
}

async fn publish_new(world: &World, who: &str, id: &str, text: &str) -> Result<Published, Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    documents::publish_new_dashboard(&call, id, text, "Asked for").await
}

async fn check(world: &World, who: &str, id: &str, base: u32, text: &str) -> Result<Checked, Error> {
    documents::check(&call(&world.ctx, &world.viewer(who).await).await, KIND, Some(id), base, text).await
}

async fn check_new(world: &World, who: &str, id: &str, text: &str) -> Checked {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    documents::check_new_dashboard(&call, id, text).await.expect("it is looked at")
}

async fn begin(world: &World, who: &str, asset: Option<&str>) -> Result<Editing, Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    documents::begin(&call, KIND, &DomainId::from("finance"), asset)
}

/// The text with which Maria begins a dashboard of the table.
async fn begun(world: &World) -> String {
    begin(world, "maria.keller", Some(TABLE)).await.expect("she may").text
}

/// The demo's dashboard of the forecast under another title.
fn titled(title: &str) -> String {
    let text = text_of(FILE);
    assert!(text.contains("title: Sales forecast\n"));
    text.replacen("title: Sales forecast\n", &format!("title: {title}\n"), 1)
}

async fn may_begin(world: &World, who: &str) -> bool {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    catalog::asset(&call, &TABLE.into()).await.expect("the table is open").may_begin_dashboard
}

/// How many things a refused text may not leave.
async fn written(world: &World) -> i64 {
    let all = "SELECT (SELECT COUNT(*) FROM dashboard) + (SELECT COUNT(*) FROM revision) \
               + (SELECT COUNT(*) FROM change)";
    world.number(all).await
}

/// What the lake answers to the query that a dashboard of the table begins with.
fn months() -> Frame {
    let day = |month| NaiveDate::from_ymd_opt(2026, month, 1);
    let columns = [
        ("month", Values::Date(vec![day(9), day(10), day(11)])),
        ("entries", Values::Int(vec![Some(3), Some(5), Some(4)])),
    ];
    let columns = columns.map(|(name, values)| Column { name: name.to_owned(), values });
    Frame::new(columns.to_vec()).expect("columns of one length")
}

on_both! { demo =>
    async fn an_owner_begins_one_from_a_table_and_a_colleague_sees_it(world) {
        assert!(may_begin(world, "maria.keller").await);
        assert!(!may_begin(world, "clara.neumann").await && !may_begin(world, "tom.fischer").await);
        let start = begin(world, "maria.keller", Some(TABLE)).await.expect("she may");
        assert_eq!((start.id, start.new_id.as_deref(), start.base), (None, Some(ID), 0));
        let text = start.text;
        for part in ["owner: \"maria.keller@nordkauf.example\"", "domain: \"finance\"", "reads: [gold.sales_daily]",
            "date_trunc('month', \"date\")", "```line_chart"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let looked = check_new(world, "maria.keller", ID, &text).await;
        assert!(looked.is_right() && looked.advice.is_empty(), "{looked:?}");
        assert_eq!(
            looked.effects,
            [
                "It is new in Finance Forecasting.",
                "Everybody sees it, each with the figures of the tables that they may read.",
                "It reads gold.sales_daily.",
            ]
        );
        let done = publish_new(world, "maria.keller", ID, &text).await.expect("she may");
        assert_eq!((done.id.as_str(), done.number, done.is_new), (ID, 1, true));
        let again = publish_new(world, "maria.keller", ID, &text).await.expect("it is the same");
        assert_eq!((again.number, again.is_new), (1, false));

        world.lake.held().frame = Some(months());
        for (who, may_edit, sees_history) in
            [("maria.keller", true, true), ("clara.neumann", false, true), ("tom.fischer", false, false)]
        {
            let call = call(&world.ctx, &world.viewer(who).await).await;
            let view = dashboards::view(&call, &ID.into(), Vec::new()).await.expect("everybody sees it");
            assert_eq!((view.may_edit, view.sees_history, view.domain.id.as_str()), (may_edit, sees_history, "finance"), "{who}");
            assert_eq!(view.owner, "Maria Keller");
            if sees_history {
                let is_chart = view.elements.iter().any(|element| matches!(element.content, Content::Chart(_)));
                assert!(is_chart && view.missing.is_empty(), "{view:?}");
            }
        }
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'dashboard.publish' AND subject = 'dashboard sales-daily' \
                       AND domain = 'finance'";
        assert_eq!(world.number(records).await, 1);
        assert_eq!(audit::verify(&world.ctx, None).await.expect("it can be read").problem, None);
        let nothing = begin(world, "maria.keller", None).await.expect("she may");
        assert!(nothing.text.contains("# reads: [gold.my_table]") && nothing.new_id.as_deref() == Some(""));
        for asset in ["gold.collections", UNSEEN[0], UNSEEN[1]] {
            assert_eq!(refusal(begin(world, "maria.keller", Some(asset)).await).kind, ErrorKind::NotFound, "{asset}");
        }
    }

    async fn whoever_is_second_never_overwrites_the_first(world) {
        let text = begun(world).await;
        publish_new(world, "maria.keller", ID, &text).await.expect("she may");
        let (first, second) = (text.replace("Rows by month", "Days"), text.replace("Rows by month", "Rows"));
        let looked = check(world, "ines.hoffmann", ID, 1, &first).await.expect("a steward may");
        assert!(looked.is_right() && looked.effects.is_empty(), "{looked:?}");
        let changed = looked.diff.iter().filter(|line| line.change == LineChange::Added).count();
        assert_eq!(changed, 1);
        let done = publish(world, "ines.hoffmann", ID, 1, &first).await.expect("a steward may");
        assert_eq!((done.number, done.is_new), (2, true));
        let before = written(world).await;
        let looked = check(world, "maria.keller", ID, 1, &second).await.expect("she may");
        let told = looked.overtaken.expect("a check says so before");
        assert!(told.starts_with("Ines Hoffmann published revision 2 (Asked for) on 1 Dec 2026"), "{told}");
        let refused = refusal(publish(world, "maria.keller", ID, 1, &second).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("text")));
        assert_eq!(written(world).await, before);
        publish(world, "maria.keller", ID, 2, &second).await.expect("she has seen it");
        let call = call(&world.ctx, &world.viewer("clara.neumann").await).await;
        let seen = documents::history(&call, KIND, ID, PageRequest::default()).await.expect("she is a member");
        let lines: Vec<_> = seen.lines.iter().map(|line| (line.number, line.who.as_str(), line.source)).collect();
        assert_eq!(
            lines,
            [(3, "Maria Keller", Source::Page), (2, "Ines Hoffmann", Source::Page), (1, "Maria Keller", Source::Page)]
        );
        assert!(!seen.may_publish);
        let one = documents::revision(&call, KIND, ID, 2).await.expect("it is there");
        assert_eq!((one.newest, one.text.as_str()), (3, first.as_str()));
    }

    async fn readers_publish_nothing(world) {
        let (before, text) = (written(world).await, begun(world).await);
        for who in ["clara.neumann", "tom.fischer", "sofia.lindqvist"] {
            let refused = refusal(publish_new(world, who, ID, &text).await);
            assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("publish.other_domain")), "{who}");
            let refused = refusal(publish(world, who, HELD, 1, &titled("Mine")).await);
            assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("publish.not_eligible")), "{who}");
            let call = call(&world.ctx, &world.viewer(who).await).await;
            assert_eq!(refusal(documents::edit(&call, KIND, HELD, None).await), refused, "{who}");
            assert_eq!(refusal(check(world, who, HELD, 1, &titled("Mine")).await), refused, "{who}");
            assert_eq!(refusal(documents::patch(&call, KIND, HELD, "x").await), refused, "{who}");
            let is_member = documents::history(&call, KIND, HELD, PageRequest::default()).await.is_ok();
            assert_eq!(is_member, who == "clara.neumann", "{who}");
            let unknown = refusal(dashboards::view(&call, &"nothing".into(), Vec::new()).await);
            assert_eq!(refusal(documents::edit(&call, KIND, "nothing", None).await), unknown, "{who}");
        }
        assert_eq!(written(world).await, before);
    }

    async fn only_tables_that_its_author_reads_are_read(world) {
        let (before, text) = (written(world).await, begun(world).await);
        let mut told = Vec::new();
        for table in UNSEEN {
            let reading = text.replace(TABLE, table);
            let looked = check_new(world, "maria.keller", ID, &reading).await;
            let problem = &looked.problems[0];
            assert_eq!((looked.problems.len(), problem.field.as_str()), (1, "reads[0]"), "{looked:?}");
            assert!(problem.line > 1 && looked.effects.is_empty(), "{looked:?}");
            let refused = refusal(publish_new(world, "maria.keller", ID, &reading).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("text")));
            told.push((problem.message.replace(table, ""), refused.message.replace(table, "")));
        }
        assert_eq!(told[0], told[1], "nobody tells the two apart");
        assert!(told[0].0.contains("is a table that is not there, or that you may not see."), "{told:?}");
        // A table that everybody knows of.
        let closed = text.replace(TABLE, "gold.collections");
        let looked = check_new(world, "maria.keller", ID, &closed).await;
        assert!(looked.problems[0].message.starts_with("You may not read \"gold.collections\"."), "{looked:?}");
        assert_eq!(refusal(publish_new(world, "maria.keller", ID, &closed).await).kind, ErrorKind::Invalid);
        assert_eq!(written(world).await, before);
        world.granted("maria.keller", "collections/cases", 30, &["aylin.demir"]).await;
        publish_new(world, "maria.keller", ID, &closed).await.expect("now she reads it");
        world.travel(31);
        let later = closed.replace("Rows by month", "Cases");
        let refused = refusal(publish(world, "maria.keller", ID, 1, &later).await);
        assert!(refused.message.contains("You may not read"), "{refused:?}");
    }

    async fn a_text_that_reads_what_is_hidden_is_not_shown(world) {
        let text = begun(world).await;
        let mut told = Vec::new();
        for table in UNSEEN {
            world.import(vec![file("dashboards/small.md", &text.replace(TABLE, table))]).await;
            let maria = call(&world.ctx, &world.viewer("maria.keller").await).await;
            let view = dashboards::view(&maria, &"small".into(), Vec::new()).await.expect("everybody sees it");
            assert!(!view.may_edit && view.sees_history);
            let history = documents::history(&maria, KIND, "small", PageRequest::default()).await.expect("she is a member");
            let number = history.lines[0].number;
            let refused = refusal(documents::edit(&maria, KIND, "small", None).await);
            assert_eq!(refused.kind, ErrorKind::Conflict);
            assert_eq!(refusal(documents::revision(&maria, KIND, "small", number).await), refused);
            assert_eq!(refusal(documents::check(&maria, KIND, Some("small"), number, &text).await), refused);
            assert_eq!(refusal(documents::patch(&maria, KIND, "small", &text).await), refused);
            told.push(refused);
        }
        assert_eq!(told[0], told[1]);
        assert!(told[0].message.contains("so it is not shown to you"), "{told:?}");
    }

    async fn a_dashboard_belongs_to_a_domain_of_its_author(world) {
        let text = begun(world).await;
        let away = text.replace("domain: \"finance\"", "domain: controlling");
        let mut told = Vec::new();
        for table in [TABLE, UNSEEN[0], UNSEEN[1]] {
            let away = away.replace(TABLE, table);
            let looked = check_new(world, "maria.keller", ID, &away).await;
            assert_eq!((looked.problems.len(), looked.problems[0].field.as_str()), (1, "domain"), "{looked:?}");
            let refused = refusal(publish_new(world, "maria.keller", ID, &away).await);
            assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("publish.other_domain")));
            told.push((looked.problems, refused));
        }
        assert!(told[0] == told[1] && told[1] == told[2]);
        let of = |product: &str| text.replace("domain: \"finance\"", &format!("product: {product}"));
        let looked = check_new(world, "maria.keller", ID, &of("sales-daily")).await;
        assert!(looked.is_right() && looked.effects[0] == "It is new in Finance Forecasting.", "{looked:?}");
        assert!(looked.effects[1].starts_with("Whoever sees what "), "{looked:?}");
        for (says, field) in [("", "domain"), ("domain: finance\n", "product")] {
            let mut told = Vec::new();
            for product in ["receivables-ageing", "of-nobody"] {
                let text = text.replace("domain: \"finance\"\n", &format!("{says}product: {product}\n"));
                let looked = check_new(world, "maria.keller", ID, &text).await;
                assert_eq!((looked.problems.len(), looked.problems[0].field.as_str()), (1, field), "{looked:?}");
                told.push(looked.problems[0].message.replace(product, ""));
            }
            assert_eq!(told[0], told[1], "{field}");
        }
    }

    async fn its_id_is_its_own(world) {
        let (before, text) = (written(world).await, begun(world).await);
        for (id, kind) in [
            ("", ErrorKind::Invalid),
            ("Sales", ErrorKind::Invalid),
            ("sales.md", ErrorKind::Invalid),
            (HELD, ErrorKind::Conflict),
            ("collections-controlling", ErrorKind::Conflict),
        ] {
            let refused = refusal(publish_new(world, "maria.keller", id, &text).await);
            assert_eq!((refused.kind, refused.field), (kind, Some("new_id")), "{id}");
            let looked = check_new(world, "maria.keller", id, &text).await;
            let problem = &looked.problems[0];
            assert_eq!((problem.field.as_str(), problem.line), ("id", 0), "{looked:?}");
        }
        assert_eq!(written(world).await, before);
    }

    async fn an_import_never_overwrites_what_somebody_changed_on_a_page(world) {
        let (page, late) = (titled("Revenue forecast"), titled("Outlook"));
        let maria = world.viewer("maria.keller").await;
        let (name, patch) = documents::patch(&call(&world.ctx, &maria).await, KIND, HELD, &page).await.expect("a file has it");
        assert_eq!(name, "sales-forecast.patch");
        assert!(patch.starts_with("--- a/sales-forecast.md\n") && patch.contains("\n+title: Revenue forecast\n"), "{patch}");
        publish(world, "maria.keller", HELD, 1, &page).await.expect("she may");
        let report = world.import(mesh()).await;
        assert_eq!(
            report.kept,
            ["dashboard sales-forecast: changed in the portal after files held it last, and the file is as it was"]
        );
        assert_eq!((report.created.len(), report.changed.len()), (0, 0), "{report}");
        let held = "SELECT document FROM dashboard WHERE id = 'sales-forecast'";
        assert_eq!(world.text(held).await, page);
        let told = world.problems(vec![file(FILE, &late)]).await;
        assert!(told.starts_with(&format!("{FILE}: Maria Keller changed this in the portal (revision 2,")), "{told}");
        assert_eq!(world.text(held).await, page);
        let report = world.import(vec![file(FILE, &page)]).await;
        assert_eq!((report.kept.len(), report.changed.len(), report.unchanged), (0, 0, 1));
        let report = world.import(vec![file(FILE, &late)]).await;
        assert_eq!(report.changed, [("dashboard".to_owned(), HELD.to_owned())]);
    }

    async fn the_same_text_changes_nothing_and_a_wrong_one_is_told_line_by_line(world) {
        let text = begun(world).await;
        world.import(vec![file("dashboards/sales-daily.md", &text.replace('\n', "\r\n"))]).await;
        let before = written(world).await;
        for sent in [text.clone(), text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
            let looked = check(world, "maria.keller", ID, 1, &sent).await.expect("she may");
            assert!(looked.is_right() && looked.diff.is_empty() && looked.effects.is_empty(), "{looked:?}");
            let done = publish(world, "maria.keller", ID, 1, &sent).await.expect("she may");
            assert_eq!((done.number, done.is_new), (1, false));
        }
        for (wrong, told) in [
            ("---\ntitle: [\n---\n".to_owned(), "Line"),
            (String::new(), "This text is no dashboard."),
            (text.replace("x: month", "y: month"), "Line"),
            (text.replace("domain: \"finance\"", "domain: nowhere"), "domain: There is no domain \"nowhere\""),
            (text.replace("reads: [gold.sales_daily]\n", ""), "reads"),
        ] {
            let refused = refusal(publish(world, "maria.keller", ID, 1, &wrong).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("text")), "{wrong}");
            assert!(refused.message.contains(told), "{wrong}: {}", refused.message);
            assert!(!check(world, "maria.keller", ID, 1, &wrong).await.expect("it is looked at").is_right(), "{wrong}");
        }
        let long = "#".repeat(10 * 1024 * 1024);
        assert_eq!(refusal(publish(world, "maria.keller", ID, 1, &long).await).kind, ErrorKind::Invalid);
        assert_eq!(refusal(check(world, "maria.keller", ID, 1, &long).await).kind, ErrorKind::Invalid);
        assert_eq!(written(world).await, before);
    }
}
