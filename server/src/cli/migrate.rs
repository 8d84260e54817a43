//! `lakeport migrate`

use clap::Args;

use super::Common;
use crate::state::{self, Purpose};
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    common: Common,
}

impl Migrate {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let config = self.common.load()?.config;
        state::open(&config, Purpose::Make).await?.db().migrate().await?;
        println!("The database is at this version's state.");
        Ok(())
    }
}
