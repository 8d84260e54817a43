//! Assets of files: compared with those that are held, and written where they are new or other ones.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use lakeport_model::catalog::{Classification, Column};

use super::files::{Step, Watch};
use super::{ImportReport, parts, privileges};
use crate::policy::{Authorized, Import};
use crate::standards::mesh::Assets;
use crate::store::Tx;
use crate::store::catalog::{self, AssetRow};
use crate::store::changes::Touched;
use crate::store::import::{self as store, ROWS};
use crate::store::lineage as edges;
use crate::{Ctx, Error, Result};

/// The assets of a file as they are written.
pub(super) fn rows(file: Assets, now: DateTime<Utc>) -> Result<Vec<AssetRow>> {
    let Assets { domain: of_all, namespace: for_all, assets, .. } = file;
    let parse = |word: &str| word.parse::<Classification>().map_err(Error::fault);
    let mut rows = Vec::with_capacity(assets.len());
    for asset in assets {
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
        let namespace = asset.namespace.or_else(|| for_all.clone());
        let mut columns = serde_json::to_string(&columns).map_err(Error::fault)?;
        // All assets of all files are held at once.
        columns.shrink_to_fit();
        rows.push(AssetRow {
            id: asset.id,
            kind: asset.kind.as_str().to_owned(),
            layer: asset.layer.map(|layer| layer.as_str().to_owned()),
            namespace: namespace.unwrap_or_else(|| "lakehouse".to_owned()),
            name,
            domain: asset.domain.or_else(|| of_all.clone()).unwrap_or_default(),
            description: asset.description,
            platform: asset.platform,
            location: asset.location,
            classification: highest.to_string(),
            tags: serde_json::to_string(&asset.tags).map_err(Error::fault)?,
            columns,
            origin: "file".to_owned(),
            created_at: Some(now),
        });
    }
    Ok(rows)
}

/// Writes those of these assets that are new or changed.
pub(super) async fn write(
    tx: &mut Tx,
    proof: &Authorized<Import>,
    ctx: &Ctx,
    rows: Vec<AssetRow>,
    report: &mut ImportReport,
    watch: &Watch,
) -> Result<()> {
    let (total, mut done) = (rows.len(), 0);
    let (mut news, mut moved, mut opened) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts(rows, size) {
        done += part.len();
        let ids: Vec<&str> = part.iter().map(|row| row.id.as_str()).collect();
        let held = store::assets(tx, &ids).await?.into_iter().map(|row| (row.id.clone(), row));
        let mut held: HashMap<String, AssetRow> = held.collect();
        for mut row in part {
            let before = held.remove(&row.id);
            if let Some(before) = &before {
                row.created_at = before.created_at;
            }
            let address = |row: &AssetRow| (row.namespace.clone(), row.name.clone());
            let is_same = before.as_ref().map(|before| *before == row);
            if !report.note("asset", &row.id, is_same) {
                continue;
            }
            report.touched.insert(Touched::Asset(row.id.clone()));
            if before.as_ref().map(address) != Some(address(&row)) {
                moved.push(news.len());
            }
            match before {
                Some(before) => report.privileges.extend(privileges::of_asset(&before, &row)),
                None if row.classification == Classification::Public.as_str() => opened.push(row.id.clone()),
                None => {}
            }
            news.push(row);
        }
        watch.say(Step::Compare, done, total);
    }
    report.privileges.extend(privileges::of_new("asset.publish", &opened));
    // All of them are compared with what was held before any of them is written.
    let moved: Vec<&AssetRow> = moved.into_iter().map(|place| &news[place]).collect();
    take_addresses(tx, proof, &moved, report).await?;
    let (total, mut done) = (news.len(), 0);
    for part in parts(news, size) {
        store::put_assets(tx, proof, &part, ctx.now()).await?;
        done += part.len();
        watch.say(Step::Write, done, total);
    }
    Ok(())
}

/// Makes place for assets at addresses that they did not have: what only events name there is the same asset.
async fn take_addresses(
    tx: &mut Tx,
    proof: &Authorized<Import>,
    rows: &[&AssetRow],
    report: &mut ImportReport,
) -> Result<()> {
    for part in rows.chunks(ROWS) {
        let addresses: Vec<_> = part.iter().map(|row| (row.namespace.as_str(), row.name.as_str())).collect();
        let found = edges::found(tx, &addresses).await?.into_iter();
        let mut found: HashMap<_, _> =
            found.map(|other| ((other.namespace.clone(), other.name.clone()), other)).collect();
        for row in part {
            let other = found.remove(&(row.namespace.clone(), row.name.clone()));
            let Some(other) = other.filter(|other| other.id != row.id) else { continue };
            if other.origin != "lineage" {
                return Err(Error::conflict(format!(
                    "Asset {} has the address of asset {} ({} {}). Give one of them another name.",
                    row.id, other.id, row.namespace, row.name
                )));
            }
            // Events named it first; now that a file describes it, it goes by the file's id.
            let targets = store::targets(tx, &other.id).await?;
            report.touched.extend(targets.into_iter().map(Touched::Asset));
            edges::join(tx, &proof.allows(), &other.id, &row.id).await?;
            catalog::delete_asset(tx, &proof.allows(), &other.id).await?;
            report.touched.insert(Touched::Asset(other.id));
        }
    }
    Ok(())
}

/// How large an asset is in a statement, about.
fn size(row: &AssetRow) -> usize {
    row.columns.len() + row.description.len()
}
