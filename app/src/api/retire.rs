//! Retiring what is no longer offered, and restoring it.

use lakeport_model::retire as model;
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use super::documents::lines;
#[cfg(feature = "ssr")]
use crate::call::{call, done, done_saying};
#[cfg(feature = "ssr")]
use crate::pages::thing_href;
#[cfg(feature = "ssr")]
use crate::ui::{RESTORED, RETIRED};

/// What somebody needs to know before they retire something.
#[server(prefix = "/fn", endpoint = "retiring")]
pub async fn retiring(kind: model::Retirable, id: String) -> Answer<model::Retiring> {
    let call = call()?;
    Ok(lakeport_portal::retire::begin(&call, kind, &id).await?)
}

/// Retires something from a day on, or changes that before its day, and leads to its page.
#[server(prefix = "/fn", endpoint = "retire")]
pub async fn retire(
    kind: model::Retirable,
    id: String,
    #[server(flatten)] wanted: model::Retire,
) -> Answer<()> {
    let call = call()?;
    let wanted = model::Retire { reason: lines(&wanted.reason), ..wanted };
    lakeport_portal::retire::retire(&call, kind, &id, &wanted).await?;
    done_saying(&thing_href(kind, &id), RETIRED, &[wanted.on.trim().to_owned()]);
    Ok(())
}

/// Offers something again, or calls its retirement off, and leads to its page.
#[server(prefix = "/fn", endpoint = "restore_retired")]
pub async fn restore_retired(kind: model::Retirable, id: String, reason: String) -> Answer<()> {
    let call = call()?;
    lakeport_portal::retire::restore(&call, kind, &id, &lines(&reason)).await?;
    done(&thing_href(kind, &id), RESTORED);
    Ok(())
}
