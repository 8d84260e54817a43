//! An asset as it is stored, and as a file of assets states it: one pair of functions for imports, exports and revisions.

use chrono::{DateTime, Utc};
use lakeport_model::catalog::{Classification, Column};

use crate::standards::mesh::{self, ApiVersion, Assets, Kind};
use crate::store::catalog::AssetRow;
use crate::{Error, Result};

/// The namespace of assets that state none.
pub(crate) const NAMESPACE: &str = "lakehouse";

/// An asset of a file as it is stored, with domain and namespace as far as it states them.
pub(crate) fn row(asset: mesh::Asset, now: DateTime<Utc>) -> Result<AssetRow> {
    let parse = |word: &str| word.parse::<Classification>().map_err(Error::fault);
    let name = asset.dataset_name().to_owned();
    let default = asset.classification.map(|word| parse(word.as_str())).transpose()?;
    let default = default.unwrap_or(Classification::Internal);
    let mut columns = Vec::with_capacity(asset.columns.len());
    for column in asset.columns {
        columns.push(Column {
            name: column.name,
            data_type: column.column_type,
            description: column.description.unwrap_or_default(),
            classification: column.classification.map_or(Ok(default), |word| parse(word.as_str()))?,
            tags: column.tags,
            drift: None,
        });
    }
    let highest = columns.iter().map(|column| column.classification).max().unwrap_or(default);
    let mut columns = serde_json::to_string(&columns).map_err(Error::fault)?;
    // All assets of all files are held at once.
    columns.shrink_to_fit();
    Ok(AssetRow {
        id: asset.id,
        kind: asset.kind.as_str().to_owned(),
        layer: asset.layer.map(|layer| layer.as_str().to_owned()),
        namespace: asset.namespace.unwrap_or_else(|| NAMESPACE.to_owned()),
        name,
        domain: asset.domain.unwrap_or_default(),
        description: asset.description,
        platform: asset.platform,
        location: asset.location,
        classification: highest.to_string(),
        tags: serde_json::to_string(&asset.tags).map_err(Error::fault)?,
        columns,
        origin: "file".to_owned(),
        created_at: Some(now),
    })
}

/// An asset that is stored as a file states it, with its domain and its namespace.
///
/// # Errors
/// What of it cannot be read, as a sentence for the log.
pub(crate) fn stated(row: AssetRow) -> std::result::Result<mesh::Asset, String> {
    let columns: Vec<Column> = serde_json::from_str(&row.columns).map_err(|error| error.to_string())?;
    let column = |column: Column| -> std::result::Result<mesh::Column, String> {
        Ok(mesh::Column {
            name: column.name,
            column_type: column.data_type,
            description: (!column.description.is_empty()).then_some(column.description),
            classification: Some(classification(column.classification.as_str())?),
            tags: column.tags,
        })
    };
    let columns = columns.into_iter().map(column).collect::<std::result::Result<Vec<_>, String>>()?;
    let layer = row.layer.as_deref().map(|layer| word(mesh::Layer::ALL, mesh::Layer::as_str, layer));
    Ok(mesh::Asset {
        kind: word(mesh::AssetKind::ALL, mesh::AssetKind::as_str, &row.kind)?,
        name: (row.name != row.id).then_some(row.name),
        layer: layer.transpose()?,
        description: row.description,
        location: row.location,
        platform: row.platform,
        tags: serde_json::from_str(&row.tags).map_err(|error| error.to_string())?,
        domain: (!row.domain.is_empty()).then_some(row.domain),
        namespace: Some(row.namespace),
        classification: columns.is_empty().then(|| classification(&row.classification)).transpose()?,
        columns,
        id: row.id,
    })
}

/// The canonical text of an asset: a file that holds this one alone. Two assets that say the same have one text, however the
/// files were written that brought them.
///
/// # Errors
/// What of it cannot be read, as a sentence for the log.
pub(crate) fn text(row: &AssetRow) -> std::result::Result<String, String> {
    stated(row.clone()).map(printed)
}

/// An asset as the file that holds it alone.
pub(crate) fn printed(asset: mesh::Asset) -> String {
    let (api_version, kind) = (ApiVersion::default(), Kind::Assets);
    Assets { api_version, kind, domain: None, namespace: None, assets: vec![asset] }.to_yaml()
}

fn classification(text: &str) -> std::result::Result<mesh::Classification, String> {
    word(mesh::Classification::ALL, mesh::Classification::as_str, text)
}

/// A stored word as the file format's own.
fn word<T: Copy>(all: &[T], name: fn(T) -> &'static str, text: &str) -> std::result::Result<T, String> {
    let found = all.iter().copied().find(|word| name(*word) == text);
    found.ok_or_else(|| format!("\"{text}\" is stored where a known word belongs"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_column() -> impl Strategy<Value = (String, String, Classification, Vec<String>)> {
        let tags = prop::collection::vec("[a-z]{1,5}", 0..3);
        ("[a-zA-Z_ ]{1,8}", "[ -~]{0,12}", prop::sample::select(Classification::ALL), tags)
    }

    fn any_row() -> impl Strategy<Value = AssetRow> {
        let columns = prop::collection::vec(any_column(), 0..5);
        let own = prop::sample::select(Classification::ALL);
        let texts = ("[ -~]{0,20}(\n[ -~]{0,20}){0,2}", prop::option::of("[a-zA-Z]{1,8}"));
        (columns, own, texts, any::<bool>()).prop_map(
            |(columns, own, (description, platform), is_renamed)| {
                let columns: Vec<Column> = columns
                    .into_iter()
                    .enumerate()
                    .map(|(place, (name, description, classification, tags))| Column {
                        // Two columns of one name are refused.
                        name: format!("c{place}{name}"),
                        data_type: "string".to_owned(),
                        description,
                        classification,
                        tags,
                        drift: None,
                    })
                    .collect();
                let highest = columns.iter().map(|column| column.classification).max().unwrap_or(own);
                AssetRow {
                    id: "gold.a".to_owned(),
                    kind: "table".to_owned(),
                    layer: Some("gold".to_owned()),
                    namespace: NAMESPACE.to_owned(),
                    name: if is_renamed { "other".to_owned() } else { "gold.a".to_owned() },
                    domain: "finance".to_owned(),
                    description,
                    platform,
                    location: Some("gold/a".to_owned()),
                    classification: highest.to_string(),
                    tags: "[\"one\"]".to_owned(),
                    columns: serde_json::to_string(&columns).expect("it is written"),
                    origin: "file".to_owned(),
                    created_at: Some(DateTime::UNIX_EPOCH),
                }
            },
        )
    }

    proptest! {
        #[test]
        fn an_asset_comes_back_from_its_text(row in any_row()) {
            let text = text(&row).expect("it is stored well");
            let mut read = Assets::from_yaml("a.yaml", &text).expect("an import would take it");
            let asset = read.assets.pop().expect("it holds one");
            prop_assert_eq!(super::row(asset, DateTime::UNIX_EPOCH).expect("it is stored"), row);
        }
    }
}
