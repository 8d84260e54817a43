//! The portal's own database on the disk, and who works on it. Every command comes in by [`open`]: beside a restore, or
//! after one that was cut off, none of them does.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use lakeport_portal::Db;

use crate::config::Config;
use crate::stop::Stop;
use crate::{private, replace};

/// The database, held as long as this lives: nobody puts another one in its place meanwhile.
#[derive(Debug)]
pub struct State {
    db: Db,
    _held: Vec<File>,
}

impl State {
    /// The database; its tables are as they were found.
    pub fn db(&self) -> &Db {
        &self.db
    }
}

/// What a command is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Something with a portal that is there.
    Look,
    /// Something with a portal that is made where there is none.
    Make,
    /// To be the portal; of an `SQLite` file there is one at a time.
    Serve,
}

/// Opens the database of this configuration.
///
/// # Errors
/// When there is no portal to look at, another process serves it, a restore is at work on it or was cut off, or it cannot
/// be used.
pub async fn open(config: &Config, purpose: Purpose) -> Result<State, Stop> {
    if purpose == Purpose::Look {
        return find(config).await?.ok_or_else(|| no_portal(config));
    }
    prepare_data(config)?;
    let Some(file) = config.sqlite_file() else { return connect(config, Vec::new()).await };
    let mut held = vec![hold(&file, USED, File::try_lock_shared, &being_restored(&file))?];
    if purpose == Purpose::Serve {
        held.push(hold(&file, SERVED, File::try_lock, &served(&file))?);
    }
    replace::refuse_unfinished(&file)?;
    connect(config, held).await
}

/// Opens the database where there is one.
///
/// # Errors
/// When a restore is at work on it or was cut off, or it cannot be used.
pub async fn find(config: &Config) -> Result<Option<State>, Stop> {
    let Some(file) = config.sqlite_file() else { return connect(config, Vec::new()).await.map(Some) };
    // A restore takes the file away and brings another. Nothing is left in a folder that is no portal's.
    if !file.is_file() && !replace::is_unfinished(&file) && !file.is_file() {
        return Ok(None);
    }
    let held = vec![hold(&file, USED, File::try_lock_shared, &being_restored(&file))?];
    replace::refuse_unfinished(&file)?;
    connect(config, held).await.map(Some)
}

async fn connect(config: &Config, held: Vec<File>) -> Result<State, Stop> {
    if let Some(file) = config.sqlite_file() {
        private::database(&file)?;
    }
    Ok(State { db: Db::connect(&config.database()).await?, _held: held })
}

/// An `SQLite` file that nobody else works on.
#[derive(Debug)]
pub(crate) struct Alone {
    _held: [File; 2],
}

/// Keeps everybody away from this file, whatever state it is in, in order to put another one in its place.
///
/// # Errors
/// When somebody works on it.
pub(crate) fn alone(file: &Path) -> Result<Alone, Stop> {
    let busy = busy(file);
    // The second lock is the one that versions before this one take.
    Ok(Alone {
        _held: [hold(file, USED, File::try_lock, &busy)?, hold(file, SERVED, File::try_lock, &busy)?],
    })
}

/// Keeps everybody away from a file that is to be copied with its log, where it is another portal's own: while somebody
/// writes, the two do not fit together. A file without a log is whole, and `ours` is kept already.
///
/// # Errors
/// When somebody works on it.
pub(crate) fn still(file: &Path, ours: &Path) -> Result<Vec<File>, Stop> {
    let mut held = Vec::new();
    if replace::log_of(file).is_none() {
        return Ok(held);
    }
    for ending in [USED, SERVED] {
        let path = file.with_extension(ending);
        let is_ours = path.canonicalize().ok() == ours.with_extension(ending).canonicalize().ok();
        if path.is_file() && !is_ours {
            held.push(locked(&path, File::open(&path), File::try_lock, &busy(file))?);
        }
    }
    Ok(held)
}

/// Endings of the files beside a database that are locked; locks end with their process, whatever becomes of it.
const USED: &str = "used";
const SERVED: &str = "lock";

fn hold(
    database: &Path,
    ending: &str,
    lock: fn(&File) -> Result<(), TryLockError>,
    taken: &str,
) -> Result<File, Stop> {
    let path = database.with_extension(ending);
    locked(&path, private::open(&path), lock, taken)
}

fn locked(
    path: &Path,
    opened: std::io::Result<File>,
    lock: fn(&File) -> Result<(), TryLockError>,
    taken: &str,
) -> Result<File, Stop> {
    let unusable =
        |error: &dyn std::fmt::Display| Stop::fault(format!("{} cannot be used: {error}.", path.display()));
    let file = opened.map_err(|error| unusable(&error))?;
    match lock(&file) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Stop::fault(taken)),
        Err(TryLockError::Error(error)) => Err(unusable(&error)),
    }
}

fn busy(file: &Path) -> String {
    format!(
        "Lakeport works on {}: a portal that runs, or a command. Stop it or let it end, and restore again.",
        file.display()
    )
}

fn being_restored(file: &Path) -> String {
    format!("A backup is being restored in the place of {}. Try again when that has ended.", file.display())
}

fn served(file: &Path) -> String {
    format!(
        "Another Lakeport runs on {}. Stop it first, or use PostgreSQL for several processes.",
        file.display()
    )
}

fn no_portal(config: &Config) -> Stop {
    let file = config.sqlite_file().unwrap_or_default();
    Stop::usage(format!(
        "There is no portal in {}: {} is missing. Name its folder with --data DIR; \"lakeport serve\" makes a new one.",
        config.data.display(),
        file.display()
    ))
}

/// Makes sure that the data folder exists; its parent has to.
///
/// # Errors
/// When it does not and cannot be made.
pub(crate) fn prepare_data(config: &Config) -> Result<(), Stop> {
    let data = &config.data;
    if data.is_dir() {
        return Ok(());
    }
    let named_home = dirs_of_home().is_some_and(|home| data.starts_with(home));
    let parent = data.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !named_home && !parent.is_dir() {
        return Err(Stop::usage(format!(
            "The data folder {} cannot be made: there is no folder {}.",
            data.display(),
            parent.display()
        )));
    }
    private::folder(data)
        .map_err(|error| Stop::fault(format!("The data folder {} cannot be made: {error}.", data.display())))
}

/// The user's own data folder, below which missing folders are made without asking.
fn dirs_of_home() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    variable("XDG_DATA_HOME").or_else(|| variable("HOME").map(|home| home.join(".local/share")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PURPOSES: [Purpose; 3] = [Purpose::Look, Purpose::Make, Purpose::Serve];

    fn configured(data: &Path) -> Config {
        Config { data: data.to_path_buf(), ..Config::default() }
    }

    /// Ends the connections, so that nothing touches the files any more.
    async fn leave(state: State) {
        state.db().close().await;
    }

    #[tokio::test]
    async fn nobody_opens_a_database_whose_restore_was_cut_off_at_any_step() {
        for crash in 0.. {
            let data = tempfile::tempdir().expect("a folder");
            let config = configured(data.path());
            let file = config.sqlite_file().expect("a file");
            let ready = data.path().join("ready.db");
            let state = open(&config, Purpose::Make).await.expect("it is made");
            state.db().migrate().await.expect("it gets its tables");
            state.db().backup(&ready).await.expect("it is copied");
            leave(state).await;
            let mut steps = 0;
            let restored = replace::put_in_place(&ready, &file, &mut |_| {
                steps += 1;
                if steps > crash { Err(std::io::Error::other("a crash")) } else { Ok(()) }
            });
            let cut_off = replace::is_unfinished(&file);
            for purpose in PURPOSES {
                match open(&config, purpose).await {
                    Ok(state) => {
                        assert!(!cut_off, "{purpose:?} after {crash} steps");
                        state.db().ping().await.expect("it answers");
                        leave(state).await;
                    }
                    Err(stop) => {
                        assert!(cut_off, "{purpose:?} after {crash} steps: {stop}");
                        assert!(stop.message.contains("was cut off"), "{purpose:?}: {stop}");
                    }
                }
            }
            if cut_off {
                let _instance_lock = alone(&file).expect("a restore may begin anew");
                replace::put_in_place(&ready, &file, &mut |_| Ok(())).expect("and ends well");
            }
            leave(open(&config, Purpose::Look).await.expect("it is a portal again")).await;
            if restored.is_ok() {
                assert!(crash > 3, "there are steps to be cut off at");
                return;
            }
        }
    }

    #[tokio::test]
    async fn a_restore_has_the_database_for_itself() {
        let data = tempfile::tempdir().expect("a folder");
        let config = configured(data.path());
        let file = config.sqlite_file().expect("a file");
        for purpose in [Purpose::Make, Purpose::Look, Purpose::Serve] {
            let state = open(&config, purpose).await.expect("it opens");
            let stop = alone(&file).expect_err("somebody works on it");
            assert!(stop.message.starts_with("Lakeport works on"), "{stop}");
            leave(state).await;
        }
        let restore = alone(&file).expect("nobody works on it");
        for purpose in PURPOSES {
            let stop = open(&config, purpose).await.expect_err("it is being replaced");
            assert!(stop.message.starts_with("A backup is being restored"), "{purpose:?}: {stop}");
        }
        alone(&file).expect_err("one restore at a time");
        drop(restore);
        open(&config, Purpose::Look).await.expect("it is over");
    }

    #[tokio::test]
    async fn one_process_serves_and_commands_work_beside_it() {
        let data = tempfile::tempdir().expect("a folder");
        let config = configured(data.path());
        let _portal = open(&config, Purpose::Serve).await.expect("it opens");
        let stop = open(&config, Purpose::Serve).await.expect_err("there is one");
        assert!(stop.message.starts_with("Another Lakeport runs on"), "{stop}");
        for purpose in [Purpose::Look, Purpose::Make] {
            open(&config, purpose).await.expect("a command works");
        }
    }

    #[tokio::test]
    async fn looking_in_the_wrong_folder_leaves_nothing_there() {
        let data = tempfile::tempdir().expect("a folder");
        let config = configured(data.path());
        let stop = open(&config, Purpose::Look).await.expect_err("there is no portal");
        assert!(stop.message.starts_with("There is no portal in"), "{stop}");
        assert_eq!(std::fs::read_dir(data.path()).expect("it is there").count(), 0);
    }
}
