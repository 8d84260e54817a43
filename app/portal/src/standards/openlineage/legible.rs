//! Facets that hold what no program means to send, what no database keeps and what nobody sees: they are left out, whatever
//! they are about. Words are kept without what nobody sees in them; a column without it would be another column.

use serde_json::Value;

use crate::standards::FileError;
use crate::text;

/// Takes every facet out that nobody could read, and out of the words of the others what nobody sees; says where.
pub(super) fn keep(file: &str, event: &mut Value) -> Vec<FileError> {
    let mut found = Vec::new();
    walk(event, "", &mut found);
    let advice = |(field, letter, done): (String, char, &str)| FileError {
        file: file.to_owned(),
        line: 0,
        column: 0,
        field,
        message: format!("This holds U+{:04X}, which nobody sees, and {done}.", u32::from(letter)),
    };
    found.into_iter().map(advice).collect()
}

/// Where something was found, what, and what was done about it.
type Found = Vec<(String, char, &'static str)>;

fn walk(value: &mut Value, path: &str, found: &mut Found) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                walk(item, &format!("{path}[{index}]"), found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match member {
                    Value::Object(facets) if key == "facets" || key.ends_with("Facets") => {
                        facets.retain(|name, facet| {
                            let path = format!("{path}.{name}");
                            let unfit = text::hidden(name).or_else(|| unfit(facet));
                            match unfit {
                                Some(letter) => found.push((path, letter, "was left out")),
                                None => clean(facet, &path, found),
                            }
                            unfit.is_none()
                        });
                    }
                    other => walk(other, &path, found),
                }
            }
        }
        _ => {}
    }
}

/// The first control character in whatever this holds, or what nobody sees in the name of a column. The names of jobs and
/// datasets are looked at where they are read.
fn unfit(value: &Value) -> Option<char> {
    match value {
        Value::String(text) => text::control(text),
        Value::Array(items) => items.iter().find_map(unfit),
        Value::Object(members) => members.iter().find_map(|(key, member)| {
            let column = member.as_str().filter(|_| key == "field").and_then(text::hidden);
            text::hidden(key).or(column).or_else(|| unfit(member))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Takes out of all words that are no names what nobody sees.
fn clean(value: &mut Value, path: &str, found: &mut Found) {
    match value {
        Value::String(text) => {
            if let Some(letter) = text::hidden(text) {
                *text = text::seen(text);
                found.push((path.to_owned(), letter, "it was taken out"));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                clean(item, &format!("{path}[{index}]"), found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                if !matches!(key.as_str(), "namespace" | "name") {
                    clean(member, &format!("{path}.{key}"), found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
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

    #[test]
    fn what_nobody_sees_is_never_kept_in_the_words_of_a_facet() {
        let mut event = json!({
            "inputs": [{ "facets": { "columnLineage": { "fields": { "a\u{200b}": { "inputFields": [] } } } } }],
            "outputs": [{ "facets": {
                "documentation": { "description": "gold\u{202e}terces\n\u{1f469}\u{200d}\u{1f52c}" },
                "schema": { "fields": [{ "name": "a", "type": "in\u{200b}t" }] },
                "columnLineage": { "fields": { "a": { "inputFields": [{ "field": "b\u{ad}" }] } } },
            } }],
        });
        let told = keep("event", &mut event);
        let mut told: Vec<String> =
            told.into_iter().map(|advice| format!("{}: {}", advice.field, advice.message)).collect();
        told.sort_unstable();
        assert_eq!(
            told,
            [
                "inputs[0].facets.columnLineage: This holds U+200B, which nobody sees, and was left out.",
                "outputs[0].facets.columnLineage: This holds U+00AD, which nobody sees, and was left out.",
                "outputs[0].facets.documentation.description: This holds U+202E, which nobody sees, and it was taken out.",
                "outputs[0].facets.schema.fields[0].type: This holds U+200B, which nobody sees, and it was taken out.",
            ]
        );
        assert_eq!(
            event["outputs"][0]["facets"],
            json!({
                "documentation": { "description": "goldterces\n\u{1f469}\u{200d}\u{1f52c}" },
                "schema": { "fields": [{ "name": "a", "type": "int" }] },
            })
        );
    }
}
