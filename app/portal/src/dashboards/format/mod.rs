//! The text format of dashboards: front matter, Markdown, fenced blocks and containers.
//!
//! [`parse`] reads a whole text and says everything that is wrong with it at once, each with its
//! place. The format itself is described in the README of this folder's parent.

mod checks;
mod conditions;
mod document;
mod elements;
mod expectations;
mod front;
mod split;
mod sql;
mod stated;
pub(in crate::dashboards) mod text;
mod tree;

#[cfg(test)]
mod tests;

pub use document::{
    Block, BlockKind, ChartBlock, ChartShape, ColumnStyle, Dashboard, DeltaColor, Front, MetricBlock, Piece,
    SqlQuery, Subscription, TabBlock, TableBlock,
};
pub use expectations::{Alert, Condition, Operator, Term, TestCase};
pub(crate) use text::safe_html;

pub use super::fields::DataRef;
pub use super::widgets::{Options, Widget};
use super::{fields, node, widgets};
use crate::standards::FileError;

/// Longest text read, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;

/// Reads a dashboard. `file_name` only names the text in problems.
///
/// # Errors
/// Everything that is wrong, in the order of the text.
pub fn parse(file_name: &str, text: &str) -> Result<Dashboard, Vec<FileError>> {
    let mut problems = fields::Problems::new(file_name);
    if text.len() > MAX_BYTES {
        let at = node::At { line: 1, column: 1 };
        problems.error(
            at,
            "",
            format!("The text has {} bytes; a dashboard may have {MAX_BYTES}.", text.len()),
        );
        return Err(problems.errors);
    }
    let split::Split { front, segments } = split::split(text, &mut problems);
    let front = front.and_then(|(yaml, line)| match node::read(&yaml, line) {
        Ok(node) => Some(front::read(node, &mut problems)),
        Err((at, message)) => {
            problems.error(at, "front matter", message);
            None
        }
    });
    let (front, deliveries) = front.unzip();
    let mut read = tree::read(segments, &mut problems);
    read.params.extend(deliveries.unwrap_or_default());
    checks::check(front.as_ref(), &read, &mut problems);
    let by_place = |problem: &FileError| (problem.line, problem.column);
    problems.errors.sort_by_key(by_place);
    problems.warnings.sort_by_key(by_place);
    let tree::Read { widgets, queries, body, alerts, tests, .. } = read;
    match front {
        Some(front) if problems.errors.is_empty() => {
            Ok(Dashboard { front, widgets, queries, body, alerts, tests, warnings: problems.warnings })
        }
        _ => Err(problems.errors),
    }
}
