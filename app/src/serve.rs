//! The pages and server functions as one axum router.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, LOCATION, REFERER,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use lakeport_model::documents::LONGEST_DOCUMENT;
use lakeport_portal::Ctx;
use leptos::config::LeptosOptions;
use leptos::nonce::provide_nonce;
use leptos::prelude::*;
use leptos::server_fn::error::{FromServerFnError, SERVER_FN_ERROR_HEADER};
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use tower::ServiceExt as _;

use crate::App;
use crate::call::is_own_path;
use crate::error::{self, ApiError, ErrorKind};
use crate::query::Query;
use crate::reader;
use crate::shell::{refusal_page, shell};
use crate::ui::{FROM, Now, READER, Sent};

/// Largest error a server function can answer with, in bytes.
const LONGEST_ERROR: usize = 64 * 1024;
/// Largest form, in bytes: one with a document. Browsers write three bytes for a sign that is no letter and no digit, and
/// six for the end of a line.
pub const LARGEST_FORM: usize = 4 * LONGEST_DOCUMENT;

/// Addresses of the built files, with the hash of their content in the name.
#[derive(Debug, Clone)]
pub struct AssetNames {
    /// The script that starts the browser's part.
    pub js: String,
    /// The browser's part itself.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
    /// The text font, loaded early.
    pub font: String,
}

/// Every page and server function.
///
/// It expects the [`Call`](lakeport_portal::Call) of the signed-in person in the request's extensions; anonymous calls,
/// and changes from other sites, are to be refused by a layer outside.
///
/// # Panics
/// Outside a tokio runtime.
pub fn router(ctx: Ctx, assets: AssetNames) -> Router {
    let provide = move || {
        provide_nonce();
        provide_context(Now(ctx.clock.now()));
        provide_context(ctx.clone());
    };
    let document = {
        let assets = assets.clone();
        move || shell(&assets)
    };
    let options = LeptosOptions::builder().output_name("lakeport").build();
    let pages = Router::<LeptosOptions>::new()
        .leptos_routes_with_context(&options, generate_route_list(App), provide.clone(), document.clone())
        .fallback(render_app_async_with_context(provide, document))
        .with_state(options);
    let forms = Forms { assets, pages: pages.clone() };
    pages.layer(from_fn_with_state(forms, answer_forms))
}

/// What the answer to a form needs.
#[derive(Clone)]
struct Forms {
    assets: AssetNames,
    /// Draws the page that a form came from.
    pages: Router,
}

/// The one seam between errors of server functions and HTTP.
///
/// Left alone, leptos answers every error with status 500, and a plain form with a way back to the page it came from and
/// the error in the address. Here a call by fetch gets the error with its own status; a form gets its page again, which
/// shows the error at its field and keeps what was typed, as does the form of a call that only looked; and after a change
/// the browser is sent on with 303. What a page sends that was drawn for somebody else is refused in the same way, before
/// anything reads it.
async fn answer_forms(State(forms): State<Forms>, mut request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/fn/") {
        return next.run(request).await;
    }
    let is_form = contains(request.headers(), &ACCEPT, "text/html");
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    if is_form {
        return answer_form(&forms, request, next).await;
    }
    let mark = request.headers().get(reader::HEADER).and_then(|mark| mark.to_str().ok());
    if let Some(error) = reader::refused(request.extensions(), mark, "Reload the page to go on.") {
        let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        return (error::status(error.kind), json, error.ser()).into_response();
    }
    let (mut response, error) = read_error(next.run(request).await).await;
    if let Some(error) = error {
        *response.status_mut() = error::status(error.kind);
    }
    response
}

/// The error that a server function answered with, beside its answer.
async fn read_error(mut response: Response) -> (Response, Option<ApiError>) {
    if response.headers_mut().remove(SERVER_FN_ERROR_HEADER).is_none() {
        return (response, None);
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, LONGEST_ERROR).await.unwrap_or_default();
    let error = ApiError::de(bytes.clone());
    (Response::from_parts(parts, Body::from(bytes)), Some(error))
}

async fn answer_form(forms: &Forms, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_FORM).await else {
        let error = ApiError::new(
            ErrorKind::Malformed,
            "What was sent is too long or was cut off. Shorten it and send the form again.",
        );
        return refusal(&forms.assets, &error, &way_back(&parts.headers, None));
    };
    let typed = Query::parse(&String::from_utf8_lossy(&bytes));
    let advice = "Check what the form says before you send it again.";
    let error = if let Some(error) = reader::refused(&parts.extensions, typed.get(READER), advice) {
        Some(error)
    } else {
        let sent = Request::from_parts(parts.clone(), Body::from(bytes));
        let (response, error) = read_error(next.run(sent).await).await;
        let only_looked = response.status().is_success()
            && !response.headers().contains_key(LOCATION)
            && typed.get(FROM).is_some();
        if error.is_none() && !only_looked {
            return if response.status().is_success() { sent_on(response) } else { response };
        }
        error
    };
    let back = way_back(&parts.headers, typed.get(FROM));
    let sent = Sent { call: parts.uri.path().to_owned(), error: error.clone(), typed };
    match (page_again(forms, parts, &back, sent).await, error) {
        (Some(page), _) => page,
        (None, Some(error)) => refusal(&forms.assets, &error, &back),
        (None, None) => Redirect::to(&back).into_response(),
    }
}

/// The page that a form came from, with the status of its refusal; `None` where it cannot be shown any more.
async fn page_again(forms: &Forms, mut parts: Parts, page: &str, sent: Sent) -> Option<Response> {
    let status = sent.error.as_ref().map_or(StatusCode::OK, |error| error::status(error.kind));
    parts.method = Method::GET;
    parts.uri = page.parse().ok()?;
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(ACCEPT, HeaderValue::from_static("text/html"));
    parts.extensions.insert(Arc::new(sent));
    let drawn = forms.pages.clone().oneshot(Request::from_parts(parts, Body::empty())).await;
    let mut drawn = drawn.unwrap_or_else(|never| match never {});
    if drawn.status() != StatusCode::OK {
        return None;
    }
    *drawn.status_mut() = status;
    Some(drawn)
}

/// The answer to a form as a redirect. What else it carries, such as a cookie, goes along.
fn sent_on(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::SEE_OTHER;
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.entry(LOCATION).or_insert(HeaderValue::from_static("/"));
    Response::from_parts(parts, Body::empty())
}

/// A whole page that says why a form was refused, with the status of the error.
fn refusal(assets: &AssetNames, error: &ApiError, back: &str) -> Response {
    let html = Owner::new_root(None).with(|| refusal_page(assets, error, back).to_html());
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (CONTENT_SECURITY_POLICY, content_policy(None)),
    ];
    (error::status(error.kind), headers, html).into_response()
}

/// What a page may load and where its forms may go.
pub(crate) fn content_policy(nonce: Option<&str>) -> HeaderValue {
    let scripts = nonce.map_or_else(
        || "'none'".to_owned(),
        |nonce| format!("'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'"),
    );
    HeaderValue::try_from(format!(
        "default-src 'self'; script-src {scripts}; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ))
    .expect("a nonce is base64 and everything else is ASCII")
}

/// The page of this portal that a form was sent from: the one it names, else the one its browser names.
fn way_back(headers: &HeaderMap, from: Option<&str>) -> String {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let referer = || {
        let (_, rest) = text(REFERER)?.split_once("://")?;
        let (_, path) = rest.split_once('/').filter(|(host, _)| text(HOST) == Some(host))?;
        Some(format!("/{path}"))
    };
    let is_page = |path: &String| is_own_path(path) && !path.starts_with("/fn/");
    let from = from.map(ToOwned::to_owned).filter(is_page);
    from.or_else(|| referer().filter(is_page)).unwrap_or_else(|| "/".to_owned())
}

fn contains(headers: &HeaderMap, name: &axum::http::HeaderName, text: &str) -> bool {
    headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stays_in_the_portal() {
        let from = |host: &'static str, referer: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static(host));
            headers.insert(REFERER, HeaderValue::from_static(referer));
            way_back(&headers, None)
        };
        assert_eq!(from("portal.example", "https://portal.example/decide/1?x=y"), "/decide/1?x=y");
        assert_eq!(from("portal.example", "https://other.example/decide/1"), "/");
        assert_eq!(from("portal.example", "https://portal.example//evil.example"), "/");
        assert_eq!(from("portal.example", "https://portal.example/\\evil.example"), "/");
        assert_eq!(from("portal.example", "https://portal.example/fn/reject"), "/");
        assert_eq!(way_back(&HeaderMap::new(), None), "/");
        assert_eq!(way_back(&HeaderMap::new(), Some("/decide/1")), "/decide/1");
        assert_eq!(way_back(&HeaderMap::new(), Some("https://other.example/")), "/");
    }
}
