//! Texts that were typed and not published yet, as this browser keeps them: a lost session takes none along.

use lakeport_model::documents::TextKind;
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
    /// What was typed as its reason, on one line.
    pub(super) reason: String,
    /// The text.
    pub(super) text: String,
}

/// The first word of a draft that was sent; behind it stands the reason.
const SENT: &str = "sent";
/// The first word of one that was not.
const TYPED: &str = "typed";

/// Most drafts of one document. What is typed beside all of them takes the place of the last one.
const MOST: usize = 9;

impl Draft {
    /// Reads what [`Draft::written`] wrote; `None` for anything else.
    fn read(kept: &str) -> Option<Self> {
        let mut parts = kept.splitn(4, '\n');
        let (state, base, begun, text) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let (state, reason) = state.split_once(' ').unwrap_or((state, ""));
        let (begun, reason, text) = (begun.to_owned(), reason.to_owned(), text.to_owned());
        Some(Self { is_sent: state == SENT, base: base.parse().ok()?, begun, reason, text })
    }

    /// Three lines about the text, then the text.
    fn written(&self) -> String {
        let state = if self.is_sent { SENT } else { TYPED };
        format!("{state} {}\n{}\n{}\n{}", self.reason, self.base, self.begun, self.text)
    }
}

/// True where something was typed that would be lost: on a page drawn `again` with what was typed, where the text is not the one
/// that the page began with, and where a reason stands beside that one.
pub(super) fn is_typed(again: bool, is_start: bool, reason: &str) -> bool {
    again || !is_start || !reason.trim().is_empty()
}

/// Where drafts of a document are kept, or of a new one of a domain. Others who use this browser have places of their own.
pub(super) fn places(kind: TextKind, id: &str, domain: &str) -> Vec<String> {
    let reader = document().query_selector("[data-reader]").ok().flatten();
    let reader = reader.and_then(|element| element.get_attribute("data-reader")).unwrap_or_default();
    let subject = subject(kind, id, domain);
    (1..=MOST).map(|number| place(number, &reader, &subject)).collect()
}

fn subject(kind: TextKind, id: &str, domain: &str) -> String {
    match kind {
        _ if !id.is_empty() => format!("{kind} {id}"),
        TextKind::Product => format!("domain {domain}"),
        TextKind::Contract => format!("new-contract {domain}"),
        TextKind::Dashboard => format!("new-dashboard {domain}"),
    }
}

/// One of these places. The number stands before the id, which may end with a number itself.
fn place(number: usize, reader: &str, subject: &str) -> String {
    if number == 1 {
        format!("draft {reader} {subject}")
    } else {
        format!("draft-{number} {reader} {subject}")
    }
}

/// Where a page keeps what is typed on it now: at its place while that holds nothing, or what the page wrote there last, for
/// another tab may have come first; then at the first place that holds nothing. Beside too many drafts it is the last place.
pub(super) fn place_for<'a>(
    place: &'a str,
    own: Option<&Draft>,
    places: &'a [String],
    kept: impl Fn(&str) -> Option<Draft>,
) -> &'a str {
    if kept(place).is_none_or(|held| Some(&held) == own) {
        return place;
    }
    let free = places.iter().find(|free| kept(free.as_str()).is_none());
    free.or(places.last()).map_or(place, String::as_str)
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

/// Forgets a draft, unless its place holds another one by now: what another tab wrote there since stays.
pub(super) fn forget(place: &str, draft: &Draft) {
    if kept(place).as_ref() != Some(draft) {
        return;
    }
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
            reason: "Orders are part of it.".to_owned(),
            text: "\nid: a\n\n".to_owned(),
        };
        assert_eq!(Draft::read(&draft.written()), Some(draft.clone()));
        let typed = Draft { is_sent: false, reason: String::new(), ..draft };
        assert_eq!(Draft::read(&typed.written()), Some(typed));
        let early = Draft::read("sent\n3\ntoday\nid: a\n").expect("those of before had no reason");
        assert_eq!((early.is_sent, early.reason.as_str(), early.text.as_str()), (true, "", "id: a\n"));
        assert_eq!(["", "sent", "sent\nx\ny\nz"].map(Draft::read), [const { None }; 3]);
    }

    #[test]
    fn a_reason_alone_is_never_lost() {
        assert!(is_typed(false, true, "Orders are part of it."));
        assert!(is_typed(true, true, "") && is_typed(false, false, ""));
        assert!(!is_typed(false, true, " "), "what the page began with is no draft");
    }

    #[test]
    fn no_tab_takes_the_place_of_another_ones_draft() {
        let typed = |text: &str| Draft {
            is_sent: false,
            base: 1,
            begun: "today".to_owned(),
            reason: String::new(),
            text: text.to_owned(),
        };
        let places = ["1", "2", "3"].map(str::to_owned);
        let (own, other) = (typed("own"), typed("other"));
        let place = |taken: &[(&str, &Draft)], own: Option<&Draft>| {
            let kept =
                |place: &str| taken.iter().find(|(at, _)| *at == place).map(|(_, held)| (*held).clone());
            place_for("1", own, &places, kept).to_owned()
        };
        assert_eq!(place(&[], None), "1");
        assert_eq!(place(&[], Some(&own)), "1", "what was sent may be gone");
        assert_eq!(place(&[("1", &own)], Some(&own)), "1");
        assert_eq!(place(&[("1", &other)], None), "2");
        assert_eq!(place(&[("1", &other), ("2", &other)], Some(&own)), "3");
        assert_eq!(place(&[("1", &other), ("2", &other), ("3", &other)], None), "3", "there are too many");
    }

    #[test]
    fn no_draft_lies_where_another_one_does() {
        assert_eq!(place(1, "r", "product a"), "draft r product a");
        assert_ne!(place(2, "r", "product a"), place(1, "r", "product a 2"));
        let subjects =
            TextKind::ALL.iter().flat_map(|kind| [subject(*kind, "a", "b"), subject(*kind, "", "b")]);
        assert_eq!(
            subjects.collect::<Vec<_>>(),
            ["product a", "domain b", "contract a", "new-contract b", "dashboard a", "new-dashboard b"]
        );
    }
}
