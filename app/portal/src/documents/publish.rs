//! The text to begin with, and publishing what became of it.

use lakeport_model::documents::{Editing, Published, Source, TextKind};
use lakeport_model::people::{Role, Viewer};
use lakeport_model::retire::Retirable;
use lakeport_model::{DomainId, moment};
use serde_json::json;

use super::{About, Subject, contract, dashboard, kept, line, read, template};
use crate::actor::Actor;
use crate::catalog::{Asset, By, Described, Did, OneDocument, Rights, Sight, Snapshot, write_document};
use crate::pace::DOCUMENTS;
use crate::policy::{self, Authorized, PublishDocument, WriteDocument};
use crate::proposals::{self, PublishedNow, Settles};
use crate::store::Tx;
use crate::store::revisions::{self as store, RevisionRow};
use crate::{Call, Error, Result, audit, text};

/// The field for the id of a new dashboard.
pub(super) const NEW_ID: &str = "new_id";

/// The record of what is published.
fn done(kind: TextKind) -> &'static str {
    match kind {
        TextKind::Product => "product.publish",
        TextKind::Contract => "contract.publish",
        TextKind::Dashboard => "dashboard.publish",
    }
}

/// The record of somebody who was refused.
fn refused(kind: TextKind) -> &'static str {
    match kind {
        TextKind::Product => "product.publish.refused",
        TextKind::Contract => "contract.publish.refused",
        TextKind::Dashboard => "dashboard.publish.refused",
    }
}

/// A text, to be changed, of a contract that of its highest version; with a number that of an older revision, to be published
/// again.
///
/// # Errors
/// Refused to whoever may neither publish it nor propose a change of it, and where a dashboard reads what is hidden from them.
pub async fn edit(call: &Call, kind: TextKind, id: &str, revision: Option<u32>) -> Result<Editing> {
    let snapshot = call.snapshot();
    let subject = Subject::of(&snapshot, &call.rights(), kind, id)?;
    let proposes = subject.writes(&call.viewer)?;
    let mut tx = call.ctx.db.read().await?;
    let newest = kept::newest(&mut tx, subject.kind, id).await?;
    let base = number(newest.as_ref());
    let older = revision.filter(|number| *number != base);
    let text = match older {
        Some(number) => kept::one(&mut tx, subject.kind, id, number).await?.map(|(_, text)| text),
        None => kept::published(&mut tx, kind, id, None).await?,
    };
    drop(tx);
    dashboard::refuse_unseen(call, kind, text.as_slice()).await?;
    let newest = newest.map(|newest| subject.line(&snapshot, newest));
    Ok(Editing {
        kind,
        id: Some(subject.id),
        new_id: None,
        name: subject.name,
        domain: snapshot.domain(subject.domain.as_str()),
        text: text.ok_or_else(|| Error::not_found("revision"))?,
        // What is published now is replaced, whichever text takes its place.
        base,
        newest,
        is_older: older.is_some(),
        proposes,
        proposal: None,
    })
}

/// The text with which a new product, contract or dashboard of a domain begins; a contract of an asset with its columns, where
/// the author sees all of it, a dashboard of a table that they read.
///
/// # Errors
/// Refused to whoever may not publish in the domain, and where there is no such asset of the domain.
pub fn begin(call: &Call, kind: TextKind, domain: &DomainId, asset: Option<&str>) -> Result<Editing> {
    let snapshot = call.snapshot();
    if !snapshot.domains.contains_key(domain.as_str()) {
        return Err(Error::not_found("domain"));
    }
    policy::authorize(&call.viewer, PublishDocument { domain: domain.clone(), from: None })?;
    let rights = call.rights();
    let asset = asset.map(|id| {
        let held = snapshot.assets.get(id).filter(|asset| asset.domain == domain.as_str());
        let seen = held.filter(|asset| snapshot.sight(&rights, asset) == Sight::Full);
        seen.ok_or_else(|| Error::not_found("asset"))
    });
    let asset: Option<&Asset> = asset.transpose()?;
    let (text, new_id) = match kind {
        TextKind::Product => (template::product(domain), None),
        TextKind::Contract => (template::contract(domain, asset), None),
        TextKind::Dashboard => {
            if asset.is_some_and(|asset| !dashboard::may_begin_dashboard(&snapshot, &rights, asset)) {
                return Err(Error::not_found("asset"));
            }
            let id = asset.map(template::id_of).unwrap_or_default();
            (template::dashboard(domain, &call.viewer.email, asset), Some(id))
        }
    };
    Ok(Editing {
        kind,
        id: None,
        new_id,
        name: String::new(),
        domain: snapshot.domain(domain.as_str()),
        text,
        base: 0,
        newest: None,
        is_older: false,
        proposes: false,
        proposal: None,
    })
}

/// Publishes a text: a new product or contract where no id is given, otherwise a change of that one, of a contract maybe as
/// another version. `base` is the revision that the text was written on.
///
/// # Errors
/// Refused where the rules say no, where the text is wrong, and where somebody else published in the meantime.
pub async fn publish(
    call: &Call,
    kind: TextKind,
    id: Option<&str>,
    base: u32,
    text: &str,
    reason: &str,
) -> Result<Published> {
    let subject = id.map_or_else(|| "catalog".to_owned(), |id| format!("{kind} {id}"));
    let done = publish_now(call, About::of(kind, id), base, text, reason, None).await;
    call.noted(refused(kind), subject, done).await
}

/// Publishes the text of a new dashboard under this id.
///
/// # Errors
/// As of [`publish`], and where the id is none or is taken.
pub async fn publish_new_dashboard(call: &Call, new_id: &str, text: &str, reason: &str) -> Result<Published> {
    let done = publish_now(call, About::new_dashboard(new_id), 0, text, reason, None).await;
    call.noted(refused(TextKind::Dashboard), "catalog", done).await
}

/// The same for what was proposed of a product, which is settled with it.
///
/// # Errors
/// As of [`publish`], and where the proposal cannot be accepted.
pub async fn publish_proposed(
    call: &Call,
    settles: Settles<'_>,
    id: &str,
    base: u32,
    text: &str,
    reason: &str,
) -> Result<Published> {
    let kind = TextKind::Product;
    let done = publish_now(call, About::of(kind, Some(id)), base, text, reason, Some(settles))
        .await
        .and_then(proposals::as_news);
    call.noted(refused(kind), format!("{kind} {id}"), done).await
}

async fn publish_now(
    call: &Call,
    about: About<'_>,
    base: u32,
    text: &str,
    reason: &str,
    settles: Option<Settles<'_>>,
) -> Result<Published> {
    let (ctx, About { kind, id, .. }) = (&call.ctx, about);
    let reason = &text::reason(reason)?;
    if let Some(id) = id {
        let subject = Subject::of(&call.snapshot(), &call.rights(), kind, id)?;
        policy::authorize(&call.viewer, subject.publish())?;
    } else {
        refuse_strangers(&call.viewer)?;
        dashboard::refuse_id(about)?;
    }
    let one = read::document(call, about, read::plain(text)?).await?;
    let one = one.map_err(|problems| read::refused(&problems))?;
    let (mut tx, viewer) = call.change().await?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let from = match id {
        Some(id) => Some(Subject::of(&snapshot, &call.rights(), kind, id)?.domain),
        None => None,
    };
    let rights = Rights::in_tx(&mut tx, ctx.now(), &viewer).await?;
    let problems = read::unfit_one(&snapshot, &rights, (id, from.as_ref()), &one);
    if !problems.is_empty() {
        return Err(read::refused(&problems));
    }
    let proof = policy::authorize(&viewer, asked(&one, from.clone()))?;
    let document = one.id().to_owned();
    let newest = kept::newest(&mut tx, kind.document(), &document).await?;
    let number = number(newest.as_ref());
    match kept::published(&mut tx, kind, &document, one.version()).await? {
        // Whoever sends it twice has published it once.
        Some(held) if held == one.text() => {
            return Ok(Published { id: document, number, is_new: false });
        }
        _ if id.is_none() => refuse_taken(&mut tx, &snapshot, &one).await?,
        _ => refuse_overtaken(&snapshot, newest, base, "text")?,
    }
    // Nothing else is proposed as a text.
    if let (TextKind::Product, Some(domain)) = (kind, &from) {
        let published = PublishedNow { about: (Retirable::Product, document.as_str()), domain };
        proposals::accepted(&mut tx, &viewer, &snapshot, settles, published).await?;
    }
    let actor = Actor::Viewer(viewer);
    let now = tx.now();
    // Every text is kept.
    audit::keep_pace(&mut tx, &actor, &[done(kind)], DOCUMENTS, now).await?;
    let by = by(&actor, proof.allows(), reason);
    let carried = write_document(&mut tx, ctx, &by, &one).await;
    let carried = match carried {
        Ok(carried) => carried,
        Err(error) => return Err(read::refused(&read::problems(error)?)),
    };
    let detail = match one.version() {
        None => json!({ "revision": number + 1, "reason": reason }),
        Some(version) => json!({ "version": version, "revision": number + 1, "reason": reason }),
    };
    let did = Did { action: done(kind), subject: format!("{kind} {document}"), detail };
    carried.take_effect(&mut tx, ctx, &by, did).await?;
    tx.commit().await?;
    Ok(Published { id: document, number: number + 1, is_new: true })
}

/// The question whether somebody may publish this document, which belongs to a domain until now.
pub(super) fn asked(one: &OneDocument, from: Option<DomainId>) -> PublishDocument {
    PublishDocument { domain: DomainId(one.domain().to_owned()), from }
}

/// Refuses whoever publishes in no domain, before anything of a new document is read: what that costs is for those who may.
pub(super) fn refuse_strangers(viewer: &Viewer) -> Result<()> {
    if viewer.is_anywhere(Role::Steward) {
        return Ok(());
    }
    let nowhere = PublishDocument { domain: DomainId(String::new()), from: None };
    policy::authorize(viewer, nowhere).map(|_| ())
}

/// Who writes it.
pub(super) fn by<'a>(actor: &'a Actor, proof: Authorized<WriteDocument>, reason: &'a str) -> By<'a> {
    By { actor, proof, source: Source::Page, reason, over: &[] }
}

/// Refuses an id that is another document's, be it one that the author does not see.
pub(super) async fn refuse_taken(tx: &mut Tx, snapshot: &Snapshot, one: &OneDocument) -> Result<()> {
    let id = one.id();
    let (is_taken, field) = match &one.read {
        Described::Product(_) => (store::is_taken(tx, id).await?, "text"),
        Described::Contract(_) => (contract::is_taken(snapshot, id, one.domain()), "text"),
        Described::Dashboard(_) => (dashboard::is_taken(snapshot, id, one.domain()), NEW_ID),
    };
    if is_taken { Err(Error::conflict(taken(id)).at(field)) } else { Ok(()) }
}

/// What is said of an id that is another document's, be it one that the author does not see.
pub(crate) fn taken(id: &str) -> String {
    format!("This id is taken here: \"{id}\". Choose another one.")
}

/// The number of the newest revision; 0 where there is none.
fn number(newest: Option<&RevisionRow>) -> u32 {
    newest.map_or(0, |newest| newest.number)
}

/// Refuses what was begun before somebody else published, at the field of the form that says so.
pub(crate) fn refuse_overtaken(
    snapshot: &Snapshot,
    newest: Option<RevisionRow>,
    base: u32,
    field: &'static str,
) -> Result<()> {
    let Some(said) = overtaken(snapshot, newest, base) else { return Ok(()) };
    let next = "Nothing was changed, and what you wrote is still here: look at what that revision changed, put both \
                together, and send it again.";
    Err(Error::conflict(format!("{said} {next}")).at(field))
}

/// Who published what since a text was begun on the revision `base`; nothing where nobody did.
pub(super) fn overtaken(snapshot: &Snapshot, newest: Option<RevisionRow>, base: u32) -> Option<String> {
    let newest = newest.filter(|newest| newest.number != base)?;
    Some(format!("{}, after this text was begun.", said(snapshot, newest)))
}

/// Who published a revision, when and why, as a sentence without its full stop.
pub(crate) fn said(snapshot: &Snapshot, revision: RevisionRow) -> String {
    let line = line(snapshot, revision);
    let why = if line.reason.is_empty() { String::new() } else { format!(" ({})", line.reason) };
    format!("{} published revision {}{why} on {}", line.who, line.number, moment(line.at))
}
