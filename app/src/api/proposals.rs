//! Changes that members propose: sending them, deciding about them, and what became of them.

use lakeport_model::{PageRequest, proposals as model};
use lakeport_model::{assets::AssetText, glossary::TermText};
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use super::assets::as_meant;
#[cfg(feature = "ssr")]
use super::documents::lines;
#[cfg(feature = "ssr")]
use super::glossary::with_lines;
#[cfg(feature = "ssr")]
use crate::call::{call, done, done_saying, id as parse_id};
#[cfg(feature = "ssr")]
use crate::pages::thing_href;
#[cfg(feature = "ssr")]
use crate::ui::{PROPOSAL_ACCEPTED, PROPOSAL_DECLINED, PROPOSAL_WITHDRAWN, PROPOSED};
#[cfg(feature = "ssr")]
use lakeport_portal::proposals::{Settles, Written};

/// The open proposals that the viewer may decide, and a part of those of the viewer.
#[server(prefix = "/fn", endpoint = "proposals")]
pub async fn proposals(page: PageRequest) -> Answer<model::Proposals> {
    let call = call()?;
    Ok(lakeport_portal::proposals::list(&call, page).await?)
}

/// A proposal with what it would change.
#[server(prefix = "/fn", endpoint = "proposal")]
pub async fn proposal(id: String) -> Answer<model::ProposalPage> {
    let call = call()?;
    Ok(lakeport_portal::proposals::page(&call, parse_id("proposal", &id)?).await?)
}

/// Proposes a text of a product that was written on the revision `base`; `over` is a newer one that was seen, and that the text
/// takes the place of.
#[server(prefix = "/fn", endpoint = "propose_product")]
pub async fn propose_product(
    id: String,
    base: u32,
    #[server(default)] text: String,
    #[server(default)] reason: String,
    #[server(default)] over: Option<u32>,
) -> Answer<()> {
    let (base, text) = (over.unwrap_or(base).to_string(), lines(&text));
    proposed(&id, &base, Written::Product(&text), &reason).await
}

/// Proposes what was written of an asset on the text of the digest `seen`; `over` is that of a newer one that was seen.
#[server(prefix = "/fn", endpoint = "propose_asset")]
pub async fn propose_asset(
    asset: String,
    #[server(default)] seen: String,
    #[server(flatten)] text: AssetText,
    #[server(default)] reason: String,
    #[server(default)] over: Option<String>,
) -> Answer<()> {
    let (seen, text) = (over.unwrap_or(seen), as_meant(text));
    proposed(&asset, &seen, Written::Asset(&text), &reason).await
}

/// Proposes what was written of a term on the revision `base`; `over` is a newer one that was seen.
#[server(prefix = "/fn", endpoint = "propose_term")]
pub async fn propose_term(
    id: String,
    base: u32,
    #[server(flatten)] text: TermText,
    #[server(default)] reason: String,
    #[server(default)] over: Option<u32>,
) -> Answer<()> {
    let (base, text) = (over.unwrap_or(base).to_string(), with_lines(text));
    proposed(&id, &base, Written::Term(&text), &reason).await
}

#[cfg(feature = "ssr")]
async fn proposed(id: &str, base: &str, written: Written<'_>, reason: &str) -> Answer<()> {
    let call = call()?;
    let proposal = lakeport_portal::proposals::propose(&call, id, base, written, reason).await?;
    done(&format!("/proposals/{proposal}"), PROPOSED);
    Ok(())
}

/// Publishes what was proposed. `agreed` is the digest of what it means for people, as whoever accepts it saw it.
#[server(prefix = "/fn", endpoint = "accept_proposal")]
pub async fn accept_proposal(
    id: String,
    #[server(default)] seen: String,
    #[server(default)] agreed: String,
) -> Answer<()> {
    let (call, id) = (call()?, parse_id("proposal", &id)?);
    let (kind, published) = lakeport_portal::proposals::accept(&call, id, &seen, &agreed).await?;
    done_saying(&thing_href(kind, &published.id), PROPOSAL_ACCEPTED, &[published.number.to_string()]);
    Ok(())
}

/// Declines what was proposed; the reason says why.
#[server(prefix = "/fn", endpoint = "decline_proposal")]
pub async fn decline_proposal(
    id: String,
    #[server(default)] seen: String,
    #[server(default)] reason: String,
) -> Answer<()> {
    let (call, parsed) = (call()?, parse_id("proposal", &id)?);
    lakeport_portal::proposals::decline(&call, parsed, &seen, &lines(&reason)).await?;
    done(&format!("/proposals/{parsed}"), PROPOSAL_DECLINED);
    Ok(())
}

/// Takes back what the viewer proposed.
#[server(prefix = "/fn", endpoint = "withdraw_proposal")]
pub async fn withdraw_proposal(id: String) -> Answer<()> {
    let call = call()?;
    lakeport_portal::proposals::withdraw(&call, parse_id("proposal", &id)?).await?;
    done("/proposals", PROPOSAL_WITHDRAWN);
    Ok(())
}

/// The proposal that a form settles, as [`model::Merging::settles`] writes it; none where it is empty.
#[cfg(feature = "ssr")]
pub(super) fn settled(sent: &str) -> Answer<Option<Settles<'_>>> {
    if sent.is_empty() {
        return Ok(None);
    }
    let (id, seen) = sent.split_once(' ').unwrap_or((sent, ""));
    Ok(Some(Settles { id: parse_id("proposal", id)?, seen }))
}
