//! Lying bars: names on the left, values at the ends of the bars, no axis.

use lakeport_frame::Value;

use crate::canvas::{Ink, Plot, Span};
use crate::column::{self, Bar};
use crate::data::Data;
use crate::layout::{self, MIDDLE};
use crate::svg::{Anchor, Sheet, width};
use crate::{ChartSpec, Mark};

/// Rows are at least this high, so that each can be hit by a finger, and not much higher, so that a
/// chart of two bars does not look like two doors.
const ROW: (f64, f64) = (26.0, 40.0);
/// The least room for one of several bars of a row.
const SLOT: f64 = 15.0;

pub(crate) fn draw(spec: &ChartSpec, data: &Data, sheet: &mut Sheet) -> Vec<Mark> {
    let (bars, (low, high)) = column::bars(data);
    let stack = data.parts && data.stacked();
    let top = if data.series.len() > 1 { layout::legend(sheet, data) - 8.0 } else { 2.0 };
    #[expect(clippy::cast_precision_loss, reason = "at most a hundred rows and eight series")]
    let (rows, slots) = (data.shown.max(1) as f64, if stack { 1.0 } else { data.series.len() as f64 });
    let least = ROW.0.max(slots * SLOT / column::FILL);
    let row = ((sheet.height - top) / rows).clamp(least, ROW.1.max(least));
    sheet.height = (top + rows * row).ceil();

    let ends = ends(data, &bars, stack);
    let labels = end_labels(spec, sheet, &ends);
    let widest = |negative: bool| {
        let labels = labels.iter().zip(&ends).filter(|(_, end)| (end.1 < 0.0) == negative);
        labels.map(|(label, _)| width(label) + 8.0).fold(0.0, f64::max)
    };
    let names = data.xs[..data.shown].iter().map(|place| width(&place.label)).fold(0.0, f64::max);
    let names = names.min(sheet.width * 0.36);
    let left = names + 10.0 + widest(true);
    let right = (sheet.width - widest(false)).max(left + 20.0);
    let (low, high) = if low < high { (low, high) } else { (0.0, 1.0) };

    let mut shapes = std::mem::take(&mut sheet.shapes);
    let plot = Plot::new(
        &mut shapes,
        Span { values: low..high, places: (left, right) },
        Span { values: 0.0..rows, places: (top, sheet.height) },
    );
    plot.line(vec![(0.0, 0.0), (0.0, rows)], Ink::Axis);
    let mut marks = Vec::new();
    for bar in &bars {
        let class = data.series[bar.series].class;
        plot.rectangle([(bar.ends.0, bar.across.0), (bar.ends.1, bar.across.1)], Ink::Bar(class));
        let (x0, y0) = plot.at(bar.ends.0, bar.across.0);
        let (x1, y1) = plot.at(bar.ends.1, bar.across.1);
        let edges = if stack {
            (x0.min(x1), y0, (x1 - x0).abs(), y1 - y0)
        } else if data.series.len() == 1 {
            // The whole row, with name and value.
            let gap = row * (1.0 - column::FILL) / 2.0;
            (0.0, y0 - gap, sheet.width, y1 - y0 + 2.0 * gap)
        } else {
            (0.0, y0, sheet.width, y1 - y0)
        };
        marks.push(column::mark(spec, data, bar, edges));
    }
    let at: Vec<(f64, f64)> = ends.iter().map(|(across, end)| plot.at(*end, *across)).collect();
    drop(plot);
    sheet.shapes = shapes;

    let mut middle = top - row / 2.0;
    for place in &data.xs[..data.shown] {
        middle += row;
        sheet.text((names, middle + MIDDLE), Anchor::End, "tick", &place.label, names);
    }
    for (((x, y), label), end) in at.into_iter().zip(&labels).zip(&ends) {
        let (x, anchor) = if end.1 < 0.0 { (x - 6.0, Anchor::End) } else { (x + 6.0, Anchor::Start) };
        sheet.text((x, y + MIDDLE), anchor, "label", label, f64::INFINITY);
    }
    marks.into_iter().map(|mark| layout::on_sheet(sheet, mark)).collect()
}

/// Where a value is written: the middle of the bar across, and its end. A stack has one, for its sum.
fn ends(data: &Data, bars: &[Bar], stack: bool) -> Vec<(f64, f64)> {
    let ends = |bar: &Bar| (f64::midpoint(bar.across.0, bar.across.1), bar.ends.1);
    if !stack {
        return bars.iter().map(ends).collect();
    }
    (0..data.shown).filter_map(|place| bars.iter().rfind(|bar| bar.place == place).map(ends)).collect()
}

/// In full where there is room, else short.
fn end_labels(spec: &ChartSpec, sheet: &Sheet, ends: &[(f64, f64)]) -> Vec<String> {
    let full: Vec<String> =
        ends.iter().map(|(_, end)| spec.format.show(&Value::Float(*end), spec.locale)).collect();
    if full.iter().all(|label| width(label) <= sheet.width * 0.16) {
        return full;
    }
    ends.iter().map(|(_, end)| spec.format.compact(*end, spec.locale)).collect()
}
