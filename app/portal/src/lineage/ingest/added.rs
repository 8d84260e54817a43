//! What the service accounts of one owner add by their events within an hour. Whatever an event names is kept for ever: a
//! program that gives each run a name of its own would fill disk and memory in minutes.
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
/// Most bytes of events, and of texts that are none.
const MOST_BYTES: usize = 512 * 1024 * 1024;
/// Most shapes of events that are remembered.
const MOST_SHAPES: usize = 100_000;

/// Who sent events within the last hour.
static SENDERS: Mutex<BTreeMap<Party, Arc<Added>>> = Mutex::new(BTreeMap::new());

/// What the accounts of an owner added.
#[derive(Debug, Default)]
pub(super) struct Added(Mutex<Hour>);

#[derive(Debug, Default)]
struct Hour {
    since: DateTime<Utc>,
    /// How many names it has beyond the number that is told, and how many connections. Each for itself: where both were met
    /// with the same event, the sentence would tell which came first.
    spare_names: usize,
    spare_connections: usize,
    /// What is durable.
    kept: Sum,
    /// What the batch under way brings; nothing of it counts should it be rolled back.
    brought: Sum,
}

#[derive(Debug, Default)]
struct Sum {
    names: usize,
    connections: usize,
    bytes: usize,
    /// What events said so far: said again, it adds nothing.
    shapes: HashSet<u64>,
}

impl Added {
    /// What this account and the others of its owner added; nothing is counted of people and of the portal itself.
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

    /// Whether they may send more texts.
    pub(super) fn allows_texts(&self, now: DateTime<Utc>) -> Result<()> {
        let hour = self.hour_at(now);
        if hour.kept.bytes < MOST_BYTES {
            return Ok(());
        }
        let most = MOST_BYTES / 1024 / 1024;
        Err(Error::busy_for(
            format_args!(
                "The events of this owner's tokens had {most} MiB within an hour; more are not taken."
            ),
            hour.rest(now),
        ))
    }

    /// Whether they may send an event of this shape.
    pub(super) fn allows(&self, shape: u64, now: DateTime<Utc>) -> Result<()> {
        let hour = self.hour_at(now);
        let Hour { kept, brought, .. } = &*hour;
        let (most, what) = if kept.names + brought.names >= MOST_NAMES + hour.spare_names {
            (MOST_NAMES, "names")
        } else if kept.connections + brought.connections >= MOST_CONNECTIONS + hour.spare_connections {
            (MOST_CONNECTIONS, "connections")
        } else {
            return Ok(());
        };
        if kept.shapes.contains(&shape) || brought.shapes.contains(&shape) {
            return Ok(());
        }
        Err(Error::busy_for(
            format_args!(
                "The events of this owner's tokens brought {most} new {what} within an hour; more are not taken. Those \
                 that say what earlier ones said go on."
            ),
            hour.rest(now),
        ))
    }

    /// Notes a text of which nothing is kept.
    pub(super) fn note_text(&self, bytes: usize, now: DateTime<Utc>) {
        self.hour_at(now).kept.bytes += bytes;
    }

    /// A batch begins: what another one brought that was not durable does not count. Batches are kept one after the other.
    pub(super) fn begin(&self) {
        self.hour().brought = Sum::default();
    }

    /// Notes an event of the batch that is kept, and how many names it brought.
    pub(super) fn note(&self, bytes: usize, names: usize) {
        let mut hour = self.hour();
        hour.brought.bytes += bytes;
        hour.brought.names += names;
    }

    /// Notes what an event of the batch said.
    pub(super) fn note_shape(&self, shape: u64) {
        self.hour().brought.shapes.insert(shape);
    }

    /// Notes a connection of the batch that is new.
    pub(super) fn note_connection(&self) {
        self.hour().brought.connections += 1;
    }

    /// The batch is durable.
    pub(super) fn settle(&self, now: DateTime<Utc>) {
        let mut hour = self.hour_at(now);
        let Sum { names, connections, bytes, shapes } = std::mem::take(&mut hour.brought);
        let kept = &mut hour.kept;
        kept.names += names;
        kept.connections += connections;
        kept.bytes += bytes;
        if kept.shapes.len() + shapes.len() > MOST_SHAPES {
            kept.shapes.clear();
        }
        kept.shapes.extend(shapes);
    }

    fn hour(&self) -> MutexGuard<'_, Hour> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The hour that this moment belongs to.
    fn hour_at(&self, now: DateTime<Utc>) -> MutexGuard<'_, Hour> {
        let mut hour = self.hour();
        if hour.is_over(now) {
            let [spare_names, spare_connections] = [(); 2].map(|()| rand::rng().random_range(0..SPARE));
            let kept = Sum { shapes: std::mem::take(&mut hour.kept.shapes), ..Sum::default() };
            let brought = std::mem::take(&mut hour.brought);
            *hour = Hour { since: now, spare_names, spare_connections, kept, brought };
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
    fn rest(&self, now: DateTime<Utc>) -> TimeDelta {
        self.end() - now
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
        added.note(1, MOST_NAMES - 1);
        added.note_shape(7);
        added.settle(at(0));
        added.allows(1, at(59)).expect("it is one below");
        added.note(1, 1 + SPARE);
        assert_eq!(
            refusal(added.allows(1, at(59))),
            "The events of this owner's tokens brought 50000 new names within an hour; more are not taken. Those that say \
             what earlier ones said go on. Send this one again in 2 minutes."
        );
        let told = added.allows(1, at(59)).expect_err("it is refused").wait();
        assert_eq!(told.as_secs(), 61, "programs are told the same, and never too early");
        added.allows(7, at(59)).expect("what it said before goes on");
        added.settle(at(59));
        added.allows(1, at(60)).expect("and all else in the next hour");
        for _ in 0..MOST_CONNECTIONS + SPARE {
            added.note_connection();
        }
        assert!(refusal(added.allows(1, at(62))).contains("200000 new connections"));
        added.allows(7, at(62)).expect("what it said in an hour before goes on as well");
        added.note_text(MOST_BYTES, at(70));
        assert_eq!(
            refusal(added.allows_texts(at(70))),
            "The events of this owner's tokens had 512 MiB within an hour; more are not taken. Send this one again \
             in 51 minutes."
        );
    }

    #[test]
    fn what_was_rolled_back_never_counts() {
        let added = Added::default();
        added.begin();
        added.note(MOST_BYTES, MOST_NAMES + SPARE);
        added.note_shape(7);
        refusal(added.allows(1, at(0)));
        added.allows_texts(at(0)).expect("nothing of it is durable");
        added.begin();
        added.allows(1, at(0)).expect("it was rolled back");
        added.note(1, MOST_NAMES + SPARE);
        refusal(added.allows(7, at(0)));
        added.settle(at(0));
        added.begin();
        refusal(added.allows(7, at(0)));
    }

    #[test]
    fn an_account_is_known_while_its_hour_lasts_and_nobody_else_is_counted() {
        let [one, other] = [901, 902].map(sender);
        let added = Added::of(&one, at(0)).expect("it is counted");
        added.note(1, 1);
        added.settle(at(0));
        drop(added);
        assert_eq!(Added::of(&one, at(59)).expect("it is counted").hour().kept.names, 1);
        Added::of(&other, at(60)).expect("it is counted");
        assert_eq!(Added::of(&one, at(60)).expect("it is counted").hour().kept.names, 0, "it was forgotten");
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
            added.begin();
            let kept = State::at(at(0)).apply(events).kept.iter().map(Result::is_ok).collect();
            added.settle(at(0));
            kept
        };
        let one = event(1, "COMPLETE", "a", "x");
        assert_eq!(kept(&[one, event(2, "FAIL", "b", "y"), event(3, "COMPLETE", "c", "x")]), [true; 3]);
        assert_eq!(added.hour().kept.names, 3, "two jobs that moved something, and a dataset");
        added.note(0, MOST_NAMES + SPARE);
        added.settle(at(0));
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
