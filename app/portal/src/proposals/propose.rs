//! Proposing a change.

use lakeport_model::assets::AssetText;
use lakeport_model::glossary::TermText;
use lakeport_model::people::Viewer;
use lakeport_model::retire::Retirable;
use lakeport_model::{DomainId, ProposalId};
use serde_json::json;

use super::{href, records, rules};
use crate::actor::Actor;
use crate::catalog::Rights;
use crate::notify::Message;
use crate::pace::PROPOSALS;
use crate::policy::{self, Authorized, ProposeDocument};
use crate::retire::{self, Thing, subject};
use crate::store::proposals::{self as store, NewProposal};
use crate::{Call, Result, assets, audit, documents, glossary, new_id};

/// How the records end that keep the pace, whatever it is about.
const ENDS: [&str; 1] = [".propose"];

/// What somebody wrote, as publishing takes it.
#[derive(Debug, Clone, Copy)]
pub enum Written<'a> {
    /// The text of a product.
    Product(&'a str),
    /// The fields of an asset.
    Asset(&'a AssetText),
    /// The fields of a term.
    Term(&'a TermText),
}

impl Written<'_> {
    fn kind(self) -> Retirable {
        match self {
            Self::Product(_) => Retirable::Product,
            Self::Asset(_) => Retirable::Asset,
            Self::Term(_) => Retirable::Term,
        }
    }
}

/// A member proposes a change of something, which was written on the text that `base` stands for: the number of a revision, of
/// an asset the digest of its text. It takes the place of what they proposed of it before, while that is open.
///
/// # Errors
/// Refused where the rules say no, where publishing would refuse the text, without a reason, and where too many are open.
pub async fn propose(
    call: &Call,
    id: &str,
    base: &str,
    written: Written<'_>,
    reason: &str,
) -> Result<ProposalId> {
    let kind = written.kind();
    let done = propose_now(call, id, base, written, reason).await;
    call.noted(records(kind).not_proposed, subject(kind, id), done).await
}

async fn propose_now(
    call: &Call,
    id: &str,
    base: &str,
    written: Written<'_>,
    reason: &str,
) -> Result<ProposalId> {
    let kind = written.kind();
    let (snapshot, rights) = (call.snapshot(), call.rights());
    authorize(&call.viewer, rules::proposable(&snapshot, &rights, kind, id)?)?;
    rules::refuse_retired(&snapshot, (kind, id), rights.today())?;
    let text = Box::pin(tried(call, id, base, written)).await?;
    // Where the text is wrong, too, that is told first: it takes longer to correct.
    let reason = retire::reason(reason, "Say what you change and for what: whoever decides reads that.")?;
    let (mut tx, viewer) = call.change().await?;
    let snapshot = call.ctx.snapshot_in(&mut tx).await?;
    let now = tx.now();
    let rights = Rights::in_tx(&mut tx, now, &viewer).await?;
    let thing = rules::proposable(&snapshot, &rights, kind, id)?;
    let proof = authorize(&viewer, thing)?;
    rules::refuse_retired(&snapshot, (kind, id), now.date_naive())?;
    let held = store::open_of(&mut tx, kind, id, viewer.id).await?;
    let proposal = if let Some(held) = held {
        let same = held.base == base && held.reason == reason;
        // Whoever sends it twice has proposed it once.
        if same && store::text(&mut tx, held.id).await?.as_ref() == Some(&text) {
            return Ok(held.id);
        }
        held.id
    } else {
        let of_person = store::open_by(&mut tx, viewer.id).await?;
        rules::refuse_many(kind, of_person, store::open_on(&mut tx, kind, id).await?)?;
        ProposalId(new_id(now))
    };
    // Every text is kept.
    audit::keep_pace(&mut tx, &Actor::Viewer(viewer.clone()), &ENDS, PROPOSALS, now).await?;
    let new = NewProposal {
        id: proposal,
        about: (kind, id),
        domain: thing.domain(),
        person: viewer.id,
        at: now,
        base,
        text: &text,
        reason: &reason,
    };
    store::propose(&mut tx, &proof, &new).await?;
    let href = href(proposal);
    let message = Message::new(
        rules::proposed_words(&viewer.name, kind, thing.name()),
        [reason.as_str(), "Accept or decline it"],
        href.as_str(),
    );
    let people = rules::deciders(&snapshot, thing.domain(), viewer.id);
    tx.notify(&people, &href, &message).await?;
    tx.record(records(kind).proposed, subject(kind, id), proof.rule(), json!({ "reason": reason })).await?;
    tx.commit().await?;
    Ok(proposal)
}

fn authorize(viewer: &Viewer, thing: Thing<'_>) -> Result<Authorized<ProposeDocument>> {
    policy::authorize(viewer, ProposeDocument { domain: DomainId(thing.domain().to_owned()) })
}

/// What is kept of what somebody wrote, once it was tried.
async fn tried(call: &Call, id: &str, base: &str, written: Written<'_>) -> Result<String> {
    match written {
        Written::Product(text) => documents::tried(call, id, number(base), text).await,
        Written::Term(text) => glossary::tried(call, id, number(base), text).await,
        Written::Asset(text) => assets::tried(call, id, base, text).await,
    }
}

/// The revision that a text was written on, as a proposal keeps it.
pub(super) fn number(base: &str) -> u32 {
    base.parse().unwrap_or_default()
}
