//! The vocabulary that browser and server share: ids, data transfer objects and state machines.
//!
//! No I/O and no clock: time is a parameter. Everything here compiles to WebAssembly.

pub mod access;
mod address;
pub mod announced;
pub mod assets;
pub mod audit;
pub mod catalog;
pub mod certify;
pub mod contracts;
pub mod dashboards;
pub mod documents;
mod error;
pub mod follow;
pub mod glossary;
pub mod health;
mod ids;
pub mod impact;
pub mod lineage;
pub mod many;
pub mod mesh;
pub mod notify;
mod page;
pub mod people;
pub mod personal;
pub mod proposals;
pub mod retire;
mod scope;
pub mod sharing;
pub mod usage;
mod words;

pub use address::encode;
pub use error::ErrorKind;
pub use ids::{
    AssetId, ContractId, DashboardId, DomainId, GrantId, NotificationId, PersonId, PortId, ProductId,
    ProposalId, RequestId, SubscriptionId, TokenId,
};
pub use page::{First, Page, PageRequest};
pub use scope::{PushScope, Scope, scope_words};
pub use words::{
    UNREAD_DAY, UNREAD_MOMENT, day, done_day, is_unread_day, is_unread_moment, listed, moment, readable,
    sentence, stored_day,
};
