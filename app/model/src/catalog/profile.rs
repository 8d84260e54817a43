//! What a table holds, column by column, in figures.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Most columns that are profiled at once.
pub const MOST_PROFILED: usize = 12;

/// A table in figures, as far as the viewer may read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Rows that the viewer may read.
    pub rows: i64,
    /// The columns shown.
    pub columns: Vec<ColumnProfile>,
    /// How many columns there are. Those shown hold the one that was asked for.
    pub all_columns: usize,
    /// Other rows are closed to the viewer.
    pub closed_rows: bool,
    /// Different values are estimated: there are too many rows to count them.
    pub estimated: bool,
    /// The version of the table.
    pub version: i64,
    /// When that version was written.
    pub modified_at: DateTime<Utc>,
    /// The table was written while it was read: the figures may be of two versions.
    pub moved: bool,
}

/// A column in figures. A masked one is told by its masked values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Its type in the table.
    pub data_type: String,
    /// What its mask leaves of the values, in words.
    pub masked: Option<String>,
    /// Its values are numbers.
    pub is_number: bool,
    /// Rows without a value.
    pub nulls: i64,
    /// Different values; `None` for what is not compared: lists, structs, maps, bytes.
    pub distinct: Option<i64>,
    /// The smallest value.
    pub smallest: Option<String>,
    /// The largest value.
    pub largest: Option<String>,
    /// The mean of numbers.
    pub mean: Option<String>,
    /// The most frequent values, each with the rows that hold it.
    pub frequent: Vec<(String, i64)>,
    /// Why none is named, in a sentence.
    pub none_frequent: Option<String>,
    /// How its numbers, days or times are spread, from small to large; empty where there is nothing to compare.
    pub spread: Vec<Bucket>,
}

/// The rows whose values lie in a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// The range in words.
    pub range: String,
    /// How many rows.
    pub rows: i64,
}
