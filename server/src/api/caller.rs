//! Who calls the REST interface, and what for.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use lakeport_model::Scope;
use lakeport_portal::people::{Actor, ServiceAccount};
use lakeport_portal::{Call, Ctx};

use super::Problem;

/// What a token needs to push documents, in words.
pub(super) const PUSHES: &str = "a scope DOMAIN:KIND, such as finance:product";

/// Somebody the outer layer let in.
#[derive(Clone)]
pub enum Caller {
    /// A program with a token.
    Service(ServiceAccount),
    /// A signed-in person, who may read here what the pages show.
    Person(Arc<Call>),
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        if let Some(account) = parts.extensions.get::<ServiceAccount>() {
            return Ok(Self::Service(account.clone()));
        }
        let call = parts.extensions.get::<Arc<Call>>().cloned();
        call.map(Self::Person).ok_or_else(Problem::unauthorized)
    }
}

impl Caller {
    /// The call of somebody who reads what this scope opens.
    ///
    /// # Errors
    /// A 403 that names the scope a token lacks.
    pub async fn reader(self, ctx: &Ctx, scope: Scope) -> Result<Arc<Call>, Problem> {
        match self {
            Self::Service(account) => {
                allow(&account, scope)?;
                Ok(Arc::new(Call::by(ctx, &account).await?))
            }
            Self::Person(call) => Ok(call),
        }
    }

    /// The service account as the author of a change; people make changes on the pages.
    ///
    /// # Errors
    /// A 403 that names the scope a token lacks.
    pub fn author(self, scope: Scope) -> Result<ServiceAccount, Problem> {
        match self {
            Self::Service(account) => allow(&account, scope).map(|()| account),
            Self::Person(_) => Err(by_programs(&format!("the scope {scope}"))),
        }
    }

    /// The service account that pushes documents; which ones it may is decided where they are read.
    ///
    /// # Errors
    /// A 403 that says what the token lacks.
    pub fn pusher(self) -> Result<ServiceAccount, Problem> {
        match self {
            Self::Service(account) if account.push_scopes().is_empty() => Err(lacks(&account, PUSHES)),
            Self::Service(account) => Ok(account),
            Self::Person(_) => Err(by_programs(PUSHES)),
        }
    }
}

/// The actor behind a service account, as the audit records it.
pub(super) fn actor(account: ServiceAccount) -> Actor {
    Actor::Service(account)
}

fn allow(account: &ServiceAccount, scope: Scope) -> Result<(), Problem> {
    if account.may(scope) {
        return Ok(());
    }
    Err(lacks(account, &format!("the scope {scope}")))
}

fn lacks(account: &ServiceAccount, what: &str) -> Problem {
    let held = account.scopes.join(", ");
    let detail = format!("The token of {} lacks {what}; it has {held}.", account.name);
    Problem::new(StatusCode::FORBIDDEN, detail)
}

/// People make changes on the pages.
fn by_programs(what: &str) -> Problem {
    let detail = format!("Changes over this interface need a service account's token with {what}.");
    Problem::new(StatusCode::FORBIDDEN, detail)
}
