//! The viewer, and the demo's clock.

use lakeport_model::PageRequest;
use lakeport_model::people as model;
use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use crate::call::{call, day, done, done_saying, id as parse_id};
#[cfg(feature = "ssr")]
use crate::error::ApiError;
#[cfg(feature = "ssr")]
use crate::query::encode;

/// What the frame around every page shows.
#[server(prefix = "/fn", endpoint = "shell")]
pub async fn shell() -> Answer<model::Shell> {
    let call = call()?;
    Ok(lakeport_portal::people::shell(&call).await?)
}

/// A domain, with a part of its members.
#[server(prefix = "/fn", endpoint = "domain")]
pub async fn domain(id: String, members: PageRequest) -> Answer<model::DomainPage> {
    let call = call()?;
    Ok(lakeport_portal::people::domain_page(&call, &id.into(), members).await?)
}

/// A person.
#[server(prefix = "/fn", endpoint = "person")]
pub async fn person(id: String) -> Answer<model::PersonPage> {
    let call = call()?;
    Ok(lakeport_portal::people::person(&call, parse_id("person", &id)?).await?)
}

/// People to suggest for a domain while a name or an address is typed.
#[server(prefix = "/fn", endpoint = "find_people")]
pub async fn find_people(domain: String, typed: String) -> Answer<Vec<model::PersonHint>> {
    let call = call()?;
    Ok(lakeport_portal::people::find_people(&call, &domain.into(), &typed).await?)
}

/// Gives somebody a role in a domain. `who` is an e-mail address, a name or an id.
#[server(prefix = "/fn", endpoint = "put_member")]
pub async fn put_member(domain: String, #[server(default)] who: String, role: String) -> Answer<()> {
    let call = call()?;
    let role = role.parse().map_err(|sentence: String| ApiError::invalid("role", sentence))?;
    let domain = domain.into();
    let change = lakeport_portal::people::put_member(&call, &domain, &who, role).await?;
    role_changed(&domain, change);
    Ok(())
}

/// Takes somebody's role in a domain.
#[server(prefix = "/fn", endpoint = "remove_member")]
pub async fn remove_member(domain: String, person: String) -> Answer<()> {
    let call = call()?;
    let domain = domain.into();
    let person = parse_id("person", &person)?;
    let change = lakeport_portal::people::remove_member(&call, &domain, person).await?;
    role_changed(&domain, change);
    Ok(())
}

/// Back to the domain, with whose role is what now.
#[cfg(feature = "ssr")]
fn role_changed(domain: &lakeport_model::DomainId, change: model::RoleChange) {
    let role = |role: Option<model::Role>| role.map_or("", model::Role::as_str).to_owned();
    let words = [change.person, change.domain, role(change.before), role(change.after)];
    done_saying(&format!("/domains/{}", encode(domain.as_str())), "role-changed", &words);
}

/// Who the viewer is here, where they are signed in, and what they answer for.
#[server(prefix = "/fn", endpoint = "account")]
pub async fn account() -> Answer<model::Account> {
    let call = call()?;
    Ok(lakeport_portal::people::account(&call).await?)
}

/// Moves the demo's clock forward to a day, and leads back to the page `back`.
#[server(prefix = "/fn", endpoint = "move_clock")]
pub async fn move_clock(to: String, back: String) -> Answer<()> {
    let call = call()?;
    lakeport_portal::people::move_clock(&call, day("to", &to)?).await?;
    done(&back, "clock-moved");
    Ok(())
}
