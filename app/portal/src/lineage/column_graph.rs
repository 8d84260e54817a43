//! Column lineage as Marquez answers it: `{"graph":[{"id","type","data","inEdges","outEdges"}]}` with columns of datasets.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::edges::{Direction, Field};
use super::marquez::{can_be, dataset_at, is_unread_at, known_at, link};
use super::sights::Sights;
use crate::beside::DRAWINGS;
use crate::catalog::{Asset, Rights, Snapshot};
use crate::{Call, Error, Result};

/// Most columns of one answer, the nearest ones; it begins with half of them at most. The description of the interface says
/// both.
const MOST_FIELDS: usize = 5_000;

/// What the columns of `dataset:NAMESPACE:NAME`, or the one of `datasetField:NAMESPACE:NAME:COLUMN`, are made from, up to
/// `depth` hops away, and with `with_downstream` what is made from them. Only columns of assets that the viewer sees in full.
/// As in Marquez, a column that nothing leads to or from is not in the graph, and depth 0 is as depth 1.
///
/// # Errors
/// Refused when the node id has another form or names no dataset or column.
pub async fn column_lineage(call: &Call, node: &str, depth: u32, with_downstream: bool) -> Result<Value> {
    // Programs read back what they have just sent.
    let snapshot = call.ctx.snapshot_with_events().await?;
    let (rights, node, hops) = (call.rights(), node.to_owned(), depth.clamp(1, 20) as usize);
    DRAWINGS.run(call.party(), move || answer(&snapshot, &rights, &node, hops, with_downstream)).await?
}

fn answer(
    snapshot: &Snapshot,
    rights: &Rights,
    node: &str,
    hops: usize,
    with_downstream: bool,
) -> Result<Value> {
    let (asset, column) = asked(snapshot, rights, node)?;
    let directions: &[Direction] =
        if with_downstream { &[Direction::Upstream, Direction::Downstream] } else { &[Direction::Upstream] };
    Ok(draw(&Sights::new(snapshot, rights), asset, column, (hops, directions)))
}

/// The asset of a node id, and its column where the id is of one.
fn asked<'s, 'n>(
    snapshot: &'s Snapshot,
    rights: &Rights,
    node: &'n str,
) -> Result<(&'s Asset, Option<&'n str>)> {
    if node.starts_with("dataset:") {
        return dataset_at(snapshot, rights, node).map(|asset| (asset, None));
    }
    let address = node.strip_prefix("datasetField:").ok_or_else(|| {
        let message = "A node id is written dataset:NAMESPACE:NAME or datasetField:NAMESPACE:NAME:COLUMN; jobs and \
                       other kinds are not answered.";
        Error::invalid("nodeId", message)
    })?;
    if !can_be(address) {
        return Err(Error::not_found("column"));
    }
    let sights = Sights::new(snapshot, rights);
    for (dataset, column) in cuts(address) {
        let mut known = known_at(snapshot, rights, dataset);
        if let Some(asset) = known.find(|asset| sights.has_column(asset, column)) {
            return Ok((asset, Some(column)));
        }
    }
    let is_unread = cuts(address).any(|(dataset, _)| is_unread_at(snapshot, rights, dataset));
    Err(if is_unread { Error::unread("dataset") } else { Error::not_found("column") })
}

/// Every place to cut a column from its dataset: its name may hold colons as well, but few do.
fn cuts(address: &str) -> impl Iterator<Item = (&str, &str)> {
    address.rmatch_indices(':').map(move |(at, _)| (&address[..at], &address[at + 1..]))
}

/// The columns that a column comes from and goes to in one step.
#[derive(Debug, Default)]
struct Ends<'a> {
    inputs: BTreeSet<Field<'a>>,
    outputs: BTreeSet<Field<'a>>,
}

fn draw(
    sights: &Sights,
    asset: &Asset,
    column: Option<&str>,
    (hops, directions): (usize, &[Direction]),
) -> Value {
    let edges = &sights.snapshot.edges;
    let Some(start) = edges.node(&asset.id).filter(|start| sights.is_full(*start)) else {
        return json!({ "graph": [] });
    };
    let full = |node| sights.is_full(node);
    let columns = column.map_or_else(|| edges.columns_of(start, &full), |column| BTreeSet::from([column]));
    // Neither way takes room from the other.
    let most = MOST_FIELDS / directions.len();
    let mut fields: BTreeMap<Field, Ends> = BTreeMap::new();
    for direction in directions {
        for (source, target) in edges.column_pairs(start, &columns, *direction, (hops, most), &full) {
            fields.entry(source).or_default().outputs.insert(target);
            fields.entry(target).or_default().inputs.insert(source);
        }
    }
    let nodes = fields.iter().filter_map(|((node, column), ends)| {
        let asset = sights.asset(*node)?;
        let (inputs, outputs) = (placed(sights, &ends.inputs), placed(sights, &ends.outputs));
        Some((field_id(asset, column), field(asset, column, &inputs, &outputs)))
    });
    // Marquez orders them by their ids.
    let nodes: BTreeMap<String, Value> = nodes.collect();
    json!({ "graph": nodes.into_values().collect::<Vec<_>>() })
}

/// Columns with their assets, by address.
fn placed<'a>(sights: &Sights<'a>, fields: &BTreeSet<Field<'a>>) -> Vec<(&'a Asset, &'a str)> {
    let placed = fields.iter().filter_map(|(node, column)| Some((sights.asset(*node)?, *column)));
    let mut placed: Vec<(&Asset, &str)> = placed.collect();
    placed.sort_unstable_by_key(|&(asset, column)| (asset.namespace.as_str(), asset.name.as_str(), column));
    placed
}

fn field_id(asset: &Asset, column: &str) -> String {
    format!("datasetField:{}:{}:{column}", asset.namespace, asset.name)
}

fn field(asset: &Asset, column: &str, inputs: &[(&Asset, &str)], outputs: &[(&Asset, &str)]) -> Value {
    let id = field_id(asset, column);
    let described = asset.columns.iter().find(|held| held.name == column);
    let input = |(asset, column): &(&Asset, &str)| {
        json!({
            "namespace": asset.namespace,
            "dataset": asset.name,
            "datasetVersion": null,
            "field": column,
            "transformationDescription": null,
            "transformationType": null,
        })
    };
    // Either way, the edges of Marquez begin with the column that they stand at.
    let edge = |(asset, column): &(&Asset, &str)| link(&id, &field_id(asset, column));
    json!({
        "id": id,
        "type": "DATASET_FIELD",
        "data": {
            "namespace": asset.namespace,
            "dataset": asset.name,
            "datasetVersion": null,
            "field": column,
            "fieldType": described.map_or("", |held| held.data_type),
            "transformationDescription": null,
            "transformationType": null,
            "inputFields": inputs.iter().map(input).collect::<Vec<_>>(),
        },
        "inEdges": inputs.iter().map(edge).collect::<Vec<_>>(),
        "outEdges": outputs.iter().map(edge).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::super::marquez::MOST_COLONS;
    use super::*;
    use crate::ErrorKind;
    use crate::lineage::Edges;
    use crate::lineage::sights::tests::{catalog, stranger};
    use crate::store::lineage::EdgeRow;

    /// The catalog of somebody who belongs to no domain, with a product that offers the table b.
    fn flowing(visibility: &str, flows: &[(&str, &str, &str)]) -> Snapshot {
        let tables: BTreeSet<&str> =
            flows.iter().flat_map(|(source, target, _)| [*source, *target]).collect();
        let tables: Vec<String> = tables.into_iter().map(str::to_owned).collect();
        let row = |(source, target, columns): &(&str, &str, &str)| EdgeRow {
            source: (*source).to_owned(),
            target: (*target).to_owned(),
            job: String::new(),
            columns: (*columns).to_owned(),
            seen_at: DateTime::UNIX_EPOCH,
            former_since: None,
        };
        let edges = Edges::new(flows.iter().map(row).collect(), Vec::new());
        catalog(&tables, &[(visibility, "b")]).flowing(edges)
    }

    const X: &str = r#"[["x","x"]]"#;
    const LINE: [(&str, &str, &str); 3] = [("a", "b", X), ("b", "c", X), ("c", "d", X)];

    /// The ids of the nodes, without what all of them begin with.
    fn ids(snapshot: &Snapshot, node: &str, hops: usize, with_downstream: bool) -> Vec<String> {
        let answer = answer(snapshot, &stranger(), node, hops, with_downstream).expect("it is drawn");
        let nodes = answer["graph"].as_array().expect("a list").iter();
        let id = |node: &Value| node["id"].as_str().expect("an id").replace("datasetField:lakehouse:", "");
        nodes.map(id).collect()
    }

    fn refused(snapshot: &Snapshot, node: &str) -> ErrorKind {
        answer(snapshot, &stranger(), node, 20, false).expect_err("it is refused").kind()
    }

    #[test]
    fn columns_are_followed_only_through_what_is_seen_in_full() {
        let node = "dataset:lakehouse:c";
        assert_eq!(ids(&flowing("open", &LINE), node, 20, false), ["a:x", "b:x", "c:x"]);
        for visibility in ["restricted", "private"] {
            let snapshot = flowing(visibility, &LINE);
            assert!(ids(&snapshot, node, 20, false).is_empty(), "{visibility}");
            assert_eq!(ids(&snapshot, node, 20, true), ["c:x", "d:x"], "{visibility}");
            assert_eq!(refused(&snapshot, "datasetField:lakehouse:b:x"), ErrorKind::NotFound, "{visibility}");
        }
        assert!(ids(&flowing("restricted", &LINE), "dataset:lakehouse:b", 20, true).is_empty());
        assert_eq!(refused(&flowing("private", &LINE), "dataset:lakehouse:b"), ErrorKind::NotFound);
    }

    #[test]
    fn what_is_made_from_a_column_comes_only_where_it_is_asked_for() {
        let snapshot = flowing("open", &LINE);
        let node = "datasetField:lakehouse:b:x";
        assert_eq!(ids(&snapshot, node, 20, false), ["a:x", "b:x"]);
        assert_eq!(ids(&snapshot, node, 20, true), ["a:x", "b:x", "c:x", "d:x"]);
        assert_eq!(ids(&snapshot, node, 1, true), ["a:x", "b:x", "c:x"]);
        assert!(
            ids(&snapshot, "datasetField:lakehouse:a:x", 20, false).is_empty(),
            "it is made from nothing"
        );
    }

    #[test]
    fn a_cycle_ends_where_it_closes() {
        let snapshot = flowing("open", &[("a", "b", X), ("b", "c", X), ("c", "a", X)]);
        let answer = answer(&snapshot, &stranger(), "dataset:lakehouse:a", 20, true).expect("it is drawn");
        let nodes = answer["graph"].as_array().expect("a list");
        let edge = |from: &str, to: &str| {
            json!([{ "origin": format!("datasetField:lakehouse:{from}:x"),
                     "destination": format!("datasetField:lakehouse:{to}:x") }])
        };
        assert_eq!(nodes.len(), 3);
        for (node, (here, from, to)) in nodes.iter().zip([("a", "c", "b"), ("b", "a", "c"), ("c", "b", "a")])
        {
            assert_eq!((&node["inEdges"], &node["outEdges"]), (&edge(here, from), &edge(here, to)));
            assert_eq!((&node["type"], &node["data"]["dataset"]), (&json!("DATASET_FIELD"), &json!(here)));
            assert_eq!(node["data"]["inputFields"][0]["dataset"], json!(from));
        }
    }

    #[test]
    fn an_id_is_cut_wherever_that_finds_a_column() {
        let snapshot = flowing("open", &[("b", "s3:t", r#"[["x","y:z"]]"#), ("b", "s3", r#"[["x","t:y"]]"#)]);
        let cut = |node: &str| {
            let rights = stranger();
            asked(&snapshot, &rights, node)
                .map(|(asset, column)| (asset.id.clone(), column.map(str::to_owned)))
        };
        let found = |asset: &str, column: &str| (asset.to_owned(), Some(column.to_owned()));
        assert_eq!(cut("datasetField:lakehouse:s3:t:y:z").expect("it is there"), found("s3:t", "y:z"));
        assert_eq!(cut("datasetField:lakehouse:s3:t:y").expect("it is there"), found("s3", "t:y"));
        assert_eq!(cut("dataset:lakehouse:s3:t").expect("it is there"), ("s3:t".to_owned(), None));
        for node in ["datasetField:lakehouse:s3:none", "datasetField:x", "dataset:lakehouse:none"] {
            assert_eq!(refused(&snapshot, node), ErrorKind::NotFound, "{node}");
        }
        let many = format!("datasetField:lakehouse:s3:{}", ":".repeat(MOST_COLONS));
        assert_eq!(refused(&snapshot, &many), ErrorKind::NotFound);
        for node in ["job:lakehouse:load", "b", ""] {
            assert_eq!(refused(&snapshot, node), ErrorKind::Invalid, "{node}");
        }
    }

    #[test]
    fn an_answer_is_never_larger_than_it_may_be() {
        let columns: Vec<[String; 2]> =
            (0..MOST_FIELDS).map(|at| [format!("x{at}"), format!("y{at}")]).collect();
        let columns = serde_json::to_string(&columns).expect("it is written");
        let snapshot = flowing("open", &[("a", "b", columns.as_str())]);
        let shown = ids(&snapshot, "dataset:lakehouse:b", 20, false).len();
        assert!(shown > MOST_FIELDS / 2 && shown <= MOST_FIELDS, "{shown} columns");
    }
}
