//! The standards' own examples, where they lie beside the repository, and what may be skipped where.

use std::path::{Path, PathBuf};

/// The corpus, or `None` where it does not exist; in CI it has to.
pub(crate) fn corpus() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if path.is_dir() {
        return Some(path);
    }
    assert!(!in_ci(), "{} is missing", path.display());
    eprintln!("skipped: {} is missing", path.display());
    None
}

/// True where nothing may be skipped.
pub(crate) fn in_ci() -> bool {
    is_ci(std::env::var("CI").ok().as_deref())
}

/// Whatever a CI says but a no: not every one says `true`.
fn is_ci(says: Option<&str>) -> bool {
    says.is_some_and(|says| !["", "0", "false"].contains(&says.to_lowercase().as_str()))
}

#[test]
fn nothing_is_ever_skipped_in_ci() {
    for says in ["true", "True", "1", "yes", "woodpecker"] {
        assert!(is_ci(Some(says)), "{says}");
    }
    for says in [None, Some(""), Some("0"), Some("false"), Some("FALSE")] {
        assert!(!is_ci(says), "{says:?}");
    }
}
