//! What the tabs of an asset's page hold.

use lakeport_model::catalog::{
    AssetPage as Asset, ClosedColumns, Column as AssetColumn, MOST_COMMITS, MOST_PREVIEWED, Preview,
    TableFacts,
};
use lakeport_model::glossary::ColumnTerm;
use lakeport_model::sharing::Snippet;
use leptos::prelude::*;

use super::access::{access_button, ask, request_of};
use super::asset::COLUMN;
use crate::error::ApiError;
use crate::pages::glossary::terms_line;
use crate::pages::{asset_href, column_href, request_href};
use crate::query::Query;
use crate::ui::{
    ClassificationBadge, Column, CopyButton, Empty, Moment, Notice, ROWS, Slice, Table, Tone, cell_class,
    counted, cut, moment_words, number,
};

/// The columns with their meaning, on the page of this address; of many, those around the one at a place.
pub(super) fn overview(
    columns: Vec<AssetColumn>,
    terms: &[ColumnTerm],
    here: &str,
    column: Option<&str>,
) -> AnyView {
    if columns.is_empty() {
        return view! {
            <Empty text="No columns are described for this asset." href="/catalog" action="Search the catalog" />
        }
        .into_any();
    }
    let heads = ["Column", "Type", "Meaning", "Classification", "Tags"].map(Column::text).to_vec();
    let slice = Slice::of(columns.len(), ROWS, column);
    let pager = slice.pager("columns", |place| Query::default().and(COLUMN, place).to(here));
    let rows = slice.cut(0, columns).into_iter().map(|column| {
        let drift = column.drift.map(|drift| view! { <span class="badge badge-warn">{drift}</span> });
        // A cell without a value has no heading either, where a narrow page shows one.
        let (meaning, tags) = (column.description, column.tags.join(", "));
        let href = column_href(here, &column.name);
        let named = terms.iter().filter(|named| named.column == column.name);
        let named = terms_line(named.map(|named| named.term.clone()).collect());
        let meaning_label = (!meaning.is_empty() || named.is_some()).then_some("Meaning");
        // One thing beside the label of a narrow page.
        let meaning = meaning_label.map(|_| view! { <div class="min-w-0">{meaning}{named}</div> });
        let tags_label = (!tags.is_empty()).then_some("Tags");
        view! {
            <tr>
                <th scope="row"><span class="cluster"><a class="link" href=href><code>{column.name}</code></a>{drift}</span></th>
                <td data-label="Type"><code>{column.data_type}</code></td>
                <td data-label=meaning_label>{meaning}</td>
                <td data-label="Classification"><ClassificationBadge classification=column.classification /></td>
                <td data-label=tags_label>{tags_label.map(|_| tags)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Table caption="Columns" columns=heads>{rows}</Table>
        {pager}
    }
    .into_any()
}

/// The first rows, or why they cannot be shown and what to do; of many columns, those around the one at a place.
pub(super) fn preview(asset: &Asset, rows: Result<Preview, ApiError>, column: Option<&str>) -> AnyView {
    let preview = match rows {
        Ok(preview) => preview,
        Err(error) => return unread(asset, error),
    };
    let shown = counted(i64::try_from(preview.rows.len()).unwrap_or(i64::MAX), "row");
    let caption = match &asset.table {
        Some(Ok(table)) => {
            let all = table.rows.filter(|_| !preview.closed_rows);
            let all = all.map(|rows| format!(" of {}", number(rows))).unwrap_or_default();
            format!(
                "The first {shown}{all} as they are stored, in no particular order, as of {}",
                moment_words(table.modified_at)
            )
        }
        _ => format!("The first {shown} as they are stored, in no particular order"),
    };
    let slice = Slice::of(preview.all_columns, MOST_PREVIEWED, column);
    let here = asset_href(&asset.id);
    let pager =
        slice.pager("columns", |place| Query::default().and("tab", "preview").and(COLUMN, place).to(&here));
    let numeric: Vec<bool> = preview.columns.iter().map(|(_, is_number)| *is_number).collect();
    let heads = preview.columns.into_iter().map(|(label, is_number)| Column { label, is_number }).collect();
    let rows = preview.rows.into_iter().map(|row| {
        let cells = row.into_iter().zip(&numeric).map(|(text, is_number)| {
            let class = cell_class(&text, *is_number);
            view! { <td class=class>{text}</td> }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    let rows = rows.collect_view();
    let file = format!("{here}/rows.csv");
    view! {
        {in_part(asset, preview.closed_rows)}
        {pager}
        <Table caption=caption show_caption=true wide=true columns=heads>{rows}</Table>
        <div class="cluster">
            <a class="btn btn-xs ms-auto" href=file download rel="external">"Download these rows as CSV"</a>
        </div>
    }
    .into_any()
}

/// Why values cannot be shown, and what to do.
pub(super) fn unread(asset: &Asset, error: ApiError) -> AnyView {
    let button =
        (!asset.access.may_read()).then(|| access_button(&asset.access, None, request_of(asset), true));
    view! {
        <Notice tone=Tone::Warn>
            <p>{error.message}</p>
            <p class="mt-2">{button}</p>
        </Notice>
    }
    .into_any()
}

/// What of the table stays closed to a viewer who reads other columns and rows of it.
pub(super) fn in_part(asset: &Asset, closed_rows: bool) -> AnyView {
    let columns = asset.closed.map(|columns| closed(asset, columns));
    let rows = closed_rows.then(|| {
        view! {
            <Notice tone=Tone::Idle>
                <p>"You read this table in part: it has rows that your access does not open."</p>
            </Notice>
        }
    });
    view! {
        {columns}
        {rows}
    }
    .into_any()
}

/// That the table has more columns than are shown, and the way to them.
fn closed(asset: &Asset, ClosedColumns { count, requestable }: ClosedColumns) -> AnyView {
    let (are, them) = if count == 1 { ("is", "it") } else { ("are", "them") };
    let way = match request_of(asset).filter(|_| requestable) {
        Some((product, port)) => {
            let href = request_href(product, port);
            view! { <a class="link" href=href>"Request access"</a> }.into_any()
        }
        None => ask(asset.into(), &format!("to describe {them}")).into_any(),
    };
    view! {
        <Notice tone=Tone::Idle>
            <p>
                {counted(count, "column")}
                {format!(" of this table {are} not shown, because nobody described {them} as public. ")} {way}
            </p>
        </Notice>
    }
    .into_any()
}

/// The newest commits of the table.
pub(super) fn history(table: Option<Result<TableFacts, String>>) -> AnyView {
    let table = match table {
        Some(Ok(table)) => table,
        Some(Err(sentence)) => {
            return view! { <Notice tone=Tone::Warn><p>{sentence}</p></Notice> }.into_any();
        }
        None => {
            return view! { <Empty text="There is no history of it here: only Delta tables with a location have one." href="/catalog" action="Search the catalog" /> }
                .into_any();
        }
    };
    let heads = vec![
        Column::number("Version"),
        Column::text("When"),
        Column::text("Operation"),
        Column::number("Rows added"),
        Column::number("Rows removed"),
        Column::text("Files"),
        Column::text("By"),
        Column::text("Changes of columns"),
    ];
    let shown = table.history.len();
    let more = (shown >= MOST_COMMITS as usize).then(|| cut(shown, None, "newest")).flatten();
    let more =
        more.map(|words| view! { <p class="muted">{words}" Older commits are in the table's own log."</p> });
    let rows = table.history.into_iter().map(|entry| {
        let files = files_words(entry.files_added, entry.files_removed);
        // A cell without a value has no heading either, where a narrow page shows one.
        let label = |is_there: bool, label: &'static str| is_there.then_some(label);
        let added_label = label(entry.rows_added.is_some(), "Rows added");
        let removed_label = label(entry.rows_removed.is_some(), "Rows removed");
        let files_label = label(files.is_some(), "Files");
        let (by, by_label) = (entry.by.join(", "), label(!entry.by.is_empty(), "By"));
        let changes_label = label(!entry.changes.is_empty(), "Columns");
        let changes = changes_label.map(|_| {
            let changes = entry.changes.into_iter().map(|change| view! { <li>{change}</li> });
            view! { <ul class="min-w-0">{changes.collect_view()}</ul> }
        });
        view! {
            <tr>
                <th scope="row" class="num" data-label="Version">{number(entry.version)}</th>
                <td data-label="When"><Moment at=entry.committed_at exact=true /></td>
                <td data-label="Operation">{entry.operation}</td>
                <td class="num" data-label=added_label>{entry.rows_added.map(number)}</td>
                <td class="num" data-label=removed_label>{entry.rows_removed.map(number)}</td>
                <td data-label=files_label>{files}</td>
                <td data-label=by_label>{by_label.map(|_| by)}</td>
                <td data-label=changes_label>{changes}</td>
            </tr>
        }
    });
    view! {
        <Table caption="Commits, newest first" columns=heads>{rows.collect_view()}</Table>
        {more}
    }
    .into_any()
}

/// `3 added, 1 removed`.
fn files_words(added: i64, removed: i64) -> Option<String> {
    match (added, removed) {
        (0, 0) => None,
        (added, 0) => Some(format!("{} added", number(added))),
        (0, removed) => Some(format!("{} removed", number(removed))),
        (added, removed) => Some(format!("{} added, {} removed", number(added), number(removed))),
    }
}

/// The table's name to copy, and code for other tools.
pub(super) fn reading(name: &str, snippets: Vec<Snippet>) -> AnyView {
    let code = if snippets.is_empty() {
        view! {
            <p>
                "Its files lie beside the portal, where no other tool reaches them. Here it opens under Preview and in \
                 dashboards; ask its owner for an address if you need it elsewhere."
            </p>
        }
        .into_any()
    } else {
        code(snippets)
    };
    view! {
        <section class="stack">
            <h2>"Name in SQL"</h2>
            <div class="code">
                <pre tabindex="0"><code id="table-name">{name.to_owned()}</code></pre>
                <CopyButton target="table-name".to_owned() label="Copy the name".to_owned() />
            </div>
        </section>
        {code}
    }
    .into_any()
}

fn code(snippets: Vec<Snippet>) -> AnyView {
    let blocks = snippets.into_iter().enumerate().map(|(index, snippet)| {
        let id = format!("snippet-{index}");
        view! {
            <section class="stack">
                <h2>{snippet.tool.clone()}</h2>
                <p>{snippet.note}</p>
                <div class="code">
                    <pre tabindex="0"><code id=id.clone()>{snippet.code}</code></pre>
                    <CopyButton target=id label=format!("Copy the code for {}", snippet.tool) />
                </div>
            </section>
        }
    });
    blocks.collect_view().into_any()
}
