//! What a call from a page answers when it did not do what was asked.

use std::fmt;

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Kinds of refusals and faults; `serve` maps them to a status, in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// Not there, or not to be known by this viewer.
    NotFound,
    /// The viewer may not do this.
    Forbidden,
    /// The call could not be read at all.
    Malformed,
    /// The input does not fit.
    Invalid,
    /// Somebody else was faster, or the state does not allow it.
    Conflict,
    /// The page was drawn for somebody else than who is signed in now.
    AnotherReader,
    /// Too much at once.
    Busy,
    /// The portal, or a system it needs, cannot be reached.
    Unavailable,
    /// Something is broken on our side.
    Fault,
}

impl ErrorKind {
    /// The heading of a page that shows it.
    pub(crate) fn heading(self) -> &'static str {
        match self {
            Self::NotFound => "Not found",
            Self::Forbidden => "Not allowed",
            Self::Malformed => "That could not be read",
            Self::Invalid => "Something does not fit",
            Self::Conflict => "It has changed in the meantime",
            Self::AnotherReader => "Somebody else is signed in now",
            Self::Busy => "Too much at once",
            Self::Unavailable => "Not reachable now",
            Self::Fault => "Something went wrong",
        }
    }

    /// The status of the answer that carries it.
    #[cfg(feature = "ssr")]
    pub(crate) fn status(self) -> axum::http::StatusCode {
        use axum::http::StatusCode;

        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict | Self::AnotherReader => StatusCode::CONFLICT,
            Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Why a call did not do what was asked; `Display` is the sentence for the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// What kind of no it is.
    pub kind: ErrorKind,
    /// What happened, why, and what to do.
    pub message: String,
    /// The form field it is about.
    pub field: Option<String>,
    /// Finds the log line of a fault.
    pub reference: Option<String>,
}

impl ApiError {
    /// An error of this kind with this sentence.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), field: None, reference: None }
    }

    /// A form field does not fit.
    #[cfg(feature = "ssr")]
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(ErrorKind::Invalid, message) }
    }

    /// `what` is not there, or not to be seen.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(
            ErrorKind::NotFound,
            format!("There is no {what} here, or you may not see it. Search the catalog, or check the link."),
        )
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::new(
                ErrorKind::Invalid,
                "The form could not be read: a field is missing, or holds something of another kind. Check the \
                 fields and send it again.",
            ),
            // In the portal it is what was sent that cannot be read, in the browser what came back.
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => {
                Self::new(
                    ErrorKind::Malformed,
                    "What was sent could not be read: it is too long, cut off, or of another form than this call \
                     takes. Reload the page and try again.",
                )
            }
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) => Self::new(
                ErrorKind::Unavailable,
                "The portal did not answer as expected. Check the connection, reload the page and try again.",
            ),
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::Response(_) => Self::new(
                ErrorKind::Fault,
                "Something went wrong on our side. Try again; if it stays like this, tell an administrator.",
            ),
        }
    }
}

#[cfg(feature = "ssr")]
impl From<lakeport_portal::Error> for ApiError {
    fn from(error: lakeport_portal::Error) -> Self {
        use lakeport_portal::{Error, RefusalKind};

        let message = error.to_string();
        match error {
            Error::Refused(refusal) => Self {
                kind: match refusal.kind {
                    RefusalKind::NotFound => ErrorKind::NotFound,
                    RefusalKind::Forbidden => ErrorKind::Forbidden,
                    RefusalKind::Invalid => ErrorKind::Invalid,
                    RefusalKind::Conflict => ErrorKind::Conflict,
                    RefusalKind::Busy => ErrorKind::Busy,
                    RefusalKind::Unavailable => ErrorKind::Unavailable,
                },
                message,
                field: refusal.field.map(ToOwned::to_owned),
                reference: None,
            },
            Error::Fault(fault) => {
                Self { reference: Some(fault.id.to_string()), ..Self::new(ErrorKind::Fault, message) }
            }
        }
    }
}
