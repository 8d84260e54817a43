//! Home, search, products, assets.

use lakeport_model::catalog as model;
#[cfg(feature = "ssr")]
use lakeport_model::glossary::TermLine;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::call;

/// A hit in the search dialog: as little as it shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickHit {
    /// Its name.
    pub name: String,
    /// Kind, layer and domain in words.
    pub about: String,
    /// Its address in the portal.
    pub href: String,
}

/// Hits that the search dialog shows.
pub const QUICK_HITS: u32 = 8;

/// The home page.
#[server(prefix = "/fn", endpoint = "home")]
pub async fn home() -> Answer<model::HomePage> {
    let call = call()?;
    Ok(lakeport_portal::catalog::home(&call).await?)
}

/// Searches the catalog.
#[server(prefix = "/fn", endpoint = "search", input = Json)]
pub async fn search(request: model::SearchRequest) -> Answer<model::SearchResult> {
    let call = call()?;
    Ok(lakeport_portal::catalog::search(&call, &request).await?)
}

/// The first hits, for the search dialog; without words what the viewer opened last.
#[server(prefix = "/fn", endpoint = "quick_search")]
pub async fn quick_search(q: String) -> Answer<Vec<QuickHit>> {
    if q.trim().is_empty() {
        let call = call()?;
        let last = lakeport_portal::catalog::last_opened(&call).await?;
        let hit = |asset: model::AssetRef| QuickHit {
            name: asset.name,
            about: format!("{}, opened last", asset.kind),
            href: crate::pages::asset_href(&asset.id),
        };
        return Ok(last.into_iter().map(hit).collect());
    }
    let request = model::SearchRequest { q, limit: QUICK_HITS, ..model::SearchRequest::default() };
    let result = search(request).await?;
    let about = |hit: &model::Hit| match hit.layer {
        Some(layer) => format!("{layer} {} in {}", hit.kind, hit.domain.name),
        None => format!("{} in {}", hit.kind, hit.domain.name),
    };
    // Terms stand last: Enter opens the data that is called so, where there is some.
    let terms: Vec<QuickHit> = result.terms.iter().map(quick_term).collect();
    let most = (QUICK_HITS as usize).saturating_sub(terms.len());
    let hits = result.hits.iter().take(most);
    let hits = hits.map(|hit| QuickHit { name: hit.name.clone(), about: about(hit), href: hit.href.clone() });
    Ok(hits.chain(terms).collect())
}

#[cfg(feature = "ssr")]
fn quick_term(line: &TermLine) -> QuickHit {
    QuickHit {
        name: line.term.name.clone(),
        about: format!("term in {}", line.domain.name),
        href: crate::pages::term_href(&line.term.id),
    }
}

/// The results part of the catalog page for a query string, as HTML.
#[server(prefix = "/fn", endpoint = "live_results")]
pub async fn live_results(query: String) -> Answer<String> {
    let sent = crate::query::Query::parse(&query);
    let found = search(crate::pages::search_request(&sent)).await?;
    Ok(crate::pages::results_html(found, &sent))
}

/// A data product.
#[server(prefix = "/fn", endpoint = "product")]
pub async fn product(id: String) -> Answer<model::ProductPage> {
    let call = call()?;
    Ok(lakeport_portal::catalog::product(&call, &id.into()).await?)
}

/// An asset.
#[server(prefix = "/fn", endpoint = "asset")]
pub async fn asset(id: String) -> Answer<model::AssetPage> {
    let call = call()?;
    Ok(lakeport_portal::catalog::asset(&call, &id.into()).await?)
}

/// A column of an asset.
#[server(prefix = "/fn", endpoint = "column")]
pub async fn column(id: String, name: String) -> Answer<model::ColumnPage> {
    let call = call()?;
    Ok(lakeport_portal::catalog::column(&call, &id.into(), &name).await?)
}

/// The first rows of a table; of one with many columns those around the one at the place `column`.
#[server(prefix = "/fn", endpoint = "preview")]
pub async fn preview(id: String, #[server(default)] column: usize) -> Answer<model::Preview> {
    let call = call()?;
    Ok(lakeport_portal::catalog::preview_at(&call, &id.into(), column).await?)
}

/// A table in figures; of one with many columns those around the one at the place `column`.
#[server(prefix = "/fn", endpoint = "profile")]
pub async fn profile(id: String, #[server(default)] column: usize) -> Answer<model::Profile> {
    let call = call()?;
    Ok(lakeport_portal::catalog::profile(&call, &id.into(), column).await?)
}
