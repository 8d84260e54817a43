//! Contracts.

mod checks;
mod contract;
mod parts;

pub(crate) use contract::ContractPage;
pub(crate) use parts::columns_table;
