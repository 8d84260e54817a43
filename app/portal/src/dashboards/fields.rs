//! Reads the options of one block, and collects everything that is wrong with them.

use std::fmt;
use std::str::FromStr;

use lakeport_frame::Format;

use super::node::{At, Content, Entry, Node, describe, scalar};
use crate::standards::FileError;
use crate::text::{did_you_mean, list};

/// Collects problems while the whole text is read.
pub(super) struct Problems {
    file: String,
    /// What keeps the text from being used.
    pub(super) errors: Vec<FileError>,
    /// What does not.
    pub(super) warnings: Vec<FileError>,
}

impl Problems {
    /// None so far.
    pub(super) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), errors: Vec::new(), warnings: Vec::new() }
    }

    /// Something is wrong.
    pub(super) fn error(&mut self, at: At, field: &str, message: impl Into<String>) {
        let problem = self.problem(at, field, message.into());
        self.errors.push(problem);
    }

    /// Something is worth saying.
    pub(super) fn warn(&mut self, at: At, field: &str, message: impl Into<String>) {
        let problem = self.problem(at, field, message.into());
        self.warnings.push(problem);
    }

    fn problem(&self, at: At, field: &str, message: String) -> FileError {
        FileError {
            file: self.file.clone(),
            line: at.line,
            column: at.column,
            field: field.to_owned(),
            message,
        }
    }
}

/// The options of one block: a mapping of which only the allowed keys may occur.
pub(super) struct Fields<'p> {
    what: String,
    /// Where the block (or the mapping) starts.
    pub(super) at: At,
    entries: Vec<Entry>,
    /// Where problems go.
    pub(super) problems: &'p mut Problems,
}

impl<'p> Fields<'p> {
    /// Checks that `node` is a mapping with allowed keys only.
    pub(super) fn new(what: &str, at: At, node: Node, allowed: &[&str], problems: &'p mut Problems) -> Self {
        let mut entries = match node.content {
            Content::Map(entries) => entries,
            Content::Null => Vec::new(),
            _ => {
                let message = format!(
                    "{what} expects options such as \"{}: ..\", not {}.",
                    allowed.first().unwrap_or(&"option"),
                    describe(&node)
                );
                problems.error(node.at, what, message);
                Vec::new()
            }
        };
        for Entry { key, at, .. } in &entries {
            if !allowed.contains(&key.as_str()) {
                let message = format!(
                    "{what} has no option \"{}\".{} Allowed: {}.",
                    crate::text::shorten(key),
                    did_you_mean(key, allowed.iter().copied()),
                    list(allowed.iter().copied())
                );
                problems.error(*at, &format!("{what}.{key}"), message);
            }
        }
        entries.retain(|entry| allowed.contains(&entry.key.as_str()));
        Self { what: what.to_owned(), at, entries, problems }
    }

    /// Takes the value of an option; a key without a value counts as absent.
    pub(super) fn take(&mut self, name: &str) -> Option<Node> {
        let index = self.entries.iter().position(|entry| entry.key == name)?;
        let node = self.entries.remove(index).value;
        (!matches!(node.content, Content::Null)).then_some(node)
    }

    /// Says that the value of an option is wrong.
    pub(super) fn wrong(&mut self, name: &str, at: At, message: impl Into<String>) {
        let field = format!("{}.{name}", self.what);
        self.problems.error(at, &field, message);
    }

    /// Says that a required option is absent.
    pub(super) fn missing(&mut self, name: &str, example: &str) {
        let message = format!("{} needs the option \"{name}\", for instance {name}: {example}.", self.what);
        self.wrong(name, self.at, message);
    }

    fn expected(&mut self, name: &str, node: &Node, kind: &str) {
        let message = format!("\"{name}\" expects {kind}, not {}.", describe(node));
        self.wrong(name, node.at, message);
    }

    /// A text with its place.
    pub(super) fn text_at(&mut self, name: &str) -> Option<(String, At)> {
        let node = self.take(name)?;
        if let Some(text) = scalar(&node) {
            return Some((text, node.at));
        }
        self.expected(name, &node, "text");
        None
    }

    /// A text.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.text_at(name).map(|(text, _)| text)
    }

    /// A text that must be there; when it is not, that is said.
    pub(super) fn required_text(&mut self, name: &str, example: &str) -> Option<(String, At)> {
        if !self.entries.iter().any(|entry| entry.key == name && entry.value.content != Content::Null) {
            self.take(name);
            self.missing(name, example);
            return None;
        }
        let (text, at) = self.text_at(name)?;
        if text.trim().is_empty() {
            self.missing(name, example);
            return None;
        }
        Some((text, at))
    }

    /// A yes or no.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let node = self.take(name)?;
        if let Content::Bool(value) = node.content {
            return Some(value);
        }
        self.expected(name, &node, "true or false");
        None
    }

    /// A number.
    pub(super) fn number(&mut self, name: &str) -> Option<(f64, At)> {
        let node = self.take(name)?;
        if let Some(value) = node.number() {
            return Some((value, node.at));
        }
        self.expected(name, &node, "a number");
        None
    }

    /// A whole number between two limits.
    pub(super) fn whole(&mut self, name: &str, low: u32, high: u32) -> Option<u32> {
        let (value, at) = self.number(name)?;
        if value.fract() == 0.0 && (f64::from(low)..=f64::from(high)).contains(&value) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "range checked above"
            )]
            return Some(value as u32);
        }
        self.wrong(name, at, format!("\"{name}\" expects a whole number from {low} to {high}, not {value}."));
        None
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let (text, at) = self.text_at(name)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let allowed = || words.iter().map(|(word, _)| *word);
        let message = format!(
            "\"{name}\" cannot be \"{}\".{} Allowed: {}.",
            crate::text::shorten(&text),
            did_you_mean(&text, allowed()),
            list(allowed())
        );
        self.wrong(name, at, message);
        None
    }

    /// Texts: a list, or one text.
    pub(super) fn texts(&mut self, name: &str) -> Option<Vec<(String, At)>> {
        let node = self.take(name)?;
        let Content::List(items) = &node.content else {
            if let Some(text) = scalar(&node) {
                return Some(vec![(text, node.at)]);
            }
            self.expected(name, &node, "a list of texts");
            return None;
        };
        let mut texts = Vec::new();
        for item in items {
            match scalar(item) {
                Some(text) => texts.push((text, item.at)),
                None => self.expected(name, item, "a list of texts"),
            }
        }
        Some(texts)
    }

    /// A format name.
    pub(super) fn format(&mut self, name: &str) -> Option<Format> {
        let (text, at) = self.text_at(name)?;
        match Format::from_str(&text) {
            Ok(format) => Some(format),
            Err(error) => {
                self.wrong(name, at, format!("{error}."));
                None
            }
        }
    }

    /// `query.column`.
    pub(super) fn data_ref(&mut self, name: &str) -> Option<(DataRef, At)> {
        let (text, at) = self.text_at(name)?;
        self.as_data_ref(name, &text, at)
    }

    /// `query.column` that must be there; when it is not, that is said.
    pub(super) fn required_data_ref(&mut self, name: &str) -> Option<(DataRef, At)> {
        let (text, at) = self.required_text(name, "totals.cases")?;
        self.as_data_ref(name, &text, at)
    }

    fn as_data_ref(&mut self, name: &str, text: &str, at: At) -> Option<(DataRef, At)> {
        let data = data_ref(text);
        if data.is_none() {
            let text = crate::text::shorten(text);
            let message =
                format!("\"{name}\" expects a query and a column, such as totals.cases, not \"{text}\".");
            self.wrong(name, at, message);
        }
        data.map(|data| (data, at))
    }
}

/// A column of a named query, written `query.column`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataRef {
    /// The query.
    pub query: String,
    /// The column.
    pub column: String,
}

impl fmt::Display for DataRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.query, self.column)
    }
}

/// Reads `query.column`; the column may be any name without a point.
pub(super) fn data_ref(text: &str) -> Option<DataRef> {
    let (query, column) = text.trim().split_once('.')?;
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|char| char.is_alphanumeric() || char == '_' || char == '-')
    };
    (is_name(query) && plain(column)).then(|| DataRef { query: query.to_owned(), column: column.to_owned() })
}

/// True for names of widgets, queries and tests: lower case letters, digits and `_`, a letter first.
pub(super) fn is_name(text: &str) -> bool {
    text.len() <= 60
        && text.starts_with(|char: char| char.is_ascii_lowercase())
        && text.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_')
}

/// True for `layer.name`, the way SQL names a table of the lake.
pub(crate) fn is_table(text: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|char: char| char.is_ascii_lowercase() || char == '_')
            && part.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_')
    };
    text.len() <= 200 && text.split('.').count() == 2 && text.split('.').all(part)
}
