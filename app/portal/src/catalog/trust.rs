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
/// Most edges looked at on the way up, also those that lead to what the viewer may not see or to what is known: how many
/// of them there are, others decide, and the page waits for it on a thread that answers calls.
const MOST_LOOKED_AT: usize = 5_000;

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
    let looked_at = || promised.iter().take(MOST);
    let under = looked_at().map(|(_, contract)| *contract);
    let states = contracts::States::of(tx, ctx, snapshot, rights, under).await?;
    let broken = looked_at().filter(|(_, contract)| states.get(contract) == Some(CheckState::Broken));
    let broken = broken
        .map(|(asset, contract)| BrokenInput {
            asset: asset.reference(),
            contract: ContractId(contract.id.clone()),
        })
        .collect();
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
    let mut looks = 0;
    for _ in 0..HOPS {
        let above = level.iter().flat_map(|asset| snapshot.edges.upstream(asset));
        let mut next = Vec::new();
        for id in std::mem::take(&mut stated).into_iter().chain(above) {
            if looks == MOST_LOOKED_AT {
                return (sources, false);
            }
            looks += 1;
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

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use lakeport_model::PersonId;
    use lakeport_model::people::Viewer;
    use uuid::Uuid;

    use super::*;
    use crate::store::catalog::AssetRow;
    use crate::store::lineage::EdgeRow;
    use crate::store::snapshot::ProductRow;

    fn table(id: &str, domain: &str) -> AssetRow {
        AssetRow {
            id: id.to_owned(),
            kind: "table".to_owned(),
            layer: None,
            namespace: "lakehouse".to_owned(),
            name: id.to_owned(),
            domain: domain.to_owned(),
            description: String::new(),
            platform: None,
            location: None,
            classification: "internal".to_owned(),
            tags: "[]".to_owned(),
            columns: "[]".to_owned(),
            origin: "file".to_owned(),
            created_at: Some(DateTime::UNIX_EPOCH),
        }
    }

    fn product(id: &str, domain: &str, document: &str) -> ProductRow {
        let (id, domain, document) = (id.to_owned(), domain.to_owned(), document.to_owned());
        ProductRow { id, domain, document, created_at: Some(DateTime::UNIX_EPOCH) }
    }

    /// How many sources somebody finds of a product that is made from one open table and so many hidden ones.
    fn found(hidden: usize) -> (usize, bool) {
        let names: Vec<String> = (0..hidden).map(|number| format!("hidden_{number:05}")).collect();
        let tables = names.iter().map(|name| table(name, "secret"));
        let tables = tables.chain(["made", "open"].map(|name| table(name, "finance"))).collect();
        let made = "apiVersion: v1.0.0\nkind: DataProduct\nid: p\nname: p\nversion: 1.0.0\nstatus: active\n\
                    domain: finance\noutputPorts:\n- name: made\n  version: 1.0.0\n  customProperties:\n  \
                    - {property: lakeport.asset, value: made}\n";
        // Nobody knows what a product that cannot be read offers: all of its domain is hidden.
        let products = vec![product("p", "finance", made), product("unread", "secret", "no product")];
        let snapshot = Snapshot::of(Vec::new(), Vec::new(), tables, Vec::new());
        let mut snapshot = snapshot.offering(1, products);
        let open = "open".to_owned();
        let into = names.iter().chain([&open]).map(|source| EdgeRow {
            source: source.clone(),
            target: "made".to_owned(),
            job: String::new(),
            columns: "[]".to_owned(),
            seen_at: DateTime::UNIX_EPOCH,
            former_since: None,
        });
        snapshot.edges.put("made", into.collect(), Vec::new());
        let viewer = Viewer {
            id: PersonId(Uuid::from_u128(1)),
            name: "Vera".to_owned(),
            email: "vera@nordkauf.example".to_owned(),
            administrator: false,
            service: false,
            memberships: Vec::new(),
        };
        let rights = Rights::for_test(viewer, None);
        let (sources, is_whole) = sources(&snapshot, &rights, &snapshot.products["p"]);
        (sources.len(), is_whole)
    }

    #[test]
    fn a_product_never_walks_on_through_what_its_reader_may_not_see() {
        assert_eq!(found(10), (1, true), "of hidden ones nothing is told");
        assert_eq!(found(2 * MOST_LOOKED_AT), (0, false));
    }
}
