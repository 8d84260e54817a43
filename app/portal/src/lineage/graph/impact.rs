//! Who is hit when an asset changes.

use std::collections::{BTreeSet, HashMap, HashSet};

use lakeport_model::catalog::AssetKind;
use lakeport_model::lineage::Impact;

use super::super::edges::{Direction, NodeId, Reach};
use super::super::sights::Sights;
use super::chosen::Shown;
use crate::catalog::{Product, Rights, Sight, Snapshot};
use crate::store::{Tx, access, contracts};
use crate::{Ctx, Result};

/// Most assets downstream that are counted; where there are more, that is said.
pub(in crate::lineage) const MOST_HIT: usize = 500_000;
/// Most of them that are counted with every drawing, nearest first.
pub(super) const MOST_HIT_AT_ONCE: usize = 2_000;
/// Most dashboards and owners that are named; the others are counted.
const MOST_NAMED: usize = 100;

/// Contracts or assets that one statement asks for.
const AT_ONCE: usize = 5_000;

/// What is hit when an asset changes, before it is asked who relies on it.
pub(in crate::lineage) struct Hit {
    /// Assets downstream, with their dashboards and owners.
    impact: Impact,
    /// The contracts on them and on the asset itself.
    contracts: Vec<String>,
    /// Those that a product offers, the asset itself included.
    offered: Vec<String>,
}

/// What lies one way of an asset, at most so many. The way goes, as in the drawing, through all that the viewer may know of.
pub(in crate::lineage) fn reach(
    sights: &Sights,
    node: Option<NodeId>,
    direction: Direction,
    most: usize,
) -> Reach {
    let visible = |node| sights.visible(node);
    let walk = |node| sights.snapshot.edges.reach(node, direction, (usize::MAX, most), &visible);
    node.map_or(Reach { is_whole: true, ..Reach::default() }, walk)
}

/// Those of the same that are reached without a former edge; nothing where all are, or where that cannot be said.
pub(in crate::lineage) fn live(
    sights: &Sights,
    node: Option<NodeId>,
    direction: Direction,
    all: &Reach,
) -> Option<HashSet<NodeId>> {
    let node = node.filter(|_| all.past_former && all.is_whole)?;
    let visible = |node| sights.visible(node);
    let limits = (usize::MAX, all.nodes.len());
    let live = sights.snapshot.edges.live_reach(node, direction, limits, &visible);
    Some(live.nodes.into_iter().collect())
}

/// Who is hit when an asset changes that these lie downstream of. Counted and named is only what the viewer sees in full, with
/// products they see in full. Of anything else, counts and names would tell what they may not know.
pub(in crate::lineage) fn hit(sights: &Sights, focus: Shown, reach: &Reach) -> Hit {
    let snapshot = sights.snapshot;
    let mut assets = 0;
    let (mut domains, mut dashboards, mut offered) = (HashSet::new(), Vec::new(), Vec::new());
    // What is seen alike is counted alike: looked up by its id is only what is named.
    for node in reach.nodes.iter().copied().filter(|node| sights.is_full(*node)) {
        let (domain, is_dashboard, is_offered) = match snapshot.class(node) {
            Some(class) => (class.domain.as_str(), class.is_dashboard, !class.offers.is_empty()),
            None => match sights.asset(node) {
                Some(asset) => (asset.domain.as_str(), asset.kind == AssetKind::Dashboard, true),
                None => continue,
            },
        };
        assets += 1;
        domains.insert(domain);
        dashboards.extend(is_dashboard.then_some(node));
        offered.extend(is_offered.then_some(node));
    }
    let mut owners: BTreeSet<String> = BTreeSet::new();
    for domain in domains {
        let names = snapshot.owners(domain).into_iter();
        owners.extend(names.map(|owner| format!("{} ({})", owner.name, snapshot.domain_name(domain))));
    }
    let (contracts, offered) = offers(sights, focus, &offered);
    let named = dashboards.iter().take(MOST_NAMED).filter_map(|node| sights.asset(*node));
    let more = |named: usize| u32::try_from(named.saturating_sub(MOST_NAMED)).unwrap_or(u32::MAX);
    Hit {
        impact: Impact {
            assets,
            there_are_more: !reach.is_whole,
            dashboards: named.map(|dashboard| dashboard.title.clone()).collect(),
            more_dashboards: more(dashboards.len()),
            more_owners: more(owners.len()),
            owners: owners.into_iter().take(MOST_NAMED).collect(),
            ..Impact::default()
        },
        contracts,
        offered,
    }
}

/// The contracts that known products offer these nodes and the focus under, and those of the assets that a product offers.
fn offers(sights: &Sights, focus: Shown, nodes: &[NodeId]) -> (Vec<String>, Vec<String>) {
    let Sights { snapshot, rights, .. } = sights;
    let (mut contracts, mut offered, mut known) = (BTreeSet::new(), Vec::new(), HashMap::new());
    let downstream = nodes.iter().map(|node| snapshot.edges.asset(*node));
    for asset in downstream.chain(focus.is_full().then_some(focus.asset.id.as_str())) {
        let mut offers = snapshot.offers(asset).peekable();
        if offers.peek().is_some() {
            offered.push(asset.to_owned());
        }
        for (product, port) in offers {
            if *known.entry(&product.id).or_insert_with(|| is_known(rights, product)) {
                contracts.extend(port.contract.as_ref());
            }
        }
    }
    (contracts.into_iter().cloned().collect(), offered)
}

/// The same with how many rely on it.
pub(in crate::lineage) async fn impact(
    tx: &mut Tx,
    ctx: &Ctx,
    rights: &Rights,
    snapshot: &Snapshot,
    hit: Hit,
) -> Result<Impact> {
    let (mut subscribers, mut grants) = (0, 0);
    for part in hit.contracts.chunks(AT_ONCE) {
        subscribers += contracts::subscribers_of(tx, part).await?;
    }
    for part in hit.offered.chunks(AT_ONCE) {
        for (product, number) in access::live_numbers(tx, part, ctx.now().date_naive()).await? {
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
            former_since: None,
        };
        for (visibility, assets) in [("open", 2), ("restricted", 1), ("private", 0)] {
            let snapshot = catalog(&["a", "b", "c"].map(str::to_owned), &[(visibility, "b")]);
            let snapshot = snapshot.flowing(Edges::new(vec![row("a", "b"), row("b", "c")], Vec::new()));
            let rights = stranger();
            let sights = Sights::new(&snapshot, &rights);
            let (asset, node) = (&snapshot.assets["a"], snapshot.edges.node("a"));
            let reach = reach(&sights, node, Direction::Downstream, MOST_HIT);
            let hit = hit(&sights, Shown { asset, node, sight: Sight::Full }, &reach);
            assert_eq!(hit.impact.assets, assets, "{visibility}");
        }
    }
}
