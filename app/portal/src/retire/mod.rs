//! Retiring what is no longer offered: with a day, a reason and what to use instead.
//!
//! Nothing is deleted. From its day on, a thing is in no search and no list, and nobody can ask for access to it; its page stays,
//! what was granted goes on until it ends, and it can be restored. Whether the day has come, is asked whenever something is
//! shown (`snapshot/retired.rs`): no job has to run for that.

mod carried;
mod closed;
mod decide;
mod effects;
mod rules;
mod thing;

pub(crate) use self::carried::{Decided, carry_out, restored, subject, touched};
pub(crate) use self::closed::{announced, closed, closed_contract, closed_request, is_retired};
pub use self::decide::{restore, retire};
pub(crate) use self::effects::{Relying, effects};
pub(crate) use self::rules::{earliest, reason};
pub(crate) use self::thing::{Thing, called, name_of};

use lakeport_model::retire::{Retirable, Retirement, Retiring, Successor};

use crate::assets::digest_of_effects;
use crate::catalog::{Rights, Snapshot};
use crate::store::retired::RetiredRow;
use crate::{Call, Result};

/// What somebody needs to know before they retire something.
///
/// # Errors
/// Refused to whoever may not retire it, and where it is not there or cannot be read.
pub async fn begin(call: &Call, kind: Retirable, id: &str) -> Result<Retiring> {
    let (snapshot, rights, today) = (call.snapshot(), call.rights(), call.now().date_naive());
    let thing = Thing::seen(&snapshot, &rights, kind, id)?;
    decide::authorize(&call.viewer, thing, "retire")?;
    let mut tx = call.ctx.db.read().await?;
    let relying = Relying::on(&mut tx, &call.ctx, &snapshot, thing, call.viewer.id, call.now()).await?;
    drop(tx);
    let effects = effects(&snapshot, &rights, thing, &relying);
    let said = snapshot.retirement(kind, id);
    Ok(Retiring {
        kind,
        id: id.to_owned(),
        name: thing.name().to_owned(),
        way: thing.way(&snapshot, &rights),
        retirement: retirement(&snapshot, &rights, kind, id, true),
        earliest: earliest(today, relying.people().len(), said.map(|said| said.on_day)),
        seen: seen(&effects, said),
        effects,
    })
}

/// What says that somebody has seen these effects, and what was said of the retirement before.
fn seen(effects: &[String], said: Option<&RetiredRow>) -> String {
    let said =
        said.map(|RetiredRow { on_day, reason, successor, .. }| format!("{on_day} {reason} {successor:?}"));
    let all: Vec<String> = effects.iter().cloned().chain(said).collect();
    digest_of_effects(&all)
}

/// That something is retired, or will be, as a viewer is told it. Whoever knows the thing only by name (`full` is false) is
/// told that it is retired, and nothing else of it.
pub(crate) fn retirement(
    snapshot: &Snapshot,
    rights: &Rights,
    kind: Retirable,
    id: &str,
    full: bool,
) -> Option<Retirement> {
    let said = snapshot.retirement(kind, id)?;
    let in_effect = said.is_in_effect(rights.today());
    let successor = closed::instead(snapshot, rights, kind, said, rights.today()).filter(|_| full);
    let successor = successor.map(|(id, name)| Successor { id: id.to_owned(), name: name.to_owned() });
    (full || in_effect).then(|| Retirement {
        on: said.on_day,
        in_effect,
        reason: if full { said.reason.clone() } else { String::new() },
        successor,
        by: if full { snapshot.who(said.person) } else { String::new() },
        at: said.at,
    })
}
