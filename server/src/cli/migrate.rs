//! `lakeport migrate`

use clap::Args;
use lakeport_portal::Db;

use super::Common;
use crate::process;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    common: Common,
}

impl Migrate {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let config = self.common.load()?.config;
        process::prepare_data(&config)?;
        Db::connect(&config.database()).await?.migrate().await?;
        println!("The database is at this version's state.");
        Ok(())
    }
}
