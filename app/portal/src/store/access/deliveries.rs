//! How far the delivery of grants is.

use chrono::{DateTime, Utc};
use lakeport_model::sharing::Provisioning;
use lakeport_model::{GrantId, RequestId};
use uuid::Uuid;

use super::{Grant, listed};
use crate::Result;
use crate::policy::Authorized;
use crate::policy::rules::{Delivery, LastDay};
use crate::store::{Tx, rows, run};

/// Grants whose delivery is behind their standing and may be tried at `now`, each with the request that it came of.
pub async fn undelivered(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<(GrantId, RequestId)>> {
    let found = rows!(
        tx,
        (Uuid, Uuid),
        "SELECT id, request FROM access_grant WHERE provisioning IN ('pending', 'failed', 'deprovisioning') \
         AND provision_after <= $1 ORDER BY provision_after LIMIT $2",
        now,
        limit
    )?;
    Ok(found.into_iter().map(|(id, request)| (GrantId(id), RequestId(request))).collect())
}

/// Grants of these domains, or of all of them, whose delivery failed at least so often and goes on failing; the first of
/// many.
pub async fn failing_deliveries(
    tx: &mut Tx,
    domains: Option<&[String]>,
    attempts: i64,
    limit: i64,
) -> Result<Vec<Grant>> {
    let domains = domains.map(listed).transpose()?;
    // The three states stand there in the words of the partial index `access_grant_delivery`: SQLite uses it for no other.
    Ok(match tx {
        Tx::Sqlite(..) => rows!(
            tx,
            Grant,
            "SELECT * FROM access_grant WHERE provisioning IN ('pending', 'failed', 'deprovisioning') \
             AND provisioning = 'failed' AND provisioning_attempts >= $2 \
             AND ($1 IS NULL OR domain IN (SELECT value FROM json_each($1))) ORDER BY provision_after LIMIT $3",
            domains,
            attempts,
            limit
        )?,
        Tx::Postgres(..) => rows!(
            tx,
            Grant,
            "SELECT * FROM access_grant WHERE provisioning IN ('pending', 'failed', 'deprovisioning') \
             AND provisioning = 'failed' AND provisioning_attempts >= $2 AND (CAST($1 AS TEXT) IS NULL \
             OR domain IN (SELECT json_array_elements_text(CAST($1 AS JSON)))) ORDER BY provision_after LIMIT $3",
            domains,
            attempts,
            limit
        )?,
    })
}

/// Tries the delivery of a grant again at that moment, whatever else stands in its row.
pub async fn put_delivery_off(tx: &mut Tx, id: GrantId, again: DateTime<Utc>) -> Result<()> {
    run!(tx, "UPDATE access_grant SET provision_after = $2 WHERE id = $1", id.0, again)?;
    Ok(())
}

/// Writes what a delivery came to; false where a decision or an end overtook it, and nothing was written.
pub async fn end_delivery(
    tx: &mut Tx,
    _proof: &Authorized<Delivery>,
    grant: &Grant,
    state: Provisioning,
    after: DateTime<Utc>,
    note: Option<&str>,
) -> Result<bool> {
    let hit = run!(
        tx,
        "UPDATE access_grant SET provisioning = $4, provisioning_attempts = $5, provision_after = $6, \
         provisioning_note = $7 WHERE id = $1 AND revision = $2 AND provisioning = $3",
        grant.id.0,
        grant.revision,
        grant.provisioning.to_string(),
        state.as_str(),
        grant.provisioning_attempts + 1,
        after,
        note
    )?;
    Ok(hit == 1)
}

/// Writes where the delivery of a grant stands.
pub async fn set_provisioning(
    tx: &mut Tx,
    _proof: &Authorized<LastDay>,
    id: GrantId,
    state: Provisioning,
    attempts: i64,
    after: DateTime<Utc>,
    note: Option<&str>,
) -> Result<()> {
    run!(
        tx,
        "UPDATE access_grant SET provisioning = $2, provisioning_attempts = $3, provision_after = $4, \
         provisioning_note = $5 WHERE id = $1",
        id.0,
        state.as_str(),
        attempts,
        after,
        note
    )?;
    Ok(())
}
