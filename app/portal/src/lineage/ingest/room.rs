//! Room for the texts of events under way or waiting, of which nobody holds all.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::actor::Party;

/// All of it, in parts of 64 KiB: 128 MiB.
const ALL: usize = 2_048;
const PART: usize = 64 * 1024;
/// What one sender may hold of it.
const SHARE: usize = ALL / 2;

/// The room, and how many parts of it each sender holds.
#[derive(Debug)]
pub(super) struct Room(Mutex<BTreeMap<Party, usize>>);

/// Some of the room; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Held {
    room: &'static Room,
    party: Party,
    parts: usize,
}

impl Room {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// Room for so many bytes of a sender; none where too much is held already, by all or by this one.
    pub(super) fn take(&'static self, party: Party, bytes: usize) -> Option<Held> {
        let mut held = self.held();
        let parts = bytes / PART + 1;
        let (all, own) = (held.values().sum::<usize>(), held.get(&party).copied().unwrap_or_default());
        if all + parts > ALL || own + parts > SHARE {
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
    fn one_sender_never_holds_more_than_half_of_the_room() {
        static ROOM: Room = Room::new();
        let [one, other, third] = [1, 2, 3].map(|number| Party::from(&sender(number)));
        let mut held: Vec<Held> = (0..SHARE).map(|_| ROOM.take(one, 300).expect("half is free")).collect();
        assert!(ROOM.take(one, 300).is_none(), "no more than half");
        let large = ROOM.take(other, (SHARE - 1) * PART).expect("there is room for others");
        assert!(ROOM.take(third, 300).is_none(), "all of it is held");
        held.truncate(1);
        ROOM.take(third, 300).expect("it is free again");
        drop((held, large));
        assert!(ROOM.held().is_empty(), "nobody is remembered");
    }
}
