//! What an operator watches: requests, metrics, and whether the portal is alive and ready.

use std::any::Any;
use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use lakeport_portal::{Clock as _, Error, SystemClock, new_id};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing::Instrument as _;

use crate::auth::page;
use crate::shared::Shared;

/// Upper bounds of the buckets of times, in seconds: close together where a search and a page should end.
const SECONDS: &[f64] = &[
    0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.0125, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15,
    0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// Characters of a path that are logged.
const LONGEST_LOGGED_PATH: usize = 200;

/// The recorder of metrics of this process.
fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER
        .get_or_init(|| {
            let built =
                PrometheusBuilder::new().set_buckets(SECONDS).and_then(PrometheusBuilder::install_recorder);
            built.inspect_err(|error| tracing::error!(%error, "metrics are not recorded")).ok()
        })
        .as_ref()
}

/// Begins to record metrics, and keeps their memory small.
pub fn record_metrics() {
    if let Some(recorder) = recorder() {
        tokio::spawn(async {
            loop {
                tokio::time::sleep(Duration::from_secs(10)).await;
                recorder.run_upkeep();
            }
        });
    }
}

/// Gives every request an id, a log line and a measurement. Neither queries nor bodies nor cookies are logged.
///
/// # Panics
/// Never: an id is a UUID, which is a header.
pub async fn request(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let id = new_id(SystemClock.now()).to_string();
    let method = method_label(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let path = shortened(request.uri().path());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let client = peer.map(|peer| client(peer, request.headers(), &shared.config.trusted_proxies).to_string());
    // At this level, so that whatever is logged of a request names it, however little is logged.
    let span = tracing::error_span!("request", id, method, path, client);
    let value = HeaderValue::try_from(&id).expect("a UUID is ASCII");
    let name = HeaderName::from_static("x-request-id");
    // Whoever is called on behalf of this request gets our id, not one that a caller made up.
    request.headers_mut().insert(name.clone(), value.clone());
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    let seconds = began.elapsed().as_secs_f64();
    response.headers_mut().insert(name, value);
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.as_u16().to_string())];
    metrics::counter!("lakeport_http_requests_total", &labels).increment(1);
    metrics::histogram!("lakeport_http_request_seconds", &labels[1..2]).record(seconds);
    let _entered = span.enter();
    let milliseconds = seconds * 1_000.0;
    // Not to be ready yet is an answer, and no error.
    if status.is_server_error() && path != "/readyz" {
        tracing::error!(status = status.as_u16(), milliseconds, "answered");
    } else if path.starts_with("/pkg/")
        || path.starts_with("/fonts/")
        || path == "/livez"
        || path == "/metrics"
    {
        tracing::debug!(status = status.as_u16(), milliseconds, "answered");
    } else {
        tracing::info!(status = status.as_u16(), milliseconds, "answered");
    }
    response
}

/// The method as a label of metrics and logs. Anybody can make methods up, and a label's value is kept for ever.
fn method_label(method: &Method) -> &'static str {
    const KNOWN: [Method; 9] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
        Method::CONNECT,
        Method::TRACE,
    ];
    const NAMES: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];
    KNOWN.iter().position(|known| known == method).map_or("other", |at| NAMES[at])
}

/// A path as it goes into the log: strangers choose it, so it is cut.
fn shortened(path: &str) -> String {
    path.chars().take(LONGEST_LOGGED_PATH).collect()
}

/// Who called: the last address before our own proxies. What stands further left in the header, anybody can write.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let mut client = peer;
    let lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    for hop in hops.iter().rev() {
        let Some(before) = hop.parse().ok().filter(|_| trusted.contains(&client)) else { break };
        client = before;
    }
    client
}

/// The answer when a handler panicked.
pub fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("a panic without a text");
    let fault = Error::fault(format_args!("panic: {text}"));
    page::notice(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong",
        &fault.to_string(),
        Some(("Back to the start", "/")),
    )
}

/// `GET /livez`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers too, and the catalog was read from it: no page can be answered before.
pub async fn ready(State(shared): State<Shared>) -> Response {
    match shared.ctx.db.ping().await {
        Ok(()) if shared.ctx.snapshots.newest().is_none() => {
            (StatusCode::SERVICE_UNAVAILABLE, "the catalog is being read\n").into_response()
        }
        // The pages still answer: another process could do no better.
        Ok(()) => readiness(shared.ctx.snapshots.failing_since()).into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}

/// That pages answer, and as of when where the catalog cannot be renewed since.
fn readiness(failing_since: Option<DateTime<Utc>>) -> String {
    match failing_since {
        None => "ok\n".to_owned(),
        Some(since) => {
            let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
            format!("ok, but the catalog is as of {since}: it cannot be renewed, and the log says why\n")
        }
    }
}

/// `GET /metrics`, for callers on this machine unless the configuration opens it.
pub async fn metrics(State(shared): State<Shared>, headers: HeaderMap, request: Request) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    // A proxy on this machine makes every caller look local; it says so in a header.
    let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    let local = peer.is_some_and(|peer| peer.ip().is_loopback()) && !forwarded;
    if !local && !shared.config.metrics_public {
        let text = "Metrics are for this machine only; the setting metrics_public opens them.\n";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    recorder().map_or_else(
        || (StatusCode::SERVICE_UNAVAILABLE, "metrics are not recorded\n").into_response(),
        |recorder| recorder.render().into_response(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalog_that_cannot_be_renewed_never_looks_fresh() {
        assert_eq!(readiness(None), "ok\n");
        let said = readiness(Some(DateTime::UNIX_EPOCH));
        assert!(said.starts_with("ok, but the catalog is as of 1970-01-01T00:00:00Z: "), "{said}");
    }

    #[test]
    fn a_made_up_method_is_never_a_label() {
        assert_eq!(method_label(&Method::PATCH), "PATCH");
        let made_up = Method::from_bytes("A".repeat(60_000).as_bytes()).expect("a method");
        assert_eq!(method_label(&made_up), "other");
        assert_eq!(shortened(&"/x".repeat(1_000)).len(), LONGEST_LOGGED_PATH);
    }

    #[test]
    fn only_our_own_proxies_are_believed() {
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        let trusted = [address("10.0.0.1"), address("10.0.0.2")];
        let seen = |peer: &str, header: &'static str| {
            let headers = HeaderMap::from_iter([(
                HeaderName::from_static("x-forwarded-for"),
                HeaderValue::from_static(header),
            )]);
            client(address(peer), &headers, &trusted).to_string()
        };
        assert_eq!(seen("10.0.0.1", "203.0.113.9"), "203.0.113.9");
        assert_eq!(
            seen("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2"),
            "203.0.113.9",
            "the left part is made up"
        );
        assert_eq!(seen("203.0.113.5", "198.51.100.1"), "203.0.113.5", "no proxy of ours");
        assert_eq!(seen("10.0.0.1", "nonsense"), "10.0.0.1");
    }
}
