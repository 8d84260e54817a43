//! Every text of a term that was published, and what it changed, as far as its reader sees what it links to.

use lakeport_model::PageRequest;
use lakeport_model::documents::{History, Revision};

use super::{KIND, NAME, Sees, domain_of};
use crate::beside::DOCUMENTS;
use crate::documents::Subject;
use crate::standards::term::{Term, asset_and_column};
use crate::{Call, Error, Result};

/// The record of somebody who was refused.
const REFUSED: &str = "term.history.refused";

/// Who published a term when, the newest first.
///
/// # Errors
/// Refused to others than members of its domain.
pub async fn history(call: &Call, id: &str, page: PageRequest) -> Result<History> {
    let done = list(call, id, page).await;
    call.noted(REFUSED, format!("term {id}"), done).await
}

async fn list(call: &Call, id: &str, page: PageRequest) -> Result<History> {
    subject(call, id)?.history(call, page).await
}

/// One revision of a term with its text.
///
/// # Errors
/// Refused to others than members of its domain, where there is none of this number, and where it cannot be read.
pub async fn revision(call: &Call, id: &str, number: u32) -> Result<Revision> {
    let done = one(call, id, number).await;
    call.noted(REFUSED, format!("term {id}"), done).await
}

async fn one(call: &Call, id: &str, number: u32) -> Result<Revision> {
    let subject = subject(call, id)?;
    let mut found = subject.found(call, number).await?;
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let (before, text) = (std::mem::take(&mut found.before), std::mem::take(&mut found.text));
    let look = move || seen(&Sees { snapshot: &snapshot, rights: &rights }, before, text);
    (found.before, found.text) = DOCUMENTS.run(call.party(), look).await??;
    let told = subject.revision(call, found).await?;
    // The form of terms begins with what is published.
    Ok(Revision { may_publish: false, ..told })
}

fn subject(call: &Call, id: &str) -> Result<Subject> {
    let snapshot = call.snapshot();
    let domain = domain_of(&snapshot, id)?;
    let name = snapshot.terms.get(id).map_or(id, |term| term.document.name.as_str()).to_owned();
    Ok(Subject { kind: KIND, id: id.to_owned(), name, domain })
}

/// A text and the one before it, without links to what their reader does not see or nobody has any more: nobody tells the two
/// apart. Where one of them has such links, both are printed anew: otherwise the comparison would show how, and not what.
pub(super) fn seen(sees: &Sees<'_>, before: String, text: String) -> Result<(String, String)> {
    let read = |text: &str| Term::from_yaml(NAME, text).map_err(|_| Error::unread("term"));
    let old = if before.is_empty() { None } else { Some(read(&before)?) };
    let new = read(&text)?;
    if old.iter().chain([&new]).all(|term| is_seen(sees, term)) {
        return Ok((before, text));
    }
    let print = |term: Term| without_hidden(sees, term).to_yaml();
    Ok((old.map(print).unwrap_or_default(), print(new)))
}

/// A text that is published, and the one of a file that would take its place, without the links of the former that the file's
/// author does not see. One that cannot be read is not shown.
pub(crate) fn beside_file(sees: &Sees<'_>, published: String, file: &str) -> (String, String) {
    match (Term::from_yaml(NAME, &published), Term::from_yaml(NAME, file)) {
        (Ok(held), _) if is_seen(sees, &held) => (published, file.to_owned()),
        (Ok(held), Ok(new)) => (without_hidden(sees, held).to_yaml(), new.to_yaml()),
        _ => (String::new(), file.to_owned()),
    }
}

/// True where everything that a term links to is there and seen.
fn is_seen(sees: &Sees<'_>, term: &Term) -> bool {
    sees.unknown(term).is_empty()
}

fn without_hidden(sees: &Sees<'_>, mut term: Term) -> Term {
    term.related.retain(|id| sees.term(id));
    term.products.retain(|id| sees.product(id));
    term.columns.retain(|link| {
        let (asset, column) = asset_and_column(link);
        sees.column(asset, column)
    });
    term
}
