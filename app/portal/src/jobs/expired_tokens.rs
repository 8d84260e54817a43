//! What tokens leave behind ends with them. The tokens themselves are refused from their last moment on, whether this runs
//! or not.

use std::time::Duration;

use async_trait::async_trait;

use super::{Job, faults};
use crate::notify::Mailer;
use crate::people::leaving;
use crate::store::audit as store;
use crate::{Clock, Ctx, Result, SystemClock};

const EVERY: Duration = Duration::from_secs(10);

/// The service accounts of expired tokens end.
pub(super) struct ExpiredTokens;

#[async_trait]
impl Job for ExpiredTokens {
    fn name(&self) -> &'static str {
        "expired_tokens"
    }

    fn pause(&self) -> Duration {
        EVERY
    }

    async fn is_due(&self, ctx: &Ctx) -> Result<bool> {
        let mut tx = ctx.db.read().await?;
        Ok(!store::expired_tokens(&mut tx, SystemClock.now()).await?.is_empty())
    }

    async fn run(&self, ctx: &Ctx, _mailer: &dyn Mailer) -> Result<u32> {
        let mut tx = ctx.db.read().await?;
        let expired = store::expired_tokens(&mut tx, SystemClock.now()).await?;
        drop(tx);
        let mut done = 0;
        for token in expired {
            let item = format!("token {}", token.id);
            done += faults::settled(ctx, self.name(), &item, leaving::end_expired(ctx, &token).await).await;
        }
        Ok(done)
    }
}
