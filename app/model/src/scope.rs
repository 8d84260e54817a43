//! What a service account's token opens.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// What a token may be allowed.
    Scope {
        /// Search the catalog and read what things are.
        CatalogRead = "catalog:read",
        /// Read lineage.
        LineageRead = "lineage:read",
        /// Send lineage events.
        LineageWrite = "lineage:write",
        /// Read its own requests.
        AccessRead = "access:read",
        /// Ask for access.
        AccessWrite = "access:write",
    }
}

impl Scope {
    /// What it opens, in words.
    pub const fn opens(self) -> &'static str {
        match self {
            Self::CatalogRead => "Search the catalog and read what things are; no rows",
            Self::LineageRead => "Read the lineage of what it sees in the catalog",
            Self::LineageWrite => "Send lineage events",
            Self::AccessRead => "Read its own requests for access",
            Self::AccessWrite => "Ask for access; never decide",
        }
    }

    /// All of them as they are written, with commas between.
    pub fn all_in_words() -> String {
        Self::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// What a stored scope opens, in words; the scope itself where the portal does not know it (any more).
pub fn scope_words(scope: &str) -> &str {
    scope.parse().map_or(scope, |known: Scope| known.opens())
}
