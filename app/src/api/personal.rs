//! Columns that seem to hold personal data: suggestions, and what stewards say of them.

use lakeport_model::{Page, PageRequest, personal as model};
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::{call, done_saying, is_whole};
#[cfg(feature = "ssr")]
use crate::ui::{PERSONAL_CONFIRMED, PERSONAL_DISMISSED, PERSONAL_RESTORED};

/// Suggestions of the domains that the viewer may decide for, or of one of them, from a place on.
#[server(prefix = "/fn", endpoint = "personal_suggestions")]
pub async fn personal_suggestions(
    #[server(default)] domain: Option<String>,
    #[server(default)] after: Option<String>,
) -> Answer<model::Suggestions> {
    let call = call()?;
    let domain = domain.map(lakeport_model::DomainId::from);
    Ok(lakeport_portal::personal::suggestions(&call, domain.as_ref(), after.as_deref()).await?)
}

/// Says that a column is as sensitive as this, and leads back to the page `back` where there is one.
#[server(prefix = "/fn", endpoint = "confirm_personal")]
pub async fn confirm_personal(
    asset: String,
    column: String,
    classification: String,
    #[server(default)] back: Option<String>,
) -> Answer<()> {
    let call = call()?;
    lakeport_portal::personal::confirm(&call, &asset, &column, &classification).await?;
    if let Some(back) = back {
        // A name that would be cut is no id any more: without it no way is shown.
        let way = is_whole(&asset).then_some(asset);
        let names: Vec<String> = [column, classification].into_iter().chain(way).collect();
        done_saying(&back, PERSONAL_CONFIRMED, &names);
    }
    Ok(())
}

/// Says that a column holds nothing of this kind, and leads back to the page `back` where there is one.
#[server(prefix = "/fn", endpoint = "dismiss_personal")]
pub async fn dismiss_personal(
    asset: String,
    column: String,
    kind: String,
    #[server(default)] back: Option<String>,
) -> Answer<()> {
    let call = call()?;
    lakeport_portal::personal::dismiss(&call, &asset, &column, &kind).await?;
    if let Some(back) = back {
        done_saying(&back, PERSONAL_DISMISSED, &[column]);
    }
    Ok(())
}

/// Has a column suggested again, and leads back to the page `back` where there is one.
#[server(prefix = "/fn", endpoint = "restore_personal")]
pub async fn restore_personal(
    asset: String,
    column: String,
    kind: String,
    #[server(default)] back: Option<String>,
) -> Answer<()> {
    let call = call()?;
    lakeport_portal::personal::restore(&call, &asset, &column, &kind).await?;
    if let Some(back) = back {
        done_saying(&back, PERSONAL_RESTORED, &[column]);
    }
    Ok(())
}

/// What was dismissed in the domains that the viewer may decide for, the newest first.
#[server(prefix = "/fn", endpoint = "dismissed_personal")]
pub async fn dismissed_personal(page: PageRequest) -> Answer<Page<model::Dismissed>> {
    let call = call()?;
    Ok(lakeport_portal::personal::dismissed(&call, page).await?)
}
