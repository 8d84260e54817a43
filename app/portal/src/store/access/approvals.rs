//! Approvals of requests.

use chrono::{DateTime, Utc};
use lakeport_model::{PersonId, RequestId};
use sqlx::FromRow;
use uuid::Uuid;

use super::listed;
use crate::Result;
use crate::policy::{Authorized, DecideRequest};
use crate::store::stored::Moment;
use crate::store::{Tx, rows, run};

/// A stored approval.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Approval {
    /// Who approved.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// In which role, in words.
    pub role: String,
    /// When.
    #[sqlx(try_from = "Moment")]
    pub at: DateTime<Utc>,
    /// With which comment.
    pub comment: String,
}

/// Adds an approval.
pub async fn add_approval(
    tx: &mut Tx,
    proof: &Authorized<DecideRequest>,
    request: RequestId,
    role: &str,
    at: DateTime<Utc>,
    comment: &str,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO approval (request, person, role, at, comment) VALUES ($1, $2, $3, $4, $5)",
        request.0,
        proof.viewer().map(|person| person.0),
        role,
        at,
        comment
    )?;
    Ok(())
}

/// Approvals of a request, in order.
pub async fn approvals(tx: &mut Tx, request: RequestId) -> Result<Vec<Approval>> {
    Ok(rows!(
        tx,
        Approval,
        "SELECT person, role, at, comment FROM approval WHERE request = $1 ORDER BY at",
        request.0
    )?)
}

#[derive(FromRow)]
struct RequestApproval {
    #[sqlx(try_from = "Uuid")]
    request: RequestId,
    #[sqlx(flatten)]
    approval: Approval,
}

/// Approvals of the requests that a person sent, with the request, in order.
pub async fn approvals_for(tx: &mut Tx, requester: PersonId) -> Result<Vec<(RequestId, Approval)>> {
    let found = rows!(
        tx,
        RequestApproval,
        "SELECT approval.request, approval.person, approval.role, approval.at, approval.comment FROM approval \
         JOIN access_request ON access_request.id = approval.request WHERE access_request.requester = $1 \
         ORDER BY approval.at",
        requester.0
    )?;
    Ok(found.into_iter().map(|row| (row.request, row.approval)).collect())
}

/// Approvals so far of the requests that wait in these domains, with the request, in order.
pub async fn approvals_in(tx: &mut Tx, domains: &[String]) -> Result<Vec<(RequestId, Approval)>> {
    let domains = listed(domains)?;
    let found = match tx {
        Tx::Sqlite(..) => rows!(
            tx,
            RequestApproval,
            "SELECT approval.request, approval.person, approval.role, approval.at, approval.comment FROM approval \
             JOIN access_request ON access_request.id = approval.request WHERE access_request.state = 'requested' \
             AND access_request.domain IN (SELECT value FROM json_each($1)) ORDER BY approval.at",
            domains
        )?,
        Tx::Postgres(..) => rows!(
            tx,
            RequestApproval,
            "SELECT approval.request, approval.person, approval.role, approval.at, approval.comment FROM approval \
             JOIN access_request ON access_request.id = approval.request WHERE access_request.state = 'requested' \
             AND access_request.domain IN (SELECT json_array_elements_text(CAST($1 AS JSON))) ORDER BY approval.at",
            domains
        )?,
    };
    Ok(found.into_iter().map(|row| (row.request, row.approval)).collect())
}
