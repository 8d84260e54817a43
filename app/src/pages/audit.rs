//! The audit and service-account tokens.

mod records;
mod tokens;
mod words;

pub(crate) use records::AuditPage;
pub(crate) use tokens::{TokensPage, token_cells, token_state};
