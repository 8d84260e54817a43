//! Values that are spoken of by number: tables by number are quicker than maps, and a number stays the same for as long as
//! the process lives.

use std::borrow::Borrow;
use std::hash::Hash;

/// Values that are spoken of by number.
#[derive(Clone)]
pub(super) struct Numbered<T> {
    numbers: imbl::HashMap<T, u32>,
    values: imbl::Vector<T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { numbers: imbl::HashMap::new(), values: imbl::Vector::new() }
    }
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// The number of a value; where it has none yet, the next one.
    pub(super) fn number(&mut self, value: T) -> Option<u32> {
        if let Some(number) = self.find(&value) {
            return Some(number);
        }
        let number = u32::try_from(self.values.len()).ok()?;
        self.values.push_back(value.clone());
        self.numbers.insert(value, number);
        Some(number)
    }

    /// The number of a value, unless it has none yet.
    pub(super) fn find<Q: Eq + Hash + ?Sized>(&self, value: &Q) -> Option<u32>
    where
        T: Borrow<Q>,
    {
        self.numbers.get(value).copied()
    }

    /// The value of a number.
    pub(super) fn get(&self, number: u32) -> Option<&T> {
        self.values.get(number as usize)
    }
}
