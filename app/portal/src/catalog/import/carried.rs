//! Documents that were written in a transaction, before anybody is told: what they mean, and carrying it out.

use super::around::Around;
use super::effects::{self, Did, Read};
use super::revisions::By;
use super::{ImportError, ImportReport};
use crate::snapshot::{Contract as Held, Part, Product, Snapshot};
use crate::standards::odcs::Contract;
use crate::standards::odps::DataProduct;
use crate::store::Tx;
use crate::store::access::Grant;
use crate::{Ctx, Result};

/// Documents that were written in a transaction, before anybody is told.
pub(crate) struct Carried {
    around: Around,
    report: ImportReport,
}

impl Carried {
    /// Looks whether the catalog may be as it is now. The products and contracts are those that were written.
    ///
    /// # Errors
    /// [`ImportError::Files`] with what is wrong with them beside the rest of the catalog.
    pub(super) async fn of(
        tx: &mut Tx,
        ctx: &Ctx,
        written: (&Read<DataProduct>, &Read<Contract>),
        mut report: ImportReport,
        unnoted: Part,
    ) -> std::result::Result<Self, ImportError> {
        let around = effects::look(tx, ctx, written, &mut report, unnoted).await?;
        Ok(Self { around, report })
    }

    /// What was written.
    pub(crate) fn report(&self) -> &ImportReport {
        &self.report
    }

    /// What it changes of who may do or read what, each as one text.
    pub(crate) fn privileges(&self) -> Vec<String> {
        let changes = self.report.privileges.iter();
        changes.map(|change| format!("{} {} {}", change.action, change.subject, change.detail)).collect()
    }

    /// The catalog around the documents as it was, and as it is with them.
    pub(crate) fn snapshots(&self) -> (&Snapshot, &Snapshot) {
        (&self.around.before, &self.around.after)
    }

    /// A product as it was, and as it is.
    pub(crate) fn products(&self, id: &str) -> (Option<&Product>, Option<&Product>) {
        let (before, after) = self.snapshots();
        (before.products.get(id), after.products.get(id))
    }

    /// A contract as it was, and as it is.
    pub(crate) fn contracts(&self, id: &str) -> (Option<&Held>, Option<&Held>) {
        let (before, after) = self.snapshots();
        (before.contracts.get(id), after.contracts.get(id))
    }

    /// The grants that it concerns.
    pub(crate) async fn grants(&self, tx: &mut Tx) -> Result<Vec<Grant>> {
        self.around.concerned.grants(tx).await
    }

    /// Carries out what it means for others, and records it. What the record itself says is not recorded a second time.
    pub(crate) async fn take_effect(
        self,
        tx: &mut Tx,
        ctx: &Ctx,
        by: &By<'_>,
        did: Did,
    ) -> Result<ImportReport> {
        self.take_effects(tx, ctx, by, vec![did]).await
    }

    /// The same where several things were done, each of which has a record of its own.
    pub(crate) async fn take_effects(
        mut self,
        tx: &mut Tx,
        ctx: &Ctx,
        by: &By<'_>,
        did: Vec<Did>,
    ) -> Result<ImportReport> {
        self.report.privileges.retain(|change| did.iter().all(|did| did.action != change.action));
        effects::carry_out(tx, ctx, by, &self.around, did, &mut self.report).await?;
        Ok(self.report)
    }
}
