//! Charts, their links and their table twins.

use std::collections::BTreeSet;

use lakeport_chart::{ChartError, ChartKind, ChartSpec, Forecast, Mark, draw, series_names};
use lakeport_frame::{Format, Frame, Value};
use lakeport_model::dashboards::Chart;

use super::table::{download, of_frame};
use super::{Input, address, column, frame, locale, nothing, unfiltered, widgets_of};
use crate::dashboards::format::{ChartBlock, ChartShape, ColumnStyle};
use crate::dashboards::params::Variant;
use crate::dashboards::turned::written;

/// Height in CSS pixels where the author says nothing.
const HEIGHT: u32 = 280;

/// Width of the second drawing, for phones and narrow columns: what a page of 390 px leaves for it.
const NARROW: u32 = 330;

/// The chart of a query, or why there is none.
pub(super) fn chart(input: &Input, id: &str, block: &ChartBlock, width: u32) -> Result<Chart, String> {
    let frame = frame(input, &block.data, Variant::Current)?;
    for name in std::iter::once(&block.x).chain(&block.y).chain(&block.color) {
        column(frame, &block.data, name)?;
    }
    let mut spec = ChartSpec {
        kind: match block.shape {
            ChartShape::Line => ChartKind::Line,
            ChartShape::Area => ChartKind::Area,
            ChartShape::Bar { horizontal } => ChartKind::Bar { horizontal },
        },
        title: block.title.clone(),
        x: block.x.clone(),
        y: block.y.clone(),
        color: block.color.clone(),
        names: names(input, block),
        format: block.format.unwrap_or_else(|| default_format(frame, block)),
        locale: locale(input),
        width,
        height: block.height.unwrap_or(HEIGHT),
        forecast: block.forecast.clone().map(|column| Forecast { column, today: input.params.today() }),
        id: id.to_owned(),
    };
    let drawn = match draw(&spec, frame) {
        Err(ChartError::Empty) => return Ok(nothing_to_draw(input, id, block, frame)),
        drawn => drawn.map_err(|error| error.to_string())?,
    };
    let series = series_values(frame, block);
    let (link, is_chosen) = (
        |mark: &Mark| link(input, block, &series, mark),
        |mark: &Mark| is_chosen(input, block, &series, mark),
    );
    let svg = drawn.svg_with_choice(link, is_chosen);
    (spec.width, spec.id) = (NARROW, format!("{id}-narrow"));
    let narrow = draw(&spec, frame).map_err(|error| error.to_string())?;
    let narrow_svg = narrow.svg_with_choice(link, is_chosen);
    let mut legend: Vec<String> = drawn.series.into_iter().map(|series| series.name).collect();
    if legend.len() < 2 {
        legend.clear();
    }
    // The places are the first column, under a heading of their own.
    let places = drawn.table.columns().first().map(|column| column.name.as_str());
    let (mut table, _) = of_frame(input, id, &drawn.table, |name| {
        let format = if Some(name) == places { drawn.moments } else { Some(spec.format) };
        Some(ColumnStyle { name: name.to_owned(), label: None, format, bar: false, hidden: false })
    });
    table.download_csv = Some(download(input, id));
    Ok(Chart {
        title: block.title.clone(),
        unfiltered: unfiltered(input, &block.data),
        svg,
        narrow_svg,
        description: drawn.description,
        legend,
        table,
    })
}

/// A selection without figures is no fault: the chart stands there without a drawing.
fn nothing_to_draw(input: &Input, id: &str, block: &ChartBlock, frame: &Frame) -> Chart {
    let (mut table, _) = of_frame(input, id, frame, |_| None);
    if table.rows.is_empty() {
        table.note = nothing(input, &block.data, "rows");
    }
    Chart {
        title: block.title.clone(),
        unfiltered: unfiltered(input, &block.data),
        svg: String::new(),
        narrow_svg: String::new(),
        description: nothing(input, &block.data, "figures"),
        legend: Vec::new(),
        table,
    }
}

fn default_format(frame: &Frame, block: &ChartBlock) -> Format {
    let first = block.y.first().and_then(|name| frame.column(name));
    first.map_or(Format::Plain, Format::default_for)
}

/// The series there are without a choice, behind them those of other days, both by name: whatever is filtered and however
/// the figures turn out, each keeps its colour. What only another choice brings has no place here, for it would have
/// another one under each: its name alone gives it a colour.
fn names(input: &Input, block: &ChartBlock) -> Vec<String> {
    let mut variants = vec![Variant::Initial, Variant::Ever];
    // What is shown stands for one of them then, and is not run twice.
    variants.extend(only_days_chosen(input, &block.data).then_some(Variant::Current));
    let (mut known, mut names) = (BTreeSet::new(), Vec::new());
    for variant in variants {
        let Ok(frame) = frame(input, &block.data, variant) else { continue };
        let column = block.color.as_deref().and_then(|name| frame.column(name));
        let found = column.map(|column| series_names(column, locale(input))).unwrap_or_default();
        let new: BTreeSet<String> = found.into_iter().filter(|name| !known.contains(name)).collect();
        names.extend(new.iter().cloned());
        known.extend(new);
    }
    names
}

/// True where every filter that a query asks is as it is without a choice, but for periods.
fn only_days_chosen(input: &Input, query: &str) -> bool {
    let Some(query) = input.dashboard.query(query) else { return true };
    widgets_of(input.dashboard, query)
        .all(|widget| widget.period().is_some() || !input.params.is_changed(&widget.name))
}

/// Values of the column that makes the series; a chart may fold the smallest of them into one that is no value.
fn series_values(frame: &Frame, block: &ChartBlock) -> BTreeSet<String> {
    let column = block.color.as_deref().and_then(|name| frame.column(name));
    let values = column.map(|column| (0..frame.rows()).filter_map(|row| column.values.get(row)));
    values.into_iter().flatten().map(|value| value.to_string()).collect()
}

/// Where a mark leads: this dashboard with the filters of `on_select` set to the mark's values.
fn link(input: &Input, block: &ChartBlock, series: &BTreeSet<String>, mark: &Mark) -> Option<String> {
    if block.on_select.is_empty() {
        return None;
    }
    let mut state = input.params.clone();
    for (widget, from) in &block.on_select {
        state = state.toggled(widget, &value_of(block, series, mark, from)?);
    }
    // Other rows begin at their first page; their order stays.
    Some(address(input.base, &[state.to_query(), written(input.turned.orders())]))
}

/// What a mark sets a filter to that takes its values from this column.
fn value_of(block: &ChartBlock, series: &BTreeSet<String>, mark: &Mark, from: &str) -> Option<String> {
    if from == block.x {
        Some(&mark.category).filter(|value| **value != Value::Null).map(ToString::to_string)
    } else {
        mark.series.clone().filter(|name| series.contains(name))
    }
}

/// Whether a mark is among what the filters choose that it sets, in a chart that they do not reach; `None` where they
/// choose nothing, or where the chart shows nothing else anyway.
fn is_chosen(input: &Input, block: &ChartBlock, series: &BTreeSet<String>, mark: &Mark) -> Option<bool> {
    let query = input.dashboard.query(&block.data)?;
    let mut chosen = None;
    for (widget, from) in &block.on_select {
        if widgets_of(input.dashboard, query).any(|asked| asked.name == *widget) {
            continue;
        }
        let value = value_of(block, series, mark, from).unwrap_or_default();
        if let Some(is_one) = input.params.chooses(widget, &value) {
            chosen = Some(is_one && chosen.unwrap_or(true));
        }
    }
    chosen
}
