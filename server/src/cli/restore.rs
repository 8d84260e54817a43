//! `lakeport restore FILE`

use std::path::{Path, PathBuf};

use clap::Args;
use lakeport_portal::people::leaving::{self, Disabled};
use lakeport_portal::people::{self, sessions};
use lakeport_portal::{Actor, ConnectError, Db, audit, legible};

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
        let _instance_lock = state::alone(&database)?;
        let _still = state::still(&file, &database)?;
        let folder = database.with_extension("restore");
        // Left by one that was cut off; only copies lie there.
        _ = std::fs::remove_dir_all(&folder);
        private::folder(&folder)
            .map_err(|error| Stop::fault(format!("{} cannot be made: {error}.", folder.display())))?;
        let restored = restore(&config, &file, &folder, &database).await;
        _ = std::fs::remove_dir_all(&folder);
        let (before, ended) = restored?;
        println!("{} is in place.", database.display());
        if let Some(before) = before {
            println!("The database before is kept as {}.", before.display());
            if let Some(log) = replace::log_of(&before) {
                println!("{} belongs to it; keep the two together.", log.display());
            }
        }
        println!(
            "A backup does not know what was withdrawn after it. Everybody has to sign in again. {} {} Access that was \
             withdrawn since then holds again: its owners see it under \"Who has access\" on the pages of their products and \
             tables, and can withdraw it there.",
            tokens(ended.tokens),
            people(ended.people.as_deref())
        );
        Ok(())
    }
}

/// What a backup held that must not hold again.
struct Ended {
    /// How many tokens were revoked.
    tokens: usize,
    /// The addresses of those who were disabled; `None` where nobody could be compared.
    people: Option<Vec<String>>,
}

/// What became of those who were disabled in the database before.
fn people(disabled: Option<&[String]>) -> String {
    match disabled {
        None => "Nobody could be compared with the database before, because there was none or it cannot be read: whoever was \
                 disabled since the backup can sign in again until \"lakeport person disable EMAIL\" is run for them."
            .to_owned(),
        Some([]) => "Nobody was disabled since then.".to_owned(),
        Some(emails) => format!("Disabled since then, and disabled now too: {}.", legible(&emails.join(", "))),
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

/// Answers where the database before lies, if there was one, and what was ended.
async fn restore(
    config: &Config,
    file: &Path,
    folder: &Path,
    database: &Path,
) -> Result<(Option<PathBuf>, Ended), Stop> {
    let disabled = disabled_before(config, folder, database).await;
    let (ready, ended) = prepare(config, file, folder, disabled.as_deref()).await.map_err(|stop| {
        Stop::fault(format!("{} cannot be restored, nothing was changed. {}", file.display(), stop.message))
    })?;
    let before = replace::put_in_place(&ready, database, &mut |_| Ok(()))
        .map_err(|error| Stop::fault(format!("{} cannot be replaced: {error}.", database.display())))?;
    Ok((before, ended))
}

/// Everybody who is disabled in the database that is to be replaced, read from a copy: it is kept as it is. `None` where
/// there is none, or none that can be read.
async fn disabled_before(config: &Config, folder: &Path, database: &Path) -> Option<Vec<Disabled>> {
    // After a restore that was cut off, a part of it may lie elsewhere.
    if !database.is_file() || replace::is_unfinished(database) {
        return None;
    }
    let copy = folder.join("before.db");
    replace::copy(database, &copy).ok()?;
    let config = over(config, &copy);
    look_at(&config).await.ok()?;
    let portal = process::open(&config, Purpose::Look).await.ok()?;
    leaving::disabled(portal.ctx()).await.ok()
}

/// The same portal over a copy of its database.
fn over(config: &Config, copy: &Path) -> Config {
    let database_url = Some(Secret::new(format!("sqlite://{}", copy.display())));
    Config { database_url, ..config.clone() }
}

/// Opens a copy of the backup, brings it to this version, follows its audit chain and ends its sessions, its tokens and
/// what people have who are `disabled`, so that a file which is no good never takes the place of one that is. Answers one
/// file without anything beside it.
///
/// A chain whose end was cut off looks whole from inside; that needs `lakeport audit verify` with a head kept elsewhere.
async fn prepare(
    config: &Config,
    file: &Path,
    folder: &Path,
    disabled: Option<&[Disabled]>,
) -> Result<(PathBuf, Ended), Stop> {
    let (copy, ready) = (folder.join("portal.db"), folder.join("ready.db"));
    replace::copy(file, &copy).map_err(|error| Stop::fault(format!("It cannot be copied: {error}.")))?;
    let config = over(config, &copy);
    look_at(&config).await?;
    let portal = process::open(&config, Purpose::Look).await?;
    let report = audit::verify(portal.ctx(), None).await?;
    if report.problem.is_some() {
        return Err(Stop::fault(report));
    }
    let actor = Actor::System("restore");
    sessions::end_all(portal.ctx(), &actor).await?;
    let tokens = people::revoke_all_tokens(portal.ctx(), &actor).await?;
    let people = match disabled {
        Some(disabled) => Some(leaving::disable_again(portal.ctx(), &actor, disabled).await?),
        None => None,
    };
    private::database(&ready)?;
    portal.ctx().db.backup(&ready).await?;
    Ok((ready, Ended { tokens, people }))
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
        return Err(Stop::fault(
            "It is not a backup of a portal. Name a file that \"lakeport backup\" wrote.",
        ));
    }
    Ok(())
}
