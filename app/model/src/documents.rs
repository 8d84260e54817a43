//! Documents that people write: texts with revisions, as pages and programs see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::PersonId;
use crate::people::DomainRef;
use crate::proposals::Merging;
use crate::words::words;

words! {
    /// What a document describes.
    DocumentKind {
        /// A data product, as ODPS.
        Product = "product",
        /// A version of a contract, as ODCS; its id is the contract's and the version, with a space between them.
        Contract = "contract",
        /// A dashboard, as text.
        Dashboard = "dashboard",
        /// A term of the glossary.
        Term = "term",
        /// An asset as it is described: a file of assets that holds this one alone.
        Asset = "asset",
    }

    /// What people write on pages as a text.
    TextKind {
        /// A data product, as ODPS.
        Product = "product",
        /// A data contract, as ODCS: a version of it.
        Contract = "contract",
        /// A dashboard, as the text of its file.
        Dashboard = "dashboard",
    }

    /// Where a revision came from.
    Source {
        /// Somebody wrote it on a page of the portal.
        Page = "page",
        /// An operator imported files.
        Files = "files",
        /// A program pushed a folder of files.
        Api = "api",
    }
}

impl TextKind {
    /// What its revisions are kept as.
    pub fn document(self) -> DocumentKind {
        match self {
            Self::Product => DocumentKind::Product,
            Self::Contract => DocumentKind::Contract,
            Self::Dashboard => DocumentKind::Dashboard,
        }
    }
}

impl Source {
    /// True where files hold the text: whoever changes it in the portal has them changed, too.
    pub fn is_of_files(self) -> bool {
        matches!(self, Self::Files | Self::Api)
    }
}

/// Most bytes of a document that is written on a page or sent by a program.
pub const LONGEST_DOCUMENT: usize = 512 * 1024;

/// One revision in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionLine {
    /// Its number; those of a document count from 1 without a gap, those of all versions of a contract together.
    pub number: u32,
    /// When it was published.
    pub at: DateTime<Utc>,
    /// Who published it, in words: a name, or `an operator`.
    pub who: String,
    /// The person who did, where it was one who is still known.
    pub person: Option<PersonId>,
    /// Where it came from.
    pub source: Source,
    /// Why, as its author said; empty where nobody did.
    pub reason: String,
    /// Of a contract, the version that it is a text of.
    pub version: Option<String>,
    /// Lines it added to the one before.
    pub added: u32,
    /// Lines it took from the one before.
    pub removed: u32,
}

/// What became of a line between two revisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineChange {
    /// It stands in both.
    Same,
    /// Only the later one has it.
    Added,
    /// Only the earlier one has it.
    Removed,
    /// So many lines that stand in both are left out here; the text is their number.
    Skipped,
}

/// A line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// What became of it.
    pub change: LineChange,
    /// Its number in the earlier text, from 1.
    pub old: Option<u32>,
    /// Its number in the later text, from 1.
    pub new: Option<u32>,
    /// Its text, without the end of line.
    pub text: String,
}

/// A revision with what it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The document's id.
    pub id: String,
    /// The name of what it describes, as it is called now.
    pub name: String,
    /// Its domain.
    pub domain: DomainRef,
    /// As in a list.
    pub line: RevisionLine,
    /// The number of the newest one; this is it where the two are the same.
    pub newest: u32,
    /// What it changed against the one before, of the first one everything.
    pub diff: Vec<DiffLine>,
    /// True where the comparison was too long and stops before its end.
    pub is_cut: bool,
    /// Its whole text.
    pub text: String,
    /// True where the viewer may publish this text again.
    pub may_publish: bool,
}

/// All revisions of a document, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The document's id.
    pub id: String,
    /// The name of what it describes.
    pub name: String,
    /// Its domain.
    pub domain: DomainRef,
    /// Revisions of this part of the list.
    pub lines: Vec<RevisionLine>,
    /// Where the next part begins; `None` on the last.
    pub next: Option<String>,
    /// True where the viewer may publish a change.
    pub may_publish: bool,
}

/// A document as somebody begins to change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Editing {
    /// What it is.
    pub kind: TextKind,
    /// Its id; `None` for a new one, whose text says it.
    pub id: Option<String>,
    /// An id that a new dashboard may have, whose text says none; `None` for everything else.
    pub new_id: Option<String>,
    /// The name of what it describes; empty for a new one.
    pub name: String,
    /// The domain it belongs to.
    pub domain: DomainRef,
    /// The text to begin with.
    pub text: String,
    /// The number of the revision that is replaced, whichever text takes its place; of a proposal, of the one that it was written
    /// on. 0 for a new document.
    pub base: u32,
    /// The newest revision.
    pub newest: Option<RevisionLine>,
    /// True where the text is that of an older revision, to be published again.
    pub is_older: bool,
    /// True where the viewer publishes nothing here, and proposes what they write.
    pub proposes: bool,
    /// The proposal that the text is of.
    pub proposal: Option<Merging>,
}

/// Something that is wrong with a text, or worth a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The line, from 1; 0 for the whole text.
    pub line: u32,
    /// The column, from 1; 0 for the whole line.
    pub column: u32,
    /// The field, as `outputPorts[0].name`; empty where it is none.
    pub field: String,
    /// What is wrong, and what to do.
    pub message: String,
}

/// What would become of a text if it were published now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Checked {
    /// What keeps it from being published.
    pub problems: Vec<Problem>,
    /// What does not, and is worth a look.
    pub advice: Vec<String>,
    /// What it changes against what is published, line by line; nothing where the two are the same.
    pub diff: Vec<DiffLine>,
    /// True where the comparison was too long and stops before its end.
    pub is_cut: bool,
    /// That somebody else has published since the text was begun.
    pub overtaken: Option<String>,
    /// What it changes for people, a sentence each: who sees it, what it offers, whose grants it touches.
    pub effects: Vec<String>,
}

impl Checked {
    /// True where it can be published.
    pub fn is_right(&self) -> bool {
        self.problems.is_empty()
    }
}

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The document's id.
    pub id: String,
    /// The number of its newest revision.
    pub number: u32,
    /// False where the text was published already, so that nothing changed.
    pub is_new: bool,
}
