//! `date_input` with `range: true`: a period, which can be compared with the one before.

use chrono::{Days, NaiveDate};
use lakeport_frame::{Locale, Value};
use lakeport_model::dashboards::{Choice as Entry, Control};

use super::{Bound, Choice, Chosen, Given, Kind, Shown, Variant, all};
use crate::dashboards::fields::Fields;
use crate::dashboards::period::{LIKE, OWN_DAYS, Period, PeriodDefault, Preset, parse_period};

/// A range of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodInput {
    /// The range without a choice.
    default: PeriodDefault,
    /// Also binds the same number of days just before.
    compare: bool,
}

impl PeriodInput {
    pub(super) fn read(fields: &mut Fields, compare: bool) -> Self {
        let this_year = PeriodDefault::Preset(Preset::ThisYear);
        let default = fields.text_at("default").map_or(this_year, |(text, at)| {
            parse_period(&text).unwrap_or_else(|message| {
                fields.wrong("default", at, message);
                this_year
            })
        });
        Self { default, compare }
    }

    /// True where it is compared with the period before.
    pub(super) fn compares(&self) -> bool {
        self.compare
    }

    /// Days of a range that ends before it starts.
    pub(in crate::dashboards) fn reversed(values: &[String]) -> Option<(NaiveDate, NaiveDate)> {
        let (start, end) = values.iter().find(|value| !value.is_empty())?.split_once("..")?;
        let (start, end) = (start.parse().ok()?, end.parse().ok()?);
        (start > end).then_some((start, end))
    }
}

/// The values of a period in the address; its two fields become one value. Days that are not those the page was made with
/// were typed, and count more than the period beside them; days that are were taken over, and go on being compared as they
/// were.
pub(super) fn values(name: &str, query: &[(String, String)]) -> Vec<String> {
    let mut values = all(name, query);
    let fields = |part: &str| all(&format!("{name}_{part}"), query);
    let field = |part: &str| fields(part).pop().unwrap_or_default();
    let shown = field("shown");
    let days = format!("{}..{}", field("start"), field("end"));
    let taken_over = shown.split(LIKE).next() == Some(days.as_str());
    let typed = !shown.is_empty() && !taken_over;
    let any_day = !field("start").is_empty() || !field("end").is_empty();
    if values.iter().all(|value| value == OWN_DAYS || value.is_empty()) || typed && any_day {
        let part = |part: &str| fields(part).into_iter().find(|value| !value.is_empty());
        match (part("start"), part("end")) {
            (None, None) => values.retain(|value| value == OWN_DAYS),
            (Some(_), _) | (_, Some(_)) if taken_over => values = vec![shown],
            (start, end) => {
                values = vec![format!("{}..{}", start.unwrap_or_default(), end.unwrap_or_default())];
            }
        }
    }
    values
}

impl Kind for PeriodInput {
    fn parameters(&self, name: &str) -> Vec<String> {
        let parts: &[&str] =
            if self.compare { &["start", "end", "prev_start", "prev_end"] } else { &["start", "end"] };
        parts.iter().map(|part| format!("{name}_{part}")).collect()
    }

    fn choose(&self, given: &Given) -> (Choice, Option<String>) {
        let default = self.default.on(given.today);
        match given.first().map(|text| (text, parse_period(text))) {
            None => (Choice::Period(default), None),
            Some((text, _)) if text == OWN_DAYS => (Choice::Period(Period::unlimited(None)), None),
            Some((_, Ok(period))) => (Choice::Period(period.on(given.today)), None),
            Some((_, Err(message))) => (Choice::Period(default), Some(format!("{}: {message}", given.label))),
        }
    }

    fn written(&self, choice: &Choice) -> Vec<String> {
        let Choice::Period(period) = choice else { return Vec::new() };
        vec![period.to_string()]
    }

    fn bound(&self, name: &str, chosen: &Chosen, variant: Variant) -> Option<Bound> {
        let Choice::Period(period) = chosen.of(variant) else { return None };
        let period = match variant {
            Variant::Previous if self.compare => period.previous()?,
            Variant::Lead if self.compare => period.lead()?,
            Variant::Ever if chosen.choice != chosen.default => Period::unlimited(None),
            Variant::Current | Variant::Previous | Variant::Lead | Variant::Initial | Variant::Ever => {
                *period
            }
        };
        let mut days = vec![("start", period.start), ("end", period.end)];
        if self.compare {
            let (start, end) = period.previous().map_or(
                // Before everything there is nothing: a range that ends before it starts holds no day.
                (period.start, period.start - Days::new(1)),
                |previous| (previous.start, previous.end),
            );
            days.extend([("prev_start", start), ("prev_end", end)]);
        }
        Some(days.into_iter().map(|(part, day)| (format!("{name}_{part}"), Value::Date(day))).collect())
    }

    fn in_words(&self, choice: &Choice, locale: Locale) -> String {
        let Choice::Period(period) = choice else { return String::new() };
        within(&period.text(locale))
    }

    fn control(&self, shown: &Shown) -> Option<Control> {
        let Choice::Period(period) = shown.choice else { return None };
        let is_own = shown.typed.is_some() || period.preset.is_none();
        let origin = if shown.typed.is_some() { String::new() } else { period.taken_over().origin() };
        let (start, end) = shown.typed.clone().unwrap_or_else(|| period.fields());
        let compared = period.previous().filter(|_| self.compare);
        Some(Control::Period {
            presets: presets(period.preset.filter(|_| !is_own)),
            shown: format!("{start}..{end}{origin}"),
            start,
            end,
            text: format!("{}{}", period.text(shown.locale), up_to(*period)),
            compared_with: compared.map(|previous| previous.text(shown.locale)),
        })
    }
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
