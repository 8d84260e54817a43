//! A card beside a chart that names the place pointed at, touched or reached by keys, with its values.
//! Without it the marks keep the browser's own titles.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, SvgElement};

use crate::island;
use crate::ui::{listen, on_enter_island};

/// Distance of the card from the upper edge of its mark, in pixels.
const ABOVE: f64 = 4.0;

/// Enhances all charts of the page; shows nothing itself.
#[island]
pub(crate) fn ChartCards() -> impl IntoView {
    let alive = on_enter_island(|| {
        let point = |event: &Event| match event_mark(event) {
            Some(mark) => show(&mark),
            None => hide(),
        };
        listen(ev::pointerover, move |event| point(&event));
        listen(ev::pointerdown, move |event| point(&event));
        // A press moves the focus after it has shown its card: to the frame around the marks, away from another chart.
        listen(ev::focusin, |event| {
            if let Some(mark) = event_mark(&event) {
                show(&mark);
            }
        });
        listen(ev::focusout, |event| {
            if holds_shown(&event) {
                hide();
            }
        });
        listen(ev::keydown, |event| step(&event));
    });
    view! { <span hidden data-alive=move || alive.get().to_string()></span> }
}

/// The mark that an event is about: what is pointed at, or what the link in focus is drawn over.
fn event_mark(event: &Event) -> Option<Element> {
    mark_of(&event.target()?.dyn_into::<Element>().ok()?)
}

fn mark_of(element: &Element) -> Option<Element> {
    if let Ok(Some(mark)) = element.closest(".chart-drawings .hit") {
        return Some(mark);
    }
    element.closest(".chart-drawings a").ok()??.query_selector(".hit").ok()?
}

/// The card that is shown is about what the event comes from: a mark's link, or the frame of a chart.
fn holds_shown(event: &Event) -> bool {
    let place = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    place.is_some_and(|place| {
        matches!(place.closest(".chart-drawings"), Ok(Some(_)))
            && matches!(place.query_selector(".hit.is-shown"), Ok(Some(_)))
    })
}

/// The link over a mark, where choosing it filters.
fn link_of(mark: &Element) -> Option<SvgElement> {
    mark.closest("a").ok()??.dyn_into().ok()
}

/// The marks of a chart that are drawn at this width.
fn marks(chart: &Element) -> Vec<Element> {
    let Ok(found) = chart.query_selector_all(".hit") else { return Vec::new() };
    let all = (0..found.length()).filter_map(|index| found.item(index)?.dyn_into::<Element>().ok());
    all.filter(|mark| mark.get_bounding_client_rect().width() > 0.0).collect()
}

/// Arrow keys go from mark to mark, Home and End to the first and last, Escape closes the card. The focus goes along
/// where marks are links, so that Enter follows the one shown.
fn step(event: &KeyboardEvent) {
    if event.key() == "Escape" {
        hide();
        return;
    }
    let chart = document().active_element().and_then(|focus| focus.closest(".chart-drawings").ok()?);
    let Some(chart) = chart else { return };
    let marks = marks(&chart);
    let Some(last) = marks.len().checked_sub(1) else { return };
    let shown = marks.iter().position(|mark| mark.class_list().contains("is-shown"));
    let next = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => shown.map_or(0, |shown| (shown + 1).min(last)),
        "ArrowLeft" | "ArrowUp" => shown.map_or(last, |shown| shown.saturating_sub(1)),
        "Home" => 0,
        "End" => last,
        _ => return,
    };
    event.prevent_default();
    match link_of(&marks[next]) {
        // A link that is drawn can take the focus, the only reason for this to fail.
        Some(link) => drop(link.focus()),
        None => show(&marks[next]),
    }
}

/// What a mark says. Its title goes, or the browser would show both; a link keeps the words as its name.
fn words(mark: &Element) -> String {
    if let Ok(Some(title)) = mark.query_selector("title") {
        let words = title.text_content().unwrap_or_default();
        title.remove();
        // The attributes' names are valid ones, the only reason for setting them to fail.
        let _ = mark.set_attribute("data-card", &words);
        if let Some(link) = link_of(mark) {
            let _ = link.set_attribute("aria-label", &words);
        }
    }
    mark.get_attribute("data-card").unwrap_or_default()
}

fn show(mark: &Element) {
    if mark.class_list().contains("is-shown") {
        return;
    }
    hide();
    let Ok(Some(chart)) = mark.closest(".chart-drawings") else { return };
    let Ok(Some(card)) = chart.query_selector(".chart-card") else { return };
    let Ok(card) = card.dyn_into::<HtmlElement>() else { return };
    // A link in focus is read out by its name; the card would say the same again.
    let live = if link_of(mark).is_some() { "off" } else { "polite" };
    // The attribute's name is a valid one, the only reason for setting it to fail.
    let _ = card.set_attribute("aria-live", live);
    card.set_text_content(Some(&words(mark)));
    card.set_hidden(false);
    let (at, around) = (mark.get_bounding_client_rect(), chart.get_bounding_client_rect());
    let own = card.get_bounding_client_rect();
    let middle = at.x() - around.x() + at.width() / 2.0;
    let left = (middle - own.width() / 2.0).clamp(0.0, (around.width() - own.width()).max(0.0));
    let top = at.y() - around.y() - own.height() - ABOVE;
    // Both are valid properties and class names, the only reason for changing them to fail.
    let _ = card.style().set_property("left", &format!("{left}px"));
    let _ = card.style().set_property("top", &format!("{top}px"));
    let _ = mark.class_list().add_1("is-shown");
}

fn hide() {
    if let Ok(Some(mark)) = document().query_selector(".hit.is-shown") {
        // A valid class name, the only reason for removing it to fail.
        let _ = mark.class_list().remove_1("is-shown");
    }
    let cards = document().query_selector_all(".chart-card:not([hidden])");
    let Ok(cards) = cards else { return };
    for index in 0..cards.length() {
        if let Some(card) = cards.item(index).and_then(|card| card.dyn_into::<HtmlElement>().ok()) {
            card.set_hidden(true);
        }
    }
}
