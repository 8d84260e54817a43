//! What the pool and a worker process say to each other over the worker's pipes.
//!
//! The worker begins with [`GREETING`]; the pool sends a `Hello` with limits and storage. Then the pool writes
//! one `Ask` and reads `Answer`s until one carries a result. A worker serves one request at a time, so the
//! `id` proves that an answer belongs to the question; it does not sort. Each frame is JSON behind its length
//! in four bytes, greatest first.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_frame::{
    Check, CheckOutcome, Frame, LakeError, Query, Readable, TableInfo, TableRef, TableVersion,
};
use serde::{Deserialize, Serialize};

/// What a worker writes before its first frame. Whatever stands before it was printed by something else.
pub(crate) const GREETING: &[u8] = b"\0lakeport worker 1\n";

/// Largest frame in bytes.
pub(crate) const MAX_FRAME: u32 = 128 * 1024 * 1024;

/// How object stores are reached. Keys are those of the `object_store` crate (`aws_access_key_id`,
/// `aws_endpoint`, `google_service_account_key` ..), and `instance_credentials`: without it the machine's own credentials
/// are never asked for. Nothing is ever read from the environment.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// Options for `s3://` locations.
    pub s3: BTreeMap<String, String>,
    /// Options for `gs://` locations.
    pub gs: BTreeMap<String, String>,
}

impl fmt::Debug for Storage {
    /// Names the options that are set; their values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storage")
            .field("s3", &self.s3.keys().collect::<Vec<_>>())
            .field("gs", &self.gs.keys().collect::<Vec<_>>())
            .finish()
    }
}

/// The key of the hashes that masks show: of one installation, and never told to anybody who reads.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MaskKey(String);

impl MaskKey {
    /// A key of these bytes; 32 random ones cannot be guessed.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for MaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MaskKey")
    }
}

/// Demo tables to be written: the same request gives the same rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoRequest {
    /// Absolute path of the lake's root folder; a table `gold.x` goes to `ROOT/gold/x`.
    pub root: String,
    /// Seed of the random numbers.
    pub seed: u64,
    /// First day with data.
    pub first_day: NaiveDate,
    /// Last day with data; days that are already there are kept and only later ones are added.
    pub last_day: NaiveDate,
    /// The moment the commits are stamped with: the demo's clock may stand months ahead of the machine's.
    pub now: DateTime<Utc>,
    /// Scale: about how many orders lie in the first 913 days (30 months) from the first day; the days after them go
    /// on at the same pace.
    pub orders: u32,
}

/// How far the demo data is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoProgress {
    /// What is being written, usually a table's name.
    pub step: String,
    /// Steps done.
    pub done: u32,
    /// Steps in all.
    pub total: u32,
}

/// What the demo request left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoSummary {
    /// The tables, in the order they were written.
    pub tables: Vec<DemoTable>,
}

/// One demo table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoTable {
    /// Its name in SQL: `gold.collections`.
    pub name: String,
    /// Its absolute path.
    pub location: String,
    /// Rows in its newest version.
    pub rows: i64,
}

/// A column of a named table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ColumnRef {
    /// The table as SQL names it.
    pub table: String,
    /// The column.
    pub column: String,
}

/// Where a column of a result comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnLineage {
    /// The column's name in the result.
    pub output: String,
    /// The columns its values are computed from, sorted; empty for a constant or a count of rows.
    pub inputs: Vec<ColumnRef>,
}

/// What a worker can be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum Request {
    /// What the log says about a table.
    Describe {
        /// The table.
        table: TableRef,
    },
    /// The newest entries of a table's history.
    History {
        /// The table.
        table: TableRef,
        /// How many entries, newest first.
        limit: u32,
    },
    /// The first rows.
    Preview {
        /// The table, as far as it may be read.
        table: Readable,
        /// How many rows.
        limit: u32,
    },
    /// A guarded `SELECT`.
    Query {
        /// The statement with its parameters and tables.
        query: Query,
    },
    /// Promises to be checked on a table.
    Check {
        /// The table.
        table: TableRef,
        /// The promises.
        checks: Vec<Check>,
    },
    /// Where the columns of a statement come from.
    Lineage {
        /// The statement with its parameters and tables; it is planned, never run.
        query: Query,
    },
    /// Write the demo tables.
    Demo {
        /// What to write.
        demo: DemoRequest,
    },
}

/// The first frame a worker gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hello {
    /// Memory the worker may use, in bytes.
    pub(crate) memory_bytes: u64,
    /// Processor time it may use in its whole life, in seconds.
    pub(crate) cpu_seconds: u64,
    /// How it reaches object stores.
    pub(crate) storage: Storage,
    /// Folders and URLs below which tables may lie; nothing else is read.
    pub(crate) roots: Vec<String>,
}

/// One request with its number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ask {
    /// Repeated in every answer.
    pub(crate) id: u64,
    /// The question.
    pub(crate) request: Request,
    /// The key of hashes, where the portal has one.
    pub(crate) key: Option<MaskKey>,
}

/// What a worker found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", content = "value", rename_all = "snake_case")]
pub enum Reply {
    /// To [`Request::Describe`].
    Described(TableInfo),
    /// To [`Request::History`].
    History(Vec<TableVersion>),
    /// To [`Request::Preview`] and [`Request::Query`].
    Rows(Frame),
    /// To [`Request::Check`]: one outcome a check, in their order.
    Checked(Vec<CheckOutcome>),
    /// To [`Request::Lineage`].
    Lineage(Vec<ColumnLineage>),
    /// To [`Request::Demo`].
    Demo(DemoSummary),
}

/// One message of a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// The number of the request.
    pub(crate) id: u64,
    /// Progress, or the end.
    pub(crate) body: Body,
}

/// The content of an [`Answer`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Body {
    /// More will follow.
    Progress(DemoProgress),
    /// The last message of this request.
    Done(Result<Reply, LakeError>),
}
