//! The filter bar.

use lakeport_model::dashboards::{Control, Filter};

use super::{Input, hash, locale};
use crate::dashboards::plan::OPTION_LIMIT;
use crate::dashboards::widgets::{Choice, Shown, Widget};

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
    widget.in_words(choice, locale(input))
}

fn control(input: &Input, widget: &Widget, choice: &Choice) -> Option<Control> {
    let known = input.options.get(&widget.name).and_then(|read| read.as_deref().ok()).unwrap_or_default();
    let typed = input.params.typed_range(&widget.name);
    widget.control(&Shown { choice, typed, known, locale: locale(input) })
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
