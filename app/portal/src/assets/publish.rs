//! Publishing what somebody wrote of an asset.

use std::collections::BTreeSet;

use lakeport_model::DomainId;
use lakeport_model::assets::AssetText;
use lakeport_model::documents::{Published, Source};
use lakeport_model::retire::Retirable;
use serde_json::{Value, json};

use super::check::{on_it, overtaken};
use super::effects::{self, Eyes, Meaning};
use super::form::{Form, refused};
use super::lowering::may_lower;
use super::stewards::Stewards;
use super::unfit::{Unfit, takes_over, unfit};
use super::{KIND, REFUSED, asked, guesses, held};
use crate::actor::Actor;
use crate::catalog::{By, Did, ImportError, Rights, write_assets};
use crate::pace::DOCUMENTS;
use crate::people::Work;
use crate::policy;
use crate::proposals::{self, PublishedNow, Settles};
use crate::store::catalog::AssetRow;
use crate::store::{Tx, import as store, revisions};
use crate::{Call, Ctx, Error, Result, audit, text};

/// The record of what is published.
const DONE: &str = "asset.describe";

/// Publishes an asset: a new one where no id is given, otherwise a change of that one, which belongs to this domain from then
/// on. `seen` is the digest of the text that its author saw; `agreed` is the digest of the effects on people that
/// they saw and agree to; empty where they agreed to none.
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
    agreed: &str,
    reason: &str,
) -> Result<Published> {
    let subject = id.map_or_else(|| "catalog".to_owned(), |id| format!("asset {id}"));
    let wanted = Wanted { id, domain, seen, text, agreed, reason, settles: None };
    let done = publish_now(call, wanted).await;
    call.noted(REFUSED, subject, done).await
}

/// The same for what was proposed of an asset, which stays in its domain; the proposal is settled with it.
///
/// # Errors
/// As of [`publish`], and where the proposal cannot be accepted.
pub async fn publish_proposed(
    call: &Call,
    settles: Settles<'_>,
    id: &str,
    seen: &str,
    text: &AssetText,
    agreed: &str,
    reason: &str,
) -> Result<Published> {
    let domain = DomainId(super::seen(&call.snapshot(), &call.rights(), id)?.domain.clone());
    let wanted = Wanted { id: Some(id), domain: &domain, seen, text, agreed, reason, settles: Some(settles) };
    let done = publish_now(call, wanted).await.and_then(proposals::as_news);
    call.noted(REFUSED, format!("asset {id}"), done).await
}

/// What somebody wants to publish.
struct Wanted<'a> {
    id: Option<&'a str>,
    domain: &'a DomainId,
    seen: &'a str,
    text: &'a AssetText,
    agreed: &'a str,
    reason: &'a str,
    settles: Option<Settles<'a>>,
}

async fn publish_now(call: &Call, wanted: Wanted<'_>) -> Result<Published> {
    let Wanted { id, domain, seen, text, agreed, reason, settles } = wanted;
    let (ctx, rights) = (&call.ctx, call.rights());
    let reason = &text::reason(reason)?;
    policy::authorize(&call.viewer, asked(&call.snapshot(), &rights, id, domain)?)?;
    // Long texts are not read while others wait for their turn to write.
    let mut tx = ctx.db.read().await?;
    let shown = held(&mut tx, id).await?;
    drop(tx);
    let Form { row, problems, seen: digest } = Form::read(call, domain, text, shown.as_ref()).await?;
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
    if before != shown || (id.is_some() && digest != seen) {
        let said = overtaken(&snapshot, newest);
        let next = "Nothing was changed, and what you wrote is still here: look at the asset as it is now, put both \
                    together, and send it again.";
        return Err(Error::conflict(format!("{said} {next}")).at("seen"));
    }
    let eyes = Eyes { snapshot: &snapshot, rights: &rights, now };
    let Unfit { problems, hidden } = unfit(&mut tx, &viewer, &eyes, before.as_ref(), &row).await?;
    if let Some(problem) = problems.first() {
        let refused = refused(problem);
        return Err(if hidden.is_some() { guesses::counted(refused) } else { refused });
    }
    let grants = on_it(&mut tx, before.as_ref()).await?;
    let takes_over = takes_over(&mut tx, before.as_ref(), &row).await?;
    let Meaning { effects, needs_consent, .. } = eyes.meaning(before.as_ref(), &row, &grants, takes_over);
    let lowers = match &before {
        Some(before) => {
            let domains = BTreeSet::from([before.domain.as_str(), row.domain.as_str()]);
            let stewards = Stewards::of(&mut tx, &snapshot, &domains, now).await?;
            may_lower(&stewards, &viewer, before, &row)?.map(|allowed| allowed.rule())
        }
        None => None,
    };
    if needs_consent {
        refuse_unaware(agreed, &effects::digest(&effects), reason)?;
    }
    if let Some(before) = &before {
        let domain = &DomainId(before.domain.clone());
        let published = PublishedNow { about: (Retirable::Asset, &row.id), domain };
        proposals::accepted(&mut tx, &viewer, &snapshot, settles, published).await?;
    }
    let actor = Actor::Viewer(viewer);
    audit::keep_pace(&mut tx, &actor, &[DONE], DOCUMENTS, now).await?;
    let by = By { actor: &actor, proof: proof.allows(), source: Source::Page, reason, over: &[] };
    let id = row.id.clone();
    let detail = json!({ "reason": reason, "lowered_under": lowers });
    let number = put(tx, ctx, &by, row, DONE, detail).await?;
    Ok(Published { id, number, is_new: true })
}

/// Writes what somebody says of an asset, records it with the number of its newest revision, which is answered, and lets it take
/// effect.
pub(crate) async fn put(
    mut tx: Work<'_>,
    ctx: &Ctx,
    by: &By<'_>,
    row: AssetRow,
    action: &'static str,
    mut detail: Value,
) -> Result<u32> {
    let id = row.id.clone();
    let carried = write_assets(&mut tx, ctx, by, vec![row]).await.map_err(beside_others)?;
    let newest = revisions::newest_of(&mut tx, KIND, &id).await?;
    let number = newest.map_or(0, |newest| newest.number);
    detail["revision"] = number.into();
    carried.take_effect(&mut tx, ctx, by, Did { action, subject: format!("asset {id}"), detail }).await?;
    tx.commit().await?;
    Ok(number)
}

/// What is held now: of the asset that is changed, or of a new one that somebody sent before.
async fn held_now(tx: &mut Tx, id: Option<&str>, new: &str) -> Result<Option<AssetRow>> {
    match id {
        Some(id) => held(tx, Some(id)).await,
        None => Ok(store::assets(tx, &[new]).await?.pop()),
    }
}

/// True where both say the same; what only events named is described from now on.
pub(super) fn says_the_same(held: &AssetRow, row: &AssetRow) -> bool {
    *held == AssetRow { created_at: held.created_at, ..row.clone() }
}

/// Refuses what makes data less protected, opens it, or moves it, as long as its author did not look at what that means by now
/// and say why.
pub(super) fn refuse_unaware(agreed: &str, meaning: &str, reason: &str) -> Result<()> {
    if agreed.is_empty() {
        let message = "This makes something less protected than it was, opens it, or moves it. Look at what it changes for \
                       people, and say that you have seen it.";
        return Err(Error::invalid("agreed", message));
    }
    if agreed != meaning {
        let message = "What this changes for people is not what you have seen. Look at it as it is now, and say that you have \
                       seen it.";
        return Err(Error::invalid("agreed", message));
    }
    if reason.is_empty() {
        return Err(Error::invalid("reason", "Say why this becomes less protected, opens, or moves."));
    }
    Ok(())
}

/// What an import would say of other things than this asset is not told to its author, who may not see them.
pub(super) fn beside_others(error: ImportError) -> Error {
    match error {
        ImportError::Portal(fault @ Error::Fault(_)) => fault,
        ImportError::Portal(Error::Refused(refusal)) => {
            tracing::info!(said = %refusal.message, "an asset does not fit beside the rest of the catalog");
            Error::conflict(
                "This does not fit beside what products and contracts say of it; nothing was changed.",
            )
        }
        // Of its own place alone.
        ImportError::Files(errors) => match errors.into_iter().next() {
            Some(error) => Error::invalid("classification", error.message),
            None => Error::fault("files without a problem"),
        },
    }
}
