//! Ranges that the values of a column are counted in, with bounds that people read.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use lakeport_frame::Value;

use super::kind::Kind;

/// Most ranges of one column.
const MOST: i64 = 12;

/// Ranges one after the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ranges {
    /// Where each begins that has one before it.
    pub(super) bounds: Vec<Value>,
    /// All of them in words.
    pub(super) words: Vec<String>,
}

/// The ranges between the smallest and the largest value; `None` where there is nothing between them.
pub(super) fn between(kind: Kind, low: &Value, high: &Value) -> Option<Ranges> {
    let ranges = match (kind, low, high) {
        (Kind::Whole, Value::Int(low), Value::Int(high)) => wholes(*low, *high),
        (Kind::Date, Value::Date(low), Value::Date(high)) => Some(days(*low, *high)),
        (Kind::Instant | Kind::WallTime, Value::Timestamp(low), Value::Timestamp(high)) => {
            Some(times(kind, *low, *high))
        }
        // Decimals of many digits are printed.
        (Kind::Float | Kind::Decimal, low, high) => {
            reals(low.to_string().parse().ok()?, high.to_string().parse().ok()?)
        }
        _ => None,
    };
    ranges.filter(|ranges| !ranges.bounds.is_empty())
}

fn ranges<T: Copy>(
    starts: &[T],
    value: impl Fn(T) -> Value,
    words: impl Fn(T, Option<T>) -> String,
) -> Ranges {
    let next = starts.iter().skip(1).copied().map(Some).chain([None]);
    Ranges {
        bounds: starts.iter().skip(1).copied().map(value).collect(),
        words: starts.iter().copied().zip(next).map(|(start, next)| words(start, next)).collect(),
    }
}

/// By a width of 1, 2 or 5 and noughts.
fn wholes(low: i64, high: i64) -> Option<Ranges> {
    let mut widths = (0..=18_u32).flat_map(|power| [1, 2, 5].map(|part| part * 10_i64.pow(power)));
    let ends = |width: i64| (low.div_euclid(width), high.div_euclid(width));
    let width = widths.find(|width| {
        let (first, last) = ends(*width);
        last.saturating_sub(first) < MOST
    })?;
    let (first, last) = ends(width);
    let starts: Vec<i64> = (first..=last).map(|step| step.saturating_mul(width)).collect();
    let words = |start: i64, _| {
        let end = start.saturating_add(width - 1);
        if width == 1 { start.to_string() } else { format!("{start} to {end}") }
    };
    Some(ranges(&starts, Value::Int, words))
}

/// The same for numbers that need not be whole.
fn reals(low: f64, high: f64) -> Option<Ranges> {
    let step = |number: f64, part: f64, power: i32| (number / (part * 10_f64.powi(power))).floor();
    let mut widths = (-300..=307_i32).flat_map(|power| [1.0, 2.0, 5.0].map(|part| (part, power)));
    let (part, power) =
        widths.find(|(part, power)| step(high, *part, *power) - step(low, *part, *power) < 12.0)?;
    let first = step(low, part, power);
    // A division tells decimals exactly where a multiplication with 0.1 does not.
    let at = |steps: f64| match power {
        0.. => steps * part * 10_f64.powi(power),
        _ => steps * part / 10_f64.powi(-power),
    };
    let starts = (0..12_u8).map(|steps| at(first + f64::from(steps))).take_while(|start| *start <= high);
    let starts: Vec<f64> = starts.collect();
    let told = |number: f64| Value::Float(number).to_string();
    let words = |start: f64, next: Option<f64>| match next {
        Some(next) => format!("{} to below {}", told(start), told(next)),
        None => format!("from {}", told(start)),
    };
    starts.is_sorted_by(|one, next| one < next).then(|| ranges(&starts, Value::Float, words))
}

fn days(low: NaiveDate, high: NaiveDate) -> Ranges {
    let width = (high - low).num_days() / MOST + 1;
    let start = |step: i64| low.checked_add_signed(TimeDelta::try_days(step * width)?);
    let starts: Vec<NaiveDate> = (0..MOST).map_while(start).take_while(|day| *day <= high).collect();
    let words = |start: NaiveDate, next: Option<NaiveDate>| {
        let end = next.and_then(|next| next.pred_opt()).unwrap_or(high);
        if start == end { start.to_string() } else { format!("{start} to {end}") }
    };
    ranges(&starts, Value::Date, words)
}

fn times(kind: Kind, low: DateTime<Utc>, high: DateTime<Utc>) -> Ranges {
    let width = (high - low).num_seconds() / MOST + 1;
    let start = |step: i64| low.checked_add_signed(TimeDelta::try_seconds(step * width)?);
    let starts: Vec<DateTime<Utc>> = (0..MOST).map_while(start).take_while(|time| *time <= high).collect();
    let told = |time: DateTime<Utc>| kind.told(&Value::Timestamp(time).to_string());
    let words = |start: DateTime<Utc>, next: Option<DateTime<Utc>>| match next {
        Some(next) => format!("{} to before {}", told(start), told(next)),
        None => format!("{} to {}", told(start), told(high)),
    };
    ranges(&starts, Value::Timestamp, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(kind: Kind, low: Value, high: Value) -> Vec<String> {
        between(kind, &low, &high).map(|ranges| ranges.words).unwrap_or_default()
    }

    #[test]
    fn few_whole_numbers_have_a_range_each_and_many_share_them() {
        assert_eq!(words(Kind::Whole, Value::Int(1), Value::Int(3)), ["1", "2", "3"]);
        let many = words(Kind::Whole, Value::Int(-7), Value::Int(103));
        assert_eq!((many.len(), many[0].as_str(), many[11].as_str()), (12, "-10 to -1", "100 to 109"));
        let all = between(Kind::Whole, &Value::Int(i64::MIN), &Value::Int(i64::MAX)).expect("some");
        assert_eq!(all.words.len(), all.bounds.len() + 1);
        assert!(all.words.len() <= 12);
    }

    #[test]
    fn bounds_of_fractions_are_never_noise() {
        let tenths = words(Kind::Float, Value::Float(0.05), Value::Float(1.0));
        assert_eq!((tenths[0].as_str(), tenths[3].as_str()), ("0 to below 0.1", "0.3 to below 0.4"));
        assert_eq!(tenths.last().map(String::as_str), Some("from 1"));
        let euros = words(
            Kind::Decimal,
            Value::Decimal { unscaled: -150, scale: 2 },
            Value::Decimal { unscaled: 2_000, scale: 2 },
        );
        assert_eq!(euros[0], "-2 to below 0");
        assert!(euros.len() <= 12, "{euros:?}");
        for (low, high) in [(1e300, 1e301), (-1.7e308, 1.7e308), (1e-310, 2e-310), (1e18, 1e18 + 256.0)] {
            assert!(words(Kind::Float, Value::Float(low), Value::Float(high)).len() <= 12, "{low} {high}");
        }
    }

    #[test]
    fn days_and_times_are_covered_without_a_gap() {
        let day = |text: &str| Value::Date(text.parse().expect("a day"));
        let year = words(Kind::Date, day("2026-01-01"), day("2026-12-31"));
        assert_eq!((year.len(), year[0].as_str()), (12, "2026-01-01 to 2026-01-31"));
        assert!(year[1].starts_with("2026-02-01") && year[11].ends_with("2026-12-31"));
        assert_eq!(words(Kind::Date, day("2026-01-01"), day("2026-01-02")), ["2026-01-01", "2026-01-02"]);
        let time = |text: &str| Value::Timestamp(text.parse().expect("a moment"));
        let hours = words(Kind::Instant, time("2026-01-01T00:00:00Z"), time("2026-01-01T11:59:59Z"));
        assert_eq!(hours[0], "2026-01-01 00:00:00 UTC to before 2026-01-01 01:00:00 UTC");
        assert_eq!(hours.len(), 12);
    }

    #[test]
    fn one_value_or_none_has_no_ranges() {
        for value in [Value::Int(4), Value::Float(0.5), Value::Null, Value::Text("a".to_owned())] {
            for kind in [Kind::Whole, Kind::Float, Kind::Date, Kind::Instant, Kind::Text] {
                assert_eq!(between(kind, &value, &value), None, "{kind:?} {value:?}");
            }
        }
    }
}
