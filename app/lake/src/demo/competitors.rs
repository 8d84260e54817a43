//! Annual reports of invented competitors, and the facts read from them.

use chrono::{Datelike, NaiveDate};

use super::calendar::{Day, date, day, instant};
use super::cells::{Cell, Growth, Kind, Rows, Spec, col};
use super::draw::{Dice, Stream, count, rounded};
use super::tables::Slice;

/// Passages of annual reports.
pub(crate) static ANNUAL_REPORTS: Spec = Spec {
    name: "bronze.annual_reports",
    comment: "Passages of competitors' published annual reports, one row a passage",
    growth: Growth::Append,
    partition: None,
    columns: &[
        col("passage_id", Kind::Text, "Passage, unique"),
        col("report_id", Kind::Text, "Report the passage is from"),
        col("company", Kind::Text, "Company that published the report"),
        col("fiscal_year", Kind::Int, "Year the report is about"),
        col("page", Kind::Int, "Page of the report"),
        col("text", Kind::Text, "The passage as printed"),
        col("published_on", Kind::Date, "Day the report was published"),
        col("ingested_at", Kind::Instant, "When the passage reached the lake, in UTC"),
    ],
};

/// Facts with their source.
pub(crate) static COMPETITOR_FACTS: Spec = Spec {
    name: "gold.competitor_facts",
    comment: "Facts about competitors as a knowledge graph: subject, predicate, value, and the passage that says so",
    growth: Growth::Snapshot,
    partition: None,
    columns: &[
        col("fact_id", Kind::Text, "Fact, unique"),
        col("subject", Kind::Text, "Company the fact is about"),
        col("predicate", Kind::Text, "What is said about it, for instance revenue_eur_m"),
        col("value", Kind::Double, "The figure"),
        col("unit", Kind::Text, "Unit of the figure"),
        col("fiscal_year", Kind::Int, "Year the fact is about"),
        col(
            "change_percent",
            Kind::Double,
            "Change over the year before in percent; empty for the first known year",
        ),
        col("passage_id", Kind::Text, "Passage of bronze.annual_reports that says so"),
        col("quote", Kind::Text, "The sentence the figure was read from"),
        col("confidence", Kind::Double, "How sure the extraction is, 0 to 1"),
    ],
};

/// An invented competitor: name, short name, page on which the figures begin, and its figures in the
/// base year in the order of [`TOPICS`].
const COMPANIES: [(&str, &str, i32, [f64; 5]); 4] = [
    ("Handelshaus Aurora AG", "AUR", 34, [4820.0, 14.6, 9.0, 11_800.0, 31.2]),
    ("Mercato Ovest S.p.A.", "MOV", 18, [2310.0, 8.1, 5.0, 6_400.0, 24.5]),
    ("Poldirect S.A.", "POL", 22, [1740.0, 9.3, 4.0, 7_900.0, 18.8]),
    ("Skandia Varuhus AB", "SKV", 41, [3050.0, 6.7, 6.0, 5_200.0, 21.9]),
];

/// What a report tells: predicate, unit, yearly growth, and the sentence around the figure.
const TOPICS: [(&str, &str, f64, &str); 5] = [
    ("revenue_eur_m", "million EUR", 0.07, "Group revenue in {year} came to EUR {value} million."),
    (
        "active_customers_m",
        "million customers",
        0.05,
        "At year end {year} we served {value} million active customers.",
    ),
    ("warehouses", "warehouses", 0.11, "In {year} our parcels left from {value} fulfilment centres."),
    ("employees", "employees", 0.03, "On average {value} people worked for the group in {year}."),
    (
        "return_rate_percent",
        "percent",
        -0.02,
        "The share of returned parcels was {value} per cent in {year}.",
    ),
];

/// The year the figures of [`COMPANIES`] are about.
const BASE_YEAR: i32 = 2021;

/// One figure of one report.
struct Figure {
    company: &'static str,
    short: &'static str,
    year: i32,
    topic: usize,
    page: i32,
    value: f64,
    published: Day,
}

impl Figure {
    fn passage(&self) -> String {
        format!("{}-{}-{}", self.short, self.year, self.page)
    }

    fn sentence(&self) -> String {
        let value = match self.value {
            value if value >= 1000.0 => {
                let whole = super::draw::nearest(value);
                format!("{},{:03}", whole / 1000, whole % 1000)
            }
            value => format!("{value}"),
        };
        TOPICS[self.topic].3.replace("{year}", &self.year.to_string()).replace("{value}", &value)
    }
}

/// The value of a figure in a year, drawn from the years before it.
fn value(seed: u64, company: usize, topic: usize, year: i32) -> f64 {
    let mut value = COMPANIES[company].3[topic];
    for step in BASE_YEAR + 1..=year {
        let key = (company * 1000 + topic * 100) as u64 + u64::from((step - BASE_YEAR).unsigned_abs());
        let mut dice = Dice::new(seed, Stream::Reports, key);
        value *= 1.0 + TOPICS[topic].2 + 0.04 * dice.normal();
    }
    match TOPICS[topic].0 {
        "warehouses" | "employees" => value.round(),
        _ => rounded(value, 1),
    }
}

/// All figures published up to the last day: reports come out in March of the next year.
fn figures(slice: &Slice<'_>) -> Vec<Figure> {
    let (start, last) = (slice.history.world.start, slice.history.last);
    let first = (date(start).year() - 3).max(BASE_YEAR);
    let mut figures = Vec::new();
    for year in first..date(last).year() {
        for (company, (name, short, page, _)) in COMPANIES.iter().enumerate() {
            let weekday = 8 + 5 * u32::try_from(company).unwrap_or(0);
            let published = NaiveDate::from_ymd_opt(year + 1, 3, weekday).map_or(last, day);
            if published > last {
                continue;
            }
            for (topic, offset) in (0..TOPICS.len()).zip([0, 3, 8, 15, 19]) {
                let value = value(slice.history.world.seed, company, topic, year);
                let page = page + offset;
                figures.push(Figure { company: name, short, year, topic, page, value, published });
            }
        }
    }
    figures
}

pub(super) fn annual_reports(slice: &Slice<'_>, rows: &mut Rows) {
    for figure in figures(slice) {
        // Older reports come with the first load.
        let seen = figure.published.max(slice.history.world.start);
        if slice.takes(seen) {
            rows.push([
                figure.passage().into(),
                format!("{}-{}", figure.short, figure.year).into(),
                figure.company.into(),
                Cell::Int(figure.year),
                Cell::Int(figure.page),
                figure.sentence().into(),
                Cell::Date(figure.published),
                Cell::Instant(instant(seen, 6 * 3600)),
            ]);
        }
    }
}

pub(super) fn competitor_facts(slice: &Slice<'_>, rows: &mut Rows) {
    let figures = figures(slice);
    for (place, figure) in figures.iter().enumerate() {
        let (predicate, unit, _, _) = TOPICS[figure.topic];
        let before = figures[..place].iter().rfind(|other| {
            other.short == figure.short && other.topic == figure.topic && other.year + 1 == figure.year
        });
        let change = before.map(|other| Cell::Double(rounded(100.0 * (figure.value / other.value - 1.0), 1)));
        rows.push([
            format!("{}:{predicate}:{}", figure.short, figure.year).into(),
            figure.company.into(),
            predicate.into(),
            Cell::Double(figure.value),
            unit.into(),
            Cell::Int(figure.year),
            Cell::or_null(change),
            figure.passage().into(),
            figure.sentence().into(),
            Cell::Double(rounded(0.99 - 0.02 * count(figure.topic), 2)),
        ]);
    }
}
