//! Contracts of files: every version is kept, and none that somebody relies on takes a promise back.

use std::collections::{BTreeMap, BTreeSet};

use lakeport_model::documents::{DocumentKind, Source};

use super::revisions::{self, Apart, By, Change, Clash, Meeting};
use super::{ImportError, ImportReport, SourceFile, names, parts, privileges};
use crate::Ctx;
use crate::actor::Party;
use crate::beside::CATALOGS;
use crate::contracts::compare::{Bump, compare, next_version, version_problem};
use crate::standards::FileError;
use crate::standards::odcs::Contract;
use crate::store::Tx;
use crate::store::catalog::VersionRow;
use crate::store::changes::Touched;
use crate::store::import::{self as store, ROWS};
use crate::store::named::Kind;

/// Most new versions of one contract in a push.
const MOST_NEW: usize = 50;

/// Most versions of a contract to which somebody adds one on a page or by a push: all of them are read for each new one. An
/// operator vouches for what an import brings.
const MOST_VERSIONS: usize = 200;

/// Contracts keep every version they were imported with; versions are put in the order of their numbers. What changed on both
/// sides is noted and not written.
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
    let (mut news, mut texts, mut same) = (Vec::new(), Vec::new(), Vec::new());
    let mut changed: BTreeSet<&str> = BTreeSet::new();
    let apart = apart(tx, by, &rows, files).await?;
    for published in files {
        let (contract, file) = published;
        let label = label(contract);
        let held = rows.get(&contract.id).and_then(|rows| row_of(rows, contract));
        let is_same = held.map(|row| row.document == file.text);
        if is_same != Some(true) && stays(&apart, &label, file, report) {
            continue;
        }
        if report.note("contract", &label, is_same) {
            changed.insert(&contract.id);
            news.push(published);
        } else {
            same.push(label);
        }
    }
    let named = news.iter().copied().map(|(contract, _)| names::of_contract(contract)).collect();
    if by.source != Source::Files {
        refuse_too_many(&rows, &news)?;
    }
    let mut looked = looked_at(&rows, &changed, &news).await?;
    report.warnings.append(&mut looked.warnings);
    report.privileges.append(&mut looked.privileges);
    for (contract, file) in news {
        let versions = rows.entry(contract.id.clone()).or_default();
        let row = versions.iter_mut().find(|row| row.version == contract.version);
        let before = row.map(|row| std::mem::replace(&mut row.document, file.text.clone()));
        if before.is_none() {
            versions.push(VersionRow {
                contract: contract.id.clone(),
                version: contract.version.clone(),
                document: file.text.clone(),
                published_at: Some(ctx.now()),
            });
        }
        texts.push(Change { id: label(contract), text: &file.text, before });
    }
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
    report.held += revisions::hold(tx, by, DocumentKind::Contract, &same).await?;
    names::keep(tx, Kind::Contract, named).await?;
    report.touched.extend(changed.into_iter().map(|contract| Touched::Contract(contract.to_owned())));
    Ok(())
}

/// The id of a version's revisions.
fn label(contract: &Contract) -> String {
    format!("{} {}", contract.id, contract.version)
}

/// Those of these versions that somebody changed in the portal, and whose files say something else than is published.
async fn apart(
    tx: &mut Tx,
    by: &By<'_>,
    held: &BTreeMap<String, Vec<VersionRow>>,
    files: &[(Contract, SourceFile)],
) -> std::result::Result<Apart, ImportError> {
    let is_changed = |(contract, file): &&(Contract, SourceFile)| {
        let row = held.get(&contract.id).and_then(|rows| row_of(rows, contract));
        row.is_some_and(|row| row.document != file.text)
    };
    let labels: Vec<String> = files.iter().filter(is_changed).map(|(contract, _)| label(contract)).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    Ok(Apart::of(tx, by, DocumentKind::Contract, &labels).await?)
}

/// True where what somebody published in the portal stays, and what files bring is noted or meets it.
fn stays(apart: &Apart, label: &str, file: &SourceFile, report: &mut ImportReport) -> bool {
    match apart.meeting(label, &file.text) {
        Meeting::Goes => return false,
        Meeting::Stays => report.kept.push(format!(
            "contract {label}: changed in the portal after files held it last, and the file is as it was"
        )),
        Meeting::Clashes(newest) => {
            let (kind, file) = (DocumentKind::Contract, file.path.clone());
            report.clashes.push(Clash { kind, file, newest: newest.clone() });
        }
    }
    true
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

/// The row of a version.
fn row_of<'r>(rows: &'r [VersionRow], contract: &Contract) -> Option<&'r VersionRow> {
    rows.iter().find(|row| row.version == contract.version)
}

/// Refuses a push with more new versions of a contract than anybody writes, and one more of a contract that has enough of them:
/// all others wait while they are compared.
fn refuse_too_many(
    held: &BTreeMap<String, Vec<VersionRow>>,
    news: &[&(Contract, SourceFile)],
) -> std::result::Result<(), ImportError> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (contract, SourceFile { path, text }) in news {
        let rows = held.get(&contract.id).map(Vec::as_slice).unwrap_or_default();
        if row_of(rows, contract).is_some() {
            continue;
        }
        let count = counts.entry(&contract.id).or_default();
        let versions = rows.len() + *count;
        if versions >= MOST_VERSIONS {
            let message = format!("This contract has {versions} versions, the most that it may have here.");
            return Err(ImportError::Files(vec![FileError::at(path, text, "version", message)]));
        }
        *count += 1;
        if *count > MOST_NEW {
            let message = format!(
                "A push brings at most {MOST_NEW} new versions of contract {}; push the others after these.",
                contract.id
            );
            let (file, field) = (path.clone(), String::new());
            return Err(ImportError::Files(vec![FileError { file, line: 0, column: 0, field, message }]));
        }
    }
    Ok(())
}

/// What comes of versions beside those that are held.
#[derive(Default)]
struct Looked {
    /// What is wrong.
    problems: Vec<FileError>,
    /// What is worth a look.
    warnings: Vec<String>,
    /// Columns that are more or less sensitive, for the audit.
    privileges: Vec<privileges::Change>,
}

/// Looks at versions that are new or changed beside those that are held, apart from the threads that answer. Answers what comes
/// of them where nothing is wrong.
async fn looked_at(
    held: &BTreeMap<String, Vec<VersionRow>>,
    changed: &BTreeSet<&str>,
    news: &[&(Contract, SourceFile)],
) -> std::result::Result<Looked, ImportError> {
    if news.is_empty() {
        return Ok(Looked::default());
    }
    let held = held.iter().filter(|(contract, _)| changed.contains(contract.as_str()));
    let held: Vec<(String, Vec<VersionRow>)> =
        held.map(|(contract, rows)| (contract.clone(), rows.clone())).collect();
    let news: Vec<(Contract, SourceFile)> = news.iter().map(|&published| published.clone()).collect();
    let looked = CATALOGS.run(Party::PORTAL, move || look(&held, &news)).await?;
    if looked.problems.is_empty() { Ok(looked) } else { Err(ImportError::Files(looked.problems)) }
}

/// A version of a contract beside the others.
struct Version<'c> {
    /// As the document says it.
    said: &'c str,
    number: Option<semver::Version>,
    /// Nothing where it cannot be read.
    contract: Option<&'c Contract>,
}

impl<'c> Version<'c> {
    fn of(version: &'c str, contract: Option<&'c Contract>) -> Self {
        Self { said: version, number: contract.and_then(Contract::semantic_version), contract }
    }
}

/// What is wrong with new and changed versions, and what is worth a look. Each version that is held is read once.
fn look(held: &[(String, Vec<VersionRow>)], news: &[(Contract, SourceFile)]) -> Looked {
    let read = |row: &VersionRow| Contract::from_yaml(&row.contract, &row.document).ok();
    let read: Vec<Vec<Option<Contract>>> =
        held.iter().map(|(_, rows)| rows.iter().map(read).collect()).collect();
    let mut all: BTreeMap<&str, Vec<Version<'_>>> = BTreeMap::new();
    for ((contract, rows), read) in held.iter().zip(&read) {
        let versions = rows.iter().zip(read).map(|(row, read)| Version::of(&row.version, read.as_ref()));
        all.insert(contract, versions.collect());
    }
    let (mut problems, mut warnings, mut new) = (Vec::new(), Vec::new(), Vec::new());
    for published in news {
        let (contract, file) = published;
        let versions = all.entry(&contract.id).or_default();
        let one = Version::of(&contract.version, Some(contract));
        let Some(place) = versions.iter_mut().find(|held| held.said == contract.version) else {
            versions.push(one);
            new.push(published);
            continue;
        };
        // One that cannot be read any more promises nothing that could be compared: it is replaced, and as good as new.
        let Some(before) = std::mem::replace(place, one).contract else {
            warnings.push(format!(
                "contract {} {}: what was held of this version cannot be read, so that nobody can say which promises change; \
                 it is replaced",
                contract.id, contract.version
            ));
            new.push(published);
            continue;
        };
        if let Some(problem) = other_promises(before, contract, file) {
            problems.push(problem);
        } else if before.is_draft() && !contract.is_draft() {
            // Nobody could rely on it before.
            new.push(published);
        }
    }
    if problems.is_empty() {
        problems = hidden_breaks(&all, &new, &mut warnings);
    }
    let others = new.iter().filter(|(contract, _)| !contract.is_draft()).filter_map(|(contract, _)| {
        privileges::of_contract(version_before(&all[contract.id.as_str()], contract)?, contract)
    });
    let privileges = others.collect();
    Looked { problems, warnings, privileges }
}

/// A version that breaks promises says so by its number: whoever relies on the one before it would not notice. Other
/// numbers that do not follow are advice, and so is everything about drafts, on which nobody relies.
fn hidden_breaks(
    all: &BTreeMap<&str, Vec<Version<'_>>>,
    new: &[&(Contract, SourceFile)],
    warnings: &mut Vec<String>,
) -> Vec<FileError> {
    let mut problems = Vec::new();
    for (contract, SourceFile { path, text }) in new {
        let Some(before) = version_before(&all[contract.id.as_str()], contract) else { continue };
        let Some(problem) = version_problem(before, contract) else { continue };
        if problem.hides_a_break && !contract.is_draft() {
            problems.push(FileError::at(path, text, "version", problem.message));
        } else {
            warnings.push(format!("contract {} {}: {}", contract.id, contract.version, problem.message));
        }
    }
    problems
}

/// The published version that a new one follows by its number; any other one where none has such a number. With one that
/// cannot be read, nothing can be compared.
fn version_before<'c>(all: &[Version<'c>], new: &Contract) -> Option<&'c Contract> {
    let number = new.semantic_version();
    let others = all.iter().filter(|old| old.said != new.version && old.number <= number);
    let published = others.filter(|old| old.contract.is_some_and(|contract| !contract.is_draft()));
    published.max_by_key(|old| old.number.as_ref()).and_then(|old| old.contract)
}
