//! The runner: a loop for each of the portal's jobs. One that fails or hangs holds up no other.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use lakeport_portal::notify::Mailer;
use lakeport_portal::{Ctx, Result, jobs};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// The longest one run may take. What it was at is dropped with it, and the next run goes on from what was kept.
const LONGEST: Duration = Duration::from_mins(10);
/// By which part of itself a pause may be longer, so that several replicas do not step on each other.
const JITTER: f64 = 0.75;
/// Time that the jobs are given to end, and what they had for themselves to be given up.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);

/// Something to be awaited, made anew each time.
type Again<T> = Box<dyn Fn() -> BoxFuture<'static, T> + Send + Sync>;

/// A job and how it is run.
struct Job {
    name: &'static str,
    pause: Duration,
    longest: Duration,
    work: Again<Result<u32>>,
    /// Ends when the next run should not wait for the pause to be over.
    is_urgent: Again<()>,
}

/// Runs the jobs of the portal again and again, until what this answers is dropped or given to [`end`]: all of them, or
/// those alone that every process does for itself.
pub fn begin(ctx: &Ctx, mailer: &Arc<dyn Mailer>, all: bool) -> JoinSet<()> {
    let job = |job: &'static dyn jobs::Job| {
        let (ctx, mailer) = (ctx.clone(), Arc::clone(mailer));
        let waiting = ctx.clone();
        let work = move || {
            let (ctx, mailer) = (ctx.clone(), Arc::clone(&mailer));
            async move { jobs::run(job, &ctx, mailer.as_ref()).await }.boxed()
        };
        let is_urgent = move || {
            let ctx = waiting.clone();
            async move { job.is_urgent(&ctx).await }.boxed()
        };
        Job {
            name: job.name(),
            pause: job.pause(),
            longest: LONGEST,
            work: Box::new(work),
            is_urgent: Box::new(is_urgent),
        }
    };
    let ours = jobs::ALL.into_iter().filter(|job| all || job.lease().is_none());
    ours.map(job).map(Job::repeat).collect()
}

/// Ends the jobs that [`begin`] answered. Other processes, and this one when it starts again, go on with them at once.
pub async fn end(mut running: JoinSet<()>, ctx: &Ctx) {
    let left = async {
        // Nothing may take a lease again after they were given up.
        running.shutdown().await;
        jobs::give_leases_up(ctx).await
    };
    match timeout(SHUTDOWN_GRACE, left).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the jobs were not given up; others wait for a minute"),
        Err(_) => {
            tracing::warn!(
                "the jobs did not end in {} s; others wait for a minute",
                SHUTDOWN_GRACE.as_secs()
            );
        }
    }
}

impl Job {
    async fn repeat(self) {
        loop {
            self.once().await;
            let pause = self.pause.mul_f64(1.0 + rand::random_range(0.0..JITTER));
            tokio::select! {
                () = sleep(pause) => {}
                () = (self.is_urgent)() => {}
            }
        }
    }

    /// One run; how it ends is logged and counted, and ends nothing else.
    async fn once(&self) {
        let began = Instant::now();
        let run = AssertUnwindSafe((self.work)()).catch_unwind();
        match timeout(self.longest, run).await {
            Ok(Ok(Ok(done))) => {
                metrics::counter!("lakeport_jobs_done_total", "job" => self.name).increment(done.into());
            }
            Ok(Ok(Err(error))) => self.failed(&error.to_string()),
            Ok(Err(_)) => self.failed("It panicked."),
            Err(_) => self.failed(&format!("It took longer than {} s.", self.longest.as_secs_f64())),
        }
        metrics::histogram!("lakeport_job_seconds", "job" => self.name).record(began.elapsed().as_secs_f64());
    }

    fn failed(&self, error: &str) {
        metrics::counter!("lakeport_job_runs_failed_total", "job" => self.name).increment(1);
        tracing::error!(job = self.name, error, "a job failed; it is tried again");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use lakeport_portal::Error;

    use super::*;

    /// What a job does each time it is run.
    #[derive(Debug, Clone, Copy)]
    enum Habit {
        Works,
        Fails,
        Panics,
        Hangs,
    }

    /// A job of this habit, and how often it was begun.
    fn job(name: &'static str, habit: Habit) -> (Job, Arc<AtomicU32>) {
        let begun = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&begun);
        let work = move || {
            count.fetch_add(1, Ordering::SeqCst);
            async move {
                match habit {
                    Habit::Works => Ok(1),
                    Habit::Fails => Err(Error::busy("The database does not answer.")),
                    Habit::Panics => panic!("a job panics"),
                    Habit::Hangs => std::future::pending().await,
                }
            }
            .boxed()
        };
        let brief = Duration::from_millis(2);
        let is_urgent = Box::new(|| std::future::pending::<()>().boxed());
        (Job { name, pause: brief, longest: brief, work: Box::new(work), is_urgent }, begun)
    }

    #[tokio::test]
    async fn a_job_that_hangs_or_fails_never_holds_up_another_or_itself() {
        let habits = [("mail", Habit::Works), ("a", Habit::Fails), ("b", Habit::Panics), ("c", Habit::Hangs)];
        let (jobs, begun): (Vec<_>, Vec<_>) =
            habits.map(|(name, habit)| job(name, habit)).into_iter().unzip();
        let running: JoinSet<()> = jobs.into_iter().map(Job::repeat).collect();
        let all_again = async {
            while begun.iter().any(|begun| begun.load(Ordering::SeqCst) < 5) {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_secs(20), all_again).await.expect("each of them is run again and again");
        assert_eq!(running.len(), 4, "none of them has ended");
    }

    #[tokio::test]
    async fn a_hanging_job_without_a_limit_never_holds_up_the_others() {
        let (hanging, _) = job("hangs", Habit::Hangs);
        let (working, begun) = job("works", Habit::Works);
        let hanging = Job { longest: LONGEST, ..hanging };
        let running: JoinSet<()> = [hanging, working].into_iter().map(Job::repeat).collect();
        let goes_on = async {
            while begun.load(Ordering::SeqCst) < 5 {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_secs(20), goes_on).await.expect("the other one is run");
        drop(running);
        sleep(Duration::from_millis(20)).await;
        let after = begun.load(Ordering::SeqCst);
        sleep(Duration::from_millis(50)).await;
        assert_eq!(begun.load(Ordering::SeqCst), after, "on stop all end");
    }

    #[test]
    fn the_jobs_of_the_portal_never_share_a_name() {
        let mut names = jobs::ALL.map(jobs::Job::name).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), jobs::ALL.len());
    }
}
