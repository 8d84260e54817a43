//! What jobs share: who does one at a time, and what they could not do.

use chrono::{DateTime, Utc};

use super::{Tx, row, run};
use crate::Result;

/// After every moment: until something changes, nothing is to be done.
pub fn never() -> DateTime<Utc> {
    // The last day of the year 9999; both databases keep it, and compare it with others.
    DateTime::from_timestamp(253_402_214_400, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Takes or renews the lease of a job; false while another holder has it.
pub async fn take_lease(
    tx: &mut Tx,
    job: &str,
    holder: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool> {
    let taken = run!(
        tx,
        "INSERT INTO job_lease (job, holder, until) VALUES ($1, $2, $3) \
         ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, until = excluded.until \
         WHERE job_lease.holder = excluded.holder OR job_lease.until <= $4",
        job,
        holder,
        until,
        now
    )?;
    Ok(taken == 1)
}

/// Gives the lease of a job up, if this holder still has it.
pub async fn give_lease_up(tx: &mut Tx, job: &str, holder: &str) -> Result<()> {
    run!(tx, "DELETE FROM job_lease WHERE job = $1 AND holder = $2", job, holder)?;
    Ok(())
}

/// Records what a job could not do with one thing; false where the same was recorded before.
pub async fn record_fault(
    tx: &mut Tx,
    job: &str,
    item: &str,
    error: &str,
    at: DateTime<Utc>,
) -> Result<bool> {
    let new = run!(
        tx,
        "INSERT INTO job_fault (job, item, error, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        job,
        item,
        error,
        at
    )?;
    Ok(new == 1)
}

/// With how many things a job failed since then.
pub async fn faults_since(tx: &mut Tx, job: &str, since: DateTime<Utc>) -> Result<i64> {
    let found = row!(tx, (i64,), "SELECT COUNT(*) FROM job_fault WHERE job = $1 AND at > $2", job, since)?;
    Ok(found.map_or(0, |(count,)| count))
}
