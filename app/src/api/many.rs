//! The assets of a domain, and one thing changed of many of them.

use lakeport_model::PageRequest;
use lakeport_model::many as model;
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::{call, done, done_saying};
#[cfg(feature = "ssr")]
use crate::ui::{ASSETS_CHANGED, ASSETS_SAME};

/// A part of the assets of a domain that fit a filter.
#[server(prefix = "/fn", endpoint = "domain_assets")]
pub async fn domain_assets(
    id: String,
    #[server(default)] filter: model::AssetFilter,
    page: PageRequest,
) -> Answer<model::DomainAssets> {
    let call = call()?;
    Ok(lakeport_portal::assets::domain_assets(&call, &id.into(), &filter, page).await?)
}

/// What would become of the chosen assets of a domain. Nothing is written.
#[server(prefix = "/fn", endpoint = "check_assets")]
pub async fn check_assets(
    domain: String,
    #[server(default)] assets: Vec<String>,
    #[server(flatten)] change: model::ChangeText,
) -> Answer<model::ManyChecked> {
    let call = call()?;
    Ok(lakeport_portal::assets::check_many(&call, &domain.into(), &assets, &change).await?)
}

/// Changes the chosen assets of a domain, all or none, and leads back to the page `back` where there is one. Each has the digest
/// of the text that was seen at its own place in `seen`; `agreed` is the digest of what it means for people.
#[server(prefix = "/fn", endpoint = "change_assets")]
pub async fn change_assets(
    domain: String,
    #[server(default)] assets: Vec<String>,
    #[server(default)] seen: Vec<String>,
    #[server(flatten)] change: model::ChangeText,
    #[server(default)] agreed: String,
    #[server(default)] reason: String,
    #[server(default)] back: Option<String>,
) -> Answer<()> {
    let call = call()?;
    // What nobody says that they have seen is not changed.
    let seen = seen.into_iter().chain(std::iter::repeat(String::new()));
    let assets: Vec<(String, String)> = assets.into_iter().zip(seen).collect();
    let count =
        lakeport_portal::assets::change_many(&call, &domain.into(), &assets, &change, &agreed, &reason)
            .await?;
    if let Some(back) = back {
        if count == 0 {
            done(&back, ASSETS_SAME);
        } else {
            done_saying(&back, ASSETS_CHANGED, &[count.to_string()]);
        }
    }
    Ok(())
}
