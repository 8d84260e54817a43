//! Legend, axes and the labels on them.

use crate::canvas::{Ink, Plot, Span};
use crate::data::{Data, Place, Places};
use crate::scale::{self, Scale};
use crate::svg::{Anchor, Sheet, width};
use crate::{ChartSpec, Mark, time};

/// Distance of base lines of two texts below each other.
pub(crate) const LINE: f64 = 16.0;
/// Half of the height of digits: moves a text from "standing on" to "centred at".
pub(crate) const MIDDLE: f64 = 4.0;

/// The edges of the part of the sheet that values are drawn in, above a base line.
pub(crate) struct Field {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
    pub(crate) scale: Scale,
    labels: Vec<String>,
}

/// A label below the base line.
pub(crate) struct Below {
    /// Its middle.
    pub(crate) x: f64,
    /// One text below the other.
    pub(crate) lines: [Option<String>; 2],
    /// How wide it may be.
    pub(crate) room: f64,
}

impl Field {
    /// The field between `top` and the labels at the bottom, with room at the `right`, for values from `low` to `high`.
    pub(crate) fn new(
        spec: &ChartSpec,
        sheet: &Sheet,
        (low, high): (f64, f64),
        (top, right, below): (f64, f64, f64),
    ) -> Self {
        let bottom = sheet.height - below;
        let target = ((bottom - top) / 40.0).clamp(1.0, 6.0);
        let scale = scale::rounded(low, high, target, spec.format);
        let labels = spec.format.ticks(&scale.ticks, spec.locale);
        let widest = labels.iter().map(|label| width(label)).fold(0.0, f64::max);
        let left = (widest + 8.0).min(sheet.width / 3.0);
        Self { left, right: (sheet.width - right).max(left + 20.0), top, bottom, scale, labels }
    }

    /// Axes over the field; `x` are the values at its left and right edge.
    pub(crate) fn plot<'a>(&self, shapes: &'a mut String, x: (f64, f64)) -> Plot<'a> {
        Plot::new(
            shapes,
            Span { values: x.0..x.1, places: (self.left, self.right) },
            Span { values: self.scale.low..self.scale.high, places: (self.bottom, self.top) },
        )
    }

    /// Grid lines at the ticks of the value axis, stronger at zero or, without a zero, at the bottom.
    pub(crate) fn grid(&self, plot: &Plot<'_>, x: (f64, f64)) {
        let base = if self.scale.low <= 0.0 && self.scale.high >= 0.0 { 0.0 } else { self.scale.low };
        for tick in self.scale.ticks.iter().filter(|tick| tick.total_cmp(&base).is_ne()) {
            plot.line(vec![(x.0, *tick), (x.1, *tick)], Ink::Grid);
        }
        plot.line(vec![(x.0, base), (x.1, base)], Ink::Axis);
    }

    /// The labels of the value axis.
    pub(crate) fn value_labels(&self, sheet: &mut Sheet) {
        let length = self.bottom - self.top;
        for (tick, label) in self.scale.ticks.iter().zip(&self.labels) {
            let share = (tick - self.scale.low) / (self.scale.high - self.scale.low);
            let y = self.bottom - share * length;
            sheet.text((self.left - 8.0, y + MIDDLE), Anchor::End, "tick", label, self.left);
        }
    }

    /// Labels below the base line, from left to right; one that would touch its neighbour is left out.
    pub(crate) fn labels_below(&self, sheet: &mut Sheet, labels: &[Below]) {
        let mut free = [0.0_f64; 2];
        for below in labels {
            for (row, (text, free)) in below.lines.iter().zip(&mut free).enumerate() {
                let Some(text) = text else { continue };
                let half = width(text).min(below.room) / 2.0;
                let x = below.x.clamp(half, (sheet.width - half).max(half));
                if x - half < *free {
                    // A year without its month would name the wrong month.
                    break;
                }
                let y = self.bottom + if row == 0 { 18.0 } else { 18.0 + LINE };
                sheet.text((x, y), Anchor::Middle, "tick", text, below.room);
                *free = x + half + 8.0;
            }
        }
    }

    /// Labels for places at equal steps: all, on two levels where one is too narrow, else cut, or else
    /// every second, third .. of them.
    pub(crate) fn step_labels(&self, places: &[Place], levels: Levels) -> Vec<Below> {
        let step = step(self.right - self.left, places);
        let every = match levels {
            Levels::Two => 1.0,
            Levels::One if step >= 56.0 => 1.0,
            Levels::One => ((widest(places).min(110.0) + 12.0) / step).ceil().max(1.0),
        };
        let room = step * if levels == Levels::Two { 2.0 } else { every } - 8.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small count, at least 1"
        )]
        let every = every as usize;
        let mut middle = self.left - step / 2.0;
        let middles = places.iter().map(|place| {
            middle += step;
            (place, middle)
        });
        middles
            .step_by(every)
            .enumerate()
            .map(|(index, (place, x))| {
                let label = Some(place.label.clone());
                let lower = levels == Levels::Two && index % 2 == 1;
                Below { x, lines: if lower { [None, label] } else { [label, None] }, room: room.max(24.0) }
            })
            .collect()
    }
}

/// How many levels the labels of equal steps stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Levels {
    One,
    Two,
}

impl Levels {
    /// Two where that is what it takes to show every label in full.
    pub(crate) fn needed(sheet: &Sheet, places: &[Place]) -> Self {
        let (step, widest) = (step(sheet.width - 48.0, places), widest(places) + 8.0);
        if (step..step * 2.0).contains(&widest) { Self::Two } else { Self::One }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a chart has some hundred places")]
fn step(length: f64, places: &[Place]) -> f64 {
    length / places.len().max(1) as f64
}

fn widest(places: &[Place]) -> f64 {
    places.iter().map(|place| width(&place.label)).fold(0.0, f64::max)
}

/// How many ticks of a time axis a length holds.
pub(crate) fn time_target(length: f64) -> f64 {
    (length / 54.0).max(2.0)
}

/// The values at the left and right edge of a base line with these places.
pub(crate) fn base_line(data: &Data) -> (f64, f64) {
    let (first, last) = (data.xs.first().map_or(0.0, |x| x.at), data.xs.last().map_or(0.0, |x| x.at));
    match data.places {
        #[expect(clippy::cast_precision_loss, reason = "a chart has some hundred places")]
        Places::Steps => (0.0, data.xs.len().max(1) as f64),
        // Moments within a second: an axis of no length has no places.
        Places::Time if last - first < 1.0 => (first - 1.0, last + 1.0),
        Places::Time => (first, last),
        Places::Numbers => {
            let scale = scale::exact(first, last, 5.0);
            (scale.low, scale.high)
        }
    }
}

/// Labels of a base line of times or numbers.
pub(crate) fn base_labels(
    spec: &ChartSpec,
    data: &Data,
    field: &Field,
    edges: (f64, f64),
    levels: Levels,
) -> Vec<Below> {
    let length = field.right - field.left;
    let place = |at: f64| field.left + (at - edges.0) / (edges.1 - edges.0) * length;
    match data.places {
        Places::Steps => field.step_labels(&data.xs, levels),
        Places::Time => time::ticks(edges.0, edges.1, time_target(length), data.grain, spec.locale)
            .into_iter()
            .map(|tick| Below { x: place(tick.at), lines: [Some(tick.label), tick.second], room: 90.0 })
            .collect(),
        Places::Numbers => {
            let ticks = scale::exact(edges.0, edges.1, (length / 80.0).clamp(2.0, 8.0)).ticks;
            let years = edges.0 >= 1000.0 && edges.1 < 10_000.0;
            let labels = if years {
                ticks.iter().map(f64::to_string).collect()
            } else {
                lakeport_frame::Format::Number(0).ticks(&ticks, spec.locale)
            };
            ticks
                .iter()
                .zip(labels)
                .map(|(tick, label)| Below { x: place(*tick), lines: [Some(label), None], room: 90.0 })
                .collect()
        }
    }
}

/// The names of the series above the field, in as many lines as they need; where the field may begin.
pub(crate) fn legend(sheet: &mut Sheet, data: &Data) -> f64 {
    let mut entries: Vec<(u8, bool, String)> = Vec::new();
    for series in &data.series {
        entries.push((series.class, false, series.name.clone()));
        if let Some(band) = &series.band {
            entries.push((
                series.class,
                true,
                format!(
                    "{}, {} to {}",
                    series.name,
                    band.lower_name.to_lowercase(),
                    band.upper_name.to_lowercase()
                ),
            ));
        }
    }
    let (mut x, mut y) = (0.0, 12.0);
    let room = (sheet.width - 16.0).min(240.0);
    for (class, faint, name) in entries {
        let needed = 16.0 + width(&name).min(room);
        if x > 0.0 && x + needed > sheet.width {
            (x, y) = (0.0, y + 20.0);
        }
        sheet.swatch(x, y - 9.0, class, faint);
        sheet.text((x + 16.0, y), Anchor::Start, "legend", &name, room);
        x += needed + 16.0;
    }
    y + 20.0
}

/// Keeps a mark on the sheet, whatever rounding did to its edges.
pub(crate) fn on_sheet(sheet: &Sheet, mark: Mark) -> Mark {
    let x = mark.x.clamp(0.0, sheet.width);
    let y = mark.y.clamp(0.0, sheet.height);
    Mark { x, y, w: mark.w.clamp(0.0, sheet.width - x), h: mark.h.clamp(0.0, sheet.height - y), ..mark }
}
