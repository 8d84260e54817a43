//! What somebody begins to write a term with.

use std::future::{Ready, ready};

use lakeport_model::DomainId;
use lakeport_model::glossary::{TermEditing, TermText};

use super::{KIND, NAME, Sees, domain_of, published};
use crate::beside::DOCUMENTS;
use crate::policy::{self, PublishDocument};
use crate::standards::term::{Term, asset_and_column};
use crate::store::revisions;
use crate::{Call, Error, Result};

/// A term, to be changed. What it links to and its author does not see is left out, and stays when they publish.
///
/// # Errors
/// Refused to whoever may neither publish it nor propose a change of it, and where it cannot be read.
pub async fn edit(call: &Call, id: &str) -> Result<TermEditing> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let proposes = policy::writes(&call.viewer, &domain_of(&snapshot, id)?)?;
    let mut tx = call.ctx.db.read().await?;
    let newest = revisions::newest_of(&mut tx, KIND, id).await?.map_or(0, |newest| newest.number);
    let text = published(&mut tx, id).await?.ok_or_else(|| Error::not_found("term"))?;
    drop(tx);
    let read = DOCUMENTS.run(call.party(), move || Term::from_yaml(NAME, &text)).await?;
    let term = read.map_err(|_| Error::unread("term"))?;
    Ok(TermEditing {
        id: Some(id.to_owned()),
        domain: snapshot.domain(&term.domain),
        text: shown(&Sees { snapshot: &snapshot, rights: &rights }, term),
        base: newest,
        newest,
        proposes,
        proposal: None,
    })
}

/// What a new term of a domain begins with.
///
/// # Errors
/// Refused to whoever may not publish in the domain.
pub fn begin(call: &Call, domain: &DomainId) -> Ready<Result<TermEditing>> {
    ready(begun(call, domain))
}

fn begun(call: &Call, domain: &DomainId) -> Result<TermEditing> {
    let snapshot = call.snapshot();
    if !snapshot.domains.contains_key(domain.as_str()) {
        return Err(Error::not_found("domain"));
    }
    policy::authorize(&call.viewer, PublishDocument { domain: domain.clone(), from: None })?;
    let domain = snapshot.domain(domain.as_str());
    let text = TermText::default();
    Ok(TermEditing { id: None, domain, text, base: 0, newest: 0, proposes: false, proposal: None })
}

/// The fields of a term, as far as somebody sees what they name.
pub(super) fn shown(sees: &Sees<'_>, term: Term) -> TermText {
    let is_column = |link: &str| {
        let (asset, column) = asset_and_column(link);
        sees.column(asset, column)
    };
    TermText {
        name: term.name,
        definition: term.definition.trim_end().to_owned(),
        synonyms: term.synonyms.join("\n"),
        related: listed(&term.related, |id| sees.term(id)),
        columns: listed(&term.columns, is_column),
        products: listed(&term.products, |id| sees.product(id)),
    }
}

/// A line for each link that is seen.
fn listed(links: &[String], is_seen: impl Fn(&str) -> bool) -> String {
    let seen: Vec<&str> = links.iter().map(String::as_str).filter(|link| is_seen(link)).collect();
    seen.join("\n")
}
