//! Reading the files of an import, with everything that is wrong with them: on every processor, a file at a time, of which
//! only what is to be written is kept.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use chrono::{DateTime, Utc};

use super::files::{Files, SourceFile, Step, Watch};
use super::{ImportError, assets, places};
use crate::Error;
use crate::ctx::Settings;
use crate::dashboards::format;
use crate::standards::mesh::{Domain, People};
use crate::standards::odcs::Contract;
use crate::standards::odps::DataProduct;
use crate::standards::openlineage::Event;
use crate::standards::{Document, FileError, recognise};
use crate::store::catalog::AssetRow;

/// Most threads that read: beyond these the database is what one waits for.
const MOST_THREADS: usize = 16;

/// Where a file states an asset: the place of the file among all, and that of the asset in its list.
pub(super) type Stated = HashMap<String, (usize, usize)>;

/// Everything the files hold, by kind.
#[derive(Debug, Default)]
pub(super) struct Documents {
    pub(super) people: Vec<(People, SourceFile)>,
    pub(super) domains: Vec<Domain>,
    /// As they are to be written: ten columns take a tenth of the room that they take as values.
    pub(super) assets: Vec<AssetRow>,
    /// Those of them that lie somewhere.
    pub(super) located: Stated,
    pub(super) products: Vec<(DataProduct, SourceFile)>,
    pub(super) contracts: Vec<(Contract, SourceFile)>,
    pub(super) dashboards: Vec<(String, String)>,
    /// Files of events, which take more room than all the rest: read once more when they are written.
    pub(super) lineage: Vec<usize>,
}

/// What one file holds.
enum Held {
    People(People, SourceFile),
    Domain(Domain),
    Assets(Vec<AssetRow>),
    Product(Box<DataProduct>, SourceFile),
    Contract(Box<Contract>, SourceFile),
    Dashboard(String, String),
    Lineage,
}

/// One file as it was read.
#[derive(Default)]
struct One {
    held: Option<Held>,
    warnings: Vec<String>,
    errors: Vec<FileError>,
}

/// Reads all files; answers them with warnings, or every problem. Assets that are new were first seen at `now`.
pub(super) fn read(
    settings: &Settings,
    files: &dyn Files,
    now: DateTime<Utc>,
    watch: &Watch,
) -> Result<(Documents, Vec<String>), ImportError> {
    let total = files.number();
    let mut all: Vec<Option<One>> = Vec::new();
    all.resize_with(total, || None);
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| -> Result<(), ImportError> {
        let (done, read) = mpsc::channel();
        for _ in 0..processors.min(MOST_THREADS).min(total) {
            let (done, next) = (done.clone(), &next);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let is_heard =
                        place < total && done.send((place, one(settings, files, place, now))).is_ok();
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
        let One { held, warnings: mut advice, errors: mut problems } = one.unwrap_or_default();
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
            Some(Held::Assets(mut rows)) => {
                let located = rows.iter().enumerate().filter(|(_, row)| row.location.is_some());
                documents.located.extend(located.map(|(index, row)| (row.id.clone(), (place, index))));
                documents.assets.append(&mut rows);
            }
            Some(Held::Product(product, file)) => documents.products.push((*product, file)),
            Some(Held::Contract(contract, file)) => documents.contracts.push((*contract, file)),
            Some(Held::Dashboard(id, text)) => documents.dashboards.push((id, text)),
            Some(Held::Lineage) => documents.lineage.push(place),
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
        // An asset is named twice when its id is, or its address.
        Held::Assets(rows) => rows
            .iter()
            .flat_map(|row| {
                [("asset", row.id.clone()), ("the asset address", format!("{} {}", row.namespace, row.name))]
            })
            .collect(),
        Held::Product(product, _) => vec![("product", product.id.clone())],
        Held::Contract(contract, _) => vec![("contract", format!("{} {}", contract.id, contract.version))],
        Held::Dashboard(id, _) => vec![("dashboard", id.clone())],
        Held::Lineage => Vec::new(),
    }
}

/// Reads one file.
fn one(settings: &Settings, files: &dyn Files, place: usize, now: DateTime<Utc>) -> Result<One, Error> {
    let path = files.path(place);
    let text = match files.text(place) {
        Ok(text) => text,
        Err(reason) => {
            let errors = vec![whole(path, format!("This file cannot be read: {reason}."))];
            return Ok(One { errors, ..One::default() });
        }
    };
    let (document, advice) = match recognise::read(path, &text) {
        Ok(read) => read,
        Err(problems) => return Ok(One { errors: problems.into_iter().collect(), ..One::default() }),
    };
    let mut one = One { warnings: advice.iter().map(ToString::to_string).collect(), ..One::default() };
    let file = || SourceFile { path: path.to_owned(), text: text.as_ref().to_owned() };
    one.held = match document {
        Document::People(people) => Some(Held::People(people, file())),
        Document::Domain(domain) => Some(Held::Domain(domain)),
        Document::Assets(stated) => {
            one.errors = places::refuse_foreign_places(settings, path, &text, &stated);
            Some(Held::Assets(assets::rows(stated, now)?))
        }
        Document::Product(product) => Some(Held::Product(product, file())),
        Document::Contract(contract) => Some(Held::Contract(contract, file())),
        Document::Lineage(_) => Some(Held::Lineage),
        Document::Dashboard(text) => match dashboard(path, &text, &mut one.warnings) {
            Ok(id) => Some(Held::Dashboard(id, text)),
            Err(problems) => {
                one.errors = problems;
                None
            }
        },
        Document::Ignored(reason) => {
            one.warnings.push(format!("{path}: not imported: {reason}"));
            None
        }
    };
    Ok(one)
}

/// The events of a file that was read before.
pub(super) fn events(files: &dyn Files, place: usize) -> Result<Vec<Event>, ImportError> {
    let path = files.path(place);
    let wrong = |message: String| ImportError::Files(vec![whole(path, message)]);
    let text = files.text(place).map_err(|reason| wrong(format!("This file cannot be read: {reason}.")))?;
    match recognise::read(path, &text) {
        Ok((Document::Lineage(events), _)) => Ok(events),
        Ok(_) => Err(wrong("This file became another one while it was imported.".to_owned())),
        Err(problems) => Err(ImportError::Files(problems.into_iter().collect())),
    }
}

fn whole(file: &str, message: String) -> FileError {
    FileError { file: file.to_owned(), line: 0, column: 0, field: String::new(), message }
}

/// A dashboard's id is its file's name without the ending.
fn dashboard(path: &str, text: &str, warnings: &mut Vec<String>) -> Result<String, Vec<FileError>> {
    let id = super::super::slug(path.rsplit('/').next().unwrap_or(path).trim_end_matches(".md"));
    match format::parse(path, text) {
        Ok(dashboard) => {
            warnings.extend(dashboard.warnings.iter().map(ToString::to_string));
            Ok(id)
        }
        Err(problems) => Err(problems
            .into_iter()
            .map(|problem| FileError {
                file: problem.file,
                line: u64::from(problem.line),
                column: u64::from(problem.column),
                field: problem.field,
                message: problem.message,
            })
            .collect()),
    }
}
