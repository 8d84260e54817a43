//! Home, search, products, assets.

mod access;
mod asset;
mod asset_tabs;
mod column;
mod home;
mod live;
mod product;
mod profile;
mod results;
mod search;

pub(crate) use access::requested;
pub(crate) use asset::AssetPage;
pub(crate) use column::ColumnPage;
pub(crate) use home::HomePage;
pub(crate) use product::{ProductPage, support, timeline};
#[cfg(feature = "ssr")]
pub(crate) use results::results_html;
pub(crate) use search::CatalogPage;
#[cfg(feature = "ssr")]
pub(crate) use search::search_request;
