//! The worked example with made-up results.

mod charts;
mod filter_bar;
mod tables;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use lakeport_frame::{DecimalValues, Values};
use lakeport_model::dashboards::{Direction, Metric, Table, Tone};

use super::*;
use crate::dashboards::format::parse;
use crate::dashboards::plan::{self, QueryRunKey};

const BASE: &str = "/dashboards/collections-controlling";

fn texts(values: &[&str]) -> Values {
    Values::Text(values.iter().map(|value| Some((*value).to_owned())).collect())
}

fn floats(values: &[f64]) -> Values {
    Values::Float(values.iter().copied().map(Some).collect())
}

fn days(values: &[&str]) -> Values {
    let day = |text: &&str| -> NaiveDate { text.parse().expect("a day in a test") };
    Values::Date(values.iter().map(|value| Some(day(value))).collect())
}

fn frame_of(columns: Vec<(&str, Values)>) -> Arc<Frame> {
    let column = |(name, values): (&str, Values)| Column { name: name.to_owned(), values };
    Arc::new(Frame::new(columns.into_iter().map(column).collect()).expect("columns of one length"))
}

fn totals(cases: i64, claimed: i64, collected: i64) -> Arc<Frame> {
    let cents = |amount: i64| Values::Decimal(DecimalValues { scale: 2, unscaled: vec![Some(amount * 100)] });
    #[expect(clippy::cast_precision_loss, reason = "small figures of a test")]
    let rate = collected as f64 / claimed as f64;
    frame_of(vec![
        ("cases", Values::Int(vec![Some(cases)])),
        ("claimed", cents(claimed)),
        ("collected", cents(collected)),
        ("recovery_rate", floats(&[rate])),
    ])
}

fn key(name: &str, variant: Variant) -> QueryRunKey {
    QueryRunKey { name: name.to_owned(), variant }
}

fn results() -> Results {
    BTreeMap::from([
        (key("totals", Variant::Current), Ok(totals(1200, 500_000, 100_000))),
        (key("totals", Variant::Previous), Ok(totals(1000, 500_000, 125_000))),
        (key("totals", Variant::Lead), Ok(totals(900, 400_000, 100_000))),
        (
            key("daily", Variant::Current),
            Ok(frame_of(vec![
                ("booking_date", days(&["2025-01-01", "2025-01-01", "2025-01-02"])),
                ("channel", texts(&["Web", "Phone", "Web"])),
                ("collected", floats(&[10.0, 5.0, 20.0])),
            ])),
        ),
        (
            key("by_creditor", Variant::Current),
            Ok(frame_of(vec![
                ("creditor", texts(&["Creditor 01", "B & C"])),
                ("collected", floats(&[70_000.0, 30_000.0])),
            ])),
        ),
        (
            key("open_cases", Variant::Current),
            Ok(frame_of(vec![
                ("case_id", texts(&["C/1", "C 2"])),
                ("creditor", texts(&["<b>Evil</b>", "B & C"])),
                ("open_eur", floats(&[200.0, 50.0])),
                ("days_overdue", Values::Int(vec![Some(12), None])),
            ])),
        ),
    ])
}

fn view_of(text: &str, query: &[(&str, &str)], results: &Results, options: &OptionValues) -> DashboardView {
    view_without(text, query, results, options, &BTreeSet::new())
}

fn view_without(
    text: &str,
    query: &[(&str, &str)],
    results: &Results,
    options: &OptionValues,
    without: &BTreeSet<String>,
) -> DashboardView {
    let dashboard = parse("d.md", text).unwrap_or_else(|problems| panic!("{problems:?}"));
    let query: Vec<(String, String)> =
        query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let today = "2026-05-17".parse().expect("a day in a test");
    let known =
        options.iter().filter_map(|(name, values)| Some((name.clone(), values.clone().ok()?))).collect();
    let params = ParamSet::from_query(&dashboard, &query, today, &known);
    let turned = &Turned::from_query(&dashboard, &query);
    render(&Input { dashboard: &dashboard, base: BASE, params: &params, turned, results, options, without })
}

fn example(query: &[(&str, &str)], results: &Results) -> DashboardView {
    let options =
        BTreeMap::from([("creditor".to_owned(), Ok(vec!["B & C".to_owned(), "Creditor 01".to_owned()]))]);
    view_of(include_str!("../format/example.md"), query, results, &options)
}

const JANUARY: &[(&str, &str)] = &[("period", "2025-01-01..2025-01-31")];

fn children(view: &DashboardView, index: usize) -> &[Element] {
    match &view.elements[index].content {
        Content::Columns { children, .. } => children,
        other => panic!("{other:?}"),
    }
}

fn metric(element: &Element) -> &Metric {
    match &element.content {
        Content::Metric(metric) => metric,
        other => panic!("{other:?}"),
    }
}

fn table(view: &DashboardView) -> &Table {
    match &view.elements[3].content {
        Content::Table(table) => table,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_example_shows_its_figures() {
    let view = example(JANUARY, &results());
    assert_eq!(view.query, "period=2025-01-01..2025-01-31");
    let Content::Text { html } = &view.elements[0].content else { panic!("{view:?}") };
    assert_eq!(html, "<p>Recovery in <strong>01.01.2025 to 31.01.2025</strong> was 20,0\u{202f}%.</p>\n");
    let metrics: Vec<(&str, String, &str, Direction, Tone)> = children(&view, 1)
        .iter()
        .map(metric)
        .map(|metric| {
            let delta = metric.delta.as_ref().expect("each is compared");
            (metric.label.as_str(), metric.value.clone(), delta.text.as_str(), delta.direction, delta.tone)
        })
        .collect();
    let range = "01.12.2024 to 31.12.2024";
    assert_eq!(metrics[0].1, "1.200");
    assert_eq!(metrics[0].2, format!("20,0\u{202f}% more than {range}"));
    assert_eq!((metrics[0].3, metrics[0].4), (Direction::Up, Tone::Good));
    assert_eq!(metrics[1].2, format!("unchanged from {range}"));
    assert_eq!((metrics[2].1.as_str(), metrics[2].3), ("100.000\u{202f}€", Direction::Down));
    assert_eq!(metrics[3].2, format!("5,0 percentage points less than {range}"));
    assert_eq!(metric(&children(&view, 1)[2]).spark, Some(lakeport_chart::sparkline(&[15.0, 20.0])));
}

#[test]
fn a_failed_query_breaks_only_what_shows_it() {
    let mut results = results();
    let sentence = "You may not read gold.collections.".to_owned();
    results.insert(key("totals", Variant::Current), Err(sentence.clone()));
    let view = example(JANUARY, &results);
    let Content::Text { html } = &view.elements[0].content else { panic!("{view:?}") };
    assert!(
        html.contains("title=\"You may not read gold.collections.\">(this figure is not available)</span>"),
        "{html}"
    );
    let problem = Content::Problem { title: Some("Cases".to_owned()), sentence };
    assert_eq!(children(&view, 1)[0].content, problem);
    assert!(matches!(children(&view, 2)[0].content, Content::Chart(_)));
    assert_eq!(table(&view).rows.len(), 2);
}

#[test]
fn a_missing_comparison_is_said() {
    let mut results = results();
    results.insert(key("totals", Variant::Previous), Err("Too slow.".to_owned()));
    let text =
        |view: &DashboardView| metric(&children(view, 1)[0]).delta.clone().expect("it is compared").text;
    assert_eq!(text(&example(JANUARY, &results)), "01.12.2024 to 31.12.2024 could not be read");
    results.insert(key("totals", Variant::Previous), Ok(totals(0, 1, 0)));
    assert_eq!(text(&example(JANUARY, &results)), "up from 0 in 01.12.2024 to 31.12.2024");
    assert_eq!(text(&example(&[("period", "all")], &results)), "nothing to compare with");
}

#[test]
fn a_period_without_figures_is_never_compared_as_if_it_had_some() {
    let mut results = results();
    let delta = |results: &Results| {
        let delta = metric(&children(&example(JANUARY, results), 1)[0]).delta.clone();
        let delta = delta.expect("it is compared");
        (delta.text, delta.direction, delta.tone)
    };
    let Ok(full) = results[&key("totals", Variant::Current)].clone() else { panic!("there are totals") };
    let nulls = full.columns().iter().map(|column| (column.name.as_str(), Values::Int(vec![None])));
    let nulls = frame_of(nulls.collect());
    results.insert(key("totals", Variant::Current), Ok(Arc::clone(&nulls)));
    let told = ("no figure in 01.01.2025 to 31.01.2025".to_owned(), Direction::Flat, Tone::Neutral);
    assert_eq!(delta(&results), told, "what is missing is the figure itself");
    results.insert(key("totals", Variant::Current), Ok(totals(0, 1, 0)));
    let told = ("down from 1.000 in 01.12.2024 to 31.12.2024".to_owned(), Direction::Down, Tone::Neutral);
    assert_eq!(delta(&results), told, "nothing is neither good nor bad");
    results.insert(key("totals", Variant::Current), Ok(full));
    results.insert(key("totals", Variant::Previous), Ok(nulls));
    let told =
        ("nothing to compare with in 01.12.2024 to 31.12.2024".to_owned(), Direction::Flat, Tone::Neutral);
    assert_eq!(delta(&results), told);
    let counted = |claimed| {
        let cases = ("cases", Values::Int(vec![Some(0)]));
        let rest = ["claimed", "collected", "recovery_rate"].map(|name| (name, Values::Int(vec![claimed])));
        Ok(frame_of([vec![cases], rest.to_vec()].concat()))
    };
    results.insert(key("totals", Variant::Previous), counted(None));
    assert_eq!(delta(&results), told, "how many there were is told of rows, and there were none");
    results.insert(key("totals", Variant::Previous), counted(Some(0)));
    assert_eq!(delta(&results).0, "up from 0 in 01.12.2024 to 31.12.2024", "a query that says 0 means it");
    // Of what began within the period before, only a part is there to be compared with.
    results.insert(key("totals", Variant::Previous), Ok(totals(600, 500_000, 125_000)));
    results.insert(key("totals", Variant::Lead), counted(None));
    let told = "600 in 01.12.2024 to 31.12.2024, whose first days have no figures".to_owned();
    assert_eq!(delta(&results), (told, Direction::Flat, Tone::Neutral), "never 100 % more");
    results.insert(key("totals", Variant::Lead), Err("Too slow.".to_owned()));
    assert_eq!(delta(&results).0, "100,0\u{202f}% more than 01.12.2024 to 31.12.2024", "nobody knows better");
}

#[test]
fn columns_that_are_not_there_are_named() {
    let mut results = results();
    let frame = frame_of(vec![("creditors", texts(&["A"])), ("amount", floats(&[1.0]))]);
    results.insert(key("by_creditor", Variant::Current), Ok(frame));
    let view = example(JANUARY, &results);
    let sentence =
        "The query \"by_creditor\" has no column \"creditor\". Did you mean \"creditors\"? Columns: \
                    creditors, amount."
            .to_owned();
    let problem = Content::Problem { title: Some("Top creditors".to_owned()), sentence };
    assert_eq!(children(&view, 2)[1].content, problem);
}

#[test]
fn hashes_change_with_the_content_only() {
    let before = example(JANUARY, &results());
    assert_eq!(before, example(JANUARY, &results()));
    let mut results = results();
    results.insert(
        key("open_cases", Variant::Current),
        Ok(frame_of(vec![
            ("case_id", texts(&[])),
            ("open_eur", floats(&[])),
            ("days_overdue", Values::Int(Vec::new())),
        ])),
    );
    let after = example(JANUARY, &results);
    let changed: Vec<&str> = before
        .elements
        .iter()
        .zip(&after.elements)
        .filter(|(before, after)| before.hash != after.hash)
        .map(|(before, _)| before.id.as_str())
        .collect();
    assert_eq!(changed, ["dataframe-open_cases"]);
}

#[test]
fn a_change_is_never_called_good_where_nobody_says_so() {
    let text = include_str!("../format/example.md").replace(", delta_color: normal", "");
    let options = BTreeMap::new();
    let view = view_of(&text, JANUARY, &results(), &options);
    let delta = metric(&children(&view, 1)[0]).delta.clone().expect("it is compared");
    assert_eq!((delta.direction, delta.tone), (Direction::Up, Tone::Neutral));
}

#[test]
fn values_in_text_are_escaped() {
    let text = "---\ntitle: T\nowner: o\nreads: [gold.t]\n---\n```sql q\nSELECT n FROM gold.t WHERE n = $word\n```\n```text_input word\n```\n{q.n} {word}\n";
    let results =
        BTreeMap::from([(key("q", Variant::Current), Ok(frame_of(vec![("n", texts(&["<script>\"&'"]))])))]);
    let view = view_of(text, &[("word", "<img>")], &results, &BTreeMap::new());
    let Content::Text { html } = &view.elements[0].content else { panic!("{view:?}") };
    assert_eq!(html, "<p>&lt;script&gt;&quot;&amp;&#x27; &lt;img&gt;</p>\n");
}

#[test]
fn everything_that_is_shown_is_planned() {
    let dashboard =
        parse("d.md", include_str!("../format/example.md")).unwrap_or_else(|problems| panic!("{problems:?}"));
    let today = "2026-05-17".parse().expect("a day in a test");
    let params = ParamSet::from_query(&dashboard, &[], today, &BTreeMap::new());
    let planned: Vec<QueryRunKey> = plan::runs(&dashboard, &params).into_iter().map(|run| run.key).collect();
    assert_eq!(planned, results().into_keys().collect::<Vec<_>>());
}
