//! A column's page: what it means, what it is made from, what is promised of it, and whether its viewer reads it.

use lakeport_frame::{Rows, Shown};
use lakeport_model::AssetId;
use lakeport_model::catalog::{Column, ColumnPage, ColumnReading};

use super::pages::{mark_drift, offered_by, owns};
use super::preview::left_by;
use super::{Sight, Snapshot};
use crate::policy::Opening;
use crate::text::legible;
use crate::{Call, Error, Result, access, contracts, glossary, lineage};

/// A column's page, for those who see the columns of its asset.
///
/// # Errors
/// Refused where the viewer does not see the asset or only that it exists, and where it has no column of this name.
pub async fn column(call: &Call, id: &AssetId, name: &str) -> Result<ColumnPage> {
    let (ctx, snapshot, rights) = (&call.ctx, call.snapshot(), call.rights());
    let snapshot: &Snapshot = &snapshot;
    let asset = snapshot
        .assets
        .get(id.as_str())
        .filter(|asset| snapshot.sight(&rights, asset) != Sight::Hidden)
        .ok_or_else(|| rights.no_asset(snapshot, id.as_str()))?;
    // Columns are details: whoever knows the asset only by name is told of none, be it there or not.
    if snapshot.sight(&rights, asset) != Sight::Full {
        return Err(missing());
    }
    let looked = match snapshot.table(ctx, &asset.id) {
        Some(table) => Some(ctx.look(&table).await),
        None => None,
    };
    let mut columns: Vec<Column> = asset.columns.iter().map(|column| column.described()).collect();
    let mut stored_type = None;
    if let Some(Ok(info)) = &looked {
        mark_drift(&mut columns, info);
        let stored = info.columns.iter().find(|stored| legible(&stored.name) == name);
        stored_type = stored.map(|stored| legible(&stored.data_type));
    }
    let place = columns.iter().position(|column| column.name == name).ok_or_else(missing)?;
    let named = |place: Option<usize>| Some(columns.get(place?)?.name.clone());
    let offers = snapshot.offers_to(&rights, &asset.id);
    let first = offers.first().map(|(_, port)| *port);
    let mut tx = ctx.db.read().await?;
    let promises = contracts::of_column(&mut tx, ctx, snapshot, &rights, (&asset.id, name)).await?;
    let standing = rights.standing(snapshot, Some(asset), first);
    let standing = access::as_told(&mut tx, ctx, call.now(), snapshot, standing).await?;
    drop(tx);
    let (made_from, feeds) = lineage::beside_column(call, &asset.id, name).await?;
    let opens = rights.opens_of(snapshot, asset).filter(|_| standing.may_read());
    Ok(ColumnPage {
        asset: asset.reference(),
        way: snapshot.way_past(&rights, asset),
        stored_type,
        not_compared: looked.and_then(|looked| looked.err().map(|error| error.message().to_owned())),
        terms: glossary::of_one_column(call, id, name),
        made_from,
        feeds,
        promises,
        unread_contract: contracts::unread_on_asset(snapshot, &rights, &asset.id),
        offered_by: offered_by(&offers),
        access: standing,
        reading: reading(opens.as_ref(), name),
        closed_rows: opens.is_some_and(|opens| opens.rows != Rows::All),
        requestable: first.is_some_and(|port| rights.may_request_the_rest(snapshot, port)),
        owners: snapshot.owners(&asset.domain),
        in_place_of_owners: access::in_place_of_owners(snapshot, &asset.domain),
        is_own: owns(call, &asset.domain),
        before: named(place.checked_sub(1)),
        after: named(Some(place + 1)),
        place: u32::try_from(place + 1).unwrap_or(u32::MAX),
        of: u32::try_from(columns.len()).unwrap_or(u32::MAX),
        column: columns.swap_remove(place),
    })
}

fn missing() -> Error {
    Error::not_found("column")
}

/// What of a column is read under a right.
fn reading(opens: Option<&Opening>, column: &str) -> ColumnReading {
    match opens.and_then(|opens| opens.columns.shown(column)) {
        None => ColumnReading::Closed,
        Some(Shown::Plain) => ColumnReading::Plain,
        Some(Shown::Masked(mask)) => ColumnReading::Masked(left_by(mask).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use lakeport_frame::{Columns, Mask};

    use super::*;

    #[test]
    fn a_mask_or_a_closed_column_is_never_said_to_be_read() {
        let shown = [("day", Shown::Masked(Mask::Year)), ("id", Shown::Plain)];
        let columns = shown.map(|(name, shown)| (name.to_owned(), shown)).into();
        let opens = Opening::of(Columns::Only(columns));
        assert_eq!(reading(Some(&opens), "id"), ColumnReading::Plain);
        assert_eq!(reading(Some(&opens), "day"), ColumnReading::Masked("the year only".to_owned()));
        assert_eq!(reading(Some(&opens), "note"), ColumnReading::Closed);
        assert_eq!(reading(Some(&Opening::whole()), "note"), ColumnReading::Plain);
        assert_eq!(reading(None, "id"), ColumnReading::Closed);
    }
}
