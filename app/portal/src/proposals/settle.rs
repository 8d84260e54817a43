//! Settling a proposal by publishing.

use lakeport_model::documents::Published;
use lakeport_model::people::Viewer;
use lakeport_model::proposals::ProposalState;
use lakeport_model::retire::Retirable;
use lakeport_model::{DomainId, ProposalId};

use super::{href, is_member, rules};
use crate::catalog::Snapshot;
use crate::notify::Message;
use crate::people::Work;
use crate::policy::{self, DecideProposal};
use crate::store::proposals as store;
use crate::{Error, Result};

/// A proposal that is settled as accepted when something is published.
#[derive(Debug, Clone, Copy)]
pub struct Settles<'a> {
    /// Its id.
    pub id: ProposalId,
    /// What stands for the text that was seen of it.
    pub seen: &'a str,
}

/// What was published of a proposal; refused where that changed nothing: the proposal is open then.
///
/// # Errors
/// A conflict where the same text is published already.
pub(crate) fn as_news(published: Published) -> Result<Published> {
    if published.is_new {
        return Ok(published);
    }
    Err(Error::conflict("What this proposes is published already. Decline it, and say so."))
}

/// What is published in a transaction.
pub(crate) struct PublishedNow<'a> {
    /// What it is, and its id.
    pub(crate) about: (Retirable, &'a str),
    /// The domain that it belonged to until now.
    pub(crate) domain: &'a DomainId,
}

/// Settles a proposal whose text is published in this transaction, in which both are kept, or nothing; nothing where none is
/// named.
///
/// # Errors
/// Refused where it is about something else, is settled already, or is the viewer's own.
pub(crate) async fn accepted(
    tx: &mut Work<'_>,
    viewer: &Viewer,
    snapshot: &Snapshot,
    settles: Option<Settles<'_>>,
    published: PublishedNow<'_>,
) -> Result<()> {
    let Some(Settles { id, seen }) = settles else { return Ok(()) };
    let PublishedNow { about: (kind, document), domain } = published;
    let row = store::one(tx, id).await?.filter(|row| row.kind == kind.as_str() && row.document == document);
    let row = row.ok_or_else(|| Error::not_found("proposal"))?;
    let asked = DecideProposal { domain: domain.clone(), proposer: row.person };
    let proof = policy::authorize(viewer, asked)?;
    rules::refuse_other(&row, seen)?;
    let now = tx.now();
    store::settle(tx, &proof.allows(), id, ProposalState::Accepted, (viewer.id, ""), now).await?;
    if !is_member(tx, row.person, domain).await? {
        return Ok(());
    }
    let name = match kind {
        Retirable::Product => snapshot.products.get(document).map(|product| product.name.as_str()),
        Retirable::Asset => snapshot.assets.get(document).map(|asset| asset.title.as_str()),
        Retirable::Term => snapshot.terms.get(document).map(|term| term.document.name.as_str()),
    };
    let title = rules::ended_words(kind, name.unwrap_or(document), ProposalState::Accepted);
    let said = match kind {
        Retirable::Product | Retirable::Asset => format!("{} published it", viewer.name),
        // What they do not see is left out of the text that they publish.
        Retirable::Term => {
            format!("{} published it, as far as whoever accepted it sees what it links to", viewer.name)
        }
    };
    let href = href(id);
    let message = Message::new(title, [said], href.as_str());
    tx.notify(&[row.person], &href, &message).await
}
