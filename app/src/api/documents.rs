//! Documents that people write: their text, what would become of it, and their revisions.

use lakeport_model::PageRequest;
use lakeport_model::documents::{self as model, TextKind};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::{call, done, done_saying};
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
    Ok(lakeport_portal::documents::edit(&call, TextKind::Product, &id, revision).await?)
}

/// A contract as somebody begins to change it: its highest version; with a revision, from the text of that one.
#[server(prefix = "/fn", endpoint = "edit_contract")]
pub async fn edit_contract(id: String, revision: Option<u32>) -> Answer<model::Editing> {
    let call = call()?;
    Ok(lakeport_portal::documents::edit(&call, TextKind::Contract, &id, revision).await?)
}

/// A new product of a domain as somebody begins to write it.
#[server(prefix = "/fn", endpoint = "new_product")]
pub async fn new_product(domain: String) -> Answer<model::Editing> {
    let call = call()?;
    // Nothing has to be waited for, and a call of the browser is awaited all the same.
    let begun = lakeport_portal::documents::begin(&call, TextKind::Product, &domain.into(), None);
    Ok(std::future::ready(begun).await?)
}

/// A new contract of a domain as somebody begins to write it; for an asset with its columns.
#[server(prefix = "/fn", endpoint = "new_contract")]
pub async fn new_contract(
    domain: String,
    #[server(default)] asset: Option<String>,
) -> Answer<model::Editing> {
    let call = call()?;
    let asset = asset.as_deref();
    let begun = lakeport_portal::documents::begin(&call, TextKind::Contract, &domain.into(), asset);
    Ok(std::future::ready(begun).await?)
}

/// What would become of a text that was written on the revision `base` if it were published now; without an id it is that of
/// a new product. Nothing is written.
#[server(prefix = "/fn", endpoint = "check_product")]
pub async fn check_product(
    #[server(default)] id: String,
    #[server(default)] base: u32,
    #[server(default)] text: String,
) -> Answer<CheckShown> {
    checked(TextKind::Product, &id, base, &text).await
}

/// The same of a text that is a version of a contract.
#[server(prefix = "/fn", endpoint = "check_contract")]
pub async fn check_contract(
    #[server(default)] id: String,
    #[server(default)] base: u32,
    #[server(default)] text: String,
) -> Answer<CheckShown> {
    checked(TextKind::Contract, &id, base, &text).await
}

#[cfg(feature = "ssr")]
async fn checked(kind: TextKind, id: &str, base: u32, text: &str) -> Answer<CheckShown> {
    let call = call()?;
    let checked = lakeport_portal::documents::check(&call, kind, existing(id), base, &lines(text)).await?;
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
    published(TextKind::Product, &id, over.unwrap_or(base), &text, &reason).await
}

/// The same of a text that is a version of a contract.
#[server(prefix = "/fn", endpoint = "publish_contract")]
pub async fn publish_contract(
    #[server(default)] id: String,
    base: u32,
    #[server(default)] text: String,
    #[server(default)] reason: String,
    #[server(default)] over: Option<u32>,
) -> Answer<()> {
    published(TextKind::Contract, &id, over.unwrap_or(base), &text, &reason).await
}

#[cfg(feature = "ssr")]
async fn published(kind: TextKind, id: &str, base: u32, text: &str, reason: &str) -> Answer<()> {
    let (call, text) = (call()?, lines(text));
    let published =
        lakeport_portal::documents::publish(&call, kind, existing(id), base, &text, reason).await?;
    let page = crate::pages::document_href(kind, &published.id);
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
    Ok(lakeport_portal::documents::history(&call, TextKind::Product, &id, page).await?)
}

/// The revisions of all versions of a contract, the newest first.
#[server(prefix = "/fn", endpoint = "contract_history")]
pub async fn contract_history(id: String, page: PageRequest) -> Answer<model::History> {
    let call = call()?;
    Ok(lakeport_portal::documents::history(&call, TextKind::Contract, &id, page).await?)
}

/// A revision of a product.
#[server(prefix = "/fn", endpoint = "product_revision")]
pub async fn product_revision(id: String, number: u32) -> Answer<model::Revision> {
    let call = call()?;
    Ok(lakeport_portal::documents::revision(&call, TextKind::Product, &id, number).await?)
}

/// One of the revisions of a contract.
#[server(prefix = "/fn", endpoint = "contract_revision")]
pub async fn contract_revision(id: String, number: u32) -> Answer<model::Revision> {
    let call = call()?;
    Ok(lakeport_portal::documents::revision(&call, TextKind::Contract, &id, number).await?)
}

/// Asks what would become of a text of this kind.
pub(crate) async fn check_text(kind: TextKind, id: String, base: u32, text: String) -> Answer<CheckShown> {
    match kind {
        TextKind::Product => check_product(id, base, text).await,
        TextKind::Contract => check_contract(id, base, text).await,
    }
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
