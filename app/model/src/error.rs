//! Kinds of refusals and faults, and the one status that each of them has on every surface.

use serde::{Deserialize, Serialize};

/// Why a call did not do what was asked.
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
    /// Too much at once; try again.
    Busy,
    /// The portal, or a system it needs, cannot be reached.
    Unavailable,
    /// It is there, but what the portal holds of it cannot be read; asking again changes nothing.
    Unreadable,
    /// Something is broken on our side.
    Fault,
}

impl ErrorKind {
    /// The status of an answer that carries it (RFC 9110, section 15), on pages and in the REST interface alike: 400 for
    /// what cannot be read, 422 for what was read and does not fit.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict | Self::AnotherReader => 409,
            Self::Invalid => 422,
            Self::Busy => 429,
            Self::Unreadable | Self::Fault => 500,
            Self::Unavailable => 503,
        }
    }

    /// The heading of a page that shows it.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::NotFound => "Not found",
            Self::Forbidden => "Not allowed",
            Self::Malformed => "That could not be read",
            Self::Invalid => "Something does not fit",
            Self::Conflict => "It has changed in the meantime",
            Self::AnotherReader => "Somebody else is signed in now",
            Self::Busy => "Too much at once",
            Self::Unavailable => "Not reachable now",
            Self::Unreadable => "It cannot be read",
            Self::Fault => "Something went wrong",
        }
    }
}
