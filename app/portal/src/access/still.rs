//! What still opens data to somebody whose grant on it ends: whoever ends it and whoever loses it read the same.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::people::Role;
use lakeport_model::{DomainId, PortId, day};

use super::no_answer;
use crate::catalog::{Rights, Snapshot};
use crate::policy::{self, Way};
use crate::store::Tx;
use crate::store::access::Grant;
use crate::{Ctx, Result, people, retire};

/// What is said in the place of a way to ask again.
pub(super) const RETIRED: &str = "Nobody can request access to it any more: it is retired";

/// What opens data beside a grant.
pub(crate) struct Left {
    /// As the end of a sentence: `as a member of Sales`.
    pub(crate) how: String,
    /// The last day, where it is another grant.
    pub(crate) until: Option<NaiveDate>,
}

/// How the consumer of a grant reads its data once it is withdrawn or given up, and with it whatever else they hold on its
/// port, as the end of a sentence. `None` where they read it no more.
pub(super) async fn reads(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<Option<String>> {
    let Some(rights) = rights(tx, now, grant).await? else { return Ok(None) };
    reads_under(tx, ctx, now, snapshot, &rights, grant).await
}

/// The same under the consumer's rights, where they are known.
pub(super) async fn reads_under(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    rights: &Rights,
    grant: &Grant,
) -> Result<Option<String>> {
    let rights = rights.with_grants(|held| held.port != grant.port);
    Ok(left(tx, ctx, now, snapshot, &rights, grant).await?.map(|left| left.how))
}

/// What opens its data to the consumer of a grant after its last day: whatever else they hold and hold longer, on its port
/// too.
pub(crate) async fn after(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
    last: NaiveDate,
) -> Result<Option<Left>> {
    let Some(rights) = rights(tx, now, grant).await? else { return Ok(None) };
    let mut longer = BTreeSet::new();
    for held in rights.grants() {
        let is_other = held.id != grant.id && held.asset == grant.asset;
        if is_other && no_answer::end_of(tx, ctx, now, snapshot, held).await? > last {
            longer.insert(held.id);
        }
    }
    let rights = rights.with_grants(|held| longer.contains(&held.id));
    left(tx, ctx, now, snapshot, &rights, grant).await
}

/// How a message calls what ends with a grant, and what it says of the time after: access is lost only where nothing else
/// opens the data, and nobody is sent to ask for what is retired.
pub(crate) fn loss(title: &str, still: Option<&str>, is_retired: bool) -> (String, String) {
    match still {
        Some(how) => (format!("Your grant on {title}"), format!("You can still read it {how}")),
        None if is_retired => (format!("Your access to {title}"), RETIRED.to_owned()),
        None => (format!("Your access to {title}"), "Request access again if you still need it".to_owned()),
    }
}

/// True where the product of a port or the data behind it is retired by now: nobody can ask for it any more.
pub(crate) fn is_retired(snapshot: &Snapshot, port: &str, today: NaiveDate) -> bool {
    snapshot.port(&PortId(port.to_owned())).is_some_and(|(_, port)| retire::is_retired(snapshot, port, today))
}

/// The rights of a grant's consumer; `None` for one who cannot sign in.
async fn rights(tx: &mut Tx, now: DateTime<Utc>, grant: &Grant) -> Result<Option<Rights>> {
    let Some(consumer) = people::viewer_in(tx, grant.consumer).await? else { return Ok(None) };
    Ok(Some(Rights::in_tx(tx, now, &consumer).await?))
}

/// What opens the data of a grant under these rights.
async fn left(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    rights: &Rights,
    grant: &Grant,
) -> Result<Option<Left>> {
    let Some(asset) = grant.asset.as_ref().and_then(|id| snapshot.assets.get(id)) else { return Ok(None) };
    let consumer = rights.viewer();
    let Ok(reach) = policy::reach(consumer, &rights.values(snapshot, asset)) else { return Ok(None) };
    let how = match reach.way {
        Way::OwnDomain => {
            let role = consumer.role_in(&DomainId(asset.domain.clone())).unwrap_or(Role::Member);
            format!("as {} of {}", role.with_article(), snapshot.domain_name(&asset.domain))
        }
        Way::Public => "as far as it is public".to_owned(),
        Way::Grant => {
            let Some(other) = rights.longest(Some(asset), None) else { return Ok(None) };
            let until = no_answer::end_of(tx, ctx, now, snapshot, other).await?;
            let how = format!("under another grant until {}", day(until));
            return Ok(Some(Left { how, until: Some(until) }));
        }
    };
    Ok(Some(Left { how, until: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_ask_for_what_is_retired() {
        let next = |still: Option<&str>, is_retired| loss("Collections", still, is_retired).1;
        assert_eq!(next(None, false), "Request access again if you still need it");
        assert_eq!(next(None, true), RETIRED);
        let still = Some("as a member of Sales");
        assert_eq!(next(still, true), "You can still read it as a member of Sales");
    }
}
