//! `GET /api/v1/column-lineage`: what columns are made from, in the shape that Marquez answers it in.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use lakeport_model::Scope;
use lakeport_portal::lineage;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::problem::within;
use super::{Caller, Problem, needs};
use crate::shared::Shared;

pub(super) const PATH: &str = "/api/v1/column-lineage";

/// Which part of the graph is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(super) struct Wanted {
    /// `dataset:NAMESPACE:NAME` for all its columns, or `datasetField:NAMESPACE:NAME:COLUMN`.
    #[param(pattern = "^(dataset:.+:.+|datasetField:.+:.+:.+)$")]
    node_id: String,
    /// Hops from there, 0 to 20; 20 when left out. 0 is as 1.
    #[param(value_type = Option<u32>, maximum = 20)]
    depth: Option<i64>,
    /// Whether what is made from these columns is wanted as well; not when left out.
    with_downstream: Option<bool>,
}

/// Answers what columns are made from.
#[utoipa::path(
    get, path = PATH, tag = "lineage", params(Wanted),
    responses(
        (status = 200, description = "`graph`: a list of nodes with `id`, `type` (`DATASET_FIELD`), `data`, `inEdges` and `outEdges`; at most 5,000 columns and 20,000 connections, the nearest ones, half of them each way with `withDownstream`. Of a dataset with more than 2,500 columns in the lineage only the first 2,500 by name are begun with, 1,250 each way with `withDownstream`. A column that nothing leads to or from is left out. The `origin` of each edge is the column that it stands at, as Marquez has it", body = Object),
        (status = 400, description = "A parameter cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter does not fit, such as the id of a job", body = Problem, content_type = "application/problem+json"),
        needs::LineageRead,
        (status = 404, description = "No such node, or not to be seen", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many calls of this caller wait already; again in some seconds", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "It is there, and what describes it cannot be read: asking again changes nothing. Or a fault, with its reference", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn column_graph(
    State(shared): State<Shared>,
    caller: Caller,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let call = caller.reader(&shared.ctx, Scope::LineageRead).await?;
    let Query(wanted) = wanted?;
    let depth = within("depth", wanted.depth.unwrap_or(20), 0..=20)?;
    let with_downstream = wanted.with_downstream.unwrap_or(false);
    Ok(Json(lineage::column_lineage(&call, &wanted.node_id, depth, with_downstream).await?))
}
