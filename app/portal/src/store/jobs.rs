//! What jobs share: who does one at a time, and what they could not do.

use chrono::{DateTime, Utc};
use lakeport_model::TokenId;
use uuid::Uuid;

use super::stored::Moment;
use super::{Tx, row, rows, run};
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

/// Gives up every lease that this holder has.
pub async fn give_leases_up(tx: &mut Tx, holder: &str) -> Result<()> {
    run!(tx, "DELETE FROM job_lease WHERE holder = $1", holder)?;
    Ok(())
}

/// How often a job failed at one thing since it last did it; 0 where it did not.
pub async fn failures(tx: &mut Tx, job: &str, item: &str) -> Result<i64> {
    let sql = "SELECT failures FROM job_fault WHERE job = $1 AND item = $2";
    let found = row!(tx, (i64,), sql, job, item)?;
    Ok(found.map_or(0, |(failures,)| failures))
}

/// Records that a job failed at one thing, how often by now, and when it may be tried again.
pub async fn record_fault(
    tx: &mut Tx,
    (job, item): (&str, &str),
    error: &str,
    failures: i64,
    at: DateTime<Utc>,
    again: DateTime<Utc>,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO job_fault (job, item, error, failures, at, again) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (job, item) DO UPDATE SET error = excluded.error, failures = excluded.failures, \
         at = excluded.at, again = excluded.again",
        job,
        item,
        error,
        failures,
        at,
        again
    )?;
    Ok(())
}

/// Notes that administrators are told of a fault; false where they were told before.
pub async fn note_fault_told(tx: &mut Tx, job: &str, item: &str, at: DateTime<Utc>) -> Result<bool> {
    let noted = run!(
        tx,
        "UPDATE job_fault SET told_at = $3 WHERE job = $1 AND item = $2 AND told_at IS NULL",
        job,
        item,
        at
    )?;
    Ok(noted == 1)
}

/// Of how many things that a job cannot do administrators were told since then.
pub async fn faults_told_since(tx: &mut Tx, job: &str, since: DateTime<Utc>) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM job_fault WHERE job = $1 AND told_at > $2";
    let found = row!(tx, (i64,), sql, job, since)?;
    Ok(found.map_or(0, |(count,)| count))
}

/// Forgets what a job could not do with one thing: now it did it.
pub async fn forget_fault(tx: &mut Tx, job: &str, item: &str) -> Result<()> {
    run!(tx, "DELETE FROM job_fault WHERE job = $1 AND item = $2", job, item)?;
    Ok(())
}

/// Forgets the faults of every job that did not come again since then: mostly the thing is gone.
pub async fn forget_faults(tx: &mut Tx, since: DateTime<Utc>) -> Result<()> {
    run!(tx, "DELETE FROM job_fault WHERE at <= $1", since)?;
    Ok(())
}

/// The things that a job failed at and that are not to be tried again yet.
pub async fn put_off(tx: &mut Tx, job: &str, now: DateTime<Utc>) -> Result<Vec<String>> {
    let found = rows!(tx, (String,), "SELECT item FROM job_fault WHERE job = $1 AND again > $2", job, now)?;
    Ok(found.into_iter().map(|(item,)| item).collect())
}

/// Tokens that expired before `now` and still hold requests or grants; one whose end cannot be read is over.
pub async fn expired_tokens(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<TokenId>> {
    let sql = "SELECT id, ends_at FROM token WHERE ended_at IS NULL AND ends_at IS NOT NULL ORDER BY id";
    let found = rows!(tx, (Uuid, Moment), sql)?;
    let is_over = |end: Moment| DateTime::<Utc>::from(end) <= now;
    Ok(found.into_iter().filter_map(|(id, end)| is_over(end).then_some(TokenId(id))).collect())
}
