//! What a plan says: what is wrong, with its places, and what changes, line by line.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use lakeport_model::documents::DocumentKind;
use lakeport_model::mesh::{Plan, PushProblem};

use super::published::Published;
use crate::catalog::{Folder, FolderAsset, ImportError, SourceFile, described};
use crate::documents::{self, Diff};
use crate::glossary::{Sees, beside_file};
use crate::standards::FileError;
use crate::text::legible;
use crate::{Error, Result};

/// Most problems that are told at once.
const MOST_TOLD: usize = 200;
/// Most documents of a plan that are compared line by line.
pub(super) const MOST_DIFFS: usize = 200;
/// Most lines of each.
const MOST_LINES: usize = 300;
/// How long the shortest way is looked for, in all of them together.
const LONGEST_COMPARISON: Duration = Duration::from_secs(5);

/// What is wrong with a document, before anybody looked where in its file that stands.
#[derive(Debug)]
pub(super) struct Wrong {
    file: String,
    field: String,
    /// What is wrong.
    pub(super) message: String,
    /// It tells that something has an id or an address, which its author may not see.
    pub(super) is_taken: bool,
}

impl Wrong {
    pub(super) fn at(file: &SourceFile, field: impl Into<String>, message: String) -> Self {
        Self { file: file.path.clone(), field: field.into(), message, is_taken: false }
    }

    /// The same of an id or an address that is taken.
    pub(super) fn taken(file: &SourceFile, field: impl Into<String>, message: String) -> Self {
        Self { is_taken: true, ..Self::at(file, field, message) }
    }
}

/// The same with its places; each file is read again, beside the threads that answer.
pub(super) fn placed(folder: &Folder, wrong: Vec<Wrong>) -> Vec<PushProblem> {
    let texts: HashMap<&str, &str> =
        folder.documents().map(|(_, _, file)| (file.path.as_str(), file.text.as_str())).collect();
    let more = wrong.len().saturating_sub(MOST_TOLD);
    let mut files: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for Wrong { file, field, message, .. } in wrong.into_iter().take(MOST_TOLD) {
        files.entry(file).or_default().push((field, message));
    }
    let mut problems = Vec::new();
    for (file, found) in files {
        let text = texts.get(file.as_str()).copied().unwrap_or_default();
        problems.extend(FileError::all_at(&file, text, found).iter().map(problem));
    }
    problems.extend(documents::untold(more).map(whole));
    problems
}

/// What an import would say of the files.
///
/// # Errors
/// What is nothing about the files.
pub(super) fn problems(error: ImportError) -> Result<Vec<PushProblem>> {
    documents::told(error, MOST_TOLD, problem, whole)
}

fn problem(error: &FileError) -> PushProblem {
    let number = |number: u64| u32::try_from(number).unwrap_or_default();
    PushProblem {
        file: legible(&error.file),
        line: number(error.line),
        column: number(error.column),
        field: legible(&error.field),
        message: legible(&error.message),
    }
}

/// A problem of no file alone.
pub(super) fn whole(message: String) -> PushProblem {
    PushProblem { file: String::new(), line: 0, column: 0, field: String::new(), message }
}

/// Says what a plan changes line by line, beside the threads that answer. What met comes first: somebody has to put that
/// together. What goes beyond the limits keeps the numbers of lines that it has. Links of terms that whoever answers for the
/// program does not see are none of it.
///
/// # Errors
/// Where what is held of an asset cannot be printed.
pub(super) fn compare(
    plan: &mut Plan,
    folder: &Folder,
    published: &mut Published,
    sees: &Sees<'_>,
) -> Result<()> {
    let stated = Stated::of(folder);
    let (until, mut left) = (Instant::now() + LONGEST_COMPARISON, MOST_DIFFS);
    let mut compared = |kind: DocumentKind, id: &str| -> Result<Option<Diff>> {
        if left == 0 {
            return Ok(None);
        }
        left -= 1;
        let (old, new) = stated.beside(published, sees, kind, id)?;
        Ok(Some(Diff::within(&old, &new, MOST_LINES, until)))
    };
    for meeting in &mut plan.meetings {
        match compared(meeting.kind, &meeting.id)? {
            Some(Diff { lines, is_cut, .. }) => (meeting.diff, meeting.is_cut) = (lines, is_cut),
            None => meeting.is_cut = true,
        }
    }
    for change in &mut plan.changed {
        if let Some(Diff { lines, is_cut, added, removed }) = compared(change.kind, &change.id)? {
            (change.diff, change.is_cut) = (lines, is_cut);
            (change.added, change.removed) = (added, removed);
        } else {
            change.is_cut = true;
        }
    }
    Ok(())
}

/// What the files of a push state.
struct Stated<'f> {
    texts: HashMap<(DocumentKind, String), &'f str>,
    assets: HashMap<&'f str, &'f FolderAsset>,
}

impl<'f> Stated<'f> {
    fn of(folder: &'f Folder) -> Self {
        let texts = folder.documents().map(|(kind, id, file)| ((kind, id), file.text.as_str()));
        let assets = folder.assets.iter().map(|asset| (asset.row.id.as_str(), asset));
        Self { texts: texts.collect(), assets: assets.collect() }
    }

    /// What is published of a document, and what takes its place.
    fn beside(
        &self,
        published: &mut Published,
        sees: &Sees<'_>,
        kind: DocumentKind,
        id: &str,
    ) -> Result<(String, String)> {
        if kind == DocumentKind::Asset {
            // A file may hold many, and says nothing of where each lies.
            let held = published.assets.get(id);
            let new = self.assets.get(id).map(|asset| described::text(&asset.in_place_of(held)));
            let [old, new] =
                [held.map(described::text), new].map(|text| text.transpose().map_err(Error::fault));
            return Ok((old?.unwrap_or_default(), new?.unwrap_or_default()));
        }
        let key = (kind, id.to_owned());
        let old = published.texts.remove(&key).unwrap_or_default();
        let new = self.texts.get(&key).copied().unwrap_or_default();
        Ok(match kind {
            DocumentKind::Term => beside_file(sees, old, new),
            DocumentKind::Dashboard if !documents::shows_dashboard(sees.snapshot, sees.rights, &old) => {
                (String::new(), new.to_owned())
            }
            _ => (old, new.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn a_push_full_of_mistakes_is_told_the_first_of_them() {
        let error = FileError {
            file: "a".to_owned(),
            line: 1,
            column: 1,
            field: String::new(),
            message: "This is wrong.".to_owned(),
        };
        let told = problems(ImportError::Files(vec![error; MOST_TOLD + 7])).expect("it is about the files");
        assert_eq!(told.len(), MOST_TOLD + 1);
        assert_eq!(told[MOST_TOLD].message, "There are 7 more, told once these are corrected.");
        let busy = problems(ImportError::Portal(Error::busy("Later.")));
        assert!(busy.is_err(), "it says nothing about the files");
    }
}
