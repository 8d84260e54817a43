//! `lakeport token create`

use clap::{Args, Subcommand};
use lakeport_portal::people::{self, Actor};

use super::{Common, refused};
use crate::process;
use crate::state::Purpose;
use crate::stop::Stop;

#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Makes a token for a service account and prints it as the last line.
    Create(Create),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    #[command(flatten)]
    common: Common,
    /// The service account's name.
    #[arg(long, value_name = "NAME", env = "LAKEPORT_NAME", hide_env_values = true)]
    name: String,
    /// What it may do, with commas between: catalog:read, lineage:read, lineage:write, access:read, access:write, and
    /// DOMAIN:KIND to push documents of a domain (finance:product, finance:contract, finance:dashboard, finance:asset, finance:term),
    /// which takes an owner or steward of that domain to answer for it.
    #[arg(
        long,
        value_name = "SCOPES",
        env = "LAKEPORT_SCOPE",
        hide_env_values = true,
        value_delimiter = ',',
        required = true
    )]
    scope: Vec<String>,
    /// E-mail address of the person who answers for it.
    #[arg(long, value_name = "EMAIL", env = "LAKEPORT_OWNER", hide_env_values = true)]
    owner: String,
    /// After how many days it ends, 365 at most.
    #[arg(long, value_name = "DAYS", env = "LAKEPORT_DAYS", hide_env_values = true, default_value_t = people::TOKEN_DAYS)]
    days: u16,
}

impl Token {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let Self::Create(create) = self;
        let config = create.common.load()?.config;
        let portal = process::open(&config, Purpose::Look).await?;
        let actor = Actor::System("command line");
        let new = people::NewToken {
            name: create.name,
            scopes: create.scope,
            owner: Some(create.owner),
            days: Some(create.days),
        };
        let token = people::create_token(portal.ctx(), &actor, new).await.map_err(refused)?;
        println!("The token is shown this once; keep it like a password.");
        println!("{token}");
        Ok(())
    }
}
