//! `GET /api/v1/assets/{id}`

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use lakeport_model::catalog::AssetPage;
use lakeport_model::{AssetId, Scope, readable};
use lakeport_portal::catalog;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Caller, Problem, needs};
use crate::shared::Shared;

pub(super) const PATH: &str = "/api/v1/assets/{id}";

/// An asset with its columns.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AssetBody {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Namespace of its address in lineage events; empty where only its existence may be seen.
    namespace: Option<String>,
    /// What it is: table, topic, model, dashboard, file, app, source or job.
    kind: String,
    /// Layer of a table.
    layer: Option<String>,
    /// Id of its domain.
    domain: String,
    /// Name of its domain.
    domain_name: String,
    /// Owners of the domain, by name.
    owners: Vec<String>,
    /// The platform it lives on.
    platform: Option<String>,
    /// What it is about, in Markdown as its author wrote it.
    description: String,
    /// Tags.
    tags: Vec<String>,
    /// Highest classification of its columns; empty where only its existence may be seen.
    classification: Option<String>,
    /// Columns.
    columns: Vec<ColumnBody>,
    /// Ids of the products that offer it.
    offered_by: Vec<String>,
    /// Id of the contract on it.
    contract: Option<String>,
    /// Facts from the Delta log of a table that can be read.
    table: Option<TableBody>,
    /// Why a table cannot be read, as a sentence.
    table_problem: Option<String>,
}

/// A column.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ColumnBody {
    /// Its name.
    name: String,
    /// Its type.
    #[serde(rename = "type")]
    data_type: String,
    /// What it means.
    description: String,
    /// How sensitive it is.
    classification: String,
    /// Tags.
    tags: Vec<String>,
}

/// What the Delta log says.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TableBody {
    /// Newest version.
    version: i64,
    /// When it was committed; empty where the log does not tell.
    modified_at: Option<DateTime<Utc>>,
    /// Rows, where the log knows.
    rows: Option<i64>,
    /// Bytes in data files.
    bytes: i64,
    /// Partition columns.
    partition_columns: Vec<String>,
}

/// Describes an asset.
#[utoipa::path(
    get, path = PATH, tag = "catalog", params(("id" = String, Path, description = "The asset's id")),
    responses(
        (status = 200, description = "The asset", body = AssetBody),
        needs::CatalogRead,
        (status = 404, description = "No such asset, or not to be seen", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "It is there, and what describes it cannot be read: asking again changes nothing. Or a fault, with its reference", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn asset(
    State(shared): State<Shared>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<AssetBody>, Problem> {
    let call = caller.reader(&shared.ctx, Scope::CatalogRead).await?;
    let Path(id) = id?;
    let page = catalog::asset(&call, &AssetId(id)).await?;
    // Pages show the description as HTML; programs get the text.
    let snapshot = call.snapshot();
    let asset = snapshot.assets.get(page.id.as_str()).filter(|_| !page.details_hidden);
    let description = asset.map(|asset| asset.description.clone()).unwrap_or_default();
    Ok(Json(body(page, description)))
}

fn body(page: AssetPage, description: String) -> AssetBody {
    let columns = page.columns.into_iter().map(|column| ColumnBody {
        name: column.name,
        data_type: column.data_type,
        description: column.description,
        classification: column.classification.to_string(),
        tags: column.tags,
    });
    let (table, table_problem) = match page.table {
        Some(Ok(facts)) => (Some(facts), None),
        Some(Err(problem)) => (None, Some(problem)),
        None => (None, None),
    };
    let table = table.map(|facts| TableBody {
        version: facts.version,
        modified_at: readable(facts.modified_at),
        rows: facts.rows,
        bytes: facts.bytes,
        partition_columns: facts.partition_columns,
    });
    AssetBody {
        id: page.id.to_string(),
        name: page.name,
        namespace: page.namespace,
        kind: page.kind.to_string(),
        layer: page.layer.map(|layer| layer.to_string()),
        domain: page.domain.id.to_string(),
        domain_name: page.domain.name,
        owners: page.owners.into_iter().map(|owner| owner.name).collect(),
        platform: page.platform,
        description,
        tags: page.tags,
        classification: page.classification.map(|class| class.to_string()),
        columns: columns.collect(),
        offered_by: page.offered_by.into_iter().map(|offer| offer.product.to_string()).collect(),
        contract: page.contract.map(|contract| contract.id.to_string()),
        table,
        table_problem,
    }
}
