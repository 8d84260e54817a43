//! What makes a look at grants and requests due earlier than their dates say: other people answer for the data, it has
//! become more or less sensitive, or the rules were configured anew.
//!
//! Nobody who changes such a thing has to think of it: the sweeps follow the changes of the catalog, and look at what these
//! touched. Where nothing changed, that is two look-ups by key.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lakeport_model::PersonId;
use lakeport_model::catalog::Classification;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::schedule;
use crate::catalog::Snapshot;
use crate::store::access as store;
use crate::store::changes::{self, Touched};
use crate::store::{Tx, people, settings, snapshot};
use crate::{Ctx, Error, Result};

/// Under which it is kept what was seen last.
const KEY: &str = "looks.seen";

/// What looks at grants and requests depend on beside their own dates.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Seen {
    /// The newest change of the catalog.
    change: i64,
    /// The rules, as a digest.
    policies: String,
    /// When the process began that brought these rules. One that began earlier, with others, does not undo them.
    brought: DateTime<Utc>,
    /// Who the administrators are, as a digest.
    administrators: String,
}

impl Seen {
    /// What was seen last; nothing that is understood counts as nothing.
    async fn last(tx: &mut Tx) -> Result<Self> {
        let text = settings::get(tx, KEY).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// True where this process brings other rules.
    fn has_other_rules(&self, ctx: &Ctx) -> Result<bool> {
        Ok(self.brought < ctx.started && self.policies != digest(&ctx.settings.policies)?)
    }

    /// What is so now, as of a change.
    async fn next(&self, tx: &mut Tx, ctx: &Ctx, change: i64) -> Result<Self> {
        let is_newer = self.brought < ctx.started;
        let rules = digest(&ctx.settings.policies)?;
        Ok(Self {
            change,
            policies: if is_newer { rules } else { self.policies.clone() },
            brought: self.brought.max(ctx.started),
            administrators: digest(&people::administrators(tx).await?)?,
        })
    }
}

fn digest(of: &impl Serialize) -> Result<String> {
    let text = serde_json::to_vec(of).map_err(Error::fault)?;
    Ok(hex::encode(&Sha256::digest(text)[..16]))
}

/// True when something changed since the sweeps looked.
pub(crate) async fn is_behind(tx: &mut Tx, ctx: &Ctx) -> Result<bool> {
    let seen = Seen::last(tx).await?;
    Ok(seen.change != changes::newest(tx, changes::CATALOG).await? || seen.has_other_rules(ctx)?)
}

/// Has everything looked at that something which changed can have made due.
pub(crate) async fn follow(ctx: &Ctx) -> Result<()> {
    let mut tx = ctx.db.read().await?;
    if !is_behind(&mut tx, ctx).await? {
        return Ok(());
    }
    drop(tx);
    // Read before the turn to write is taken, so that nobody waits for it.
    ctx.snapshot_now().await?;
    let mut tx = ctx.db.write().await?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let before = Seen::last(&mut tx).await?;
    let now = before.next(&mut tx, ctx, snapshot.change).await?;
    let touched = changes::touched_since(&mut tx, before.change).await?;
    let is_everything = touched.contains(&Touched::Everything);
    // Further away than this, a date calls for nothing, whoever answers for the data and whatever the rules are.
    let by = schedule::reviews_until(ctx.now().date_naive());
    let domains = asked_anew(&mut tx, &snapshot, &touched).await?;
    if is_everything || now.policies != before.policies || now.administrators != before.administrators {
        store::wake_grants(&mut tx, by).await?;
    } else if !domains.is_empty() {
        store::wake_grants_of_domains(&mut tx, &domains, by).await?;
    }
    let has_accounts = touched.iter().any(|touched| matches!(touched, Touched::Service(_)));
    if is_everything || has_accounts {
        store::wake_grants_of_accounts(&mut tx).await?;
    }
    if is_everything || has_accounts || now.administrators != before.administrators {
        store::wake_requests(&mut tx).await?;
    } else if !domains.is_empty() {
        store::wake_requests_of_domains(&mut tx, &domains).await?;
    }
    let classified = classified(&mut tx, &snapshot, touched).await?;
    store::wake_grants_on(&mut tx, &classified).await?;
    settings::set(&mut tx, KEY, &serde_json::to_string(&now).map_err(Error::fault)?).await?;
    tx.commit_unrecorded("when something is looked at next follows from what changed, which has its record")
        .await
}

/// The domains about whose data others can be asked now than before: those that were touched, those that touched people
/// belong to, and the ones below, whose questions come to them.
async fn asked_anew(tx: &mut Tx, snapshot: &Snapshot, touched: &BTreeSet<Touched>) -> Result<Vec<String>> {
    let (mut domains, mut people): (BTreeSet<String>, Vec<PersonId>) = (BTreeSet::new(), Vec::new());
    for touched in touched {
        match touched {
            Touched::Domain(id) => _ = domains.insert(id.clone()),
            Touched::Person(id) => people.push(*id),
            _ => {}
        }
    }
    domains.extend(snapshot::domains_of(tx, &people).await?);
    let below = domains.iter().flat_map(|domain| snapshot.below(domain)).map(|domain| domain.id.clone());
    let below: Vec<String> = below.collect();
    domains.extend(below);
    Ok(domains.into_iter().collect())
}

/// The assets that were touched, each with its classification now.
async fn classified(
    tx: &mut Tx,
    snapshot: &Snapshot,
    touched: BTreeSet<Touched>,
) -> Result<Vec<(String, Option<Classification>)>> {
    let assets = if touched.contains(&Touched::Everything) {
        store::granted_assets(tx).await?
    } else {
        let asset = |touched| if let Touched::Asset(id) = touched { Some(id) } else { None };
        touched.into_iter().filter_map(asset).collect()
    };
    Ok(assets.into_iter().map(|id| (id.clone(), looked_as(snapshot, Some(&id)))).collect())
}

/// The classification that the data of a grant has now, as it is noted at a look; `None` where the catalog does not know it.
pub(crate) fn looked_as(snapshot: &Snapshot, asset: Option<&str>) -> Option<Classification> {
    let asset = asset.and_then(|id| snapshot.assets.get(id));
    asset.map(|asset| asset.classification)
}
