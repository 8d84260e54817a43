//! Following data products, assets and domains.

use lakeport_model::{PageRequest, follow as model};
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::{call, done};
#[cfg(feature = "ssr")]
use crate::ui::{FOLLOWED, UNFOLLOWED};

/// What the viewer follows, and a part of what changed of it, the newest first.
#[server(prefix = "/fn", endpoint = "following")]
pub async fn following(page: PageRequest) -> Answer<model::Following> {
    let call = call()?;
    Ok(lakeport_portal::follow::following(&call, page).await?)
}

/// Follows something from now on, and leads back to the page `back` where there is one.
#[server(prefix = "/fn", endpoint = "follow")]
pub async fn follow(
    kind: model::Followable,
    id: String,
    #[server(default)] back: Option<String>,
) -> Answer<()> {
    let call = call()?;
    lakeport_portal::follow::follow(&call, kind, &id).await?;
    if let Some(back) = back {
        done(&back, FOLLOWED);
    }
    Ok(())
}

/// Follows something no more, and leads back to the page `back` where there is one.
#[server(prefix = "/fn", endpoint = "unfollow")]
pub async fn unfollow(
    kind: model::Followable,
    id: String,
    #[server(default)] back: Option<String>,
) -> Answer<()> {
    let call = call()?;
    lakeport_portal::follow::unfollow(&call, kind, &id).await?;
    if let Some(back) = back {
        done(&back, UNFOLLOWED);
    }
    Ok(())
}
