//! What the portal needs from the lake. The server implements it over the worker processes.

use async_trait::async_trait;
use lakeport_frame::{Check, CheckOutcome, Frame, LakeError, Query, TableInfo, TableRef, TableVersion};

/// The lakehouse as the use cases see it.
#[async_trait]
pub trait Lake: Send + Sync {
    /// What the Delta log says about a table.
    async fn describe(&self, table: &TableRef) -> Result<TableInfo, LakeError>;
    /// The newest `limit` commits, newest first.
    async fn history(&self, table: &TableRef, limit: u32) -> Result<Vec<TableVersion>, LakeError>;
    /// The first `limit` rows.
    async fn preview(&self, table: &TableRef, limit: u32) -> Result<Frame, LakeError>;
    /// Runs a guarded `SELECT`.
    async fn query(&self, query: &Query) -> Result<Frame, LakeError>;
    /// Runs checks; one outcome a check, in order.
    async fn check(&self, table: &TableRef, checks: &[Check]) -> Result<Vec<CheckOutcome>, LakeError>;
}
