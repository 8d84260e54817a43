//! Terms of the glossary: those of files, and one that somebody writes on a page.

use std::collections::{BTreeSet, HashMap, HashSet};

use lakeport_model::catalog::Column;
use lakeport_model::documents::DocumentKind;

use super::revisions::{self, Apart, By, Change, Clash, Meeting};
use super::{ImportError, ImportReport, SourceFile, parts};
use crate::dashboards::format::safe_html;
use crate::standards::FileError;
use crate::standards::term::{Term, asset_and_column};
use crate::store::Tx;
use crate::store::catalog;
use crate::store::changes::{self, Touched};
use crate::store::import::{self as store, ROWS};
use crate::{Ctx, Result};

/// A term that was read, with its text.
type Written = (Term, SourceFile);

/// Links of a definition that do not open a page, which no page shows as links.
pub(crate) fn refuse_links(path: &str, text: &str, term: &Term) -> Vec<FileError> {
    let (_, problems) = safe_html(&term.definition);
    let told = problems.into_iter().map(|problem| {
        ("definition".to_owned(), format!("Line {} of the definition: {}", problem.line, problem.message))
    });
    FileError::all_at(path, text, told.collect())
}

/// Writes the terms of files. What they name has to be there by then, be it by the same files.
pub(super) async fn import(
    tx: &mut Tx,
    by: &By<'_>,
    ctx: &Ctx,
    files: &[Written],
    report: &mut ImportReport,
) -> std::result::Result<(), ImportError> {
    let news = write(tx, by, ctx, files, report).await?;
    let (problems, warnings) = unknown(tx, &news).await?;
    report.warnings.extend(warnings.iter().map(ToString::to_string));
    if problems.is_empty() { Ok(()) } else { Err(ImportError::Files(problems)) }
}

/// Writes a term that somebody wrote on a page, with its revision. What it names was looked at before, by what they see.
pub(crate) async fn write_term(tx: &mut Tx, ctx: &Ctx, by: &By<'_>, one: &Written) -> Result<()> {
    let mut report = ImportReport::default();
    write(tx, by, ctx, std::slice::from_ref(one), &mut report).await?;
    changes::touch(tx, report.touched, ctx.now()).await?;
    Ok(())
}

/// Writes terms, and answers those that are new or other ones. What changed on both sides is noted and not written.
pub(super) async fn write<'f>(
    tx: &mut Tx,
    by: &By<'_>,
    ctx: &Ctx,
    files: &'f [Written],
    report: &mut ImportReport,
) -> Result<Vec<&'f Written>> {
    let (mut news, mut texts) = (Vec::new(), Vec::new());
    for part in files.chunks(ROWS) {
        let held = store::terms(tx, &ids(part.iter())).await?.into_iter().map(|row| (row.id, row.document));
        let mut held: HashMap<String, String> = held.collect();
        let (same, others): (Vec<&'f Written>, Vec<&'f Written>) =
            part.iter().partition(|(term, file)| held.get(&term.id) == Some(&file.text));
        for (term, _) in &same {
            report.note("term", &term.id, Some(true));
        }
        report.held += revisions::hold(tx, by, DocumentKind::Term, &ids(same.iter().copied())).await?;
        let apart = Apart::of(tx, by, DocumentKind::Term, &ids(others.iter().copied())).await?;
        for one in others {
            let (term, file) = one;
            match apart.meeting(&term.id, &file.text) {
                Meeting::Goes => {}
                Meeting::Stays => {
                    report.kept.push(format!(
                        "term {}: changed in the portal after files held it last, and the file is as it was",
                        term.id
                    ));
                    continue;
                }
                Meeting::Clashes(newest) => {
                    let (kind, file) = (DocumentKind::Term, file.path.clone());
                    report.clashes.push(Clash { kind, file, newest: newest.clone() });
                    continue;
                }
            }
            let before = held.remove(&term.id);
            report.note("term", &term.id, before.as_ref().map(|_| false));
            report.touched.insert(Touched::Term(term.id.clone()));
            texts.push(Change { id: term.id.clone(), text: &file.text, before });
            news.push(one);
        }
    }
    let rows = news.iter().map(|(term, file)| (term.id.as_str(), term.domain.as_str(), file.text.as_str()));
    let rows: Vec<(&str, &str, &str)> = rows.collect();
    for part in parts(rows, |(_, _, text)| text.len()) {
        store::put_terms(tx, &by.proof, &part, ctx.now()).await?;
    }
    revisions::keep(tx, by, DocumentKind::Term, ctx.now(), texts).await?;
    Ok(news)
}

fn ids<'f>(terms: impl Iterator<Item = &'f Written>) -> Vec<&'f str> {
    terms.map(|(term, _)| term.id.as_str()).collect()
}

/// What terms name and is not there, with its place in the file: problems, and warnings for what may have gone since.
async fn unknown(tx: &mut Tx, news: &[&Written]) -> Result<(Vec<FileError>, Vec<FileError>)> {
    if news.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let domains: HashSet<String> = catalog::domains(tx).await?.into_iter().map(|row| row.id).collect();
    let columns = named(news, |term| term.columns.as_slice()).into_iter();
    let wanted: BTreeSet<&str> = columns.map(|link| asset_and_column(link).0).collect();
    let mut assets: HashMap<String, HashSet<String>> = HashMap::new();
    for part in listed(&wanted).chunks(ROWS) {
        for row in store::assets(tx, part).await? {
            // Of one that cannot be read no column is known.
            let columns: Vec<Column> = serde_json::from_str(&row.columns).unwrap_or_default();
            assets.insert(row.id, columns.into_iter().map(|column| column.name).collect());
        }
    }
    let mut products: HashSet<String> = HashSet::new();
    for part in listed(&named(news, |term| term.products.as_slice())).chunks(ROWS) {
        products.extend(store::products(tx, part).await?.into_iter().map(|row| row.id));
    }
    let mut terms: HashSet<String> = HashSet::new();
    for part in listed(&named(news, |term| term.related.as_slice())).chunks(ROWS) {
        terms.extend(store::terms(tx, part).await?.into_iter().map(|row| row.id));
    }
    // Of assets alone: a column goes when its table changes, and what the portal exports then has to come back.
    let has_asset = |asset: &str, _: Option<&str>| assets.contains_key(asset);
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    for (term, SourceFile { path, text }) in news {
        let mut found = term.unknown(has_asset, |id| products.contains(id), |id| terms.contains(id));
        if !domains.contains(&term.domain) {
            let message = format!(
                "There is no domain \"{}\". Write the id of the one that answers for it.",
                term.domain
            );
            found.push(("domain".to_owned(), message));
        }
        problems.append(&mut FileError::all_at(path, text, found));
        warnings.append(&mut FileError::all_at(path, text, gone(term, &assets)));
    }
    Ok((problems, warnings))
}

/// Columns that a term names and that their assets do not have: the field of each, with a sentence.
fn gone(term: &Term, assets: &HashMap<String, HashSet<String>>) -> Vec<(String, String)> {
    let links = term.columns.iter().enumerate();
    let gone = links.filter_map(|(index, link)| {
        let (asset, column) = asset_and_column(link);
        let (columns, column) = (assets.get(asset)?, column?);
        let message =
            format!("The asset \"{asset}\" has no column \"{column}\". Take this out, or name another one.");
        (!columns.contains(column)).then(|| (format!("columns[{index}]"), message))
    });
    gone.collect()
}

/// What terms name in a list, each once.
fn named<'n>(news: &[&'n Written], list: fn(&Term) -> &[String]) -> BTreeSet<&'n str> {
    news.iter().copied().flat_map(|(term, _)| list(term)).map(String::as_str).collect()
}

fn listed<'n>(names: &BTreeSet<&'n str>) -> Vec<&'n str> {
    names.iter().copied().collect()
}
