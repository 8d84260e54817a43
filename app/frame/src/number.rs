//! Numbers as people write them: rounded on their decimal digits, grouped, with a true minus sign.

use crate::{Locale, Value};

/// U+202F, between a figure and its unit: keeps both on one line without a wide hole.
pub(crate) const THIN: char = '\u{202f}';
const MINUS: &str = "\u{2212}";

/// A number as decimal digits. Rounding happens here and not on binary floats, so that 1.005 becomes
/// 1.01 as on paper, and an exact decimal never passes through a float.
#[derive(Debug, Clone)]
pub(crate) struct Digits {
    negative: bool,
    /// Values 0 to 9, most significant first, always at least one in front of the point.
    all: Vec<u8>,
    /// How many of them stand behind the point.
    scale: usize,
}

/// True for digits that are a number and nothing else: `-5`, `12.50`.
pub(crate) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Decimal digits with a separator between thousands.
pub(crate) fn grouped(digits: &str, separator: char) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

impl Digits {
    /// The digits of a number; `None` for everything else, infinities and NaN included.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(_) | Value::Decimal { .. } => Some(Self::parse(&value.to_string())),
            Value::Float(number) if number.is_finite() => Some(Self::parse(&number.to_string())),
            // What is too wide for a cell of numbers crosses as text: decimals of more than 18 digits, large unsigned ones.
            Value::Text(text) if is_number(text) => Some(Self::parse(text)),
            _ => None,
        }
    }

    fn parse(plain: &str) -> Self {
        let (negative, plain) = plain.strip_prefix('-').map_or((false, plain), |rest| (true, rest));
        let scale = plain.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let all = plain.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
        Self { negative, all, scale }
    }

    /// The number times `10^places`.
    pub(crate) fn shifted(mut self, places: usize) -> Self {
        let missing = places.saturating_sub(self.scale);
        self.all.extend(std::iter::repeat_n(0, missing));
        self.scale = (self.scale + missing) - places;
        self
    }

    /// Rounded to exactly `scale` digits behind the point, half away from zero.
    pub(crate) fn rounded(mut self, scale: usize) -> Self {
        let missing = scale.saturating_sub(self.scale);
        self.all.extend(std::iter::repeat_n(0, missing));
        let keep = self.all.len() - (self.scale + missing - scale);
        let up = self.all.get(keep).is_some_and(|digit| *digit >= 5);
        self.all.truncate(keep);
        self.scale = scale;
        if up {
            for digit in self.all.iter_mut().rev() {
                if *digit < 9 {
                    *digit += 1;
                    return self;
                }
                *digit = 0;
            }
            self.all.insert(0, 1);
        }
        self
    }

    /// Without zeros at the end of the fraction.
    pub(crate) fn trimmed(mut self) -> Self {
        while self.scale > 0 && self.all.last() == Some(&0) {
            self.all.pop();
            self.scale -= 1;
        }
        self
    }

    /// True when nothing but zeros is left.
    pub(crate) fn is_zero(&self) -> bool {
        self.all.iter().all(|digit| *digit == 0)
    }

    /// A minus for a number that is still below zero after rounding.
    pub(crate) fn sign(&self) -> &'static str {
        if self.negative && !self.is_zero() { MINUS } else { "" }
    }

    /// The digits without sign, with the locale's separators.
    pub(crate) fn unsigned(&self, locale: Locale) -> String {
        let (group, point) = match locale {
            Locale::En => (',', '.'),
            Locale::De => ('.', ','),
        };
        let (whole, fraction) = self.all.split_at(self.all.len() - self.scale);
        let zeros = whole.iter().take_while(|digit| **digit == 0).count().min(whole.len() - 1);
        let whole = &whole[zeros..];
        let digits: String = whole.iter().map(|digit| char::from(b'0' + digit)).collect();
        let mut text = grouped(&digits, group);
        if !fraction.is_empty() {
            text.push(point);
            text.extend(fraction.iter().map(|digit| char::from(b'0' + digit)));
        }
        text
    }
}

/// A step of a thousand: how much, and its short name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    pub(crate) size: f64,
    pub(crate) name: &'static str,
}

const UNITS: [(f64, &str, &str); 4] =
    [(1e3, "k", "Tsd."), (1e6, "M", "Mio."), (1e9, "bn", "Mrd."), (1e12, "tn", "Bio.")];

/// The largest unit that leaves a figure of at least 1 after rounding to three digits.
pub(crate) fn unit_for(magnitude: f64, locale: Locale) -> Unit {
    UNITS.iter().rev().find(|(size, ..)| magnitude >= size * 0.9995).map_or(
        Unit { size: 1.0, name: "" },
        |(size, en, de)| Unit {
            size: *size,
            name: match locale {
                Locale::En => en,
                Locale::De => de,
            },
        },
    )
}

/// Numbers too large for any unit: `1.5e21`.
pub(crate) fn scientific(value: f64, locale: Locale) -> String {
    let text = format!("{value:.1e}").replace('-', MINUS);
    match locale {
        Locale::En => text,
        Locale::De => text.replace('.', ","),
    }
}
