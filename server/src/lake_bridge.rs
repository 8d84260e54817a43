//! Where portal and lake meet: the portal's [`Lake`] over the lake's worker processes.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use lakeport_frame::{Check, CheckOutcome, Frame, LakeError, Query, TableInfo, TableRef, TableVersion};
use lakeport_lake::WorkerPool;
use lakeport_portal::Lake;
use lakeport_portal::lake::Statement;
use lakeport_portal::policy::Entitlement;

/// The lakehouse through a pool of workers.
#[derive(Debug, Clone)]
pub struct LakeBridge {
    pool: Arc<WorkerPool>,
}

impl LakeBridge {
    /// Over this pool.
    pub fn new(pool: Arc<WorkerPool>) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl Lake for LakeBridge {
    async fn describe(&self, table: &TableRef) -> Result<TableInfo, LakeError> {
        measured("describe", self.pool.describe(table.clone())).await
    }

    async fn history(&self, table: &TableRef, limit: u32) -> Result<Vec<TableVersion>, LakeError> {
        measured("history", self.pool.history(table.clone(), limit)).await
    }

    async fn preview(&self, table: &Entitlement, limit: u32) -> Result<Frame, LakeError> {
        measured("preview", self.pool.preview(table.readable().clone(), limit)).await
    }

    async fn query(&self, statement: &Statement, tables: &[Entitlement]) -> Result<Frame, LakeError> {
        let query = Query {
            sql: statement.sql.clone(),
            parameters: statement.parameters.clone(),
            tables: tables.iter().map(|table| table.readable().clone()).collect(),
            row_limit: statement.row_limit,
        };
        measured("query", self.pool.query(query)).await
    }

    async fn check(&self, table: &TableRef, checks: &[Check]) -> Result<Vec<CheckOutcome>, LakeError> {
        measured("check", self.pool.check(table.clone(), checks.to_vec())).await
    }
}

/// Counts what is asked of the workers, and how it ends.
async fn measured<T>(
    kind: &'static str,
    work: impl Future<Output = Result<T, LakeError>>,
) -> Result<T, LakeError> {
    let _running = Running::begin();
    let began = Instant::now();
    let result = work.await;
    let outcome = match &result {
        Ok(_) => "answered",
        Err(LakeError::Busy(_)) => "busy",
        Err(LakeError::TooSlow(_)) => "too_slow",
        Err(LakeError::TooLarge(_)) => "too_large",
        Err(LakeError::Fault(message)) => {
            tracing::warn!(kind, message, "the lake did not answer");
            "fault"
        }
        Err(_) => "refused",
    };
    metrics::counter!("lakeport_lake_requests_total", "kind" => kind, "outcome" => outcome).increment(1);
    metrics::histogram!("lakeport_lake_request_seconds", "kind" => kind)
        .record(began.elapsed().as_secs_f64());
    result
}

/// One request that runs or waits; a caller who goes away ends it by dropping it.
struct Running;

impl Running {
    fn begin() -> Self {
        metrics::gauge!("lakeport_lake_requests_running").increment(1.0);
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        metrics::gauge!("lakeport_lake_requests_running").decrement(1.0);
    }
}
