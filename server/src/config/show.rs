//! The effective configuration as text, secrets hidden.

use std::fmt::Write as _;

use serde_json::Value;

use super::Loaded;

impl Loaded {
    /// Every key with its value and where it was set, as `lakeport.toml` would hold it.
    pub fn show(&self) -> String {
        let mut text = String::new();
        let mut sections = String::new();
        let all = serde_json::to_value(&self.config).unwrap_or_default();
        for (key, value) in all.as_object().into_iter().flatten() {
            match value {
                Value::Object(inner) => {
                    for (section, values) in inner {
                        self.section(&mut sections, &format!("{key}.{section}"), values);
                    }
                }
                Value::Null => _ = writeln!(text, "# {key} is not set"),
                value => _ = writeln!(text, "{key} = {value}  # {}", self.origin(key)),
            }
        }
        text + &sections
    }

    fn section(&self, text: &mut String, name: &str, values: &Value) {
        let Some(values) = values.as_object().filter(|values| !values.is_empty()) else { return };
        _ = writeln!(text, "\n[{name}]");
        for (key, value) in values {
            let shown = if name.starts_with("storage.") && is_secret(key) {
                Value::from("(hidden)")
            } else {
                value.clone()
            };
            _ = writeln!(text, "{key} = {shown}  # {}", self.origin(&format!("{name}.{key}")));
        }
    }
}

/// Options of object stores that carry a secret.
fn is_secret(key: &str) -> bool {
    ["secret", "key", "token", "password", "credential"].iter().any(|word| key.contains(word))
}
