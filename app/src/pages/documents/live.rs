//! A text is checked while it is typed, and kept in the browser until it is published. Without it the buttons do the rest.

use std::time::Duration;

use leptos::ev;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, HtmlTextAreaElement};

use super::draft::{self, Draft};
use crate::api::documents::check_product;
use crate::island;
use crate::ui::{Glyph, Icon, Stay, by_id, listen, on_enter_island};

/// How long typing must rest before the server is asked.
const REST: Duration = Duration::from_millis(400);

/// Checks the text of the form `writing` while it is typed, and offers the one that this browser has kept.
#[island]
pub(crate) fn LiveCheck(
    /// The product; empty for a new one.
    id: String,
    /// Its domain.
    domain: String,
    /// When this page was opened, in words.
    opened: String,
    /// The page is drawn again with what was typed.
    again: bool,
) -> impl IntoView {
    let desk = Desk {
        id: StoredValue::new(id),
        domain: StoredValue::new(domain),
        opened: StoredValue::new(opened),
        again,
    };
    let (offered, set_offered) = signal(None::<Draft>);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let look = move || {
        let Some(area) = text_area() else { return };
        if offered.get_untracked().is_some_and(|draft| draft.text == area.value()) {
            set_offered.set(None);
        }
        // What is offered is not written over before somebody has decided about it.
        if offered.get_untracked().is_none() {
            desk.keep(&area, false);
        }
        desk.check(area.value());
    };
    let alive = on_enter_island(move || {
        set_offered.set(desk.find());
        // What was typed before this was here, or put back by the browser, is looked at as well.
        if text_area().is_some_and(|area| !is_start(&area, &area.value())) {
            look();
        }
        listen(ev::input, move |event| {
            if !is_within(&event, "#text") {
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
        listen(ev::click, move |event| {
            if let Some((line, column)) = place(&event) {
                event.prevent_default();
                go_to(line, column);
            }
        });
        listen(ev::submit, move |event| {
            let button = event.submitter();
            let has = |name: &str| button.as_ref().is_some_and(|button| button.has_attribute(name));
            // Enter in a field presses a button that sends nothing.
            if !is_within(&event, "#writing") || has("formmethod") {
                return;
            }
            if has("formaction") {
                event.prevent_default();
                look();
            } else if let (None, Some(area)) = (offered.get_untracked(), text_area()) {
                desk.keep(&area, true);
            }
        });
    });
    let take = move |_| {
        if let (Some(draft), Some(area)) = (offered.get_untracked(), text_area()) {
            area.set_value(&draft.text);
            if let Some(base) = base_field() {
                base.set_value(&draft.base.to_string());
            }
            set_offered.set(None);
            look();
        }
    };
    let throw_away = move |_| {
        draft::forget(&desk.place());
        set_offered.set(None);
    };
    let words = move || offered.get().map(|draft| words(&draft.begun));
    view! {
        <div class="mb-4" data-alive=move || alive.get().to_string() hidden=move || offered.get().is_none()>
            <div class="notice">
                <Icon glyph=Glyph::Info />
                <div>
                    <p role="status">{words}</p>
                    <div class="cluster mt-2">
                        <button type="button" class="btn btn-sm" on:click=take>"Take it"</button>
                        <button type="button" class="btn btn-sm" on:click=throw_away>"Throw it away"</button>
                    </div>
                </div>
            </div>
        </div>
    }
}

/// What is said about a draft.
fn words(begun: &str) -> String {
    format!(
        "Your unpublished text of {begun} is still here. What you type now is kept once you have decided about it."
    )
}

/// Forgets what was sent to be published and is published now. Shows nothing.
#[island]
pub(crate) fn ForgetDraft(
    /// The product.
    id: String,
    /// Its domain.
    domain: String,
) -> impl IntoView {
    let alive = on_enter_island(move || {
        for place in [draft::place(&id, &domain), draft::place("", &domain)] {
            if draft::kept(&place).is_some_and(|draft| draft.is_sent) {
                draft::forget(&place);
            }
        }
    });
    view! { <span hidden data-alive=move || alive.get().to_string()></span> }
}

/// The page on which a text is written.
#[derive(Debug, Clone, Copy)]
struct Desk {
    id: StoredValue<String>,
    domain: StoredValue<String>,
    opened: StoredValue<String>,
    again: bool,
}

impl Desk {
    fn place(self) -> String {
        draft::place(&self.id.get_value(), &self.domain.get_value())
    }

    /// The draft to offer: one that is neither what the page begins with nor what stands in the field.
    fn find(self) -> Option<Draft> {
        let (draft, area) = (draft::kept(&self.place())?, text_area()?);
        let is_here = draft.text == area.value() || is_start(&area, &draft.text);
        if is_here {
            self.keep(&area, false);
        }
        (!is_here).then_some(draft)
    }

    /// Keeps what was typed; what the page began with is no draft.
    fn keep(self, area: &HtmlTextAreaElement, is_sent: bool) {
        let (place, text) = (self.place(), area.value());
        if !self.again && is_start(area, &text) {
            return draft::forget(&place);
        }
        draft::keep(&place, &Draft { is_sent, base: base(), begun: self.opened.get_value(), text });
    }

    /// Asks what would become of the text, and shows it if that is still the text then.
    fn check(self, text: String) {
        let (id, stay) = (self.id.get_value(), Stay::now());
        spawn_local(async move {
            let found = check_product(id, base(), text.clone()).await;
            let is_same = text_area().is_some_and(|area| area.value() == text);
            if Stay::now() != stay || !is_same {
                return;
            }
            match found {
                Ok(check) => show(&check.said, &check.html),
                Err(error) => show(&format!("{} The text was not checked.", error.message), ""),
            }
        });
    }
}

fn show(said: &str, html: &str) {
    if let (Some(status), Some(part)) = (by_id::<Element>("check-said"), by_id::<Element>("checked")) {
        status.set_text_content(Some(said));
        part.set_inner_html(html);
    }
}

fn text_area() -> Option<HtmlTextAreaElement> {
    by_id("text")
}

/// The hidden field with the revision that the text was written on.
fn base_field() -> Option<HtmlInputElement> {
    document().query_selector("#writing input[name=base]").ok().flatten()?.dyn_into().ok()
}

/// The number of that revision.
fn base() -> u32 {
    base_field().and_then(|field| field.value().parse().ok()).unwrap_or_default()
}

/// True for the text that the page was drawn with.
fn is_start(area: &HtmlTextAreaElement, text: &str) -> bool {
    area.default_value().is_ok_and(|start| start == text)
}

fn is_within(event: &Event, place: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.and_then(|element| element.closest(place).ok().flatten()).is_some()
}

/// The line and the column of the mistake whose place is pressed.
fn place(event: &Event) -> Option<(usize, usize)> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let link = target.closest("#checked a[data-line]").ok()??;
    let number = |name: &str| -> Option<usize> { link.get_attribute(name)?.parse().ok() };
    Some((number("data-line")?, number("data-column")?))
}

/// Puts the cursor there and the line in sight, below three others.
fn go_to(line: usize, column: usize) {
    let Some(area) = text_area() else { return };
    let text = area.value();
    let at = offset(&text, line, column);
    // An element that is there can get the focus, and places behind the end are the end.
    let _ = area.focus();
    let _ = area.set_selection_range(at, at);
    let lines = i64::try_from(text.split('\n').count()).unwrap_or(1);
    let above = i64::try_from(line.saturating_sub(4)).unwrap_or_default();
    let top = i64::from(area.scroll_height()) * above / lines;
    area.set_scroll_top(i32::try_from(top).unwrap_or_default());
}

/// A place in a text as browsers count it, in units of UTF-16; both numbers count from 1, and 0 is the beginning.
fn offset(text: &str, line: usize, column: usize) -> u32 {
    let units = |text: &str| text.encode_utf16().count();
    let before: usize = text.split('\n').take(line.saturating_sub(1)).map(|line| units(line) + 1).sum();
    let within = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    let letters: String = within.chars().take(column.saturating_sub(1)).collect();
    u32::try_from(before + units(&letters)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_counted_as_browsers_do() {
        let text = "id: a\nname: 👩 b\nend";
        let places = [(1, 1), (0, 0), (2, 0), (2, 8), (3, 1), (3, 99)];
        assert_eq!(places.map(|(line, column)| offset(text, line, column)), [0, 0, 6, 14, 17, 20]);
    }
}
