//! How far a table may be read: which columns, which of them masked, and which rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::TableRef;

/// How the values of a column are changed before anybody sees them. Nothing stays nothing under every mask. In order from
/// what tells least to what tells most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mask {
    /// No value at all; the column keeps its type.
    Null,
    /// The first day of its year, in UTC; only for dates and timestamps, which keep their type.
    Year,
    /// HMAC-SHA-256 of the value as text, under a key of this portal, in 64 hexadecimal digits. Equal values have equal hashes
    /// in every table that this portal reads, whatever their types, and can be joined by them: a number is written without
    /// zeros behind its point, a timestamp in UTC. Only for single values.
    Hash,
    /// The last four characters behind `****`; of a value that has no more than four, `****` alone. Only for text and
    /// whole numbers.
    Last4,
}

impl Mask {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Year => "year",
            Self::Hash => "hash",
            Self::Last4 => "last4",
        }
    }
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a column that may be read is shown; what tells more is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// Changed.
    Masked(Mask),
    /// As it is.
    Plain,
}

/// The columns of a table that may be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Columns {
    /// Every column it has, as it is. A table with a mask has a list: what is added to it, or renamed, stays closed.
    All,
    /// These and no others, as far as the table has them.
    Only(BTreeMap<String, Shown>),
}

impl Columns {
    /// These as they are, and no others.
    pub fn plain(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Only(names.into_iter().map(|name| (name.into(), Shown::Plain)).collect())
    }

    /// How a column is shown; `None` where it may not be read.
    pub fn shown(&self, name: &str) -> Option<Shown> {
        match self {
            Self::All => Some(Shown::Plain),
            Self::Only(columns) => columns.get(name).copied(),
        }
    }

    /// The mask of a column that may be read.
    pub fn mask(&self, name: &str) -> Option<Mask> {
        match self.shown(name) {
            Some(Shown::Masked(mask)) => Some(mask),
            Some(Shown::Plain) | None => None,
        }
    }

    /// True where this column may be read, be it masked.
    pub fn contain(&self, name: &str) -> bool {
        self.shown(name).is_some()
    }

    /// True where a column is masked.
    pub fn are_masked(&self) -> bool {
        match self {
            Self::All => false,
            Self::Only(columns) => columns.values().any(|shown| *shown != Shown::Plain),
        }
    }
}

/// Most conditions on the rows of one table.
pub const MOST_CONDITIONS: usize = 32;

/// The rows of a table that may be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// Every row it has.
    All,
    /// Those for which one of these conditions is true: each is SQL over the table's own columns, the hidden and masked
    /// ones among them as they are. They are kept apart as texts, so that nothing written in one changes another.
    Where(BTreeSet<String>),
}

impl Rows {
    /// The rows for which this condition is true.
    pub fn only(condition: impl Into<String>) -> Self {
        Self::Where([condition.into()].into())
    }
}

/// A table as far as it may be read: a statement runs where nothing beyond this exists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Readable {
    /// The table.
    pub table: TableRef,
    /// Which columns, and how.
    pub columns: Columns,
    /// Which rows.
    pub rows: Rows,
}

impl Readable {
    /// All of a table.
    pub fn whole(table: TableRef) -> Self {
        Self { table, columns: Columns::All, rows: Rows::All }
    }
}
