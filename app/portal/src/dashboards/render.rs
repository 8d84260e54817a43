//! A dashboard with its results, ready to be shown.
//!
//! Pure: results come in, a view goes out. A query that failed only breaks the elements that show it.

mod chart;
mod filters;
mod metric;
mod rows;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use html_escape::encode_quoted_attribute;
use lakeport_frame::{Column, Format, Frame, Locale};
use lakeport_model::catalog::Way;
use lakeport_model::dashboards::{Content, DashboardView, Element, Tab};
use lakeport_model::listed;
use lakeport_model::people::DomainRef;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::format::{Block, BlockKind, Dashboard, DataRef, Piece};
use super::params::{ParamSet, Variant};
use super::plan::{QueryRunKey, results_of, widgets_of};
use super::turned::Turned;
use crate::text::{did_you_mean, list};

pub(super) use rows::order;

/// Results by query and period; a failure is the sentence for the person who looks at the page.
pub type Results = BTreeMap<QueryRunKey, Result<Arc<Frame>, String>>;

/// Options of filters by name; a failure is a sentence as well.
pub type OptionValues = BTreeMap<String, Result<Vec<String>, String>>;

/// Width of the whole page in CSS pixels that drawings are made for; the page scales them.
const PAGE_WIDTH: u32 = 1200;

/// Space between columns in CSS pixels.
const GAP: u32 = 16;

/// Everything a view is made of.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The dashboard.
    pub dashboard: &'a Dashboard,
    /// Address of its page without query, such as `/dashboards/sales`: links and downloads start with it.
    pub base: &'a str,
    /// The state of its filters.
    pub params: &'a ParamSet,
    /// How its tables are turned.
    pub turned: &'a Turned,
    /// Results of [`super::plan::runs`].
    pub results: &'a Results,
    /// Answers to [`super::plan::option_runs`].
    pub options: &'a OptionValues,
    /// Elements that are left out, by id: the page says once what is missing, and what stays takes their room.
    pub without: &'a BTreeSet<String>,
}

impl Input<'_> {
    /// This page with its filters as they are and its tables turned like this.
    fn address(&self, turned: &Turned) -> String {
        address(self.base, &[self.params.to_query(), turned.to_query()])
    }
}

/// A path with the parts of its query that say something.
fn address(path: &str, parts: &[String]) -> String {
    let query = joined(parts);
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn joined(parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join("&")
}

/// Makes the view.
pub fn render(input: &Input) -> DashboardView {
    let front = &input.dashboard.front;
    DashboardView {
        title: front.title.clone(),
        owner: front.owner.clone(),
        description: front.description.clone(),
        reads: front.reads.clone(),
        filters: filters::filters(input),
        query: joined(&[input.params.to_query(), input.turned.to_query()]),
        orders: input.turned.orders(),
        notices: input.params.notices.clone(),
        elements: elements(input, &input.dashboard.body, PAGE_WIDTH),
        as_of: None,
        not_carried_out: input.dashboard.not_carried_out(),
        way: Way::default(),
        domain: DomainRef { id: String::new().into(), name: String::new() },
        may_edit: false,
        sees_history: false,
        missing: Vec::new(),
        said: String::new(),
    }
}

/// The fingerprint of what is said above the filters; where no figure is left, it is said in other words.
pub(super) fn said(view: &DashboardView) -> String {
    hash(&(&view.description, &view.as_of, &view.missing, view.elements.is_empty(), &view.notices))
}

fn elements(input: &Input, blocks: &[Block], width: u32) -> Vec<Element> {
    let shown = blocks.iter().filter(|block| is_shown(input, block));
    shown.map(|block| element(input, block, width)).collect()
}

/// A container is left out with the last of what it holds.
fn is_shown(input: &Input, block: &Block) -> bool {
    let any = |blocks: &[Block]| blocks.iter().any(|block| is_shown(input, block));
    match &block.kind {
        BlockKind::Columns { children, .. } | BlockKind::Expander { children, .. } => any(children),
        BlockKind::Tabs(tabs) => tabs.iter().any(|tab| any(&tab.children)),
        _ => !input.without.contains(&block.id),
    }
}

fn element(input: &Input, block: &Block, width: u32) -> Element {
    let (title, content) = match &block.kind {
        BlockKind::Text(pieces) => (None, Ok(Content::Text { html: text(input, pieces) })),
        BlockKind::Metric(block) => {
            (Some(block.label.as_str()), metric::metric(input, block).map(Content::Metric))
        }
        BlockKind::Chart(shown) => {
            (Some(shown.title.as_str()), chart::chart(input, &block.id, shown, width).map(Content::Chart))
        }
        BlockKind::Table(shown) => {
            (shown.title.as_deref(), table::table(input, &block.id, shown).map(Content::Table))
        }
        BlockKind::Columns { weights, children } => (None, Ok(columns(input, weights, children, width))),
        BlockKind::Tabs(tabs) => {
            let tab = |tab: &super::format::TabBlock| Tab {
                title: tab.title.clone(),
                children: elements(input, &tab.children, width),
            };
            let tabs = tabs.iter().map(tab).filter(|tab| !tab.children.is_empty());
            (None, Ok(Content::Tabs { tabs: tabs.collect() }))
        }
        BlockKind::Expander { title, open, children } => {
            let children = elements(input, children, width);
            (None, Ok(Content::Expander { title: title.clone(), open: *open, children }))
        }
    };
    let mut content =
        content.unwrap_or_else(|sentence| Content::Problem { title: title.map(str::to_owned), sentence });
    let hash = hash(&content);
    let made_from = match &content {
        Content::Problem { .. } => Vec::new(),
        _ => made_from(input, block),
    };
    match &mut content {
        Content::Table(shown) => table::lead(input, shown),
        Content::Chart(shown) => table::lead(input, &mut shown.table),
        _ => {}
    }
    Element { id: block.id.clone(), hash, content, made_from }
}

/// The tables whose rows an element shows.
fn made_from(input: &Input, block: &Block) -> Vec<String> {
    let answers =
        results_of(block).into_iter().filter_map(|(query, variant)| frame(input, query, variant).ok());
    let tables: BTreeSet<&str> = answers.flat_map(Frame::made_from).collect();
    tables.into_iter().map(str::to_owned).collect()
}

fn columns(input: &Input, weights: &[u32], children: &[Block], width: u32) -> Content {
    let children = children.iter().zip(weights.iter().copied().cycle());
    let shown: Vec<(&Block, u32)> = children.filter(|(child, _)| is_shown(input, child)).collect();
    // What is left of a row shares it.
    let weights: Vec<u32> = if shown.len() < weights.len() {
        shown.iter().map(|(_, weight)| *weight).collect()
    } else {
        weights.to_vec()
    };
    let sum: u32 = weights.iter().sum::<u32>().max(1);
    let gaps = GAP * u32::try_from(weights.len().saturating_sub(1)).unwrap_or(0);
    let room = width.saturating_sub(gaps);
    let cell =
        |((child, _), weight): (&(&Block, u32), &u32)| element(input, child, (room * weight / sum).max(1));
    let children = shown.iter().zip(weights.iter().cycle()).map(cell).collect();
    Content::Columns { weights, children }
}

fn text(input: &Input, pieces: &[Piece]) -> String {
    let mut html = String::new();
    for piece in pieces {
        match piece {
            Piece::Html(part) => html.push_str(part),
            Piece::Widget(name) => html.push_str(&encode_quoted_attribute(&filters::in_words(input, name))),
            Piece::Value { data, format } => match value(input, data, *format) {
                Ok(value) => html.push_str(&encode_quoted_attribute(&value)),
                Err(sentence) => {
                    let title = encode_quoted_attribute(&sentence);
                    html.extend([
                        "<span class=\"value-missing\" title=\"",
                        &title,
                        "\">(this figure is not available)</span>",
                    ]);
                }
            },
        }
    }
    html
}

/// The value of the first row, as text.
fn value(input: &Input, data: &DataRef, format: Option<Format>) -> Result<String, String> {
    let frame = frame(input, &data.query, Variant::Current)?;
    let column = column(frame, &data.query, &data.column)?;
    let format = format.unwrap_or_else(|| Format::default_for(column));
    Ok(frame.show(column, 0, format, locale(input)))
}

/// Names the filters that somebody has set and that say nothing to this query: what it shows would else be taken for
/// figures of what was chosen.
fn unfiltered(input: &Input, query: &str) -> Option<String> {
    let asked = widgets_of(input.dashboard, input.dashboard.query(query)?);
    let asked: Vec<&str> = asked.map(|widget| widget.name.as_str()).collect();
    let widgets = input.dashboard.widgets.iter();
    let deaf = widgets
        .filter(|widget| input.params.is_changed(&widget.name) && !asked.contains(&widget.name.as_str()));
    let deaf: Vec<String> = deaf.map(|widget| format!("\u{201c}{}\u{201d}", widget.label)).collect();
    (!deaf.is_empty()).then(|| format!("Not filtered by {}.", listed(&deaf)))
}

/// What is said where a query gives nothing; filters are blamed only where it asks them.
fn nothing(input: &Input, query: &str, what: &str) -> String {
    let query = input.dashboard.query(query);
    let is_filtered = query.is_some_and(|query| widgets_of(input.dashboard, query).next().is_some());
    if is_filtered { format!("No {what} under these filters.") } else { format!("No {what}.") }
}

fn locale(input: &Input) -> Locale {
    input.dashboard.front.locale
}

/// The result of a query, or the sentence that says why there is none.
fn frame<'a>(input: &Input<'a>, query: &str, variant: Variant) -> Result<&'a Frame, String> {
    match input.results.get(&QueryRunKey { name: query.to_owned(), variant }) {
        Some(Ok(frame)) => Ok(frame),
        Some(Err(sentence)) => Err(sentence.clone()),
        None => Err(format!("The query \"{query}\" was not run.")),
    }
}

/// A column of a result, or the sentence that says which columns there are.
fn column<'a>(frame: &'a Frame, query: &str, name: &str) -> Result<&'a Column, String> {
    frame.column(name).ok_or_else(|| {
        let names = || frame.columns().iter().map(|column| column.name.as_str());
        format!(
            "The query \"{query}\" has no column \"{name}\".{} Columns: {}.",
            did_you_mean(name, names()),
            list(names())
        )
    })
}

/// A short fingerprint of what is shown.
fn hash(content: &impl Serialize) -> String {
    let bytes = serde_json::to_vec(content).expect("a view has only text keys, so it is JSON");
    hex::encode(&Sha256::digest(bytes)[..8])
}

#[cfg(test)]
mod tests;
