//! Events that arrive together share a transaction: whoever sends one waits for the disk once, and so do all who came
//! meanwhile. Each gets an answer of their own, and not before the events are durable. Senders take turns, whose events keep
//! their order: a flood of one keeps no other waiting.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::added::Added;
use super::prepared::Prepared;
use super::room::Held;
use super::{Kept, Outcome, keep_all};
use crate::actor::Party;
use crate::audit::{self, Entry};
use crate::people::{self, Actor};
use crate::policy::rules::TakeEvents;
use crate::store::Tx;
use crate::store::changes::{self, Touched};
use crate::{Ctx, Error, Fault, Result};

/// How long a batch may keep others from writing, until it waits for the disk. The weight of the next one follows from how
/// long the last one took; the disk takes as long for a light one.
const HELD: Duration = Duration::from_millis(50);
/// Weight of the first batch.
const FIRST: usize = 1_500;
/// Weight of the lightest and of the heaviest batch: some ten and some two hundred and fifty usual events.
const LIGHTEST: usize = 250;
const HEAVIEST: usize = 6_000;

/// Events that wait to be kept.
#[derive(Debug, Default)]
pub struct Events(Mutex<Line>);

#[derive(Debug)]
struct Line {
    /// Senders with events that wait; whose turn it was goes to the end. Also those of whom more was taken than of others,
    /// until these had as much.
    waiting: VecDeque<Own>,
    /// How much was taken of the sender whose turn it was last: whoever comes begins there, with no claim on the time before.
    begins: usize,
    /// True while somebody takes one batch after the other.
    is_led: bool,
    /// Weight of the next batch.
    weight: usize,
}

/// Events of a sender that wait, in their order.
#[derive(Debug)]
struct Own {
    party: Party,
    /// Weight of what was taken of them. Turns are as long as events are heavy: counted by events, a sender of heavy ones
    /// would have nearly all of the time.
    taken: usize,
    events: VecDeque<Waiting>,
}

/// An event that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) event: Arc<Prepared>,
    pub(super) actor: Actor,
    pub(super) answer: oneshot::Sender<Result<Taken>>,
    /// Room is free again when nothing of the event is held any more.
    pub(super) _room: Arc<Held>,
}

/// An event that is durable now.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) kept: Kept,
    /// Who its sender was by then.
    pub(super) actor: Actor,
}

impl Default for Line {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), begins: 0, is_led: false, weight: FIRST }
    }
}

impl Line {
    fn put(&mut self, party: Party, events: Vec<Waiting>) {
        // A sender of heavy events that sends one when the one before is kept has no more of the time than with all at once.
        self.waiting.retain(|own| !own.events.is_empty() || own.taken > self.begins);
        match self.waiting.iter_mut().find(|own| own.party == party) {
            Some(own) => own.events.extend(events),
            None => self.waiting.push_back(Own { party, taken: self.begins, events: events.into() }),
        }
    }

    /// The sender of whom least was taken.
    fn turn(&mut self) -> Option<Own> {
        let waiting = self.waiting.iter().enumerate().filter(|(_, own)| !own.events.is_empty());
        let (at, own) = waiting.min_by_key(|(_, own)| own.taken)?;
        self.begins = own.taken;
        self.waiting.remove(at)
    }

    fn is_empty(&self) -> bool {
        self.waiting.iter().all(|own| own.events.is_empty())
    }
}

impl Events {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts events of a sender into the line; they are kept whether or not anybody waits for the answer from their turn on.
    pub(super) fn send(ctx: &Ctx, party: Party, events: Vec<Waiting>) {
        let mut line = ctx.events.line();
        line.put(party, events);
        if !std::mem::replace(&mut line.is_led, true) {
            tokio::spawn(lead(ctx.clone()));
        }
    }

    /// The next batch. Whoever has left before their turn costs nothing.
    fn next(&self) -> Vec<Waiting> {
        let mut line = self.line();
        let (mut batch, mut weight) = (Vec::new(), 0);
        while let Some(mut own) = line.turn() {
            let next =
                std::iter::from_fn(|| own.events.pop_front()).find(|waiting| !waiting.answer.is_closed());
            let Some(waiting) = next else {
                line.waiting.push_back(own);
                continue;
            };
            let cost = waiting.event.weight();
            weight += cost;
            if !batch.is_empty() && weight > line.weight {
                own.events.push_front(waiting);
                line.waiting.push_front(own);
                break;
            }
            batch.push(waiting);
            own.taken += cost;
            line.waiting.push_back(own);
        }
        batch
    }

    /// True when nothing waits any more; then nobody leads.
    fn is_over(&self) -> bool {
        let mut line = self.line();
        line.is_led = !line.is_empty();
        !line.is_led
    }

    /// Notes how long a batch kept others from writing so far.
    fn took(&self, time: Duration) {
        let mut line = self.line();
        if time > HELD {
            line.weight = (line.weight / 2).max(LIGHTEST);
        } else if time < HELD / 2 {
            line.weight = (line.weight * 2).min(HEAVIEST);
        }
    }
}

/// Should the one who leads fail, nobody waits in vain: all are told to send again, and the next one leads.
struct Lead<'a> {
    events: &'a Events,
    is_over: bool,
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            let mut line = self.events.line();
            line.is_led = false;
            line.waiting.clear();
        }
    }
}

/// Keeps what waits, one batch after the other. It is nobody's call, so that nobody who leaves takes others along.
async fn lead(ctx: Ctx) {
    let mut lead = Lead { events: &ctx.events, is_over: false };
    loop {
        lead.is_over = ctx.events.is_over();
        if lead.is_over {
            return;
        }
        // The batch is closed when its turn to write has come.
        match ctx.db.write().await {
            Ok(tx) => take(&ctx, tx, ctx.events.next()).await,
            Err(error) => refuse(&error, ctx.events.next()),
        }
    }
}

fn refuse(error: &Error, batch: Vec<Waiting>) {
    for waiting in batch {
        // Whoever does not wait any more needs no answer.
        let _ = waiting.answer.send(Err(again(error)));
    }
}

/// The same error for one more who waits.
pub(super) fn again(error: &Error) -> Error {
    match error {
        Error::Refused(refusal) => Error::Refused(refusal.clone()),
        Error::Fault(Fault { id, cause }) => Error::Fault(Fault { id: *id, cause: cause.clone() }),
    }
}

/// Keeps a batch and answers each of its senders.
async fn take(ctx: &Ctx, tx: Tx, batch: Vec<Waiting>) {
    match Box::pin(keep(ctx, tx, &batch)).await {
        Ok(taken) => {
            for (waiting, taken) in batch.into_iter().zip(taken) {
                let _ = waiting.answer.send(taken);
            }
        }
        // Whatever is at fault costs the event that it is about, and no other.
        Err(Error::Fault(_)) if batch.len() > 1 => {
            for waiting in batch {
                let alone = [waiting];
                let taken = match ctx.db.write().await {
                    Ok(tx) => Box::pin(keep(ctx, tx, &alone)).await,
                    Err(error) => Err(error),
                };
                let [waiting] = alone;
                let _ = waiting.answer.send(taken.and_then(|mut taken| {
                    taken.pop().unwrap_or_else(|| Err(Error::fault("an event without an answer")))
                }));
            }
        }
        Err(error) => refuse(&error, batch),
    }
}

/// Keeps a batch: what became of each.
async fn keep(ctx: &Ctx, mut tx: Tx, batch: &[Waiting]) -> Result<Vec<Result<Taken>>> {
    let begun = Instant::now();
    for added in counted(batch) {
        added.begin();
    }
    // Who may send is looked at again, once an actor.
    let mut actors: Vec<(&Actor, Result<Actor>)> = Vec::new();
    for Waiting { actor, .. } in batch {
        if actors.iter().all(|(known, _)| *known != actor) {
            let now = people::now_as(&mut tx, actor).await;
            actors.push((actor, now));
        }
    }
    let now_as = |actor: &Actor| -> Result<&Actor> {
        match actors.iter().find(|(known, _)| *known == actor) {
            Some((_, Ok(now))) => Ok(now),
            Some((_, Err(error))) => Err(again(error)),
            None => Err(Error::fault("a sender whom nobody looked at")),
        }
    };
    let allowed = batch.iter().filter(|waiting| now_as(&waiting.actor).is_ok());
    let events: Vec<Arc<Prepared>> = allowed.map(|waiting| Arc::clone(&waiting.event)).collect();
    let now = ctx.now();
    let Outcome { kept, touched } = keep_all(&mut tx, &TakeEvents::Scope.proof(), now, &events).await?;
    let count = changes::touch(&mut tx, touched.into_iter().map(Touched::Asset), now).await?;
    let last = changes::newest(&mut tx, changes::CATALOG).await?;
    let mut kept = kept.into_iter();
    let mut taken = Vec::with_capacity(batch.len());
    for waiting in batch {
        taken.push(match now_as(&waiting.actor) {
            Ok(actor) => {
                let kept = kept.next().unwrap_or_else(|| Err(Error::fault("an event that nobody kept")));
                kept.map(|kept| Taken { kept, actor: actor.clone() })
            }
            Err(error) => Err(error),
        });
    }
    let entries: Vec<Entry<'_>> =
        batch.iter().zip(&taken).filter_map(|(waiting, taken)| entry(waiting, taken)).collect();
    if !entries.is_empty() {
        audit::record_all(&mut tx, ctx, entries).await?;
        ctx.events.took(begun.elapsed());
        let first = last.saturating_sub_unsigned(count) + 1;
        let heard = (count > 0).then(|| ctx.snapshots.heard.of(first, last));
        tx.commit().await?;
        for added in counted(batch) {
            added.settle(now);
        }
        if let Some(heard) = heard {
            heard.durable();
        }
    }
    Ok(taken)
}

/// What the senders of these events add, where that is counted.
fn counted(batch: &[Waiting]) -> impl Iterator<Item = &Added> {
    batch.iter().filter_map(|waiting| waiting.event.added.as_deref())
}

/// What the audit keeps of an event that is new.
fn entry<'a>(waiting: &'a Waiting, taken: &'a Result<Taken>) -> Option<Entry<'a>> {
    let Taken { kept, actor } = taken.as_ref().ok()?;
    kept.new.then(|| Entry {
        actor,
        action: "lineage.ingest",
        subject: format!("event {}", waiting.event.id),
        rule: TakeEvents::Scope.name(),
        detail: kept.named.detail(waiting.event.label().as_deref()),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use lakeport_model::TokenId;
    use uuid::Uuid;

    use super::super::room::Room;
    use super::*;
    use crate::actor::ServiceAccount;
    use crate::standards::openlineage::Event;

    /// A service account.
    pub(in crate::lineage::ingest) fn sender(number: u128) -> Actor {
        let id = TokenId(Uuid::from_u128(number));
        Actor::Service(ServiceAccount { id, name: String::new(), scopes: Vec::new(), owner: None })
    }

    /// An event with its number and so many outputs, and who waits for its answer.
    fn waiting(sender: &Actor, number: usize, outputs: usize) -> (Waiting, oneshot::Receiver<Result<Taken>>) {
        static ROOM: Room = Room::new();
        let outputs = (0..outputs).map(|at| format!(r#"{{"namespace":"n","name":"o{at}"}}"#));
        let outputs = outputs.collect::<Vec<_>>().join(",");
        let text = format!(
            r#"{{"eventTime":"2026-11-03T05:00:00Z","producer":"https://x.example","schemaURL":"https://x.example/s",
            "job":{{"namespace":"test","name":"{number}"}},"outputs":[{outputs}]}}"#
        );
        let (event, _) = Event::advised("event", &text).expect("it is an event");
        let event = Arc::new(Prepared::of(&event, "/lake").expect("it fits"));
        let (answer, answered) = oneshot::channel();
        let room = Arc::new(ROOM.take(Party::from(sender), 1).expect("there is room"));
        (Waiting { event, actor: sender.clone(), answer, _room: room }, answered)
    }

    #[test]
    fn senders_take_turns_and_each_ones_events_keep_their_order() {
        let (events, mut answers) = (Events::default(), Vec::new());
        let mut send = |number: u128, names: std::ops::Range<usize>| {
            let sender = sender(number);
            let (sent, answered): (Vec<_>, Vec<_>) = names.map(|name| waiting(&sender, name, 1)).unzip();
            let weight = sent[0].event.weight();
            events.line().put(Party::from(&sender), sent);
            answers.extend(answered.into_iter().map(Some));
            weight
        };
        let weight = send(1, 0..6);
        send(2, 10..13);
        send(3, 20..21);
        send(1, 6..8);
        let batch = |most: usize| -> Vec<String> {
            events.line().weight = most * weight;
            let name = |waiting: Waiting| waiting.event.label().unwrap_or_default();
            events.next().into_iter().map(name).map(|label| label.replace("test/", "")).collect()
        };
        assert_eq!(batch(4), ["0", "10", "20", "1"]);
        // Whoever has left costs nothing, nor does it cost the sender's turn.
        answers[2] = None;
        assert_eq!(batch(2), ["11", "3"]);
        assert_eq!(batch(9), ["12", "4", "5", "6", "7"]);
        assert!(events.line().is_empty(), "nothing waits any more");
    }

    #[test]
    fn a_sender_of_heavy_events_never_has_more_of_the_time_by_sending_one_at_a_time() {
        let (events, mut answers) = (Events::default(), Vec::new());
        let mut send = |number: u128, name: usize, outputs: usize| {
            let sender = sender(number);
            let (sent, answered) = waiting(&sender, name, outputs);
            let weight = sent.event.weight();
            events.line().put(Party::from(&sender), vec![sent]);
            answers.push(answered);
            weight
        };
        let light = (0..60).map(|name| send(1, name, 1)).max().unwrap_or_default();
        let heavy = send(2, 100, 40);
        let mut taken = (0, 0);
        for name in 101..141 {
            // One at a time.
            events.line().weight = 1;
            let weights: Vec<usize> = events.next().iter().map(|waiting| waiting.event.weight()).collect();
            if weights == [heavy] {
                taken.1 += heavy;
                send(2, name, 40);
            } else {
                taken.0 += light;
            }
        }
        assert!(heavy > 10 * light && taken.1 > 0 && taken.1 <= taken.0 + heavy, "{light} {heavy} {taken:?}");
    }

    #[test]
    fn a_batch_never_grows_while_it_keeps_others_waiting() {
        let events = Events::default();
        let weight = || events.line().weight;
        events.took(HELD * 2);
        assert_eq!(weight(), FIRST / 2);
        events.took(HELD);
        assert_eq!(weight(), FIRST / 2, "it is as long as it may be");
        for _ in 0..20 {
            events.took(Duration::ZERO);
        }
        assert_eq!(weight(), HEAVIEST);
        for _ in 0..20 {
            events.took(HELD * 2);
        }
        assert_eq!(weight(), LIGHTEST);
    }
}
