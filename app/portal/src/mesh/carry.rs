//! A push, carried out in a transaction: by a plan, to see what comes of it, and when the plan is applied.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use lakeport_model::documents::{DocumentKind, Source};
use lakeport_model::mesh::{Meeting, Over, PUSHED, Plan, PlannedChange, Push, PushProblem};

use super::left_out::leave_out;
use super::outcome::{Numbers, outcome};
use super::prune::{self, Pruned};
use super::rights::{self, Allowed};
use super::shown::{self, Wrong};
use super::{assets, over, unfit};
use crate::actor::{Actor, ServiceAccount};
use crate::assets::Eyes;
use crate::catalog::{
    By, Carried, Clash, Folder, HeldAssets, ImportReport, Rights, Snapshot, Texts, held_assets, lay,
};
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
    Written(Box<Written>),
}

/// A push that was written in a transaction, before anybody looked what it means.
pub(super) struct Written {
    actor: Actor,
    allowed: Allowed,
    carried: Carried,
    folder: Arc<Folder>,
    held: HeldAssets,
    revisions: Revisions,
    grants: Vec<Grant>,
    /// The assets that move, become less protected or open, with what is said of it.
    lowering: Vec<(String, Option<String>)>,
    /// What is retired, and what of it is not.
    pruned: Pruned,
    /// What is worth a look.
    idle: Vec<String>,
    snapshot: Arc<Snapshot>,
    rights: Rights,
    now: DateTime<Utc>,
}

/// The same with what it means, before anybody is told.
pub(super) struct Done {
    /// Who pushes.
    pub(super) actor: Actor,
    /// That they may.
    pub(super) allowed: Allowed,
    /// What was written.
    pub(super) carried: Carried,
    /// What it changes, without its lines.
    pub(super) plan: Plan,
    /// What is retired with it.
    pub(super) pruned: Pruned,
    /// A digest of what it comes to.
    pub(super) outcome: String,
    /// The catalog as it was.
    pub(super) snapshot: Arc<Snapshot>,
    /// The rights of whoever answers for the program.
    pub(super) rights: Rights,
}

impl Done {
    /// True where documents are new or changed, or something is retired.
    pub(super) fn has_news(&self) -> bool {
        let Plan { created, changed, retired, .. } = &self.plan;
        !created.is_empty() || !changed.is_empty() || !retired.is_empty()
    }

    /// True where there is something to apply, be it only that files hold what somebody wrote in the portal.
    pub(super) fn is_something(&self) -> bool {
        self.has_news() || self.carried.report().held > 0
    }
}

/// Revisions that were written, by kind and id of their documents.
type Revisions = HashMap<(DocumentKind, String), RevisionRow>;

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

/// Carries a push out, as far as nobody is told. What takes a while and needs no database is left to [`Written::meaning`].
pub(super) fn carry<'a>(
    tx: &'a mut Tx,
    ctx: &'a Ctx,
    account: &'a ServiceAccount,
    (folder, texts): (&'a Arc<Folder>, &'a Texts),
    push: &'a Push,
    reason: &'a str,
) -> Boxed<'a, Came> {
    Box::pin(async move {
        let actor = people::now_as(tx, &Actor::Service(account.clone())).await?;
        let snapshot = ctx.snapshot_in(tx).await?;
        let mut allowed = match rights::allowed(tx, ctx, account, &snapshot, folder).await? {
            Ok(allowed) => allowed,
            Err(came) => return Ok(came),
        };
        let held = held_assets(tx, &folder.assets).await?;
        let wrong = assets::unfit(tx, &snapshot, folder, &held).await?;
        if !wrong.is_empty() {
            return Ok(Came::Wrong(wrong));
        }
        let idle = over::idle(tx, folder, &push.over).await?;
        let by = by(&actor, &allowed, &push.over, reason);
        let laid = match lay(tx, ctx, &by, (folder, texts), &held).await {
            Ok(laid) => laid,
            Err(error) => return Ok(Came::Refused(shown::problems(error)?)),
        };
        // Before the whole of it is looked at, which says of others what a program need not know.
        let rights = Rights::in_tx(tx, ctx.now(), &allowed.owner).await?;
        let wrong = unfit::unfit(&Sees { snapshot: &snapshot, rights: &rights }, folder, laid.report());
        if !wrong.is_empty() {
            return Ok(Came::Wrong(wrong));
        }
        let stewards = assets::stewards(tx, &snapshot, folder, &held, ctx.now()).await?;
        let lowering = match assets::lowering(&stewards, folder, &held, laid.report(), &allowed.owner, reason)
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
        let pruned = if push.prune {
            match prune::look(tx, ctx, &actor, folder, &snapshot, &mut allowed, &rights).await? {
                Ok(pruned) => pruned,
                Err(came) => return Ok(came),
            }
        } else {
            Pruned::default()
        };
        let revisions = written(tx, carried.report()).await?;
        let grants = carried.grants(tx).await?;
        Ok(Came::Written(Box::new(Written {
            actor,
            allowed,
            carried,
            folder: Arc::clone(folder),
            held,
            revisions,
            grants,
            lowering,
            pruned,
            idle,
            snapshot,
            rights,
            now: ctx.now(),
        })))
    })
}

impl Written {
    /// What it means for people, and what it comes to: worked out beside the threads that answer, for a push may hold a
    /// thousand documents.
    pub(super) fn meaning(self) -> Done {
        let Self {
            actor,
            allowed,
            carried,
            folder,
            held,
            revisions,
            grants,
            lowering,
            mut pruned,
            idle,
            snapshot,
            rights,
            now,
        } = self;
        let eyes = Eyes { snapshot: &snapshot, rights: &rights, now };
        let mut of_assets = assets::effects(&eyes, &folder, &held, carried.report(), &grants);
        let mut opens = HashSet::new();
        for (id, sentence) in lowering {
            if let Some(sentence) = sentence {
                of_assets.entry(id.clone()).or_default().insert(0, sentence);
            }
            opens.insert(id);
        }
        let grants = Grants::of(grants);
        let mut plan = planned(now, &snapshot, &folder, &carried, &revisions, &grants, &of_assets);
        pruned.say(&mut plan, &snapshot, &rights);
        let numbers: Numbers = revisions.into_iter().map(|(key, row)| (key, row.number)).collect();
        let mut facts = carried.privileges();
        facts.extend(carried.report().replaced(&held));
        let outcome = outcome(&plan, &numbers, &facts);
        // The digest has all of it.
        leave_out(&mut plan, |change| match change.kind {
            DocumentKind::Product => {
                documents::weight_of_product(&carried, &change.id, grants.on(&change.id), now)
            }
            DocumentKind::Asset if opens.contains(&change.id) => Weight::Opens,
            _ => Weight::Rest,
        });
        plan.warnings.extend(idle);
        plan.warnings.extend(prune::stay_retired(&snapshot, &folder, now.date_naive()));
        Done { actor, allowed, carried, plan, pruned, outcome, snapshot, rights }
    }
}

/// The revisions that were written.
async fn written(tx: &mut Tx, report: &ImportReport) -> Result<Revisions> {
    let mut written = Revisions::new();
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
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    folder: &Folder,
    carried: &Carried,
    written: &Revisions,
    grants: &Grants,
    of_assets: &HashMap<String, Vec<String>>,
) -> Plan {
    let report = carried.report();
    let files: HashMap<(DocumentKind, String), &str> =
        folder.documents().map(|(kind, id, file)| ((kind, id), file.path.as_str())).collect();
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
    let meeting = |Clash { kind, newest, .. }: &Clash| {
        let file = files.get(&(*kind, newest.document.clone())).copied().unwrap_or_default();
        Meeting {
            kind: *kind,
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
