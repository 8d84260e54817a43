//! The runner: asks the portal every few seconds to do what is due.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lakeport_portal::notify::Mailer;
use lakeport_portal::people::sessions;
use lakeport_portal::{Ctx, jobs};
use tokio::task::JoinHandle;

/// The shortest pause between two sweeps.
const PAUSE: Duration = Duration::from_secs(2);
/// How much longer a pause may be, so that several replicas do not step on each other.
const JITTER_MILLISECONDS: u64 = 1_500;
/// Sweeps between two clean-ups of ended sessions.
const CLEAN_UP: u32 = 300;

/// Runs until it is aborted. One failing sweep is logged and does not end it.
pub fn run(ctx: Ctx, mailer: Arc<dyn Mailer>) -> JoinHandle<()> {
    tokio::spawn(async move {
        for sweep in 0u32.. {
            let began = Instant::now();
            match jobs::run_due(&ctx, mailer.as_ref()).await {
                Ok(done) => metrics::counter!("lakeport_jobs_done_total").increment(u64::from(done)),
                Err(error) => {
                    metrics::counter!("lakeport_job_sweeps_failed_total").increment(1);
                    tracing::error!(%error, "a sweep of the jobs failed; the next one tries again");
                }
            }
            metrics::histogram!("lakeport_job_sweep_seconds").record(began.elapsed().as_secs_f64());
            if sweep % CLEAN_UP == 0
                && let Err(error) = sessions::delete_expired(&ctx).await
            {
                tracing::error!(%error, "ended sessions could not be removed");
            }
            let jitter = Duration::from_millis(rand::random_range(0..JITTER_MILLISECONDS));
            tokio::time::sleep(PAUSE + jitter).await;
        }
    })
}
