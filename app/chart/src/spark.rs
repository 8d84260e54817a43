//! A line the size of a word.

use crate::canvas::{Ink, Plot, Span};

const SIZE: (f64, f64) = (96.0, 24.0);

/// The course of some values as a small line without axes, its end marked by a dot. It says nothing a
/// screen reader could read, so it is hidden from it: the figure beside it carries the meaning.
/// A value that is not finite makes a gap.
pub fn sparkline(values: &[f64]) -> String {
    let known: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let low = known.iter().copied().fold(f64::INFINITY, f64::min).clamp(-1e300, 1e300);
    let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max).clamp(-1e300, 1e300);
    let (low, high) = if high > low { (low, high) } else { (low - 1.0, low + 1.0) };
    #[expect(clippy::cast_precision_loss, reason = "a sparkline has some hundred values")]
    let last = values.len().saturating_sub(1).max(1) as f64;

    let mut shapes = String::new();
    let plot = Plot::new(
        &mut shapes,
        Span { values: 0.0..last, places: (3.0, SIZE.0 - 3.0) },
        Span { values: low..high, places: (SIZE.1 - 3.0, 3.0) },
    );
    let mut run: Vec<(f64, f64)> = Vec::new();
    let mut end = None;
    let mut x = 0.0;
    for value in values {
        if value.is_finite() {
            let point = (x, value.clamp(low, high));
            run.push(point);
            end = Some(point);
        } else if !run.is_empty() {
            plot.line(std::mem::take(&mut run), Ink::Line(1));
        }
        x += 1.0;
    }
    if run.len() > 1 {
        plot.line(run, Ink::Line(1));
    }
    if let Some(end) = end {
        plot.dot(end, Ink::Line(1));
    }
    drop(plot);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sparkline\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" \
         height=\"{h}\" aria-hidden=\"true\">{shapes}</svg>",
        w = SIZE.0,
        h = SIZE.1
    )
}

/// Size of a small drawing of bars.
const BARS: (f64, f64) = (480.0, 96.0);
/// The part of its place that a bar leaves free on each side.
const GAP: f64 = 0.15;

/// Some amounts as bars side by side, from nothing up to the greatest. Like a [`sparkline`] it is hidden from screen readers:
/// the figures stand beside it. What is no amount has no bar.
pub fn bars(values: &[f64]) -> String {
    let amounts: Vec<f64> =
        values.iter().map(|value| if value.is_finite() { value.clamp(0.0, 1e300) } else { 0.0 }).collect();
    let high = amounts.iter().copied().fold(0.0, f64::max);
    #[expect(clippy::cast_precision_loss, reason = "there are some dozens of bars")]
    let number = amounts.len().max(1) as f64;
    let mut shapes = String::new();
    let plot = Plot::new(
        &mut shapes,
        Span { values: 0.0..number, places: (0.0, BARS.0) },
        Span { values: 0.0..if high > 0.0 { high } else { 1.0 }, places: (BARS.1 - 1.0, 3.0) },
    );
    let mut x = 0.0;
    for amount in amounts {
        if amount > 0.0 {
            plot.rectangle([(x + GAP, 0.0), (x + 1.0 - GAP, amount)], Ink::Bar(1));
        }
        x += 1.0;
    }
    plot.line(vec![(0.0, 0.0), (number, 0.0)], Ink::Axis);
    drop(plot);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bars\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" \
         aria-hidden=\"true\">{shapes}</svg>",
        w = BARS.0,
        h = BARS.1
    )
}
