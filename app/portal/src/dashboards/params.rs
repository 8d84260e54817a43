//! The state of a dashboard's filters: from the address, to the address, to SQL.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use lakeport_frame::Value;
use lakeport_model::dashboards::DAYS_REVERSED;
use lakeport_model::encode;

use super::format::Dashboard;
use super::widgets::{Chosen, PeriodInput, WidgetKind};

pub use super::period::{Period, Preset};
pub use super::widgets::{Choice, Variant};

/// Values of all filters of one dashboard.
#[derive(Debug, Clone, PartialEq)]
pub struct ParamSet {
    settings: Vec<Setting>,
    today: NaiveDate,
    /// Sentences about parts of the address that were not understood.
    pub notices: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Setting {
    name: String,
    kind: Arc<WidgetKind>,
    choice: Choice,
    default: Choice,
    /// Days that were typed the wrong way round, as the address has them.
    reversed: Option<(NaiveDate, NaiveDate)>,
}

impl ParamSet {
    /// Reads the state from the address. What is not understood becomes the default, with a notice;
    /// keys that are no filter are left alone. `options` holds the values that the viewer may see for
    /// filters whose options come from a column; a filter that is not in it takes any value.
    pub fn from_query(
        dashboard: &Dashboard,
        query: &[(String, String)],
        today: NaiveDate,
        options: &BTreeMap<String, Vec<String>>,
    ) -> Self {
        let mut notices = Vec::new();
        let settings = dashboard.widgets.iter().map(|widget| {
            let known = options.get(&widget.name).map(Vec::as_slice);
            let values = widget.values(query);
            let (default, _) = widget.choose(&[], today, known);
            let (choice, notice) = widget.choose(&values, today, known);
            let reversed = widget.period().and_then(|_| PeriodInput::reversed(&values));
            notices.extend(notice.filter(|_| reversed.is_none()));
            Setting { name: widget.name.clone(), kind: Arc::clone(&widget.kind), choice, default, reversed }
        });
        let settings = settings.collect();
        Self { settings, today, notices }
    }

    /// The day the presets are counted from.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// What is set for the filter of this name.
    pub fn choice(&self, name: &str) -> Option<&Choice> {
        self.settings.iter().find(|setting| setting.name == name).map(|setting| &setting.choice)
    }

    /// What is wrong with what was typed into the filter.
    pub fn problem(&self, name: &str) -> Option<&'static str> {
        self.typed_range(name).map(|_| DAYS_REVERSED)
    }

    /// Days as they were typed, where they are no range.
    pub fn typed_range(&self, name: &str) -> Option<(String, String)> {
        let (start, end) = self.settings.iter().find(|setting| setting.name == name)?.reversed?;
        Some((start.to_string(), end.to_string()))
    }

    /// True when the filter has another value than it has without a choice.
    pub fn is_changed(&self, name: &str) -> bool {
        self.settings.iter().any(|setting| setting.name == name && setting.choice != setting.default)
    }

    /// Whether a filter that somebody has set chooses this value; `None` where it is not set, or chooses no values.
    pub fn chooses(&self, name: &str, value: &str) -> Option<bool> {
        match self.choice(name).filter(|_| self.is_changed(name))? {
            Choice::Text(text) if !text.is_empty() => Some(text == value),
            Choice::Texts(texts) if !texts.is_empty() => Some(texts.iter().any(|text| text == value)),
            Choice::Text(_) | Choice::Texts(_) | Choice::Period(_) | Choice::Day(_) | Choice::Number(_) => {
                None
            }
        }
    }

    /// True when somebody has set the filter, to what it cannot take as well.
    pub fn is_set(&self, name: &str) -> bool {
        self.is_changed(name) || self.typed_range(name).is_some()
    }

    /// The canonical query string without `?`: filters in the order of the text, defaults left out.
    pub fn to_query(&self) -> String {
        let mut parts = Vec::new();
        for setting in &self.settings {
            if let Some((start, end)) = setting.reversed {
                parts.push(format!("{}={start}..{end}", setting.name));
                continue;
            }
            if setting.choice == setting.default {
                continue;
            }
            let values = setting.kind.written(&setting.choice);
            parts.extend(values.iter().map(|value| format!("{}={}", setting.name, encode(value))));
        }
        parts.join("&")
    }

    /// The state after a mark with this value was chosen; choosing what is the only choice takes it back.
    #[must_use]
    pub fn toggled(&self, name: &str, value: &str) -> Self {
        let mut changed = self.clone();
        if let Some(setting) = changed.settings.iter_mut().find(|setting| setting.name == name) {
            let chosen = match &setting.choice {
                Choice::Texts(_) => Choice::Texts(vec![value.to_owned()]),
                Choice::Text(_) => Choice::Text(value.to_owned()),
                // No mark sets one of these (`Widget::takes_marks`).
                Choice::Period(_) | Choice::Day(_) | Choice::Number(_) => return changed,
            };
            setting.choice = if setting.choice == chosen { setting.default.clone() } else { chosen };
        }
        changed
    }

    /// Values of all SQL parameters, by name without `$`. `None` when the variant is the period before
    /// and a period has none.
    pub fn bound(&self, variant: Variant) -> Option<BTreeMap<String, Value>> {
        let mut bound = BTreeMap::new();
        for Setting { name, kind, choice, default, .. } in &self.settings {
            bound.extend(kind.bound(name, &Chosen { choice, default }, variant)?);
        }
        Some(bound)
    }
}

#[cfg(test)]
mod tests;
