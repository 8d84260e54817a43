//! Folders of documents that programs push: a plan of what they would change, and applying it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::documents::{DiffLine, DocumentKind};

/// Kinds of document that a push brings.
pub const PUSHED: [DocumentKind; 5] = [
    DocumentKind::Product,
    DocumentKind::Contract,
    DocumentKind::Dashboard,
    DocumentKind::Asset,
    DocumentKind::Term,
];

/// Most files of one push.
pub const MOST_FILES: usize = 2_000;

/// Most bytes of all their texts together.
pub const LONGEST_PUSH: usize = 8 * 1024 * 1024;

/// Most assets of one push: a file may hold many.
pub const MOST_ASSETS: usize = 1_000;

/// A file of a folder that is pushed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushedFile {
    /// Its path within the folder, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A document of which somebody has seen a revision that was written in the portal, and put it into the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Over {
    /// Its kind.
    pub kind: DocumentKind,
    /// Its id.
    pub id: String,
    /// The number of the revision.
    pub revision: u32,
}

/// A push, before anybody knows what it changes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// The files.
    pub files: Vec<PushedFile>,
    /// Revisions that these files take into account.
    #[serde(default)]
    pub over: Vec<Over>,
    /// Why, in a sentence. A push that lowers a classification, moves an asset or makes something public needs it; applying its
    /// plan without a reason takes this one.
    #[serde(default)]
    pub reason: String,
    /// It also retires what its token pushed before and these files do not have any more.
    #[serde(default)]
    pub prune: bool,
}

/// A document that a push makes or changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedChange {
    /// Its kind.
    pub kind: DocumentKind,
    /// Its id; of a contract with its version, and a space between them.
    pub id: String,
    /// The file that says so.
    pub file: String,
    /// Lines that the file adds to what is published.
    pub added: u32,
    /// Lines that it takes.
    pub removed: u32,
    /// What it changes, line by line; nothing of a new document.
    pub diff: Vec<DiffLine>,
    /// True where the comparison was too long and stops before its end.
    pub is_cut: bool,
    /// What it changes for people, a sentence each: of products and assets only, and of so many of them.
    pub effects: Vec<String>,
}

/// Something that a push retires: its token pushed it before, and the files do not have it any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedRetirement {
    /// Its kind: a product, an asset or a term.
    pub kind: DocumentKind,
    /// Its id.
    pub id: String,
    /// The first day, in UTC, on which it is retired.
    pub on: NaiveDate,
    /// What that means for people, a sentence each.
    pub effects: Vec<String>,
}

/// What keeps a push from being applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushProblem {
    /// The file; empty where it is about none of them alone.
    pub file: String,
    /// The line, from 1; 0 for the whole file.
    pub line: u32,
    /// The column, from 1; 0 for the whole line.
    pub column: u32,
    /// The field; empty where it is none.
    pub field: String,
    /// What is wrong, and what to do.
    pub message: String,
}

/// A document that somebody changed in the portal since files held it, while the file changed, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Its kind.
    pub kind: DocumentKind,
    /// Its id.
    pub id: String,
    /// The file.
    pub file: String,
    /// The number of its newest revision.
    pub revision: u32,
    /// Who published that, when and why, as a sentence.
    pub said: String,
    /// What is published, line by line against the file.
    pub diff: Vec<DiffLine>,
    /// True where the comparison was too long and stops before its end.
    pub is_cut: bool,
}

/// What a push would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// By what it is applied; `None` where it cannot be, or where there is nothing to apply.
    pub id: Option<Uuid>,
    /// Until when it can be applied.
    pub ends_at: Option<DateTime<Utc>>,
    /// New documents.
    pub created: Vec<PlannedChange>,
    /// Documents with a new text.
    pub changed: Vec<PlannedChange>,
    /// What is retired, since it is not in the files any more; nothing of a push without `prune`.
    pub retired: Vec<PlannedRetirement>,
    /// How many documents are as the files say already.
    pub unchanged: u32,
    /// What stays as somebody left it in the portal, a sentence each: the file is as it was, or is gone.
    pub kept: Vec<String>,
    /// What does not keep it from being applied, and is worth a look.
    pub warnings: Vec<String>,
    /// What does.
    pub refused: Vec<PushProblem>,
    /// Documents that changed on both sides, which does as well.
    pub meetings: Vec<Meeting>,
}

impl Plan {
    /// True where nothing speaks against it, also where there is nothing to do.
    pub fn is_right(&self) -> bool {
        self.refused.is_empty() && self.meetings.is_empty()
    }
}

/// What was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// New documents: kind and id.
    pub created: Vec<(DocumentKind, String)>,
    /// Documents with a new text.
    pub changed: Vec<(DocumentKind, String)>,
    /// What was retired.
    pub retired: Vec<(DocumentKind, String)>,
    /// How many are as they were.
    pub unchanged: u32,
}
