//! Small pieces of SQL. Names and texts from a contract are always quoted, never pasted.

use lakeport_frame::{Check, Comparison, Exact};
use serde_json::Value;

/// A table by its catalog name: each part quoted where it is not a plain lower-case word.
pub(super) fn table_name(name: &str) -> String {
    let part = |part: &str| {
        let plain = part.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if plain { part.to_owned() } else { column_name(part) }
    };
    name.split('.').map(part).collect::<Vec<_>>().join(".")
}

/// A column, quoted, so that neither case nor reserved words matter.
pub(super) fn column_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text literal.
pub(super) fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Values as text; `null` has none.
pub(super) fn as_texts(values: &[Value]) -> Vec<String> {
    values
        .iter()
        .filter_map(|value| match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        })
        .collect()
}

/// A check that a count is zero.
pub(super) fn none(sql: String) -> Check {
    Check::Sql {
        sql,
        names: Vec::new(),
        must_be: Comparison::Equal,
        limit: Exact::default(),
        upper: None,
        percent: false,
    }
}
