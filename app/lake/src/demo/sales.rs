//! Gold of Finance: sales a day, and a forecast calculated from them.

use super::calendar::{Day, month_number, month_start};
use super::cells::{Cell, Growth, Kind, Rows, Spec, col};
use super::draw::{count, euros, rounded};
use super::facts::fact_lines;
use super::places::REGIONS;
use super::reference::CATEGORIES;
use super::tables::{History, Slice};

/// Sales a day, region and category.
pub(crate) static SALES_DAILY: Spec = Spec {
    name: "gold.sales_daily",
    comment: "Sales by day, region and category, net of returns; one row each where something happened",
    growth: Growth::Snapshot,
    partition: None,
    columns: &[
        col(
            "date",
            Kind::Date,
            "Posting day: sales on the day of the order, returns on the day of the return",
        ),
        col("region", Kind::Text, "Sales region of the customer"),
        col("category", Kind::Text, "Product category"),
        col("orders", Kind::Long, "Orders with at least one line of the category"),
        col("units", Kind::Long, "Pieces sold minus pieces returned"),
        col("revenue_eur", Kind::Double, "Revenue after discounts and returns, in euros without VAT"),
        col("returns_eur", Kind::Double, "Value of returned lines, in euros, as a positive number"),
    ],
};

/// Monthly forecast beside what came true.
pub(crate) static SALES_FORECAST: Spec = Spec {
    name: "gold.sales_forecast",
    comment: "Monthly revenue forecast by region and category with an 80 % interval, beside the actual value where known",
    growth: Growth::Snapshot,
    partition: None,
    columns: &[
        col("month", Kind::Date, "First day of the month"),
        col("region", Kind::Text, "Sales region"),
        col("category", Kind::Text, "Product category"),
        col("forecast_eur", Kind::Double, "Revenue expected for the month, in euros without VAT"),
        col("lower_eur", Kind::Double, "Lower end of the 80 % interval, in euros"),
        col("upper_eur", Kind::Double, "Upper end of the 80 % interval, in euros"),
        col("actual_eur", Kind::Double, "Revenue of the month; empty while the month is not complete"),
        col("trained_until", Kind::Date, "Last day of the history the forecast was calculated from"),
    ],
};

/// Months that are forecast beyond the last complete one.
const HORIZON: i32 = 12;

/// Normal quantile that leaves ten percent on each side.
const QUANTILE: f64 = 1.2816;

/// Deviation taken for granted where too few forecasts came true so far.
const UNTRIED: f64 = 0.4;

/// What a purchase is worth on average when each counts by its worth, in typical prices of its category.
const SPREAD: f64 = 1.3;

/// Sums of one day, region and category.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    orders: i64,
    units: i64,
    cents: i64,
    returned: i64,
}

/// Sums by day, region and category, in this order.
struct Daily {
    start: Day,
    sums: Vec<Sum>,
}

const CELLS: usize = REGIONS.len() * CATEGORIES.len();

impl Daily {
    fn new(history: &History) -> Self {
        let (start, last) = (history.world.start, history.last);
        let days = usize::try_from(last - start + 1).unwrap_or(0);
        let mut sums = vec![Sum::default(); days * CELLS];
        for order in &history.orders {
            let region = history.world.customer(order.customer).city.region;
            let mut counted = [false; CATEGORIES.len()];
            for line in fact_lines(order).filter(|line| line.seen <= last) {
                let category = history.world.products[line.product].category;
                let day = usize::try_from(line.posted - start).unwrap_or(0);
                let sum = &mut sums[day * CELLS + region * CATEGORIES.len() + category];
                sum.units += i64::from(line.units);
                sum.cents += line.cents;
                if line.returned {
                    sum.returned -= line.cents;
                } else if !std::mem::replace(&mut counted[category], true) {
                    sum.orders += 1;
                }
            }
        }
        Self { start, sums }
    }

    fn days(&self) -> impl Iterator<Item = (Day, &[Sum])> {
        (self.start..).zip(self.sums.chunks(CELLS))
    }
}

fn region_and_category(cell: usize) -> (&'static str, &'static str) {
    (REGIONS[cell / CATEGORIES.len()], CATEGORIES[cell % CATEGORIES.len()].name)
}

pub(super) fn sales_daily(slice: &Slice<'_>, rows: &mut Rows) {
    for (day, sums) in Daily::new(slice.history).days() {
        for (cell, sum) in sums.iter().enumerate().filter(|(_, sum)| sum.orders > 0 || sum.units != 0) {
            let (region, category) = region_and_category(cell);
            rows.push([
                Cell::Date(day),
                region.into(),
                category.into(),
                Cell::Long(sum.orders),
                Cell::Long(sum.units),
                Cell::cents(sum.cents),
                Cell::cents(sum.returned),
            ]);
        }
    }
}

/// What a month is expected to bring, from the complete months before it: the same month a year
/// earlier, carried on by the growth of the last three known months over theirs a year earlier. With
/// less than fifteen months of history it is the mean of the last three.
pub(super) fn expect(known: &[f64], ahead: usize) -> Option<f64> {
    if known.is_empty() {
        return None;
    }
    let recent = &known[known.len().saturating_sub(3)..];
    let Some(season) = (known.len() + ahead).checked_sub(12).filter(|_| known.len() >= 15) else {
        return Some(recent.iter().sum::<f64>() / count(recent.len()));
    };
    let before: f64 = known[known.len() - 15..known.len() - 12].iter().sum();
    let growth = if before > 0.0 { recent.iter().sum::<f64>() / before } else { 1.0 };
    known.get(season).map(|value| value * growth.clamp(0.6, 1.7))
}

/// Deviation of past one-month forecasts from what came true, as a share of the forecast.
fn deviation(actual: &[f64]) -> f64 {
    let errors: Vec<f64> = (15..actual.len())
        .filter_map(|month| {
            expect(&actual[..month], 0).filter(|value| *value > 0.0).map(|value| (month, value))
        })
        .map(|(month, value)| actual[month] / value - 1.0)
        .collect();
    if errors.len() < 3 {
        return UNTRIED;
    }
    // A handful of errors tells less than their mean square says.
    let few = 1.0 + 3.0 / count(errors.len());
    let mean = errors.iter().map(|error| error * error).sum::<f64>() / count(errors.len());
    (mean * few).sqrt().clamp(0.02, 1.0)
}

/// Deviation in euros that comes from single purchases alone, at a price usual for what is sold: nobody forecasts a
/// handful of them better. Both the month and those it is expected from are such handfuls, hence twice the variance.
fn chance(forecast: f64, price: f64) -> f64 {
    (2.0 * SPREAD * price * forecast.max(price)).sqrt()
}

pub(super) fn sales_forecast(slice: &Slice<'_>, rows: &mut Rows) {
    let history = slice.history;
    let daily = Daily::new(history);
    // Only months that are complete say anything about a month.
    let first = month_number(history.world.start + 27).max(month_number(history.world.start - 1) + 1);
    let end = month_number(history.last + 1);
    let months = usize::try_from(end - first).unwrap_or(0);
    let mut actual = vec![vec![0.0; months]; CELLS];
    for (day, sums) in daily.days() {
        let Some(month) = usize::try_from(month_number(day) - first).ok().filter(|month| *month < months)
        else {
            continue;
        };
        for (cell, sum) in sums.iter().enumerate() {
            actual[cell][month] += euros(sum.cents);
        }
    }
    for month in first + 3..end + HORIZON {
        for (cell, series) in actual.iter().enumerate() {
            let place = usize::try_from(month - first).unwrap_or(0);
            let known = &series[..place.min(months)];
            let ahead = place - known.len();
            // Where hardly anything is sold, returns can outweigh sales; nobody plans with less than nothing.
            let Some(forecast) = expect(known, ahead).map(|value| value.max(0.0)) else { continue };
            let usual = forecast * deviation(known) * (1.0 + count(ahead) * 0.15).sqrt();
            let price = CATEGORIES[cell % CATEGORIES.len()].price;
            let width = QUANTILE * usual.max(chance(forecast, price));
            let (region, category) = region_and_category(cell);
            rows.push([
                Cell::Date(month_start(month)),
                region.into(),
                category.into(),
                Cell::Double(rounded(forecast, 2)),
                Cell::Double(rounded((forecast - width).max(0.0), 2)),
                Cell::Double(rounded(forecast + width, 2)),
                Cell::or_null(series.get(place).map(|value| Cell::Double(rounded(*value, 2)))),
                Cell::Date(month_start(month.min(end)) - 1),
            ]);
        }
    }
}
