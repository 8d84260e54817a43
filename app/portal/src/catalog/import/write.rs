//! Writing what was read, noting what is new and what changed: what is as the files say is not written again.

use std::collections::HashMap;
use std::sync::Arc;

use lakeport_model::documents::DocumentKind;

use super::documents::{self, Checked, Documents};
use super::files::{Files, Step, Watch};
use super::revisions::{self, Apart, By, Change, Meeting};
use super::{
    ImportError, ImportReport, SourceFile, assets, contracts, known, names, parts, people, privileges, twins,
};
use crate::actor::Party;
use crate::beside::CATALOGS;
use crate::policy::{Authorized, Import};
use crate::standards::odcs::Contract;
use crate::standards::odps::{DataProduct, Visibility};
use crate::store::Tx;
use crate::store::changes::Touched;
use crate::store::import::{self as store, FileRow, ROWS};
use crate::store::named::Kind;
use crate::{Ctx, Error, Result, lineage};

/// Lineage events that are kept together.
const EVENTS_AT_ONCE: usize = 1_000;

/// What is looked at again when everything is written.
pub(super) struct Written {
    /// Assets of the files that lie somewhere.
    pub(super) located: documents::Stated,
    /// The products of the files.
    pub(super) products: Vec<(DataProduct, SourceFile)>,
    /// The contracts of the files.
    pub(super) contracts: Vec<(Contract, SourceFile)>,
    /// What is kept of files that were read, for the next time.
    pub(super) notes: Vec<FileRow>,
}

pub(super) async fn all(
    tx: &mut Tx,
    (proof, by): (&Authorized<Import>, &By<'_>),
    ctx: &Ctx,
    files: &Arc<dyn Files>,
    documents: Documents,
    report: &mut ImportReport,
    watch: &Watch,
) -> std::result::Result<Written, ImportError> {
    people::persons(tx, proof, ctx, &documents.people, report).await?;
    twins::refuse(tx, &documents.people, report).await?;
    people::domains(tx, proof, documents.domains, report).await?;
    let mut rows = documents.assets;
    let changed = known::changed_elsewhere(tx, &documents.same, report, watch).await?;
    if !changed.is_empty() {
        let (settings, source, now) = (Arc::clone(&ctx.settings), Arc::clone(files), ctx.now());
        let read = CATALOGS
            .run(Party::PORTAL, move || documents::assets_again(&settings, &*source, &changed, now))
            .await?;
        rows.append(&mut read?);
    }
    assets::write(tx, proof, ctx, rows, report, watch).await?;
    products(tx, by, ctx, &documents.products, report).await?;
    contracts::write(tx, by, ctx, &documents.contracts, report).await?;
    dashboards(tx, by, ctx, &documents.dashboards, report).await?;
    report.unchanged += documents.same_events;
    events(tx, proof, ctx, files, &documents.lineage, report, watch).await?;
    for (asset, domain) in store::strangers(tx).await? {
        report.warnings.push(format!("asset {asset}: domain \"{domain}\" is not known"));
    }
    let Documents { located, products, contracts, notes, .. } = documents;
    Ok(Written { located, products, contracts, notes })
}

/// Writes the products of files, or one that somebody publishes.
pub(super) async fn products(
    tx: &mut Tx,
    by: &By<'_>,
    ctx: &Ctx,
    files: &[(DataProduct, SourceFile)],
    report: &mut ImportReport,
) -> std::result::Result<(), ImportError> {
    let (mut news, mut opened, mut named) = (Vec::new(), Vec::new(), Vec::new());
    let (mut texts, mut problems) = (Vec::new(), Vec::new());
    for part in files.chunks(ROWS) {
        let ids: Vec<&str> = part.iter().map(|(product, _)| product.id.as_str()).collect();
        let held = store::products(tx, &ids).await?.into_iter().map(|row| (row.id, row.document));
        let held: HashMap<String, String> = held.collect();
        let is_same =
            |(product, file): &(DataProduct, SourceFile)| Some(*held.get(&product.id)? == file.text);
        let that_are = |same: bool| -> Vec<&str> {
            let products = part.iter().filter(|&product| is_same(product) == Some(same));
            products.map(|(product, _)| product.id.as_str()).collect()
        };
        let apart = Apart::of(tx, by, DocumentKind::Product, &that_are(false)).await?;
        revisions::hold(tx, by, DocumentKind::Product, &that_are(true)).await?;
        for one in part {
            let (product, file) = one;
            match apart.meeting(&product.id, &file.text) {
                Meeting::Goes => {}
                Meeting::Stays => {
                    report.kept.push(format!(
                        "product {}: changed in the portal after the last import, and the file is as it was",
                        product.id
                    ));
                    continue;
                }
                Meeting::Clashes(newest) => {
                    problems.push(revisions::clash(tx, newest, &file.path).await?);
                    continue;
                }
            }
            if !report.note("product", &product.id, is_same(one)) {
                continue;
            }
            report.touched.insert(Touched::Product(product.id.clone()));
            let before = held.get(&product.id);
            texts.push(Change { id: product.id.clone(), text: &file.text, before: before.cloned() });
            // One that an older version of the portal took, and that cannot be read any more, is as good as new.
            let before = before.and_then(|before| DataProduct::from_yaml(&product.id, before).ok());
            if let Some(before) = before {
                report.privileges.extend(privileges::of_product(&before, product));
            } else if product.visibility() == Visibility::Open {
                opened.push(product.id.clone());
            }
            let domain = product.domain.as_deref().unwrap_or_default();
            news.push((product.id.as_str(), domain, file.text.as_str()));
            named.push(names::of_product(product));
        }
    }
    if !problems.is_empty() {
        return Err(ImportError::Files(problems));
    }
    for part in parts(news, |(_, _, text)| text.len()) {
        store::put_products(tx, &by.proof, &part, ctx.now()).await?;
    }
    revisions::keep(tx, by, DocumentKind::Product, ctx.now(), texts).await?;
    names::keep(tx, Kind::Product, named).await?;
    report.privileges.extend(privileges::of_new("product.publish", &opened));
    Ok(())
}

async fn dashboards(
    tx: &mut Tx,
    by: &By<'_>,
    ctx: &Ctx,
    files: &[(String, String)],
    report: &mut ImportReport,
) -> Result<()> {
    let (mut news, mut texts, mut same) = (Vec::new(), Vec::new(), Vec::new());
    for part in files.chunks(ROWS) {
        let ids: Vec<&str> = part.iter().map(|(id, _)| id.as_str()).collect();
        let held = store::dashboards(tx, &ids).await?.into_iter().map(|row| (row.id, row.document));
        let mut held: HashMap<String, String> = held.collect();
        for (id, text) in part {
            if report.note("dashboard", id, held.get(id).map(|held| held == text)) {
                report.touched.insert(Touched::Dashboard(id.clone()));
                news.push((id.as_str(), text.as_str()));
                texts.push(Change { id: id.clone(), text, before: held.remove(id) });
            } else {
                same.push(id.as_str());
            }
        }
    }
    for part in parts(news, |(_, text)| text.len()) {
        store::put_dashboards(tx, &by.proof, &part, ctx.now()).await?;
    }
    revisions::keep(tx, by, DocumentKind::Dashboard, ctx.now(), texts).await?;
    revisions::hold(tx, by, DocumentKind::Dashboard, &same).await
}

/// Takes the events of these files, a file at a time; the next one is read while those of one are written.
async fn events(
    tx: &mut Tx,
    proof: &Authorized<Import>,
    ctx: &Ctx,
    files: &Arc<dyn Files>,
    checked: &[Checked],
    report: &mut ImportReport,
    watch: &Watch,
) -> std::result::Result<(), ImportError> {
    let read = |file: &Checked| {
        let (settings, files, file) = (Arc::clone(&ctx.settings), Arc::clone(files), file.clone());
        tokio::spawn(CATALOGS.run(Party::PORTAL, move || documents::events(&settings, &*files, &file)))
    };
    let (mut next, mut done) = (checked.first().map(read), 0);
    while let Some(reading) = next {
        let mut events = reading.await.map_err(Error::fault)???.into_iter();
        done += 1;
        next = checked.get(done).map(read);
        loop {
            let some: Vec<_> = events.by_ref().take(EVENTS_AT_ONCE).collect();
            if some.is_empty() {
                break;
            }
            let lineage::Imported { events, touched } =
                lineage::keep_events(tx, &proof.allows(), ctx, some).await?;
            for (id, new) in events {
                report.note("lineage event", &id, (!new).then_some(true));
            }
            report.touched.extend(touched.into_iter().map(Touched::Asset));
        }
        watch.say(Step::Lineage, done, checked.len());
    }
    Ok(())
}
