//! Keys for a list from which some are chosen: j and k move, x chooses, a chooses all on the page or none of them, e leads to
//! what is to be changed. Without it boxes are ticked, and a link chooses all.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};

use crate::island;
use crate::ui::{SingleKeys, by_id, is_checkbox, is_typing, listen, on_enter_island};

/// The bar that fills with the rows that are chosen, and the switch for the keys. It shows once it works.
#[island]
pub(crate) fn ChoiceKeys(
    /// Rows on the page.
    count: u32,
) -> impl IntoView {
    let keys = SingleKeys::new();
    let (chosen, set_chosen) = signal(0_u32);
    let alive = on_enter_island(move || {
        keys.recall();
        listen(ev::keydown, move |event| {
            if keys.are_on() && !is_elsewhere(&event) && press(&event) {
                event.prevent_default();
                set_chosen.set(count_chosen());
            }
        });
        listen(ev::change, move |event| {
            if is_checkbox(&event) {
                set_chosen.set(count_chosen());
            }
        });
        // Rows are chosen before the keys work, and where a browser brings back the page it has left.
        set_chosen.set(count_chosen());
        listen(ev::pageshow, move |_| set_chosen.set(count_chosen()));
    });
    let shortcuts = view! {
        <span><kbd class="kbd">"j"</kbd>" "<kbd class="kbd">"k"</kbd>" move"</span>
        <span><kbd class="kbd">"x"</kbd>" choose"</span>
        <span><kbd class="kbd">"a"</kbd>" all or none"</span>
        <span><kbd class="kbd">"e"</kbd>" what to change"</span>
    };
    view! {
        <div class="cluster flex-1" hidden=move || !alive.get() data-alive=move || alive.get().to_string()>
            <progress
                class="steps-bar w-40"
                max=count
                value=move || chosen.get()
                aria-label="Assets chosen"
            ></progress>
            <span class="muted" role="status">{move || format!("{} chosen", chosen.get())}</span>
            {keys.switch(shortcuts)}
        </div>
    }
}

/// Keys in a field write text, and others are the browser's; on a box they are shortcuts.
fn is_elsewhere(event: &KeyboardEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.alt_key() || (is_typing(event) && !is_checkbox(event))
}

fn boxes() -> Vec<HtmlInputElement> {
    let Ok(found) = document().query_selector_all("#choosing tbody input[type=checkbox]") else {
        return Vec::new();
    };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

fn count_chosen() -> u32 {
    u32::try_from(boxes().iter().filter(|input| input.checked()).count()).unwrap_or(u32::MAX)
}

/// A key in the list; true where it did something.
fn press(event: &KeyboardEvent) -> bool {
    let boxes = boxes();
    let active = document().active_element();
    let at = boxes.iter().position(|input| input.is_same_node(active.as_deref()));
    match (event.key().as_str(), at) {
        ("j", None) => focus(boxes.first()),
        ("j", Some(at)) => focus(boxes.get(at + 1).or(boxes.last())),
        ("k", at) => focus(boxes.get(at.unwrap_or_default().saturating_sub(1))),
        ("x", Some(at)) => {
            if let Some(input) = boxes.get(at) {
                input.set_checked(!input.checked());
            }
        }
        ("a", _) => {
            let is_all = boxes.iter().all(HtmlInputElement::checked);
            for input in &boxes {
                input.set_checked(!is_all);
            }
        }
        ("e", _) => {
            if let Some(change) = by_id::<HtmlElement>("change") {
                // A field that is gone simply does not get the focus.
                let _ = change.focus();
            }
        }
        _ => return false,
    }
    true
}

fn focus(input: Option<&HtmlInputElement>) {
    if let Some(input) = input {
        // A row that is gone simply does not get the focus.
        let _ = input.focus();
    }
}
