//! A table has one name and a folder of its own: whoever could give it a second one could give it other rules.

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lakeport_frame::Place;

use super::documents::Stated;
use super::files::Files;
use super::{ImportError, ImportReport};
use crate::Ctx;
use crate::actor::Party;
use crate::beside::CATALOGS;
use crate::ctx::Settings;
use crate::standards::mesh::{AssetKind, Assets};
use crate::standards::{FileError, yaml};
use crate::store::Tx;
use crate::store::import::{self as store, PlacedRow};

/// Refuses a table that lies where the table of another domain lies, or one of its own domain under another
/// classification: it would open that one's rows by rules that are not its own. Refuses one that lies above or below
/// another as well: whoever writes a log into the folder above opens all that lies below it. Of tables that no file here
/// states it only warns: whoever writes to the lake can turn a folder into a link, and would stop every import.
pub(super) async fn refuse_shared_places(
    tx: &mut Tx,
    ctx: &Ctx,
    files: &Arc<dyn Files>,
    stated: Stated,
    report: &mut ImportReport,
) -> Result<(), ImportError> {
    let tables = store::placed(tx).await?;
    let (settings, files) = (Arc::clone(&ctx.settings), Arc::clone(files));
    let (problems, mut warnings) =
        CATALOGS.run(Party::PORTAL, move || shared_places(&settings, &*files, tables, &stated)).await?;
    report.warnings.append(&mut warnings);
    if problems.is_empty() { Ok(()) } else { Err(ImportError::Files(problems)) }
}

/// The same for assets that got another domain or classification on a page or by a push. What is told names none of the other
/// tables, of which their authors may not know.
pub(super) async fn refuse_shared_unnamed(
    tx: &mut Tx,
    ctx: &Ctx,
    files: &Arc<dyn Files>,
    located: Stated,
) -> Result<(), ImportError> {
    // Places stay as they are: nothing else can have brought two together.
    if located.is_empty() {
        return Ok(());
    }
    // Warnings are about tables that no file here states.
    let mut untold = ImportReport::default();
    match refuse_shared_places(tx, ctx, files, located, &mut untold).await {
        Err(ImportError::Files(mut problems)) => {
            for problem in &mut problems {
                "Another table lies at the place of this one, or around it. A table has one domain and one classification: \
                 leave these as they are, or let the operator of the portal give it a place of its own first."
                    .clone_into(&mut problem.message);
            }
            Err(ImportError::Files(problems))
        }
        done => done,
    }
}

/// What is wrong with where tables lie, and what is worth a warning.
fn shared_places(
    settings: &Settings,
    files: &dyn Files,
    tables: Vec<PlacedRow>,
    stated: &Stated,
) -> (Vec<FileError>, Vec<String>) {
    let mut links = Links::default();
    let mut placed: Vec<(Place, PlacedRow)> = tables
        .into_iter()
        .filter_map(|table| Some((links.behind(Place::of(&settings.lake_root, &table.location)?), table)))
        .collect();
    // In the order of their steps, all that lies below a place comes right after it.
    placed.sort_by(|(one, a), (other, b)| (one, a.created_at).cmp(&(other, b.created_at)));
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    let mut blamed = BTreeSet::new();
    // The tables at this place and above it, one for each domain and classification.
    let mut around: Vec<&(Place, PlacedRow)> = Vec::new();
    for table in &placed {
        around.retain(|(place, _)| table.0.is_below(std::slice::from_ref(place)));
        let mut is_alike = false;
        for &other in &around {
            let Some(message) = problem(other, table) else {
                is_alike = true;
                continue;
            };
            let (first, second) = (&other.1, &table.1);
            // The newer one is wrong; of two that are new, the one above: it takes more.
            let newest = if second.created_at > first.created_at { [second, first] } else { [first, second] };
            let found = newest.into_iter().find_map(|one| Some((&one.id, stated.get(&one.id)?)));
            // One problem of a table is enough: a folder above others lies above all of them.
            if !blamed.insert(found.map_or(&newest[0].id, |(id, _)| id)) {
                continue;
            }
            match found {
                Some((_, (place, index))) => {
                    let field = format!("assets[{index}].location");
                    let text = files.text(*place).unwrap_or_default();
                    problems.push(FileError::at(files.path(*place), &text, &field, message));
                }
                None => warnings.push(format!(
                    "{message} Neither is in these files, which are imported all the same. Since those two were imported, \
                     a folder became a link or the roots of the lake changed."
                )),
            }
        }
        if !is_alike {
            around.push(table);
        }
    }
    (problems, warnings)
}

/// Why two tables cannot lie where they lie, the one that may hold the other first.
fn problem((above, first): &(Place, PlacedRow), (below, second): &(Place, PlacedRow)) -> Option<String> {
    if above == below {
        let is_same = (&first.domain, &first.classification) == (&second.domain, &second.classification);
        return (!is_same).then(|| {
            format!(
                "Assets {} (domain \"{}\", {}) and {} (domain \"{}\", {}) name the same place, {}. A table has one domain \
                 and one classification: give one of them its own location.",
                first.id,
                first.domain,
                first.classification,
                second.id,
                second.domain,
                second.classification,
                second.location
            )
        });
    }
    below.is_below(std::slice::from_ref(above)).then(|| {
        format!(
            "Asset {} (domain \"{}\") lies at {}, and asset {} (domain \"{}\") lies inside it, at {}. No table lies inside \
             another one: give one of them its own location.",
            first.id,
            first.domain,
            first.location,
            second.id,
            second.domain,
            second.location
        )
    })
}

/// Where places truly lie, behind every link on the way to them: a root may be one, and whatever lies below it then goes by
/// two names. Tables lie beside one another, so that folders are looked at once.
#[derive(Default)]
struct Links(HashMap<PathBuf, PathBuf>);

impl Links {
    fn behind(&mut self, place: Place) -> Place {
        let Some(path) = place.folder() else { return place };
        let truly = self.follow(&path);
        truly.to_str().and_then(|path| Place::of("/", path)).unwrap_or(place)
    }

    /// The way as far as it goes, where a folder is not there yet.
    fn follow(&mut self, path: &Path) -> PathBuf {
        if path.is_symlink()
            && let Ok(truly) = path.canonicalize()
        {
            return truly;
        }
        match (path.parent(), path.file_name()) {
            (Some(above), Some(name)) => self.above(above).join(name),
            _ => path.to_path_buf(),
        }
    }

    fn above(&mut self, folder: &Path) -> PathBuf {
        if let Some(known) = self.0.get(folder) {
            return known.clone();
        }
        let truly = self.follow(folder);
        self.0.insert(folder.to_path_buf(), truly.clone());
        truly
    }
}

/// Every table of these files that does not lie below a configured root, or whose location reads differently to different
/// readers. What else lies on the machine or in other buckets is none of the catalog's business, however well the portal
/// could read it.
pub(super) fn refuse_foreign_places(
    settings: &Settings,
    path: &str,
    text: &str,
    assets: &Assets,
) -> Vec<FileError> {
    let roots = settings.roots();
    // Looked at only when something is wrong.
    let tree = LazyCell::new(|| yaml::parse(path, text).ok());
    let tables = assets.assets.iter().enumerate().filter(|(_, asset)| asset.kind == AssetKind::Table);
    let wrong = tables.filter_map(|(index, asset)| {
        let location = asset.location.as_ref()?;
        let is_inside =
            Place::of(&settings.lake_root, location).is_some_and(|place| place.is_below(&roots));
        let message = if is_inside {
            unclear(location)?
        } else {
            format!(
                "{location} lies outside the lake. A table lies below lake_root or one of storage_roots in the \
                 configuration; write a path below lake_root, or let the operator add its root."
            )
        };
        let assets = tree.as_ref().and_then(|tree| tree.get("assets"));
        let asset = assets.and_then(|assets| assets.items().get(index));
        let at = asset.and_then(|asset| asset.get("location")).map(|node| node.at).unwrap_or_default();
        let (file, field) = (path.to_owned(), format!("assets[{index}].location"));
        Some(FileError { file, line: at.line, column: at.column, field, message })
    });
    wrong.collect()
}

/// Why a location may lead elsewhere than it reads: what is an escape or a query in an address is a letter in a path, and
/// an address without its two slashes is a path.
fn unclear(location: &str) -> Option<String> {
    let is_address = location.contains("://");
    if let Some(letter) =
        location.chars().find(|letter| matches!(letter, '?' | '#') || (*letter == '%' && !is_address))
    {
        return Some(format!(
            "{location} holds \"{letter}\", which may lead elsewhere than it reads. Write the folder's name without it; \
             only an address such as file:///folder has escapes."
        ));
    }
    let is_half_an_address =
        !is_address && location.split('/').next().is_some_and(|first| first.contains(':'));
    is_half_an_address.then(|| {
        format!(
            "{location} is neither a path nor an address. Write a path below lake_root, or an address such as \
             file:///folder, s3://bucket/folder or gs://bucket/folder."
        )
    })
}
