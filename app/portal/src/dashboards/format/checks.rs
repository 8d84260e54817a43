//! What can only be checked when the whole text is known.

use std::collections::{BTreeMap, BTreeSet};

use super::Options;
use super::document::Front;
use super::elements::{Named, Use};
use super::fields::Problems;
use super::node::At;
use super::tree::Read;
use crate::text::{did_you_mean, list, shorten};

/// Checks names across blocks.
pub(super) fn check(front: Option<&Front>, read: &Read, problems: &mut Problems) {
    names(read, problems);
    if let Some(front) = front {
        tables(front, read, problems);
    }
    let by_parameter = parameters(read, problems);
    named(read, &by_parameter, problems);
    values(read, problems);
    unused(read, &by_parameter, problems);
}

fn names(read: &Read, problems: &mut Problems) {
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for (name, at) in &read.names {
        if let Some(line) = seen.get(name.as_str()) {
            let message =
                format!("\"{name}\" is already the name of the block on line {line}; names are unique.");
            problems.error(*at, "", message);
        } else {
            seen.insert(name, at.line);
        }
    }
}

fn tables(front: &Front, read: &Read, problems: &mut Problems) {
    if let (true, Some(query)) = (front.reads.is_empty(), read.queries.first()) {
        let at = At { line: query.line, column: 1 };
        let message = "This query reads no table, for the front matter names none; add reads: [gold.collections] there.";
        problems.error(at, "front matter.reads", message);
    }
    for widget in &read.widgets {
        if let Some(Options::Column { table, .. }) = widget.options()
            && !front.reads.contains(table)
        {
            let message = format!(
                "The options come from \"{table}\", which \"reads\" in the front matter does not name. It names: {}.",
                list(front.reads.iter().map(String::as_str))
            );
            problems.error(At { line: widget.line, column: 1 }, "options.column", message);
        }
    }
}

/// SQL parameters and the widget that binds each.
fn parameters<'a>(read: &'a Read, problems: &mut Problems) -> BTreeMap<String, &'a str> {
    let mut by_parameter: BTreeMap<String, &str> = BTreeMap::new();
    for widget in &read.widgets {
        for parameter in widget.parameters() {
            if let Some(other) = by_parameter.get(&parameter).filter(|other| **other != widget.name) {
                let message = format!(
                    "\"{}\" and \"{other}\" both bind ${parameter}; rename one of them.",
                    widget.name
                );
                problems.error(At { line: widget.line, column: 1 }, "", message);
            }
            by_parameter.insert(parameter, &widget.name);
        }
    }
    for (query, parameter, at) in &read.parameters {
        if by_parameter.contains_key(parameter) {
            continue;
        }
        let message = if parameter.is_empty() || parameter.starts_with(|char: char| char.is_ascii_digit()) {
            format!("${parameter} is not a parameter here; parameters have the name of a filter.")
        } else {
            let with_dollar: Vec<String> = by_parameter.keys().map(|name| format!("${name}")).collect();
            format!(
                "No filter binds ${}.{} Bound: {}.",
                shorten(parameter),
                did_you_mean(&format!("${parameter}"), with_dollar.iter().map(String::as_str)),
                list(with_dollar.iter().map(String::as_str))
            )
        };
        problems.error(*at, &format!("sql {query}"), message);
    }
    by_parameter
}

fn named(read: &Read, by_parameter: &BTreeMap<String, &str>, problems: &mut Problems) {
    let queries = || read.queries.iter().map(|query| query.name.as_str());
    let widgets = || read.widgets.iter().map(|widget| widget.name.as_str());
    for used in &read.uses {
        let message = match &used.what {
            Named::Query(name) if !queries().any(|query| query == name) => format!(
                "There is no query \"{}\".{} Queries: {}.",
                shorten(name),
                did_you_mean(name, queries()),
                list(queries())
            ),
            Named::Widget(name) | Named::Selectable(name) if !widgets().any(|widget| widget == name) => {
                no_filter(name, widgets())
            }
            Named::Selectable(name) if !selectable(read, name) => {
                format!(
                    "A chosen mark cannot set \"{name}\"; it sets a selectbox, multiselect or text_input."
                )
            }
            Named::Compared(name) => match compared(read, name, by_parameter) {
                Some(message) => message,
                None => continue,
            },
            _ => continue,
        };
        problems.error(used.at, &used.field, message);
    }
}

fn no_filter<'a>(name: &str, widgets: impl Iterator<Item = &'a str> + Clone) -> String {
    let hint = did_you_mean(name, widgets.clone());
    format!("There is no filter \"{}\".{hint} Filters: {}.", shorten(name), list(widgets))
}

fn selectable(read: &Read, name: &str) -> bool {
    read.widgets.iter().any(|widget| widget.name == name && widget.takes_marks())
}

/// A query can be compared when exactly one period with `compare` drives it.
fn compared(read: &Read, name: &str, by_parameter: &BTreeMap<String, &str>) -> Option<String> {
    let query = read.queries.iter().find(|query| query.name == name)?;
    let drives: BTreeSet<&str> =
        query.parameters.iter().filter_map(|parameter| by_parameter.get(parameter).copied()).collect();
    let periods = read.widgets.iter().filter(|widget| drives.contains(widget.name.as_str()));
    let count = periods.filter(|widget| widget.compares()).count();
    match count {
        1 => None,
        0 => Some(format!(
            "The query \"{name}\" uses no period to compare; it needs a date_input with range: true and \
             compare: previous_period."
        )),
        _ => Some(format!(
            "The query \"{name}\" uses {count} periods, so it is not clear which one to compare."
        )),
    }
}

/// Filter values of alerts, tests and deliveries.
fn values(read: &Read, problems: &mut Problems) {
    for values in &read.params {
        for (name, value, at) in values {
            let Some(widget) = read.widgets.iter().find(|widget| widget.name == *name) else {
                problems.error(
                    *at,
                    "params",
                    no_filter(name, read.widgets.iter().map(|widget| widget.name.as_str())),
                );
                continue;
            };
            if let Some(message) = widget.wrong_with(value) {
                problems.error(*at, &format!("params.{name}"), message);
            }
        }
    }
}

fn unused(read: &Read, by_parameter: &BTreeMap<String, &str>, problems: &mut Problems) {
    let in_sql: BTreeSet<&str> =
        read.parameters.iter().filter_map(|(_, parameter, _)| by_parameter.get(parameter).copied()).collect();
    for widget in &read.widgets {
        let in_text =
            read.uses.iter().any(|used| matches!(&used.what, Named::Widget(name) if *name == widget.name));
        if !in_text && !in_sql.contains(widget.name.as_str()) {
            let parameters: Vec<String> = widget.parameters().iter().map(|name| format!("${name}")).collect();
            let message =
                format!("No query uses this filter ({}).", list(parameters.iter().map(String::as_str)));
            problems.warn(At { line: widget.line, column: 1 }, &widget.name, message);
        }
    }
    for query in &read.queries {
        let shows = |used: &Use| !used.field.starts_with("alert.") && !used.field.starts_with("test.");
        let names = |used: &Use| matches!(&used.what, Named::Query(name) if *name == query.name);
        let is_used = read.uses.iter().any(|used| names(used) && shows(used));
        if !is_used {
            let at = At { line: query.line, column: 1 };
            problems.warn(at, &query.name, "Nothing shows this query, so it is not run.");
        }
    }
}
