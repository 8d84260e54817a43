//! The chart in sentences, for people who do not see it.

use lakeport_frame::Value;

use crate::data::{Data, Place, Series};
use crate::{ChartKind, ChartSpec};

pub(crate) fn describe(spec: &ChartSpec, data: &Data) -> String {
    let kind = match spec.kind {
        ChartKind::Line | ChartKind::Area if data.is_one_moment() => "Bar chart",
        ChartKind::Line => "Line chart",
        ChartKind::Area => "Area chart",
        ChartKind::Bar { .. } => "Bar chart",
    };
    let what = match &data.series[..] {
        [one] => one.name.clone(),
        several => format!("{} series", several.len()),
    };
    let (first, last) = (data.xs.first(), data.xs.last());
    let places = match (first, last) {
        (Some(first), Some(last)) if first.label != last.label => {
            format!(", {} to {}", first.label, last.label)
        }
        (Some(only), _) => format!(", {}", only.label),
        _ => String::new(),
    };
    let places = if matches!(spec.kind, ChartKind::Bar { .. }) && !data.dated {
        format!(", {} of them", data.xs.len())
    } else {
        places
    };
    let mut sentences = vec![format!("{kind} of {what} by {}{places}.", data.x_name.to_lowercase())];
    sentences.extend(data.series.iter().filter_map(|series| extremes(spec, data, series)));
    sentences.extend(data.notes.iter().cloned());
    sentences.join(" ")
}

fn extremes(spec: &ChartSpec, data: &Data, series: &Series) -> Option<String> {
    let known: Vec<(&Place, f64)> =
        data.xs.iter().zip(&series.values).filter_map(|(place, value)| Some((place, (*value)?))).collect();
    let show = |(place, value): &(&Place, f64)| {
        format!("{} ({})", spec.format.show(&Value::Float(*value), spec.locale), place.label)
    };
    let low = known.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let high = known.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let name = &series.name;
    let mut text = match &known[..] {
        [only] => format!("{name}: {}", show(only)),
        _ => format!("{name}: lowest {}, highest {}", show(low), show(high)),
    };
    let in_order = data.dated || !matches!(spec.kind, ChartKind::Bar { .. });
    if let (true, [_, .., last]) = (in_order, &known[..]) {
        text.push_str(", last ");
        text.push_str(&show(last));
    }
    if let Some(band) = &series.band {
        text = format!("{text}, with a band from {} to {}", band.lower_name, band.upper_name);
    }
    Some(text + ".")
}
