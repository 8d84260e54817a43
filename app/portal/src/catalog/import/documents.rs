//! Reading the files of an import or of a push, with everything that is wrong with them: on so many threads, a file at a time,
//! of which only what is to be written is kept.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use chrono::{DateTime, Utc};

use super::files::{Files, SourceFile, Step, Watch};
use super::known::{self, Known, Line, Noted};
use super::{ImportError, assets, places, terms};
use crate::Error;
use crate::ctx::Settings;
use crate::dashboards::format::{self, Front};
use crate::standards::mesh::{Domain, People};
use crate::standards::odcs::Contract;
use crate::standards::odps::DataProduct;
use crate::standards::openlineage::Event;
use crate::standards::term::Term;
use crate::standards::{Document, FileError, recognise};
use crate::store::catalog::AssetRow;
use crate::store::import::FileRow;

/// Most threads that read: beyond these the database is what one waits for.
const MOST_THREADS: usize = 16;

/// How many threads read the files of an import: one for each processor.
pub(super) fn every_processor() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS)
}

/// Where a file states an asset: the place of the file among all, and that of the asset in its list.
pub(super) type Stated = HashMap<String, (usize, usize)>;

/// A file that may be read a second time: its place among all, and the digest of the text that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checked {
    place: usize,
    digest: String,
}

/// Which files are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// All of them: an operator vouches for what they say.
    Everything,
    /// Documents that have revisions.
    Documents,
}

/// A dashboard that was read, as far as somebody has to know whose it is and what it reads.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StatedDashboard {
    /// Its id.
    pub(crate) id: String,
    /// Its front matter.
    pub(crate) front: Front,
}

/// Everything the files hold, by kind.
#[derive(Debug, Default)]
pub(super) struct Documents {
    pub(super) people: Vec<(People, SourceFile)>,
    pub(super) domains: Vec<Domain>,
    /// As they are to be written: ten columns take a tenth of the room that they take as values.
    pub(super) assets: Vec<AssetRow>,
    /// Those of them that lie somewhere.
    pub(super) located: Stated,
    /// The files of a push that state them, in their order, with the number of assets of each.
    pub(super) asset_files: Vec<(SourceFile, usize)>,
    pub(super) products: Vec<(DataProduct, SourceFile)>,
    pub(super) contracts: Vec<(Contract, SourceFile)>,
    pub(super) dashboards: Vec<(StatedDashboard, SourceFile)>,
    pub(super) terms: Vec<(Term, SourceFile)>,
    /// Files of events, which take more room than all the rest: read once more when they are written.
    pub(super) lineage: Vec<Checked>,
    /// Files of assets that are as they were, with what they state.
    pub(super) same: Vec<(Checked, Vec<Line>)>,
    /// Events of files that are as they were.
    pub(super) same_events: usize,
    /// What is kept of files that were read, for the next time.
    pub(super) notes: Vec<FileRow>,
}

/// What one file holds.
enum Held {
    People(People, SourceFile),
    Domain(Domain),
    /// Their file is kept of a push only: an import may hold all of a large catalog.
    Assets(Vec<AssetRow>, Option<SourceFile>),
    Product(Box<DataProduct>, SourceFile),
    Contract(Box<Contract>, SourceFile),
    Dashboard(StatedDashboard, SourceFile),
    Term(Box<Term>, SourceFile),
    /// Events, by the digest of their text.
    Lineage(String),
    /// As it was, by the same digest: assets or a number of events.
    Same(String, Vec<Line>, usize),
}

/// One file as it was read.
#[derive(Default)]
struct One {
    held: Option<Held>,
    note: Option<FileRow>,
    warnings: Vec<String>,
    errors: Vec<FileError>,
}

/// Reads all files on so many threads; answers them with warnings, or every problem. Assets that are new were first seen at
/// `now`.
pub(super) fn read(
    settings: &Settings,
    files: &dyn Files,
    threads: usize,
    (known, takes): (&Known, Takes),
    now: DateTime<Utc>,
    watch: &Watch,
) -> Result<(Documents, Vec<String>), ImportError> {
    let total = files.number();
    let mut all: Vec<Option<One>> = Vec::new();
    all.resize_with(total, || None);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| -> Result<(), ImportError> {
        let (done, read) = mpsc::channel();
        for _ in 0..threads.min(total) {
            let (done, next) = (done.clone(), &next);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let is_heard = place < total
                        && done.send((place, one(settings, files, (known, takes), place, now))).is_ok();
                    if !is_heard {
                        return;
                    }
                }
            });
        }
        drop(done);
        for (number, (place, one)) in read.into_iter().enumerate() {
            all[place] = Some(one?);
            watch.say(Step::Read, number + 1, total);
        }
        Ok(())
    })?;
    together(files, all)
}

/// Puts together what was read, in the order of the files.
fn together(files: &dyn Files, all: Vec<Option<One>>) -> Result<(Documents, Vec<String>), ImportError> {
    let (mut documents, mut warnings, mut errors) = (Documents::default(), Vec::new(), Vec::new());
    let mut seen: HashMap<(&str, String), usize> = HashMap::new();
    for (place, one) in all.into_iter().enumerate() {
        let One { held, note, warnings: mut advice, errors: mut problems } = one.unwrap_or_default();
        documents.notes.extend(note);
        warnings.append(&mut advice);
        errors.append(&mut problems);
        for (kind, id) in held.iter().flat_map(keys) {
            if let Some(first) = seen.get(&(kind, id.clone())) {
                let first = files.path(*first);
                let message = format!("{kind} {id} stands in {first} as well; keep one of the two.");
                errors.push(whole(files.path(place), message));
            } else {
                seen.insert((kind, id), place);
            }
        }
        match held {
            Some(Held::People(people, file)) => documents.people.push((people, file)),
            Some(Held::Domain(domain)) => documents.domains.push(domain),
            Some(Held::Assets(mut rows, file)) => {
                documents.asset_files.extend(file.map(|file| (file, rows.len())));
                let located = rows.iter().enumerate().filter(|(_, row)| row.location.is_some());
                documents.located.extend(located.map(|(index, row)| (row.id.clone(), (place, index))));
                documents.assets.append(&mut rows);
            }
            Some(Held::Product(product, file)) => documents.products.push((*product, file)),
            Some(Held::Contract(contract, file)) => documents.contracts.push((*contract, file)),
            Some(Held::Dashboard(stated, file)) => documents.dashboards.push((stated, file)),
            Some(Held::Term(term, file)) => documents.terms.push((*term, file)),
            Some(Held::Lineage(digest)) => documents.lineage.push(Checked { place, digest }),
            Some(Held::Same(digest, lines, events)) => {
                let located = lines.iter().enumerate().filter(|(_, line)| line.is_located);
                documents.located.extend(located.map(|(index, line)| (line.id.clone(), (place, index))));
                documents.same_events += events;
                documents.same.push((Checked { place, digest }, lines));
            }
            None => {}
        }
    }
    if errors.is_empty() { Ok((documents, warnings)) } else { Err(ImportError::Files(errors)) }
}

/// What a file must be the only one to state.
fn keys(held: &Held) -> Vec<(&'static str, String)> {
    match held {
        Held::People(people, _) => {
            people.people.iter().map(|person| ("person", person.email.to_lowercase())).collect()
        }
        Held::Domain(domain) => vec![("domain", domain.id.clone())],
        Held::Assets(rows, _) => {
            rows.iter().flat_map(|row| asset_keys(&row.id, &row.namespace, &row.name)).collect()
        }
        Held::Product(product, _) => vec![("product", product.id.clone())],
        Held::Contract(contract, _) => vec![("contract", format!("{} {}", contract.id, contract.version))],
        Held::Dashboard(stated, _) => vec![("dashboard", stated.id.clone())],
        Held::Term(term, _) => vec![("term", term.id.clone())],
        Held::Same(_, lines, _) => {
            lines.iter().flat_map(|line| asset_keys(&line.id, &line.namespace, &line.name)).collect()
        }
        Held::Lineage(_) => Vec::new(),
    }
}

/// An asset is named twice when its id is, or its address.
fn asset_keys(id: &str, namespace: &str, name: &str) -> [(&'static str, String); 2] {
    [("asset", id.to_owned()), ("the asset address", format!("{namespace} {name}"))]
}

/// Reads one file, unless it is known.
fn one(
    settings: &Settings,
    files: &dyn Files,
    (known, takes): (&Known, Takes),
    place: usize,
    now: DateTime<Utc>,
) -> Result<One, Error> {
    let path = files.path(place);
    let text = match files.text(place) {
        Ok(text) => text,
        Err(reason) => {
            let errors = vec![whole(path, format!("This file cannot be read: {reason}."))];
            return Ok(One { errors, ..One::default() });
        }
    };
    let digest = known::digest(settings, path, &text);
    if let Some(Noted { advice, events, assets, .. }) = known.get(path, &digest) {
        let held = Some(Held::Same(digest, assets.clone(), *events));
        return Ok(One { held, warnings: advice.clone(), ..One::default() });
    }
    let (document, advice) = match recognise::read(path, &text) {
        Ok(read) => read,
        Err(problems) => return Ok(One { errors: problems.into_iter().collect(), ..One::default() }),
    };
    if let Some(why) = not_taken(takes, &document) {
        return Ok(One { errors: vec![whole(path, why)], ..One::default() });
    }
    let mut one = One { warnings: advice.iter().map(ToString::to_string).collect(), ..One::default() };
    let file = || SourceFile { path: path.to_owned(), text: text.as_ref().to_owned() };
    one.held = match document {
        Document::People(people) => Some(Held::People(people, file())),
        Document::Domain(domain) => Some(Held::Domain(domain)),
        Document::Assets(stated) => {
            // A push never says where an asset lies.
            let is_pushed = takes == Takes::Documents;
            if !is_pushed {
                one.errors = places::refuse_foreign_places(settings, path, &text, &stated);
            }
            let rows = assets::rows(stated, now)?;
            let lines: Vec<Line> = rows.iter().map(Line::of).collect();
            one.note = Some(known::note(path, digest, &one.warnings, 0, &lines)?);
            Some(Held::Assets(rows, is_pushed.then(file)))
        }
        Document::Product(product) => Some(Held::Product(product, file())),
        Document::Contract(contract) => Some(Held::Contract(contract, file())),
        Document::Lineage(events) => {
            one.note = Some(known::note(path, digest.clone(), &one.warnings, events.len(), &[])?);
            Some(Held::Lineage(digest))
        }
        Document::Dashboard(text) => match dashboard(path, &text, &mut one.warnings) {
            Ok(stated) => Some(Held::Dashboard(stated, SourceFile { path: path.to_owned(), text })),
            Err(problems) => {
                one.errors = problems;
                None
            }
        },
        Document::Term(term) => {
            one.errors = terms::refuse_links(path, &text, &term);
            Some(Held::Term(term, file()))
        }
        Document::Ignored(reason) => {
            one.warnings.push(format!("{path}: not imported: {reason}"));
            None
        }
    };
    Ok(one)
}

/// The events of a file that was read before.
pub(super) fn events(
    settings: &Settings,
    files: &dyn Files,
    checked: &Checked,
) -> Result<Vec<Event>, ImportError> {
    match again(settings, files, checked)? {
        Document::Lineage(events) => Ok(events),
        _ => Err(another(files, checked)),
    }
}

/// The assets of files that were read before.
pub(super) fn assets_again(
    settings: &Settings,
    files: &dyn Files,
    checked: &[Checked],
    now: DateTime<Utc>,
) -> Result<Vec<AssetRow>, ImportError> {
    let mut rows = Vec::new();
    for checked in checked {
        match again(settings, files, checked)? {
            Document::Assets(stated) => rows.append(&mut assets::rows(stated, now)?),
            _ => return Err(another(files, checked)),
        }
    }
    Ok(rows)
}

fn again(settings: &Settings, files: &dyn Files, checked: &Checked) -> Result<Document, ImportError> {
    let path = files.path(checked.place);
    let unread =
        |reason| ImportError::Files(vec![whole(path, format!("This file cannot be read: {reason}."))]);
    let text = files.text(checked.place).map_err(unread)?;
    // Only what was checked is written: where its tables lie and what it names was looked at in that text.
    if known::digest(settings, path, &text) != checked.digest {
        return Err(another(files, checked));
    }
    let read = recognise::read(path, &text).map(|(document, _)| document);
    read.map_err(|problems| ImportError::Files(problems.into_iter().collect()))
}

fn another(files: &dyn Files, checked: &Checked) -> ImportError {
    let message = "This file changed while it was imported; run the import again.";
    ImportError::Files(vec![whole(files.path(checked.place), message.to_owned())])
}

fn whole(file: &str, message: String) -> FileError {
    FileError { file: file.to_owned(), line: 0, column: 0, field: String::new(), message }
}

/// Why a file of the mesh is not taken: who brings in what it says.
fn not_taken(takes: Takes, document: &Document) -> Option<String> {
    if takes == Takes::Everything {
        return None;
    }
    let what = match document {
        Document::Product(_)
        | Document::Contract(_)
        | Document::Dashboard(_)
        | Document::Assets(_)
        | Document::Term(_)
        | Document::Ignored(_) => return None,
        Document::Lineage(_) => {
            let said = "Lineage is not pushed with a folder: send its events to /api/v1/lineage, or let the operator of the \
                        portal import this file. Take it out of what you push.";
            return Some(said.to_owned());
        }
        Document::People(_) => "People",
        Document::Domain(_) => "Domains",
    };
    Some(format!(
        "{what} are imported by the operator of the portal only; a push brings products, contracts, dashboards, assets and \
         terms. Take this file out of what you push."
    ))
}

/// A dashboard's id is its file's name without the ending.
fn dashboard(path: &str, text: &str, warnings: &mut Vec<String>) -> Result<StatedDashboard, Vec<FileError>> {
    let id = super::super::slug(path.rsplit('/').next().unwrap_or(path).trim_end_matches(".md"));
    let dashboard = format::parse(path, text)?;
    warnings.extend(dashboard.warnings.iter().map(ToString::to_string));
    Ok(StatedDashboard { id, front: dashboard.front })
}
