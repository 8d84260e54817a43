//! The graph as a list: the same assets and connections in words.

use lakeport_model::lineage::{Graph, GraphRequest};
use lakeport_model::listed;
use leptos::prelude::*;

use super::canvas::kind_words;
use super::page::query_of;
use crate::pages::asset_href;
use crate::ui::{Column, Table};

/// Every asset of the graph with what it reads and what it feeds.
pub(super) fn list(request: &GraphRequest, graph: &Graph) -> AnyView {
    let heads = ["Asset", "What it is", "Made from", "Feeds", "Jobs", "Not shown"].map(Column::text).to_vec();
    let name = |index: u32| graph.nodes.get(index as usize).map(|node| node.name.clone());
    let rows = graph.nodes.iter().enumerate().map(|(index, node)| {
        let here = u32::try_from(index).unwrap_or(u32::MAX);
        let from: Vec<String> =
            graph.edges.iter().filter(|edge| edge.to == here).filter_map(|edge| name(edge.from)).collect();
        let to: Vec<String> =
            graph.edges.iter().filter(|edge| edge.from == here).filter_map(|edge| name(edge.to)).collect();
        let more = node.more_up + node.more_down;
        let mut opened = request.clone();
        opened.open.push(node.id.to_string());
        let href = query_of(&opened).to("/lineage");
        let more = (more > 0).then(|| {
            let label = format!("Show {more} more neighbours of {}", node.name);
            view! { <a class="link" href=href aria-label=label>"Show "{more}" more"</a> }
        });
        let mut jobs = Vec::new();
        if !node.written_by.is_empty() {
            jobs.push(format!("written by {}", listed(&node.written_by)));
        }
        if !node.read_by.is_empty() {
            jobs.push(format!("read by {}", listed(&node.read_by)));
        }
        let path = (!node.path_columns.is_empty())
            .then(|| view! { <span class="muted">" by "<code>{node.path_columns.join(", ")}</code></span> });
        view! {
            <tr aria-current=(node.id == graph.focus).then_some("true")>
                <th scope="row"><a class="link" href=asset_href(&node.id)>{node.name.clone()}</a>{path}</th>
                <td data-label="What it is">{kind_words(node)}</td>
                <td data-label="Made from">{listed(&from)}</td>
                <td data-label="Feeds">{listed(&to)}</td>
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
