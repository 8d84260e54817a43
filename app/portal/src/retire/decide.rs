//! Retiring something, and restoring it.

use lakeport_model::day;
use lakeport_model::people::Viewer;
use lakeport_model::retire::{Retirable, Retire};
use serde_json::json;

use super::carried::{Decided, carry_out, records, subject, touched};
use super::effects::{self, Relying};
use super::rules;
use super::thing::{Thing, called};
use crate::actor::Actor;
use crate::assets::changing;
use crate::catalog::Rights;
use crate::notify::Message;
use crate::pace::DOCUMENTS;
use crate::policy::{self, Authorized, PublishDocument};
use crate::store::changes;
use crate::store::retired::{self as store, RetiredRow};
use crate::{Call, Error, Result, audit};

/// How the records of both end, whatever it is: these together keep the pace.
const ENDS: [&str; 2] = [".retire", ".restore"];

/// Allowed to whoever may publish a change of it; others are told who may.
pub(super) fn authorize(
    viewer: &Viewer,
    thing: Thing<'_>,
    verb: &str,
) -> Result<Authorized<PublishDocument>> {
    policy::authorize(viewer, changing(thing.domain())).map_err(|refused| {
        let what = called(thing.kind());
        refused.saying(format!("Only owners and stewards of its domain {verb} this {what}."))
    })
}

/// Something is retired from a day on. A retirement that is not in effect yet is changed in the same way.
///
/// # Errors
/// Refused where the rules say no, where a field is wrong, and where what it means is not what its author was shown.
pub async fn retire(call: &Call, kind: Retirable, id: &str, wanted: &Retire) -> Result<()> {
    let done = retire_now(call, kind, id, wanted).await;
    call.noted(records(kind).not_retired, subject(kind, id), done).await
}

async fn retire_now(call: &Call, kind: Retirable, id: &str, wanted: &Retire) -> Result<()> {
    let (mut tx, viewer) = call.change().await?;
    let snapshot = call.ctx.snapshot_in(&mut tx).await?;
    let (now, today) = (tx.now(), tx.now().date_naive());
    let rights = Rights::in_tx(&mut tx, now, &viewer).await?;
    let thing = Thing::seen(&snapshot, &rights, kind, id)?;
    let proof = authorize(&viewer, thing, "retire")?;
    let reason = rules::reason(&wanted.reason, "Say why it is retired: whoever sees it in full reads that.")?;
    let held = snapshot.retirement(kind, id);
    if let Some(held) = held {
        // Whoever sends it twice has said it once.
        if says_the_same(held, wanted, &reason) {
            return Ok(());
        }
        if held.is_in_effect(today) {
            let (what, since) = (called(kind), day(held.on_day));
            let message =
                format!("This {what} is retired since {since}. Restore it first, then retire it anew.");
            return Err(Error::conflict(message));
        }
    }
    let relying = Relying::on(&mut tx, &call.ctx, &snapshot, thing, viewer.id, now).await?;
    let told_before = held.map(|held| held.on_day);
    let on_day = rules::chosen(&wanted.on, today, relying.people().len(), told_before)?;
    let successor = rules::successor(&snapshot, &rights, kind, id, &wanted.successor)?;
    if super::seen(&effects::effects(&snapshot, &rights, thing, &relying), held) != wanted.seen {
        let message = "What this means for people, or what was said of it before, is not what you have seen. Nothing was changed: \
                       look at it as it is now, and retire it again.";
        return Err(Error::conflict(message).at("seen"));
    }
    let actor = Actor::Viewer(viewer.clone());
    audit::keep_pace(&mut tx, &actor, &ENDS, DOCUMENTS, now).await?;
    let row = RetiredRow {
        kind: kind.to_string(),
        id: id.to_owned(),
        on_day,
        reason,
        successor,
        person: viewer.id,
        at: now,
    };
    let decided = [Decided { thing, relying: &relying, row, proof: proof.allows() }];
    carry_out(&mut tx, &call.ctx, &actor, &snapshot, &decided).await?;
    tx.commit().await
}

fn says_the_same(held: &RetiredRow, wanted: &Retire, reason: &str) -> bool {
    held.on_day.to_string() == wanted.on.trim()
        && held.reason == reason
        && held.successor.as_deref().unwrap_or_default() == wanted.successor.trim()
}

/// Something is offered again, or its retirement is called off.
///
/// # Errors
/// Refused where the rules say no, without a reason, and where it is not retired.
pub async fn restore(call: &Call, kind: Retirable, id: &str, reason: &str) -> Result<()> {
    let done = restore_now(call, kind, id, reason).await;
    call.noted(records(kind).not_restored, subject(kind, id), done).await
}

async fn restore_now(call: &Call, kind: Retirable, id: &str, reason: &str) -> Result<()> {
    let (mut tx, viewer) = call.change().await?;
    let snapshot = call.ctx.snapshot_in(&mut tx).await?;
    let (now, today) = (tx.now(), tx.now().date_naive());
    let rights = Rights::in_tx(&mut tx, now, &viewer).await?;
    let thing = Thing::seen(&snapshot, &rights, kind, id)?;
    let proof = authorize(&viewer, thing, "restore")?;
    let reason = rules::reason(reason, "Say why it is restored: whoever sees it in full reads that.")?;
    let Some(held) = snapshot.retirement(kind, id) else {
        return Err(Error::conflict(format!(
            "This {} is not retired; there is nothing to restore.",
            called(kind)
        )));
    };
    audit::keep_pace(&mut tx, &Actor::Viewer(viewer.clone()), &ENDS, DOCUMENTS, now).await?;
    store::restore(&mut tx, &proof, kind, id, (viewer.id, &reason), now).await?;
    changes::touch(&mut tx, [touched(kind, id)], now).await?;
    let relying = Relying::on(&mut tx, &call.ctx, &snapshot, thing, viewer.id, now).await?;
    let href = thing.href(&snapshot);
    let title = rules::restored_words(kind, thing.name(), held.is_in_effect(today));
    let message = Message::new(title, [reason.as_str()], href.as_str());
    let people = relying.told(&snapshot, thing, viewer.id);
    tx.notify(&people, &href, &message).await?;
    let detail = json!({ "on": held.on_day, "reason": reason, "successor": held.successor });
    tx.record(records(kind).restored, subject(kind, id), proof.rule(), detail).await?;
    tx.commit().await
}
