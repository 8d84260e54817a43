//! Lineage as Marquez answers it: `{"graph":[{"id","type","data","inEdges","outEdges"}]}` with datasets and jobs.

use std::collections::BTreeSet;

use lakeport_model::people::Viewer;
use serde_json::{Value, json};

use super::Edge;
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
    ids.extend(snapshot.edges.reach_up(&focus.id, hops));
    ids.extend(snapshot.edges.reach_down(&focus.id, hops));
    ids.retain(|id| {
        snapshot.assets.get(id).is_some_and(|asset| snapshot.sight(&rights, asset) != Sight::Hidden)
    });
    let edges: Vec<&Edge> = snapshot
        .edges
        .all()
        .filter(|edge| ids.contains(&edge.source) && ids.contains(&edge.target))
        .collect();
    let mut graph: Vec<Value> = ids
        .iter()
        .filter_map(|id| Some(dataset(&edges, &rights, &snapshot, snapshot.assets.get(id)?)))
        .collect();
    let jobs: BTreeSet<&String> = edges.iter().flat_map(|edge| &edge.jobs).collect();
    graph.extend(jobs.into_iter().map(|job| job_node(&snapshot, &edges, job)));
    Ok(json!({ "graph": graph }))
}

fn dataset_id(asset: &Asset) -> String {
    format!("dataset:{}:{}", asset.namespace, asset.name)
}

/// `NAMESPACE/NAME` as stored; a namespace may hold slashes, a job's name in practice does not.
fn job_parts(job: &str) -> (&str, &str) {
    job.rsplit_once('/').unwrap_or(("", job))
}

fn job_id(job: &str) -> String {
    let (namespace, name) = job_parts(job);
    format!("job:{namespace}:{name}")
}

fn link(origin: &str, destination: &str) -> Value {
    json!({ "origin": origin, "destination": destination })
}

fn dataset(edges: &[&Edge], rights: &Rights, snapshot: &Snapshot, asset: &Asset) -> Value {
    let id = dataset_id(asset);
    let full = snapshot.sight(rights, asset) == Sight::Full;
    let jobs_of = |of: fn(&Edge) -> &String| -> BTreeSet<String> {
        edges
            .iter()
            .filter(|edge| *of(edge) == asset.id)
            .flat_map(|edge| &edge.jobs)
            .map(|job| job_id(job))
            .collect()
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
        "inEdges": jobs_of(|edge| &edge.target).iter().map(|job| link(job, &id)).collect::<Vec<_>>(),
        "outEdges": jobs_of(|edge| &edge.source).iter().map(|job| link(&id, job)).collect::<Vec<_>>(),
    })
}

fn job_node(snapshot: &Snapshot, edges: &[&Edge], job: &str) -> Value {
    let id = job_id(job);
    let (namespace, name) = job_parts(job);
    let of_job: Vec<&&Edge> =
        edges.iter().filter(|edge| edge.jobs.iter().any(|other| other == job)).collect();
    let addresses = |of: fn(&Edge) -> &String| -> BTreeSet<String> {
        of_job.iter().filter_map(|edge| snapshot.assets.get(of(edge))).map(dataset_id).collect()
    };
    let (inputs, outputs) = (addresses(|edge| &edge.source), addresses(|edge| &edge.target));
    json!({
        "id": id,
        "type": "JOB",
        "data": { "id": { "namespace": namespace, "name": name }, "type": "BATCH", "name": name, "namespace": namespace },
        "inEdges": inputs.iter().map(|dataset| link(dataset, &id)).collect::<Vec<_>>(),
        "outEdges": outputs.iter().map(|dataset| link(&id, dataset)).collect::<Vec<_>>(),
    })
}
