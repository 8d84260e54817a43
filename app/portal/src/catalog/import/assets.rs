//! Assets of files, and one that somebody describes on a page: compared with those that are held, and written where they are new
//! or other ones.
//!
//! A hundred thousand of them come with files and have no revisions. Those that somebody changed on a page or by a push have,
//! and from then on imports keep them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use lakeport_model::catalog::{Classification, Column};
use lakeport_model::documents::{DocumentKind, Source};

use super::carried::Carried;
use super::files::{Files, SourceFile, Step, Watch};
use super::pushed_assets::Texts;
use super::revisions::{self, Apart, By, Change, Clash, Meeting};
use super::{ImportError, ImportReport, names, parts, places, privileges};
use crate::actor::Actor;
use crate::assets::Exposed;
use crate::catalog::described;
use crate::standards::mesh::{Asset, Assets};
use crate::store::Tx;
use crate::store::catalog::{self, AssetRow};
use crate::store::changes::Touched;
use crate::store::import::{self as store, ROWS};
use crate::store::lineage::{self as edges, FoundRow};
use crate::store::revisions as kept;
use crate::{Ctx, Error, Result};

const KIND: DocumentKind = DocumentKind::Asset;

/// The assets of a file as they are written.
pub(super) fn rows(file: Assets, now: DateTime<Utc>) -> Result<Vec<AssetRow>> {
    let Assets { domain, namespace, assets, .. } = file;
    let row = |mut asset: Asset| {
        asset.domain = asset.domain.or_else(|| domain.clone());
        asset.namespace = asset.namespace.or_else(|| namespace.clone());
        described::row(asset, now)
    };
    assets.into_iter().map(row).collect()
}

/// Writes those of these assets that are new or changed, with their revisions. What changed on both sides is noted and not
/// written. The texts are those that were printed of them already.
pub(super) async fn write(
    tx: &mut Tx,
    by: &By<'_>,
    ctx: &Ctx,
    (rows, printed): (Vec<AssetRow>, &Texts),
    report: &mut ImportReport,
    watch: &Watch,
) -> Result<()> {
    let (total, mut done) = (rows.len(), 0);
    let (mut news, mut moved, mut opened, mut texts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut left = Vec::new();
    for part in parts(rows, size) {
        done += part.len();
        let ids: Vec<&str> = part.iter().map(|row| row.id.as_str()).collect();
        let held = store::assets(tx, &ids).await?.into_iter().map(|row| (row.id.clone(), row));
        let mut held: HashMap<String, AssetRow> = held.collect();
        let newest = kept::newest(tx, KIND, &ids).await?;
        let revised: HashSet<String> = newest.iter().map(|row| row.document.clone()).collect();
        let apart = Apart::among(tx, by, KIND, newest).await?;
        let mut same = Vec::new();
        for mut row in part {
            let before = held.remove(&row.id);
            if let Some(before) = &before {
                row.created_at = before.created_at;
            }
            let is_same = before.as_ref().map(|before| *before == row);
            let is_revised = revised.contains(&row.id);
            if is_revised && is_same == Some(true) {
                same.push(row.id.clone());
            }
            if is_revised && is_same != Some(true) && stays(&apart, &row, printed, report)? {
                continue;
            }
            if !report.note("asset", &row.id, is_same) {
                continue;
            }
            report.touched.insert(Touched::Asset(row.id.clone()));
            if is_revised || by.source != Source::Files {
                texts.push(Revised::of(&row, before.as_ref(), is_revised, printed)?);
            }
            if before.as_ref().map(address) != Some(address(&row)) {
                moved.push(news.len());
                // Events may still name what an operator's files call otherwise now; nobody else keeps an address like that.
                if let Some(before) = before.as_ref().filter(|_| by.source != Source::Files) {
                    left.push((before.namespace.clone(), before.name.clone(), row.id.clone()));
                }
            }
            match before {
                Some(before) => {
                    report.privileges.extend(privileges::of_asset(&before, &row));
                    // For what files say, an operator vouches.
                    if by.source != Source::Files {
                        report.exposed.extend(Exposed::of(&before, &row));
                    }
                }
                None if row.classification == Classification::Public.as_str() => opened.push(row.id.clone()),
                None => {}
            }
            news.push(row);
        }
        let same: Vec<&str> = same.iter().map(String::as_str).collect();
        report.held += revisions::hold(tx, by, KIND, &same).await?;
        watch.say(Step::Compare, done, total);
    }
    report.privileges.extend(privileges::of_new("asset.publish", &opened));
    // All of them are compared with what was held before any of them is written.
    let moved: Vec<&AssetRow> = moved.into_iter().map(|place| &news[place]).collect();
    for part in left.chunks(ROWS) {
        edges::leave_addresses(tx, &by.proof, part).await?;
    }
    take_addresses(tx, by, &moved, report).await?;
    let (total, mut done) = (news.len(), 0);
    for part in parts(news, size) {
        store::put_assets(tx, &by.proof, &part, ctx.now()).await?;
        done += part.len();
        watch.say(Step::Write, done, total);
    }
    keep(tx, by, ctx, &texts).await
}

/// Writes assets that somebody describes on a page, with their revisions, and looks whether the catalog may be as it is then.
///
/// # Errors
/// [`ImportError::Portal`] with what is wrong with them beside the rest of the catalog; [`ImportError::Files`] where the data of
/// one lies where that of another table lies, or around it, which has another domain or classification.
pub(crate) async fn write_assets(
    tx: &mut Tx,
    ctx: &Ctx,
    by: &By<'_>,
    rows: Vec<AssetRow>,
) -> std::result::Result<Carried, ImportError> {
    let unnoted = names::catch_up(tx).await?;
    let mut report = ImportReport::default();
    let located = rows.iter().filter(|row| row.location.is_some());
    let located = located.map(|row| (row.id.clone(), (0, 0))).collect();
    write(tx, by, ctx, (rows, &Texts::default()), &mut report, &Watch::default()).await?;
    let is_other = |change: &privileges::Change| matches!(change.action, "asset.classify" | "asset.move");
    if report.privileges.iter().any(is_other) {
        // No file states it.
        let files: Arc<dyn Files> = Arc::new(vec![SourceFile { path: String::new(), text: String::new() }]);
        places::refuse_shared_unnamed(tx, ctx, &files, located).await?;
    }
    Carried::of(tx, ctx, (&[], &[]), report, unnoted).await
}

/// True where what somebody published in the portal stays, and what files bring is noted or meets it.
fn stays(apart: &Apart, row: &AssetRow, printed: &Texts, report: &mut ImportReport) -> Result<bool> {
    let text = printed.text(row).map_err(Error::fault)?;
    match apart.meeting(&row.id, &text) {
        Meeting::Goes => return Ok(false),
        Meeting::Stays => report.kept.push(format!(
            "asset {}: changed in the portal after files held it last, and the file is as it was",
            row.id
        )),
        // A file holds many assets: this one is named, and not the file.
        Meeting::Clashes(newest) => {
            let file = format!("asset {}", row.id);
            report.clashes.push(Clash { kind: KIND, file, newest: newest.clone() });
        }
    }
    Ok(true)
}

/// Why there is a first revision of an asset that files brought.
const AS_FILES_HAD_IT: &str = "As files had it before the first change.";

/// A text that becomes a revision.
struct Revised {
    id: String,
    text: String,
    before: Option<String>,
    /// Files brought what was before, and nobody kept it.
    is_first: bool,
}

impl Revised {
    fn of(row: &AssetRow, before: Option<&AssetRow>, is_revised: bool, printed: &Texts) -> Result<Self> {
        Ok(Self {
            id: row.id.clone(),
            text: printed.text(row).map_err(Error::fault)?.into_owned(),
            // What cannot be read has no text.
            before: before.and_then(|before| Some(printed.text(before).ok()?.into_owned())),
            is_first: !is_revised && before.is_some_and(|before| before.origin == "file"),
        })
    }
}

/// Keeps texts as the next revisions of their assets; of one that files brought and nobody changed until now, what was before
/// as the first one.
async fn keep(tx: &mut Tx, by: &By<'_>, ctx: &Ctx, texts: &[Revised]) -> Result<()> {
    let importer = Actor::System("import");
    let (proof, source) = (by.proof.clone(), Source::Files);
    // Nobody noted when files brought it: the time is that of the first change.
    let files = By { actor: &importer, proof, source, reason: AS_FILES_HAD_IT, over: &[] };
    let first = texts.iter().filter(|one| one.is_first).filter_map(|one| {
        let text = one.before.as_deref()?;
        Some(Change { id: one.id.clone(), text, before: None })
    });
    let first: Vec<Change<'_>> = first.collect();
    revisions::keep(tx, &files, KIND, ctx.now(), first).await?;
    let next = texts.iter().map(|one| Change {
        id: one.id.clone(),
        text: one.text.as_str(),
        before: one.before.clone(),
    });
    let next: Vec<Change<'_>> = next.collect();
    revisions::keep(tx, by, KIND, ctx.now(), next).await
}

fn address(row: &AssetRow) -> (String, String) {
    (row.namespace.clone(), row.name.clone())
}

/// Makes place for assets at addresses that they did not have: what only events name there is the same asset.
async fn take_addresses(
    tx: &mut Tx,
    by: &By<'_>,
    rows: &[&AssetRow],
    report: &mut ImportReport,
) -> Result<()> {
    for part in rows.chunks(ROWS) {
        let addresses: Vec<_> = part.iter().map(|row| (row.namespace.as_str(), row.name.as_str())).collect();
        let mut others = edges::found(tx, &addresses).await?;
        if by.source != Source::Files {
            // On pages and by pushes, what events call so beside its own address may be taken over as well.
            let aliased = edges::found_by_alias(tx, &addresses).await?.into_iter();
            others.extend(aliased.filter(|other| other.origin == "lineage"));
        }
        let mut found: HashMap<(String, String), Vec<FoundRow>> = HashMap::new();
        for other in others {
            found.entry((other.namespace.clone(), other.name.clone())).or_default().push(other);
        }
        for row in part {
            let others = found.remove(&address(row)).unwrap_or_default();
            for other in others.into_iter().filter(|other| other.id != row.id) {
                take_over(tx, by, row, other, report).await?;
            }
        }
    }
    Ok(())
}

/// Gives an asset all that events said of another one with its address, which is gone then.
async fn take_over(
    tx: &mut Tx,
    by: &By<'_>,
    row: &AssetRow,
    other: FoundRow,
    report: &mut ImportReport,
) -> Result<()> {
    if other.origin != "lineage" {
        return Err(Error::conflict(format!(
            "Asset {} has the address of asset {} ({} {}). Give one of them another name.",
            row.id, other.id, row.namespace, row.name
        )));
    }
    // Events named it first; now that a file describes it, it goes by the file's id.
    let targets = store::targets(tx, &other.id).await?;
    report.touched.extend(targets.into_iter().map(Touched::Asset));
    edges::join(tx, &by.proof.allows(), &other.id, &row.id).await?;
    catalog::delete_asset(tx, &by.proof.allows(), &other.id).await?;
    report.touched.insert(Touched::Asset(other.id));
    report.joined.insert(row.id.clone());
    Ok(())
}

/// How large an asset is in a statement, about.
fn size(row: &AssetRow) -> usize {
    row.columns.len() + row.description.len()
}

/// Something that becomes less protected than it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lowered {
    /// The column; none for the asset as a whole.
    pub(crate) column: Option<String>,
    /// How sensitive it was.
    pub(crate) before: Classification,
    /// How sensitive it is said to be.
    pub(crate) after: Classification,
}

/// How sensitive an asset is, and each of its columns that is described: read from its row once.
#[derive(Debug, Clone)]
pub(crate) struct Classes {
    whole: Classification,
    columns: BTreeMap<String, Classification>,
}

impl Classes {
    /// Those of an asset; the strictest where that cannot be read.
    pub(crate) fn of(row: &AssetRow) -> Self {
        let columns: Vec<Column> = serde_json::from_str(&row.columns).unwrap_or_default();
        Self {
            whole: row.classification.parse().unwrap_or(Classification::Restricted),
            columns: columns.into_iter().map(|column| (column.name, column.classification)).collect(),
        }
    }

    /// What becomes less protected where an asset of these is described as one of those: columns that become less sensitive
    /// than they were, and the asset whose highest classification falls. A column that nobody describes counts as internal, so
    /// that none is lowered by taking it out of the description and putting it back.
    pub(crate) fn lowered_to(&self, after: &Self) -> Vec<Lowered> {
        let names: BTreeSet<&String> = self.columns.keys().chain(after.columns.keys()).collect();
        let of = |classes: &Self, name: &str| {
            classes.columns.get(name).copied().unwrap_or(Classification::Internal)
        };
        let columns = names.into_iter().map(|name| Lowered {
            column: Some(name.clone()),
            before: of(self, name),
            after: of(after, name),
        });
        let whole = Lowered { column: None, before: self.whole, after: after.whole };
        columns.chain([whole]).filter(|one| one.after < one.before).collect()
    }

    /// Columns that become public, or are new and so from the first moment: everybody who sees their table reads them. Of an
    /// asset without columns nothing is named.
    pub(crate) fn opened_since(&self, before: Option<&Self>) -> Vec<String> {
        let is_public = |class: Option<&Classification>| class == Some(&Classification::Public);
        let was_public = |name: &str| is_public(before.and_then(|before| before.columns.get(name)));
        let opened =
            self.columns.iter().filter(|(name, class)| is_public(Some(*class)) && !was_public(name.as_str()));
        opened.map(|(name, _)| name.clone()).collect()
    }

    /// True where something opens: a column becomes public, or the asset as a whole.
    pub(crate) fn opens_since(&self, before: Option<&Self>) -> bool {
        let is_public = |classes: &Self| classes.whole == Classification::Public;
        !self.opened_since(before).is_empty() || is_public(self) && !before.is_some_and(is_public)
    }

    /// Columns that are described no more where these become those.
    pub(crate) fn gone_in(&self, after: &Self) -> BTreeSet<String> {
        self.columns.keys().filter(|name| !after.columns.contains_key(*name)).cloned().collect()
    }
}

/// What a change of an asset makes less protected.
pub(crate) fn lowered(before: &AssetRow, after: &AssetRow) -> Vec<Lowered> {
    Classes::of(before).lowered_to(&Classes::of(after))
}

#[cfg(test)]
mod tests;
