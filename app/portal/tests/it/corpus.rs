//! The standards' own examples, where they lie beside the repository, and what may be skipped where.

use std::path::{Path, PathBuf};

/// The corpus, or `None` where it does not exist; in CI it has to.
pub(crate) fn corpus() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let what = path.display().to_string();
    needed(path.is_dir().then_some(path), &what, in_ci())
}

/// The administrator's address of the PostgreSQL to test on; in CI there has to be one.
pub(crate) fn postgres() -> Option<String> {
    needed(std::env::var("LAKEPORT_TEST_POSTGRES").ok(), "LAKEPORT_TEST_POSTGRES", in_ci())
}

/// What half of the tests stands on. Where it is missing that half is skipped, but never in CI.
fn needed<T>(found: Option<T>, what: &str, in_ci: bool) -> Option<T> {
    assert!(found.is_some() || !in_ci, "{what} is missing; in CI it has to be there");
    if found.is_none() {
        eprintln!("skipped: {what} is missing");
    }
    found
}

/// True where nothing may be skipped.
fn in_ci() -> bool {
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

#[test]
#[should_panic(expected = "the corpus is missing; in CI it has to be there")]
fn what_is_missing_in_ci_fails() {
    needed::<()>(None, "the corpus", true);
}

#[test]
fn what_is_missing_elsewhere_is_skipped_and_what_is_there_never_is() {
    assert_eq!(needed::<()>(None, "the corpus", false), None);
    assert_eq!(needed(Some(1), "the corpus", false), Some(1));
    assert_eq!(needed(Some(1), "the corpus", true), Some(1));
}

#[test]
fn both_halves_are_there_where_ci_runs_the_tests() {
    let there = (corpus().is_some(), postgres().is_some());
    assert!(!in_ci() || there == (true, true));
}
