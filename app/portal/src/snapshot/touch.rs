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
    /// True where nothing that a search finds is another one.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Entries(entries) if entries.is_empty())
    }
}
