//! How well a domain keeps up what it offers.

use lakeport_model::PageRequest;
use lakeport_model::health as model;
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::call;

/// The health of a domain, with a part of what it lacks.
#[server(prefix = "/fn", endpoint = "health")]
pub async fn health(id: String, gaps: PageRequest) -> Answer<model::Health> {
    let call = call()?;
    Ok(lakeport_portal::health::health(&call, &id.into(), gaps).await?)
}
