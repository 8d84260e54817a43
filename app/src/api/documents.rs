//! Documents that people write: their text, what would become of it, and their revisions.

use lakeport_model::{PageRequest, documents as model};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::{call, done, done_saying};
#[cfg(feature = "ssr")]
use crate::query::encode;
#[cfg(feature = "ssr")]
use crate::ui::PUBLISHED;

/// What would become of a text, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckShown {
    /// All of it in a sentence.
    pub said: String,
    /// The HTML: what is wrong, what it changes for people, and the comparison with what is published.
    pub html: String,
}

/// A product as somebody begins to change it; with a revision, from the text of that one.
#[server(prefix = "/fn", endpoint = "edit_product")]
pub async fn edit_product(id: String, revision: Option<u32>) -> Answer<model::Editing> {
    let call = call()?;
    Ok(lakeport_portal::documents::edit(&call, &id, revision).await?)
}

/// A new product of a domain as somebody begins to write it.
#[server(prefix = "/fn", endpoint = "new_product")]
pub async fn new_product(domain: String) -> Answer<model::Editing> {
    let call = call()?;
    // Nothing has to be waited for, and a call of the browser is awaited all the same.
    Ok(std::future::ready(lakeport_portal::documents::begin(&call, &domain.into())).await?)
}

/// What would become of a text that was written on the revision `base` if it were published now; without an id it is that of
/// a new product. Nothing is written.
#[server(prefix = "/fn", endpoint = "check_product")]
pub async fn check_product(
    #[server(default)] id: String,
    #[server(default)] base: u32,
    #[server(default)] text: String,
) -> Answer<CheckShown> {
    let call = call()?;
    let checked = lakeport_portal::documents::check(&call, existing(&id), base, &lines(&text)).await?;
    Ok(crate::pages::check_shown(&checked))
}

/// Publishes a text that was written on the revision `base`; `over` is a newer one that was seen, and that the text takes the
/// place of.
#[server(prefix = "/fn", endpoint = "publish_product")]
pub async fn publish_product(
    #[server(default)] id: String,
    base: u32,
    #[server(default)] text: String,
    #[server(default)] reason: String,
    #[server(default)] over: Option<u32>,
) -> Answer<()> {
    let call = call()?;
    let (base, text) = (over.unwrap_or(base), lines(&text));
    let published = lakeport_portal::documents::publish(&call, existing(&id), base, &text, &reason).await?;
    let page = format!("/products/{}", encode(&published.id));
    if published.is_new {
        done_saying(&page, PUBLISHED, &[published.number.to_string()]);
    } else {
        done(&page, "published-already");
    }
    Ok(())
}

/// The revisions of a product, the newest first.
#[server(prefix = "/fn", endpoint = "product_history")]
pub async fn product_history(id: String, page: PageRequest) -> Answer<model::History> {
    let call = call()?;
    Ok(lakeport_portal::documents::history(&call, &id, page).await?)
}

/// A revision of a product.
#[server(prefix = "/fn", endpoint = "product_revision")]
pub async fn product_revision(id: String, number: u32) -> Answer<model::Revision> {
    let call = call()?;
    Ok(lakeport_portal::documents::revision(&call, &id, number).await?)
}

/// Which document a form is about; none where it is a new one.
#[cfg(feature = "ssr")]
pub(super) fn existing(id: &str) -> Option<&str> {
    Some(id).filter(|id| !id.is_empty())
}

/// The text with the ends of lines that files have: forms send a carriage return with each.
#[cfg(feature = "ssr")]
pub(super) fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}
