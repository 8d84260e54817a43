//! The first rows of a table, for those who may read them.

use lakeport_frame::{Column, Format, Locale, Values};
use lakeport_model::AssetId;
use lakeport_model::catalog::Preview;
use lakeport_model::people::Viewer;

use super::{Rights, Sight};
use crate::store::access::note_use;
use crate::{Ctx, Error, Result};

const ROWS: u32 = 50;

/// The first rows. Reading them counts as a use of the grant.
pub async fn preview(ctx: &Ctx, viewer: &Viewer, id: &AssetId) -> Result<Preview> {
    let snapshot = ctx.snapshot().await?;
    let rights = Rights::of(ctx, viewer).await?;
    let asset = snapshot
        .assets
        .get(id.as_str())
        .filter(|asset| snapshot.sight(&rights, asset) != Sight::Hidden)
        .ok_or_else(|| Error::not_found("asset"))?;
    let entitlement = rights.entitlement(ctx, &snapshot, asset)?;
    let frame = ctx.lake.preview(&entitlement, ROWS).await?;
    note_reading(ctx, viewer, &[&asset.id]).await?;
    let shown = frame.columns();
    let formats: Vec<Format> = shown.iter().map(plain).collect();
    let row = |row: usize| {
        let cells = shown.iter().zip(&formats);
        cells
            .map(|(column, format)| {
                column.values.get(row).map_or_else(String::new, |value| format.show(&value, Locale::En))
            })
            .collect()
    };
    Ok(Preview {
        columns: shown.iter().map(|column| (column.name.clone(), column.values.is_numeric())).collect(),
        rows: (0..frame.rows()).map(row).collect(),
    })
}

/// A preview shows whole numbers as they are, without separators.
fn plain(column: &Column) -> Format {
    match &column.values {
        Values::Int(_) => Format::Plain,
        _ => Format::default_for(column),
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
