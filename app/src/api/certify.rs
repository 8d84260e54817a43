//! Certifying what can be trusted, and withdrawing that.

use lakeport_model::certify as model;
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use super::documents::lines;
#[cfg(feature = "ssr")]
use crate::call::{call, done, done_saying};
#[cfg(feature = "ssr")]
use crate::pages::thing_href;
#[cfg(feature = "ssr")]
use crate::ui::{CERTIFIED, DECERTIFIED};

/// What somebody needs to know before they certify something.
#[server(prefix = "/fn", endpoint = "certifying")]
pub async fn certifying(kind: model::Certifiable, id: String) -> Answer<model::Certifying> {
    let call = call()?;
    Ok(lakeport_portal::certify::begin(&call, kind, &id).await?)
}

/// Certifies something until a day, or changes that, and leads to its page.
#[server(prefix = "/fn", endpoint = "certify")]
pub async fn certify(
    kind: model::Certifiable,
    id: String,
    #[server(flatten)] wanted: model::Certify,
) -> Answer<()> {
    let call = call()?;
    let wanted = model::Certify { reason: lines(&wanted.reason), ..wanted };
    lakeport_portal::certify::certify(&call, kind, &id, &wanted).await?;
    done_saying(&thing_href(kind.into(), &id), CERTIFIED, &[wanted.until.trim().to_owned()]);
    Ok(())
}

/// Withdraws that something is certified, and leads to its page.
#[server(prefix = "/fn", endpoint = "decertify")]
pub async fn decertify(
    kind: model::Certifiable,
    id: String,
    reason: String,
    #[server(default)] seen: String,
) -> Answer<()> {
    let call = call()?;
    lakeport_portal::certify::withdraw(&call, kind, &id, &lines(&reason), &seen).await?;
    done(&thing_href(kind.into(), &id), DECERTIFIED);
    Ok(())
}
