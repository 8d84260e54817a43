//! Lines, areas and bands over a base line.

use lakeport_frame::Value;

use crate::canvas::{Ink, Plot};
use crate::data::{Data, Places, Series};
use crate::layout::{self, Field, LINE, Levels, MIDDLE};
use crate::svg::{Anchor, Sheet, width};
use crate::{ChartKind, ChartSpec, Mark, time};

/// From this width on, names stand at the ends of their lines rather than in a legend.
const WIDE: f64 = 480.0;

/// A line of so few places shows each of them as a dot.
const SHORT: usize = 31;

/// A series with the height it stands on.
struct Layer<'a> {
    series: &'a Series,
    /// Only in a stack; otherwise everything stands on zero.
    base: Option<Vec<f64>>,
    tops: Vec<Option<f64>>,
}

pub(crate) fn draw(spec: &ChartSpec, data: &Data, sheet: &mut Sheet) -> Vec<Mark> {
    let area = spec.kind == ChartKind::Area;
    let layers = if area && data.stacked() { stacked(data) } else { overlaid(data) };
    let range = range(data, &layers, area);
    let direct = names_at_ends(data, sheet);
    let banded = data.series.iter().any(|series| series.band.is_some());
    let top = if (data.series.len() > 1 || banded) && !direct { layout::legend(sheet, data) } else { 10.0 };
    let names = data.series.iter().map(|series| width(&series.name)).fold(0.0, f64::max);
    let room = names.min(sheet.width / 4.0);
    let right = if direct { room + 20.0 } else { 10.0 };
    let levels = Levels::needed(sheet, &data.xs);
    let two = data.places == Places::Time || data.places == Places::Steps && levels == Levels::Two;
    let below = if two { 24.0 + LINE } else { 26.0 };
    let field = Field::new(spec, sheet, range, (top, right, below));
    let edges = layout::base_line(data);

    let mut shapes = std::mem::take(&mut sheet.shapes);
    let plot = field.plot(&mut shapes, edges);
    field.grid(&plot, edges);
    let places = places(data);
    for layer in &layers {
        surfaces(&plot, layer, &places, area && !banded);
    }
    let columns = field.right - field.left;
    #[expect(clippy::cast_precision_loss, reason = "the number of rows is limited")]
    let step = columns / places.len().max(1) as f64;
    let dense = step < 3.0;
    let short = !area && places.len() <= SHORT && step >= 14.0;
    for layer in layers.iter().filter(|layer| layer.base.is_none()) {
        let class = layer.series.class;
        for points in runs(&places, &layer.tops) {
            let ink = match (layer.series.expected, dense) {
                (true, _) => Ink::Dashed(class),
                (false, true) => Ink::Fine(class),
                (false, false) => Ink::Line(class),
            };
            if short {
                for point in &points {
                    plot.dot(*point, Ink::Line(class));
                }
            }
            plot.line(thinned(&plot, points, columns), ink);
        }
    }
    let mut ends: Vec<(f64, f64, &Series)> = Vec::new();
    for layer in &layers {
        let last = places.iter().zip(&layer.tops).rev().find_map(|(x, top)| top.map(|top| (*x, top)));
        if let Some(last) = last {
            let (x, y) = plot.at(last.0, last.1);
            ends.push((x, y, layer.series));
            if layers.len() == 1 && !area && !short {
                plot.dot(last, Ink::Line(layer.series.class));
            }
        }
    }
    let today = today(spec, data, &field, &plot, edges);
    let marks = marks(spec, data, &field, &plot, &places);
    drop(plot);
    sheet.shapes = shapes;

    field.value_labels(sheet);
    field.labels_below(sheet, &layout::base_labels(spec, data, &field, edges, levels));
    if let Some(x) = today {
        sheet.text((x + 5.0, field.top + 10.0), Anchor::Start, "tick", "Today", f64::INFINITY);
    }
    if direct {
        end_labels(sheet, &field, ends, room);
    }
    marks.into_iter().map(|mark| layout::on_sheet(sheet, mark)).collect()
}

/// Values on the base line, one a place; equal steps stand in the middle of theirs.
fn places(data: &Data) -> Vec<f64> {
    match data.places {
        Places::Steps => std::iter::successors(Some(0.5), |at| Some(at + 1.0)).take(data.xs.len()).collect(),
        Places::Time | Places::Numbers => data.xs.iter().map(|place| place.at).collect(),
    }
}

fn overlaid(data: &Data) -> Vec<Layer<'_>> {
    data.series.iter().map(|series| Layer { series, base: None, tops: series.values.clone() }).collect()
}

/// Every series on top of the ones before it; a place without a value adds nothing.
fn stacked(data: &Data) -> Vec<Layer<'_>> {
    let mut base = vec![0.0; data.xs.len()];
    let mut layers = Vec::new();
    for series in &data.series {
        let tops: Vec<f64> =
            base.iter().zip(&series.values).map(|(base, value)| base + value.unwrap_or(0.0)).collect();
        layers.push(Layer { series, base: Some(base), tops: tops.iter().copied().map(Some).collect() });
        base = tops;
    }
    layers
}

/// The values the axis has to hold. Areas always stand on zero; lines do where zero is not far away,
/// so that small changes do not look large without need.
fn range(data: &Data, layers: &[Layer<'_>], area: bool) -> (f64, f64) {
    let (low, high) = data.range();
    let high = layers.iter().flat_map(|layer| &layer.tops).flatten().fold(high, |high, top| high.max(*top));
    let near_zero = (low > 0.0 && low < high * 0.6) || (high < 0.0 && high > low * 0.6);
    if area || near_zero { (low.min(0.0), high.max(0.0)) } else { (low, high) }
}

/// Names stand at the ends where there is room for them and every line reaches the end.
fn names_at_ends(data: &Data, sheet: &Sheet) -> bool {
    let last = data.xs.len().saturating_sub(1);
    #[expect(clippy::cast_precision_loss, reason = "there are at most eight series")]
    let needed = data.series.len() as f64 * LINE;
    data.series.len() > 1
        && sheet.width >= WIDE
        && sheet.height - 60.0 >= needed
        && data
            .series
            .iter()
            .all(|series| series.band.is_none() && series.values.get(last).is_some_and(Option::is_some))
}

fn surfaces(plot: &Plot<'_>, layer: &Layer<'_>, places: &[f64], area: bool) {
    let class = layer.series.class;
    if let Some(band) = &layer.series.band {
        let both: Vec<Option<f64>> =
            band.lower.iter().zip(&band.upper).map(|(lower, upper)| lower.and(*upper)).collect();
        for run in runs(places, &both) {
            let lower = places.iter().zip(&band.lower).filter(|(x, _)| within(&run, **x));
            let lower = lower.filter_map(|(x, lower)| lower.map(|lower| (*x, lower)));
            plot.surface(run.iter().copied().chain(lower.rev()).collect(), Ink::Band(class));
        }
    }
    if area {
        for run in runs(places, &layer.tops) {
            let (base, ink): (Vec<(f64, f64)>, Ink) = match &layer.base {
                Some(base) => {
                    (places.iter().copied().zip(base.iter().copied()).rev().collect(), Ink::Slice(class))
                }
                None => (run.iter().rev().map(|(x, _)| (*x, 0.0)).collect(), Ink::Area(class)),
            };
            plot.surface(run.into_iter().chain(base).collect(), ink);
        }
    }
}

fn within(run: &[(f64, f64)], x: f64) -> bool {
    run.first().is_some_and(|first| first.0 <= x) && run.last().is_some_and(|last| x <= last.0)
}

/// Stretches of places that all have a value.
fn runs(places: &[f64], values: &[Option<f64>]) -> Vec<Vec<(f64, f64)>> {
    let mut runs = vec![Vec::new()];
    for (x, value) in places.iter().zip(values) {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((*x, *value)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Parts what was from what is expected; where the line stands.
fn today(spec: &ChartSpec, data: &Data, field: &Field, plot: &Plot<'_>, edges: (f64, f64)) -> Option<f64> {
    let today = time::seconds(&Value::Date(spec.forecast.as_ref()?.today))?;
    if data.places != Places::Time || !(edges.0..=edges.1).contains(&today) {
        return None;
    }
    plot.line(vec![(today, field.scale.low), (today, field.scale.high)], Ink::Today);
    Some(plot.at(today, field.scale.low).0)
}

/// Where many points share a column of pixels, only the first, lowest, highest and last can be seen.
fn thinned(plot: &Plot<'_>, points: Vec<(f64, f64)>, columns: f64) -> Vec<(f64, f64)> {
    #[expect(clippy::cast_precision_loss, reason = "the number of rows is limited")]
    if (points.len() as f64) < columns * 4.0 {
        return points;
    }
    let column = |point: &(f64, f64)| plot.at(point.0, point.1).0.floor();
    points
        .chunk_by(|a, b| column(a).total_cmp(&column(b)).is_eq())
        .flat_map(|chunk| {
            let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
            let mut seen: Vec<(f64, f64)> =
                [chunk.first(), chunk.iter().min_by(by_value), chunk.iter().max_by(by_value), chunk.last()]
                    .into_iter()
                    .flatten()
                    .copied()
                    .collect();
            seen.sort_by(|a, b| a.0.total_cmp(&b.0));
            seen.dedup();
            seen
        })
        .collect()
}

fn end_labels(sheet: &mut Sheet, field: &Field, mut ends: Vec<(f64, f64, &Series)>, room: f64) {
    ends.sort_by(|a, b| a.1.total_cmp(&b.1));
    let wanted: Vec<f64> = ends.iter().map(|end| end.1).collect();
    let spread = spread(&wanted, field.top, field.bottom);
    for ((x, y, series), label_y) in ends.into_iter().zip(spread) {
        // Beside the plot only: a connector among the lines would look like one of them.
        sheet.leader((x.max(field.right) + 3.0, y), (field.right + 13.0, label_y), series.class);
        let class = format!("label series-{}", series.class);
        sheet.text((field.right + 16.0, label_y + MIDDLE), Anchor::Start, &class, &series.name, room);
    }
}

/// Heights near the wanted ones (ascending) that keep a line's distance from each other.
fn spread(wanted: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut heights = wanted.to_vec();
    let mut least = top;
    for height in &mut heights {
        *height = height.max(least);
        least = *height + LINE;
    }
    let mut most = bottom;
    for height in heights.iter_mut().rev() {
        *height = height.min(most);
        most = *height - LINE;
    }
    heights
}

/// One mark a place, from half-way to the place before to half-way to the next; where places are closer
/// than a finger or mouse can tell apart, one for several.
fn marks(spec: &ChartSpec, data: &Data, field: &Field, plot: &Plot<'_>, places: &[f64]) -> Vec<Mark> {
    let xs: Vec<f64> = places.iter().map(|x| plot.at(*x, field.scale.low).0).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a width of at most 4000")]
    let most = ((field.right - field.left) / 1.5).max(1.0) as usize;
    let every = xs.len().div_ceil(most).max(1);
    let kept: Vec<usize> = (0..xs.len()).step_by(every).collect();
    kept.iter()
        .enumerate()
        .map(|(position, index)| {
            let before = position.checked_sub(1).and_then(|before| kept.get(before));
            let left = before.map_or(field.left, |before| f64::midpoint(xs[*before], xs[*index]));
            let next = kept.get(position + 1);
            let right = next.map_or(field.right, |next| f64::midpoint(xs[*index], xs[*next]));
            let place = &data.xs[*index];
            Mark {
                x: left,
                y: field.top,
                w: right - left,
                h: field.bottom - field.top,
                label: place.label.clone(),
                value: values_at(spec, data, *index),
                category: place.raw.clone(),
                series: None,
            }
        })
        .collect()
}

/// All values at a place: bare for one series, a line each with its name for several.
fn values_at(spec: &ChartSpec, data: &Data, index: usize) -> String {
    let show = |values: &[Option<f64>]| {
        let value = values.get(index).copied().flatten().map_or(Value::Null, Value::Float);
        spec.format.show(&value, spec.locale)
    };
    let mut lines = Vec::new();
    for series in &data.series {
        lines.push((series.name.as_str(), show(&series.values)));
        if let Some(band) = &series.band {
            lines.push((band.lower_name.as_str(), show(&band.lower)));
            lines.push((band.upper_name.as_str(), show(&band.upper)));
        }
    }
    match &lines[..] {
        [(_, value)] => value.clone(),
        lines => lines.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_distance_and_stay_inside() {
        assert_eq!(spread(&[10.0, 12.0, 90.0], 0.0, 100.0), [10.0, 26.0, 90.0]);
        assert_eq!(spread(&[95.0, 97.0, 99.0], 0.0, 100.0), [68.0, 84.0, 100.0]);
    }

    #[test]
    fn a_null_ends_a_run() {
        let values = [Some(1.0), Some(2.0), None, Some(3.0)];
        assert_eq!(runs(&[0.0, 1.0, 2.0, 3.0], &values), [vec![(0.0, 1.0), (1.0, 2.0)], vec![(3.0, 3.0)]]);
    }
}
