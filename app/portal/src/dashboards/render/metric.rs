//! Headline figures and their change.

use std::collections::BTreeMap;

use lakeport_chart::sparkline;
use lakeport_frame::{Format, Frame, Value};
use lakeport_model::dashboards::{Delta, Direction, Metric, Tone};

use super::{Input, column, frame, locale, value};
use crate::dashboards::format::{DataRef, DeltaColor, MetricBlock};
use crate::dashboards::params::{Choice, Variant};
use crate::dashboards::plan::compared_period;

/// The figure of the first row, or why there is none.
pub(super) fn metric(input: &Input, block: &MetricBlock) -> Result<Metric, String> {
    let text = value(input, &block.value, block.format)?;
    let delta = if block.delta { delta(input, block)? } else { None };
    let spark = match &block.spark {
        Some(data) => spark(input, data)?,
        None => None,
    };
    Ok(Metric { label: block.label.clone(), value: text, delta, spark, help: block.help.clone() })
}

fn delta(input: &Input, block: &MetricBlock) -> Result<Option<Delta>, String> {
    let data = &block.value;
    let Some(widget) = compared_period(input.dashboard, &data.query) else {
        return Ok(None);
    };
    let Some(Choice::Period(period)) = input.params.choice(&widget.name) else {
        return Ok(None);
    };
    let flat = |text: String| Some(Delta { text, direction: Direction::Flat, tone: Tone::Neutral });
    let Some(previous) = period.previous() else {
        return Ok(flat("nothing to compare with".to_owned()));
    };
    let range = previous.text(locale(input));
    let current = frame(input, &data.query, Variant::Current)?;
    let format = block.format.unwrap_or_else(|| default_format(current, data));
    let Ok(before) = frame(input, &data.query, Variant::Previous) else {
        return Ok(flat(format!("{range} could not be read")));
    };
    let figure = |frame: &Frame| {
        let value = frame.value(0, &data.column)?;
        Some((value.as_f64()?, value))
    };
    let before = if is_of_nothing(before) { None } else { figure(before) };
    let (now, (then, was)) = match (figure(current), before) {
        (Some((now, _)), Some(before)) => (now, before),
        (None, _) => return Ok(flat(format!("no figure in {}", period.text(locale(input))))),
        (Some(_), None) => return Ok(flat(format!("nothing to compare with in {range}"))),
    };
    if begins_later(input, data) {
        // A change against a part would be taken for one against the whole.
        let was = format.show(&was, locale(input));
        return Ok(flat(format!("{was} in {range}, whose first days have no figures")));
    }
    let (text, direction) = change(input, format, now, (then, &was), &range);
    let tone = match (block.delta_color, direction) {
        (DeltaColor::Off, _) | (_, Direction::Flat) => Tone::Neutral,
        // Nothing may be good news, and may be that nothing has arrived yet.
        _ if now == 0.0 => Tone::Neutral,
        (DeltaColor::Normal, Direction::Up) | (DeltaColor::Inverse, Direction::Down) => Tone::Good,
        (DeltaColor::Normal, Direction::Down) | (DeltaColor::Inverse, Direction::Up) => Tone::Bad,
    };
    Ok(Some(Delta { text, direction, tone }))
}

/// True for totals of no rows. How many there are is 0 then, and their sums are empty: where nothing but both stands in the
/// row, the 0 is no figure that something could have risen from.
fn is_of_nothing(frame: &Frame) -> bool {
    let row = || frame.columns().iter().filter_map(|column| column.values.get(0));
    row().any(|value| value == Value::Null)
        && row().all(|value| value == Value::Null || value.as_f64() == Some(0.0))
}

/// True where the first days of the period before have no figures, and none lead up to them: what there is begins later.
fn begins_later(input: &Input, data: &DataRef) -> bool {
    let lead = frame(input, &data.query, Variant::Lead);
    lead.is_ok_and(|lead| {
        is_of_nothing(lead) || lead.value(0, &data.column).is_none_or(|figure| figure == Value::Null)
    })
}

fn default_format(frame: &Frame, data: &DataRef) -> Format {
    frame.column(&data.column).map_or(Format::Plain, Format::default_for)
}

/// The change in words. Ratios change by percentage points: "5 % more" of 20 % could be 21 % or 25 %.
fn change(
    input: &Input,
    format: Format,
    now: f64,
    (then, was): (f64, &Value),
    range: &str,
) -> (String, Direction) {
    let (size, unit) = match format {
        Format::Percent(digits) => {
            (Format::Number(digits).show(&points(now - then), locale(input)), " percentage points")
        }
        // Against nothing, or down to nothing, a share says nothing.
        _ if (now == 0.0) != (then == 0.0) => {
            let (way, direction) = if now > then { ("up", Direction::Up) } else { ("down", Direction::Down) };
            return (format!("{way} from {} in {range}", format.show(was, locale(input))), direction);
        }
        _ if then == 0.0 => (Format::Percent(1).show(&Value::Int(0), locale(input)), ""),
        _ => (Format::Percent(1).show(&Value::Float(((now - then) / then).abs()), locale(input)), ""),
    };
    if !size.contains(|char: char| ('1'..='9').contains(&char)) {
        return (format!("unchanged from {range}"), Direction::Flat);
    }
    let (word, direction) = if now > then { ("more", Direction::Up) } else { ("less", Direction::Down) };
    (format!("{size}{unit} {word} than {range}"), direction)
}

fn points(difference: f64) -> Value {
    Value::Float((difference * 100.0).abs())
}

/// A line of the column, added up for each value of the query's first column.
fn spark(input: &Input, data: &DataRef) -> Result<Option<String>, String> {
    // The figure itself is worth showing without its course.
    let Ok(frame) = frame(input, &data.query, Variant::Current) else {
        return Ok(None);
    };
    let figures = column(frame, &data.query, &data.column)?;
    let Some(places) = frame.columns().first() else {
        return Ok(None);
    };
    let mut order: BTreeMap<String, usize> = BTreeMap::new();
    let mut sums: Vec<f64> = Vec::new();
    for row in 0..frame.rows() {
        let place = places.values.get(row).map(|place| place.to_string()).unwrap_or_default();
        let index = *order.entry(place).or_insert_with(|| {
            sums.push(0.0);
            sums.len() - 1
        });
        sums[index] += figures.values.get(row).and_then(|figure| figure.as_f64()).unwrap_or(0.0);
    }
    Ok((sums.len() > 1).then(|| sparkline(&sums)))
}
