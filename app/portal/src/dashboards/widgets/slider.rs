//! `slider`: a number between two others.

use lakeport_frame::{Format, Locale, Value};
use lakeport_model::dashboards::Control;

use super::{Bound, Choice, Chosen, Fence, Given, Kind, Shown, Variant, WidgetKind};
use crate::dashboards::fields::Fields;
use crate::text::shorten;

pub(super) const FENCE: Fence =
    Fence { word: "slider", options: &["label", "help", "min", "max", "step", "default", "fmt"], read };

/// A number in a range.
#[derive(Debug, Clone, PartialEq)]
pub struct Slider {
    /// Smallest value.
    min: f64,
    /// Largest value.
    max: f64,
    /// Distance between values, above 0.
    step: f64,
    /// The value without a choice.
    default: f64,
    /// All figures are whole, and SQL receives a whole number.
    whole: bool,
    /// How the value is shown.
    format: Format,
}

fn read(fields: &mut Fields) -> Option<WidgetKind> {
    let at = fields.at;
    let min = fields.number("min").map_or(0.0, |(value, _)| value);
    let max = fields.number("max").map(|(value, _)| value);
    let step = fields.number("step");
    let default = fields.number("default");
    let format = fields.format("fmt");
    let Some(max) = max else {
        fields.missing("max", "100");
        return None;
    };
    if max <= min {
        fields.wrong("max", at, format!("\"max\" ({max}) has to be above \"min\" ({min})."));
        return None;
    }
    let step = match step {
        Some((step, place)) if step <= 0.0 => {
            fields.wrong("step", place, format!("\"step\" has to be above 0, not {step}."));
            return None;
        }
        Some((step, _)) => step,
        None if min.fract() == 0.0 && max.fract() == 0.0 => 1.0,
        None => (max - min) / 100.0,
    };
    let default = match default {
        Some((default, place)) if !(min..=max).contains(&default) => {
            fields.wrong("default", place, format!("The default {default} is not between {min} and {max}."));
            min
        }
        Some((default, _)) => default,
        None => min,
    };
    let whole = [min, max, step, default].iter().all(|number| number.fract() == 0.0);
    let format = format.unwrap_or(if whole { Format::Number(0) } else { Format::Number(2) });
    Some(WidgetKind::Slider(Slider { min, max, step, default, whole, format }))
}

impl Slider {
    /// The nearest value of the slider; rounded, so that 0.1 + 0.2 is 0.3 in an address.
    fn snap(&self, value: f64) -> f64 {
        let steps = ((value - self.min) / self.step).round();
        let snapped = ((self.min + steps * self.step) * 1e9).round() / 1e9;
        if snapped.is_finite() { snapped.clamp(self.min, self.max) } else { self.min }
    }
}

impl Kind for Slider {
    fn parameters(&self, name: &str) -> Vec<String> {
        vec![name.to_owned()]
    }

    fn choose(&self, given: &Given) -> (Choice, Option<String>) {
        let Self { min, max, default, .. } = *self;
        match given.first().map(|text| (text, text.parse::<f64>())) {
            None => (Choice::Number(default), None),
            Some((_, Ok(value))) if (min..=max).contains(&value) => (Choice::Number(self.snap(value)), None),
            Some((text, _)) => {
                let text = shorten(text);
                let notice = format!("{}: \"{text}\" is not a number from {min} to {max}.", given.label);
                (Choice::Number(default), Some(notice))
            }
        }
    }

    fn written(&self, choice: &Choice) -> Vec<String> {
        let Choice::Number(value) = choice else { return Vec::new() };
        vec![value.to_string()]
    }

    fn bound(&self, name: &str, chosen: &Chosen, variant: Variant) -> Option<Bound> {
        let Choice::Number(value) = chosen.of(variant) else { return None };
        #[expect(clippy::cast_possible_truncation, reason = "a slider's figures are whole and small")]
        let value = if self.whole { Value::Int(value.round() as i64) } else { Value::Float(*value) };
        Some(vec![(name.to_owned(), value)])
    }

    fn in_words(&self, choice: &Choice, locale: Locale) -> String {
        let Choice::Number(value) = choice else { return String::new() };
        self.format.show(&Value::Float(*value), locale)
    }

    fn control(&self, shown: &Shown) -> Option<Control> {
        let Choice::Number(value) = shown.choice else { return None };
        Some(Control::Slider {
            min: self.min.to_string(),
            max: self.max.to_string(),
            step: self.step.to_string(),
            value: value.to_string(),
            text: self.in_words(shown.choice, shown.locale),
        })
    }
}
