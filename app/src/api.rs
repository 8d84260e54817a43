//! Server functions: one for each use case a page needs, and nothing in them but the call.
//!
//! Each has a fixed address `/fn/NAME`, which plain forms post to as well. After a change they lead to the page that
//! shows it; errors become a status in `serve`.
#![expect(missing_docs, reason = "the macro turns arguments into fields that cannot carry documentation")]

pub mod access;
pub mod assets;
pub mod audit;
pub mod catalog;
pub mod certify;
pub mod contracts;
pub mod dashboards;
pub mod documents;
pub mod follow;
pub mod glossary;
pub mod health;
pub mod lineage;
pub mod many;
pub mod notify;
pub mod people;
pub mod personal;
pub mod proposals;
pub mod retire;
pub mod usage;

/// What server functions return.
pub(crate) type Answer<T> = Result<T, crate::error::ApiError>;
