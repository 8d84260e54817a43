//! Puts segments together: widgets, queries and the tree of what is shown.

use std::collections::{BTreeMap, BTreeSet};

use super::Widget;
use super::document::{Block, BlockKind, Piece, SqlQuery, TabBlock};
use super::elements::{self, Named, Use};
use super::expectations::{Alert, TestCase};
use super::fields::{Problems, is_name};
use super::front::Params;
use super::node::{self, At};
use super::split::{Fence, Segment};
use super::{sql, text, widgets};
use crate::text::{did_you_mean, list, shorten};

const CONTAINERS: &[&str] = &["columns", "tabs", "tab", "expander", "expanded"];
const OTHER_KINDS: &[&str] = &["sql", "alert", "test"];

/// Deepest nesting of containers.
const MAX_DEPTH: usize = 5;

/// Everything the body says, before it is checked across blocks.
#[derive(Default)]
pub(super) struct Read {
    pub(super) widgets: Vec<Widget>,
    pub(super) queries: Vec<SqlQuery>,
    pub(super) body: Vec<Block>,
    pub(super) alerts: Vec<Alert>,
    pub(super) tests: Vec<TestCase>,
    /// What elements and texts name.
    pub(super) uses: Vec<Use>,
    /// Filter values of alerts, tests and deliveries.
    pub(super) params: Vec<Params>,
    /// Names given, with their places.
    pub(super) names: Vec<(String, At)>,
    /// Parameters in statements, with their query and place.
    pub(super) parameters: Vec<(String, String, At)>,
    ids: BTreeSet<String>,
    /// The next number of each begin of an id.
    numbers: BTreeMap<String, u32>,
}

/// A container that is still open.
struct Open {
    at: At,
    kind: Container,
    children: Vec<Block>,
}

enum Container {
    Columns(Vec<u32>),
    Tabs(Vec<TabBlock>),
    Tab(String),
    Expander { title: String, open: bool },
}

/// Reads the body.
pub(super) fn read(segments: Vec<Segment>, problems: &mut Problems) -> Read {
    let mut read = Read::default();
    let mut open: Vec<Open> = Vec::new();
    let mut too_deep = 0_usize;
    for segment in segments {
        match segment {
            Segment::Text { text, first_line } => {
                let uses = &mut read.uses;
                let pieces =
                    text::pieces(&text, first_line, problems, |piece, at| uses.extend(use_of(piece, at)));
                let at = At { line: first_line, column: 1 };
                let id = read.id("text");
                add(
                    &mut open,
                    &mut read.body,
                    Block { id, line: at.line, kind: BlockKind::Text(pieces) },
                    problems,
                );
            }
            Segment::Fence(fence) => {
                if let Some(block) = read.fence(fence, problems) {
                    add(&mut open, &mut read.body, block, problems);
                }
            }
            Segment::Open { at, kind, rest } => {
                if open.len() >= MAX_DEPTH {
                    if too_deep == 0 {
                        problems.error(at, "", format!("Containers are nested more than {MAX_DEPTH} deep."));
                    }
                    // Not followed: a tree is as deep as the stack of whoever lets go of it.
                    too_deep += 1;
                    continue;
                }
                let in_tabs = open.last().is_some_and(|open| matches!(open.kind, Container::Tabs(_)));
                let kind = container(&kind, &rest, at, in_tabs, problems);
                open.push(Open { at, kind, children: Vec::new() });
            }
            Segment::Close { .. } if too_deep > 0 => too_deep -= 1,
            Segment::Close { at } => match open.pop() {
                Some(closed) => close(closed, &mut open, &mut read, problems),
                None => problems.error(at, "", "There is no open container that ::: could close."),
            },
        }
    }
    while let Some(unclosed) = open.pop() {
        problems.error(unclosed.at, "", "This container is not closed; end it with a line :::.");
        close(unclosed, &mut open, &mut read, problems);
    }
    read
}

fn use_of(piece: &Piece, at: At) -> Option<Use> {
    let what = match piece {
        Piece::Html(_) => return None,
        Piece::Widget(name) => Named::Widget(name.clone()),
        Piece::Value { data, .. } => Named::Query(data.query.clone()),
    };
    Some(Use { at, field: String::new(), what })
}

fn add(open: &mut [Open], body: &mut Vec<Block>, block: Block, problems: &mut Problems) {
    match open.last_mut() {
        None => body.push(block),
        Some(Open { kind: Container::Tabs(_), .. }) => {
            let at = At { line: block.line, column: 1 };
            problems.error(at, "tabs", "Inside ::: tabs stand only ::: tab TITLE containers.");
        }
        Some(parent) => parent.children.push(block),
    }
}

fn close(closed: Open, open: &mut [Open], read: &mut Read, problems: &mut Problems) {
    let Open { at, kind, children } = closed;
    if children.is_empty() && !matches!(&kind, Container::Tabs(tabs) if !tabs.is_empty()) {
        problems.error(at, "", "This container is empty.");
    }
    let (name, kind) = match kind {
        Container::Columns(weights) => ("columns", BlockKind::Columns { weights, children }),
        Container::Expander { title, open } => ("expander", BlockKind::Expander { title, open, children }),
        Container::Tabs(tabs) => ("tabs", BlockKind::Tabs(tabs)),
        Container::Tab(title) => {
            if let Some(Open { kind: Container::Tabs(tabs), .. }) = open.last_mut() {
                tabs.push(TabBlock { title, children });
            }
            return;
        }
    };
    let id = read.id(name);
    add(open, &mut read.body, Block { id, line: at.line, kind }, problems);
}

fn container(kind: &str, rest: &str, at: At, in_tabs: bool, problems: &mut Problems) -> Container {
    match kind {
        "columns" => Container::Columns(columns(rest, at, problems)),
        "tabs" => {
            if !rest.is_empty() {
                problems.error(
                    at,
                    "tabs",
                    "::: tabs takes nothing behind it; titles stand at ::: tab TITLE.",
                );
            }
            Container::Tabs(Vec::new())
        }
        "tab" | "expander" | "expanded" => {
            if rest.is_empty() {
                problems.error(
                    at,
                    kind,
                    format!("::: {kind} needs a title, for instance ::: {kind} Details."),
                );
            }
            if kind != "tab" {
                return Container::Expander { title: rest.to_owned(), open: kind == "expanded" };
            }
            if !in_tabs {
                problems.error(at, "tab", "::: tab stands directly inside ::: tabs.");
            }
            Container::Tab(rest.to_owned())
        }
        _ => {
            let hint = did_you_mean(kind, CONTAINERS.iter().copied());
            let allowed = list(CONTAINERS.iter().copied());
            let message = format!("There is no container \"{}\".{hint} Allowed: {allowed}.", shorten(kind));
            problems.error(at, "", message);
            Container::Expander { title: rest.to_owned(), open: false }
        }
    }
}

/// `4` is four equal columns, `3 2` two columns of these widths.
fn columns(rest: &str, at: At, problems: &mut Problems) -> Vec<u32> {
    let numbers: Option<Vec<u32>> = rest
        .split_whitespace()
        .map(|word| word.parse().ok().filter(|number| (1..=12).contains(number)))
        .collect();
    match numbers.as_deref() {
        Some([count]) => vec![1; *count as usize],
        Some(weights @ [_, _, ..]) if weights.len() <= 12 => weights.to_vec(),
        _ => {
            let message = format!(
                "\"{}\" are not columns; write a count (::: columns 4) or widths (::: columns 3 2), each from 1 to 12.",
                shorten(rest)
            );
            problems.error(at, "columns", message);
            vec![1]
        }
    }
}

impl Read {
    fn fence(&mut self, fence: Fence, problems: &mut Problems) -> Option<Block> {
        let Fence { at, kind, name, content } = &fence;
        let (at, kind) = (*at, kind.as_str());
        let shows = elements::KINDS.contains(&kind);
        if !shows && !widgets::words().any(|word| word == kind) && !OTHER_KINDS.contains(&kind) {
            let known = || widgets::words().chain(elements::KINDS.iter().chain(OTHER_KINDS).copied());
            let message = format!(
                "There is no block \"{}\".{} Allowed: {}.",
                shorten(kind),
                did_you_mean(kind, known()),
                list(known())
            );
            problems.error(at, "", message);
            return None;
        }
        if !(shows && name.is_empty()) {
            if is_name(name) {
                self.names.push((name.clone(), at));
            } else if name.is_empty() {
                problems.error(at, kind, format!("This block needs a name: ```{kind} NAME."));
            } else {
                let message = format!(
                    "\"{}\" is not a name; names are lower case letters, digits and _, with a letter first.",
                    shorten(name)
                );
                problems.error(at, kind, message);
            }
        }
        if kind == "sql" {
            self.sql(&fence, problems);
            return None;
        }
        let node = match node::read(content, fence.content_line()) {
            Ok(node) => node,
            Err((place, message)) => {
                problems.error(place, kind, message);
                return None;
            }
        };
        match kind {
            "alert" => {
                let (alert, params) = elements::alert(name, at, node, problems, &mut self.uses);
                self.alerts.extend(alert);
                self.params.push(params);
            }
            "test" => {
                let (test, params) = elements::test(name, at, node, problems, &mut self.uses);
                self.tests.push(test);
                self.params.push(params);
            }
            _ if shows => {
                let shown = elements::read(kind, at, node, problems, &mut self.uses)?;
                let id = if name.is_empty() { self.id(&base_id(kind, &shown)) } else { self.id(name) };
                return Some(Block { id, line: at.line, kind: shown });
            }
            _ => self.widgets.extend(widgets::read(kind, name, at, node, problems)),
        }
        None
    }

    fn sql(&mut self, fence: &Fence, problems: &mut Problems) {
        let statement = fence.content.trim_end();
        if statement.trim().is_empty() {
            problems.error(fence.at, "sql", "This query is empty; write a SELECT between the fences.");
            return;
        }
        let mut parameters = BTreeSet::new();
        for parameter in sql::parameters(statement) {
            let at = At { line: fence.at.line + parameter.at.line, column: parameter.at.column };
            self.parameters.push((fence.name.clone(), parameter.name.clone(), at));
            parameters.insert(parameter.name);
        }
        self.queries.push(SqlQuery {
            name: fence.name.clone(),
            sql: statement.to_owned(),
            parameters,
            line: fence.at.line,
        });
    }

    /// An id nobody has yet: the base, or the base with a number.
    fn id(&mut self, base: &str) -> String {
        // Where the last one ended: whoever begins at two each time asks as often as there are ids, for each.
        let mut number = self.numbers.get(base).copied().unwrap_or(1);
        loop {
            let id = if number == 1 { base.to_owned() } else { format!("{base}-{number}") };
            number += 1;
            if self.ids.insert(id.clone()) {
                self.numbers.insert(base.to_owned(), number);
                return id;
            }
        }
    }
}

/// An id that stays when other elements come and go: the kind and what it shows.
fn base_id(kind: &str, shown: &BlockKind) -> String {
    match shown {
        BlockKind::Metric(metric) => format!("{kind}-{}-{}", metric.value.query, metric.value.column),
        BlockKind::Chart(chart) => format!("{kind}-{}", chart.data),
        BlockKind::Table(table) => format!("{kind}-{}", table.data),
        _ => kind.to_owned(),
    }
}
