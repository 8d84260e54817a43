//! Days that are typed into filters: half typed they move nothing, and what is left half typed is said.

use lakeport_model::dashboards::FILTER_DAYS;
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

/// Says at its filter that a day was left half typed, for as long as it stands there.
pub(super) fn say_misfit(event: &Event) {
    let part = target(event).and_then(|element| element.closest("#filters [data-block]").ok().flatten());
    let Some(part) = part else { return };
    let days = all(&format!("#{} input[type=date]", part.id()));
    let is_wrong = |field: &Element| field.matches(":invalid").unwrap_or(false);
    for field in &days {
        // The attribute's name is a valid one, the only reason for changing it to fail.
        let _ = if is_wrong(field) {
            field.set_attribute("aria-invalid", "true")
        } else {
            field.remove_attribute("aria-invalid")
        };
    }
    let said = part.query_selector("[data-misfit]").ok().flatten();
    match (days.iter().any(is_wrong), said) {
        (true, None) => add_misfit(&part),
        (false, Some(said)) => said.remove(),
        (true, Some(_)) | (false, None) => {}
    }
}

fn add_misfit(part: &Element) {
    let year = |day: &str| day.split('-').next().unwrap_or_default().to_owned();
    let (first, last) = (year(FILTER_DAYS.0), year(FILTER_DAYS.1));
    let sentence = format!("This is no day yet. Write day, month and a year from {first} to {last}.");
    if let (Ok(Some(field)), Ok(error)) = (part.query_selector(".field"), document().create_element("p")) {
        error.set_class_name("field-error");
        error.set_text_content(Some(&sentence));
        // The attribute's name is a valid one and a new node always finds room, the only reasons for these to fail.
        let _ = error.set_attribute("data-misfit", "");
        let _ = field.append_child(&error);
        say(&sentence);
    }
}
