//! Lineage as Marquez answers it: `{"graph":[{"id","type","data","inEdges","outEdges"}]}` with datasets and jobs.

use std::collections::{BTreeMap, BTreeSet};

use lakeport_model::people::Viewer;
use serde_json::{Value, json};

use super::{Edge, job};
use crate::catalog::{Asset, Rights, Sight, Snapshot};
use crate::{Ctx, Error, Result};

/// The graph around `dataset:NAMESPACE:NAME`, up to `depth` hops both ways, as the viewer may see it.
///
/// # Errors
/// Refused when the node id has another form or names no dataset.
pub async fn marquez(ctx: &Ctx, viewer: &Viewer, node_id: &str, depth: u8) -> Result<Value> {
    let snapshot = ctx.snapshot().await?;
    let rights = Rights::of(ctx, viewer).await?;
    let address = node_id.strip_prefix("dataset:").ok_or_else(|| {
        Error::invalid("nodeId", "A node id is written dataset:NAMESPACE:NAME; other kinds are not answered.")
    })?;
    // A namespace may hold colons (`postgres://host:5432`), a name may too: try every place to cut.
    let cuts = address.match_indices(':').map(|(at, _)| (&address[..at], &address[at + 1..]));
    let focus = cuts
        .filter_map(|(namespace, name)| snapshot.asset_at(namespace, name))
        .find(|asset| snapshot.sight(&rights, asset) != Sight::Hidden)
        .ok_or_else(|| Error::not_found("dataset"))?;
    let hops = usize::from(depth.min(20));
    let mut ids: BTreeSet<String> = BTreeSet::from([focus.id.clone()]);
    let visible = |id: &str| {
        snapshot.assets.get(id).is_some_and(|asset| snapshot.sight(&rights, asset) != Sight::Hidden)
    };
    ids.extend(snapshot.edges.reach_up(&focus.id, hops, &visible));
    ids.extend(snapshot.edges.reach_down(&focus.id, hops, &visible));
    let edges: Vec<&Edge> =
        ids.iter().flat_map(|id| snapshot.edges.from(id)).filter(|edge| ids.contains(&edge.target)).collect();
    let drawn: BTreeSet<&str> = edges.iter().flat_map(|edge| &edge.jobs).map(String::as_str).collect();
    // A job that also uses what the viewer may not see would tell of it by its name; the line between what he sees stays.
    let told = |job: &str| snapshot.edges.assets_of(job).all(&visible);
    let untold = drawn.iter().filter(|job| !told(job)).zip(1..);
    let untold: BTreeMap<&str, String> = untold
        .map(|(job, number)| (*job, job::key("", &format!("a job you may not see, {number}"))))
        .collect();
    let mut jobs: BTreeMap<&str, Uses> = BTreeMap::new();
    for asset in ids.iter().filter_map(|id| snapshot.assets.get(id)) {
        let readers = snapshot.edges.readers(&asset.id).map(|job| (job, false));
        for (job, writes) in readers.chain(snapshot.edges.writers(&asset.id).map(|job| (job, true))) {
            let name = match untold.get(job) {
                Some(name) => name.as_str(),
                None if told(job) => job,
                None => continue,
            };
            let uses = jobs.entry(name).or_default();
            let side = if writes { &mut uses.writes } else { &mut uses.reads };
            side.insert(dataset_id(asset));
        }
    }
    let mut graph: Vec<Value> = ids
        .iter()
        .filter_map(|id| Some(dataset(&jobs, &rights, &snapshot, snapshot.assets.get(id)?)))
        .collect();
    graph.extend(jobs.iter().map(|(job, uses)| job_node(job, uses)));
    Ok(json!({ "graph": graph }))
}

/// The datasets a job reads and writes, by their ids.
#[derive(Debug, Default)]
struct Uses {
    reads: BTreeSet<String>,
    writes: BTreeSet<String>,
}

fn dataset_id(asset: &Asset) -> String {
    format!("dataset:{}:{}", asset.namespace, asset.name)
}

fn job_id(key: &str) -> String {
    let (namespace, name) = job::parts(key);
    format!("job:{namespace}:{name}")
}

fn link(origin: &str, destination: &str) -> Value {
    json!({ "origin": origin, "destination": destination })
}

fn dataset(jobs: &BTreeMap<&str, Uses>, rights: &Rights, snapshot: &Snapshot, asset: &Asset) -> Value {
    let id = dataset_id(asset);
    let full = snapshot.sight(rights, asset) == Sight::Full;
    let jobs_that = |use_it: fn(&Uses) -> &BTreeSet<String>| -> BTreeSet<String> {
        jobs.iter().filter(|(_, uses)| use_it(uses).contains(&id)).map(|(key, _)| job_id(key)).collect()
    };
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
        "inEdges": jobs_that(|uses| &uses.writes).iter().map(|job| link(job, &id)).collect::<Vec<_>>(),
        "outEdges": jobs_that(|uses| &uses.reads).iter().map(|job| link(&id, job)).collect::<Vec<_>>(),
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
