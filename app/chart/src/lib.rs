//! Charts as SVG, from a chart specification and a frame.
//!
//! [`draw`] reads the frame, lets plotters translate values into places and draws through a surface
//! of our own, so that the SVG carries classes instead of colours:
//!
//! - every shape paints with `currentColor`; the page gives `.series-1` to `.series-8` a `color`,
//!   and grid, axes and text follow the colour of the text around the chart, in both themes.
//!   `series-8` is also "Other" where series had to be folded together;
//! - `.chart` (the `svg`), `.sparkline`, `.bars`; `.grid`, `.axis`, `.line`, `.area`, `.band`, `.bar`, `.dot`,
//!   `.leader`, `.swatch` (shapes); `.tick`, `.label`, `.legend` (texts); `.hit` (the areas of
//!   [`Chart::svg_with_links`]: transparent until the page lets `:hover` and `:focus-visible` tint them).
//!
//! Nothing carries a `style` attribute or an id other than those made of [`ChartSpec::id`].
//!
//! How columns become marks:
//!
//! - A line or an area of a single moment has no course: it is drawn as a bar a series, with its value.
//! - One row is one value. Two rows for the same place are an error, not a silent sum.
//! - Lines and areas use a time axis for dates and times, a number axis for numbers and equal steps
//!   otherwise; bars always stand at equal steps, dates among them in order of time.
//! - `color` splits one value column into series by the values of another. More than eight series:
//!   the seven largest stay and the rest becomes "Other", or, for ratios, which have no sum, is left
//!   out with a note.
//! - Two value columns whose names differ only in `lower` and `upper` are drawn as a band, not as two lines.
//! - Areas of several series, and bars split by `color`, are stacked when nothing is negative and the
//!   format is not a ratio; other bars stand side by side.

mod bar;
mod canvas;
mod column;
mod data;
mod describe;
mod fold;
mod layout;
mod line;
mod overlay;
mod scale;
mod spark;
mod svg;
mod time;

use std::fmt;

use lakeport_frame::{Format, Frame, Locale, Value};
use serde::Serialize;

pub use data::series_names;
pub use spark::{bars, sparkline};

/// How values are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// A line per series.
    Line,
    /// Bars from zero.
    Bar {
        /// Bars lie, one below the other; the chart grows in height so that each can be hit by a finger.
        horizontal: bool,
    },
    /// Areas from zero.
    Area,
}

/// What to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartSpec {
    /// How values are drawn.
    pub kind: ChartKind,
    /// The chart's heading, for people who hear the page; the page shows it itself.
    pub title: String,
    /// Column of the places along the base line.
    pub x: String,
    /// Columns of the values, one or more.
    pub y: Vec<String>,
    /// Column that splits the values into series.
    pub color: Option<String>,
    /// The series there may be, in the order of their colours: one that a frame lacks leaves its colour free. Others have
    /// theirs by their names; without any, series have colours in the order of the rows.
    pub names: Vec<String>,
    /// How values are shown.
    pub format: Format,
    /// Number and date conventions.
    pub locale: Locale,
    /// Width in CSS pixels the chart will have on the page; text is 12 of them high.
    pub width: u32,
    /// Height in CSS pixels; horizontal bars take what their rows need, 26 to 40 each.
    pub height: u32,
    /// A line that says what is expected, and not what was: dashed, with a mark at today.
    pub forecast: Option<Forecast>,
    /// Unique on the page; the ids `{id}-title` and `{id}-desc` are made of it.
    pub id: String,
}

/// What a chart expects rather than knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Its column, one of [`ChartSpec::y`].
    pub column: String,
    /// The day that parts what was from what is expected.
    pub today: chrono::NaiveDate,
}

/// A drawn chart and everything a page says around it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chart {
    /// The picture, with title and description inside.
    pub svg: String,
    /// What is shown, in sentences: range, lowest, highest and last value of each series, and what was left out.
    pub description: String,
    /// Where values lie: for lines and areas one a place on the x axis, for bars one a bar.
    pub marks: Vec<Mark>,
    /// The series in the order of their rows.
    pub series: Vec<SeriesLegend>,
    /// The same values as a table: a row a place, a column a series.
    pub table: Frame,
    /// How the moments along the base line are written; `None` where they are no moments.
    #[serde(skip)]
    pub moments: Option<Format>,
}

/// A part of the picture that stands for values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    /// Left edge, in units of the `viewBox`.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
    /// The place, in words: `5 Mar 2026`, `Creditor 07`.
    pub label: String,
    /// The value as it is shown; several series on a line each, with their names.
    pub value: String,
    /// The place as the frame has it, for links.
    pub category: Value,
    /// The series a bar belongs to, where there is more than one.
    pub series: Option<String>,
}

/// A series and the class that colours it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeriesLegend {
    /// Its name as the chart shows it.
    pub name: String,
    /// `series-1` to `series-8`.
    pub class: String,
}

/// Why there is no picture. The text is for the person who looks at the dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChartError {
    /// There is no value to draw: no rows, or nothing but `NULL`.
    Empty,
    /// The specification names no value column.
    NoValueColumn,
    /// A column is not in the frame.
    NoSuchColumn {
        /// The name asked for.
        column: String,
        /// The names there are.
        available: Vec<String>,
    },
    /// A value column holds no numbers.
    NotNumeric {
        /// Its name.
        column: String,
        /// What it holds instead.
        type_name: &'static str,
    },
    /// Two rows claim the same place.
    Repeated {
        /// The place, in words.
        place: String,
        /// The series.
        series: String,
    },
}

impl fmt::Display for ChartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("There is no value to draw for this selection."),
            Self::NoValueColumn => f.write_str("The chart names no column for its values; set y."),
            Self::NoSuchColumn { column, available } => {
                write!(f, "There is no column \"{column}\"; the data has {}.", available.join(", "))
            }
            Self::NotNumeric { column, type_name } => {
                write!(f, "Column \"{column}\" holds {type_name} values; a chart needs numbers in y.")
            }
            Self::Repeated { place, series } => write!(
                f,
                "\"{series}\" has more than one value at {place}; add GROUP BY to the query, or name a column in color."
            ),
        }
    }
}

impl std::error::Error for ChartError {}

/// Draws the chart.
///
/// # Errors
/// [`ChartError`] when there is nothing to draw or the specification does not fit the frame.
pub fn draw(spec: &ChartSpec, frame: &Frame) -> Result<Chart, ChartError> {
    let data = data::read(spec, frame)?;
    let mut sheet = svg::Sheet::new(spec.width.clamp(160, 4000), spec.height.clamp(100, 4000));
    let marks = match spec.kind {
        ChartKind::Line | ChartKind::Area if data.is_one_moment() => column::draw(spec, &data, &mut sheet),
        ChartKind::Line | ChartKind::Area => line::draw(spec, &data, &mut sheet),
        ChartKind::Bar { horizontal: false } => column::draw(spec, &data, &mut sheet),
        ChartKind::Bar { horizontal: true } => bar::draw(spec, &data, &mut sheet),
    };
    let description = describe::describe(spec, &data);
    let svg = sheet.finish(&spec.id, &spec.title, &description);
    let series = data
        .series
        .iter()
        .map(|series| SeriesLegend { name: series.name.clone(), class: format!("series-{}", series.class) })
        .collect();
    let moments = data.dated.then(|| data.grain.format());
    Ok(Chart { svg, description, marks, series, table: data.table(), moments })
}
