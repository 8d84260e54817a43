//! Brings decisions to the systems that deliver the data. So far that is the portal itself: a grant counts as delivered
//! when the table behind it can be opened, or when there is none that opens here and so nothing to deliver, and as taken
//! back when it no longer holds.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lakeport_model::GrantId;
use lakeport_model::access::GrantStanding;
use lakeport_model::sharing::Provisioning;

use super::faults::{self, Thing};
use super::{Job, backoff};
use crate::catalog::Snapshot;
use crate::notify::Mailer;
use crate::policy::rules;
use crate::store::access as store;
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
        let snapshot = ctx.snapshot_now().await?;
        let mut tx = ctx.db.read().await?;
        let waiting = store::undelivered(&mut tx, ctx.now(), BATCH).await?;
        drop(tx);
        let mut done = 0;
        for (id, request) in waiting {
            let result = deliver(ctx, &snapshot, id).await;
            match faults::settled(ctx, self.name(), &Thing::grant(id, Some(request)), result).await {
                Ok(things) => done += things,
                Err(again) => put_off(ctx, id, again).await?,
            }
        }
        Ok(done)
    }
}

/// What could not be delivered is not tried again before its time.
async fn put_off(ctx: &Ctx, id: GrantId, again: DateTime<Utc>) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    store::put_delivery_off(&mut tx, id, again).await?;
    tx.commit_unrecorded("a delivery that waits stands with its grant").await
}

async fn deliver(ctx: &Ctx, snapshot: &Snapshot, id: GrantId) -> Result<u32> {
    let mut tx = ctx.db.read().await?;
    let Some(grant) = store::grant(&mut tx, id).await? else { return Ok(0) };
    drop(tx);
    let before = grant.provisioning.known()?;
    let holds = || grant.standing(ctx.now()) == GrantStanding::Active;
    let table = grant.asset.as_ref().filter(|_| holds()).and_then(|asset| snapshot.table(ctx, asset));
    let unreadable = match table {
        Some(table) => ctx.look(&table).await.err(),
        None => None,
    };
    let after = ctx.now() + backoff(grant.provisioning_attempts + 1);
    let mut tx = ctx.db.write().await?;
    // Asked again: its last day may have passed while the table was opened.
    let (state, note) = match (holds(), unreadable) {
        (true, None) => (Provisioning::Provisioned, None),
        (true, Some(error)) => (Provisioning::Failed, Some(error.message().to_owned())),
        (false, _) if before == Provisioning::Deprovisioning => (Provisioning::Deprovisioned, None),
        // Nobody was told yet that it has ended: the sweep over grants does that, and has it taken back.
        (false, _) => (before, grant.provisioning_note.clone()),
    };
    // A decision may have overtaken the delivery; then the next run looks again.
    if !store::end_delivery(&mut tx, &rules::Delivery::Tried.proof(), &grant, state, after, note.as_deref())
        .await?
    {
        return Ok(0);
    }
    tx.commit_unrecorded("how far a delivery is stands with its grant; who may read was recorded before")
        .await?;
    Ok(u32::from(state != before))
}
