//! `POST /documents/patch`: what somebody wrote of a product, a contract or a dashboard, as a patch of the file that it came from.

use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Form};
use lakeport_app::reader;
use lakeport_model::documents::TextKind;
use lakeport_portal::{Call, Error, documents};

use crate::api::problem;
use crate::auth::page;

/// The call that draws the page again with what was typed.
fn again(kind: TextKind) -> &'static str {
    match kind {
        TextKind::Product => "/fn/check_product",
        TextKind::Contract => "/fn/check_contract",
        TextKind::Dashboard => "/fn/check_dashboard",
    }
}

/// Answers the patch as a file. Where there is none, the way back takes along all that the page has sent: no browser keeps
/// what was typed on a page that may not be stored.
pub(crate) async fn patch(
    Extension(call): Extension<Arc<Call>>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let field =
        |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let kind = field("kind").parse().unwrap_or(TextKind::Product);
    let done = match reader::refusal(&call.viewer, field("reader")) {
        Some(sentence) => Err(Error::conflict(sentence)),
        None => documents::patch(&call, kind, field("id"), field("text")).await,
    };
    match done {
        Ok((name, patch)) => {
            let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""))
                .expect("letters, digits, '.', '_' and '-' are a header");
            let kind = HeaderValue::from_static("text/x-diff; charset=utf-8");
            ([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition)], patch).into_response()
        }
        Err(error) => {
            let is_fault = matches!(error, Error::Fault(_));
            let title = if is_fault { "Something went wrong" } else { "There is no patch" };
            let (status, said) = (problem::status(&error), error.to_string());
            page::refused_form(status, title, &said, ("Back to the text", again(kind)), &fields)
        }
    }
}
