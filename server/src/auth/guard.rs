//! Deny by default: everybody is refused who is not signed in, carries no token, and asks for nothing on the short
//! list of what strangers may see.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use lakeport_portal::{Call, people};
use tower_sessions::Session;
use url::form_urlencoded;

use super::{page, session};
use crate::answers::{Surface, to_call, wants_html};
use crate::api::Problem;
use crate::shared::Shared;

/// Single addresses open to strangers.
const OPEN: &[&str] = &["/livez", "/readyz", "/metrics", "/signed-out", "/favicon.svg", "/robots.txt"];
/// Folders of addresses open to strangers.
const OPEN_BELOW: &[&str] = &["/auth/", "/demo-issuer/", "/pkg/", "/fonts/"];

/// True for what somebody may ask for who is not signed in.
pub fn stranger_may(path: &str) -> bool {
    OPEN.contains(&path) || OPEN_BELOW.iter().any(|folder| path.starts_with(folder))
}

/// Finds out who calls. Signed-in people travel on as a `Call`, tokens as a `ServiceAccount`, both in the request's
/// extensions; everybody else is refused here.
pub async fn authenticate(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    if stranger_may(request.uri().path()) {
        return next.run(request).await;
    }
    let is_api = Surface::of(request.uri().path()) == Surface::Api;
    if is_api && request.headers().contains_key(AUTHORIZATION) {
        let Some(token) = bearer(request.headers()) else { return stranger(&request) };
        let found = if sends_events(&request) {
            people::authenticate_sender(&shared.ctx, token).await
        } else {
            people::authenticate(&shared.ctx, token).await
        };
        return match found {
            Ok(Some(account)) => {
                request.extensions_mut().insert(account);
                next.run(request).await
            }
            Ok(None) => stranger(&request),
            Err(error) => Problem::from(error).into_response(),
        };
    }
    let session = request.extensions().get::<Session>().cloned();
    let person = match &session {
        Some(session) => session::person(session).await,
        None => None,
    };
    let Some(person) = person else { return stranger(&request) };
    match Call::of(&shared.ctx, person).await {
        Ok(Some(call)) => {
            request.extensions_mut().insert(Arc::new(call));
            next.run(request).await
        }
        Ok(None) => stranger(&request),
        Err(error) => broken(&request, error),
    }
}

/// True for lineage events.
fn sends_events(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path().starts_with("/api/v1/lineage")
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Strangers are counted, not written to the audit one by one.
fn stranger(request: &Request) -> Response {
    let surface = Surface::of(request.uri().path());
    metrics::counter!("lakeport_strangers_refused_total", "surface" => surface.name()).increment(1);
    match surface {
        Surface::Api => Problem::unauthorized().into_response(),
        Surface::Page if request.method() == Method::GET || request.method() == Method::HEAD => {
            Redirect::to(&sign_in_address(request.uri())).into_response()
        }
        _ if wants_html(request.headers()) => page::notice(
            StatusCode::UNAUTHORIZED,
            "You are not signed in",
            "Your session has ended, so nothing was changed. Sign in, go back, and send the form again.",
            Some(("Sign in", "/auth/sign-in")),
        ),
        _ => to_call(
            StatusCode::UNAUTHORIZED,
            "forbidden",
            "Nobody is signed in. Sign in and try again.",
            None,
        ),
    }
}

fn broken(request: &Request, error: lakeport_portal::Error) -> Response {
    let reference = match &error {
        lakeport_portal::Error::Fault(fault) => Some(fault.id.to_string()),
        lakeport_portal::Error::Refused(_) => None,
    };
    match Surface::of(request.uri().path()) {
        Surface::Api => Problem::from(error).into_response(),
        Surface::Page => page::notice(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong",
            &error.to_string(),
            Some(("Try again", "/")),
        ),
        Surface::Call => to_call(StatusCode::INTERNAL_SERVER_ERROR, "fault", &error.to_string(), reference),
    }
}

/// Sign-in, and afterwards back to this page.
fn sign_in_address(uri: &Uri) -> String {
    let page = uri.path_and_query().map_or("/", |page| page.as_str());
    if page == "/" {
        return "/auth/sign-in".to_owned();
    }
    let next = form_urlencoded::byte_serialize(page.as_bytes()).collect::<String>();
    format!("/auth/sign-in?next={next}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_for_strangers_has_no_back_door() {
        assert!(stranger_may("/pkg/lakeport.css"));
        for closed in [
            "/",
            "/pkg",
            "/auth",
            "/livez/",
            "/metrics2",
            "/fn/search",
            "/api/v1/search",
            "/authx/",
            "//livez",
        ] {
            assert!(!stranger_may(closed), "{closed}");
        }
    }
}
