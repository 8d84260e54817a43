//! The pages, one module for each area.

mod access;
mod assets;
mod audit;
mod catalog;
mod certify;
mod contracts;
mod dashboards;
mod documents;
mod follow;
mod glossary;
mod health;
mod lineage;
mod notify;
mod people;
mod personal;
mod proposals;
mod retire;
mod usage;

use lakeport_model::catalog::Way;
use lakeport_model::documents::RevisionLine;
use lakeport_model::people::{DomainRef, PersonRef};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

use crate::query::Query;

pub(crate) use access::{DecideListPage, DecidePage, GrantsPage, RequestPage, RequestsPage, ReviewsPage};
#[cfg(feature = "ssr")]
pub(crate) use assets::check_shown as asset_check_shown;
pub(crate) use assets::{AssetHistoryPage, AssetRevisionPage, DomainAssetsPage, EditAssetPage, NewAssetPage};
pub(crate) use audit::{AuditPage, TokensPage};
pub(crate) use catalog::{AssetPage, CatalogPage, ColumnPage, HomePage, ProductPage, requested};
#[cfg(feature = "ssr")]
pub(crate) use catalog::{results_html, search_request};
pub(crate) use certify::CertifyPage;
pub(crate) use contracts::ContractPage;
#[cfg(feature = "ssr")]
pub(crate) use dashboards::changed_blocks;
pub(crate) use dashboards::{DashboardPage, DashboardsPage};
pub(crate) use documents::{
    ContractHistoryPage, ContractRevisionPage, DashboardHistoryPage, DashboardRevisionPage, EditContractPage,
    EditDashboardPage, EditProductPage, NewContractPage, NewDashboardPage, NewProductPage,
    ProductHistoryPage, ProductRevisionPage,
};
#[cfg(feature = "ssr")]
pub(crate) use documents::{check_shown, document_href};
pub(crate) use follow::FollowingPage;
#[cfg(feature = "ssr")]
pub(crate) use glossary::term_href;
pub(crate) use glossary::{
    EditTermPage, GlossaryPage, NewTermPage, TermHistoryPage, TermPage, TermRevisionPage,
};
pub(crate) use health::HealthPage;
pub(crate) use lineage::{ImpactPage, LineagePage, impact_href};
pub(crate) use notify::InboxPage;
pub(crate) use people::{AccountPage, DomainPage, PersonPage};
pub(crate) use personal::PersonalPage;
pub(crate) use proposals::{ProposalPage, ProposalsPage};
pub(crate) use retire::RetirePage;
#[cfg(feature = "ssr")]
pub(crate) use retire::thing_href;
pub(crate) use usage::{UnusedPage, UsagePage};

/// The `:id` of the page's address.
fn page_id() -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.get().get("id").unwrap_or_default())
}

/// What stands behind the question mark of the page's address, without the key of a confirmation.
fn page_query() -> Memo<String> {
    let search = use_location().search;
    Memo::new(move |_| Query::parse(&search.get()).without("done").to_string())
}

/// The kind and the id that the page's address names.
fn page_thing() -> Memo<(String, String)> {
    let query = page_query();
    Memo::new(move |_| {
        let query = Query::parse(&query.get());
        let part = |name: &str| query.get(name).unwrap_or_default().to_owned();
        (part("kind"), part("id"))
    })
}

/// The address of an asset.
pub(crate) fn asset_href(id: &lakeport_model::AssetId) -> String {
    format!("/assets/{}", crate::query::encode(id.as_str()))
}

/// The address of a column, below that of its asset's page.
fn column_href(asset_page: &str, column: &str) -> String {
    format!("{asset_page}/columns/{}", crate::query::encode(column))
}

/// The address of a product.
fn product_href(id: &lakeport_model::ProductId) -> String {
    format!("/products/{}", crate::query::encode(id.as_str()))
}

/// The address of a dashboard.
fn dashboard_href(id: &str) -> String {
    format!("/dashboards/{}", crate::query::encode(id))
}

/// The address of a contract.
fn contract_href(id: &lakeport_model::ContractId) -> String {
    format!("/contracts/{}", crate::query::encode(id.as_str()))
}

/// Where an asset's values are seen: the rows of a table, the page of anything else.
fn open_href(asset: &lakeport_model::catalog::AssetRef) -> String {
    let page = asset_href(&asset.id);
    if asset.opens_here { format!("{page}?tab=preview") } else { page }
}

/// The address of the form that requests a port.
fn request_href(product: &lakeport_model::ProductId, port: &lakeport_model::PortId) -> String {
    Query::default().and("port", port).to(&format!("{}/request", product_href(product)))
}

/// The same, filled in as in an earlier request of the viewer.
fn request_again_href(
    product: &lakeport_model::ProductId,
    port: &lakeport_model::PortId,
    request: lakeport_model::RequestId,
) -> String {
    let query = Query::default().and("port", port).and("like", request);
    query.to(&format!("{}/request", product_href(product)))
}

/// The address of a domain.
fn domain_href(id: &lakeport_model::DomainId) -> String {
    format!("/domains/{}", crate::query::encode(id.as_str()))
}

/// The address of a person.
fn person_href(id: lakeport_model::PersonId) -> String {
    format!("/people/{id}")
}

/// People by name with the ways to their pages, as a sentence lists them: `A, B and C`.
fn people_links(people: &[PersonRef]) -> AnyView {
    let last = people.len().saturating_sub(1);
    let link = |(place, person): (usize, &PersonRef)| {
        let before = (place > 0).then_some(if place == last { " and " } else { ", " });
        view! { {before}<a class="link" href=person_href(person.id)>{person.name.clone()}</a> }
    };
    people.iter().enumerate().map(link).collect_view().into_any()
}

/// Who published a revision, with the way to their page where it was a person who is still known.
fn publisher(line: &RevisionLine) -> AnyView {
    let who = line.who.clone();
    match line.person {
        Some(id) => view! { <a class="link" href=person_href(id)>{who}</a> }.into_any(),
        None => who.into_any(),
    }
}

/// The way to a page from the list it begins at, each part in words with its address.
fn crumbs(list: &str, href: &str, way: &Way) -> Vec<(String, String)> {
    let domain = way.domain.iter().map(|domain| crumb(&domain.name, domain_href(&domain.id)));
    let product = way.product.iter().map(|(id, name)| crumb(name, product_href(id)));
    let asset = way.asset.iter().map(|(id, name)| crumb(name, asset_href(id)));
    std::iter::once(crumb(list, href)).chain(domain).chain(product).chain(asset).collect()
}

/// A domain by name, as a link where it has a page.
fn domain_link(way: &Way, domain: &DomainRef) -> AnyView {
    let name = domain.name.clone();
    if way.domain.as_ref().is_some_and(|known| known.id == domain.id) {
        view! { <a class="link" href=domain_href(&domain.id)>{name}</a> }.into_any()
    } else {
        name.into_any()
    }
}

/// Words and address of a crumb.
fn crumb(text: impl Into<String>, href: impl Into<String>) -> (String, String) {
    (text.into(), href.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crumb_is_there_for_what_is_known_and_for_nothing_else() {
        let domain = DomainRef { id: "controlling".into(), name: "Controlling".to_owned() };
        let whole = Way {
            domain: Some(domain.clone()),
            product: Some(("collections".into(), "Collections".to_owned())),
            asset: Some(("gold.a/b".into(), "gold.a/b".to_owned())),
        };
        let pairs = |way: &Way| {
            let crumbs = crumbs("Catalog", "/catalog", way).into_iter();
            crumbs.map(|(text, href)| format!("{text} {href}")).collect::<Vec<_>>()
        };
        assert_eq!(
            pairs(&whole),
            [
                "Catalog /catalog",
                "Controlling /domains/controlling",
                "Collections /products/collections",
                "gold.a/b /assets/gold.a%2Fb",
            ]
        );
        assert_eq!(
            pairs(&Way { domain: None, ..whole }),
            ["Catalog /catalog", "Collections /products/collections", "gold.a/b /assets/gold.a%2Fb",]
        );
        assert_eq!(pairs(&Way::default()), ["Catalog /catalog"]);
    }

    #[test]
    fn no_name_of_a_column_ever_becomes_another_address() {
        let asset = asset_href(&"gold.a/b".into());
        assert_eq!(column_href(&asset, "a/b?c #1"), "/assets/gold.a%2Fb/columns/a%2Fb%3Fc%20%231");
    }
}
