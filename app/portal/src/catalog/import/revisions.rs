//! Revisions of what is written, and what an import or a push does where somebody changed a document in the portal since the last one.
//!
//! Of a document three texts meet then: the one that is published, the one that files held last, and the one that they hold
//! now. Where only the portal's side changed, it stays; where only the files' side did, it goes; where both did, somebody has to
//! put them together.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use lakeport_model::documents::{DocumentKind, Source};
use lakeport_model::mesh::Over;
use lakeport_model::moment;

use super::parts;
use crate::Result;
use crate::actor::{Actor, Party};
use crate::beside::CATALOGS;
use crate::policy::{Authorized, WriteDocument};
use crate::standards::FileError;
use crate::store::Tx;
use crate::store::import::ROWS;
use crate::store::people;
use crate::store::revisions::{self as store, NewRevision, Publisher, RevisionRow};
use crate::text::lines;

/// Who writes documents, where from and why.
pub(crate) struct By<'a> {
    /// Who.
    pub(crate) actor: &'a Actor,
    /// That they may.
    pub(crate) proof: Authorized<WriteDocument>,
    /// Where from.
    pub(crate) source: Source,
    /// Why.
    pub(crate) reason: &'a str,
    /// Revisions that the files take into account.
    pub(crate) over: &'a [Over],
}

/// A text that is new.
pub(super) struct Change<'d> {
    /// The document's id.
    pub(super) id: String,
    /// The text.
    pub(super) text: &'d str,
    /// The text before; none of a new document.
    pub(super) before: Option<String>,
}

/// Keeps new texts as the next revisions of their documents.
pub(super) async fn keep(
    tx: &mut Tx,
    by: &By<'_>,
    kind: DocumentKind,
    at: DateTime<Utc>,
    changes: Vec<Change<'_>>,
) -> Result<()> {
    let actor = by.actor.key();
    let publisher = Publisher { at, actor: &actor, source: by.source, reason: by.reason };
    // Files come now and then, and many together.
    let longest = if by.source.is_of_files() { lines::LONGEST_LOOK } else { lines::LONGEST_COUNT };
    for part in parts(changes, |change| change.text.len()) {
        let ids: Vec<&str> = part.iter().map(|change| change.id.as_str()).collect();
        let newest = store::newest(tx, kind, &ids).await?.into_iter().map(|row| (row.document, row.number));
        let newest: HashMap<String, u32> = newest.collect();
        let mut changed = counted(&part, longest).await?.into_iter();
        let revision = |change: &Change<'_>| {
            let counts = if change.before.is_some() { changed.next() } else { None };
            let (added, removed) = counts.unwrap_or_else(|| (lines::count(change.text), 0));
            (newest.get(&change.id).map_or(1, |number| number + 1), added, removed)
        };
        let numbers: Vec<(u32, u32, u32)> = part.iter().map(revision).collect();
        let revisions = part.iter().zip(numbers).map(|(change, (number, added, removed))| NewRevision {
            document: &change.id,
            number,
            text: change.text,
            added,
            removed,
        });
        let revisions: Vec<NewRevision<'_>> = revisions.collect();
        store::put(tx, &by.proof, kind, publisher, &revisions).await?;
    }
    Ok(())
}

/// How many lines each changed text adds and takes, in their order.
async fn counted(changes: &[Change<'_>], longest: Duration) -> Result<Vec<(u32, u32)>> {
    let texts = changes.iter().filter_map(|change| Some((change.before.clone()?, change.text.to_owned())));
    let texts: Vec<(String, String)> = texts.collect();
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let count = move || {
        // Together: however many there are, others wait for them.
        let until = Instant::now() + longest;
        texts.iter().map(|(before, text)| lines::changed(before, text, until)).collect()
    };
    CATALOGS.run(Party::PORTAL, count).await
}

/// Notes of documents that are as the files say that files hold them now; answers of how many nobody knew that.
pub(super) async fn hold(tx: &mut Tx, by: &By<'_>, kind: DocumentKind, same: &[&str]) -> Result<u64> {
    let mut noted = 0;
    if by.source.is_of_files() {
        for part in same.chunks(ROWS) {
            noted += store::put_in_files(tx, &by.proof, kind, part).await?;
        }
    }
    Ok(noted)
}

/// What becomes of a text that files bring.
pub(super) enum Meeting<'a> {
    /// It is published: nobody changed the document but by files, or its author has seen what somebody changed.
    Goes,
    /// It is as it was, and what somebody published in the portal stays.
    Stays,
    /// It changed, and so did the document in the portal: its newest revision.
    Clashes(&'a RevisionRow),
}

/// A document that changed in the portal and in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clash {
    /// What it is.
    pub(crate) kind: DocumentKind,
    /// Its file; of an asset its id, for a file holds many.
    pub(crate) file: String,
    /// Its newest revision, which somebody wrote in the portal.
    pub(crate) newest: RevisionRow,
}

/// Documents that somebody changed in the portal since files held them.
#[derive(Default)]
pub(super) struct Apart {
    /// Their newest revisions.
    newest: HashMap<String, RevisionRow>,
    /// What files held of them last.
    in_files: HashMap<String, String>,
    /// The revisions that the author of the files has seen.
    seen: HashMap<String, u32>,
}

impl Apart {
    /// Those among these documents, whose files say something else than is published. Who publishes in the portal was shown
    /// what is published, and is held to that.
    pub(super) async fn of(tx: &mut Tx, by: &By<'_>, kind: DocumentKind, documents: &[&str]) -> Result<Self> {
        if !by.source.is_of_files() || documents.is_empty() {
            return Ok(Self::default());
        }
        let newest = store::newest(tx, kind, documents).await?;
        Self::among(tx, by, kind, newest).await
    }

    /// The same for documents whose newest revisions were read already.
    pub(super) async fn among(
        tx: &mut Tx,
        by: &By<'_>,
        kind: DocumentKind,
        newest: Vec<RevisionRow>,
    ) -> Result<Self> {
        if !by.source.is_of_files() {
            return Ok(Self::default());
        }
        let newest = newest.into_iter().filter(|row| !row.in_files);
        let newest: HashMap<String, RevisionRow> = newest.map(|row| (row.document.clone(), row)).collect();
        let apart: Vec<&str> = newest.keys().map(String::as_str).collect();
        let in_files = if apart.is_empty() { Vec::new() } else { store::in_files(tx, kind, &apart).await? };
        let seen = by.over.iter().filter(|over| over.kind == kind);
        let seen = seen.map(|over| (over.id.clone(), over.revision)).collect();
        Ok(Self { in_files: in_files.into_iter().collect(), newest, seen })
    }

    /// What becomes of a file's text.
    pub(super) fn meeting(&self, document: &str, text: &str) -> Meeting<'_> {
        match self.newest.get(document) {
            None => Meeting::Goes,
            Some(_) if self.in_files.get(document).is_some_and(|held| held == text) => Meeting::Stays,
            Some(newest) if self.seen.get(document) == Some(&newest.number) => Meeting::Goes,
            Some(newest) => Meeting::Clashes(newest),
        }
    }
}

/// What an import says at a file that changed while somebody changed the same document in the portal.
pub(super) async fn clash(tx: &mut Tx, Clash { file, newest, .. }: &Clash) -> Result<FileError> {
    let person = match newest.publisher() {
        Some(id) => people::by_id(tx, id).await?,
        None => None,
    };
    let who = newest.who(|_| person.map_or_else(|| "somebody erased".to_owned(), |person| person.name));
    let message = format!(
        "{who} changed this in the portal (revision {}, {}), and the file is not the one that was imported last either. Nobody's \
         change is overwritten: run `lakeport export`, import the exported file as it is, then put your change into it and \
         import that.",
        newest.number,
        moment(newest.at)
    );
    Ok(FileError { file: file.clone(), line: 0, column: 0, field: String::new(), message })
}
