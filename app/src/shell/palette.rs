//! Ctrl+K: from anywhere to data, to pages and to what was opened last, by keyboard. `/` goes to the search field.

use std::time::Duration;

use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use crate::api::catalog::{QUICK_HITS, QuickHit, quick_search};
use crate::island;
use crate::ui::{is_typing, on_enter_island, single_keys_on};

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

    let input_ref = input;
    let open = move || {
        if let Some(dialog) = dialog.get_untracked().filter(|dialog| !dialog.open()) {
            // It fails only when it is open already.
            let _ = dialog.show_modal();
            if let Some(input) = input.get_untracked() {
                input.select();
                ask(input.value(), input_ref, hits, chosen, said);
            }
        }
    };
    let alive = on_enter_island(move || {
        let _listener = window_event_listener(leptos::ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                open();
            } else if event.key() == "/" && !has_modifier(&event) && !is_typing(&event) && single_keys_on() {
                event.prevent_default();
                focus_search();
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
    let key = move |event: web_sys::KeyboardEvent| press(&event, dialog, hits, chosen);
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
        <button type="button" class="kbd" hidden=move || !alive.get() on:click=move |_| open() aria-label="Search and go to (Ctrl K)">
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
                aria-label="Search data and columns, or go to a page"
                aria-expanded=move || (!hits.with(Vec::is_empty)).to_string()
                aria-controls="palette-results"
                aria-autocomplete="list"
                aria-activedescendant=move || {
                    (!hits.with(Vec::is_empty)).then(|| format!("palette-{}", chosen.get()))
                }
                autocomplete="off"
                placeholder="Search data and columns, or go to a page"
                on:input=typed
                on:keydown=key
            />
            </form>
            <p class="muted px-4 pt-2" role="status">{said}</p>
            <div class="palette-results" id="palette-results" role="listbox" aria-label="Results">{rows}</div>
        </dialog>
    }
}

/// Arrows choose, Enter opens, Escape closes.
fn press(
    event: &web_sys::KeyboardEvent,
    dialog: NodeRef<html::Dialog>,
    hits: RwSignal<Vec<QuickHit>>,
    chosen: RwSignal<usize>,
) {
    let last = hits.with_untracked(Vec::len).saturating_sub(1);
    match event.key().as_str() {
        "ArrowDown" => chosen.update(|chosen| *chosen = (*chosen + 1).min(last)),
        "ArrowUp" => chosen.update(|chosen| *chosen = chosen.saturating_sub(1)),
        // Left alone, the browser would only empty the field.
        "Escape" => {
            if let Some(dialog) = dialog.get_untracked() {
                dialog.close();
            }
        }
        "Enter" => {
            let hit = hits.with_untracked(|hits| hits.get(chosen.get_untracked()).cloned());
            // Without a hit, or with a failing address bar, the form searches the catalog.
            if hit.is_none_or(|hit| window().location().set_href(&hit.href).is_err()) {
                return;
            }
        }
        _ => return,
    }
    event.prevent_default();
}

fn has_modifier(event: &web_sys::KeyboardEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.alt_key()
}

/// The page's own search field, or the one above every page.
fn focus_search() {
    let field =
        |place: &str| document().query_selector(place).ok().flatten()?.dyn_into::<HtmlInputElement>().ok();
    if let Some(field) = field("main input[type=search]").or_else(|| field(".topbar input[type=search]")) {
        // A field that is gone simply does not get the focus.
        let _ = field.focus();
        field.select();
    }
}

/// The pages that the navigation and the person's menu offer, as far as they fit what was typed.
fn pages(text: &str) -> Vec<QuickHit> {
    let Ok(links) = document().query_selector_all("a.rail-link, .topbar .menu a") else { return Vec::new() };
    let links = (0..links.length()).filter_map(|index| links.item(index)?.dyn_into::<Element>().ok());
    let page = |link: Element| {
        let words = link.query_selector("span").ok().flatten().and_then(|words| words.text_content());
        let is_account = link.get_attribute("href").as_deref() == Some("/account");
        let name = if is_account { "Account".to_owned() } else { words? };
        Some(QuickHit { name, about: "page".to_owned(), href: link.get_attribute("href")? })
    };
    links.filter_map(page).filter(|page| is_called(&page.name, text)).collect()
}

/// True for a page whose name holds what was typed.
fn is_called(name: &str, typed: &str) -> bool {
    name.to_lowercase().contains(&typed.trim().to_lowercase())
}

/// Everything that is offered, the nearest first: without words what was opened last, with words the page that is called
/// so.
fn offered(typed: &str, found: Vec<QuickHit>, pages: Vec<QuickHit>) -> Vec<QuickHit> {
    let (first, then) = if typed.trim().is_empty() { (found, pages) } else { (pages, found) };
    first.into_iter().chain(then).collect()
}

/// How much is offered; a search that found as much as is shown may have found more.
fn counted(offered: usize, found: usize) -> String {
    match offered {
        0 => "Nothing found".to_owned(),
        all if found >= QUICK_HITS as usize => format!("The first {all} results; the catalog may have more"),
        1 => "1 result".to_owned(),
        several => format!("{several} results"),
    }
}

fn ask(
    text: String,
    input: NodeRef<html::Input>,
    hits: RwSignal<Vec<QuickHit>>,
    chosen: RwSignal<usize>,
    said: RwSignal<String>,
) {
    spawn_local(async move {
        let answer = quick_search(text.clone()).await;
        // An answer that was overtaken by further typing is dropped.
        if input.get_untracked().is_none_or(|input| input.value() != text) {
            return;
        }
        let pages = pages(&text);
        let (found, problem) = match answer {
            Ok(found) => (found, None),
            Err(error) => (Vec::new(), Some(error.message)),
        };
        let count = found.len();
        let all = offered(&text, found, pages);
        said.set(problem.unwrap_or_else(|| counted(all.len(), count)));
        chosen.set(0);
        hits.set(all);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(names: &[&str]) -> Vec<QuickHit> {
        let hit = |name: &&str| QuickHit {
            name: (*name).to_owned(),
            about: String::new(),
            href: format!("/{name}"),
        };
        names.iter().map(hit).collect()
    }

    fn names(typed: &str) -> Vec<String> {
        let all = offered(typed, hits(&["collections", "orders"]), hits(&["Inbox"]));
        all.into_iter().map(|hit| hit.name).collect()
    }

    #[test]
    fn what_was_opened_last_is_nearest_until_something_is_typed() {
        assert_eq!(names(" "), ["collections", "orders", "Inbox"]);
        assert_eq!(names("inb"), ["Inbox", "collections", "orders"], "a page by its name comes first");
    }

    #[test]
    fn a_page_is_found_by_any_part_of_its_name_however_it_is_typed() {
        assert!(
            is_called("My access", " ACC") && is_called("My access", "") && !is_called("Inbox", "access")
        );
    }

    #[test]
    fn a_list_that_may_be_cut_is_never_called_all_there_is() {
        assert_eq!([counted(0, 0), counted(1, 1), counted(3, 2)], ["Nothing found", "1 result", "3 results"]);
        assert_eq!(counted(9, 8), "The first 9 results; the catalog may have more");
    }
}
