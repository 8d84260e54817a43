//! Keys for the review desk: j and k move, space or x chooses, a keeps and r withdraws the row, and a bar fills.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlButtonElement, HtmlElement, HtmlInputElement, KeyboardEvent};

use crate::island;
use crate::ui::{is_typing, on_enter_island};

/// Where the choice to do without single-key shortcuts is remembered.
const SWITCH: &str = "review-keys";

/// The bar that fills with the rows that are chosen, and the switch for the keys. It shows once it works.
#[island]
pub(crate) fn ReviewKeys(
    /// Rows on the desk.
    count: u32,
) -> impl IntoView {
    let (enabled, set_enabled) = signal(true);
    let (chosen, set_chosen) = signal(0_u32);
    let alive = on_enter_island(move || {
        let stored =
            window().local_storage().ok().flatten().and_then(|store| store.get_item(SWITCH).ok().flatten());
        set_enabled.set(stored.as_deref() != Some("off"));
        let _keys = window_event_listener(ev::keydown, move |event| {
            if enabled.get_untracked() && !is_typing_text(&event) {
                press(&event);
                set_chosen.set(count_chosen());
            }
        });
        let _choices = window_event_listener(ev::change, move |_| set_chosen.set(count_chosen()));
    });
    let switch = move |_| {
        let on = !enabled.get_untracked();
        set_enabled.set(on);
        if let Ok(Some(store)) = window().local_storage() {
            // Where storing is refused the choice lasts until the next page.
            let _ = store.set_item(SWITCH, if on { "on" } else { "off" });
        }
    };
    view! {
        <div class="cluster flex-1" hidden=move || !alive.get()>
            <progress
                class="steps-bar w-40"
                max=count
                value=move || chosen.get()
                aria-label="Rows chosen"
            ></progress>
            <span class="muted" role="status">{move || chosen.get()}" chosen"</span>
            <label class="cluster">
                <input class="toggle toggle-sm" type="checkbox" prop:checked=enabled on:change=switch />
                "Keys: "
                <span><kbd class="kbd">"j"</kbd>" "<kbd class="kbd">"k"</kbd>" move"</span>
                <span><kbd class="kbd">"x"</kbd>" choose"</span>
                <span><kbd class="kbd">"a"</kbd>" keep"</span>
                <span><kbd class="kbd">"r"</kbd>" withdraw"</span>
            </label>
        </div>
    }
}

/// Keys in a text field write text; on a checkbox they are shortcuts.
fn is_typing_text(event: &KeyboardEvent) -> bool {
    let on_checkbox = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
        .is_some_and(|input| input.type_() == "checkbox");
    event.ctrl_key() || event.meta_key() || event.alt_key() || (is_typing(event) && !on_checkbox)
}

fn boxes() -> Vec<HtmlInputElement> {
    let Ok(found) = document().query_selector_all("#reviews [data-review] input[type=checkbox]") else {
        return Vec::new();
    };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

fn count_chosen() -> u32 {
    u32::try_from(boxes().iter().filter(|input| input.checked()).count()).unwrap_or(u32::MAX)
}

fn press(event: &KeyboardEvent) {
    let boxes = boxes();
    let active = document().active_element();
    let at = boxes.iter().position(|input| input.is_same_node(active.as_deref()));
    let focus = |index: usize| {
        if let Some(input) = boxes.get(index) {
            // A row that is gone simply does not get the focus.
            let _ = input.focus();
            mark(input);
        }
    };
    match (event.key().as_str(), at) {
        ("j", None) => focus(0),
        ("j", Some(at)) => focus((at + 1).min(boxes.len().saturating_sub(1))),
        ("k", at) => focus(at.unwrap_or_default().saturating_sub(1)),
        ("x", Some(at)) => boxes[at].set_checked(!boxes[at].checked()),
        ("a", Some(at)) => choose_and_go(&boxes[at], "button:not([formaction])"),
        ("r", Some(at)) => choose_and_go(&boxes[at], "button[formaction]"),
        _ => return,
    }
    event.prevent_default();
}

/// Lights the row of the focused checkbox.
fn mark(input: &HtmlInputElement) {
    if let Ok(rows) = document().query_selector_all("#reviews [data-review]") {
        for index in 0..rows.length() {
            if let Some(row) = rows.item(index).and_then(|row| row.dyn_into::<Element>().ok()) {
                let here = if row.contains(Some(input)) { "true" } else { "false" };
                // The attribute's name is a valid one, the only reason for setting it to fail.
                let _ = row.set_attribute("aria-selected", here);
            }
        }
    }
}

/// Chooses the row and moves to the button that does it: a single key never decides by itself.
fn choose_and_go(input: &HtmlInputElement, button: &str) {
    input.set_checked(true);
    let wants_comment = button == "button[formaction]";
    let comment =
        document().get_element_by_id("comment").and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
    let target: Option<HtmlElement> = match comment {
        Some(comment) if wants_comment && comment.value().trim().is_empty() => Some(comment.unchecked_into()),
        _ => document()
            .query_selector(&format!("#reviews .bottom-bar {button}"))
            .ok()
            .flatten()
            .and_then(|button| button.dyn_into::<HtmlButtonElement>().ok())
            .map(JsCast::unchecked_into),
    };
    if let Some(target) = target {
        // A button that is gone simply does not get the focus.
        let _ = target.focus();
    }
}
