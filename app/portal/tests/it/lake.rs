//! A lake that answers as it is told, and remembers what it was asked.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lakeport_frame::{
    Check, CheckOutcome, Column, ColumnInfo, Frame, LakeError, Readable, TableInfo, TableRef, TableVersion,
    Values,
};
use lakeport_portal::Lake;
use lakeport_portal::lake::Statement;
use lakeport_portal::policy::{Entitlement, Measurement};

#[derive(Default)]
pub(crate) struct FakeLake {
    held: Mutex<Held>,
}

/// What the lake is told to answer, and what it was asked.
#[derive(Default)]
pub(crate) struct Held {
    /// Tables that are gone.
    pub(crate) gone: BTreeSet<String>,
    /// Newest version of a table; 1 where nothing is said.
    pub(crate) versions: BTreeMap<String, i64>,
    /// When that version was written; on the last of November where nothing is said.
    pub(crate) modified: BTreeMap<String, DateTime<Utc>>,
    /// What every log says of columns; `id` where nothing is said.
    pub(crate) columns: Option<Vec<ColumnInfo>>,
    /// How every check on a table ends; passed where nothing is said.
    pub(crate) outcomes: BTreeMap<String, CheckOutcome>,
    /// What queries and previews answer.
    pub(crate) frame: Option<Frame>,
    /// What statements answer that hold these words, in place of that.
    pub(crate) answers: Vec<(&'static str, Frame)>,
    /// How every query fails that names no table beyond its own.
    pub(crate) failure: Option<LakeError>,
    /// Most rows that fit into one answer.
    pub(crate) room: Option<usize>,
    /// What happens while the next query, preview or check waits for a worker.
    pub(crate) meanwhile: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    /// Statements that were run.
    pub(crate) queries: Vec<String>,
    /// Tables that were previewed.
    pub(crate) previews: Vec<String>,
    /// Tables whose checks were run.
    pub(crate) checked: Vec<String>,
    /// Tables whose log was looked at.
    pub(crate) described: Vec<String>,
}

/// A frame of text columns.
pub(crate) fn frame(columns: &[(&str, &[&str])]) -> Frame {
    let column = |(name, values): &(&str, &[&str])| Column {
        name: (*name).to_owned(),
        values: Values::Text(values.iter().map(|value| Some((*value).to_owned())).collect()),
    };
    Frame::new(columns.iter().map(column).collect()).expect("columns of one length")
}

impl FakeLake {
    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().expect("no test panicked while holding it")
    }

    /// Waits for a worker.
    async fn turn(&self) {
        let meanwhile = self.held().meanwhile.take();
        if let Some(meanwhile) = meanwhile {
            meanwhile.await;
        }
    }

    fn open(&self, table: &TableRef) -> Result<MutexGuard<'_, Held>, LakeError> {
        let held = self.held();
        if held.gone.contains(&table.name) {
            return Err(LakeError::TableGone(format!("There is no table {} any more.", table.name)));
        }
        Ok(held)
    }
}

/// The first `limit` rows, marked where there are more.
fn cut(frame: &Frame, limit: usize) -> Frame {
    let rows: Vec<usize> = (0..limit.min(frame.rows())).collect();
    let column = |column: &Column| Column { name: column.name.clone(), values: column.values.pick(&rows) };
    let mut cut = Frame::new(frame.columns().iter().map(column).collect()).expect("columns of one length");
    cut.truncated = frame.rows() > limit;
    cut
}

/// What of a table may be read.
fn narrowed(frame: &Frame, readable: &Readable) -> Frame {
    let shown = frame.columns().iter().filter(|column| readable.columns.contain(&column.name));
    Frame::new(shown.cloned().collect()).expect("columns of one length")
}

/// Says which tables are behind the rows, as the lake does.
fn made_from(frame: Frame, tables: &[&Entitlement]) -> Frame {
    frame.with_made_from(tables.iter().map(|table| table.table().name.clone()).collect())
}

/// Tables a statement names after FROM or JOIN.
fn tables_of(sql: &str) -> Vec<String> {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let after = words.windows(2).filter(|pair| ["FROM", "JOIN"].contains(&pair[0]));
    after.map(|pair| pair[1].replace('"', "")).filter(|name| name.contains('.')).collect()
}

#[async_trait]
impl Lake for FakeLake {
    async fn describe(&self, table: &TableRef) -> Result<TableInfo, LakeError> {
        let mut held = self.open(table)?;
        held.described.push(table.name.clone());
        let id = || ColumnInfo {
            name: "id".to_owned(),
            data_type: "string".to_owned(),
            nullable: true,
            comment: None,
        };
        Ok(TableInfo {
            columns: held.columns.clone().unwrap_or_else(|| vec![id()]),
            partition_columns: Vec::new(),
            version: held.versions.get(&table.name).copied().unwrap_or(1),
            modified_at: held
                .modified
                .get(&table.name)
                .copied()
                .unwrap_or_else(|| "2026-11-30T05:00:00Z".parse().expect("a moment")),
            rows: Some(3),
            files: 1,
            bytes: 900,
        })
    }

    async fn history(&self, table: &TableRef, _limit: u32) -> Result<Vec<TableVersion>, LakeError> {
        self.open(table).map(|_| Vec::new())
    }

    async fn preview(&self, table: &Entitlement, _limit: u32) -> Result<Frame, LakeError> {
        self.turn().await;
        let mut held = self.open(table.table())?;
        held.previews.push(table.table().name.clone());
        let whole = held.frame.clone().unwrap_or_else(|| frame(&[("id", &["1", "2"])]));
        Ok(made_from(narrowed(&whole, table.readable()), &[table]))
    }

    async fn query(&self, query: &Statement, tables: &[Entitlement]) -> Result<Frame, LakeError> {
        self.turn().await;
        let asked = tables_of(&query.sql);
        let reachable = |name: &String| tables.iter().any(|table| table.table().name == *name);
        if let Some(table) = asked.iter().find(|name| !reachable(name)) {
            let message = format!("Line 1, column 1: table {table} is not among the tables.");
            return Err(LakeError::NotGranted { table: table.clone(), message });
        }
        let mut held = self.held();
        let used: Vec<&Entitlement> =
            tables.iter().filter(|table| asked.contains(&table.table().name)).collect();
        for entitlement in &used {
            let words = || query.sql.split(|c: char| !c.is_alphanumeric() && c != '_');
            let beyond = held.frame.iter().flat_map(Frame::columns).find(|column| {
                !entitlement.readable().columns.contain(&column.name)
                    && words().any(|word| word == column.name)
            });
            if let Some(column) = beyond {
                let message = format!("Column {} may not be read.", column.name);
                return Err(LakeError::NotGranted { table: entitlement.table().name.clone(), message });
            }
        }
        held.queries.push(query.sql.clone());
        if let Some(failure) = &held.failure {
            return Err(failure.clone());
        }
        if let Some((_, answer)) = held.answers.iter().find(|(words, _)| query.sql.contains(words)) {
            return Ok(made_from(answer.clone(), &used));
        }
        let whole = held.frame.clone().unwrap_or_else(|| frame(&[("option", &["a", "b"])]));
        let whole = match used.as_slice() {
            [only] => narrowed(&whole, only.readable()),
            _ => whole,
        };
        let answer = cut(&whole, usize::try_from(query.row_limit).expect("a small number"));
        let answer = made_from(answer, &used);
        if held.room.is_some_and(|room| answer.rows() > room) {
            return Err(LakeError::TooLarge("The result is too large to be shown.".to_owned()));
        }
        Ok(answer)
    }

    async fn check(&self, table: &Measurement, checks: &[Check]) -> Result<Vec<CheckOutcome>, LakeError> {
        let table = table.table();
        self.turn().await;
        let mut held = self.open(table)?;
        held.checked.push(table.name.clone());
        let passed = CheckOutcome::Passed { detail: "as promised".to_owned() };
        let outcome = held.outcomes.get(&table.name).cloned().unwrap_or(passed);
        Ok(vec![outcome; checks.len()])
    }
}
