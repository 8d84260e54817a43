//! `selectbox`: exactly one of some texts.

use lakeport_frame::{Locale, Value};
use lakeport_model::dashboards::{Choice as Entry, Control};

use super::{Bound, Choice, Chosen, Fence, Given, Kind, Options, Shown, Variant, WidgetKind};
use crate::dashboards::fields::Fields;

pub(super) const FENCE: Fence =
    Fence { word: "selectbox", options: &["label", "help", "options", "default", "empty"], read };

/// Exactly one of the options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selectbox {
    /// What can be chosen.
    options: Options,
    /// The value without a choice; `None` is the first option.
    default: Option<String>,
    /// Label of an extra first option that binds empty text.
    empty: Option<String>,
}

fn read(fields: &mut Fields) -> Option<WidgetKind> {
    let options = Options::read(fields);
    let default = fields.text_at("default");
    let empty = fields.text("empty");
    let options = options?;
    if let Some(default) = &default {
        options.check_default(fields, default);
    }
    Some(WidgetKind::Selectbox(Selectbox { options, default: default.map(|(text, _)| text), empty }))
}

impl Selectbox {
    pub(super) fn options(&self) -> &Options {
        &self.options
    }
}

impl Kind for Selectbox {
    fn parameters(&self, name: &str) -> Vec<String> {
        vec![name.to_owned()]
    }

    fn choose(&self, given: &Given) -> (Choice, Option<String>) {
        let known = self.options.all(given.known);
        let is_known = |text: &String| known.is_none_or(|known| known.contains(text));
        let fallback = self.default.clone().filter(is_known).unwrap_or_else(|| {
            let first = known.and_then(<[String]>::first).cloned().unwrap_or_default();
            if self.empty.is_some() { String::new() } else { first }
        });
        match given.first() {
            Some(text) if is_known(text) => (Choice::Text(text.clone()), None),
            Some(text) => (Choice::Text(fallback), Some(given.no_option(text))),
            None if self.empty.is_some() && !given.values.is_empty() => (Choice::Text(String::new()), None),
            None => (Choice::Text(fallback), None),
        }
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
        self.empty.as_ref().filter(|_| text.is_empty()).unwrap_or(text).clone()
    }

    fn control(&self, shown: &Shown) -> Option<Control> {
        let Choice::Text(chosen) = shown.choice else { return None };
        let empty =
            |label: &String| Entry { value: String::new(), label: label.clone(), chosen: chosen.is_empty() };
        let entries = self.options.entries(shown.known, std::slice::from_ref(chosen));
        Some(Control::Select { options: self.empty.iter().map(empty).chain(entries).collect() })
    }
}
