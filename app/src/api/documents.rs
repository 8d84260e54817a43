//! Documents that people write: their text, what would become of it, and their revisions.

use lakeport_model::PageRequest;
use lakeport_model::documents::{self as model, TextKind};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Answer;
#[cfg(feature = "ssr")]
use super::proposals::settled;
#[cfg(feature = "ssr")]
use crate::call::{call, done, done_saying, id as parse_id};
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

/// A product as somebody begins to change it; with a revision or a proposal, from the text of that one.
#[server(prefix = "/fn", endpoint = "edit_product")]
pub async fn edit_product(
    id: String,
    revision: Option<u32>,
    proposal: Option<String>,
) -> Answer<model::Editing> {
    let call = call()?;
    Ok(match proposal {
        Some(proposal) => {
            let proposal = parse_id("proposal", &proposal)?;
            lakeport_portal::proposals::edit_product(&call, &id, proposal).await?
        }
        None => lakeport_portal::documents::edit(&call, TextKind::Product, &id, revision).await?,
    })
}

/// A contract as somebody begins to change it: its highest version; with a revision, from the text of that one.
#[server(prefix = "/fn", endpoint = "edit_contract")]
pub async fn edit_contract(id: String, revision: Option<u32>) -> Answer<model::Editing> {
    let call = call()?;
    Ok(lakeport_portal::documents::edit(&call, TextKind::Contract, &id, revision).await?)
}

/// A dashboard as somebody begins to change it; with a revision, from the text of that one.
#[server(prefix = "/fn", endpoint = "edit_dashboard")]
pub async fn edit_dashboard(id: String, revision: Option<u32>) -> Answer<model::Editing> {
    let call = call()?;
    Ok(lakeport_portal::documents::edit(&call, TextKind::Dashboard, &id, revision).await?)
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

/// A new dashboard of a domain as somebody begins to write it; for a table with a query of it.
#[server(prefix = "/fn", endpoint = "new_dashboard")]
pub async fn new_dashboard(
    domain: String,
    #[server(default)] asset: Option<String>,
) -> Answer<model::Editing> {
    let call = call()?;
    let asset = asset.as_deref();
    let begun = lakeport_portal::documents::begin(&call, TextKind::Dashboard, &domain.into(), asset);
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

/// The same of the text of a dashboard; without an id it is that of a new one, which is to have the id `new_id`.
#[server(prefix = "/fn", endpoint = "check_dashboard")]
pub async fn check_dashboard(
    #[server(default)] id: String,
    #[server(default)] new_id: String,
    #[server(default)] base: u32,
    #[server(default)] text: String,
) -> Answer<CheckShown> {
    if !id.is_empty() {
        return checked(TextKind::Dashboard, &id, base, &text).await;
    }
    let call = call()?;
    let checked =
        lakeport_portal::documents::check_new_dashboard(&call, new_id.trim(), &lines(&text)).await?;
    Ok(crate::pages::check_shown(&checked))
}

#[cfg(feature = "ssr")]
async fn checked(kind: TextKind, id: &str, base: u32, text: &str) -> Answer<CheckShown> {
    let call = call()?;
    let checked = lakeport_portal::documents::check(&call, kind, existing(id), base, &lines(text)).await?;
    Ok(crate::pages::check_shown(&checked))
}

/// Publishes a text that was written on the revision `base`; `over` is a newer one that was seen, and that the text takes the
/// place of. A proposal is settled with it.
#[server(prefix = "/fn", endpoint = "publish_product")]
pub async fn publish_product(
    #[server(default)] id: String,
    base: u32,
    #[server(default)] text: String,
    #[server(default)] reason: String,
    #[server(default)] over: Option<u32>,
    #[server(default)] proposal: String,
) -> Answer<()> {
    const KIND: TextKind = TextKind::Product;
    let (call, base, text) = (call()?, over.unwrap_or(base), lines(&text));
    let published = match settled(&proposal)? {
        Some(settles) => {
            lakeport_portal::documents::publish_proposed(&call, settles, &id, base, &text, &reason).await?
        }
        None => lakeport_portal::documents::publish(&call, KIND, existing(&id), base, &text, &reason).await?,
    };
    told(KIND, &published);
    Ok(())
}

/// The same of a text that is a version of a contract, without a proposal.
#[server(prefix = "/fn", endpoint = "publish_contract")]
pub async fn publish_contract(
    #[server(default)] id: String,
    base: u32,
    #[server(default)] text: String,
    #[server(default)] reason: String,
    #[server(default)] over: Option<u32>,
) -> Answer<()> {
    let (call, base, text) = (call()?, over.unwrap_or(base), lines(&text));
    let (kind, id) = (TextKind::Contract, existing(&id));
    let published = lakeport_portal::documents::publish(&call, kind, id, base, &text, &reason).await?;
    told(kind, &published);
    Ok(())
}

/// The same of the text of a dashboard; a new one is to have the id `new_id`.
#[server(prefix = "/fn", endpoint = "publish_dashboard")]
pub async fn publish_dashboard(
    #[server(default)] id: String,
    #[server(default)] new_id: String,
    base: u32,
    #[server(default)] text: String,
    #[server(default)] reason: String,
    #[server(default)] over: Option<u32>,
) -> Answer<()> {
    const KIND: TextKind = TextKind::Dashboard;
    let (call, base, text) = (call()?, over.unwrap_or(base), lines(&text));
    let published = if id.is_empty() {
        let new_id = new_id.trim();
        lakeport_portal::documents::publish_new_dashboard(&call, new_id, &text, &reason).await?
    } else {
        lakeport_portal::documents::publish(&call, KIND, Some(&id), base, &text, &reason).await?
    };
    told(KIND, &published);
    Ok(())
}

/// Opens the page of what was published, which says so.
#[cfg(feature = "ssr")]
fn told(kind: TextKind, published: &model::Published) {
    let page = crate::pages::document_href(kind, &published.id);
    if published.is_new {
        done_saying(&page, PUBLISHED, &[published.number.to_string()]);
    } else {
        done(&page, "published-already");
    }
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

/// The revisions of a dashboard, the newest first.
#[server(prefix = "/fn", endpoint = "dashboard_history")]
pub async fn dashboard_history(id: String, page: PageRequest) -> Answer<model::History> {
    let call = call()?;
    Ok(lakeport_portal::documents::history(&call, TextKind::Dashboard, &id, page).await?)
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

/// A revision of a dashboard.
#[server(prefix = "/fn", endpoint = "dashboard_revision")]
pub async fn dashboard_revision(id: String, number: u32) -> Answer<model::Revision> {
    let call = call()?;
    Ok(lakeport_portal::documents::revision(&call, TextKind::Dashboard, &id, number).await?)
}

/// Asks what would become of a text of this kind; a new dashboard is to have the id `new_id`.
pub(crate) async fn check_text(
    kind: TextKind,
    (id, new_id): (String, String),
    base: u32,
    text: String,
) -> Answer<CheckShown> {
    match kind {
        TextKind::Product => check_product(id, base, text).await,
        TextKind::Contract => check_contract(id, base, text).await,
        TextKind::Dashboard => check_dashboard(id, new_id, base, text).await,
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
