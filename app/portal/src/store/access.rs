//! Requests; approvals, grants with their delivery, and usage beside them.

mod approvals;
mod deliveries;
mod grants;
mod looks;
mod usage;

use std::fmt::Display;

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::access::RequestState;
use lakeport_model::catalog::Classification;
use lakeport_model::{GrantId, PersonId, RequestId};
use sqlx::FromRow;
use uuid::Uuid;

pub use approvals::*;
pub use deliveries::*;
pub use grants::*;
pub use looks::*;
pub use usage::*;

use super::stored::{Day, Moment, OptionalId, Text, Word};
use super::{Tx, row, rows, run};
use crate::policy::rules::{DataChanged, PublicData};
use crate::policy::{Authorized, DecideRequest, Leave, RequestAccess, WithdrawRequest};
use crate::{Error, Result};

/// A stored request.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(
    missing_docs,
    reason = "the columns of the table, described in the migration and in `model::access`"
)]
pub struct Request {
    #[sqlx(try_from = "Uuid")]
    pub id: RequestId,
    pub port: String,
    pub product: String,
    pub domain: String,
    pub asset: Option<String>,
    #[sqlx(try_from = "Text")]
    pub classification: Word<Classification>,
    #[sqlx(try_from = "Uuid")]
    pub requester: PersonId,
    pub purpose: String,
    #[sqlx(try_from = "Day")]
    pub ends_on: NaiveDate,
    #[sqlx(try_from = "Day")]
    pub asked_until: Option<NaiveDate>,
    pub contract: Option<String>,
    pub contract_version: Option<String>,
    #[sqlx(try_from = "String")]
    pub state: RequestState,
    pub revision: i64,
    #[sqlx(try_from = "OptionalId")]
    pub follows: Option<GrantId>,
    #[sqlx(try_from = "Moment")]
    pub requested_at: DateTime<Utc>,
    #[sqlx(try_from = "Moment")]
    pub decided_at: Option<DateTime<Utc>>,
    #[sqlx(try_from = "OptionalId")]
    pub decided_by: Option<PersonId>,
    pub comment: Option<String>,
    pub rule: Option<String>,
    #[sqlx(try_from = "Moment")]
    pub waits_since: DateTime<Utc>,
}

/// Adds a request; false where one of the same person for the same port waits already.
pub async fn insert_request(
    tx: &mut Tx,
    _proof: &Authorized<RequestAccess>,
    request: &Request,
) -> Result<bool> {
    let added = run!(
        tx,
        "INSERT INTO access_request (id, port, product, domain, asset, classification, requester, purpose, ends_on, \
         contract, contract_version, state, revision, follows, requested_at, decided_at, rule, asked_until, waits_since) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
         ON CONFLICT (requester, port) WHERE state = 'requested' DO NOTHING",
        request.id.0,
        &request.port,
        &request.product,
        &request.domain,
        &request.asset,
        request.classification.to_string(),
        request.requester.0,
        &request.purpose,
        request.ends_on,
        &request.contract,
        &request.contract_version,
        request.state.as_str(),
        request.revision,
        request.follows.map(|grant| grant.0),
        request.requested_at,
        request.decided_at,
        &request.rule,
        request.asked_until,
        request.waits_since
    )?;
    Ok(added == 1)
}

/// A request by id.
pub async fn request(tx: &mut Tx, id: RequestId) -> Result<Option<Request>> {
    Ok(row!(tx, Request, "SELECT * FROM access_request WHERE id = $1", id.0)?)
}

/// A request by id, while it waits.
pub async fn waiting_request(tx: &mut Tx, id: RequestId) -> Result<Option<Request>> {
    Ok(row!(tx, Request, "SELECT * FROM access_request WHERE id = $1 AND state = 'requested'", id.0)?)
}

/// The requests of a person, newest first.
pub async fn requests_of(tx: &mut Tx, person: PersonId) -> Result<Vec<Request>> {
    Ok(rows!(tx, Request, "SELECT * FROM access_request WHERE requester = $1 ORDER BY id DESC", person.0)?)
}

/// All requests that wait, oldest first.
pub async fn open_requests(tx: &mut Tx) -> Result<Vec<Request>> {
    Ok(rows!(tx, Request, "SELECT * FROM access_request WHERE state = 'requested' ORDER BY id")?)
}

/// What requests and grants are about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Assets that they open.
    pub assets: Vec<String>,
    /// Products that they are for.
    pub products: Vec<String>,
    /// Domains that answer for them.
    pub domains: Vec<String>,
}

/// The rows of a query that are about one of the things that an [`About`] names.
macro_rules! rows_about {
    ($tx:expr, $row:ty, $before:literal, $about:expr, $after:literal) => {{
        let (assets, products) = (listed(&$about.assets)?, listed(&$about.products)?);
        let domains = listed(&$about.domains)?;
        match $tx {
            Tx::Sqlite(..) => rows!(
                $tx,
                $row,
                concat!(
                    $before,
                    " AND (asset IN (SELECT value FROM json_each($1)) OR product IN (SELECT value FROM json_each($2)) \
                     OR domain IN (SELECT value FROM json_each($3)))",
                    $after
                ),
                assets,
                products,
                domains
            ),
            Tx::Postgres(..) => rows!(
                $tx,
                $row,
                concat!(
                    $before,
                    " AND (asset = ANY (ARRAY(SELECT json_array_elements_text(CAST($1 AS JSON)))) \
                     OR product = ANY (ARRAY(SELECT json_array_elements_text(CAST($2 AS JSON)))) \
                     OR domain = ANY (ARRAY(SELECT json_array_elements_text(CAST($3 AS JSON)))))",
                    $after
                ),
                assets,
                products,
                domains
            ),
        }
    }};
}

use rows_about;

/// The requests about one of these things that wait, oldest first.
pub async fn open_requests_about(tx: &mut Tx, about: &About) -> Result<Vec<Request>> {
    let mut found =
        rows_about!(tx, Request, "SELECT * FROM access_request WHERE state = 'requested'", about, "")?;
    // Ordered here: a database that was asked to would walk through all there ever were.
    found.sort_by_key(|request: &Request| request.id);
    Ok(found)
}

/// The requests that wait in one of these domains, oldest first.
pub async fn open_requests_in(tx: &mut Tx, domains: &[String]) -> Result<Vec<Request>> {
    let domains = listed(domains)?;
    Ok(match tx {
        Tx::Sqlite(..) => rows!(
            tx,
            Request,
            "SELECT * FROM access_request WHERE state = 'requested' \
             AND domain IN (SELECT value FROM json_each($1)) ORDER BY id",
            domains
        )?,
        Tx::Postgres(..) => rows!(
            tx,
            Request,
            "SELECT * FROM access_request WHERE state = 'requested' \
             AND domain IN (SELECT json_array_elements_text(CAST($1 AS JSON))) ORDER BY id",
            domains
        )?,
    })
}

/// Texts as one value that both databases take apart.
fn listed(texts: &[String]) -> Result<String> {
    serde_json::to_string(texts).map_err(Error::fault)
}

/// The waiting requests of a person.
pub async fn open_requests_of(tx: &mut Tx, person: PersonId) -> Result<Vec<Request>> {
    Ok(rows!(
        tx,
        Request,
        "SELECT * FROM access_request WHERE requester = $1 AND state = 'requested' ORDER BY id",
        person.0
    )?)
}

/// The waiting request of a person for a port.
pub async fn open_request(tx: &mut Tx, person: PersonId, port: &str) -> Result<Option<Request>> {
    Ok(row!(
        tx,
        Request,
        "SELECT * FROM access_request WHERE requester = $1 AND port = $2 AND state = 'requested'",
        person.0,
        port
    )?)
}

/// When a person sent requests since then, whatever became of them.
pub async fn requested_since(
    tx: &mut Tx,
    person: PersonId,
    since: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>> {
    let found = rows!(
        tx,
        (Moment,),
        "SELECT requested_at FROM access_request WHERE requester = $1 AND requested_at > $2",
        person.0,
        since
    )?;
    Ok(found.into_iter().map(|(at,)| at.into()).collect())
}

/// Decides a request that still waits in the revision the decider saw; exactly one row must be hit.
pub async fn decide(
    tx: &mut Tx,
    proof: &Authorized<DecideRequest>,
    request: &Request,
    state: RequestState,
    at: DateTime<Utc>,
    comment: &str,
) -> Result<()> {
    close(tx, proof, request, state, at, comment).await
}

/// Takes a request back for whoever sent it, while it still waits.
pub async fn withdraw(
    tx: &mut Tx,
    proof: &Authorized<WithdrawRequest>,
    request: &Request,
    at: DateTime<Utc>,
) -> Result<()> {
    close(tx, proof, request, RequestState::Withdrawn, at, "").await
}

async fn close<A>(
    tx: &mut Tx,
    proof: &Authorized<A>,
    request: &Request,
    state: RequestState,
    at: DateTime<Utc>,
    comment: &str,
) -> Result<()> {
    let hit = run!(
        tx,
        "UPDATE access_request SET state = $3, decided_at = $4, decided_by = $5, comment = $6, rule = $7, \
         ends_on = $8, classification = $9, revision = revision + 1 \
         WHERE id = $1 AND state = 'requested' AND revision = $2",
        request.id.0,
        request.revision,
        state.as_str(),
        at,
        proof.viewer().map(|person| person.0),
        comment,
        proof.rule(),
        request.ends_on,
        request.classification.to_string()
    )?;
    one(hit)?;
    settle(tx, "request", request.id).await
}

/// What was said about a request or a grant is settled: somebody acted on it.
async fn settle(tx: &mut Tx, kind: &str, id: impl Display) -> Result<()> {
    super::notify::settle(tx, &format!("{kind} {id}"), None).await
}

/// Begins the decision of a waiting request again, in another domain and a new revision.
pub async fn begin_again(
    tx: &mut Tx,
    _proof: &Authorized<DataChanged>,
    request: RequestId,
    domain: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    run!(tx, "DELETE FROM approval WHERE request = $1", request.0)?;
    run!(
        tx,
        "UPDATE access_request SET domain = $2, waits_since = $3, revision = revision + 1, next_look = $4 \
         WHERE id = $1 AND state = 'requested'",
        request.0,
        domain,
        at,
        looks::AT_ONCE
    )?;
    settle(tx, "request", request).await
}

/// Notes an approval that is not the last one needed; the request waits on as it was approved, in a new revision.
pub async fn advance(
    tx: &mut Tx,
    _proof: &Authorized<DecideRequest>,
    request: &Request,
    at: DateTime<Utc>,
) -> Result<()> {
    let hit = run!(
        tx,
        "UPDATE access_request SET ends_on = $3, classification = $4, waits_since = $5, revision = revision + 1, next_look = $6 \
         WHERE id = $1 AND state = 'requested' AND revision = $2",
        request.id.0,
        request.revision,
        request.ends_on,
        request.classification.to_string(),
        at,
        looks::AT_ONCE
    )?;
    one(hit)?;
    settle(tx, "request", request.id).await
}

fn one(hit: u64) -> Result<()> {
    if hit == 1 {
        Ok(())
    } else {
        Err(Error::conflict(
            "Somebody decided this request a moment ago; nothing was changed. Open it again to see.",
        ))
    }
}

/// When requests to a domain that people decided since then were sent and decided, newest first.
pub async fn decided_since(
    tx: &mut Tx,
    domain: &str,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(DateTime<Utc>, DateTime<Utc>)>> {
    let found = rows!(
        tx,
        (Moment, Moment),
        "SELECT requested_at, decided_at FROM access_request WHERE domain = $1 AND decided_at > $2 \
         AND decided_by IS NOT NULL AND state IN ('approved', 'rejected') ORDER BY decided_at DESC LIMIT $3",
        domain,
        since,
        limit
    )?;
    let moment = Option::<DateTime<Utc>>::from;
    Ok(found.into_iter().filter_map(|(sent, decided)| moment(sent).zip(moment(decided))).collect())
}

/// Approves a request that no rule wants decided.
pub async fn approve_without_decider(
    tx: &mut Tx,
    proof: &Authorized<PublicData>,
    id: RequestId,
    at: DateTime<Utc>,
) -> Result<()> {
    let hit = run!(
        tx,
        "UPDATE access_request SET state = 'approved', decided_at = $2, rule = $3, revision = revision + 1 \
         WHERE id = $1 AND state = 'requested'",
        id.0,
        at,
        proof.rule()
    )?;
    one(hit)
}

/// Takes a waiting request back because whoever asked is no longer here.
pub async fn withdraw_left(
    tx: &mut Tx,
    proof: &Authorized<Leave>,
    id: RequestId,
    at: DateTime<Utc>,
    why: &str,
) -> Result<()> {
    let hit = run!(
        tx,
        "UPDATE access_request SET state = 'withdrawn', decided_at = $2, rule = $3, comment = $4, \
         revision = revision + 1 WHERE id = $1 AND state = 'requested'",
        id.0,
        at,
        proof.rule(),
        why
    )?;
    one(hit)?;
    settle(tx, "request", id).await
}
