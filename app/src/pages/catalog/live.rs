//! Results while typing, and arrow keys between the hits. Without it the form and the links do the same.

use std::time::Duration;

use leptos::ev;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, HtmlFormElement, KeyboardEvent};

use crate::api::catalog::live_results;
use crate::island;
use crate::ui::{by_id, listen, on_enter_island};

/// How long typing must rest before the server is asked.
const REST: Duration = Duration::from_millis(150);

/// Enhances the catalog's form; shows nothing itself.
#[island]
pub(crate) fn LiveResults() -> impl IntoView {
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let alive = on_enter_island(move || {
        listen(ev::input, move |event| {
            if !in_form(&event) {
                return;
            }
            timer.update_value(|timer| {
                if let Some(waiting) = timer.take() {
                    waiting.clear();
                }
                *timer = set_timeout_with_handle(refresh, REST).ok();
            });
        });
        listen(ev::keydown, move_between_hits);
    });
    view! { <span hidden data-alive=move || alive.get().to_string()></span> }
}

fn in_form(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.and_then(|element| element.closest("#catalog").ok().flatten()).is_some()
}

/// The form's state as a query string.
fn form_query() -> Option<String> {
    let form = by_id::<HtmlFormElement>("catalog")?;
    let data = web_sys::FormData::new_with_form(&form).ok()?;
    let params = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    Some(String::from(params.to_string()))
}

fn refresh() {
    let Some(query) = form_query() else { return };
    spawn_local(async move {
        let found = live_results(query.clone()).await;
        if form_query().as_deref() != Some(query.as_str()) {
            return;
        }
        let Some(results) = by_id::<Element>("results") else { return };
        let html = match found {
            Ok(html) => html,
            Err(error) => return say_failed(&results, &error.message),
        };
        let focused = focused_facet();
        results.set_inner_html(&html);
        if let Some(focused) = focused {
            focus_facet(&results, &focused);
        }
        if let Ok(history) = window().history() {
            let address = format!("/catalog?{query}");
            // Browsers refuse only when the address changes hundreds of times a minute.
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
        }
    });
}

/// Says above the results that they are of another search. Where the server refuses or cannot be reached, the button still
/// sends the form.
fn say_failed(results: &Element, sentence: &str) {
    let said = results.query_selector("[data-failed]").ok().flatten();
    let Some(said) = said.or_else(|| document().create_element("p").ok()) else { return };
    // Valid names and a node of the same document: nothing of it can fail.
    let _ = said.set_attribute("data-failed", "");
    let _ = said.set_attribute("role", "alert");
    said.set_class_name("notice notice-error mb-4");
    said.set_text_content(Some(&format!(
        "{sentence} What stands below is not what was searched for; press Search to search again."
    )));
    let _ = results.prepend_with_node_1(&said);
}

/// Name and value of the checkbox that has the focus, which is about to be replaced.
fn focused_facet() -> Option<(String, String)> {
    let input = document().active_element()?.dyn_into::<web_sys::HtmlInputElement>().ok()?;
    (input.type_() == "checkbox").then(|| (input.name(), input.value()))
}

fn focus_facet(results: &Element, (name, value): &(String, String)) {
    let Ok(boxes) = results.query_selector_all("input[type=checkbox]") else { return };
    for index in 0..boxes.length() {
        let input = boxes.item(index).and_then(|node| node.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(input) = input.filter(|input| input.name() == *name && input.value() == *value) {
            // An element that is gone again simply does not get the focus.
            let _ = input.focus();
        }
    }
}

/// Arrow down from the search field goes to the first hit; arrows move between hits.
fn move_between_hits(event: KeyboardEvent) {
    let step: i64 = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    let Some(active) = document().active_element() else { return };
    let Ok(hits) = document().query_selector_all("[data-hit]") else { return };
    let hits: Vec<HtmlElement> =
        (0..hits.length()).filter_map(|index| hits.item(index)?.dyn_into::<HtmlElement>().ok()).collect();
    let at = hits.iter().position(|hit| hit.is_same_node(Some(&active)));
    let in_search = active.matches("#catalog input[type=search]").unwrap_or(false);
    let target = match at {
        Some(at) => i64::try_from(at).unwrap_or_default() + step,
        None if in_search && step > 0 => 0,
        None => return,
    };
    let search = || {
        document()
            .query_selector("#catalog input[type=search]")
            .ok()
            .flatten()?
            .dyn_into::<HtmlElement>()
            .ok()
    };
    let target =
        if target < 0 { search() } else { usize::try_from(target).ok().and_then(|at| hits.get(at).cloned()) };
    if let Some(target) = target {
        event.prevent_default();
        // An element that is gone again simply does not get the focus.
        let _ = target.focus();
    }
}
