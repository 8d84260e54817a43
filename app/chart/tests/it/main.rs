//! Charts from the outside: what is drawn, what is said about it, and that nothing breaks it.

mod drawn;
mod random;
mod refused;
mod xml;

use lakeport_chart::{ChartKind, ChartSpec};
use lakeport_frame::{Column, Format, Frame, Locale, Values};

/// Lying bars.
pub(crate) const LYING: ChartKind = ChartKind::Bar { horizontal: true };
/// Standing bars.
pub(crate) const UPRIGHT: ChartKind = ChartKind::Bar { horizontal: false };

pub(crate) fn spec(kind: ChartKind, x: &str, y: &[&str], color: Option<&str>) -> ChartSpec {
    ChartSpec {
        kind,
        title: "Collected".to_owned(),
        x: x.to_owned(),
        y: y.iter().map(ToString::to_string).collect(),
        color: color.map(str::to_owned),
        names: Vec::new(),
        format: Format::Euro(0),
        locale: Locale::En,
        width: 720,
        height: 300,
        forecast: None,
        id: "c1".to_owned(),
    }
}

pub(crate) fn frame(columns: Vec<(&str, Values)>) -> Frame {
    let columns = columns.into_iter().map(|(name, values)| Column { name: name.to_owned(), values });
    Frame::new(columns.collect()).expect("columns of equal length")
}

pub(crate) fn texts<T: ToString>(texts: &[T]) -> Values {
    Values::Text(texts.iter().map(|text| Some(text.to_string())).collect())
}

pub(crate) fn floats(values: &[f64]) -> Values {
    Values::Float(values.iter().copied().map(Some).collect())
}
