//! Changes that members propose, and owners and stewards of the domain accept or decline.
//!
//! What is proposed is what publishing takes, read and tried by the functions of its area in a transaction that leaves nothing
//! behind. Accepting publishes it by the use case of its area, in the name of whoever accepts, and settles it in the same
//! transaction. Members of the domain see what was proposed; to all others there is nothing.

mod decide;
mod list;
mod merge;
mod page;
mod propose;
mod rules;
mod settle;

pub use self::decide::{accept, decline, withdraw};
pub use self::list::list;
pub(crate) use self::list::waiting;
pub use self::merge::{edit_asset, edit_product, edit_term};
pub use self::page::page;
pub use self::propose::{Written, propose};
pub use self::settle::Settles;
pub(crate) use self::settle::{PublishedNow, accepted, as_news};

use lakeport_model::people::{DomainRef, Viewer};
use lakeport_model::proposals::{ProposalEnd, ProposalLine, ProposalState};
use lakeport_model::retire::Retirable;
use lakeport_model::{DomainId, PersonId, ProposalId};

use crate::catalog::{Rights, Snapshot};
use crate::policy::{self, DecideProposal, SeeHistory};
use crate::retire::Thing;
use crate::store::Tx;
use crate::store::proposals::{self as store, ProposalRow};
use crate::{Call, Error, Result, people};

/// The records of what is proposed, declined and taken back, and of somebody who was refused.
struct Records {
    proposed: &'static str,
    not_proposed: &'static str,
    not_accepted: &'static str,
    declined: &'static str,
    not_declined: &'static str,
    withdrawn: &'static str,
    not_withdrawn: &'static str,
}

fn records(kind: Retirable) -> Records {
    match kind {
        Retirable::Product => Records {
            proposed: "product.propose",
            not_proposed: "product.propose.refused",
            not_accepted: "product.publish.refused",
            declined: "product.decline_proposal",
            not_declined: "product.decline_proposal.refused",
            withdrawn: "product.withdraw_proposal",
            not_withdrawn: "product.withdraw_proposal.refused",
        },
        Retirable::Asset => Records {
            proposed: "asset.propose",
            not_proposed: "asset.propose.refused",
            not_accepted: "asset.describe.refused",
            declined: "asset.decline_proposal",
            not_declined: "asset.decline_proposal.refused",
            withdrawn: "asset.withdraw_proposal",
            not_withdrawn: "asset.withdraw_proposal.refused",
        },
        Retirable::Term => Records {
            proposed: "term.propose",
            not_proposed: "term.propose.refused",
            not_accepted: "term.publish.refused",
            declined: "term.decline_proposal",
            not_declined: "term.decline_proposal.refused",
            withdrawn: "term.withdraw_proposal",
            not_withdrawn: "term.withdraw_proposal.refused",
        },
    }
}

/// The page of a proposal.
fn href(id: ProposalId) -> String {
    format!("/proposals/{id}")
}

/// What says which text somebody has seen of a proposal: another one may take its place.
fn mark(row: &ProposalRow) -> String {
    row.at.timestamp_micros().to_string()
}

/// A proposal, and what it is about, for a member of the domain of that.
struct Seen<'a> {
    row: ProposalRow,
    thing: Thing<'a>,
}

impl<'a> Seen<'a> {
    /// Of this id; one that the viewer may not know of is not there.
    async fn of(
        tx: &mut Tx,
        viewer: &Viewer,
        snapshot: &'a Snapshot,
        rights: &Rights,
        id: ProposalId,
    ) -> Result<Self> {
        let row = store::one(tx, id).await?;
        let seen = row.and_then(|row| {
            let thing = thing(snapshot, rights, &row)?;
            Some(Self { row, thing })
        });
        let seen = seen.filter(|seen: &Self| is_seen(viewer, seen.thing));
        seen.ok_or_else(|| Error::not_found("proposal"))
    }

    fn domain(&self) -> DomainId {
        DomainId(self.thing.domain().to_owned())
    }

    /// The question whether somebody may accept or decline it.
    fn deciding(&self) -> DecideProposal {
        DecideProposal { domain: self.domain(), proposer: self.row.person }
    }

    fn is_open(&self) -> bool {
        self.row.state == ProposalState::Open
    }
}

/// What a proposal is about, as far as somebody sees it.
fn thing<'a>(snapshot: &'a Snapshot, rights: &Rights, row: &ProposalRow) -> Option<Thing<'a>> {
    Thing::seen(snapshot, rights, row.kind.parse().ok()?, &row.document).ok()
}

/// True for whoever sees what is proposed of something: a member of its domain.
fn is_seen(viewer: &Viewer, thing: Thing<'_>) -> bool {
    policy::decide(viewer, &SeeHistory { domain: thing.domain().into() }.into()).allowed
}

/// True for a person who belongs to the domain still: whoever left is told nothing of what is in it.
async fn is_member(tx: &mut Tx, person: PersonId, domain: &DomainId) -> Result<bool> {
    let viewer = people::viewer_in(tx, person).await?;
    let asked: policy::Action = SeeHistory { domain: domain.clone() }.into();
    Ok(viewer.is_some_and(|viewer| policy::decide(&viewer, &asked).allowed))
}

/// A proposal in a list; nothing for one of another version of the portal. To whoever left the domain it is told without the
/// name, the domain and the answer.
fn line(call: &Call, row: ProposalRow) -> Option<ProposalLine> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let kind: Retirable = row.kind.parse().ok()?;
    let thing = thing(&snapshot, &rights, &row).filter(|thing| is_seen(&call.viewer, *thing));
    let is_told = thing.is_some();
    let nowhere = DomainRef { id: DomainId(String::new()), name: String::new() };
    let name = thing.map_or(row.document.as_str(), Thing::name).to_owned();
    let end = row.decided_by.zip(row.decided_at).map(|(person, at)| ProposalEnd {
        who: snapshot.who(person),
        at,
        why: row.answer.filter(|_| is_told).unwrap_or_default(),
    });
    Some(ProposalLine {
        id: row.id,
        kind,
        document: row.document,
        name,
        domain: if is_told { snapshot.domain(&row.domain) } else { nowhere },
        who: snapshot.who(row.person),
        at: row.at,
        reason: row.reason,
        state: row.state,
        end,
    })
}
