//! What a call from a page answers when it did not do what was asked.

use std::fmt;

pub use lakeport_model::ErrorKind;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Why a call did not do what was asked; `Display` is the sentence for the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// What kind of no it is.
    pub kind: ErrorKind,
    /// What happened, why, and what to do.
    pub message: String,
    /// The form field it is about.
    pub field: Option<String>,
    /// What else does not fit: other fields, each with a sentence.
    #[serde(default)]
    pub others: Vec<(String, String)>,
    /// Finds the log line of a fault.
    pub reference: Option<String>,
}

/// The status of an answer that carries an error of this kind.
#[cfg(feature = "ssr")]
pub(crate) fn status(kind: ErrorKind) -> axum::http::StatusCode {
    axum::http::StatusCode::from_u16(kind.status()).unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR)
}

impl ApiError {
    /// An error of this kind with this sentence.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), field: None, others: Vec::new(), reference: None }
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
        use lakeport_portal::Error;

        let message = error.to_string();
        match error {
            Error::Refused(refusal) => Self {
                kind: refusal.kind,
                message,
                field: refusal.field.map(ToOwned::to_owned),
                others: refusal.others.into_iter().map(|(field, said)| (field.to_owned(), said)).collect(),
                reference: None,
            },
            Error::Fault(fault) => {
                Self { reference: Some(fault.id.to_string()), ..Self::new(ErrorKind::Fault, message) }
            }
        }
    }
}
