//! Names by number: what the graph speaks of stands in it once as text, and everywhere else as a number.

use std::cmp::Ordering;
use std::sync::Arc;

use imbl::{HashMap, Vector};

/// An asset in one graph. In one that came out of it, the number may mean another asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// Its place among all nodes.
    pub(crate) fn place(self) -> usize {
        self.0 as usize
    }
}

/// A job in one graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub(super) u32);

/// So many names may come before it is looked for those that nothing speaks of any more.
const FEW: usize = 20_000;

/// Names and their numbers. A clone shares them. Whoever sends ever new names must not fill the memory with them: those that
/// nothing speaks of any more are let go from time to time, and their numbers given to others.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    numbers: HashMap<Arc<str>, u32>,
    texts: Vector<Arc<str>>,
    /// So many of the first names have their numbers in the order of the alphabet. None of these is given to another name.
    in_order: u32,
    /// Other numbers without a name.
    free: Vector<u32>,
    /// How many names were left when that was last looked at.
    left: usize,
}

impl Names {
    /// Names that come in the order of the alphabet, each once.
    pub(super) fn in_order(names: impl Iterator<Item = Arc<str>>) -> Self {
        let texts: Vector<Arc<str>> = names.collect();
        let numbers = texts.iter().cloned().zip(0..).collect();
        let (in_order, left) = (number_of(texts.len()), texts.len());
        Self { in_order, numbers, texts, free: Vector::new(), left }
    }

    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Beyond every number that was given.
    pub(super) fn end(&self) -> usize {
        self.texts.len()
    }

    /// The number of a name that is known.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// The number of a name, another one where it has none yet.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.find(name) {
            return number;
        }
        let name = Arc::<str>::from(name);
        let number = self.free.pop_back().unwrap_or_else(|| number_of(self.texts.len()));
        match self.texts.get_mut(number as usize) {
            Some(text) => *text = Arc::clone(&name),
            None => self.texts.push_back(Arc::clone(&name)),
        }
        self.numbers.insert(name, number);
        number
    }

    /// The name with a number.
    pub(super) fn name(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |name| name)
    }

    /// Compares two names by the alphabet.
    pub(super) fn cmp(&self, left: u32, right: u32) -> Ordering {
        if left == right || left.max(right) < self.in_order {
            left.cmp(&right)
        } else {
            self.name(left).cmp(self.name(right))
        }
    }

    /// True where so many came since that looking for those not needed any more costs little beside that.
    pub(super) fn are_many(&self) -> bool {
        self.len() > 2 * self.left.max(FEW)
    }

    /// Lets go of all names but those with these numbers.
    pub(super) fn keep(&mut self, spoken_of: impl Iterator<Item = u32>) {
        let mut stays = vec![false; self.end()];
        for number in spoken_of {
            if let Some(stays) = stays.get_mut(number as usize) {
                *stays = true;
            }
        }
        for (number, stays) in (0..).zip(stays) {
            if !stays && self.forget(number) && number >= self.in_order {
                self.free.push_back(number);
            }
        }
        self.left = self.len();
    }

    /// Lets go of the name with a number; false where it has none any more.
    fn forget(&mut self, number: u32) -> bool {
        let Some(text) = self.texts.get_mut(number as usize) else { return false };
        if self.numbers.get(&**text) != Some(&number) {
            return false;
        }
        let text = std::mem::take(text);
        self.numbers.remove(&*text);
        true
    }
}

/// How many, as a number of what comes next. Memory ends long before the numbers do.
pub(super) fn number_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
