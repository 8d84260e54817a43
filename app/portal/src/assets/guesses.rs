//! Ids and addresses that others have: authors are told that these are taken, and never so often that they could try names until
//! they know what is hidden from them.

use chrono::{DateTime, Utc};
use lakeport_model::people::Viewer;

use super::REFUSED;
use crate::actor::Actor;
use crate::pace::REFUSALS;
use crate::store::{Tx, audit as records};
use crate::{Call, Error, Result, audit};

/// The rule under which somebody is told that something they do not see has an id or an address.
const RULE: &str = "asset.taken";

/// Refuses whoever was refused as often as the pace allows, before anything is said of an id or an address.
///
/// # Errors
/// Refused as busy until there may be one more.
pub(super) async fn keep_pace(tx: &mut Tx, viewer: &Viewer, now: DateTime<Utc>) -> Result<()> {
    audit::keep_pace(tx, &Actor::Viewer(viewer.clone()), &[audit::REFUSED], REFUSALS, now).await
}

/// The refusal of a new id or address that something has which its author does not see.
pub(super) fn counted(error: Error) -> Error {
    error.under(RULE)
}

/// Notes that somebody was told so while they write, once an hour for each thing: a form is checked again and again.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn note(call: &Call, hidden: &str) -> Result<()> {
    let subject = format!("asset {hidden}");
    let (actor, since) = (Actor::Viewer(call.viewer.clone()).key(), REFUSALS.since(call.ctx.now()));
    let mut tx = call.ctx.db.read().await?;
    let last = records::last_of(&mut tx, REFUSED, &subject).await?;
    drop(tx);
    if !last.is_some_and(|last| last.actor == actor && last.at > since) {
        let told: Result<()> = Err(counted(Error::conflict("It is taken.")));
        // It is only to be recorded.
        _ = call.noted(REFUSED, subject, told).await;
    }
    Ok(())
}
