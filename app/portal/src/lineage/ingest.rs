//! Taking OpenLineage events.

mod known;
mod limits;
mod said;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use self::known::{Known, Named, Refused};
use self::limits::MOST_FLOWS;
use self::said::{Address, Columns, Said};
use super::job;
use crate::audit::{self, Entry};
use crate::beside::EVENTS;
use crate::catalog::{Rights, Sight};
use crate::people::{self, Actor};
use crate::standards::openlineage::{Event, EventType};
use crate::store::Tx;
use crate::store::changes::{self, Touched};
use crate::store::lineage::{self as store, EdgeRow, RunRow};
use crate::{Ctx, Error, ErrorKind, Refusal, Result};

/// Events read and kept at the same time. One: whoever decides on a request waits for at most one event of a sender
/// that sends a thousand.
static TURN: Semaphore = Semaphore::const_new(1);
/// Room for the texts of events under way or waiting, in parts of 64 KiB: 128 MiB in all. Beyond that, senders are told
/// to come again.
static ROOM: Semaphore = Semaphore::const_new(2_048);
const PART: usize = 64 * 1024;

/// How long the parts of a run may be under way until they are no longer put together.
const RUN_LASTS: TimeDelta = TimeDelta::days(7);

/// What became of an event.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// False when it was kept before.
    pub(crate) new: bool,
    /// True when the graph or the catalog looks different now.
    pub(crate) redraws: bool,
    /// What its sender could do better.
    pub(crate) advice: Vec<String>,
    /// What became of names.
    named: Named,
}

/// Takes one event; the same event a second time changes nothing. Answers what its sender could do better.
///
/// # Errors
/// Refused with line, column and field when the text is no event, when it is larger than any real one, and as busy when
/// many others arrive.
pub async fn ingest(ctx: &Ctx, actor: &Actor, text: &str) -> Result<Vec<String>> {
    let later =
        |_| Error::busy("Too many events arrive at the same time; send this one again in some seconds.");
    let parts = u32::try_from(text.len() / PART + 1).unwrap_or(u32::MAX);
    let room = ROOM.try_acquire_many(parts).map_err(later)?;
    let _turn = TURN.acquire().await.map_err(Error::fault)?;
    let text = text.to_owned();
    // The room of a sender who leaves is free again when nothing of the text is held any more.
    let (read, _room) = EVENTS.run(move || (Event::advised("event", &text), room)).await?;
    let (event, mut advice) = read.map_err(|errors| {
        Error::Refused(Refusal {
            kind: ErrorKind::Invalid,
            message: errors.to_string(),
            field: None,
            rule: None,
        })
    })?;
    // What is refused never waits for the lock.
    limits::check_size(&event)?;
    let (mut tx, actor) = people::begin_as(ctx, actor).await?;
    let kept = keep(&mut tx, ctx, &event).await?;
    if kept.new {
        // The catalog is loaded again only where the event made it another one.
        if kept.redraws {
            changes::touch(&mut tx, [Touched::Everything], ctx.now()).await?;
        }
        let job = event.job().map(|job| job::label(&job::of(job)));
        let entry = Entry {
            actor: &actor,
            action: "lineage.ingest",
            subject: format!("event {}", event_id(&event)),
            rule: "lineage.write_scope",
            detail: kept.named.detail(job.as_deref()),
        };
        audit::record(&mut tx, ctx, entry).await?;
        tx.commit().await?;
    }
    advice.extend(kept.advice);
    advice.extend(told(ctx, &actor, kept.named.refused).await?);
    Ok(advice)
}

/// What the sender is told of what was not done. Each of these sentences tells that an asset is there: it goes only to
/// whoever sees them all. Everybody else reads what he reads of a name that nobody has, which is nothing.
async fn told(ctx: &Ctx, actor: &Actor, refused: Vec<Refused>) -> Result<Vec<String>> {
    if refused.is_empty() {
        return Ok(Vec::new());
    }
    let viewer = match actor {
        Actor::Viewer(viewer) => viewer.clone(),
        Actor::Service(account) => account.as_viewer(),
        // Whoever operates the portal sees everything.
        Actor::System(_) => return Ok(refused.into_iter().map(|refused| refused.sentence).collect()),
    };
    let (snapshot, rights) = (ctx.snapshot().await?, Rights::of(ctx, &viewer).await?);
    let sees = |id: &String| {
        snapshot.assets.get(id).is_some_and(|asset| snapshot.sight(&rights, asset) != Sight::Hidden)
    };
    let told = refused.into_iter().filter(|refused| refused.assets.iter().all(sees));
    Ok(told.map(|refused| refused.sentence).collect())
}

/// An event has no id of its own: the hash of its content serves.
pub(crate) fn event_id(event: &Event) -> String {
    let text = serde_json::to_string(event).unwrap_or_default();
    hex::encode(&Sha256::digest(text.as_bytes())[..16])
}

/// Keeps an event and the edges it says.
pub(crate) async fn keep(tx: &mut Tx, ctx: &Ctx, event: &Event) -> Result<Kept> {
    limits::check_size(event)?;
    let said = Said::of(event);
    limits::check(event, &said)?;
    let document = serde_json::to_string(event).map_err(Error::fault)?;
    if !store::put_event(tx, &event_id(event), &document, ctx.now()).await? {
        return Ok(Kept::default());
    }
    let mut kept = Kept { new: true, ..Kept::default() };
    // A time that has not come yet would outrank everything that really happens until then.
    let at = event.event_time().min(ctx.now());
    if event.event_time() > ctx.now() + TimeDelta::minutes(5) {
        kept.advice.push("eventTime lies in the future; the time of receipt counts instead.".to_owned());
    }
    if put_run(tx, event, at).await? {
        return Ok(kept);
    }
    limits::note_names(tx, event, &said).await?;
    let job = event.job().map(job::of).unwrap_or_default();
    let mut known = Known::look_up(tx, ctx, &said, &job).await?;
    let named: BTreeSet<&Address> =
        said.reads.iter().chain(&said.writes).chain(said.renamed.iter().map(|(new, _)| new)).collect();
    for address in named {
        known.settle(tx, ctx, &said, address).await?;
    }
    for dataset in event.inputs().iter().chain(event.outputs()) {
        known.learn(tx, dataset, at).await?;
    }
    for address in &said.writes {
        known.take_back(tx, address).await?;
    }
    for address in &said.dropped {
        known.retire(tx, address, at).await?;
    }
    kept.redraws = known.changed;
    kept.redraws |= draw(tx, ctx, (event, &job), &said, &known, at).await?;
    kept.named = known.named;
    Ok(kept)
}

/// Notes where a run stands; true when it failed, and so moved nothing.
async fn put_run(tx: &mut Tx, event: &Event, at: DateTime<Utc>) -> Result<bool> {
    let Event::Run(run) = event else { return Ok(false) };
    let state = run.event_type.unwrap_or_default();
    let ended = matches!(state, EventType::Complete | EventType::Fail | EventType::Abort);
    let row = RunRow {
        job: job::of(&run.job),
        run: run.run.run_id.to_lowercase(),
        state: state.as_str().to_owned(),
        started_at: (state == EventType::Start).then_some(at),
        ended_at: ended.then_some(at),
        seen_at: at,
    };
    store::put_run(tx, &row).await?;
    Ok(matches!(state, EventType::Fail | EventType::Abort))
}

/// Draws what the event says, together with what earlier events of its run said; true when an edge is new or other.
async fn draw(
    tx: &mut Tx,
    ctx: &Ctx,
    (event, job): (&Event, &str),
    said: &Said,
    known: &Known,
    at: DateTime<Utc>,
) -> Result<bool> {
    let mut flows: BTreeMap<(String, String), Columns> = BTreeMap::new();
    for ((source, target), columns) in &said.flows {
        if let (Some(source), Some(target)) = (known.id(source), known.id(target)) {
            flows.entry((source.to_owned(), target.to_owned())).or_default().extend(columns.iter().cloned());
        }
    }
    let mut changed = false;
    if !job.is_empty() {
        let ids = |addresses: &BTreeSet<Address>| -> BTreeSet<String> {
            addresses.iter().filter_map(|address| known.id(address)).map(str::to_owned).collect()
        };
        let (reads, writes) = (ids(&said.reads), ids(&said.writes));
        if let Some(run) = event.run() {
            let run = run.run_id.to_lowercase();
            store::forget_uses(tx, job, ctx.now() - RUN_LASTS).await?;
            for (asset, writes_it) in store::uses(tx, job, &run).await? {
                let others = if writes_it { &reads } else { &writes };
                for other in others.iter().take(MOST_FLOWS.saturating_sub(flows.len())) {
                    let (source, target) = if writes_it {
                        (other.clone(), asset.clone())
                    } else {
                        (asset.clone(), other.clone())
                    };
                    flows.entry((source, target)).or_default();
                }
            }
            store::put_uses(tx, (job, &run), &reads, false, ctx.now()).await?;
            store::put_uses(tx, (job, &run), &writes, true, ctx.now()).await?;
        }
        changed |= store::put_uses(tx, (job, ""), &reads, false, ctx.now()).await?;
        changed |= store::put_uses(tx, (job, ""), &writes, true, ctx.now()).await?;
    }
    let edges: Vec<EdgeRow> = flows
        .into_iter()
        .filter(|((source, target), _)| source != target)
        .take(MOST_FLOWS)
        .map(|((source, target), columns)| {
            let columns = serde_json::to_string(&columns).map_err(Error::fault)?;
            Ok(EdgeRow { source, target, job: job.to_owned(), columns, seen_at: at })
        })
        .collect::<Result<_>>()?;
    let held = store::edges_like(tx, &edges).await?;
    let held: BTreeMap<_, _> =
        held.into_iter().map(|row| ((row.source.clone(), row.target.clone()), row)).collect();
    let mut wanted: BTreeMap<DateTime<Utc>, Vec<EdgeRow>> = BTreeMap::new();
    for edge in edges {
        let before = held.get(&(edge.source.clone(), edge.target.clone()));
        let after = merged(before, edge, ctx.now());
        changed |= before.is_none_or(|before| before.columns != after.columns);
        if before != Some(&after) {
            wanted.entry(after.seen_at).or_default().push(after);
        }
    }
    for (seen_at, edges) in wanted {
        store::put_edges(tx, &edges, seen_at).await?;
    }
    Ok(changed)
}

/// What is known of an edge after an event: the newest column lineage counts, and an event without any takes none
/// away. A time in the future, which an older version of the portal may have kept, outranks nothing.
fn merged(before: Option<&EdgeRow>, event: EdgeRow, now: DateTime<Utc>) -> EdgeRow {
    let Some(before) = before else { return event };
    let newer = before.seen_at > now || event.seen_at >= before.seen_at;
    let says_columns = event.columns != "[]";
    let columns = if says_columns && (newer || before.columns == "[]") {
        event.columns
    } else {
        before.columns.clone()
    };
    EdgeRow { columns, seen_at: if newer { event.seen_at } else { before.seen_at }, ..before.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(minute: i64, columns: &str) -> EdgeRow {
        EdgeRow {
            source: "a".to_owned(),
            target: "b".to_owned(),
            job: "n/j".to_owned(),
            columns: columns.to_owned(),
            seen_at: DateTime::from_timestamp(minute * 60, 0).expect("a moment"),
        }
    }

    #[test]
    fn the_newest_columns_count_whatever_the_order_of_arrival() {
        let now = edge(100, "[]").seen_at;
        let (old, new) = (edge(1, "[[\"x\",\"y\"]]"), edge(2, "[[\"z\",\"y\"]]"));
        assert_eq!(merged(Some(&old), new.clone(), now), new);
        assert_eq!(merged(Some(&new), old.clone(), now), new);
        let silent = merged(Some(&new), edge(3, "[]"), now);
        assert_eq!((silent.columns.as_str(), silent.seen_at), (new.columns.as_str(), edge(3, "[]").seen_at));
        assert_eq!(merged(Some(&edge(3, "[]")), old.clone(), now).columns, old.columns);
        let forged = edge(1_000, "[[\"f\",\"y\"]]");
        assert_eq!(merged(Some(&forged), new.clone(), now), new, "a forged time does not last");
    }
}
