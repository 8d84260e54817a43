//! Names by number: what the graph speaks of stands in it once as text, and everywhere else as a number.

use std::cmp::Ordering;
use std::sync::Arc;

use imbl::{HashMap, Vector};

/// An asset in the graph. It means the same in a graph and in all that came out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// Its place among all nodes.
    pub(in crate::lineage) fn place(self) -> usize {
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
}

/// How many, as a number of what comes next. Memory ends long before the numbers do.
pub(super) fn number_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
