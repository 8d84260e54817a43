//! The frame around every page: document, navigation, search, and the routes inside it.

#[cfg(feature = "ssr")]
mod document;
mod palette;
mod popovers;
mod rail;
mod theme;
mod topbar;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{FlatRoutes, Redirect, Route, Router};
use leptos_router::path;

#[cfg(feature = "ssr")]
pub(crate) use document::{refusal_page, shell};

use crate::api;
use crate::error::ApiError;
use crate::pages::{
    AccountPage, AssetHistoryPage, AssetPage, AssetRevisionPage, AuditPage, CatalogPage, CertifyPage,
    ColumnPage, ContractHistoryPage, ContractPage, ContractRevisionPage, DashboardHistoryPage, DashboardPage,
    DashboardRevisionPage, DashboardsPage, DecideListPage, DecidePage, DomainAssetsPage, DomainPage,
    EditAssetPage, EditContractPage, EditDashboardPage, EditProductPage, EditTermPage, FollowingPage,
    GlossaryPage, GrantsPage, HealthPage, HomePage, ImpactPage, InboxPage, LineagePage, NewAssetPage,
    NewContractPage, NewDashboardPage, NewProductPage, NewTermPage, PersonPage, PersonalPage,
    ProductHistoryPage, ProductPage, ProductRevisionPage, ProposalPage, ProposalsPage, RequestPage,
    RequestsPage, RetirePage, ReviewsPage, TermHistoryPage, TermPage, TermRevisionPage, TokensPage,
    UnusedPage, UsagePage,
};
use crate::ui::Failure;
use rail::Rail;
use topbar::TopBar;

/// The whole of the page's body.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    #[cfg(not(feature = "ssr"))]
    provide_context(crate::ui::Now::of_document());
    let shell = Resource::new(|| (), |()| api::people::shell());
    view! {
        <Title formatter=document_title />
        <Router>
            <a class="skip-link" href="#main">"Skip to the content"</a>
            <div class="app">
                <Rail shell=shell />
                <div class="min-w-0">
                    <TopBar shell=shell />
                    <main id="main" tabindex="-1">
                        <FlatRoutes fallback=NotFound>
                            <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                            <Route path=path!("/catalog") view=CatalogPage ssr=SsrMode::Async />
                            <Route path=path!("/products/:id") view=ProductPage ssr=SsrMode::Async />
                            <Route path=path!("/products/:id/edit") view=EditProductPage ssr=SsrMode::Async />
                            <Route path=path!("/products/:id/history") view=ProductHistoryPage ssr=SsrMode::Async />
                            <Route path=path!("/products/:id/history/:number") view=ProductRevisionPage ssr=SsrMode::Async />
                            <Route path=path!("/products/:id/request") view=RequestPage ssr=SsrMode::Async />
                            <Route path=path!("/assets/:id") view=AssetPage ssr=SsrMode::Async />
                            <Route path=path!("/assets/:id/columns/:name") view=ColumnPage ssr=SsrMode::Async />
                            <Route path=path!("/assets/:id/edit") view=EditAssetPage ssr=SsrMode::Async />
                            <Route path=path!("/assets/:id/history") view=AssetHistoryPage ssr=SsrMode::Async />
                            <Route path=path!("/assets/:id/history/:number") view=AssetRevisionPage ssr=SsrMode::Async />
                            <Route path=path!("/domains/:id") view=DomainPage ssr=SsrMode::Async />
                            <Route path=path!("/domains/:id/assets") view=DomainAssetsPage ssr=SsrMode::Async />
                            <Route path=path!("/domains/:id/health") view=HealthPage ssr=SsrMode::Async />
                            <Route path=path!("/domains/:id/new-asset") view=NewAssetPage ssr=SsrMode::Async />
                            <Route path=path!("/domains/:id/new-contract") view=NewContractPage ssr=SsrMode::Async />
                            <Route path=path!("/domains/:id/new-dashboard") view=NewDashboardPage ssr=SsrMode::Async />
                            <Route path=path!("/domains/:id/new-product") view=NewProductPage ssr=SsrMode::Async />
                            <Route path=path!("/domains/:id/new-term") view=NewTermPage ssr=SsrMode::Async />
                            <Route path=path!("/domains/:id/unused") view=UnusedPage ssr=SsrMode::Async />
                            <Route path=path!("/people/:id") view=PersonPage ssr=SsrMode::Async />
                            <Route path=path!("/glossary") view=GlossaryPage ssr=SsrMode::Async />
                            <Route path=path!("/glossary/:id") view=TermPage ssr=SsrMode::Async />
                            <Route path=path!("/glossary/:id/edit") view=EditTermPage ssr=SsrMode::Async />
                            <Route path=path!("/glossary/:id/history") view=TermHistoryPage ssr=SsrMode::Async />
                            <Route path=path!("/glossary/:id/history/:number") view=TermRevisionPage ssr=SsrMode::Async />
                            <Route path=path!("/lineage") view=LineagePage ssr=SsrMode::Async />
                            <Route path=path!("/lineage/impact") view=ImpactPage ssr=SsrMode::Async />
                            <Route path=path!("/contracts/:id") view=ContractPage ssr=SsrMode::Async />
                            <Route path=path!("/contracts/:id/edit") view=EditContractPage ssr=SsrMode::Async />
                            <Route path=path!("/contracts/:id/history") view=ContractHistoryPage ssr=SsrMode::Async />
                            <Route path=path!("/contracts/:id/history/:number") view=ContractRevisionPage ssr=SsrMode::Async />
                            <Route path=path!("/dashboards") view=DashboardsPage ssr=SsrMode::Async />
                            <Route path=path!("/dashboards/:id") view=DashboardPage ssr=SsrMode::Async />
                            <Route path=path!("/dashboards/:id/edit") view=EditDashboardPage ssr=SsrMode::Async />
                            <Route path=path!("/dashboards/:id/history") view=DashboardHistoryPage ssr=SsrMode::Async />
                            <Route path=path!("/dashboards/:id/history/:number") view=DashboardRevisionPage ssr=SsrMode::Async />
                            <Route path=path!("/access") view=|| view! { <Redirect path="/access/grants" /> } ssr=SsrMode::Async />
                            <Route path=path!("/access/requests") view=RequestsPage ssr=SsrMode::Async />
                            <Route path=path!("/access/grants") view=GrantsPage ssr=SsrMode::Async />
                            <Route path=path!("/decide") view=DecideListPage ssr=SsrMode::Async />
                            <Route path=path!("/decide/:id") view=DecidePage ssr=SsrMode::Async />
                            <Route path=path!("/reviews") view=ReviewsPage ssr=SsrMode::Async />
                            <Route path=path!("/personal-data") view=PersonalPage ssr=SsrMode::Async />
                            <Route path=path!("/proposals") view=ProposalsPage ssr=SsrMode::Async />
                            <Route path=path!("/proposals/:id") view=ProposalPage ssr=SsrMode::Async />
                            <Route path=path!("/certify") view=CertifyPage ssr=SsrMode::Async />
                            <Route path=path!("/retire") view=RetirePage ssr=SsrMode::Async />
                            <Route path=path!("/usage") view=UsagePage ssr=SsrMode::Async />
                            <Route path=path!("/inbox") view=InboxPage ssr=SsrMode::Async />
                            <Route path=path!("/following") view=FollowingPage ssr=SsrMode::Async />
                            <Route path=path!("/audit") view=AuditPage ssr=SsrMode::Async />
                            <Route path=path!("/tokens") view=TokensPage ssr=SsrMode::Async />
                            <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async />
                        </FlatRoutes>
                    </main>
                </div>
            </div>
        </Router>
    }
}

/// The page of an address that leads nowhere.
#[component]
fn NotFound() -> impl IntoView {
    view! {
        <div class="page">
            <Failure error=ApiError::not_found("page") />
        </div>
    }
}

/// What stands in the document's title element. It is written into the page as it is, so that whoever names a table or a
/// product would write markup there; every title of every page goes through here.
fn document_title(text: String) -> String {
    if text.is_empty() {
        return "Lakeport".to_owned();
    }
    format!("{} · Lakeport", html_escape::encode_text(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_ends_the_title_element() {
        let title = document_title("</title><meta http-equiv=refresh> &lt;".to_owned());
        assert_eq!(title, "&lt;/title&gt;&lt;meta http-equiv=refresh&gt; &amp;lt; · Lakeport");
        assert_eq!(document_title(String::new()), "Lakeport");
    }
}
