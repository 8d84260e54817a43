//! What is asked of the lake, and what it answers: plain data, so that the portal's rules can speak
//! about tables without the engine, and a worker process can be spoken to over a pipe.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Exact, Readable, Value};

/// A Delta table: how SQL names it and where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TableRef {
    /// The name as SQL writes it, with its schema: `gold.collections`.
    pub name: String,
    /// An absolute path, or a URL: `file://`, `s3://`, `gs://`.
    pub location: String,
}

/// A `SELECT` with typed, bound parameters over named tables and nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// The statement as its author wrote it; parameters as `$name`.
    pub sql: String,
    /// Values for the parameters, by name without `$`.
    pub parameters: BTreeMap<String, Value>,
    /// All that the statement can reach.
    pub tables: Vec<Readable>,
    /// The largest number of rows to return; one more marks the frame as truncated.
    pub row_limit: u32,
}

/// What the Delta log says about a table: its shape and its size, and no value of any row. Smallest and largest values,
/// which the log holds too, are values: they are left out, and whoever wants them asks by a query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableInfo {
    /// Columns in order.
    pub columns: Vec<ColumnInfo>,
    /// Columns the files are partitioned by.
    pub partition_columns: Vec<String>,
    /// Newest version of the log.
    pub version: i64,
    /// When that version was written.
    pub modified_at: DateTime<Utc>,
    /// Rows, from the log's statistics; `None` where a file carries none.
    pub rows: Option<i64>,
    /// Data files of the newest version.
    pub files: i64,
    /// Their size in bytes.
    pub bytes: i64,
}

/// A column as the table's own schema declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnInfo {
    /// Name.
    pub name: String,
    /// Delta type: `string`, `long`, `decimal(12,2)`, `array<string>` ..
    pub data_type: String,
    /// False when the table itself refuses `NULL`.
    pub nullable: bool,
    /// The column's comment in the table, where there is one.
    pub comment: Option<String>,
}

/// One entry of a table's Delta history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableVersion {
    /// Version number.
    pub version: i64,
    /// When it was committed.
    pub committed_at: DateTime<Utc>,
    /// `WRITE`, `MERGE`, `OPTIMIZE` ..
    pub operation: String,
    /// Rows added, where the log says so.
    pub rows_added: Option<i64>,
    /// Rows removed, where the log says so.
    pub rows_removed: Option<i64>,
    /// Data files added.
    pub files_added: i64,
    /// Data files removed.
    pub files_removed: i64,
    /// Who wrote it, where the log names somebody.
    pub by: Option<String>,
    /// The program that wrote it, where the log names one.
    pub program: Option<String>,
    /// How its columns differ from those of the version before, a sentence each.
    pub changes: Vec<String>,
}

/// One promise to be checked on the real table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "snake_case")]
pub enum Check {
    /// The column exists and its type fits this logical type of ODCS
    /// (`string`, `date`, `timestamp`, `time`, `number`, `integer`, `object`, `array`, `boolean`).
    Column {
        /// Column name.
        column: String,
        /// ODCS logical type; `None` checks only that the column exists.
        logical_type: Option<String>,
    },
    /// No `NULL` in the column.
    Required {
        /// Column name.
        column: String,
    },
    /// No two rows share the values of these columns; rows with a `NULL` among them do not count.
    Unique {
        /// Column names.
        columns: Vec<String>,
    },
    /// Every non-null value is one of these.
    ValidValues {
        /// Column name.
        column: String,
        /// The values allowed, as text.
        values: Vec<String>,
    },
    /// The number of rows lies in this range (both ends included).
    RowCount {
        /// Smallest number allowed.
        min: Option<i64>,
        /// Largest number allowed.
        max: Option<i64>,
    },
    /// The newest data is at most this old at `now`.
    Fresh {
        /// Column that dates the data (date or timestamp); `None` uses the table's last commit.
        column: Option<String>,
        /// Greatest age in seconds.
        max_age_seconds: i64,
        /// The moment to measure from.
        now: DateTime<Utc>,
    },
    /// A rule in SQL: a `SELECT` of one number over the table, which has to pass a comparison.
    Sql {
        /// The statement; the table is reachable under its own name.
        sql: String,
        /// Further names under which the statement may call the table.
        names: Vec<String>,
        /// The comparison the number has to pass.
        must_be: Comparison,
        /// What it is compared with.
        limit: Exact,
        /// The upper end, where the comparison is with a range.
        upper: Option<Exact>,
        /// The number is a share of a hundred.
        percent: bool,
    },
}

/// A comparison with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `>`
    Above,
    /// Within a range, both ends included.
    Within,
    /// Not within a range.
    Outside,
    /// `<>`
    NotEqual,
}

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CheckOutcome {
    /// The promise is kept.
    Passed {
        /// In words with the figure: "0 of 312,004 rows are empty".
        detail: String,
    },
    /// The promise is broken.
    Failed {
        /// In words with the figure.
        detail: String,
        /// Rows that break it, where rows can be counted.
        failing_rows: Option<i64>,
    },
    /// It could not be checked, and therefore did not pass.
    Unchecked {
        /// Why.
        reason: String,
    },
}

/// Why the lake did not answer. The text is for the person who asked; it holds no value of any row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "error", content = "message", rename_all = "snake_case")]
pub enum LakeError {
    /// The statement is not allowed or not understood; the message says where and why.
    Refused(String),
    /// The statement names a table that is not among its own, or a column outside of what may be read of one.
    NotGranted {
        /// The table as SQL names it.
        table: String,
        /// The sentence for the person.
        message: String,
    },
    /// There is no Delta table at the location (any more).
    TableGone(String),
    /// The table uses a Delta feature that cannot be read here.
    Unsupported(String),
    /// The table's log or one of its files is damaged or missing: no second try helps.
    Damaged(String),
    /// The table's log names files outside its own folder.
    OutsideRoot(String),
    /// The deadline passed.
    TooSlow(String),
    /// The memory limit was reached.
    TooLarge(String),
    /// All workers are busy and the queue is full; the caller may try again.
    Busy(String),
    /// Storage cannot be reached, or the worker ended; the log has the details.
    Fault(String),
}

impl LakeError {
    /// The sentence for the person.
    pub fn message(&self) -> &str {
        match self {
            Self::Refused(message)
            | Self::NotGranted { message, .. }
            | Self::TableGone(message)
            | Self::Unsupported(message)
            | Self::Damaged(message)
            | Self::OutsideRoot(message)
            | Self::TooSlow(message)
            | Self::TooLarge(message)
            | Self::Busy(message)
            | Self::Fault(message) => message,
        }
    }
}

impl std::fmt::Display for LakeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for LakeError {}
