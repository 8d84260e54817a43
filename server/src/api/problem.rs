//! Errors as problem documents (RFC 9457).

use axum::Json;
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lakeport_portal::{Error, RefusalKind};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a call was not answered as hoped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says the kind.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What happened, where, and what to do.
    detail: String,
    /// The field of the input it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Finds the log line of a fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

impl Problem {
    /// A problem with this status and this sentence.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            field: None,
            reference: None,
        }
    }

    /// Nobody, or nobody known.
    pub fn unauthorized() -> Self {
        let detail = "This needs a service account's token that is valid: \"Authorization: Bearer lkp_..\". \
                      Administrators make tokens on the page Tokens.";
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// Input that cannot be read.
    pub fn bad_input(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Refused(refusal) => {
                let status = match refusal.kind {
                    RefusalKind::NotFound => StatusCode::NOT_FOUND,
                    RefusalKind::Forbidden => StatusCode::FORBIDDEN,
                    RefusalKind::Invalid => StatusCode::BAD_REQUEST,
                    RefusalKind::Conflict => StatusCode::CONFLICT,
                    RefusalKind::Busy => StatusCode::TOO_MANY_REQUESTS,
                    RefusalKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                };
                Self { field: refusal.field.map(str::to_owned), ..Self::new(status, detail) }
            }
            Error::Fault(fault) => Self {
                reference: Some(fault.id.to_string()),
                ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
            },
        }
    }
}

macro_rules! from_rejections {
    ($($rejection:ty),* $(,)?) => {$(
        impl From<$rejection> for Problem {
            fn from(rejection: $rejection) -> Self {
                Self::new(rejection.status(), format!("{}.", rejection.body_text().trim_end_matches('.')))
            }
        }
    )*};
}

from_rejections!(BytesRejection, JsonRejection, PathRejection, QueryRejection);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
