//! Who uses what, and what nobody uses.

use lakeport_model::PageRequest;
use lakeport_model::usage as model;
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::call;

/// Who uses a product or an asset.
#[server(prefix = "/fn", endpoint = "usage")]
pub async fn usage(kind: model::Used, id: String, days: Option<u32>) -> Answer<model::Usage> {
    let call = call()?;
    Ok(lakeport_portal::usage::usage(&call, kind, &id, days).await?)
}

/// A part of a domain's products that nobody uses.
#[server(prefix = "/fn", endpoint = "unused")]
pub async fn unused(id: String, months: Option<u32>, page: PageRequest) -> Answer<model::UnusedPage> {
    let call = call()?;
    Ok(lakeport_portal::usage::unused(&call, &id.into(), months, page).await?)
}
