//! One cell.

use chrono::{DateTime, NaiveDate, Timelike, Utc};
use serde::{Deserialize, Serialize};

/// One value of a frame, or a query parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// SQL `NULL`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A floating-point number.
    Float(f64),
    /// An exact decimal: `unscaled / 10^scale`.
    Decimal {
        /// The value times `10^scale`.
        unscaled: i64,
        /// Digits behind the decimal point.
        scale: u8,
    },
    /// Text.
    Text(String),
    /// A calendar date.
    Date(NaiveDate),
    /// An instant.
    Timestamp(DateTime<Utc>),
    /// A list of texts; only as a query parameter (`text[]`).
    TextList(Vec<String>),
}

impl Value {
    /// The value as a number, where it has one.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a figure on a chart or in a metric has fewer than 15 digits"
    )]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::Decimal { unscaled, scale } => Some(*unscaled as f64 / 10f64.powi(i32::from(*scale))),
            _ => None,
        }
    }
}

impl std::fmt::Display for Value {
    /// The plain form, as in a link or a CSV cell: no thousands separators, ISO dates, `NULL` as nothing.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            // Nothing has no sign, whatever it was rounded from.
            Self::Float(value) if *value == 0.0 => f.write_str("0"),
            // The shortest form that reads back as the same number; with an exponent where zeros would fill the line.
            Self::Float(value) if (1e-7..1e21).contains(&value.abs()) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:e}"),
            Self::Decimal { unscaled, scale } => {
                let digits = usize::from(*scale);
                let text = format!("{:0>width$}", unscaled.unsigned_abs(), width = digits + 1);
                let (whole, fraction) = text.split_at(text.len() - digits);
                let sign = if *unscaled < 0 { "-" } else { "" };
                if digits == 0 { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{fraction}") }
            }
            Self::Text(value) => f.write_str(value),
            Self::Date(value) => write!(f, "{value}"),
            Self::Timestamp(value) => {
                let (hour, minute, second) = (value.hour(), value.minute(), value.second());
                let fraction = match value.nanosecond() % 1_000_000_000 {
                    0 => String::new(),
                    nanoseconds => format!(".{nanoseconds:09}").trim_end_matches('0').to_owned(),
                };
                write!(f, "{}T{hour:02}:{minute:02}:{second:02}{fraction}Z", value.date_naive())
            }
            Self::TextList(values) => f.write_str(&values.join(",")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_digit_of_a_value_is_lost_or_invented() {
        for (value, text) in [
            (Value::Float(0.1), "0.1"),
            (Value::Float(-1234.5678), "-1234.5678"),
            (Value::Float(1.0), "1"),
            (Value::Float(0.0), "0"),
            (Value::Float(-0.0), "0"),
            (Value::Float(5e-324), "5e-324"),
            (Value::Float(1.7e308), "1.7e308"),
            (Value::Float(9_007_199_254_740_993.0), "9007199254740992"),
            (Value::Decimal { unscaled: -9_999_999_999, scale: 5 }, "-99999.99999"),
            (Value::Decimal { unscaled: 4, scale: 5 }, "0.00004"),
        ] {
            assert_eq!(value.to_string(), text);
        }
        for text in ["1890-05-06T07:08:09Z", "2026-03-05T10:00:00.5Z", "0001-01-01T00:00:00.000001Z"] {
            assert_eq!(Value::Timestamp(text.parse().expect("a moment")).to_string(), text);
        }
    }
}
