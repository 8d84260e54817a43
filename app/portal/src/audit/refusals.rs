//! What signed-in people were refused.

use lakeport_model::people::Viewer;
use serde_json::json;

use super::{Entry, record};
use crate::actor::Actor;
use crate::store::audit as store;
use crate::{Ctx, Error, Result, pace};

/// Every action of a refusal ends so.
pub(crate) const REFUSED: &str = ".refused";

/// Passes on what came of somebody's call, and records it when a rule said no; see [`crate::Call::noted`].
///
/// Refusals of a person beyond the pace are not recorded one by one, so that a loop cannot fill the disk; the last one
/// that is recorded says so.
pub(crate) async fn noted<T>(
    ctx: &Ctx,
    viewer: &Viewer,
    action: &'static str,
    subject: impl Into<String>,
    outcome: Result<T>,
) -> Result<T> {
    if let Err(Error::Refused(refusal)) = &outcome
        && let Some(rule) = refusal.rule
    {
        // The call is answered as it was refused, whether this can be written or not; a fault is in the log.
        _ = note(ctx, viewer, action, subject.into(), rule).await;
    }
    outcome
}

/// The same for what a program or the portal itself may do too: only what people were refused is recorded.
pub(crate) async fn noted_as<T>(
    ctx: &Ctx,
    actor: &Actor,
    action: &'static str,
    subject: impl Into<String>,
    outcome: Result<T>,
) -> Result<T> {
    match actor {
        Actor::Viewer(viewer) => noted(ctx, viewer, action, subject, outcome).await,
        Actor::Service(_) | Actor::System(_) => outcome,
    }
}

async fn note(
    ctx: &Ctx,
    viewer: &Viewer,
    action: &'static str,
    subject: String,
    rule: &'static str,
) -> Result<()> {
    let actor = Actor::Viewer(viewer.clone());
    let since = pace::REFUSALS.since(ctx.now());
    // Counted within the write, so that calls at the same time do not all find room for one more. A loop that is past
    // the pace is stopped before it takes a turn to write from others.
    let mut tx = ctx.db.read().await?;
    if store::moments_since(&mut tx, &actor.key(), REFUSED, since).await?.len() >= pace::REFUSALS.most {
        return Ok(());
    }
    drop(tx);
    let mut tx = ctx.db.write().await?;
    let before = store::moments_since(&mut tx, &actor.key(), REFUSED, since).await?.len();
    if before >= pace::REFUSALS.most {
        return Ok(());
    }
    let is_last = before + 1 == pace::REFUSALS.most;
    let detail = if is_last { json!({ "more": "not recorded within the hour" }) } else { json!({}) };
    record(&mut tx, ctx, Entry { actor: &actor, action, subject, rule, detail }).await?;
    tx.commit().await
}
