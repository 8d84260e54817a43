//! What somebody begins with who puts a proposal together with what is published by now.

use lakeport_model::ProposalId;
use lakeport_model::assets::AssetEditing;
use lakeport_model::documents::{Editing, TextKind};
use lakeport_model::glossary::TermEditing;
use lakeport_model::proposals::Merging;
use lakeport_model::retire::Retirable;

use super::propose::number;
use super::{Seen, mark, rules};
use crate::store::proposals as store;
use crate::{Call, Error, Result, assets, documents, glossary, policy};

/// A product, to be changed, beginning with what was proposed and on the text that this was written on; where the proposal is
/// settled by now, with what is published.
///
/// # Errors
/// Refused to whoever may not accept it.
pub async fn edit_product(call: &Call, product: &str, id: ProposalId) -> Result<Editing> {
    let editing = documents::edit(call, TextKind::Product, product, None).await?;
    let Some(Merged { text, base, merging }) = merged(call, (Retirable::Product, product), id).await? else {
        return Ok(editing);
    };
    Ok(Editing { text, base: number(&base), proposal: Some(merging), ..editing })
}

/// The same of a term.
///
/// # Errors
/// As of [`edit_product`].
pub async fn edit_term(call: &Call, term: &str, id: ProposalId) -> Result<TermEditing> {
    let editing = glossary::edit(call, term).await?;
    let Some(Merged { text, base, merging }) = merged(call, (Retirable::Term, term), id).await? else {
        return Ok(editing);
    };
    let text = glossary::as_form(call, &text).await?;
    Ok(TermEditing { text, base: number(&base), proposal: Some(merging), ..editing })
}

/// The same of an asset.
///
/// # Errors
/// As of [`edit_product`].
pub async fn edit_asset(call: &Call, asset: &str, id: ProposalId) -> Result<AssetEditing> {
    let editing = assets::edit(call, asset).await?;
    let Some(Merged { text, base, merging }) = merged(call, (Retirable::Asset, asset), id).await? else {
        return Ok(editing);
    };
    Ok(AssetEditing { text: assets::as_form(&text)?, seen: base, proposal: Some(merging), ..editing })
}

/// What a form begins with.
struct Merged {
    text: String,
    /// What says on which text it was written.
    base: String,
    merging: Merging,
}

/// An open proposal that the viewer may accept; nothing where it is settled.
async fn merged(call: &Call, (kind, document): (Retirable, &str), id: ProposalId) -> Result<Option<Merged>> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let mut tx = call.ctx.db.read().await?;
    let found = Seen::of(&mut tx, &call.viewer, &snapshot, &rights, id).await?;
    if found.thing.kind() != kind || found.row.document != document {
        return Err(Error::not_found("proposal"));
    }
    if !found.is_open() {
        return Ok(None);
    }
    policy::authorize(&call.viewer, found.deciding())?;
    let seen = mark(&found.row);
    let text = store::text(&mut tx, id).await?.ok_or_else(|| Error::not_found("proposal"))?;
    let reason = rules::reason(&snapshot.who(found.row.person), &found.row.reason);
    Ok(Some(Merged { text, base: found.row.base, merging: Merging { id, seen, reason } }))
}
