//! The part of the graph a page draws, laid out.

mod layout;

use std::collections::{BTreeMap, BTreeSet};

use lakeport_model::AssetId;
use lakeport_model::access::GrantStanding;
use lakeport_model::catalog::AssetKind;
use lakeport_model::contracts::CheckState;
use lakeport_model::lineage::{Graph, GraphEdge, GraphNode, GraphRequest, Impact};
use lakeport_model::people::Viewer;

use crate::catalog::{Asset, Product, Rights, Sight, Snapshot};
use crate::store::{access, contracts};
use crate::{Ctx, Error, Result};

/// Most nodes drawn; beyond that a drawing helps nobody, and laying it out takes long.
const MOST_NODES: usize = 200;
const MOST_HOPS: u8 = 10;

/// The neighbourhood of an asset as the viewer may see it.
pub async fn graph(ctx: &Ctx, viewer: &Viewer, request: &GraphRequest) -> Result<Graph> {
    let snapshot = ctx.snapshot().await?;
    let rights = Rights::of(ctx, viewer).await?;
    let focus = snapshot
        .assets
        .get(&request.focus)
        .filter(|asset| snapshot.sight(&rights, asset) != Sight::Hidden)
        .ok_or_else(|| Error::not_found("asset"))?;
    let chosen = choose(&snapshot, &rights, request);
    // Columns are details: whoever knows the focus only by name follows none of them.
    let knows = snapshot.sight(&rights, focus) == Sight::Full;
    let path = match &request.column {
        Some(column) if knows => snapshot.edges.column_path(&focus.id, column),
        _ => BTreeSet::new(),
    };
    let placed = layout::place(&chosen.nodes, &pairs(&snapshot, &chosen.nodes));
    let index: BTreeMap<&str, u32> =
        (0u32..).zip(&chosen.nodes).map(|(place, asset)| (asset.id.as_str(), place)).collect();
    let states = states(ctx, &snapshot, &rights, &chosen.nodes).await?;
    let nodes = chosen.nodes.iter().zip(&placed.corners).map(|(asset, (x, y))| {
        let not_drawn = |ids: Vec<&str>| {
            let hidden = |id: &&str| {
                !index.contains_key(*id)
                    && snapshot
                        .assets
                        .get(*id)
                        .is_some_and(|other| snapshot.sight(&rights, other) != Sight::Hidden)
            };
            u32::try_from(ids.into_iter().filter(hidden).count()).unwrap_or(u32::MAX)
        };
        let full = snapshot.sight(&rights, asset) == Sight::Full;
        let columns = path.iter().filter(|(on, _)| full && *on == asset.id);
        let path_columns: Vec<String> = columns.map(|(_, column)| column.clone()).collect();
        GraphNode {
            id: AssetId(asset.id.clone()),
            name: asset.title.clone(),
            kind: asset.kind,
            layer: asset.layer,
            domain: snapshot.domain_name(&asset.domain),
            state: states.get(&asset.id).copied(),
            x: *x,
            y: *y,
            more_up: not_drawn(snapshot.edges.upstream(&asset.id).collect()),
            more_down: not_drawn(snapshot.edges.downstream(&asset.id).collect()),
            on_path: !path_columns.is_empty(),
            path_columns,
        }
    });
    let edges = pairs(&snapshot, &chosen.nodes).into_iter().filter_map(|(from, to)| {
        let (source, target) = (&chosen.nodes[from as usize].id, &chosen.nodes[to as usize].id);
        let edge = snapshot.edges.between(source, target)?;
        let on = |asset: &String, column: &String| path.contains(&(asset.clone(), column.clone()));
        let on_path = edge.columns.iter().any(|(left, right)| on(source, left) && on(target, right));
        let path = layout::curve(placed.corners[from as usize], placed.corners[to as usize]);
        Some(GraphEdge { from, to, path, job: edge.jobs.join(", "), on_path })
    });
    Ok(Graph {
        focus: AssetId(focus.id.clone()),
        focus_name: focus.title.clone(),
        width: placed.width,
        height: placed.height,
        nodes: nodes.collect(),
        edges: edges.collect(),
        hidden: chosen.hidden,
        cut_off: chosen.cut_off,
        columns: if knows { snapshot.edges.columns_of(&focus.id).into_iter().collect() } else { Vec::new() },
        impact: impact(ctx, &rights, &snapshot, focus).await?,
    })
}

/// States of the contracts that products the viewer knows in full have on these assets.
async fn states(
    ctx: &Ctx,
    snapshot: &Snapshot,
    rights: &Rights,
    assets: &[&Asset],
) -> Result<BTreeMap<String, CheckState>> {
    let mut tx = ctx.db.read().await?;
    let mut states = BTreeMap::new();
    for asset in assets {
        let mut known =
            snapshot.offers(&asset.id).filter(|(product, _)| rights.product_sight(product) == Sight::Full);
        if let Some(contract) = known.find_map(|(_, port)| port.contract.as_ref()) {
            states.insert(asset.id.clone(), crate::contracts::state(&mut tx, ctx, snapshot, contract).await?);
        }
    }
    Ok(states)
}

struct Chosen<'a> {
    nodes: Vec<&'a Asset>,
    hidden: u32,
    cut_off: u32,
}

/// The focus, what is within reach of it, and the neighbours of nodes opened by hand, nearest first.
fn choose<'a>(snapshot: &'a Snapshot, rights: &Rights, request: &GraphRequest) -> Chosen<'a> {
    let mut ids = vec![request.focus.clone()];
    let mut seen: BTreeSet<String> = ids.iter().cloned().collect();
    let mut add = |more: Vec<String>, ids: &mut Vec<String>| {
        ids.extend(more.into_iter().filter(|id| seen.insert(id.clone())));
    };
    let hops = |wanted: u8| usize::from(wanted.min(MOST_HOPS));
    add(snapshot.edges.reach_up(&request.focus, hops(request.up)), &mut ids);
    add(snapshot.edges.reach_down(&request.focus, hops(request.down)), &mut ids);
    for open in &request.open {
        if ids.contains(open) {
            add(snapshot.edges.reach_up(open, 1), &mut ids);
            add(snapshot.edges.reach_down(open, 1), &mut ids);
        }
    }
    let known: Vec<&Asset> = ids.iter().filter_map(|id| snapshot.assets.get(id)).collect();
    let visible = |asset: &&&Asset| snapshot.sight(rights, asset) != Sight::Hidden;
    let mut nodes: Vec<&Asset> = known.iter().filter(visible).copied().collect();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let hidden = count(known.len() - nodes.len());
    let cut_off = count(nodes.len().saturating_sub(MOST_NODES));
    nodes.truncate(MOST_NODES);
    Chosen { nodes, hidden, cut_off }
}

/// Edges between the chosen nodes, by index.
fn pairs(snapshot: &Snapshot, nodes: &[&Asset]) -> Vec<(u32, u32)> {
    let index: BTreeMap<&str, u32> =
        (0u32..).zip(nodes).map(|(place, asset)| (asset.id.as_str(), place)).collect();
    let out = |(source, from): (&&str, &u32)| {
        let targets = snapshot.edges.downstream(source).filter_map(|target| index.get(target).copied());
        targets.map(|to| (*from, to)).collect::<Vec<_>>()
    };
    index.iter().flat_map(out).collect()
}

/// Who is hit when the focus changes: only through assets and products that the viewer sees in full. Of anything
/// else, counts and names would tell what he may not know.
async fn impact(ctx: &Ctx, rights: &Rights, snapshot: &Snapshot, focus: &Asset) -> Result<Impact> {
    let full = |asset: &&Asset| snapshot.sight(rights, asset) == Sight::Full;
    let ids = snapshot.edges.reach_down(&focus.id, usize::MAX);
    let downstream: Vec<&Asset> = ids.iter().filter_map(|id| snapshot.assets.get(id)).filter(full).collect();
    let mut owners: BTreeSet<String> = BTreeSet::new();
    for domain in downstream.iter().map(|asset| &asset.domain).collect::<BTreeSet<_>>() {
        let names = snapshot.owners(domain).into_iter();
        owners.extend(names.map(|owner| format!("{} ({})", owner.name, snapshot.domain_name(domain))));
    }
    let focus = Some(focus).filter(full);
    let hit: BTreeSet<&str> =
        downstream.iter().copied().chain(focus).map(|asset| asset.id.as_str()).collect();
    let known = |product: &Product| rights.product_sight(product) == Sight::Full;
    let contract_ids: BTreeSet<String> = hit
        .iter()
        .flat_map(|asset| snapshot.offers(asset))
        .filter(|(product, _)| known(product))
        .filter_map(|(_, port)| port.contract.clone())
        .collect();
    let now = ctx.now();
    let mut tx = ctx.db.read().await?;
    let mut subscribers = 0;
    for contract in &contract_ids {
        subscribers += contracts::subscribers(&mut tx, contract).await?;
    }
    let counts = |grant: &&access::Grant| {
        grant.standing(now) == GrantStanding::Active
            && grant.asset.as_deref().is_some_and(|asset| hit.contains(asset))
            && snapshot.products.get(&grant.product).is_some_and(known)
    };
    let grants = access::open_grants(&mut tx).await?;
    let grants = grants.iter().filter(counts);
    let dashboards = downstream.iter().filter(|asset| asset.kind == AssetKind::Dashboard);
    Ok(Impact {
        assets: u32::try_from(downstream.len()).unwrap_or(u32::MAX),
        dashboards: dashboards.map(|asset| asset.title.clone()).collect(),
        owners: owners.into_iter().collect(),
        subscribers: u32::try_from(subscribers).unwrap_or(0),
        grants: u32::try_from(grants.count()).unwrap_or(u32::MAX),
    })
}
