//! What to know about the asset in the middle before changing it.

use lakeport_model::lineage::Graph;
use leptos::prelude::*;

use super::canvas::kind_words;
use crate::pages::asset_href;
use crate::ui::{Fact, LayerBadge, counted};

/// The asset in the middle, and who is hit when it changes.
pub(super) fn panel(graph: &Graph) -> AnyView {
    let node = graph.nodes.iter().find(|node| node.id == graph.focus).cloned();
    let impact = graph.impact.clone();
    let about = node.map(|node| {
        view! {
            <p class="cluster">
                <span class="muted">{kind_words(&node)}</span>
                {node.layer.map(|layer| view! { <LayerBadge layer=layer /> })}
            </p>
        }
    });
    let lines = |lines: Vec<String>, none: &'static str| {
        if lines.is_empty() {
            none.into_any()
        } else {
            view! { <ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul> }
                .into_any()
        }
    };
    view! {
        <aside class="card stack" aria-labelledby="focus">
            <h2 id="focus">{graph.focus_name.clone()}</h2>
            {about}
            <p><a class="btn btn-sm" href=asset_href(&graph.focus)>"Open "{graph.focus_name.clone()}</a></p>
            <h3>"Who is hit when it changes"</h3>
            <dl class="facts">
                <Fact label="Downstream, over all hops">{counted(impact.assets, "asset")}</Fact>
                <Fact label="Dashboards">{lines(impact.dashboards, "None")}</Fact>
                <Fact label="Owners to talk to">{lines(impact.owners, "Nobody")}</Fact>
                <Fact label="Subscriptions on contracts">{counted(impact.subscribers, "subscription")}</Fact>
                <Fact label="Live grants">{counted(impact.grants, "grant")}</Fact>
            </dl>
        </aside>
    }
    .into_any()
}
