//! Sign-in by OIDC, sessions, and the layer that refuses everybody else.

mod demo_issuer;
mod guard;
mod oidc;
pub mod page;
mod pages;
mod pending;
mod session;

use lakeport_portal::people::{self, Identity};

pub use demo_issuer::{COMPANY, DemoIssuer, routes as demo_routes};
pub use guard::{authenticate, stranger_may};
pub use oidc::{Provider, Registration, SignInError};
pub use pages::{callback, local_path, sign_in, sign_out, sign_out_everywhere, signed_out};
pub use session::{Sessions, layer, person};

use crate::shared::Shared;

/// What sign-in needs.
pub struct Auth {
    /// The issuer that says who somebody is.
    pub provider: Provider,
    /// The demo's own issuer, in demo mode.
    pub demo_issuer: Option<DemoIssuer>,
    /// Pages travel over https: cookies are `Secure` and carry the `__Host-` prefix.
    pub secure: bool,
    /// The address people type, without a trailing slash.
    pub address: String,
}

impl Auth {
    /// A cookie's name: with the prefix that binds it to this host wherever browsers allow it.
    pub fn cookie(&self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { name.to_owned() }
    }
}

/// Finds or registers the person whom the issuer named, and counts how that went.
async fn admit(shared: &Shared, identity: &Identity) -> lakeport_portal::Result<lakeport_model::PersonId> {
    let admitted = people::sign_in(&shared.ctx, identity).await;
    let outcome = if admitted.is_ok() { "admitted" } else { "refused" };
    metrics::counter!("lakeport_sign_ins_total", "outcome" => outcome).increment(1);
    admitted
}
