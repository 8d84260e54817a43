//! The audit and service-account tokens.

mod records;
mod tokens;

pub(crate) use records::AuditPage;
pub(crate) use tokens::TokensPage;
