//! What to know about the chosen asset before changing it.

use lakeport_model::impact::Side;
use lakeport_model::lineage::{Graph, GraphRequest, Impact};
use leptos::prelude::*;

use super::canvas::kind_words;
use super::impact::impact_href;
use super::page::{ALL_HIT, query_of};
use crate::pages::asset_href;
use crate::ui::{Fact, LayerBadge, counted, number};

/// The page that counts all that is hit, where only the nearest are counted: that takes longer than the drawing.
fn all_hit(request: &GraphRequest, impact: &Impact) -> Option<String> {
    impact.there_are_more.then(|| query_of(request).and(ALL_HIT, "all").to("/lineage"))
}

/// The chosen asset, and who is hit when it changes.
pub(super) fn panel(request: &GraphRequest, graph: &Graph, counts_all: bool) -> AnyView {
    let node = graph.nodes.iter().find(|node| node.id == graph.chosen).cloned();
    let middle = (graph.chosen != graph.focus).then(|| {
        let there = GraphRequest {
            focus: graph.chosen.to_string(),
            open: Vec::new(),
            column: None,
            chosen: None,
            ..request.clone()
        };
        view! { <a class="btn btn-sm" href=query_of(&there).to("/lineage")>"Put it in the middle"</a> }
    });
    let count_all = all_hit(request, &graph.impact).filter(|_| !counts_all);
    let facts = hit_facts("facts", graph.impact.clone(), count_all);
    let list = |side| impact_href(graph.chosen.as_str(), None, side);
    let about = node.map(|node| {
        view! {
            <p class="cluster">
                <span class="muted">{kind_words(&node)}</span>
                {node.layer.map(|layer| view! { <LayerBadge layer=layer /> })}
            </p>
        }
    });
    view! {
        <aside class="card stack" aria-labelledby="focus">
            <h2 id="focus">{graph.chosen_name.clone()}</h2>
            {about}
            <p class="cluster">
                <a class="btn btn-sm" href=asset_href(&graph.chosen)>"Open "{graph.chosen_name.clone()}</a>
                {middle}
            </p>
            <h3>"Who is hit when it changes"</h3>
            {facts}
            <p><a class="link" href=list(Side::Downstream)>"List all of them"</a></p>
            <h3>"Where a fault may come from"</h3>
            <p><a class="link" href=list(Side::Upstream)>"List what it is made from"</a></p>
        </aside>
    }
    .into_any()
}

/// Who is hit by a change, as a list of facts of this class; `count_all` leads to where all are counted.
pub(super) fn hit_facts(class: &'static str, impact: Impact, count_all: Option<String>) -> AnyView {
    let nearest = impact.there_are_more.then(|| {
        let more = count_all.map(|all| view! { " "<a class="link" href=all>"Count all of them"</a> });
        view! { "; what follows is of the nearest ones."{more} }
    });
    let lines = |lines: Vec<String>, more: u32, none: &'static str| {
        if lines.is_empty() {
            none.into_any()
        } else {
            let more = (more > 0).then(|| format!("and {} more", number(more)));
            view! { <ul>{lines.into_iter().chain(more).map(|line| view! { <li>{line}</li> }).collect_view()}</ul> }
                .into_any()
        }
    };
    view! {
        <dl class=class>
            <Fact label="Downstream, over all hops">
                {if impact.there_are_more { "At least " } else { "" }}{counted(impact.assets, "asset")}
                {nearest}
            </Fact>
            <Fact label="Dashboards">{lines(impact.dashboards, impact.more_dashboards, "None")}</Fact>
            <Fact label="Owners to talk to">{lines(impact.owners, impact.more_owners, "Nobody")}</Fact>
            <Fact label="Subscriptions, those on itself included">{counted(impact.subscribers, "subscription")}</Fact>
            <Fact label="Live grants, those on itself included">{counted(impact.grants, "grant")}</Fact>
        </dl>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_counted_can_always_be_asked_for() {
        let request = GraphRequest {
            focus: "a".to_owned(),
            up: 1,
            down: 2,
            open: Vec::new(),
            column: None,
            chosen: Some("b".to_owned()),
        };
        let asked = |there_are_more| all_hit(&request, &Impact { there_are_more, ..Impact::default() });
        assert_eq!(asked(true).as_deref(), Some("/lineage?focus=a&up=1&down=2&chosen=b&hit=all"));
        assert_eq!(asked(false), None);
    }
}
