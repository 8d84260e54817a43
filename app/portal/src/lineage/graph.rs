//! The part of the graph a page draws, laid out.

mod chosen;
mod impact;
mod layout;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chosen::Shown;
pub(super) use impact::{Hit, MOST_HIT, impact as with_numbers, live, reach};
use lakeport_model::AssetId;
use lakeport_model::contracts::CheckState;
use lakeport_model::lineage::{Graph, GraphEdge, GraphNode, GraphRequest, Impact};

use super::edges::{Direction, Edges, JobId, Marks, Reach};
use super::job::{self, Told};
use super::sights::Sights;
use crate::beside::{DRAWINGS, IMPACTS};
use crate::catalog::{Asset, Rights, Sight, Snapshot};
use crate::store::Tx;
use crate::{Call, Ctx, Error, Result, contracts};

/// Most jobs named at a node or an edge.
const MOST_JOBS: usize = 20;

/// The neighbourhood of an asset as the viewer may see it.
pub async fn graph(call: &Call, request: &GraphRequest) -> Result<Graph> {
    let ctx = &call.ctx;
    let snapshot = call.snapshot();
    let rights = call.rights();
    let focus = snapshot
        .assets
        .get(&request.focus)
        .filter(|asset| snapshot.sight(&rights, asset) != Sight::Hidden)
        .ok_or_else(|| rights.no_asset(&snapshot, &request.focus))?;
    let drawn = {
        let (snapshot, rights, request) = (Arc::clone(&snapshot), rights.clone(), request.clone());
        DRAWINGS.run(call.party(), move || draw(&snapshot, &rights, &request)).await?
    };
    let drawn = drawn.ok_or_else(|| Error::not_found("asset"))?;
    let mut tx = ctx.db.read().await?;
    let states = states(&mut tx, ctx, &snapshot, &rights, &drawn.nodes).await?;
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
        there_are_more: drawn.there_are_more,
        edges_cut_off: drawn.edges_cut_off,
        columns: drawn.columns,
        chosen: drawn.chosen.0,
        chosen_name: drawn.chosen.1,
        impact: impact::impact(&mut tx, ctx, &rights, &snapshot, drawn.hit).await?,
    })
}

/// Who is hit when an asset changes, however many that are. A drawing counts the nearest of them.
pub async fn impact(call: &Call, asset: &AssetId) -> Result<Impact> {
    let ctx = &call.ctx;
    let snapshot = call.snapshot();
    let rights = call.rights();
    let count = {
        let (snapshot, rights, asset) = (Arc::clone(&snapshot), rights.clone(), asset.clone());
        move || {
            let sights = Sights::new(&snapshot, &rights);
            let asset = snapshot.assets.get(&asset.0)?;
            let focus = Shown::of(&sights, asset);
            (focus.sight != Sight::Hidden).then(|| {
                let reach = reach(&sights, focus.node, Direction::Downstream, impact::MOST_HIT);
                impact::hit(&sights, focus, &reach)
            })
        }
    };
    let hit = IMPACTS.run(call.party(), count).await?;
    let hit = hit.ok_or_else(|| rights.no_asset(&snapshot, &asset.0))?;
    impact::impact(&mut ctx.db.read().await?, ctx, &rights, &snapshot, hit).await
}

/// Who is hit when an asset changes that these lie downstream of.
pub(super) fn hit(sights: &Sights, asset: &Asset, reach: &Reach) -> Hit {
    impact::hit(sights, Shown::of(sights, asset), reach)
}

/// What is drawn, before anything else is known of it.
struct Drawn {
    nodes: Vec<GraphNode>,
    edges: Vec<GraphEdge>,
    width: f64,
    height: f64,
    cut_off: u32,
    there_are_more: bool,
    edges_cut_off: u32,
    /// Columns of the focus that column lineage speaks of.
    columns: Vec<String>,
    /// The asset that the page tells of, by id and name.
    chosen: (AssetId, String),
    /// Who is hit when that changes, the nearest of many.
    hit: Hit,
}

/// The drawing; nothing where its focus is not there.
fn draw(snapshot: &Snapshot, rights: &Rights, request: &GraphRequest) -> Option<Drawn> {
    let (edges, sights) = (&snapshot.edges, Sights::new(snapshot, rights));
    let focus = snapshot.assets.get(&request.focus)?;
    let chosen = chosen::choose(&sights, focus, request);
    let focus = *chosen.shown.first()?;
    // Columns are details: whoever knows the focus only by name is told none of them.
    let full = |node| sights.is_full(node);
    let columns = focus.node.filter(|_| focus.is_full()).map(|node| edges.columns_of(node, &full));
    let columns = columns.unwrap_or_default();
    let column_path = match &request.column {
        Some(column) if columns.contains(column.as_str()) => edges.column_path(&request.focus, column, &full),
        _ => BTreeSet::new(),
    };
    let (pairs, edges_cut_off) = chosen::pairs(edges, &chosen.shown);
    let placed = layout::place(chosen.shown.len(), &pairs);
    let visible = |node| sights.visible(node);
    let told = Told::new(edges, &visible);
    let mut drawn = Marks::over(edges);
    for node in chosen.shown.iter().filter_map(|shown| shown.node) {
        drawn.insert(node);
    }
    let nodes = chosen.shown.iter().zip(&placed.corners).map(|(shown, (x, y))| {
        let Shown { asset, node, .. } = *shown;
        let not_drawn = |direction: Direction| {
            let neighbours = node.into_iter().flat_map(|node| edges.neighbours(node, direction));
            let count = neighbours.filter(|other| !drawn.contains(*other) && visible(*other)).count();
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        let node = node.filter(|_| shown.is_full());
        let used_by = |direction: Direction| {
            let former = node.map(|node| edges.former_jobs(node, direction)).unwrap_or_default();
            let jobs = node.into_iter().flat_map(|node| edges.jobs_at(node, direction));
            labels(edges, jobs.filter(|job| !former.contains(job) && told.may(*job)))
        };
        let of_here = column_path.range((asset.id.as_str(), "")..);
        let of_here = of_here.take_while(|(on, _)| shown.is_full() && *on == asset.id);
        let path_columns: Vec<String> = of_here.map(|(_, column)| (*column).to_owned()).collect();
        GraphNode {
            id: AssetId(asset.id.clone()),
            name: asset.title.clone(),
            kind: asset.kind,
            layer: asset.layer,
            domain: snapshot.domain_name(&asset.domain),
            state: None,
            x: *x,
            y: *y,
            more_up: not_drawn(Direction::Upstream),
            more_down: not_drawn(Direction::Downstream),
            read_by: used_by(Direction::Downstream),
            written_by: used_by(Direction::Upstream),
            on_path: !path_columns.is_empty(),
            path_columns,
        }
    });
    let nodes = nodes.collect();
    let drawn_edges = pairs.iter().zip(placed.paths).filter_map(|((from, to), path)| {
        let (from, to) = (*from, *to);
        let [source, target] = [from, to].map(|end| &chosen.shown[end as usize]);
        let flow = edges.between(source.node?, target.node?)?;
        let on = |shown: &Shown, column| column_path.contains(&(shown.asset.id.as_str(), column));
        let on_path = flow.columns().any(|(left, right)| on(source, left) && on(target, right));
        let full = source.is_full() && target.is_full();
        let jobs = flow.jobs().filter(|job| full && told.may(*job));
        let read_by_text = full && snapshot.read_by_text(&target.asset.id).contains(&source.asset.id);
        let (job, is_former) = (labels(edges, jobs).join(", "), flow.is_former());
        Some(GraphEdge { from, to, path, job, read_by_text, is_former, on_path })
    });
    let drawn_edges = drawn_edges.collect();
    let asked = request.chosen.as_ref();
    let asked =
        asked.and_then(|id| chosen.shown.iter().find(|shown| shown.asset.id == *id)).unwrap_or(&focus);
    let nearest = reach(&sights, asked.node, Direction::Downstream, impact::MOST_HIT_AT_ONCE);
    Some(Drawn {
        nodes,
        edges: drawn_edges,
        width: placed.width,
        height: placed.height,
        cut_off: chosen.cut_off,
        there_are_more: chosen.there_are_more,
        edges_cut_off,
        columns: columns.into_iter().map(str::to_owned).collect(),
        chosen: (AssetId(asked.asset.id.clone()), asked.asset.title.clone()),
        hit: impact::hit(&sights, *asked, &nearest),
    })
}

/// Jobs as people read them, the first of many.
fn labels(edges: &Edges, jobs: impl Iterator<Item = JobId>) -> Vec<String> {
    jobs.take(MOST_JOBS).map(|job| job::label(edges.job(job))).collect()
}

/// States of the contracts that products the viewer knows in full have on these assets.
async fn states(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    rights: &Rights,
    nodes: &[GraphNode],
) -> Result<BTreeMap<String, CheckState>> {
    let on = |node: &GraphNode| Some((node.id.0.clone(), contracts::on_asset(snapshot, rights, &node.id.0)?));
    let promised: Vec<_> = nodes.iter().filter_map(on).collect();
    let under = promised.iter().map(|(_, contract)| *contract);
    let states = contracts::States::of(tx, ctx, snapshot, rights, under).await?;
    Ok(promised.into_iter().filter_map(|(id, contract)| Some((id, states.get(contract)?))).collect())
}
