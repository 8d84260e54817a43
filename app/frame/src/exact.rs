//! Numbers that are compared and told without a digit lost.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::number::grouped;
use crate::{Value, without_noise};

/// Most digits of a number: more than any float has, and few enough to be kept.
const MOST_DIGITS: usize = 1_000;
/// Digits behind the point of a number that is told in short.
const SHORT: usize = 4;

/// A number by its decimal digits, however many.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Exact {
    negative: bool,
    /// Without zeros in front; empty below 1.
    whole: String,
    /// Without zeros at the end.
    fraction: String,
}

impl Exact {
    /// The number of a cell, where it holds one. Of a float, what binary sums leave behind its digits is no part of it.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(_) | Value::Decimal { .. } => Self::parse(&value.to_string()),
            Value::Float(number) => Self::parse(&without_noise(*number)),
            _ => None,
        }
    }

    /// The number that a text writes, such as `-1234.50` or `1.5e-7`. `None` where it writes none, or one of more
    /// digits than anybody compares.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let unsigned = number.strip_prefix(['-', '+']).unwrap_or(number);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let mut written = whole.bytes().chain(fraction.bytes()).peekable();
        if written.peek().is_none() || !written.all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let digits = format!("{whole}{fraction}");
        let room = MOST_DIGITS.checked_sub(digits.len())?;
        let zeros = |count: usize| (count <= room).then(|| "0".repeat(count));
        let negative = number.starts_with('-');
        let point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
        let Ok(point) = usize::try_from(point) else {
            let before = zeros(usize::try_from(point.unsigned_abs()).ok()?)?;
            return Some(Self::from_parts(negative, "", &format!("{before}{digits}")));
        };
        let padded = format!("{digits}{}", zeros(point.saturating_sub(digits.len()))?);
        let (whole, fraction) = padded.split_at(point);
        Some(Self::from_parts(negative, whole, fraction))
    }

    fn from_parts(negative: bool, whole: &str, fraction: &str) -> Self {
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        // Nothing has no sign.
        let negative = negative && !(whole.is_empty() && fraction.is_empty());
        Self { negative, whole: whole.to_owned(), fraction: fraction.to_owned() }
    }

    /// True for nothing at all.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// The greatest whole number that is not above it; `None` where no `i64` is.
    pub fn floor(&self) -> Option<i64> {
        let whole = self.toward_zero()?;
        if self.negative && !self.fraction.is_empty() { whole.checked_sub(1) } else { Some(whole) }
    }

    /// The smallest whole number that is not below it; `None` where no `i64` is.
    pub fn ceil(&self) -> Option<i64> {
        let whole = self.toward_zero()?;
        if self.negative || self.fraction.is_empty() { Some(whole) } else { whole.checked_add(1) }
    }

    fn toward_zero(&self) -> Option<i64> {
        format!("{}0{}", self.sign(), self.whole).parse().ok()
    }

    /// With four digits behind the point at most, rounded on its digits.
    #[must_use]
    pub fn short(&self) -> Self {
        let Some((kept, rest)) = self.fraction.split_at_checked(SHORT) else { return self.clone() };
        let mut digits = format!("0{}{kept}", self.whole).into_bytes();
        if rest.as_bytes().first().is_some_and(|next| *next >= b'5') {
            for digit in digits.iter_mut().rev() {
                if *digit < b'9' {
                    *digit += 1;
                    break;
                }
                *digit = b'0';
            }
        }
        let digits: String = digits.into_iter().map(char::from).collect();
        let (whole, fraction) = digits.split_at(digits.len() - SHORT);
        Self::from_parts(self.negative, whole, fraction)
    }

    /// As a file writes it: `99600.5`.
    pub fn plain(&self) -> String {
        self.written(&self.whole)
    }

    fn written(&self, whole: &str) -> String {
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if self.fraction.is_empty() { "" } else { "." };
        format!("{}{whole}{point}{}", self.sign(), self.fraction)
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }
}

impl From<i64> for Exact {
    fn from(number: i64) -> Self {
        Self::from_parts(number < 0, &number.unsigned_abs().to_string(), "")
    }
}

impl From<Exact> for String {
    fn from(number: Exact) -> Self {
        number.plain()
    }
}

impl TryFrom<String> for Exact {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("this is not a number")
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        fn size(number: &Exact) -> (usize, &str, &str) {
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

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Exact {
    /// Grouped: `99,600.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written(&grouped(&self.whole, ',')))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap_or_else(|| panic!("{text} is no number"))
    }

    #[test]
    fn a_number_is_told_in_short_without_a_false_digit() {
        for (text, short) in [
            ("0.0", "0"),
            ("-0.5", "-0.5"),
            ("-0.00001", "0"),
            ("0.30001", "0.3"),
            ("0.99995", "1"),
            ("-9.99996", "-10"),
            ("99600.25", "99,600.25"),
            ("1e6", "1,000,000"),
            ("12345678901234567890.123456", "12,345,678,901,234,567,890.1235"),
        ] {
            assert_eq!(exact(text).short().to_string(), short);
        }
        assert_eq!(exact("-1234.00005").to_string(), "-1,234.00005");
        assert_eq!(exact("-1234.50").plain(), "-1234.5");
    }

    #[test]
    fn every_way_to_write_a_number_is_the_same_number() {
        for (one, other) in [
            ("1.5e3", "1500"),
            ("1.5E-3", "0.0015"),
            ("+12e-1", "1.2"),
            ("-.5", "-0.50"),
            ("007.", "7"),
            ("-0", "0"),
            ("1e-324", format!("0.{}1", "0".repeat(323)).as_str()),
        ] {
            assert_eq!(exact(one), exact(other), "{one}");
        }
        for text in [
            "", "-", ".", "e5", "1e", "0x10", "1_000", "NaN", "inf", "--1", "1.2.3", "1 000", "1e9999",
            "1e-9999",
        ] {
            assert_eq!(Exact::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_never_compared_as_floats() {
        let of = |value: Value| Exact::of(&value).expect("it is a number");
        assert_eq!(of(Value::Float(0.1 + 0.2)), exact("0.3"));
        assert!(of(Value::Int(9_007_199_254_740_993)) > exact("9007199254740992"));
        assert!(of(Value::Decimal { unscaled: 300_000_000_000_000_001, scale: 18 }) > exact("0.3"));
        assert!(exact("0.30000000000000001") > exact("0.3"));
        assert!(of(Value::Int(-10)) < exact("-9.5") && of(Value::Float(-1e-9)) < exact("-0.0"));
        assert!(of(Value::Float(1e300)) > exact("9e299") && exact("0.29") < exact("0.3"));
        assert_eq!(Exact::of(&Value::Text("5".to_owned())), None);
    }

    #[test]
    fn whole_numbers_beside_it_never_wrap() {
        for (text, floor, ceil) in [
            ("1.2", Some(1), Some(2)),
            ("-1.2", Some(-2), Some(-1)),
            ("-0.1", Some(-1), Some(0)),
            ("9223372036854775807", Some(i64::MAX), Some(i64::MAX)),
            ("9223372036854775807.5", Some(i64::MAX), None),
            ("-9223372036854775808.5", None, Some(i64::MIN)),
            ("1e30", None, None),
        ] {
            assert_eq!((exact(text).floor(), exact(text).ceil()), (floor, ceil), "{text}");
        }
    }

    /// A number with `scale` digits behind its point, as a file would write it.
    fn scaled(unscaled: i128, scale: usize) -> String {
        let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        format!("{}{whole}.{fraction}", if unscaled < 0 { "-" } else { "" })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn numbers_are_ordered_as_whole_numbers_of_one_scale_are(
            one in any::<i128>(), step in -3_i128..=3, other in any::<i128>(), scale in 0_usize..40
        ) {
            for other in [other, one.saturating_add(step)] {
                let order = exact(&scaled(one, scale)).cmp(&exact(&scaled(other, scale)));
                prop_assert_eq!(order, one.cmp(&other));
            }
        }

        #[test]
        fn another_scale_or_exponent_is_the_same_number(
            number in -1_000_000_000_000_i64..1_000_000_000_000, zeros in 0_usize..20
        ) {
            let plain = exact(&number.to_string());
            prop_assert_eq!(&exact(&format!("{number}.{}", "0".repeat(zeros))), &plain);
            prop_assert_eq!(&exact(&format!("{number}{}e-{zeros}", "0".repeat(zeros))), &plain);
            prop_assert_eq!(&Exact::from(number), &plain);
            prop_assert_eq!(plain.plain(), number.to_string());
        }

        #[test]
        fn a_number_survives_the_pipe(unscaled in any::<i128>(), scale in 0_usize..40) {
            let number = exact(&scaled(unscaled, scale));
            let json = serde_json::to_string(&number).expect("a number is JSON");
            prop_assert_eq!(serde_json::from_str::<Exact>(&json).expect("the same number"), number);
        }
    }
}
