//! The use cases of the portal, its rules, and its own database.
//!
//! One module an area. Rules are pure functions; SQL stands in [`store`] and nowhere else; what is
//! needed from outside (time, the lake, mail) comes in as a trait.

pub mod access;
mod actor;
pub mod assets;
pub mod audit;
pub mod beside;
mod call;
pub mod catalog;
pub mod certify;
pub mod contracts;
mod ctx;
pub mod dashboards;
pub mod documents;
mod error;
pub mod follow;
pub mod glossary;
pub mod health;
mod id;
pub mod jobs;
pub mod lake;
pub mod lineage;
pub mod mesh;
pub mod notify;
mod pace;
pub mod people;
pub mod personal;
pub mod policy;
pub mod proposals;
pub mod readings;
pub mod retire;
pub mod sharing;
pub mod snapshot;
pub mod standards;
pub mod store;
mod text;
pub mod usage;

pub use actor::{Actor, Party, ServiceAccount};
pub use call::Call;
pub use ctx::{Clock, Ctx, DemoClock, FixedClock, Settings, SystemClock};
pub use error::{A_MOMENT, Error, Fault, Refusal, Result};
pub use id::new_id;
pub use lake::Lake;
pub use lakeport_model::ErrorKind;
pub use store::{ConnectError, Db};
pub use text::legible;
