//! The pages, one module for each area.

mod access;
mod audit;
mod catalog;
mod contracts;
mod dashboards;
mod lineage;
mod notify;
mod people;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

use crate::query::Query;

pub(crate) use access::{DecideListPage, DecidePage, GrantsPage, RequestPage, RequestsPage, ReviewsPage};
pub(crate) use audit::{AuditPage, TokensPage};
pub(crate) use catalog::{AssetPage, CatalogPage, HomePage, ProductPage, requested};
#[cfg(feature = "ssr")]
pub(crate) use catalog::{results_html, search_request};
pub(crate) use contracts::ContractPage;
#[cfg(feature = "ssr")]
pub(crate) use dashboards::changed_blocks;
pub(crate) use dashboards::{DashboardPage, DashboardsPage};
pub(crate) use lineage::LineagePage;
pub(crate) use notify::InboxPage;
pub(crate) use people::{AccountPage, DomainPage};

/// The `:id` of the page's address.
fn page_id() -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.get().get("id").unwrap_or_default())
}

/// What stands behind the question mark of the page's address, without the key of a confirmation.
fn page_query() -> Memo<String> {
    let search = use_location().search;
    Memo::new(move |_| Query::parse(&search.get()).without("done").to_string())
}

/// The address of an asset.
pub(crate) fn asset_href(id: &lakeport_model::AssetId) -> String {
    format!("/assets/{}", crate::query::encode(id.as_str()))
}

/// The address of a product.
fn product_href(id: &lakeport_model::ProductId) -> String {
    format!("/products/{}", crate::query::encode(id.as_str()))
}

/// The address of a contract.
fn contract_href(id: &lakeport_model::ContractId) -> String {
    format!("/contracts/{}", crate::query::encode(id.as_str()))
}

/// Where an asset's values are seen: the rows of a table, the page of anything else.
fn open_href(asset: &lakeport_model::catalog::AssetRef) -> String {
    let page = asset_href(&asset.id);
    if asset.opens_here { format!("{page}?tab=preview") } else { page }
}

/// The address of the form that requests a port.
fn request_href(product: &lakeport_model::ProductId, port: &lakeport_model::PortId) -> String {
    Query::default().and("port", port).to(&format!("{}/request", product_href(product)))
}

/// The same, filled in as in an earlier request of the viewer.
fn request_again_href(
    product: &lakeport_model::ProductId,
    port: &lakeport_model::PortId,
    request: lakeport_model::RequestId,
) -> String {
    let query = Query::default().and("port", port).and("like", request);
    query.to(&format!("{}/request", product_href(product)))
}

/// The address of a domain.
fn domain_href(id: &lakeport_model::DomainId) -> String {
    format!("/domains/{}", crate::query::encode(id.as_str()))
}

/// Words and address of a crumb.
fn crumb(text: impl Into<String>, href: impl Into<String>) -> (String, String) {
    (text.into(), href.into())
}
