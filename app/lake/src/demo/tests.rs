//! The generation without the lake: what is promised about its rows.

use std::collections::{BTreeMap, BTreeSet};

use super::calendar::{Day, date, day};
use super::cells::{Cells, Growth, Rows};
use super::tables::{History, TABLES, Table};
use super::world::World;
use chrono::NaiveDate;

const FIRST: Day = 20_100;
const LAST: Day = FIRST + 520;

fn history(last: Day) -> History {
    History::new(World::new(11, FIRST, 6_000), last)
}

fn table(name: &str) -> &'static Table {
    TABLES.iter().find(|table| table.spec.name == name).expect("a demo table of this name")
}

/// The cells of a row as text, which sorts and compares without knowing their types.
fn lines(chunks: impl Iterator<Item = Rows>) -> Vec<String> {
    let line = |rows: &Rows, place: usize| {
        let cell = |cells: &Cells| match cells {
            Cells::Text(values) => format!("{:?}", values[place]),
            Cells::Long(values) | Cells::Instant(values) => format!("{:?}", values[place]),
            Cells::Int(values) | Cells::Date(values) => format!("{:?}", values[place]),
            Cells::Double(values) => format!("{:?}", values[place]),
            Cells::Flag(values) => format!("{:?}", values[place]),
        };
        rows.columns.iter().map(cell).collect::<Vec<_>>().join("|")
    };
    let mut lines: Vec<String> =
        chunks.flat_map(|rows| (0..rows.len).map(|place| line(&rows, place)).collect::<Vec<_>>()).collect();
    lines.sort();
    lines
}

/// The columns of a table that a test looks at.
struct Columns(&'static Table, Vec<Rows>);

impl Columns {
    fn of(name: &str, history: &History) -> Self {
        let table = table(name);
        Self(table, table.chunks(history, Day::MIN).collect())
    }

    fn cells(&self, name: &str) -> impl Iterator<Item = &Cells> {
        let place =
            self.0.spec.columns.iter().position(|column| column.name == name).expect("a column of this name");
        self.1.iter().map(move |rows| &rows.columns[place])
    }

    fn texts(&self, name: &str) -> Vec<Option<String>> {
        let values = |cells: &Cells| match cells {
            Cells::Text(values) => {
                values.iter().map(|text| text.as_ref().map(ToString::to_string)).collect::<Vec<_>>()
            }
            other => panic!("{name} is no text but {other:?}"),
        };
        self.cells(name).flat_map(values).collect()
    }

    fn doubles(&self, name: &str) -> Vec<f64> {
        let values = |cells: &Cells| match cells {
            Cells::Double(values) => values.iter().map(|value| value.unwrap_or(f64::NAN)).collect::<Vec<_>>(),
            other => panic!("{name} is no amount but {other:?}"),
        };
        self.cells(name).flat_map(values).collect()
    }

    fn ints(&self, name: &str) -> Vec<Option<i32>> {
        let values = |cells: &Cells| match cells {
            Cells::Int(values) | Cells::Date(values) => values.clone(),
            other => panic!("{name} is no whole number but {other:?}"),
        };
        self.cells(name).flat_map(values).collect()
    }
}

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() < 0.005
}

#[test]
fn every_table_describes_its_columns() {
    for Table { spec, .. } in &TABLES {
        let names: BTreeSet<_> = spec.columns.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), spec.columns.len(), "{} repeats a column", spec.name);
        assert!(spec.columns.iter().all(|column| column.comment.len() > 3), "{}", spec.name);
        assert!(spec.partition.is_none_or(|column| names.contains(column)), "{}", spec.name);
    }
}

#[test]
fn the_same_seed_makes_the_same_rows_and_another_does_not() {
    let (one, two) = (history(LAST), history(LAST));
    let other = History::new(World::new(12, FIRST, 6_000), LAST);
    for table in &TABLES {
        let rows = lines(table.chunks(&one, Day::MIN));
        assert!(!rows.is_empty(), "{} is empty", table.spec.name);
        assert!(rows == lines(table.chunks(&two, Day::MIN)), "{} differs", table.spec.name);
        let fixed = matches!(table.spec.name, "silver.dim_date" | "silver.dim_warehouse");
        assert_eq!(rows == lines(table.chunks(&other, Day::MIN)), fixed, "{}", table.spec.name);
    }
}

#[test]
fn continuing_later_gives_the_rows_of_one_go() {
    let (early, late) = (history(LAST - 40), history(LAST));
    for table in TABLES.iter().filter(|table| table.spec.growth == Growth::Append) {
        let mut continued = lines(table.chunks(&early, Day::MIN));
        let added = lines(table.chunks(&late, LAST - 40));
        continued.extend(added);
        continued.sort();
        assert!(continued == lines(table.chunks(&late, Day::MIN)), "{} differs", table.spec.name);
    }
}

#[test]
fn the_scale_is_about_the_number_of_orders_and_grows_over_the_years() {
    let all = History::new(World::new(3, FIRST, 20_000), FIRST + 912);
    let orders = i32::try_from(all.orders.len()).expect("few orders");
    assert!((19_000..21_000).contains(&orders), "{orders} orders");
    let year = |from: Day| all.orders.iter().filter(|order| (from..from + 365).contains(&order.day)).count();
    assert!(year(FIRST + 547) > year(FIRST), "the business does not grow");
    let on = |day: Day| all.orders.iter().filter(|order| order.day == day).count();
    let black_friday = day(NaiveDate::from_ymd_opt(2025, 11, 28).expect("a date"));
    assert!(on(black_friday) > 2 * on(black_friday - 14), "{} has no rush", date(black_friday));
}

#[test]
fn daily_sales_are_the_sum_of_the_order_lines() {
    let history = history(LAST);
    let facts = Columns::of("silver.fact_orders", &history);
    let mut revenue: BTreeMap<i32, f64> = BTreeMap::new();
    for (day, euros) in facts.ints("posting_date").iter().zip(facts.doubles("revenue_eur")) {
        *revenue.entry(day.expect("a posting date")).or_default() += euros;
    }
    let daily = Columns::of("gold.sales_daily", &history);
    for (day, euros) in daily.ints("date").iter().zip(daily.doubles("revenue_eur")) {
        *revenue.entry(day.expect("a date")).or_default() -= euros;
    }
    assert!(revenue.len() > 500);
    assert!(revenue.values().all(|rest| near(*rest, 0.0)), "{revenue:?}");
    let documents: f64 = Columns::of("bronze.erp_sales", &history).doubles("net_amount_eur").iter().sum();
    assert!(near(documents, facts.doubles("revenue_eur").iter().sum()));
}

#[test]
fn collected_money_is_the_sum_of_the_payments_that_name_their_order() {
    let history = history(LAST);
    let payments = Columns::of("silver.fact_payments", &history);
    let paid: f64 = payments
        .texts("kind")
        .iter()
        .zip(payments.texts("order_id"))
        .zip(payments.doubles("amount_eur"))
        .filter(|((kind, order), _)| kind.as_deref() == Some("collection") && order.is_some())
        .map(|(_, euros)| euros)
        .sum();
    let cases = Columns::of("gold.collections", &history);
    assert!(paid > 0.0);
    assert!(near(paid, cases.doubles("collected_eur").iter().sum()), "{paid}");
    assert!(
        cases
            .doubles("collected_eur")
            .iter()
            .zip(cases.doubles("claimed_eur"))
            .all(|(got, asked)| *got <= asked)
    );
    assert!(cases.ints("days_overdue").iter().all(|days| days.is_some_and(|days| days > 0)));
}

#[test]
fn some_late_payments_name_no_order_and_punctual_ones_always_do() {
    let payments = Columns::of("silver.fact_payments", &history(LAST));
    let orders = payments.texts("order_id");
    let late = payments.ints("days_late");
    let nameless = |late_only: bool| {
        orders
            .iter()
            .zip(&late)
            .filter(|(order, days)| order.is_none() && (days.unwrap_or(0) > 0) == late_only)
            .count()
    };
    assert_eq!(nameless(false), 0);
    assert!(nameless(true) > 0);
    assert!(nameless(true) * 20 < late.iter().filter(|days| days.unwrap_or(0) > 0).count());
}

#[test]
fn payments_are_delivered_twice_now_and_then_and_counted_once() {
    let history = history(LAST);
    let unique = |ids: &[Option<String>]| ids.iter().collect::<BTreeSet<_>>().len();
    let bronze = Columns::of("bronze.payments", &history).texts("payment_id");
    let silver = Columns::of("silver.fact_payments", &history).texts("payment_id");
    assert!(bronze.len() > silver.len());
    assert_eq!(unique(&bronze), silver.len());
    assert_eq!(unique(&silver), silver.len());
}

#[test]
fn forecasts_lie_inside_their_interval_and_follow_season_and_growth() {
    let forecast = Columns::of("gold.sales_forecast", &history(LAST));
    let (lower, middle, upper) =
        (forecast.doubles("lower_eur"), forecast.doubles("forecast_eur"), forecast.doubles("upper_eur"));
    assert!(
        lower
            .iter()
            .zip(&middle)
            .zip(&upper)
            .all(|((lower, middle), upper)| lower <= middle && middle <= upper)
    );
    // A season that repeats with 10 % growth is forecast exactly, also several months ahead.
    let value = |month: i32| f64::from(100 + 10 * (month % 12)) * if month < 12 { 1.0 } else { 1.1 };
    let known: Vec<f64> = (0..20).map(value).collect();
    for ahead in 0..3 {
        let month = 20 + i32::try_from(ahead).expect("small");
        let expected = super::sales::expect(&known, ahead).expect("enough history");
        assert!(near(expected, value(month)), "{month}: {expected}");
    }
    assert_eq!(super::sales::expect(&[], 0), None);
}

#[test]
fn warehouse_candidates_are_ranked_by_score() {
    let candidates = Columns::of("gold.warehouse_candidates", &history(LAST));
    assert!(candidates.doubles("score").is_sorted_by(|a, b| a >= b));
    assert!(near(candidates.doubles("demand_index").into_iter().fold(0.0, f64::max), 100.0));
}
