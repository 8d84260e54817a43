//! The thread that writes the index after the catalog, and what it shares with those who search.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::super::facts::Facts;
use super::reading::Reading;
use super::store::{Home, Store};
use super::{Standing, locked};
use crate::snapshot::Touch;
use crate::store::changes::MOST_TOUCHED;

/// Time between two commits: what changes meanwhile goes into one.
const PAUSE: Duration = Duration::from_millis(200);
/// Time that the index may be behind without a word about it.
const LATE_AFTER: Duration = Duration::from_secs(1);
/// Time that a search in memory waits for its index.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Time after which a folder that failed is tried again.
const AGAIN: Duration = Duration::from_secs(10);
/// Time between two looks for what waits for a quiet moment, and how many of them follow a change.
const LOOK: Duration = Duration::from_secs(2);
const LOOKS: u32 = 15;
/// How much the thread stands back, in steps of `nice`, where nobody waits for it: what answers calls goes first, and yet a
/// change is found within a second on a machine that is busy.
const NICE: i32 = 5;

/// What searches, the catalog and the follower share.
#[derive(Debug)]
pub(super) struct Shared {
    facts: RwLock<Arc<Facts>>,
    reading: RwLock<Option<Arc<Reading>>>,
    work: Mutex<Work>,
    /// There is more to do.
    more: Condvar,
    /// Something was done.
    done: Condvar,
    is_closed: AtomicBool,
}

/// What is to be done.
#[derive(Debug)]
struct Work {
    touched: Option<Touch>,
    /// Since when something waits.
    behind_since: Option<Instant>,
    /// The newest change that the index reflects.
    reflects: Option<i64>,
    has_failed: bool,
    /// Somebody could not read what was found on the disk.
    is_damaged: bool,
}

/// What the follower does next, and the facts as of which it does that.
enum Next {
    Write(Arc<Facts>, Touch),
    Tidy(Arc<Facts>),
    End,
}

impl Default for Shared {
    fn default() -> Self {
        let work =
            Work { touched: None, behind_since: None, reflects: None, has_failed: false, is_damaged: false };
        Self {
            facts: RwLock::default(),
            reading: RwLock::default(),
            work: Mutex::new(work),
            more: Condvar::new(),
            done: Condvar::new(),
            is_closed: AtomicBool::new(false),
        }
    }
}

impl Shared {
    pub(super) fn facts(&self) -> Arc<Facts> {
        Arc::clone(&self.facts.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn reading(&self) -> Option<Arc<Reading>> {
        self.reading.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// New facts, and what the index has to take in of them.
    pub(super) fn keep(&self, facts: Facts, touched: &Touch) {
        let facts = Arc::new(facts);
        // The facts before are taken apart when nobody waits for the locks.
        let _before = {
            // One lock over both: whoever takes the facts also takes all that leads to them.
            let mut work = locked(&self.work);
            work.add(touched);
            work.behind_since.get_or_insert_with(Instant::now);
            let mut held = self.facts.write().unwrap_or_else(PoisonError::into_inner);
            let before = std::mem::replace(&mut *held, facts);
            self.more.notify_all();
            before
        };
    }

    pub(super) fn standing(&self) -> Standing {
        let is_whole = self.reading().is_some_and(|reading| reading.is_whole());
        let work = locked(&self.work);
        let is_late = work.behind_since.is_some_and(|since| since.elapsed() > LATE_AFTER);
        Standing { is_catching_up: !is_whole || is_late, reflects: work.reflects }
    }

    /// Waits until a change is reflected; not for ever, and not where that fails.
    pub(super) fn wait_for(&self, change: i64) -> bool {
        let is_open = |work: &mut Work| work.reflects < Some(change) && !work.has_failed;
        let work = locked(&self.work);
        let waited = self.done.wait_timeout_while(work, LONGEST_WAIT, is_open);
        let (work, _) = waited.unwrap_or_else(PoisonError::into_inner);
        work.reflects >= Some(change)
    }

    pub(super) fn close(&self) {
        let _work = locked(&self.work);
        self.is_closed.store(true, Ordering::SeqCst);
        self.more.notify_all();
        self.done.notify_all();
    }

    fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }

    fn publish(&self, reading: Reading) {
        let reading = Some(Arc::new(reading));
        let _before =
            std::mem::replace(&mut *self.reading.write().unwrap_or_else(PoisonError::into_inner), reading);
    }

    /// Nobody reads this any more: what lies on the disk is opened again, which looks at its checksums.
    pub(super) fn give_up(&self, read: &Arc<Reading>) {
        let mut work = locked(&self.work);
        let mut held = self.reading.write().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|held| Arc::ptr_eq(held, read)) {
            *held = None;
            (work.is_damaged, work.reflects) = (true, None);
            work.add(&Touch::All);
            work.behind_since.get_or_insert_with(Instant::now);
            self.more.notify_all();
        }
    }

    /// True once after something was given up.
    fn is_damaged(&self) -> bool {
        std::mem::take(&mut locked(&self.work).is_damaged)
    }

    /// Waits for work; for a while only where somebody looks meanwhile.
    fn next(&self, most: Option<Duration>) -> Next {
        let is_idle = |work: &mut Work| work.touched.is_none() && !self.is_closed();
        let work = locked(&self.work);
        let mut work = match most {
            Some(most) => {
                self.more.wait_timeout_while(work, most, is_idle).unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.more.wait_while(work, is_idle).unwrap_or_else(PoisonError::into_inner),
        };
        if self.is_closed() {
            return Next::End;
        }
        let facts = self.facts();
        match work.touched.take() {
            Some(touched) => Next::Write(facts, touched),
            None => Next::Tidy(facts),
        }
    }

    /// Lets what changes meanwhile gather.
    fn rest(&self, time: Duration) {
        let work = locked(&self.work);
        let is_open = |_: &mut Work| !self.is_closed();
        _ = self.more.wait_timeout_while(work, time, is_open).unwrap_or_else(PoisonError::into_inner);
    }

    fn reached(&self, change: i64, began: Instant) {
        let mut work = locked(&self.work);
        work.reflects = Some(change);
        work.has_failed = false;
        work.behind_since = work.touched.is_some().then_some(began);
        self.done.notify_all();
    }

    fn failed(&self) {
        let mut work = locked(&self.work);
        work.add(&Touch::All);
        work.has_failed = true;
        self.done.notify_all();
    }
}

impl Work {
    fn add(&mut self, touched: &Touch) {
        match &mut self.touched {
            Some(held) => held.add(touched, MOST_TOUCHED),
            None => self.touched = Some(touched.clone()),
        }
    }
}

/// Follows the catalog until the index is closed.
pub(super) fn run(shared: &Shared, home: &Home) {
    let mut store: Option<Store> = None;
    let mut is_known_to_fail = false;
    let mut looks = 0;
    // On Linux it is that of this thread alone; those that the search library begins from here inherit it.
    if cfg!(target_os = "linux")
        && *home != Home::Memory
        && let Err(error) = rustix::process::nice(NICE)
    {
        tracing::debug!(%error, "the search index is written as soon as anything else");
    }
    loop {
        let (facts, touched) = match shared.next((looks > 0).then_some(LOOK)) {
            Next::End => return,
            Next::Write(facts, touched) => (facts, Some(touched)),
            Next::Tidy(facts) => (facts, None),
        };
        if shared.is_damaged() {
            store = None;
        }
        // Whose folder another process holds, looks until it is free.
        let is_displaced = store.as_ref().is_some_and(Store::is_displaced);
        looks = if touched.is_some() || is_displaced { LOOKS } else { looks - 1 };
        // What a damaged file makes of the library must not end the thread.
        let step = AssertUnwindSafe(|| step(shared, home, &mut store, &facts, touched.as_ref()));
        let done = std::panic::catch_unwind(step);
        let problem = match done {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the search library panicked".to_owned()),
        };
        if let Some(error) = problem {
            store = None;
            looks = 0;
            if !is_known_to_fail {
                tracing::error!(
                    error,
                    "the search index cannot be written; what is there answers, and it is tried again"
                );
            }
            is_known_to_fail = true;
            shared.failed();
            shared.rest(AGAIN);
        } else if touched.is_some() {
            is_known_to_fail = false;
            if *home != Home::Memory {
                shared.rest(PAUSE);
            }
        }
    }
}

/// One commit, or one look for what waits for a quiet moment.
fn step(
    shared: &Shared,
    home: &Home,
    store: &mut Option<Store>,
    facts: &Facts,
    touched: Option<&Touch>,
) -> tantivy::Result<()> {
    let began = Instant::now();
    let opened = match store.as_mut() {
        Some(held) => held.moved(home, facts),
        None if touched.is_some() => Some(Store::open(home, facts)?),
        None => None,
    };
    let is_new = opened.is_some();
    let mut spare = None;
    if let Some((opened, reading)) = opened {
        if shared.reading().is_some_and(|held| held.is_whole()) {
            // What answers is newer than what was found on the disk, and goes on until that has caught up.
            spare = reading;
        } else if let Some(reading) = reading {
            shared.publish(reading);
        }
        *store = Some(opened);
    }
    let Some(store) = store else { return Ok(()) };
    let touched = match touched {
        _ if is_new => &Touch::All,
        Some(touched) => touched,
        None => {
            if let Some(reading) = store.tidy(facts)? {
                shared.publish(reading);
            }
            return Ok(());
        }
    };
    if !store.write(facts, touched, &|| shared.is_closed())? {
        return Ok(());
    }
    // Where nothing had to be written, what was found on the disk is what the facts say.
    if let Some(reading) = store.commit(facts)?.or(spare) {
        shared.publish(reading);
    }
    shared.reached(facts.snapshot().change, began);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::snapshot::{Entry, Snapshot};

    const CHANGES: i64 = 2_000;

    fn facts(change: i64) -> Facts {
        let snapshot = Snapshot::of(Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Facts::default().next(&Arc::new(snapshot.offering(change, Vec::new())), &Touch::All)
    }

    fn entry(change: i64) -> Entry {
        Entry::Asset(format!("table_{change}"))
    }

    #[test]
    fn the_index_never_names_a_change_that_it_was_not_told_of() {
        let shared = Arc::new(Shared::default());
        let catalog = {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || {
                for change in 1..=CHANGES {
                    shared.keep(facts(change), &Touch::Entries(BTreeSet::from([entry(change)])));
                }
            })
        };
        let mut told = BTreeSet::new();
        let mut reached = 0;
        while reached < CHANGES {
            let Next::Write(facts, Touch::Entries(touched)) = shared.next(None) else { continue };
            told.extend(touched);
            let change = facts.snapshot().change;
            for change in reached + 1..=change {
                assert!(told.contains(&entry(change)), "change {change} came without what it touched");
            }
            reached = change;
        }
        catalog.join().expect("the catalog ends");
    }
}
