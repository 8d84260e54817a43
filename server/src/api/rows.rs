//! Rows as a file, as the viewer may read them: `GET /dashboards/{id}/data/{block}.csv` behind a chart or a table, and
//! `GET /assets/{id}/rows.csv` of a preview. `GET /lineage/impact.csv`: what depends on an asset, or what it is made from.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use lakeport_model::impact::{ImpactRequest, Side};
use lakeport_model::{AssetId, DashboardId, PageRequest};
use lakeport_portal::{Call, Error, catalog, dashboards, lineage};
use serde::Deserialize;

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

/// Which list is wanted as a file.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    asset: String,
    #[serde(default)]
    column: String,
    #[serde(default)]
    side: String,
    #[serde(default)]
    domain: String,
}

/// What depends on an asset or a column, or what it is made from.
pub(super) async fn of_impact(
    Extension(call): Extension<Arc<Call>>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let back = ("Back to the lineage", "/lineage");
    let Ok(Query(wanted)) = wanted else {
        return file(Err(Error::invalid("asset", "The link to the file names no asset.")), back);
    };
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let side = some(wanted.side).map_or(Ok(Side::Downstream), |side| side.parse::<Side>());
    let Ok(side) = side else {
        return file(Err(Error::invalid("side", "A side is downstream or upstream.")), back);
    };
    let request = ImpactRequest {
        asset: wanted.asset,
        column: some(wanted.column),
        side,
        domain: some(wanted.domain),
        page: PageRequest::default(),
    };
    file(lineage::impact_csv(&call, &request).await, back)
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
