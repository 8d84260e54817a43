//! What somebody says of a suggestion.

use lakeport_model::catalog::Classification;
use lakeport_model::documents::{DocumentKind, Published, Source};
use lakeport_model::personal::PersonalData;
use serde_json::json;

use super::classified;
use super::names::{suggested, suspected};
use crate::actor::Actor;
use crate::assets::{changing, held, put, seen};
use crate::beside::WORDS;
use crate::catalog::{Asset, By, Rights};
use crate::pace::PERSONAL;
use crate::policy::{self, Authorized, PublishDocument};
use crate::store::personal::{self as store, DismissedRow};
use crate::store::{Tx, revisions};
use crate::{Call, Error, Result, audit};

/// The records of what is said, and of somebody who was refused.
const CONFIRMED: &str = "asset.classify_personal";
const NOT_CONFIRMED: &str = "asset.classify_personal.refused";
const DISMISSED: &str = "asset.dismiss_personal";
const NOT_DISMISSED: &str = "asset.dismiss_personal.refused";
const RESTORED: &str = "asset.restore_personal";
const NOT_RESTORED: &str = "asset.restore_personal.refused";

/// A column holds personal data, and is as sensitive as this from now on: a new revision of its asset.
///
/// # Errors
/// Refused where the rules say no, where there is no such column, and where it is more sensitive already.
pub async fn confirm(call: &Call, asset: &str, column: &str, classification: &str) -> Result<Published> {
    let done = confirm_now(call, asset, column, classification).await;
    call.noted(NOT_CONFIRMED, format!("asset {asset}"), done).await
}

async fn confirm_now(call: &Call, asset: &str, column: &str, classification: &str) -> Result<Published> {
    let to: Classification =
        classification.parse().map_err(|message: String| Error::invalid("classification", message))?;
    let domain = &seen(&call.snapshot(), &call.rights(), asset)?.domain.clone();
    policy::authorize(&call.viewer, changing(domain))?;
    // Long lists of columns are not read while others wait for their turn to write.
    let mut tx = call.ctx.db.read().await?;
    let shown = held(&mut tx, Some(asset)).await?.ok_or_else(|| Error::not_found("asset"))?;
    drop(tx);
    let (read, name) = (shown.clone(), column.to_owned());
    let (after, was) = WORDS.run(call.party(), move || classified(&read, &name, to)).await??;
    let (mut tx, viewer) = call.change().await?;
    let snapshot = call.ctx.snapshot_in(&mut tx).await?;
    let now = tx.now();
    let rights = Rights::in_tx(&mut tx, now, &viewer).await?;
    let proof = policy::authorize(&viewer, changing(&seen(&snapshot, &rights, asset)?.domain))?;
    let before = held(&mut tx, Some(asset)).await?.ok_or_else(|| Error::not_found("asset"))?;
    // It was changed at the same moment, as by another decision on it.
    let (after, was) = if before == shown { (after, was) } else { classified(&before, column, to)? };
    // Whoever sends it twice has confirmed it once.
    if was == to {
        let newest = revisions::newest_of(&mut tx, DocumentKind::Asset, asset).await?;
        let number = newest.map_or(0, |newest| newest.number);
        return Ok(Published { id: asset.to_owned(), number, is_new: false });
    }
    if was > to {
        let message = format!("This column is {was} already, which protects it more. Nothing was changed.");
        return Err(Error::invalid("classification", message));
    }
    let kind = suspicion(seen(&snapshot, &rights, asset)?, column)?;
    // Whoever confirms what somebody dismissed has looked again.
    store::confirmed(&mut tx, &proof, asset, column).await?;
    let actor = Actor::Viewer(viewer);
    audit::keep_pace(&mut tx, &actor, &[CONFIRMED, DISMISSED, RESTORED], PERSONAL, now).await?;
    let reason = reason(column, kind);
    let by = By { actor: &actor, proof: proof.allows(), source: Source::Page, reason: &reason, over: &[] };
    let detail = json!({ "column": column, "kind": kind, "from": was, "to": to });
    let number = put(tx, &call.ctx, &by, after, CONFIRMED, detail).await?;
    Ok(Published { id: asset.to_owned(), number, is_new: true })
}

/// What a column seems to hold.
///
/// # Errors
/// Refused where there is no such column, and where its name says nothing.
fn suspicion(asset: &Asset, column: &str) -> Result<PersonalData> {
    let held = asset.columns.iter().find(|held| held.name == column);
    let held = held.ok_or_else(|| Error::not_found("column"))?;
    suspected(held.name, held.data_type).map(|(kind, _)| kind).ok_or_else(unsuspected)
}

/// The refusal of what nobody suggests.
fn unsuspected() -> Error {
    Error::conflict(
        "This is not suggested of the column, so that there is nothing to decide. Look at the suggestions again.",
    )
}

/// Why a column is more sensitive than it was, as its asset's revisions say it.
fn reason(column: &str, kind: PersonalData) -> String {
    let what = match kind {
        PersonalData::Email => "e-mail addresses",
        PersonalData::Phone => "telephone numbers",
        PersonalData::BankAccount => "bank accounts",
        PersonalData::BirthDate => "dates of birth",
        PersonalData::Name => "names of people",
        PersonalData::Address => "postal addresses",
        PersonalData::Identifier => "personal numbers",
        PersonalData::Device => "devices",
        PersonalData::FreeText => "free text",
    };
    format!("Personal data in {column} confirmed: {what}.")
}

/// A column holds nothing of this kind; it is not suggested again.
///
/// # Errors
/// Refused where the rules say no, and where there is no such column or kind.
pub async fn dismiss(call: &Call, asset: &str, column: &str, kind: &str) -> Result<()> {
    let done = change(call, asset, column, kind, DISMISSED).await;
    call.noted(NOT_DISMISSED, format!("asset {asset}"), done).await
}

/// A column is suggested again.
///
/// # Errors
/// As [`dismiss`].
pub async fn restore(call: &Call, asset: &str, column: &str, kind: &str) -> Result<()> {
    let done = change(call, asset, column, kind, RESTORED).await;
    call.noted(NOT_RESTORED, format!("asset {asset}"), done).await
}

async fn change(call: &Call, asset: &str, column: &str, kind: &str, action: &'static str) -> Result<()> {
    let kind: PersonalData = kind.parse().map_err(|message: String| Error::invalid("kind", message))?;
    let (mut tx, viewer) = call.change().await?;
    let snapshot = call.ctx.snapshot_in(&mut tx).await?;
    let now = tx.now();
    let rights = Rights::in_tx(&mut tx, now, &viewer).await?;
    let held = seen(&snapshot, &rights, asset)?;
    let proof = policy::authorize(&viewer, changing(&held.domain))?;
    // What was dismissed of a column that is gone is taken back as well.
    if action == DISMISSED {
        if suspicion(held, column)? != kind {
            return Err(unsuspected());
        }
        let now = held.columns.iter().find(|held| held.name == column).map(|held| held.classification);
        if now >= Some(suggested(kind)) {
            let message =
                "Somebody confirmed this in the meantime: the column is protected as such data usually is.";
            return Err(Error::conflict(message));
        }
    }
    let row = DismissedRow {
        asset: asset.to_owned(),
        column_name: column.to_owned(),
        kind: kind.to_string(),
        person: viewer.id,
        at: now,
    };
    let is_new = write(&mut tx, &proof, &row, action).await?;
    if !is_new {
        // Whoever dismisses it twice has said it once; what is taken back was there.
        let message = "Nobody has dismissed this any more. Look at the suggestions again.";
        return if action == DISMISSED { Ok(()) } else { Err(Error::conflict(message)) };
    }
    let actor = Actor::Viewer(viewer);
    audit::keep_pace(&mut tx, &actor, &[CONFIRMED, DISMISSED, RESTORED], PERSONAL, now).await?;
    let detail = json!({ "column": column, "kind": kind });
    let entry =
        audit::Entry { actor: &actor, action, subject: format!("asset {asset}"), rule: proof.rule(), detail };
    audit::record(&mut tx, &call.ctx, entry).await?;
    tx.commit().await
}

/// Keeps what was said; false where that was so before.
async fn write(
    tx: &mut Tx,
    proof: &Authorized<PublishDocument>,
    row: &DismissedRow,
    action: &str,
) -> Result<bool> {
    if action == DISMISSED {
        store::dismiss(tx, proof, row).await
    } else {
        store::restore(tx, proof, row).await
    }
}
