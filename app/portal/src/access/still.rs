//! What still opens data to somebody whose grant on it is withdrawn: whoever withdraws it and whoever loses it read the
//! same.

use lakeport_model::people::Role;
use lakeport_model::{DomainId, PersonId};

use crate::catalog::{Rights, Snapshot};
use crate::policy::{self, Way};
use crate::store::Tx;
use crate::store::access::Grant;
use crate::{Ctx, Result, people};

/// How the consumer of a grant reads its data without any grant on its port, as the end of a sentence: `as a member of
/// Sales`. `None` where he does not.
pub(super) async fn reads(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<Option<String>> {
    let Some(consumer) = people::viewer_in(tx, PersonId(grant.consumer)).await? else { return Ok(None) };
    Ok(reads_under(snapshot, &Rights::in_tx(tx, ctx.now(), &consumer).await?, grant))
}

/// The same, where the consumer's rights are known.
pub(super) fn reads_under(snapshot: &Snapshot, rights: &Rights, grant: &Grant) -> Option<String> {
    let asset = grant.asset.as_ref().and_then(|id| snapshot.assets.get(id))?;
    let (consumer, others) = (rights.viewer(), rights.clone().without_port(&grant.port));
    let reach = policy::reach(consumer, &others.values(snapshot, asset)).ok()?;
    Some(match (reach.way, reach.until) {
        (Way::OwnDomain, _) => {
            let role = consumer.role_in(&DomainId(asset.domain.clone())).unwrap_or(Role::Member);
            format!("as {} of {}", role.with_article(), snapshot.domain_name(&asset.domain))
        }
        (Way::Public, _) => "as far as it is public".to_owned(),
        (Way::Grant, Some(until)) => format!("under another grant until {}", until.format("%-d %b %Y")),
        (Way::Grant, None) => "under another grant".to_owned(),
    })
}
