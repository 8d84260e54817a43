//! `lakeport restore FILE`

use std::path::{Path, PathBuf};

use clap::Args;
use lakeport_portal::audit;

use super::Common;
use super::backup::POSTGRES;
use crate::config::{Config, Secret};
use crate::process;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(super) struct Restore {
    #[command(flatten)]
    common: Common,
    /// A file that `lakeport backup` wrote.
    file: PathBuf,
}

impl Restore {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let config = self.common.load()?.config;
        let database = config.sqlite_file().ok_or_else(|| Stop::usage(POSTGRES))?;
        if !self.file.is_file() {
            return Err(Stop::usage(format!("There is no file {}.", self.file.display())));
        }
        process::prepare_data(&config)?;
        let _alone = process::lock(&config)?;
        check(&config, &self.file).await?;
        put_in_place(&self.file, &database)?;
        println!(
            "{} is in place. The database before is kept beside it, with \".before\" in its name.",
            database.display()
        );
        Ok(())
    }
}

/// Opens a copy of the backup, brings it to this version and follows its audit chain, so that a file which is no
/// good never takes the place of one that is.
async fn check(config: &Config, file: &Path) -> Result<(), Stop> {
    let folder = config.data.join(format!("restore-{}", std::process::id()));
    let failed =
        |error: std::io::Error| Stop::fault(format!("{} cannot be copied: {error}.", file.display()));
    std::fs::create_dir(&folder).map_err(failed)?;
    let checked = async {
        let copy = folder.join("portal.db");
        std::fs::copy(file, &copy).map_err(failed)?;
        let database_url = Some(Secret::new(format!("sqlite://{}", copy.display())));
        let ctx = process::context(&Config { database_url, ..config.clone() }).await?;
        let report = audit::verify(&ctx, None).await?;
        report.problem.map_or(Ok(()), |problem| Err(Stop::fault(problem)))
    };
    let checked = checked.await.map_err(|stop: Stop| {
        Stop::fault(format!("{} cannot be restored, nothing was changed. {}", file.display(), stop.message))
    });
    std::fs::remove_dir_all(&folder).map_err(failed)?;
    checked
}

fn put_in_place(file: &Path, database: &Path) -> Result<(), Stop> {
    let failed =
        |error: std::io::Error| Stop::fault(format!("{} cannot be replaced: {error}.", database.display()));
    let beside = |ending: &str| PathBuf::from(format!("{}{ending}", database.display()));
    let new = beside(".restoring");
    std::fs::copy(file, &new).map_err(failed)?;
    std::fs::File::open(&new).and_then(|file| file.sync_all()).map_err(failed)?;
    for ending in ["", "-wal", "-shm"] {
        let old = beside(ending);
        if old.exists() {
            std::fs::rename(&old, beside(&format!(".before{ending}"))).map_err(failed)?;
        }
    }
    std::fs::rename(&new, database).map_err(failed)
}
