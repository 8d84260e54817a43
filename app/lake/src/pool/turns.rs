//! Whose request runs next: people take turns, and nobody holds all workers.
//!
//! The portal's `beside/turns.rs` is much alike and stays apart: neither crate may depend on the other, the one that both
//! use, `lakeport-frame`, runs in the browser and waits for nothing, and what a party may hold differs.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Who asks. The portal's own work, which nobody waits for by name, is one party like a person, but without a share
/// that would hold it back.
pub(super) type Party = Option<Arc<str>>;

/// The workers as turns that are given out fairly.
#[derive(Debug)]
pub(super) struct Turns {
    state: Mutex<State>,
    /// Most that one person holds.
    share: usize,
    /// Most requests that wait.
    queue: usize,
    /// Most requests of one person that wait.
    place: usize,
}

#[derive(Debug)]
struct State {
    free: usize,
    waiting: usize,
    /// Parties with requests that wait; who was served goes to the end.
    lines: VecDeque<(Party, VecDeque<oneshot::Sender<Turn>>)>,
    /// How many turns each party holds.
    held: BTreeMap<Party, usize>,
}

/// The right to use one worker; dropping it passes it on.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    party: Party,
}

impl Turns {
    pub(super) fn new(workers: usize, queue: usize) -> Arc<Self> {
        let state = State { free: workers, waiting: 0, lines: VecDeque::new(), held: BTreeMap::new() };
        let share = workers.saturating_sub(1).max(1);
        Arc::new(Self { state: Mutex::new(state), share, queue, place: queue.div_ceil(2) })
    }

    /// Waits for a turn; `None` at once when too many wait already.
    pub(super) async fn take(self: &Arc<Self>, party: Party) -> Option<Turn> {
        let turn = self.line_up(party)?;
        self.pass_on();
        turn.await.ok()
    }

    fn line_up(&self, party: Party) -> Option<oneshot::Receiver<Turn>> {
        let mut state = self.state();
        state.forget_the_gone();
        let own = state.lines.iter().find(|(other, _)| *other == party).map_or(0, |(_, line)| line.len());
        let serves_at_once = state.free > 0 && self.may_hold_more(&state, &party) && own == 0;
        if !serves_at_once && (state.waiting >= self.queue || (party.is_some() && own >= self.place)) {
            return None;
        }
        let (give, turn) = oneshot::channel();
        state.waiting += 1;
        match state.lines.iter_mut().find(|(other, _)| *other == party) {
            Some((_, line)) => line.push_back(give),
            None => state.lines.push_back((party, VecDeque::from([give]))),
        }
        Some(turn)
    }

    /// Gives free turns to those who wait.
    fn pass_on(self: &Arc<Self>) {
        while let Some((party, give)) = self.next() {
            // Whoever stopped waiting hands the turn back by dropping it.
            drop(give.send(Turn { turns: Arc::clone(self), party }));
        }
    }

    /// The next who is served, with the turn already counted as held.
    fn next(&self) -> Option<(Party, oneshot::Sender<Turn>)> {
        let mut state = self.state();
        if state.free == 0 {
            return None;
        }
        let at = state.lines.iter().position(|(party, _)| self.may_hold_more(&state, party))?;
        let (party, mut line) = state.lines.remove(at)?;
        let give = line.pop_front()?;
        if !line.is_empty() {
            state.lines.push_back((party.clone(), line));
        }
        state.waiting -= 1;
        state.free -= 1;
        *state.held.entry(party.clone()).or_default() += 1;
        Some((party, give))
    }

    fn may_hold_more(&self, state: &State, party: &Party) -> bool {
        party.is_none() || state.held.get(party).is_none_or(|held| *held < self.share)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Who no longer waits takes no place from others.
    fn forget_the_gone(&mut self) {
        for (_, line) in &mut self.lines {
            line.retain(|give| !give.is_closed());
        }
        self.lines.retain(|(_, line)| !line.is_empty());
        self.waiting = self.lines.iter().map(|(_, line)| line.len()).sum();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.turns.state();
        state.free += 1;
        if let Some(held) = state.held.get_mut(&self.party) {
            *held -= 1;
            if *held == 0 {
                state.held.remove(&self.party);
            }
        }
        // Whoever was just served waits behind the others, also with what they asked for meanwhile.
        if let Some(at) = state.lines.iter().position(|(party, _)| *party == self.party)
            && let Some(line) = state.lines.remove(at)
        {
            state.lines.push_back(line);
        }
        drop(state);
        self.turns.pass_on();
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "a party may be nobody")]
    fn person(name: &str) -> Party {
        Some(name.into())
    }

    #[tokio::test]
    async fn one_persons_requests_never_hold_all_workers() {
        let turns = Turns::new(2, 10);
        let first = turns.take(person("ada")).await.expect("a worker is free");
        let mut second = Box::pin(turns.take(person("ada")));
        assert!((&mut second).now_or_never().is_none(), "her share is one of two");
        let other = turns.take(person("bob")).now_or_never().flatten().expect("the other worker is free");
        drop(other);
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        assert!(second.now_or_never().flatten().is_some(), "her turn again");
        assert_eq!(turns.state().free, 2);
    }

    #[tokio::test]
    async fn people_take_turns_however_many_requests_one_of_them_has() {
        let turns = Turns::new(1, 10);
        let running = turns.take(person("ada")).await.expect("the worker is free");
        let mut waiting = Vec::new();
        for name in ["ada", "ada", "ada", "bob", "eve", "bob"] {
            let mut turn = Box::pin(turns.take(person(name)));
            assert!((&mut turn).now_or_never().is_none());
            waiting.push((name, turn));
        }
        let (mut order, mut held) = (Vec::new(), Some(running));
        while !waiting.is_empty() {
            held.take();
            let at = waiting.iter_mut().position(|(_, turn)| {
                held = turn.now_or_never().flatten();
                held.is_some()
            });
            order.push(waiting.remove(at.expect("somebody is served")).0);
        }
        assert_eq!(order, ["bob", "eve", "ada", "bob", "ada", "ada"]);
    }

    #[tokio::test]
    async fn nobody_fills_the_queue_alone_and_the_gone_keep_no_place() {
        let turns = Turns::new(1, 4);
        let _running = turns.take(None).await.expect("the worker is free");
        let mut waiting: Vec<_> = (0..2).map(|_| Box::pin(turns.take(person("ada")))).collect();
        for turn in &mut waiting {
            assert!(turn.now_or_never().is_none());
        }
        assert!(matches!(turns.take(person("ada")).now_or_never(), Some(None)), "half of the queue is hers");
        let mut other = Box::pin(turns.take(person("bob")));
        assert!((&mut other).now_or_never().is_none(), "there is room for others");
        drop(waiting);
        assert!(Box::pin(turns.take(person("ada"))).now_or_never().is_none(), "she waits again");
    }
}
