//! What a list says about the things in it: whether the contract is kept, and when the data changed. All of it is what the
//! portal has stored: a list looks at no table.

use chrono::{DateTime, Utc};
use lakeport_model::contracts::CheckState;

use super::looks::LastChanges;
use super::{Asset, Port, Product, Rights, Sight, Snapshot};
use crate::store::Tx;
use crate::{Ctx, Result, contracts};

/// State and age of something in a list, as far as the viewer knows its details.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// State of its contract.
    pub(super) contract: Option<CheckState>,
    /// Its last change that the portal has seen.
    pub(super) changed_at: Option<DateTime<Utc>>,
}

/// An asset: the contract on it, and its last change.
pub(super) async fn of_asset(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    rights: &Rights,
    asset: &Asset,
    changes: &LastChanges,
) -> Result<Standing> {
    let contract = match contracts::on_asset(snapshot, rights, &asset.id) {
        Some(contract) => Some(contracts::state(tx, ctx, snapshot, rights, contract).await?),
        None => None,
    };
    let tells = asset.opens_here() && snapshot.sight(rights, asset) == Sight::Full;
    let changed_at = changes.of(&asset.id).filter(|_| tells);
    Ok(Standing { contract, changed_at })
}

/// A product: the worst of its contracts, and the last change of the oldest of its tables; where one of them was never
/// looked at, which is the oldest nobody knows.
pub(super) async fn of_product(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    rights: &Rights,
    product: &Product,
    changes: &LastChanges,
) -> Result<Standing> {
    if rights.product_sight(product) != Sight::Full {
        return Ok(Standing::default());
    }
    let mut worst: Option<CheckState> = None;
    let mut changed = Vec::new();
    for port in &product.ports {
        if let Some(contract) = port.contract.as_ref().and_then(|id| snapshot.contracts.get(id)) {
            let state = contracts::state(tx, ctx, snapshot, rights, contract).await?;
            worst = Some(worst.map_or(state, |worst| worst.max_severity(state)));
        }
        changed.extend(table(snapshot, port).map(|table| changes.of(table)));
    }
    // Nothing is less than something: a table that says nothing makes the whole say nothing.
    Ok(Standing { contract: worst, changed_at: changed.into_iter().min().flatten() })
}

/// The tables that a product stands on, as far as the lake can open them.
pub(super) fn tables<'a>(snapshot: &'a Snapshot, product: &'a Product) -> impl Iterator<Item = &'a str> {
    product.ports.iter().filter_map(|port| table(snapshot, port))
}

fn table<'a>(snapshot: &'a Snapshot, port: &Port) -> Option<&'a str> {
    let asset = port.asset.as_ref().and_then(|id| snapshot.assets.get(id));
    asset.filter(|asset| asset.opens_here()).map(|table| table.id.as_str())
}
