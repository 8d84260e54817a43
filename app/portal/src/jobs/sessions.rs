//! Sessions, and plans of pushes, that have ended are removed; they open and change nothing any more, whether this runs or not.

use std::time::Duration;

use async_trait::async_trait;

use super::Job;
use crate::notify::Mailer;
use crate::people::sessions;
use crate::store::plans;
use crate::{Ctx, Result};

const EVERY: Duration = Duration::from_mins(15);

/// Sessions and plans that have ended are removed.
pub(super) struct Sessions;

#[async_trait]
impl Job for Sessions {
    fn name(&self) -> &'static str {
        "sessions"
    }

    fn pause(&self) -> Duration {
        EVERY
    }

    async fn is_due(&self, ctx: &Ctx) -> Result<bool> {
        Ok(sessions::has_expired(ctx).await? || plans::has_over(&mut ctx.db.read().await?, ctx.now()).await?)
    }

    async fn run(&self, ctx: &Ctx, _mailer: &dyn Mailer) -> Result<u32> {
        sessions::delete_expired(ctx).await?;
        let mut tx = ctx.db.write().await?;
        plans::delete_over(&mut tx, ctx.now()).await?;
        tx.commit_unrecorded("a plan ends at a time that was known, and was nothing but a plan").await?;
        Ok(0)
    }
}
