//! What a column is made from, and what is made from it, one step each way.

use lakeport_model::First;
use lakeport_model::catalog::ColumnPlace;

use super::edges::Direction;
use super::sights::Sights;
use crate::beside::DRAWINGS;
use crate::{Call, Result};

/// Most columns that are named each way.
const MOST: usize = 50;

/// The columns that a column comes from, and those that it goes to. Named and counted are only columns of assets that the
/// viewer sees in full; whether they see this one, whoever asks has made sure of.
pub(crate) async fn beside_column(
    call: &Call,
    asset: &str,
    column: &str,
) -> Result<(First<ColumnPlace>, First<ColumnPlace>)> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let (asset, column) = (asset.to_owned(), column.to_owned());
    let look = move || {
        let sights = Sights::new(&snapshot, &rights);
        let beside = |direction| beside(&sights, &asset, &column, direction);
        (beside(Direction::Upstream), beside(Direction::Downstream))
    };
    DRAWINGS.run(call.party(), look).await
}

fn beside(sights: &Sights, asset: &str, column: &str, direction: Direction) -> First<ColumnPlace> {
    let (snapshot, edges) = (sights.snapshot, &sights.snapshot.edges);
    let steps = edges.node(asset).map(|node| edges.columns_beside(node, column, direction));
    let seen = steps.unwrap_or_default().into_iter().filter(|(node, _)| sights.is_full(*node));
    let mut seen: Vec<(&str, &str)> = seen.map(|(node, column)| (edges.asset(node), column)).collect();
    seen.sort_unstable();
    let First { items, of } = First::cut(seen, MOST);
    let place = |(asset, column): (&str, &str)| {
        let asset = snapshot.assets.get(asset)?;
        Some(ColumnPlace {
            asset: asset.reference(),
            column: column.to_owned(),
            is_described: asset.columns.iter().any(|held| held.name == column),
        })
    };
    First { items: items.into_iter().filter_map(place).collect(), of }
}
