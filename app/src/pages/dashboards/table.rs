//! A table of figures: a page of rows, heads that put them in order, the way to the other pages. All of it is links; the
//! page follows them without a reload where it lives.

use lakeport_model::dashboards::{Cell, Pages, Sorted, Table, TableColumn};
use leptos::prelude::*;

use super::blocks::block_id;
use crate::ui::cell_class;

/// The table with what belongs to it; `name` is what it is called where it has no title of its own.
pub(super) fn table(figures: Table, name: &str) -> AnyView {
    let id = block_id(&figures.id);
    let numeric: Vec<bool> = figures.columns.iter().map(|column| column.is_number).collect();
    let is_empty = figures.rows.is_empty();
    let heads = figures.columns.into_iter().enumerate();
    let heads =
        heads.map(|(index, column)| head(&figures.id, format!("{id}-order-{index}"), column, is_empty));
    let rows = figures.rows.into_iter().map(|row| {
        let cells = row.into_iter().zip(&numeric).map(|(content, is_number)| {
            let class = cell_class(&content.text, *is_number);
            view! { <td class=class>{cell(content)}</td> }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    let (heads, rows) = (heads.collect_view(), rows.collect_view());
    let caption = figures.title.clone().unwrap_or_else(|| name.to_owned());
    let (label, pages_of) = (caption.clone(), caption.clone());
    let hidden = figures.title.is_none().then_some("visually-hidden");
    let download = figures.download_csv.map(|href| {
        view! { <a class="btn btn-xs ms-auto" href=href download rel="external">"Download as CSV"</a> }
    });
    view! {
        <div class="stack">
            <div class="table-scroll table-page" tabindex="0" role="region" aria-label=label>
                <table class="data-table">
                    <caption class=hidden>{caption}</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <div class="cluster">
                <p class="muted">{figures.note}</p>
                {figures.pages.map(|pages| ways(&figures.id, &id, &pages_of, pages))}
                {download}
            </div>
        </div>
    }
    .into_any()
}

fn head(table: &str, id: String, column: TableColumn, is_empty: bool) -> AnyView {
    let (order, arrow) = match column.sorted {
        Some(Sorted::Ascending) => (Some("ascending"), "↑"),
        Some(Sorted::Descending) => (Some("descending"), "↓"),
        None => (None, ""),
    };
    let words = if is_empty {
        column.header.into_any()
    } else {
        view! { <a class="turn" id=id href=column.sort_href data-table=table.to_owned()>{column.header} <span aria-hidden="true">{arrow}</span></a> }
            .into_any()
    };
    view! { <th scope="col" class=column.is_number.then_some("num") aria-sort=order>{words}</th> }.into_any()
}

fn ways(table: &str, id: &str, caption: &str, pages: Pages) -> AnyView {
    let way = |part: &str, words: &'static str, href: Option<String>| {
        match href {
        Some(href) => {
            view! { <a class="btn btn-xs turn" id=format!("{id}-{part}") href=href data-table=table.to_owned()>{words}</a> }.into_any()
        }
        None => view! { <span class="btn btn-xs btn-disabled" aria-hidden="true">{words}</span> }.into_any(),
    }
    };
    view! {
        <nav class="cluster" aria-label=format!("Pages of {caption}")>
            {way("previous", "Previous rows", pages.previous)} {way("next", "Next rows", pages.next)}
        </nav>
    }
    .into_any()
}

fn cell(cell: Cell) -> AnyView {
    let words = match cell.link {
        Some(href) => view! { <a class="link" href=href>{cell.text}</a> }.into_any(),
        None => cell.text.into_any(),
    };
    let Some(length) = cell.bar else { return words };
    view! {
        <span class="cell-bar">
            <progress class="steps-bar w-16" max="1" value=length.to_string() aria-hidden="true"></progress>
            <span>{words}</span>
        </span>
    }
    .into_any()
}
