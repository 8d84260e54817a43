//! The audit and service-account tokens.

use chrono::{DateTime, Utc};
use lakeport_model::audit as model;
use lakeport_model::people::TokenInfo;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::{call, done, id as parse_id, leave, take};
#[cfg(feature = "ssr")]
use crate::error::ApiError;

/// The cookie that carries a new token to the page that shows it, once.
#[cfg(feature = "ssr")]
const NEW_TOKEN: &str = "new-token";

/// That page.
#[cfg(feature = "ssr")]
const TOKENS: &str = "/tokens";

/// The tokens' page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokensPage {
    /// Every token, without its secret.
    pub tokens: Vec<TokenInfo>,
    /// The secret of the token that was just created: shown now and never again.
    pub created: Option<String>,
    /// The real time, present in demo mode only.
    pub real_time: Option<DateTime<Utc>>,
}

/// A part of the audit, newest first.
#[server(prefix = "/fn", endpoint = "audit_page")]
pub async fn audit_page(filter: model::AuditFilter) -> Answer<model::AuditPage> {
    let call = call()?;
    Ok(lakeport_portal::audit::page(&call, filter).await?)
}

/// Every token, and the one that was just created.
#[server(prefix = "/fn", endpoint = "tokens")]
pub async fn tokens() -> Answer<TokensPage> {
    let call = call()?;
    let tokens = lakeport_portal::people::tokens(&call).await?;
    let real_time = lakeport_portal::people::real_time(&call.ctx);
    Ok(TokensPage { tokens, created: take(NEW_TOKEN, TOKENS), real_time })
}

/// Creates a token for a service account.
#[server(prefix = "/fn", endpoint = "create_token")]
pub async fn create_token(
    name: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] pushes: String,
    #[server(default)] owner: String,
    #[server(default)] days: String,
) -> Answer<()> {
    let call = call()?;
    let actor = lakeport_portal::Actor::Viewer(call.viewer.clone());
    let days = match days.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| {
            ApiError::invalid(
                "days",
                format!("\"{text}\" is not a number of days. Write a whole number, such as 90."),
            )
        })?),
    };
    let pushed = push_scopes(&pushes)?;
    // What is chosen among the boxes always fits: what does not fit beside these scopes is one of them.
    let place = |error: lakeport_portal::Error| {
        let mut error = ApiError::from(error);
        if !pushed.is_empty() && error.field.as_deref() == Some("scopes") {
            error.field = Some("pushes".to_owned());
        }
        error
    };
    let scopes = scopes.into_iter().chain(pushed.iter().cloned()).collect();
    let new = lakeport_portal::people::NewToken { name, scopes, owner: Some(owner), days };
    let token = lakeport_portal::people::create_token(&call.ctx, &actor, new).await.map_err(place)?;
    leave(NEW_TOKEN, &token, TOKENS);
    done(TOKENS, "token-created");
    Ok(())
}

/// The scopes `DOMAIN:KIND` that were typed with commas between.
#[cfg(feature = "ssr")]
fn push_scopes(typed: &str) -> Result<Vec<String>, ApiError> {
    let scopes = typed.split(',').map(str::trim).filter(|scope| !scope.is_empty());
    scopes
        .map(|scope| {
            let read = scope.parse::<lakeport_model::PushScope>();
            read.map(|scope| scope.to_string()).map_err(|reason| {
                ApiError::invalid(
                    "pushes",
                    format!(
                        "{reason} Write domain and kind, such as finance:product; kinds are product, contract, \
                         dashboard, asset and term."
                    ),
                )
            })
        })
        .collect()
}

/// Revokes a token, at once, and leads back to the page `back`.
#[server(prefix = "/fn", endpoint = "revoke_token")]
pub async fn revoke_token(id: String, #[server(default)] back: String) -> Answer<()> {
    let call = call()?;
    lakeport_portal::people::revoke_token(&call, parse_id("token", &id)?).await?;
    done(if back.is_empty() { TOKENS } else { &back }, "token-revoked");
    Ok(())
}

/// Makes the viewer answer for a token that nobody answers for.
#[server(prefix = "/fn", endpoint = "take_over_token")]
pub async fn take_over_token(id: String) -> Answer<()> {
    let call = call()?;
    lakeport_portal::people::take_over_token(&call, parse_id("token", &id)?).await?;
    done(TOKENS, "token-taken-over");
    Ok(())
}
