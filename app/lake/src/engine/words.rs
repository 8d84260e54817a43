//! Figures as people write them.

use std::cmp::Ordering;
use std::fmt;

use lakeport_frame::{Value, without_noise};

/// Names in quotes, with commas between them.
pub(crate) fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

/// `312004` as `312,004`.
pub(crate) fn thousands(count: i64) -> String {
    let sign = if count < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(&count.unsigned_abs().to_string()))
}

/// A number by its decimal digits, however many: compared and written without a digit lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digits {
    negative: bool,
    /// Without zeros in front; empty below 1.
    whole: String,
    /// Without zeros at the end.
    fraction: String,
}

impl Digits {
    /// The number of a cell, where it holds one. Of a float, what binary sums leave behind its digits is no part of it.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(_) | Value::Decimal { .. } => Some(Self::plain(&value.to_string())),
            Value::Float(number) => Some(Self::float(without_noise(*number).parse().unwrap_or(*number))),
            _ => None,
        }
    }

    /// The number as its author wrote it.
    pub(crate) fn float(number: f64) -> Self {
        Self::plain(&number.to_string())
    }

    fn plain(text: &str) -> Self {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let negative = digits.len() < text.len() && !(whole.is_empty() && fraction.is_empty());
        Self { negative, whole: whole.to_owned(), fraction: fraction.to_owned() }
    }

    /// With four digits behind the point at most.
    pub(crate) fn short(&self) -> Self {
        if self.fraction.len() <= 4 {
            return self.clone();
        }
        let exact = self.to_string().replace(',', "");
        exact.parse::<f64>().map_or_else(|_| self.clone(), |number| Self::plain(&format!("{number:.4}")))
    }
}

impl Ord for Digits {
    fn cmp(&self, other: &Self) -> Ordering {
        fn size(number: &Digits) -> (usize, &str, &str) {
            (number.whole.len(), number.whole.as_str(), number.fraction.as_str())
        }
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => size(self).cmp(&size(other)),
            (true, true) => size(other).cmp(&size(self)),
        }
    }
}

impl PartialOrd for Digits {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Digits {
    /// Grouped: `99,600.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() { "0".to_owned() } else { grouped(&self.whole) };
        let point = if self.fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{}", self.fraction)
    }
}

/// The two greatest units of a number of seconds: `3 days 4 hours`.
pub(crate) fn duration(seconds: i64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (size, name) in units {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            parts.push(format!("{} {name}{}", thousands(count), if count == 1 { "" } else { "s" }));
        }
    }
    if parts.is_empty() {
        return "0 seconds".to_owned();
    }
    parts.truncate(2);
    parts.join(" ")
}

/// Digits in groups of three.
fn grouped(digits: &str) -> String {
    digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_keep_their_sign() {
        assert_eq!([0, 999, 1_000, -1_234_567].map(thousands), ["0", "999", "1,000", "-1,234,567"]);
        for (value, text) in [
            (0.0, "0"),
            (-0.5, "-0.5"),
            (-0.000_01, "0"),
            (0.300_01, "0.3"),
            (99_600.25, "99,600.25"),
            (1e6, "1,000,000"),
            (0.1, "0.1"),
        ] {
            assert_eq!(Digits::float(value).short().to_string(), text);
        }
    }

    #[test]
    fn numbers_are_never_compared_as_floats() {
        let of = |value: Value| Digits::of(&value).expect("it is a number");
        assert_eq!(of(Value::Float(0.1 + 0.2)), Digits::float(0.3));
        assert!(of(Value::Int(9_007_199_254_740_993)) > Digits::float(9_007_199_254_740_992.0));
        assert!(of(Value::Decimal { unscaled: 300_000_000_000_000_001, scale: 18 }) > Digits::float(0.3));
        assert!(of(Value::Int(-10)) < Digits::float(-9.5) && Digits::float(-1e-9) < Digits::float(-0.0));
        assert!(Digits::float(1e300) > Digits::float(9e299) && Digits::float(0.29) < Digits::float(0.3));
        assert_eq!(Digits::float(-1_234.000_05).to_string(), "-1,234.00005");
    }

    #[test]
    fn durations_have_two_units() {
        for (seconds, text) in [
            (0, "0 seconds"),
            (61, "1 minute 1 second"),
            (3_600, "1 hour"),
            (90_061, "1 day 1 hour"),
            (86_400 * 2_000 + 7, "2,000 days 7 seconds"),
        ] {
            assert_eq!(duration(seconds), text);
        }
    }
}
