//! The lineage graph.

use lakeport_model::{impact as lists, lineage as model};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::call;

/// A part of the graph, laid out.
#[server(prefix = "/fn", endpoint = "graph", input = Json)]
pub async fn graph(request: model::GraphRequest) -> Answer<model::Graph> {
    let call = call()?;
    Ok(lakeport_portal::lineage::graph(&call, &request).await?)
}

/// Who is hit when an asset changes, however many that are.
#[server(prefix = "/fn", endpoint = "impact")]
pub async fn impact(id: String) -> Answer<model::Impact> {
    let call = call()?;
    Ok(lakeport_portal::lineage::impact(&call, &id.into()).await?)
}

/// What depends on an asset or a column of it, or what that is made from, from a place on.
#[server(prefix = "/fn", endpoint = "impact_page", input = Json)]
pub async fn impact_page(request: lists::ImpactRequest) -> Answer<lists::ImpactPage> {
    let call = call()?;
    Ok(lakeport_portal::lineage::impact_page(&call, &request).await?)
}
