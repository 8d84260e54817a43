//! Days, months and how busy they are.
//!
//! A day is a number of days since 1970-01-01, as Delta's date type stores it.

use chrono::{Datelike, NaiveDate, Weekday};

/// Days since 1970-01-01.
pub(crate) type Day = i32;

/// Microseconds of a second.
const MICROS: i64 = 1_000_000;

/// The date of a day.
pub(crate) fn date(day: Day) -> NaiveDate {
    NaiveDate::from_epoch_days(day).unwrap_or_default()
}

/// The day of a date.
pub(crate) fn day(date: NaiveDate) -> Day {
    date.to_epoch_days()
}

/// The month of a day as text: `2026-11`.
pub(crate) fn month_text(at: Day) -> String {
    let date = date(at);
    format!("{:04}-{:02}", date.year(), date.month())
}

/// The number of a day's month, counted from year 0, for arithmetic over months.
pub(crate) fn month_number(at: Day) -> i32 {
    let date = date(at);
    date.year() * 12 + date.month0().cast_signed()
}

/// The first day of a month.
pub(crate) fn month_start(month: i32) -> Day {
    let first = NaiveDate::from_ymd_opt(month.div_euclid(12), month.rem_euclid(12).cast_unsigned() + 1, 1);
    day(first.unwrap_or_default())
}

/// The month of the year, January is 0.
pub(crate) fn month_of_year(at: Day) -> usize {
    date(at).month0() as usize
}

/// The instant of a second of a day, in microseconds since 1970-01-01 UTC.
pub(crate) fn instant(at: Day, second: i32) -> i64 {
    (i64::from(at) * 86_400 + i64::from(second)) * MICROS
}

/// How much is sold in each month, January first; the mean is about 1.
const MONTHS: [f64; 12] = [0.90, 0.84, 0.93, 0.96, 0.95, 0.92, 0.86, 0.88, 0.96, 1.04, 1.27, 1.36];

/// How much is ordered on each day of the week, Monday first: Sunday evening is the busiest.
const WEEKDAYS: [f64; 7] = [1.08, 1.00, 0.97, 0.95, 0.92, 0.91, 1.17];

/// Growth of the business in a year.
const GROWTH: f64 = 0.16;

/// The Friday after the fourth Thursday of November.
fn black_friday(year: i32) -> Day {
    let thursday = NaiveDate::from_weekday_of_month_opt(year, 11, Weekday::Thu, 4);
    day(thursday.unwrap_or_default()) + 1
}

/// True in the sale week around Black Friday, when prices are lower.
pub(crate) fn sale_week(at: Day) -> bool {
    let offset = at - black_friday(date(at).year());
    (-4..=3).contains(&offset)
}

/// How busy a day is, compared with an average day of the first year; `start` is the first day with data.
pub(crate) fn demand(start: Day, at: Day) -> f64 {
    let date = date(at);
    let here = MONTHS[month_of_year(at)];
    // Between the middles of two months the season moves in a straight line.
    let fifteenth = f64::from(date.day()) - 15.0;
    let next = if fifteenth < 0.0 { (month_of_year(at) + 11) % 12 } else { (month_of_year(at) + 1) % 12 };
    let season = here + (MONTHS[next] - here) * (fifteenth.abs() / 30.0);
    let weekday = WEEKDAYS[date.weekday().num_days_from_monday() as usize];
    let event = match at - black_friday(date.year()) {
        0 => 3.6,
        1 => 2.1,
        3 => 2.6,
        -4..=-1 | 2 => 1.45,
        _ => 1.0,
    };
    let holiday = match (date.month(), date.day()) {
        (12, 24..=26) | (1, 1) => 0.45,
        (12, 27..=30) => 0.8,
        (12, 1..=14) => 1.12,
        _ => 1.0,
    };
    let years = f64::from(at - start) / 365.25;
    season * weekday * event * holiday * (1.0 + GROWTH * years)
}
