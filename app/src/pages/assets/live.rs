//! What is written of an asset is checked while it is typed, and gets further lines for columns. Without it the buttons do the
//! same.

use std::time::Duration;

use lakeport_model::assets::{AssetText, FieldProblem, MOST_COLUMNS_WRITTEN};
use leptos::ev;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, FormData, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlSelectElement,
    HtmlTextAreaElement, SubmitEvent,
};

use super::typed::{cell_name, typed};
use crate::api::assets::{AssetCheckShown, check_asset};
use crate::island;
use crate::query::Query;
use crate::ui::{Glyph, Icon, Stay, by_id, listen, on_enter_island};

/// The call that only looks.
pub(super) const CHECK: &str = "/fn/check_asset";

/// How long typing must rest before the server is asked.
const REST: Duration = Duration::from_millis(400);

/// Checks the fields of the form `writing` while they are typed, and adds lines to its columns.
#[island]
pub(crate) fn LiveAsset(
    /// The asset; empty for a new one.
    asset: String,
    /// Its domain.
    domain: String,
    /// The form shows its columns.
    adds: bool,
) -> impl IntoView {
    let (asset, domain) = (StoredValue::new(asset), StoredValue::new(domain));
    let look = move || look(asset.get_value(), domain.get_value());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let full = RwSignal::new(false);
    let alive = on_enter_island(move || {
        full.set(lines().len() >= MOST_COLUMNS_WRITTEN);
        listen(ev::input, move |event| {
            // Reason and consent change nothing that a check tells.
            if !is_within(&event, "#writing") || is_within(&event, "#reason, #agreed") {
                return;
            }
            let stay = Stay::now();
            let rested = move || {
                if Stay::now() == stay {
                    look();
                }
            };
            timer.update_value(|timer| {
                if let Some(waiting) = timer.take() {
                    waiting.clear();
                }
                *timer = set_timeout_with_handle(rested, REST).ok();
            });
        });
        listen(ev::submit, move |event| {
            if is_check(&event) {
                event.prevent_default();
                look();
            }
        });
    });
    let add = move || {
        add_line();
        full.set(lines().len() >= MOST_COLUMNS_WRITTEN);
    };
    view! {
        <div data-alive=move || alive.get().to_string() hidden=move || !(adds && alive.get()) || full.get()>
            <button type="button" class="btn btn-sm" on:click=move |_| add()>
                <Icon glyph=Glyph::Plus />
                "Add a column"
            </button>
        </div>
    }
}

/// True where the button of the form was pressed that only looks.
fn is_check(event: &SubmitEvent) -> bool {
    let action = event.submitter().and_then(|button| button.get_attribute("formaction"));
    is_within(event, "#writing") && action.as_deref() == Some(CHECK)
}

/// What stands in the form.
fn sent() -> Option<Query> {
    let form = by_id::<HtmlFormElement>("writing")?;
    let data = FormData::new_with_form(&form).ok()?;
    let params = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    Some(Query::parse(&String::from(params.to_string())))
}

/// Asks what would become of what is written, and shows it if that is still what is written then.
fn look(asset: String, domain: String) {
    let Some(fields) = sent() else { return };
    let (stay, text) = (Stay::now(), typed(&fields));
    let seen = fields.get("seen").unwrap_or_default().to_owned();
    spawn_local(async move {
        let found = check_asset(asset, domain, seen, text.clone()).await;
        if Stay::now() != stay || !is_still(&text) {
            return;
        }
        match found {
            Ok(check) => show(&check),
            Err(error) => say(&format!("{} What is written was not checked.", error.message)),
        }
    });
}

fn is_still(text: &AssetText) -> bool {
    sent().is_some_and(|fields| typed(&fields) == *text)
}

fn say(sentence: &str) {
    if let Some(status) = by_id::<Element>("check-said") {
        status.set_text_content(Some(sentence));
    }
}

fn show(check: &AssetCheckShown) {
    say(&check.said);
    fill("to-correct", &check.to_correct);
    fill("about", &check.about);
    if let Some(reads) = by_id::<HtmlElement>("reads") {
        reads.set_hidden(check.about.is_empty());
    }
    ask(check);
    unmark();
    check.problems.iter().for_each(mark);
}

fn fill(id: &str, html: &str) {
    if let Some(part) = by_id::<Element>(id) {
        part.set_inner_html(html);
    }
}

/// Shows what it changes for people, and the box where that needs consent. Whoever has ticked it saw what stood there then,
/// and sends which effects these were.
fn ask(check: &AssetCheckShown) {
    let (Some(effects), Some(consent)) = (by_id::<Element>("effects"), by_id::<HtmlElement>("consent"))
    else {
        return;
    };
    effects.set_inner_html(&check.effects);
    consent.set_hidden(!check.needs_consent);
    let Some(agreed) = by_id::<HtmlInputElement>("agreed") else { return };
    if agreed.value() != check.meaning || !check.needs_consent {
        agreed.set_checked(false);
    }
    agreed.set_value(&check.meaning);
}

/// Takes away what was said at the fields before, and what they kept from being said above the page.
fn unmark() {
    let errors = within(&document(), "#writing [data-problem]");
    if !errors.is_empty() {
        within(&document(), ".page .refusal").iter().for_each(Element::remove);
    }
    for error in errors {
        let control = error.id();
        if let Some(control) = by_id::<Element>(control.trim_end_matches("-error")) {
            // A valid name: it cannot fail.
            let _ = control.remove_attribute("aria-invalid");
        }
        error.remove();
    }
}

/// Says what is wrong at its field; what is wrong with none stands in the list alone.
fn mark(problem: &FieldProblem) {
    let FieldProblem { field, message } = problem;
    let id = format!("{field}-error");
    let (Some(control), None) = (by_id::<Element>(field), by_id::<Element>(&id)) else { return };
    let Ok(error) = document().create_element("p") else { return };
    error.set_class_name("field-error");
    error.set_id(&id);
    error.set_text_content(Some(message.as_str()));
    // Valid names, and a node of the same document: nothing of it can fail.
    let _ = error.set_attribute("data-problem", "true");
    let _ = control.set_attribute("aria-invalid", "true");
    let _ = control.insert_adjacent_element("afterend", &error);
}

/// The lines of the columns.
fn lines() -> Vec<Element> {
    within(&document(), "#columns tbody tr")
}

/// Adds an empty line below the last one, and goes there.
fn add_line() {
    let lines = lines();
    let Some(last) = lines.last() else { return };
    let copy = last.clone_node_with_deep(true).ok().and_then(|copy| copy.dyn_into::<Element>().ok());
    let (Some(copy), Some(parent)) = (copy, last.parent_element()) else { return };
    within(&copy, "[data-problem]").iter().for_each(Element::remove);
    let controls = within(&copy, "[name]");
    for control in &controls {
        empty(control, lines.len());
    }
    // A node of the same document, and an element that is there: nothing of it can fail.
    let _ = parent.append_child(&copy);
    if let Some(first) = controls.first().and_then(|first| first.dyn_ref::<HtmlElement>()) {
        let _ = first.focus();
    }
}

/// Makes a control of the line before into one of this line, in which nothing stands.
fn empty(control: &Element, line: usize) {
    for name in ["id", "name", "aria-describedby", "aria-label"] {
        if let Some(before) = control.get_attribute(name) {
            let _ = control.set_attribute(name, &moved(&before, line));
        }
    }
    for name in ["aria-invalid", "autofocus", "value"] {
        let _ = control.remove_attribute(name);
    }
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        input.set_value("");
    } else if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
        area.set_value("");
    } else if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
        select.set_value(super::fields::or_usual(""));
    }
}

/// A name of a control in the line before, as that of the same control in this one: `columns[2][name]` as `columns[3][name]`,
/// `Name of column 3` as `Name of column 4`.
fn moved(name: &str, line: usize) -> String {
    let before = line.saturating_sub(1);
    let part = |line| cell_name(line, "").trim_end_matches("[]").to_owned();
    let name = name.replace(&part(before), &part(line));
    match name.strip_suffix(&format!(" of column {line}")) {
        Some(what) => format!("{what} of column {}", line + 1),
        None => name,
    }
}

/// What fits a selector, below an element or in the document.
fn within(place: &web_sys::Node, selector: &str) -> Vec<Element> {
    let found = match place.dyn_ref::<Element>() {
        Some(element) => element.query_selector_all(selector),
        None => document().query_selector_all(selector),
    };
    let Ok(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

fn is_within(event: &Event, place: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.and_then(|element| element.closest(place).ok().flatten()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_further_line_has_names_of_its_own() {
        assert_eq!(moved("columns[2][name]", 3), "columns[3][name]");
        assert_eq!(moved("columns[9][tags]-error", 10), "columns[10][tags]-error");
        assert_eq!(moved("Name of column 3", 3), "Name of column 4");
    }
}
