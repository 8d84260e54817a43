//! Where portal and lake meet: the portal's [`Lake`] over the lake's worker processes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::NaiveDate;
use lakeport_frame::{Check, CheckOutcome, Frame, LakeError, Query, TableInfo, TableRef, TableVersion};
use lakeport_lake::{MaskKey, WorkerPool};
use lakeport_portal::Lake;
use lakeport_portal::lake::Statement;
use lakeport_portal::policy::{Entitlement, Measurement};
use tokio::sync::watch;
use tokio::time::timeout;

/// The lakehouse through a pool of workers.
#[derive(Debug, Clone)]
pub struct LakeBridge {
    pool: Arc<WorkerPool>,
    days: Option<Days>,
}

/// The last day of the demo's tables, once they are there.
pub type Days = watch::Receiver<Option<NaiveDate>>;

/// How long a check waits for the rows of the days that a moved clock has skipped.
const DAYS_WAIT: Duration = Duration::from_mins(1);

impl LakeBridge {
    /// Over this pool.
    pub fn new(pool: Arc<WorkerPool>) -> Self {
        Self { pool, days: None }
    }

    /// Over this pool, with the demo's tables: what is checked waits until they have all days before the one it is
    /// checked on.
    pub fn of_demo(pool: Arc<WorkerPool>, days: Days) -> Self {
        Self { pool, days: Some(days) }
    }

    /// From now on, what is masked as a hash is hashed under this key.
    pub fn mask_under(&self, key: String) {
        self.pool.mask_under(MaskKey::new(key));
    }

    /// Waits for the rows that a check takes for granted at its moment.
    async fn await_days(&self, checks: &[Check]) -> Result<(), LakeError> {
        let moments = checks.iter().filter_map(|check| match check {
            Check::Fresh { now, .. } => Some(now.date_naive()),
            _ => None,
        });
        let (Some(days), Some(today)) = (&self.days, moments.max()) else { return Ok(()) };
        let mut days = days.clone();
        let complete =
            days.wait_for(|last| last.is_none_or(|last| last.succ_opt().is_none_or(|next| next >= today)));
        match timeout(DAYS_WAIT, complete).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(LakeError::Busy(
                "The demo's rows of the days before are still being written; check again in a moment."
                    .to_owned(),
            )),
        }
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
        let pool = self.pool.asked_by(&table.reader().0.to_string());
        measured("preview", pool.preview(table.readable().clone(), limit)).await
    }

    async fn query(&self, statement: &Statement, tables: &[Entitlement]) -> Result<Frame, LakeError> {
        let query = Query {
            sql: statement.sql.clone(),
            parameters: statement.parameters.clone(),
            tables: tables.iter().map(|table| table.readable().clone()).collect(),
            row_limit: statement.row_limit,
        };
        match tables.first() {
            Some(table) => {
                let pool = self.pool.asked_by(&table.reader().0.to_string());
                measured("query", pool.query(query)).await
            }
            // Who asks without reading anything shares the turns of one person.
            None => measured("query", self.pool.asked_by("").query(query)).await,
        }
    }

    async fn check(&self, table: &Measurement, checks: &[Check]) -> Result<Vec<CheckOutcome>, LakeError> {
        self.await_days(checks).await?;
        let of_nobody = || WorkerPool::clone(&self.pool);
        let pool =
            table.asked_by().map_or_else(of_nobody, |person| self.pool.asked_by(&person.0.to_string()));
        measured("check", pool.check(table.table().clone(), checks.to_vec())).await
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

#[cfg(test)]
mod tests {
    use lakeport_lake::{PoolOptions, Storage};

    use super::*;

    #[tokio::test]
    async fn a_check_never_runs_before_the_days_it_is_about_are_written() {
        let options = PoolOptions {
            program: "/nothing/here".into(),
            args: Vec::new(),
            workers: 1,
            queue: 1,
            deadline: Duration::from_secs(1),
            memory_bytes: 0,
            cpu_seconds: 1,
            storage: Storage::default(),
            roots: Vec::new(),
        };
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let (written, days) = watch::channel(None);
        let bridge = LakeBridge::of_demo(Arc::new(WorkerPool::new(options)), days);
        let now = "2026-12-10T08:00:00Z".parse().expect("a moment");
        let fresh = [Check::Fresh { column: None, max_age_seconds: 1, now }];
        assert_eq!(bridge.await_days(&fresh).await, Ok(()), "there is no demo yet");
        written.send_replace(Some(day("2026-12-08")));
        let early = timeout(Duration::from_millis(50), bridge.await_days(&fresh)).await;
        assert!(early.is_err(), "the ninth is missing");
        assert_eq!(bridge.await_days(&[Check::Required { column: "id".to_owned() }]).await, Ok(()));
        written.send_replace(Some(day("2026-12-09")));
        assert_eq!(bridge.await_days(&fresh).await, Ok(()));
    }
}
