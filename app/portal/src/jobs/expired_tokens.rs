//! What tokens leave behind ends with them. The tokens themselves are refused from their last moment on, whether this runs
//! or not.

use std::time::Duration;

use async_trait::async_trait;
use lakeport_model::TokenId;

use super::Job;
use super::faults::{self, Thing};
use crate::notify::Mailer;
use crate::people::leaving;
use crate::store::{jobs as store, people as persons};
use crate::{Clock, Ctx, Result, SystemClock};

const NAME: &str = "expired_tokens";
const EVERY: Duration = Duration::from_secs(10);

/// The service accounts of expired tokens end.
pub(super) struct ExpiredTokens;

#[async_trait]
impl Job for ExpiredTokens {
    fn name(&self) -> &'static str {
        NAME
    }

    fn pause(&self) -> Duration {
        EVERY
    }

    async fn is_due(&self, ctx: &Ctx) -> Result<bool> {
        Ok(!due(ctx).await?.is_empty())
    }

    async fn run(&self, ctx: &Ctx, _mailer: &dyn Mailer) -> Result<u32> {
        let mut done = 0;
        for id in due(ctx).await? {
            let result = end(ctx, id).await;
            // When a failure may be tried again is kept with it.
            done += faults::settled(ctx, NAME, &Thing::token(id), result).await.unwrap_or_default();
        }
        Ok(done)
    }
}

/// Expired tokens, but for those that failed and wait until they may be tried again.
async fn due(ctx: &Ctx) -> Result<Vec<TokenId>> {
    let mut tx = ctx.db.read().await?;
    let mut expired = store::expired_tokens(&mut tx, SystemClock.now()).await?;
    if !expired.is_empty() {
        let put_off = store::put_off(&mut tx, NAME, ctx.now()).await?;
        expired.retain(|id| !put_off.contains(&Thing::token(*id).name));
    }
    Ok(expired)
}

async fn end(ctx: &Ctx, id: TokenId) -> Result<u32> {
    let mut tx = ctx.db.read().await?;
    let token = persons::token(&mut tx, id).await?;
    drop(tx);
    match token {
        Some(token) => leaving::end_expired(ctx, &token).await,
        None => Ok(0),
    }
}
