//! `GET /api/v1/lineage/impact`: what depends on a dataset or a column, or what it is made from.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use chrono::{DateTime, Utc};
use lakeport_model::impact::{ImpactRequest, Reached, Side};
use lakeport_model::{PageRequest, Scope};
use lakeport_portal::lineage;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::within;
use super::{Caller, Problem, needs};
use crate::shared::Shared;

pub(super) const PATH: &str = "/api/v1/lineage/impact";

/// Which list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(super) struct Wanted {
    /// `dataset:NAMESPACE:NAME`.
    #[param(pattern = "^dataset:.+:.+$")]
    node_id: String,
    /// Only what this column flows into, or comes from.
    column: Option<String>,
    /// `downstream` or `upstream`; downstream when left out.
    #[param(pattern = "^(downstream|upstream)$")]
    direction: Option<String>,
    /// Id of a domain: only what belongs to it.
    domain: Option<String>,
    /// Most items wanted, 1 to 200; 50 when left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next` of the answer before.
    after: Option<String>,
}

/// What is reached, nearest first, then by name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImpactAnswer {
    /// How many are reached in all that the caller sees.
    total: u32,
    /// True when more than 500,000 are reached, and not all were walked.
    there_are_more: bool,
    /// Upstream, with the first part: the nearest of those whose contract is broken; of a column those that break a promise
    /// about a column on the way, or about their whole table.
    broken: Vec<ImpactItem>,
    /// This part of the list.
    items: Vec<ImpactItem>,
    /// Where the list goes on.
    next: Option<String>,
}

/// An asset that is reached.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ImpactItem {
    /// How many hops away.
    hops: u32,
    /// True where it is reached only over edges that the last 3 complete runs of their jobs did not draw.
    former: bool,
    /// Its id.
    asset: String,
    /// Its name.
    title: String,
    /// What it is.
    kind: String,
    /// Layer of a table.
    layer: Option<String>,
    /// Id of its domain.
    domain: String,
    /// Owners of its domain, the first five.
    owners: Vec<String>,
    /// Ids of the products that offer it, the first five.
    products: Vec<String>,
    /// State of the contract on it.
    contract_state: Option<String>,
    /// Live subscriptions on its contracts.
    subscriptions: u32,
    /// Live grants on it.
    grants: u32,
    /// Its columns on the way, where the list is of a column.
    columns: Vec<String>,
    /// When a job that the caller may know last reported that something flows into it.
    last_reported: Option<DateTime<Utc>>,
}

/// Lists what depends on a dataset, or what it is made from.
#[utoipa::path(
    get, path = PATH, tag = "lineage", params(Wanted),
    responses(
        (status = 200, description = "What is reached", body = ImpactAnswer),
        (status = 400, description = "A parameter cannot be read", body = Problem, content_type = "application/problem+json"),
        needs::LineageRead,
        (status = 404, description = "No such node, or not to be seen", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter does not fit, such as a column or a domain that there is not", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many calls of this caller wait already; again in some seconds", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "It is there, and what describes it cannot be read: asking again changes nothing. Or a fault, with its reference", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(shared): State<Shared>,
    caller: Caller,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<ImpactAnswer>, Problem> {
    let call = caller.reader(&shared.ctx, Scope::LineageRead).await?;
    let Query(wanted) = wanted?;
    let limit = within("limit", wanted.limit.unwrap_or(50), 1..=200)?;
    let side = wanted.direction.map_or(Ok(Side::Downstream), |side| side.parse::<Side>());
    let side = side.map_err(|reason| Problem::invalid(format!("\"direction\": {reason}.")))?;
    // Programs read back what they have just sent.
    let call = call.with_events().await?;
    let asset = lineage::dataset_id_of(&call, &wanted.node_id)?;
    let page = PageRequest { after: wanted.after, limit };
    let request = ImpactRequest { asset, column: wanted.column, side, domain: wanted.domain, page };
    let found = lineage::impact_page(&call, &request).await?;
    Ok(Json(ImpactAnswer {
        total: found.total,
        there_are_more: found.there_are_more,
        broken: found.broken.into_iter().map(item).collect(),
        items: found.items.into_iter().map(item).collect(),
        next: found.next,
    }))
}

fn item(reached: Reached) -> ImpactItem {
    ImpactItem {
        hops: reached.hops,
        former: reached.is_former,
        asset: reached.asset.id.to_string(),
        title: reached.asset.name,
        kind: reached.asset.kind.to_string(),
        layer: reached.asset.layer.map(|layer| layer.to_string()),
        domain: reached.domain.id.to_string(),
        owners: reached.owners.items,
        products: reached.products.items.into_iter().map(|(id, _)| id.to_string()).collect(),
        contract_state: reached.state.map(|state| state.as_str().to_owned()),
        subscriptions: reached.subscribers,
        grants: reached.grants,
        columns: reached.columns,
        last_reported: reached.last_reported,
    }
}
