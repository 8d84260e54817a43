//! Brings decisions to the systems that deliver the data. So far that is the portal itself: a grant counts as delivered
//! when the table behind it can be opened, or when there is none that opens here and so nothing to deliver, and as taken
//! back when it no longer holds.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lakeport_model::access::GrantStanding;
use lakeport_model::sharing::Provisioning;
use lakeport_model::{GrantId, PersonId};

use super::faults::{self, Thing};
use super::{Job, backoff};
use crate::access::{DELIVERY, answering, eyes};
use crate::catalog::Snapshot;
use crate::notify::{self, Mailer, Message};
use crate::policy::rules;
use crate::store::access::{self as store, Grant};
use crate::store::{Tx, notify as messages, people as persons};
use crate::{Ctx, Result};

/// What the log and the metrics call the job.
const NAME: &str = "delivery";
const EVERY: Duration = Duration::from_secs(2);
/// Grants that one run takes on.
const BATCH: i64 = 100;
/// Attempts, about a minute of them, after which a failure is none that passes by itself.
pub(crate) const TOLD_AFTER: i64 = 4;

/// Decisions reach the systems that deliver the data.
pub(super) struct Delivery;

#[async_trait]
impl Job for Delivery {
    fn name(&self) -> &'static str {
        NAME
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

/// What is said about a delivery that fails is about this.
pub(super) fn about(id: GrantId) -> String {
    format!("{DELIVERY} {id}")
}

/// Tells those who answer for the data, and the administrators, that somebody was granted what does not open.
async fn tell(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, grant: &Grant) -> Result<()> {
    let now = ctx.now();
    let domain = answering(snapshot, grant.asset.as_deref(), &grant.product, &grant.domain);
    let mut people: BTreeSet<PersonId> = snapshot.owners(domain).into_iter().map(|owner| owner.id).collect();
    people.extend(persons::administrators(tx).await?);
    for person in people {
        let title = eyes::title_for(tx, now, snapshot, person, &grant.port).await?;
        let title = title.unwrap_or_else(|| format!("data of {}", snapshot.domain_name(domain)));
        let message = Message::new(
            format!("Access to {title} was granted and cannot be delivered"),
            [
                format!(
                    "{} may read it, and the table behind it could not be opened",
                    snapshot.who(grant.consumer)
                ),
                "It is tried again; you are told once".to_owned(),
            ],
            eyes::page_of_ended(tx, now, snapshot, person, grant).await?,
        );
        let about = about(grant.id);
        notify::tell_about(tx, ctx, &[person], &about, &message).await?;
    }
    Ok(())
}

async fn deliver(ctx: &Ctx, snapshot: &Snapshot, id: GrantId) -> Result<u32> {
    let mut tx = ctx.db.read().await?;
    let Some(grant) = store::grant(&mut tx, id).await? else { return Ok(0) };
    drop(tx);
    let before = grant.provisioning.known()?;
    let holds = || grant.standing(ctx.now()) == GrantStanding::Active;
    let table = grant.asset.as_ref().filter(|_| holds()).and_then(|asset| snapshot.table(ctx, asset));
    let is_unread = || grant.asset.as_ref().is_some_and(|id| snapshot.unread_of("asset", id).is_some());
    let failure = match table {
        Some(table) => ctx.look(&table).await.err().map(|error| error.message().to_owned()),
        None => is_unread().then(|| "What describes it cannot be read".to_owned()),
    };
    let after = ctx.now() + backoff(grant.provisioning_attempts + 1);
    let mut tx = ctx.db.write().await?;
    // Asked again: its last day may have passed while the table was opened.
    let (state, note) = match (holds(), failure) {
        (true, None) => (Provisioning::Provisioned, None),
        (true, Some(failure)) => (Provisioning::Failed, Some(failure)),
        (false, _) if before == Provisioning::Deprovisioning => (Provisioning::Deprovisioned, None),
        // Nobody was told yet that it has ended: the sweep over grants does that, and has it taken back.
        (false, _) => (before, grant.provisioning_note.clone()),
    };
    let lasts = state == Provisioning::Failed && grant.provisioning_attempts + 1 == TOLD_AFTER;
    // A decision may have overtaken the delivery; then the next run looks again.
    if !store::end_delivery(&mut tx, &rules::Delivery::Tried.proof(), &grant, state, after, note.as_deref())
        .await?
    {
        return Ok(0);
    }
    if lasts {
        tell(&mut tx, ctx, snapshot, &grant).await?;
    }
    // Of what never failed nothing was said.
    let is_over = matches!(state, Provisioning::Provisioned | Provisioning::Deprovisioned);
    if is_over && before != Provisioning::Pending {
        messages::settle(&mut tx, &about(id), None).await?;
    }
    tx.commit_unrecorded("how far a delivery is stands with its grant; who may read was recorded before")
        .await?;
    Ok(u32::from(state != before))
}
