//! Brings decisions to the systems that deliver the data. So far that is the portal itself: a grant counts as delivered
//! when the table behind it can be opened, or when there is none that opens here and so nothing to deliver, and as taken
//! back when it no longer holds.

use std::time::Duration;

use async_trait::async_trait;
use lakeport_model::access::GrantStanding;
use lakeport_model::sharing::Provisioning;

use super::{Job, backoff, faults};
use crate::catalog::Snapshot;
use crate::notify::Mailer;
use crate::store::Tx;
use crate::store::access::{self as store, Grant};
use crate::{Ctx, Result};

const EVERY: Duration = Duration::from_secs(2);
/// Grants that one run takes on.
const BATCH: i64 = 100;

/// Decisions reach the systems that deliver the data.
pub(super) struct Delivery;

#[async_trait]
impl Job for Delivery {
    fn name(&self) -> &'static str {
        "delivery"
    }

    fn pause(&self) -> Duration {
        EVERY
    }

    async fn is_due(&self, ctx: &Ctx) -> Result<bool> {
        let mut tx = ctx.db.read().await?;
        Ok(!store::undelivered(&mut tx, ctx.now(), 1).await?.is_empty())
    }

    async fn run(&self, ctx: &Ctx, _mailer: &dyn Mailer) -> Result<u32> {
        let snapshot = ctx.snapshot().await?;
        let mut tx = ctx.db.read().await?;
        let waiting = store::undelivered(&mut tx, ctx.now(), BATCH).await?;
        drop(tx);
        let mut done = 0;
        for grant in waiting {
            let item = format!("grant {}", grant.id);
            done += faults::settled(ctx, self.name(), &item, deliver(ctx, &snapshot, grant).await).await;
        }
        Ok(done)
    }
}

async fn deliver(ctx: &Ctx, snapshot: &Snapshot, grant: Grant) -> Result<u32> {
    let table = grant.asset.as_ref().and_then(|asset| snapshot.table(ctx, asset));
    let ended = grant.standing(ctx.now()) != GrantStanding::Active;
    let (state, note) = match (ended, table) {
        (true, _) => (Provisioning::Deprovisioned, None),
        (false, None) => (Provisioning::Provisioned, None),
        (false, Some(table)) => match ctx.look(&table).await {
            Ok(_) => (Provisioning::Provisioned, None),
            Err(error) => (Provisioning::Failed, Some(error.message().to_owned())),
        },
    };
    let attempts = grant.provisioning_attempts + 1;
    let after = ctx.now() + backoff(attempts);
    let mut tx = ctx.db.write().await?;
    if unchanged(&mut tx, &grant).await? {
        store::set_provisioning(&mut tx, grant.id, state, attempts, after, note.as_deref()).await?;
        tx.commit().await?;
        return Ok(1);
    }
    Ok(0)
}

/// A decision may have overtaken the delivery; then the next run looks again.
async fn unchanged(tx: &mut Tx, grant: &Grant) -> Result<bool> {
    Ok(store::grant(tx, grant.id).await?.is_some_and(|now| now.revision == grant.revision))
}
