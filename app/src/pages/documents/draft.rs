//! Texts that were typed and not published yet, as this browser keeps them: a lost session takes none along.

use leptos::prelude::*;

/// A text that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    /// It was sent to be published; whether it was, the next page tells.
    pub(super) is_sent: bool,
    /// The revision it was written on.
    pub(super) base: u32,
    /// When the page was opened that it was typed on, in words.
    pub(super) begun: String,
    /// The text.
    pub(super) text: String,
}

/// The first line of a draft that was sent.
const SENT: &str = "sent";
/// The first line of one that was not.
const TYPED: &str = "typed";

impl Draft {
    /// Reads what [`Draft::written`] wrote; `None` for anything else.
    fn read(kept: &str) -> Option<Self> {
        let mut parts = kept.splitn(4, '\n');
        let (state, base, begun, text) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let (begun, text) = (begun.to_owned(), text.to_owned());
        Some(Self { is_sent: state == SENT, base: base.parse().ok()?, begun, text })
    }

    /// Three lines about the text, then the text.
    fn written(&self) -> String {
        let state = if self.is_sent { SENT } else { TYPED };
        format!("{state}\n{}\n{}\n{}", self.base, self.begun, self.text)
    }
}

/// Where the draft of a product is kept, or of a new one of a domain. Others who use this browser have places of their own.
pub(super) fn place(id: &str, domain: &str) -> String {
    let reader = document().query_selector("[data-reader]").ok().flatten();
    let reader = reader.and_then(|element| element.get_attribute("data-reader")).unwrap_or_default();
    if id.is_empty() {
        format!("draft {reader} domain {domain}")
    } else {
        format!("draft {reader} product {id}")
    }
}

/// The draft that is kept at a place.
pub(super) fn kept(place: &str) -> Option<Draft> {
    Draft::read(&store()?.get_item(place).ok()??)
}

/// Keeps a draft. Where storing is refused it lasts as long as its page.
pub(super) fn keep(place: &str, draft: &Draft) {
    if let Some(store) = store() {
        let _ = store.set_item(place, &draft.written());
    }
}

/// Forgets the draft of a place.
pub(super) fn forget(place: &str) {
    if let Some(store) = store() {
        // What is not there need not be taken away.
        let _ = store.remove_item(place);
    }
}

fn store() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_read_as_it_was_written() {
        let draft = Draft {
            is_sent: true,
            base: 3,
            begun: "Wed, 2 Dec 2026, 12:03 UTC".to_owned(),
            text: "\nid: a\n\n".to_owned(),
        };
        assert_eq!(Draft::read(&draft.written()), Some(draft.clone()));
        let typed = Draft { is_sent: false, ..draft };
        assert_eq!(Draft::read(&typed.written()), Some(typed));
        assert_eq!(["", "sent", "sent\nx\ny\nz"].map(Draft::read), [const { None }; 3]);
    }
}
