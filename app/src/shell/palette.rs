//! Ctrl+K: search from anywhere, by keyboard.

use std::time::Duration;

use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::catalog::{QuickHit, quick_search};
use crate::island;
use crate::ui::on_enter_island;

/// How long typing must rest before the server is asked.
const REST: Duration = Duration::from_millis(120);

/// The button and the dialog it opens. The dialog gives the focus back where it was when it closes.
#[island]
pub(crate) fn Palette() -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let input = NodeRef::<html::Input>::new();
    let hits = RwSignal::new(Vec::<QuickHit>::new());
    let chosen = RwSignal::new(0_usize);
    let said = RwSignal::new(String::new());
    let timer = StoredValue::new(None::<TimeoutHandle>);

    let open = move || {
        if let Some(dialog) = dialog.get_untracked().filter(|dialog| !dialog.open()) {
            // It fails only when it is open already.
            let _ = dialog.show_modal();
            if let Some(input) = input.get_untracked() {
                input.select();
            }
        }
    };
    let alive = on_enter_island(move || {
        let _listener = window_event_listener(leptos::ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                open();
            }
        });
    });

    let typed = move |_| {
        let Some(text) = input.get_untracked().map(|input| input.value()) else { return };
        timer.update_value(|timer| {
            if let Some(waiting) = timer.take() {
                waiting.clear();
            }
            *timer = set_timeout_with_handle(move || ask(text, input, hits, chosen, said), REST).ok();
        });
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let last = hits.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|chosen| *chosen = (*chosen + 1).min(last)),
            "ArrowUp" => chosen.update(|chosen| *chosen = chosen.saturating_sub(1)),
            "Enter" => {
                let Some(hit) = hits.with_untracked(|hits| hits.get(chosen.get_untracked()).cloned()) else {
                    return;
                };
                // A failing address bar leaves the form, which then searches the catalog.
                if window().location().set_href(&hit.href).is_err() {
                    return;
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let rows = move || {
        hits.get()
            .into_iter()
            .enumerate()
            .map(|(index, hit)| {
                view! {
                    <a
                        class="palette-hit"
                        role="option"
                        tabindex="-1"
                        id=format!("palette-{index}")
                        aria-selected=move || if chosen.get() == index { "true" } else { "false" }
                        href=hit.href
                    >
                        <span class="font-medium">{hit.name}</span>
                        <span class="muted">{hit.about}</span>
                    </a>
                }
            })
            .collect_view()
    };
    view! {
        <button type="button" class="kbd" hidden=move || !alive.get() on:click=move |_| open() aria-label="Open the search (Ctrl K)">
            "Ctrl K"
        </button>
        <dialog node_ref=dialog class="palette" aria-label="Search">
            <form class="contents" method="get" action="/catalog">
            <input
                node_ref=input
                class="palette-input"
                type="search"
                name="q"
                role="combobox"
                aria-label="Search data and columns"
                aria-expanded=move || (!hits.with(Vec::is_empty)).to_string()
                aria-controls="palette-results"
                aria-autocomplete="list"
                aria-activedescendant=move || {
                    (!hits.with(Vec::is_empty)).then(|| format!("palette-{}", chosen.get()))
                }
                autocomplete="off"
                placeholder="Search data and columns"
                on:input=typed
                on:keydown=key
            />
            </form>
            <p class="muted px-4 pt-2" role="status">{said}</p>
            <div class="palette-results" id="palette-results" role="listbox" aria-label="Results">{rows}</div>
        </dialog>
    }
}

fn ask(
    text: String,
    input: NodeRef<html::Input>,
    hits: RwSignal<Vec<QuickHit>>,
    chosen: RwSignal<usize>,
    said: RwSignal<String>,
) {
    if text.trim().is_empty() {
        hits.set(Vec::new());
        said.set(String::new());
        return;
    }
    spawn_local(async move {
        let answer = quick_search(text.clone()).await;
        // An answer that was overtaken by further typing is dropped.
        if input.get_untracked().is_none_or(|input| input.value() != text) {
            return;
        }
        said.set(match &answer {
            Ok(found) if found.is_empty() => "Nothing found".to_owned(),
            Ok(found) => format!("{} results", found.len()),
            Err(error) => error.message.clone(),
        });
        chosen.set(0);
        hits.set(answer.unwrap_or_default());
    });
}
