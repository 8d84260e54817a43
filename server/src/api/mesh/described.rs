//! What is sent and answered, as the description of the interface has it; the model reads and writes it.
#![expect(dead_code, reason = "it describes bodies, which the model reads and writes")]

use chrono::{DateTime, NaiveDate, Utc};
use utoipa::ToSchema;
use uuid::Uuid;

/// A folder.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Push {
    /// Its files, at most 2,000, and at most 8 MiB of text.
    files: Vec<PushedFile>,
    /// Revisions that were written in the portal and that these files take into account.
    #[serde(default)]
    over: Vec<Over>,
    /// Why, in a sentence. A push that lowers a classification, moves an asset or makes something public needs it; a plan that is
    /// applied without a reason takes this one.
    #[serde(default)]
    reason: String,
    /// It also retires products, assets and terms that this token pushed before and these files do not have any more.
    #[serde(default)]
    prune: bool,
}

/// A file.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct PushedFile {
    /// Its path within the folder, with `/`.
    path: String,
    /// Its text, at most 512 KiB.
    text: String,
}

/// A revision that somebody has seen and put into the file.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct Over {
    /// The document's kind.
    kind: DocumentKind,
    /// Its id.
    id: String,
    /// The number of the revision.
    revision: u32,
}

/// What a document describes.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
enum DocumentKind {
    Product,
    Contract,
    Dashboard,
    Asset,
    Term,
}

/// What a push would do.
#[derive(ToSchema)]
pub(super) struct Plan {
    /// By what it is applied; null where it cannot be, or where there is nothing to apply.
    id: Option<Uuid>,
    /// Until when it can be applied.
    ends_at: Option<DateTime<Utc>>,
    /// New documents.
    created: Vec<PlannedChange>,
    /// Documents with a new text.
    changed: Vec<PlannedChange>,
    /// What is retired, since it is not in the files any more; nothing of a push without `prune`.
    retired: Vec<PlannedRetirement>,
    /// How many documents are as the files say already.
    unchanged: u32,
    /// What stays as somebody left it in the portal, a sentence each: the file is as it was, or is gone.
    kept: Vec<String>,
    /// What does not keep it from being applied, and is worth a look: a sentence each.
    warnings: Vec<String>,
    /// What does.
    refused: Vec<PushProblem>,
    /// Documents that changed in the portal and in the file, which does as well.
    meetings: Vec<Meeting>,
}

/// A document that a push makes or changes.
#[derive(ToSchema)]
struct PlannedChange {
    /// Its kind.
    kind: DocumentKind,
    /// Its id; of a contract with its version, and a space between them.
    id: String,
    /// The file that says so.
    file: String,
    /// Lines that the file adds to what is published.
    added: u32,
    /// Lines that it takes.
    removed: u32,
    /// What it changes, line by line; nothing of a new document.
    diff: Vec<DiffLine>,
    /// True where the comparison stops before its end.
    is_cut: bool,
    /// What a product or an asset that is new or changed means for people, a sentence each; nothing of other kinds.
    effects: Vec<String>,
}

/// Something that a push retires.
#[derive(ToSchema)]
struct PlannedRetirement {
    /// Its kind: a product, an asset or a term.
    kind: DocumentKind,
    /// Its id.
    id: String,
    /// The first day, in UTC, on which it is retired: today, or in 30 days where people rely on it.
    on: NaiveDate,
    /// What that means for people, a sentence each.
    effects: Vec<String>,
}

/// What keeps a push from being applied.
#[derive(ToSchema)]
struct PushProblem {
    /// The file; empty where it is about none of them alone.
    file: String,
    /// The line, from 1; 0 for the whole file.
    line: u32,
    /// The column, from 1; 0 for the whole line.
    column: u32,
    /// The field; empty where it is none.
    field: String,
    /// What is wrong, and what to do.
    message: String,
}

/// A document that somebody changed in the portal, while the file changed, too.
#[derive(ToSchema)]
struct Meeting {
    /// Its kind.
    kind: DocumentKind,
    /// Its id.
    id: String,
    /// The file.
    file: String,
    /// The number of its newest revision; `over` names it where the file takes it into account.
    revision: u32,
    /// Who published that, when and why, as a sentence.
    said: String,
    /// What is published, line by line against the file.
    diff: Vec<DiffLine>,
    /// True where the comparison stops before its end.
    is_cut: bool,
}

/// A line of a comparison.
#[derive(ToSchema)]
struct DiffLine {
    /// What became of it.
    change: LineChange,
    /// Its number in what is published, from 1.
    old: Option<u32>,
    /// Its number in the file, from 1.
    new: Option<u32>,
    /// Its text; of lines that are left out, their number.
    text: String,
}

/// What became of a line.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
enum LineChange {
    Same,
    Added,
    Removed,
    Skipped,
}

/// What was applied.
#[derive(ToSchema)]
pub(super) struct Applied {
    /// New documents: kind and id.
    created: Vec<Vec<String>>,
    /// Documents with a new text: kind and id.
    changed: Vec<Vec<String>>,
    /// What was retired: kind and id.
    retired: Vec<Vec<String>>,
    /// How many are as they were.
    unchanged: u32,
}
