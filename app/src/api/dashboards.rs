//! Dashboards.

use lakeport_model::dashboards as model;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::call;

/// A part of a dashboard, drawn anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Id of the element on the page.
    pub id: String,
    /// Hash of its content.
    pub hash: String,
    /// Its HTML.
    pub html: String,
}

/// What changed on a dashboard after a filter was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardUpdate {
    /// Canonical query string of the new state.
    pub query: String,
    /// The parts whose content changed.
    pub blocks: Vec<Block>,
}

/// The dashboards the viewer may see.
#[server(prefix = "/fn", endpoint = "dashboards")]
pub async fn dashboards() -> Answer<Vec<model::DashboardLine>> {
    let call = call()?;
    Ok(lakeport_portal::dashboards::list(&call).await?)
}

/// A dashboard with the filters of a query string.
#[server(prefix = "/fn", endpoint = "dashboard")]
pub async fn dashboard(id: String, query: String) -> Answer<model::DashboardView> {
    let call = call()?;
    let query = crate::query::Query::parse(&query).0;
    Ok(lakeport_portal::dashboards::view(&call, &id.into(), query).await?)
}

/// The parts of a dashboard that differ from what an open page shows: `known` has the id and the hash of each of its
/// parts, `open` the names of those that can be closed and stand open.
#[server(prefix = "/fn", endpoint = "dashboard_view", input = Json)]
pub async fn dashboard_view(
    id: String,
    query: String,
    known: Vec<(String, String)>,
    #[server(default)] open: Vec<String>,
) -> Answer<DashboardUpdate> {
    let call = call()?;
    let query = crate::query::Query::parse(&query).0;
    let view = lakeport_portal::dashboards::moved(&call, &id.clone().into(), query, &open).await?;
    let query = view.query.clone();
    Ok(DashboardUpdate { query, blocks: crate::pages::changed_blocks(&id, &view, &known) })
}
