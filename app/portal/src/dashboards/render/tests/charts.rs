//! Drawings: what they show, where their marks lead, which colours they have.

use super::*;

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
fn what_a_chart_chooses_never_looks_like_what_it_does_not() {
    let drawn = |query: &[(&str, &str)]| -> (usize, Vec<String>) {
        let view = example(query, &results());
        let Content::Chart(chart) = &children(&view, 2)[1].content else { panic!("{view:?}") };
        let current = chart.svg.split("aria-current=\"true\">").skip(1);
        let names =
            current.filter_map(|part| Some(part.split_once("<title>")?.1.split_once(':')?.0.to_owned()));
        assert_eq!(
            chart.narrow_svg.matches("fill-opacity=\".3\"").count(),
            chart.svg.matches("fill-opacity=\".3\"").count()
        );
        (chart.svg.matches("fill-opacity=\".3\" class=\"bar ").count(), names.collect())
    };
    assert_eq!(drawn(JANUARY), (0, Vec::new()), "nothing is chosen");
    assert_eq!(drawn(&[("creditor", "B & C")]), (1, vec!["B &amp; C".to_owned()]));
    assert_eq!(drawn(&[("creditor", "B & C"), ("creditor", "Creditor 01")]).0, 0, "both are chosen");
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

/// What these channels have brought in on one day.
fn channels(names: &[&str]) -> Arc<Frame> {
    frame_of(vec![
        ("booking_date", days(&vec!["2025-01-01"; names.len()])),
        ("channel", texts(names)),
        ("collected", floats(&vec![1.0; names.len()])),
    ])
}

/// The classes of the series in the drawing of the channels.
fn colours(query: &[(&str, &str)], frames: &[(Variant, &[&str])]) -> Vec<u8> {
    let mut results = results();
    for (variant, names) in frames {
        results.insert(key("daily", *variant), Ok(channels(names)));
    }
    let view = example(query, &results);
    let Content::Chart(chart) = &children(&view, 2)[0].content else { panic!("{view:?}") };
    (1..=8).filter(|class| chart.svg.contains(&format!("series-{class}"))).collect()
}

#[test]
fn a_filter_never_changes_the_colour_of_a_series() {
    // In whichever order the figures bring them.
    for all in [["Card", "Cash", "Transfer"], ["Transfer", "Card", "Cash"]] {
        let frames: [(Variant, &[&str]); 2] = [(Variant::Initial, &all), (Variant::Current, &["Transfer"])];
        assert_eq!(colours(&[("creditor", "B & C")], &frames), [3]);
    }
}

#[test]
fn another_period_never_changes_the_colour_of_a_series() {
    let drawn = |names: &[&str]| {
        let all: (Variant, &[&str]) = (Variant::Initial, &["Card", "Cash", "Transfer"]);
        let ever: (Variant, &[&str]) = (Variant::Ever, &["Voucher", "Card", "Cheque"]);
        colours(JANUARY, &[all, ever, (Variant::Current, names)])
    };
    assert_eq!(drawn(&["Cheque"]), [4]);
    assert_eq!(drawn(&["Cheque", "Cash"]), [2, 4]);
    assert_eq!(drawn(&["Cheque", "Voucher"]), [4, 5]);
}

#[test]
fn a_series_that_only_a_choice_brings_never_changes_its_colour_with_the_others() {
    let drawn = |names: &[&str]| {
        let all: (Variant, &[&str]) = (Variant::Initial, &["Card", "Cash", "Transfer"]);
        colours(&[("creditor", "B & C")], &[all, (Variant::Current, names)])
    };
    let own = drawn(&["Voucher"]);
    assert!(own.len() == 1 && own[0] > 3, "{own:?} belongs to no other series");
    assert_eq!(drawn(&["Bank", "Voucher"]).last(), Some(&own[0]), "behind whichever name it comes");
    assert_eq!(drawn(&["Cash", "Voucher"]), [2, own[0]]);
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
fn every_chart_has_a_file_of_its_figures() {
    let view = example(JANUARY, &results());
    let Content::Chart(chart) = &children(&view, 2)[0].content else { panic!("{view:?}") };
    let file = "/dashboards/collections-controlling/data/line_chart-daily.csv?period=2025-01-01..2025-01-31";
    assert_eq!(chart.table.download_csv.as_deref(), Some(file));
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
