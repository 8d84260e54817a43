//! Files and folders that only the portal's own user may open, whatever the system's defaults are.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{Result, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, set_dumpable_behavior};

use crate::stop::Stop;

const FOLDER: u32 = 0o700;
/// The mode of a file that only its owner may open.
pub(crate) const FILE: u32 = 0o600;

/// Makes a folder, and those above it, where they are missing.
pub(crate) fn folder(path: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER).create(path)
}

/// Writes a whole file.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(FILE)
        .open(path)?
        .write_all(bytes.as_ref())
}

/// Opens a file, made where there is none; what stands in it stays.
pub(crate) fn open(path: &Path) -> Result<File> {
    OpenOptions::new().append(true).create(true).mode(FILE).open(path)
}

/// Closes a file that exists to everybody else.
pub(crate) fn close(path: &Path) -> Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(FILE))
}

/// Makes an `SQLite` file where there is none (nothing in it is an empty database) and closes it, and what lies beside
/// it, to everybody else; files that `SQLite` puts beside it later follow its mode.
pub(crate) fn database(file: &Path) -> std::result::Result<(), Stop> {
    let failed =
        |error: std::io::Error| Stop::fault(format!("{} cannot be opened: {error}.", file.display()));
    open(file).map_err(failed)?;
    for ending in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{ending}", file.display()));
        if path.exists() {
            close(&path).map_err(failed)?;
        }
    }
    Ok(())
}

/// Closes this process to others of the same user: its variables hold secrets, and the workers, which run statements that
/// people wrote, are processes of that user too.
pub(crate) fn process() {
    #[cfg(target_os = "linux")]
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "the variables of this process can be read by other processes of its user");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_worker_never_reads_the_secrets_of_the_portal() {
        use std::os::unix::fs::MetadataExt as _;
        process();
        assert_eq!(rustix::process::dumpable_behavior().expect("it is told"), DumpableBehavior::NotDumpable);
        let variables = std::fs::metadata("/proc/self/environ").expect("it is there");
        assert_eq!(variables.uid(), 0, "they belong to the system");
    }

    #[test]
    fn what_the_portal_writes_is_never_readable_by_other_users() {
        let place = tempfile::tempdir().expect("a folder");
        let data = place.path().join("a/data");
        folder(&data).expect("made");
        assert_eq!(mode(&data), FOLDER);
        write(&data.join("note"), "x").expect("written");
        assert_eq!(mode(&data.join("note")), FILE);
        let db = data.join("portal.db");
        std::fs::write(data.join("portal.db-wal"), "x").expect("an old one");
        database(&db).expect("made");
        assert_eq!((mode(&db), mode(&data.join("portal.db-wal"))), (FILE, FILE));
    }
}
