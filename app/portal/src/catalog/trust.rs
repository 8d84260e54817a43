//! What a product is made from decides how far it can be trusted.

use std::collections::BTreeSet;

use lakeport_model::ContractId;
use lakeport_model::catalog::BrokenInput;
use lakeport_model::contracts::CheckState;

use super::{Asset, Product, Rights, Sight, Snapshot};
use crate::store::Tx;
use crate::{Ctx, Result, contracts};

/// How far up the lineage is looked.
const HOPS: usize = 3;
/// Assets looked at; a product made from more says no more.
const MOST: usize = 100;

/// Sources of a product whose contract is broken, by name; only those whose contract the viewer sees.
pub(super) async fn broken_inputs(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    rights: &Rights,
    product: &Product,
) -> Result<Vec<BrokenInput>> {
    let own: BTreeSet<&str> = product.ports.iter().filter_map(|port| port.asset.as_deref()).collect();
    let stated = product.document.input_ports.iter().filter_map(|port| port.asset());
    let mut sources: BTreeSet<String> = stated.map(str::to_owned).collect();
    for asset in &own {
        sources.extend(snapshot.edges.reach_up(asset, HOPS));
    }
    let mut broken = Vec::new();
    for id in sources.iter().filter(|id| !own.contains(id.as_str())).take(MOST) {
        let seen = |asset: &&Asset| snapshot.sight(rights, asset) != Sight::Hidden;
        let Some(asset) = snapshot.assets.get(id).filter(seen) else { continue };
        let mut offers =
            snapshot.offers(id).filter(|(product, _)| rights.product_sight(product) == Sight::Full);
        let Some(contract) = offers.find_map(|(_, port)| port.contract.as_ref()) else { continue };
        if contracts::state(tx, ctx, snapshot, contract).await? == CheckState::Broken {
            let contract = ContractId(contract.clone());
            broken.push(BrokenInput { asset: asset.reference(), contract });
        }
    }
    Ok(broken)
}
