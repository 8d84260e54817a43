//! The lineage page: the graph around an asset, its list twin, and what to know about the asset.

use lakeport_model::lineage::{Graph, GraphRequest};
use leptos::prelude::*;

use super::canvas::canvas;
use super::legend::nothing_drawn;
use super::list::list;
use super::panel::panel;
use crate::api;
use crate::pages::{crumbs, page_query};
use crate::query::Query;
use crate::ui::{Glyph, Hidden, Icon, Notice, PageHead, Tone, counted, load};

/// In the address of a page that counts all that is hit, and not only what lies nearest.
pub(super) const ALL_HIT: &str = "hit";

/// What a query string asks for; `None` without an asset.
fn graph_request(query: &Query) -> Option<GraphRequest> {
    let hops = |name| query.get(name).and_then(|text| text.parse().ok()).unwrap_or(1_u8).min(10);
    Some(GraphRequest {
        focus: query.get("focus")?.to_owned(),
        up: hops("up"),
        down: hops("down"),
        open: query.all("open"),
        column: query.get("column").map(ToOwned::to_owned),
        chosen: query.get("chosen").map(ToOwned::to_owned),
    })
}

/// The query string of a request.
pub(super) fn query_of(request: &GraphRequest) -> Query {
    let mut query =
        Query::default().and("focus", &request.focus).and("up", request.up).and("down", request.down);
    for open in &request.open {
        query = query.and("open", open);
    }
    for (name, value) in [("column", &request.column), ("chosen", &request.chosen)] {
        if let Some(value) = value {
            query = query.and(name, value);
        }
    }
    query
}

/// What an address asks for, and whether it asks for all that is hit.
async fn asked(query: &Query) -> api::Answer<Option<(GraphRequest, Graph, bool)>> {
    let Some(mut request) = graph_request(query) else { return Ok(None) };
    let mut graph = api::lineage::graph(request.clone()).await?;
    // What is not offered is not followed: a drawing in grey would say that the column leads nowhere.
    request.column.take_if(|column| !graph.columns.contains(column));
    let counts_all = query.get(ALL_HIT).is_some();
    if counts_all {
        graph.impact = api::lineage::impact(graph.chosen.to_string()).await?;
    }
    Ok(Some((request, graph, counts_all)))
}

/// The lineage page.
#[component]
pub(crate) fn LineagePage() -> impl IntoView {
    let query = page_query();
    let graph = Resource::new(move || query.get(), |query| async move { asked(&Query::parse(&query)).await });
    view! {
        <div class="page-wide">
            {load(graph, |found| match found {
                Some((request, graph, counts_all)) => content(&request, graph, counts_all).into_any(),
                None => start().into_any(),
            })}
        </div>
    }
}

fn start() -> AnyView {
    view! {
        <PageHead title="Lineage" />
        <div class="empty">
            <p>"Lineage shows where data comes from and who is hit when it changes. Find an asset, then open its lineage."</p>
            <form class="searchbox w-full" role="search" method="get" action="/catalog" aria-label="Find an asset">
                <Icon glyph=Glyph::Search />
                <input type="search" name="q" aria-label="Name of the asset" placeholder="Name of a table, topic or model" />
                <button class="btn btn-sm btn-primary" type="submit">"Find it"</button>
            </form>
        </div>
    }
    .into_any()
}

fn content(request: &GraphRequest, graph: Graph, counts_all: bool) -> AnyView {
    let title = format!("Lineage of {}", graph.focus_name);
    let crumbs = crumbs("Catalog", "/catalog", &graph.way);
    let smaller = smaller(request);
    let cut_off = (graph.cut_off > 0).then(|| {
        view! {
            <Notice tone=Tone::Warn>
                <p>{if graph.there_are_more { "At least " } else { "" }}{counted(graph.cut_off, "asset")}" were left out because the drawing would be too large. "{smaller}</p>
            </Notice>
        }
    });
    let edges_cut_off = (graph.edges_cut_off > 0).then(|| {
        view! {
            <Notice tone=Tone::Warn>
                <p>{counted(graph.edges_cut_off, "connection")}" between these assets were left out; those nearest to the asset in the middle are shown."</p>
            </Notice>
        }
    });
    let nothing =
        nothing_drawn(&graph).map(|sentence| view! { <Notice tone=Tone::Idle><p>{sentence}</p></Notice> });
    let column = column_form(request, &graph.columns);
    let hops = hops(request);
    let panel = panel(request, &graph, counts_all);
    let (list, canvas) = (list(request, &graph), canvas(request, &graph));
    view! {
        <PageHead title=title crumbs=crumbs />
        <div class="toolbar">{hops} {column}</div>
        <div class="stack mb-3">{nothing} {cut_off} {edges_cut_off}</div>
        <div class="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_272px]">
            <div class="stack min-w-0">{canvas} {list}</div>
            {panel}
        </div>
    }
    .into_any()
}

/// What makes a drawing smaller that is too large: fewer hops, and less of what was opened by hand.
fn smaller(request: &GraphRequest) -> &'static str {
    if request.open.is_empty() { "Show fewer hops." } else { "Show fewer hops or opened nodes." }
}

/// More or fewer hops, both ways.
fn hops(request: &GraphRequest) -> AnyView {
    let step = |name: &str, hops: Option<u8>, glyph: Glyph, label: String| {
        let hops = hops.filter(|hops| *hops <= 10);
        let href = hops.map(|hops| query_of(request).with(name, hops).to("/lineage"));
        let title = label.clone();
        view! {
            <a class="btn btn-sm btn-square" href=href.clone() aria-label=label title=title aria-disabled=href.is_none().then_some("true")>
                <Icon glyph=glyph />
            </a>
        }
    };
    let side = |name: &'static str, words: &'static str, hops: u8| {
        view! {
            <span class="lineage-hops" role="group" aria-label=words>
                <span>{words}</span>
                {step(name, hops.checked_sub(1), Glyph::Minus, format!("One hop less {}", words.to_lowercase()))}
                <span class="tabular-nums">{hops}</span>
                {step(name, hops.checked_add(1), Glyph::Plus, format!("One hop further {}", words.to_lowercase()))}
            </span>
        }
    };
    view! {
        {side("up", "Upstream", request.up)}
        {side("down", "Downstream", request.down)}
    }
    .into_any()
}

/// Choose a column to follow.
fn column_form(request: &GraphRequest, columns: &[String]) -> Option<impl IntoView + use<>> {
    let chosen = request.column.clone().unwrap_or_default();
    let options = columns.iter().map(|column| {
        let selected = *column == chosen;
        view! { <option value=column.clone() selected=selected>{column.clone()}</option> }
    });
    let options = options.collect_view();
    let opened =
        request.open.iter().map(|open| view! { <Hidden name="open" value=open.clone() /> }).collect_view();
    (!columns.is_empty()).then(|| {
        view! {
            <form class="cluster ms-auto" method="get" action="/lineage">
                <Hidden name="focus" value=request.focus.clone() />
                <Hidden name="up" value=request.up.to_string() />
                <Hidden name="down" value=request.down.to_string() />
                {opened}
                <label for="column">"Follow a column"</label>
                <select class="select select-sm w-48" id="column" name="column">
                    <option value="">"None"</option>
                    {options}
                </select>
                <button class="btn btn-sm" id="follow" type="submit">"Show its path"</button>
            </form>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graph_survives_its_address() {
        let text =
            "focus=gold.collections&up=2&down=0&open=silver.dim_date&column=fee_eur&chosen=silver.dim_date";
        let request = graph_request(&Query::parse(text)).expect("the address names an asset");
        assert_eq!(query_of(&request).to_string(), text);
        assert_eq!(graph_request(&Query::parse("up=2")), None);
    }

    #[test]
    fn fewer_hops_are_never_all_that_helps_against_what_was_opened_by_hand() {
        let said = |text| graph_request(&Query::parse(text)).map(|request| smaller(&request));
        assert_eq!(said("focus=gold.collections"), Some("Show fewer hops."));
        assert_eq!(
            said("focus=gold.collections&open=silver.dim_date"),
            Some("Show fewer hops or opened nodes.")
        );
    }
}
