//! Filters.

use lakeport_frame::Format;

use super::document::{DayDefault, Options, PeriodDefault, Widget, WidgetKind};
use super::fields::{Fields, Problems};
use super::front::is_table;
use super::node::{At, Content, Node, describe, scalar};
use crate::dashboards::params::{self, Preset};
use crate::text::{capital, shorten};

/// The kinds of filter, as the fence names them.
pub(super) const KINDS: &[&str] = &[
    Kind::DateInput.word(),
    Kind::Selectbox.word(),
    Kind::Multiselect.word(),
    Kind::Slider.word(),
    Kind::TextInput.word(),
];

/// What a fence asks for. One word can become two kinds of filter: a day and a period are both a `date_input`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    DateInput,
    Selectbox,
    Multiselect,
    Slider,
    TextInput,
}

impl Kind {
    const ALL: [Self; 5] =
        [Self::DateInput, Self::Selectbox, Self::Multiselect, Self::Slider, Self::TextInput];

    const fn word(self) -> &'static str {
        match self {
            Self::DateInput => "date_input",
            Self::Selectbox => "selectbox",
            Self::Multiselect => "multiselect",
            Self::Slider => "slider",
            Self::TextInput => "text_input",
        }
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Reads one filter; `None` for a word that names none, and when its options are too wrong to go on with.
pub(super) fn read(word: &str, name: &str, at: At, node: Node, problems: &mut Problems) -> Option<Widget> {
    let kind = Kind::of(word)?;
    let allowed: &[&str] = match kind {
        Kind::DateInput => &["label", "help", "range", "default", "compare"],
        Kind::Selectbox => &["label", "help", "options", "default", "empty"],
        Kind::Multiselect => &["label", "help", "options", "default"],
        Kind::Slider => &["label", "help", "min", "max", "step", "default", "fmt"],
        Kind::TextInput => &["label", "help", "default", "max_length"],
    };
    let mut fields = Fields::new(word, at, node, allowed, problems);
    let label = fields.text("label").unwrap_or_else(|| sentence_case(name));
    let help = fields.text("help");
    let kind = match kind {
        Kind::DateInput => date_input(&mut fields),
        Kind::Selectbox => selectbox(&mut fields)?,
        Kind::Multiselect => multiselect(&mut fields)?,
        Kind::Slider => slider(&mut fields)?,
        Kind::TextInput => text_input(&mut fields),
    };
    Some(Widget { name: name.to_owned(), label, help, line: at.line, kind })
}

/// `open_cases` as a heading: `Open cases`.
pub(in crate::dashboards) fn sentence_case(name: &str) -> String {
    capital(&name.replace('_', " "))
}

fn date_input(fields: &mut Fields) -> WidgetKind {
    let range = fields.flag("range").unwrap_or(false);
    let compare = fields.word("compare", &[("previous_period", true)]).unwrap_or(false);
    let default = fields.text_at("default");
    if range {
        let default = match default {
            None => PeriodDefault::Preset(Preset::ThisYear),
            Some((text, at)) => params::parse_period(&text).unwrap_or_else(|message| {
                fields.wrong("default", at, message);
                PeriodDefault::Preset(Preset::ThisYear)
            }),
        };
        return WidgetKind::Period { default, compare };
    }
    if compare {
        fields.wrong("compare", fields.at, "\"compare\" needs range: true; one day has no period before it.");
    }
    let default = match default {
        None => DayDefault::DaysAgo(0),
        Some((text, at)) => params::parse_day(&text).unwrap_or_else(|message| {
            fields.wrong("default", at, message);
            DayDefault::DaysAgo(0)
        }),
    };
    WidgetKind::Day { default }
}

fn selectbox(fields: &mut Fields) -> Option<WidgetKind> {
    let options = options(fields);
    let default = fields.text_at("default");
    let empty = fields.text("empty");
    let options = options?;
    if let (Some((text, at)), Options::List(values)) = (&default, &options)
        && !values.contains(text)
    {
        not_an_option(fields, text, *at, values);
    }
    Some(WidgetKind::Select { options, default: default.map(|(text, _)| text), empty })
}

fn multiselect(fields: &mut Fields) -> Option<WidgetKind> {
    let options = options(fields);
    let default = fields.texts("default").unwrap_or_default();
    let options = options?;
    if let Options::List(values) = &options {
        for (text, at) in default.iter().filter(|(text, _)| !values.contains(text)) {
            not_an_option(fields, text, *at, values);
        }
    }
    Some(WidgetKind::MultiSelect { options, default: default.into_iter().map(|(text, _)| text).collect() })
}

fn not_an_option(fields: &mut Fields, text: &str, at: At, values: &[String]) {
    let hint = crate::text::did_you_mean(text, values.iter().map(String::as_str));
    fields.wrong("default", at, format!("The default \"{}\" is not among the options.{hint}", shorten(text)));
}

/// `options: [A, B]` or `options: {column: gold.collections.creditor}`.
fn options(fields: &mut Fields) -> Option<Options> {
    let Some(node) = fields.take("options") else {
        fields.missing("options", "[open, closed]");
        return None;
    };
    match &node.content {
        Content::List(items) => {
            let mut values = Vec::new();
            for item in items {
                match scalar(item) {
                    Some(text) if values.contains(&text) => {
                        fields.wrong(
                            "options",
                            item.at,
                            format!("The option \"{}\" is named twice.", shorten(&text)),
                        );
                    }
                    Some(text) => values.push(text),
                    None => fields.wrong(
                        "options",
                        item.at,
                        format!("An option is a text, not {}.", describe(item)),
                    ),
                }
            }
            if values.is_empty() {
                fields.wrong("options", node.at, "\"options\" needs at least one value.");
            }
            Some(Options::List(values))
        }
        Content::Map(_) => {
            let mut inner = Fields::new("options", node.at, node, &["column"], fields.problems);
            let (text, at) = inner.required_text("column", "gold.collections.creditor")?;
            if let Some((table, column)) = text.rsplit_once('.')
                && is_table(table)
                && !column.is_empty()
            {
                return Some(Options::Column { table: table.to_owned(), column: column.to_owned() });
            }
            let message = format!(
                "\"column\" expects a table and its column, such as gold.collections.creditor, not \"{}\".",
                shorten(&text)
            );
            inner.wrong("column", at, message);
            None
        }
        _ => {
            let message = format!(
                "\"options\" expects a list of values or {{column: TABLE.COLUMN}}, not {}.",
                describe(&node)
            );
            fields.wrong("options", node.at, message);
            None
        }
    }
}

fn slider(fields: &mut Fields) -> Option<WidgetKind> {
    let at = fields.at;
    let min = fields.number("min").map_or(0.0, |(value, _)| value);
    let max = fields.number("max").map(|(value, _)| value);
    let step = fields.number("step");
    let default = fields.number("default");
    let format = fields.format("fmt");
    let Some(max) = max else {
        fields.missing("max", "100");
        return None;
    };
    if max <= min {
        fields.wrong("max", at, format!("\"max\" ({max}) has to be above \"min\" ({min})."));
        return None;
    }
    let step = match step {
        Some((step, place)) if step <= 0.0 => {
            fields.wrong("step", place, format!("\"step\" has to be above 0, not {step}."));
            return None;
        }
        Some((step, _)) => step,
        None if min.fract() == 0.0 && max.fract() == 0.0 => 1.0,
        None => (max - min) / 100.0,
    };
    let default = match default {
        Some((default, place)) if !(min..=max).contains(&default) => {
            fields.wrong("default", place, format!("The default {default} is not between {min} and {max}."));
            min
        }
        Some((default, _)) => default,
        None => min,
    };
    let whole = [min, max, step, default].iter().all(|number| number.fract() == 0.0);
    let format = format.unwrap_or(if whole { Format::Number(0) } else { Format::Number(2) });
    Some(WidgetKind::Slider { min, max, step, default, whole, format })
}

fn text_input(fields: &mut Fields) -> WidgetKind {
    let max_length = fields.whole("max_length", 1, 1000).unwrap_or(100);
    let default = fields.text("default").unwrap_or_default();
    WidgetKind::Text { default, max_length }
}

#[cfg(test)]
mod tests {
    use super::{KINDS, Kind};

    #[test]
    fn a_filter_is_never_read_as_one_of_another_kind() {
        assert_eq!(KINDS, Kind::ALL.map(Kind::word));
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.word()), Some(kind));
        }
        for word in ["", "text", "Slider", "sql", "metric"] {
            assert_eq!(Kind::of(word), None, "{word}");
        }
    }
}
