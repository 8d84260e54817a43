//! Beginning to follow something, and stopping to.

use lakeport_model::follow::{Followable, MOST_FOLLOWED};

use super::{next_look, seen_in_full};
use crate::catalog::Rights;
use crate::store::follow as store;
use crate::{Call, Error, Result};

/// Why neither is recorded.
const UNRECORDED: &str = "what somebody follows is nobody else's business, and opens nothing";

/// The viewer follows this from now on; whoever follows it already goes on to.
///
/// # Errors
/// Refused where the viewer does not see it in full, and to whoever follows enough.
pub async fn follow(call: &Call, kind: Followable, id: &str) -> Result<()> {
    let (mut tx, viewer) = call.change().await?;
    let snapshot = call.ctx.snapshot_in(&mut tx).await?;
    let now = tx.now();
    let rights = Rights::in_tx(&mut tx, now, &viewer).await?;
    if seen_in_full(&snapshot, &rights, kind, id).is_none() {
        return Err(Error::not_found(called(kind)));
    }
    let held = store::follows_of(&mut tx, viewer.id).await?;
    if held.iter().any(|row| row.kind == kind.as_str() && row.id == id) {
        return Ok(());
    }
    if held.len() >= MOST_FOLLOWED {
        let message = format!(
            "You follow {MOST_FOLLOWED} things, and more are not possible. Stop following one first."
        );
        return Err(Error::conflict(message));
    }
    store::follow(&mut tx, viewer.id, kind, id, now, next_look(viewer.id, now)).await?;
    tx.commit_unrecorded(UNRECORDED).await
}

/// The viewer does not follow this any more, whatever they may see of it.
///
/// # Errors
/// A fault where the database does not answer.
pub async fn unfollow(call: &Call, kind: Followable, id: &str) -> Result<()> {
    let (mut tx, viewer) = call.change().await?;
    store::unfollow(&mut tx, viewer.id, kind, id).await?;
    tx.commit_unrecorded(UNRECORDED).await
}

/// What people call a kind.
fn called(kind: Followable) -> &'static str {
    match kind {
        Followable::Product => "data product",
        Followable::Asset => "asset",
        Followable::Domain => "domain",
    }
}
