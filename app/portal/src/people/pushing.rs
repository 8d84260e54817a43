//! Scopes by which programs push documents, and who answers for those who hold them.

use lakeport_model::mesh::PUSHED;
use lakeport_model::people::{Role, Viewer};
use lakeport_model::{PersonId, PushScope, Scope};

use super::{ServiceAccount, viewer_in};
use crate::store::people as store;
use crate::store::{Tx, catalog};
use crate::{Error, Result};

/// The scopes among these that push.
///
/// # Errors
/// Refused where there is none at all, or one that is no scope.
pub(super) fn push_scopes(scopes: &[String]) -> Result<Vec<PushScope>> {
    if scopes.is_empty() {
        return Err(Error::invalid("scopes", format!("Choose at least one scope: {}.", allowed())));
    }
    let unknown = |scope: &str| {
        Error::invalid("scopes", format!("\"{scope}\" is not a scope; allowed are {}.", allowed()))
    };
    let others = scopes.iter().filter(|scope| scope.parse::<Scope>().is_err());
    others.map(|scope| scope.parse::<PushScope>().map_err(|_| unknown(scope))).collect()
}

/// What a token may be allowed, in words.
fn allowed() -> String {
    let kinds: Vec<&str> = PUSHED.iter().map(|kind| kind.as_str()).collect();
    let (kinds, scopes) = (kinds.join(", "), Scope::all_in_words());
    format!(
        "{scopes}, and DOMAIN:KIND to push documents of a domain, such as finance:product (kinds are {kinds})"
    )
}

/// Refuses scopes of domains that are not there, and of those where the person who is to answer for the token publishes
/// nothing. It is looked at again with every push: a role may be taken.
pub(super) async fn refuse_others_domains(tx: &mut Tx, owner: PersonId, scopes: &[PushScope]) -> Result<()> {
    if scopes.is_empty() {
        return Ok(());
    }
    let domains = catalog::domains(tx).await?;
    let owner = viewer_in(tx, owner).await?;
    for scope in scopes {
        let Some(domain) = domains.iter().find(|domain| domain.id == scope.domain.as_str()) else {
            return Err(Error::invalid(
                "scopes",
                format!("There is no domain \"{}\" for the scope {scope}.", scope.domain),
            ));
        };
        if !owner.as_ref().is_some_and(|owner| owner.is(Role::Steward, &scope.domain)) {
            return Err(Error::invalid(
                "scopes",
                format!(
                    "The scope {scope} needs an owner or steward of {} to answer for the token: it never does more \
                     than that person may.",
                    domain.name
                ),
            ));
        }
    }
    Ok(())
}

/// The person who answers for a token as a viewer, if that person can sign in now.
pub(crate) async fn answering(tx: &mut Tx, account: &ServiceAccount) -> Result<Option<Viewer>> {
    // Whoever took it over since the call came in answers for it by now.
    let Some(owner) = store::token(tx, account.id).await?.and_then(|token| token.owner) else {
        return Ok(None);
    };
    Ok(viewer_in(tx, owner).await?.filter(|owner| !owner.service))
}
