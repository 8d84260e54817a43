//! The first rows of a table, for those who may read them.

use lakeport_frame::Format;
use lakeport_model::AssetId;
use lakeport_model::catalog::Preview;
use lakeport_model::people::Viewer;

use super::Sight;
use super::access::{read, standings};
use crate::policy;
use crate::store::access::note_use;
use crate::{Ctx, Error, Result};

const ROWS: u32 = 50;

/// The first rows. Reading them counts as a use of the grant.
pub async fn preview(ctx: &Ctx, viewer: &Viewer, id: &AssetId) -> Result<Preview> {
    let snapshot = ctx.snapshot().await?;
    let asset = snapshot
        .assets
        .get(id.as_str())
        .filter(|asset| snapshot.sight(viewer, asset) != Sight::Hidden)
        .ok_or_else(|| Error::not_found("asset"))?;
    let mut tx = ctx.db.read().await?;
    let grants = standings(&mut tx, ctx, viewer, &asset.id).await?;
    drop(tx);
    let now = ctx.now();
    policy::authorize(viewer, &read(asset, grants.iter().map(|grant| grant.standing(now)).collect()))?;
    let table = snapshot.table(ctx, &asset.id).ok_or_else(|| {
        Error::conflict("There is nothing to preview: only Delta tables with a location have rows to show.")
    })?;
    let frame = ctx.lake.preview(&table, ROWS).await?;
    note_reading(ctx, viewer, &[&asset.id]).await?;
    let formats: Vec<Format> = frame.columns().iter().map(|column| plain(&column.values)).collect();
    let row = |row: usize| {
        let cells = frame.columns().iter().zip(&formats);
        cells
            .map(|(column, format)| {
                column
                    .values
                    .get(row)
                    .map_or_else(String::new, |value| format.show(&value, lakeport_frame::Locale::En))
            })
            .collect()
    };
    Ok(Preview {
        columns: frame
            .columns()
            .iter()
            .map(|column| (column.name.clone(), column.values.is_numeric()))
            .collect(),
        rows: (0..frame.rows()).map(row).collect(),
    })
}

/// Ids and years are numbers too: a preview shows whole numbers as they are, without separators.
fn plain(values: &lakeport_frame::Values) -> Format {
    match values {
        lakeport_frame::Values::Int(_) => Format::Plain,
        other => Format::default_for(other),
    }
}

/// Counts a reading for the review of the viewer's grants. Members of the owning domain are counted as well.
pub(crate) async fn note_reading(ctx: &Ctx, viewer: &Viewer, assets: &[&str]) -> Result<()> {
    if assets.is_empty() {
        return Ok(());
    }
    let mut tx = ctx.db.write().await?;
    for asset in assets {
        note_use(&mut tx, viewer.id.0, asset, ctx.now()).await?;
    }
    tx.commit().await
}
