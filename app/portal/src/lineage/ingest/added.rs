//! What a service account adds by its events within an hour. Whatever an event names is kept for ever: a program that gives
//! each run a name of its own would fill disk and memory in minutes.
//!
//! It is a brake and not a right, so it is counted in memory: by each replica for itself, and from nothing again when the
//! portal starts. What is new follows from what is known here: a sender who could tell when the last one was counted would
//! learn which of its names are of something hidden. So nobody knows how many an hour has.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng as _;

use crate::actor::{Actor, Party};
use crate::{Error, Result};

/// Most names that were new: of jobs, of datasets, and further names of these; and some that nobody knows.
const MOST_NAMES: usize = 50_000;
/// Most connections that were new, each of two datasets and a job; and some that nobody knows.
const MOST_CONNECTIONS: usize = 200_000;
/// Fewer than this are those that nobody knows.
const SPARE: usize = 5_000;
/// Most bytes of events.
const MOST_BYTES: usize = 512 * 1024 * 1024;
/// Most shapes of events that are remembered.
const MOST_SHAPES: usize = 100_000;

/// Who sent events within the last hour.
static SENDERS: Mutex<BTreeMap<Party, Arc<Added>>> = Mutex::new(BTreeMap::new());

/// What an account added.
#[derive(Debug, Default)]
pub(super) struct Added(Mutex<Hour>);

#[derive(Debug, Default)]
struct Hour {
    since: DateTime<Utc>,
    /// How many it has beyond the numbers that are told.
    spare: usize,
    names: usize,
    connections: usize,
    bytes: usize,
    /// What its events said so far: said again, it adds nothing.
    shapes: HashSet<u64>,
}

impl Added {
    /// What this account added; nothing is counted of people and of the portal itself.
    pub(super) fn of(actor: &Actor, now: DateTime<Utc>) -> Option<Arc<Self>> {
        let Actor::Service(_) = actor else { return None };
        let mut senders = SENDERS.lock().unwrap_or_else(PoisonError::into_inner);
        let party = Party::from(actor);
        if let Some(known) = senders.get(&party) {
            return Some(Arc::clone(known));
        }
        senders.retain(|_, added| Arc::strong_count(added) > 1 || !added.hour().is_over(now));
        Some(Arc::clone(senders.entry(party).or_default()))
    }

    /// Whether the account may send more texts.
    pub(super) fn allows_texts(&self, now: DateTime<Utc>) -> Result<()> {
        let hour = self.hour_at(now);
        if hour.bytes < MOST_BYTES {
            return Ok(());
        }
        Err(Error::busy(format!(
            "The events of this token had {} MiB within an hour; more are not taken. Send this one again in {}.",
            MOST_BYTES / 1024 / 1024,
            hour.rest(now)
        )))
    }

    /// Whether the account may send an event of this shape.
    pub(super) fn allows(&self, shape: u64, now: DateTime<Utc>) -> Result<()> {
        let hour = self.hour_at(now);
        let (most, what) = if hour.names >= MOST_NAMES + hour.spare {
            (MOST_NAMES, "names")
        } else if hour.connections >= MOST_CONNECTIONS + hour.spare {
            (MOST_CONNECTIONS, "connections")
        } else {
            return Ok(());
        };
        if hour.shapes.contains(&shape) {
            return Ok(());
        }
        Err(Error::busy(format!(
            "The events of this token brought {most} new {what} within an hour; more are not taken. Those that say what \
             earlier ones said go on. Send this one again in {}.",
            hour.rest(now)
        )))
    }

    /// Notes an event that is kept, and how many names it brought.
    pub(super) fn note(&self, bytes: usize, names: usize, now: DateTime<Utc>) {
        let mut hour = self.hour_at(now);
        hour.bytes += bytes;
        hour.names += names;
    }

    /// Notes what an event said.
    pub(super) fn note_shape(&self, shape: u64) {
        let mut hour = self.hour();
        if hour.shapes.len() >= MOST_SHAPES {
            hour.shapes.clear();
        }
        hour.shapes.insert(shape);
    }

    /// Notes a connection that is new.
    pub(super) fn note_connection(&self, now: DateTime<Utc>) {
        self.hour_at(now).connections += 1;
    }

    fn hour(&self) -> MutexGuard<'_, Hour> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The hour that this moment belongs to.
    fn hour_at(&self, now: DateTime<Utc>) -> MutexGuard<'_, Hour> {
        let mut hour = self.hour();
        if hour.is_over(now) {
            let (spare, shapes) = (rand::rng().random_range(0..SPARE), std::mem::take(&mut hour.shapes));
            *hour = Hour { since: now, spare, shapes, ..Hour::default() };
        }
        hour
    }
}

impl Hour {
    fn is_over(&self, now: DateTime<Utc>) -> bool {
        now >= self.end()
    }

    fn end(&self) -> DateTime<Utc> {
        self.since + TimeDelta::hours(1)
    }

    /// How long it lasts yet.
    fn rest(&self, now: DateTime<Utc>) -> String {
        match (self.end() - now).num_minutes() + 1 {
            1 => "a minute".to_owned(),
            minutes => format!("{minutes} minutes"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::prepared::Prepared;
    use super::super::queue::tests::sender;
    use super::super::state::State;
    use super::*;
    use crate::ErrorKind;
    use crate::standards::openlineage::Event;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).expect("a moment")
    }

    fn refusal<T: std::fmt::Debug>(answer: Result<T>) -> String {
        let Err(Error::Refused(refusal)) = answer else { panic!("it is refused, not {answer:?}") };
        assert_eq!(refusal.kind, ErrorKind::Busy);
        refusal.message
    }

    #[test]
    fn a_flood_of_new_names_is_never_taken_for_longer_than_an_hours_number() {
        let added = Added::default();
        added.note(1, MOST_NAMES - 1, at(0));
        added.note_shape(7);
        added.allows(1, at(59)).expect("it is one below");
        added.note(1, 1 + SPARE, at(59));
        assert_eq!(
            refusal(added.allows(1, at(59))),
            "The events of this token brought 50000 new names within an hour; more are not taken. Those that say what \
             earlier ones said go on. Send this one again in 2 minutes."
        );
        added.allows(7, at(59)).expect("what it said before goes on");
        added.allows(1, at(60)).expect("and all else in the next hour");
        for _ in 0..MOST_CONNECTIONS + SPARE {
            added.note_connection(at(61));
        }
        assert!(refusal(added.allows(1, at(62))).contains("200000 new connections"));
        added.allows(7, at(62)).expect("what it said in an hour before goes on as well");
        added.note(MOST_BYTES, 0, at(70));
        assert_eq!(
            refusal(added.allows_texts(at(70))),
            "The events of this token had 512 MiB within an hour; more are not taken. Send this one again in 51 minutes."
        );
    }

    #[test]
    fn an_account_is_known_while_its_hour_lasts_and_nobody_else_is_counted() {
        let [one, other] = [901, 902].map(sender);
        let added = Added::of(&one, at(0)).expect("it is counted");
        added.note(1, 1, at(0));
        drop(added);
        assert_eq!(Added::of(&one, at(59)).expect("it is counted").hour().names, 1);
        Added::of(&other, at(60)).expect("it is counted");
        assert_eq!(Added::of(&one, at(60)).expect("it is counted").hour().names, 0, "it was forgotten");
        assert!(Added::of(&Actor::System("test"), at(0)).is_none());
    }

    #[test]
    fn events_that_name_nothing_new_go_on_when_an_account_added_too_much() {
        let added = Arc::new(Added::default());
        let event = |number: u32, state: &str, job: &str, output: &str| {
            let text = format!(
                r#"{{"eventTime":"2026-11-03T05:00:00Z","eventType":"{state}","producer":"https://x.example",
                "schemaURL":"https://x.example/s","run":{{"runId":"00000000-0000-4000-8000-{number:012}"}},
                "job":{{"namespace":"n","name":"{job}"}},"outputs":[{{"namespace":"n","name":"{output}"}}]}}"#
            );
            let (event, _) = Event::advised("event", &text).expect("it is an event");
            let event = Prepared::of(&event, "/lake").expect("it fits");
            Arc::new(Prepared { added: Some(Arc::clone(&added)), ..event })
        };
        let kept = |events: &[Arc<Prepared>]| -> Vec<bool> {
            State::at(at(0)).apply(events).kept.iter().map(Result::is_ok).collect()
        };
        let one = event(1, "COMPLETE", "a", "x");
        assert_eq!(kept(&[one, event(2, "FAIL", "b", "y"), event(3, "COMPLETE", "c", "x")]), [true; 3]);
        assert_eq!(added.hour().names, 3, "two jobs that moved something, and a dataset");
        added.note(0, MOST_NAMES + SPARE, at(0));
        let later = [
            event(4, "COMPLETE", "a", "x"),
            event(5, "COMPLETE", "d", "x"),
            event(6, "COMPLETE", "a", "y"),
            event(7, "COMPLETE", "b", "y"),
            event(8, "COMPLETE", "c", "x"),
            event(9, "FAIL", "a", "z"),
        ];
        assert_eq!(kept(&later), [true, false, false, false, true, true]);
    }
}
