//! The graph as a list: the same assets and connections in words.

use lakeport_model::lineage::{Graph, GraphNode, GraphRequest, GraphRow};
use lakeport_model::listed;
use leptos::prelude::*;

use super::canvas::kind_words;
use super::page::query_of;
use crate::pages::asset_href;
use crate::ui::{Column, Table};

/// Every asset of the graph with what it reads and what it feeds.
pub(super) fn list(request: &GraphRequest, graph: &Graph) -> AnyView {
    let heads = ["Asset", "What it is", "Made from", "Feeds", "Jobs", "Not shown"].map(Column::text).to_vec();
    let names = |nodes: &[&GraphNode]| listed(&nodes.iter().map(|node| &node.name).collect::<Vec<_>>());
    let rows = graph.rows().into_iter().map(|row| {
        let GraphRow { node, made_from, feeds, jobs } = row;
        let more = node.more_up + node.more_down;
        let mut opened = request.clone();
        opened.open.push(node.id.to_string());
        let href = query_of(&opened).to("/lineage");
        let more = (more > 0).then(|| {
            let label = format!("Show {more} more neighbours of {}", node.name);
            view! { <a class="link" href=href aria-label=label>"Show "{more}" more"</a> }
        });
        let path = (!node.path_columns.is_empty())
            .then(|| view! { <span class="muted">" by "<code>{node.path_columns.join(", ")}</code></span> });
        view! {
            <tr aria-current=(node.id == graph.focus).then_some("true")>
                <th scope="row"><a class="link" href=asset_href(&node.id)>{node.name.clone()}</a>{path}</th>
                <td data-label="What it is">{kind_words(node)}</td>
                <td data-label="Made from">{names(&made_from)}</td>
                <td data-label="Feeds">{names(&feeds)}</td>
                <td data-label="Jobs">{jobs.join("; ")}</td>
                <td data-label="Not shown">{more}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <details>
            <summary class="font-medium">"The same as a list"</summary>
            <div class="mt-2"><Table caption="Assets of the graph" columns=heads>{rows}</Table></div>
        </details>
    }
    .into_any()
}
