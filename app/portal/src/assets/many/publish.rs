//! Carrying a change of many assets out: all of them, or none.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lakeport_model::documents::Source;
use lakeport_model::many::ChangeText;
use lakeport_model::{DomainId, First};
use serde_json::json;

use super::change::{Change, Made};
use super::{Chosen, chosen, digest_of, granted, held, ids, meaning, refuse_others};
use crate::actor::Actor;
use crate::assets::check::overtaken;
use crate::assets::effects::{Eyes, Meaning};
use crate::assets::lowering::may_lower;
use crate::assets::publish::{beside_others, refuse_unaware};
use crate::assets::stewards::Stewards;
use crate::assets::{KIND, changing};
use crate::catalog::{By, Did, Rights, Snapshot, write_assets};
use crate::pace::TOGETHER;
use crate::people::Work;
use crate::store::catalog::AssetRow;
use crate::store::{Tx, revisions};
use crate::{Call, Ctx, Error, Result, audit, policy, text};

/// The record of each asset that is changed so, and of somebody who was refused.
const DONE: &str = "asset.change_many";
const REFUSED: &str = "asset.change_many.refused";

/// Assets that a refusal names.
const MOST_NAMED: usize = 3;

/// Changes assets of a domain: each with the digest of the text that its author saw; `agreed` is the digest of the effects on
/// people that they saw and agree to, empty where they agreed to none. Answers how many are other ones than they were.
///
/// # Errors
/// Refused where the rules say no, and where one of them was changed in the meantime: then none is changed.
pub async fn change_many(
    call: &Call,
    domain: &DomainId,
    assets: &[(String, String)],
    change: &ChangeText,
    agreed: &str,
    reason: &str,
) -> Result<u32> {
    let done = change_now(call, domain, assets, change, (agreed, reason)).await;
    call.noted(REFUSED, format!("domain {domain}"), done).await
}

async fn change_now(
    call: &Call,
    domain: &DomainId,
    assets: &[(String, String)],
    change: &ChangeText,
    (agreed, reason): (&str, &str),
) -> Result<u32> {
    let (ctx, rights) = (&call.ctx, call.rights());
    let reason = &text::reason(reason)?;
    let snapshot = call.snapshot();
    if !snapshot.domains.contains_key(domain.as_str()) {
        return Err(Error::not_found("domain"));
    }
    policy::authorize(&call.viewer, changing(domain.as_str()))?;
    let seen: HashMap<&str, &str> = assets.iter().map(|(id, seen)| (id.as_str(), seen.as_str())).collect();
    let ids = ids(&assets.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>())?;
    refuse_others(&snapshot, &rights, domain, &ids)?;
    let change = Change::read(change)?;
    let chosen = chosen(call, &ids, &change).await?;
    let (mut tx, viewer) = call.change().await?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let now = tx.now();
    let rights = Rights::in_tx(&mut tx, now, &viewer).await?;
    let proof = policy::authorize(&viewer, changing(domain.as_str()))?;
    refuse_others(&snapshot, &rights, domain, &ids)?;
    // Whoever sends it twice has changed them once.
    if chosen.iter().all(|one| matches!(one.made, Made::Same(_))) {
        return Ok(0);
    }
    refuse_overtaken(&mut tx, &snapshot, &ids, &chosen, &seen).await?;
    let granted = granted(&mut tx, &ids).await?;
    let stewards = Stewards::of(&mut tx, &snapshot, &BTreeSet::from([domain.as_str()]), now).await?;
    let eyes = Eyes { snapshot: &snapshot, rights: &rights, now };
    let name = |id: &str| snapshot.assets.get(id).map_or_else(|| id.to_owned(), |asset| asset.title.clone());
    let (mut rows, mut under, mut all) = (Vec::new(), BTreeMap::new(), Vec::new());
    let mut needs_consent = false;
    for Chosen { before, made, .. } in chosen {
        let after = match made {
            Made::Changed(after, _) => *after,
            Made::Same(_) => continue,
            Made::Unfit(why) => {
                let message = format!("{}: {why} Nothing was changed.", name(&before.id));
                return Err(Error::conflict(message));
            }
        };
        let lowers = may_lower(&stewards, &viewer, &before, &after).map_err(|error| {
            let message = format!("{}: {error} Nothing was changed.", name(&before.id));
            error.saying(message)
        })?;
        under.insert(before.id.clone(), lowers.map(|allowed| allowed.rule()));
        let Meaning { effects, needs_consent: opens, .. } = meaning(&eyes, &before, &after, &granted);
        needs_consent |= opens;
        all.push((before.id, effects));
        rows.push(after);
    }
    if needs_consent {
        refuse_unaware(agreed, &digest_of(&all), reason)?;
    }
    let actor = Actor::Viewer(viewer);
    audit::keep_pace(&mut tx, &actor, &[DONE], TOGETHER, now).await?;
    let by = By { actor: &actor, proof: proof.allows(), source: Source::Page, reason, over: &[] };
    put(tx, ctx, &by, rows, &under).await
}

/// Refuses what others changed since its author saw it, and says which.
async fn refuse_overtaken(
    tx: &mut Tx,
    snapshot: &Snapshot,
    ids: &BTreeSet<String>,
    chosen: &[Chosen],
    seen: &HashMap<&str, &str>,
) -> Result<()> {
    let now = held(tx, ids).await?;
    let is_other = |(one, now): &(&Chosen, &AssetRow)| {
        one.before != **now || seen.get(now.id.as_str()).copied() != Some(one.seen.as_str())
    };
    let others: Vec<&AssetRow> = chosen.iter().zip(&now).filter(is_other).map(|(_, now)| now).collect();
    let name = |row: &&AssetRow| {
        snapshot.assets.get(&row.id).map_or_else(|| row.id.clone(), |asset| asset.title.clone())
    };
    let said = match others.as_slice() {
        [] => return Ok(()),
        [one] => format!(" {}", overtaken(snapshot, revisions::newest_of(tx, KIND, &one.id).await?)),
        _ => String::new(),
    };
    let names = First::cut(others.iter().map(name).collect(), MOST_NAMED).words();
    let message = format!(
        "Nothing was changed, for {names} changed in the meantime.{said} Look at what becomes of all of them now, and change them \
         again."
    );
    Err(Error::conflict(message))
}

/// Writes all of them, each with a revision and a record of its own, and lets it take effect.
async fn put(
    mut tx: Work<'_>,
    ctx: &Ctx,
    by: &By<'_>,
    rows: Vec<AssetRow>,
    under: &BTreeMap<String, Option<&'static str>>,
) -> Result<u32> {
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let carried = write_assets(&mut tx, ctx, by, rows).await.map_err(|error| match beside_others(error) {
        // It is at no field of the form that changes them.
        Error::Refused(refusal) => Error::conflict(format!(
            "One of these assets cannot be changed so, and nothing was changed. {}",
            refusal.message
        )),
        fault @ Error::Fault(_) => fault,
    })?;
    let ids: Vec<&str> = under.keys().map(String::as_str).collect();
    let newest = revisions::newest(&mut tx, KIND, &ids).await?;
    let numbers: HashMap<String, u32> = newest.into_iter().map(|row| (row.document, row.number)).collect();
    let did = under.iter().map(|(id, lowers)| Did {
        action: DONE,
        subject: format!("asset {id}"),
        detail: json!({
            "reason": by.reason, "lowered_under": lowers, "revision": numbers.get(id), "together": count,
        }),
    });
    let did: Vec<Did> = did.collect();
    carried.take_effects(&mut tx, ctx, by, did).await?;
    tx.commit().await?;
    Ok(count)
}
