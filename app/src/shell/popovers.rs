//! Lists that open over the page close like those of any program: by Escape, by a press elsewhere, by moving on.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, Node};

use crate::island;
use crate::ui::on_enter_island;

/// Closes every `details.popover` of the page; shows nothing itself.
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
    });
    view! { <span hidden data-alive=move || alive.get().to_string()></span> }
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
