//! What makes a look at grants and requests due earlier than their dates say: other people answer for the data, it has
//! become more or less sensitive, or the rules were configured anew.
//!
//! Nobody who changes such a thing has to think of it: the sweeps follow the changes of the catalog, and compare what they
//! knew with what is so now. Where nothing changed, that is two look-ups by key.

use std::collections::{BTreeMap, BTreeSet};

use lakeport_model::people::Role;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::schedule;
use crate::catalog::Snapshot;
use crate::store::access as store;
use crate::store::changes::{self, Touched};
use crate::store::{Tx, people, settings};
use crate::{Ctx, Error, Result};

/// Under which it is kept what was seen last.
const KEY: &str = "looks.seen";

/// What looks at grants and requests depend on beside their own dates, as digests.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Seen {
    /// The newest change of the catalog.
    change: i64,
    /// The rules.
    policies: String,
    /// Who answers for the data of each domain.
    domains: BTreeMap<String, String>,
    /// In whose hands service accounts are.
    accounts: String,
    /// Who the administrators are.
    administrators: String,
}

impl Seen {
    /// What was seen last; nothing that is understood counts as nothing.
    async fn last(tx: &mut Tx) -> Result<Self> {
        let text = settings::get(tx, KEY).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// True where nothing can have changed.
    async fn is_current(&self, tx: &mut Tx, ctx: &Ctx) -> Result<bool> {
        let newest = changes::newest(tx, changes::CATALOG).await?;
        Ok(self.change == newest && self.policies == digest(&ctx.settings.policies)?)
    }

    async fn now(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot) -> Result<Self> {
        let domain = |id: &str| Ok((id.to_owned(), digest(&answering(snapshot, id))?));
        Ok(Self {
            change: changes::newest(tx, changes::CATALOG).await?,
            policies: digest(&ctx.settings.policies)?,
            domains: snapshot.domains.keys().map(domain).collect::<Result<_>>()?,
            accounts: digest(&snapshot.account_hands.iter().collect::<Vec<_>>())?,
            administrators: digest(&people::administrators(tx).await?)?,
        })
    }

    /// The domains for whose data others answer than did before.
    fn changed_domains(&self, before: &Self) -> Vec<String> {
        let all: BTreeSet<&String> = self.domains.keys().chain(before.domains.keys()).collect();
        all.into_iter().filter(|id| self.domains.get(*id) != before.domains.get(*id)).cloned().collect()
    }
}

fn digest(of: &impl Serialize) -> Result<String> {
    let text = serde_json::to_vec(of).map_err(Error::fault)?;
    Ok(hex::encode(&Sha256::digest(text)[..16]))
}

/// The domain above, and the owners and stewards of both: everybody whom a question about a domain's data can come to.
fn answering<'a>(snapshot: &'a Snapshot, domain: &'a str) -> (Option<&'a str>, Vec<(&'a str, Uuid)>) {
    let parent = snapshot.domains.get(domain).and_then(|domain| domain.parent.as_deref());
    let mut people = Vec::new();
    for place in [Some(domain), parent].into_iter().flatten() {
        for role in [Role::Owner, Role::Steward] {
            let members = snapshot.members_with(place, role);
            people.extend(members.map(|member| (member.role.as_str(), member.person)));
        }
    }
    (parent, people)
}

/// True when something changed since the sweeps looked.
pub(crate) async fn is_behind(tx: &mut Tx, ctx: &Ctx) -> Result<bool> {
    Ok(!Seen::last(tx).await?.is_current(tx, ctx).await?)
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
    let (before, now) = (Seen::last(&mut tx).await?, Seen::now(&mut tx, ctx, &snapshot).await?);
    // Further away than this, a date calls for nothing, whoever answers for the data and whatever the rules are.
    let by = schedule::reviews_until(ctx.now().date_naive());
    let domains = now.changed_domains(&before);
    if now.policies != before.policies || now.administrators != before.administrators {
        store::wake_grants(&mut tx, by).await?;
    } else if !domains.is_empty() {
        store::wake_grants_of_domains(&mut tx, &domains, by).await?;
    }
    if now.accounts != before.accounts {
        store::wake_grants_of_accounts(&mut tx).await?;
    }
    if (&now.domains, &now.accounts, &now.administrators)
        != (&before.domains, &before.accounts, &before.administrators)
    {
        store::wake_requests(&mut tx).await?;
    }
    let classified = classified(&mut tx, &snapshot, before.change).await?;
    store::wake_grants_on(&mut tx, &classified).await?;
    settings::set(&mut tx, KEY, &serde_json::to_string(&now).map_err(Error::fault)?).await?;
    tx.commit_unrecorded("when something is looked at next follows from what changed, which has its record")
        .await
}

/// The assets that changed since then, each with its classification now.
async fn classified(tx: &mut Tx, snapshot: &Snapshot, since: i64) -> Result<Vec<(String, String)>> {
    let touched = changes::touched_since(tx, since).await?;
    let assets = if touched.contains(&Touched::Everything) {
        store::granted_assets(tx).await?
    } else {
        let asset = |touched| if let Touched::Asset(id) = touched { Some(id) } else { None };
        touched.into_iter().filter_map(asset).collect()
    };
    Ok(assets.into_iter().map(|id| (id.clone(), looked_as(snapshot, Some(&id)))).collect())
}

/// The classification that the data of a grant has now, as it is noted at a look; empty where the catalog does not know it.
pub(crate) fn looked_as(snapshot: &Snapshot, asset: Option<&str>) -> String {
    let asset = asset.and_then(|id| snapshot.assets.get(id));
    asset.map(|asset| asset.classification.to_string()).unwrap_or_default()
}
