//! The part of the graph a page draws, laid out.

mod layout;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use lakeport_model::AssetId;
use lakeport_model::catalog::AssetKind;
use lakeport_model::contracts::CheckState;
use lakeport_model::lineage::{Graph, GraphEdge, GraphNode, GraphRequest, Impact};
use lakeport_model::people::Viewer;

use super::edges::MOST_WALKED;
use super::job::{self, Told};
use crate::beside::DRAWINGS;
use crate::catalog::{Asset, Product, Rights, Sight, Snapshot};
use crate::store::{access, contracts as store};
use crate::{Ctx, Error, Result, contracts};

/// Most nodes drawn; beyond that a drawing helps nobody.
const MOST_NODES: usize = 200;
/// Most connections drawn, those nearest to the focus first.
const MOST_EDGES: usize = 1_000;
const MOST_HOPS: u8 = 10;
/// Most nodes opened by hand.
const MOST_OPEN: usize = 50;
/// Most jobs named at a node or an edge.
const MOST_JOBS: usize = 20;

/// The neighbourhood of an asset as the viewer may see it.
pub async fn graph(ctx: &Ctx, viewer: &Viewer, request: &GraphRequest) -> Result<Graph> {
    let snapshot = ctx.snapshot().await?;
    let rights = Rights::of(ctx, viewer).await?;
    let focus = snapshot
        .assets
        .get(&request.focus)
        .filter(|asset| snapshot.sight(&rights, asset) != Sight::Hidden)
        .ok_or_else(|| Error::not_found("asset"))?;
    let drawn = {
        let (snapshot, rights, request) = (Arc::clone(&snapshot), rights.clone(), request.clone());
        DRAWINGS.run(move || draw(&snapshot, &rights, &request)).await?
    };
    let states = states(ctx, &snapshot, &rights, &drawn.nodes).await?;
    let with_state = |node: GraphNode| GraphNode { state: states.get(&node.id.0).copied(), ..node };
    Ok(Graph {
        focus: AssetId(focus.id.clone()),
        focus_name: focus.title.clone(),
        way: snapshot.way_past(&rights, focus),
        width: drawn.width,
        height: drawn.height,
        nodes: drawn.nodes.into_iter().map(with_state).collect(),
        edges: drawn.edges,
        cut_off: drawn.cut_off,
        edges_cut_off: drawn.edges_cut_off,
        columns: drawn.columns,
        chosen: drawn.chosen.0,
        chosen_name: drawn.chosen.1,
        impact: impact(ctx, &rights, &snapshot, drawn.hit).await?,
    })
}

/// What is drawn, before anything else is known of it.
struct Drawn {
    nodes: Vec<GraphNode>,
    edges: Vec<GraphEdge>,
    width: f64,
    height: f64,
    cut_off: u32,
    edges_cut_off: u32,
    /// Columns of the focus that column lineage speaks of.
    columns: Vec<String>,
    /// The asset that the page tells of, by id and name.
    chosen: (AssetId, String),
    /// Who is hit when that changes.
    hit: Hit,
}

fn draw(snapshot: &Snapshot, rights: &Rights, request: &GraphRequest) -> Drawn {
    let sights = Sights { snapshot, rights, known: RefCell::default() };
    let chosen = choose(&sights, request);
    let visible = |id: &str| sights.of(id) != Sight::Hidden;
    let full = |id: &str| sights.of(id) == Sight::Full;
    let column_path = match &request.column {
        Some(column) if full(&request.focus) => snapshot.edges.column_path(&request.focus, column, &full),
        _ => BTreeSet::new(),
    };
    let (pairs, edges_cut_off) = pairs(snapshot, &chosen.nodes);
    let placed = layout::place(chosen.nodes.len(), &pairs);
    let index: BTreeMap<&str, u32> =
        (0u32..).zip(&chosen.nodes).map(|(place, asset)| (asset.id.as_str(), place)).collect();
    let told = Told::new(&snapshot.edges, &visible);
    let nodes = chosen.nodes.iter().zip(&placed.corners).map(|(asset, (x, y))| {
        let not_drawn = |ids: Vec<&str>| {
            let hidden = |id: &&str| !index.contains_key(*id) && visible(id);
            u32::try_from(ids.into_iter().filter(hidden).count()).unwrap_or(u32::MAX)
        };
        let full = full(&asset.id);
        let columns = column_path.iter().filter(|(on, _)| full && *on == asset.id);
        let path_columns: Vec<String> = columns.map(|(_, column)| column.clone()).collect();
        GraphNode {
            id: AssetId(asset.id.clone()),
            name: asset.title.clone(),
            kind: asset.kind,
            layer: asset.layer,
            domain: snapshot.domain_name(&asset.domain),
            state: None,
            x: *x,
            y: *y,
            more_up: not_drawn(snapshot.edges.upstream(&asset.id).collect()),
            more_down: not_drawn(snapshot.edges.downstream(&asset.id).collect()),
            read_by: labels(snapshot.edges.readers(&asset.id).filter(|job| full && told.may(job))),
            written_by: labels(snapshot.edges.writers(&asset.id).filter(|job| full && told.may(job))),
            on_path: !path_columns.is_empty(),
            path_columns,
        }
    });
    let nodes = nodes.collect();
    let edges = pairs.iter().zip(placed.paths).filter_map(|((from, to), path)| {
        let (from, to) = (*from, *to);
        let [source, target] = [from, to].map(|end| &chosen.nodes[end as usize].id);
        let full = full(source) && full(target);
        let edge = snapshot.edges.between(source, target)?;
        let on = |asset: &String, column: &String| column_path.contains(&(asset.clone(), column.clone()));
        let on_path = edge.columns.iter().any(|(left, right)| on(source, left) && on(target, right));
        let jobs = edge.jobs.iter().map(String::as_str).filter(|job| full && told.may(job));
        Some(GraphEdge { from, to, path, job: labels(jobs).join(", "), on_path })
    });
    let edges = edges.collect();
    // Columns are details: whoever knows the focus only by name is told none of them.
    let columns = full(&request.focus).then(|| snapshot.edges.columns_of(&request.focus));
    let asked = request.chosen.as_ref().filter(|id| index.contains_key(id.as_str()));
    let asked = asked.and_then(|id| snapshot.assets.get(id)).unwrap_or(chosen.nodes[0]);
    Drawn {
        nodes,
        edges,
        width: placed.width,
        height: placed.height,
        cut_off: chosen.cut_off,
        edges_cut_off,
        columns: columns.into_iter().flatten().collect(),
        chosen: (AssetId(asked.id.clone()), asked.title.clone()),
        hit: hit(&sights, asked),
    }
}

/// Jobs as people read them, the first of many.
fn labels<'a>(jobs: impl Iterator<Item = &'a str>) -> Vec<String> {
    jobs.take(MOST_JOBS).map(job::label).collect()
}

/// How much of each asset the viewer sees; nothing of one that is not there. Answered once an asset and drawing: it is
/// asked along every edge.
struct Sights<'a> {
    snapshot: &'a Snapshot,
    rights: &'a Rights,
    known: RefCell<HashMap<String, Sight>>,
}

impl Sights<'_> {
    fn of(&self, id: &str) -> Sight {
        if let Some(known) = self.known.borrow().get(id) {
            return *known;
        }
        let asset = self.snapshot.assets.get(id);
        let sight = asset.map_or(Sight::Hidden, |asset| self.snapshot.sight(self.rights, asset));
        self.known.borrow_mut().insert(id.to_owned(), sight);
        sight
    }
}

/// States of the contracts that products the viewer knows in full have on these assets.
async fn states(
    ctx: &Ctx,
    snapshot: &Snapshot,
    rights: &Rights,
    nodes: &[GraphNode],
) -> Result<BTreeMap<String, CheckState>> {
    let mut tx = ctx.db.read().await?;
    let mut states = BTreeMap::new();
    for GraphNode { id, .. } in nodes {
        if let Some(contract) = contracts::on_asset(snapshot, rights, &id.0) {
            let state = contracts::state(&mut tx, ctx, snapshot, rights, contract).await?;
            states.insert(id.0.clone(), state);
        }
    }
    Ok(states)
}

struct Chosen<'a> {
    nodes: Vec<&'a Asset>,
    cut_off: u32,
}

/// The focus, what is within reach of it, and the neighbours of nodes opened by hand, nearest first. What the viewer
/// may not see is not walked through and not counted: neither a line nor a number tells that it exists.
fn choose<'a>(sights: &Sights<'a>, request: &GraphRequest) -> Chosen<'a> {
    let (snapshot, visible) = (sights.snapshot, |id: &str| sights.of(id) != Sight::Hidden);
    let mut ids = vec![request.focus.clone()];
    let mut seen: BTreeSet<String> = ids.iter().cloned().collect();
    let mut add = |more: Vec<String>, ids: &mut Vec<String>| {
        ids.extend(more.into_iter().filter(|id| seen.insert(id.clone())));
    };
    let hops = |wanted: u8| usize::from(wanted.min(MOST_HOPS));
    add(snapshot.edges.reach_up(&request.focus, hops(request.up), &visible), &mut ids);
    add(snapshot.edges.reach_down(&request.focus, hops(request.down), &visible), &mut ids);
    for open in request.open.iter().take(MOST_OPEN) {
        if ids.contains(open) {
            add(snapshot.edges.reach_up(open, 1, &visible), &mut ids);
            add(snapshot.edges.reach_down(open, 1, &visible), &mut ids);
        }
    }
    let mut nodes: Vec<&Asset> = ids.iter().filter_map(|id| snapshot.assets.get(id)).collect();
    let cut_off = u32::try_from(nodes.len().saturating_sub(MOST_NODES)).unwrap_or(u32::MAX);
    nodes.truncate(MOST_NODES);
    Chosen { nodes, cut_off }
}

/// Connections between the chosen nodes, by index and nearest to the focus first, and how many more there are.
fn pairs(snapshot: &Snapshot, nodes: &[&Asset]) -> (Vec<(u32, u32)>, u32) {
    let index: BTreeMap<&str, u32> =
        (0u32..).zip(nodes).map(|(place, asset)| (asset.id.as_str(), place)).collect();
    let out = |(source, from): (&&str, &u32)| {
        let targets = snapshot.edges.downstream(source).filter_map(|target| index.get(target).copied());
        targets.map(|to| (*from, to)).collect::<Vec<_>>()
    };
    let mut pairs: Vec<(u32, u32)> = index.iter().flat_map(out).collect();
    pairs.sort_by_key(|(from, to)| (*from.min(to), *from.max(to), *from));
    let cut_off = u32::try_from(pairs.len().saturating_sub(MOST_EDGES)).unwrap_or(u32::MAX);
    pairs.truncate(MOST_EDGES);
    (pairs, cut_off)
}

/// What is hit when an asset changes, before it is asked who relies on it.
struct Hit {
    /// Assets downstream, with their dashboards and owners.
    impact: Impact,
    /// The contracts on them and on the asset itself.
    contracts: BTreeSet<String>,
    /// Those that a product offers, the asset itself included.
    offered: Vec<String>,
}

fn known(rights: &Rights, product: &Product) -> bool {
    rights.product_sight(product) == Sight::Full
}

/// Who is hit when an asset changes: only through assets and products that the viewer sees in full. Of anything else, counts
/// and names would tell what he may not know.
fn hit(sights: &Sights, focus: &Asset) -> Hit {
    let (snapshot, rights) = (sights.snapshot, sights.rights);
    let full = |asset: &&Asset| sights.of(&asset.id) == Sight::Full;
    let visible = |id: &str| sights.of(id) != Sight::Hidden;
    let ids = snapshot.edges.reach_down(&focus.id, usize::MAX, &visible);
    let downstream: Vec<&Asset> = ids.iter().filter_map(|id| snapshot.assets.get(id)).filter(full).collect();
    let mut owners: BTreeSet<String> = BTreeSet::new();
    for domain in downstream.iter().map(|asset| &asset.domain).collect::<BTreeSet<_>>() {
        let names = snapshot.owners(domain).into_iter();
        owners.extend(names.map(|owner| format!("{} ({})", owner.name, snapshot.domain_name(domain))));
    }
    let focus = Some(focus).filter(full);
    let hit: BTreeSet<&str> =
        downstream.iter().copied().chain(focus).map(|asset| asset.id.as_str()).collect();
    let contracts = hit
        .iter()
        .flat_map(|asset| snapshot.offers(asset))
        .filter(|(product, _)| known(rights, product))
        .filter_map(|(_, port)| port.contract.clone());
    let offered = hit.iter().filter(|asset| snapshot.offers(asset).next().is_some());
    let dashboards = downstream.iter().filter(|asset| asset.kind == AssetKind::Dashboard);
    Hit {
        impact: Impact {
            assets: u32::try_from(downstream.len()).unwrap_or(u32::MAX),
            there_are_more: ids.len() == MOST_WALKED,
            dashboards: dashboards.map(|asset| asset.title.clone()).collect(),
            owners: owners.into_iter().collect(),
            ..Impact::default()
        },
        contracts: contracts.collect(),
        offered: offered.map(|asset| (*asset).to_owned()).collect(),
    }
}

/// The same with how many rely on it.
async fn impact(ctx: &Ctx, rights: &Rights, snapshot: &Snapshot, hit: Hit) -> Result<Impact> {
    let mut tx = ctx.db.read().await?;
    let mut subscribers = 0;
    for contract in &hit.contracts {
        subscribers += store::subscribers(&mut tx, contract).await?;
    }
    let mut grants = 0;
    for (product, number) in access::live_numbers(&mut tx, &hit.offered, ctx.now().date_naive()).await? {
        if snapshot.products.get(&product).is_some_and(|product| known(rights, product)) {
            grants += number;
        }
    }
    Ok(Impact {
        subscribers: u32::try_from(subscribers).unwrap_or(0),
        grants: u32::try_from(grants).unwrap_or(u32::MAX),
        ..hit.impact
    })
}
