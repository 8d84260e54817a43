//! What somebody proposes of a term: read and tried as publishing it would, and kept as the file that it would be.
//!
//! It keeps all that the term links to and its author does not see, for they took none of it out: whoever accepts it may see
//! that.

use lakeport_model::documents::Source;
use lakeport_model::glossary::TermText;

use super::edit::shown;
use super::form::Form;
use super::history::seen;
use super::{KIND, NAME, Sees, domain_of, published};
use crate::actor::Actor;
use crate::beside::{DOCUMENTS, TRIALS};
use crate::catalog::{By, SourceFile, write_term};
use crate::documents::refuse_overtaken;
use crate::policy::{self, ProposeDocument};
use crate::standards::term::Term;
use crate::store::revisions;
use crate::{Call, Error, Result};

/// Tries what was written of a term on the revision `base`, in a transaction that leaves nothing behind; answers the text that is
/// kept of it.
///
/// # Errors
/// Refused to whoever does not propose changes of it, and where publishing would refuse it.
pub(crate) async fn tried(call: &Call, id: &str, base: u32, text: &TermText) -> Result<String> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let domain = domain_of(&snapshot, id)?;
    policy::authorize(&call.viewer, ProposeDocument { domain: domain.clone() })?;
    let form = Form::of(Some(id), &domain, text)?;
    let mut form = DOCUMENTS.run(call.party(), move || form.read()).await?;
    form.note(form.unknown(&Sees { snapshot: &snapshot, rights: &rights }));
    form.refuse()?;
    TRIALS.hold(call.party(), written(call, id, base, &form)).await?
}

async fn written(call: &Call, id: &str, base: u32, form: &Form) -> Result<String> {
    let rights = call.rights();
    let mut tx = call.ctx.db.write().await?;
    let snapshot = call.ctx.snapshot_in(&mut tx).await?;
    let proof = policy::authorize(&call.viewer, ProposeDocument { domain: domain_of(&snapshot, id)? })?;
    let held = snapshot.terms.get(id).map(|held| &held.document).ok_or_else(|| Error::unread("term"))?;
    let term = form.in_place_of(held, &Sees { snapshot: &snapshot, rights: &rights });
    if held.says_the_same(&term) {
        let message = "This is what is published: there is nothing to propose.";
        return Err(Error::conflict(message).at("definition"));
    }
    let newest = revisions::newest_of(&mut tx, KIND, id).await?;
    refuse_overtaken(&snapshot, newest, base, "base")?;
    let actor = Actor::Viewer(call.viewer.clone());
    let by = By { actor: &actor, proof: proof.allows(), source: Source::Page, reason: "", over: &[] };
    let text = term.to_yaml();
    let file = SourceFile { path: NAME.to_owned(), text: text.clone() };
    write_term(&mut tx, &call.ctx, &by, &(term, file)).await?;
    Ok(text)
}

/// The fields of a text that was proposed, as far as the viewer sees what they name.
///
/// # Errors
/// Where it cannot be read.
pub(crate) async fn as_form(call: &Call, text: &str) -> Result<TermText> {
    let (snapshot, rights, text) = (call.snapshot(), call.rights(), text.to_owned());
    let read = DOCUMENTS.run(call.party(), move || Term::from_yaml(NAME, &text)).await?;
    let term = read.map_err(|_| Error::unread("term"))?;
    Ok(shown(&Sees { snapshot: &snapshot, rights: &rights }, term))
}

/// Two texts of a term, without what the viewer does not see of what they link to.
///
/// # Errors
/// Where one of them cannot be read.
pub(crate) async fn as_seen(call: &Call, before: String, after: String) -> Result<(String, String)> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let look = move || seen(&Sees { snapshot: &snapshot, rights: &rights }, before, after);
    DOCUMENTS.run(call.party(), look).await?
}

/// The text of a term that is published.
///
/// # Errors
/// Refused where there is none.
pub(crate) async fn current(call: &Call, id: &str) -> Result<String> {
    let mut tx = call.ctx.db.read().await?;
    published(&mut tx, id).await?.ok_or_else(|| Error::not_found("term"))
}
