//! What somebody proposes of an asset: read and tried as publishing it would. Whether data may become less protected, and that
//! people see what it means, is asked of whoever accepts it.

use lakeport_model::DomainId;
use lakeport_model::assets::AssetText;
use lakeport_model::documents::{LONGEST_DOCUMENT, Source};

use super::check::overtaken;
use super::effects::Eyes;
use super::form::{Form, refused};
use super::publish::{beside_others, says_the_same};
use super::unfit::{Unfit, unfit};
use super::{KIND, guesses, held, seen};
use crate::actor::Actor;
use crate::beside::{DOCUMENTS, TRIALS};
use crate::catalog::{By, described, write_assets};
use crate::policy::{self, ProposeDocument};
use crate::store::catalog::AssetRow;
use crate::store::revisions;
use crate::{Call, Error, Result};

/// Tries what was written of an asset, of which its author saw the text of the digest `base`, in a transaction that leaves
/// nothing behind; answers the text that is kept of it.
///
/// # Errors
/// Refused to whoever does not propose changes of it, and where publishing would refuse it.
pub(crate) async fn tried(call: &Call, id: &str, base: &str, text: &AssetText) -> Result<String> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let domain = DomainId(seen(&snapshot, &rights, id)?.domain.clone());
    policy::authorize(&call.viewer, ProposeDocument { domain: domain.clone() })?;
    let mut tx = call.ctx.db.read().await?;
    let shown = held(&mut tx, Some(id)).await?;
    drop(tx);
    let Form { row, problems, seen: digest } = Form::read(call, &domain, text, shown.as_ref()).await?;
    if let Some(problem) = problems.first() {
        return Err(refused(problem));
    }
    let kept = kept(text)?;
    TRIALS.hold(call.party(), written(call, shown, row, digest == base)).await??;
    Ok(kept)
}

/// What is kept of fields: no lines that nobody filled in, and no more than a document holds.
fn kept(text: &AssetText) -> Result<String> {
    let mut text = text.clone();
    text.columns.retain(|column| !column.is_blank());
    let kept = serde_json::to_string(&text).map_err(Error::fault)?;
    if kept.len() > LONGEST_DOCUMENT {
        let message = format!(
            "With the names of its fields this takes {} KiB. Keep it under {} KiB.",
            kept.len().div_ceil(1024),
            LONGEST_DOCUMENT / 1024
        );
        return Err(Error::invalid("description", message));
    }
    Ok(kept)
}

async fn written(call: &Call, shown: Option<AssetRow>, row: AssetRow, is_newest: bool) -> Result<()> {
    let rights = call.rights();
    let mut tx = call.ctx.db.write().await?;
    let snapshot = call.ctx.snapshot_in(&mut tx).await?;
    let domain = DomainId(seen(&snapshot, &rights, &row.id)?.domain.clone());
    let proof = policy::authorize(&call.viewer, ProposeDocument { domain })?;
    let before = held(&mut tx, Some(&row.id)).await?;
    if before.as_ref().is_some_and(|before| says_the_same(before, &row)) {
        let message = "This is what is published: there is nothing to propose.";
        return Err(Error::conflict(message).at("description"));
    }
    if before != shown || !is_newest {
        let said = overtaken(&snapshot, revisions::newest_of(&mut tx, KIND, &row.id).await?);
        let next = "Nothing was changed, and what you wrote is still here: look at the asset as it is now, put both \
                    together, and send it again.";
        return Err(Error::conflict(format!("{said} {next}")).at("seen"));
    }
    let eyes = Eyes { snapshot: &snapshot, rights: &rights, now: call.now() };
    let Unfit { problems, hidden } = unfit(&mut tx, &call.viewer, &eyes, before.as_ref(), &row).await?;
    if let Some(problem) = problems.first() {
        let refused = refused(problem);
        return Err(if hidden.is_some() { guesses::counted(refused) } else { refused });
    }
    let actor = Actor::Viewer(call.viewer.clone());
    let by = By { actor: &actor, proof: proof.allows(), source: Source::Page, reason: "", over: &[] };
    write_assets(&mut tx, &call.ctx, &by, vec![row]).await.map_err(beside_others)?;
    Ok(())
}

/// The fields that were proposed.
///
/// # Errors
/// Where they cannot be read.
pub(crate) fn as_form(text: &str) -> Result<AssetText> {
    serde_json::from_str(text).map_err(|_| Error::unread("proposal"))
}

/// The text of an asset that is published, and the one that these fields make of it.
///
/// # Errors
/// Where what is published cannot be read.
pub(crate) async fn texts(
    call: &Call,
    id: &str,
    domain: &DomainId,
    text: &AssetText,
) -> Result<(String, String)> {
    let mut tx = call.ctx.db.read().await?;
    let shown = held(&mut tx, Some(id)).await?.ok_or_else(|| Error::not_found("asset"))?;
    drop(tx);
    let Form { row, .. } = Form::read(call, domain, text, Some(&shown)).await?;
    let printed = move || -> Result<(String, String)> {
        let text = |row: &AssetRow| described::text(row).map_err(|_| Error::unread("asset"));
        Ok((text(&shown)?, text(&row)?))
    };
    DOCUMENTS.run(call.party(), printed).await?
}

#[cfg(test)]
mod tests {
    use lakeport_model::assets::ColumnText;

    use super::*;

    #[test]
    fn lines_that_nobody_filled_in_are_not_kept_and_no_text_is_kept_without_end() {
        let column = |name: &str| ColumnText {
            name: name.to_owned(),
            data_type: name.to_owned(),
            ..ColumnText::default()
        };
        let text =
            AssetText { columns: vec![column(""), column("day"), column(" ")], ..AssetText::default() };
        let read = as_form(&kept(&text).expect("it is short")).expect("it is read");
        assert_eq!(read.columns, [column("day")]);
        let long = AssetText { description: "\n".repeat(LONGEST_DOCUMENT), ..AssetText::default() };
        assert!(kept(&long).is_err());
    }
}
