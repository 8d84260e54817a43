//! The state of a dashboard's filters: from the address, to the address, to SQL.

mod period;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use lakeport_frame::Value;
use lakeport_model::dashboards::DAYS_REVERSED;
use lakeport_model::encode;

use super::format::{Dashboard, DayDefault, Options, PeriodDefault, Widget, WidgetKind};
use crate::text::shorten;

use period::LIKE;
pub use period::{OWN_DAYS, Period, Preset, parse_day, parse_period};

/// Most values of one multiselect.
const MAX_VALUES: usize = 1000;

/// What is set for one filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// A range of days.
    Period(Period),
    /// One day.
    Day(NaiveDate),
    /// A text: of a selectbox (empty: no choice) or a text input.
    Text(String),
    /// Texts of a multiselect, sorted; empty means all.
    Texts(Vec<String>),
    /// A number of a slider.
    Number {
        /// The number.
        value: f64,
        /// SQL receives a whole number.
        whole: bool,
    },
}

/// Which period a query is run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    /// The one that is set.
    Current,
    /// As many days just before.
    Previous,
    /// The one without a choice, and every other filter without one too.
    Initial,
    /// All days in place of a period that was chosen, and every other filter without a choice.
    Ever,
}

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
    choice: Choice,
    default: Choice,
    compare: bool,
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
            let values = values_of(widget, query);
            let (default, _) = read(widget, &[], today, known);
            let (choice, notice) = read(widget, &values, today, known);
            let reversed = reversed(widget, &values);
            notices.extend(notice.filter(|_| reversed.is_none()));
            let compare = matches!(widget.kind, WidgetKind::Period { compare: true, .. });
            Setting { name: widget.name.clone(), choice, default, compare, reversed }
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
            _ => None,
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
            let values = match &setting.choice {
                Choice::Period(period) => vec![period.to_string()],
                Choice::Day(day) => vec![day.to_string()],
                Choice::Text(text) => vec![text.clone()],
                Choice::Texts(texts) if texts.is_empty() => vec![String::new()],
                Choice::Texts(texts) => texts.clone(),
                Choice::Number { value, .. } => vec![value.to_string()],
            };
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
                _ => Choice::Text(value.to_owned()),
            };
            setting.choice = if setting.choice == chosen { setting.default.clone() } else { chosen };
        }
        changed
    }

    /// Values of all SQL parameters, by name without `$`. `None` when the variant is the period before
    /// and a period has none.
    pub fn bound(&self, variant: Variant) -> Option<BTreeMap<String, Value>> {
        let mut bound = BTreeMap::new();
        for Setting { name, choice, default, compare, .. } in &self.settings {
            let shown = if matches!(variant, Variant::Initial | Variant::Ever) { default } else { choice };
            let value = match shown {
                Choice::Period(period) => {
                    let period = match variant {
                        Variant::Previous if *compare => period.previous()?,
                        Variant::Ever if choice != default => Period::unlimited(None),
                        _ => *period,
                    };
                    bound.insert(format!("{name}_start"), Value::Date(period.start));
                    bound.insert(format!("{name}_end"), Value::Date(period.end));
                    if *compare {
                        let (start, end) = period.previous().map_or(
                            // Before everything there is nothing: a range that ends before it starts holds no day.
                            (period.start, period.start - Days::new(1)),
                            |previous| (previous.start, previous.end),
                        );
                        bound.insert(format!("{name}_prev_start"), Value::Date(start));
                        bound.insert(format!("{name}_prev_end"), Value::Date(end));
                    }
                    continue;
                }
                Choice::Day(day) => Value::Date(*day),
                Choice::Text(text) => Value::Text(text.clone()),
                Choice::Texts(texts) => Value::TextList(texts.clone()),
                Choice::Number { value, whole: true } =>
                {
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "a slider's figures are whole and small"
                    )]
                    Value::Int(value.round() as i64)
                }
                Choice::Number { value, whole: false } => Value::Float(*value),
            };
            bound.insert(name.clone(), value);
        }
        Some(bound)
    }
}

/// Says what is wrong with values that a text sets for a widget.
pub(super) fn understand(widget: &Widget, values: &[String]) -> Result<(), String> {
    match read(widget, values, NaiveDate::default(), None) {
        (_, None) => Ok(()),
        (_, Some(notice)) => Err(notice),
    }
}

/// Days of a range that ends before it starts.
fn reversed(widget: &Widget, values: &[String]) -> Option<(NaiveDate, NaiveDate)> {
    let WidgetKind::Period { .. } = widget.kind else { return None };
    let (start, end) = values.iter().find(|value| !value.is_empty())?.split_once("..")?;
    let (start, end) = (start.parse().ok()?, end.parse().ok()?);
    (start > end).then_some((start, end))
}

/// The values of a widget in the address; the two fields of a period become one value. Days that are not those the page
/// was made with were typed, and count more than the period beside them; days that are were taken over, and go on being
/// compared as they were.
fn values_of(widget: &Widget, query: &[(String, String)]) -> Vec<String> {
    let all = |name: &str| -> Vec<String> {
        query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    };
    let mut values: Vec<String> = all(&widget.name);
    let field = |part: &str| all(&format!("{}_{part}", widget.name)).pop().unwrap_or_default();
    let shown = field("shown");
    let days = format!("{}..{}", field("start"), field("end"));
    let taken_over = shown.split(LIKE).next() == Some(days.as_str());
    let typed = !shown.is_empty() && !taken_over;
    let any_day = !field("start").is_empty() || !field("end").is_empty();
    if matches!(widget.kind, WidgetKind::Period { .. })
        && (values.iter().all(|value| value == OWN_DAYS || value.is_empty()) || typed && any_day)
    {
        let part = |part: &str| -> Option<String> {
            let found: Vec<String> = all(&format!("{}_{part}", widget.name));
            found.into_iter().find(|value| !value.is_empty())
        };
        match (part("start"), part("end")) {
            (None, None) => values.retain(|value| value == OWN_DAYS),
            _ if taken_over => values = vec![shown],
            (start, end) => {
                values = vec![format!("{}..{}", start.unwrap_or_default(), end.unwrap_or_default())];
            }
        }
    }
    values
}

/// Reads the values of one widget; a notice says what was not understood.
fn read(
    widget: &Widget,
    values: &[String],
    today: NaiveDate,
    known: Option<&[String]>,
) -> (Choice, Option<String>) {
    let label = &widget.label;
    let given = values.iter().find(|value| !value.is_empty());
    match &widget.kind {
        WidgetKind::Period { default, .. } => {
            let default = resolve(*default, today);
            match given.map(|text| (text, parse_period(text))) {
                None => (Choice::Period(default), None),
                Some((text, _)) if text == OWN_DAYS => (Choice::Period(Period::unlimited(None)), None),
                Some((_, Ok(period))) => (Choice::Period(resolve(period, today)), None),
                Some((_, Err(message))) => (Choice::Period(default), Some(format!("{label}: {message}"))),
            }
        }
        WidgetKind::Day { default } => match given.map(|text| parse_day(text)) {
            None => (Choice::Day(day(*default, today)), None),
            Some(Ok(chosen)) => (Choice::Day(day(chosen, today)), None),
            Some(Err(message)) => (Choice::Day(day(*default, today)), Some(format!("{label}: {message}"))),
        },
        WidgetKind::Select { options, default, empty } => {
            let known = options_of(options, known);
            let is_known = |text: &String| known.is_none_or(|known| known.contains(text));
            let fallback = default.clone().filter(is_known).unwrap_or_else(|| {
                let first = known.and_then(<[String]>::first).cloned().unwrap_or_default();
                if empty.is_some() { String::new() } else { first }
            });
            match given {
                Some(text) if is_known(text) => (Choice::Text(text.clone()), None),
                Some(text) => {
                    let notice =
                        format!("{label}: there is no option \"{}\" that you may see.", shorten(text));
                    (Choice::Text(fallback), Some(notice))
                }
                None if empty.is_some() && !values.is_empty() => (Choice::Text(String::new()), None),
                None => (Choice::Text(fallback), None),
            }
        }
        WidgetKind::MultiSelect { options, default } => {
            let known = options_of(options, known);
            let is_known = |text: &&String| known.is_none_or(|known| known.contains(text));
            let wanted = if values.is_empty() { default } else { values };
            let given: BTreeSet<&String> = wanted.iter().filter(|text| !text.is_empty()).collect();
            // Only so many are looked up among the options, however many an address holds.
            let (known, unknown): (Vec<&String>, Vec<&String>) =
                given.iter().copied().take(MAX_VALUES).partition(is_known);
            let notice = if given.len() > MAX_VALUES {
                Some(format!("{label}: only the first {MAX_VALUES} values are used."))
            } else {
                let unknown = unknown.first().filter(|_| !values.is_empty());
                unknown.map(|text| {
                    format!("{label}: there is no option \"{}\" that you may see.", shorten(text))
                })
            };
            (Choice::Texts(known.into_iter().cloned().collect()), notice)
        }
        WidgetKind::Slider { min, max, step, default, whole, .. } => {
            let number = |value: f64| Choice::Number { value, whole: *whole };
            match given.map(|text| (text, text.parse::<f64>())) {
                None => (number(*default), None),
                Some((_, Ok(value))) if (*min..=*max).contains(&value) => {
                    (number(snap(value, *min, *max, *step)), None)
                }
                Some((text, _)) => {
                    let notice =
                        format!("{label}: \"{}\" is not a number from {min} to {max}.", shorten(text));
                    (number(*default), Some(notice))
                }
            }
        }
        WidgetKind::Text { default, max_length } => {
            let Some(text) = values.last() else {
                return (Choice::Text(default.clone()), None);
            };
            let clean: String = text.chars().filter(|char| !char.is_control()).collect();
            let cut: String = clean.chars().take(*max_length as usize).collect();
            let notice = (cut.len() < clean.len())
                .then(|| format!("{label}: only the first {max_length} characters are used."));
            (Choice::Text(cut), notice)
        }
    }
}

fn options_of<'a>(options: &'a Options, known: Option<&'a [String]>) -> Option<&'a [String]> {
    match options {
        Options::List(values) => Some(values),
        Options::Column { .. } => known,
    }
}

fn resolve(period: PeriodDefault, today: NaiveDate) -> Period {
    match period {
        PeriodDefault::Preset(preset) => preset.on(today),
        PeriodDefault::Fixed(period) => period,
    }
}

fn day(day: DayDefault, today: NaiveDate) -> NaiveDate {
    match day {
        DayDefault::DaysAgo(days) => today - Days::new(u64::from(days)),
        DayDefault::Fixed(day) => day,
    }
}

/// The nearest value of the slider; rounded, so that 0.1 + 0.2 is 0.3 in an address.
fn snap(value: f64, min: f64, max: f64, step: f64) -> f64 {
    let steps = ((value - min) / step).round();
    let snapped = ((min + steps * step) * 1e9).round() / 1e9;
    if snapped.is_finite() { snapped.clamp(min, max) } else { min }
}

#[cfg(test)]
mod tests;
