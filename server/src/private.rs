//! Files and folders that only the portal's own user may open, whatever the system's defaults are.

use std::fs::{DirBuilder, OpenOptions, Permissions};
use std::io::{Result, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

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

/// Closes a file that exists to everybody else.
pub(crate) fn close(path: &Path) -> Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(FILE))
}

/// Makes an `SQLite` file where there is none (nothing in it is an empty database) and closes it, and what lies beside
/// it, to everybody else; files that `SQLite` puts beside it later follow its mode.
pub(crate) fn database(file: &Path) -> std::result::Result<(), Stop> {
    let failed =
        |error: std::io::Error| Stop::fault(format!("{} cannot be opened: {error}.", file.display()));
    OpenOptions::new().append(true).create(true).mode(FILE).open(file).map_err(failed)?;
    for ending in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{ending}", file.display()));
        if path.exists() {
            close(&path).map_err(failed)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
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
