//! Documents that people write on a page: changing one, and its revisions.

#[cfg(feature = "ssr")]
mod check;
mod diff;
mod draft;
mod edit;
mod history;
mod live;

#[cfg(feature = "ssr")]
pub(crate) use check::{check_shown, sentences};
pub(crate) use edit::{EditProductPage, NewProductPage};
pub(crate) use history::{Described, history_content, revision_content, revision_number};
pub(crate) use history::{ProductHistoryPage, ProductRevisionPage};
pub(crate) use live::ForgetDraft;

use lakeport_model::ProductId;

/// The address of the page that changes a product.
pub(crate) fn edit_href(id: &ProductId) -> String {
    format!("{}/edit", super::product_href(id))
}

/// The address of the page for a new product of a domain.
pub(crate) fn new_product_href(domain: &lakeport_model::DomainId) -> String {
    format!("{}/new-product", super::domain_href(domain))
}

/// The address of a product's revisions.
pub(crate) fn history_href(id: &ProductId) -> String {
    format!("{}/history", super::product_href(id))
}

/// The address of one revision of a product.
pub(crate) fn revision_href(id: &ProductId, number: u32) -> String {
    format!("{}/{number}", history_href(id))
}
