//! `/api/v1/access-requests`

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::access::{NewRequest, RequestLine};
use lakeport_model::{PortId, Scope, readable};
use lakeport_portal::{Call, access};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Caller, Problem, needs};
use crate::shared::Shared;

pub(super) const PATH: &str = "/api/v1/access-requests";

/// The caller's requests.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Requests {
    /// Requests, newest first.
    requests: Vec<RequestBody>,
}

/// A request for access.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RequestBody {
    /// Its id.
    id: Uuid,
    /// Product and port by name.
    title: String,
    /// Id of the product.
    product: String,
    /// What for.
    purpose: String,
    /// `requested`, `approved`, `rejected` or `withdrawn`.
    state: String,
    /// When it was sent; empty where that cannot be read.
    requested_at: Option<DateTime<Utc>>,
    /// Last day asked for; empty where that cannot be read.
    asked_until: Option<NaiveDate>,
    /// Last day: the one asked for, or an earlier one that an approver or the policy set; empty where it cannot be read.
    ends_on: Option<NaiveDate>,
    /// With whom it is, by name.
    with: Vec<String>,
    /// Who decided, and why, in words.
    decision: Option<String>,
}

/// What is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ask {
    /// The output port: `PRODUCT/PORT`.
    port: String,
    /// What for.
    purpose: String,
    /// Last day asked for.
    ends_on: NaiveDate,
    /// The contract version whose terms are accepted; required where the port has a contract.
    contract_version: Option<String>,
}

/// A request was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Asked {
    /// The request's id.
    id: Uuid,
    /// What to know about what was asked for, in sentences: that no table is there yet, or not any more.
    notice: Option<String>,
}

/// Lists the caller's own requests.
#[utoipa::path(
    get, path = PATH, tag = "access",
    responses(
        (status = 200, description = "The requests", body = Requests),
        needs::AccessRead,
    )
)]
pub(super) async fn list(State(shared): State<Shared>, caller: Caller) -> Result<Json<Requests>, Problem> {
    let call = caller.reader(&shared.ctx, Scope::AccessRead).await?;
    let lines = access::my_requests(&call).await?;
    Ok(Json(Requests { requests: lines.into_iter().map(body).collect() }))
}

/// Asks for access to an output port.
#[utoipa::path(
    post, path = PATH, tag = "access", request_body = Ask,
    responses(
        (status = 201, description = "The request was sent", body = Asked),
        (status = 400, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        needs::AccessWrite,
        (status = 404, description = "No such port, or not to be seen", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "A request for this port waits already", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not declared as JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Something does not fit; the detail says what", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn ask(
    State(shared): State<Shared>,
    caller: Caller,
    body: Result<Json<Ask>, JsonRejection>,
) -> Result<(StatusCode, Json<Asked>), Problem> {
    let account = caller.author(Scope::AccessWrite)?;
    let Json(ask) = body?;
    let new = NewRequest {
        port: PortId(ask.port),
        purpose: ask.purpose,
        ends_on: ask.ends_on,
        contract_version: ask.contract_version,
    };
    let call = Call::by(&shared.ctx, &account).await?;
    let port = new.port.clone();
    let id = access::request(&call, new).await?;
    let notice = access::no_table(&call, &port).await;
    Ok((StatusCode::CREATED, Json(Asked { id: id.0, notice })))
}

fn body(line: RequestLine) -> RequestBody {
    RequestBody {
        id: line.id.0,
        title: line.title,
        product: line.product.to_string(),
        purpose: line.purpose,
        state: line.state.to_string(),
        requested_at: readable(line.requested_at),
        asked_until: readable(line.asked_until),
        ends_on: readable(line.ends_on),
        with: line.with,
        decision: line.decision,
    }
}

#[cfg(test)]
mod tests {
    use lakeport_model::access::RequestState;
    use lakeport_model::catalog::Classification;
    use lakeport_model::people::PersonRef;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_that_cannot_be_read_is_never_answered_as_one_of_1970() {
        let line = RequestLine {
            id: "0192d7a0-0000-7000-8000-000000000001".parse().expect("an id"),
            title: "Collections".to_owned(),
            product: "collections".into(),
            port: "collections/cases".into(),
            is_offered: true,
            product_is_unread: false,
            requester: PersonRef {
                id: "0192d7a0-0000-7000-8000-000000000002".parse().expect("an id"),
                name: "Paula Brandt".to_owned(),
            },
            purpose: "Compare suppliers".to_owned(),
            state: RequestState::Requested,
            classification: Classification::Internal,
            faulty: None,
            requested_at: DateTime::default(),
            waiting_days: None,
            escalated: false,
            administrators_told: false,
            asked_until: "2027-05-23".parse().expect("a day"),
            ends_on: NaiveDate::default(),
            with: Vec::new(),
            renews: false,
            approvals: Vec::new(),
            decision: None,
            grant: None,
            asks_again: false,
        };
        let answered = serde_json::to_value(body(line)).expect("it is JSON");
        assert_eq!(
            (&answered["requested_at"], &answered["asked_until"], &answered["ends_on"]),
            (&json!(null), &json!("2027-05-23"), &json!(null))
        );
    }
}
