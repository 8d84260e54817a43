//! The folder of the index: numbered folders, each a whole index, and who may write there.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::document::VERSION;

/// What a commit says about itself.
pub(super) fn payload(change: i64) -> String {
    format!("{VERSION} {change}")
}

/// Version and change of the last commit of an index; `None` before its first, or where it cannot be read.
pub(super) fn whole(path: &Path) -> Option<(u32, i64)> {
    let meta = std::fs::read(path.join("meta.json")).ok()?;
    let meta: serde_json::Value = serde_json::from_slice(&meta).ok()?;
    let (version, change) = meta.get("payload")?.as_str()?.split_once(' ')?;
    Some((version.parse().ok()?, change.parse().ok()?))
}

/// Number of the change that the index in a folder reflects.
pub(super) fn reflected(folder: &Path) -> Option<i64> {
    let mut states = numbered(folder).ok()?.into_iter().filter_map(|(_, path)| whole(&path));
    states.find_map(|(version, change)| (version == VERSION).then_some(change))
}

/// The numbered folders, newest first.
pub(super) fn numbered(folder: &Path) -> std::io::Result<Vec<(u64, PathBuf)>> {
    let mut held = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let number = entry.file_name().to_str().and_then(|name| name.parse().ok());
        held.extend(number.map(|number: u64| (number, entry.path())));
    }
    held.sort_unstable_by_key(|(number, _)| std::cmp::Reverse(*number));
    Ok(held)
}

/// The folder for this process alone, as long as the file is held; `None` where another one has it.
pub(super) fn lock(folder: &Path) -> tantivy::Result<Option<File>> {
    let file = File::options().append(true).create(true).open(folder.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Removes the folder of an index that nobody reads any more.
pub(super) fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_dir_all(path) {
        tracing::warn!(%error, path = %path.display(), "an old search index cannot be removed");
    }
}
