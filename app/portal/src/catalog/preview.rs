//! The first rows of a table, for those who may read them.

use lakeport_frame::{Column, Columns, Format, Frame, Locale, Mask, Rows, Value};
use lakeport_model::AssetId;
use lakeport_model::catalog::{MOST_PREVIEWED, Preview};

use super::{Asset, Rights, Sight, Snapshot};
use crate::beside::FILES;
use crate::policy::Entitlement;
use crate::text::legible;
use crate::{Call, Error, Result};

const ROWS: u32 = 50;

/// The first rows, in the first columns of many. Reading them counts for the review of the viewer's grants; members of the
/// owning domain are counted as well.
pub async fn preview(call: &Call, id: &AssetId) -> Result<Preview> {
    preview_at(call, id, 0).await
}

/// The first rows, in those [`MOST_PREVIEWED`] columns that hold the one at this place.
pub async fn preview_at(call: &Call, id: &AssetId, column: usize) -> Result<Preview> {
    let (frame, right) = read(call, id).await?;
    let all = frame.columns();
    let first = column.min(all.len().saturating_sub(1)) / MOST_PREVIEWED * MOST_PREVIEWED;
    let shown = &all[first..all.len().min(first + MOST_PREVIEWED)];
    let row = |row: usize| shown.iter().map(|column| cell(&frame, column, row)).collect();
    Ok(Preview {
        columns: shown
            .iter()
            .map(|column| (headed(&column.name, right.columns()), column.values.is_numeric()))
            .collect(),
        rows: (0..frame.rows()).map(row).collect(),
        all_columns: all.len(),
        closed_rows: *right.rows() != Rows::All,
    })
}

/// The first rows with all their columns, as a file name and CSV.
pub async fn preview_csv(call: &Call, id: &AssetId) -> Result<(String, String)> {
    let (frame, right) = read(call, id).await?;
    let file = format!("{id}-first-{}-rows.csv", frame.rows());
    let write = move || frame.to_csv_headed(|name| headed(name, right.columns()));
    Ok((file, FILES.run(call.party(), write).await?))
}

/// A column's name as people read it; a masked one says what of its values is left.
fn headed(name: &str, columns: &Columns) -> String {
    match columns.mask(name) {
        None => legible(name),
        Some(mask) => format!("{} (masked: {})", legible(name), left_by(mask)),
    }
}

/// What a mask leaves of values, in words.
pub(super) fn left_by(mask: Mask) -> &'static str {
    match mask {
        Mask::Null => "no values",
        Mask::Year => "the year only",
        Mask::Hash => "as hashes",
        Mask::Last4 => "the last four characters only",
    }
}

/// What is read is noted, and what is refused is recorded.
async fn read(call: &Call, id: &AssetId) -> Result<(Frame, Entitlement)> {
    let snapshot = call.ctx.snapshot_now().await?;
    let asset = snapshot.assets.get(id.as_str());
    let rows = rows(call, &snapshot, asset).await;
    call.noted("asset.preview.refused", subject(asset), rows).await
}

/// What a refusal to read is recorded about. What is hidden and what is not there are recorded both: how long the answer
/// takes tells them apart no more than what it says.
pub(super) fn subject(asset: Option<&Asset>) -> String {
    asset.map_or_else(|| "asset".to_owned(), |asset| format!("asset {}", asset.id))
}

/// The viewer's right to read a table, in the turns of whoever answers for the call.
pub(super) async fn right(call: &Call, snapshot: &Snapshot, asset: Option<&Asset>) -> Result<Entitlement> {
    let Call { ctx, viewer, .. } = call;
    let rights = Rights::of(ctx, viewer).await?;
    let asset = asset
        .filter(|asset| snapshot.sight(&rights, asset) != Sight::Hidden)
        .ok_or_else(|| Error::not_found("asset").under("asset.not_seen"))?;
    Ok(rights.entitlement(ctx, snapshot, asset)?.in_turns_of(call.party().person()))
}

async fn rows(call: &Call, snapshot: &Snapshot, asset: Option<&Asset>) -> Result<(Frame, Entitlement)> {
    let Call { ctx, viewer, .. } = call;
    let entitlement = right(call, snapshot, asset).await?;
    let frame = ctx.lake.preview(&entitlement, ROWS).await?;
    let used = std::slice::from_ref(&entitlement);
    Rights::still_hold(ctx, viewer, used).await?;
    ctx.readings.note(viewer.id, frame.made_from(), call.now());
    Ok((frame, entitlement))
}

/// A preview shows what the table holds: every digit, seconds and their fraction, and a zone only where there is one.
pub(super) fn cell(frame: &Frame, column: &Column, row: usize) -> String {
    match column.values.get(row) {
        Some(Value::Timestamp(_)) => frame.plain(column, row).replace('T', " ").replace('Z', " UTC"),
        Some(value @ (Value::Null | Value::Bool(_))) => Format::Plain.show(&value, Locale::En),
        _ => frame.plain(column, row),
    }
}

#[cfg(test)]
mod tests {
    use lakeport_frame::{DecimalValues, Values};

    use super::*;

    #[test]
    fn a_masked_column_says_at_its_heading_what_is_left_of_it() {
        use lakeport_frame::Shown;
        let columns =
            [("day", Shown::Masked(Mask::Year)), ("email", Shown::Masked(Mask::Hash)), ("id", Shown::Plain)];
        let columns = Columns::Only(columns.map(|(name, shown)| (name.to_owned(), shown)).into());
        assert_eq!(headed("email", &columns), "email (masked: as hashes)");
        assert_eq!(headed("day", &columns), "day (masked: the year only)");
        assert_eq!((headed("id", &columns), headed("id", &Columns::All)), ("id".to_owned(), "id".to_owned()));
    }

    #[test]
    fn a_preview_never_rounds_or_adds_a_zone() {
        let column = |name: &str, values| Column { name: name.to_owned(), values };
        let at = |text: &str| Some(text.parse().expect("a moment"));
        let frame = Frame::new(vec![
            column(
                "price",
                Values::Decimal(DecimalValues { scale: 5, unscaled: vec![Some(-9_999_999_999), Some(4)] }),
            ),
            column("ratio", Values::Float(vec![Some(0.123_456_789), None])),
            column("zoned", Values::Timestamp(vec![at("2026-03-05T10:00:07.25Z"), None])),
            column("local", Values::Timestamp(vec![at("2026-03-05T10:00:07Z"), at("1890-01-01T00:00:00Z")])),
        ]);
        let frame = frame.expect("equal lengths").with_zoneless(vec!["local".to_owned()]);
        let row = |row| frame.columns().iter().map(|column| cell(&frame, column, row)).collect::<Vec<_>>();
        assert_eq!(
            row(0),
            ["-99999.99999", "0.123456789", "2026-03-05 10:00:07.25 UTC", "2026-03-05 10:00:07"]
        );
        assert_eq!(row(1), ["0.00004", "–", "–", "1890-01-01 00:00:00"]);
    }
}
