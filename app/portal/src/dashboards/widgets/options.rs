//! What a selectbox and a multiselect offer.

use lakeport_model::dashboards::Choice as Entry;

use crate::dashboards::fields::{Fields, is_table};
use crate::dashboards::node::{At, Content, Node, describe, scalar};
use crate::text::{did_you_mean, shorten};

/// What a filter offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Options {
    /// These texts.
    List(Vec<String>),
    /// The distinct values of a column that the viewer may see.
    Column {
        /// The table as SQL names it.
        table: String,
        /// The column.
        column: String,
    },
}

impl Options {
    /// `options: [A, B]` or `options: {column: gold.collections.creditor}`.
    pub(super) fn read(fields: &mut Fields) -> Option<Self> {
        let Some(node) = fields.take("options") else {
            fields.missing("options", "[open, closed]");
            return None;
        };
        match &node.content {
            Content::List(items) => Some(Self::List(texts(fields, node.at, items))),
            Content::Map(_) => column(fields, node),
            Content::Null | Content::Bool(_) | Content::Number(_) | Content::Text(_) => {
                let message = format!(
                    "\"options\" expects a list of values or {{column: TABLE.COLUMN}}, not {}.",
                    describe(&node)
                );
                fields.wrong("options", node.at, message);
                None
            }
        }
    }

    /// Says of a default that is not among them that it is not.
    pub(super) fn check_default(&self, fields: &mut Fields, (text, at): &(String, At)) {
        let Self::List(values) = self else { return };
        if !values.contains(text) {
            let hint = did_you_mean(text, values.iter().map(String::as_str));
            let message = format!("The default \"{}\" is not among the options.{hint}", shorten(text));
            fields.wrong("default", *at, message);
        }
    }

    /// All of them; `None` where they come from a column and are not known.
    pub(super) fn all<'a>(&'a self, known: Option<&'a [String]>) -> Option<&'a [String]> {
        match self {
            Self::List(values) => Some(values),
            Self::Column { .. } => known,
        }
    }

    /// All of them for a control. What is chosen stays visible even where the options could not be read.
    pub(super) fn entries(&self, known: &[String], chosen: &[String]) -> Vec<Entry> {
        let known = self.all(Some(known)).unwrap_or_default();
        let extra = chosen.iter().filter(|value| !value.is_empty() && !known.contains(value));
        let entry = |value: &String| Entry {
            value: value.clone(),
            label: value.clone(),
            chosen: chosen.contains(value),
        };
        known.iter().chain(extra).map(entry).collect()
    }
}

fn texts(fields: &mut Fields, at: At, items: &[Node]) -> Vec<String> {
    let mut values = Vec::new();
    for item in items {
        match scalar(item) {
            Some(text) if values.contains(&text) => {
                let message = format!("The option \"{}\" is named twice.", shorten(&text));
                fields.wrong("options", item.at, message);
            }
            Some(text) => values.push(text),
            None => {
                fields.wrong("options", item.at, format!("An option is a text, not {}.", describe(item)));
            }
        }
    }
    if values.is_empty() {
        fields.wrong("options", at, "\"options\" needs at least one value.");
    }
    values
}

fn column(fields: &mut Fields, node: Node) -> Option<Options> {
    let mut inner = Fields::new("options", node.at, node, &["column"], fields.problems);
    let (text, at) = inner.required_text("column", "gold.collections.creditor")?;
    if let Some((table, column)) = text.rsplit_once('.')
        && is_table(table)
        && !column.is_empty()
    {
        return Some(Options::Column { table: table.to_owned(), column: column.to_owned() });
    }
    let message = format!(
        "\"column\" expects a table and its column, such as gold.collections.creditor, not \"{}\".",
        shorten(&text)
    );
    inner.wrong("column", at, message);
    None
}
