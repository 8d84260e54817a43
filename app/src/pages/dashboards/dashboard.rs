//! A dashboard: filters above, figures below, the state in the address.

use lakeport_model::AssetId;
use lakeport_model::dashboards::DashboardView;
use lakeport_model::documents::TextKind;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::blocks::elements;
use super::cards::ChartCards;
use super::filters::{RESET, filter, reset, reset_hash};
use super::live::LiveDashboard;
use super::said::{self, SAID};
use crate::api;
use crate::pages::documents::{ForgetDraft, edit_href, history_href};
use crate::pages::{asset_href, crumbs, dashboard_href, page_id, page_query};
use crate::query::Query;
use crate::ui::{NotCarriedOut, PUBLISHED, PageHead, load};

/// A dashboard's page.
#[component]
pub(crate) fn DashboardPage() -> impl IntoView {
    let (id, query) = (page_id(), page_query());
    let view = Resource::new(
        move || (id.get(), query.get()),
        |(id, query)| async move { api::dashboards::dashboard(id.clone(), query).await.map(|view| (id, view)) },
    );
    view! { <div class="page-wide">{load(view, |(id, view)| content(id, view))}</div> }
}

fn content(id: String, view: DashboardView) -> AnyView {
    let path = dashboard_href(&id);
    let links = document_links(&id, &view);
    let (said, hash) = (said::said(&view), view.said);
    let crumbs = crumbs("Dashboards", "/dashboards", &view.way);
    let reads = view.reads.into_iter().map(|table| {
        let href = asset_href(&AssetId::from(table.as_str()));
        view! { <a class="link mono" href=href>{table}</a>" " }
    });
    let (reset, reset_hash) = (reset(&view.filters, path.clone()), reset_hash(&view.filters));
    let orders =
        view.orders.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let orders = orders.collect_view();
    let filters = (!view.filters.is_empty()).then(|| {
        view! {
            <form class="filter-bar" id="filters" method="get" action=path.clone() aria-label="Filters">
                {view.filters.into_iter().map(filter).collect_view()}
                {orders}
                <button class="btn btn-sm btn-primary filter-submit" type="submit">"Show these figures"</button>
                <div class="contents" id=RESET data-block=reset_hash>{reset}</div>
            </form>
        }
    });
    view! {
        <div class="dashboard-head">
            <PageHead title=view.title crumbs=crumbs>{links}</PageHead>
            <div class="contents" id=SAID data-block=hash>{said}</div>
        </div>
        {filters}
        <p class="visually-hidden" role="status" id="updated"></p>
        <div class="dashboard" id="elements">{elements(&id, view.elements)}</div>
        <p class="muted mt-4">"From " {view.owner} ". Reads " {reads.collect_view()}</p>
        <NotCarriedOut lines=view.not_carried_out />
        <LiveDashboard id=id path=path />
        <ChartCards />
    }
    .into_any()
}

/// The ways to its revisions and to change its text; after it was published, no draft of it is kept.
fn document_links(id: &str, view: &DashboardView) -> Option<AnyView> {
    const KIND: TextKind = TextKind::Dashboard;
    if !view.sees_history && !view.may_edit {
        return None;
    }
    let search = use_location().search.get_untracked();
    let is_published = Query::parse(&search).get("done").is_some_and(|done| done.starts_with(PUBLISHED));
    let forget = (view.may_edit && is_published).then(|| {
        view! { <ForgetDraft kind=KIND id=id.to_owned() domain=view.domain.id.to_string() /> }
    });
    let history = view.sees_history.then(|| {
        view! { <a class="btn btn-sm" href=history_href(KIND, id)>"History"</a> }
    });
    let change = view.may_edit.then(|| {
        view! { <a class="btn btn-sm" href=edit_href(KIND, id)>"Change"</a> }
    });
    Some(view! { <div class="page-actions">{forget}{history}{change}</div> }.into_any())
}
