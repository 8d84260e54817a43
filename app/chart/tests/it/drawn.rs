//! What is drawn and what is said about it.

use chrono::{Days, NaiveDate};
use lakeport_chart::{ChartKind, Forecast, bars, draw, sparkline};
use lakeport_frame::{Format, Value, Values};

use crate::{LYING, UPRIGHT, floats, frame, spec, texts, xml};

fn days(count: u64) -> Values {
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    Values::Date((0..count).map(|offset| Some(first + Days::new(offset))).collect())
}

#[test]
fn bars_begin_at_zero_and_lead_somewhere() {
    let frame = frame(vec![("creditor", texts(&["A & B", "C"])), ("collected_eur", floats(&[200.0, 100.0]))]);
    let chart = draw(&spec(LYING, "creditor", &["collected_eur"], None), &frame).expect("a chart");
    assert_eq!(
        chart.description,
        "Bar chart of Collected by creditor, 2 of them. Collected: lowest €100 (C), highest €200 (A & B)."
    );
    let labels: Vec<_> = chart.marks.iter().map(|mark| (mark.label.as_str(), mark.value.as_str())).collect();
    assert_eq!(labels, [("A & B", "€200"), ("C", "€100")]);
    assert_eq!(chart.marks[0].category, Value::Text("A & B".to_owned()));
    assert!(chart.marks.iter().all(|mark| mark.h >= 24.0), "each bar can be hit");
    // Half the value is half the length: the bars are drawn from zero.
    let lengths: Vec<f64> = chart
        .svg
        .split("class=\"bar series-1\"")
        .skip(1)
        .map(|bar| {
            let path = bar.split("d=\"M").nth(1).expect("a path");
            let steps = path.split('l').nth(1).expect("relative steps");
            steps.split([' ', '-']).find(|step| !step.is_empty()).expect("a step").parse().expect("a number")
        })
        .collect();
    assert!((lengths[0] - 2.0 * lengths[1]).abs() < 0.3, "{lengths:?}");

    let linked = chart.svg_with_links(|mark| (mark.label == "C").then(|| "?creditor=C&a=\"b\"".to_owned()));
    xml::check(&linked);
    assert!(linked.contains("<a href=\"?creditor=C&amp;a=&quot;b&quot;\">"));
    assert!(linked.contains("<title>A &amp; B: €200</title>"));
    assert!(linked.contains("role=\"group\"") && chart.svg.contains("role=\"img\""));
    let evil = chart.svg_with_links(|_| Some("javascript:alert(1)".to_owned()));
    assert!(!evil.contains("<a ") && evil.contains("role=\"img\""));
}

#[test]
fn a_null_is_a_gap_and_a_lone_value_a_dot() {
    let values = Values::Float(vec![Some(1.0), Some(2.0), None, Some(3.0), None]);
    let frame = frame(vec![("day", days(5)), ("n", values)]);
    let chart = draw(&spec(ChartKind::Line, "day", &["n"], None), &frame).expect("a chart");
    assert_eq!(chart.svg.matches("class=\"line series-1\"").count(), 1);
    assert!(chart.svg.contains("class=\"dot series-1\""));
    assert_eq!(chart.marks.len(), 5);
    assert_eq!(chart.marks[2].value, "–");
}

#[test]
fn the_ninth_series_and_the_ones_after_it_are_other() {
    let names: Vec<String> = (0..11).map(|index| format!("S{index:02}")).collect();
    let values: Vec<f64> = (0..11).map(|index| f64::from(100 - index)).collect();
    let frame =
        frame(vec![("region", texts(&["North"; 11])), ("channel", texts(&names)), ("n", floats(&values))]);
    let mut spec = spec(UPRIGHT, "region", &["n"], Some("channel"));
    let chart = draw(&spec, &frame).expect("a chart");
    let legend: Vec<_> =
        chart.series.iter().map(|entry| (entry.name.as_str(), entry.class.as_str())).collect();
    assert_eq!(legend.len(), 8);
    assert_eq!(legend[0], ("S00", "series-1"));
    assert_eq!(legend[7], ("Other (4)", "series-8"));
    assert_eq!(chart.table.value(0, "Other (4)"), Some(Value::Float(93.0 + 92.0 + 91.0 + 90.0)));
    assert!(chart.description.contains("\"Other\" is the sum of the 4 smallest series."));

    // Ratios have no sum.
    spec.format = Format::Percent(1);
    let chart = draw(&spec, &frame).expect("a chart");
    assert_eq!(chart.series[7].name, "S07");
    assert!(chart.description.contains("The 3 smallest series are not shown."));
}

#[test]
fn a_series_never_changes_its_colour_with_the_others() {
    let classes = |names: &[&str], known: &[String]| -> Vec<String> {
        let values: Vec<f64> = names.iter().map(|_| 1.0).collect();
        let places = vec!["North"; names.len()];
        let frame =
            frame(vec![("region", texts(&places)), ("channel", texts(names)), ("n", floats(&values))]);
        let spec = lakeport_chart::ChartSpec {
            names: known.to_vec(),
            ..spec(UPRIGHT, "region", &["n"], Some("channel"))
        };
        draw(&spec, &frame).expect("a chart").series.into_iter().map(|series| series.class).collect()
    };
    let known = ["Card", "Cash", "Transfer"].map(str::to_owned);
    assert_eq!(classes(&["Card", "Cash", "Transfer"], &known), ["series-1", "series-2", "series-3"]);
    assert_eq!(classes(&["Transfer"], &known), ["series-3"]);
    for others in [vec![], vec!["Cash"], vec!["Transfer", "Card"], vec!["Bank", "Cash"]] {
        let names: Vec<&str> = others.iter().copied().chain(["Voucher"]).collect();
        let drawn = classes(&names, &known);
        assert_eq!(drawn[others.len()], "series-7", "a name nobody foresaw has one of its own: {names:?}");
    }
    assert_eq!(classes(&["Transfer", "Cash"], &[]), ["series-1", "series-2"]);
    let many: Vec<String> = (0..11).map(|index| format!("S{index:02}")).collect();
    let names: Vec<&str> = many.iter().map(String::as_str).collect();
    for others in [vec![], vec!["S00"], vec!["S04", "S10"]] {
        let names: Vec<&str> = others.iter().copied().chain(["S09"]).collect();
        let drawn = classes(&names, &many);
        assert_eq!(drawn[others.len()], "series-2", "beyond the eighth they begin again: {names:?}");
    }
    assert_eq!(classes(&["S09", "S01"], &many), ["series-3", "series-2"], "the one behind makes room");
    let mut drawn = classes(&names, &many);
    drawn.sort();
    drawn.dedup();
    assert_eq!(drawn.len(), 8, "no two series share a colour, Other included");
}

#[test]
fn lower_and_upper_are_a_band_around_the_first_line() {
    let frame = frame(vec![
        ("day", days(3)),
        ("forecast_eur", floats(&[10.0, 11.0, 12.0])),
        ("lower_eur", floats(&[9.0, 9.0, 9.0])),
        ("upper_eur", floats(&[11.0, 13.0, 15.0])),
        ("actual_eur", Values::Float(vec![Some(10.5), None, None])),
    ]);
    let y = ["forecast_eur", "lower_eur", "upper_eur", "actual_eur"];
    let chart = draw(&spec(ChartKind::Line, "day", &y, None), &frame).expect("a chart");
    let names: Vec<_> = chart.series.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["Forecast", "Actual"]);
    assert_eq!(chart.svg.matches("class=\"band series-1\"").count(), 1);
    assert_eq!(chart.marks[0].value, "Forecast: €10\nLower: €9\nUpper: €11\nActual: €11");
    let columns: Vec<_> = chart.table.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["Day", "Forecast", "Lower", "Upper", "Actual"]);
}

#[test]
fn the_table_has_a_row_a_place_in_order_of_time() {
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let second = first + Days::new(1);
    let frame = frame(vec![
        ("day", Values::Date(vec![Some(second), Some(first), Some(second), None])),
        ("channel", texts(&["Call", "Call", "Letter", "Call"])),
        ("n", floats(&[2.0, 1.0, 3.0, 9.0])),
    ]);
    let chart = draw(&spec(ChartKind::Line, "day", &["n"], Some("channel")), &frame).expect("a chart");
    assert_eq!(chart.table.rows(), 2);
    assert_eq!(chart.table.value(0, "Day"), Some(Value::Date(first)));
    assert_eq!(chart.table.value(0, "Call"), Some(Value::Float(1.0)));
    assert_eq!(chart.table.value(0, "Letter"), Some(Value::Null));
    assert!(chart.description.contains("1 row without Day is not shown."));
}

#[test]
fn a_year_of_six_channels_is_light() {
    let rows = 365 * 6;
    let names: Vec<String> = (0..rows).map(|row| format!("Channel {}", row % 6)).collect();
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let dates = (0..rows).map(|row| first.checked_add_days(Days::new(row / 6))).collect();
    let values: Vec<f64> = (0_u32..2190).map(|row| f64::from(row * 7919 % 5000)).collect();
    let frame = frame(vec![("day", Values::Date(dates)), ("channel", texts(&names)), ("n", floats(&values))]);
    let chart = draw(&spec(ChartKind::Line, "day", &["n"], Some("channel")), &frame).expect("a chart");
    // Every value far from the one before it: real data takes half of this.
    assert!(chart.svg.len() < 30_000, "{} bytes", chart.svg.len());
    for name in ["Jan", "Oct", "2026"] {
        assert!(chart.svg.contains(&format!(">{name}</text>")), "{name} stands below the line");
    }
}

#[test]
fn a_long_name_is_cut_and_kept() {
    let name = "Versandhaus Nordlicht Beteiligungsgesellschaft mbH & Co. Kommanditgesellschaft auf Aktien";
    let frame = frame(vec![("creditor", texts(&[name])), ("n", floats(&[1.0]))]);
    let chart = draw(&spec(LYING, "creditor", &["n"], None), &frame).expect("a chart");
    assert!(chart.svg.contains("…</text>"));
    assert!(chart.svg.contains(&format!("<title>{}</title>", name.replace('&', "&amp;"))));
}

#[test]
fn a_sparkline_ends_in_a_dot() {
    let line = sparkline(&[1.0, 3.0, f64::NAN, 2.0, 4.0]);
    xml::check(&line);
    assert_eq!(line.matches("<path").count(), 2);
    assert!(line.contains("cx=\"93\" cy=\"3\""), "{line}");
    xml::check(&sparkline(&[]));
    assert!(!sparkline(&[f64::INFINITY]).contains("circle"));
}

#[test]
fn small_bars_stand_on_a_line_and_nothing_has_none() {
    let drawn = bars(&[2.0, 0.0, f64::NAN, -1.0, 4.0]);
    xml::check(&drawn);
    assert_eq!(
        (drawn.matches("class=\"bar series-1\"").count(), drawn.matches("class=\"axis\"").count()),
        (2, 1)
    );
    for nothing in [bars(&[]), bars(&[0.0])] {
        xml::check(&nothing);
        assert!(!nothing.contains("class=\"bar ") && !nothing.contains("NaN"), "{nothing}");
    }
}

#[test]
fn one_moment_is_never_a_line_and_never_twelve_hours() {
    let names = ["Bank transfer", "PayPal", "Card"];
    let day = Values::Date(vec![NaiveDate::from_ymd_opt(2026, 11, 1); 3]);
    let frame =
        frame(vec![("month", day), ("channel", texts(&names)), ("collected_eur", floats(&[3.0, 2.0, 1.0]))]);
    let spec = spec(ChartKind::Line, "month", &["collected_eur"], Some("channel"));
    let chart = draw(&spec, &frame).expect("a chart");
    xml::check(&chart.svg);
    assert!(!chart.svg.contains("class=\"line") && !chart.svg.contains("class=\"leader"));
    assert_eq!(chart.svg.matches("class=\"bar ").count(), 3, "a bar a series, side by side");
    assert!(!chart.svg.contains("12:00"), "a day has no hours");
    for value in ["€3", "€2", "€1"] {
        assert!(chart.svg.contains(&format!(">{value}</text>")), "{value} stands at its bar");
    }
}

#[test]
fn names_have_the_colour_of_their_lines_and_connectors_stay_beside_the_plot() {
    let names = ["A", "B", "A", "B"];
    let first = NaiveDate::from_ymd_opt(2026, 1, 1);
    let second = NaiveDate::from_ymd_opt(2026, 2, 1);
    let month = Values::Date(vec![first, first, second, second]);
    let frame =
        frame(vec![("month", month), ("channel", texts(&names)), ("n", floats(&[5.0, 5.0, 9.0, 9.1]))]);
    let chart = draw(&spec(ChartKind::Line, "month", &["n"], Some("channel")), &frame).expect("a chart");
    assert!(chart.svg.contains("class=\"label series-1\"") && chart.svg.contains("class=\"label series-2\""));
    let right = chart.marks.last().map(|mark| mark.x + mark.w).expect("marks");
    for leader in chart.svg.split("class=\"leader ").skip(1) {
        let from = leader.split("d=\"M").nth(1).and_then(|path| path.split(' ').next()).expect("a path");
        assert!(from.parse::<f64>().expect("a number") >= right, "{from} is left of {right}");
    }
    assert_eq!(chart.svg.matches("class=\"dot ").count(), 4, "a short line shows its points");
}

#[test]
fn what_is_expected_is_dashed_with_a_band_and_a_today() {
    let mut spec = spec(ChartKind::Line, "day", &["forecast", "actual", "lower", "upper"], None);
    spec.forecast =
        NaiveDate::from_ymd_opt(2026, 1, 3).map(|today| Forecast { column: "forecast".to_owned(), today });
    let frame = frame(vec![
        ("day", days(5)),
        ("forecast", floats(&[2.0, 2.0, 3.0, 4.0, 5.0])),
        ("actual", Values::Float(vec![Some(2.0), Some(2.5), None, None, None])),
        ("lower", Values::Float(vec![None, None, Some(2.0), Some(3.0), Some(3.5)])),
        ("upper", Values::Float(vec![None, None, Some(4.0), Some(5.0), Some(6.5)])),
    ]);
    let chart = draw(&spec, &frame).expect("a chart");
    xml::check(&chart.svg);
    assert_eq!(chart.svg.matches("stroke-dasharray=\"6 4\"").count(), 1, "one line is expected");
    assert!(chart.svg.contains("class=\"band series-1\"") && chart.svg.contains("class=\"line series-2\""));
    assert!(chart.svg.contains("class=\"rule\"") && chart.svg.contains(">Today</text>"));
}
