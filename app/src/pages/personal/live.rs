//! Decisions in place: a suggestion that is decided shrinks to a line, and the next one gets the focus. j and k move, c
//! confirms, d dismisses, u takes the last dismissal back. Without it the buttons do the same.

use std::collections::VecDeque;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, SubmitEvent};

use super::item::DISMISS;
use crate::api::Answer;
use crate::api::personal::{confirm_personal, dismiss_personal, restore_personal};
use crate::island;
use crate::ui::{SingleKeys, Stay, by_id, is_typing, listen, on_enter_island};

/// Id of the link that looks further.
pub(super) const FURTHER: &str = "further";

/// Where a suggestion stands: the attribute that says it, and the values that it has.
const STATE: &str = "data-suggestion";
const OPEN: &str = "open";
const BUSY: &str = "busy";
const CONFIRMED: &str = "confirmed";
const DISMISSED: &str = "dismissed";

/// What is said of a suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Decision {
    /// It is as sensitive as this.
    Confirm(String),
    Dismiss,
    /// The dismissal is taken back.
    Restore,
}

/// A decision that is to be sent. It knows all it needs, for its row may be gone by then.
#[derive(Debug, Clone)]
struct Job {
    row: String,
    asset: String,
    column: String,
    kind: String,
    name: String,
    decision: Decision,
}

impl Job {
    fn of(row: &HtmlElement, decision: Decision) -> Self {
        let part = |name: &str| row.get_attribute(name).unwrap_or_default();
        Self {
            row: row.id(),
            asset: part("data-asset"),
            column: part("data-column"),
            kind: part("data-kind"),
            name: part("data-name"),
            decision,
        }
    }

    async fn send(&self) -> Answer<()> {
        let (asset, column, kind) = (self.asset.clone(), self.column.clone(), self.kind.clone());
        match &self.decision {
            Decision::Confirm(class) => confirm_personal(asset, column, class.clone(), None).await,
            Decision::Dismiss => dismiss_personal(asset, column, kind, None).await,
            Decision::Restore => restore_personal(asset, column, kind, None).await,
        }
    }

    /// What became of it, as it is read out.
    fn words(&self) -> String {
        let name = &self.name;
        match &self.decision {
            Decision::Confirm(class) => format!("{name}: confirmed as {class}."),
            Decision::Dismiss => format!("{name}: dismissed."),
            Decision::Restore => format!("{name}: suggested again."),
        }
    }

    /// Where its suggestion stands once it was carried out.
    fn after(&self) -> &'static str {
        match &self.decision {
            Decision::Confirm(_) => CONFIRMED,
            Decision::Dismiss => DISMISSED,
            Decision::Restore => OPEN,
        }
    }

    /// Where its suggestion stands if it was not.
    fn before(&self) -> &'static str {
        if self.decision == Decision::Restore { DISMISSED } else { OPEN }
    }
}

/// What the decisions of a page share.
#[derive(Clone, Copy)]
struct Desk {
    said: WriteSignal<String>,
    decided: WriteSignal<usize>,
    /// They are sent one after the other: two of one table at once would be in each other's way.
    waiting: StoredValue<VecDeque<Job>>,
    is_sending: StoredValue<bool>,
    /// Rows that were dismissed and not taken back, the last one at the end.
    dismissed: StoredValue<Vec<String>>,
}

/// Carries decisions out in place, by buttons and by keys; shows the bar that fills and the keys once it works.
#[island]
pub(crate) fn Decisions(
    /// Suggestions on the page.
    count: u32,
) -> impl IntoView {
    let keys = SingleKeys::new();
    let (said, set_said) = signal(String::new());
    let (decided, set_decided) = signal(0_usize);
    let desk = Desk {
        said: set_said,
        decided: set_decided,
        waiting: StoredValue::new(VecDeque::new()),
        is_sending: StoredValue::new(false),
        dismissed: StoredValue::new(Vec::new()),
    };
    let alive = on_enter_island(move || {
        keys.recall();
        listen(ev::submit, move |event| {
            if let Some((row, decision)) = pressed(&event) {
                event.prevent_default();
                desk.decide(&row, decision);
            }
        });
        listen(ev::click, move |event| {
            if let Some(row) = undone(&event) {
                desk.decide(&row, Decision::Restore);
            }
        });
        // Whoever leaves is asked as long as something is on its way.
        listen(ev::beforeunload, move |event| {
            if desk.is_sending.get_value() {
                event.prevent_default();
            }
        });
        listen(ev::keydown, move |event| {
            if !is_elsewhere(&event) && press(&event, desk, keys.are_on()) {
                event.prevent_default();
            }
        });
    });
    let shortcuts = view! {
        <span><kbd class="kbd">"j"</kbd>" "<kbd class="kbd">"k"</kbd>" move"</span>
        <span><kbd class="kbd">"c"</kbd>" confirm as suggested"</span>
        <span><kbd class="kbd">"d"</kbd>" dismiss"</span>
        <span><kbd class="kbd">"u"</kbd>" undo the last dismissal"</span>
    };
    view! {
        <div class="cluster flex-1" hidden=move || !alive.get() data-alive=move || alive.get().to_string()>
            <progress
                class="steps-bar w-40"
                max=count
                value=move || decided.get().to_string()
                aria-label="Decided on this page"
            ></progress>
            <span class="muted">{move || format!("{} of {count} decided.", decided.get())}</span>
            <span class="muted" role="status">{move || said.get()}</span>
            {keys.switch(shortcuts)}
        </div>
    }
}

impl Desk {
    /// Begins to carry out a decision, and leads on: whoever decides many does not wait for each.
    fn decide(self, row: &HtmlElement, decision: Decision) {
        let state = state_of(row);
        // A dismissal that is still on its way can be taken back too: that is sent after it.
        let fits = match decision {
            Decision::Restore => state == DISMISSED || self.is_dismissed(row),
            Decision::Confirm(_) | Decision::Dismiss => state == OPEN,
        };
        if !fits {
            return;
        }
        let id = row.id();
        self.dismissed.update_value(|dismissed| {
            dismissed.retain(|other| *other != id);
            if decision == Decision::Dismiss {
                dismissed.push(id);
            }
        });
        unmark(row);
        let leads_on = decision != Decision::Restore;
        let job = Job::of(row, decision);
        set(row, STATE, BUSY);
        set(row, "aria-busy", "true");
        if leads_on {
            focus_after(row);
        } else {
            focus(row);
        }
        self.send(job);
    }

    fn is_dismissed(self, row: &HtmlElement) -> bool {
        self.dismissed.with_value(|dismissed| dismissed.contains(&row.id()))
    }

    fn send(self, job: Job) {
        self.waiting.update_value(|waiting| waiting.push_back(job));
        if self.is_sending.get_value() {
            return;
        }
        self.is_sending.set_value(true);
        let stay = Stay::now();
        spawn_local(async move {
            while let Some(job) = self.next() {
                self.carry_out(&job, stay).await;
            }
            self.is_sending.set_value(false);
        });
    }

    fn next(self) -> Option<Job> {
        self.waiting.try_update_value(VecDeque::pop_front).flatten()
    }

    /// Sends a decision and shows what became of it where the page is still there.
    async fn carry_out(self, job: &Job, stay: Stay) {
        let is_here = || Stay::now() == stay;
        let row = || by_id::<HtmlElement>(&job.row).filter(|_| is_here());
        // The dismissal that this one was to take back has failed, and says so.
        if job.decision == Decision::Restore && row().is_some_and(|row| state_of(&row) == OPEN) {
            return;
        }
        let answer = job.send().await;
        let Some(row) = row() else { return };
        match answer {
            Ok(()) => {
                if let Decision::Confirm(class) = &job.decision {
                    for part in within(&row, "[data-class]") {
                        part.set_text_content(Some(class));
                    }
                }
                if let (Decision::Confirm(_), Some(list)) = (&job.decision, row.parent_element()) {
                    forget_effects(&list, &row);
                }
                show(&row, job.after());
                self.said.set(job.words());
            }
            Err(error) => {
                self.dismissed.update_value(|dismissed| {
                    dismissed.retain(|other| *other != job.row);
                    if job.decision == Decision::Restore {
                        dismissed.push(job.row.clone());
                    }
                });
                show(&row, job.before());
                mark(&row, &error.message);
                self.said.set(format!("{}: not done. {}", job.name, error.message));
            }
        }
        let is_decided = |row: &&HtmlElement| [CONFIRMED, DISMISSED].contains(&state_of(row).as_str());
        self.decided.set(rows().iter().filter(is_decided).count());
    }
}

/// The suggestion whose button was pressed, and what that decides.
fn pressed(event: &SubmitEvent) -> Option<(HtmlElement, Decision)> {
    let row = row_of(event)?;
    let button = event.submitter()?;
    let decision = if button.get_attribute("formaction").as_deref() == Some(DISMISS) {
        Decision::Dismiss
    } else {
        Decision::Confirm(button.get_attribute("value")?)
    };
    Some((row, decision))
}

/// The suggestion whose dismissal is taken back.
fn undone(event: &Event) -> Option<HtmlElement> {
    target(event)?.closest("[data-undo]").ok()??;
    row_of(event)
}

fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// The suggestion that an event belongs to.
fn row_of(event: &Event) -> Option<HtmlElement> {
    target(event)?.closest("#suggestions > li").ok()??.dyn_into().ok()
}

/// Keys in a field, a menu or a dialog are no shortcuts, nor are those of the browser.
fn is_elsewhere(event: &KeyboardEvent) -> bool {
    let apart = |element: Element| element.closest("dialog, details[open], [popover]").ok().flatten();
    event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || is_typing(event)
        || target(event).and_then(apart).is_some()
}

/// A key on the page; `letters` are shortcuts too. True where it did something.
fn press(event: &KeyboardEvent, desk: Desk, letters: bool) -> bool {
    let rows = rows();
    let at = place(&rows);
    let key = event.key().to_ascii_lowercase();
    // Away from the list arrows scroll the page, and a key that is held down decides nothing.
    let act = match key.as_str() {
        "arrowdown" | "arrowup" => at.is_some(),
        "j" | "k" => letters,
        "c" | "d" | "u" => letters && !event.repeat(),
        _ => false,
    };
    if !act {
        return false;
    }
    let here = at.and_then(|at| rows.get(at));
    match key.as_str() {
        "arrowdown" | "j" => {
            if let Some(next) = open_after(&rows, at.map_or(0, |at| at + 1)).or_else(further) {
                focus(&next);
            }
        }
        "arrowup" | "k" => {
            let before = rows.iter().take(at.unwrap_or_default());
            if let Some(before) = before.rev().find(|row| is_open(row)) {
                focus(before);
            }
        }
        "c" => {
            if let Some(row) = here {
                let class = row.get_attribute("data-suggested").unwrap_or_default();
                desk.decide(row, Decision::Confirm(class));
            }
        }
        "d" => {
            if let Some(row) = here {
                desk.decide(row, Decision::Dismiss);
            }
        }
        _ => {
            let last = desk.dismissed.with_value(|dismissed| dismissed.last().cloned());
            if let Some(row) = last.and_then(|id| by_id::<HtmlElement>(&id)) {
                desk.decide(&row, Decision::Restore);
            }
        }
    }
    true
}

/// The suggestions of the page.
fn rows() -> Vec<HtmlElement> {
    let rows = by_id::<Element>("suggestions").map(|list| within(&list, ":scope > li"));
    rows.unwrap_or_default()
}

/// What confirming others of the same asset would mean for it as a whole is not what it was when the page was made.
fn forget_effects(list: &Element, row: &HtmlElement) {
    let asset = row.get_attribute("data-asset");
    for other in
        within(list, "li[data-asset]").iter().filter(|other| other.get_attribute("data-asset") == asset)
    {
        for effects in within(other, "[data-effects]") {
            effects.remove();
        }
    }
}

/// What fits a selector below an element.
fn within(element: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = element.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// Where the focus is in the list; behind its end where it is on the link that looks further.
fn place(rows: &[HtmlElement]) -> Option<usize> {
    let active = document().active_element()?;
    if active.id() == FURTHER {
        return Some(rows.len());
    }
    rows.iter().position(|row| row.contains(Some(&active)))
}

fn state_of(row: &HtmlElement) -> String {
    row.get_attribute(STATE).unwrap_or_default()
}

fn is_open(row: &HtmlElement) -> bool {
    state_of(row) == OPEN
}

/// The first suggestion from this place on that waits for a decision.
fn open_after(rows: &[HtmlElement], from: usize) -> Option<HtmlElement> {
    rows.iter().skip(from).find(|row| is_open(row)).cloned()
}

/// The link that looks further.
fn further() -> Option<HtmlElement> {
    by_id(FURTHER)
}

/// After a decision: the next suggestion that waits, else the first one, else the way to further ones.
fn focus_after(row: &HtmlElement) {
    let rows = rows();
    let at = rows.iter().position(|other| other.is_same_node(Some(row))).unwrap_or_default();
    let next = open_after(&rows, at).or_else(|| open_after(&rows, 0)).or_else(further);
    focus(next.as_ref().unwrap_or(row));
}

fn focus(element: &HtmlElement) {
    // An element that is gone simply does not get the focus.
    let _ = element.focus();
}

fn set(row: &HtmlElement, name: &str, value: &str) {
    // The attribute's name is a valid one, the only reason for setting it to fail.
    let _ = row.set_attribute(name, value);
}

/// Shows the part of a suggestion that says where it stands.
fn show(row: &HtmlElement, state: &'static str) {
    set(row, STATE, state);
    set(row, "aria-busy", "false");
    let active = document().active_element();
    let had_focus = active.is_some_and(|active| row.contains(Some(&active)));
    for part in within(row, "[data-part]") {
        part.set_hidden(part.get_attribute("data-part").as_deref() != Some(state));
    }
    // What had the focus may be hidden now.
    if had_focus {
        focus(row);
    }
}

/// Says what did not work at the part that is shown.
fn mark(row: &HtmlElement, sentence: &str) {
    let Some(told) = within(row, "[data-part]:not([hidden]) [data-told]").into_iter().next() else { return };
    let Ok(error) = document().create_element("p") else { return };
    error.set_class_name("field-error");
    error.set_text_content(Some(sentence));
    // A valid name and a node of the same document: neither can fail.
    let _ = error.set_attribute("data-problem", "");
    let _ = told.append_child(&error);
}

/// Takes away what was said before.
fn unmark(row: &HtmlElement) {
    for error in within(row, "[data-problem]") {
        error.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(decision: Decision) -> Job {
        let part = |text: &str| text.to_owned();
        Job {
            row: part("suggestion-0"),
            asset: part("gold.customers"),
            column: part("email"),
            kind: part("email"),
            name: part("email in Customers"),
            decision,
        }
    }

    #[test]
    fn what_became_of_a_decision_is_said_with_the_column_and_its_table() {
        let confirmed = job(Decision::Confirm("confidential".to_owned()));
        assert_eq!(confirmed.words(), "email in Customers: confirmed as confidential.");
        assert_eq!((confirmed.before(), confirmed.after()), (OPEN, CONFIRMED));
        let dismissed = job(Decision::Dismiss);
        assert_eq!((dismissed.before(), dismissed.after()), (OPEN, DISMISSED));
        let restored = job(Decision::Restore);
        assert_eq!(
            (restored.before(), restored.after()),
            (DISMISSED, OPEN),
            "it stays dismissed if that failed"
        );
    }
}
