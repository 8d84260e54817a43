//! What somebody begins to describe an asset with.

use std::future::{Ready, ready};

use lakeport_model::DomainId;
use lakeport_model::assets::{AssetEditing, AssetText, ColumnText, MOST_COLUMNS_WRITTEN};
use lakeport_model::catalog::{AssetKind, Classification};

use super::{KIND, digest, held, seen};
use crate::beside::DOCUMENTS;
use crate::catalog::described::{self, NAMESPACE};
use crate::policy::{self, PublishDocument};
use crate::standards::mesh::{Asset, Column};
use crate::store::revisions;
use crate::{Call, Error, Result};

/// An asset, to be changed.
///
/// # Errors
/// Refused to whoever may neither publish it nor propose a change of it, and where it cannot be read.
pub async fn edit(call: &Call, id: &str) -> Result<AssetEditing> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let proposes = policy::writes(&call.viewer, &DomainId(seen(&snapshot, &rights, id)?.domain.clone()))?;
    let mut tx = call.ctx.db.read().await?;
    let newest = revisions::newest_of(&mut tx, KIND, id).await?;
    let row = held(&mut tx, Some(id)).await?.ok_or_else(|| Error::not_found("asset"))?;
    drop(tx);
    let domain = snapshot.domain(&row.domain);
    let classification = row.classification.clone();
    let read = move || -> Result<(String, Asset)> {
        let seen = digest(Some(&row))?;
        Ok((seen, described::stated(row).map_err(|_| Error::unread("asset"))?))
    };
    let (seen, asset) = DOCUMENTS.run(call.party(), read).await??;
    let columns_elsewhere = (asset.columns.len() > MOST_COLUMNS_WRITTEN)
        .then(|| u32::try_from(asset.columns.len()).unwrap_or(u32::MAX));
    Ok(AssetEditing {
        id: Some(id.to_owned()),
        domain,
        text: shown(asset, classification),
        current: seen.clone(),
        seen,
        newest: newest.map_or(0, |newest| newest.number),
        columns_elsewhere,
        proposes,
        proposal: None,
    })
}

/// What a new asset of a domain begins with.
///
/// # Errors
/// Refused to whoever may not publish in the domain.
pub fn begin(call: &Call, domain: &DomainId) -> Ready<Result<AssetEditing>> {
    ready(begun(call, domain))
}

fn begun(call: &Call, domain: &DomainId) -> Result<AssetEditing> {
    let snapshot = call.snapshot();
    if !snapshot.domains.contains_key(domain.as_str()) {
        return Err(Error::not_found("domain"));
    }
    policy::authorize(&call.viewer, PublishDocument { domain: domain.clone(), from: None })?;
    let text = AssetText {
        kind: AssetKind::Table.as_str().to_owned(),
        classification: Classification::Internal.as_str().to_owned(),
        ..AssetText::default()
    };
    let domain = snapshot.domain(domain.as_str());
    Ok(AssetEditing {
        id: None,
        domain,
        text,
        seen: String::new(),
        current: String::new(),
        newest: 0,
        columns_elsewhere: None,
        proposes: false,
        proposal: None,
    })
}

/// The fields of an asset that is as sensitive as is said: a text with columns says that of these alone. Of one with more columns
/// than the form shows it shows none.
fn shown(asset: Asset, classification: String) -> AssetText {
    let internal = || Classification::Internal.as_str().to_owned();
    let column = |column: Column| ColumnText {
        name: column.name,
        data_type: column.column_type,
        classification: column.classification.map_or_else(internal, |class| class.as_str().to_owned()),
        description: column.description.unwrap_or_default(),
        tags: column.tags.join(", "),
    };
    let is_shown = asset.columns.len() <= MOST_COLUMNS_WRITTEN;
    AssetText {
        id: asset.id,
        kind: asset.kind.as_str().to_owned(),
        layer: asset.layer.map(|layer| layer.as_str().to_owned()).unwrap_or_default(),
        namespace: asset.namespace.filter(|namespace| namespace != NAMESPACE).unwrap_or_default(),
        name: asset.name.unwrap_or_default(),
        platform: asset.platform.unwrap_or_default(),
        description: asset.description,
        tags: asset.tags.join(", "),
        classification,
        columns: asset.columns.into_iter().filter(|_| is_shown).map(column).collect(),
    }
}
