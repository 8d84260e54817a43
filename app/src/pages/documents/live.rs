//! A text is checked while it is typed, and kept in the browser until it is published. Without it the buttons do the rest.

use std::time::Duration;

use lakeport_model::documents::TextKind;
use leptos::ev;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, HtmlTextAreaElement, SubmitEvent};

use super::draft::{self, Draft};
use crate::api::documents::check_text;
use crate::island;
use crate::ui::{Glyph, Icon, Stay, by_id, listen, on_enter_island};

/// The call that only looks.
pub(super) fn check_call(kind: TextKind) -> &'static str {
    match kind {
        TextKind::Product => "/fn/check_product",
        TextKind::Contract => "/fn/check_contract",
        TextKind::Dashboard => "/fn/check_dashboard",
    }
}

/// How long typing must rest before the server is asked.
const REST: Duration = Duration::from_millis(400);

/// A draft, and where it is kept.
type Kept = (String, Draft);

/// Checks the text of the form `writing` while it is typed, and offers those that this browser has kept.
#[island]
pub(crate) fn LiveCheck(
    /// What it is.
    kind: TextKind,
    /// Its id; empty for a new one.
    id: String,
    /// Its domain.
    domain: String,
    /// When this page was opened, in words.
    opened: String,
    /// The page is drawn again with what was typed.
    again: bool,
) -> impl IntoView {
    let desk = Desk {
        kind,
        id: StoredValue::new(id),
        domain: StoredValue::new(domain),
        opened: StoredValue::new(opened),
        place: StoredValue::new(String::new()),
        own: StoredValue::new(None),
        waiting: RwSignal::new(Vec::new()),
        again,
    };
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let alive = on_enter_island(move || {
        desk.waiting.set(desk.find());
        // What was typed before this was here, or put back by the browser, is looked at as well.
        if text_area().is_some_and(|area| !is_start(&area, &area.value())) {
            desk.look();
        }
        listen(ev::input, move |event| {
            // A reason is kept with its text, and changes nothing that a check tells.
            if let (true, Some(area)) = (is_within(&event, "#reason"), text_area()) {
                return desk.keep(&area, false);
            }
            if !is_within(&event, "#text, #new_id") {
                return;
            }
            let stay = Stay::now();
            let rested = move || {
                if Stay::now() == stay {
                    desk.look();
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
        listen(ev::submit, move |event| desk.sent(&event));
    });
    let words = move || desk.waiting.with(|waiting| waiting.first().map(|(_, draft)| words(&draft.begun)));
    let is_none = move || desk.waiting.with(Vec::is_empty);
    view! {
        <div class="mb-4" data-alive=move || alive.get().to_string() hidden=is_none>
            <div class="notice">
                <Icon glyph=Glyph::Info />
                <div>
                    <p role="status">{words}</p>
                    <div class="cluster mt-2">
                        <button type="button" class="btn btn-sm" on:click=move |_| desk.take()>"Take it"</button>
                        <button type="button" class="btn btn-sm" on:click=move |_| desk.throw_away()>"Throw it away"</button>
                    </div>
                </div>
            </div>
        </div>
    }
}

/// What is said about a draft.
fn words(begun: &str) -> String {
    format!("Your unpublished text of {begun} is still here. What you type now is kept beside it.")
}

/// Forgets what was sent to be published and is published now. Shows nothing.
#[island]
pub(crate) fn ForgetDraft(
    /// What it is.
    kind: TextKind,
    /// Its id.
    id: String,
    /// Its domain.
    domain: String,
) -> impl IntoView {
    let alive = on_enter_island(move || {
        for place in draft::places(kind, &id, &domain).into_iter().chain(draft::places(kind, "", &domain)) {
            if let Some(draft) = draft::kept(&place).filter(|draft| draft.is_sent) {
                draft::forget(&place, &draft);
            }
        }
    });
    view! { <span hidden data-alive=move || alive.get().to_string()></span> }
}

/// The page on which a text is written.
#[derive(Debug, Clone, Copy)]
struct Desk {
    kind: TextKind,
    id: StoredValue<String>,
    domain: StoredValue<String>,
    opened: StoredValue<String>,
    /// Where this page keeps what is typed on it.
    place: StoredValue<String>,
    /// What it wrote there last; what else lies there is another tab's.
    own: StoredValue<Option<Draft>>,
    /// Drafts that somebody has to decide about.
    waiting: RwSignal<Vec<Kept>>,
    again: bool,
}

impl Desk {
    /// Keeps what stands in the field, and checks it.
    fn look(self) {
        let Some(area) = text_area() else { return };
        // What stands in the field need not be offered.
        let is_here = |(_, draft): &Kept| draft.text == area.value();
        if self.waiting.with_untracked(|waiting| waiting.iter().any(is_here)) {
            self.waiting.update(|waiting| {
                for (place, draft) in waiting.extract_if(.., |kept| is_here(kept)) {
                    draft::forget(&place, &draft);
                }
            });
        }
        self.keep(&area, false);
        self.check(area.value());
    }

    /// Where a button of the form sends it.
    fn sent(self, event: &SubmitEvent) {
        let button = event.submitter();
        let value = |name: &str| button.as_ref().and_then(|button| button.get_attribute(name));
        // Enter in a field presses a button that sends nothing.
        if !is_within(event, "#writing") || value("formmethod").is_some() {
            return;
        }
        let action = value("formaction");
        if action.as_deref() == Some(check_call(self.kind)) {
            event.prevent_default();
            self.look();
        } else if let Some(area) = text_area() {
            // What goes elsewhere than to be published is typed still.
            self.keep(&area, action.is_none());
        }
    }

    /// Puts the first draft into the field; what stood there waits in its turn.
    fn take(self) {
        let first = self.waiting.with_untracked(|waiting| waiting.first().cloned());
        let (Some((place, draft)), Some(area)) = (first, text_area()) else { return };
        self.keep(&area, false);
        let before = self.own.get_value().map(|own| (self.place.get_value(), own));
        area.set_value(&draft.text);
        if let Some(field) = reason_field() {
            field.set_value(&draft.reason);
        }
        if let Some(field) = base_field() {
            field.set_value(&draft.base.to_string());
        }
        self.place.set_value(place);
        self.own.set_value(Some(draft));
        self.waiting.update(|waiting| {
            waiting.remove(0);
            waiting.extend(before);
        });
        self.look();
    }

    /// Forgets the first draft.
    fn throw_away(self) {
        self.waiting.update(|waiting| {
            if !waiting.is_empty() {
                let (place, draft) = waiting.remove(0);
                draft::forget(&place, &draft);
            }
        });
    }

    /// The drafts to offer: those that are neither what the page begins with nor what stands in the field. What is typed is
    /// kept at the first place that none of them has.
    fn find(self) -> Vec<Kept> {
        let Some(area) = text_area() else { return Vec::new() };
        let (mut waiting, mut free) = (Vec::new(), None);
        for place in self.places() {
            let is_here = |text: &str| text == area.value() || is_start(&area, text);
            match draft::kept(&place) {
                Some(draft) if !is_here(&draft.text) => {
                    waiting.push((place, draft));
                    continue;
                }
                Some(draft) => {
                    give_reason(&area, &draft);
                    draft::forget(&place, &draft);
                }
                None => {}
            }
            free = free.or(Some(place));
        }
        let place = free.or_else(|| waiting.pop().map(|(place, _)| place));
        self.place.set_value(place.unwrap_or_default());
        // Where nothing was typed, this keeps nothing, and the last draft of too many stays until something is.
        self.keep(&area, false);
        waiting
    }

    /// What was typed; what the page began with is no draft.
    fn typed(self, area: &HtmlTextAreaElement, is_sent: bool) -> Option<Draft> {
        let text = area.value();
        let reason = reason_field().map(|field| field.value()).unwrap_or_default();
        if !draft::is_typed(self.again, is_start(area, &text), &reason) {
            return None;
        }
        Some(Draft { is_sent, base: base(), begun: self.opened.get_value(), reason, text })
    }

    /// Where drafts of this page can be.
    fn places(self) -> Vec<String> {
        draft::places(self.kind, &self.id.get_value(), &self.domain.get_value())
    }

    /// Keeps what was typed, beside what other tabs have kept. Where nothing is typed any more, only what this page wrote is
    /// forgotten.
    fn keep(self, area: &HtmlTextAreaElement, is_sent: bool) {
        let (place, own) = (self.place.get_value(), self.own.get_value());
        let Some(draft) = self.typed(area, is_sent) else {
            if let Some(own) = own {
                draft::forget(&place, &own);
                self.own.set_value(None);
            }
            return;
        };
        let places = self.places();
        let place = draft::place_for(&place, own.as_ref(), &places, draft::kept).to_owned();
        draft::keep(&place, &draft);
        self.place.set_value(place);
        self.own.set_value(Some(draft));
    }

    /// Asks what would become of the text, and shows it if that is still the text then.
    fn check(self, text: String) {
        let (kind, id, stay) = (self.kind, self.id.get_value(), Stay::now());
        let named = new_id();
        spawn_local(async move {
            let found = check_text(kind, (id, named.clone()), base(), text.clone()).await;
            let is_same = text_area().is_some_and(|area| area.value() == text) && new_id() == named;
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

/// The field for the reason.
fn reason_field() -> Option<HtmlInputElement> {
    by_id("reason")
}

/// What stands in the field for the id of a new dashboard; other forms have none.
fn new_id() -> String {
    by_id::<HtmlInputElement>("new_id").map(|field| field.value()).unwrap_or_default()
}

/// A text that the browser put back in its field gets its reason back, too.
fn give_reason(area: &HtmlTextAreaElement, draft: &Draft) {
    let is_its_text = draft.text == area.value();
    if let Some(field) = reason_field().filter(|field| is_its_text && field.value().is_empty()) {
        field.set_value(&draft.reason);
    }
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
