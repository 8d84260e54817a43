//! What is said above the filters of a dashboard: how fresh its figures are, what the viewer may not read of it, once and
//! with the way to it, and what of the address was not understood.

use lakeport_model::catalog::AccessStanding;
use lakeport_model::dashboards::{DashboardView, MissingTable};
use lakeport_model::listed;
use leptos::prelude::*;

use crate::pages::{asset_href, requested};
use crate::ui::{Notice, Tone};

/// Id of the part on the page; [`DashboardView::said`] is its state.
pub(super) const SAID: &str = "dashboard-said";

/// Everything that is said; it comes and goes with what is chosen.
pub(super) fn said(view: &DashboardView) -> AnyView {
    let notices =
        view.notices.iter().cloned().map(|text| view! { <Notice tone=Tone::Warn><p>{text}</p></Notice> });
    view! {
        <p class="muted">
            {view.description.clone().map(|text| view! { <span>{text}</span> })}
            {view.as_of.clone().map(|text| view! { <span class="dashboard-state">{text}</span> })}
        </p>
        {missing(view.missing.clone(), !view.elements.is_empty())}
        {notices.collect_view()}
    }
    .into_any()
}

/// One panel for everything that is missing; nothing where nothing is.
fn missing(missing: Vec<MissingTable>, shows_something: bool) -> Option<AnyView> {
    let head = match (missing.len(), shows_something) {
        (0, _) => return None,
        (_, true) => "Some figures are missing: not all they are made from can be shown to you.",
        (_, false) => "What this dashboard is made from cannot be shown to you.",
    };
    let lines = missing.into_iter().map(line).collect_view();
    Some(
        view! {
            <Notice tone=Tone::Warn>
                <p class="font-medium">{head}</p>
                <ul class="stack mt-2">{lines}</ul>
            </Notice>
        }
        .into_any(),
    )
}

fn line(missing: MissingTable) -> AnyView {
    let table = missing.table.clone();
    let name = match &missing.asset {
        Some(asset) => view! { <a class="link mono" href=asset_href(&asset.id)>{table}</a> }.into_any(),
        None => table.into_any(),
    };
    let owners = listed(&missing.owners.iter().map(|owner| owner.name.clone()).collect::<Vec<_>>());
    let ask = if owners.is_empty() { String::new() } else { format!(" Ask {owners}.") };
    let part = if missing.columns_only { ": some of its columns, which are not public" } else { "" };
    let next = match (&missing.access, missing.request_href) {
        (_, Some(href)) => {
            // One text: an empty one is drawn as a space.
            view! { {format!("{part}: ")} <a class="link" href=href>"Request access"</a> }.into_any()
        }
        (AccessStanding::Requested { .. }, None) => {
            view! { ": " <a class="link" href="/access/requests">{requested(&missing.access)}</a> }.into_any()
        }
        (AccessStanding::Unread, None) => {
            ": what describes this table or its contract cannot be read; its domain has to correct it."
                .into_any()
        }
        (_, None) if missing.columns_only => format!("{part}.{ask}").into_any(),
        (access, None) if access.may_read() => ": there is nothing to open at its place.".into_any(),
        _ => format!(": access to it cannot be requested.{ask}").into_any(),
    };
    view! { <li>{name}{next}</li> }.into_any()
}
