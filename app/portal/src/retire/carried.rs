//! A retirement that was decided, on a page or by a push: it is written, told and recorded in the same words.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use lakeport_model::PersonId;
use lakeport_model::retire::Retirable;
use serde_json::json;

use super::effects::Relying;
use super::thing::Thing;
use super::{closed, rules};
use crate::actor::Actor;
use crate::audit::{self, Entry};
use crate::catalog::{Rights, Snapshot};
use crate::notify::{self, Message};
use crate::policy::{Authorized, RetireDocument};
use crate::store::Tx;
use crate::store::changes::{self, Touched};
use crate::store::retired::{self as store, RetiredRow};
use crate::{Ctx, Result};

/// Most messages that one push sends somebody about what it retires; more are gathered in one.
const MOST_MESSAGES: usize = 5;

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
pub(crate) fn subject(kind: Retirable, id: &str) -> String {
    format!("{kind} {id}")
}

/// What the list of changes says of it.
pub(crate) fn touched(kind: Retirable, id: &str) -> Touched {
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
    for Decided { thing, row, proof, .. } in decided {
        store::retire(tx, proof, row).await?;
        changed.push(touched(thing.kind(), thing.id()));
        entries.push(Entry {
            actor,
            action: records(thing.kind()).retired,
            subject: subject(thing.kind(), thing.id()),
            rule: proof.rule(),
            detail: json!({ "on": row.on_day, "reason": row.reason, "successor": row.successor }),
        });
    }
    tell(tx, ctx, snapshot, decided).await?;
    changes::touch(tx, changed, ctx.now()).await?;
    audit::record_all(tx, ctx, entries).await
}

/// Tells those whom it concerns, beside whoever retires it: of each thing by itself, or of many in one message.
async fn tell(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, decided: &[Decided<'_>]) -> Result<()> {
    let said: Vec<(String, Message)> =
        decided.iter().map(|one| message(snapshot, one, ctx.now().date_naive())).collect();
    let mut concerned: BTreeMap<PersonId, Vec<&(String, Message)>> = BTreeMap::new();
    for (one, said) in decided.iter().zip(&said) {
        for person in one.relying.told(snapshot, one.thing, one.row.person) {
            concerned.entry(person).or_default().push(said);
        }
    }
    for (person, said) in concerned {
        if said.len() > MOST_MESSAGES {
            let titles = said.iter().map(|(_, message)| message.title());
            notify::tell(tx, ctx, &[person], &rules::gathered(&titles.collect::<Vec<_>>())).await?;
            continue;
        }
        for (about, message) in said {
            notify::tell_about(tx, ctx, &[person], about, message).await?;
        }
    }
    Ok(())
}

/// What people are told of something that is retired, and what that is about.
fn message(snapshot: &Snapshot, decided: &Decided<'_>, today: NaiveDate) -> (String, Message) {
    let Decided { thing, row, .. } = decided;
    // Not everybody who is told may know of everything: they read here what everybody may, and the page says the rest.
    let named = closed::instead(snapshot, &Rights::of_a_stranger(), thing.kind(), row, today);
    let instead = named.map(|(_, name)| format!("Use \"{name}\" instead"));
    let href = thing.href(snapshot);
    let title = rules::retired_words(thing.kind(), thing.name(), row.on_day, today);
    let says = std::iter::once(row.reason.clone()).chain(instead);
    let message = Message::new(title, says, href.as_str());
    (href, message)
}
