//! Who acts: a person, a program, or the portal itself.

use lakeport_model::people::Viewer;
use lakeport_model::{PersonId, PushScope, Scope, TokenId};

use crate::policy::Authorized;
use crate::policy::rules::Operator;
use crate::{Error, Result};

/// A service account, known by its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Id of the token.
    pub id: TokenId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// The person who answers for it, if anybody does.
    pub owner: Option<PersonId>,
}

impl ServiceAccount {
    /// The account as a viewer without memberships: it sees what every signed-in person sees, and no more.
    pub fn as_viewer(&self) -> Viewer {
        Viewer {
            id: self.id.into(),
            name: self.name.clone(),
            email: String::new(),
            administrator: false,
            service: true,
            memberships: Vec::new(),
        }
    }

    /// True when the token carries this scope.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.iter().any(|held| held == scope.as_str())
    }

    /// What the token lets it push: kinds of documents, each of one domain.
    pub fn push_scopes(&self) -> Vec<PushScope> {
        self.scopes.iter().filter_map(|held| held.parse().ok()).collect()
    }
}

/// Who acts, as the audit records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    Viewer(Viewer),
    /// A service account.
    Service(ServiceAccount),
    /// The portal itself: a job, or a command of its operator.
    System(&'static str),
}

/// Whose work it is, where all take turns: a person's, or the portal's own. Work of service accounts is of whoever answers for
/// them, so that many tokens of one person have no more of the time than one; it is their own where nobody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party(Option<PersonId>);

impl Party {
    /// Jobs, commands of the operator, and what everybody needs.
    pub const PORTAL: Self = Self(None);

    /// The person, or the service account that nobody answers for; none for the portal.
    pub(crate) fn person(self) -> Option<PersonId> {
        self.0
    }
}

impl From<&Viewer> for Party {
    fn from(viewer: &Viewer) -> Self {
        Self(Some(viewer.id))
    }
}

impl From<&ServiceAccount> for Party {
    fn from(account: &ServiceAccount) -> Self {
        Self(Some(account.owner.unwrap_or(account.id.into())))
    }
}

impl From<&Actor> for Party {
    fn from(actor: &Actor) -> Self {
        match actor {
            Actor::Viewer(viewer) => viewer.into(),
            Actor::Service(account) => account.into(),
            Actor::System(_) => Self::PORTAL,
        }
    }
}

impl Actor {
    /// The signed-in person who acts.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Viewer(viewer) => (!viewer.service).then_some(viewer.id),
            Self::Service(_) | Self::System(_) => None,
        }
    }

    /// The proof that a command of the operator is carried out.
    ///
    /// # Errors
    /// Refused to people and service accounts.
    pub(crate) fn as_operator(&self) -> Result<Authorized<Operator>> {
        match self {
            Self::System(_) => Ok(Operator::Command.proof()),
            Self::Viewer(_) | Self::Service(_) => {
                Err(Error::forbidden("This is for whoever runs the portal, as a command.")
                    .under("operator.only"))
            }
        }
    }

    /// The stored form: ids, no names.
    pub fn key(&self) -> String {
        match self {
            Self::Viewer(viewer) if viewer.service => format!("service {}", viewer.id),
            Self::Viewer(viewer) => format!("person {}", viewer.id),
            Self::Service(account) => format!("service {}", account.id),
            Self::System(name) => format!("system {name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use lakeport_model::documents::DocumentKind;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn many_tokens_of_one_person_never_have_more_than_one_share() {
        let party = |number: u128, owner: Option<u128>| {
            let (id, owner) =
                (TokenId(Uuid::from_u128(number)), owner.map(|owner| PersonId(Uuid::from_u128(owner))));
            Party::from(&ServiceAccount { id, name: String::new(), scopes: Vec::new(), owner })
        };
        assert_eq!(party(1, Some(9)), party(2, Some(9)));
        assert_ne!(party(1, Some(9)), party(1, Some(8)));
        assert_ne!(party(1, None), party(2, None), "each is its own where nobody answers for it");
    }

    #[test]
    fn only_scopes_of_a_domain_push() {
        let scopes = ["catalog:read", "orders:product", "old:thing"].map(str::to_owned).into();
        let id = TokenId(Uuid::nil());
        let account = ServiceAccount { id, name: String::new(), scopes, owner: None };
        let held = PushScope { domain: "orders".into(), kind: DocumentKind::Product };
        assert_eq!(account.push_scopes(), [held]);
    }
}
