//! `lakeport export DIR`

use std::path::{Component, Path, PathBuf};

use clap::Args;
use lakeport_portal::catalog;

use super::Common;
use crate::state::Purpose;
use crate::stop::Stop;
use crate::{private, process};

#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    common: Common,
    /// Folder to write to; it is created, and has to be empty.
    dir: PathBuf,
}

impl Export {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let config = self.common.load()?.config;
        let unwritable =
            |path: &Path, error| Stop::fault(format!("{} cannot be written: {error}.", path.display()));
        if std::fs::read_dir(&self.dir).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Stop::usage(format!("{} is not empty. Name a new folder.", self.dir.display())));
        }
        let portal = process::open(&config, Purpose::Look).await?;
        let files = catalog::export(portal.ctx()).await?;
        private::folder(&self.dir).map_err(|error| unwritable(&self.dir, error))?;
        for file in &files {
            let relative = Path::new(&file.path);
            if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
                return Err(Stop::fault(format!(
                    "\"{}\" would be written outside of the folder.",
                    file.path
                )));
            }
            let path = self.dir.join(relative);
            let folder = path.parent().unwrap_or(&self.dir);
            private::folder(folder).map_err(|error| unwritable(folder, error))?;
            private::write(&path, &file.text).map_err(|error| unwritable(&path, error))?;
        }
        println!("{} files were written to {}.", files.len(), self.dir.display());
        Ok(())
    }
}
