//! Tables: their pages, their order, their links.

use lakeport_model::dashboards::Sorted;

use super::*;

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
