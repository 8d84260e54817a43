//! A push, carried out in a transaction: by a plan, to see what comes of it, and when the plan is applied.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use lakeport_model::documents::{DocumentKind, Source};
use lakeport_model::mesh::{Meeting, Over, PUSHED, Plan, PlannedChange, PushProblem};

use super::left_out::leave_out;
use super::outcome::{Numbers, outcome};
use super::rights::{self, Allowed};
use super::shown::{self, Wrong};
use super::{assets, over, unfit};
use crate::actor::{Actor, ServiceAccount};
use crate::assets::Eyes;
use crate::catalog::{By, Carried, Clash, Folder, ImportReport, Rights, Snapshot, held_assets, lay};
use crate::documents::Weight;
use crate::glossary::Sees;
use crate::store::access::Grant;
use crate::store::import::ROWS;
use crate::store::revisions::RevisionRow;
use crate::store::{Boxed, Tx, revisions};
use crate::{Ctx, Error, Result, documents, people};

/// What came of it.
pub(super) enum Came {
    /// Nothing, for a rule that says no, with what the record of that is about.
    Forbidden(Error, String),
    /// Nothing, for what is wrong with documents.
    Wrong(Vec<Wrong>),
    /// Nothing, for what an import would say as well.
    Refused(Vec<PushProblem>),
    /// It was written.
    Done(Box<Done>),
}

/// A push that was written in a transaction, before anybody is told.
pub(super) struct Done {
    /// Who pushes.
    pub(super) actor: Actor,
    /// That they may.
    pub(super) allowed: Allowed,
    /// What was written.
    pub(super) carried: Carried,
    /// What it changes, without its lines.
    pub(super) plan: Plan,
    /// A digest of what it comes to.
    pub(super) outcome: String,
    /// The catalog as it was.
    pub(super) snapshot: Arc<Snapshot>,
    /// The rights of whoever answers for the program.
    pub(super) rights: Rights,
}

impl Done {
    /// True where documents are new or changed.
    pub(super) fn has_news(&self) -> bool {
        !self.plan.created.is_empty() || !self.plan.changed.is_empty()
    }

    /// True where there is something to apply, be it only that files hold what somebody wrote in the portal.
    pub(super) fn is_something(&self) -> bool {
        self.has_news() || self.carried.report().held > 0
    }
}

/// Revisions that were written, by kind and id of their documents.
type Written = HashMap<(DocumentKind, String), RevisionRow>;

/// Grants that a push concerns, by their products.
struct Grants(HashMap<String, Vec<Grant>>);

impl Grants {
    fn of(grants: Vec<Grant>) -> Self {
        let mut of_products: HashMap<String, Vec<Grant>> = HashMap::new();
        for grant in grants {
            of_products.entry(grant.product.clone()).or_default().push(grant);
        }
        Self(of_products)
    }

    fn on(&self, product: &str) -> &[Grant] {
        self.0.get(product).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Who writes the documents of a push.
pub(super) fn by<'a>(actor: &'a Actor, allowed: &Allowed, over: &'a [Over], reason: &'a str) -> By<'a> {
    By { actor, proof: allowed.proof.allows(), source: Source::Api, reason, over }
}

/// Carries a push out, as far as nobody is told.
pub(super) fn carry<'a>(
    tx: &'a mut Tx,
    ctx: &'a Ctx,
    account: &'a ServiceAccount,
    folder: &'a Folder,
    over: &'a [Over],
    reason: &'a str,
) -> Boxed<'a, Came> {
    Box::pin(async move {
        let actor = people::now_as(tx, &Actor::Service(account.clone())).await?;
        let snapshot = ctx.snapshot_in(tx).await?;
        let allowed = match rights::allowed(tx, ctx, account, &snapshot, folder).await? {
            Ok(allowed) => allowed,
            Err(came) => return Ok(came),
        };
        let held = held_assets(tx, &folder.assets).await?;
        let wrong = assets::unfit(tx, &snapshot, folder, &held).await?;
        if !wrong.is_empty() {
            return Ok(Came::Wrong(wrong));
        }
        let idle = over::idle(tx, folder, over).await?;
        let laid = match lay(tx, ctx, &by(&actor, &allowed, over, reason), folder, &held).await {
            Ok(laid) => laid,
            Err(error) => return Ok(Came::Refused(shown::problems(error)?)),
        };
        // Before the whole of it is looked at, which says of others what a program need not know.
        let rights = Rights::in_tx(tx, ctx.now(), &allowed.owner).await?;
        let wrong = unfit::unfit(&Sees { snapshot: &snapshot, rights: &rights }, folder, laid.report());
        if !wrong.is_empty() {
            return Ok(Came::Wrong(wrong));
        }
        let lowering = match assets::lowering(&snapshot, folder, &held, laid.report(), &allowed.owner, reason)
        {
            Ok(lowering) => lowering,
            Err(came) => return Ok(came),
        };
        let carried = match laid.look(tx, ctx, folder).await {
            Ok(carried) => carried,
            Err(error) => return Ok(Came::Refused(shown::problems(error)?)),
        };
        let wrong = assets::left_behind(&snapshot, &carried, folder, &held);
        if !wrong.is_empty() {
            return Ok(Came::Wrong(wrong));
        }
        let revisions = written(tx, carried.report()).await?;
        let all = carried.grants(tx).await?;
        let eyes = Eyes { snapshot: &snapshot, rights: &rights, now: ctx.now() };
        let mut of_assets = assets::effects(&eyes, folder, &held, carried.report(), &all);
        let mut lowered = HashSet::new();
        for (id, sentence) in lowering {
            of_assets.entry(id.clone()).or_default().insert(0, sentence);
            lowered.insert(id);
        }
        let grants = Grants::of(all);
        let mut plan = planned(ctx, &snapshot, folder, &carried, &revisions, &grants, &of_assets);
        let numbers: Numbers = revisions.into_iter().map(|(key, row)| (key, row.number)).collect();
        let mut facts = carried.privileges();
        facts.extend(carried.report().replaced(&held));
        let outcome = outcome(&plan, &numbers, &facts);
        // The digest has all of it.
        leave_out(&mut plan, |change| match change.kind {
            DocumentKind::Product => {
                documents::weight_of_product(&carried, &change.id, grants.on(&change.id), ctx.now())
            }
            DocumentKind::Asset if lowered.contains(&change.id) => Weight::Opens,
            _ => Weight::Rest,
        });
        plan.warnings.extend(idle);
        Ok(Came::Done(Box::new(Done { actor, allowed, carried, plan, outcome, snapshot, rights })))
    })
}

/// The revisions that were written.
async fn written(tx: &mut Tx, report: &ImportReport) -> Result<Written> {
    let mut written = Written::new();
    for kind in &PUSHED {
        let news = report.created.iter().chain(&report.changed).filter(|(of, _)| of == kind.as_str());
        let ids: Vec<&str> = news.map(|(_, id)| id.as_str()).collect();
        for part in ids.chunks(ROWS) {
            for row in revisions::newest(tx, *kind, part).await? {
                written.insert((*kind, row.document.clone()), row);
            }
        }
    }
    Ok(written)
}

/// What was written as a plan says it, without its lines.
fn planned(
    ctx: &Ctx,
    snapshot: &Snapshot,
    folder: &Folder,
    carried: &Carried,
    written: &Written,
    grants: &Grants,
    of_assets: &HashMap<String, Vec<String>>,
) -> Plan {
    let report = carried.report();
    let files: HashMap<(DocumentKind, String), &str> =
        folder.documents().map(|(kind, id, file)| ((kind, id), file.path.as_str())).collect();
    let now = ctx.now();
    let change = |(kind, id): &(String, String)| {
        let key: (DocumentKind, String) = (kind.parse().ok()?, id.clone());
        let effects = match key.0 {
            DocumentKind::Product => documents::of_product(carried, id, grants.on(id), now),
            DocumentKind::Asset => of_assets.get(id).cloned().unwrap_or_default(),
            DocumentKind::Contract | DocumentKind::Dashboard | DocumentKind::Term => Vec::new(),
        };
        let file = files.get(&key).copied().unwrap_or_default();
        let (added, removed) = written.get(&key).map(|row| (row.added, row.removed)).unwrap_or_default();
        Some(PlannedChange {
            kind: key.0,
            id: key.1,
            file: file.to_owned(),
            added,
            removed,
            diff: Vec::new(),
            is_cut: false,
            effects,
        })
    };
    let meeting = |Clash { file, newest }: &Clash| {
        // Contracts and dashboards are not changed on pages, and a file holds one kind of document.
        let kinds = [DocumentKind::Product, DocumentKind::Term].into_iter();
        let mut kinds =
            kinds.filter(|kind| files.get(&(*kind, newest.document.clone())) == Some(&file.as_str()));
        let kind = kinds.next().unwrap_or(DocumentKind::Asset);
        let file = files.get(&(kind, newest.document.clone())).copied().unwrap_or_default();
        Meeting {
            kind,
            id: newest.document.clone(),
            file: file.to_owned(),
            revision: newest.number,
            said: format!("{}.", documents::said(snapshot, newest.clone())),
            diff: Vec::new(),
            is_cut: false,
        }
    };
    Plan {
        created: report.created.iter().filter_map(change).collect(),
        changed: report.changed.iter().filter_map(change).collect(),
        unchanged: u32::try_from(report.unchanged).unwrap_or(u32::MAX),
        kept: report.kept.clone(),
        warnings: folder.warnings.iter().chain(&report.warnings).cloned().collect(),
        meetings: report.clashes.iter().map(meeting).collect(),
        ..Plan::default()
    }
}
