//! A text that somebody proposes: read and tried as publishing it would.

use lakeport_model::DomainId;
use lakeport_model::documents::{DocumentKind, TextKind};
use lakeport_model::people::Viewer;

use super::{About, Subject, kept, publish, read};
use crate::actor::Actor;
use crate::beside::TRIALS;
use crate::catalog::{OneDocument, write_document};
use crate::policy::{self, Authorized, ProposeDocument, WriteDocument};
use crate::{Call, Error, Result};

/// Tries a text of a product that was written on the revision `base`, in a transaction that leaves nothing behind; answers it as
/// it is kept.
///
/// # Errors
/// Refused to whoever does not propose changes of it, and where publishing would refuse it.
pub(crate) async fn tried(call: &Call, id: &str, base: u32, text: &str) -> Result<String> {
    let subject = Subject::of(&call.snapshot(), &call.rights(), TextKind::Product, id)?;
    policy::authorize(&call.viewer, ProposeDocument { domain: subject.domain.clone() })?;
    let text = read::plain(text)?;
    let read = read::document(call, About::of(TextKind::Product, Some(id)), text.clone()).await?;
    let one = read.map_err(|problems| read::refused(&problems))?;
    TRIALS.hold(call.party(), written(call, subject, base, &one)).await??;
    Ok(text)
}

async fn written(call: &Call, subject: Subject, base: u32, one: &OneDocument) -> Result<()> {
    let mut tx = call.ctx.db.write().await?;
    let snapshot = call.ctx.snapshot_in(&mut tx).await?;
    let about = (Some(subject.id.as_str()), Some(&subject.domain));
    let problems = read::unfit_one(&snapshot, &call.rights(), about, one);
    if !problems.is_empty() {
        return Err(read::refused(&problems));
    }
    let proof = allowed(&call.viewer, subject.domain, one)?;
    let newest = kept::newest(&mut tx, subject.kind, &subject.id).await?;
    let published = kept::published(&mut tx, TextKind::Product, &subject.id, None).await?;
    if published.as_deref() == Some(one.text()) {
        let message = "This is the text that is published: there is nothing to propose.";
        return Err(Error::conflict(message).at("text"));
    }
    publish::refuse_overtaken(&snapshot, newest, base, "text")?;
    let actor = Actor::Viewer(call.viewer.clone());
    match write_document(&mut tx, &call.ctx, &publish::by(&actor, proof, ""), one).await {
        Ok(_) => Ok(()),
        Err(error) => Err(read::refused(&read::problems(error)?)),
    }
}

/// That somebody proposes a text of a product of this domain: it stays there.
pub(super) fn allowed(
    viewer: &Viewer,
    domain: DomainId,
    one: &OneDocument,
) -> Result<Authorized<WriteDocument>> {
    if one.domain() != domain.as_str() {
        let message =
            format!("Write \"{domain}\" as its domain: an owner or a steward moves it to another one.");
        return Err(Error::invalid("text", message));
    }
    Ok(policy::authorize(viewer, ProposeDocument { domain })?.allows())
}

/// The text of a product that is published; empty where there is none.
pub(crate) async fn current(call: &Call, id: &str) -> Result<String> {
    let mut tx = call.ctx.db.read().await?;
    Ok(kept::published(&mut tx, TextKind::Product, id, None).await?.unwrap_or_default())
}

/// The text of a revision; empty where there is none of this number.
pub(crate) async fn older(call: &Call, kind: DocumentKind, id: &str, number: u32) -> Result<String> {
    let mut tx = call.ctx.db.read().await?;
    let found = kept::one(&mut tx, kind, id, number).await?;
    Ok(found.map(|(_, text)| text).unwrap_or_default())
}

/// Who published what since a text was begun on the revision `base`; nothing where nobody did.
pub(crate) async fn overtaken_since(
    call: &Call,
    kind: DocumentKind,
    id: &str,
    base: u32,
) -> Result<Option<String>> {
    let mut tx = call.ctx.db.read().await?;
    Ok(publish::overtaken(&call.snapshot(), kept::newest(&mut tx, kind, id).await?, base))
}
