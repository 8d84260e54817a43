//! The worked example with made-up results.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use lakeport_frame::{DecimalValues, Values};
use lakeport_model::dashboards::{Control, Direction, Metric, Sorted, Table, Tone};

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
fn marks_set_the_filter_and_keep_the_rest() {
    let view = example(JANUARY, &results());
    let Content::Chart(chart) = &children(&view, 2)[1].content else { panic!("{view:?}") };
    let link = "/dashboards/collections-controlling?period=2025-01-01..2025-01-31&amp;creditor=B%20%26%20C";
    assert!(chart.svg.contains(link), "{}", chart.svg);
    assert_eq!(chart.title, "Top creditors");
    assert_eq!(chart.table.rows[0][1].text, "70.000\u{202f}€");
    let chosen = example(&[("creditor", "B & C")], &results());
    let Content::Chart(chart) = &children(&chosen, 2)[1].content else { panic!("{chosen:?}") };
    assert!(chart.svg.contains("\"/dashboards/collections-controlling\""), "choosing it again takes it back");
}

#[test]
fn tables_link_and_measure() {
    let view = example(JANUARY, &results());
    let table = table(&view);
    let headers: Vec<(&str, bool)> =
        table.columns.iter().map(|column| (column.header.as_str(), column.is_number)).collect();
    assert_eq!(headers, [("Case id", false), ("Creditor", false), ("Open", true), ("Days overdue", true)]);
    assert_eq!(table.rows[0][0].link.as_deref(), Some("/dashboards/case-detail?case=C%2F1"));
    assert_eq!(table.rows[1][0].link.as_deref(), Some("/dashboards/case-detail?case=C%202"));
    assert_eq!(table.rows[0][2].text, "200,00\u{202f}€");
    assert_eq!((table.rows[0][2].bar, table.rows[1][2].bar), (Some(1.0), Some(0.25)));
    assert_eq!(table.rows[1][3].text, "");
    assert_eq!((table.note.as_str(), &table.pages), ("2 rows", &None));
    assert_eq!(
        table.download_csv.as_deref(),
        Some(
            "/dashboards/collections-controlling/data/dataframe-open_cases.csv?period=2025-01-01..2025-01-31"
        )
    );
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
fn what_a_filter_does_not_reach_never_passes_for_what_was_chosen() {
    let notes = |query: &[(&str, &str)]| -> Vec<Option<String>> {
        let charts = children(&example(query, &results()), 2).to_vec();
        let note = |element: Element| match element.content {
            Content::Chart(chart) => chart.unfiltered,
            other => panic!("{other:?}"),
        };
        charts.into_iter().map(note).collect()
    };
    assert_eq!(notes(JANUARY), [None, None]);
    let told = Some("Not filtered by \u{201c}Creditor\u{201d}.".to_owned());
    assert_eq!(notes(&[("creditor", "B & C")]), [None, told]);
}

#[test]
fn a_selection_without_figures_is_no_fault() {
    let mut results = results();
    let empty = frame_of(vec![("creditor", texts(&[])), ("collected", floats(&[]))]);
    results.insert(key("by_creditor", Variant::Current), Ok(empty));
    let view = example(JANUARY, &results);
    let Content::Chart(chart) = &children(&view, 2)[1].content else { panic!("{view:?}") };
    assert_eq!((chart.svg.as_str(), chart.table.rows.len()), ("", 0));
}

#[test]
fn filters_are_never_blamed_where_there_are_none() {
    let empty = || frame_of(vec![("creditor", texts(&[])), ("collected", floats(&[]))]);
    let text = "---\ntitle: T\nowner: o\nreads: [gold.t]\n---\n```sql q\nSELECT creditor, collected FROM gold.t\n```\n\
                ```dataframe\ndata: q\n```\n\n```bar_chart\n{data: q, x: creditor, y: collected, title: Chart}\n```\n";
    let alone = BTreeMap::from([(key("q", Variant::Current), Ok(empty()))]);
    let alone = view_of(text, &[], &alone, &BTreeMap::new());
    let [Content::Table(table), Content::Chart(drawing)] =
        [&alone.elements[0], &alone.elements[1]].map(|one| &one.content)
    else {
        panic!("{alone:?}")
    };
    assert_eq!(table.note, "No rows.");
    assert_eq!((drawing.description.as_str(), drawing.table.note.as_str()), ("No figures.", "No rows."));
    let mut results = results();
    results.insert(key("by_creditor", Variant::Current), Ok(empty()));
    let filtered = example(JANUARY, &results);
    let Content::Chart(drawing) = &children(&filtered, 2)[1].content else { panic!("{filtered:?}") };
    assert_eq!(drawing.description, "No figures under these filters.");
    assert_eq!(drawing.table.note, "No rows under these filters.");
}

#[test]
fn a_filter_never_changes_the_colour_of_a_series() {
    let channels = |names: &[&str]| {
        let days = days(&vec!["2025-01-01"; names.len()]);
        Ok(frame_of(vec![
            ("booking_date", days),
            ("channel", texts(names)),
            ("collected", floats(&vec![1.0; names.len()])),
        ]))
    };
    let mut results = results();
    results.insert(key("daily", Variant::Initial), channels(&["Card", "Cash", "Transfer"]));
    results.insert(key("daily", Variant::Current), channels(&["Transfer"]));
    let view = example(JANUARY, &results);
    let Content::Chart(chart) = &children(&view, 2)[0].content else { panic!("{view:?}") };
    assert!(chart.svg.contains("series-3") && !chart.svg.contains("series-1"), "{}", chart.svg);
}

#[test]
fn what_is_left_of_a_row_is_never_a_small_drawing_blown_up() {
    let chart = |title: &str| format!("```bar_chart\n{{data: q, x: word, y: n, title: {title}}}\n```\n");
    let text = format!(
        "---\ntitle: T\nowner: o\nreads: [gold.t]\n---\n```sql q\nSELECT word, n FROM gold.t\n```\n::: columns 1 1\n{}{}:::\n",
        chart("First"),
        chart("Second"),
    );
    let columns = vec![("word", texts(&["a", "b"])), ("n", floats(&[1.0, 2.0]))];
    let results = BTreeMap::from([(key("q", Variant::Current), Ok(frame_of(columns)))]);
    let drawn = |without: &BTreeSet<String>| {
        let view = view_without(&text, &[], &results, &BTreeMap::new(), without);
        let Content::Columns { weights, children } = &view.elements[0].content else { panic!("{view:?}") };
        let widths = children.iter().map(|child| match &child.content {
            Content::Chart(chart) => chart.svg.contains("viewBox=\"0 0 1200 "),
            other => panic!("{other:?}"),
        });
        (weights.clone(), widths.collect::<Vec<_>>(), children[0].id.clone())
    };
    let (weights, is_wide, first) = drawn(&BTreeSet::new());
    assert_eq!((weights, is_wide), (vec![1, 1], vec![false, false]));
    let (weights, is_wide, _) = drawn(&BTreeSet::from([first]));
    assert_eq!((weights, is_wide), (vec![1], vec![true]));
}

#[test]
fn months_are_never_written_as_their_first_days() {
    let mut results = results();
    let monthly = frame_of(vec![
        ("booking_date", days(&["2025-11-01", "2025-12-01"])),
        ("channel", texts(&["Web", "Web"])),
        ("collected", floats(&[10.0, 5.0])),
    ]);
    results.insert(key("daily", Variant::Current), Ok(monthly));
    let view = example(JANUARY, &results);
    let Content::Chart(chart) = &children(&view, 2)[0].content else { panic!("{view:?}") };
    let months: Vec<&str> = chart.table.rows.iter().map(|row| row[0].text.as_str()).collect();
    assert_eq!(months, ["Nov 2025", "Dez 2025"]);
}

#[test]
fn a_range_says_whether_today_is_in_it() {
    let words = |preset: &str| match example(&[("period", preset)], &results()).filters.remove(0).control {
        Control::Period { text, .. } => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(words("last_7_days"), "10.05.2026 to 16.05.2026, up to yesterday");
    assert_eq!(words("this_month"), "01.05.2026 to 17.05.2026, up to today");
    assert_eq!(words("last_month"), "01.04.2026 to 30.04.2026");
}

#[test]
fn filters_show_their_state() {
    let view = example(&[("period", "last_month"), ("creditor", "Creditor 01")], &results());
    let Control::Period { presets, start, end, compared_with, .. } = &view.filters[0].control else {
        panic!("{:?}", view.filters)
    };
    let chosen: Vec<&str> =
        presets.iter().filter(|preset| preset.chosen).map(|preset| preset.value.as_str()).collect();
    assert_eq!((chosen, start.as_str(), end.as_str()), (vec!["last_month"], "2026-04-01", "2026-04-30"));
    assert_eq!(compared_with.as_deref(), Some("01.03.2026 to 31.03.2026"));
    let Control::MultiSelect { options } = &view.filters[1].control else { panic!("{:?}", view.filters) };
    assert_eq!(options.iter().map(|option| option.chosen).collect::<Vec<_>>(), [false, true]);
    assert!(view.filters[1].changed && view.filters[0].changed);
    assert!(!example(&[], &results()).filters[0].changed);
}

#[test]
fn all_time_never_shows_days_nobody_means() {
    let view = example(&[("period", "all")], &results());
    let Control::Period { start, end, .. } = &view.filters[0].control else { panic!("{:?}", view.filters) };
    assert_eq!((start.as_str(), end.as_str()), ("", ""));
    let view = example(&[("period", "custom")], &results());
    let Control::Period { presets, start, end, text, .. } = &view.filters[0].control else {
        panic!("{:?}", view.filters)
    };
    assert_eq!((start.as_str(), end.as_str(), text.as_str()), ("", "", "All time"));
    assert!(presets.iter().all(|preset| preset.chosen == (preset.value == "custom")), "it stays chosen");
}

#[test]
fn options_that_cannot_be_read_are_said_and_the_choice_stays() {
    let sentence = "You may not read gold.collections.".to_owned();
    let options = BTreeMap::from([("creditor".to_owned(), Err(sentence.clone()))]);
    let view = view_of(include_str!("../format/example.md"), &[("creditor", "X")], &results(), &options);
    assert_eq!(view.filters[1].problem, Some(sentence));
    let Control::MultiSelect { options } = &view.filters[1].control else { panic!("{:?}", view.filters) };
    assert_eq!(options.iter().map(|option| option.value.as_str()).collect::<Vec<_>>(), ["X"]);
}

const LONG: &str = "---\ntitle: T\nowner: o\nreads: [gold.t]\n---\n```sql q\nSELECT n, word FROM gold.t\n```\n```dataframe\ndata: q\n```\n";

/// The only table of a dashboard over 60 rows: numbers from 0 up, each third one missing, and words.
fn sixty(query: &[(&str, &str)], truncated: bool) -> Table {
    let numbers = (0..60).map(|number| (number % 3 != 0).then_some(number)).collect();
    let words = (0..60).map(|number| Some(format!("{}{number:02}", if number % 2 == 0 { "a" } else { "B" })));
    let columns = vec![("n", Values::Int(numbers)), ("word", Values::Text(words.collect()))];
    let mut frame = Frame::clone(&frame_of(columns));
    frame.truncated = truncated;
    let results = BTreeMap::from([(key("q", Variant::Current), Ok(Arc::new(frame)))]);
    match &view_of(LONG, query, &results, &BTreeMap::new()).elements[0].content {
        Content::Table(table) => table.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_page_never_holds_all_rows_of_a_long_result() {
    let first = sixty(&[], false);
    assert_eq!((first.rows.len(), first.note.as_str()), (25, "1 to 25 of 60 rows"));
    let pages = first.pages.expect("there are more");
    let second = "/dashboards/collections-controlling?page.dataframe-q=2";
    assert_eq!((pages.previous, pages.next.as_deref()), (None, Some(second)));
    let last = sixty(&[("page.dataframe-q", "3")], false);
    assert_eq!((last.rows.len(), last.note.as_str()), (10, "51 to 60 of 60 rows"));
    assert_eq!(
        last.pages.map(|pages| (pages.previous.as_deref() == Some(second), pages.next)),
        Some((true, None))
    );
    // An address may name a page that is not there (any more).
    assert_eq!(sixty(&[("page.dataframe-q", "9999")], false).rows, last.rows);
    assert_eq!(sixty(&[], true).note, "1 to 25 of more than 60 rows");
}

#[test]
fn an_order_is_that_of_the_whole_result() {
    let texts = |table: &Table, column: usize| -> Vec<String> {
        table.rows.iter().map(|row| row[column].text.clone()).collect()
    };
    let down = sixty(&[("sort.dataframe-q", "-n")], false);
    assert_eq!(texts(&down, 0)[..3], ["59", "58", "56"]);
    assert_eq!(down.columns[0].sorted, Some(Sorted::Descending));
    let up = sixty(&[("sort.dataframe-q", "n"), ("page.dataframe-q", "2")], false);
    // Missing values come last, whichever way: 40 numbers, then 20 rows without one.
    assert_eq!((texts(&up, 0)[14].as_str(), texts(&up, 0)[15].as_str()), ("59", ""));
    assert_eq!(texts(&sixty(&[("sort.dataframe-q", "word")], false), 1)[..2], ["a00", "a02"]);
    let some = sixty(&[("sort.dataframe-q", "n")], true);
    assert_eq!(some.note, "1 to 25 of more than 60 rows, in this order among the first 60");
}

#[test]
fn a_press_on_a_head_goes_through_both_orders_and_back() {
    let href = |query: &[(&str, &str)], column: usize| {
        sixty(query, false).columns[column].sort_href.replace("/dashboards/collections-controlling", "")
    };
    assert_eq!(href(&[("page.dataframe-q", "2")], 0), "?sort.dataframe-q=-n", "figures: largest first");
    assert_eq!(href(&[("sort.dataframe-q", "-n")], 0), "?sort.dataframe-q=n");
    assert_eq!(href(&[("sort.dataframe-q", "n")], 0), "");
    assert_eq!(href(&[], 1), "?sort.dataframe-q=word", "words: from the beginning");
    assert_eq!(href(&[("sort.dataframe-q", "word")], 1), "?sort.dataframe-q=-word");
}

#[test]
fn turning_one_table_never_draws_another_element_anew() {
    let plain = example(JANUARY, &results());
    let query = [JANUARY[0], ("sort.dataframe-open_cases", "-days_overdue")];
    let turned = example(&query, &results());
    assert_eq!(turned.query, "period=2025-01-01..2025-01-31&sort.dataframe-open_cases=-days_overdue");
    assert_eq!(turned.orders, [("sort.dataframe-open_cases".to_owned(), "-days_overdue".to_owned())]);
    let both = plain.elements.iter().zip(&turned.elements);
    let changed: Vec<&str> =
        both.filter(|(a, b)| a.hash != b.hash).map(|(before, _)| before.id.as_str()).collect();
    // The row with the chart whose marks are links that keep the order, and the table itself.
    assert_eq!(changed.last(), Some(&"dataframe-open_cases"));
    let (Content::Columns { children: before, .. }, Content::Columns { children: after, .. }) =
        (&plain.elements[2].content, &turned.elements[2].content)
    else {
        panic!("{plain:?}")
    };
    assert_eq!(before[0].hash, after[0].hash, "a chart without links stays as it is drawn");
}

#[test]
fn every_chart_has_a_file_of_its_figures() {
    let view = example(JANUARY, &results());
    let Content::Chart(chart) = &children(&view, 2)[0].content else { panic!("{view:?}") };
    let file = "/dashboards/collections-controlling/data/line_chart-daily.csv?period=2025-01-01..2025-01-31";
    assert_eq!(chart.table.download_csv.as_deref(), Some(file));
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
    assert_eq!(html, "<p>&lt;script&gt;&quot;&amp;&#39; &lt;img&gt;</p>\n");
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
