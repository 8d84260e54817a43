//! Changes that every replica follows by now are forgotten; one that slept longer reads everything.

use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;

use super::Job;
use crate::notify::Mailer;
use crate::store::changes as store;
use crate::{Ctx, Result};

const EVERY: Duration = Duration::from_mins(10);
/// How long a change is kept.
const KEPT: TimeDelta = TimeDelta::days(1);
/// Changes that one statement forgets: others take their turn to write in between.
const BATCH: i64 = 10_000;

/// Changes that everybody follows are forgotten.
pub(super) struct Changes;

#[async_trait]
impl Job for Changes {
    fn name(&self) -> &'static str {
        "changes"
    }

    fn pause(&self) -> Duration {
        EVERY
    }

    async fn is_due(&self, ctx: &Ctx) -> Result<bool> {
        let mut tx = ctx.db.read().await?;
        Ok(store::forgettable(&mut tx, ctx.now() - KEPT).await?.is_some())
    }

    async fn run(&self, ctx: &Ctx, _mailer: &dyn Mailer) -> Result<u32> {
        loop {
            let mut tx = ctx.db.write().await?;
            let Some(up_to) = store::forgettable(&mut tx, ctx.now() - KEPT).await? else { return Ok(0) };
            store::forget(&mut tx, up_to, BATCH).await?;
            tx.commit_unrecorded("what everybody followed is forgotten, and nothing else").await?;
        }
    }
}
