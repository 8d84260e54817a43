//! `GET /api/v1/products`

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::{PageRequest, Scope};
use lakeport_portal::catalog;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::within;
use super::{Caller, Problem, needs};
use crate::shared::Shared;

pub(super) const PATH: &str = "/api/v1/products";

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// `next` of the part before; the beginning when left out.
    after: Option<String>,
    /// Most items wanted, 1 to 200; 50 when left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Part of the list of products.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Products {
    /// Products, by id.
    products: Vec<ProductBody>,
    /// Give this as `after` to go on; empty at the end.
    next: Option<String>,
}

/// A data product in a line.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProductBody {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Id of its domain.
    domain: String,
    /// Name of its domain.
    domain_name: String,
    /// `open`, or `restricted`: everybody sees that it exists, not its details.
    visibility: String,
    /// What it is for; empty where only its existence may be seen.
    purpose: String,
    /// The last day on which it is certified, in UTC; empty where it is not.
    certified_until: Option<NaiveDate>,
    /// When the portal first saw it.
    published_at: DateTime<Utc>,
    /// Ids of its dashboards.
    dashboards: Vec<String>,
}

/// Lists the data products the caller may see.
#[utoipa::path(
    get, path = PATH, tag = "catalog", params(Part),
    responses(
        (status = 200, description = "Part of the list", body = Products),
        (status = 400, description = "A parameter cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter does not fit", body = Problem, content_type = "application/problem+json"),
        needs::CatalogRead,
    )
)]
pub(super) async fn list(
    State(shared): State<Shared>,
    caller: Caller,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Json<Products>, Problem> {
    let call = caller.reader(&shared.ctx, Scope::CatalogRead).await?;
    let Query(part) = part?;
    let limit = within("limit", part.limit.unwrap_or(50), 1..=200)?;
    let page = catalog::products(&call, PageRequest { after: part.after, limit }).await?;
    let products = page.items.into_iter().map(|product| ProductBody {
        id: product.id.to_string(),
        name: product.name,
        domain: product.domain.id.to_string(),
        domain_name: product.domain.name,
        visibility: product.visibility.to_string(),
        purpose: product.purpose,
        certified_until: product.certified_until,
        published_at: product.published_at,
        dashboards: product.dashboards.into_iter().map(|dashboard| dashboard.to_string()).collect(),
    });
    Ok(Json(Products { products: products.collect(), next: page.next }))
}
