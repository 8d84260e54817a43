//! Requests, decisions, grants, reviews.

use lakeport_model::{PageRequest, access as model};
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::{call, day, done, id as parse_id};
#[cfg(feature = "ssr")]
use crate::error::ApiError;

/// What the form to request a port shows; filled in as in the earlier request `like` of the viewer.
#[server(prefix = "/fn", endpoint = "request_form")]
pub async fn request_form(port: String, like: Option<String>) -> Answer<model::RequestForm> {
    let call = call()?;
    let like = like.map(|id| parse_id("request", &id)).transpose()?;
    Ok(lakeport_portal::access::request_form_like(&call, &port.into(), like).await?)
}

/// Requests access to a port.
#[server(prefix = "/fn", endpoint = "request_access")]
pub async fn request_access(
    port: String,
    #[server(default)] purpose: String,
    ends_on: String,
    #[server(default)] contract_version: Option<String>,
) -> Answer<()> {
    let call = call()?;
    let ends_on = last_day(&ends_on)?;
    let request = model::NewRequest { port: port.into(), purpose, ends_on, contract_version };
    lakeport_portal::access::request(&call, request).await?;
    done("/access/requests", "requested");
    Ok(())
}

/// Takes a request back.
#[server(prefix = "/fn", endpoint = "withdraw_request")]
pub async fn withdraw_request(id: String) -> Answer<()> {
    let call = call()?;
    lakeport_portal::access::withdraw(&call, parse_id("request", &id)?).await?;
    done("/access/requests", "withdrawn");
    Ok(())
}

/// The viewer's requests.
#[server(prefix = "/fn", endpoint = "my_requests")]
pub async fn my_requests() -> Answer<Vec<model::RequestLine>> {
    let call = call()?;
    Ok(lakeport_portal::access::my_requests(&call).await?)
}

/// Requests that wait for the viewer.
#[server(prefix = "/fn", endpoint = "to_decide")]
pub async fn to_decide() -> Answer<Vec<model::RequestLine>> {
    let call = call()?;
    Ok(lakeport_portal::access::to_decide(&call).await?)
}

/// A request with its evidence.
#[server(prefix = "/fn", endpoint = "decide_page")]
pub async fn decide_page(id: String) -> Answer<model::DecidePage> {
    let call = call()?;
    Ok(lakeport_portal::access::decide_page(&call, parse_id("request", &id)?).await?)
}

/// Approves a request until a day.
#[server(prefix = "/fn", endpoint = "approve")]
pub async fn approve(
    id: String,
    revision: i64,
    #[server(default)] ends_on: String,
    #[server(default)] comment: String,
) -> Answer<()> {
    let call = call()?;
    let ends_on = Some(last_day(&ends_on)?);
    lakeport_portal::access::approve(&call, parse_id("request", &id)?, revision, ends_on, comment).await?;
    lead_on(&call, &id, ("approved", "approved-next")).await
}

/// The last day of access, as a form sends it. One that was taken out is no wish for the longest access: it is asked for.
#[cfg(feature = "ssr")]
fn last_day(text: &str) -> Result<chrono::NaiveDate, ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::invalid("ends_on", "Choose the last day of access."));
    }
    day("ends_on", text)
}

/// Rejects a request; the comment says why.
#[server(prefix = "/fn", endpoint = "reject")]
pub async fn reject(id: String, revision: i64, #[server(default)] comment: String) -> Answer<()> {
    let call = call()?;
    lakeport_portal::access::reject(&call, parse_id("request", &id)?, revision, comment).await?;
    lead_on(&call, &id, ("rejected", "rejected-next")).await
}

/// After a decision the next request opens; after the last one the decided request shows what became of it.
#[cfg(feature = "ssr")]
async fn lead_on(
    call: &lakeport_portal::Call,
    decided: &str,
    (key, key_with_next): (&str, &str),
) -> Answer<()> {
    match lakeport_portal::access::to_decide(call).await?.first() {
        Some(next) => done(&format!("/decide/{}", next.id), key_with_next),
        None => done(&format!("/decide/{decided}"), key),
    }
    Ok(())
}

/// The viewer's grants, and what they read without one.
#[server(prefix = "/fn", endpoint = "my_grants")]
pub async fn my_grants() -> Answer<model::MyAccess> {
    let call = call()?;
    Ok(lakeport_portal::access::my_access(&call).await?)
}

/// Gives a grant up, at once.
#[server(prefix = "/fn", endpoint = "give_up")]
pub async fn give_up(id: String) -> Answer<()> {
    let call = call()?;
    lakeport_portal::access::give_up(&call, parse_id("grant", &id)?).await?;
    done("/access/grants", "given-up");
    Ok(())
}

/// Says that a grant under review is still needed.
#[server(prefix = "/fn", endpoint = "confirm_need")]
pub async fn confirm_need(id: String) -> Answer<()> {
    let call = call()?;
    lakeport_portal::access::confirm_need(&call, parse_id("grant", &id)?).await?;
    done("/access/grants", "confirmed");
    Ok(())
}

/// Reminds those whom the review of a grant lies with.
#[server(prefix = "/fn", endpoint = "ask_for_decision")]
pub async fn ask_for_decision(id: String) -> Answer<()> {
    let call = call()?;
    lakeport_portal::access::ask_for_decision(&call, parse_id("grant", &id)?).await?;
    done("/access/grants", "asked");
    Ok(())
}

/// Grants whose review waits for the viewer.
#[server(prefix = "/fn", endpoint = "review_desk")]
pub async fn review_desk() -> Answer<Vec<model::ReviewLine>> {
    let call = call()?;
    Ok(lakeport_portal::access::review_desk(&call).await?)
}

/// Keeps the chosen grants until their next review. Each is `ID:REVISION`.
#[server(prefix = "/fn", endpoint = "keep_grants")]
pub async fn keep_grants(
    #[server(default)] grants: Vec<String>,
    #[server(default)] comment: String,
) -> Answer<()> {
    let call = call()?;
    let grants = with_revisions(&grants)?;
    let count =
        if grants.is_empty() { 0 } else { lakeport_portal::access::keep(&call, grants, comment).await? };
    done("/reviews", if count == 0 { "nothing-chosen" } else { "kept" });
    Ok(())
}

/// Who holds access to a product or an asset now, for those who answer for it.
#[server(prefix = "/fn", endpoint = "held_grants")]
pub async fn held_grants(on: model::HeldOn, page: PageRequest) -> Answer<model::Held> {
    let call = call()?;
    Ok(lakeport_portal::access::held(&call, &on, page).await?)
}

/// Withdraws the chosen grants, at once, and leads back to the page `back`. Each is `ID:REVISION`.
#[server(prefix = "/fn", endpoint = "revoke_grants")]
pub async fn revoke_grants(
    #[server(default)] grants: Vec<String>,
    #[server(default)] comment: String,
    #[server(default)] back: Option<String>,
) -> Answer<()> {
    let call = call()?;
    let grants = with_revisions(&grants)?;
    let count =
        if grants.is_empty() { 0 } else { lakeport_portal::access::revoke(&call, grants, comment).await? };
    let back = back.unwrap_or_else(|| "/reviews".to_owned());
    done(&back, if count == 0 { "nothing-chosen" } else { "revoked" });
    Ok(())
}

#[cfg(feature = "ssr")]
fn with_revisions(grants: &[String]) -> Result<Vec<(lakeport_model::GrantId, i64)>, ApiError> {
    grants
        .iter()
        .map(|text| {
            let (id, revision) = text.split_once(':').ok_or_else(|| ApiError::not_found("grant"))?;
            Ok((parse_id("grant", id)?, parse_id("grant", revision)?))
        })
        .collect()
}
