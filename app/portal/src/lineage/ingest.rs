//! Taking OpenLineage events.
//!
//! What follows from an event alone is prepared beside; events that arrive together are kept in one transaction: what they
//! may need is looked up in few statements, each is applied in memory to what the ones before it left, and what became
//! different is written in few statements.

mod added;
mod draw;
mod known;
mod limits;
mod pending;
mod prepared;
mod queue;
mod room;
mod said;
mod state;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use lakeport_model::First;
use serde_json::Value;
use tokio::sync::oneshot;

use self::added::Added;
use self::known::{Named, Refused};
use self::prepared::Prepared;
pub use self::queue::Events;
use self::queue::{Taken, Waiting, again};
pub use self::room::{Held, Room};
use self::state::{Applied, State};
use crate::actor::Party;
use crate::beside::{BATCHES, EVENTS};
use crate::catalog::{Rights, Sight, Snapshot};
use crate::people::Actor;
use crate::policy::Authorized;
use crate::policy::rules::TakeEvents;
use crate::standards::openlineage::Event;
use crate::store::Tx;
use crate::{Ctx, Error, ErrorKind, Refusal, Result};

/// Beyond this room, senders are told to come again.
static ROOM: Room = Room::new();

/// Bytes of texts that are read in one turn, if there is more than one.
const READ_IN_A_TURN: usize = 64 * 1024;

/// How long the parts of a run may be under way until they are no longer put together.
const RUN_LASTS: TimeDelta = TimeDelta::days(7);

/// Weight of the events that are looked up, applied and written together: some five hundred usual ones.
const HEAVIEST: usize = 12_000;

/// Most names that the sender of an event is told as described by nothing.
const MOST_UNDESCRIBED: usize = 10;

/// What became of an event.
#[derive(Debug, Default)]
struct Kept {
    /// False when it was kept before.
    new: bool,
    /// What its sender could do better.
    advice: Vec<String>,
    /// What became of names.
    named: Named,
}

/// What became of events.
#[derive(Debug, Default)]
struct Outcome {
    /// Of each, in order.
    kept: Vec<Result<Kept>>,
    /// Assets that look different now.
    touched: BTreeSet<String>,
}

/// Takes one event; the same event a second time changes nothing. Answers what its sender could do better, when the event
/// is durable.
///
/// # Errors
/// Refused with the fields, and of a text that is not long with line and column, when it is no event, when it is larger than
/// any real one, and as busy when many others arrive or a service account adds more than it may within an hour.
pub async fn ingest(ctx: &Ctx, actor: &Actor, text: &str) -> Result<Vec<String>> {
    let mut answers = ingest_all(ctx, actor, vec![text.to_owned()]).await;
    answers.pop().unwrap_or_else(|| Err(Error::fault("an event without an answer")))
}

/// Takes events in their order, each by itself: what [`ingest`] says of one is the answer to each.
pub async fn ingest_all(ctx: &Ctx, actor: &Actor, texts: Vec<String>) -> Vec<Result<Vec<String>>> {
    let count = texts.len();
    let all = |error: &Error| (0..count).map(|_| Err(again(error))).collect();
    let party = Party::from(actor);
    let room = match room(actor, texts.iter().map(String::len).sum()) {
        Ok(room) => room,
        Err(error) => return all(&error),
    };
    let added = Added::of(actor, ctx.now());
    if let Some(Err(error)) = added.as_ref().map(|added| added.allows_texts(ctx.now())) {
        return all(&error);
    }
    let (room, now, mut all_read) = (Arc::new(room), ctx.now(), Vec::with_capacity(count));
    for texts in in_turns(texts) {
        let (lake_root, added, room) = (ctx.settings.lake_root.clone(), added.clone(), Arc::clone(&room));
        let read = move || {
            let read = texts.iter().map(|text| {
                let read = read(text, &lake_root);
                // What is kept counts when it is.
                if let (Err(_), Some(added)) = (&read, &added) {
                    added.note_text(text.len(), now);
                }
                read.map(|(event, advice)| (Prepared { added: added.clone(), ..event }, advice))
            });
            // The room of a sender who leaves is free again when nothing of the texts is held any more.
            (read.collect::<Vec<_>>(), room)
        };
        match EVENTS.run(party, read).await {
            Ok((read, _room)) => all_read.extend(read),
            Err(error) => return all(&error),
        }
    }
    let (mut waiting, mut answers) = (Vec::new(), Vec::new());
    for read in all_read {
        answers.push(read.map(|(event, advice)| {
            let (answer, answered) = oneshot::channel();
            let (actor, room) = (actor.clone(), Arc::clone(&room));
            waiting.push(Waiting { event: Arc::new(event), actor, answer, _room: room });
            (advice, answered)
        }));
    }
    drop(room);
    if !waiting.is_empty() {
        Events::send(ctx, party, waiting);
    }
    let mut told = Vec::with_capacity(count);
    for answer in answers {
        told.push(match answer {
            Ok((advice, answered)) => self::answer(ctx, advice, answered).await,
            Err(error) => Err(error),
        });
    }
    told
}

/// Texts by what is read in one turn: a sender of many keeps others waiting for no more than that.
fn in_turns(texts: Vec<String>) -> Vec<Vec<String>> {
    let mut turns: Vec<(usize, Vec<String>)> = Vec::new();
    for text in texts {
        match turns.last_mut() {
            Some((bytes, turn)) if *bytes + text.len() <= READ_IN_A_TURN => {
                *bytes += text.len();
                turn.push(text);
            }
            _ => turns.push((text.len(), vec![text])),
        }
    }
    turns.into_iter().map(|(_, turn)| turn).collect()
}

/// Room for so many bytes that wait to be unpacked or taken apart; dropping it gives it back.
///
/// # Errors
/// Refused as busy where there is none.
pub fn room(actor: &Actor, bytes: usize) -> Result<Held> {
    let text = "Too many events arrive at the same time; send this one again in some seconds.";
    ROOM.take(Party::from(actor), bytes).ok_or_else(|| Error::busy(text))
}

/// Reads and prepares an event. What is refused here never waits for the lock.
fn read(text: &str, lake_root: &str) -> Result<(Prepared, Vec<String>)> {
    let (event, advice) = Event::advised("event", text).map_err(|errors| {
        let is_json = serde_json::from_str::<Value>(text).is_ok();
        Error::Refused(Refusal {
            kind: if is_json { ErrorKind::Invalid } else { ErrorKind::Malformed },
            message: errors.to_string(),
            field: None,
            others: Box::default(),
            rule: None,
            wait: None,
        })
    })?;
    Ok((Prepared::of(&event, lake_root)?, advice))
}

/// What the sender of an event is told.
async fn answer(
    ctx: &Ctx,
    mut advice: Vec<String>,
    answered: oneshot::Receiver<Result<Taken>>,
) -> Result<Vec<String>> {
    let Taken { kept, actor } = answered.await.map_err(Error::fault)??;
    advice.extend(kept.advice);
    advice.extend(undescribed(ctx, &kept.named.used).await?);
    advice.extend(told(ctx, &actor, kept.named.refused).await?);
    Ok(advice)
}

/// Says which names of an event stand for nothing that everybody sees described: they may be slips. It is said with every event
/// and to every sender. A name that nobody had, one that only events use, and one of something hidden read alike so, whoever
/// sends them and however often: what depended on the moment that a name came into the catalog, or on the sender, would tell
/// by its silence that something hidden has the name. Whoever may look names up still finds that one which they just sent is
/// not shown to them: a name is taken once, and no answer to an event can hide that.
async fn undescribed(ctx: &Ctx, used: &[(String, Vec<String>)]) -> Result<Option<String>> {
    // A description that came a moment ago may be missed once: no event waits for it.
    let snapshot = match ctx.snapshots.newest() {
        Some(held) => held,
        None => ctx.snapshot().await?,
    };
    let is_seen = seen_by_everybody(snapshot);
    let names = used.iter().filter(|(_, described)| !described.iter().any(&is_seen));
    let first = First::cut(names.map(|(name, _)| name.clone()).collect(), MOST_UNDESCRIBED);
    Ok((first.of > 0).then(|| {
        format!(
            "Nothing that everybody sees describes {}. Where the job means something that is described, correct the \
             name it sends.",
            first.words()
        )
    }))
}

/// What the sender is told of what was not done: what follows from descriptions by files that everybody sees, and from nothing
/// else. An asset that only events made is seen by everybody as well, so a sentence about one would tell by its silence that
/// something hidden has the name, as would one about a name that events gave to what a file describes, and one that depends on
/// who else uses it. Whoever operates the portal sees everything and is told all.
async fn told(ctx: &Ctx, actor: &Actor, mut refused: Vec<Refused>) -> Result<Vec<String>> {
    if !matches!(actor, Actor::System(_)) && !refused.is_empty() {
        // What was hidden a moment ago is told no more.
        let is_seen = seen_by_everybody(ctx.snapshot().await?);
        refused.retain(|refused| refused.described.iter().all(|id| id.as_ref().is_some_and(&is_seen)));
    }
    Ok(refused.into_iter().map(|refused| refused.sentence).collect())
}

/// Which assets everybody sees.
fn seen_by_everybody(snapshot: Arc<Snapshot>) -> impl Fn(&String) -> bool {
    let everybody = Rights::of_a_stranger();
    move |id: &String| {
        snapshot.assets.get(id).is_some_and(|asset| snapshot.sight(&everybody, asset) != Sight::Hidden)
    }
}

/// What became of events of files.
pub(crate) struct Imported {
    /// Each by its id, and whether it was new.
    pub(crate) events: Vec<(String, bool)>,
    /// Assets that look different now.
    pub(crate) touched: BTreeSet<String>,
}

/// Keeps the events of a file in their order: the id of each, and whether it is new.
///
/// # Errors
/// The first refusal.
pub(crate) async fn keep_events(
    tx: &mut Tx,
    proof: &Authorized<TakeEvents>,
    ctx: &Ctx,
    events: Vec<Event>,
) -> Result<Imported> {
    let lake_root = ctx.settings.lake_root.clone();
    let prepare = move || -> Result<Vec<Arc<Prepared>>> {
        events.iter().map(|event| Prepared::of(event, &lake_root).map(Arc::new)).collect()
    };
    let events = BATCHES.run(Party::PORTAL, prepare).await??;
    let Outcome { kept, touched } = keep_all(tx, proof, ctx.now(), &events).await?;
    let kept = events.iter().zip(kept).map(|(event, kept)| Ok((event.id.clone(), kept?.new)));
    Ok(Imported { events: kept.collect::<Result<_>>()?, touched })
}

/// Keeps events and the edges they say, in their order; in a write transaction.
async fn keep_all(
    tx: &mut Tx,
    proof: &Authorized<TakeEvents>,
    now: DateTime<Utc>,
    events: &[Arc<Prepared>],
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let (mut rest, mut most) = (events, usize::MAX);
    while !rest.is_empty() {
        let part = rest[..together(rest, most)].to_vec();
        let state = State::load(tx, &part, now).await?;
        let Applied { mut state, kept, joined } =
            BATCHES.run(Party::PORTAL, move || state.apply(&part)).await?;
        state.write(tx, proof).await?;
        let (taken, later) = rest.split_at(kept.len());
        most = most.saturating_mul(2);
        if let (Some(known), Some(event)) = (joined, taken.last()) {
            state.write_joins(tx, proof).await?;
            state.load_uses(tx, &[event.as_ref()]).await?;
            state.draw(event, &known);
            state.write(tx, proof).await?;
            // What was looked up for those after it is looked up again: where one joins, others may.
            most = 1;
        }
        outcome.touched.append(&mut state.pending.touched);
        outcome.kept.extend(kept);
        rest = later;
    }
    Ok(outcome)
}

/// How many of these events are kept together.
fn together(events: &[Arc<Prepared>], most: usize) -> usize {
    let mut weight = 0;
    let fit = events.iter().take(most).take_while(|event| {
        weight += event.weight();
        weight <= HEAVIEST
    });
    fit.count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_turns_in_their_order_and_none_is_left_out() {
        let lengths = [1, READ_IN_A_TURN, 2, 3, READ_IN_A_TURN * 2, 4];
        let turns = in_turns(lengths.iter().map(|length| "x".repeat(*length)).collect());
        let turns: Vec<Vec<usize>> =
            turns.iter().map(|turn| turn.iter().map(String::len).collect()).collect();
        assert_eq!(turns, [vec![1], vec![READ_IN_A_TURN], vec![2, 3], vec![READ_IN_A_TURN * 2], vec![4]]);
    }
}
