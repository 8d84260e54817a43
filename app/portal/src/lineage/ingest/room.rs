//! Room for texts that programs send, as long as they are under way or wait: events, and bodies that wait to be unpacked or
//! read. Nobody holds all of it, and several together do not either: each sender may hold half of what the others leave.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::actor::Party;

/// All of it, in parts of 64 KiB: 128 MiB.
const ALL: usize = 2_048;
const PART: usize = 64 * 1024;

/// The room, and how many parts of it each sender holds.
#[derive(Debug, Default)]
pub struct Room(Mutex<BTreeMap<Party, usize>>);

/// Some of the room; dropping it gives it back.
#[derive(Debug)]
pub struct Held {
    room: &'static Room,
    party: Party,
    parts: usize,
}

impl Room {
    /// Room of which nothing is taken.
    pub const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// Room for so many bytes of a sender; none where it would hold more than half of what the others leave.
    pub fn take(&'static self, party: Party, bytes: usize) -> Option<Held> {
        let mut held = self.held();
        let parts = bytes / PART + 1;
        let own = held.get(&party).copied().unwrap_or_default();
        let others = held.values().sum::<usize>() - own;
        if own + parts > ALL.saturating_sub(others) / 2 {
            return None;
        }
        held.insert(party, own + parts);
        Some(Held { room: self, party, parts })
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<Party, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = self.room.held();
        let left = held.get(&self.party).map_or(0, |own| own - self.parts);
        if left > 0 {
            held.insert(self.party, left)
        } else {
            held.remove(&self.party)
        };
    }
}

#[cfg(test)]
mod tests {
    use super::super::queue::tests::sender;
    use super::*;

    #[test]
    fn one_sender_never_holds_more_than_half_of_what_the_others_leave() {
        static ROOM: Room = Room::new();
        let [one, other, third] = [1, 2, 3].map(|number| Party::from(&sender(number)));
        let half = ALL / 2;
        let mut held: Vec<Held> = (0..half).map(|_| ROOM.take(one, 300).expect("half is free")).collect();
        assert!(ROOM.take(one, 300).is_none(), "no more than half");
        let large = ROOM.take(other, (half / 2 - 1) * PART).expect("half of the rest is free");
        assert!(ROOM.take(other, 300).is_none(), "no more than that");
        ROOM.take(third, (half / 4 - 1) * PART).expect("two never hold all of it");
        assert!(ROOM.take(one, 300).is_none(), "others hold some now");
        held.truncate(1);
        ROOM.take(other, 300).expect("there is more for the others again");
        drop((held, large));
        assert!(ROOM.held().is_empty(), "nobody is remembered");
    }
}
