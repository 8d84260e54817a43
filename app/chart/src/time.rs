//! Dates and times along the base line.

use chrono::{
    DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc,
};
use lakeport_frame::{Column, Format, Locale, Value, Values};

/// Where ticks of a time axis stand. Each kind begins on a natural boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interval {
    Seconds(u32),
    Days(u32),
    /// Every so many Mondays.
    Weeks(u32),
    Months(u32),
    Years(u32),
}

const DAY: f64 = 86_400.0;

const INTERVALS: [(Interval, f64); 26] = [
    (Interval::Seconds(1), 1.0),
    (Interval::Seconds(5), 5.0),
    (Interval::Seconds(15), 15.0),
    (Interval::Seconds(30), 30.0),
    (Interval::Seconds(60), 60.0),
    (Interval::Seconds(300), 300.0),
    (Interval::Seconds(900), 900.0),
    (Interval::Seconds(1800), 1800.0),
    (Interval::Seconds(3600), 3600.0),
    (Interval::Seconds(10_800), 10_800.0),
    (Interval::Seconds(21_600), 21_600.0),
    (Interval::Seconds(43_200), 43_200.0),
    (Interval::Days(1), DAY),
    (Interval::Days(2), 2.0 * DAY),
    (Interval::Weeks(1), 7.0 * DAY),
    (Interval::Weeks(2), 14.0 * DAY),
    (Interval::Months(1), 30.4 * DAY),
    (Interval::Months(3), 91.3 * DAY),
    (Interval::Months(6), 182.6 * DAY),
    (Interval::Years(1), 365.25 * DAY),
    (Interval::Years(2), 730.5 * DAY),
    (Interval::Years(5), 1826.0 * DAY),
    (Interval::Years(10), 3652.5 * DAY),
    (Interval::Years(100), 36_525.0 * DAY),
    (Interval::Years(1000), 365_250.0 * DAY),
    (Interval::Years(100_000), 36_525_000.0 * DAY),
];

/// A tick: its place in seconds, what stands below it, and a second line where the year or day begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) label: String,
    pub(crate) second: Option<String>,
}

/// Seconds since 1970 of a date or an instant.
#[expect(
    clippy::cast_precision_loss,
    reason = "microseconds of any year chrono knows fit in a float to the second"
)]
pub(crate) fn seconds(value: &Value) -> Option<f64> {
    match value {
        Value::Date(day) => Some(day.and_time(NaiveTime::MIN).and_utc().timestamp() as f64),
        Value::Timestamp(moment) => Some(moment.timestamp_micros() as f64 / 1e6),
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the seconds came out of chrono")]
fn moment(seconds: f64) -> Option<NaiveDateTime> {
    DateTime::<Utc>::from_timestamp(seconds.floor() as i64, 0).map(|moment| moment.naive_utc())
}

/// Ticks between two moments, about `target` of them at most.
/// Never finer than the grain: a day has no hours, a month no days.
pub(crate) fn ticks(from: f64, to: f64, target: f64, grain: Grain, locale: Locale) -> Vec<Tick> {
    let interval = INTERVALS
        .iter()
        .find(|(_, seconds)| *seconds >= grain.seconds() && (to - from) / seconds <= target)
        .map_or(Interval::Years(100_000), |(interval, _)| *interval);
    let mut ticks = Vec::new();
    let mut next = moment(from).and_then(|moment| interval.begin(moment));
    let mut before: Option<NaiveDateTime> = None;
    while let Some(at) = next {
        #[expect(clippy::cast_precision_loss, reason = "seconds of any year chrono knows fit in a float")]
        let seconds = at.and_utc().timestamp() as f64;
        if seconds > to {
            break;
        }
        if seconds >= from {
            let (label, second) = interval.label(at, before, locale);
            ticks.push(Tick { at: seconds, label, second });
            before = Some(at);
        }
        next = interval.after(at);
    }
    ticks
}

impl Interval {
    /// The last boundary at or before the moment.
    fn begin(self, moment: NaiveDateTime) -> Option<NaiveDateTime> {
        let day = moment.date();
        let begin = match self {
            Self::Seconds(step) => {
                let past = moment.num_seconds_from_midnight() / step * step;
                return NaiveTime::from_num_seconds_from_midnight_opt(past, 0).map(|time| day.and_time(time));
            }
            Self::Days(step) => day.checked_sub_days(Days::new(u64::from(day.day0() % step))),
            Self::Weeks(_) => {
                day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))
            }
            Self::Months(step) => NaiveDate::from_ymd_opt(day.year(), day.month0() / step * step + 1, 1),
            Self::Years(step) => {
                let step = i32::try_from(step).ok()?;
                NaiveDate::from_ymd_opt(day.year() - day.year().rem_euclid(step), 1, 1)
            }
        };
        begin.map(|day| day.and_time(NaiveTime::MIN))
    }

    fn after(self, at: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Self::Seconds(step) => at.checked_add_signed(TimeDelta::seconds(i64::from(step))),
            Self::Days(step) => {
                let next = at.checked_add_days(Days::new(u64::from(step)))?;
                // Every second day begins anew with each month, so that months begin with a tick.
                if next.month() == at.month() { Some(next) } else { next.with_day(1) }
            }
            Self::Weeks(step) => at.checked_add_days(Days::new(7 * u64::from(step))),
            Self::Months(step) => at.checked_add_months(Months::new(step)),
            Self::Years(step) => at.checked_add_months(Months::new(12 * step)),
        }
    }

    fn label(
        self,
        at: NaiveDateTime,
        before: Option<NaiveDateTime>,
        locale: Locale,
    ) -> (String, Option<String>) {
        let new_year = before.is_none_or(|before| before.year() != at.year());
        let new_day = before.is_none_or(|before| before.date() != at.date());
        let day = match locale {
            Locale::En => format!("{} {}", at.day(), locale.month(at.month())),
            Locale::De => format!("{:02}.{:02}.", at.day(), at.month()),
        };
        let year = new_year.then(|| at.year().to_string());
        match self {
            Self::Seconds(step) if step < 60 => {
                (format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second()), new_day.then_some(day))
            }
            Self::Seconds(_) => (format!("{:02}:{:02}", at.hour(), at.minute()), new_day.then_some(day)),
            Self::Days(_) | Self::Weeks(_) => (day, year),
            Self::Months(_) => (locale.month(at.month()).to_owned(), year),
            Self::Years(_) => (at.year().to_string(), None),
        }
    }
}

/// How fine the moments of a column are: decides how each is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grain {
    /// All are the first of a month.
    Month,
    /// All are days.
    Day,
    /// Some have a time of day.
    Instant,
    /// Not a time at all.
    Other,
}

impl Grain {
    /// Of a column; where its name says months, one of them is enough to tell.
    pub(crate) fn of(column: &Column) -> Self {
        fn grain(moments: impl Iterator<Item = NaiveDateTime> + Clone) -> Grain {
            let midnight = |moment: NaiveDateTime| moment.time() == NaiveTime::MIN;
            if !moments.clone().all(midnight) {
                Grain::Instant
            } else if moments.clone().count() > 1 && moments.clone().all(|moment| moment.day() == 1) {
                Grain::Month
            } else {
                Grain::Day
            }
        }
        match &column.values {
            _ if Format::default_for(column) == Format::Month => Self::Month,
            Values::Date(days) => grain(days.iter().flatten().map(|day| day.and_time(NaiveTime::MIN))),
            Values::Timestamp(moments) => grain(moments.iter().flatten().map(DateTime::naive_utc)),
            _ => Self::Other,
        }
    }

    /// The shortest distance of two ticks.
    fn seconds(self) -> f64 {
        match self {
            Self::Month => 30.0 * DAY,
            Self::Day => DAY,
            Self::Instant | Self::Other => 0.0,
        }
    }

    /// The name of a place.
    pub(crate) fn label(self, value: &Value, locale: Locale) -> String {
        self.format().show(value, locale)
    }

    /// How places of this grain are written.
    pub(crate) fn format(self) -> Format {
        match self {
            Self::Month => Format::Month,
            Self::Day => Format::Date,
            Self::Instant => Format::DateTime,
            Self::Other => Format::Plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(year: i32, month: u32, day: u32) -> f64 {
        seconds(&Value::Date(NaiveDate::from_ymd_opt(year, month, day).expect("a day"))).expect("a date")
    }

    fn labels(from: f64, to: f64, target: f64) -> Vec<String> {
        ticks(from, to, target, Grain::Instant, Locale::En)
            .into_iter()
            .map(|tick| tick.label + &tick.second.map(|second| format!("/{second}")).unwrap_or_default())
            .collect()
    }

    #[test]
    fn ticks_fall_on_natural_boundaries() {
        let year = labels(at(2025, 11, 20), at(2026, 11, 19), 6.0);
        assert_eq!(year, ["Jan/2026", "Apr", "Jul", "Oct"]);
        let year = labels(at(2025, 11, 20), at(2026, 11, 19), 13.0);
        assert_eq!(year[..3], ["Dec/2025", "Jan/2026", "Feb"]);
        assert_eq!(
            labels(at(2026, 2, 27), at(2026, 3, 3), 6.0),
            ["27 Feb/2026", "28 Feb", "1 Mar", "2 Mar", "3 Mar"]
        );
        assert_eq!(labels(at(2026, 3, 4), at(2026, 3, 25), 4.0), ["9 Mar/2026", "16 Mar", "23 Mar"]);
        assert_eq!(labels(at(2019, 6, 1), at(2026, 6, 1), 4.0), ["2020", "2022", "2024", "2026"]);
        assert_eq!(
            labels(at(2026, 3, 4), at(2026, 3, 5), 4.0),
            ["00:00/4 Mar", "06:00", "12:00", "18:00", "00:00/5 Mar"]
        );
    }

    #[test]
    fn days_are_never_hours_and_months_never_days() {
        let day = ticks(at(2026, 3, 4), at(2026, 3, 5), 12.0, Grain::Day, Locale::En);
        let day: Vec<&str> = day.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(day, ["4 Mar", "5 Mar"]);
        let month = ticks(at(2026, 3, 1), at(2026, 4, 1), 12.0, Grain::Month, Locale::En);
        let month: Vec<&str> = month.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(month, ["Mar", "Apr"]);
    }

    #[test]
    fn a_grain_names_months_as_months() {
        let days = |days: &[(i32, u32, u32)]| {
            Values::Date(days.iter().map(|(y, m, d)| NaiveDate::from_ymd_opt(*y, *m, *d)).collect())
        };
        let of = |name: &str, values: Values| Grain::of(&Column { name: name.to_owned(), values });
        let months = days(&[(2026, 1, 1), (2026, 2, 1)]);
        let grain = of("begin", months.clone());
        assert_eq!(grain.label(&months.get(1).expect("a row"), Locale::De), "Feb 2026");
        assert_eq!(of("month", days(&[(2027, 1, 1)])), Grain::Month, "early in January there is one month");
        assert_eq!(of("begin", days(&[(2027, 1, 1)])), Grain::Day);
        assert_eq!(of("begin", days(&[(2026, 1, 1), (2026, 1, 2)])), Grain::Day);
        assert_eq!(of("place", Values::Text(vec![])), Grain::Other);
    }
}
