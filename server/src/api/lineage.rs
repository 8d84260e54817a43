//! `/api/v1/lineage`: takes OpenLineage events, and answers graphs in the shape that Marquez answers them in.

use axum::Json;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::routing::{MethodRouter, get};
use chrono::{DateTime, Utc};
use lakeport_portal::lineage;
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::caller::actor;
use super::{Caller, Problem};
use crate::router::Shared;

/// The largest event taken, in bytes.
const LARGEST_EVENT: usize = 4 * 1024 * 1024;

/// Which part of the graph is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(super) struct Wanted {
    /// `dataset:NAMESPACE:NAME`.
    #[param(pattern = "^dataset:.+:.+$")]
    node_id: String,
    /// Hops from there, 0 to 20; 20 when left out.
    #[param(maximum = 20)]
    depth: Option<u8>,
}

/// The members of an OpenLineage event that matter most; whatever else the standard knows may stand beside them.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes the body, which the model of the standard reads")]
pub(super) struct LineageEvent {
    /// When it happened.
    event_time: DateTime<Utc>,
    /// Who sent it, as an address.
    producer: Option<String>,
    /// The version of the standard it follows, as an address.
    #[schema(rename = "schemaURL")]
    schema_url: Option<String>,
    /// The run; an event about a job as such has none.
    #[schema(nullable = false)]
    run: Option<Run>,
    /// The job.
    job: Job,
}

/// A run.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes the body, which the model of the standard reads")]
struct Run {
    /// Its id.
    run_id: String,
}

/// A job.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the body, which the model of the standard reads")]
struct Job {
    /// Where its name is unique.
    namespace: String,
    /// Its name.
    name: String,
}

pub(super) fn both() -> MethodRouter<Shared> {
    get(graph).post(receive).layer(DefaultBodyLimit::max(LARGEST_EVENT))
}

/// Takes an OpenLineage run event.
#[utoipa::path(
    post, path = "/api/v1/lineage", tag = "lineage",
    request_body(content = LineageEvent, content_type = "application/json", description = "An OpenLineage event, version 2-0-2"),
    responses(
        (status = 201, description = "Taken"),
        (status = 400, description = "Not an OpenLineage event; the detail says where", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks lineage:write", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Larger than 4 MiB", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn receive(
    State(shared): State<Shared>,
    caller: Caller,
    body: Result<axum::body::Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let account = caller.author("lineage:write")?;
    let body = body?;
    let text = std::str::from_utf8(&body).map_err(|error| {
        Problem::bad_input(format!("The event is not UTF-8 text from byte {} on.", error.valid_up_to()))
    })?;
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        return Err(Problem::bad_input(format!("The event is no JSON: {error}.")));
    }
    lineage::ingest(&shared.ctx, &actor(account), text).await?;
    Ok(StatusCode::CREATED)
}

/// Answers the graph around a dataset.
#[utoipa::path(
    get, path = "/api/v1/lineage", tag = "lineage", params(Wanted),
    responses(
        (status = 200, description = "`graph`: a list of nodes with `id`, `type`, `data`, `inEdges` and `outEdges`", body = Object),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks lineage:read", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such node, or not to be seen", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn graph(
    State(shared): State<Shared>,
    caller: Caller,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let viewer = caller.reader("lineage:read")?;
    let Query(wanted) = wanted?;
    let depth = wanted.depth.unwrap_or(20);
    if depth > 20 {
        return Err(Problem::bad_input("\"depth\" has to lie between 0 and 20."));
    }
    Ok(Json(lineage::marquez(&shared.ctx, &viewer, &wanted.node_id, depth).await?))
}
