//! What a service account's token opens.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::DomainId;
use crate::documents::DocumentKind;
use crate::mesh::PUSHED;
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

/// A scope that opens one kind of document of one domain: `DOMAIN:KIND`, as `finance:product`. The program pushes these
/// documents from a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PushScope {
    /// The domain.
    pub domain: DomainId,
    /// The kind.
    pub kind: DocumentKind,
}

impl fmt::Display for PushScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.domain, self.kind)
    }
}

impl FromStr for PushScope {
    type Err = String;

    /// # Errors
    /// A sentence where it is none, or where it may be taken for another scope: they are kept with commas between.
    fn from_str(scope: &str) -> Result<Self, String> {
        let unknown = || format!("\"{scope}\" is not a scope.");
        let (domain, kind) = scope.rsplit_once(':').ok_or_else(unknown)?;
        if domain.is_empty() || domain.contains([',', ' ', ':']) {
            return Err(unknown());
        }
        let kind = PUSHED.into_iter().find(|pushed| pushed.as_str() == kind).ok_or_else(unknown)?;
        Ok(Self { domain: DomainId(domain.to_owned()), kind })
    }
}

/// What a stored scope opens, in words; the scope itself where the portal does not know it (any more).
pub fn scope_words(scope: &str) -> String {
    if let Ok(known) = scope.parse::<Scope>() {
        return known.opens().to_owned();
    }
    scope.parse::<PushScope>().map_or_else(
        |_| scope.to_owned(),
        |PushScope { domain, kind }| {
            format!("Push {kind}s of {domain} from a folder, as whoever answers for the token may")
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_of_a_domain_is_read_as_it_is_written() {
        let scope: PushScope = "orders:product".parse().expect("it is one");
        assert_eq!(scope, PushScope { domain: DomainId("orders".to_owned()), kind: DocumentKind::Product });
        assert_eq!(scope.to_string(), "orders:product");
        for kind in PUSHED {
            let scope = PushScope { domain: DomainId("orders".to_owned()), kind };
            assert_eq!(scope.to_string().parse::<PushScope>(), Ok(scope));
        }
        for none in [
            "orders",
            ":product",
            "orders:",
            "orders:products",
            "orders:terms",
            "orders:lineage",
            "a,b:product",
            "a:b:product",
            "catalog:read",
        ] {
            assert!(none.parse::<PushScope>().is_err(), "{none}");
        }
    }

    #[test]
    fn a_scope_is_told_in_words() {
        assert_eq!(scope_words("lineage:write"), "Send lineage events");
        assert_eq!(
            scope_words("finance:contract"),
            "Push contracts of finance from a folder, as whoever answers for the token may"
        );
        assert_eq!(scope_words("old:thing"), "old:thing");
    }
}
