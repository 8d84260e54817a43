//! `POST /audit/export`: the audit as a file, as far as its reader may see it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Form};
use futures::{StreamExt as _, stream};
use lakeport_app::reader;
use lakeport_model::audit::{AuditFilter, AuditFormat};
use lakeport_portal::{Call, Error, audit};
use serde::Deserialize;

use crate::api::problem;
use crate::auth::page;

/// The form of the page: its filter, and the button that was pressed.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    action: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    format: String,
    /// Whom the page was drawn for.
    #[serde(default)]
    reader: String,
}

/// Answers a file, written part by part.
pub(crate) async fn export(Extension(call): Extension<Arc<Call>>, Form(asked): Form<Asked>) -> Response {
    if let Some(sentence) = reader::refusal(&call.viewer, &asked.reader) {
        return refused(Error::conflict(sentence));
    }
    let (format, ending, kind) = match asked.format.as_str() {
        "csv" => (AuditFormat::Csv, "csv", "text/csv; charset=utf-8; header=present"),
        "jsonl" => (AuditFormat::JsonLines, "jsonl", "application/jsonl"),
        other => {
            let sentence =
                format!("The audit is exported as \"csv\" or as \"jsonl\" (JSON lines), not as \"{other}\".");
            return refused(Error::invalid("format", sentence));
        }
    };
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let filter = AuditFilter {
        action: some(asked.action),
        person: some(asked.person),
        words: some(asked.words),
        from: some(asked.from),
        to: some(asked.to),
        before: None,
    };
    let begun = async {
        let mut export = audit::export(&call, &filter, format).await?;
        // What goes wrong at once is still answered as a page.
        let first = export.next().await?;
        Ok::<_, Error>((first, export))
    };
    let (first, export) = match begun.await {
        Ok(begun) => begun,
        Err(error) => return refused(error),
    };
    let day = call.now().date_naive();
    let disposition = format!("attachment; filename=\"lakeport-audit-{day}.{ending}\"");
    let disposition = HeaderValue::try_from(disposition).expect("letters, digits and signs are a header");
    let rest = stream::unfold((first, export), |(part, mut export)| async {
        let part = part?;
        let (next, failed) = match export.next().await {
            Ok(next) => (next, None),
            Err(error) => (None, Some(error)),
        };
        // A file that cannot be finished is cut off, so that nobody takes it for whole.
        Some((failed.map_or(Ok(part), Err), (next, export)))
    });
    let headers = [(CONTENT_TYPE, HeaderValue::from_static(kind)), (CONTENT_DISPOSITION, disposition)];
    // Compression asks once more after the end.
    (headers, Body::from_stream(rest.fuse())).into_response()
}

fn refused(error: Error) -> Response {
    let title =
        if matches!(error, Error::Fault(_)) { "Something went wrong" } else { "Nothing was exported" };
    let text = error.to_string();
    page::notice(problem::status(&error), title, &text, Some(("Back to the audit", "/audit")))
}
