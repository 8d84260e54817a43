//! `GET /dashboards/{id}/data/{block}.csv`: the rows behind a chart, as the viewer may read them.

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lakeport_model::DashboardId;
use lakeport_model::people::Viewer;
use lakeport_portal::{Error, dashboards};

use super::Problem;
use crate::auth::page;
use crate::router::Shared;

/// Answers a CSV file.
pub(super) async fn csv(
    State(shared): State<Shared>,
    Extension(viewer): Extension<Viewer>,
    Path((id, block)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let id = DashboardId(id);
    // The router matches whole segments, so the ending is ours to take off.
    let block = block.strip_suffix(".csv").unwrap_or(&block);
    match dashboards::csv(&shared.ctx, &viewer, &id, block, query).await {
        Ok((name, rows)) => {
            let plain: String = name
                .chars()
                .filter(|letter| letter.is_ascii_alphanumeric() || "._-".contains(*letter))
                .collect();
            let disposition = HeaderValue::try_from(format!("attachment; filename=\"{plain}\""))
                .expect("letters, digits, '.', '_' and '-' are a header");
            let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
            ([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition)], rows).into_response()
        }
        Err(error) => {
            let title = if matches!(error, Error::Fault(_)) {
                "Something went wrong"
            } else {
                "These rows are not here"
            };
            let text = error.to_string();
            let status = Problem::from(error).into_response().status();
            let back = format!("/dashboards/{id}");
            let status =
                if status == StatusCode::BAD_REQUEST { StatusCode::UNPROCESSABLE_ENTITY } else { status };
            page::notice(status, title, &text, Some(("Back to the dashboard", &back)))
        }
    }
}
