//! What is said of an asset, written on a page: changing it, or one thing of many, beginning a new one, and its revisions.

#[cfg(feature = "ssr")]
mod check;
mod columns;
mod edit;
mod fields;
mod history;
mod live;
mod many;
mod typed;

#[cfg(feature = "ssr")]
pub(crate) use check::check_shown;
pub(crate) use edit::{EditAssetPage, NewAssetPage};
pub(crate) use history::{AssetHistoryPage, AssetRevisionPage};
pub(crate) use many::{DomainAssetsPage, assets_of_href};

use lakeport_model::{AssetId, DomainId};

/// The address of the page that changes what is said of an asset.
pub(crate) fn edit_href(id: &AssetId) -> String {
    format!("{}/edit", super::asset_href(id))
}

/// The address of the page for a new asset of a domain.
pub(crate) fn new_asset_href(domain: &DomainId) -> String {
    format!("{}/new-asset", super::domain_href(domain))
}

/// The address of the revisions of what is said of an asset.
pub(crate) fn history_href(id: &AssetId) -> String {
    format!("{}/history", super::asset_href(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_ever_becomes_another_address() {
        let id = AssetId::from("gold.a/b?c");
        assert_eq!(edit_href(&id), "/assets/gold.a%2Fb%3Fc/edit");
        assert_eq!(history_href(&id), "/assets/gold.a%2Fb%3Fc/history");
        assert_eq!(new_asset_href(&"finance".into()), "/domains/finance/new-asset");
    }
}
