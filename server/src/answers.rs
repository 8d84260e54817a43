//! The form of an error: a problem document for programs, JSON for the pages' own calls, and a page for people. Whoever
//! refuses a request before or beside its handler says so here.

use axum::Json;
use axum::extract::Request;
use axum::http::header::{ACCEPT, ALLOW, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::api::Problem;
use crate::auth::page;

/// Who asks at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// Programs.
    Api,
    /// The portal's own pages.
    Call,
    /// People.
    Page,
}

impl Surface {
    /// Who asks at this path.
    pub fn of(path: &str) -> Self {
        if path == "/api" || path.starts_with("/api/") {
            Self::Api
        } else if path.starts_with("/fn/") {
            Self::Call
        } else {
            Self::Page
        }
    }

    /// As a label of metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Call => "call",
            Self::Page => "page",
        }
    }
}

/// True for a browser that shows what it gets.
pub fn wants_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// The form in which the pages' own calls expect an error.
pub fn to_call(status: StatusCode, kind: &str, message: &str, reference: Option<String>) -> Response {
    let body = json!({ "kind": kind, "message": message, "field": null, "reference": reference });
    (status, Json(body)).into_response()
}

/// Gives what the router and its extractors refuse a sentence, in the form of its address; they answer nothing or a line
/// of plain text.
pub async fn complete(request: Request, next: Next) -> Response {
    let surface = match Surface::of(request.uri().path()) {
        // A form that is sent without the script is shown what comes back.
        Surface::Call if wants_html(request.headers()) => Surface::Page,
        surface => surface,
    };
    let response = next.run(request).await;
    let allow = response.headers().get(ALLOW).cloned();
    let Some((title, sentence)) = sentence(response.status()) else { return response };
    // The calls' own errors are complete; only what never reached them is not.
    let is_unread =
        matches!(response.status(), StatusCode::METHOD_NOT_ALLOWED | StatusCode::PAYLOAD_TOO_LARGE);
    if is_complete(response.headers()) || (surface == Surface::Call && !is_unread) {
        return response;
    }
    let mut said = say(surface, response.status(), title, sentence);
    if let Some(allow) = allow {
        said.headers_mut().insert(ALLOW, allow);
    }
    said
}

fn say(surface: Surface, status: StatusCode, title: &str, sentence: &str) -> Response {
    match surface {
        Surface::Api => Problem::new(status, sentence).into_response(),
        Surface::Call => to_call(status, "malformed", sentence, None),
        Surface::Page => page::notice(status, title, sentence, Some(("Back to the start", "/"))),
    }
}

fn is_complete(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    text(CONTENT_TYPE).is_some_and(|kind| !kind.starts_with("text/plain"))
}

/// Title and sentence for what is refused without a handler.
fn sentence(status: StatusCode) -> Option<(&'static str, &'static str)> {
    Some(match status {
        // The router adds that header when the layers are done.
        StatusCode::METHOD_NOT_ALLOWED => (
            "Not asked in this way",
            "This address does not take the method of this call. The answer's header Allow names those it takes.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "That is too long",
            "What was sent is longer than this address takes. Shorten it and send it again.",
        ),
        StatusCode::BAD_REQUEST => (
            "That could not be read",
            "The address, or what was sent to it, could not be read or was cut off. Check both and send it again.",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("That could not be read", "This address takes forms only. Send what you want as a form.")
        }
        StatusCode::UNPROCESSABLE_ENTITY => (
            "Something does not fit",
            "A field of the form is missing, stands twice or has a value that cannot be read. Open the page and send \
             its form again.",
        ),
        _ => return None,
    })
}
