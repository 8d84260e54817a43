//! Keys for the review desk: j and k move, x chooses, a pressed twice keeps the row, r chooses it alone, asks why and then
//! withdraws it, and a bar fills. No key decides at once: what the next one does is said first.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

use crate::island;
use crate::ui::{SingleKeys, by_id, is_checkbox, is_typing, listen, on_enter_island};

/// The bar that fills with the rows that are chosen, and the switch for the keys. It shows once it works.
#[island]
pub(crate) fn ReviewKeys(
    /// Rows on the desk.
    count: u32,
) -> impl IntoView {
    let keys = SingleKeys::new();
    let (chosen, set_chosen) = signal(0_u32);
    let (asked, set_asked) = signal(None::<Asked>);
    let alive = on_enter_island(move || {
        keys.recall();
        listen(ev::keydown, move |event| {
            if keys.are_on() {
                let before = asked.get_untracked();
                let next = if is_typing_text(&event) {
                    type_reason(&event, before.as_ref())
                } else {
                    press(&event, before.as_ref())
                };
                leave_reason(before.as_ref(), next.as_ref());
                set_asked.set(next);
                set_chosen.set(count_chosen());
            }
        });
        listen(ev::change, move |event| {
            if is_checkbox(&event) {
                // Whoever chooses rows by hand has left what a key had asked about one.
                leave_reason(asked.get_untracked().as_ref(), None);
                set_asked.set(None);
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
        <span><kbd class="kbd">"a"</kbd>" "<kbd class="kbd">"a"</kbd>" keep"</span>
        <span><kbd class="kbd">"r"</kbd>" say why and withdraw"</span>
    };
    view! {
        <div class="cluster flex-1" hidden=move || !alive.get()>
            <progress
                class="steps-bar w-40"
                max=count
                value=move || chosen.get()
                aria-label="Rows chosen"
            ></progress>
            <span class="muted" role="status">
                {move || asked.get().map_or_else(|| format!("{} chosen", chosen.get()), |asked| asked.words())}
            </span>
            {keys.switch(shortcuts)}
        </div>
    }
}

/// What the next key will do with a row, said before it does it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    /// `a` once more keeps this row.
    Keep { row: String, name: String },
    /// Enter, in the comment, withdraws this row.
    Withdraw { row: String, name: String },
}

impl Asked {
    fn words(&self) -> String {
        match self {
            Self::Keep { name, .. } => format!("Press a again to keep {name}"),
            Self::Withdraw { name, .. } => format!("Say why; Enter withdraws {name}"),
        }
    }

    /// The row that a reason is written about.
    fn reason_for(&self) -> Option<&str> {
        match self {
            Self::Keep { .. } => None,
            Self::Withdraw { row, .. } => Some(row),
        }
    }
}

/// Keys in a text field write text; on a checkbox they are shortcuts.
fn is_typing_text(event: &KeyboardEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.alt_key() || (is_typing(event) && !is_checkbox(event))
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

/// A key on the desk; answers what the next one will do.
fn press(event: &KeyboardEvent, asked: Option<&Asked>) -> Option<Asked> {
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
    let mut next = None;
    match (event.key().as_str(), at) {
        ("j", None) => focus(0),
        ("j", Some(at)) => focus((at + 1).min(boxes.len().saturating_sub(1))),
        ("k", at) => focus(at.unwrap_or_default().saturating_sub(1)),
        ("x", Some(at)) => boxes[at].set_checked(!boxes[at].checked()),
        ("a", Some(at)) => {
            let (row, name) = named(&boxes[at]);
            if matches!(asked, Some(Asked::Keep { row: held, .. }) if *held == row) && !event.repeat() {
                send(&row, "button:not([formaction])");
            } else {
                next = Some(Asked::Keep { row, name });
            }
        }
        ("r", Some(at)) => {
            let (row, name) = named(&boxes[at]);
            // What is written now is about this row, whichever key or button sends it.
            choose_only(&row);
            if let Some(comment) = comment() {
                // A field that is gone simply does not get the focus.
                let _ = comment.focus();
            }
            next = Some(Asked::Withdraw { row, name });
        }
        // The way to a button or to the text leads over keys that are no shortcuts: they leave a reason as it is.
        _ => return asked.filter(|asked| asked.reason_for().is_some()).cloned(),
    }
    event.prevent_default();
    next
}

/// A key in a field of text: in the comment Enter withdraws the row that was asked about, and Escape leaves it.
fn type_reason(event: &KeyboardEvent, asked: Option<&Asked>) -> Option<Asked> {
    let row = asked?.reason_for()?;
    let active = document().active_element();
    if let Some(comment) = comment().filter(|comment| comment.is_same_node(active.as_deref())) {
        match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                if !comment.value().trim().is_empty() {
                    send(row, "button[formaction]");
                }
            }
            "Escape" => return None,
            _ => {}
        }
    }
    asked.cloned()
}

/// A reason goes with its row alone: where another row or another decision comes next, what was written goes, and the
/// row is not chosen any more.
fn leave_reason(before: Option<&Asked>, next: Option<&Asked>) {
    let (left, now) = (before.and_then(Asked::reason_for), next.and_then(Asked::reason_for));
    if left == now {
        return;
    }
    if let Some(comment) = comment() {
        comment.set_value("");
    }
    for input in boxes().into_iter().filter(|input| left == Some(input.value().as_str())) {
        input.set_checked(false);
    }
}

/// The field that the reason is written in.
fn comment() -> Option<HtmlInputElement> {
    by_id("comment")
}

/// The value of a row's checkbox, and what the row is called.
fn named(input: &HtmlInputElement) -> (String, String) {
    (input.value(), input.get_attribute("aria-label").unwrap_or_default())
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

/// Chooses this row and no other.
fn choose_only(row: &str) {
    for input in boxes() {
        input.set_checked(input.value() == row);
    }
}

/// Sends the desk's form with this row alone, as if its button had been pressed.
fn send(row: &str, button: &str) {
    choose_only(row);
    let button = document().query_selector(&format!("#reviews .bottom-bar {button}")).ok().flatten();
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        button.click();
    }
}
