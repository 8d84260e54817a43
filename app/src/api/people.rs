//! The viewer, and the demo's clock.

use lakeport_model::people as model;
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::{call, day, done};

/// What the frame around every page shows.
#[server(prefix = "/fn", endpoint = "shell")]
pub async fn shell() -> Answer<model::Shell> {
    let (ctx, viewer) = call()?;
    Ok(lakeport_portal::people::shell(&ctx, &viewer).await?)
}

/// Moves the demo's clock forward to a day, and leads back to the page `back`.
#[server(prefix = "/fn", endpoint = "move_clock")]
pub async fn move_clock(to: String, back: String) -> Answer<()> {
    let (ctx, viewer) = call()?;
    lakeport_portal::people::move_clock(&ctx, &viewer, day("to", &to)?).await?;
    done(&back, "clock-moved");
    Ok(())
}
