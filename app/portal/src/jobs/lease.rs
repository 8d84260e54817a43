//! Leases: of several replicas one does a job, and another takes it over when that one has died.
//!
//! They keep replicas from doing the same work side by side. Nothing rests on them: every job may run twice at once, for
//! what it does is recorded in the transaction that does it. The times are real ones, whatever a demo's clock says.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::TimeDelta;
use uuid::Uuid;

use crate::store::jobs as store;
use crate::{Clock, Ctx, Error, Result, SystemClock, new_id};

/// Does a piece of work under the lease of a job, renewed as long as it takes and given up at its end; `None` where
/// another process has the lease.
pub(super) async fn under<T>(
    ctx: &Ctx,
    job: &'static str,
    length: Duration,
    work: impl Future<Output = Result<T>>,
) -> Result<Option<T>> {
    let holder = holder(ctx);
    if !take(ctx, job, &holder, length).await? {
        return Ok(None);
    }
    // Side by side: the work may have the turn to write that a renewal waits for. Whichever ends first, the other one is
    // dropped here: a renewal that nobody polls any more would keep that turn from everybody.
    let done = tokio::select! {
        done = work => done,
        () = renew(ctx, job, &holder, length) => {
            return Err(Error::busy("Another process has taken this job over; it goes on there."));
        }
    };
    // What was done is done; the lease ends by itself, too.
    if let Err(error) = give_up(ctx, job, &holder).await {
        tracing::warn!(job, %error, "a lease was not given up; others wait until it ends");
    }
    done.map(Some)
}

/// Gives up whatever leases this process still has, of runs that were cut off.
pub(super) async fn give_all_up(ctx: &Ctx) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    store::give_leases_up(&mut tx, &holder(ctx)).await?;
    tx.commit_unrecorded("leases end by themselves").await
}

/// Who this process is among the others, the same for all its runs: after one that was cut off, the next takes its lease
/// again. Contexts that were made apart count as processes of their own, as tests have them.
fn holder(ctx: &Ctx) -> String {
    static PROCESS: LazyLock<Uuid> = LazyLock::new(|| new_id(SystemClock.now()));
    format!("{} {:p}", *PROCESS, Arc::as_ptr(&ctx.readings))
}

async fn give_up(ctx: &Ctx, job: &str, holder: &str) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    store::give_lease_up(&mut tx, job, holder).await?;
    tx.commit_unrecorded("leases end by themselves").await
}

async fn take(ctx: &Ctx, job: &str, holder: &str, length: Duration) -> Result<bool> {
    let mut tx = ctx.db.write().await?;
    let now = SystemClock.now();
    let until = now + TimeDelta::from_std(length).map_err(Error::fault)?;
    let taken = store::take_lease(&mut tx, job, holder, now, until).await?;
    tx.commit_unrecorded("leases end by themselves").await?;
    Ok(taken)
}

/// Renews a lease again and again; ends when another process has it.
async fn renew(ctx: &Ctx, job: &'static str, holder: &str, length: Duration) {
    loop {
        tokio::time::sleep(length / 3).await;
        match take(ctx, job, holder, length).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(job, %error, "a lease was not renewed; it is tried again"),
        }
    }
}
