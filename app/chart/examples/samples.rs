//! A page with typical charts, to look at: `cargo run -p lakeport-chart --example samples -- 720 > samples.html`.

use std::time::Instant;

use chrono::{Days, Months, NaiveDate};
use lakeport_chart::{ChartKind, ChartSpec, draw, sparkline};
use lakeport_frame::{Column, Format, Frame, Locale, Values};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let width = arguments.next().and_then(|width| width.parse().ok()).unwrap_or(720);
    let themes = arguments.next().unwrap_or_else(|| "light dark".to_owned());
    println!("<!doctype html><meta charset=\"utf-8\"><style>{}</style>", include_str!("samples.css"));
    for theme in themes.split(' ') {
        println!("<div class=\"{theme}\">");
        for (spec, frame) in samples(width, theme) {
            let start = Instant::now();
            let chart = draw(&spec, &frame).expect("samples fit their specification");
            let took = start.elapsed();
            let linked = chart.svg_with_links(|mark| Some(format!("?at={}", mark.category)));
            println!("<section><h2>{}</h2>{linked}</section>", spec.title);
            eprintln!("{}: {took:?}, {} bytes, {} with links", spec.title, chart.svg.len(), linked.len());
            eprintln!("  {}", chart.description);
        }
        let wave: Vec<f64> =
            (0..60).map(|day| (f64::from(day) / 7.0).sin() + f64::from(day) / 40.0).collect();
        println!("<section class=\"series-1\">{}</section></div>", sparkline(&wave));
    }
}

fn day(offset: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 11, 20).expect("a day") + Days::new(u64::from(offset))
}

fn month(offset: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 7, 1).expect("a day") + Months::new(offset)
}

fn column(name: &str, values: Values) -> Column {
    Column { name: name.to_owned(), values }
}

fn texts<T: ToString>(texts: impl IntoIterator<Item = T>) -> Values {
    Values::Text(texts.into_iter().map(|text| Some(text.to_string())).collect())
}

fn frame(columns: Vec<Column>) -> Frame {
    Frame::new(columns).expect("columns of equal length")
}

/// Noise between 0 and 1 that is the same each time.
fn noise(seed: u32) -> f64 {
    f64::from(seed.wrapping_mul(2_654_435_761).rotate_left(13).wrapping_mul(40_503) >> 8) / f64::from(1 << 24)
}

fn daily() -> Frame {
    let channels = ["Call", "E-mail", "Letter", "Portal", "SMS", "Field visit"];
    let rows: Vec<(u32, u32)> = (0..365).flat_map(|day| (0..6).map(move |channel| (day, channel))).collect();
    let amount = |(day, channel): &(u32, u32)| {
        let base = 42_000.0 / f64::from(channel + 1);
        let week = if day % 7 > 4 { 0.45 } else { 1.0 };
        Some(base * week * (0.8 + 0.4 * noise(day * 6 + channel)) * (1.0 + f64::from(*day) / 900.0))
    };
    frame(vec![
        column("booking_date", Values::Date(rows.iter().map(|(offset, _)| Some(day(*offset))).collect())),
        column("channel", texts(rows.iter().map(|(_, channel)| channels[*channel as usize]))),
        column("collected_eur", Values::Float(rows.iter().map(amount).collect())),
    ])
}

fn creditors() -> Frame {
    let name = |number: u32| match number {
        3 => "Versandhaus Nordlicht Beteiligungsgesellschaft mbH & Co. KG".to_owned(),
        7 => "R&D <GmbH>".to_owned(),
        _ => format!("Creditor {number:02}"),
    };
    let amount = |number: u32| Some(2_345_678.0 / f64::from(number) + 12_345.0);
    frame(vec![
        column("creditor", texts((1..=15).map(name))),
        column("collected_eur", Values::Float((1..=15).map(amount).collect())),
    ])
}

fn forecast() -> Frame {
    let middle = |offset: u32| 9.1e6 + 2.0e6 * (f64::from(offset) / 1.9).sin() + 6e4 * f64::from(offset);
    let months = |value: &dyn Fn(u32) -> Option<f64>| Values::Float((0..30).map(value).collect());
    frame(vec![
        column("month", Values::Date((0..30).map(|offset| Some(month(offset))).collect())),
        column("forecast_eur", months(&|offset| Some(middle(offset)))),
        column("lower_eur", months(&|offset| Some(middle(offset) - 9e4 * f64::from(offset)))),
        column("upper_eur", months(&|offset| Some(middle(offset) + 9e4 * f64::from(offset)))),
        column(
            "actual_eur",
            months(&|offset| (offset < 20).then(|| middle(offset) + 1.2e6 * (noise(offset) - 0.5))),
        ),
    ])
}

fn stages() -> Frame {
    let rows: Vec<(u32, &str)> =
        (0..12).flat_map(|offset| ["Reminder", "Dunning", "Court"].map(|stage| (offset, stage))).collect();
    frame(vec![
        column("booking_month", Values::Date(rows.iter().map(|(offset, _)| Some(month(*offset))).collect())),
        column("stage", texts(rows.iter().map(|(_, stage)| stage))),
        column("cases", Values::Int((0..36).map(|index: i64| Some(120 + index * 37 % 90)).collect())),
    ])
}

fn growth() -> Frame {
    frame(vec![
        column("region", texts(["DACH", "Nordics", "Benelux", "Iberia", "Italy", "Poland"])),
        column("this_year", Values::Float([0.12, 0.07, -0.04, 0.02, -0.11, 0.18].map(Some).to_vec())),
        column("last_year", Values::Float([0.09, 0.11, 0.01, -0.03, 0.04, 0.15].map(Some).to_vec())),
    ])
}

fn recovery() -> Frame {
    let rate = |offset| (!matches!(offset, 20..=26 | 40 | 42)).then(|| 0.17 + 0.04 * noise(offset));
    frame(vec![
        column("day", Values::Date((0..60).map(|offset| Some(day(offset))).collect())),
        column("recovery_rate", Values::Float((0..60).map(rate).collect())),
    ])
}

fn samples(width: u32, theme: &str) -> Vec<(ChartSpec, Frame)> {
    let spec = |kind, title: &str, x: &str, y: &[&str], color: Option<&str>, format| ChartSpec {
        kind,
        title: title.to_owned(),
        x: x.to_owned(),
        y: y.iter().map(ToString::to_string).collect(),
        color: color.map(str::to_owned),
        names: Vec::new(),
        format,
        locale: if theme == "dark" { Locale::De } else { Locale::En },
        width,
        height: 300,
        forecast: None,
        id: format!("{theme}-{}", title.replace(' ', "-")),
    };
    let (line, area) = (ChartKind::Line, ChartKind::Area);
    let (lying, upright) = (ChartKind::Bar { horizontal: true }, ChartKind::Bar { horizontal: false });
    let (eur, count, ratio) = (Format::Euro(0), Format::Number(0), Format::Percent(1));
    let (collected, channel) = (["collected_eur"], Some("channel"));
    let bands = ["forecast_eur", "lower_eur", "upper_eur", "actual_eur"];
    vec![
        (spec(line, "Collected per day and channel", "booking_date", &collected, channel, eur), daily()),
        (spec(lying, "Top creditors", "creditor", &collected, None, eur), creditors()),
        (spec(line, "Forecast and actual sales", "month", &bands, None, eur), forecast()),
        (spec(area, "Collected, stacked", "booking_date", &collected, channel, eur), daily()),
        (spec(upright, "Cases per month", "booking_month", &["cases"], Some("stage"), count), stages()),
        (spec(upright, "Growth by region", "region", &["this_year", "last_year"], None, ratio), growth()),
        (spec(lying, "Growth by region, lying", "region", &["this_year"], None, ratio), growth()),
        (spec(line, "Recovery rate", "day", &["recovery_rate"], None, ratio), recovery()),
    ]
}
