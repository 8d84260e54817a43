//! `text_input`: free text.

use lakeport_frame::{Locale, Value};
use lakeport_model::dashboards::Control;

use super::{Bound, Choice, Chosen, Fence, Given, Kind, Shown, Variant, WidgetKind};
use crate::dashboards::fields::Fields;

pub(super) const FENCE: Fence = Fence {
    word: "text_input",
    options: &["label", "help", "default", "max_length"],
    read: |fields| Some(read(fields)),
};

/// Free text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextInput {
    /// The text without a choice.
    default: String,
    /// Longest text accepted, in characters.
    max_length: u32,
}

fn read(fields: &mut Fields) -> WidgetKind {
    let max_length = fields.whole("max_length", 1, 1000).unwrap_or(100);
    let default = fields.text("default").unwrap_or_default();
    WidgetKind::TextInput(TextInput { default, max_length })
}

impl Kind for TextInput {
    fn parameters(&self, name: &str) -> Vec<String> {
        vec![name.to_owned()]
    }

    fn choose(&self, given: &Given) -> (Choice, Option<String>) {
        let Some(text) = given.values.last() else {
            return (Choice::Text(self.default.clone()), None);
        };
        let clean: String = text.chars().filter(|char| !char.is_control()).collect();
        let cut: String = clean.chars().take(self.max_length as usize).collect();
        let notice = (cut.len() < clean.len())
            .then(|| format!("{}: only the first {} characters are used.", given.label, self.max_length));
        (Choice::Text(cut), notice)
    }

    fn written(&self, choice: &Choice) -> Vec<String> {
        let Choice::Text(text) = choice else { return Vec::new() };
        vec![text.clone()]
    }

    fn bound(&self, name: &str, chosen: &Chosen, variant: Variant) -> Option<Bound> {
        let Choice::Text(text) = chosen.of(variant) else { return None };
        Some(vec![(name.to_owned(), Value::Text(text.clone()))])
    }

    fn in_words(&self, choice: &Choice, _: Locale) -> String {
        let Choice::Text(text) = choice else { return String::new() };
        text.clone()
    }

    fn control(&self, shown: &Shown) -> Option<Control> {
        let Choice::Text(value) = shown.choice else { return None };
        Some(Control::Text { value: value.clone(), max_length: self.max_length })
    }
}
