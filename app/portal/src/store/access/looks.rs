//! When grants and requests are looked at next: what is due is found by an index, however many there are.

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::catalog::Classification;
use lakeport_model::{GrantId, RequestId};
use uuid::Uuid;

use super::listed;
use crate::Result;
use crate::store::lists::{list, run_list};
use crate::store::{Tx, row, rows, run};

/// Before every moment: to be looked at now.
pub(super) const AT_ONCE: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// Grants that nobody ended and that have to be looked at by now, those that wait longest first.
pub async fn grants_to_look_at(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<GrantId>> {
    let found = rows!(
        tx,
        (Uuid,),
        "SELECT id FROM access_grant WHERE ended IS NULL AND next_look <= $1 ORDER BY next_look, id LIMIT $2",
        now,
        limit
    )?;
    Ok(found.into_iter().map(|(id,)| GrantId(id)).collect())
}

/// The port of a grant, whatever else of its row can be read.
pub async fn port_of_grant(tx: &mut Tx, id: GrantId) -> Result<Option<String>> {
    let found = row!(tx, (String,), "SELECT port FROM access_grant WHERE id = $1", id.0)?;
    Ok(found.map(|(port,)| port))
}

/// The same of a request.
pub async fn port_of_request(tx: &mut Tx, id: RequestId) -> Result<Option<String>> {
    let found = row!(tx, (String,), "SELECT port FROM access_request WHERE id = $1", id.0)?;
    Ok(found.map(|(port,)| port))
}

/// Requests that wait and have to be looked at by now, those that wait longest first.
pub async fn requests_to_look_at(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<RequestId>> {
    let found = rows!(
        tx,
        (Uuid,),
        "SELECT id FROM access_request WHERE state = 'requested' AND next_look <= $1 \
         ORDER BY next_look, id LIMIT $2",
        now,
        limit
    )?;
    Ok(found.into_iter().map(|(id,)| RequestId(id)).collect())
}

/// What a grant's data was looked at as, as it is stored: empty where the catalog did not know the data.
fn looked_as(classification: Option<Classification>) -> &'static str {
    classification.map_or("", Classification::as_str)
}

/// Notes when a grant is looked at next, and as what its data was looked at, where the catalog knows it.
pub async fn look_at_grant(
    tx: &mut Tx,
    grant: GrantId,
    next: DateTime<Utc>,
    classification: Option<Classification>,
) -> Result<()> {
    run!(
        tx,
        "UPDATE access_grant SET next_look = $2, looked_as = $3 WHERE id = $1",
        grant.0,
        next,
        looked_as(classification)
    )?;
    Ok(())
}

/// Looks at a grant again at this moment.
pub async fn put_off_grant(tx: &mut Tx, grant: GrantId, now: DateTime<Utc>) -> Result<()> {
    run!(tx, "UPDATE access_grant SET next_look = $2 WHERE id = $1", grant.0, now)?;
    Ok(())
}

/// Notes when a request is looked at next.
pub async fn look_at_request(tx: &mut Tx, request: RequestId, next: DateTime<Utc>) -> Result<()> {
    run!(tx, "UPDATE access_request SET next_look = $2 WHERE id = $1", request.0, next)?;
    Ok(())
}

/// Every grant whose review or end comes by that day is looked at now.
pub async fn wake_grants(tx: &mut Tx, by: NaiveDate) -> Result<()> {
    run!(
        tx,
        "UPDATE access_grant SET next_look = $1 WHERE ended IS NULL AND (next_review <= $2 OR ends_on <= $2)",
        AT_ONCE,
        by
    )?;
    Ok(())
}

/// The grants of these domains whose review comes by that day are looked at now.
pub async fn wake_grants_of_domains(tx: &mut Tx, domains: &[String], by: NaiveDate) -> Result<()> {
    let domains = listed(domains)?;
    match tx {
        Tx::Sqlite(..) => run!(
            tx,
            "UPDATE access_grant SET next_look = $1 WHERE ended IS NULL AND next_review <= $2 \
             AND domain IN (SELECT value FROM json_each($3))",
            AT_ONCE,
            by,
            domains
        )?,
        Tx::Postgres(..) => run!(
            tx,
            "UPDATE access_grant SET next_look = $1 WHERE ended IS NULL AND next_review <= $2 \
             AND domain IN (SELECT json_array_elements_text(CAST($3 AS JSON)))",
            AT_ONCE,
            by,
            domains
        )?,
    };
    Ok(())
}

/// The grants of service accounts are looked at now.
pub async fn wake_grants_of_accounts(tx: &mut Tx) -> Result<()> {
    run!(
        tx,
        "UPDATE access_grant SET next_look = $1 WHERE ended IS NULL AND consumer IN (SELECT id FROM token)",
        AT_ONCE
    )?;
    Ok(())
}

/// Grants on these assets, each with its classification where the catalog knows it, are looked at now if they were looked at
/// as something else.
pub async fn wake_grants_on(tx: &mut Tx, assets: &[(String, Option<Classification>)]) -> Result<()> {
    let assets: Vec<_> = assets.iter().map(|(asset, now)| (asset, looked_as(*now))).collect();
    run_list!(
        tx,
        "UPDATE access_grant SET next_look = $2 FROM ",
        " WHERE access_grant.ended IS NULL AND access_grant.asset = item.value ->> 0 \
         AND access_grant.looked_as <> item.value ->> 1",
        list(&assets)?,
        AT_ONCE
    )?;
    Ok(())
}

/// The assets on which somebody holds a grant that nobody ended.
pub async fn granted_assets(tx: &mut Tx) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT asset FROM access_grant WHERE ended IS NULL AND asset IS NOT NULL";
    let found = rows!(tx, (String,), sql)?;
    Ok(found.into_iter().map(|(asset,)| asset).collect())
}

/// Every request that waits is looked at now.
pub async fn wake_requests(tx: &mut Tx) -> Result<()> {
    run!(tx, "UPDATE access_request SET next_look = $1 WHERE state = 'requested'", AT_ONCE)?;
    Ok(())
}

/// The requests that wait in one of these domains are looked at now.
pub async fn wake_requests_of_domains(tx: &mut Tx, domains: &[String]) -> Result<()> {
    let rows: Vec<_> = domains.iter().map(|domain| (domain,)).collect();
    run_list!(
        tx,
        "UPDATE access_request SET next_look = $2 FROM ",
        " WHERE access_request.state = 'requested' AND access_request.domain = item.value ->> 0",
        list(&rows)?,
        AT_ONCE
    )?;
    Ok(())
}
