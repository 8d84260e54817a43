//! The vocabulary that browser and server share: ids, data transfer objects and state machines.
//!
//! No I/O and no clock: time is a parameter. Everything here compiles to WebAssembly.

pub mod access;
mod address;
pub mod audit;
pub mod catalog;
pub mod contracts;
pub mod dashboards;
mod ids;
pub mod lineage;
pub mod notify;
mod page;
pub mod people;
pub mod sharing;
mod words;

pub use address::encode;
pub use ids::{
    AssetId, ContractId, DashboardId, DomainId, GrantId, NotificationId, PersonId, PortId, ProductId,
    RequestId, SubscriptionId, TokenId,
};
pub use page::{First, Page, PageRequest};
pub use words::{listed, sentence};
