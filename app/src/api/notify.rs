//! The inbox.

use lakeport_model::notify::Notification;
use lakeport_model::{Page, PageRequest};
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::{call, done, id as parse_id};

/// A part of the viewer's notifications, newest first.
#[server(prefix = "/fn", endpoint = "inbox")]
pub async fn inbox(page: PageRequest) -> Answer<Page<Notification>> {
    let (ctx, viewer) = call()?;
    Ok(lakeport_portal::notify::inbox(&ctx, &viewer, page).await?)
}

/// Marks one notification as read; without an id, all of them.
#[server(prefix = "/fn", endpoint = "mark_read")]
pub async fn mark_read(#[server(default)] id: Option<String>) -> Answer<()> {
    let (ctx, viewer) = call()?;
    let id = id.map(|id| parse_id("notification", &id)).transpose()?;
    let key = if id.is_some() { "read" } else { "all-read" };
    lakeport_portal::notify::mark_read(&ctx, &viewer, id).await?;
    done("/inbox", key);
    Ok(())
}
