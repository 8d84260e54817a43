//! Assets as their domains describe them on pages, field by field.
//!
//! What somebody writes becomes the file that an import would bring, under the same rules and with the same revisions
//! (`catalog/import/assets.rs`). Where the data of an asset lies is no field: files say it, and it stays. Nobody makes data less
//! protected without a steward, and nobody without having seen what that means.

mod advice;
mod check;
mod edit;
mod effects;
mod form;
mod guesses;
mod history;
mod lowering;
mod many;
mod propose;
mod publish;
mod stewards;
mod unfit;

pub use self::check::check;
pub(crate) use self::check::look;
pub use self::edit::{begin, edit};
pub(crate) use self::effects::{Eyes, digest as digest_of_effects};
pub use self::history::{history, revision};
pub(crate) use self::lowering::{may_lower, moves};
pub use self::many::{change_many, check_many, domain_assets};
pub(crate) use self::propose::{as_form, texts, tried};
pub(crate) use self::publish::put;
pub use self::publish::{publish, publish_proposed};
pub(crate) use self::stewards::{Exposed, Stewards, tell_stewards};
pub(crate) use self::unfit::{is_of_others, is_of_others_beside, other_kind};

use lakeport_model::DomainId;
use lakeport_model::documents::DocumentKind;
use sha2::{Digest as _, Sha256};

use crate::catalog::{Asset, Rights, Sight, Snapshot, described};
use crate::policy::PublishDocument;
use crate::store::catalog::AssetRow;
use crate::store::{Tx, import as store};
use crate::{Error, Result};

const KIND: DocumentKind = DocumentKind::Asset;

/// The record of somebody who was refused.
const REFUSED: &str = "asset.describe.refused";

/// The asset of this id, as far as somebody sees it.
///
/// # Errors
/// Refused where there is none, or where it cannot be read.
pub(crate) fn seen<'a>(snapshot: &'a Snapshot, rights: &Rights, id: &str) -> Result<&'a Asset> {
    let asset = snapshot.assets.get(id).filter(|asset| snapshot.sight(rights, asset) != Sight::Hidden);
    asset.ok_or_else(|| rights.no_asset(snapshot, id))
}

/// The question whether somebody may publish a text that leaves an asset in its domain.
pub(crate) fn changing(domain: &str) -> PublishDocument {
    let domain = DomainId(domain.to_owned());
    PublishDocument { domain: domain.clone(), from: Some(domain) }
}

/// The question whether somebody may publish it in this domain: the asset of this id, or a new one.
fn asked(
    snapshot: &Snapshot,
    rights: &Rights,
    id: Option<&str>,
    domain: &DomainId,
) -> Result<PublishDocument> {
    let from = match id {
        Some(id) => Some(DomainId(seen(snapshot, rights, id)?.domain.clone())),
        None if snapshot.domains.contains_key(domain.as_str()) => None,
        None => return Err(Error::not_found("domain")),
    };
    Ok(PublishDocument { domain: domain.clone(), from })
}

/// An asset as it is stored.
pub(crate) async fn held(tx: &mut Tx, id: Option<&str>) -> Result<Option<AssetRow>> {
    let Some(id) = id else { return Ok(None) };
    let row = store::assets(tx, &[id]).await?.pop();
    row.map(Some).ok_or_else(|| Error::not_found("asset"))
}

/// What says on which text somebody wrote; empty for a new asset.
fn digest(held: Option<&AssetRow>) -> Result<String> {
    let Some(row) = held else { return Ok(String::new()) };
    let text = described::text(row).map_err(|_| Error::unread("asset"))?;
    Ok(hex::encode(&Sha256::digest(text)[..]))
}
