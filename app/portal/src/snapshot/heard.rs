//! Changes that nobody waits to see: what lineage events said, which is in the next state that is made beside.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Rows of changes that are noted until the state with them is made.
const MOST_SPANS: usize = 1_000;

/// What was heard of such changes.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    said: Mutex<Said>,
    /// Wakes whoever makes the next state while nobody asks.
    woken: Notify,
}

#[derive(Debug, Default)]
struct Said {
    /// Numbers of such changes, the first and the last of each row of them.
    spans: Vec<(i64, i64)>,
    /// True while somebody makes the next state also when nobody asks.
    is_followed: bool,
}

/// Changes that were heard of before they are durable. Dropped without [`Hearing::durable`] they are forgotten: their numbers
/// may become those of other changes.
#[derive(Debug)]
pub(crate) struct Hearing<'a> {
    heard: &'a Heard,
    first: i64,
    is_durable: bool,
}

/// Somebody makes the next state also when nobody asks, as long as this is held.
#[derive(Debug)]
pub(super) struct Following<'a>(&'a Heard);

impl Heard {
    /// Notes that lineage events alone make the changes from `first` to `last`, which are about to be durable: from then on
    /// pages see them, and one that had not heard of them would make the next state itself, with every batch of events.
    pub(crate) fn of(&self, first: i64, last: i64) -> Hearing<'_> {
        let spans = &mut self.said().spans;
        match spans.last_mut() {
            Some((_, before)) if *before + 1 == first => *before = last,
            _ => spans.push((first, last)),
        }
        // Where states cannot be made for long, calls wait for what lies in the oldest as for any other change.
        if spans.len() > MOST_SPANS {
            spans.remove(0);
        }
        Hearing { heard: self, first, is_durable: false }
    }

    /// True where such changes alone lie between a held state and the newest one, and the next state comes by itself.
    pub(super) fn is_all(&self, held: i64, newest: i64) -> bool {
        let said = self.said();
        let mut reached = held;
        for (first, last) in &said.spans {
            if *first > reached + 1 {
                break;
            }
            reached = reached.max(*last);
        }
        said.is_followed && reached >= newest
    }

    /// Forgets what the state of this change reflects.
    pub(super) fn forget(&self, change: i64) {
        self.said().spans.retain(|(_, last)| *last > change);
    }

    /// Waits until there is something to make the next state for.
    pub(super) async fn woken(&self) {
        self.woken.notified().await;
    }

    /// From now on the next state comes by itself.
    pub(super) fn follow(&self) -> Following<'_> {
        self.said().is_followed = true;
        Following(self)
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hearing<'_> {
    /// They are durable: the next state may be made.
    pub(crate) fn durable(mut self) {
        self.is_durable = true;
        self.heard.woken.notify_one();
    }
}

impl Drop for Hearing<'_> {
    fn drop(&mut self) {
        if self.is_durable {
            return;
        }
        // Only one batch is written at a time: it was the last that was noted.
        let spans = &mut self.heard.said().spans;
        spans.retain(|(begin, _)| *begin < self.first);
        if let Some((_, last)) = spans.last_mut() {
            *last = (*last).min(self.first - 1);
        }
    }
}

impl Drop for Following<'_> {
    fn drop(&mut self) {
        self.0.said().is_followed = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_events_said_is_never_waited_for_and_only_while_somebody_follows() {
        let heard = Heard::default();
        let comes_by_itself = |held, newest| heard.is_all(held, newest);
        for (first, last) in [(5, 9), (10, 12), (15, 16)] {
            heard.of(first, last).durable();
        }
        assert!(!comes_by_itself(4, 12), "nobody follows");
        let following = heard.follow();
        assert!(comes_by_itself(4, 12));
        assert!(comes_by_itself(7, 11), "a state amid them is held");
        assert!(!comes_by_itself(3, 12), "somebody made the fourth");
        assert!(!comes_by_itself(4, 13), "somebody made the last");
        assert!(!comes_by_itself(4, 16), "somebody made one between");
        heard.forget(14);
        assert!(comes_by_itself(14, 16));
        assert_eq!(heard.said().spans.len(), 1, "what the state reflects is forgotten");
        drop(following);
        assert!(!comes_by_itself(14, 16), "nobody follows any more");
    }

    #[test]
    fn what_never_became_durable_was_never_heard_of() {
        let heard = Heard::default();
        let _following = heard.follow();
        heard.of(5, 9).durable();
        let hearing = heard.of(10, 12);
        assert!(heard.is_all(4, 12), "a page that sees them before they are told as durable knows them");
        drop(hearing);
        assert!(heard.is_all(4, 9));
        assert!(!heard.is_all(4, 10), "its number may be that of another change now");
        drop(heard.of(20, 21));
        assert!(!heard.is_all(19, 20));
    }

    #[test]
    fn what_is_noted_stays_small_where_no_state_can_be_made() {
        let heard = Heard::default();
        for number in 0..2 * i64::try_from(MOST_SPANS).expect("it fits") {
            heard.of(2 * number, 2 * number).durable();
        }
        assert_eq!(heard.said().spans.len(), MOST_SPANS);
    }
}
