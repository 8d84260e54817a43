//! A renewal that becomes active takes the place of what it renews: nobody holds the same access twice.

use chrono::{DateTime, Utc};
use lakeport_model::access::{GrantEnd, GrantStanding};
use lakeport_model::catalog::Classification;
use lakeport_model::{GrantId, PersonId, day};
use serde_json::json;

use super::{grants, review};
use crate::people::Actor;
use crate::policy::rules::Renewal;
use crate::store::Tx;
use crate::store::access::{self as store, Grant};
use crate::store::stored::Word;
use crate::{Ctx, Result};

/// Under which a grant ends whose place another takes.
pub(super) const RULE: &str = Renewal::TakesPlace.name();

/// Where a grant stands, as people read it: what was renewed has ended, and its access goes on.
pub(super) fn standing(grant: &Grant, now: DateTime<Utc>) -> GrantStanding {
    if grant.ended_rule.as_deref() == Some(RULE) { GrantStanding::Renewed } else { grant.standing(now) }
}

/// What became of the access of a grant that was renewed.
#[derive(Default)]
pub(super) struct Became {
    /// The grant it goes on under.
    pub(super) goes_on_as: Option<GrantId>,
    /// Where there is none, how what renewed it last ended: `ended 30 Nov 2026: Given up`.
    pub(super) ended: Option<String>,
}

/// Of one grant among all grants of its consumer, newest first, as they read it; nothing of one that was not renewed.
pub(super) fn became(grant: &Grant, all: &[Grant], now: DateTime<Utc>) -> Became {
    if standing(grant, now) != GrantStanding::Renewed {
        return Became::default();
    }
    let mut on_port = all.iter().filter(|other| other.port == grant.port);
    if let Some(live) = on_port.clone().find(|other| other.standing(now) == GrantStanding::Active) {
        return Became { goes_on_as: Some(live.id), ended: None };
    }
    // The one that took its place began when it ended. Whatever began later, somebody asked for anew.
    let next = on_port.find(|other| other.id > grant.id && Some(other.starts_at) <= grant.ended_at);
    match next.map(|next| (next, standing(next, now))) {
        Some((next, GrantStanding::Renewed)) => became(next, all, now),
        Some((next, _)) => Became { goes_on_as: None, ended: Some(grants::how_ended(next, true)) },
        None => Became::default(),
    }
}

/// Every grant by which somebody reads through a port now, newest first.
pub(super) async fn live_on_port(
    tx: &mut Tx,
    now: DateTime<Utc>,
    consumer: PersonId,
    port: &str,
) -> Result<Vec<Grant>> {
    let mut grants = store::live_grants_of(tx, consumer, now.date_naive()).await?;
    grants.retain(|grant| grant.port == port);
    Ok(grants)
}

/// What a new grant on a port would renew: of the same access that somebody holds, what lasts longest.
pub(super) async fn renewed(
    tx: &mut Tx,
    now: DateTime<Utc>,
    consumer: PersonId,
    port: &str,
    classification: &Word<Classification>,
) -> Result<Option<Grant>> {
    let held = live_on_port(tx, now, consumer, port).await?;
    let same = held.into_iter().filter(|held| is_public(&held.classification) == is_public(classification));
    Ok(same.max_by_key(|held| held.ends_on))
}

/// Ends what a new grant takes the place of. Access goes on, so nobody is told of an end and nothing is reviewed twice.
pub(super) async fn take_place(tx: &mut Tx, ctx: &Ctx, new: &Grant) -> Result<()> {
    let (actor, proof) = (Actor::System("policy"), Renewal::TakesPlace.proof());
    let reason = format!("Renewed until {}", day(new.ends_on));
    // The one begins when the other ends.
    let now = new.starts_at;
    for held in live_on_port(tx, now, new.consumer, &new.port).await? {
        if held.id == new.id || !replaces(new, &held) {
            continue;
        }
        store::end_grant(tx, &proof.allows(), &held, GrantEnd::Revoked, &actor.key(), &reason, now).await?;
        let detail = json!({ "cycle": held.cycle, "renewed_until": new.ends_on });
        review::note(tx, ctx, &actor, &held, "grant.renew", proof.rule(), detail).await?;
    }
    Ok(())
}

/// Whether a grant takes the place of one that holds: it ends no earlier and opens no less.
fn replaces(new: &Grant, held: &Grant) -> bool {
    new.ends_on >= held.ends_on && (!is_public(&new.classification) || is_public(&held.classification))
}

/// What nobody had to decide opens only what is described as public: other access than what somebody decided.
fn is_public(classification: &Word<Classification>) -> bool {
    *classification == Classification::Public
}
