//! Many assets of a domain: listed in parts, and one thing changed of all that somebody chose.
//!
//! Each asset gets a revision of its own, as if it had been changed on its page and under the same rules: all of them in one
//! transaction, or none. Ids, addresses, domains and kinds stay, so that nothing is asked of what others have (`unfit.rs`).

mod change;
mod check;
mod list;
mod publish;

pub use self::check::check_many;
pub use self::list::domain_assets;
pub use self::publish::change_many;

use std::collections::{BTreeMap, BTreeSet};

use lakeport_model::DomainId;
use lakeport_model::many::MOST_CHOSEN;

use self::change::{Change, Made};
use super::effects::{self, Eyes, Meaning};
use super::{digest, seen};
use crate::beside::DOCUMENTS;
use crate::catalog::{Rights, Snapshot};
use crate::store::access::{self as grants, About, Grant};
use crate::store::catalog::AssetRow;
use crate::store::{Tx, import as store};
use crate::{Call, Error, Result};

/// An asset as it is held, and what a change makes of it.
struct Chosen {
    before: AssetRow,
    made: Made,
    /// The digest of what is held.
    seen: String,
}

/// The ids that were chosen, each once.
fn ids(chosen: &[String]) -> Result<BTreeSet<String>> {
    let ids: BTreeSet<String> = chosen.iter().cloned().collect();
    if ids.is_empty() {
        return Err(Error::invalid("assets", "Choose at least one asset."));
    }
    if ids.len() > MOST_CHOSEN {
        let message = format!("You chose {} assets; at most {MOST_CHOSEN} are changed in one go.", ids.len());
        return Err(Error::invalid("assets", message));
    }
    Ok(ids)
}

/// Refuses what somebody does not see, and what is no asset of the domain.
fn refuse_others(
    snapshot: &Snapshot,
    rights: &Rights,
    domain: &DomainId,
    ids: &BTreeSet<String>,
) -> Result<()> {
    for id in ids {
        let asset = seen(snapshot, rights, id)?;
        if asset.domain != domain.as_str() {
            let message =
                format!("{} belongs to another domain. Look at the list again and choose anew.", asset.title);
            return Err(Error::conflict(message).at("assets"));
        }
    }
    Ok(())
}

/// The assets of these ids as they are stored, by id.
async fn held(tx: &mut Tx, ids: &BTreeSet<String>) -> Result<Vec<AssetRow>> {
    let wanted: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut rows = store::assets(tx, &wanted).await?;
    if rows.len() < ids.len() {
        return Err(Error::not_found("asset"));
    }
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(rows)
}

/// What a change makes of these assets. Long lists of columns are not read while others wait for their turn to write.
async fn chosen(call: &Call, ids: &BTreeSet<String>, change: &Change) -> Result<Vec<Chosen>> {
    let mut tx = call.ctx.db.read().await?;
    let rows = held(&mut tx, ids).await?;
    drop(tx);
    let change = change.clone();
    let make = move || {
        let made = |before: AssetRow| -> Result<Chosen> {
            let (made, seen) = (change.made_of(&before)?, digest(Some(&before))?);
            Ok(Chosen { before, made, seen })
        };
        rows.into_iter().map(made).collect::<Result<Vec<Chosen>>>()
    };
    DOCUMENTS.run(call.party(), make).await?
}

/// The grants on these assets that nobody ended, by asset.
async fn granted(tx: &mut Tx, ids: &BTreeSet<String>) -> Result<BTreeMap<String, Vec<Grant>>> {
    let about = About { assets: ids.iter().cloned().collect(), ..About::default() };
    let mut granted: BTreeMap<String, Vec<Grant>> = BTreeMap::new();
    for grant in grants::open_grants_about(tx, &about).await? {
        if let Some(asset) = grant.asset.clone() {
            granted.entry(asset).or_default().push(grant);
        }
    }
    Ok(granted)
}

/// What a change of one of them means.
fn meaning(
    eyes: &Eyes<'_>,
    before: &AssetRow,
    after: &AssetRow,
    granted: &BTreeMap<String, Vec<Grant>>,
) -> Meaning {
    let grants = granted.get(&before.id).map(Vec::as_slice).unwrap_or_default();
    eyes.meaning(Some(before), after, grants, false)
}

/// What says which effects of all of them somebody has seen; each has the asset's id before it.
fn digest_of(all: &[(String, Vec<String>)]) -> String {
    let parts = all.iter().flat_map(|(id, effects)| std::iter::once(id).chain(effects)).cloned();
    effects::digest(&parts.collect::<Vec<_>>())
}
