//! Certifying what can be trusted: until a day, with what was checked.
//!
//! A steward of its domain certifies a product or an asset; an owner does where the domain has no steward. It is certified up to
//! its last day, without anybody ending it: that is asked whenever something is shown (`snapshot/certified.rs`).

mod decide;
mod rules;

pub use self::decide::{certify, withdraw};

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lakeport_model::certify::{Certifiable, Certification, Certifying};
use lakeport_model::people::Role;
use lakeport_model::{DomainId, PersonId};

use crate::assets::{self, Stewards};
use crate::catalog::{Rights, Snapshot};
use crate::policy::{self, Certify};
use crate::retire::Thing;
use crate::store::Tx;
use crate::store::certified::CertifiedRow;
use crate::{Call, Error, Result};

/// What somebody needs to know before they certify something.
///
/// # Errors
/// Refused to whoever may not certify it, and where it is not there or cannot be read.
pub async fn begin(call: &Call, kind: Certifiable, id: &str) -> Result<Certifying> {
    let (snapshot, rights, today) = (call.snapshot(), call.rights(), call.now().date_naive());
    let thing = seen(&snapshot, &rights, kind, id)?;
    let mut tx = call.ctx.db.read().await?;
    let asked = asked(&mut tx, &snapshot, thing.domain(), call.viewer.id, call.now()).await?;
    drop(tx);
    policy::authorize(&call.viewer, asked)?;
    let certification = certification(&snapshot, &rights, kind, id, true);
    let days = rules::Days::of(today);
    Ok(Certifying {
        kind,
        id: id.to_owned(),
        name: thing.name().to_owned(),
        way: thing.way(&snapshot, &rights),
        suggested: certification.as_ref().map_or(days.suggested, |held| held.until.max(days.earliest)),
        certification,
        closed: rules::closed(&snapshot, kind, id, today),
        seen: mark(snapshot.certification(kind, id, today)),
        earliest: days.earliest,
        latest: days.latest,
    })
}

/// What says which certification somebody has seen; empty for none.
fn mark(held: Option<&CertifiedRow>) -> String {
    held.map(|held| held.at.timestamp_micros().to_string()).unwrap_or_default()
}

/// That something is certified, as a viewer is told it: nothing to whoever knows it only by name (`full` is false).
pub(crate) fn certification(
    snapshot: &Snapshot,
    rights: &Rights,
    kind: Certifiable,
    id: &str,
    full: bool,
) -> Option<Certification> {
    let held = snapshot.certification(kind, id, rights.today()).filter(|_| full)?;
    Some(Certification {
        until: held.until,
        reason: held.reason.clone(),
        by: snapshot.who(held.person),
        at: held.at,
    })
}

/// True where the viewer may certify what belongs to this domain. Of most viewers their role says it.
///
/// # Errors
/// When the database cannot be read.
pub(crate) async fn may_certify(tx: &mut Tx, call: &Call, snapshot: &Snapshot, domain: &str) -> Result<bool> {
    if call.viewer.role_in(&DomainId(domain.to_owned())) < Some(Role::Steward) {
        return Ok(false);
    }
    let asked = asked(tx, snapshot, domain, call.viewer.id, call.now()).await?;
    Ok(policy::decide(&call.viewer, &asked.into()).allowed)
}

/// The question whether somebody may certify what belongs to this domain.
async fn asked(
    tx: &mut Tx,
    snapshot: &Snapshot,
    domain: &str,
    viewer: PersonId,
    now: DateTime<Utc>,
) -> Result<Certify> {
    let stewards = Stewards::of(tx, snapshot, &BTreeSet::from([domain]), now).await?;
    Ok(Certify {
        domain: DomainId(domain.to_owned()),
        has_steward: stewards.watch(domain),
        is_fresh: stewards.is_fresh(domain, viewer),
    })
}

/// What is to be certified, as far as somebody sees it.
fn seen<'a>(snapshot: &'a Snapshot, rights: &Rights, kind: Certifiable, id: &str) -> Result<Thing<'a>> {
    if kind == Certifiable::Asset && snapshot.is_own_dashboard(assets::seen(snapshot, rights, id)?) {
        let message = "This is a dashboard of this portal: dashboards are not certified here.";
        return Err(Error::conflict(message));
    }
    Thing::seen(snapshot, rights, kind.into(), id)
}
