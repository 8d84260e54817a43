//! JSON whose keys may stand twice in one object. The last one counts, as with most readers, and the sender is told:
//! one of the two was lost on the way.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Most keys named.
const MOST: usize = 20;

/// Reads a text; answers the value and the paths of the keys that stand twice.
///
/// # Errors
/// The text is not JSON.
pub(super) fn read(text: &str) -> serde_json::Result<(Value, Vec<String>)> {
    let mut twice = Vec::new();
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Part(&mut twice).deserialize(&mut reader)?;
    reader.end()?;
    Ok((value, twice))
}

/// A part of the text, with what was found so far.
struct Part<'a>(&'a mut Vec<String>);

impl Part<'_> {
    /// Puts a step in front of what was found from `before` on: a path grows from its end.
    fn prefix(&mut self, before: usize, step: &str) {
        for path in &mut self.0[before..] {
            *path = if path.starts_with('[') { format!("{step}{path}") } else { format!("{step}.{path}") };
        }
    }
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let before = self.0.len();
            let Some(item) = items.next_element_seed(Part(self.0))? else { return Ok(Value::Array(list)) };
            self.prefix(before, &format!("[{}]", list.len()));
            list.push(item);
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let before = self.0.len();
            let value = members.next_value_seed(Part(self.0))?;
            self.prefix(before, &key);
            if map.insert(key.clone(), value).is_some() && self.0.len() < MOST {
                self.0.push(key);
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_named_with_its_way_and_the_last_counts() {
        let text = r#"{"a": 1, "list": [{"b": 1}, {"b": 2, "deep": {"c": 1, "c": 2}}], "a": {"x": null}}"#;
        let (value, twice) = read(text).expect("it is JSON");
        assert_eq!(twice, ["list[1].deep.c", "a"]);
        assert_eq!(value, serde_json::from_str::<Value>(text).expect("it is JSON"));
        assert!(read("{} {}").is_err());
        assert!(read(&"[".repeat(100_000)).is_err(), "nesting is bounded");
    }

    #[test]
    fn values_are_read_as_they_are() {
        let text = r#"[null, true, -1, 18446744073709551615, 1.5e300, "text", "\u0000", []]"#;
        assert_eq!(
            read(text).expect("it is JSON"),
            (serde_json::from_str(text).expect("it is JSON"), Vec::new())
        );
    }
}
