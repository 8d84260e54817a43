//! Edges that runs of their jobs no longer draw.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::Result;
use crate::store::lists::{list, run_list};
use crate::store::stored::Moment;
use crate::store::{Tx, row, rows};

/// Whether a job completed a run since its edges were looked at, or an edge is former since before this moment.
pub async fn has_due(tx: &mut Tx, before: DateTime<Utc>) -> Result<bool> {
    let sql = "SELECT CAST(1 AS BIGINT) FROM lineage_due LIMIT 1";
    if row!(tx, (i64,), sql)?.is_some() {
        return Ok(true);
    }
    let sql = "SELECT CAST(1 AS BIGINT) FROM lineage_edge WHERE former_since < $1 LIMIT 1";
    Ok(row!(tx, (i64,), sql, before)?.is_some())
}

/// The first of the jobs that completed a run since their edges were looked at.
pub async fn due_jobs(tx: &mut Tx, limit: i64) -> Result<Vec<String>> {
    let found = rows!(tx, (String,), "SELECT job FROM lineage_due ORDER BY job LIMIT $1", limit)?;
    Ok(found.into_iter().map(|(job,)| job).collect())
}

/// Notes that the edges of these jobs were looked at.
pub async fn looked_at(tx: &mut Tx, jobs: &[&str]) -> Result<()> {
    let jobs: Vec<_> = jobs.iter().map(|job| (job,)).collect();
    run_list!(tx, "DELETE FROM lineage_due WHERE job IN (SELECT item.value ->> 0 FROM ", ")", list(&jobs)?)?;
    Ok(())
}

/// When the newest complete runs of a job began, or ended where nobody said when they began; the newest first.
pub async fn begun(tx: &mut Tx, job: &str, limit: i64) -> Result<Vec<DateTime<Utc>>> {
    let sql = "SELECT COALESCE(started_at, ended_at) FROM lineage_run WHERE job = $1 AND state = 'COMPLETE' \
               ORDER BY COALESCE(started_at, ended_at) DESC LIMIT $2";
    let found = rows!(tx, (Moment,), sql, job, limit)?;
    Ok(found.into_iter().map(|(at,)| at.into()).collect())
}

/// Edges of a job that were seen last before a moment are former from now on where the job has drawn the same target from
/// something else since, at most so many; answers where they go. Runs that say nothing of a target say nothing against its
/// edges: a loader names another table in each.
pub async fn make_former(
    tx: &mut Tx,
    job: &str,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<String>> {
    let found = rows!(
        tx,
        (String,),
        "UPDATE lineage_edge SET former_since = $3 WHERE (source, target, job) IN (SELECT edge.source, edge.target, \
         edge.job FROM lineage_edge AS edge WHERE edge.job = $1 AND edge.job <> '' AND edge.former_since IS NULL \
         AND edge.seen_at < $2 AND EXISTS (SELECT 1 FROM lineage_edge AS since WHERE since.target = edge.target \
         AND since.job = edge.job AND since.seen_at >= $2) LIMIT $4) RETURNING target",
        job,
        before,
        now,
        limit
    )?;
    Ok(found.into_iter().map(|(target,)| target).collect())
}

/// Forgets edges that are former since before a moment, the oldest first and at most so many, and that their jobs use the
/// two ends, where no other edge of the job is there; answers how many, and these ends.
pub async fn forget_former(tx: &mut Tx, before: DateTime<Utc>, limit: i64) -> Result<(usize, Vec<String>)> {
    let gone = rows!(
        tx,
        (String, String, String),
        "DELETE FROM lineage_edge WHERE (source, target, job) IN (SELECT edge.source, edge.target, edge.job \
         FROM lineage_edge AS edge WHERE edge.former_since < $1 ORDER BY edge.former_since LIMIT $2) \
         RETURNING source, target, job",
        before,
        limit
    )?;
    if gone.is_empty() {
        return Ok((0, Vec::new()));
    }
    let reads: BTreeSet<(&str, &str)> =
        gone.iter().map(|(source, _, job)| (job.as_str(), source.as_str())).collect();
    run_list!(
        tx,
        "DELETE FROM lineage_use WHERE (job, run, asset, writes) IN (SELECT item.value ->> 0, '', item.value ->> 1, FALSE \
         FROM ",
        " WHERE NOT EXISTS (SELECT 1 FROM lineage_edge AS edge WHERE edge.source = item.value ->> 1 \
         AND edge.job = item.value ->> 0))",
        list(&reads.iter().collect::<Vec<_>>())?
    )?;
    let writes: BTreeSet<(&str, &str)> =
        gone.iter().map(|(_, target, job)| (job.as_str(), target.as_str())).collect();
    run_list!(
        tx,
        "DELETE FROM lineage_use WHERE (job, run, asset, writes) IN (SELECT item.value ->> 0, '', item.value ->> 1, TRUE \
         FROM ",
        " WHERE NOT EXISTS (SELECT 1 FROM lineage_edge AS edge WHERE edge.target = item.value ->> 1 \
         AND edge.job = item.value ->> 0))",
        list(&writes.iter().collect::<Vec<_>>())?
    )?;
    let ends = gone.iter().flat_map(|(source, target, _)| [source.clone(), target.clone()]);
    Ok((gone.len(), ends.collect()))
}
