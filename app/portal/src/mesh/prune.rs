//! What a push retires: what its program pushed before, and the folder does not have any more.
//!
//! Only what files hold as this program pushed it last is retired, and only while nobody changed or restored it in the portal
//! since: whoever did meant it to stay.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::documents::DocumentKind;
use lakeport_model::mesh::{Plan, PlannedRetirement, PushProblem};
use lakeport_model::retire::Retirable;
use lakeport_model::{DomainId, stored_day};

use super::carry::Came;
use super::rights::Allowed;
use super::shown;
use crate::actor::{Actor, ServiceAccount};
use crate::catalog::{Folder, Rights, Snapshot};
use crate::policy::{Authorized, PushDocument};
use crate::retire::{self, Decided, Relying, Thing};
use crate::store::import::ROWS;
use crate::store::retired::RetiredRow;
use crate::store::revisions::{self, PushedRow, RevisionRow};
use crate::store::{Tx, audit};
use crate::text::legible;
use crate::{Ctx, Result};

/// Most things that a folder may lack: each is looked at while others wait for their turn to write.
const MOST: usize = 1_000;
/// Why something is retired where nobody says it.
const REASON: &str = "It is not in the files any more.";

/// What is retired, and what is said of the rest.
#[derive(Default)]
pub(super) struct Pruned {
    gone: Vec<Gone>,
    kept: Vec<String>,
    warnings: Vec<String>,
}

/// Something that is retired.
struct Gone {
    kind: Retirable,
    id: String,
    on: NaiveDate,
    relying: Relying,
    proof: Authorized<PushDocument>,
}

/// What keeps an empty folder from being pushed so.
pub(super) fn nothing_left() -> PushProblem {
    let message = "No file of this folder is a document, and pruning would retire all that this token pushed before. Look \
                   whether it is the right folder, or push it without pruning.";
    shown::whole(message.to_owned())
}

/// Looks for what the folder does not have any more; answers what comes of a push that lacks too much. The rights are those of
/// whoever answers for the program.
pub(super) async fn look(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    folder: &Folder,
    snapshot: &Snapshot,
    allowed: &mut Allowed,
    rights: &Rights,
) -> Result<std::result::Result<Pruned, Came>> {
    let actor = actor.key();
    let mut missing: Vec<(Retirable, PushedRow)> = Vec::new();
    for kind in Retirable::ALL {
        let rows = left_out(tx, document(*kind), &actor, folder).await?;
        missing.extend(rows.into_iter().map(|row| (*kind, row)));
    }
    if missing.len() > MOST {
        let message = format!(
            "More than {MOST} things that this token pushed before are not in the files any more, and a push retires no more at \
             once. Retire some on their pages first, or put their files back."
        );
        return Ok(Err(Came::Refused(vec![shown::whole(message)])));
    }
    let newest = newest(tx, &missing).await?;
    let restored = restored(tx, &missing).await?;
    let mut pruned = Pruned::default();
    let (mut things, mut proofs) = (Vec::new(), Vec::new());
    for (kind, row) in &missing {
        let (kind, id) = (*kind, row.document.as_str());
        // What whoever answers for it does not see, is as what is not there.
        let Ok(thing) = Thing::seen(snapshot, rights, kind, id) else { continue };
        let domain = DomainId(thing.domain().to_owned());
        let is_seen = retire::name_of(snapshot, &allowed.rights, kind, id).is_some();
        if !allowed.knows(&domain, is_seen) {
            continue;
        }
        let Some(proof) = allowed.beside(document(kind), &domain) else {
            pruned.warnings.push(format!("{}, and this token may not retire it: it stays.", gone(kind, id)));
            continue;
        };
        let name = |newest: &RevisionRow| newest.who(|person| snapshot.person_name(person));
        let (newest, restored) = (newest.get(&(kind, id)), restored.get(&(kind, id)).copied());
        if let Some(said) = stays(kind, row, newest, restored, name) {
            pruned.kept.push(said);
            continue;
        }
        allowed.concerns(domain);
        things.push(thing);
        proofs.push(proof);
    }
    let author = allowed.program.id;
    let relying = Relying::on_each(tx, ctx, snapshot, &things, author, ctx.now()).await?;
    for ((thing, proof), relying) in things.into_iter().zip(proofs).zip(relying) {
        let on = retire::earliest(rights.today(), relying.people().len(), None);
        pruned.gone.push(Gone { kind: thing.kind(), id: thing.id().to_owned(), on, relying, proof });
    }
    pruned.warnings.extend(never_retired(tx, &actor, folder, snapshot).await?);
    Ok(Ok(pruned))
}

/// What the program pushed of a kind and the folder lacks; one more than is taken where it is more.
async fn left_out(tx: &mut Tx, kind: DocumentKind, actor: &str, folder: &Folder) -> Result<Vec<PushedRow>> {
    let brought: Vec<String> =
        folder.documents().filter(|(of, ..)| *of == kind).map(|(_, id, _)| id).collect();
    let brought: Vec<&str> = brought.iter().map(String::as_str).collect();
    let limit = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
    revisions::left_out(tx, kind, actor, &brought, limit).await
}

/// The newest revisions of what is missing.
async fn newest<'m>(
    tx: &mut Tx,
    missing: &'m [(Retirable, PushedRow)],
) -> Result<HashMap<(Retirable, &'m str), RevisionRow>> {
    let mut found = HashMap::new();
    for kind in Retirable::ALL {
        let of_kind = missing.iter().filter(|(of, _)| of == kind);
        let ids: Vec<&'m str> = of_kind.map(|(_, row)| row.document.as_str()).collect();
        let mut rows = HashMap::new();
        for part in ids.chunks(ROWS) {
            let read = revisions::newest(tx, document(*kind), part).await?;
            rows.extend(read.into_iter().map(|row| (row.document.clone(), row)));
        }
        found.extend(ids.into_iter().filter_map(|id| Some(((*kind, id), rows.remove(id)?))));
    }
    Ok(found)
}

/// When somebody restored what is missing the last time.
async fn restored<'m>(
    tx: &mut Tx,
    missing: &'m [(Retirable, PushedRow)],
) -> Result<HashMap<(Retirable, &'m str), DateTime<Utc>>> {
    let records: Vec<(&'static str, String)> =
        missing.iter().map(|(kind, row)| retire::restored(*kind, &row.document)).collect();
    let mut last: HashMap<String, DateTime<Utc>> = HashMap::new();
    for (subject, at) in audit::moments_of(tx, &records).await? {
        let known = last.entry(subject).or_insert(at);
        *known = at.max(*known);
    }
    let found = missing.iter().zip(&records).filter_map(|((kind, row), (_, subject))| {
        last.get(subject).map(|at| ((*kind, row.document.as_str()), *at))
    });
    Ok(found.collect())
}

/// Why something stays: somebody changed or restored it in the portal after the program pushed it.
fn stays(
    kind: Retirable,
    pushed: &PushedRow,
    newest: Option<&RevisionRow>,
    restored: Option<DateTime<Utc>>,
    name: impl FnOnce(&RevisionRow) -> String,
) -> Option<String> {
    let what = gone(kind, &pushed.document);
    if let Some(newest) = newest.filter(|newest| newest.number != pushed.number) {
        let who = name(newest);
        return Some(format!("{what}, but {who} changed it in the portal since: retire it on its page."));
    }
    let is_restored = restored.is_some_and(|at| at > pushed.at);
    is_restored.then(|| {
        format!(
            "{what}, but it was restored in the portal after its text was pushed last: retire it on its page."
        )
    })
}

/// `product orders is not in the files any more`
fn gone(kind: Retirable, id: &str) -> String {
    format!("{kind} {} is not in the files any more", legible(id))
}

/// A warning for each kind of which a push retires nothing.
async fn never_retired(
    tx: &mut Tx,
    actor: &str,
    folder: &Folder,
    snapshot: &Snapshot,
) -> Result<Vec<String>> {
    let brought: HashSet<&str> = folder.contracts.iter().map(|(contract, _)| contract.id.as_str()).collect();
    let rows = left_out(tx, DocumentKind::Contract, actor, folder).await?;
    // An older version may leave the folder once there is a newer one.
    let contracts = rows.iter().filter_map(|row| row.document.rsplit_once(' ')).map(|(id, _)| id);
    let contracts = contracts.filter(|id| !brought.contains(id) && snapshot.contracts.contains_key(id));
    let contracts = contracts.collect::<BTreeSet<&str>>().len();
    let contracts = not_retired("contract", contracts, rows.len() > MOST);
    let rows = left_out(tx, DocumentKind::Dashboard, actor, folder).await?;
    let dashboards = rows.iter().filter(|row| snapshot.dashboards.contains_key(&row.document)).count();
    let dashboards = not_retired("dashboard", dashboards, rows.len() > MOST);
    Ok(contracts.into_iter().chain(dashboards).collect())
}

/// What is said of so many; of more than are looked at, no number.
fn not_retired(what: &str, number: usize, is_cut: bool) -> Option<String> {
    let which = match number {
        0 => return None,
        _ if is_cut => format!("Many {what}s are"),
        1 => format!("1 {what} is"),
        many => format!("{many} {what}s are"),
    };
    Some(format!("{which} not in the files any more. A push does not retire {what}s."))
}

/// A warning for each document of a folder that stays retired although it is pushed.
pub(super) fn stay_retired(snapshot: &Snapshot, folder: &Folder, today: NaiveDate) -> Vec<String> {
    let said = folder.documents().filter_map(|(kind, id, _)| {
        let row = snapshot.retirement(retirable(kind)?, &id)?;
        Some(stays_retired(kind, &id, &stored_day(row.on_day), row.is_in_effect(today)))
    });
    said.collect()
}

fn stays_retired(kind: DocumentKind, id: &str, day: &str, in_effect: bool) -> String {
    let retired = if in_effect {
        format!("is retired since {day}")
    } else {
        format!("is going to be retired from {day} on")
    };
    format!("{kind} {} {retired}, which a push does not change: restore it on its page.", legible(id))
}

impl Pruned {
    /// Says it in a plan.
    pub(super) fn say(&mut self, plan: &mut Plan, snapshot: &Snapshot, rights: &Rights) {
        let retired = self.gone.iter().map(|gone| {
            let thing = Thing::seen(snapshot, rights, gone.kind, &gone.id).ok();
            let effects = thing.map(|thing| retire::effects(snapshot, rights, thing, &gone.relying));
            PlannedRetirement {
                kind: document(gone.kind),
                id: gone.id.clone(),
                on: gone.on,
                effects: effects.unwrap_or_default(),
            }
        });
        plan.retired = retired.collect();
        plan.kept.append(&mut self.kept);
        plan.warnings.append(&mut self.warnings);
    }

    /// Retires it, and tells those whom it concerns. Catalog and rights are those of the look.
    pub(super) async fn take_effect(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: &ServiceAccount,
        (snapshot, rights): (&Snapshot, &Rights),
        reason: &str,
    ) -> Result<()> {
        let reason = if reason.is_empty() { REASON } else { reason };
        let mut decided = Vec::with_capacity(self.gone.len());
        for gone in &self.gone {
            let row = RetiredRow {
                kind: gone.kind.to_string(),
                id: gone.id.clone(),
                on_day: gone.on,
                reason: reason.to_owned(),
                successor: None,
                person: account.id.into(),
                at: ctx.now(),
            };
            let thing = Thing::seen(snapshot, rights, gone.kind, &gone.id)?;
            decided.push(Decided { thing, relying: &gone.relying, row, proof: gone.proof.allows() });
        }
        retire::carry_out(tx, ctx, &Actor::Service(account.clone()), snapshot, &decided).await
    }
}

fn document(kind: Retirable) -> DocumentKind {
    match kind {
        Retirable::Product => DocumentKind::Product,
        Retirable::Asset => DocumentKind::Asset,
        Retirable::Term => DocumentKind::Term,
    }
}

/// The kind of something that can be retired.
fn retirable(kind: DocumentKind) -> Option<Retirable> {
    match kind {
        DocumentKind::Product => Some(Retirable::Product),
        DocumentKind::Asset => Some(Retirable::Asset),
        DocumentKind::Term => Some(Retirable::Term),
        DocumentKind::Contract | DocumentKind::Dashboard => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use lakeport_model::documents::Source;

    use super::*;

    fn pushed() -> PushedRow {
        PushedRow { document: "orders".to_owned(), number: 2, at: DateTime::UNIX_EPOCH + TimeDelta::days(9) }
    }

    fn revision(number: u32) -> RevisionRow {
        RevisionRow {
            document: "orders".to_owned(),
            number,
            at: DateTime::UNIX_EPOCH,
            actor: "person x".to_owned(),
            source: Source::Page,
            reason: String::new(),
            added: 0,
            removed: 0,
            in_files: false,
        }
    }

    #[test]
    fn what_somebody_changed_or_restored_since_it_was_pushed_stays() {
        let maria = |_: &RevisionRow| "Maria Keller".to_owned();
        let said = |newest: u32, restored: Option<i64>| {
            let restored = restored.map(|days| DateTime::UNIX_EPOCH + TimeDelta::days(days));
            stays(Retirable::Product, &pushed(), Some(&revision(newest)), restored, maria)
        };
        assert_eq!(said(2, None), None);
        assert_eq!(said(2, Some(8)), None, "it was pushed again since");
        assert_eq!(
            said(3, None).as_deref(),
            Some(
                "product orders is not in the files any more, but Maria Keller changed it in the portal since: retire it on \
                 its page."
            )
        );
        assert_eq!(
            said(2, Some(10)).as_deref(),
            Some(
                "product orders is not in the files any more, but it was restored in the portal after its text was pushed \
                 last: retire it on its page."
            )
        );
    }

    #[test]
    fn what_is_only_announced_is_never_said_to_be_retired() {
        let said = |in_effect| stays_retired(DocumentKind::Term, "orders", "1 Jan 2027", in_effect);
        assert_eq!(
            said(true),
            "term orders is retired since 1 Jan 2027, which a push does not change: restore it on its page."
        );
        assert_eq!(
            said(false),
            "term orders is going to be retired from 1 Jan 2027 on, which a push does not change: restore it on its page."
        );
    }

    #[test]
    fn contracts_and_dashboards_are_counted() {
        assert_eq!(not_retired("contract", 0, false), None);
        assert_eq!(
            not_retired("contract", 1, false).as_deref(),
            Some("1 contract is not in the files any more. A push does not retire contracts.")
        );
        assert_eq!(
            not_retired("dashboard", 2, false).as_deref(),
            Some("2 dashboards are not in the files any more. A push does not retire dashboards.")
        );
        assert!(not_retired("contract", 2, true).is_some_and(|said| said.starts_with("Many contracts are")));
    }

    #[test]
    fn whatever_can_be_retired_is_a_document() {
        for kind in Retirable::ALL {
            assert_eq!(retirable(document(*kind)), Some(*kind));
        }
    }
}
