//! Errors as problem documents (RFC 9457).

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lakeport_portal::{A_MOMENT, Error};
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
    /// Seconds after which it may be tried again, where too much was at once; the header says them.
    #[serde(skip)]
    wait: u32,
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
            wait: seconds(A_MOMENT),
        }
    }

    /// Nobody, or nobody known.
    pub fn unauthorized() -> Self {
        let detail = "This needs a service account's token that is valid: \"Authorization: Bearer lkp_..\". \
                      Administrators make tokens on the page Tokens.";
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// Input that cannot be read.
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// Input that was read and does not fit.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }
}

fn seconds(wait: Duration) -> u32 {
    wait.as_secs().try_into().unwrap_or(u32::MAX)
}

/// A number of the query that lies in its range. It is read as any whole number, so that one beyond what its type holds
/// is told from a text that is no number.
pub(super) fn within<T>(name: &str, value: i64, range: RangeInclusive<T>) -> Result<T, Problem>
where
    T: TryFrom<i64> + PartialOrd + Display,
{
    T::try_from(value).ok().filter(|value| range.contains(value)).ok_or_else(|| {
        let (first, last) = (range.start(), range.end());
        Problem::invalid(format!("\"{name}\" has to lie between {first} and {last}."))
    })
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let problem = Self { wait: seconds(error.wait()), ..Self::new(status(&error), error.to_string()) };
        match error {
            Error::Refused(refusal) => Self { field: refusal.field.map(str::to_owned), ..problem },
            Error::Fault(fault) => Self { reference: Some(fault.id.to_string()), ..problem },
        }
    }
}

/// The status of an answer that carries an error.
pub(crate) fn status(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.kind().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Too long, or cut off on the way.
const UNREAD: &str = "The body is longer than this address takes, or did not arrive to its end.";
/// Where it is told what is read.
const DESCRIBED: &str = "/api/v1/openapi.json describes what is read";

/// Why a parameter or a member of the body does not fit, from the framework's words, which name its own types and steps.
fn unfit(reason: &str) -> String {
    let named = |before: &str| reason.split_once(before)?.1.split_once('`').map(|(name, _)| name);
    if let Some(name) = named("unknown field `") {
        format!("\"{name}\" is not known here; {DESCRIBED}.")
    } else if let Some(name) = named("missing field `") {
        format!("\"{name}\" is missing; {DESCRIBED}.")
    } else if let Some(name) = named("duplicate field `") {
        format!("\"{name}\" stands there twice.")
    } else {
        // Behind what the framework did stands the field.
        match reason.split(": ").nth(1).filter(|field| !field.contains(' ')) {
            Some(field) => format!("The value of \"{field}\" does not fit; {DESCRIBED}."),
            None => format!("A value does not fit; {DESCRIBED}."),
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(rejection.status(), unfit(&rejection.body_text()))
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        let detail = match &rejection {
            JsonRejection::JsonDataError(error) => unfit(&error.body_text()),
            JsonRejection::JsonSyntaxError(error) => {
                let reason = error.body_text();
                let place = reason.rsplit_once(" at ").map(|(_, place)| format!(", {place}"));
                format!("The body is not JSON{}.", place.unwrap_or_default())
            }
            JsonRejection::MissingJsonContentType(_) => {
                "Say that the body is JSON: \"Content-Type: application/json\".".to_owned()
            }
            _ => UNREAD.to_owned(),
        };
        Self::new(rejection.status(), detail)
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        Self::new(rejection.status(), UNREAD)
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::new(rejection.status(), "A part of this address cannot be read: it is no UTF-8 text.")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let wait = self.wait;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use lakeport_portal::{ErrorKind, Refusal};

    use super::*;

    #[test]
    fn a_program_is_never_told_to_come_again_before_there_is_room() {
        let told = |error: Error| {
            let response = Problem::from(error).into_response();
            response.headers().get(RETRY_AFTER).and_then(|told| told.to_str().ok().map(str::to_owned))
        };
        let busy = |wait| {
            let (kind, message) = (ErrorKind::Busy, String::new());
            Error::Refused(Refusal { kind, message, field: None, others: Box::default(), rule: None, wait })
        };
        assert_eq!(told(busy(Some(Duration::from_mins(40)))).as_deref(), Some("2400"));
        assert_eq!(told(Error::busy("A line is full.")).as_deref(), Some("5"), "a line is full for a moment");
        assert_eq!(told(Error::forbidden("No.")), None);
    }

    #[test]
    fn the_frameworks_words_are_never_told() {
        let query = "Failed to deserialize query string: ";
        let body = "Failed to deserialize the JSON body into the target type: ";
        for (reason, told) in [
            (format!("{query}unknown field `x`, expected one of `q`, `kind`"), "\"x\" is not known here"),
            (format!("{query}limit: invalid digit found in string"), "The value of \"limit\" does not fit"),
            (format!("{query}invalid digit found in string"), "A value does not fit"),
            (format!("{body}missing field `port` at line 1 column 2"), "\"port\" is missing"),
            (format!("{body}port: invalid type: integer `3`, expected a string"), "The value of \"port\""),
            (format!("{query}duplicate field `q`"), "\"q\" stands there twice."),
        ] {
            let sentence = unfit(&reason);
            assert!(sentence.starts_with(told) && !sentence.contains("ailed to"), "{sentence}");
        }
    }
}
