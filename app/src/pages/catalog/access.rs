//! The button that says the truth about the viewer's access.

use lakeport_model::catalog::{AccessStanding, AssetRef};
use lakeport_model::listed;
use lakeport_model::{PortId, ProductId};
use leptos::prelude::*;

use crate::pages::{open_href, request_href};
use crate::ui::{Badge, Day, Moment, Tone};

/// What the viewer may do with a port: open it, wait, or request it. `primary` marks the page's main action.
pub(super) fn access_button(
    access: &AccessStanding,
    asset: Option<&AssetRef>,
    request: Option<(&ProductId, &PortId)>,
    primary: bool,
) -> AnyView {
    let class = if primary { "btn btn-primary" } else { "btn btn-sm" };
    match access {
        AccessStanding::Domain | AccessStanding::Granted { .. } => asset.map_or_else(
            || view! { <Badge tone=Tone::Ok text="You have access" /> }.into_any(),
            |asset| {
                let href = open_href(asset);
                view! { <a class=class href=href>"Open "{asset.name.clone()}</a> }.into_any()
            },
        ),
        AccessStanding::Requested { with, .. } => {
            let text = if with.is_empty() {
                "Requested".to_owned()
            } else {
                format!("Requested, with {}", listed(with))
            };
            view! { <a class=class href="/access/requests">{text}</a> }.into_any()
        }
        AccessStanding::Opens { href } => {
            view! { <a class=class href=href.clone()>"Open the dashboard"</a> }.into_any()
        }
        AccessStanding::Requestable => request.map_or_else(
            || ().into_any(),
            |(product, port)| {
                view! { <a class=class href=request_href(product, port)>"Request access"</a> }.into_any()
            },
        ),
        AccessStanding::NotOffered => ().into_any(),
    }
}

/// The same in a sentence.
pub(super) fn access_words(access: &AccessStanding) -> AnyView {
    match access {
        AccessStanding::Domain => "You may read it as a member of its domain.".into_any(),
        AccessStanding::Granted { ends_on, .. } => {
            let day = *ends_on;
            view! { "You may read it until " <Day day=day relative=true /> "." }.into_any()
        }
        AccessStanding::Requested { since, with, .. } => {
            let (since, with) = (*since, listed(with));
            view! { "Requested " <Moment at=since /> {(!with.is_empty()).then(|| format!(", with {with}"))} "." }.into_any()
        }
        AccessStanding::Opens { .. } => "It shows each viewer what that viewer may read.".into_any(),
        AccessStanding::Requestable => "You see what it is; its values need access.".into_any(),
        AccessStanding::NotOffered => {
            "No product offers it, so access cannot be requested. Ask its owner to offer it.".into_any()
        }
    }
}
