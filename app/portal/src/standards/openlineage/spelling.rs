//! The spelling of the names of jobs and datasets: nobody sees it, and by it one thing would be two.

use serde_json::Value;

use crate::standards::FileError;
use crate::text;

/// Takes the blanks around every namespace and every name within one, in facets too, and says where, and where a name is
/// taken in another spelling than it came in. Otherwise it stays as it came, for what is there already may be kept so.
pub(super) fn trim(file: &str, event: &mut Value) -> Vec<FileError> {
    let mut unified = Vec::new();
    walk(event, "", &mut unified);
    let advice = |(field, message)| FileError { file: file.to_owned(), line: 0, column: 0, field, message };
    unified.into_iter().map(advice).collect()
}

/// Fields, and what is said of each.
type Unified = Vec<(String, String)>;

fn walk(value: &mut Value, path: &str, unified: &mut Unified) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                walk(item, &format!("{path}[{index}]"), unified);
            }
        }
        Value::Object(members) => {
            // The name of a column stands without a namespace, and may be what it likes.
            let is_address = members.contains_key("namespace") && members.contains_key("name");
            for (key, member) in members {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match member {
                    Value::String(text) if is_address && matches!(key.as_str(), "namespace" | "name") => {
                        let spelled = text::spelled(text);
                        if !spelled.is_empty() && spelled != *text {
                            unified.push((path, said(text, &spelled)));
                            *text = text.trim().to_owned();
                        }
                    }
                    other => walk(other, &path, unified),
                }
            }
        }
        _ => {}
    }
}

fn said(sent: &str, spelled: &str) -> String {
    if sent.trim() == spelled {
        "The blanks around this were left out.".to_owned()
    } else {
        format!(
            "This was taken as \"{spelled}\": accents in one with their letters (NFC), one blank between words."
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_spelling_never_makes_another_name() {
        let mut event = json!({
            "job": { "namespace": "n ", "name": "j" },
            "outputs": [{ "namespace": "n", "name": "\u{a0}a  cafe\u{301}\t", "facets": {
                "schema": { "fields": [{ "name": " amount  e\u{301}", "type": "int" }] },
                "lineage": { "inputs": [{ "namespace": "n", "name": "in ", "type": "DATASET" }] },
            } }],
            "inputs": [{ "namespace": "n", "name": " " }],
        });
        let advice = trim("event", &mut event);
        let told = "This was taken as \"a caf\u{e9}\": accents in one with their letters (NFC), one blank between words.";
        assert!(
            advice.iter().any(|advice| advice.field == "outputs[0].name" && advice.message == told),
            "{advice:?}"
        );
        let mut fields: Vec<&str> = advice.iter().map(|advice| advice.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["job.namespace", "outputs[0].facets.lineage.inputs[0].name", "outputs[0].name"]);
        assert_eq!(event["job"], json!({ "namespace": "n", "name": "j" }));
        assert_eq!(event["outputs"][0]["name"], json!("a  cafe\u{301}"), "where it lies");
        assert_eq!(event["outputs"][0]["facets"]["schema"]["fields"][0]["name"], json!(" amount  e\u{301}"));
        assert_eq!(event["inputs"][0]["name"], json!(" "), "a name of blanks is refused as one");
    }
}
