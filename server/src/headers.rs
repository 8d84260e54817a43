//! Headers that every answer carries, and the check that a change was asked for by our own pages.

use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, ORIGIN, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

use crate::answers::Surface;
use crate::auth::page;
use crate::config::is_loopback;
use crate::shared::Shared;

/// For answers that bring no policy of their own: no script at all.
const STRICT: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// Changes that are no page's business and prove themselves otherwise.
const PROVES_ITSELF: &[&str] = &["/demo-issuer/token"];

/// Adds the headers to an answer.
pub async fn secure(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let defaults = [
        (CONTENT_SECURITY_POLICY, STRICT),
        (CACHE_CONTROL, "private, no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        // Not "no-referrer": browsers would then send "Origin: null" with our own forms.
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if shared.auth.secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// Refuses changes that another site asked for in the name of a signed-in person.
pub async fn same_origin(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let method = request.method();
    let reading = method == Method::GET || method == Method::HEAD || method == Method::OPTIONS;
    let path = request.uri().path();
    // A call with a token carries its right in a header that no other site can add; its session is not looked at.
    // One with neither token nor cookie acts in nobody's name, and is told that it lacks a token.
    let headers = request.headers();
    let in_no_session = headers.contains_key(AUTHORIZATION) || !headers.contains_key(COOKIE);
    let by_token = Surface::of(path) == Surface::Api && in_no_session;
    if reading || by_token || PROVES_ITSELF.contains(&path) || ours(headers, &shared.auth.address) {
        return next.run(request).await;
    }
    metrics::counter!("lakeport_cross_site_refused_total").increment(1);
    page::notice(
        StatusCode::FORBIDDEN,
        "This did not come from the portal",
        "The change was asked for by a page of another site, or by a program that does not say where it comes from. \
         Nothing was changed. Open the portal and do it there.",
        Some(("Open the portal", "/")),
    )
}

/// True when a browser says that one of our pages sent this.
fn ours(headers: &HeaderMap, address: &str) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(&HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let (Some(origin), Ok(address)) = (text(&ORIGIN), Url::parse(address)) else { return false };
    if origin == address.origin().ascii_serialization() {
        return true;
    }
    // On this machine 127.0.0.1 and localhost are the same place.
    let local = |url: &Url| is_loopback(&address) && is_loopback(url) && url.scheme() == address.scheme();
    Url::parse(origin)
        .is_ok_and(|url| local(&url) && text(&HOST) == origin.split_once("://").map(|(_, host)| host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        ours(&headers.collect(), "https://data.example.com")
    }

    #[test]
    fn only_our_own_pages_count() {
        assert!(asked(&[("sec-fetch-site", "same-origin")]));
        assert!(asked(&[("origin", "https://data.example.com")]));
        assert!(!asked(&[]), "a caller that says nothing is not one of our pages");
        assert!(!asked(&[("origin", "null")]));
        assert!(!asked(&[("origin", "https://data.example.com.evil.example")]));
        assert!(!asked(&[("sec-fetch-site", "same-site"), ("origin", "https://data.example.com")]));
        assert!(!asked(&[("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn names_of_this_machine_are_the_same_place_for_a_portal_on_it() {
        let headers = |origin: &'static str, host: &'static str| {
            HeaderMap::from_iter([
                (ORIGIN, HeaderValue::from_static(origin)),
                (HOST, HeaderValue::from_static(host)),
            ])
        };
        let local = "http://127.0.0.1:8080";
        assert!(ours(&headers("http://localhost:8080", "localhost:8080"), local));
        assert!(!ours(&headers("http://localhost:3000", "localhost:8080"), local));
        assert!(!ours(&headers("https://127.0.0.1:8080", "127.0.0.1:8080"), local), "another scheme");
        assert!(!ours(&headers("http://evil.example:8080", "evil.example:8080"), local));
    }
}
