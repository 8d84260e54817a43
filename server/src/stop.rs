//! Why the program stops: one sentence for the person at the terminal, and an exit code.

use std::fmt;

/// The end of a command that did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// 1 for a fault, 2 for wrong usage or configuration.
    pub code: u8,
    /// What happened, where, and what to do.
    pub message: String,
}

impl Stop {
    /// Something failed that the command line could not know.
    pub fn fault(message: impl fmt::Display) -> Self {
        Self { code: 1, message: message.to_string() }
    }

    /// The command line or the configuration is wrong.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self { code: 2, message: message.to_string() }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Stop {}

impl From<lakeport_portal::Error> for Stop {
    fn from(error: lakeport_portal::Error) -> Self {
        Self::fault(error)
    }
}

impl From<lakeport_portal::ConnectError> for Stop {
    fn from(error: lakeport_portal::ConnectError) -> Self {
        Self::fault(error)
    }
}
