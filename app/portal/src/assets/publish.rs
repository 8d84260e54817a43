//! Publishing what somebody wrote of an asset.

use lakeport_model::DomainId;
use lakeport_model::assets::AssetText;
use lakeport_model::documents::{Published, Source};
use lakeport_model::people::{Role, Viewer};
use serde_json::json;

use super::check::{on_it, overtaken};
use super::effects::{Eyes, Meaning};
use super::form::{Form, refused};
use super::unfit::unfit;
use super::{KIND, asked, digest, held};
use crate::actor::Actor;
use crate::catalog::{By, Did, ImportError, Rights, Snapshot, write_asset};
use crate::pace::DOCUMENTS;
use crate::policy::{self, Authorized, LowerClassification};
use crate::store::catalog::AssetRow;
use crate::store::{Tx, import as store, revisions};
use crate::{Call, Error, Result, audit, text};

/// The record of what is published.
const DONE: &str = "asset.describe";

/// The record of somebody who was refused.
const REFUSED: &str = "asset.describe.refused";

/// Publishes an asset: a new one where no id is given, otherwise a change of that one, which belongs to this domain from then
/// on. `seen` is the digest of the text that its author saw; `agreed` says that they have seen what it means for people, and
/// agree.
///
/// # Errors
/// Refused where the rules say no, where a field is wrong, where what it means was not agreed to, and where it changed in the
/// meantime.
pub async fn publish(
    call: &Call,
    id: Option<&str>,
    domain: &DomainId,
    seen: &str,
    text: &AssetText,
    agreed: bool,
    reason: &str,
) -> Result<Published> {
    let subject = id.map_or_else(|| "catalog".to_owned(), |id| format!("asset {id}"));
    let wanted = Wanted { id, domain, seen, text, agreed, reason };
    let done = publish_now(call, wanted).await;
    call.noted(REFUSED, subject, done).await
}

/// What somebody wants to publish.
struct Wanted<'a> {
    id: Option<&'a str>,
    domain: &'a DomainId,
    seen: &'a str,
    text: &'a AssetText,
    agreed: bool,
    reason: &'a str,
}

async fn publish_now(call: &Call, wanted: Wanted<'_>) -> Result<Published> {
    let Wanted { id, domain, seen, text, agreed, reason } = wanted;
    let (ctx, rights) = (&call.ctx, call.rights());
    let reason = &text::reason(reason)?;
    policy::authorize(&call.viewer, asked(&call.snapshot(), &rights, id, domain)?)?;
    // Long texts are not read while others wait for their turn to write.
    let mut tx = ctx.db.read().await?;
    let shown = held(&mut tx, id).await?;
    drop(tx);
    let Form { row, problems } = Form::read(call, domain, text, shown.as_ref()).await?;
    if let Some(problem) = problems.first() {
        return Err(refused(problem));
    }
    let (mut tx, viewer) = call.change().await?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let now = tx.now();
    let rights = Rights::in_tx(&mut tx, now, &viewer).await?;
    let proof = policy::authorize(&viewer, asked(&snapshot, &rights, id, domain)?)?;
    let before = held_now(&mut tx, id, &row.id).await?;
    let newest = revisions::newest_of(&mut tx, KIND, &row.id).await?;
    // Whoever sends it twice has published it once.
    if before.as_ref().is_some_and(|before| says_the_same(before, &row)) {
        let number = newest.map_or(0, |newest| newest.number);
        return Ok(Published { id: row.id, number, is_new: false });
    }
    let before = before.filter(|_| id.is_some());
    if before != shown || (id.is_some() && digest(before.as_ref())? != seen) {
        let said = overtaken(&snapshot, newest);
        let next = "Nothing was changed, and what you wrote is still here: look at the asset as it is now, put both \
                    together, and publish again.";
        return Err(Error::conflict(format!("{said} {next}")).at("seen"));
    }
    if let Some(problem) = unfit(&mut tx, ctx, &snapshot, before.as_ref(), &row).await?.first() {
        return Err(refused(problem));
    }
    let grants = on_it(&mut tx, before.as_ref()).await?;
    let eyes = Eyes { snapshot: &snapshot, rights: &rights, now };
    let Meaning { lowered, needs_consent, .. } = eyes.meaning(before.as_ref(), &row, &grants);
    let lowers = match &before {
        Some(before) if !lowered.is_empty() => Some(may_lower(&snapshot, &viewer, before)?.rule()),
        _ => None,
    };
    if needs_consent {
        refuse_unaware(agreed, reason)?;
    }
    let actor = Actor::Viewer(viewer);
    audit::keep_pace(&mut tx, &actor, &[DONE], DOCUMENTS, now).await?;
    let by = By { actor: &actor, proof: proof.allows(), source: Source::Page, reason, over: &[] };
    let id = row.id.clone();
    let carried = write_asset(&mut tx, ctx, &by, row).await.map_err(beside_others)?;
    let newest = revisions::newest_of(&mut tx, KIND, &id).await?;
    let number = newest.map_or(0, |newest| newest.number);
    let detail = json!({ "revision": number, "reason": reason, "lowered_under": lowers });
    carried
        .take_effect(&mut tx, ctx, &by, Did { action: DONE, subject: format!("asset {id}"), detail })
        .await?;
    tx.commit().await?;
    Ok(Published { id, number, is_new: true })
}

/// What is held now: of the asset that is changed, or of a new one that somebody sent before.
async fn held_now(tx: &mut Tx, id: Option<&str>, new: &str) -> Result<Option<AssetRow>> {
    match id {
        Some(id) => held(tx, Some(id)).await,
        None => Ok(store::assets(tx, &[new]).await?.pop()),
    }
}

/// True where both say the same; what only events named is described from now on.
fn says_the_same(held: &AssetRow, row: &AssetRow) -> bool {
    *held == AssetRow { created_at: held.created_at, ..row.clone() }
}

/// Whether somebody may make an asset less protected than it is.
pub(super) fn may_lower(
    snapshot: &Snapshot,
    viewer: &Viewer,
    before: &AssetRow,
) -> Result<Authorized<LowerClassification>> {
    let has_steward = snapshot.members_with(&before.domain, Role::Steward).next().is_some();
    let domain = DomainId(before.domain.clone());
    policy::authorize(viewer, LowerClassification { domain, has_steward })
}

/// Refuses what makes data less protected, or opens it, as long as its author did not look at that and say why.
fn refuse_unaware(agreed: bool, reason: &str) -> Result<()> {
    if !agreed {
        let message = "This makes something less protected than it was, or opens it. Look at what it changes for people, and \
                       say that you have seen it.";
        return Err(Error::invalid("agreed", message));
    }
    if reason.is_empty() {
        return Err(Error::invalid("reason", "Say why this becomes less protected, or opens."));
    }
    Ok(())
}

/// What an import would say of other things than this asset is not told to its author, who may not see them.
fn beside_others(error: ImportError) -> Error {
    match error {
        ImportError::Portal(fault @ Error::Fault(_)) => fault,
        ImportError::Portal(Error::Refused(refusal)) => {
            tracing::info!(said = %refusal.message, "an asset does not fit beside the rest of the catalog");
            Error::conflict(
                "This does not fit beside what products and contracts say of it; nothing was changed.",
            )
        }
        ImportError::Files(errors) => Error::fault(format_args!("{errors:?}")),
    }
}
