//! Edges that the runs of their jobs no longer draw: they are former, and after some time they leave.
//!
//! All moments are those that events name: when a run began, and when an edge was seen last.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::store::Tx;
use crate::store::changes::{self, Touched};
use crate::store::lineage::ageing as store;
use crate::{Ctx, Result};

/// So many complete runs of a job that did not draw an edge make it former.
const RUNS: usize = 3;
/// Jobs that are looked at in one turn to write.
const JOBS: usize = 50;
/// Edges that become former, or leave, in one turn.
const EDGES: usize = 500;

/// The moment since which so many complete runs of a job began that an edge seen last before it is former. The runs are
/// given by when they began, the newest first.
fn former_before(begun: &[DateTime<Utc>]) -> Option<DateTime<Utc>> {
    begun.get(RUNS - 1).copied()
}

/// Edges that are former since before this moment leave.
fn gone_before(ctx: &Ctx) -> DateTime<Utc> {
    ctx.now() - TimeDelta::days(ctx.settings.former_days.into())
}

/// True where a job completed a run since its edges were looked at, or a former edge is to leave.
pub(crate) async fn has_edges_to_age(ctx: &Ctx) -> Result<bool> {
    store::has_due(&mut ctx.db.read().await?, gone_before(ctx)).await
}

/// Looks at the edges of jobs that completed runs, and lets former ones leave, in one turn to write after the other; answers
/// how many edges became former or left.
pub(crate) async fn age_edges(ctx: &Ctx) -> Result<u32> {
    let mut done = 0;
    loop {
        let (edges, is_all) = look(ctx).await?;
        done += edges;
        if is_all {
            break;
        }
    }
    loop {
        let (edges, is_all) = leave(ctx).await?;
        done += edges;
        if is_all {
            return Ok(done);
        }
    }
}

/// One turn: edges of some of the jobs become former. Answers how many, and whether no job is left.
async fn look(ctx: &Ctx) -> Result<(u32, bool)> {
    let mut tx = ctx.db.write().await?;
    let now = ctx.now();
    let jobs = store::due_jobs(&mut tx, limit(JOBS)).await?;
    let (mut targets, mut looked_at, mut room) = (Vec::new(), Vec::new(), EDGES);
    for job in &jobs {
        let begun = store::begun(&mut tx, job, limit(RUNS)).await?;
        if let Some(before) = former_before(&begun) {
            let made = store::make_former(&mut tx, job, before, now, limit(room)).await?;
            room = room.saturating_sub(made.len());
            targets.extend(made);
        }
        if room == 0 {
            // There may be more of this one: it stays due.
            break;
        }
        looked_at.push(job.as_str());
    }
    store::looked_at(&mut tx, &looked_at).await?;
    let edges = number(targets.len());
    touch(&mut tx, targets, now).await?;
    tx.commit_unrecorded("events of runs say it, and they are kept").await?;
    Ok((edges, jobs.len() < JOBS && room > 0))
}

/// One turn: former edges leave. Answers how many, and whether none is left.
async fn leave(ctx: &Ctx) -> Result<(u32, bool)> {
    let mut tx = ctx.db.write().await?;
    let (edges, ends) = store::forget_former(&mut tx, gone_before(ctx), limit(EDGES)).await?;
    touch(&mut tx, ends, ctx.now()).await?;
    tx.commit_unrecorded("events of runs say it, and they are kept").await?;
    Ok((number(edges), edges < EDGES))
}

/// Memory, index and graph of every replica follow.
async fn touch(tx: &mut Tx, assets: Vec<String>, now: DateTime<Utc>) -> Result<()> {
    let assets: BTreeSet<String> = assets.into_iter().collect();
    changes::touch(tx, assets.into_iter().map(Touched::Asset), now).await?;
    Ok(())
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    #[test]
    fn an_edge_is_former_when_three_runs_that_began_after_it_was_seen_are_complete() {
        let is_former = |seen: i64, begun: &[i64]| {
            let begun: Vec<_> = begun.iter().map(|begun| day(*begun)).collect();
            former_before(&begun).is_some_and(|before| day(seen) < before)
        };
        assert!(is_former(1, &[4, 3, 2]));
        assert!(is_former(1, &[9, 4, 3, 2, 1]));
        assert!(!is_former(1, &[3, 2, 1]), "one of them drew it, or began as it was drawn");
        assert!(!is_former(1, &[4, 3]), "two are too few");
        assert!(!is_former(1, &[]), "a job without complete runs");
        assert!(!is_former(5, &[4, 3, 2]), "it was seen since");
    }
}
