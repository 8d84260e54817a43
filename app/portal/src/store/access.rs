//! Requests, approvals, grants, usage.

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::access::{self, GrantEnd, GrantStanding, HeldOn, RequestState, ReviewState};
use lakeport_model::catalog::Classification;
use lakeport_model::sharing::Provisioning;
use sqlx::FromRow;
use uuid::Uuid;

use super::{Tx, row, rows, run};
use crate::policy::Authorized;
use crate::{Error, Result};

/// A stored request.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(
    missing_docs,
    reason = "the columns of the table, described in the migration and in `model::access`"
)]
pub struct Request {
    pub id: Uuid,
    pub port: String,
    pub product: String,
    pub domain: String,
    pub asset: Option<String>,
    pub classification: String,
    pub requester: Uuid,
    pub purpose: String,
    pub ends_on: NaiveDate,
    pub asked_until: Option<NaiveDate>,
    pub contract: Option<String>,
    pub contract_version: Option<String>,
    pub state: String,
    pub revision: i64,
    pub follows: Option<Uuid>,
    pub requested_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<Uuid>,
    pub comment: Option<String>,
    pub rule: Option<String>,
    pub waits_since: DateTime<Utc>,
}

impl Request {
    /// The state as a value.
    pub fn state(&self) -> Result<RequestState> {
        self.state.parse().map_err(Error::fault)
    }

    /// The classification as a value.
    pub fn classification(&self) -> Result<Classification> {
        self.classification.parse().map_err(Error::fault)
    }
}

/// A stored grant.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(
    missing_docs,
    reason = "the columns of the table, described in the migration and in `model::access`"
)]
pub struct Grant {
    pub id: Uuid,
    pub request: Uuid,
    pub port: String,
    pub product: String,
    pub domain: String,
    pub asset: Option<String>,
    pub classification: String,
    pub consumer: Uuid,
    pub purpose: String,
    pub starts_at: DateTime<Utc>,
    pub ends_on: NaiveDate,
    pub ended: Option<String>,
    pub ended_at: Option<DateTime<Utc>>,
    pub ended_by: Option<String>,
    pub end_reason: Option<String>,
    pub ended_rule: Option<String>,
    pub cycle: i64,
    pub next_review: Option<NaiveDate>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub provisioning: String,
    pub provisioning_attempts: i64,
    pub provision_after: DateTime<Utc>,
    pub provisioning_note: Option<String>,
    pub revision: i64,
}

impl Grant {
    /// Whether the grant holds. An end nobody knows counts as withdrawn: it never opens anything.
    pub fn standing(&self, now: DateTime<Utc>) -> GrantStanding {
        let ended = self.ended.as_deref().map(|end| end.parse().unwrap_or(GrantEnd::Revoked));
        access::standing(self.starts_at, self.ends_on, ended, now)
    }

    /// Whether its review waits.
    pub fn review(&self, now: DateTime<Utc>) -> ReviewState {
        match self.next_review {
            Some(due) if self.standing(now) == GrantStanding::Active => {
                ReviewState::on(now.date_naive(), due)
            }
            _ => ReviewState::Ok,
        }
    }

    /// The id of the person who withdrew it, as text; `None` where nobody did, or a rule.
    pub fn withdrawn_by(&self) -> Option<&str> {
        let by =
            self.ended_by.as_deref().filter(|_| self.ended.as_deref() == Some(GrantEnd::Revoked.as_str()));
        by?.strip_prefix("person ")
    }

    /// Delivery as a value.
    pub fn provisioning(&self) -> Result<Provisioning> {
        self.provisioning.parse().map_err(Error::fault)
    }

    /// The classification as a value.
    pub fn classification(&self) -> Result<Classification> {
        self.classification.parse().map_err(Error::fault)
    }
}

/// A stored approval.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Approval {
    /// Who approved.
    pub person: Uuid,
    /// In which role.
    pub role: String,
    /// When.
    pub at: DateTime<Utc>,
    /// With which comment.
    pub comment: String,
}

/// Adds a request; false where one of the same person for the same port waits already.
pub async fn insert_request(tx: &mut Tx, request: &Request) -> Result<bool> {
    let added = run!(
        tx,
        "INSERT INTO access_request (id, port, product, domain, asset, classification, requester, purpose, ends_on, \
         contract, contract_version, state, revision, follows, requested_at, decided_at, rule, asked_until, waits_since) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
         ON CONFLICT (requester, port) WHERE state = 'requested' DO NOTHING",
        request.id,
        &request.port,
        &request.product,
        &request.domain,
        &request.asset,
        &request.classification,
        request.requester,
        &request.purpose,
        request.ends_on,
        &request.contract,
        &request.contract_version,
        &request.state,
        request.revision,
        request.follows,
        request.requested_at,
        request.decided_at,
        &request.rule,
        request.asked_until,
        request.waits_since
    )?;
    Ok(added == 1)
}

/// A request by id.
pub async fn request(tx: &mut Tx, id: Uuid) -> Result<Option<Request>> {
    Ok(row!(tx, Request, "SELECT * FROM access_request WHERE id = $1", id)?)
}

/// A request by id, while it waits.
pub async fn waiting_request(tx: &mut Tx, id: Uuid) -> Result<Option<Request>> {
    Ok(row!(tx, Request, "SELECT * FROM access_request WHERE id = $1 AND state = 'requested'", id)?)
}

/// The requests of a person, newest first.
pub async fn requests_of(tx: &mut Tx, person: Uuid) -> Result<Vec<Request>> {
    Ok(rows!(tx, Request, "SELECT * FROM access_request WHERE requester = $1 ORDER BY id DESC", person)?)
}

/// All requests that wait, oldest first.
pub async fn open_requests(tx: &mut Tx) -> Result<Vec<Request>> {
    Ok(rows!(tx, Request, "SELECT * FROM access_request WHERE state = 'requested' ORDER BY id")?)
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
pub async fn open_requests_of(tx: &mut Tx, person: Uuid) -> Result<Vec<Request>> {
    Ok(rows!(
        tx,
        Request,
        "SELECT * FROM access_request WHERE requester = $1 AND state = 'requested' ORDER BY id",
        person
    )?)
}

/// The waiting request of a person for a port.
pub async fn open_request(tx: &mut Tx, person: Uuid, port: &str) -> Result<Option<Request>> {
    Ok(row!(
        tx,
        Request,
        "SELECT * FROM access_request WHERE requester = $1 AND port = $2 AND state = 'requested'",
        person,
        port
    )?)
}

/// How many requests a person sent since then, whatever became of them.
pub async fn requested_since(tx: &mut Tx, person: Uuid, since: DateTime<Utc>) -> Result<i64> {
    let found = row!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM access_request WHERE requester = $1 AND requested_at > $2",
        person,
        since
    )?;
    Ok(found.map_or(0, |(count,)| count))
}

/// Decides a request that still waits in the revision the decider saw; exactly one row must be hit.
pub async fn decide(
    tx: &mut Tx,
    proof: &Authorized,
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
        request.id,
        request.revision,
        state.as_str(),
        at,
        proof.viewer().0,
        comment,
        proof.rule(),
        request.ends_on,
        &request.classification
    )?;
    one(hit)?;
    settle(tx, "request", request.id).await
}

/// What was said about a request or a grant is settled: somebody acted on it.
async fn settle(tx: &mut Tx, kind: &str, id: Uuid) -> Result<()> {
    super::notify::settle(tx, &format!("{kind} {id}"), None).await
}

/// Begins the decision of a waiting request again, in another domain and a new revision.
pub async fn begin_again(tx: &mut Tx, request: Uuid, domain: &str, at: DateTime<Utc>) -> Result<()> {
    run!(tx, "DELETE FROM approval WHERE request = $1", request)?;
    run!(
        tx,
        "UPDATE access_request SET domain = $2, waits_since = $3, revision = revision + 1 \
         WHERE id = $1 AND state = 'requested'",
        request,
        domain,
        at
    )?;
    settle(tx, "request", request).await
}

/// Notes an approval that is not the last one needed; the request waits on as it was approved, in a new revision.
pub async fn advance(tx: &mut Tx, _proof: &Authorized, request: &Request, at: DateTime<Utc>) -> Result<()> {
    let hit = run!(
        tx,
        "UPDATE access_request SET ends_on = $3, classification = $4, waits_since = $5, revision = revision + 1 \
         WHERE id = $1 AND state = 'requested' AND revision = $2",
        request.id,
        request.revision,
        request.ends_on,
        &request.classification,
        at
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

/// Adds an approval.
pub async fn add_approval(
    tx: &mut Tx,
    proof: &Authorized,
    request: Uuid,
    role: &str,
    at: DateTime<Utc>,
    comment: &str,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO approval (request, person, role, at, comment) VALUES ($1, $2, $3, $4, $5)",
        request,
        proof.viewer().0,
        role,
        at,
        comment
    )?;
    Ok(())
}

/// Approvals of a request, in order.
pub async fn approvals(tx: &mut Tx, request: Uuid) -> Result<Vec<Approval>> {
    Ok(rows!(
        tx,
        Approval,
        "SELECT person, role, at, comment FROM approval WHERE request = $1 ORDER BY at",
        request
    )?)
}

#[derive(FromRow)]
struct RequestApproval {
    request: Uuid,
    #[sqlx(flatten)]
    approval: Approval,
}

/// Approvals of the requests that a person sent, with the request, in order.
pub async fn approvals_for(tx: &mut Tx, requester: Uuid) -> Result<Vec<(Uuid, Approval)>> {
    let found = rows!(
        tx,
        RequestApproval,
        "SELECT approval.request, approval.person, approval.role, approval.at, approval.comment FROM approval \
         JOIN access_request ON access_request.id = approval.request WHERE access_request.requester = $1 \
         ORDER BY approval.at",
        requester
    )?;
    Ok(found.into_iter().map(|row| (row.request, row.approval)).collect())
}

/// When requests to a domain that people decided since then were sent and decided, newest first.
pub async fn decided_since(
    tx: &mut Tx,
    domain: &str,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(DateTime<Utc>, DateTime<Utc>)>> {
    Ok(rows!(
        tx,
        (DateTime<Utc>, DateTime<Utc>),
        "SELECT requested_at, decided_at FROM access_request WHERE domain = $1 AND decided_at > $2 \
         AND decided_by IS NOT NULL AND state IN ('approved', 'rejected') ORDER BY decided_at DESC LIMIT $3",
        domain,
        since,
        limit
    )?)
}

/// Adds a grant.
pub async fn insert_grant(tx: &mut Tx, grant: &Grant) -> Result<()> {
    run!(
        tx,
        "INSERT INTO access_grant (id, request, port, product, domain, asset, classification, consumer, purpose, \
         starts_at, ends_on, cycle, next_review, provisioning, provisioning_attempts, provision_after, revision) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        grant.id,
        grant.request,
        &grant.port,
        &grant.product,
        &grant.domain,
        &grant.asset,
        &grant.classification,
        grant.consumer,
        &grant.purpose,
        grant.starts_at,
        grant.ends_on,
        grant.cycle,
        grant.next_review,
        &grant.provisioning,
        grant.provisioning_attempts,
        grant.provision_after,
        grant.revision
    )?;
    Ok(())
}

/// A grant by id.
pub async fn grant(tx: &mut Tx, id: Uuid) -> Result<Option<Grant>> {
    Ok(row!(tx, Grant, "SELECT * FROM access_grant WHERE id = $1", id)?)
}

/// The grants of a person, newest first, ended ones included.
pub async fn grants_of(tx: &mut Tx, person: Uuid) -> Result<Vec<Grant>> {
    Ok(rows!(tx, Grant, "SELECT * FROM access_grant WHERE consumer = $1 ORDER BY id DESC", person)?)
}

/// Grants that nobody ended; some may have expired.
pub async fn open_grants(tx: &mut Tx) -> Result<Vec<Grant>> {
    Ok(rows!(tx, Grant, "SELECT * FROM access_grant WHERE ended IS NULL ORDER BY next_review, id")?)
}

/// Grants in one of these domains that nobody ended and whose review comes by that day.
pub async fn reviews_in(tx: &mut Tx, domains: &[String], by: NaiveDate) -> Result<Vec<Grant>> {
    let domains = listed(domains)?;
    Ok(match tx {
        Tx::Sqlite(..) => rows!(
            tx,
            Grant,
            "SELECT * FROM access_grant WHERE ended IS NULL AND next_review <= $2 \
             AND domain IN (SELECT value FROM json_each($1)) ORDER BY next_review, id",
            domains,
            by
        )?,
        Tx::Postgres(..) => rows!(
            tx,
            Grant,
            "SELECT * FROM access_grant WHERE ended IS NULL AND next_review <= $2 \
             AND domain IN (SELECT json_array_elements_text(CAST($1 AS JSON))) ORDER BY next_review, id",
            domains,
            by
        )?,
    })
}

/// Grants on a product or an asset that hold on this day, newest first, from below the id `before`.
pub async fn live_grants(
    tx: &mut Tx,
    on: &HeldOn,
    today: NaiveDate,
    before: Uuid,
    limit: i64,
) -> Result<Vec<Grant>> {
    Ok(match on {
        HeldOn::Product(product) => rows!(
            tx,
            Grant,
            "SELECT * FROM access_grant WHERE product = $1 AND ended IS NULL AND ends_on >= $2 AND id < $3 \
             ORDER BY id DESC LIMIT $4",
            product.as_str(),
            today,
            before,
            limit
        )?,
        HeldOn::Asset(asset) => rows!(
            tx,
            Grant,
            "SELECT * FROM access_grant WHERE asset = $1 AND ended IS NULL AND ends_on >= $2 AND id < $3 \
             ORDER BY id DESC LIMIT $4",
            asset.as_str(),
            today,
            before,
            limit
        )?,
    })
}

/// Grants whose delivery is behind their standing and may be tried at `now`.
pub async fn undelivered(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Grant>> {
    Ok(rows!(
        tx,
        Grant,
        "SELECT * FROM access_grant WHERE provisioning IN ('pending', 'failed', 'deprovisioning') \
         AND provision_after <= $1 ORDER BY provision_after LIMIT 100",
        now
    )?)
}

/// Writes where the delivery of a grant stands.
pub async fn set_provisioning(
    tx: &mut Tx,
    id: Uuid,
    state: Provisioning,
    attempts: i64,
    after: DateTime<Utc>,
    note: Option<&str>,
) -> Result<()> {
    run!(
        tx,
        "UPDATE access_grant SET provisioning = $2, provisioning_attempts = $3, provision_after = $4, \
         provisioning_note = $5 WHERE id = $1",
        id,
        state.as_str(),
        attempts,
        after,
        note
    )?;
    Ok(())
}

/// Ends a grant that holds, in the revision the decider saw; its delivery is taken back.
pub async fn end_grant(
    tx: &mut Tx,
    grant: &Grant,
    end: GrantEnd,
    by: &str,
    rule: &str,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    let hit = run!(
        tx,
        "UPDATE access_grant SET ended = $3, ended_at = $4, ended_by = $5, end_reason = $6, ended_rule = $7, \
         provisioning = 'deprovisioning', provisioning_attempts = 0, provision_after = $4, revision = revision + 1 \
         WHERE id = $1 AND ended IS NULL AND revision = $2",
        grant.id,
        grant.revision,
        end.as_str(),
        at,
        by,
        reason,
        rule
    )?;
    one_grant(hit)?;
    settle(tx, "grant", grant.id).await
}

/// Notes that the consumer still needs the grant.
pub async fn confirm(tx: &mut Tx, grant: &Grant, at: DateTime<Utc>) -> Result<()> {
    let hit = run!(
        tx,
        "UPDATE access_grant SET confirmed_at = $3, revision = revision + 1 WHERE id = $1 AND revision = $2",
        grant.id,
        grant.revision,
        at
    )?;
    one_grant(hit)?;
    super::notify::settle(tx, &format!("grant {}", grant.id), Some(grant.consumer)).await
}

/// Begins the next cycle of a grant, under its classification; the last one where no review follows.
pub async fn next_cycle(tx: &mut Tx, grant: &Grant, next_review: Option<NaiveDate>) -> Result<()> {
    let hit = run!(
        tx,
        "UPDATE access_grant SET cycle = cycle + 1, next_review = $3, classification = $4, domain = $5, \
         confirmed_at = NULL, revision = revision + 1 WHERE id = $1 AND ended IS NULL AND revision = $2",
        grant.id,
        grant.revision,
        next_review,
        &grant.classification,
        &grant.domain
    )?;
    one_grant(hit)?;
    settle(tx, "grant", grant.id).await
}

fn one_grant(hit: u64) -> Result<()> {
    if hit == 1 {
        Ok(())
    } else {
        Err(Error::conflict(
            "Somebody changed this grant a moment ago; nothing was changed. Load the page again.",
        ))
    }
}

/// Notes that a person read an asset.
pub async fn note_use(tx: &mut Tx, person: Uuid, asset: &str, at: DateTime<Utc>) -> Result<()> {
    run!(
        tx,
        "INSERT INTO usage (person, asset, day, reads, last_at) VALUES ($1, $2, $3, 1, $4) \
         ON CONFLICT (person, asset, day) DO UPDATE SET reads = usage.reads + 1, last_at = excluded.last_at",
        person,
        asset,
        at.date_naive(),
        at
    )?;
    Ok(())
}

/// What a person read, newest first, with the last time.
pub async fn last_read(tx: &mut Tx, person: Uuid, most: i64) -> Result<Vec<(String, DateTime<Utc>)>> {
    let read = rows!(
        tx,
        (String, DateTime<Utc>),
        "SELECT asset, max(last_at) AS at FROM usage WHERE person = $1 GROUP BY asset \
         ORDER BY at DESC, asset LIMIT $2",
        person,
        most
    )?;
    Ok(read)
}

/// Number of reads since a day, and the last one.
pub async fn usage(
    tx: &mut Tx,
    person: Uuid,
    asset: &str,
    since: NaiveDate,
) -> Result<(i64, Option<DateTime<Utc>>)> {
    let days = rows!(
        tx,
        (NaiveDate, i64, DateTime<Utc>),
        "SELECT day, reads, last_at FROM usage WHERE person = $1 AND asset = $2",
        person,
        asset
    )?;
    let reads = days.iter().filter(|(day, ..)| *day >= since).map(|(_, reads, _)| reads).sum();
    Ok((reads, days.iter().map(|(.., last)| *last).max()))
}

/// When a person last read an asset.
pub async fn last_use(tx: &mut Tx, person: Uuid, asset: &str) -> Result<Option<DateTime<Utc>>> {
    let found = row!(
        tx,
        (DateTime<Utc>,),
        "SELECT last_at FROM usage WHERE person = $1 AND asset = $2 ORDER BY day DESC LIMIT 1",
        person,
        asset
    )?;
    Ok(found.map(|(at,)| at))
}

/// Approves a request that no rule wants decided.
pub async fn approve_without_decider(tx: &mut Tx, id: Uuid, at: DateTime<Utc>, rule: &str) -> Result<()> {
    let hit = run!(
        tx,
        "UPDATE access_request SET state = 'approved', decided_at = $2, rule = $3, revision = revision + 1 \
         WHERE id = $1 AND state = 'requested'",
        id,
        at,
        rule
    )?;
    one(hit)
}

/// Takes a waiting request back because whoever asked is no longer here.
pub async fn withdraw_left(tx: &mut Tx, id: Uuid, at: DateTime<Utc>, rule: &str, why: &str) -> Result<()> {
    let hit = run!(
        tx,
        "UPDATE access_request SET state = 'withdrawn', decided_at = $2, rule = $3, comment = $4, \
         revision = revision + 1 WHERE id = $1 AND state = 'requested'",
        id,
        at,
        rule,
        why
    )?;
    one(hit)?;
    settle(tx, "request", id).await
}
