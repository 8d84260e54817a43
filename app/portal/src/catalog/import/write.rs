//! Writing what was read, noting what is new and what changed: what is as the files say is not written again.

use std::collections::HashMap;
use std::sync::Arc;

use lakeport_model::documents::DocumentKind;

use super::documents::{self, Checked, Documents, StatedDashboard};
use super::files::{Files, Step, Watch};
use super::pushed_assets::Texts;
use super::revisions::{self, Apart, By, Change, Clash, Meeting};
use super::{
    ImportError, ImportReport, SourceFile, assets, contracts, known, names, parts, people, privileges, terms,
    twins,
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
    let changed = known::changed_elsewhere(tx, by, &documents.same, report, watch).await?;
    if !changed.is_empty() {
        let (settings, source, now) = (Arc::clone(&ctx.settings), Arc::clone(files), ctx.now());
        let read = CATALOGS
            .run(Party::PORTAL, move || documents::assets_again(&settings, &*source, &changed, now))
            .await?;
        rows.append(&mut read?);
    }
    assets::write(tx, by, ctx, (rows, &Texts::default()), report, watch).await?;
    products(tx, by, ctx, &documents.products, report).await?;
    contracts::write(tx, by, ctx, &documents.contracts, report).await?;
    dashboards(tx, by, ctx, &documents.dashboards, report).await?;
    report.unchanged += documents.same_events;
    events(tx, proof, ctx, files, &documents.lineage, report, watch).await?;
    // After all that they may name.
    terms::import(tx, by, ctx, &documents.terms, report).await?;
    refuse_clashes(tx, &report.clashes).await?;
    for (asset, domain) in store::strangers(tx).await? {
        report.warnings.push(format!("asset {asset}: domain \"{domain}\" is not known"));
    }
    let Documents { located, products, contracts, notes, .. } = documents;
    Ok(Written { located, products, contracts, notes })
}

/// Refuses files of documents that somebody changed in the portal: whoever imports puts both together first.
async fn refuse_clashes(tx: &mut Tx, clashes: &[Clash]) -> std::result::Result<(), ImportError> {
    let mut problems = Vec::new();
    for clash in clashes {
        problems.push(revisions::clash(tx, clash).await?);
    }
    if problems.is_empty() { Ok(()) } else { Err(ImportError::Files(problems)) }
}

/// Writes the products of files, or one that somebody publishes. What changed on both sides is noted and not written.
pub(super) async fn products(
    tx: &mut Tx,
    by: &By<'_>,
    ctx: &Ctx,
    files: &[(DataProduct, SourceFile)],
    report: &mut ImportReport,
) -> Result<()> {
    let (mut news, mut opened, mut named) = (Vec::new(), Vec::new(), Vec::new());
    let mut texts = Vec::new();
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
        report.held += revisions::hold(tx, by, DocumentKind::Product, &that_are(true)).await?;
        let mut read = read_held(&held, &that_are(false)).await?;
        for one in part {
            let (product, file) = one;
            match apart.meeting(&product.id, &file.text) {
                Meeting::Goes => {}
                Meeting::Stays => {
                    report.kept.push(format!(
                        "product {}: changed in the portal after files held it last, and the file is as it was",
                        product.id
                    ));
                    continue;
                }
                Meeting::Clashes(newest) => {
                    let (kind, file) = (DocumentKind::Product, file.path.clone());
                    report.clashes.push(Clash { kind, file, newest: newest.clone() });
                    continue;
                }
            }
            if !report.note("product", &product.id, is_same(one)) {
                continue;
            }
            report.touched.insert(Touched::Product(product.id.clone()));
            let before = held.get(&product.id);
            texts.push(Change { id: product.id.clone(), text: &file.text, before: before.cloned() });
            if let Some(before) = read.remove(&product.id) {
                report.privileges.extend(privileges::of_product(&before, product));
            } else if product.visibility() == Visibility::Open {
                opened.push(product.id.clone());
            }
            let domain = product.domain.as_deref().unwrap_or_default();
            news.push((product.id.as_str(), domain, file.text.as_str()));
            named.push(names::of_product(product));
        }
    }
    for part in parts(news, |(_, _, text)| text.len()) {
        store::put_products(tx, &by.proof, &part, ctx.now()).await?;
    }
    revisions::keep(tx, by, DocumentKind::Product, ctx.now(), texts).await?;
    names::keep(tx, Kind::Product, named).await?;
    report.privileges.extend(privileges::of_new("product.publish", &opened));
    Ok(())
}

/// Reads products as they are held, apart from the threads that answer. One that an older version of the portal took, and that
/// cannot be read any more, is as good as new.
async fn read_held(held: &HashMap<String, String>, ids: &[&str]) -> Result<HashMap<String, DataProduct>> {
    let texts = ids.iter().filter_map(|id| held.get_key_value(*id));
    let texts: Vec<(String, String)> = texts.map(|(id, text)| (id.clone(), text.clone())).collect();
    if texts.is_empty() {
        return Ok(HashMap::new());
    }
    let read = move || {
        let read = texts.into_iter().map(|(id, text)| (DataProduct::from_yaml(&id, &text), id));
        read.filter_map(|(product, id)| Some((id, product.ok()?))).collect()
    };
    CATALOGS.run(Party::PORTAL, read).await
}

/// Writes dashboards. What changed on both sides is noted and not written.
pub(super) async fn dashboards(
    tx: &mut Tx,
    by: &By<'_>,
    ctx: &Ctx,
    files: &[(StatedDashboard, SourceFile)],
    report: &mut ImportReport,
) -> Result<()> {
    let (mut news, mut texts, mut same) = (Vec::new(), Vec::new(), Vec::new());
    for part in files.chunks(ROWS) {
        let ids: Vec<&str> = part.iter().map(|(stated, _)| stated.id.as_str()).collect();
        let held = store::dashboards(tx, &ids).await?.into_iter().map(|row| (row.id, row.document));
        let mut held: HashMap<String, String> = held.collect();
        let is_other = |(stated, file): &&(StatedDashboard, SourceFile)| {
            held.get(&stated.id).is_some_and(|held| *held != file.text)
        };
        let others: Vec<&str> = part.iter().filter(is_other).map(|(stated, _)| stated.id.as_str()).collect();
        let apart = Apart::of(tx, by, DocumentKind::Dashboard, &others).await?;
        for (StatedDashboard { id, .. }, SourceFile { path, text }) in part {
            match apart.meeting(id, text) {
                Meeting::Goes => {}
                Meeting::Stays => {
                    report.kept.push(format!(
                        "dashboard {id}: changed in the portal after files held it last, and the file is as it was"
                    ));
                    continue;
                }
                Meeting::Clashes(newest) => {
                    let (kind, file) = (DocumentKind::Dashboard, path.clone());
                    report.clashes.push(Clash { kind, file, newest: newest.clone() });
                    continue;
                }
            }
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
    report.held += revisions::hold(tx, by, DocumentKind::Dashboard, &same).await?;
    Ok(())
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
