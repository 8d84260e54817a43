//! `date_input` of one day.

use lakeport_frame::{Format, Locale, Value};
use lakeport_model::dashboards::Control;

use super::{Bound, Choice, Chosen, Given, Kind, Shown, Variant};
use crate::dashboards::fields::Fields;
use crate::dashboards::period::{DayDefault, parse_day};

/// One day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayInput {
    /// The day without a choice.
    default: DayDefault,
}

impl DayInput {
    pub(super) fn read(fields: &mut Fields) -> Self {
        let default = fields.text_at("default").map_or(DayDefault::DaysAgo(0), |(text, at)| {
            parse_day(&text).unwrap_or_else(|message| {
                fields.wrong("default", at, message);
                DayDefault::DaysAgo(0)
            })
        });
        Self { default }
    }
}

impl Kind for DayInput {
    fn parameters(&self, name: &str) -> Vec<String> {
        vec![name.to_owned()]
    }

    fn choose(&self, given: &Given) -> (Choice, Option<String>) {
        match given.first().map(|text| parse_day(text)) {
            None => (Choice::Day(self.default.on(given.today)), None),
            Some(Ok(chosen)) => (Choice::Day(chosen.on(given.today)), None),
            Some(Err(message)) => {
                (Choice::Day(self.default.on(given.today)), Some(format!("{}: {message}", given.label)))
            }
        }
    }

    fn written(&self, choice: &Choice) -> Vec<String> {
        let Choice::Day(day) = choice else { return Vec::new() };
        vec![day.to_string()]
    }

    fn bound(&self, name: &str, chosen: &Chosen, variant: Variant) -> Option<Bound> {
        let Choice::Day(day) = chosen.of(variant) else { return None };
        Some(vec![(name.to_owned(), Value::Date(*day))])
    }

    fn in_words(&self, choice: &Choice, locale: Locale) -> String {
        let Choice::Day(day) = choice else { return String::new() };
        Format::Date.show(&Value::Date(*day), locale)
    }

    fn control(&self, shown: &Shown) -> Option<Control> {
        let Choice::Day(day) = shown.choice else { return None };
        Some(Control::Day { value: day.to_string(), text: self.in_words(shown.choice, shown.locale) })
    }
}
