//! What a product is made from decides how far it can be trusted.

use std::collections::BTreeSet;

use lakeport_model::ContractId;
use lakeport_model::catalog::{BrokenInput, NearestSources};
use lakeport_model::contracts::CheckState;

use super::{Asset, Product, Rights, Sight, Snapshot};
use crate::store::Tx;
use crate::{Ctx, Result, contracts};

/// How far up the lineage is looked.
const HOPS: usize = 3;
/// Sources whose contract is looked at; of a product made from more, the nearest.
const MOST: usize = 100;
/// Most sources walked over, those without a contract included.
const MOST_WALKED: usize = 5_000;

/// Sources of a product whose contract is broken, nearest first; only those whose contract the viewer sees. Beside them,
/// of how many that is said where it is not of all.
pub(super) async fn broken_inputs(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    rights: &Rights,
    product: &Product,
) -> Result<(Vec<BrokenInput>, Option<NearestSources>)> {
    let (sources, is_whole) = sources(snapshot, rights, product);
    let promised = sources
        .into_iter()
        .filter_map(|asset| Some((asset, contracts::on_asset(snapshot, rights, &asset.id)?)))
        .collect::<Vec<_>>();
    let mut broken = Vec::new();
    for (asset, contract) in promised.iter().take(MOST) {
        if contracts::state(tx, ctx, snapshot, rights, contract).await? == CheckState::Broken {
            let contract = ContractId(contract.id.clone());
            broken.push(BrokenInput { asset: asset.reference(), contract });
        }
    }
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let nearest = (!is_whole || promised.len() > MOST).then(|| NearestSources {
        looked_at: count(promised.len().min(MOST)),
        of: is_whole.then(|| count(promised.len())),
    });
    Ok((broken, nearest))
}

/// What a product says it consumes, what its own assets are made from, and what all of that is made from, nearest first,
/// as far as the viewer sees that it exists; true where that is all.
fn sources<'s>(snapshot: &'s Snapshot, rights: &Rights, product: &'s Product) -> (Vec<&'s Asset>, bool) {
    let mut known: BTreeSet<&str> = product.ports.iter().filter_map(|port| port.asset.as_deref()).collect();
    let mut level: Vec<&str> = known.iter().copied().collect();
    let mut stated: Vec<&str> = product.document.input_ports.iter().filter_map(|port| port.asset()).collect();
    let mut sources = Vec::new();
    for _ in 0..HOPS {
        let above = level.iter().flat_map(|asset| snapshot.edges.upstream(asset));
        let mut next = Vec::new();
        for id in std::mem::take(&mut stated).into_iter().chain(above) {
            if sources.len() == MOST_WALKED {
                return (sources, false);
            }
            if known.insert(id)
                && let Some(asset) = snapshot.assets.get(id)
                && snapshot.sight(rights, asset) != Sight::Hidden
            {
                sources.push(asset);
                next.push(id);
            }
        }
        level = next;
    }
    (sources, true)
}
