//! `lakeport backup FILE`

use std::path::PathBuf;

use clap::Args;

use super::Common;
use crate::private;
use crate::state::{self, Purpose};
use crate::stop::Stop;

/// What to do where the copy is not ours to make.
pub(super) const POSTGRES: &str =
    "This portal keeps its data in PostgreSQL. Use pg_dump and pg_restore, or your provider's backups.";

#[derive(Debug, Args)]
pub(super) struct Backup {
    #[command(flatten)]
    common: Common,
    /// The file to write; it must not exist.
    file: PathBuf,
}

impl Backup {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let config = self.common.load()?.config;
        if config.sqlite_file().is_none() {
            return Err(Stop::usage(POSTGRES));
        }
        if self.file.exists() {
            return Err(Stop::usage(format!("{} exists. Name a new file.", self.file.display())));
        }
        let state = state::open(&config, Purpose::Look).await?;
        // Made before it is written, so that nobody else can ever open it.
        private::database(&self.file)?;
        if let Err(error) = state.db().backup(&self.file).await {
            // What there is of it would pass for a backup.
            _ = std::fs::remove_file(&self.file);
            return Err(error.into());
        }
        println!("The database was copied to {}. The lake's tables are not in it.", self.file.display());
        Ok(())
    }
}
