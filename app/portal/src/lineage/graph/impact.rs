//! Who is hit when an asset changes.

use std::collections::{BTreeSet, HashMap, HashSet};

use lakeport_model::catalog::AssetKind;
use lakeport_model::lineage::Impact;

use super::super::edges::Direction;
use super::super::sights::Sights;
use super::chosen::Shown;
use crate::catalog::{Product, Rights, Sight, Snapshot};
use crate::store::{access, contracts};
use crate::{Ctx, Result};

/// Most assets downstream that are counted; where there are more, that is said.
const MOST_HIT: usize = 500_000;
/// Most dashboards and owners that are named; the others are counted.
const MOST_NAMED: usize = 100;

/// Contracts or assets that one statement asks for.
const AT_ONCE: usize = 5_000;

/// What is hit when an asset changes, before it is asked who relies on it.
pub(super) struct Hit {
    /// Assets downstream, with their dashboards and owners.
    impact: Impact,
    /// The contracts on them and on the asset itself.
    contracts: Vec<String>,
    /// Those that a product offers, the asset itself included.
    offered: Vec<String>,
}

/// Who is hit when an asset changes. The way goes, as in the drawing, through all that the viewer may know of; counted and
/// named is only what he sees in full, with products he sees in full. Of anything else, counts and names would tell what
/// he may not know.
pub(super) fn hit(sights: &Sights, focus: Shown) -> Hit {
    let Sights { snapshot, rights, .. } = sights;
    let walk = |node| {
        let visible = |node| sights.visible(node);
        snapshot.edges.reach(node, Direction::Downstream, (usize::MAX, MOST_HIT), &visible)
    };
    let reach = focus.node.map(walk);
    let there_are_more = reach.as_ref().is_some_and(|reach| !reach.is_whole);
    let nodes = reach.map(|reach| reach.nodes).unwrap_or_default();
    let downstream = || nodes.iter().filter_map(|node| sights.full(*node));
    let mut domains = HashSet::new();
    let mut dashboards = Vec::new();
    let mut assets = 0;
    for asset in downstream() {
        assets += 1;
        domains.insert(asset.domain.as_str());
        if asset.kind == AssetKind::Dashboard {
            dashboards.push(&asset.title);
        }
    }
    let mut owners: BTreeSet<String> = BTreeSet::new();
    for domain in domains {
        let names = snapshot.owners(domain).into_iter();
        owners.extend(names.map(|owner| format!("{} ({})", owner.name, snapshot.domain_name(domain))));
    }
    let mut contracts = BTreeSet::new();
    let mut offered = Vec::new();
    let mut known = HashMap::new();
    for asset in downstream().chain(focus.is_full().then_some(focus.asset)) {
        let mut offers = snapshot.offers(&asset.id).peekable();
        if offers.peek().is_some() {
            offered.push(asset.id.clone());
        }
        for (product, port) in offers {
            if *known.entry(&product.id).or_insert_with(|| is_known(rights, product)) {
                contracts.extend(port.contract.as_ref());
            }
        }
    }
    let more = |named: usize| u32::try_from(named.saturating_sub(MOST_NAMED)).unwrap_or(u32::MAX);
    Hit {
        impact: Impact {
            assets,
            there_are_more,
            more_dashboards: more(dashboards.len()),
            dashboards: dashboards.into_iter().take(MOST_NAMED).cloned().collect(),
            more_owners: more(owners.len()),
            owners: owners.into_iter().take(MOST_NAMED).collect(),
            ..Impact::default()
        },
        contracts: contracts.into_iter().cloned().collect(),
        offered,
    }
}

/// The same with how many rely on it.
pub(super) async fn impact(ctx: &Ctx, rights: &Rights, snapshot: &Snapshot, hit: Hit) -> Result<Impact> {
    let mut tx = ctx.db.read().await?;
    let (mut subscribers, mut grants) = (0, 0);
    for part in hit.contracts.chunks(AT_ONCE) {
        subscribers += contracts::subscribers_of(&mut tx, part).await?;
    }
    for part in hit.offered.chunks(AT_ONCE) {
        for (product, number) in access::live_numbers(&mut tx, part, ctx.now().date_naive()).await? {
            if snapshot.products.get(&product).is_some_and(|product| is_known(rights, product)) {
                grants += number;
            }
        }
    }
    Ok(Impact {
        subscribers: u32::try_from(subscribers).unwrap_or(u32::MAX),
        grants: u32::try_from(grants).unwrap_or(u32::MAX),
        ..hit.impact
    })
}

fn is_known(rights: &Rights, product: &Product) -> bool {
    rights.product_sight(product) == Sight::Full
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lineage::Edges;
    use crate::lineage::sights::tests::{catalog, stranger};
    use crate::store::lineage::EdgeRow;

    #[test]
    fn impact_never_counts_what_is_known_by_name_only_nor_goes_through_what_is_hidden() {
        let row = |source: &str, target: &str| EdgeRow {
            source: source.to_owned(),
            target: target.to_owned(),
            job: String::new(),
            columns: "[]".to_owned(),
            seen_at: chrono::DateTime::UNIX_EPOCH,
        };
        for (visibility, assets) in [("open", 2), ("restricted", 1), ("private", 0)] {
            let mut snapshot = catalog(&["a", "b", "c"].map(str::to_owned), &[(visibility, "b")]);
            snapshot.edges = Edges::new(vec![row("a", "b"), row("b", "c")], Vec::new());
            let rights = stranger();
            let sights = Sights::new(&snapshot, &rights);
            let (asset, node) = (&snapshot.assets["a"], snapshot.edges.node("a"));
            let hit = hit(&sights, Shown { asset, node, sight: Sight::Full });
            assert_eq!(hit.impact.assets, assets, "{visibility}");
        }
    }
}
