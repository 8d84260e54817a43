//! The text to begin with, and publishing what became of it.

use lakeport_model::documents::{Editing, Published, Source};
use lakeport_model::people::{Role, Viewer};
use lakeport_model::{DomainId, moment};
use serde_json::json;

use super::{KIND, Subject, line, read, template};
use crate::actor::Actor;
use crate::catalog::{By, Did, OneProduct, Snapshot, write_product};
use crate::pace::DOCUMENTS;
use crate::policy::{self, Authorized, PublishDocument};
use crate::store::revisions::{self as store, RevisionRow};
use crate::store::{Tx, import as catalog};
use crate::{Call, Error, Result, audit, text};

/// The record of what is published.
const DONE: &str = "product.publish";

/// The record of somebody who was refused.
const REFUSED: &str = "product.publish.refused";

/// A product's text, to be changed; with a number that of an older revision, to be published again.
///
/// # Errors
/// Refused to whoever may not publish it.
pub async fn edit(call: &Call, product: &str, revision: Option<u32>) -> Result<Editing> {
    let snapshot = call.snapshot();
    let subject = Subject::of(&snapshot, &call.rights(), product)?;
    policy::authorize(&call.viewer, subject.publish())?;
    let mut tx = call.ctx.db.read().await?;
    let newest = store::newest_of(&mut tx, KIND, product).await?;
    let base = number(newest.as_ref());
    let older = revision.filter(|number| *number != base);
    let text = match older {
        Some(number) => store::one(&mut tx, KIND, product, number).await?.map(|(_, text)| text),
        None => published_text(&mut tx, product).await?,
    };
    Ok(Editing {
        id: Some(subject.id),
        name: subject.name,
        domain: snapshot.domain(subject.domain.as_str()),
        text: text.ok_or_else(|| Error::not_found("revision"))?,
        // What is published now is replaced, whichever text takes its place.
        base,
        newest: newest.map(|newest| line(&snapshot, newest)),
        is_older: older.is_some(),
    })
}

/// The text with which a new product of a domain begins.
///
/// # Errors
/// Refused to whoever may not publish in the domain.
pub fn begin(call: &Call, domain: &DomainId) -> Result<Editing> {
    let snapshot = call.snapshot();
    if !snapshot.domains.contains_key(domain.as_str()) {
        return Err(Error::not_found("domain"));
    }
    policy::authorize(&call.viewer, PublishDocument { domain: domain.clone(), from: None })?;
    Ok(Editing {
        id: None,
        name: String::new(),
        domain: snapshot.domain(domain.as_str()),
        text: template::product(domain),
        base: 0,
        newest: None,
        is_older: false,
    })
}

/// Publishes a text: a new product where no id is given, otherwise a change of that one. `base` is the revision that the text
/// was written on.
///
/// # Errors
/// Refused where the rules say no, where the text is wrong, and where somebody else published in the meantime.
pub async fn publish(
    call: &Call,
    id: Option<&str>,
    base: u32,
    text: &str,
    reason: &str,
) -> Result<Published> {
    let subject = id.map_or_else(|| "catalog".to_owned(), |id| format!("product {id}"));
    let done = publish_now(call, id, base, text, reason).await;
    call.noted(REFUSED, subject, done).await
}

async fn publish_now(
    call: &Call,
    id: Option<&str>,
    base: u32,
    text: &str,
    reason: &str,
) -> Result<Published> {
    let ctx = &call.ctx;
    let reason = &text::reason(reason)?;
    if let Some(id) = id {
        let subject = Subject::of(&call.snapshot(), &call.rights(), id)?;
        policy::authorize(&call.viewer, subject.publish())?;
    } else {
        refuse_strangers(&call.viewer)?;
    }
    let one = read::product(call, read::plain(text)?).await?.map_err(|problems| read::refused(&problems))?;
    let (mut tx, viewer) = call.change().await?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let from = match id {
        Some(id) => Some(Subject::of(&snapshot, &call.rights(), id)?.domain),
        None => None,
    };
    let problems = read::unfit_one(&snapshot, id, &one);
    if !problems.is_empty() {
        return Err(read::refused(&problems));
    }
    let proof = policy::authorize(&viewer, asked(&one, from))?;
    let product = &one.product().id;
    let newest = store::newest_of(&mut tx, KIND, product).await?;
    let number = number(newest.as_ref());
    match published_text(&mut tx, product).await? {
        // Whoever sends it twice has published it once.
        Some(held) if held == one.text() => {
            return Ok(Published { id: product.clone(), number, is_new: false });
        }
        _ if id.is_none() => refuse_taken(&mut tx, product).await?,
        _ => refuse_overtaken(&snapshot, newest, base, "text")?,
    }
    let actor = Actor::Viewer(viewer);
    let now = tx.now();
    // Every text is kept.
    audit::keep_pace(&mut tx, &actor, &[DONE], DOCUMENTS, now).await?;
    let by = by(&actor, &proof, reason);
    let carried = write_product(&mut tx, ctx, &by, &one).await;
    let carried = match carried {
        Ok(carried) => carried,
        Err(error) => return Err(read::refused(&read::problems(error)?)),
    };
    let detail = json!({ "revision": number + 1, "reason": reason });
    let did = Did { action: DONE, subject: format!("product {product}"), detail };
    carried.take_effect(&mut tx, ctx, &by, did).await?;
    tx.commit().await?;
    Ok(Published { id: product.clone(), number: number + 1, is_new: true })
}

/// The question whether somebody may publish this product, which belongs to a domain until now.
pub(super) fn asked(one: &OneProduct, from: Option<DomainId>) -> PublishDocument {
    let domain = one.product().domain.clone().unwrap_or_default();
    PublishDocument { domain: DomainId(domain), from }
}

/// Refuses whoever publishes in no domain, before anything of a new product is read: what that costs is for those who may.
pub(super) fn refuse_strangers(viewer: &Viewer) -> Result<()> {
    if viewer.is_anywhere(Role::Steward) {
        return Ok(());
    }
    let nowhere = PublishDocument { domain: DomainId(String::new()), from: None };
    policy::authorize(viewer, nowhere).map(|_| ())
}

/// Who writes it.
pub(super) fn by<'a>(actor: &'a Actor, proof: &Authorized<PublishDocument>, reason: &'a str) -> By<'a> {
    By { actor, proof: proof.allows(), source: Source::Page, reason, over: &[] }
}

/// The text of a product that is published, with the ends of lines that a page sends: a file may have others.
pub(super) async fn published_text(tx: &mut Tx, product: &str) -> Result<Option<String>> {
    Ok(catalog::products(tx, &[product]).await?.pop().map(|row| row.document.replace("\r\n", "\n")))
}

/// Refuses an id that is another product's, be it one that the author does not see.
pub(super) async fn refuse_taken(tx: &mut Tx, product: &str) -> Result<()> {
    if store::is_taken(tx, product).await? {
        return Err(Error::conflict(taken(product)).at("text"));
    }
    Ok(())
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
                together, and publish again.";
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
