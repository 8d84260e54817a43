//! The glossary: its terms, and writing them.

use lakeport_model::documents::{History, Revision};
use lakeport_model::{PageRequest, glossary as model};
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use super::documents::{existing, lines};
#[cfg(feature = "ssr")]
use super::proposals::settled;
#[cfg(feature = "ssr")]
use crate::call::{call, done, done_saying, id as parse_id};
#[cfg(feature = "ssr")]
use crate::pages::term_href;
#[cfg(feature = "ssr")]
use crate::ui::PUBLISHED;

/// A part of the terms by name: those whose name or synonym begins as the query says, of a domain or of all.
#[server(prefix = "/fn", endpoint = "glossary")]
pub async fn glossary(
    #[server(default)] query: String,
    domain: Option<String>,
    page: PageRequest,
) -> Answer<model::Glossary> {
    let call = call()?;
    Ok(lakeport_portal::glossary::list(&call, &query, domain.as_deref(), page).await?)
}

/// A term.
#[server(prefix = "/fn", endpoint = "term")]
pub async fn term(id: String) -> Answer<model::TermPage> {
    let call = call()?;
    Ok(lakeport_portal::glossary::term(&call, &id).await?)
}

/// A term as somebody begins to change it; with a proposal, from the text of that one.
#[server(prefix = "/fn", endpoint = "edit_term")]
pub async fn edit_term(id: String, proposal: Option<String>) -> Answer<model::TermEditing> {
    let call = call()?;
    Ok(match proposal {
        Some(proposal) => {
            let proposal = parse_id("proposal", &proposal)?;
            lakeport_portal::proposals::edit_term(&call, &id, proposal).await?
        }
        None => lakeport_portal::glossary::edit(&call, &id).await?,
    })
}

/// A new term of a domain as somebody begins to write it.
#[server(prefix = "/fn", endpoint = "new_term")]
pub async fn new_term(domain: String) -> Answer<model::TermEditing> {
    let call = call()?;
    Ok(lakeport_portal::glossary::begin(&call, &domain.into()).await?)
}

/// Publishes what was written of a term on the revision `base`, without an id as a new one; `over` is a newer revision that
/// was seen, and that the text takes the place of. A proposal is settled with it.
#[server(prefix = "/fn", endpoint = "publish_term")]
pub async fn publish_term(
    #[server(default)] id: String,
    domain: String,
    base: u32,
    #[server(flatten)] text: model::TermText,
    #[server(default)] reason: String,
    #[server(default)] over: Option<u32>,
    #[server(default)] proposal: String,
) -> Answer<()> {
    let call = call()?;
    let text = with_lines(text);
    let (domain, base) = (domain.into(), over.unwrap_or(base));
    let published = match settled(&proposal)? {
        Some(settles) => {
            lakeport_portal::glossary::publish_proposed(&call, settles, &id, base, &text, &reason).await?
        }
        None => {
            lakeport_portal::glossary::publish(&call, existing(&id), &domain, base, &text, &reason).await?
        }
    };
    let page = term_href(&published.id);
    if published.is_new {
        done_saying(&page, PUBLISHED, &[published.number.to_string()]);
    } else {
        done(&page, "published-already");
    }
    Ok(())
}

/// What a form carries, with the ends of lines that files have.
#[cfg(feature = "ssr")]
pub(super) fn with_lines(text: model::TermText) -> model::TermText {
    model::TermText {
        name: text.name,
        definition: lines(&text.definition),
        synonyms: lines(&text.synonyms),
        related: lines(&text.related),
        columns: lines(&text.columns),
        products: lines(&text.products),
    }
}

/// The revisions of a term, the newest first.
#[server(prefix = "/fn", endpoint = "term_history")]
pub async fn term_history(id: String, page: PageRequest) -> Answer<History> {
    let call = call()?;
    Ok(lakeport_portal::glossary::history(&call, &id, page).await?)
}

/// A revision of a term.
#[server(prefix = "/fn", endpoint = "term_revision")]
pub async fn term_revision(id: String, number: u32) -> Answer<Revision> {
    let call = call()?;
    Ok(lakeport_portal::glossary::revision(&call, &id, number).await?)
}
