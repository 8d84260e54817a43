//! `/api/v1/mesh`: folders of documents that programs push. A plan says what a push would change; then it is applied.

mod described;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{MethodRouter, post};
use lakeport_model::mesh::{Applied, LONGEST_PUSH, Plan, Push};
use lakeport_portal::beside::PUSHES;
use lakeport_portal::lineage::{Held, Room};
use lakeport_portal::{Error, ServiceAccount, mesh};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Caller, Problem, needs};
use crate::shared::Shared;

pub(super) const PLAN_PATH: &str = "/api/v1/mesh/plan";
pub(super) const APPLY_PATH: &str = "/api/v1/mesh/apply";

/// The largest push taken, in bytes: in JSON a quote or the end of a line takes the room of two, and paths need some.
pub(crate) const LARGEST_PUSH: usize = 2 * LONGEST_PUSH + 1024 * 1024;

/// Room for pushes under way or waiting: each is held in memory until its plan is answered.
static ROOM: Room = Room::new();

pub(super) fn planning() -> MethodRouter<Shared> {
    post(plan).layer(DefaultBodyLimit::max(LARGEST_PUSH))
}

/// Says what a push would change, for whom, and what keeps it from being applied. It changes nothing.
#[utoipa::path(
    post, path = PLAN_PATH, tag = "mesh",
    request_body(content = described::Push, content_type = "application/json", description = "The files of a folder: products (ODPS), contracts (ODCS), dashboards, assets and terms"),
    responses(
        (status = 200, description = "What it would do. It has an id where it can be applied; otherwise it says what is wrong, or that nothing would change", body = described::Plan),
        (status = 400, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        needs::Pushes,
        (status = 413, description = "Larger than 17 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "JSON that is no push, or more than one push takes; the detail says what", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many at the same time, or within an hour; the detail and `Retry-After` say when to send it again", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn plan(
    State(shared): State<Shared>,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Plan>, Problem> {
    let account = caller.pusher()?;
    let body = body?;
    let room = room(&account, body.len())?;
    // In a turn: reading a large one takes a while. It keeps its room while it does, also when nobody waits for it any more.
    let (push, _room) = PUSHES.run((&account).into(), move || (read(&body), room)).await?;
    Ok(Json(mesh::plan(&shared.ctx, &account, push?).await?))
}

/// Room for a push of so many bytes; dropping it gives it back.
fn room(account: &ServiceAccount, bytes: usize) -> Result<Held, Error> {
    let text = "Too many pushes wait at the same time; send this one again in some seconds.";
    ROOM.take(account.into(), bytes).ok_or_else(|| Error::busy(text))
}

fn read(body: &[u8]) -> Result<Push, Problem> {
    let Json(push) = Json::from_bytes(body)?;
    Ok(push)
}

/// Which plan is applied.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Apply {
    /// The id of the plan.
    plan: Uuid,
    /// Why, in a sentence that stands in the history of each document.
    #[serde(default)]
    reason: String,
}

/// Applies a plan of the same token, as a whole or not at all.
#[utoipa::path(
    post, path = APPLY_PATH, tag = "mesh", request_body = Apply,
    responses(
        (status = 200, description = "It was applied", body = described::Applied),
        (status = 400, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        needs::Pushes,
        (status = 404, description = "No such plan of this token: it was applied before, or newer ones took its place", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It would not do any more what the plan says, or the plan is too old: plan again", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Larger than 8 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not declared as JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Something does not fit; the detail says what", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many at the same time, or within an hour; the detail and `Retry-After` say when to send it again", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn apply(
    State(shared): State<Shared>,
    caller: Caller,
    body: Result<Json<Apply>, JsonRejection>,
) -> Result<Json<Applied>, Problem> {
    let account = caller.pusher()?;
    let Json(Apply { plan, reason }) = body?;
    Ok(Json(mesh::apply(&shared.ctx, &account, plan, &reason).await?))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::NaiveDate;
    use lakeport_model::TokenId;
    use lakeport_model::documents::{DiffLine, DocumentKind, LineChange};
    use lakeport_model::mesh::{Meeting, Over, PlannedChange, PlannedRetirement, PushProblem, PushedFile};
    use lakeport_portal::ErrorKind;
    use serde::Serialize;
    use utoipa::OpenApi as _;

    use super::*;

    #[test]
    fn the_pushes_of_one_that_wait_never_fill_the_memory() {
        let account = |number: u128| ServiceAccount {
            id: TokenId(Uuid::from_u128(number)),
            name: String::new(),
            scopes: Vec::new(),
            owner: None,
        };
        let largest = |number| room(&account(number), LARGEST_PUSH);
        let mut held: Vec<Held> = (0..3).map(|_| largest(1).expect("there is room for some")).collect();
        let refused = largest(1).expect_err("another one has to wait");
        assert!(matches!(&refused, Error::Refused(refusal) if refusal.kind == ErrorKind::Busy), "{refused}");
        held.push(largest(2).expect("others have room"));
        held.truncate(2);
        largest(1).expect("room that is given back is free");
    }

    /// The members of a thing as it is written.
    fn written(thing: &impl Serialize) -> BTreeSet<String> {
        let written = serde_json::to_value(thing).expect("it is JSON");
        written.as_object().expect("it has members").keys().cloned().collect()
    }

    #[test]
    fn the_description_never_lacks_a_member_of_what_is_sent_or_answered() {
        let described = serde_json::to_value(super::super::Description::openapi()).expect("it is JSON");
        let line = DiffLine { change: LineChange::Same, old: None, new: None, text: String::new() };
        let kind = DocumentKind::Product;
        let meeting = Meeting {
            kind,
            id: String::new(),
            file: String::new(),
            revision: 1,
            said: String::new(),
            diff: Vec::new(),
            is_cut: false,
        };
        let change = PlannedChange {
            kind,
            id: String::new(),
            file: String::new(),
            added: 0,
            removed: 0,
            diff: Vec::new(),
            is_cut: false,
            effects: Vec::new(),
        };
        let retired =
            PlannedRetirement { kind, id: String::new(), on: NaiveDate::default(), effects: Vec::new() };
        let applied = Applied { created: Vec::new(), changed: Vec::new(), retired: Vec::new(), unchanged: 0 };
        let problem = PushProblem {
            file: String::new(),
            line: 0,
            column: 0,
            field: String::new(),
            message: String::new(),
        };
        let things = [
            ("Push", written(&Push::default())),
            ("PushedFile", written(&PushedFile { path: String::new(), text: String::new() })),
            ("Over", written(&Over { kind, id: String::new(), revision: 1 })),
            ("Plan", written(&Plan::default())),
            ("PlannedChange", written(&change)),
            ("PlannedRetirement", written(&retired)),
            ("PushProblem", written(&problem)),
            ("Meeting", written(&meeting)),
            ("DiffLine", written(&line)),
            ("Applied", written(&applied)),
        ];
        for (name, members) in things {
            let schema = &described["components"]["schemas"][name]["properties"];
            let schema = schema.as_object().unwrap_or_else(|| panic!("{name} is not described"));
            assert_eq!(schema.keys().cloned().collect::<BTreeSet<_>>(), members, "{name}");
        }
    }
}
