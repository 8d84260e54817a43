//! A moved filter shows its figures at once: only what changed is drawn anew, and the address follows.

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlFormElement, HtmlInputElement, MouseEvent};

use super::days;
use super::held::{Control, Held};
use crate::api::dashboards::{DashboardUpdate, dashboard_view};
use crate::island;
use crate::ui::{Stay, by_id, listen, on_enter_island};

/// Enhances the filter form; shows nothing itself.
#[island]
pub(crate) fn LiveDashboard(
    /// The dashboard.
    id: String,
    /// Its address.
    path: String,
) -> impl IntoView {
    let shown = Shown::new(id, path);
    let visits = StoredValue::new(0_u32);
    let alive = on_enter_island(move || {
        let ask = move |field: Option<Element>| {
            let Some(query) = form_query() else { return };
            let control = field.as_ref().and_then(Control::of);
            shown.become_state(query, Moved::Filter { control, visit: visits.get_value() });
        };
        listen(ev::popstate, move |_| {
            // Back to another page is not this one's to follow.
            if window().location().pathname().ok() == Some(shown.path.get_value()) {
                shown.become_state(address_query(), Moved::History);
            }
        });
        listen(ev::change, move |event| {
            if in_form(&event) && days::is_whole(&event) {
                days::own_range(&event);
                days::own_days_go(&event);
                days::say_misfit(&event);
                if !days::is_reversed(&event) {
                    ask(target(&event));
                }
            }
        });
        listen(ev::focusout, move |event| {
            visits.update_value(|visits| *visits += 1);
            days::say_misfit(&event);
        });
        listen(ev::click, move |event| {
            if let Some(query) = followed(&event, &shown.path.get_value()) {
                event.prevent_default();
                shown.become_state(query, Moved::Link);
            } else if let Some(part) = opening(&event) {
                show(shown.id.get_value(), part);
            }
        });
        listen(ev::submit, move |event| {
            if in_form(&event) {
                event.prevent_default();
                ask(document().active_element());
            }
        });
    });
    view! { <span hidden class="live-dashboard" data-follows="history" data-alive=move || alive.get().to_string()></span> }
}

pub(super) fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn in_form(event: &Event) -> bool {
    target(event).and_then(|element| element.closest("#filters").ok().flatten()).is_some()
}

/// The state that a plain press on a head or a page of a table leads to, or on the mark of a chart that filters.
fn followed(event: &MouseEvent, path: &str) -> Option<String> {
    let elsewhere = event.button() != 0
        || event.ctrl_key()
        || event.meta_key()
        || event.shift_key()
        || event.alt_key()
        || event.default_prevented();
    let links = "#elements a.turn, #elements .chart-drawings a";
    let link = target(event).filter(|_| !elsewhere)?.closest(links).ok()??;
    let href = link.get_attribute("href")?;
    let (place, wanted) = href.split_once('?').unwrap_or((href.as_str(), ""));
    let wanted = web_sys::UrlSearchParams::new_with_str(wanted).ok()?;
    let Some(table) = link.get_attribute("data-table") else {
        // A mark may lead elsewhere; one that filters has its chart drawn anew with every filter that moves.
        return (place == path).then(|| with_orders(&wanted)).flatten();
    };
    // Only this table turns: filters and other tables may stand otherwise by now than when the link was drawn.
    let state = web_sys::UrlSearchParams::new_with_str(&window().location().search().ok()?).ok()?;
    for name in [format!("sort.{table}"), format!("page.{table}")] {
        state.delete(&name);
        if let Some(value) = wanted.get(&name) {
            state.set(&name, &value);
        }
    }
    Some(String::from(state.to_string()))
}

/// What the form says; the orders of tables are those of the address, which follows the tables. A day that was left half
/// typed is said at its field, and nothing is asked; nor while days are the wrong way round.
fn form_query() -> Option<String> {
    let form = by_id::<HtmlFormElement>("filters").filter(HtmlFormElement::report_validity)?;
    if days::lead_to_reversed() {
        return None;
    }
    let data = web_sys::FormData::new_with_form(&form).ok()?;
    let params = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    with_orders(&params)
}

/// This state with the orders of tables that the address has.
fn with_orders(params: &web_sys::UrlSearchParams) -> Option<String> {
    let address = web_sys::UrlSearchParams::new_with_str(&window().location().search().ok()?).ok()?;
    let names = |params: &web_sys::UrlSearchParams| -> Vec<String> {
        let names = params.keys().into_iter().flatten().filter_map(|name| name.as_string());
        names.filter(|name| name.starts_with("sort.")).collect()
    };
    for name in names(params) {
        params.delete(&name);
    }
    for name in names(&address) {
        params.set(&name, &address.get(&name).unwrap_or_default());
    }
    Some(String::from(params.to_string()))
}

pub(super) fn all(places: &str) -> Vec<Element> {
    let Ok(found) = document().query_selector_all(places) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// The parts that are drawn by themselves, by id and hash.
fn known() -> Vec<(String, String)> {
    let parts = all("[data-block]");
    parts.iter().map(|part| (part.id(), part.get_attribute("data-block").unwrap_or_default())).collect()
}

/// The names of the tabs and expanders that stand open.
fn open_parts() -> Vec<String> {
    let parts = all("#elements details[data-part][open]");
    parts.iter().filter_map(|part| part.get_attribute("data-part")).collect()
}

/// The name of the closed part that a press is about to open.
fn opening(event: &MouseEvent) -> Option<String> {
    let summary = target(event)?.closest("#elements details[data-part] > summary").ok()??;
    let part = summary.parent_element().filter(|part| !part.has_attribute("open"))?;
    part.get_attribute("data-part")
}

/// The state that the address tells.
fn address_query() -> String {
    window().location().search().unwrap_or_default().trim_start_matches('?').to_owned()
}

/// Tells that a part was opened: what stands in it is read from now on. It is drawn already.
fn show(id: String, part: String) {
    let query = address_query();
    let open = open_parts().into_iter().chain([part]).collect();
    spawn_local(async move {
        // The part opens whether or not it is heard.
        let _ = dashboard_view(id, query, known(), open).await;
    });
}

/// What led to another state: a filter and a link make a step in the history, Back and Forward only take one.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Moved {
    /// A filter by its control, at this visit of it: on the way to what is meant, keys pass other days, options of a closed
    /// list and places of a slider, and all are one step.
    Filter {
        control: Option<Control>,
        visit: u32,
    },
    Link,
    History,
}

/// The dashboard that is shown.
#[derive(Debug, Clone, Copy)]
struct Shown {
    id: StoredValue<String>,
    path: StoredValue<String>,
    /// How often another state was asked for.
    asked: StoredValue<u32>,
    /// The last step in the history.
    last: StoredValue<Option<Moved>>,
}

impl Shown {
    fn new(id: String, path: String) -> Self {
        let (id, path) = (StoredValue::new(id), StoredValue::new(path));
        Self { id, path, asked: StoredValue::new(0), last: StoredValue::new(None) }
    }

    /// Asks for another state and shows it.
    fn become_state(self, query: String, moved: Moved) {
        self.asked.update_value(|asked| *asked += 1);
        let (id, known, open) = (self.id.get_value(), known(), open_parts());
        let (turn, stay) = (self.asked.get_value(), Stay::now());
        stale(true);
        spawn_local(async move {
            let answer = dashboard_view(id, query.clone(), known, open).await;
            // Somebody who moves on does not wait for what they have left.
            if self.asked.get_value() != turn || Stay::now() != stay {
                return;
            }
            match answer {
                Ok(update) => {
                    stale(false);
                    self.apply(update, &moved);
                }
                // What stands below stays marked as what it is: of the state before.
                Err(error) => say_failed(&error.message, &self.address(&query)),
            }
        });
    }

    /// The address of a state.
    fn address(self, query: &str) -> String {
        let path = self.path.get_value();
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    fn apply(self, update: DashboardUpdate, moved: &Moved) {
        let address = self.address(&update.query);
        let focused = document().active_element();
        let held = focused.as_ref().and_then(Held::by);
        for block in update.blocks {
            let Some(part) = by_id::<Element>(&block.id) else {
                // The dashboard itself has changed since the page was made. A failing address bar leaves the old page.
                let _ = window().location().set_href(&address);
                return;
            };
            // A control in use keeps its focus: it shows what was chosen, and only its words and days follow.
            let in_use = matches!(moved, Moved::Filter { .. })
                && focused.as_ref().is_some_and(|element| part.contains(Some(element)));
            if in_use {
                follow(&part, &block.html);
            } else {
                redraw(&part, &block.html);
            }
            // The attribute's name is a valid one, the only reason for setting it to fail.
            let _ = part.set_attribute("data-block", if in_use { "" } else { &block.hash });
        }
        if let Some(held) = held {
            held.keep();
        }
        if *moved == Moved::History || address_query() != update.query {
            self.step(&address, moved);
        }
        say("Updated");
    }

    fn step(self, address: &str, moved: &Moved) {
        let before = self.last.get_value();
        self.last.set_value(Some(moved.clone()));
        let Ok(history) = window().history() else { return };
        // Browsers refuse only when the address changes hundreds of times a minute.
        let _ = match moved {
            Moved::History => Ok(()),
            Moved::Filter { .. } if before.as_ref() == Some(moved) => {
                history.replace_state_with_url(&JsValue::NULL, "", Some(address))
            }
            Moved::Filter { .. } | Moved::Link => {
                history.push_state_with_url(&JsValue::NULL, "", Some(address))
            }
        };
    }
}

/// A part drawn anew; what was open in it stays open.
fn redraw(part: &Element, html: &str) {
    let is_open = part.query_selector("details[open]").is_ok_and(|found| found.is_some());
    part.set_inner_html(html);
    if let (true, Ok(Some(details))) = (is_open, part.query_selector("details")) {
        // The attribute's name is a valid one, the only reason for setting it to fail.
        let _ = details.set_attribute("open", "");
    }
}

/// Words and days of a control in use become those of its new drawing; never the day that is being typed.
fn follow(part: &Element, html: &str) {
    let Ok(drawn) = document().create_element("div") else { return };
    drawn.set_inner_html(html);
    for place in ["summary", "label > strong", ".field-help"] {
        if let (Ok(Some(old)), Ok(Some(new))) = (part.query_selector(place), drawn.query_selector(place)) {
            old.set_text_content(new.text_content().as_deref());
        }
    }
    // What does not fit is said at once, and no longer than it does not fit.
    if let Ok(Some(old)) = part.query_selector(days::PROBLEM) {
        old.remove();
    }
    if let (Ok(Some(new)), Ok(Some(field))) =
        (drawn.query_selector(".field-error"), part.query_selector(".field"))
    {
        // A node of the same document always finds room, the only reason for this to fail.
        let _ = field.append_child(&new);
    }
    let typed = document().active_element();
    for place in ["[name$=_start]", "[name$=_end]", "[name$=_shown]"] {
        if let (Ok(Some(old)), Ok(Some(new))) = (part.query_selector(place), drawn.query_selector(place))
            && typed.as_ref() != Some(&old)
            && let (Ok(old), Ok(new)) =
                (old.dyn_into::<HtmlInputElement>(), new.dyn_into::<HtmlInputElement>())
        {
            old.set_value(&new.value());
        }
    }
}

fn stale(is_stale: bool) {
    if let Some(elements) = by_id::<Element>("elements") {
        // Both forms are valid class names, the only reason for changing them to fail.
        let _ = elements.class_list().toggle_with_force("is-stale", is_stale);
        let _ = elements.set_attribute("aria-busy", if is_stale { "true" } else { "false" });
    }
}

pub(super) fn say(sentence: &str) {
    if let Some(status) = by_id::<Element>("updated") {
        status.set_class_name("visually-hidden");
        status.set_text_content(Some(sentence));
    }
}

/// Says before everybody's eyes why the figures are not those of the filters, and where the page can be had whole.
fn say_failed(sentence: &str, address: &str) {
    let Some(status) = by_id::<Element>("updated") else { return };
    status.set_class_name("notice notice-error mb-4");
    status.set_text_content(Some(&format!("{sentence} The figures below are those of before. ")));
    let Ok(link) = document().create_element("a") else { return };
    // Valid names and a node of the same document: nothing of it can fail.
    let _ = link.set_attribute("href", address);
    let _ = link.set_attribute("class", "link");
    link.set_text_content(Some("Load the page again"));
    let _ = status.append_child(&link);
}
