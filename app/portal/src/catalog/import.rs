//! Files become the catalog: read all, check all, then write all or nothing.

mod documents;
mod foreign;
mod places;
mod privileges;
mod twins;
mod write;

use std::fmt;

use serde_json::json;

use crate::audit::{self, Entry};
use crate::people::Actor;
use crate::people::told::{self, FileRole};
use crate::standards::FileError;
use crate::store::changes::{self, Touched};
use crate::text::legible;
use crate::{Ctx, Error, access, contracts};

/// A file of the mesh: its path within the directory, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path with `/`, as messages name it.
    pub path: String,
    /// The text.
    pub text: String,
}

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
    let (documents, mut warnings) = documents::read(&ctx.settings, &files).map_err(ImportError::Files)?;
    let mut tx = ctx.db.write().await?;
    let before = ctx.snapshot_in(&mut tx).await?;
    let mut report = ImportReport::default();
    write::all(&mut tx, ctx, documents, &mut report).await?;
    report.warnings.append(&mut warnings);
    let privileges = std::mem::take(&mut report.privileges);
    let roles = std::mem::take(&mut report.roles);
    let news = !report.created.is_empty() || !report.changed.is_empty();
    if news && !dry_run {
        let snapshot = ctx.snapshot_with(&mut tx, [Touched::Everything]).await?;
        access::catalog_changed(&mut tx, ctx, &snapshot).await?;
        access::roles_changed(&mut tx, ctx, &before, &snapshot).await?;
        changes::touch(&mut tx, [Touched::Everything], ctx.now()).await?;
        let entry = Entry {
            actor,
            action: "catalog.import",
            subject: "catalog".to_owned(),
            rule: "operator",
            detail: json!({ "created": report.created.len(), "changed": report.changed.len() }),
        };
        audit::record(&mut tx, ctx, entry).await?;
        for privileges::Change { action, subject, detail } in privileges {
            audit::record(&mut tx, ctx, Entry { actor, action, subject, rule: "operator", detail }).await?;
        }
        told::tell_of_files(&mut tx, ctx, &before, &roles).await?;
        if report.names("contract") {
            let after = ctx.snapshot_in(&mut tx).await?;
            contracts::tell_of_versions(&mut tx, ctx, actor, &before, &after).await?;
        }
        tx.commit().await?;
    }
    Ok(report)
}

impl ImportReport {
    /// True when things of a kind are new or changed.
    fn names(&self, kind: &str) -> bool {
        self.created.iter().chain(&self.changed).any(|(of, _)| of == kind)
    }

    pub(super) fn note(&mut self, kind: &str, id: &str, held: Option<bool>) {
        match held {
            None => self.created.push((kind.to_owned(), id.to_owned())),
            Some(false) => self.changed.push((kind.to_owned(), id.to_owned())),
            Some(true) => self.unchanged += 1,
        }
    }
}
