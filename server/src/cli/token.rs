//! `lakeport token create`

use clap::{Args, Subcommand};
use lakeport_portal::people::Actor;
use lakeport_portal::{Error, audit};

use super::Common;
use crate::process;
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
    #[arg(long, value_name = "NAME", env = "LAKEPORT_NAME")]
    name: String,
    /// What it may do, with commas between: catalog:read, lineage:read, lineage:write, access:read, access:write.
    #[arg(long, value_name = "SCOPES", env = "LAKEPORT_SCOPE", value_delimiter = ',', required = true)]
    scope: Vec<String>,
}

impl Token {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let Self::Create(create) = self;
        let config = create.common.load()?.config;
        process::require_data(&config)?;
        let ctx = process::context(&config).await?;
        let actor = Actor::System("command line");
        let token =
            audit::create_token(&ctx, &actor, create.name, create.scope).await.map_err(
                |error| match error {
                    Error::Refused(refusal) => Stop::usage(refusal.message),
                    Error::Fault(_) => Stop::fault(error),
                },
            )?;
        println!("The token is shown this once; keep it like a password.");
        println!("{token}");
        Ok(())
    }
}
