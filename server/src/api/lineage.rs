//! `/api/v1/lineage`: takes OpenLineage events, and answers graphs in the shape that Marquez answers them in.

use std::io::Read;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::header::CONTENT_ENCODING;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{MethodRouter, get, post};
use chrono::{DateTime, Utc};
use flate2::read::GzDecoder;
use lakeport_model::Scope;
use lakeport_portal::beside::EVENTS;
use lakeport_portal::{Actor, Error, ErrorKind, lineage};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::caller::actor;
use super::problem::within;
use super::{Caller, Problem, needs};
use crate::shared::Shared;

pub(super) const PATH: &str = "/api/v1/lineage";
pub(super) const BATCH_PATH: &str = "/api/v1/lineage/batch";

/// The largest event taken, in bytes.
const LARGEST_EVENT: usize = 4 * 1024 * 1024;

/// What tells a text as UTF-8 at its beginning.
const MARK: char = '\u{feff}';

/// Which part of the graph is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(super) struct Wanted {
    /// `dataset:NAMESPACE:NAME`.
    #[param(pattern = "^dataset:.+:.+$")]
    node_id: String,
    /// Hops from there, 0 to 20; 20 when left out.
    #[param(value_type = Option<u8>, maximum = 20)]
    depth: Option<i64>,
}

/// The members of an OpenLineage event that matter most; whatever else the standard knows may stand beside them.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes the body, which the model of the standard reads")]
pub(super) struct LineageEvent {
    /// When it happened.
    event_time: DateTime<Utc>,
    /// Who sent it, as an address.
    producer: Option<String>,
    /// The version of the standard it follows, as an address.
    #[schema(rename = "schemaURL")]
    schema_url: Option<String>,
    /// The run; an event about a job as such has none.
    #[schema(nullable = false)]
    run: Option<Run>,
    /// The job.
    job: Job,
}

/// A run.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes the body, which the model of the standard reads")]
struct Run {
    /// Its id.
    #[schema(format = "uuid")]
    run_id: String,
}

/// A job.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the body, which the model of the standard reads")]
struct Job {
    /// Where its name is unique.
    #[schema(
        pattern = "^[^\\s\\x00-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ue000-\\uf8ff\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\uffff\u{e0000}-\u{10ffff}][^\\x00-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ue000-\\uf8ff\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\uffff\u{e0000}-\u{10ffff}]*$"
    )]
    namespace: String,
    /// Its name.
    #[schema(
        pattern = "^[^\\s\\x00-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ue000-\\uf8ff\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\uffff\u{e0000}-\u{10ffff}][^\\x00-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ue000-\\uf8ff\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\uffff\u{e0000}-\u{10ffff}]*$"
    )]
    name: String,
}

/// Most events of a batch.
const MOST_EVENTS: usize = 1_000;

pub(super) fn batch() -> MethodRouter<Shared> {
    post(receive_batch).layer(DefaultBodyLimit::max(LARGEST_EVENT))
}

pub(super) fn both() -> MethodRouter<Shared> {
    get(graph).post(receive).layer(DefaultBodyLimit::max(LARGEST_EVENT))
}

/// What became of an event that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Taken {
    /// What its sender could do better: facets that were left out, a time without zone.
    advice: Vec<String>,
}

/// Takes an OpenLineage run event.
#[utoipa::path(
    post, path = PATH, tag = "lineage",
    request_body(content = LineageEvent, content_type = "application/json", description = "An OpenLineage event, version 2-0-2; plain or with `Content-Encoding: gzip`"),
    responses(
        (status = 201, description = "Taken", body = Taken),
        (status = 400, description = "The body is not gzip, not UTF-8 text or not JSON", body = Problem, content_type = "application/problem+json"),
        needs::LineageWrite,
        (status = 413, description = "Larger than 4 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Encoded in another way than gzip", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "JSON that is no OpenLineage event; the detail says in which fields, of at most 50 problems", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many at the same time, or too much that is new within an hour; the detail and `Retry-After` say when to send it again", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn receive(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Taken>), Problem> {
    let sender = actor(caller.author(Scope::LineageWrite)?);
    let text = text(&sender, &headers, body?).await?;
    let advice = lineage::ingest(&shared.ctx, &sender, &text).await?;
    Ok((StatusCode::CREATED, Json(Taken { advice })))
}

/// What became of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BatchAnswer {
    /// `success`, `partial_success` when some events were refused, `error` when all were.
    status: &'static str,
    /// Counts.
    summary: BatchSummary,
    /// The events that were not kept.
    failed_events: Vec<FailedEvent>,
}

/// Counts of a batch.
#[derive(Debug, Default, Serialize, ToSchema)]
struct BatchSummary {
    /// Events in the batch.
    received: u32,
    /// Events kept, and those that had been kept before.
    successful: u32,
    /// Events not kept.
    failed: u32,
    /// Those of them that may be sent again as they are.
    retriable: u32,
    /// Those of them that have to be changed first.
    non_retriable: u32,
}

/// An event that was not kept.
#[derive(Debug, Serialize, ToSchema)]
struct FailedEvent {
    /// Its place in the batch, from 0.
    index: u32,
    /// What is wrong, and where.
    reason: String,
    /// True when it may be sent again as it is.
    retriable: bool,
}

/// Takes many OpenLineage events: the good ones are kept, each by itself, and the others are named.
#[utoipa::path(
    post, path = BATCH_PATH, tag = "lineage",
    request_body(content = Vec<Value>, content_type = "application/json", description = "OpenLineage events, version 2-0-2; the answer names those that are none. Plain or with `Content-Encoding: gzip`"),
    responses(
        (status = 200, description = "What became of each", body = BatchAnswer),
        (status = 400, description = "The body is not gzip, not UTF-8 text or not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "JSON that is no list, or more events than one call takes", body = Problem, content_type = "application/problem+json"),
        needs::LineageWrite,
        (status = 413, description = "Larger than 4 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Encoded in another way than gzip", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many at the same time: of this caller or of all; again in some seconds. What is too much within an hour is told of each event", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn receive_batch(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<BatchAnswer>, Problem> {
    let sender = actor(caller.author(Scope::LineageWrite)?);
    let (body, is_packed) = (body?, is_packed(&headers)?);
    let room = lineage::room(&sender, body.len())?;
    // In one turn: of what waits for one, nothing is unpacked.
    let list = move || {
        let _room = room;
        listed(&plain(is_packed, body)?)
    };
    let events = EVENTS.run((&sender).into(), list).await??;
    if events.len() > MOST_EVENTS {
        let detail = format!("The batch holds {} events; {MOST_EVENTS} are allowed.", events.len());
        return Err(Problem::invalid(detail));
    }
    let (mut summary, mut failed_events) = (BatchSummary::default(), Vec::new());
    let answers = lineage::ingest_all(&shared.ctx, &sender, events).await;
    for (index, answer) in (0u32..).zip(answers) {
        summary.received += 1;
        match answer {
            Ok(_) => summary.successful += 1,
            Err(error) => {
                let retriable = match &error {
                    Error::Fault(_) => true,
                    Error::Refused(refusal) => refusal.kind == ErrorKind::Busy,
                };
                summary.failed += 1;
                *(if retriable { &mut summary.retriable } else { &mut summary.non_retriable }) += 1;
                failed_events.push(FailedEvent { index, reason: error.to_string(), retriable });
            }
        }
    }
    let status = match (summary.successful, summary.failed) {
        (_, 0) => "success",
        (0, _) => "error",
        _ => "partial_success",
    };
    Ok(Json(BatchAnswer { status, summary, failed_events }))
}

/// The events of a batch, each as text.
fn listed(text: &str) -> Result<Vec<String>, Problem> {
    match serde_json::from_str(text) {
        Ok(Value::Array(events)) => Ok(events.iter().map(Value::to_string).collect()),
        Ok(_) => Err(Problem::invalid("The batch is not a list of events.")),
        Err(error) => Err(Problem::unreadable(format!("The batch is not JSON: {error}."))),
    }
}

/// The body as text, unpacked in a turn where it is packed.
async fn text(sender: &Actor, headers: &HeaderMap, body: Bytes) -> Result<String, Problem> {
    if !is_packed(headers)? {
        return plain(false, body);
    }
    let room = lineage::room(sender, body.len())?;
    let unpack = move || {
        let _room = room;
        plain(true, body)
    };
    EVENTS.run(sender.into(), unpack).await?
}

/// Whether the body is packed.
fn is_packed(headers: &HeaderMap) -> Result<bool, Problem> {
    let encoding =
        headers.get(CONTENT_ENCODING).map_or("", |encoding| encoding.to_str().unwrap_or("unreadable"));
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(false),
        "gzip" => Ok(true),
        other => {
            let detail = format!("Bodies are read plain or with gzip, not with \"{other}\".");
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail))
        }
    }
}

/// The body as text, unpacked where it is packed. What it may become is bounded as what is sent plainly is.
fn plain(is_packed: bool, body: Bytes) -> Result<String, Problem> {
    let body = if is_packed {
        let mut plain = Vec::new();
        let largest = u64::try_from(LARGEST_EVENT).unwrap_or(u64::MAX);
        let unpacked = GzDecoder::new(body.as_ref()).take(largest + 1).read_to_end(&mut plain);
        unpacked.map_err(|error| Problem::unreadable(format!("The body is not gzip: {error}.")))?;
        plain
    } else {
        Vec::from(body)
    };
    if body.len() > LARGEST_EVENT {
        let detail = format!("The body is larger than {LARGEST_EVENT} bytes when it is unpacked.");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    let mut text = String::from_utf8(body).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        Problem::unreadable(format!("The event is not UTF-8 text from byte {place} on."))
    })?;
    // Some programs begin every text with the mark of its encoding, which JSON does not know.
    if text.starts_with(MARK) {
        text = text.split_off(MARK.len_utf8());
    }
    Ok(text)
}

/// Answers the graph around a dataset.
#[utoipa::path(
    get, path = PATH, tag = "lineage", params(Wanted),
    responses(
        (status = 200, description = "`graph`: a list of nodes with `id`, `type`, `data`, `inEdges` and `outEdges`; at most 5,000 datasets each way, the nearest ones", body = Object),
        (status = 400, description = "A parameter cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter does not fit", body = Problem, content_type = "application/problem+json"),
        needs::LineageRead,
        (status = 404, description = "No such node, or not to be seen", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many calls of this caller wait already; again in some seconds", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "It is there, and what describes it cannot be read: asking again changes nothing. Or a fault, with its reference", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn graph(
    State(shared): State<Shared>,
    caller: Caller,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let call = caller.reader(&shared.ctx, Scope::LineageRead).await?;
    let Query(wanted) = wanted?;
    let depth = within("depth", wanted.depth.unwrap_or(20), 0..=20)?;
    Ok(Json(lineage::marquez(&call, &wanted.node_id, depth).await?))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    async fn read(encoding: &'static str, body: Vec<u8>) -> Result<String, Problem> {
        let mut headers = HeaderMap::new();
        if !encoding.is_empty() {
            headers.insert(CONTENT_ENCODING, axum::http::HeaderValue::from_static(encoding));
        }
        text(&Actor::System("test"), &headers, body.into()).await
    }

    fn packed(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).expect("memory is written to");
        encoder.finish().expect("memory is written to")
    }

    #[tokio::test]
    async fn a_packed_body_is_read_and_a_bomb_is_not() {
        assert_eq!(read("gzip", packed(b"{}")).await.expect("it is read"), "{}");
        assert_eq!(read("", b"{}".to_vec()).await.expect("it is read"), "{}");
        assert_eq!(read("", "\u{feff}{}".into()).await.expect("its mark is no part of it"), "{}");
        let bomb = read("gzip", packed(&vec![b' '; 64 * LARGEST_EVENT])).await;
        let status = |answer: Result<String, Problem>| {
            axum::response::IntoResponse::into_response(answer.expect_err("it is refused")).status()
        };
        assert_eq!(status(bomb), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(status(read("br", b"{}".to_vec()).await), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(status(read("gzip", b"{}".to_vec()).await), StatusCode::BAD_REQUEST);
        assert_eq!(status(read("", vec![0xff]).await), StatusCode::BAD_REQUEST);
        let held =
            lineage::room(&Actor::System("test"), 64 * 1024 * 1024 - 1).expect("half of the room is free");
        assert_eq!(status(read("gzip", packed(b"{}")).await), StatusCode::TOO_MANY_REQUESTS);
        drop(held);
        assert_eq!(read("gzip", packed(b"{}")).await.expect("there is room again"), "{}");
    }
}
