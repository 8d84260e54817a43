//! Tables of records: the frame and the heads. Rows are written by the page.

use leptos::prelude::*;

/// The head of a column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// Its words.
    pub(crate) label: String,
    /// Numbers stand at the end of the cell.
    pub(crate) is_number: bool,
}

impl Column {
    /// A column of text.
    pub(crate) fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), is_number: false }
    }

    /// A column of figures.
    pub(crate) fn number(label: impl Into<String>) -> Self {
        Self { label: label.into(), is_number: true }
    }
}

/// From this many characters on a value of a wide table wraps; shorter ones stay in one line.
const LONG: usize = 48;

/// The class of a cell in a wide table.
pub(crate) fn cell_class(text: &str, is_number: bool) -> Option<&'static str> {
    if is_number { Some("num") } else { (text.chars().count() > LONG).then_some("long") }
}

/// A table with a caption. On small screens rows fold; cells then show their `data-label`.
#[component]
pub(crate) fn Table(
    /// What the table holds.
    #[prop(into)]
    caption: String,
    /// Show the caption (it is always there for screen readers).
    #[prop(optional)]
    show_caption: bool,
    /// Rows stay rows on small screens and scroll sideways: for wide data.
    #[prop(optional)]
    wide: bool,
    /// The columns.
    columns: Vec<Column>,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let class = if wide { "data-table" } else { "data-table data-table-fold" };
    let scroll = if wide { "table-scroll table-page" } else { "table-scroll" };
    let region = wide.then(|| caption.clone());
    view! {
        <div class=scroll tabindex=wide.then_some("0") role=wide.then_some("region") aria-label=region>
            <table class=class>
                <caption class=(!show_caption).then_some("visually-hidden")>{caption}</caption>
                <thead>
                    <tr>
                        {columns
                            .into_iter()
                            .map(|column| {
                                view! {
                                    <th scope="col" class=column.is_number.then_some("num")>
                                        {column.label}
                                    </th>
                                }
                            })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
