//! The filter bar.

use lakeport_frame::{Format, Value};
use lakeport_model::dashboards::{Choice as Entry, Control, Filter};

use super::{Input, hash, locale};
use crate::dashboards::format::{Options, Widget, WidgetKind};
use crate::dashboards::params::{Choice, OWN_DAYS, Period, Preset};
use crate::dashboards::plan::OPTION_LIMIT;

/// Names written out before the rest is counted.
const NAMES_IN_WORDS: usize = 5;

/// All filters in the order of the text.
pub(super) fn filters(input: &Input) -> Vec<Filter> {
    let filter = |widget: &Widget| {
        let choice = input.params.choice(&widget.name)?;
        let control = control(input, widget, choice)?;
        let mut filter = Filter {
            name: widget.name.clone(),
            label: widget.label.clone(),
            help: widget.help.clone(),
            control,
            changed: input.params.is_set(&widget.name),
            problem: problem(input, widget),
            hash: String::new(),
        };
        filter.hash = hash(&filter);
        Some(filter)
    };
    input.dashboard.widgets.iter().filter_map(filter).collect()
}

/// The value of a filter for a sentence.
pub(super) fn in_words(input: &Input, name: &str) -> String {
    let (Some(widget), Some(choice)) = (input.dashboard.widget(name), input.params.choice(name)) else {
        return String::new();
    };
    match (choice, &widget.kind) {
        (Choice::Period(period), _) => within(&period.text(locale(input))),
        (Choice::Day(day), _) => Format::Date.show(&Value::Date(*day), locale(input)),
        (Choice::Text(text), WidgetKind::Select { empty: Some(empty), .. }) if text.is_empty() => {
            empty.clone()
        }
        (Choice::Text(text), _) => text.clone(),
        (Choice::Texts(texts), _) if texts.is_empty() => "all".to_owned(),
        (Choice::Texts(texts), _) if texts.len() > NAMES_IN_WORDS => {
            let names = texts[..NAMES_IN_WORDS].join(", ");
            format!("{names} and {} more", texts.len() - NAMES_IN_WORDS)
        }
        (Choice::Texts(texts), _) => texts.join(", "),
        (Choice::Number { value, .. }, WidgetKind::Slider { format, .. }) => {
            format.show(&Value::Float(*value), locale(input))
        }
        (Choice::Number { value, .. }, _) => value.to_string(),
    }
}

/// What a filter shows; `None` for a choice of another kind, which is never made: a choice is read from its own widget.
fn control(input: &Input, widget: &Widget, choice: &Choice) -> Option<Control> {
    let text = in_words(input, &widget.name);
    Some(match (&widget.kind, choice) {
        (WidgetKind::Period { compare, .. }, Choice::Period(period)) => {
            let typed = input.params.typed_range(&widget.name);
            let is_own = typed.is_some() || period.preset.is_none();
            let origin = if typed.is_some() { String::new() } else { period.taken_over().origin() };
            let (start, end) = typed.unwrap_or_else(|| period.fields());
            let compared = period.previous().filter(|_| *compare);
            Control::Period {
                presets: presets(period.preset.filter(|_| !is_own)),
                shown: format!("{start}..{end}{origin}"),
                start,
                end,
                text: format!("{}{}", period.text(locale(input)), up_to(*period)),
                compared_with: compared.map(|previous| previous.text(locale(input))),
            }
        }
        (WidgetKind::Day { .. }, Choice::Day(day)) => Control::Day { value: day.to_string(), text },
        (WidgetKind::Select { options, empty, .. }, Choice::Text(chosen)) => {
            let mut entries: Vec<Entry> = empty
                .iter()
                .map(|label| Entry { value: String::new(), label: label.clone(), chosen: chosen.is_empty() })
                .collect();
            entries.extend(entry_list(input, widget, options, std::slice::from_ref(chosen)));
            Control::Select { options: entries }
        }
        (WidgetKind::MultiSelect { options, .. }, Choice::Texts(chosen)) => {
            Control::MultiSelect { options: entry_list(input, widget, options, chosen) }
        }
        (WidgetKind::Slider { min, max, step, .. }, Choice::Number { value, .. }) => Control::Slider {
            min: min.to_string(),
            max: max.to_string(),
            step: step.to_string(),
            value: value.to_string(),
            text,
        },
        (WidgetKind::Text { max_length, .. }, Choice::Text(value)) => {
            Control::Text { value: value.clone(), max_length: *max_length }
        }
        (
            WidgetKind::Period { .. }
            | WidgetKind::Day { .. }
            | WidgetKind::Select { .. }
            | WidgetKind::MultiSelect { .. }
            | WidgetKind::Slider { .. }
            | WidgetKind::Text { .. },
            _,
        ) => return None,
    })
}

/// Where a preset ends says whether today's unfinished day is in it.
fn up_to(period: Period) -> &'static str {
    match period.preset {
        Some(Preset::Last7Days | Preset::Last30Days) => ", up to yesterday",
        Some(Preset::ThisMonth | Preset::ThisQuarter | Preset::ThisYear) => ", up to today",
        Some(Preset::LastMonth | Preset::LastQuarter | Preset::LastYear | Preset::All) | None => "",
    }
}

/// Words within a sentence rather than at its beginning.
fn within(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next();
    first.into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

/// The presets and the choice of one's own days, which is made where no preset is.
fn presets(chosen: Option<Preset>) -> Vec<Entry> {
    let preset = |preset: Preset| Entry {
        value: preset.name().to_owned(),
        label: preset.label().to_owned(),
        chosen: chosen == Some(preset),
    };
    let custom =
        Entry { value: OWN_DAYS.to_owned(), label: "Chosen days".to_owned(), chosen: chosen.is_none() };
    Preset::ALL.into_iter().map(preset).chain([custom]).collect()
}

fn entry_list(input: &Input, widget: &Widget, options: &Options, chosen: &[String]) -> Vec<Entry> {
    let known: &[String] = match options {
        Options::List(values) => values,
        Options::Column { .. } => match input.options.get(&widget.name) {
            Some(Ok(values)) => values,
            _ => &[],
        },
    };
    // What is chosen stays visible even where the options could not be read.
    let extra = chosen.iter().filter(|value| !value.is_empty() && !known.contains(value));
    let entry =
        |value: &String| Entry { value: value.clone(), label: value.clone(), chosen: chosen.contains(value) };
    known.iter().chain(extra).map(entry).collect()
}

fn problem(input: &Input, widget: &Widget) -> Option<String> {
    if let Some(sentence) = input.params.problem(&widget.name) {
        let shown = in_words(input, &widget.name);
        return Some(format!("{sentence} The figures are of {shown}."));
    }
    match input.options.get(&widget.name)? {
        Err(sentence) => Some(sentence.clone()),
        Ok(values) if values.len() >= OPTION_LIMIT as usize => {
            Some(format!("Only the first {OPTION_LIMIT} options are listed."))
        }
        Ok(_) => None,
    }
}
