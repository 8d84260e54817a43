//! What was read, and when tables were seen to change, is counted in memory and written together. Each process writes its
//! own, also one that runs no other job. A process that is killed loses what it counted since the last round, some seconds;
//! one that is told to stop loses nothing (`readings::write`).

use std::time::Duration;

use async_trait::async_trait;

use super::Job;
use crate::notify::Mailer;
use crate::{Ctx, Error, Result, readings};

const EVERY: Duration = Duration::from_secs(5);

/// Readings and looks at tables are written.
pub(super) struct Readings;

#[async_trait]
impl Job for Readings {
    fn name(&self) -> &'static str {
        "readings"
    }

    fn pause(&self) -> Duration {
        EVERY
    }

    fn lease(&self) -> Option<Duration> {
        None
    }

    async fn is_due(&self, ctx: &Ctx) -> Result<bool> {
        Ok(ctx.readings.wait_to_be_written().await || ctx.looks.wait_to_be_written())
    }

    async fn is_urgent(&self, ctx: &Ctx) {
        ctx.readings.are_many().await;
    }

    async fn run(&self, ctx: &Ctx, _mailer: &dyn Mailer) -> Result<u32> {
        // Of its own, for it must not be left half-way: a batch whose commit nobody saw would be written again.
        let ctx = ctx.clone();
        let round = tokio::spawn(async move { readings::write(&ctx).await });
        round.await.map_err(Error::fault)?.map(|()| 0)
    }
}
