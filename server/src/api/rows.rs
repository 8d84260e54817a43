//! Rows as a file, as the viewer may read them: `GET /dashboards/{id}/data/{block}.csv` behind a chart or a table, and
//! `GET /assets/{id}/rows.csv` of a preview.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use lakeport_model::{AssetId, DashboardId};
use lakeport_portal::{Call, Error, catalog, dashboards};

use super::problem;
use crate::auth::page;

/// The rows behind an element of a dashboard.
pub(super) async fn of_dashboard(
    Extension(call): Extension<Arc<Call>>,
    Path((id, block)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let id = DashboardId(id);
    // The router matches whole segments, so the ending is ours to take off.
    let block = block.strip_suffix(".csv").unwrap_or(&block);
    let rows = dashboards::csv(&call, &id, block, query).await;
    file(rows, ("Back to the dashboard", &format!("/dashboards/{id}")))
}

/// The first rows of a table.
pub(super) async fn of_asset(Extension(call): Extension<Arc<Call>>, Path(id): Path<String>) -> Response {
    let id = AssetId(id);
    let rows = catalog::preview_csv(&call, &id).await;
    file(rows, ("Back to the table", &format!("/assets/{id}")))
}

/// A CSV file by its name, or a page that says why there is none, with the way back.
fn file(rows: lakeport_portal::Result<(String, String)>, back: (&str, &str)) -> Response {
    match rows {
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
            page::notice(problem::status(&error), title, &text, Some(back))
        }
    }
}
