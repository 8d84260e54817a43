//! Whose work is done next: parties take turns, however much one of them wants.
//!
//! The lake's `pool/turns.rs` is much alike and stays apart: neither crate may depend on the other, the one that both use,
//! `lakeport-frame`, runs in the browser and waits for nothing, and what a party may hold differs.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::actor::Party;
use crate::{Error, Result};

/// Turns that are given out fairly.
#[derive(Debug)]
pub(super) struct Turns {
    state: Mutex<State>,
    /// Most calls of one party that wait; the portal's own always may.
    most: usize,
}

#[derive(Debug)]
struct State {
    free: usize,
    /// Parties with calls that wait; who was served goes to the end.
    lines: VecDeque<(Party, VecDeque<oneshot::Sender<Turn>>)>,
}

/// The right to do one piece of work; dropping it passes it on.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    party: Party,
}

impl Turns {
    /// So much work at the same time, and at most so many calls of one party that wait.
    pub(super) fn new(free: usize, most: usize) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State { free, lines: VecDeque::new() }), most })
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// Refused as busy at once when too many calls of the party wait already.
    pub(super) async fn take(self: &Arc<Self>, party: Party) -> Result<Turn> {
        let turn = self.line_up(party)?;
        self.pass_on();
        turn.await.map_err(Error::fault)
    }

    fn line_up(&self, party: Party) -> Result<oneshot::Receiver<Turn>> {
        let mut state = self.state();
        let (give, turn) = oneshot::channel();
        let Some((_, line)) = state.lines.iter_mut().find(|(other, _)| *other == party) else {
            state.lines.push_back((party, VecDeque::from([give])));
            return Ok(turn);
        };
        if party != Party::PORTAL && line.len() >= self.most {
            line.retain(|give| !give.is_closed());
            if line.len() >= self.most {
                return Err(Error::busy(format!(
                    "{} calls of yours wait for an answer of this kind already; this one was not begun. Try again when \
                     some of them are answered.",
                    self.most
                )));
            }
        }
        line.push_back(give);
        Ok(turn)
    }

    /// Gives free turns to those who wait.
    fn pass_on(self: &Arc<Self>) {
        while let Some((party, give)) = self.next() {
            // Whoever stopped waiting hands the turn back by dropping it.
            drop(give.send(Turn { turns: Arc::clone(self), party }));
        }
    }

    /// The next who is served. The gone keep no place.
    fn next(&self) -> Option<(Party, oneshot::Sender<Turn>)> {
        let mut state = self.state();
        if state.free == 0 {
            return None;
        }
        while let Some((party, mut line)) = state.lines.pop_front() {
            let next = std::iter::from_fn(|| line.pop_front()).find(|give| !give.is_closed());
            let Some(give) = next else { continue };
            if !line.is_empty() {
                state.lines.push_back((party, line));
            }
            state.free -= 1;
            return Some((party, give));
        }
        None
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.turns.state();
        state.free += 1;
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
    use std::pin::Pin;
    use std::time::Duration;

    use lakeport_model::TokenId;
    use tokio::time::timeout;
    use uuid::Uuid;

    use super::*;
    use crate::ErrorKind;
    use crate::actor::{Actor, ServiceAccount};

    type Waiting = Pin<Box<dyn Future<Output = Result<Turn>> + Send>>;

    fn party(number: u128) -> Party {
        let id = TokenId(Uuid::from_u128(number));
        (&Actor::Service(ServiceAccount { id, name: String::new(), scopes: Vec::new(), owner: None })).into()
    }

    fn asks(turns: &Arc<Turns>, party: Party) -> Waiting {
        let turns = Arc::clone(turns);
        Box::pin(async move { turns.take(party).await })
    }

    /// What is there without waiting.
    async fn now(turn: &mut Waiting) -> Option<Result<Turn>> {
        timeout(Duration::ZERO, turn).await.ok()
    }

    /// A call that waits.
    async fn waits(turns: &Arc<Turns>, party: Party) -> Waiting {
        let mut turn = asks(turns, party);
        assert!(now(&mut turn).await.is_none(), "no turn is free");
        turn
    }

    /// The order in which those who wait are served, one after the other.
    async fn order(running: Turn, waiting: Vec<(u128, Waiting)>) -> Vec<u128> {
        let served = Arc::new(Mutex::new(Vec::new()));
        let tasks: Vec<_> = waiting
            .into_iter()
            .map(|(number, turn)| {
                let served = Arc::clone(&served);
                tokio::spawn(async move {
                    let _turn = turn.await.expect("it is given");
                    served.lock().expect("nobody fails").push(number);
                })
            })
            .collect();
        drop(running);
        for task in tasks {
            task.await.expect("somebody is served");
        }
        let served = served.lock().expect("nobody fails");
        served.clone()
    }

    #[tokio::test]
    async fn parties_take_turns_however_many_calls_one_of_them_has() {
        let turns = Turns::new(1, 10);
        let running = turns.take(party(1)).await.expect("a turn is free");
        let mut calls = Vec::new();
        for number in [1, 1, 1, 2, 3, 2] {
            calls.push((number, waits(&turns, party(number)).await));
        }
        assert_eq!(order(running, calls).await, [2, 3, 1, 2, 1, 1]);
        assert_eq!(turns.state().free, 1);
        assert!(turns.state().lines.is_empty(), "nobody is remembered");
    }

    #[tokio::test]
    async fn a_turn_that_nobody_else_wants_is_never_kept_from_anybody() {
        let turns = Turns::new(2, 10);
        let first = turns.take(party(1)).await.expect("a turn is free");
        let _second = now(&mut asks(&turns, party(1))).await.expect("and another").expect("it is given");
        let mut third = waits(&turns, party(1)).await;
        drop(first);
        now(&mut third).await.expect("it is served").expect("it is given");
    }

    #[tokio::test]
    async fn nobody_lines_up_without_end_and_the_gone_keep_no_place() {
        let turns = Turns::new(1, 2);
        let running = turns.take(Party::PORTAL).await.expect("a turn is free");
        let waiting = [waits(&turns, party(1)).await, waits(&turns, party(1)).await];
        let refused = now(&mut asks(&turns, party(1))).await.expect("it is said at once");
        let Err(Error::Refused(refusal)) = refused else { panic!("a third of one party is refused") };
        assert_eq!(refusal.kind, ErrorKind::Busy);
        let other = waits(&turns, party(2)).await;
        for _ in 0..5 {
            drop(waits(&turns, Party::PORTAL).await);
        }
        drop(waiting);
        let again = waits(&turns, party(1)).await;
        assert_eq!(order(running, vec![(1, again), (2, other)]).await, [1, 2]);
        assert_eq!(turns.state().free, 1);
    }
}
