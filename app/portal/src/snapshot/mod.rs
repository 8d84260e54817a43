//! The catalog in memory: everything that pages, search and lineage look up, as of one change number.
//!
//! A page asks for dozens of names, owners and ports; reading them from the database each time would cost more than keeping
//! them. What a change touched is read again and put into a copy, which shares with the one before all that stayed; readers
//! keep the state they have. Grants and requests are never kept here: whether somebody may read is always asked anew.

pub(crate) mod answering;
mod apply;
mod certified;
mod classes;
mod columns;
mod documents;
mod follow;
mod heard;
pub(crate) mod href;
mod load;
mod lookups;
mod meanings;
mod part;
mod retired;
mod settle;
mod shelf;
mod terms;
mod texts;
mod touch;
mod types;

pub use classes::Class;
pub(crate) use classes::Outline;
pub use columns::{ColumnRef, Columns};
pub use follow::{Snapshots, keep_following};
pub use load::unread;
pub(crate) use part::Part;
pub use shelf::Shelf;
pub use terms::Term;
pub(crate) use terms::{plain, words};
pub use touch::{Entry, Touch};
pub use types::{
    Asset, Contract, ContractVersion, DashboardText, Domain, Port, Product, Snapshot, Unread, told_unread,
};

/// A text as part of an address: lower-case letters, digits, `.`, `_` and `-`.
pub(crate) fn slug(text: &str) -> String {
    let letters = text.trim().to_lowercase();
    letters.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_parts_of_addresses() {
        assert_eq!(slug(" Kunden & Märkte/2 "), "kunden---m-rkte-2");
        assert_eq!(href::product("gold.a-b_c~d"), "/products/gold.a-b_c~d");
        assert_eq!(href::contract("a/b?c ü"), "/contracts/a%2Fb%3Fc%20%C3%BC");
    }
}
