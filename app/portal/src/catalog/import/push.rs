//! The files of a folder that a program pushes: read, written and held to the rules as those of an import are. Only documents
//! that have revisions are taken.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use lakeport_model::documents::DocumentKind;

use super::carried::Carried;
use super::documents::{self, Stated, StatedDashboard, Takes};
use super::known::Known;
use super::pushed_assets::{self, FolderAsset, HeldAssets, Texts};
use super::revisions::By;
use super::{
    Files, ImportError, ImportReport, SourceFile, Watch, assets, contracts, names, places, terms, write,
};
use crate::Ctx;
use crate::ctx::Settings;
use crate::snapshot::Part;
use crate::standards::odcs::Contract;
use crate::standards::odps::DataProduct;
use crate::standards::term::Term;
use crate::store::Tx;

/// The documents of a folder, with their files.
pub(crate) struct Folder {
    /// Products.
    pub(crate) products: Vec<(DataProduct, SourceFile)>,
    /// Versions of contracts.
    pub(crate) contracts: Vec<(Contract, SourceFile)>,
    /// Dashboards.
    pub(crate) dashboards: Vec<(StatedDashboard, SourceFile)>,
    /// Assets, each a document of its own: a file may hold many.
    pub(crate) assets: Vec<FolderAsset>,
    /// Their files.
    asset_files: Arc<Vec<SourceFile>>,
    /// Terms.
    pub(crate) terms: Vec<(Term, SourceFile)>,
    /// What is worth a look.
    pub(crate) warnings: Vec<String>,
}

impl Folder {
    /// Every document: its kind, the id of its revisions, its file.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (DocumentKind, String, &SourceFile)> {
        let products = self.products.iter();
        let products = products.map(|(product, file)| (DocumentKind::Product, product.id.clone(), file));
        let contracts = self.contracts.iter().map(|(contract, file)| {
            (DocumentKind::Contract, format!("{} {}", contract.id, contract.version), file)
        });
        let dashboards = self.dashboards.iter();
        let dashboards = dashboards.map(|(stated, file)| (DocumentKind::Dashboard, stated.id.clone(), file));
        let assets = self.assets.iter();
        let assets = assets.map(|asset| (DocumentKind::Asset, asset.row.id.clone(), self.file_of(asset)));
        let terms = self.terms.iter().map(|(term, file)| (DocumentKind::Term, term.id.clone(), file));
        products.chain(contracts).chain(dashboards).chain(assets).chain(terms)
    }

    /// The file that states an asset.
    pub(crate) fn file_of(&self, asset: &FolderAsset) -> &SourceFile {
        &self.asset_files[asset.file]
    }

    /// True where no file is a document.
    pub(crate) fn is_empty(&self) -> bool {
        self.documents().next().is_none()
    }
}

/// Reads the files of a folder, on one thread: the others answer calls.
///
/// # Errors
/// [`ImportError::Files`] with every problem of every file, and with every file that a push does not bring.
pub(crate) fn read_folder(
    settings: &Settings,
    files: &dyn Files,
    now: DateTime<Utc>,
) -> Result<Folder, ImportError> {
    let takes = (&Known::default(), Takes::Documents);
    let (read, warnings) = documents::read(settings, files, 1, takes, now, &Watch::default())?;
    let documents::Documents { products, contracts, dashboards, assets, asset_files, terms, .. } = read;
    let (assets, asset_files) = pushed_assets::of_files(assets, asset_files)?;
    let asset_files = Arc::new(asset_files);
    Ok(Folder { products, contracts, dashboards, assets, asset_files, terms, warnings })
}

/// Documents that were written in a transaction, before anybody looked what that means.
pub(crate) struct Laid {
    report: ImportReport,
    unnoted: Part,
    /// The assets that lie somewhere.
    located: Stated,
}

/// Writes the documents of a folder with their revisions. What changed on both sides is noted and not written. `held` are its
/// assets as the catalog has them, `texts` those that were printed of them.
///
/// # Errors
/// [`ImportError::Files`] with promises that people rely on and that a contract takes back.
pub(crate) async fn lay(
    tx: &mut Tx,
    ctx: &Ctx,
    by: &By<'_>,
    (folder, texts): (&Folder, &Texts),
    held: &HeldAssets,
) -> Result<Laid, ImportError> {
    let unnoted = names::catch_up(tx).await?;
    let mut report = ImportReport::default();
    let rows: Vec<_> = folder.assets.iter().map(|asset| asset.in_place_of(held.get(&asset.row.id))).collect();
    let located = folder.assets.iter().zip(&rows).filter(|(_, row)| row.location.is_some());
    let located = located.map(|(asset, row)| (row.id.clone(), (asset.file, asset.place))).collect();
    assets::write(tx, by, ctx, (rows, texts), &mut report, &Watch::default()).await?;
    write::products(tx, by, ctx, &folder.products, &mut report).await?;
    contracts::write(tx, by, ctx, &folder.contracts, &mut report).await?;
    write::dashboards(tx, by, ctx, &folder.dashboards, &mut report).await?;
    terms::write(tx, by, ctx, &folder.terms, &mut report).await?;
    Ok(Laid { report, unnoted, located })
}

impl Laid {
    /// What was written.
    pub(crate) fn report(&self) -> &ImportReport {
        &self.report
    }

    /// Looks whether the catalog may be as it is now.
    ///
    /// # Errors
    /// [`ImportError::Files`] with what is wrong beside the rest of the catalog.
    pub(crate) async fn look(self, tx: &mut Tx, ctx: &Ctx, folder: &Folder) -> Result<Carried, ImportError> {
        let Self { report, unnoted, mut located } = self;
        let changed: HashSet<&str> = report.changed_assets().collect();
        located.retain(|id, _| changed.contains(id.as_str()));
        let files = Arc::clone(&folder.asset_files) as Arc<dyn Files>;
        places::refuse_shared_unnamed(tx, ctx, &files, located).await?;
        Carried::of(tx, ctx, (&folder.products, &folder.contracts), report, unnoted).await
    }
}
