//! What the portal needs from the lake. The server implements it over the worker processes.

use std::collections::BTreeMap;

use async_trait::async_trait;
use lakeport_frame::{Check, CheckOutcome, Frame, LakeError, TableInfo, TableRef, TableVersion, Value};
use lakeport_model::PersonId;

use crate::policy::Entitlement;

/// A `SELECT` with its values. What it may read is said beside it, by entitlements.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The text as its author wrote it; parameters as `$name`.
    pub sql: String,
    /// Values for the parameters, by name without `$`.
    pub parameters: BTreeMap<String, Value>,
    /// The largest number of rows to return; one more marks the frame as truncated.
    pub row_limit: u32,
}

/// The lakehouse as the use cases see it. Rows are shown to people under an entitlement, which only `policy` makes.
#[async_trait]
pub trait Lake: Send + Sync {
    /// What the Delta log says about a table.
    async fn describe(&self, table: &TableRef) -> Result<TableInfo, LakeError>;
    /// The newest `limit` commits, newest first.
    async fn history(&self, table: &TableRef, limit: u32) -> Result<Vec<TableVersion>, LakeError>;
    /// The first `limit` rows of what may be read of a table.
    async fn preview(&self, table: &Entitlement, limit: u32) -> Result<Frame, LakeError>;
    /// Runs a guarded `SELECT` over what may be read of these tables, and nothing else.
    async fn query(&self, statement: &Statement, tables: &[Entitlement]) -> Result<Frame, LakeError>;
    /// Runs checks for a person, or by the calendar; one outcome a check, in order.
    async fn check(
        &self,
        table: &TableRef,
        checks: &[Check],
        asked_by: Option<PersonId>,
    ) -> Result<Vec<CheckOutcome>, LakeError>;
}
