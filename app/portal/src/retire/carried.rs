//! A retirement that was decided, on a page or by a push: it is written, told and recorded in the same words.

use lakeport_model::retire::Retirable;
use serde_json::json;

use super::effects::Relying;
use super::rules;
use super::thing::{Thing, name_of};
use crate::actor::Actor;
use crate::audit::{self, Entry};
use crate::catalog::{Rights, Snapshot};
use crate::notify::{self, Message};
use crate::policy::{Authorized, RetireDocument};
use crate::store::Tx;
use crate::store::changes::{self, Touched};
use crate::store::retired::{self as store, RetiredRow};
use crate::{Ctx, Result};

/// The records of what is retired and restored, and of somebody who was refused.
pub(super) struct Records {
    pub(super) retired: &'static str,
    pub(super) not_retired: &'static str,
    pub(super) restored: &'static str,
    pub(super) not_restored: &'static str,
}

pub(super) fn records(kind: Retirable) -> Records {
    match kind {
        Retirable::Product => Records {
            retired: "product.retire",
            not_retired: "product.retire.refused",
            restored: "product.restore",
            not_restored: "product.restore.refused",
        },
        Retirable::Asset => Records {
            retired: "asset.retire",
            not_retired: "asset.retire.refused",
            restored: "asset.restore",
            not_restored: "asset.restore.refused",
        },
        Retirable::Term => Records {
            retired: "term.retire",
            not_retired: "term.retire.refused",
            restored: "term.restore",
            not_restored: "term.restore.refused",
        },
    }
}

/// The record that something was restored, and what it is about.
pub(crate) fn restored(kind: Retirable, id: &str) -> (&'static str, String) {
    (records(kind).restored, subject(kind, id))
}

/// What a record is about.
pub(super) fn subject(kind: Retirable, id: &str) -> String {
    format!("{kind} {id}")
}

pub(super) fn touched(kind: Retirable, id: &str) -> Touched {
    match kind {
        Retirable::Product => Touched::Product(id.to_owned()),
        Retirable::Asset => Touched::Asset(id.to_owned()),
        Retirable::Term => Touched::Term(id.to_owned()),
    }
}

/// A retirement that was decided, before anything of it is written.
pub(crate) struct Decided<'a> {
    /// What is retired.
    pub(crate) thing: Thing<'a>,
    /// Who relies on it.
    pub(crate) relying: &'a Relying,
    /// From which day on, why, and who says so.
    pub(crate) row: RetiredRow,
    /// That they may.
    pub(crate) proof: Authorized<RetireDocument>,
}

/// Writes retirements, tells whom they concern, and records each. The catalog is the one before them.
pub(crate) async fn carry_out(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    snapshot: &Snapshot,
    decided: &[Decided<'_>],
) -> Result<()> {
    let (mut entries, mut changed) = (Vec::new(), Vec::new());
    for decided in decided {
        let Decided { thing, row, proof, .. } = decided;
        store::retire(tx, proof, row).await?;
        let held = snapshot.retirement(thing.kind(), thing.id());
        if held.is_none_or(|held| held.on_day != row.on_day || held.successor != row.successor) {
            tell(tx, ctx, snapshot, decided).await?;
        }
        changed.push(touched(thing.kind(), thing.id()));
        entries.push(Entry {
            actor,
            action: records(thing.kind()).retired,
            subject: subject(thing.kind(), thing.id()),
            rule: proof.rule(),
            detail: json!({ "on": row.on_day, "reason": row.reason, "successor": row.successor }),
        });
    }
    changes::touch(tx, changed, ctx.now()).await?;
    audit::record_all(tx, ctx, entries).await
}

/// Tells those whom it concerns, beside whoever retires it.
async fn tell(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, decided: &Decided<'_>) -> Result<()> {
    let Decided { thing, relying, row, .. } = decided;
    // Not everybody who is told may know of everything: they read here what everybody may, and the page says the rest.
    let stranger = Rights::of_a_stranger();
    let named = row.successor.as_ref().and_then(|id| name_of(snapshot, &stranger, thing.kind(), id));
    let instead = named.map(|name| format!("Use \"{name}\" instead"));
    let href = thing.href(snapshot);
    let title = rules::retired_words(thing.kind(), thing.name(), row.on_day, ctx.now().date_naive());
    let message = Message::new(title, std::iter::once(row.reason.clone()).chain(instead), href.as_str());
    let people = relying.told(snapshot, *thing, row.person);
    notify::tell_about(tx, ctx, &people, &href, &message).await
}
