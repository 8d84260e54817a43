//! Contracts of files: every version is kept, and none that somebody relies on takes a promise back.

use std::collections::{BTreeMap, BTreeSet};

use lakeport_model::documents::DocumentKind;

use super::revisions::{self, By, Change};
use super::{ImportError, ImportReport, SourceFile, names, parts};
use crate::Ctx;
use crate::contracts::compare::{Bump, compare, next_version, version_problem};
use crate::standards::FileError;
use crate::standards::odcs::Contract;
use crate::store::Tx;
use crate::store::catalog::VersionRow;
use crate::store::changes::Touched;
use crate::store::import::{self as store, ROWS};
use crate::store::named::Kind;

/// Contracts keep every version they were imported with; versions are put in the order of their numbers.
pub(super) async fn write(
    tx: &mut Tx,
    by: &By<'_>,
    ctx: &Ctx,
    files: &[(Contract, SourceFile)],
    report: &mut ImportReport,
) -> std::result::Result<(), ImportError> {
    let ids: BTreeSet<&str> = files.iter().map(|(contract, _)| contract.id.as_str()).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let mut rows: BTreeMap<String, Vec<VersionRow>> = BTreeMap::new();
    for part in ids.chunks(ROWS) {
        for row in store::versions(tx, part).await? {
            rows.entry(row.contract.clone()).or_default().push(row);
        }
    }
    let (mut new, mut problems, mut texts, mut same) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut changed: BTreeSet<&str> = BTreeSet::new();
    for published in files {
        let (contract, file) = published;
        let versions = rows.entry(contract.id.clone()).or_default();
        let label = format!("{} {}", contract.id, contract.version);
        let row = versions.iter_mut().find(|row| row.version == contract.version);
        if !report.note("contract", &label, row.as_ref().map(|row| row.document == file.text)) {
            same.push(label);
            continue;
        }
        changed.insert(&contract.id);
        if let Some(row) = row {
            // One that cannot be read any more promises nothing that could be compared: it is replaced, and as good as new.
            let held = Contract::from_yaml(&row.contract, &row.document).ok();
            if let Some(held) = &held {
                if let Some(problem) = other_promises(held, contract, file) {
                    problems.push(problem);
                    continue;
                }
            } else {
                report.warnings.push(format!(
                    "contract {label}: what was held of this version cannot be read, so that nobody can say which promises \
                     change; it is replaced"
                ));
            }
            let before = std::mem::replace(&mut row.document, file.text.clone());
            texts.push(Change { id: label, text: &file.text, before: Some(before) });
            if held.is_none_or(|held| held.is_draft() && !contract.is_draft()) {
                // Nobody could rely on it before.
                new.push(published);
            }
        } else {
            texts.push(Change { id: label, text: &file.text, before: None });
            versions.push(VersionRow {
                contract: contract.id.clone(),
                version: contract.version.clone(),
                document: file.text.clone(),
                published_at: Some(ctx.now()),
            });
            new.push(published);
        }
    }
    if !problems.is_empty() {
        return Err(ImportError::Files(problems));
    }
    refuse_hidden_breaks(&rows, &new, report)?;
    let mut placed: Vec<(&VersionRow, usize)> = Vec::new();
    for (_, versions) in rows.iter_mut().filter(|(contract, _)| changed.contains(contract.as_str())) {
        versions.sort_by_key(|row| {
            (semver::Version::parse(row.version.trim_start_matches('v')).ok(), row.published_at)
        });
        placed.extend(versions.iter().zip(0..));
    }
    for part in parts(placed, |(row, _)| row.document.len()) {
        store::put_versions(tx, &by.proof, &part, ctx.now()).await?;
    }
    revisions::keep(tx, by, DocumentKind::Contract, ctx.now(), texts).await?;
    let same: Vec<&str> = same.iter().map(String::as_str).collect();
    revisions::hold(tx, by, DocumentKind::Contract, &same).await?;
    let named = files.iter().filter(|(contract, _)| changed.contains(contract.id.as_str()));
    let named = named.map(|(contract, _)| names::of_contract(contract)).collect();
    names::keep(tx, Kind::Contract, named).await?;
    report.touched.extend(changed.into_iter().map(|contract| Touched::Contract(contract.to_owned())));
    Ok(())
}

/// A version that somebody may have accepted keeps its promises; only its words may be corrected. Nor does it become a
/// draft, whose promises are nobody's. Answers what is wrong with the file of another one.
fn other_promises(held: &Contract, new: &Contract, file: &SourceFile) -> Option<FileError> {
    if held.is_draft() {
        return None;
    }
    let problem = |field: &str, what: String| {
        let message =
            format!("Contract {} {} is published, and people rely on {what}", held.id, held.version);
        Some(FileError::at(&file.path, &file.text, field, message))
    };
    if new.is_draft() {
        let what = "it: it does not become a draft again. Give the draft a new version.";
        return problem("status", what.to_owned());
    }
    let comparison = compare(held, new);
    let bump = comparison.required_bump;
    if bump < Bump::Minor {
        return None;
    }
    let changes = comparison.changes.iter().filter(|change| change.bump >= Bump::Minor);
    let changes: Vec<&str> = changes.map(|change| change.what.as_str()).collect();
    let next = held.semantic_version().map(|version| format!(", {} or higher", next_version(&version, bump)));
    let (changes, next) = (changes.join(" "), next.unwrap_or_default());
    problem("version", format!("its words. {changes} Give the changed contract a new {bump} version{next}."))
}

/// A version that breaks promises says so by its number: whoever relies on the one before it would not notice. Other
/// numbers that do not follow are advice, and so is everything about drafts, on which nobody relies.
fn refuse_hidden_breaks(
    held: &BTreeMap<String, Vec<VersionRow>>,
    new: &[&(Contract, SourceFile)],
    report: &mut ImportReport,
) -> std::result::Result<(), ImportError> {
    let mut problems = Vec::new();
    for (contract, SourceFile { path, text }) in new {
        let Some(before) = version_before(&held[&contract.id], contract) else { continue };
        let Some(problem) = version_problem(&before, contract) else { continue };
        if problem.hides_a_break && !contract.is_draft() {
            problems.push(FileError::at(path, text, "version", problem.message));
        } else {
            let message = format!("contract {} {}: {}", contract.id, contract.version, problem.message);
            report.warnings.push(message);
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(ImportError::Files(problems)) }
}

/// The published version that a new one follows by its number; any other one where none has such a number. With one that
/// cannot be read, nothing can be compared.
fn version_before(held: &[VersionRow], new: &Contract) -> Option<Contract> {
    let read = |row: &VersionRow| Contract::from_yaml(&row.contract, &row.document).ok();
    let others = held.iter().filter(|row| row.version != new.version).filter_map(read);
    let follows = |old: &Contract| !old.is_draft() && old.semantic_version() <= new.semantic_version();
    others.filter(follows).max_by_key(Contract::semantic_version)
}
