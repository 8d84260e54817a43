//! `multiselect`: any number of some texts, none of them for all.

use std::collections::BTreeSet;

use lakeport_frame::{Locale, Value};
use lakeport_model::dashboards::Control;

use super::{Bound, Choice, Chosen, Fence, Given, Kind, Options, Shown, Variant, WidgetKind};
use crate::dashboards::fields::Fields;

pub(super) const FENCE: Fence =
    Fence { word: "multiselect", options: &["label", "help", "options", "default"], read };

/// Most values of one multiselect.
const MAX_VALUES: usize = 1000;
/// Names written out before the rest is counted.
const NAMES_IN_WORDS: usize = 5;

/// Any number of the options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Multiselect {
    /// What can be chosen.
    options: Options,
    /// The values without a choice.
    default: Vec<String>,
}

fn read(fields: &mut Fields) -> Option<WidgetKind> {
    let options = Options::read(fields);
    let default = fields.texts("default").unwrap_or_default();
    let options = options?;
    for text in &default {
        options.check_default(fields, text);
    }
    let default = default.into_iter().map(|(text, _)| text).collect();
    Some(WidgetKind::Multiselect(Multiselect { options, default }))
}

impl Multiselect {
    pub(super) fn options(&self) -> &Options {
        &self.options
    }
}

impl Kind for Multiselect {
    fn parameters(&self, name: &str) -> Vec<String> {
        vec![name.to_owned()]
    }

    fn choose(&self, given: &Given) -> (Choice, Option<String>) {
        let known = self.options.all(given.known);
        let is_known = |text: &&String| known.is_none_or(|known| known.contains(text));
        let asked = if given.values.is_empty() { self.default.as_slice() } else { given.values };
        let asked: BTreeSet<&String> = asked.iter().filter(|text| !text.is_empty()).collect();
        // Only so many are looked up among the options, however many an address holds.
        let (known, unknown): (Vec<&String>, Vec<&String>) =
            asked.iter().copied().take(MAX_VALUES).partition(is_known);
        let notice = if asked.len() > MAX_VALUES {
            Some(format!("{}: only the first {MAX_VALUES} values are used.", given.label))
        } else {
            let unknown = unknown.first().filter(|_| !given.values.is_empty());
            unknown.map(|text| given.no_option(text))
        };
        (Choice::Texts(known.into_iter().cloned().collect()), notice)
    }

    fn written(&self, choice: &Choice) -> Vec<String> {
        match choice {
            Choice::Texts(texts) if texts.is_empty() => vec![String::new()],
            Choice::Texts(texts) => texts.clone(),
            Choice::Period(_) | Choice::Day(_) | Choice::Text(_) | Choice::Number(_) => Vec::new(),
        }
    }

    fn bound(&self, name: &str, chosen: &Chosen, variant: Variant) -> Option<Bound> {
        let Choice::Texts(texts) = chosen.of(variant) else { return None };
        Some(vec![(name.to_owned(), Value::TextList(texts.clone()))])
    }

    fn in_words(&self, choice: &Choice, _: Locale) -> String {
        let Choice::Texts(texts) = choice else { return String::new() };
        if texts.is_empty() {
            return "all".to_owned();
        }
        match texts.split_at_checked(NAMES_IN_WORDS) {
            Some((named, more)) if !more.is_empty() => {
                format!("{} and {} more", named.join(", "), more.len())
            }
            Some(_) | None => texts.join(", "),
        }
    }

    fn control(&self, shown: &Shown) -> Option<Control> {
        let Choice::Texts(chosen) = shown.choice else { return None };
        Some(Control::MultiSelect { options: self.options.entries(shown.known, chosen) })
    }
}
