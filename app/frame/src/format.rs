//! How a value is shown to a person.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike, Utc};

use crate::number::{Digits, THIN, Unit, scientific, unit_for};
use crate::{Column, Value, Values};

/// Shown where there is no value.
const NOTHING: &str = "–";

/// Number and date conventions of a dashboard or page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    /// `1,234.5`, `5 Mar 2026`.
    #[default]
    En,
    /// `1.234,5`, `05.03.2026`.
    De,
}

impl Locale {
    /// The short name of a month (1 to 12); nothing for any other number.
    pub fn month(self, month: u32) -> &'static str {
        const EN: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        const DE: [&str; 12] =
            ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"];
        let names = match self {
            Self::En => EN,
            Self::De => DE,
        };
        month.checked_sub(1).and_then(|index| names.get(index as usize).copied()).unwrap_or("")
    }
}

/// A named format: `num0`, `num2`, `eur0`, `eur2`, `pct1`, `date`, `datetime` ..: a kind and its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A number with this many digits behind the point.
    Number(u8),
    /// An amount in euros with this many digits behind the point.
    Euro(u8),
    /// A ratio shown as per cent (0.18 is 18 %) with this many digits behind the point.
    Percent(u8),
    /// A calendar date.
    Date,
    /// The month of a date, for dates that stand for months.
    Month,
    /// An instant, with its zone (UTC).
    DateTime,
    /// As it comes.
    Plain,
}

/// A format name nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFormat(pub String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\"{}\" is not a format; use num0 to num4, eur0 to eur2, pct0 to pct2, date, month, datetime or plain",
            self.0
        )
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(match name {
            "num0" => Self::Number(0),
            "num1" => Self::Number(1),
            "num2" => Self::Number(2),
            "num3" => Self::Number(3),
            "num4" => Self::Number(4),
            "eur0" => Self::Euro(0),
            "eur1" => Self::Euro(1),
            "eur2" => Self::Euro(2),
            "pct0" => Self::Percent(0),
            "pct1" => Self::Percent(1),
            "pct2" => Self::Percent(2),
            "date" => Self::Date,
            "month" => Self::Month,
            "datetime" => Self::DateTime,
            "plain" => Self::Plain,
            _ => return Err(UnknownFormat(name.to_owned())),
        })
    }
}

impl fmt::Display for Format {
    /// The name that [`FromStr`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(digits) => write!(f, "num{digits}"),
            Self::Euro(digits) => write!(f, "eur{digits}"),
            Self::Percent(digits) => write!(f, "pct{digits}"),
            Self::Date => f.write_str("date"),
            Self::Month => f.write_str("month"),
            Self::DateTime => f.write_str("datetime"),
            Self::Plain => f.write_str("plain"),
        }
    }
}

/// The last word of a column's name: `key` of `date_key`.
fn last_word(column: &str) -> &str {
    column.rsplit(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default()
}

/// True for a column whose last word says that its numbers are names: `id`, `case_id`, `date_key`, `postal_code`.
fn names_something(column: &str) -> bool {
    let last = last_word(column);
    ["id", "key", "code", "no"].iter().any(|word| last.eq_ignore_ascii_case(word))
}

/// True for a column of moments that stand for their months: its last word says so, and each is the first of its month.
fn names_months(column: &Column) -> bool {
    let first = |day: &NaiveDate| day.day() == 1;
    last_word(&column.name).eq_ignore_ascii_case("month")
        && match &column.values {
            Values::Date(days) => days.iter().flatten().all(first),
            Values::Timestamp(moments) => moments
                .iter()
                .flatten()
                .all(|moment| moment.time() == NaiveTime::MIN && first(&moment.date_naive())),
            _ => false,
        }
}

impl Format {
    /// The format of a column whose author chose none. Whole numbers that name something (`case_id`) or all read as
    /// years stay ungrouped; the first of each month in a column called so is that month.
    pub fn default_for(column: &Column) -> Self {
        match &column.values {
            Values::Int(_) if names_something(&column.name) => Self::Plain,
            Values::Bool(_) | Values::Text(_) => Self::Plain,
            Values::Int(numbers) => {
                let mut known = numbers.iter().flatten().peekable();
                let years = known.peek().is_some() && known.all(|number| (1900..=2100).contains(number));
                if years { Self::Plain } else { Self::Number(0) }
            }
            Values::Float(_) => Self::Number(2),
            Values::Decimal(decimals) => Self::Number(decimals.scale.min(4)),
            Values::Date(_) | Values::Timestamp(_) if names_months(column) => Self::Month,
            Values::Date(_) => Self::Date,
            Values::Timestamp(_) => Self::DateTime,
        }
    }

    /// The value as a person reads it. `NULL` is `–`; a value that does not fit the format (text under
    /// `eur2`) is shown in its own way and never hidden.
    pub fn show(self, value: &Value, locale: Locale) -> String {
        match value {
            Value::Null => NOTHING.to_owned(),
            Value::Bool(truth) => match (locale, truth) {
                (Locale::En, true) => "yes",
                (Locale::En, false) => "no",
                (Locale::De, true) => "ja",
                (Locale::De, false) => "nein",
            }
            .to_owned(),
            Value::Text(text) => text.clone(),
            Value::TextList(texts) => texts.join(", "),
            Value::Int(_) | Value::Float(_) | Value::Decimal { .. } => self.show_number(value, locale),
            Value::Date(_) | Value::Timestamp(_) if self == Self::Plain => value.to_string(),
            Value::Date(day) if self == Self::Month => month(*day, locale),
            Value::Timestamp(moment) if self == Self::Month => month(moment.date_naive(), locale),
            Value::Date(day) => date(*day, locale),
            Value::Timestamp(moment) if self == Self::Date => date(moment.date_naive(), locale),
            Value::Timestamp(moment) => datetime(*moment, locale),
        }
    }

    /// A number in few characters, for labels: three digits and a unit, as in `1.2 M`, `€340 k`, `18.5%`.
    pub fn compact(self, value: f64, locale: Locale) -> String {
        if !value.is_finite() {
            return NOTHING.to_owned();
        }
        let magnitude = value.abs() * if matches!(self, Self::Percent(_)) { 100.0 } else { 1.0 };
        let unit = unit_for(magnitude, locale);
        let figure = magnitude / unit.size;
        let mut digits = 2;
        // Small figures need more digits behind the point for the same three; 1e-9 is nothing on a chart.
        let mut rest = figure;
        while rest < 1.0 && digits < 9 {
            rest *= 10.0;
            digits += 1;
        }
        let digits = if figure >= 99.95 {
            0
        } else if figure >= 9.995 {
            1
        } else {
            digits
        };
        self.scaled(value, unit, digits, true, locale)
    }

    /// Labels for the ticks of one axis: all in the unit of the largest, with just the digits that
    /// tell neighbours apart.
    pub fn ticks(self, ticks: &[f64], locale: Locale) -> Vec<String> {
        let percent = if matches!(self, Self::Percent(_)) { 100.0 } else { 1.0 };
        let largest = ticks.iter().map(|tick| tick.abs() * percent).fold(0.0, f64::max);
        let unit = unit_for(largest, locale);
        let step = ticks.windows(2).map(|pair| (pair[1] - pair[0]).abs() * percent / unit.size);
        let step = step.fold(f64::INFINITY, f64::min);
        let mut digits = 0;
        let mut scaled = step;
        while scaled.is_finite() && (scaled - scaled.round()).abs() > scaled * 1e-6 && digits < 9 {
            scaled *= 10.0;
            digits += 1;
        }
        ticks.iter().map(|tick| self.scaled(*tick, unit, digits, false, locale)).collect()
    }

    fn scaled(self, value: f64, unit: Unit, digits: usize, trim: bool, locale: Locale) -> String {
        if value.abs() >= 1e18 {
            return scientific(value, locale);
        }
        let Some(mut figure) = Digits::of(&Value::Float(value / unit.size)) else {
            return NOTHING.to_owned();
        };
        if matches!(self, Self::Percent(_)) {
            figure = figure.shifted(2);
        }
        figure = figure.rounded(digits);
        if trim || figure.is_zero() {
            figure = figure.trimmed();
        }
        let unit = if figure.is_zero() { "" } else { unit.name };
        self.dress(&figure, unit, locale)
    }

    fn show_number(self, value: &Value, locale: Locale) -> String {
        let Some(figure) = Digits::of(value) else {
            return NOTHING.to_owned();
        };
        match self {
            Self::Number(digits) | Self::Euro(digits) => {
                self.dress(&figure.rounded(usize::from(digits)), "", locale)
            }
            Self::Percent(digits) => self.dress(&figure.shifted(2).rounded(usize::from(digits)), "", locale),
            Self::Date | Self::Month | Self::DateTime | Self::Plain => value.to_string(),
        }
    }

    /// Sign, currency or per cent around the digits, where the locale puts them.
    fn dress(self, figure: &Digits, unit: &str, locale: Locale) -> String {
        let mut number = figure.unsigned(locale);
        if !unit.is_empty() {
            number.push(THIN);
            number.push_str(unit);
        }
        let sign = figure.sign();
        match (self, locale) {
            (Self::Euro(_), Locale::En) => format!("{sign}€{number}"),
            (Self::Euro(_), Locale::De) => format!("{sign}{number}{THIN}€"),
            (Self::Percent(_), Locale::En) => format!("{sign}{number}%"),
            (Self::Percent(_), Locale::De) => format!("{sign}{number}{THIN}%"),
            _ => format!("{sign}{number}"),
        }
    }
}

fn month(day: NaiveDate, locale: Locale) -> String {
    format!("{} {}", locale.month(day.month()), day.year())
}

fn date(day: NaiveDate, locale: Locale) -> String {
    match locale {
        Locale::En => format!("{} {} {}", day.day(), locale.month(day.month()), day.year()),
        Locale::De => format!("{:02}.{:02}.{}", day.day(), day.month(), day.year()),
    }
}

fn datetime(moment: DateTime<Utc>, locale: Locale) -> String {
    format!("{}, {:02}:{:02} UTC", date(moment.date_naive(), locale), moment.hour(), moment.minute())
}

#[cfg(test)]
#[path = "format_tests.rs"]
mod tests;
