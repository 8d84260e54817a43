//! `lakeport person disable` and `lakeport person enable`

use clap::{Args, Subcommand};
use lakeport_portal::people::{self, Actor, leaving};

use super::{Common, refused};
use crate::process;
use crate::state::Purpose;
use crate::stop::Stop;

#[derive(Debug, Subcommand)]
pub(super) enum Person {
    /// Ends a person's sessions, tokens, requests and grants; sign-in is refused from then on.
    Disable(Whom),
    /// Lets a disabled person sign in again; what ended stays ended.
    Enable(Whom),
}

#[derive(Debug, Args)]
pub(super) struct Whom {
    #[command(flatten)]
    common: Common,
    /// The person's e-mail address.
    #[arg(value_name = "EMAIL")]
    email: String,
}

impl Person {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let (Self::Disable(whom) | Self::Enable(whom)) = &self;
        let config = whom.common.load()?.config;
        let portal = process::open(&config, Purpose::Look).await?;
        let ctx = portal.ctx();
        let found = people::viewer_by_email(ctx, &whom.email).await.map_err(refused)?;
        let Some(person) = found else {
            return Err(Stop::usage(format!("Nobody here has the address {}.", whom.email)));
        };
        let actor = Actor::System("command line");
        match self {
            Self::Disable(_) => leaving::disable(ctx, &actor, person.id).await.map_err(refused)?,
            Self::Enable(_) => leaving::enable(ctx, &actor, person.id).await.map_err(refused)?,
        }
        Ok(())
    }
}
