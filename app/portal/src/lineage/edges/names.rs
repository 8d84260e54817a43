//! Names by number: what the graph speaks of stands in it once as text, and everywhere else as a number.

use std::cmp::Ordering;
use std::sync::Arc;

use imbl::{HashMap, Vector};

/// An asset in the graph. It means the same in a graph and in all that came out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// Its place among all nodes.
    pub(crate) fn place(self) -> usize {
        self.0 as usize
    }
}

/// A job in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub(super) u32);

/// Names and their numbers. A clone shares them. A name keeps its number, also when no edge speaks of it any more: the
/// database knows it still.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    numbers: HashMap<Arc<str>, u32>,
    texts: Vector<Arc<str>>,
    /// So many of the first names have their numbers in the order of the alphabet.
    in_order: u32,
}

impl Names {
    /// Names that come in the order of the alphabet, each once.
    pub(super) fn in_order(names: impl Iterator<Item = Arc<str>>) -> Self {
        let texts: Vector<Arc<str>> = names.collect();
        let numbers = texts.iter().cloned().zip(0..).collect();
        Self { in_order: number_of(texts.len()), numbers, texts }
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The number of a name that is known.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// The number of a name, a new one where it has none yet.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.find(name) {
            return number;
        }
        let (name, number) = (Arc::<str>::from(name), number_of(self.texts.len()));
        self.numbers.insert(Arc::clone(&name), number);
        self.texts.push_back(name);
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

    /// Gives a number to another name, after [`Self::forget`].
    fn give(&mut self, number: u32, name: &str) {
        let Some(text) = self.texts.get_mut(number as usize) else { return };
        *text = name.into();
        self.numbers.insert(Arc::clone(text), number);
    }

    /// Lets go of the name with a number; false where it has none any more.
    fn forget(&mut self, number: u32) -> bool {
        let text = self.texts.get(number as usize).cloned();
        let Some(text) = text.filter(|text| self.numbers.get(&**text) == Some(&number)) else { return false };
        self.numbers.remove(&*text);
        if let Some(text) = self.texts.get_mut(number as usize) {
            *text = Arc::default();
        }
        true
    }
}

/// So many names of columns may come before it is looked for those that nothing speaks of any more.
const FEW_COLUMNS: usize = 20_000;

/// Names of columns. Unlike assets and jobs, the database keeps none that no edge speaks of: whoever sends ever new ones
/// must not fill the memory with them, so that those are let go and their numbers given to others.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    names: Names,
    /// Numbers without a name.
    free: Vector<u32>,
    /// How many names were left when that was last looked at.
    left: usize,
}

impl Columns {
    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.names.len() - self.free.len()
    }

    /// The number of a name that is known.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.names.find(name)
    }

    /// The number of a name, a new one where it has none yet.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.find(name) {
            return number;
        }
        let Some(number) = self.free.pop_back() else { return self.names.number(name) };
        self.names.give(number, name);
        number
    }

    /// The name with a number.
    pub(super) fn name(&self, number: u32) -> &str {
        self.names.name(number)
    }

    /// True where so many came since that looking for those not needed any more costs little beside that.
    pub(super) fn are_many(&self) -> bool {
        self.len() > 2 * self.left.max(FEW_COLUMNS)
    }

    /// Lets go of all names but those with these numbers.
    pub(super) fn keep(&mut self, spoken_of: impl Iterator<Item = u32>) {
        let mut stays = vec![false; self.names.len()];
        for number in spoken_of {
            if let Some(stays) = stays.get_mut(number as usize) {
                *stays = true;
            }
        }
        for (number, stays) in (0..).zip(stays) {
            if !stays && self.names.forget(number) {
                self.free.push_back(number);
            }
        }
        self.left = self.len();
    }
}

/// How many, as a number of what comes next. Memory ends long before the numbers do.
pub(super) fn number_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
