//! Two versions of a contract: what changed, and whether a consumer has to act.
//!
//! A change is breaking when something that was promised no longer holds, or when more is asked than
//! before. Where the effect cannot be told from the documents, the change counts as breaking.

mod options;
mod promises;
mod schema;
mod terms;

use std::fmt;

use semver::Version;
use serde::Serialize;

use crate::standards::odcs::{Contract, words};

/// Whether consumers have to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// What relied on the old version still works.
    Compatible,
    /// What relied on the old version may no longer work.
    Breaking,
}

impl ChangeKind {
    /// In a word.
    pub fn label(self) -> &'static str {
        match self {
            Self::Compatible => "Compatible",
            Self::Breaking => "Breaking",
        }
    }
}

/// The part of a version that has to rise at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bump {
    /// Nothing changed.
    None,
    /// Words changed, no promise.
    Patch,
    /// Something was added or promised more firmly, or the terms read differently.
    Minor,
    /// Something broke.
    Major,
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where, in the words of the document: `schema.payments.order_id.required`.
    pub path: String,
    /// Whether consumers have to act.
    pub kind: ChangeKind,
    /// What changed, as a sentence.
    pub what: String,
    /// Why it is compatible or breaking, as a sentence.
    pub why: String,
    /// What this change alone asks of the version.
    pub bump: Bump,
}

/// All differences between two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The differences in the order of the document.
    pub changes: Vec<Change>,
    /// The part of the version that has to rise at least.
    pub required_bump: Bump,
}

impl Comparison {
    /// True when consumers have to act.
    pub fn is_breaking(&self) -> bool {
        self.required_bump == Bump::Major
    }

    /// Each difference with its weight and its reason, the breaking ones first.
    pub fn in_words(&self) -> Vec<String> {
        let line = |change: &Change| format!("{}: {} {}", change.kind.label(), change.what, change.why);
        let compatible = self.changes.iter().filter(|change| change.kind == ChangeKind::Compatible);
        self.breaking().chain(compatible).map(line).collect()
    }

    /// The breaking changes.
    pub fn breaking(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.kind == ChangeKind::Breaking)
    }
}

/// Compares two versions of a contract. The version number itself is not a difference.
pub fn compare(old: &Contract, new: &Contract) -> Comparison {
    let mut changes = Changes::default();
    terms::compare(old, new, &mut changes);
    schema::objects(&old.schema, &new.schema, &mut changes);
    promises::service_levels(old, new, &mut changes);
    let required_bump = changes.0.iter().map(|change| change.bump).max().unwrap_or(Bump::None);
    Comparison { changes: changes.0, required_bump }
}

/// What is wrong with the number of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionProblem {
    /// It breaks promises, and its number does not say so.
    pub hides_a_break: bool,
    /// What is wrong and what to do, in sentences.
    pub message: String,
}

/// What is wrong with the version number of `new`, when it follows `old`; `None` when it is fine.
pub fn version_problem(old: &Contract, new: &Contract) -> Option<VersionProblem> {
    let problem = |message: String| Some(VersionProblem { hides_a_break: false, message });
    let (Some(from), Some(to)) = (old.semantic_version(), new.semantic_version()) else {
        return problem("One of the two versions is not a semantic version such as 1.0.0.".to_owned());
    };
    let comparison = compare(old, new);
    let next = next_version(&from, comparison.required_bump);
    if comparison.required_bump == Bump::None {
        return if to < from {
            problem(format!("Version {to} is lower than {from}, which it follows."))
        } else {
            None
        };
    }
    if to <= from {
        return Some(VersionProblem {
            hides_a_break: comparison.is_breaking(),
            message: format!(
                "The contract changed, but version {to} does not follow {from}; the next version is {next} or higher."
            ),
        });
    }
    let number = |version: &Version| (version.major, version.minor, version.patch);
    if comparison.is_breaking() && number(&to) < number(&next) {
        let reasons: Vec<&str> = comparison.breaking().map(|change| change.what.as_str()).collect();
        let message = format!(
            "This version breaks what version {from} promises, so its number has to be {next} or higher, not {to}. {}",
            reasons.join(" ")
        );
        return Some(VersionProblem { hides_a_break: true, message });
    }
    None
}

/// The lowest version that a change of this weight allows after `from`. Before 1.0.0 the minor number says what breaks.
pub fn next_version(from: &Version, bump: Bump) -> Version {
    match bump {
        Bump::None => from.clone(),
        Bump::Patch => Version::new(from.major, from.minor, from.patch.saturating_add(1)),
        Bump::Minor => Version::new(from.major, from.minor.saturating_add(1), 0),
        Bump::Major if from.major == 0 => Version::new(0, from.minor.saturating_add(1), 0),
        Bump::Major => Version::new(from.major.saturating_add(1), 0, 0),
    }
}

/// The differences found so far.
#[derive(Default)]
struct Changes(Vec<Change>);

impl Changes {
    fn breaking(&mut self, path: impl Into<String>, what: impl Into<String>, why: &str) {
        self.push(path.into(), Bump::Major, what.into(), why);
    }

    fn stronger(&mut self, path: impl Into<String>, what: impl Into<String>, why: &str) {
        self.push(path.into(), Bump::Minor, what.into(), why);
    }

    fn wording(&mut self, path: impl Into<String>, what: impl Into<String>) {
        self.push(path.into(), Bump::Patch, what.into(), "It describes the data and promises nothing.");
    }

    fn push(&mut self, path: String, bump: Bump, what: String, why: &str) {
        let kind = if bump == Bump::Major { ChangeKind::Breaking } else { ChangeKind::Compatible };
        self.0.push(Change { path, kind, what, why: why.to_owned(), bump });
    }

    /// Records a change of describing members, when any of them differs.
    fn words(&mut self, path: &str, subject: &str, members: &[(&str, bool)]) {
        let changed: Vec<String> =
            members.iter().filter(|(_, differs)| *differs).map(|(name, _)| words::member(name)).collect();
        if !changed.is_empty() {
            self.wording(path, format!("{subject} changed its {}.", changed.join(", ")));
        }
    }
}

/// "added", "removed" or "changed from a to b", for a sentence.
fn transition(old: Option<&str>, new: Option<&str>) -> String {
    match (old, new) {
        (None, Some(new)) => format!("was set to \"{new}\""),
        (Some(old), None) => format!("was \"{old}\" and was removed"),
        (Some(old), Some(new)) => format!("changed from \"{old}\" to \"{new}\""),
        (None, None) => "did not change".to_owned(),
    }
}

#[cfg(test)]
mod tests;
