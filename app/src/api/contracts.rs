//! Contracts, subscriptions, checks.

use lakeport_model::contracts as model;
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::{call, done, id as parse_id};
#[cfg(feature = "ssr")]
use crate::query::encode;

/// A contract, in its newest version or the one named.
#[server(prefix = "/fn", endpoint = "contract")]
pub async fn contract(id: String, version: Option<String>) -> Answer<model::ContractPage> {
    let call = call()?;
    Ok(lakeport_portal::contracts::contract(&call, &id.into(), version).await?)
}

/// Accepts a version of a contract for a purpose.
#[server(prefix = "/fn", endpoint = "subscribe")]
pub async fn subscribe(id: String, version: String, #[server(default)] purpose: String) -> Answer<()> {
    let call = call()?;
    let path = format!("/contracts/{}", encode(&id));
    lakeport_portal::contracts::subscribe(&call, &id.into(), version, purpose).await?;
    done(&path, "subscribed");
    Ok(())
}

/// Ends the viewer's subscription `subscription` on the contract `id`.
#[server(prefix = "/fn", endpoint = "unsubscribe")]
pub async fn unsubscribe(id: String, subscription: String) -> Answer<()> {
    let call = call()?;
    let subscription = parse_id("subscription", &subscription)?;
    lakeport_portal::contracts::unsubscribe(&call, subscription).await?;
    done(&format!("/contracts/{}", encode(&id)), "unsubscribed");
    Ok(())
}

/// Runs the checks of a contract now.
#[server(prefix = "/fn", endpoint = "run_checks")]
pub async fn run_checks(id: String) -> Answer<()> {
    let call = call()?;
    let path = format!("/contracts/{}", encode(&id));
    lakeport_portal::contracts::run_checks(&call, &id.into()).await?;
    done(&path, "checked");
    Ok(())
}
