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
pub(crate) use diff::comparison;
pub(crate) use edit::{
    EditContractPage, EditDashboardPage, EditProductPage, NewContractPage, NewDashboardPage, NewProductPage,
};
pub(crate) use history::{
    ContractHistoryPage, ContractRevisionPage, DashboardHistoryPage, DashboardRevisionPage,
    ProductHistoryPage, ProductRevisionPage,
};
pub(crate) use history::{Described, history_content, revision_content, revision_number};
pub(crate) use live::ForgetDraft;

use lakeport_model::DomainId;
use lakeport_model::documents::TextKind;

/// The address of the page of what a text describes.
pub(crate) fn document_href(kind: TextKind, id: &str) -> String {
    match kind {
        TextKind::Product => super::product_href(&id.into()),
        TextKind::Contract => super::contract_href(&id.into()),
        TextKind::Dashboard => super::dashboard_href(id),
    }
}

/// The address of the page that changes it.
pub(crate) fn edit_href(kind: TextKind, id: &str) -> String {
    format!("{}/edit", document_href(kind, id))
}

/// The address of the page for a new one of a domain.
pub(crate) fn new_href(kind: TextKind, domain: &DomainId) -> String {
    format!("{}/new-{kind}", super::domain_href(domain))
}

/// The address of its revisions.
pub(crate) fn history_href(kind: TextKind, id: &str) -> String {
    format!("{}/history", document_href(kind, id))
}

/// The address of one of its revisions.
pub(crate) fn revision_href(kind: TextKind, id: &str, number: u32) -> String {
    format!("{}/{number}", history_href(kind, id))
}
