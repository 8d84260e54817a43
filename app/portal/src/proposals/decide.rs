//! Accepting, declining and taking back.

use lakeport_model::documents::Published;
use lakeport_model::proposals::ProposalState;
use lakeport_model::retire::Retirable;
use lakeport_model::{DomainId, ProposalId};
use serde_json::json;

use super::propose::number;
use super::{Seen, Settles, href, is_member, page, records, rules};
use crate::catalog::Rights;
use crate::notify::Message;
use crate::policy::{self, DecideProposal, WithdrawProposal};
use crate::retire::{self, subject};
use crate::store::proposals::{self as store, ProposalRow};
use crate::{Call, Error, ErrorKind, Result, assets, documents, glossary};

/// What is said where somebody published since.
const OVERTAKEN: &str = "Somebody has published since this was proposed, so nothing was changed. Open it in the form, put both \
                         together, and publish that.";

/// What is said where nobody sees all that it changes.
const TOO_LONG: &str = "The change is too long to be shown whole: open it in the form.";

/// Publishes what was proposed, in the name of whoever accepts it, and says what that was. `seen` stands for the text that they
/// saw, and `agreed` for the effects on people that they saw and agree to; empty where they agreed to none.
///
/// # Errors
/// Refused where the rules say no, where the text does not fit any more, where what it changes is too long to be shown, and where
/// somebody has published since.
pub async fn accept(call: &Call, id: ProposalId, seen: &str, agreed: &str) -> Result<(Retirable, Published)> {
    let (row, kind, domain) = found(call, id).await?;
    let about = subject(kind, &row.document);
    let decidable = decidable(call, &row, &domain, seen);
    call.noted(records(kind).not_accepted, about, decidable).await?;
    let mut tx = call.ctx.db.read().await?;
    let text = store::text(&mut tx, id).await?.ok_or_else(|| Error::not_found("proposal"))?;
    drop(tx);
    if page::is_cut(call, &row, (kind, &domain), text.clone()).await? {
        return Err(Error::conflict(TOO_LONG).at("accept"));
    }
    let published = publish(call, &row, kind, Settles { id, seen }, (&text, agreed)).await;
    Ok((kind, published.map_err(as_told)?))
}

/// The proposal of this id, as its page shows it, with the domain of what it is about.
async fn found(call: &Call, id: ProposalId) -> Result<(ProposalRow, Retirable, DomainId)> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let mut tx = call.ctx.db.read().await?;
    let found = Seen::of(&mut tx, &call.viewer, &snapshot, &rights, id).await?;
    let (kind, domain) = (found.thing.kind(), found.domain());
    Ok((found.row, kind, domain))
}

/// Refuses whoever may not accept it, before anything is published.
fn decidable(call: &Call, row: &ProposalRow, domain: &DomainId, seen: &str) -> Result<()> {
    policy::authorize(&call.viewer, DecideProposal { domain: domain.clone(), proposer: row.person })?;
    rules::refuse_other(row, seen)
}

/// Publishes it by the use case of its area.
async fn publish(
    call: &Call,
    row: &ProposalRow,
    kind: Retirable,
    settles: Settles<'_>,
    (text, agreed): (&str, &str),
) -> Result<Published> {
    let reason = rules::reason(&call.snapshot().who(row.person), &row.reason);
    let (id, base) = (row.document.as_str(), row.base.as_str());
    match kind {
        Retirable::Product => {
            let done = documents::publish_proposed(call, settles, id, number(base), text, &reason);
            Box::pin(done).await
        }
        Retirable::Term => {
            let text = glossary::as_form(call, text).await?;
            Box::pin(glossary::publish_proposed(call, settles, id, number(base), &text, &reason)).await
        }
        Retirable::Asset => {
            let text = assets::as_form(text)?;
            Box::pin(assets::publish_proposed(call, settles, id, base, &text, agreed, &reason)).await
        }
    }
}

/// A refusal on a page that has no fields: beside the button, and a text that was overtaken with the way on.
fn as_told(error: Error) -> Error {
    let is_overtaken = if let Error::Refused(refusal) = &error {
        refusal.kind == ErrorKind::Conflict && matches!(refusal.field, Some("text" | "base" | "seen"))
    } else {
        false
    };
    let told = if is_overtaken { error.saying(OVERTAKEN.to_owned()) } else { error };
    told.at("accept")
}

/// Declines what was proposed.
///
/// # Errors
/// Refused where the rules say no, without a reason, and where another text took its place.
pub async fn decline(call: &Call, id: ProposalId, seen: &str, reason: &str) -> Result<()> {
    let (row, kind, _) = found(call, id).await?;
    let done = decline_now(call, id, seen, reason).await;
    call.noted(records(kind).not_declined, subject(kind, &row.document), done).await
}

async fn decline_now(call: &Call, id: ProposalId, seen: &str, reason: &str) -> Result<()> {
    let (mut tx, viewer) = call.change().await?;
    let snapshot = call.ctx.snapshot_in(&mut tx).await?;
    let now = tx.now();
    let rights = Rights::in_tx(&mut tx, now, &viewer).await?;
    let found = Seen::of(&mut tx, &viewer, &snapshot, &rights, id).await?;
    let proof = policy::authorize(&viewer, found.deciding())?;
    let answer = retire::reason(reason, "Say why it is declined: whoever proposed it reads that.")?;
    let Seen { row, thing } = found;
    rules::refuse_other(&row, seen)?;
    let said = (viewer.id, answer.as_str());
    store::settle(&mut tx, &proof.allows(), id, ProposalState::Declined, said, now).await?;
    let domain = DomainId(thing.domain().to_owned());
    if is_member(&mut tx, row.person, &domain).await? {
        let href = href(id);
        let title = rules::ended_words(thing.kind(), thing.name(), ProposalState::Declined);
        let says = [answer.clone(), format!("{} did this", viewer.name)];
        tx.notify(&[row.person], &href, &Message::new(title, says, href.as_str())).await?;
    }
    let detail = json!({ "reason": answer, "proposer": row.person });
    let (kind, rule) = (thing.kind(), proof.rule());
    tx.record(records(kind).declined, subject(kind, &row.document), rule, detail).await?;
    tx.commit().await
}

/// Whoever proposed it takes it back, whether they belong to the domain still or not.
///
/// # Errors
/// Refused to everybody else, and where it is settled already.
pub async fn withdraw(call: &Call, id: ProposalId) -> Result<()> {
    let mut tx = call.ctx.db.read().await?;
    let row = store::one(&mut tx, id).await?.filter(|row| row.person == call.viewer.id);
    drop(tx);
    let row = row.ok_or_else(|| Error::not_found("proposal"))?;
    let kind: Retirable = row.kind.parse().map_err(|_| Error::not_found("proposal"))?;
    let done = withdraw_now(call, id, kind).await;
    call.noted(records(kind).not_withdrawn, subject(kind, &row.document), done).await
}

async fn withdraw_now(call: &Call, id: ProposalId, kind: Retirable) -> Result<()> {
    let (mut tx, viewer) = call.change().await?;
    let row = store::one(&mut tx, id).await?.ok_or_else(|| Error::not_found("proposal"))?;
    let proof = policy::authorize(&viewer, WithdrawProposal { proposer: row.person })?;
    let seen = super::mark(&row);
    rules::refuse_other(&row, &seen)?;
    let now = tx.now();
    store::settle(&mut tx, &proof.allows(), id, ProposalState::Withdrawn, (viewer.id, ""), now).await?;
    tx.record(records(kind).withdrawn, subject(kind, &row.document), proof.rule(), json!({})).await?;
    tx.commit().await
}
