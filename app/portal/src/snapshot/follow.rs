//! Following the changes: the newest state, kept for everybody, and the next one made from it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::time::timeout;

use super::heard::Heard;
use super::load;
use super::touch::Touch;
use super::types::{Snapshot, Unread};
use crate::actor::Party;
use crate::beside::CATALOGS;
use crate::store::changes::{self, Touched};
use crate::store::{Boxed, Tx};
use crate::{Clock, Ctx, Error, Fault, Result, SystemClock};

/// The longest that a call waits for a state that is being made, where there is an older one. Whoever just changed something
/// expects to see it, and sees it: what one change touched is read again in a few milliseconds.
const NEXT_STATE_TIMEOUT: Duration = Duration::from_millis(300);
/// Once the held state is known to be behind for so long, calls wait for the next one: what was hidden since is shown no
/// longer.
const MOST_BEHIND: Duration = Duration::from_secs(10);
/// Changes that are seen so soon after another count as seen with it: what is noted of them stays small.
const TOGETHER: Duration = Duration::from_secs(1);
/// The shortest time between two states that are made while nobody asks: events arrive by the hundred.
const SHORTEST: Duration = Duration::from_millis(100);
/// The pause after an attempt that failed. It doubles with each that fails again, up to sixteen times as long.
const RETRY: Duration = Duration::from_secs(1);

/// Attempts to make the next state that failed since one went well.
#[derive(Debug)]
struct Failed {
    /// When the last one began and ended.
    began: Instant,
    ended: Instant,
    error: Error,
    times: u32,
    /// When the first of them began.
    since: DateTime<Utc>,
}

/// The newest state.
#[derive(Debug)]
pub struct Snapshots {
    newest: RwLock<Option<Arc<Snapshot>>>,
    /// Whoever makes the next state.
    making: Arc<tokio::sync::Mutex<()>>,
    /// How long a call waits for the next state, in milliseconds.
    next_timeout: AtomicU64,
    /// How long the held state answers that is known to be behind, in milliseconds.
    most_behind: AtomicU64,
    /// The newest changes that the held state was found behind of, each with the moment of the first call that did.
    seen: Mutex<Vec<(i64, Instant)>>,
    /// What lineage events alone changed.
    pub(crate) heard: Heard,
    failed: Mutex<Option<Failed>>,
    /// The cause of failing that the log knows.
    told: Mutex<Option<String>>,
}

impl Default for Snapshots {
    fn default() -> Self {
        Self {
            newest: RwLock::default(),
            making: Arc::default(),
            next_timeout: AtomicU64::new(millis(NEXT_STATE_TIMEOUT)),
            most_behind: AtomicU64::new(millis(MOST_BEHIND)),
            seen: Mutex::default(),
            heard: Heard::default(),
            failed: Mutex::default(),
            told: Mutex::default(),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// What a lock keeps, also when a thread panicked that held it: nothing in these is ever half done.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn cause(error: &Error) -> String {
    match error {
        Error::Refused(refusal) => refusal.message.clone(),
        Error::Fault(fault) => fault.cause.clone(),
    }
}

/// The same for another call, without another line in the log.
fn again(error: &Error) -> Error {
    match error {
        Error::Refused(refusal) => Error::Refused(refusal.clone()),
        Error::Fault(fault) => Error::Fault(Fault { id: fault.id, cause: fault.cause.clone() }),
    }
}

impl Snapshots {
    /// Lets calls wait so long for a state that is being made, where there is an older one.
    pub fn wait_at_most(&self, most: Duration) {
        self.next_timeout.store(millis(most), Ordering::Relaxed);
    }

    /// Lets a state that is known to be behind answer so long.
    pub fn behind_at_most(&self, most: Duration) {
        self.most_behind.store(millis(most), Ordering::Relaxed);
    }

    /// The newest state that is held, if any. The database may be ahead of it.
    pub fn newest(&self) -> Option<Arc<Snapshot>> {
        self.newest.read().ok()?.clone()
    }

    fn held(&self, change: i64) -> Option<Arc<Snapshot>> {
        self.newest().filter(|held| held.change >= change)
    }

    /// Keeps a state, and answers the one before.
    fn keep(&self, made: &Arc<Snapshot>) -> Option<Arc<Snapshot>> {
        let before = self.newest.write().ok().and_then(|mut newest| newest.replace(Arc::clone(made)));
        self.heard.forget(made.change);
        // Each of them once, not with every state that still holds it.
        for (key, unread) in &made.unread {
            if before.as_ref().and_then(|before| before.unread.get(key)) != Some(unread) {
                let Unread { kind, id, problem, .. } = unread;
                tracing::warn!(
                    kind,
                    id,
                    problem,
                    "a document cannot be read and is left out; import it again"
                );
            }
        }
        before
    }

    /// How long it is known that the held state is behind, for whoever saw this change just now.
    fn behind_for(&self, change: i64) -> Duration {
        let held = self.newest().map_or(0, |held| held.change);
        let (now, mut seen) = (Instant::now(), locked(&self.seen));
        seen.retain(|(newest, _)| *newest > held);
        match seen.last_mut() {
            Some((newest, _)) if *newest >= change => {}
            Some((newest, at)) if now.duration_since(*at) < TOGETHER => *newest = change,
            _ => seen.push((change, now)),
        }
        seen.first().map_or(Duration::ZERO, |(_, at)| now.duration_since(*at))
    }

    /// How long whoever asked at this moment waits before the next attempt. An attempt that began since, and failed, failed
    /// for them too; and nobody waits for one that is far away.
    fn pause(&self, asked: Instant) -> Result<Option<Duration>> {
        let failed = locked(&self.failed);
        let Some(last) = failed.as_ref() else { return Ok(None) };
        let pause = RETRY * (1_u32 << last.times.saturating_sub(1).min(4));
        let left = pause.saturating_sub(last.ended.elapsed());
        if last.began >= asked || left > RETRY {
            return Err(again(&last.error));
        }
        Ok(Some(left).filter(|left| !left.is_zero()))
    }

    /// Notes how an attempt ended that began then.
    fn tried(&self, began: Instant, made: &Result<Arc<Snapshot>>) {
        let error = made.as_ref().err();
        self.tell(error);
        let mut failed = locked(&self.failed);
        let times = failed.as_ref().map_or(0, |last| last.times).saturating_add(1);
        let since = failed.as_ref().map_or_else(|| SystemClock.now(), |last| last.since);
        *failed =
            error.map(|error| Failed { began, ended: Instant::now(), error: again(error), times, since });
    }

    /// Since when the next state could not be made; `None` where nothing failed. What changed since is not on the pages,
    /// however long it lasts.
    pub fn failing_since(&self) -> Option<DateTime<Utc>> {
        locked(&self.failed).as_ref().map(|failed| failed.since)
    }

    /// Says a cause once, not with every attempt that fails for it.
    fn tell(&self, error: Option<&Error>) {
        let cause = error.map(cause);
        let mut told = locked(&self.told);
        if *told == cause {
            return;
        }
        if let Some(cause) = &cause {
            tracing::warn!(cause = cause.as_str(), "the catalog could not be renewed; it is tried again");
        } else {
            tracing::info!("the catalog is renewed again");
        }
        *told = cause;
    }
}

impl Ctx {
    /// The catalog for a page that shows what it says: from memory, with what changed since.
    ///
    /// While the next state takes long to make, the one before still answers: what a change hides may be shown until the
    /// state with it is made, but no longer than ten seconds after the first call that found the held state behind; from
    /// then on calls wait. Where the next state cannot be made at all, the one before answers until it can: one fault never
    /// takes every page down. Nor does a call wait for what only lineage events said, where the next state is made beside
    /// ([`keep_following`]). Values are read, and decisions made, under [`Ctx::snapshot_now`].
    pub fn snapshot(&self) -> Boxed<'_, Arc<Snapshot>> {
        Box::pin(async move {
            let change = self.newest_change().await?;
            self.snapshot_of(change).await
        })
    }

    /// The same for whoever read just now which change is the newest.
    pub(crate) fn snapshot_of(&self, change: i64) -> Boxed<'_, Arc<Snapshot>> {
        self.shown(change, false)
    }

    /// The same for whoever may have sent events and reads what came of them: it waits for what they said as for any other
    /// change.
    pub(crate) fn snapshot_with_events(&self) -> Boxed<'_, Arc<Snapshot>> {
        Box::pin(async move {
            let change = self.newest_change().await?;
            self.shown(change, true).await
        })
    }

    fn shown(&self, change: i64, with_events: bool) -> Boxed<'_, Arc<Snapshot>> {
        Box::pin(async move {
            let next = self.next(change);
            let Some(held) = self.snapshots.newest() else { return next.await };
            if held.change >= change {
                return Ok(held);
            }
            let most = Duration::from_millis(self.snapshots.most_behind.load(Ordering::Relaxed));
            let made = if self.snapshots.behind_for(change) > most {
                next.await.ok()
            } else if !with_events && self.snapshots.heard.is_all(held.change, change) {
                None
            } else {
                let most = Duration::from_millis(self.snapshots.next_timeout.load(Ordering::Relaxed));
                timeout(most, next).await.ok().and_then(Result::ok)
            };
            Ok(made.or_else(|| self.snapshots.newest()).unwrap_or(held))
        })
    }

    /// The catalog with the newest change there is by now, however long that takes: for whoever reads values under it,
    /// decides by it, or takes the turn to write next and would have everybody wait there instead.
    ///
    /// # Errors
    /// A fault where that state cannot be made; an older one never stands in for it.
    pub fn snapshot_now(&self) -> Boxed<'_, Arc<Snapshot>> {
        Box::pin(async move {
            let change = self.newest_change().await?;
            self.next(change).await
        })
    }

    async fn newest_change(&self) -> Result<i64> {
        let mut tx = self.db.read().await?;
        changes::newest(&mut tx, changes::CATALOG).await
    }

    /// The catalog as the open transaction sees it. A decision asks here, after the lock that all changes take: what it
    /// waited for counts. To be called before the transaction changes the catalog itself, or after it noted its change.
    pub(crate) fn snapshot_in<'a>(&'a self, tx: &'a mut Tx) -> Boxed<'a, Arc<Snapshot>> {
        Box::pin(async move { Ok(newest(tx, self.snapshots.newest()).await?.0) })
    }

    /// The same with what the transaction touched itself and did not note yet.
    pub(crate) fn snapshot_with<'a>(
        &'a self,
        tx: &'a mut Tx,
        touched: impl IntoIterator<Item = Touched>,
    ) -> Boxed<'a, Snapshot> {
        let touched: BTreeSet<Touched> = touched.into_iter().collect();
        Box::pin(async move {
            let held = self.snapshot_in(tx).await?;
            held.with(tx, touched).await
        })
    }

    /// The state of this change or a newer one, made here or by whoever began to.
    fn next(&self, change: i64) -> Boxed<'_, Arc<Snapshot>> {
        Box::pin(async move {
            if let Some(held) = self.snapshots.held(change) {
                return Ok(held);
            }
            let asked = Instant::now();
            let turn = Arc::clone(&self.snapshots.making).lock_owned().await;
            if let Some(held) = self.snapshots.held(change) {
                return Ok(held);
            }
            // However many calls there are: what fails is not begun anew for each of them.
            if let Some(pause) = self.snapshots.pause(asked)? {
                tokio::time::sleep(pause).await;
            }
            // Whoever comes after a call that was left finds what was made for it.
            let ctx = self.clone();
            let made = tokio::spawn(async move {
                let (_turn, began) = (turn, Instant::now());
                let making = ctx.clone();
                // A task of its own: one that panics is noted as well.
                let made = tokio::spawn(async move { making.make().await }).await;
                let made = made.unwrap_or_else(|panic| Err(Error::fault(panic)));
                ctx.snapshots.tried(began, &made);
                made
            });
            made.await.map_err(Error::fault)?
        })
    }

    async fn make(&self) -> Result<Arc<Snapshot>> {
        let mut tx = self.db.read().await?;
        let (made, touch) = newest(&mut tx, self.snapshots.newest()).await?;
        drop(tx);
        // The search takes it in before anybody sees it: what is hidden since is never found.
        let (index, state, touched) = (Arc::clone(&self.index), Arc::clone(&made), touch.clone());
        CATALOGS.run(Party::PORTAL, move || index.follow(&state, &touched)).await?;
        let before = self.snapshots.keep(&made);
        if touch == Touch::All && before.is_some() {
            // Nothing of it is shared: taking it apart takes as long as making it.
            tokio::spawn(CATALOGS.run(Party::PORTAL, move || drop(before)));
        }
        Ok(made)
    }
}

/// The state that the transaction sees, and what a search has to look at again that knows the one before.
async fn newest(tx: &mut Tx, held: Option<Arc<Snapshot>>) -> Result<(Arc<Snapshot>, Touch)> {
    let Some(held) = held else { return Ok((Arc::new(load::whole(tx).await?), Touch::All)) };
    let change = changes::newest(tx, changes::CATALOG).await?;
    if held.change >= change {
        return Ok((held, Touch::Entries(BTreeSet::new())));
    }
    let touched = changes::touched_since(tx, held.change).await?;
    let (made, touch) = load::moved(tx, &held, change, touched).await?;
    Ok((Arc::new(made), touch))
}

/// Follows the changes of other replicas, and of lineage events, also while nobody asks, until it is dropped: whoever comes
/// finds the newest state. It waits for the state it asks for, so that it hears of failures and never asks for a second one
/// beside it.
pub async fn keep_following(ctx: Ctx, every: Duration) {
    let _following = ctx.snapshots.heard.follow();
    loop {
        let made = ctx.snapshot_now().await;
        ctx.snapshots.tell(made.as_ref().err());
        drop(made);
        tokio::time::sleep(SHORTEST.min(every)).await;
        _ = timeout(every.saturating_sub(SHORTEST), ctx.snapshots.heard.woken()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault() -> Error {
        Error::Fault(Fault { id: uuid::Uuid::nil(), cause: "broken".to_owned() })
    }

    fn state(change: i64) -> Arc<Snapshot> {
        Arc::new(Snapshot { change, ..Snapshot::default() })
    }

    #[test]
    fn what_fails_is_never_begun_anew_for_every_call() {
        let snapshots = Snapshots::default();
        let asked = Instant::now();
        assert!(matches!(snapshots.pause(asked), Ok(None)), "nothing failed");
        snapshots.tried(Instant::now(), &Err(fault()));
        assert!(snapshots.pause(asked).is_err(), "it failed for whoever waited for it");
        let later = Instant::now() + Duration::from_millis(1);
        let pause = snapshots.pause(later).expect("it may be tried again").expect("after a pause");
        assert!(pause <= RETRY, "{pause:?}");
        snapshots.tried(Instant::now(), &Err(fault()));
        assert!(snapshots.pause(later).is_err(), "the second pause is longer, and nobody waits for its end");
        for _ in 0..100 {
            snapshots.tried(Instant::now(), &Err(fault()));
        }
        assert!(snapshots.pause(later).is_err());
        assert_eq!(*locked(&snapshots.told), Some("broken".to_owned()), "the log knows");
        assert!(
            snapshots.failing_since().is_some_and(|since| since <= SystemClock.now()),
            "and so can everybody"
        );
        snapshots.tried(Instant::now(), &Ok(state(1)));
        assert!(matches!(snapshots.pause(asked), Ok(None)), "it went well");
        assert_eq!(*locked(&snapshots.told), None);
        assert_eq!(snapshots.failing_since(), None);
    }

    #[test]
    fn a_state_that_follows_ever_newer_changes_is_never_behind_for_longer_than_the_oldest_of_them() {
        let snapshots = Snapshots::default();
        snapshots.keep(&state(1));
        snapshots.behind_for(2);
        std::thread::sleep(Duration::from_millis(30));
        let behind = snapshots.behind_for(3);
        assert!(behind >= Duration::from_millis(30), "since the first call that found it behind: {behind:?}");
        snapshots.keep(&state(3));
        assert_eq!(snapshots.behind_for(4), Duration::ZERO, "it was renewed since");
        assert_eq!(locked(&snapshots.seen).len(), 1);
    }
}
