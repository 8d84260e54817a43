//! Certifying something, and withdrawing that.

use lakeport_model::PersonId;
use lakeport_model::certify::{self as model, Certifiable};
use lakeport_model::people::{Role, Viewer};
use serde_json::json;

use super::rules;
use crate::actor::Actor;
use crate::catalog::{Rights, Snapshot};
use crate::notify::Message;
use crate::pace::DOCUMENTS;
use crate::retire::{self, Relying, called, subject, touched};
use crate::store::certified::{self as store, CertifiedRow};
use crate::store::changes;
use crate::{Call, Error, Result, audit, policy};

/// How the records of both end, whatever it is: these together keep the pace.
const ENDS: [&str; 2] = [".certify", ".decertify"];

/// The records of what is certified and withdrawn, and of somebody who was refused.
struct Records {
    certified: &'static str,
    not_certified: &'static str,
    withdrawn: &'static str,
    not_withdrawn: &'static str,
}

fn records(kind: Certifiable) -> Records {
    match kind {
        Certifiable::Product => Records {
            certified: "product.certify",
            not_certified: "product.certify.refused",
            withdrawn: "product.decertify",
            not_withdrawn: "product.decertify.refused",
        },
        Certifiable::Asset => Records {
            certified: "asset.certify",
            not_certified: "asset.certify.refused",
            withdrawn: "asset.decertify",
            not_withdrawn: "asset.decertify.refused",
        },
    }
}

/// What people are told.
fn message(title: String, reason: &str, viewer: &Viewer, href: &str) -> Message {
    Message::new(title, [reason.to_owned(), format!("{} did this", viewer.name)], href)
}

/// The owners of a domain, beside whoever did it.
fn owners(snapshot: &Snapshot, domain: &str, author: PersonId) -> Vec<PersonId> {
    let owners = snapshot.members_with(domain, Role::Owner).map(|owner| owner.person);
    owners.filter(|owner| *owner != author).collect()
}

/// Nobody writes over what they have not seen.
fn unchanged(held: Option<&CertifiedRow>, seen: &str) -> Result<()> {
    if super::mark(held) == seen {
        return Ok(());
    }
    let message = "Somebody certified or withdrew this since you began. Nothing was changed: look at it as it is now, and send it \
                   again.";
    Err(Error::conflict(message).at("seen"))
}

/// Something is certified until a day. A certification is renewed or changed in the same way.
///
/// # Errors
/// Refused where the rules say no, where a field is wrong, and where it is retired or will be.
pub async fn certify(call: &Call, kind: Certifiable, id: &str, wanted: &model::Certify) -> Result<()> {
    let done = certify_now(call, kind, id, wanted).await;
    call.noted(records(kind).not_certified, subject(kind.into(), id), done).await
}

async fn certify_now(call: &Call, kind: Certifiable, id: &str, wanted: &model::Certify) -> Result<()> {
    let (mut tx, viewer) = call.change().await?;
    let snapshot = call.ctx.snapshot_in(&mut tx).await?;
    let (now, today) = (tx.now(), tx.now().date_naive());
    let rights = Rights::in_tx(&mut tx, now, &viewer).await?;
    let thing = super::seen(&snapshot, &rights, kind, id)?;
    let asked = super::asked(&mut tx, &snapshot, thing.domain(), viewer.id, now).await?;
    let proof = policy::authorize(&viewer, asked)?;
    if let Some(why) = rules::closed(&snapshot, kind, id, today) {
        return Err(Error::conflict(why));
    }
    let until = rules::chosen(&wanted.until, today)?;
    let reason = retire::reason(&wanted.reason, "Say what was checked: whoever sees it in full reads that.")?;
    let held = snapshot.certification(kind, id, today);
    // Whoever sends it twice has said it once.
    if held.is_some_and(|held| held.until == until && held.reason == reason && held.person == viewer.id) {
        return Ok(());
    }
    unchanged(held, &wanted.seen)?;
    audit::keep_pace(&mut tx, &Actor::Viewer(viewer.clone()), &ENDS, DOCUMENTS, now).await?;
    let row = CertifiedRow {
        kind: kind.to_string(),
        id: id.to_owned(),
        until,
        reason,
        domain: thing.domain().to_owned(),
        person: viewer.id,
        at: now,
    };
    store::certify(&mut tx, &proof, &row).await?;
    changes::touch(&mut tx, [touched(kind.into(), id)], now).await?;
    let href = thing.href(&snapshot);
    let title = rules::certified_words(kind, thing.name(), until);
    let message = message(title, &row.reason, &viewer, &href);
    let people = owners(&snapshot, thing.domain(), viewer.id);
    tx.notify(&people, &href, &message).await?;
    let detail = json!({ "until": row.until, "reason": row.reason });
    tx.record(records(kind).certified, subject(kind.into(), id), proof.rule(), detail).await?;
    tx.commit().await
}

/// That something is certified is withdrawn.
///
/// # Errors
/// Refused where the rules say no, without a reason, where it is not certified, and where it is another certification by now.
pub async fn withdraw(call: &Call, kind: Certifiable, id: &str, reason: &str, seen: &str) -> Result<()> {
    let done = withdraw_now(call, kind, id, reason, seen).await;
    call.noted(records(kind).not_withdrawn, subject(kind.into(), id), done).await
}

async fn withdraw_now(call: &Call, kind: Certifiable, id: &str, reason: &str, seen: &str) -> Result<()> {
    let (mut tx, viewer) = call.change().await?;
    let snapshot = call.ctx.snapshot_in(&mut tx).await?;
    let (now, today) = (tx.now(), tx.now().date_naive());
    let rights = Rights::in_tx(&mut tx, now, &viewer).await?;
    let thing = super::seen(&snapshot, &rights, kind, id)?;
    let asked = super::asked(&mut tx, &snapshot, thing.domain(), viewer.id, now).await?;
    let proof = policy::authorize(&viewer, asked)?;
    let Some(held) = snapshot.certification(kind, id, today) else {
        return Err(Error::conflict(format!(
            "This {} is not certified; there is nothing to withdraw.",
            called(kind.into())
        )));
    };
    let reason = retire::reason(reason, "Say why it is withdrawn: whoever sees it in full reads that.")?;
    unchanged(Some(held), seen)?;
    audit::keep_pace(&mut tx, &Actor::Viewer(viewer.clone()), &ENDS, DOCUMENTS, now).await?;
    store::decertify(&mut tx, &proof, kind, id, (viewer.id, &reason), now).await?;
    changes::touch(&mut tx, [touched(kind.into(), id)], now).await?;
    // Whoever only asked for it, or sees no more than its name, was never told that it is certified.
    let relying = Relying::on(&mut tx, &call.ctx, &snapshot, thing, viewer.id, now).await?;
    let mut people = relying.readers().clone();
    people.extend(owners(&snapshot, thing.domain(), viewer.id));
    let people: Vec<PersonId> = people.into_iter().collect();
    let href = thing.href(&snapshot);
    let title = rules::withdrawn_words(kind, thing.name());
    let message = message(title, &reason, &viewer, &href);
    tx.notify(&people, &href, &message).await?;
    let detail = json!({ "until": held.until, "reason": reason });
    tx.record(records(kind).withdrawn, subject(kind.into(), id), proof.rule(), detail).await?;
    tx.commit().await
}
