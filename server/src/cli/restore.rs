//! `lakeport restore FILE`

use std::path::{Path, PathBuf};

use clap::Args;
use lakeport_portal::{Actor, ConnectError, Db, audit};

use super::Common;
use super::backup::POSTGRES;
use crate::config::{Config, Secret};
use crate::state::{self, Purpose};
use crate::stop::Stop;
use crate::{private, process, replace};

#[derive(Debug, Args)]
pub(super) struct Restore {
    #[command(flatten)]
    common: Common,
    /// A file that `lakeport backup` wrote, or that a restore kept.
    file: PathBuf,
}

impl Restore {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let config = self.common.load()?.config;
        let database = config.sqlite_file().ok_or_else(|| Stop::usage(POSTGRES))?;
        if !self.file.is_file() {
            return Err(Stop::usage(format!("There is no file {}.", self.file.display())));
        }
        state::prepare_data(&config)?;
        // Behind a link, as `SQLite` finds what lies beside it.
        let file = self.file.canonicalize().unwrap_or_else(|_| self.file.clone());
        let _alone = state::alone(&database)?;
        let _still = state::still(&file, &database)?;
        let folder = database.with_extension("restore");
        // Left by one that was cut off; only copies lie there.
        _ = std::fs::remove_dir_all(&folder);
        private::folder(&folder)
            .map_err(|error| Stop::fault(format!("{} cannot be made: {error}.", folder.display())))?;
        let restored = restore(&config, &file, &folder, &database).await;
        _ = std::fs::remove_dir_all(&folder);
        let (before, revoked) = restored?;
        println!("{} is in place.", database.display());
        if let Some(before) = before {
            println!("The database before is kept as {}.", before.display());
            if let Some(log) = replace::log_of(&before) {
                println!("{} belongs to it; keep the two together.", log.display());
            }
        }
        println!(
            "A backup does not know what was withdrawn after it. {} Access that was withdrawn since then holds again: its \
             owners see it under \"Who has access\" on the pages of their products and tables, and can withdraw it there.",
            tokens(revoked)
        );
        Ok(())
    }
}

/// What became of the tokens in the backup.
fn tokens(revoked: usize) -> String {
    match revoked {
        0 => "No token of it was left to revoke.".to_owned(),
        1 => "1 token of it was revoked, make a new one.".to_owned(),
        many => format!("{many} tokens of it were revoked, make new ones."),
    }
}

/// Answers where the database before lies, if there was one, and how many tokens were revoked.
async fn restore(
    config: &Config,
    file: &Path,
    folder: &Path,
    database: &Path,
) -> Result<(Option<PathBuf>, usize), Stop> {
    let (ready, revoked) = prepare(config, file, folder).await.map_err(|stop| {
        Stop::fault(format!("{} cannot be restored, nothing was changed. {}", file.display(), stop.message))
    })?;
    let before = replace::put_in_place(&ready, database, &mut |_| Ok(()))
        .map_err(|error| Stop::fault(format!("{} cannot be replaced: {error}.", database.display())))?;
    Ok((before, revoked))
}

/// Opens a copy of the backup, brings it to this version, follows its audit chain and revokes its tokens, so that a file
/// which is no good never takes the place of one that is. Answers one file without anything beside it.
///
/// A chain whose end was cut off looks whole from inside; that needs `lakeport audit verify` with a head kept elsewhere.
async fn prepare(config: &Config, file: &Path, folder: &Path) -> Result<(PathBuf, usize), Stop> {
    let (copy, ready) = (folder.join("portal.db"), folder.join("ready.db"));
    replace::copy(file, &copy).map_err(|error| Stop::fault(format!("It cannot be copied: {error}.")))?;
    let database_url = Some(Secret::new(format!("sqlite://{}", copy.display())));
    let config = Config { database_url, ..config.clone() };
    look_at(&config).await?;
    let portal = process::open(&config, Purpose::Look).await?;
    let report = audit::verify(portal.ctx(), None).await?;
    if report.problem.is_some() {
        return Err(Stop::fault(report));
    }
    let revoked = audit::revoke_all_tokens(portal.ctx(), &Actor::System("restore")).await?;
    private::database(&ready)?;
    portal.ctx().db.backup(&ready).await?;
    Ok((ready, revoked))
}

/// Refuses a file that is damaged, and one that is no portal's: to bring it to this version would make one of anything.
async fn look_at(config: &Config) -> Result<(), Stop> {
    let unfit = |error: ConnectError| match error {
        ConnectError::Damaged { reason, .. } => {
            Stop::fault(format!("It is damaged, or no database at all ({reason}). Name another backup."))
        }
        other @ ConnectError::Unusable(_) => other.into(),
    };
    let db = Db::connect(&config.database()).await.map_err(unfit)?;
    db.check().await.map_err(unfit)?;
    if !db.is_portal().await? {
        return Err(Stop::fault("It is no backup of a portal. Name a file that \"lakeport backup\" wrote."));
    }
    Ok(())
}
