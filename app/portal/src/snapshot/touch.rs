//! What a search has to look at again after the catalog moved.

use std::collections::BTreeSet;

/// Something that a search finds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entry {
    /// A product, by id.
    Product(String),
    /// An asset, by id.
    Asset(String),
}

/// What is another one, came or went since the state before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touch {
    /// Everything may be.
    All,
    /// These.
    Entries(BTreeSet<Entry>),
}

impl Touch {
    /// Takes in what another change touched; beyond `most` entries it is all of them.
    pub(crate) fn add(&mut self, more: &Self, most: usize) {
        match (&mut *self, more) {
            (Self::Entries(held), Self::Entries(more)) if held.len() + more.len() <= most => {
                held.extend(more.iter().cloned());
            }
            _ => *self = Self::All,
        }
    }

    /// True where nothing that a search finds is another one.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Entries(entries) if entries.is_empty())
    }
}
