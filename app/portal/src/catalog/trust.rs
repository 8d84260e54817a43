//! What a product is made from decides how far it can be trusted.

use std::cell::Cell;
use std::collections::BTreeSet;

use lakeport_model::ContractId;
use lakeport_model::catalog::BrokenInput;
use lakeport_model::contracts::CheckState;

use super::{Product, Rights, Sight, Snapshot};
use crate::store::Tx;
use crate::{Ctx, Result, contracts};

/// How far up the lineage is looked.
const HOPS: usize = 3;
/// Assets looked at; of a product made from more, the nearest.
const MOST: usize = 100;

/// Sources of a product whose contract is broken, by name; only those whose contract the viewer sees.
pub(super) async fn broken_inputs(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    rights: &Rights,
    product: &Product,
) -> Result<Vec<BrokenInput>> {
    let mut broken = Vec::new();
    for id in sources(snapshot, rights, product) {
        let Some(asset) = snapshot.assets.get(&id) else { continue };
        let Some(contract) = contracts::on_asset(snapshot, rights, &id) else { continue };
        if contracts::state(tx, ctx, snapshot, rights, contract).await? == CheckState::Broken {
            let contract = ContractId(contract.id.clone());
            broken.push(BrokenInput { asset: asset.reference(), contract });
        }
    }
    Ok(broken)
}

/// What a product says it consumes, and what its own assets are made from, as far as the viewer sees that it exists.
fn sources(snapshot: &Snapshot, rights: &Rights, product: &Product) -> BTreeSet<String> {
    let seen = |id: &str| {
        snapshot.assets.get(id).is_some_and(|asset| snapshot.sight(rights, asset) != Sight::Hidden)
    };
    let own: BTreeSet<&str> = product.ports.iter().filter_map(|port| port.asset.as_deref()).collect();
    let stated = product.document.input_ports.iter().filter_map(|port| port.asset());
    let mut sources: BTreeSet<String> = stated.filter(|id| seen(id)).take(MOST).map(str::to_owned).collect();
    for asset in &own {
        let room = Cell::new(MOST.saturating_sub(sources.len()));
        let visible = |id: &str| {
            let open = room.get() > 0 && seen(id);
            room.set(room.get() - usize::from(open));
            open
        };
        sources.extend(snapshot.edges.reach_up(asset, HOPS, &visible));
    }
    sources.retain(|id| !own.contains(id.as_str()));
    sources
}
