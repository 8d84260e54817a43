//! The elements of a dashboard. Leaves are parts of their own, with the hash of what they show, so that a change draws
//! only what differs.

#[cfg(feature = "ssr")]
use lakeport_model::dashboards::DashboardView;
use lakeport_model::dashboards::{Chart, Content, Delta, Element, Metric, Tone as Welcome};
use leptos::prelude::*;

use super::table::table;
#[cfg(feature = "ssr")]
use super::{filters, said};
#[cfg(feature = "ssr")]
use crate::api::dashboards::Block;
#[cfg(feature = "ssr")]
use crate::pages::dashboard_href;
use crate::ui::{Notice, Tone};

/// Elements in their order.
pub(super) fn elements(dashboard: &str, elements: Vec<Element>) -> AnyView {
    elements.into_iter().map(|element| frame(dashboard, element)).collect_view().into_any()
}

/// Ids on the page are letters, digits, dashes and underscores.
pub(super) fn block_id(element: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    format!("block-{}", element.chars().map(safe).collect::<String>())
}

fn frame(dashboard: &str, element: Element) -> AnyView {
    let Element { id, hash, content, .. } = element;
    match content {
        Content::Columns { weights, children } => {
            let all_metrics = children.iter().all(|child| matches!(child.content, Content::Metric(_)));
            let class = if all_metrics { "metrics" } else { columns_class(&weights) };
            view! { <div class=class>{elements(dashboard, children)}</div> }.into_any()
        }
        Content::Tabs { tabs } => {
            let group = block_id(&id);
            let tabs = tabs.into_iter().enumerate().map(|(index, tab)| {
                let part = Element::tab_part(&id, index);
                view! {
                    <details name=group.clone() open=index == 0 data-part=part>
                        <summary class="font-medium">{tab.title}</summary>
                        <div class="dashboard mt-2">{elements(dashboard, tab.children)}</div>
                    </details>
                }
            });
            view! { <div class="stack">{tabs.collect_view()}</div> }.into_any()
        }
        Content::Expander { title, open, children } => view! {
            <details open=open data-part=id>
                <summary class="font-medium">{title}</summary>
                <div class="dashboard mt-2">{elements(dashboard, children)}</div>
            </details>
        }
        .into_any(),
        leaf => {
            view! { <div class="min-w-0" id=block_id(&id) data-block=hash>{inside(leaf)}</div> }.into_any()
        }
    }
}

/// Widths people write often; others share the row evenly. The policy for styles allows no width of its own.
fn columns_class(weights: &[u32]) -> &'static str {
    match weights {
        [1, 2] => "columns lg:grid-cols-[1fr_2fr]",
        [2, 1] => "columns lg:grid-cols-[2fr_1fr]",
        [1, 3] => "columns lg:grid-cols-[1fr_3fr]",
        [3, 1] => "columns lg:grid-cols-[3fr_1fr]",
        [2, 3] => "columns lg:grid-cols-[2fr_3fr]",
        [3, 2] => "columns lg:grid-cols-[3fr_2fr]",
        _ => "columns",
    }
}

/// What a leaf shows.
fn inside(content: Content) -> AnyView {
    match content {
        Content::Text { html } => view! { <div class="prose" inner_html=html></div> }.into_any(),
        Content::Metric(figure) => metric(figure).into_any(),
        Content::Chart(drawing) => chart(drawing).into_any(),
        Content::Table(figures) => table(figures, "Figures").into_any(),
        Content::Problem { title, sentence } => view! {
            <Notice tone=Tone::Warn>
                {title.map(|title| view! { <p class="font-medium">{title}</p> })}
                <p>{sentence}</p>
            </Notice>
        }
        .into_any(),
        Content::Columns { .. } | Content::Tabs { .. } | Content::Expander { .. } => ().into_any(),
    }
}

fn metric(metric: Metric) -> AnyView {
    view! {
        <div class="metric h-full">
            <p class="metric-label">{metric.label}</p>
            <p class="metric-value">{metric.value}</p>
            {metric.delta.map(delta)}
            {metric.spark.map(|svg| view! { <div aria-hidden="true" inner_html=svg></div> })}
            {metric.help.map(|help| view! { <p class="field-help">{help}</p> })}
        </div>
    }
    .into_any()
}

fn delta(delta: Delta) -> AnyView {
    let trend = match delta.tone {
        Welcome::Good => "good",
        Welcome::Bad => "bad",
        Welcome::Neutral => "flat",
    };
    view! { <p class="metric-delta" data-trend=trend>{delta.text}</p> }.into_any()
}

/// The drawing names its series itself; the table twin says the same figures.
fn chart(chart: Chart) -> AnyView {
    // What a drawing shows is read out before it; where there is none, the sentence stands in its place.
    let (drawing, spoken) = if chart.svg.is_empty() {
        (view! { <p class="chart-empty">{chart.description}</p> }.into_any(), None)
    } else {
        let drawing = view! {
            <div class="chart-drawings" tabindex="0" role="group" aria-label=chart.title.clone()>
                <div class="chart-wide" inner_html=chart.svg></div>
                <div class="chart-narrow" inner_html=chart.narrow_svg></div>
                <div class="chart-card" role="status" hidden></div>
            </div>
        };
        (drawing.into_any(), Some(chart.description))
    };
    let is_open = chart.table.is_turned;
    let table = table(chart.table, &format!("Figures: {}", chart.title));
    view! {
        <figure class="chart">
            <figcaption>
                <p class="chart-title">{chart.title}</p>
                {chart.unfiltered.map(|text| view! { <p class="muted">{text}</p> })}
                {spoken.map(|text| view! { <p class="visually-hidden">{text}</p> })}
            </figcaption>
            {drawing}
            <details open=is_open>
                <summary>"Show the figures as a table"</summary>
                {table}
            </details>
        </figure>
    }
    .into_any()
}

/// The parts of a dashboard's view whose hash differs from what a page shows.
#[cfg(feature = "ssr")]
pub(crate) fn changed_blocks(
    dashboard: &str,
    view: &DashboardView,
    known: &[(String, String)],
) -> Vec<Block> {
    let shown = |id: &str, hash: &str| {
        known.iter().any(|(known_id, known_hash)| known_id == id && known_hash == hash)
    };
    let mut blocks = Vec::new();
    if !shown(said::SAID, &view.said) {
        let html = said::said(view).to_html();
        blocks.push(Block { id: said::SAID.to_owned(), hash: view.said.clone(), html });
    }
    for filter in &view.filters {
        let id = filters::block_id(filter);
        if !shown(&id, &filter.hash) {
            let html = filters::control(filter.clone()).to_html();
            blocks.push(Block { id, hash: filter.hash.clone(), html });
        }
    }
    let reset_hash = filters::reset_hash(&view.filters);
    if !view.filters.is_empty() && !shown(filters::RESET, &reset_hash) {
        let html = filters::reset(&view.filters, dashboard_href(dashboard)).to_html();
        blocks.push(Block { id: filters::RESET.to_owned(), hash: reset_hash, html });
    }
    let mut waiting: Vec<&Element> = view.elements.iter().rev().collect();
    while let Some(element) = waiting.pop() {
        match &element.content {
            Content::Columns { children, .. } | Content::Expander { children, .. } => {
                waiting.extend(children.iter().rev());
            }
            Content::Tabs { tabs } => {
                waiting.extend(tabs.iter().rev().flat_map(|tab| tab.children.iter().rev()));
            }
            leaf => {
                let id = block_id(&element.id);
                if !shown(&id, &element.hash) {
                    blocks.push(Block {
                        id,
                        hash: element.hash.clone(),
                        html: inside(leaf.clone()).to_html(),
                    });
                }
            }
        }
    }
    blocks
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use lakeport_model::dashboards::{Control, Filter};

    use super::*;

    fn text(id: &str, hash: &str) -> Element {
        let content = Content::Text { html: format!("<p>{id}</p>") };
        Element { id: id.to_owned(), hash: hash.to_owned(), content, made_from: Vec::new() }
    }

    fn view_of(elements: Vec<Element>) -> DashboardView {
        DashboardView {
            title: String::new(),
            owner: String::new(),
            description: None,
            reads: Vec::new(),
            filters: Vec::new(),
            query: String::new(),
            orders: Vec::new(),
            notices: Vec::new(),
            elements,
            as_of: None,
            not_carried_out: Vec::new(),
            way: lakeport_model::catalog::Way::default(),
            domain: lakeport_model::people::DomainRef { id: "finance".into(), name: "Finance".to_owned() },
            may_edit: false,
            sees_history: false,
            missing: Vec::new(),
            said: "1".to_owned(),
        }
    }

    /// What a page shows above the filters of any of these views.
    fn said_before() -> (String, String) {
        (said::SAID.to_owned(), "1".to_owned())
    }

    #[test]
    fn only_leaves_that_differ_are_drawn_in_the_order_of_the_page() {
        let children = vec![text("b", "2"), text("c", "3")];
        let columns = Element {
            id: "row".to_owned(),
            hash: "9".to_owned(),
            content: Content::Columns { weights: vec![1, 1], children },
            made_from: Vec::new(),
        };
        let view = view_of(vec![text("a", "1"), columns]);
        let known = [("block-a", "1"), ("block-b", "old")].map(|(id, hash)| (id.to_owned(), hash.to_owned()));
        let known: Vec<_> = known.into_iter().chain([said_before()]).collect();
        let blocks = changed_blocks("a", &view, &known);
        let ids: Vec<&str> = blocks.iter().map(|block| block.id.as_str()).collect();
        assert_eq!(ids, ["block-b", "block-c"]);
        assert!(blocks[0].html.contains("<p>b</p>"));
    }

    #[test]
    fn a_filter_that_is_moved_in_place_never_lacks_its_way_back() {
        let with_filter = |changed| {
            let control = Control::Text { value: String::new(), max_length: 5 };
            let [name, label, hash] = ["word", "Word", "1"].map(str::to_owned);
            let filter = Filter { name, label, help: None, control, changed, problem: None, hash };
            DashboardView { filters: vec![filter], ..view_of(Vec::new()) }
        };
        let known = |view: &DashboardView| {
            let filter = ("filter-word".to_owned(), "1".to_owned());
            [said_before(), filter, (filters::RESET.to_owned(), filters::reset_hash(&view.filters))]
        };
        let (plain, moved) = (with_filter(false), with_filter(true));
        assert!(changed_blocks("a b", &moved, &known(&moved)).is_empty());
        let [way]: [Block; 1] = changed_blocks("a b", &moved, &known(&plain)).try_into().expect("one part");
        assert!(way.html.contains("href=\"/dashboards/a%20b\""), "{way:?}");
        let [gone]: [Block; 1] = changed_blocks("a b", &plain, &known(&moved)).try_into().expect("one part");
        assert!(!gone.html.contains("href"), "{gone:?}");
    }

    #[test]
    fn what_is_said_above_the_filters_never_outlives_what_was_chosen() {
        let told = DashboardView {
            notices: vec!["Segment: there is no option \"x\" that you may see.".to_owned()],
            said: "2".to_owned(),
            ..view_of(Vec::new())
        };
        let [come]: [Block; 1] = changed_blocks("a", &told, &[said_before()]).try_into().expect("one part");
        assert!(come.id == said::SAID && come.html.contains("there is no option"), "{come:?}");
        let known = [(said::SAID.to_owned(), told.said)];
        let [gone]: [Block; 1] =
            changed_blocks("a", &view_of(Vec::new()), &known).try_into().expect("one part");
        assert!(gone.id == said::SAID && !gone.html.contains("there is no option"), "{gone:?}");
    }
}
