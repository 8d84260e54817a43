//! What the colours and marks of the drawing mean: those that are in it, and no others.

use lakeport_model::catalog::Layer;
use lakeport_model::contracts::CheckState;
use lakeport_model::lineage::{Graph, GraphNode, GraphRequest};
use leptos::prelude::*;

use crate::ui::check_tone;

/// Something that the drawing uses to say something.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    /// The colour of a layer.
    Layer(Layer),
    /// The white of what has no layer: a topic, a model, a dashboard.
    NoLayer,
    /// The dot of a contract's state.
    State(CheckState),
    /// The frame of the asset in the middle; `told` where the panel tells about it as well.
    Middle { told: bool },
    /// The frame of another asset that the panel tells about.
    Told,
    /// What lights up for a column.
    Path(String),
    /// The small nodes that open more.
    More,
    /// The arrows.
    Arrow,
    /// The dashes of former connections.
    Former,
}

/// The marks of a drawing, in the order of the legend.
fn marks(request: &GraphRequest, graph: &Graph) -> Vec<Mark> {
    let any = |fits: &dyn Fn(&GraphNode) -> bool| graph.nodes.iter().any(fits);
    let layers = [Layer::Bronze, Layer::Silver, Layer::Gold];
    let layers = layers.into_iter().filter(|layer| any(&|node| node.layer == Some(*layer)));
    let states = CheckState::ALL.iter().copied().filter(|state| any(&|node| node.state == Some(*state)));
    let told = graph.chosen == graph.focus;
    let is_lit = any(&|node| node.on_path) || graph.edges.iter().any(|edge| edge.on_path);
    let path = request.column.clone().filter(|_| is_lit).map(Mark::Path);
    layers
        .map(Mark::Layer)
        .chain(any(&|node| node.layer.is_none()).then_some(Mark::NoLayer))
        .chain(states.map(Mark::State))
        .chain([Mark::Middle { told }])
        .chain((!told).then_some(Mark::Told))
        .chain(path)
        .chain(has_more(graph).then_some(Mark::More))
        .chain((!graph.edges.is_empty()).then_some(Mark::Arrow))
        .chain(graph.edges.iter().any(|edge| edge.is_former).then_some(Mark::Former))
        .collect()
}

/// Why a drawing has no connections: none are known, or none are shown.
pub(super) fn nothing_drawn(graph: &Graph) -> Option<&'static str> {
    graph.edges.is_empty().then_some(if has_more(graph) {
        "What lies around this asset is not drawn. Show one hop further."
    } else {
        "No lineage is known for this asset yet. It comes with OpenLineage events or an import."
    })
}

/// True where an asset that is drawn has neighbours that are not.
fn has_more(graph: &Graph) -> bool {
    graph.nodes.iter().any(|node| node.more_up + node.more_down > 0)
}

/// The legend. That something is left out is said always: only then does it tell nothing.
pub(super) fn legend(request: &GraphRequest, graph: &Graph) -> AnyView {
    view! {
        <ul class="lineage-legend" aria-label="What the drawing shows">
            {marks(request, graph).iter().map(entry).collect_view()}
            <li>"Assets that you may not see are left out"</li>
        </ul>
    }
    .into_any()
}

fn entry(mark: &Mark) -> AnyView {
    let (sample, words) = match mark {
        Mark::Layer(layer) => (framed("lineage-node", Some(layer.as_str())), layer.to_string()),
        Mark::NoLayer => (framed("lineage-node", None), "without a layer".to_owned()),
        Mark::State(state) => (dot(*state), state.label().to_owned()),
        Mark::Middle { told: true } => {
            (framed("lineage-node is-told", None), "in the middle, told about beside the drawing".to_owned())
        }
        Mark::Middle { told: false } => (framed("lineage-node is-middle", None), "in the middle".to_owned()),
        Mark::Told => (framed("lineage-node is-told", None), "told about beside the drawing".to_owned()),
        Mark::Path(column) => (line("lineage-edge on-path"), format!("path of the column {column}")),
        Mark::More => (framed("lineage-node is-more", None), "+ opens what is not drawn yet".to_owned()),
        Mark::Arrow => (().into_any(), "Arrows point where the data goes".to_owned()),
        Mark::Former => {
            (line("lineage-edge is-former"), "former: the last 3 runs did not read it".to_owned())
        }
    };
    view! { <li>{sample}{words}</li> }.into_any()
}

fn framed(class: &'static str, layer: Option<&'static str>) -> AnyView {
    view! {
        <svg class=class viewBox="0 0 18 12" data-layer=layer aria-hidden="true">
            <rect x="1" y="1" width="16" height="10"></rect>
        </svg>
    }
    .into_any()
}

fn dot(state: CheckState) -> AnyView {
    view! {
        <svg class="lineage-node" viewBox="0 0 12 12" aria-hidden="true">
            <circle class="node-state" data-state=check_tone(state).word() cx="6" cy="6" r="4"></circle>
        </svg>
    }
    .into_any()
}

fn line(class: &'static str) -> AnyView {
    view! {
        <svg viewBox="0 0 18 12" aria-hidden="true"><path class=class d="M1 6H17"></path></svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use lakeport_model::AssetId;
    use lakeport_model::catalog::{AssetKind, Way};
    use lakeport_model::lineage::{GraphEdge, Impact};

    use super::*;

    fn node(id: &str) -> GraphNode {
        GraphNode {
            id: AssetId::from(id),
            name: id.to_owned(),
            kind: AssetKind::Table,
            layer: None,
            domain: "Finance".to_owned(),
            state: None,
            x: 0.0,
            y: 0.0,
            more_up: 0,
            more_down: 0,
            read_by: Vec::new(),
            written_by: Vec::new(),
            on_path: false,
            path_columns: Vec::new(),
        }
    }

    fn edge(on_path: bool) -> GraphEdge {
        let (path, job) = (String::new(), String::new());
        GraphEdge { from: 1, to: 0, path, job, read_by_text: false, is_former: false, on_path }
    }

    fn graph(nodes: Vec<GraphNode>, edges: Vec<GraphEdge>) -> Graph {
        Graph {
            focus: AssetId::from("a"),
            focus_name: "a".to_owned(),
            way: Way::default(),
            width: 500.0,
            height: 92.0,
            nodes,
            edges,
            cut_off: 0,
            there_are_more: false,
            edges_cut_off: 0,
            columns: Vec::new(),
            chosen: AssetId::from("a"),
            chosen_name: "a".to_owned(),
            impact: Impact::default(),
        }
    }

    fn request(column: Option<&str>) -> GraphRequest {
        let column = column.map(ToOwned::to_owned);
        GraphRequest { focus: "a".to_owned(), up: 1, down: 1, open: Vec::new(), column, chosen: None }
    }

    #[test]
    fn the_legend_never_explains_what_is_not_drawn() {
        let silver = GraphNode { layer: Some(Layer::Silver), ..node("a") };
        let alone = graph(vec![silver], Vec::new());
        let said = [Mark::Layer(Layer::Silver), Mark::Middle { told: true }];
        assert_eq!(marks(&request(Some("x")), &alone), said, "no path, no arrows, nothing white");
    }

    #[test]
    fn lineage_is_never_denied_where_it_is_only_not_drawn() {
        let alone =
            |more_up, more_down| graph(vec![GraphNode { more_up, more_down, ..node("a") }], Vec::new());
        let said = |graph: &Graph| nothing_drawn(graph).unwrap_or_default();
        assert!(said(&alone(0, 0)).starts_with("No lineage is known"));
        for hidden in [alone(3, 0), alone(0, 2)] {
            assert_eq!(said(&hidden), "What lies around this asset is not drawn. Show one hop further.");
        }
        let edge = edge(false);
        assert_eq!(nothing_drawn(&graph(vec![node("a"), node("b")], vec![edge])), None);
    }

    #[test]
    fn the_legend_never_leaves_a_mark_unexplained() {
        let gold = GraphNode { layer: Some(Layer::Gold), state: Some(CheckState::Stated), ..node("a") };
        let bronze = GraphNode { layer: Some(Layer::Bronze), more_up: 2, on_path: true, ..node("b") };
        let broken = GraphNode { state: Some(CheckState::Broken), ..node("c") };
        let edge = GraphEdge { is_former: true, ..edge(true) };
        let mut drawn = graph(vec![gold, bronze, broken], vec![edge]);
        drawn.chosen = AssetId::from("b");
        assert_eq!(
            marks(&request(Some("x")), &drawn),
            [
                Mark::Layer(Layer::Bronze),
                Mark::Layer(Layer::Gold),
                Mark::NoLayer,
                Mark::State(CheckState::Stated),
                Mark::State(CheckState::Broken),
                Mark::Middle { told: false },
                Mark::Told,
                Mark::Path("x".to_owned()),
                Mark::More,
                Mark::Arrow,
                Mark::Former,
            ]
        );
    }
}
