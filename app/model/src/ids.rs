//! Identifiers. Things that come from files keep the id their file gives them (text, readable in an
//! address); things that happen in the portal get a `UUIDv7`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    )*};
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

keys! {
    /// A domain: `finance`.
    DomainId;
    /// A data product: `sales-forecast`.
    ProductId;
    /// A port of a data product: `sales-forecast/monthly`.
    PortId;
    /// An asset: `gold.sales_forecast`.
    AssetId;
    /// A contract: `sales-forecast-monthly`.
    ContractId;
    /// A dashboard: `collections-controlling`.
    DashboardId;
}

numbers! {
    /// A person.
    PersonId;
    /// An access request.
    RequestId;
    /// A change that a member proposes.
    ProposalId;
    /// A grant.
    GrantId;
    /// A subscription to a contract version.
    SubscriptionId;
    /// A notification in somebody's inbox.
    NotificationId;
    /// A service-account token.
    TokenId;
}

/// A service account asks and reads under the id of its token.
impl From<TokenId> for PersonId {
    fn from(account: TokenId) -> Self {
        Self(account.0)
    }
}
