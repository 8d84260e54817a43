//! Edges of lineage that runs of their jobs no longer draw become former, and leave after some time. A job is looked at
//! when it completed a run, and no other one is.

use std::time::Duration;

use async_trait::async_trait;

use super::Job;
use crate::notify::Mailer;
use crate::{Ctx, Result, lineage};

const EVERY: Duration = Duration::from_mins(1);

/// Edges that nothing draws any more become former, and leave.
pub(super) struct Ageing;

#[async_trait]
impl Job for Ageing {
    fn name(&self) -> &'static str {
        "ageing"
    }

    fn pause(&self) -> Duration {
        EVERY
    }

    async fn is_due(&self, ctx: &Ctx) -> Result<bool> {
        lineage::has_edges_to_age(ctx).await
    }

    async fn run(&self, ctx: &Ctx, _mailer: &dyn Mailer) -> Result<u32> {
        lineage::age_edges(ctx).await
    }
}
