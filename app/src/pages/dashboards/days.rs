//! Days that are typed into filters: half typed and the wrong way round they move nothing, and both are said.

use lakeport_model::dashboards::{DAYS_REVERSED, FILTER_DAYS};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, HtmlSelectElement};

use super::live::{all, say, target};
use crate::ui::by_id;

/// What a filter's own drawing says does not fit; what is said here about a field that was left stands beside it.
pub(super) const PROBLEM: &str = ".field-error:not([data-misfit])";

/// False while a day is typed: on the way to 2026 the year 2 is a whole date to the browser, but none that its field takes.
pub(super) fn is_whole(event: &Event) -> bool {
    let field = target(event).and_then(|element| element.dyn_into::<HtmlInputElement>().ok());
    field.is_none_or(|field| field.check_validity())
}

/// A day that was typed makes the range one's own.
pub(super) fn own_range(event: &Event) {
    let name = target(event).and_then(|element| element.get_attribute("data-range"));
    if let Some(select) = name.and_then(|name| by_id::<HtmlSelectElement>(&name)) {
        select.set_value("custom");
    }
}

/// A period that was chosen counts, and days half typed beside it no longer.
pub(super) fn own_days_go(event: &Event) {
    let select = target(event).and_then(|element| element.dyn_into::<HtmlSelectElement>().ok());
    let Some(select) = select.filter(|select| select.value() != "custom") else { return };
    let field = |part: &str| -> Option<HtmlInputElement> {
        all(&format!("#filters [name='{}_{part}']", select.name())).pop()?.dyn_into().ok()
    };
    let shown = field("shown").map(|shown| shown.value()).unwrap_or_default();
    // Behind the days may stand which period they were taken over from.
    let Some((first, last)) = shown.split('~').next().and_then(|days| days.split_once("..")) else { return };
    for (part, day) in [("start", first), ("end", last)] {
        if let Some(field) = field(part) {
            field.set_value(day);
        }
    }
}

/// The field of the last day in this part, while the two days of one's own in it are the wrong way round.
fn reversed_in(part: &Element) -> Option<HtmlInputElement> {
    let select = part.query_selector("select").ok()??.dyn_into::<HtmlSelectElement>().ok()?;
    let field = |name: &str| -> Option<HtmlInputElement> {
        part.query_selector(&format!("input[name$=_{name}]")).ok()??.dyn_into().ok()
    };
    let (first, last) = (field("start")?, field("end")?);
    let (from, to) = (first.value(), last.value());
    // Days as a field has them are sorted as texts are.
    let is_reversed = select.value() == "custom" && !from.is_empty() && !to.is_empty() && from > to;
    is_reversed.then_some(last)
}

fn part_of(event: &Event) -> Option<Element> {
    target(event)?.closest("#filters [data-block]").ok().flatten()
}

/// True where somebody moves a day and the two days are the wrong way round: the figures stay until they are right.
pub(super) fn is_reversed(event: &Event) -> bool {
    part_of(event).is_some_and(|part| reversed_in(&part).is_some())
}

/// Leads whoever moves another filter to days that are the wrong way round; false where there are none.
pub(super) fn lead_to_reversed() -> bool {
    let last = all("#filters [data-block]").iter().find_map(reversed_in);
    if let Some(last) = &last {
        // What keys can reach takes the focus, the only reason for this to fail.
        let _ = last.focus();
        say(DAYS_REVERSED);
    }
    last.is_some()
}

/// Says at its filter that a day was left half typed, or that its days are the wrong way round, for as long as that
/// stands there.
pub(super) fn say_misfit(event: &Event) {
    let Some(part) = part_of(event) else { return };
    let days = all(&format!("#{} input[type=date]", part.id()));
    let last = reversed_in(&part).map(Element::from);
    let is_half = |field: &Element| field.matches(":invalid").unwrap_or(false);
    for field in &days {
        // The attribute's name is a valid one, the only reason for changing it to fail.
        let _ = if is_half(field) || last.as_ref() == Some(field) {
            field.set_attribute("aria-invalid", "true")
        } else {
            field.remove_attribute("aria-invalid")
        };
    }
    let sentence = if days.iter().any(is_half) {
        Some(half_typed())
    } else {
        // An address with such days was drawn with the sentence.
        let is_drawn = part.query_selector(PROBLEM).is_ok_and(|drawn| drawn.is_some());
        last.filter(|_| !is_drawn).map(|_| DAYS_REVERSED.to_owned())
    };
    let said = part.query_selector("[data-misfit]").ok().flatten();
    if said.as_ref().and_then(|said| said.text_content()) == sentence {
        return;
    }
    if let Some(said) = said {
        said.remove();
    }
    if let Some(sentence) = sentence {
        add_misfit(&part, &sentence);
    }
}

fn half_typed() -> String {
    let year = |day: &str| day.split('-').next().unwrap_or_default().to_owned();
    let (first, last) = (year(FILTER_DAYS.0), year(FILTER_DAYS.1));
    format!("This is not a day yet. Write day, month and a year from {first} to {last}.")
}

fn add_misfit(part: &Element, sentence: &str) {
    if let (Ok(Some(field)), Ok(error)) = (part.query_selector(".field"), document().create_element("p")) {
        error.set_class_name("field-error");
        error.set_text_content(Some(sentence));
        // The attribute's name is a valid one and a new node always finds room, the only reasons for these to fail.
        let _ = error.set_attribute("data-misfit", "");
        let _ = field.append_child(&error);
        say(sentence);
    }
}
