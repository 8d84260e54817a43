//! What follows from documents that were written: the rules of the whole catalog, and who hears of it. The same for the files
//! of an import and for a text that somebody publishes.

use serde_json::Value;

use super::around::Around;
use super::revisions::By;
use super::{ImportError, ImportReport, SourceFile, foreign, parts, privileges};
use crate::assets::tell_stewards;
use crate::audit::{self, Entry};
use crate::people::told;
use crate::snapshot::Part;
use crate::standards::odcs::Contract;
use crate::standards::odps::DataProduct;
use crate::store::Tx;
use crate::store::changes;
use crate::{Ctx, Result, access};

/// What was done, for the audit.
pub(crate) struct Did {
    /// What.
    pub(crate) action: &'static str,
    /// On what.
    pub(crate) subject: String,
    /// Details.
    pub(crate) detail: Value,
}

/// Documents that were read, with their files.
pub(super) type Read<T> = [(T, SourceFile)];

/// Looks at what was written with all that it concerns, and notes what was touched. The products and contracts are those that
/// were written, with their texts.
pub(super) async fn look(
    tx: &mut Tx,
    ctx: &Ctx,
    (products, contracts): (&Read<DataProduct>, &Read<Contract>),
    report: &mut ImportReport,
    unnoted: Part,
) -> std::result::Result<Around, ImportError> {
    let touched = std::mem::take(&mut report.touched);
    let around = Around::of(tx, ctx, &touched, unnoted).await?;
    changes::touch(tx, touched, ctx.now()).await?;
    foreign::refuse_foreign_offers(tx, &around.after).await?;
    foreign::refuse_foreign_checks(&around.after, contracts)?;
    foreign::refuse_foreign_contracts(&around.after, products)?;
    Ok(around)
}

/// Carries out what it means for requests, grants and those who decide them, records what was done, and tells whom it concerns.
pub(super) async fn carry_out(
    tx: &mut Tx,
    ctx: &Ctx,
    By { actor, proof, .. }: &By<'_>,
    Around { before, after, concerned }: &Around,
    did: Vec<Did>,
    report: &mut ImportReport,
) -> Result<()> {
    let (now, rule) = (ctx.now(), proof.rule());
    access::catalog_changed(tx, ctx, now, after, concerned).await?;
    access::roles_changed(tx, ctx, now, (before, after), concerned).await?;
    let entry = |Did { action, subject, detail }| Entry { actor, action, subject, rule, detail };
    audit::record_all(tx, ctx, did.into_iter().map(entry).collect()).await?;
    // There may be a thousand of them, and others wait for their turn to write.
    for part in parts(std::mem::take(&mut report.privileges), |change| change.detail.to_string().len()) {
        let entry =
            |privileges::Change { action, subject, detail }| Entry { actor, action, subject, rule, detail };
        audit::record_all(tx, ctx, part.into_iter().map(entry).collect()).await?;
    }
    let roles = std::mem::take(&mut report.roles);
    told::tell_of_files(tx, ctx, before, &roles).await?;
    tell_stewards(tx, ctx, actor, after, &std::mem::take(&mut report.exposed)).await?;
    if report.names("contract") {
        crate::contracts::tell_of_versions(tx, ctx, (actor, rule), (before, after)).await?;
    }
    Ok(())
}
