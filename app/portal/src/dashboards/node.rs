//! Front matter and options: YAML as all documents are read, with places in the file that holds it.

use crate::standards::yaml::parse;
pub(super) use crate::standards::yaml::{Content, Entry, Node, Position as At};
use crate::text::shorten;

/// Reads YAML that starts on `first_line` of its file.
///
/// # Errors
/// The place and the sentence of the first thing that is not YAML.
pub(super) fn read(text: &str, first_line: u64) -> Result<Node, (At, String)> {
    if text.trim().is_empty() {
        return Ok(Node::empty(At { line: first_line, column: 1 }));
    }
    let above = first_line.saturating_sub(1);
    match parse("", text) {
        Ok(mut node) => {
            node.move_down(above);
            Ok(node)
        }
        Err(errors) => {
            let first = errors.into_iter().next().expect("an error says at least one thing");
            let at = At { line: first.line.max(1) + above, column: first.column.max(1) };
            Err((at, first.message))
        }
    }
}

/// The value as text, where it is one word or number; lists and mappings have none.
pub(super) fn scalar(node: &Node) -> Option<String> {
    match &node.content {
        Content::Text(text) => Some(text.clone()),
        Content::Number(number) => Some(
            number
                .as_f64()
                .filter(|_| number.is_f64())
                .map_or_else(|| number.to_string(), |it| it.to_string()),
        ),
        Content::Bool(value) => Some(value.to_string()),
        Content::Null | Content::List(_) | Content::Map(_) => None,
    }
}

/// What the value is, for a sentence.
pub(super) fn describe(node: &Node) -> String {
    match &node.content {
        Content::Null => "nothing".to_owned(),
        Content::Text(text) => format!("\"{}\"", shorten(text)),
        Content::List(_) => "a list".to_owned(),
        Content::Map(_) => "a mapping".to_owned(),
        Content::Bool(_) | Content::Number(_) => scalar(node).unwrap_or_default(),
    }
}
