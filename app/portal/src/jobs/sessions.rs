//! Sessions that have ended are removed; they open nothing any more, whether this runs or not.

use std::time::Duration;

use async_trait::async_trait;

use super::Job;
use crate::notify::Mailer;
use crate::people::sessions;
use crate::{Ctx, Result};

const EVERY: Duration = Duration::from_mins(15);

/// Sessions that have ended are removed.
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
        sessions::has_expired(ctx).await
    }

    async fn run(&self, ctx: &Ctx, _mailer: &dyn Mailer) -> Result<u32> {
        sessions::delete_expired(ctx).await.map(|()| 0)
    }
}
