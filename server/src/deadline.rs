//! The longest time of one request, its body included. What it was doing is dropped with it.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::answers::{Surface, to_call};
use crate::api::Problem;
use crate::auth::page;
use crate::shared::Shared;

const SENTENCE: &str = "This took too long, so the portal stopped it. A change may or may not have been made: look before \
                        you send it again, or ask for less at once.";

/// Ends a request that takes longer than the configuration allows.
pub async fn hold(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let longest = Duration::from_secs(shared.config.request_seconds.into());
    match tokio::time::timeout(longest, next.run(request)).await {
        Ok(response) => response,
        Err(_) => too_late(&path),
    }
}

fn too_late(path: &str) -> Response {
    let status = StatusCode::GATEWAY_TIMEOUT;
    match Surface::of(path) {
        Surface::Api => Problem::new(status, SENTENCE).into_response(),
        Surface::Call => to_call(status, "busy", SENTENCE, None),
        Surface::Page => {
            page::notice(status, "This took too long", SENTENCE, Some(("Back to the start", "/")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_surface_says_that_time_ran_out() {
        for (path, kind) in [
            ("/api/v1/search", "application/problem+json"),
            ("/fn/search", "application/json"),
            ("/catalog", "text/html"),
        ] {
            let response = too_late(path);
            assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT, "{path}");
            let found = response.headers()["content-type"].to_str().expect("a type");
            assert!(found.starts_with(kind), "{path}: {found}");
        }
    }
}
