//! The dashboards the viewer may see.

use lakeport_model::dashboards::DashboardLine;
use leptos::prelude::*;

use crate::api;
use crate::pages::dashboard_href;
use crate::ui::{Badge, Empty, Glyph, Icon, PageHead, Tone, load};

/// The list of dashboards.
#[component]
pub(crate) fn DashboardsPage() -> impl IntoView {
    let dashboards = Resource::new(|| (), |()| api::dashboards::dashboards());
    view! { <div class="page">{load(dashboards, content)}</div> }
}

fn content(dashboards: Vec<DashboardLine>) -> AnyView {
    let list = if dashboards.is_empty() {
        let text = "There is no dashboard that you may see. Dashboards are texts: owners and stewards write them on \
                    the page of their domain, or they are imported with the catalog.";
        view! { <Empty text=text href="/catalog" action="Search the catalog" /> }.into_any()
    } else {
        view! { <ul class="rowlist">{dashboards.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    view! {
        <PageHead title="Dashboards" />
        {list}
    }
    .into_any()
}

fn row(dashboard: DashboardLine) -> AnyView {
    let href = dashboard_href(dashboard.id.as_str());
    let (tone, open) = open_words(dashboard.may_read, dashboard.in_part);
    view! {
        <li>
            <div class="row">
                <Icon glyph=Glyph::Chart />
                <div>
                    <div class="row-title"><a href=href>{dashboard.title}</a></div>
                    {dashboard.description.map(|text| view! { <div class="row-text">{text}</div> })}
                    <div class="row-meta">
                        <span>{dashboard.domain.name}</span>
                        {dashboard.product.map(|product| view! { <span>{product}</span> })}
                        <span class="mono">{dashboard.reads.join(", ")}</span>
                    </div>
                </div>
                <div class="row-end">
                    <Badge tone=tone text=open />
                </div>
            </div>
        </li>
    }
    .into_any()
}

/// How far a dashboard is open to its viewer.
fn open_words(may_read: bool, in_part: bool) -> (Tone, &'static str) {
    match (may_read, in_part) {
        (true, false) => (Tone::Ok, "You may read it"),
        (true, true) => (Tone::Ok, "Open to you as far as described"),
        (false, _) => (Tone::Idle, "Not all open to you"),
    }
}
