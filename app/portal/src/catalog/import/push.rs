//! The files of a folder that a program pushes: read, written and held to the rules as those of an import are. Only documents
//! that have revisions are taken.

use chrono::{DateTime, Utc};
use lakeport_model::documents::DocumentKind;

use super::carried::Carried;
use super::documents::{self, StatedDashboard, Takes};
use super::known::Known;
use super::revisions::By;
use super::{Files, ImportError, ImportReport, SourceFile, Watch, contracts, names, write};
use crate::Ctx;
use crate::ctx::Settings;
use crate::snapshot::Part;
use crate::standards::odcs::Contract;
use crate::standards::odps::DataProduct;
use crate::store::Tx;

/// The documents of a folder, with their files.
pub(crate) struct Folder {
    /// Products.
    pub(crate) products: Vec<(DataProduct, SourceFile)>,
    /// Versions of contracts.
    pub(crate) contracts: Vec<(Contract, SourceFile)>,
    /// Dashboards.
    pub(crate) dashboards: Vec<(StatedDashboard, SourceFile)>,
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
        products.chain(contracts).chain(dashboards)
    }

    /// True where no file is a document.
    pub(crate) fn is_empty(&self) -> bool {
        self.products.is_empty() && self.contracts.is_empty() && self.dashboards.is_empty()
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
    let documents::Documents { products, contracts, dashboards, .. } = read;
    Ok(Folder { products, contracts, dashboards, warnings })
}

/// Documents that were written in a transaction, before anybody looked what that means.
pub(crate) struct Laid {
    report: ImportReport,
    unnoted: Part,
}

/// Writes the documents of a folder with their revisions. What changed on both sides is noted and not written.
///
/// # Errors
/// [`ImportError::Files`] with promises that people rely on and that a contract takes back.
pub(crate) async fn lay(tx: &mut Tx, ctx: &Ctx, by: &By<'_>, folder: &Folder) -> Result<Laid, ImportError> {
    let unnoted = names::catch_up(tx).await?;
    let mut report = ImportReport::default();
    write::products(tx, by, ctx, &folder.products, &mut report).await?;
    contracts::write(tx, by, ctx, &folder.contracts, &mut report).await?;
    write::dashboards(tx, by, ctx, &folder.dashboards, &mut report).await?;
    Ok(Laid { report, unnoted })
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
        Carried::of(tx, ctx, (&folder.products, &folder.contracts), self.report, self.unnoted).await
    }
}
