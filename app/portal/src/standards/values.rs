//! Reading the plain values that models are made of.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::read::{Blank, Read, Reader};
use super::yaml::{Content, Node};
use crate::text;

/// A value that is neither list nor mapping.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Scalar(Value);

impl Scalar {
    /// The value as JSON.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The number, also when it is written as text (`"4"`, `99.9%`).
    pub fn as_f64(&self) -> Option<f64> {
        match &self.0 {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().trim_end_matches('%').trim_end().parse().ok(),
            _ => None,
        }
    }
}

impl Default for Scalar {
    fn default() -> Self {
        Self(Value::Null)
    }
}

impl<T: Into<Value>> From<T> for Scalar {
    fn from(value: T) -> Self {
        Self(value.into())
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::String(text) => f.write_str(text),
            other => other.fmt(f),
        }
    }
}

impl Blank for Scalar {}
impl Blank for String {}
impl Blank for bool {}
impl Blank for Value {}
impl<T> Blank for Option<T> {
    fn is_blank(&self) -> bool {
        self.is_none()
    }
}
impl<T> Blank for Vec<T> {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}
impl<T> Blank for BTreeMap<String, T> {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}

impl Read for String {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Some(text) = node.text() else {
            reader.expected(node, "text");
            return None;
        };
        reader.look_at_name(node.at, text);
        Some(if reader.is_at_own_name() { text::spelled(text) } else { text.to_owned() })
    }
}

impl Read for bool {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Content::Bool(value) = node.content {
            return Some(value);
        }
        reader.expected(node, "true or false");
        None
    }
}

impl Read for Number {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Content::Number(value) = &node.content {
            return Some(value.clone());
        }
        reader.expected(node, "a number");
        None
    }
}

impl Read for i64 {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let value = match &node.content {
            Content::Number(value) => value.as_i64(),
            _ => None,
        };
        if value.is_none() {
            reader.expected(node, "a whole number");
        }
        value
    }
}

impl Read for u64 {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let value = match &node.content {
            Content::Number(value) => value.as_u64(),
            _ => None,
        };
        if value.is_none() {
            reader.expected(node, "a whole number of at least 0");
        }
        value
    }
}

impl Read for Value {
    fn read(node: &Node, _: &mut Reader) -> Option<Self> {
        Some(node.value())
    }
}

impl Read for Map<String, Value> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Value::Object(members) = node.value() {
            return Some(members);
        }
        reader.expected(node, "a mapping");
        None
    }
}

impl Read for Scalar {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if matches!(node.content, Content::List(_) | Content::Map(_)) {
            reader.expected(node, "a single value");
            return None;
        }
        Some(Self(node.value()))
    }
}

impl<T: Read> Read for Box<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        T::read(node, reader).map(Box::new)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        T::read(node, reader).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Content::List(items) = &node.content else {
            reader.expected(node, "a list");
            return None;
        };
        // Every element is read before the first failure ends it, so that all errors are told.
        let values: Vec<Option<T>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| reader.inside(&format!("[{index}]"), |reader| T::read(item, reader)))
            .collect();
        values.into_iter().collect()
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Content::Map(entries) = &node.content else {
            reader.expected(node, "a mapping");
            return None;
        };
        let values: Vec<Option<(String, T)>> = entries
            .iter()
            .map(|entry| {
                let value =
                    reader.inside(&format!(".{}", entry.key), |reader| T::read(&entry.value, reader))?;
                Some((entry.key.clone(), value))
            })
            .collect();
        values.into_iter().collect()
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl Blank for DateTime<Utc> {}

impl Read for DateTime<Utc> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = String::read(node, reader)?;
        if let Ok(time) = DateTime::parse_from_rfc3339(&text) {
            return Some(time.to_utc());
        }
        if reader.is_lenient() {
            // `+0000` is how some languages print a zone; none at all is how others print UTC.
            if let Ok(time) = DateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f%z") {
                return Some(time.to_utc());
            }
            if let Ok(time) =
                NaiveDateTime::parse_from_str(&text.replacen(' ', "T", 1), "%Y-%m-%dT%H:%M:%S%.f")
            {
                reader.advise(
                    node.at,
                    format!("\"{text}\" has no zone and was taken as UTC; add Z to say so."),
                );
                return Some(time.and_utc());
            }
        }
        reader
            .error(node.at, format!("\"{text}\" is not a time with its zone, such as 2026-05-01T08:30:00Z."));
        None
    }
}
