//! YAML with the place of every value.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Spanned, options};

/// A place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    /// Line, from 1.
    pub(super) line: u32,
    /// Column, from 1.
    pub(super) column: u32,
}

/// A YAML value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// Its place in the file.
    pub(super) at: At,
    /// The value.
    pub(super) value: Yaml,
}

/// A YAML value.
#[derive(Debug, Clone)]
pub(super) enum Yaml {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) at: At,
    pub(super) name: String,
}

/// Reads YAML that starts on `first_line` of its file.
///
/// # Errors
/// The place and the sentence of the first thing that is no YAML.
pub(super) fn read(text: &str, first_line: u32) -> Result<Node, (At, String)> {
    let options =
        options! { with_snippet: false, strict_booleans: true, leading_zero_numbers_as_strings: true };
    let offset = first_line.saturating_sub(1);
    match serde_saphyr::from_str_with_options::<Node>(text, options) {
        Ok(mut node) => {
            node.shift(offset);
            Ok(node)
        }
        Err(error) => {
            let (line, column) = error.location().map_or((1, 1), |place| (place.line(), place.column()));
            let at = At { line: clamp(line).saturating_add(offset), column: clamp(column) };
            Err((at, sentence(&error.to_string())))
        }
    }
}

/// The reader's sentence without its own place (ours is of the file) and without its programming advice.
fn sentence(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    let first = first.rfind(" at line ").map_or(first, |end| &first[..end]);
    let first = first.find(", set DuplicateKeyPolicy").map_or(first, |end| &first[..end]);
    format!("this is not valid YAML: {first}")
}

fn clamp(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX).max(1)
}

impl Node {
    fn shift(&mut self, lines: u32) {
        self.at.line = self.at.line.saturating_add(lines);
        match &mut self.value {
            Yaml::List(items) => items.iter_mut().for_each(|item| item.shift(lines)),
            Yaml::Map(entries) => {
                for (key, value) in entries {
                    key.at.line = key.at.line.saturating_add(lines);
                    value.shift(lines);
                }
            }
            _ => {}
        }
    }

    /// The value as text, where it is one word or number; lists and mappings have none.
    pub(super) fn scalar(&self) -> Option<String> {
        match &self.value {
            Yaml::Text(text) => Some(text.clone()),
            Yaml::Number(number) => Some(number.to_string()),
            Yaml::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// What the value is, for a sentence.
    pub(super) fn describe(&self) -> String {
        match &self.value {
            Yaml::Null => "nothing".to_owned(),
            Yaml::Bool(value) => value.to_string(),
            Yaml::Number(number) => number.to_string(),
            Yaml::Text(text) => format!("\"{}\"", super::suggest::shorten(text)),
            Yaml::List(_) => "a list".to_owned(),
            Yaml::Map(_) => "a mapping".to_owned(),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, referenced, .. } = Spanned::<Yaml>::deserialize(deserializer)?;
        let at = At { line: clamp(referenced.line()), column: clamp(referenced.column()) };
        Ok(Self { at, value })
    }
}

impl<'de> Deserialize<'de> for Yaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(YamlVisitor)
    }
}

struct YamlVisitor;

#[expect(clippy::cast_precision_loss, reason = "figures in a dashboard's text have fewer than 15 digits")]
impl<'de> Visitor<'de> for YamlVisitor {
    type Value = Yaml;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Yaml, E> {
        Ok(Yaml::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Yaml, E> {
        Ok(Yaml::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Yaml, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Yaml, E> {
        Ok(Yaml::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Yaml, E> {
        Ok(Yaml::Number(value as f64))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Yaml, E> {
        Ok(Yaml::Number(value as f64))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Yaml, E> {
        Ok(Yaml::Number(value as f64))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Yaml, E> {
        Ok(Yaml::Number(value as f64))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Yaml, E> {
        if value.is_finite() { Ok(Yaml::Number(value)) } else { Ok(Yaml::Text(value.to_string())) }
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Yaml, E> {
        Ok(Yaml::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Yaml, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Yaml::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Yaml, A::Error> {
        let mut map = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Spanned<String>, Node>()? {
            let at = At { line: clamp(key.referenced.line()), column: clamp(key.referenced.column()) };
            map.push((Key { at, name: key.value }, value));
        }
        Ok(Yaml::Map(map))
    }
}
