//! Relying on a contract.

use lakeport_model::{ContractId, PersonId, SubscriptionId};
use serde_json::json;

use crate::catalog::{Contract, Rights, Snapshot, href};
use crate::pace::SUBSCRIPTIONS;
use crate::people;
use crate::policy::{self, EndSubscription, RelyOnContract};
use crate::store::{Tx, contracts as store, notify as messages};
use crate::{Call, Ctx, Error, Result, new_id, retire, text};

/// Accepts the newest version of a contract for a purpose; a subscription to an older version is replaced.
pub async fn subscribe(call: &Call, id: &ContractId, version: String, purpose: String) -> Result<()> {
    let ctx = &call.ctx;
    let purpose = text::purpose(&purpose, "what you rely on this contract for; the owner reads it")?;
    let (mut tx, viewer) = call.change().await?;
    let now = tx.now();
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let rights = Rights::in_tx(&mut tx, now, &viewer).await?;
    let seen = super::page::visible(&snapshot, &rights, id);
    let proof = policy::authorize(&viewer, RelyOnContract { sees: seen.is_ok() });
    // What is not seen is refused in the words of its page.
    let (contract, proof) = (seen?, proof?);
    if let Some(reason) = contract.not_in_force() {
        return Err(Error::conflict(reason));
    }
    if version != contract.newest().version {
        return Err(Error::conflict(format!(
            "Version {} is in force by now. Read it, then accept that one.",
            contract.newest().version
        )));
    }
    if contract.newest().document.is_withdrawn() {
        return Err(Error::conflict("This contract is withdrawn: it promises nothing to rely on."));
    }
    if let Some(reason) = retire::closed_contract(&snapshot, contract, now.date_naive()) {
        return Err(Error::conflict(reason));
    }
    let recent = store::subscribed_since(&mut tx, viewer.id, SUBSCRIPTIONS.since(now)).await?;
    SUBSCRIPTIONS.allows(&recent, now)?;
    if let Some(held) = store::subscription_of(&mut tx, viewer.id, id.as_str()).await? {
        if held.version == version {
            return Err(Error::conflict("You accepted this version before."));
        }
        let own = policy::authorize(&viewer, EndSubscription { subscriber: viewer.id })?;
        store::end_subscription(&mut tx, &own, held.id, now).await?;
    }
    let subscription = store::SubscriptionRow {
        id: SubscriptionId(new_id(now)),
        contract: id.0.clone(),
        version,
        purpose: purpose.to_owned(),
        created_at: now,
    };
    store::insert_subscription(&mut tx, &proof, &subscription).await?;
    // Whoever accepts a version has read what was said about it.
    messages::read_about(&mut tx, &href::contract(id.as_str()), viewer.id).await?;
    let detail = json!({ "version": subscription.version });
    tx.record("contract.subscribe", format!("contract {id}"), proof.rule(), detail).await?;
    tx.commit().await
}

/// Somebody who relies on a contract.
pub(crate) struct Relying {
    pub(crate) person: PersonId,
    /// The version that was accepted.
    pub(super) version: String,
    /// What decides how much they are told.
    pub(crate) rights: Rights,
}

/// Who relies on a contract and still sees it. Whoever no longer sees it learns nothing of it.
pub(crate) async fn relying(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    contract: &Contract,
) -> Result<Vec<Relying>> {
    let id = ContractId(contract.id.clone());
    let mut found = subscribed(tx, ctx, contract).await?;
    found.retain(|relying| super::page::visible(snapshot, &relying.rights, &id).is_ok());
    Ok(found)
}

/// Who relies on a contract, whatever they see of it by now.
pub(crate) async fn subscribed(tx: &mut Tx, ctx: &Ctx, contract: &Contract) -> Result<Vec<Relying>> {
    let mut found = Vec::new();
    for person in store::subscriber_ids(tx, &contract.id).await? {
        let Some(held) = store::subscription_of(tx, person, &contract.id).await? else { continue };
        let Some(viewer) = people::viewer_in(tx, person).await? else { continue };
        let rights = Rights::in_tx(tx, ctx.now(), &viewer).await?;
        found.push(Relying { person: viewer.id, version: held.version, rights });
    }
    Ok(found)
}

/// Ends the viewer's own subscription.
pub async fn unsubscribe(call: &Call, id: SubscriptionId) -> Result<()> {
    let (mut tx, viewer) = call.change().await?;
    let now = tx.now();
    // It ends only where it is one of this person's.
    let proof = policy::authorize(&viewer, EndSubscription { subscriber: viewer.id })?;
    if !store::end_subscription(&mut tx, &proof, id, now).await? {
        return Err(Error::not_found("subscription"));
    }
    let detail = json!({});
    tx.record("contract.unsubscribe", format!("subscription {id}"), proof.rule(), detail).await?;
    tx.commit().await
}
