//! Work that takes a while, done beside the threads that answer calls.
//!
//! Each kind has turns of its own: a flood of one keeps nobody waiting who wants another. Among those who want the same,
//! parties take turns: a flood of one keeps no other waiting for longer than what was begun. Whoever has no turn yet is gone
//! when the call is left. Work that was begun cannot be stopped: it keeps its turn until it ends, also when nobody waits for
//! it any more.

mod turns;

use std::num::NonZero;
use std::sync::{Arc, LazyLock};

use self::turns::Turns;
use crate::actor::Party;
use crate::{Error, Result};

/// Most calls of one party that wait for a kind of work.
const MOST: usize = 64;
/// The same for events: programs send many at once, and the room for their texts is bounded.
const MOST_EVENTS: usize = 1_024;
/// The same for trials: whoever types waits for one of them.
const MOST_TRIALS: usize = 8;

/// Work of one kind, so much of it at the same time.
#[derive(Debug)]
pub struct Beside(LazyLock<Arc<Turns>>);

/// Parts of the lineage graph, walked and laid out.
pub static DRAWINGS: Beside = Beside::on_half();
/// All that is hit when something changes, walked and counted: apart from what is drawn, for there may be far more of it.
pub static IMPACTS: Beside = Beside::on_half();
/// Searches, matched and counted: on every processor, for each is over before a page would have waited for it, and one after
/// the other they would wait for each other.
pub static WORDS: Beside = Beside::on_all();
/// Rows, written as CSV.
pub static FILES: Beside = Beside::on_half();
/// Documents that people write, read and compared.
pub static DOCUMENTS: Beside = Beside::on_half();
/// Folders that programs push, read and compared: apart from what people write, for one may hold a thousand documents.
pub static PUSHES: Beside = Beside::on_half();
/// Documents that are tried, written in a transaction that leaves nothing behind, and plans that are applied. One at a time,
/// for each of them takes the turn to write, and between two of them come all who change something.
pub static TRIALS: Beside = Beside(LazyLock::new(|| Turns::new(1, MOST_TRIALS)));
/// Lineage events, unpacked and read.
pub static EVENTS: Beside = Beside(LazyLock::new(|| Turns::new(half(), MOST_EVENTS)));
/// Batches of lineage events, applied to what is known. Apart from those that are read: whoever holds the lock of all
/// changes waits for no flood of them.
pub static BATCHES: Beside = Beside::on_half();
/// The catalog, read from its rows and indexed. Two, however many processors there are: whoever reads it under the lock
/// of all changes does not wait for those who only look.
pub static CATALOGS: Beside = Beside(LazyLock::new(|| Turns::new(2, MOST)));
/// All files of an import, read on every processor. One import at a time, and never under the lock of all changes.
pub static IMPORTS: Beside = Beside(LazyLock::new(|| Turns::new(1, MOST)));

impl Beside {
    /// On half of the processors: calls are answered by the others.
    const fn on_half() -> Self {
        Self(LazyLock::new(|| Turns::new(half(), MOST)))
    }

    /// On all processors.
    const fn on_all() -> Self {
        Self(LazyLock::new(|| Turns::new(processors(), MOST)))
    }

    /// Does the work of a party when its turn has come.
    ///
    /// # Errors
    /// Refused as busy when too much of the party's waits already; a fault when the work panics.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that gives work its turn")]
    pub async fn run<T: Send + 'static>(
        &'static self,
        party: Party,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let turn = self.0.take(party).await?;
        let work = move || {
            let _turn = turn;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::fault)
    }

    /// Waits in a party's turn for what takes no thread of its own, such as statements of the database. What is left before
    /// its end gives its turn back.
    ///
    /// # Errors
    /// Refused as busy when too much of the party's waits already.
    pub async fn hold<F: Future>(&'static self, party: Party, work: F) -> Result<F::Output> {
        let _turn = self.0.take(party).await?;
        Ok(work.await)
    }
}

/// Half of the processors, and at least one.
fn half() -> usize {
    (processors() / 2).max(1)
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    static ONE: Beside = Beside(LazyLock::new(|| Turns::new(1, MOST)));

    #[tokio::test]
    async fn work_is_never_done_on_the_thread_that_answers_and_keeps_its_turn_when_its_caller_leaves() {
        let thread = || std::thread::current().id();
        assert_ne!(ONE.run(Party::PORTAL, thread).await.expect("it is done"), thread());
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let work = ONE.run(Party::PORTAL, move || ended.recv());
        assert!(tokio::time::timeout(Duration::ZERO, work).await.is_err(), "its caller has left");
        let next = tokio::time::timeout(Duration::from_millis(50), ONE.run(Party::PORTAL, thread));
        assert!(next.await.is_err(), "nothing is begun beside it");
        end.send(()).expect("it is still under way");
        ONE.run(Party::PORTAL, thread).await.expect("its turn comes back when it ends");
    }
}
