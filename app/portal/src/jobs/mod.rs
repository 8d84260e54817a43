//! Everything that happens without somebody asking: one file a job, with its interval on top, what is due as a query of
//! the store, and an end of its own for each thing it does. The server runs them again and again, side by side; they are
//! idempotent, and nothing about whether a grant holds depends on them.
//!
//! Several replicas share the jobs by leases. A new job is a file here and a line in [`ALL`].

mod ageing;
mod changes;
mod checks;
mod delivery;
mod digests;
mod expired_tokens;
mod faults;
mod lease;
mod mail;
mod readings;
mod reminders;
mod sessions;
mod sweep;
mod unused;
mod waiting_requests;

use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;

pub(crate) use self::delivery::TOLD_AFTER;
use crate::notify::Mailer;
use crate::{Ctx, Result, people};

/// How long a replica that died keeps the others from a job.
const LEASE: Duration = Duration::from_mins(1);

/// One of the things that happen by themselves.
#[async_trait]
pub trait Job: Send + Sync {
    /// What the log and the metrics call it.
    fn name(&self) -> &'static str;

    /// The pause between two runs.
    fn pause(&self) -> Duration;

    /// For how long a process has the job for itself, unless it says that it still runs it; `None` where each process does
    /// its own part.
    fn lease(&self) -> Option<Duration> {
        Some(LEASE)
    }

    /// Whether there is something to do. Asked often, and of every process: a look at an index or two.
    async fn is_due(&self, ctx: &Ctx) -> Result<bool>;

    /// Ends when the next run should not wait for the pause to be over.
    async fn is_urgent(&self, _ctx: &Ctx) {
        std::future::pending::<()>().await;
    }

    /// Does what is due; answers how many things were done.
    ///
    /// # Errors
    /// When the job as a whole cannot be done now; the next run tries again.
    async fn run(&self, ctx: &Ctx, mailer: &dyn Mailer) -> Result<u32>;
}

/// All of them; mail is the last, so that it takes along what the others wrote.
pub const ALL: [&dyn Job; 12] = [
    &reminders::Reminders,
    &waiting_requests::WaitingRequests,
    &delivery::Delivery,
    &checks::Checks,
    &digests::Digests,
    &unused::Unused,
    &expired_tokens::ExpiredTokens,
    &ageing::Ageing,
    &sessions::Sessions,
    &changes::Changes,
    &readings::Readings,
    &mail::Outbox,
];

/// Runs a job if something is due and no other process runs it; answers how many things were done.
///
/// # Errors
/// When the job as a whole cannot be done now; the next run tries again.
pub async fn run(job: &dyn Job, ctx: &Ctx, mailer: &dyn Mailer) -> Result<u32> {
    people::refresh_clock(ctx).await?;
    if !job.is_due(ctx).await? {
        return Ok(0);
    }
    match job.lease() {
        None => job.run(ctx, mailer).await,
        Some(length) => {
            let done = lease::under(ctx, job.name(), length, job.run(ctx, mailer)).await?;
            Ok(done.unwrap_or_default())
        }
    }
}

/// Gives up what this process has for itself, once nothing of it runs any more: others go on with it at once.
///
/// # Errors
/// When the database cannot be used; then others wait until the leases end.
pub async fn give_leases_up(ctx: &Ctx) -> Result<()> {
    lease::give_all_up(ctx).await
}

/// Runs every job once, one after the other, for those who have no runner; answers how many things were done. One that
/// fails keeps none of the others back.
pub async fn run_due(ctx: &Ctx, mailer: &dyn Mailer) -> Result<u32> {
    let mut done = 0;
    for job in ALL {
        match run(job, ctx, mailer).await {
            Ok(things) => done += things,
            Err(error) => tracing::error!(job = job.name(), %error, "a job failed; it is tried again"),
        }
    }
    Ok(done)
}

/// After the first attempt 10 s, then 20 s, 40 s .. up to about three hours.
fn backoff(attempts: i64) -> TimeDelta {
    TimeDelta::seconds(10 << (attempts - 1).clamp(0, 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_grow_apart_and_never_stop() {
        let seconds: Vec<i64> = (1..=4).map(|attempts| backoff(attempts).num_seconds()).collect();
        assert_eq!(seconds, [10, 20, 40, 80]);
        assert_eq!(backoff(11), backoff(10_000), "the pause has a longest");
        assert!((2..4).contains(&backoff(11).num_hours()));
    }
}
