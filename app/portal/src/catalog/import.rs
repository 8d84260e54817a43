//! Files become the catalog: read all, check all, then write all or nothing.
//!
//! Files are read and checked before the catalog is locked. Then one transaction compares and writes, and looks at what the
//! files name and what that concerns (`around.rs`), however large the catalog is; read whole are where tables lie, people, and
//! domains with their members. A large mesh takes it about a minute, in which pages are read as before and whoever else wants to
//! change something is asked to try again.

mod around;
mod assets;
mod carried;
mod contracts;
mod documents;
mod effects;
mod files;
mod foreign;
mod known;
mod names;
mod one;
mod people;
mod places;
mod privileges;
mod push;
mod pushed_assets;
mod revisions;
mod terms;
mod twins;
mod write;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use lakeport_model::documents::Source;
use serde_json::{Value, json};

pub(crate) use self::assets::{Classes, Lowered, lowered, write_assets};
pub(crate) use self::carried::Carried;
pub(crate) use self::documents::StatedDashboard;
pub(crate) use self::effects::Did;
pub use self::files::{Files, Progress, SourceFile, Step, Watch};
pub(crate) use self::one::{
    Described, MOST_OBJECTS, MOST_PORTS, MOST_TABLES, OneDocument, read_document, write_document,
};
pub(crate) use self::push::{Folder, lay, read_folder};
pub(crate) use self::pushed_assets::{FolderAsset, HeldAssets, Texts, held_assets};
pub(crate) use self::revisions::{By, Clash};
pub(crate) use self::terms::{refuse_links, write_term};

use self::documents::Takes;
use self::known::Known;
use self::write::Written;
use crate::assets::Exposed;
use crate::beside::IMPORTS;
use crate::people::Actor;
use crate::people::told::FileRole;
use crate::policy::{Authorized, Import};
use crate::standards::FileError;
use crate::store::changes::Touched;
use crate::store::import::ROWS;
use crate::text::legible;
use crate::{Ctx, Error};

/// Most bytes of documents in one statement, about.
const BYTES: usize = 4 * 1024 * 1024;

/// Most things of an import that the audit names as new, and as changed.
const MOST_NOTED: usize = 20;

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// New things: kind and id.
    pub created: Vec<(String, String)>,
    /// Changed things.
    pub changed: Vec<(String, String)>,
    /// Number of things that are as the files say already.
    pub unchanged: usize,
    /// What stays as somebody wanted it in the portal, whatever the files say.
    pub kept: Vec<String>,
    /// What does not keep the import from running, but is worth a look.
    pub warnings: Vec<String>,
    /// Changes of who may do or read what, each for the audit.
    pub(crate) privileges: Vec<privileges::Change>,
    /// Roles among them, for those who hear of each.
    pub(crate) roles: Vec<FileRole>,
    /// Assets that became less protected or left their domain on a page or by a push, for their stewards.
    pub(crate) exposed: Vec<Exposed>,
    /// Assets to which all came that events said of others with their addresses.
    pub(crate) joined: BTreeSet<String>,
    /// What is new, changed or gone.
    pub(crate) touched: BTreeSet<Touched>,
    /// Documents that changed in the portal and in their files; an import that has one is refused.
    pub(crate) clashes: Vec<Clash>,
    /// Texts of which nobody knew that files hold them.
    pub(crate) held: u64,
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (sign, things) in [("+", &self.created), ("~", &self.changed)] {
            for (kind, id) in things {
                writeln!(f, "{sign} {kind} {}", legible(id))?;
            }
        }
        for kept in &self.kept {
            writeln!(f, "= {}", legible(kept))?;
        }
        for warning in &self.warnings {
            writeln!(f, "warning: {}", legible(warning))?;
        }
        write!(f, "{} new, {} changed, {} unchanged", self.created.len(), self.changed.len(), self.unchanged)
    }
}

/// Why nothing was imported.
#[derive(Debug)]
pub enum ImportError {
    /// Files are wrong; every problem with file, line and column.
    Files(Vec<FileError>),
    /// The portal refused or failed.
    Portal(Error),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(errors) => {
                for error in errors {
                    writeln!(f, "{error}")?;
                }
                let problems = if errors.len() == 1 { "problem" } else { "problems" };
                write!(f, "{} {problems}; nothing was imported", errors.len())
            }
            Self::Portal(error) => f.write_str(&legible(&error.to_string())),
        }
    }
}

impl std::error::Error for ImportError {}

impl From<Error> for ImportError {
    fn from(error: Error) -> Self {
        Self::Portal(error)
    }
}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        Self::Portal(error.into())
    }
}

/// Imports files: all, or nothing when one of them is wrong. `dry_run` only answers what would change.
///
/// # Errors
/// [`ImportError::Files`] with every problem of every file.
pub async fn import(
    ctx: &Ctx,
    actor: &Actor,
    files: Vec<SourceFile>,
    dry_run: bool,
) -> Result<ImportReport, ImportError> {
    let files: Arc<dyn Files> = Arc::new(files);
    import_watched(ctx, actor, &files, dry_run, &Watch::default()).await
}

/// The same for files that are read when their turn comes, with somebody who hears how far it is.
///
/// # Errors
/// [`ImportError::Files`] with every problem of every file.
pub async fn import_watched(
    ctx: &Ctx,
    actor: &Actor,
    files: &Arc<dyn Files>,
    dry_run: bool,
    watch: &Watch,
) -> Result<ImportReport, ImportError> {
    let proof: Authorized<Import> = actor.as_operator()?.allows();
    let (settings, now) = (Arc::clone(&ctx.settings), ctx.now());
    let (source, hears) = (Arc::clone(files), watch.clone());
    let known = Known::of(&mut ctx.db.read().await?, &**files).await?;
    let threads = documents::every_processor();
    let read =
        move || documents::read(&settings, &*source, threads, (&known, Takes::Everything), now, &hears);
    let (documents, mut warnings) = IMPORTS.run(actor.into(), read).await??;
    let mut tx = ctx.db.write().await?;
    tx.expect_many().await?;
    let unnoted = names::catch_up(&mut tx).await?;
    let mut report = ImportReport::default();
    let by = By { actor, proof: proof.allows(), source: Source::Files, reason: "", over: &[] };
    let written = write::all(&mut tx, (&proof, &by), ctx, files, documents, &mut report, watch).await?;
    let Written { located, products, contracts, notes } = written;
    known::keep(&mut tx, notes).await?;
    let has_news = !report.created.is_empty() || !report.changed.is_empty();
    if has_news {
        watch.say(Step::Check, 0, 2);
        let around = effects::look(&mut tx, ctx, (&products, &contracts), &mut report, unnoted).await?;
        drop((products, contracts));
        places::refuse_shared_places(&mut tx, ctx, files, located, &mut report).await?;
        watch.say(Step::Check, 1, 2);
        if !dry_run {
            let did = Did { action: "catalog.import", subject: "catalog".to_owned(), detail: report.noted() };
            effects::carry_out(&mut tx, ctx, &by, &around, vec![did], &mut report).await?;
        }
        watch.say(Step::Check, 2, 2);
    } else {
        places::refuse_shared_places(&mut tx, ctx, files, located, &mut report).await?;
    }
    if has_news && !dry_run {
        tx.commit().await?;
    } else if !dry_run {
        tx.commit_unrecorded("what was read and what it names is noted; the catalog is as it was").await?;
    }
    // What a dry run would have recorded is nobody's to read.
    report.privileges.clear();
    report.roles.clear();
    report.touched.clear();
    report.held = 0;
    report.warnings.append(&mut warnings);
    Ok(report)
}

/// Things as the audit keeps them: the first by kind and id, and how many more there are. People are only counted: their ids
/// are addresses, which the audit would keep for ever.
fn noted_names(things: &[(String, String)]) -> Vec<String> {
    let named = things.iter().filter(|(kind, _)| kind != "person").take(MOST_NOTED);
    let mut names: Vec<String> = named.map(|(kind, id)| format!("{kind} {}", legible(id))).collect();
    let more = things.len() - names.len();
    names.extend((more > 0).then(|| format!("{more} more")));
    names
}

/// Rows in parts of at most so many rows and bytes, a statement each.
fn parts<T>(rows: Vec<T>, size: impl Fn(&T) -> usize) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter().peekable();
    std::iter::from_fn(move || {
        let (mut part, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.next_if(|row| {
            bytes += size(row);
            part.is_empty() || (part.len() < ROWS && bytes <= BYTES)
        }) {
            part.push(row);
        }
        (!part.is_empty()).then_some(part)
    })
}

impl ImportReport {
    /// What is new and what changed, for the audit.
    pub(crate) fn noted(&self) -> Value {
        json!({ "created": noted_names(&self.created), "changed": noted_names(&self.changed) })
    }

    /// True when things of a kind are new or changed.
    fn names(&self, kind: &str) -> bool {
        self.created.iter().chain(&self.changed).any(|(of, _)| of == kind)
    }

    /// Notes what becomes of a thing: new, changed (false) or as it is held; true when it is news.
    fn note(&mut self, kind: &str, id: &str, is_held: Option<bool>) -> bool {
        match is_held {
            None => self.created.push((kind.to_owned(), id.to_owned())),
            Some(false) => self.changed.push((kind.to_owned(), id.to_owned())),
            Some(true) => self.unchanged += 1,
        }
        is_held != Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_never_grows_with_the_files() {
        let sizes = |rows: Vec<usize>| parts(rows, |row| *row).map(|part| part.len()).collect::<Vec<_>>();
        assert_eq!(sizes(Vec::new()), Vec::<usize>::new());
        assert_eq!(sizes(vec![1; 2 * ROWS + 1]), [ROWS, ROWS, 1]);
        assert_eq!(sizes(vec![BYTES / 2, BYTES / 2, 1, BYTES + 1, 1]), [2, 1, 1, 1]);
    }
}
