//! Publishing what somebody wrote of a term.

use lakeport_model::DomainId;
use lakeport_model::documents::{Published, Source};
use lakeport_model::glossary::TermText;
use lakeport_model::retire::Retirable;
use serde_json::json;

use super::form::Form;
use super::{KIND, NAME, Sees, domain_of};
use crate::actor::Actor;
use crate::beside;
use crate::catalog::{By, SourceFile, write_term};
use crate::documents::refuse_overtaken;
use crate::pace::DOCUMENTS;
use crate::policy::{self, PublishDocument};
use crate::proposals::{self, PublishedNow, Settles};
use crate::snapshot::Snapshot;
use crate::store::revisions;
use crate::{Call, Error, Result, audit, text};

/// The record of what is published.
const DONE: &str = "term.publish";

/// The record of somebody who was refused.
const REFUSED: &str = "term.publish.refused";

/// Publishes a term: a new one where no id is given, otherwise a change of that one, which belongs to this domain from then on.
/// `base` is the revision that it was written on.
///
/// # Errors
/// Refused where the rules say no, where a field is wrong, and where somebody else published in the meantime.
pub async fn publish(
    call: &Call,
    id: Option<&str>,
    domain: &DomainId,
    base: u32,
    text: &TermText,
    reason: &str,
) -> Result<Published> {
    let subject = id.map_or_else(|| "catalog".to_owned(), |id| format!("term {id}"));
    let done = publish_now(call, id, domain, base, text, (reason, None)).await;
    call.noted(REFUSED, subject, done).await
}

/// The same for what was proposed of a term, which stays in its domain; the proposal is settled with it.
///
/// # Errors
/// As of [`publish`], and where the proposal cannot be accepted.
pub async fn publish_proposed(
    call: &Call,
    settles: Settles<'_>,
    id: &str,
    base: u32,
    text: &TermText,
    reason: &str,
) -> Result<Published> {
    let domain = domain_of(&call.snapshot(), id)?;
    let done = publish_now(call, Some(id), &domain, base, text, (reason, Some(settles)))
        .await
        .and_then(proposals::as_news);
    call.noted(REFUSED, format!("term {id}"), done).await
}

async fn publish_now(
    call: &Call,
    id: Option<&str>,
    domain: &DomainId,
    base: u32,
    text: &TermText,
    (reason, settles): (&str, Option<Settles<'_>>),
) -> Result<Published> {
    let ctx = &call.ctx;
    let reason = &text::reason(reason)?;
    policy::authorize(&call.viewer, asked(&call.snapshot(), id, domain)?)?;
    let form = Form::of(id, domain, text)?;
    let mut form = beside::DOCUMENTS.run(call.party(), move || form.read()).await?;
    let rights = call.rights();
    form.note(form.unknown(&Sees { snapshot: &call.snapshot(), rights: &rights }));
    form.refuse()?;
    let (mut tx, viewer) = call.change().await?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let proof = policy::authorize(&viewer, asked(&snapshot, id, domain)?)?;
    let sees = Sees { snapshot: &snapshot, rights: &rights };
    // What it names may have gone since.
    Error::where_invalid(form.unknown(&sees))?;
    let id_now = form.term.id.clone();
    let newest = revisions::newest_of(&mut tx, KIND, &id_now).await?;
    let number = newest.as_ref().map_or(0, |newest| newest.number);
    // As it was read for the catalog of this very moment: long texts are not read while others wait for their turn to write.
    let held = snapshot.terms.get(&id_now).map(|held| &held.document);
    let term = match held.filter(|_| id.is_some()) {
        Some(held) => form.in_place_of(held, &sees),
        None => form.term,
    };
    // Whoever sends it twice has published it once.
    if held.is_some_and(|held| held.says_the_same(&term)) {
        return Ok(Published { id: id_now, number, is_new: false });
    }
    if id.is_none() && domain_of(&snapshot, &id_now).is_ok() {
        return Err(taken(&snapshot, &id_now));
    }
    // Nothing that was typed is wrong, but what it was written on.
    refuse_overtaken(&snapshot, newest, base, "base")?;
    if id.is_some() {
        let published =
            PublishedNow { about: (Retirable::Term, &id_now), domain: &domain_of(&snapshot, &id_now)? };
        proposals::accepted(&mut tx, &viewer, &snapshot, settles, published).await?;
    }
    let actor = Actor::Viewer(viewer);
    let now = tx.now();
    // Every text is kept.
    audit::keep_pace(&mut tx, &actor, &[DONE], DOCUMENTS, now).await?;
    let by = By { actor: &actor, proof: proof.allows(), source: Source::Page, reason, over: &[] };
    let file = SourceFile { path: NAME.to_owned(), text: term.to_yaml() };
    write_term(&mut tx, ctx, &by, &(term, file)).await?;
    let detail = json!({ "revision": number + 1, "reason": reason });
    tx.record(DONE, format!("term {id_now}"), proof.rule(), detail).await?;
    tx.commit().await?;
    Ok(Published { id: id_now, number: number + 1, is_new: true })
}

/// The question whether somebody may publish it in this domain: the term of this id, or a new one.
fn asked(snapshot: &Snapshot, id: Option<&str>, domain: &DomainId) -> Result<PublishDocument> {
    let from = id.map(|id| domain_of(snapshot, id)).transpose()?;
    Ok(PublishDocument { domain: domain.clone(), from })
}

/// A new term whose id another one has.
fn taken(snapshot: &Snapshot, id: &str) -> Error {
    let name = snapshot.terms.get(id).map_or(id, |term| term.document.name.as_str());
    // Whether the author may change that one is not asked here: it may be another domain's.
    let message =
        format!("There is a term \"{name}\" already, with the address \"{id}\". Give this one another name.");
    Error::conflict(message).at("name")
}
