//! Upright bars.

use lakeport_frame::Value;

use crate::canvas::Ink;
use crate::data::Data;
use crate::layout::{self, Below, Field, LINE, Levels};
use crate::svg::{Anchor, Sheet, width};
use crate::{ChartSpec, Mark, time};

/// The part of its step that a bar fills.
pub(crate) const FILL: f64 = 0.74;

/// One bar: the place and series it stands for, its slot across (in steps) and its ends in values.
pub(crate) struct Bar {
    pub(crate) place: usize,
    pub(crate) series: usize,
    pub(crate) across: (f64, f64),
    pub(crate) ends: (f64, f64),
    pub(crate) value: f64,
}

/// All bars of the shown places, and the range they cover.
pub(crate) fn bars(data: &Data) -> (Vec<Bar>, (f64, f64)) {
    let stack = data.parts && data.stacked();
    #[expect(clippy::cast_precision_loss, reason = "there are at most eight series")]
    let slot = if stack { FILL } else { FILL / data.series.len() as f64 };
    let mut bars = Vec::new();
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    let mut step = 0.0;
    for place in 0..data.shown {
        let mut left = step + (1.0 - FILL) / 2.0;
        let mut base = 0.0;
        for (index, series) in data.series.iter().enumerate() {
            if let Some(value) = series.values.get(place).copied().flatten() {
                let ends = (base, base + value);
                (low, high) = (low.min(ends.1), high.max(ends.1));
                bars.push(Bar { place, series: index, across: (left, left + slot), ends, value });
                if stack {
                    base = ends.1;
                }
            }
            if !stack {
                left += slot;
            }
        }
        step += 1.0;
    }
    (bars, (low, high))
}

/// A mark for a bar between these edges.
pub(crate) fn mark(spec: &ChartSpec, data: &Data, bar: &Bar, (x, y, w, h): (f64, f64, f64, f64)) -> Mark {
    let place = &data.xs[bar.place];
    Mark {
        x,
        y,
        w,
        h,
        label: place.label.clone(),
        value: spec.format.show(&Value::Float(bar.value), spec.locale),
        category: place.raw.clone(),
        series: (data.series.len() > 1).then(|| data.series[bar.series].name.clone()),
    }
}

pub(crate) fn draw(spec: &ChartSpec, data: &Data, sheet: &mut Sheet) -> Vec<Mark> {
    let (bars, range) = bars(data);
    let top = if data.series.len() > 1 { layout::legend(sheet, data) + 6.0 } else { 18.0 };
    let dated = data.dated;
    let levels = Levels::needed(sheet, &data.xs[..data.shown]);
    let below = if dated || levels == Levels::Two { 24.0 + LINE } else { 26.0 };
    let field = Field::new(spec, sheet, range, (top, 4.0, below));
    #[expect(clippy::cast_precision_loss, reason = "a chart has some hundred places")]
    let edges = (0.0, data.shown.max(1) as f64);
    let stack = data.parts && data.stacked();
    let whole = |low: f64, high: f64| {
        // A single bar of a place is easier to point at when its whole step counts.
        if data.series.len() == 1 {
            (low - (1.0 - FILL) / 2.0, high + (1.0 - FILL) / 2.0)
        } else {
            (low, high)
        }
    };

    let mut shapes = std::mem::take(&mut sheet.shapes);
    let plot = field.plot(&mut shapes, edges);
    field.grid(&plot, edges);
    let mut marks = Vec::new();
    let mut values = Vec::new();
    for bar in &bars {
        let class = data.series[bar.series].class;
        plot.rectangle([(bar.across.0, bar.ends.0), (bar.across.1, bar.ends.1)], Ink::Bar(class));
        let (left, right) = whole(bar.across.0, bar.across.1);
        let (x0, y0) = plot.at(left, bar.ends.0);
        let (x1, y1) = plot.at(right, bar.ends.1);
        let (y, h) =
            if stack { (y0.min(y1), (y0 - y1).abs()) } else { (field.top, field.bottom - field.top) };
        values.push((f64::midpoint(x0, x1), y1, x1 - x0, bar.value, class));
        marks.push(mark(spec, data, bar, (x0, y, x1 - x0, h)));
    }
    drop(plot);
    sheet.shapes = shapes;

    field.value_labels(sheet);
    if !stack && data.shown == 1 {
        bar_values(spec, sheet, &values);
    }
    let dated_labels = dated.then(|| dated_labels(spec, data, &field)).flatten();
    let below = dated_labels.unwrap_or_else(|| field.step_labels(&data.xs[..data.shown], levels));
    field.labels_below(sheet, &below);
    marks.into_iter().map(|mark| layout::on_sheet(sheet, mark)).collect()
}

/// The values over the bars, where every one has room for its own: (middle, end, width, value, class).
fn bar_values(spec: &ChartSpec, sheet: &mut Sheet, bars: &[(f64, f64, f64, f64, u8)]) {
    let show = |value: f64, short: bool| {
        if short {
            spec.format.compact(value, spec.locale)
        } else {
            spec.format.show(&Value::Float(value), spec.locale)
        }
    };
    let fits =
        |short: &bool| bars.iter().all(|(_, _, room, value, _)| width(&show(*value, *short)) + 4.0 <= *room);
    let Some(short) = [false, true].into_iter().find(fits) else { return };
    for (x, y, _, value, class) in bars {
        let y = if *value < 0.0 { y + LINE } else { y - 5.0 };
        let class = format!("label series-{class}");
        sheet.text((*x, y.max(LINE)), Anchor::Middle, &class, &show(*value, short), f64::INFINITY);
    }
}

/// Labels of dated bars, where the natural boundaries are among them.
fn dated_labels(spec: &ChartSpec, data: &Data, field: &Field) -> Option<Vec<Below>> {
    let places = &data.xs[..data.shown];
    let first = places.first()?;
    let last = places.iter().rfind(|place| place.at.is_finite())?;
    let length = field.right - field.left;
    let ticks = time::ticks(first.at, last.at, layout::time_target(length), data.grain, spec.locale);
    #[expect(clippy::cast_precision_loss, reason = "a chart has some hundred places")]
    let step = length / places.len() as f64;
    let mut middle = field.left - step / 2.0;
    let mut labels = Vec::new();
    for place in places {
        middle += step;
        if let Some(tick) = ticks.iter().find(|tick| tick.at.to_bits() == place.at.to_bits()) {
            let lines = [Some(tick.label.clone()), tick.second.clone()];
            labels.push(Below { x: middle, lines, room: 90.0 });
        }
    }
    (labels.len() > 1 && labels.len() == ticks.len()).then_some(labels)
}
