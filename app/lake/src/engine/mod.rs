//! All reading of the lake, within one process: tables, queries, checks, lineage.

mod checks;
mod commits;
mod condition;
mod convert;
mod describe;
mod entitled;
mod error;
mod figures;
mod lineage;
mod lost;
mod masks;
mod parameters;
mod reach;
mod rule;
mod session;
mod storage;
mod sums;
mod tables;
mod words;

use deltalake::datafusion::common::Column;
use deltalake::datafusion::dataframe::DataFrame;
use deltalake::datafusion::logical_expr::Expr;
use lakeport_frame::{
    Check, CheckOutcome, Frame, LakeError, Query, Readable, TableInfo, TableRef, TableVersion,
};

use crate::guard;
use crate::protocol::{ColumnLineage, MaskKey, Reply, Request, Storage};
use lost::Lost;
use session::Sessions;
use tables::Tables;

/// Most rows of a preview.
const MAX_PREVIEW: u32 = 200;

/// The engine of one worker: opened tables and Parquet footers stay, everything else is fresh per request.
pub struct Engine {
    tables: Tables,
    sessions: Sessions,
}

/// A table column as an expression, with its name taken literally.
fn column(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}

impl Engine {
    /// An engine that reads tables below these roots, and reaches object stores with these options.
    pub fn new(storage: Storage, roots: &[String]) -> Self {
        Self { tables: Tables::new(storage, roots), sessions: Sessions::new() }
    }

    /// The same with the key of the hashes that masks show.
    #[must_use]
    pub fn with_mask_key(mut self, key: MaskKey) -> Self {
        self.sessions.mask_under(Some(key));
        self
    }

    /// Answers a request; demo data is not the engine's to write.
    pub(crate) async fn answer(
        &mut self,
        request: Request,
        key: Option<MaskKey>,
    ) -> Result<Reply, LakeError> {
        self.sessions.mask_under(key);
        match request {
            Request::Describe { table } => self.describe(&table).await.map(Reply::Described),
            Request::History { table, limit } => self.history(&table, limit).await.map(Reply::History),
            Request::Preview { table, limit } => self.preview(&table, limit).await.map(Reply::Rows),
            Request::Query { query } => self.query(&query).await.map(Reply::Rows),
            Request::Check { table, checks } => self.check(&table, &checks).await.map(Reply::Checked),
            Request::Lineage { query } => self.lineage(&query).await.map(Reply::Lineage),
            Request::Demo { .. } => {
                Err(LakeError::Fault("Demo data is written outside the engine.".to_owned()))
            }
        }
    }

    /// What the log says about a table.
    ///
    /// # Errors
    /// [`LakeError`] when the table is gone, foreign or unreadable.
    pub async fn describe(&mut self, table: &TableRef) -> Result<TableInfo, LakeError> {
        describe::info(&table.name, &self.tables.open(table).await?.table).await
    }

    /// The newest `limit` entries of the history, newest first.
    ///
    /// # Errors
    /// [`LakeError`] when the table is gone, foreign or unreadable.
    pub async fn history(&mut self, table: &TableRef, limit: u32) -> Result<Vec<TableVersion>, LakeError> {
        commits::history(&table.name, &self.tables.open(table).await?.table, limit).await
    }

    /// The first rows of what may be read of a table; at most 200.
    ///
    /// # Errors
    /// [`LakeError::NotGranted`] where the table has none of the columns; others when it cannot be read.
    pub async fn preview(&mut self, table: &Readable, limit: u32) -> Result<Frame, LakeError> {
        let limit = limit.min(MAX_PREVIEW);
        let session = self.sessions.open(&mut self.tables, &[table], Some(limit), None).await?;
        session::rows(session.table(&table.table.name).await?, limit).await
    }

    /// Runs a guarded statement over exactly its tables.
    ///
    /// # Errors
    /// [`LakeError::Refused`] when the statement is not allowed; others when it cannot be run.
    pub async fn query(&mut self, query: &Query) -> Result<Frame, LakeError> {
        let frame = self.planned(query, None).await?;
        session::rows(frame, query.row_limit).await
    }

    /// Checks promises on a table; one outcome each, in their order.
    ///
    /// # Errors
    /// [`LakeError`] when the table itself cannot be opened; what cannot be checked is `Unchecked`.
    pub async fn check(
        &mut self,
        table: &TableRef,
        checks: &[Check],
    ) -> Result<Vec<CheckOutcome>, LakeError> {
        checks::run(self, table, checks).await
    }

    /// Where the columns of a statement come from; nothing is run.
    ///
    /// # Errors
    /// [`LakeError::Refused`] when the statement is not allowed; others when a table cannot be read.
    pub async fn lineage(&mut self, query: &Query) -> Result<Vec<ColumnLineage>, LakeError> {
        let frame = self.planned(query, None).await?;
        Ok(lineage::of_plan(frame.logical_plan()))
    }

    /// A statement checked and planned, with its parameters bound. What it loses once it runs is noted in `lost`.
    async fn planned(&mut self, query: &Query, lost: Option<&Lost>) -> Result<DataFrame, LakeError> {
        let names: Vec<&str> = query.tables.iter().map(|readable| readable.table.name.as_str()).collect();
        let parameters: Vec<&str> = query.parameters.keys().map(String::as_str).collect();
        let checked = guard::check(&query.sql, &names, &parameters)?;
        let used: Vec<&Readable> =
            query.tables.iter().filter(|readable| checked.tables.contains(&readable.table.name)).collect();
        let session = self.sessions.open(&mut self.tables, &used, None, lost).await?;
        session.plan(&checked.sql, &query.parameters).await
    }

    /// One table, in a session of its own.
    async fn table(&mut self, readable: &Readable) -> Result<DataFrame, LakeError> {
        let session = self.sessions.open(&mut self.tables, &[readable], None, None).await?;
        session.table(&readable.table.name).await
    }
}
