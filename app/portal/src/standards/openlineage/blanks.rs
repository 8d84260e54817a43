//! Blanks around the names of jobs and datasets: nobody sees them, and with them one thing would be two.

use serde_json::Value;

use crate::standards::FileError;

/// Takes the blanks around every namespace and every name within one, in facets too, and says where.
pub(super) fn trim(file: &str, event: &mut Value) -> Vec<FileError> {
    let mut trimmed = Vec::new();
    walk(event, "", &mut trimmed);
    let advice = |field| FileError {
        file: file.to_owned(),
        line: 0,
        column: 0,
        field,
        message: "The blanks around this were left out.".to_owned(),
    };
    trimmed.into_iter().map(advice).collect()
}

fn walk(value: &mut Value, path: &str, trimmed: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                walk(item, &format!("{path}[{index}]"), trimmed);
            }
        }
        Value::Object(members) => {
            // The name of a column stands without a namespace, and may be what it likes.
            let is_address = members.contains_key("namespace") && members.contains_key("name");
            for (key, member) in members {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match member {
                    Value::String(text) if is_address && matches!(key.as_str(), "namespace" | "name") => {
                        let inner = text.trim();
                        if !inner.is_empty() && inner.len() < text.len() {
                            *text = inner.to_owned();
                            trimmed.push(path);
                        }
                    }
                    other => walk(other, &path, trimmed),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_blank_never_makes_another_name() {
        let mut event = json!({
            "job": { "namespace": "n ", "name": "j" },
            "outputs": [{ "namespace": "n", "name": "\u{a0}a b\t", "facets": {
                "schema": { "fields": [{ "name": " amount ", "type": "int" }] },
                "lineage": { "inputs": [{ "namespace": "n", "name": "in ", "type": "DATASET" }] },
            } }],
            "inputs": [{ "namespace": "n", "name": " " }],
        });
        let advice = trim("event", &mut event);
        let mut fields: Vec<&str> = advice.iter().map(|advice| advice.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["job.namespace", "outputs[0].facets.lineage.inputs[0].name", "outputs[0].name"]);
        assert_eq!(event["job"], json!({ "namespace": "n", "name": "j" }));
        assert_eq!(event["outputs"][0]["name"], json!("a b"));
        assert_eq!(event["outputs"][0]["facets"]["schema"]["fields"][0]["name"], json!(" amount "));
        assert_eq!(event["inputs"][0]["name"], json!(" "), "a name of blanks is refused as one");
    }
}
