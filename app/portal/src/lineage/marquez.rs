//! Lineage as Marquez answers it: `{"graph":[{"id","type","data","inEdges","outEdges"}]}` with datasets and jobs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::edges::{Direction, JobId, MOST_WALKED, Marks, NodeId};
use super::job::{self, Told};
use super::sights::Sights;
use crate::beside::DRAWINGS;
use crate::catalog::{Asset, Rights, Sight, Snapshot};
use crate::{Call, Error, Result};

/// Bytes of the longest node id: no namespace and no name of an event is longer than an eighth of it.
const LONGEST_NODE: usize = 8_000;
/// Most colons of a node id. Each is a place to cut, and each cut is looked up; of a column, each two of them.
pub(super) const MOST_COLONS: usize = 64;

/// The graph around `dataset:NAMESPACE:NAME`, up to `depth` hops both ways, as the viewer may see it. Former edges are left
/// out: Marquez knows none.
///
/// # Errors
/// Refused when the node id has another form or names no dataset.
pub async fn marquez(call: &Call, node_id: &str, depth: u8) -> Result<Value> {
    // Programs read back what they have just sent.
    let snapshot = call.ctx.snapshot_with_events().await?;
    let rights = call.rights();
    let focus = dataset_at(&snapshot, &rights, node_id)?;
    let (focus, hops) = (focus.id.clone(), usize::from(depth.min(20)));
    DRAWINGS.run(call.party(), move || draw(&snapshot, &rights, &focus, hops)).await
}

/// The id of the asset behind `dataset:NAMESPACE:NAME`, where the viewer may know of it.
///
/// # Errors
/// Refused when the node id has another form or names no dataset.
pub fn dataset_id_of(call: &Call, node_id: &str) -> Result<String> {
    dataset_at(&call.snapshot(), &call.rights(), node_id).map(|asset| asset.id.clone())
}

/// The asset of a node id, where the viewer may know of it.
pub(super) fn dataset_at<'s>(snapshot: &'s Snapshot, rights: &Rights, node_id: &str) -> Result<&'s Asset> {
    let address = node_id.strip_prefix("dataset:").ok_or_else(|| {
        Error::invalid("nodeId", "A node id is written dataset:NAMESPACE:NAME; other kinds are not answered.")
    })?;
    if !can_be(address) {
        return Err(Error::not_found("dataset"));
    }
    known_at(snapshot, rights, address).next().ok_or_else(|| {
        let is_unread = is_unread_at(snapshot, rights, address);
        if is_unread { Error::unread("dataset") } else { Error::not_found("dataset") }
    })
}

/// False where looking up what an address may mean would cost more than any real one.
pub(super) fn can_be(address: &str) -> bool {
    address.len() <= LONGEST_NODE && address.matches(':').count() <= MOST_COLONS
}

/// The assets that `NAMESPACE:NAME` may mean, of those that the viewer may know of.
pub(super) fn known_at<'s>(
    snapshot: &'s Snapshot,
    rights: &Rights,
    address: &str,
) -> impl Iterator<Item = &'s Asset> {
    let named = cuts(address).filter_map(move |(namespace, name)| snapshot.asset_at(namespace, name));
    named.filter(move |asset| snapshot.sight(rights, asset) != Sight::Hidden)
}

/// True where `NAMESPACE:NAME` means something that the viewer may know of, and what describes it cannot be read.
pub(super) fn is_unread_at(snapshot: &Snapshot, rights: &Rights, address: &str) -> bool {
    let mut unread = cuts(address).flat_map(|(namespace, name)| snapshot.unread_at(namespace, name));
    unread.any(|unread| rights.knows_unread(snapshot, &unread.id))
}

/// A namespace may hold colons (`postgres://host:5432`), a name may too: every place to cut.
fn cuts(address: &str) -> impl Iterator<Item = (&str, &str)> {
    address.match_indices(':').map(move |(at, _)| (&address[..at], &address[at + 1..]))
}

fn draw(snapshot: &Snapshot, rights: &Rights, focus: &str, hops: usize) -> Value {
    let (edges, sights) = (&snapshot.edges, Sights::new(snapshot, rights));
    let visible = |node| sights.visible(node);
    let mut shown: BTreeMap<&str, Option<NodeId>> = BTreeMap::from([(focus, edges.node(focus))]);
    let mut drawn = Marks::over(edges);
    if let Some(focus) = edges.node(focus) {
        drawn.insert(focus);
        for direction in [Direction::Upstream, Direction::Downstream] {
            for node in edges.live_reach(focus, direction, (hops, MOST_WALKED), &visible).nodes {
                drawn.insert(node);
                shown.insert(edges.asset(node), Some(node));
            }
        }
    }
    let moved = shown.values().flatten().flat_map(|node| edges.edges_into(*node));
    let moved = moved.filter(|(source, flow)| drawn.contains(*source) && !flow.is_former());
    let moved = moved.flat_map(|(_, flow)| flow.jobs());
    let moving: BTreeMap<&str, JobId> = moved.map(|job| (edges.job(job), job)).collect();
    let told = Told::new(edges, &visible);
    // The line between what the viewer sees stays, also where its job has no name for them.
    let untold = moving.into_values().filter(|job| !told.may(*job)).zip(1..);
    let untold: BTreeMap<JobId, String> = untold
        .map(|(job, number)| (job, job::key("", &format!("a job you may not see, {number}"))))
        .collect();
    let texts = texts(snapshot, &shown, &drawn);
    let mut jobs: BTreeMap<&str, Uses> = BTreeMap::new();
    let mut graph = Vec::new();
    for (id, node) in &shown {
        let Some(asset) = snapshot.assets.get(*id) else { continue };
        let id = dataset_id(asset);
        let mut used = Used::default();
        let using = [Direction::Downstream, Direction::Upstream].into_iter().flat_map(|direction| {
            let writes = direction == Direction::Upstream;
            node.iter().flat_map(move |node| {
                let former = edges.former_jobs(*node, direction);
                edges
                    .jobs_at(*node, direction)
                    .filter(move |job| !former.contains(job))
                    .map(move |job| (job, writes))
            })
        });
        let named = using.filter_map(|(job, writes)| match untold.get(&job) {
            Some(name) => Some((name.as_str(), writes)),
            None => told.may(job).then(|| (edges.job(job), writes)),
        });
        let read = node.iter().filter_map(|node| texts.get(node)).flatten();
        for (name, writes) in named.chain(read.map(|(name, writes)| (name.as_str(), *writes))) {
            let uses = jobs.entry(name).or_default();
            let side = if writes { &mut uses.writes } else { &mut uses.reads };
            side.insert(id.clone());
            let side = if writes { &mut used.written_by } else { &mut used.read_by };
            side.insert(job_id(name));
        }
        let full = match node {
            Some(node) => sights.is_full(*node),
            None => snapshot.sight(rights, asset) == Sight::Full,
        };
        graph.push(dataset(&id, &used, asset, full));
    }
    graph.extend(jobs.iter().map(|(job, uses)| job_node(job, uses)));
    json!({ "graph": graph })
}

/// What flows between what is shown only because texts of dashboards read it, at both ends: what stands there in the
/// place of a job, without which the line would be missing, and whether that writes.
fn texts(
    snapshot: &Snapshot,
    shown: &BTreeMap<&str, Option<NodeId>>,
    drawn: &Marks,
) -> BTreeMap<NodeId, Vec<(String, bool)>> {
    let edges = &snapshot.edges;
    let mut texts: BTreeMap<NodeId, Vec<(String, bool)>> = BTreeMap::new();
    for (id, target) in shown {
        let Some(target) = *target else { continue };
        let sources = snapshot.read_by_text(id).iter().filter_map(|source| edges.node(source));
        for source in sources.filter(|source| drawn.contains(*source)) {
            if edges.between(source, target).is_some_and(|flow| flow.jobs().next().is_none()) {
                let name = job::key("", &format!("the text of the dashboard {id}"));
                texts.entry(source).or_default().push((name.clone(), false));
                texts.entry(target).or_default().push((name, true));
            }
        }
    }
    texts
}

/// The datasets a job reads and writes, by their ids.
#[derive(Debug, Default)]
struct Uses {
    reads: BTreeSet<String>,
    writes: BTreeSet<String>,
}

/// The jobs that read and write a dataset, by their ids.
#[derive(Debug, Default)]
struct Used {
    read_by: BTreeSet<String>,
    written_by: BTreeSet<String>,
}

fn dataset_id(asset: &Asset) -> String {
    format!("dataset:{}:{}", asset.namespace, asset.name)
}

fn job_id(key: &str) -> String {
    let (namespace, name) = job::parts(key);
    format!("job:{namespace}:{name}")
}

/// An edge.
pub(super) fn link(origin: &str, destination: &str) -> Value {
    json!({ "origin": origin, "destination": destination })
}

fn dataset(id: &str, used: &Used, asset: &Asset, full: bool) -> Value {
    let fields: Vec<Value> = asset
        .columns
        .iter()
        .filter(|_| full)
        .map(|column| json!({ "name": column.name, "type": column.data_type, "description": column.description }))
        .collect();
    json!({
        "id": id,
        "type": "DATASET",
        "data": {
            "id": { "namespace": asset.namespace, "name": asset.name },
            "type": if asset.kind.as_str() == "topic" { "STREAM" } else { "DB_TABLE" },
            "name": asset.name,
            "physicalName": asset.name,
            "namespace": asset.namespace,
            "description": if full { asset.description.as_str() } else { "" },
            "fields": fields,
        },
        "inEdges": used.written_by.iter().map(|job| link(job, id)).collect::<Vec<_>>(),
        "outEdges": used.read_by.iter().map(|job| link(id, job)).collect::<Vec<_>>(),
    })
}

fn job_node(key: &str, uses: &Uses) -> Value {
    let id = job_id(key);
    let (namespace, name) = job::parts(key);
    json!({
        "id": id,
        "type": "JOB",
        "data": { "id": { "namespace": namespace, "name": name }, "type": "BATCH", "name": name, "namespace": namespace },
        "inEdges": uses.reads.iter().map(|dataset| link(dataset, &id)).collect::<Vec<_>>(),
        "outEdges": uses.writes.iter().map(|dataset| link(&id, dataset)).collect::<Vec<_>>(),
    })
}
