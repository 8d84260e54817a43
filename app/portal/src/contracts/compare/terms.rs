//! Identity, terms, price, servers and roles.

use super::{Changes, transition};
use crate::standards::odcs::{Contract, Price, Role, Server};

pub(super) fn compare(old: &Contract, new: &Contract, changes: &mut Changes) {
    if old.id != new.id {
        let what = format!("The id {}.", transition(Some(&old.id), Some(&new.id)));
        changes.breaking(
            "id",
            what,
            "This is another contract; subscribers accepted the one with the old id.",
        );
    }
    let status = |contract: &Contract| contract.status.clone();
    if status(old) != status(new) {
        let what = format!("The status {}.", transition(old.status.as_deref(), new.status.as_deref()));
        changes.wording("status", what);
    }
    terms_of_use(old, new, changes);
    changes.words(
        "description",
        "The description",
        &[("links and further members", {
            let rest = |contract: &Contract| {
                contract.description.as_ref().map(|d| {
                    (d.authoritative_definitions.clone(), d.custom_properties.clone(), d.rest.clone())
                })
            };
            rest(old).unwrap_or_default() != rest(new).unwrap_or_default()
        })],
    );
    changes.words(
        "contract",
        "The contract",
        &[
            ("apiVersion", old.api_version != new.api_version),
            ("name", old.name != new.name),
            ("domain", old.domain != new.domain),
            ("dataProduct", old.data_product != new.data_product),
            ("tenant", old.tenant != new.tenant),
            ("tags", old.tags != new.tags),
            ("context", old.context != new.context),
            ("support", old.support != new.support),
            ("team", old.team != new.team),
            ("authoritativeDefinitions", old.authoritative_definitions != new.authoritative_definitions),
            ("customProperties", old.custom_properties != new.custom_properties),
            ("contractCreatedTs", old.contract_created_ts != new.contract_created_ts),
        ],
    );
    price(old.price.as_ref(), new.price.as_ref(), changes);
    servers(&old.servers, &new.servers, changes);
    roles(&old.roles, &new.roles, changes);
}

/// What is accepted with a version is never mere wording: none of it changes under a number that was accepted.
fn terms_of_use(old: &Contract, new: &Contract, changes: &mut Changes) {
    for ((name, before), (_, after)) in old.terms().into_iter().zip(new.terms()) {
        let path = format!("description.{name}");
        match (name, after) {
            _ if before == after => {}
            ("limitations", None) => {
                changes.stronger(path, "The limitations were removed.", "Every use that was allowed still is.");
            }
            ("limitations", Some(_)) => changes.breaking(
                path,
                "The limitations of use changed.",
                "Subscribers accepted other terms; whether their use still is allowed only they can tell.",
            ),
            _ => changes.stronger(
                path,
                format!("The {name} changed."),
                "It is part of the terms that are accepted with a version; no promise about the data changes with it.",
            ),
        }
    }
}

fn price(old: Option<&Price>, new: Option<&Price>, changes: &mut Changes) {
    let amount = |price: Option<&Price>| price.and_then(|p| p.price_amount.as_ref()?.as_f64()).unwrap_or(0.0);
    let unit = |price: Option<&Price>| price.map(|p| (p.price_currency.clone(), p.price_unit.clone()));
    let (before, after) = (amount(old), amount(new));
    if old == new {
        return;
    }
    if after < before && (unit(old) == unit(new) || new.is_none()) {
        changes.stronger("price", format!("The price fell from {before} to {after}."), "Nobody pays more.");
    } else if after > before || (before > 0.0 && unit(old) != unit(new)) {
        let what = format!("The price changed from {before} to {after}, or is counted in other units.");
        changes.breaking("price", what, "Subscribers accepted another price.");
    } else {
        changes.wording("price", "The price is stated differently, but is the same.");
    }
}

fn servers(old: &[Server], new: &[Server], changes: &mut Changes) {
    for server in old {
        let path = format!("servers.{}", server.server);
        let Some(after) = new.iter().find(|other| other.server == server.server) else {
            let what = format!("The server \"{}\" was removed.", server.server);
            changes.breaking(path, what, "Who reads from there has to read from elsewhere.");
            continue;
        };
        if (&server.kind, &server.settings) != (&after.kind, &after.settings) {
            let what = format!("The server \"{}\" has another type or other settings.", server.server);
            changes.breaking(path, what, "Who reads from there has to connect differently.");
        } else if server != after {
            changes.wording(path, format!("The server \"{}\" is described differently.", server.server));
        }
    }
    for server in new.iter().filter(|server| old.iter().all(|other| other.server != server.server)) {
        let what = format!("The server \"{}\" was added.", server.server);
        changes.stronger(format!("servers.{}", server.server), what, "The servers there were still are.");
    }
}

fn roles(old: &[Role], new: &[Role], changes: &mut Changes) {
    for role in old {
        let path = format!("roles.{}", role.role);
        let Some(after) = new.iter().find(|other| other.role == role.role) else {
            let what = format!("The role \"{}\" was removed.", role.role);
            changes.breaking(path, what, "Who has access by this role loses it.");
            continue;
        };
        if role.access != after.access {
            let words = transition(role.access.as_deref(), after.access.as_deref());
            let what = format!("The access of the role \"{}\" {words}.", role.role);
            changes.breaking(path, what, "Who has this role may do something else than before.");
        } else if role != after {
            changes.wording(path, format!("The role \"{}\" is described differently.", role.role));
        }
    }
    for role in new.iter().filter(|role| old.iter().all(|other| other.role != role.role)) {
        let what = format!("The role \"{}\" was added.", role.role);
        changes.stronger(format!("roles.{}", role.role), what, "The roles there were still are.");
    }
}
