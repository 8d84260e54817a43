//! Whatever a query returns, a chart is drawn or refused, and what is drawn is sound.

use chrono::{DateTime, Days, NaiveDate};
use lakeport_chart::{Chart, ChartKind, ChartSpec, bars, draw, sparkline};
use lakeport_frame::{Column, DecimalValues, Format, Frame, Locale, Values};
use proptest::prelude::*;

use crate::{LYING, UPRIGHT, xml};

fn cells<T: std::fmt::Debug + Clone>(
    rows: usize,
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Vec<Option<T>>> {
    prop::collection::vec(prop::option::weighted(0.85, value), rows)
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![-1e6..1e6_f64, 0.0..1.0_f64, any::<f64>(), Just(0.0), Just(-0.0)]
}

fn values(rows: usize) -> impl Strategy<Value = Values> {
    let epoch = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let near = (0..4000_u64).prop_map(move |offset| epoch + Days::new(offset));
    let any_day = (-2_000_000..2_000_000_i32).prop_filter_map("a day", NaiveDate::from_num_days_from_ce_opt);
    let moment = (-8_000_000_000_000..8_000_000_000_000_i64)
        .prop_filter_map("a moment", |seconds| DateTime::from_timestamp(seconds, 500_000_000));
    let soon = (0..100_000_i64).prop_filter_map("a moment", |seconds| DateTime::from_timestamp(seconds, 0));
    prop_oneof![
        cells(rows, any::<bool>()).prop_map(Values::Bool),
        cells(rows, any::<i64>()).prop_map(Values::Int),
        cells(rows, -5..50_i64).prop_map(Values::Int),
        cells(rows, number()).prop_map(Values::Float),
        (0..=18_u8, cells(rows, any::<i64>()))
            .prop_map(|(scale, unscaled)| Values::Decimal(DecimalValues { scale, unscaled })),
        cells(rows, any::<String>()).prop_map(Values::Text),
        cells(rows, "[A-E]").prop_map(Values::Text),
        cells(rows, near).prop_map(Values::Date),
        cells(rows, any_day).prop_map(Values::Date),
        cells(rows, moment).prop_map(Values::Timestamp),
        cells(rows, soon).prop_map(Values::Timestamp),
    ]
}

fn numbers(rows: usize) -> impl Strategy<Value = Values> {
    prop_oneof![
        cells(rows, number()).prop_map(Values::Float),
        cells(rows, 0.0..1e7_f64).prop_map(Values::Float),
        cells(rows, any::<i64>()).prop_map(Values::Int),
    ]
}

fn frames() -> impl Strategy<Value = Frame> {
    (0..40_usize).prop_flat_map(|rows| {
        let columns = (values(rows), values(rows), numbers(rows), numbers(rows), numbers(rows));
        columns.prop_map(|(x, color, a, lower, upper)| {
            let names = ["x", "color", "a", "a_lower", "a_upper"];
            let columns = names.into_iter().zip([x, color, a, lower, upper]);
            let columns = columns.map(|(name, values)| Column { name: name.to_owned(), values });
            Frame::new(columns.collect()).expect("columns of equal length")
        })
    })
}

fn specs() -> impl Strategy<Value = ChartSpec> {
    let kind = prop::sample::select(vec![ChartKind::Line, ChartKind::Area, LYING, UPRIGHT]);
    let y = prop::sample::select(vec![vec!["a"], vec!["a", "a_lower", "a_upper"], vec!["a_upper", "a"]]);
    let format =
        prop::sample::select(vec![Format::Euro(0), Format::Percent(1), Format::Number(2), Format::Plain]);
    let locale = prop::sample::select(vec![Locale::En, Locale::De]);
    (kind, y, any::<bool>(), format, locale, 0..1500_u32, 0..700_u32, any::<String>()).prop_map(
        |(kind, y, color, format, locale, width, height, title)| ChartSpec {
            kind,
            title,
            x: "x".to_owned(),
            y: y.into_iter().map(str::to_owned).collect(),
            color: color.then(|| "color".to_owned()),
            names: vec!["b".to_owned(), "a".to_owned()],
            format,
            locale,
            width,
            height,
            forecast: None,
            id: "c".to_owned(),
        },
    )
}

/// The largest numbers of the `viewBox`.
fn size(chart: &Chart) -> (f64, f64) {
    let numbers = chart.svg.split("viewBox=\"0 0 ").nth(1).expect("a viewBox");
    let (width, height) =
        numbers.split('"').next().and_then(|size| size.split_once(' ')).expect("two numbers");
    (width.parse().expect("a number"), height.parse().expect("a number"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn whatever_comes_the_picture_is_sound(frame in frames(), spec in specs()) {
        let Ok(chart) = draw(&spec, &frame) else { return Ok(()) };
        xml::check(&chart.svg);
        xml::check(&chart.svg_with_links(|mark| Some(format!("?x={}", mark.category))));
        let (width, height) = size(&chart);
        for mark in &chart.marks {
            prop_assert!(mark.x >= 0.0 && mark.w >= 0.0 && mark.x + mark.w <= width + 1e-6, "{:?}", mark);
            prop_assert!(mark.y >= 0.0 && mark.h >= 0.0 && mark.y + mark.h <= height + 1e-6, "{:?}", mark);
        }
        prop_assert!((1..=8).contains(&chart.series.len()));
        prop_assert!(!chart.svg.contains("NaN") && !chart.svg.contains("inf\""));
        prop_assert!(!chart.description.is_empty() && !chart.table.is_empty());
    }

    #[test]
    fn every_column_of_numbers_has_a_sparkline(values in prop::collection::vec(any::<f64>(), 0..50)) {
        xml::check(&sparkline(&values));
        xml::check(&bars(&values));
    }
}
