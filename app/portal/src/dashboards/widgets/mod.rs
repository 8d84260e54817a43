//! Filters, one file a kind: its options, how it is read from the text and from the address, what it binds in SQL, what
//! it is in words, and its control on the page.

mod date_input;
mod day;
mod multiselect;
mod options;
mod period;
mod selectbox;
mod slider;
mod text_input;

use std::sync::Arc;

use chrono::NaiveDate;
use lakeport_frame::{Locale, Value};
use lakeport_model::dashboards::Control;

use self::day::DayInput;
use self::multiselect::Multiselect;
pub use self::options::Options;
pub(super) use self::period::PeriodInput;
use self::selectbox::Selectbox;
use self::slider::Slider;
use self::text_input::TextInput;
use super::fields::{Fields, Problems};
use super::node::{At, Node};
use super::period::Period;
use crate::text::capital;

/// A filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Widget {
    /// Name in the address and in SQL.
    pub name: String,
    /// What people read.
    pub label: String,
    /// A sentence that explains it.
    pub help: Option<String>,
    /// Where it stands in the text.
    pub line: u64,
    /// What it is.
    pub kind: Arc<WidgetKind>,
}

/// The kinds of filter.
#[derive(Debug, Clone, PartialEq)]
pub enum WidgetKind {
    /// `date_input` with `range: true`.
    Period(PeriodInput),
    /// `date_input` of one day.
    Day(DayInput),
    /// `selectbox`.
    Selectbox(Selectbox),
    /// `multiselect`.
    Multiselect(Multiselect),
    /// `slider`.
    Slider(Slider),
    /// `text_input`.
    TextInput(TextInput),
}

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
    Number(f64),
}

/// Which period a query is run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    /// The one that is set.
    Current,
    /// As many days just before.
    Previous,
    /// What leads up to those, and their first tenth: whether figures reach back so far.
    Lead,
    /// The one without a choice, and every other filter without one too.
    Initial,
    /// All days in place of a period that was chosen, and every other filter without a choice.
    Ever,
}

/// A fence that makes a filter.
struct Fence {
    /// The word that opens it.
    word: &'static str,
    /// Its options.
    options: &'static [&'static str],
    /// Reads them; nothing where they are too wrong to go on with.
    read: fn(&mut Fields) -> Option<WidgetKind>,
}

const FENCES: [Fence; 5] =
    [date_input::FENCE, selectbox::FENCE, multiselect::FENCE, slider::FENCE, text_input::FENCE];

/// What an address gives a filter.
struct Given<'a> {
    label: &'a str,
    /// The values under its name.
    values: &'a [String],
    today: NaiveDate,
    /// The options that the viewer may see, where they come from a column and are known.
    known: Option<&'a [String]>,
}

impl Given<'_> {
    /// The first value that is one.
    fn first(&self) -> Option<&String> {
        self.values.iter().find(|value| !value.is_empty())
    }

    /// What is said of a value that is not among the options.
    fn no_option(&self, text: &str) -> String {
        format!("{}: there is no option \"{}\" that you may see.", self.label, crate::text::shorten(text))
    }
}

/// How a filter stands on the page.
pub(super) struct Shown<'a> {
    /// What is set.
    pub(super) choice: &'a Choice,
    /// Days as they were typed, where they are no range.
    pub(super) typed: Option<(String, String)>,
    /// The options that the viewer may see, where they come from a column.
    pub(super) known: &'a [String],
    /// Number and date conventions.
    pub(super) locale: Locale,
}

/// What a filter is set to, and to what it is set without a choice.
pub(super) struct Chosen<'a> {
    /// What is set.
    pub(super) choice: &'a Choice,
    /// What is set without a choice.
    pub(super) default: &'a Choice,
}

impl<'a> Chosen<'a> {
    /// What a run binds that does not look at periods.
    fn of(&self, variant: Variant) -> &'a Choice {
        match variant {
            Variant::Current | Variant::Previous | Variant::Lead => self.choice,
            Variant::Initial | Variant::Ever => self.default,
        }
    }
}

/// Values of SQL parameters by name, without `$`.
type Bound = Vec<(String, Value)>;

/// What every kind answers. A choice is read from its own filter, so that one of another kind never comes; it would be
/// nothing.
trait Kind {
    /// Names of the SQL parameters that a filter of this name binds, without `$`.
    fn parameters(&self, name: &str) -> Vec<String>;

    /// What an address chooses; what was not understood becomes the default, with a sentence.
    fn choose(&self, given: &Given) -> (Choice, Option<String>);

    /// A choice as an address has it: one value for each time the name stands there.
    fn written(&self, choice: &Choice) -> Vec<String>;

    /// What SQL gets; `None` where the period before is asked for and there is none.
    fn bound(&self, name: &str, chosen: &Chosen, variant: Variant) -> Option<Bound>;

    /// A choice for a sentence.
    fn in_words(&self, choice: &Choice, locale: Locale) -> String;

    /// The control and its value.
    fn control(&self, shown: &Shown) -> Option<Control>;
}

impl WidgetKind {
    fn as_kind(&self) -> &dyn Kind {
        match self {
            Self::Period(period) => period,
            Self::Day(day) => day,
            Self::Selectbox(selectbox) => selectbox,
            Self::Multiselect(multiselect) => multiselect,
            Self::Slider(slider) => slider,
            Self::TextInput(text_input) => text_input,
        }
    }

    /// A choice as an address has it: one value for each time the name stands there.
    pub(super) fn written(&self, choice: &Choice) -> Vec<String> {
        self.as_kind().written(choice)
    }

    /// What SQL gets; `None` where the period before is asked for and there is none.
    pub(super) fn bound(&self, name: &str, chosen: &Chosen, variant: Variant) -> Option<Bound> {
        self.as_kind().bound(name, chosen, variant)
    }
}

impl Widget {
    /// Names of the SQL parameters it binds, without `$`.
    pub fn parameters(&self) -> Vec<String> {
        self.kind.as_kind().parameters(&self.name)
    }

    /// What it offers, where it offers options.
    pub fn options(&self) -> Option<&Options> {
        match &*self.kind {
            WidgetKind::Selectbox(selectbox) => Some(selectbox.options()),
            WidgetKind::Multiselect(multiselect) => Some(multiselect.options()),
            WidgetKind::Period(_) | WidgetKind::Day(_) | WidgetKind::Slider(_) | WidgetKind::TextInput(_) => {
                None
            }
        }
    }

    /// True where a chosen mark of a chart can set it.
    pub(super) fn takes_marks(&self) -> bool {
        match &*self.kind {
            WidgetKind::Selectbox(_) | WidgetKind::Multiselect(_) | WidgetKind::TextInput(_) => true,
            WidgetKind::Period(_) | WidgetKind::Day(_) | WidgetKind::Slider(_) => false,
        }
    }

    /// The period it is, where it is one.
    pub(super) fn period(&self) -> Option<&PeriodInput> {
        match &*self.kind {
            WidgetKind::Period(period) => Some(period),
            WidgetKind::Day(_)
            | WidgetKind::Selectbox(_)
            | WidgetKind::Multiselect(_)
            | WidgetKind::Slider(_)
            | WidgetKind::TextInput(_) => None,
        }
    }

    /// True for a period that is compared with the one before.
    pub(super) fn compares(&self) -> bool {
        self.period().is_some_and(PeriodInput::compares)
    }

    /// Its values in an address.
    pub(super) fn values(&self, query: &[(String, String)]) -> Vec<String> {
        if self.period().is_some() { period::values(&self.name, query) } else { all(&self.name, query) }
    }

    /// What these values choose; a sentence says what was not understood. `known` holds the options that the viewer may
    /// see of a filter whose options come from a column; without it, any will do.
    pub(super) fn choose(
        &self,
        values: &[String],
        today: NaiveDate,
        known: Option<&[String]>,
    ) -> (Choice, Option<String>) {
        self.kind.as_kind().choose(&Given { label: &self.label, values, today, known })
    }

    /// What is wrong with a value that a text sets for it.
    pub(super) fn wrong_with(&self, value: &str) -> Option<String> {
        self.choose(&[value.to_owned()], NaiveDate::default(), None).1
    }

    /// A choice for a sentence.
    pub(super) fn in_words(&self, choice: &Choice, locale: Locale) -> String {
        self.kind.as_kind().in_words(choice, locale)
    }

    /// The control and its value.
    pub(super) fn control(&self, shown: &Shown) -> Option<Control> {
        self.kind.as_kind().control(shown)
    }
}

/// Values of a name in an address.
fn all(name: &str, query: &[(String, String)]) -> Vec<String> {
    query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
}

/// The words of fences that make a filter.
pub(super) fn words() -> impl Iterator<Item = &'static str> + Clone {
    FENCES.iter().map(|fence| fence.word)
}

/// Reads one filter; `None` for a word that names none, and when its options are too wrong to go on with.
pub(super) fn read(word: &str, name: &str, at: At, node: Node, problems: &mut Problems) -> Option<Widget> {
    let fence = FENCES.iter().find(|fence| fence.word == word)?;
    let mut fields = Fields::new(word, at, node, fence.options, problems);
    let label = fields.text("label").unwrap_or_else(|| sentence_case(name));
    let help = fields.text("help");
    let kind = Arc::new((fence.read)(&mut fields)?);
    Some(Widget { name: name.to_owned(), label, help, line: at.line, kind })
}

/// `open_cases` as a heading: `Open cases`.
pub(super) fn sentence_case(name: &str) -> String {
    capital(&name.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_filter_is_never_read_as_one_of_another_kind() {
        assert_eq!(words().collect::<BTreeSet<_>>().len(), FENCES.len());
        for fence in &FENCES {
            assert!(fence.options.starts_with(&["label", "help"]), "{}", fence.word);
        }
        for word in ["", "text", "Slider", "sql", "metric"] {
            let at = At { line: 1, column: 1 };
            let read = read(word, "name", at, Node::empty(at), &mut Problems::new("a.md"));
            assert_eq!(read, None, "{word}");
        }
    }
}
