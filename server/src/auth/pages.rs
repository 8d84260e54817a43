//! Signing in and out, as the browser walks through it.

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header::{HOST, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use lakeport_app::is_own_path;
use lakeport_portal::people::sessions::{self, SignOut};
use lakeport_portal::{Error, ErrorKind, people};
use serde::Deserialize;
use tower_sessions::Session;
use url::Url;

use super::oidc::SignInError;
use super::pending::Pending;
use super::{admit, page, session};
use crate::shared::Shared;

/// Where "start again" leads.
const AGAIN: Option<(&str, &str)> = Some(("Sign in again", "/auth/sign-in"));

/// `?next=PATH`
#[derive(Debug, Deserialize)]
pub struct SignIn {
    next: Option<String>,
}

/// What the issuer sends people back with.
#[derive(Debug, Deserialize)]
pub struct Answer {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

/// A path of this portal, or its home page: nothing else is ever gone to after a sign-in.
pub fn local_path(next: Option<&str>) -> String {
    let local = next.filter(|next| is_own_path(next) && !next.starts_with("/auth/"));
    local.unwrap_or("/").to_owned()
}

/// `GET /auth/sign-in`: off to the issuer.
pub async fn sign_in(
    State(shared): State<Shared>,
    Query(query): Query<SignIn>,
    headers: HeaderMap,
) -> Response {
    let next = local_path(query.next.as_deref());
    // Cookies belong to one name of this machine; the sign-in has to happen under the one the issuer knows.
    if let Some(elsewhere) = other_name(&shared, &headers, &next) {
        return Redirect::to(&elsewhere).into_response();
    }
    match shared.auth.provider.begin(next).await {
        Ok((url, pending)) => {
            let headers = [pending.keep(&shared.auth), (LOCATION, redirect(url.as_str()))];
            (StatusCode::SEE_OTHER, axum::response::AppendHeaders(headers)).into_response()
        }
        Err(error) => refuse(&shared, &error),
    }
}

/// The same page under the portal's own name, when it was asked for under another.
fn other_name(shared: &Shared, headers: &HeaderMap, next: &str) -> Option<String> {
    let asked = headers.get(HOST)?.to_str().ok()?;
    let mut address = Url::parse(&shared.auth.address).ok()?;
    let own = match address.port() {
        Some(port) => format!("{}:{port}", address.host_str()?),
        None => address.host_str()?.to_owned(),
    };
    if asked == own || !crate::config::is_loopback(&address) {
        return None;
    }
    address.set_path("/auth/sign-in");
    address.query_pairs_mut().append_pair("next", next);
    Some(address.into())
}

/// `GET /auth/callback`: back from the issuer.
pub async fn callback(
    State(shared): State<Shared>,
    Extension(session): Extension<Session>,
    Query(answer): Query<Answer>,
    headers: HeaderMap,
) -> Response {
    let finished = finish(&shared, &session, answer, &headers).await;
    let mut response = match finished {
        Ok(next) => Redirect::to(&next).into_response(),
        Err(response) => *response,
    };
    let (name, value) = Pending::forget(&shared.auth);
    response.headers_mut().append(name, value);
    response
}

async fn finish(
    shared: &Shared,
    session: &Session,
    answer: Answer,
    headers: &HeaderMap,
) -> Result<String, Box<Response>> {
    let pending = Pending::read(&shared.auth, headers)
        .filter(|pending| answer.state.as_deref() == Some(pending.state.as_str()))
        .ok_or_else(|| {
            page::notice(
                StatusCode::BAD_REQUEST,
                "This sign-in cannot be finished",
                "It was begun in another window or more than ten minutes ago, or the browser does not keep cookies.",
                AGAIN,
            )
        })?;
    if let Some(error) = answer.error {
        tracing::info!(error, "the issuer did not sign somebody in");
        let text = "The sign-in service did not sign you in. You may have cancelled, or your account is not allowed.";
        return Err(page::notice(StatusCode::FORBIDDEN, "You are not signed in", text, AGAIN).into());
    }
    let code = answer.code.unwrap_or_default();
    let identity =
        shared.auth.provider.finish(&pending, code).await.map_err(|error| refuse(shared, &error))?;
    let person = admit(shared, &identity)
        .await
        .map_err(|error| page::notice(status(&error), "You are not signed in", &error.to_string(), AGAIN))?;
    session::begin(session, person).await.map_err(|error| {
        tracing::error!(%error, "a session could not be begun");
        page::notice(
            StatusCode::INTERNAL_SERVER_ERROR,
            "You are not signed in",
            "The session could not be written. Try again in a moment.",
            AGAIN,
        )
    })?;
    Ok(local_path(Some(&pending.next)))
}

/// What becomes of a person's sign-in that the portal did not take. Where it had no time or was at fault, nobody was refused.
fn status(error: &Error) -> StatusCode {
    match error {
        Error::Refused(refusal) if refusal.kind == ErrorKind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Error::Refused(_) => StatusCode::FORBIDDEN,
        Error::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn refuse(shared: &Shared, error: &SignInError) -> Response {
    match error {
        SignInError::Unreachable(reason) => {
            tracing::warn!(issuer = shared.auth.provider.issuer(), reason, "sign-in is not available");
            page::notice(
                StatusCode::SERVICE_UNAVAILABLE,
                "Sign-in is not available right now",
                "The service that says who you are does not answer. People who are signed in can go on working. \
                 Try again in a few minutes, and tell an administrator if it stays like this.",
                Some(("Try again", "/auth/sign-in")),
            )
        }
        SignInError::Unproven(reason) => {
            tracing::warn!(reason, "a sign-in was not proven");
            page::notice(
                StatusCode::FORBIDDEN,
                "You are not signed in",
                "What the sign-in service sent does not prove who you are; the sign-in may have been used before.",
                AGAIN,
            )
        }
    }
}

/// `POST /auth/sign-out`
pub async fn sign_out(State(shared): State<Shared>, Extension(session): Extension<Session>) -> Response {
    leave(&shared, &session, SignOut::Here).await
}

/// `POST /auth/sign-out-everywhere`: ends the sessions on all devices.
pub async fn sign_out_everywhere(
    State(shared): State<Shared>,
    Extension(session): Extension<Session>,
) -> Response {
    leave(&shared, &session, SignOut::Everywhere).await
}

/// Records that somebody who is known signs out, and ends the session.
async fn leave(shared: &Shared, session: &Session, from: SignOut) -> Response {
    let recorded = async {
        let Some(person) = session::person(session).await else { return Ok(()) };
        match people::viewer(&shared.ctx, person).await? {
            Some(viewer) => sessions::sign_out(&shared.ctx, &viewer, from).await,
            None => Ok(()),
        }
    };
    if let Err(error) = recorded.await {
        return page::notice(
            StatusCode::INTERNAL_SERVER_ERROR,
            "You are still signed in",
            &error.to_string(),
            Some(("Back to your account", "/account")),
        );
    }
    end(session).await
}

async fn end(session: &Session) -> Response {
    match session.flush().await {
        Ok(()) => Redirect::to("/signed-out").into_response(),
        Err(error) => {
            tracing::error!(%error, "a session could not be ended");
            page::notice(
                StatusCode::INTERNAL_SERVER_ERROR,
                "You are still signed in",
                "The session could not be ended. Try again in a moment, or close the browser.",
                Some(("Back to your account", "/account")),
            )
        }
    }
}

/// `GET /signed-out`
pub async fn signed_out() -> Response {
    page::notice(
        StatusCode::OK,
        "You are signed out",
        "On a shared computer, sign out of your sign-in service too.",
        Some(("Sign in", "/auth/sign-in")),
    )
}

fn redirect(url: &str) -> axum::http::HeaderValue {
    axum::http::HeaderValue::try_from(url).expect("a parsed address is ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_path_of_the_portal_is_gone_to() {
        assert_eq!(local_path(Some("/products/sales?tab=terms&x=%2F")), "/products/sales?tab=terms&x=%2F");
        for outside in [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "/a\r\nset-cookie: x",
            "/auth/sign-in?next=/auth/sign-in",
            "",
        ] {
            assert_eq!(local_path(Some(outside)), "/", "{outside:?}");
        }
        assert_eq!(local_path(Some(&format!("/{}", "a".repeat(5_000)))), "/");
        assert_eq!(local_path(None), "/");
    }

    #[test]
    fn no_way_back_ever_reads_as_another_site() {
        let base = Url::parse("https://portal.example/account").expect("an address");
        let steps = [
            "",
            ".",
            "..",
            "%2e%2e",
            ".%2E",
            "x",
            "evil.example",
            "\\",
            "\t",
            "\u{e4}",
            "%5c",
            "a@b:80",
            "\u{0}",
        ];
        let mut ways = vec![String::new()];
        for _ in 0..4 {
            let longer = ways.iter().flat_map(|way| steps.map(|step| format!("{way}/{step}")));
            ways = longer.collect();
            for way in &ways {
                let next = local_path(Some(way));
                let mut read = base.join(&next).expect("an address");
                // Whoever passes the path on by itself sends people to the same place.
                for _ in 0..2 {
                    assert_eq!((read.origin(), read.path()), (base.origin(), next.as_str()), "{way:?}");
                    read = base.join(read.path()).expect("an address");
                }
            }
        }
    }

    #[test]
    fn a_portal_without_time_never_says_that_somebody_may_not_sign_in() {
        assert_eq!(status(&Error::busy("Too many.")), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(&Error::forbidden("No.")), StatusCode::FORBIDDEN);
    }
}
