//! The inbox.

use lakeport_model::PageRequest;
use lakeport_model::notify as model;
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::{call, done, id as parse_id};

/// A part of the viewer's inbox, newest first; every message about the same as `about`, or each thing once.
#[server(prefix = "/fn", endpoint = "inbox")]
pub async fn inbox(about: Option<String>, page: PageRequest) -> Answer<model::Inbox> {
    let call = call()?;
    let about = about.map(|id| parse_id("notification", &id)).transpose()?;
    let page = match about {
        Some(named) => lakeport_portal::notify::about(&call, named, page).await?,
        None => lakeport_portal::notify::inbox(&call, page).await?,
    };
    Ok(model::Inbox { page, unread: lakeport_portal::notify::unread(&call).await? })
}

/// Marks what was said about one thing as read, named by one of its messages; without an id, everything.
#[server(prefix = "/fn", endpoint = "mark_read")]
pub async fn mark_read(#[server(default)] id: Option<String>) -> Answer<()> {
    let call = call()?;
    let id = id.map(|id| parse_id("notification", &id)).transpose()?;
    let key = if id.is_some() { "read" } else { "all-read" };
    lakeport_portal::notify::mark_read(&call, id).await?;
    done("/inbox", key);
    Ok(())
}
