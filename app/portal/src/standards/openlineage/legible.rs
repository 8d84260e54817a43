//! Facets that hold what no program means to send and no database keeps: they are left out, whatever they are about.

use serde_json::Value;

use crate::standards::FileError;
use crate::text;

/// Takes every facet out that holds a control character, and says which.
pub(super) fn keep(file: &str, event: &mut Value) -> Vec<FileError> {
    let mut left_out = Vec::new();
    walk(event, "", &mut left_out);
    let advice = |(field, letter): (String, char)| FileError {
        file: file.to_owned(),
        line: 0,
        column: 0,
        field,
        message: format!("This holds the control character U+{:04X} and was left out.", u32::from(letter)),
    };
    left_out.into_iter().map(advice).collect()
}

fn walk(value: &mut Value, path: &str, left_out: &mut Vec<(String, char)>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                walk(item, &format!("{path}[{index}]"), left_out);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match member {
                    Value::Object(facets) if key == "facets" || key.ends_with("Facets") => {
                        facets.retain(|name, facet| {
                            let found = text::control(name).or_else(|| control(facet));
                            left_out.extend(found.map(|letter| (format!("{path}.{name}"), letter)));
                            found.is_none()
                        });
                    }
                    other => walk(other, &path, left_out),
                }
            }
        }
        _ => {}
    }
}

/// The first control character in whatever this holds.
fn control(value: &Value) -> Option<char> {
    match value {
        Value::String(text) => text::control(text),
        Value::Array(items) => items.iter().find_map(control),
        Value::Object(members) => {
            members.iter().find_map(|(key, member)| text::control(key).or_else(|| control(member)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_control_character_is_never_kept_in_a_facet() {
        let mut event = json!({
            "run": { "facets": { "own": { "deep": [{ "a\0": 1 }] }, "fine": { "text": "two\nlines" } } },
            "job": { "facets": { "sql": { "query": "SELECT 1\0" } } },
            "inputs": [{ "inputFacets": { "dataQuality": { "note": "\u{1b}[2J" } } }],
            "outputs": [{ "facets": { "schema": { "fields": [{ "name": "a\0", "type": "int" }] } } }],
        });
        let advice = keep("event", &mut event);
        let mut fields: Vec<&str> = advice.iter().map(|advice| advice.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(
            fields,
            [
                "inputs[0].inputFacets.dataQuality",
                "job.facets.sql",
                "outputs[0].facets.schema",
                "run.facets.own"
            ]
        );
        assert!(advice.iter().any(|advice| advice.message.contains("U+001B")), "{advice:?}");
        assert_eq!(event["run"]["facets"], json!({ "fine": { "text": "two\nlines" } }));
    }
}
