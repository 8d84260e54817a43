//! The graph as an SVG whose nodes are links: the server has laid it out, the browser only pans and zooms.

use lakeport_model::catalog::{AssetKind, Layer};
use lakeport_model::lineage::{Graph, GraphEdge, GraphNode, GraphRequest};
use leptos::prelude::*;

use super::fit::{Canvas, Content, Fit, fit};
use super::legend::legend;
use super::page::query_of;
use super::room::shorten;
use super::tools::GraphTools;
use crate::ui::{asset_glyph, check_tone, counted};

/// Width of a node; its height is 44.
const WIDTH: f64 = 200.0;
/// Where its text begins, right of the icon.
const TEXT: f64 = 34.0;
/// Where its text ends at the latest.
const TEXT_END: f64 = WIDTH - 8.0;
/// Size of a name's letters, as the style sheet has it.
const NAME: f64 = 13.0;
/// Size of the second line's letters.
const DETAIL: f64 = 11.0;
/// The room that the dot of a state takes before the second line.
const DOT: f64 = 14.0;
/// Width of the small node that opens more; half of its height lies within the node it belongs to.
const MORE: f64 = 30.0;
/// Its distance from the node's side: no arrow comes there, they begin and end in the middle of a side.
const MORE_IN: f64 = 2.0;

/// The drawing with the buttons that move it.
pub(super) fn canvas(request: &GraphRequest, graph: &Graph) -> AnyView {
    let content = Content::of(graph);
    // Nobody moves the drawing before its buttons live: all of it is seen.
    let Fit { window: [left, top, width, height], height: pixels } = fit(&content, Canvas::UNKNOWN, 0.0);
    let view_box = format!("{left:.0} {top:.0} {width:.0} {height:.0}");
    let has_path = graph.nodes.iter().any(|node| node.on_path);
    let edges = graph.edges.iter().map(edge);
    let nodes = graph.nodes.iter().map(|node| node_view(request, graph, node));
    let description = format!(
        "{} and {} around {}. The list below says the same.",
        counted(i64::try_from(graph.nodes.len()).unwrap_or(i64::MAX), "asset"),
        counted(i64::try_from(graph.edges.len()).unwrap_or(i64::MAX), "connection"),
        graph.focus_name
    );
    view! {
        <div class="lineage-canvas" role="region" aria-label="Lineage graph">
            <p class="visually-hidden">{description}</p>
            <svg
                id="graph"
                class=has_path.then_some("has-path")
                viewBox=view_box
                height=format!("{pixels:.0}")
                data-content=content.written()
                preserveAspectRatio="xMidYMid meet"
            >
                <defs>
                    {arrow("lineage-arrow", "lineage-arrow")}
                    {arrow("lineage-arrow-lit", "lineage-arrow on-path")}
                </defs>
                <g>{edges.collect_view()}</g>
                <g>{nodes.collect_view()}</g>
            </svg>
            <GraphTools />
        </div>
        <p class="lineage-cut" id="graph-cut" hidden>
            "The drawing goes on beyond the edges: drag it, press the arrows, or zoom out."
        </p>
        {legend(request, graph)}
    }
    .into_any()
}

fn arrow(id: &'static str, class: &'static str) -> impl IntoView {
    view! {
        <marker id=id class=class viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">
            <path d="M0 0.5 8 4 0 7.5z"></path>
        </marker>
    }
}

fn edge(edge: &GraphEdge) -> AnyView {
    let (class, arrow) = match (edge.on_path, edge.is_former) {
        (true, false) => ("lineage-edge on-path", "url(#lineage-arrow-lit)"),
        (true, true) => ("lineage-edge on-path is-former", "url(#lineage-arrow-lit)"),
        (false, false) => ("lineage-edge", "url(#lineage-arrow)"),
        (false, true) => ("lineage-edge is-former", "url(#lineage-arrow)"),
    };
    let (path, known_from) = (edge.path.clone(), edge.known_from());
    view! {
        <path class=class d=path marker-end=arrow>
            <title>{known_from}</title>
        </path>
    }
    .into_any()
}

fn node_view(request: &GraphRequest, graph: &Graph, node: &GraphNode) -> AnyView {
    let is_focus = node.id == graph.focus;
    let kind = kind_words(node);
    let state = node.state.map_or_else(String::new, |state| format!(", {}", state.label().to_lowercase()));
    let label = format!("{}, {kind}{state}{}", node.name, if is_focus { ", in the middle" } else { "" });
    let dot = node.state.map(|state| {
        view! { <circle class="node-state" data-state=check_tone(state).word() cx="38" cy="31" r="4"></circle> }
    });
    let is_chosen = node.id == graph.chosen;
    // The drawing stays as it is: a node is chosen, not put in the middle.
    let chosen = GraphRequest { chosen: (!is_focus).then(|| node.id.to_string()), ..request.clone() };
    let href = query_of(&chosen).to("/lineage");
    let class = if node.on_path { "lineage-node on-path" } else { "lineage-node" };
    let columns = (!node.path_columns.is_empty()).then(|| node.path_columns.join(", "));
    let first = match &columns {
        Some(columns) => format!("{} ({columns})", node.name),
        None => format!("{}, {kind}", node.name),
    };
    let title = std::iter::once(first).chain(node.jobs()).collect::<Vec<_>>().join("; ");
    let (left, right) = (
        more(request, node, node.more_up, MORE_IN, "upstream"),
        more(request, node, node.more_down, WIDTH - MORE_IN - MORE, "downstream"),
    );
    let detail = columns.unwrap_or(kind);
    let begin = if node.state.is_some() { TEXT + DOT } else { TEXT };
    let end = if node.more_down > 0 { WIDTH - 2.0 * MORE_IN - MORE } else { TEXT_END };
    view! {
        <g
            class=class
            transform=format!("translate({:.1} {:.1})", node.x, node.y)
            data-layer=node.layer.map(Layer::as_str)
            data-focus=is_focus.then_some("")
            aria-current=is_chosen.then_some("true")
        >
            <a href=href aria-label=label>
                <title>{title}</title>
                <rect width=WIDTH.to_string() height="44"></rect>
                <path class="node-icon" transform="translate(10 14) scale(0.667)" d=asset_glyph(node.kind).path()></path>
                <text class="node-name" x=TEXT.to_string() y="19">{shorten(&node.name, TEXT_END - TEXT, NAME)}</text>
                <text class="node-kind" x=begin.to_string() y="35">{shorten(&detail, end - begin, DETAIL)}</text>
                {dot}
            </a>
            {left}
            {right}
        </g>
    }
    .into_any()
}

/// A small node at the lower corner of its node that opens the neighbours which are not drawn yet. What of it takes a
/// press is 24 pixels high at the smallest that a drawing begins with.
fn more(
    request: &GraphRequest,
    node: &GraphNode,
    count: u32,
    x: f64,
    side: &str,
) -> Option<impl IntoView + use<>> {
    (count > 0).then(|| {
        let label = format!("Show {count} more {side} of {}", node.name);
        let mut opened = request.clone();
        opened.open.push(node.id.to_string());
        let href = query_of(&opened).to("/lineage");
        let title = label.clone();
        view! {
            <a class="lineage-node is-more" href=href aria-label=label>
                <title>{title}</title>
                <rect class="reach" x=(x - 1.0).to_string() y="29" width=(MORE + 2.0).to_string() height="32"></rect>
                <rect x=x.to_string() y="33" width=MORE.to_string() height="22"></rect>
                <text class="node-kind" x=(x + MORE / 2.0).to_string() y="48" text-anchor="middle">"+"{count}</text>
            </a>
        }
    })
}

/// `gold table, Controlling`.
pub(super) fn kind_words(node: &GraphNode) -> String {
    let kind = match (node.kind, node.layer) {
        (AssetKind::Table, Some(layer)) => format!("{layer} table"),
        (kind, _) => kind.to_string(),
    };
    format!("{kind}, {}", node.domain)
}
