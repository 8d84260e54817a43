//! Lists that open over the page close like those of any program: by Escape, by a press elsewhere, by moving on. What asks
//! before it acts comes into sight as it opens.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, Node};

use crate::island;
use crate::ui::on_enter_island;

/// Closes every `details.popover` of the page and brings an opened `details.confirm` into sight; shows nothing itself.
#[island]
pub(crate) fn Popovers() -> impl IntoView {
    let alive = on_enter_island(|| {
        let _presses = window_event_listener(ev::pointerdown, |event| leave(&event));
        let _moves = window_event_listener(ev::focusin, |event| leave(&event));
        let _keys = window_event_listener(ev::keydown, |event| {
            if event.key() == "Escape" {
                open().iter().for_each(dismiss);
            }
        });
        let _confirms = window_event_listener(ev::click, |event| {
            let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let summary = pressed.and_then(|target| target.closest(".confirm > summary").ok().flatten());
            if let Some(asks) = summary.and_then(|summary| summary.parent_element()) {
                // The press opens it once everybody has heard of it.
                request_animation_frame(move || bring_into_sight(&asks));
            }
        });
    });
    view! { <span hidden data-alive=move || alive.get().to_string()></span> }
}

/// Scrolls just so far that the end of what has opened is seen: the button that acts stands there.
fn bring_into_sight(opened: &Element) {
    let height = document().document_element().map_or(0, |root| root.client_height());
    if opened.has_attribute("open") && opened.get_bounding_client_rect().bottom() > f64::from(height) {
        opened.scroll_into_view_with_bool(false);
    }
}

fn open() -> Vec<Element> {
    let Ok(found) = document().query_selector_all("details.popover[open]") else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// Closes what the event happened outside of.
fn leave(event: &Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
    for list in open().iter().filter(|list| !list.contains(target.as_ref())) {
        close(list);
    }
}

/// Closes a list and gives the focus back to what opened it, where it was within.
fn dismiss(list: &Element) {
    let had_focus = list.contains(document().active_element().as_deref());
    close(list);
    if let (true, Ok(Some(summary))) = (had_focus, list.query_selector("summary"))
        && let Ok(summary) = summary.dyn_into::<HtmlElement>()
    {
        // A summary can take the focus, the only reason for this to fail.
        let _ = summary.focus();
    }
}

fn close(list: &Element) {
    // The attribute's name is a valid one, the only reason for removing it to fail.
    let _ = list.remove_attribute("open");
}
