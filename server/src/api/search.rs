//! `GET /api/v1/search`

use std::str::FromStr;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::Scope;
use lakeport_model::catalog::{CATCHING_UP, Classification, Hit, HitKind, Layer, SearchRequest, WIDENED};
use lakeport_portal::catalog;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::within;
use super::{Caller, Problem, needs};
use crate::shared::Shared;

pub(super) const PATH: &str = "/api/v1/search";

/// What to look for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Words, and filters among them: `kind:`, `domain:`, `layer:`, `classification:`, `owner:`, `tag:`, `column:`, each with a
    /// value behind it, in quotation marks where that has blanks.
    q: String,
    /// Kinds, with commas between: product, table, topic, model, dashboard, file, app, source, job.
    #[param(
        pattern = "^((product|table|topic|model|dashboard|file|app|source|job)(,(product|table|topic|model|dashboard|file|app|source|job))*)?$"
    )]
    kind: String,
    /// Ids of domains, with commas between.
    domain: String,
    /// Layers, with commas between: bronze, silver, gold.
    #[param(pattern = "^((bronze|silver|gold)(,(bronze|silver|gold))*)?$")]
    layer: String,
    /// Classifications, with commas between: public, internal, confidential, restricted.
    #[param(
        pattern = "^((public|internal|confidential|restricted)(,(public|internal|confidential|restricted))*)?$"
    )]
    classification: String,
    /// Hits to skip.
    #[param(value_type = u32, maximum = 100_000)]
    offset: i64,
    /// Most hits wanted, 1 to 100; 20 when left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Found {
    /// Hits, best first.
    hits: Vec<HitBody>,
    /// Number of hits in all.
    total: u32,
    /// What to know about this answer, in sentences: while the search index is being built, results may be missing; a domain
    /// that there is not has none; what cannot be read is not found; where hardly anything fits all words, the last hits fit
    /// some of them.
    notice: Option<String>,
}

/// One thing found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HitBody {
    /// Its id.
    id: String,
    /// What it is.
    kind: String,
    /// Its name.
    name: String,
    /// Id of its domain.
    domain: String,
    /// Name of its domain.
    domain_name: String,
    /// Layer of a table.
    layer: Option<String>,
    /// Highest classification of its columns.
    classification: Option<String>,
    /// The last day on which it is certified, in UTC; empty where it is not.
    certified_until: Option<NaiveDate>,
    /// One line about it.
    description: String,
    /// Who answers for it.
    owner: Option<String>,
    /// When the portal first saw it.
    added_at: DateTime<Utc>,
    /// Its page in the portal.
    url: String,
}

/// Searches the catalog.
#[utoipa::path(
    get, path = PATH, tag = "catalog", params(Wanted),
    responses(
        (status = 200, description = "What was found", body = Found),
        (status = 400, description = "A parameter cannot be read", body = Problem, content_type = "application/problem+json"),
        needs::CatalogRead,
        (status = 422, description = "A parameter does not fit, such as a kind that there is not", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many calls of this caller wait already; again in some seconds", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn search(
    State(shared): State<Shared>,
    caller: Caller,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Found>, Problem> {
    let call = caller.reader(&shared.ctx, Scope::CatalogRead).await?;
    let Query(wanted) = wanted?;
    let limit = within("limit", wanted.limit.unwrap_or(20), 1..=100)?;
    let offset = within("offset", wanted.offset, 0..=100_000)?;
    let request = SearchRequest {
        q: wanted.q,
        kind: words::<HitKind>("kind", &wanted.kind)?,
        domain: items(&wanted.domain),
        layer: words::<Layer>("layer", &wanted.layer)?,
        classification: words::<Classification>("classification", &wanted.classification)?,
        offset,
        limit,
        ..SearchRequest::default()
    };
    let result = catalog::search(&call, &request).await?;
    let address = &shared.auth.address;
    let hits = result.hits.into_iter().map(|hit| body(hit, address)).collect();
    let states = [(result.is_catching_up, CATCHING_UP), (result.is_widened, WIDENED)];
    let states = states.into_iter().filter(|(is_so, _)| *is_so).map(|(_, said)| said.to_owned());
    let nearest =
        (!result.nearest.is_empty()).then(|| format!("Words that there are: {}.", result.nearest.join(", ")));
    let notices: Vec<String> = states.chain(nearest).chain(result.unknown).chain(result.unread).collect();
    let notice = (!notices.is_empty()).then(|| notices.join(" "));
    Ok(Json(Found { hits, total: result.total, notice }))
}

/// The words of a closed list. One that is not in it finds nothing, which would read as if there were nothing.
fn words<T: FromStr<Err = String>>(name: &str, list: &str) -> Result<Vec<String>, Problem> {
    let items = items(list);
    match items.iter().find_map(|item| item.parse::<T>().err()) {
        None => Ok(items),
        Some(reason) => Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("\"{name}\": {reason}."))),
    }
}

fn items(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn body(hit: Hit, address: &str) -> HitBody {
    HitBody {
        url: format!("{address}{}", hit.href),
        id: hit.id,
        kind: hit.kind.to_string(),
        name: hit.name,
        domain: hit.domain.id.to_string(),
        domain_name: hit.domain.name,
        layer: hit.layer.map(|layer| layer.to_string()),
        classification: hit.classification.map(|classification| classification.to_string()),
        certified_until: hit.certified_until,
        description: hit.description,
        owner: hit.owner,
        added_at: hit.added_at,
    }
}
