//! The columns of an asset as a table of fields, a line each.

use lakeport_model::assets::{ColumnText, MOST_COLUMNS_WRITTEN};
use leptos::prelude::*;

use super::fields::{Marks, classes, options, or_usual};
use super::typed::{cell_name, label};
use crate::ui::{Column, Notice, Table, Tone, area_text, counted};

/// Empty lines at the end of the columns, and those of a new asset.
const SPARE: [usize; 2] = [3, 10];

/// The columns with empty lines at the end; `more` makes further ones where the browser can.
pub(super) fn columns(marks: &Marks, columns: &[ColumnText], is_new: bool, more: AnyView) -> AnyView {
    let count = shown(columns, SPARE[usize::from(is_new)]);
    let empty = ColumnText::default();
    let rows = (0..count).map(|line| row(marks, line, columns.get(line).unwrap_or(&empty)));
    let rows = rows.collect_view();
    let heads = ["Name", "Type", "Classification", "Meaning", "Tags"].map(Column::text).to_vec();
    view! {
        <section class="stack" aria-labelledby="columns-title">
            <h2 id="columns-title">"Columns"</h2>
            <p class="field-help">
                "A line each. A line in which nothing stands is no column: empty one to take its column out. Check gives you more empty lines."
            </p>
            {marks.error("columns")}
            <div class="column-form" id="columns">
                <Table caption="Columns" columns=heads>{rows}</Table>
            </div>
            {more}
        </section>
    }
    .into_any()
}

/// What stands in the place of columns that are too many for a form.
pub(super) fn elsewhere(count: u32, more: AnyView) -> AnyView {
    view! {
        <section class="stack" aria-labelledby="columns-title">
            <h2 id="columns-title">"Columns"</h2>
            <Notice tone=Tone::Idle>
                <p>
                    {format!("It has {}, which is more than this form shows. They stay as they are; change them in files.", counted(count, "column"))}
                </p>
            </Notice>
            {more}
        </section>
    }
    .into_any()
}

/// How many lines are shown: those up to the last in which something stands, and some that are empty.
fn shown(columns: &[ColumnText], spare: usize) -> usize {
    let filled = columns.iter().rposition(|column| !column.is_blank()).map_or(0, |last| last + 1);
    (filled + spare).min(MOST_COLUMNS_WRITTEN).max(filled)
}

fn row(marks: &Marks, line: usize, column: &ColumnText) -> AnyView {
    let text = |part: &'static str, value: &str, longest: &'static str| {
        let name = cell_name(line, part);
        let control = view! {
            <input
                class="input input-sm w-full"
                type="text"
                id=name.clone()
                name=name.clone()
                value=value.to_owned()
                maxlength=longest
                autocomplete="off"
                aria-label=label(&name)
                aria-describedby=format!("{name}-error")
                aria-invalid=marks.invalid(&name)
                autofocus=marks.is_first(&name)
            />
        };
        cell(marks, &name, control.into_any())
    };
    let class = cell_name(line, "classification");
    let meaning = cell_name(line, "description");
    let choice = view! {
        <select
            class="select select-sm w-full"
            id=class.clone()
            name=class.clone()
            aria-label=label(&class)
            aria-describedby=format!("{class}-error")
            aria-invalid=marks.invalid(&class)
            autofocus=marks.is_first(&class)
        >
            {options(classes(), or_usual(&column.classification))}
        </select>
    };
    let area = view! {
        <textarea
            class="textarea textarea-sm w-full"
            id=meaning.clone()
            name=meaning.clone()
            rows="1"
            maxlength="10000"
            aria-label=label(&meaning)
            aria-describedby=format!("{meaning}-error")
            aria-invalid=marks.invalid(&meaning)
            autofocus=marks.is_first(&meaning)
        >
            {area_text(&column.description)}
        </textarea>
    };
    view! {
        <tr>
            <td data-label="Name">{text("name", &column.name, "1000")}</td>
            <td data-label="Type">{text("data_type", &column.data_type, "10000")}</td>
            <td data-label="Classification">{cell(marks, &class, choice.into_any())}</td>
            <td data-label="Meaning">{cell(marks, &meaning, area.into_any())}</td>
            <td data-label="Tags">{text("tags", &column.tags, "10000")}</td>
        </tr>
    }
    .into_any()
}

/// A control of a line, with what does not fit below it.
fn cell(marks: &Marks, name: &str, control: AnyView) -> AnyView {
    view! { <div class="field">{control} {marks.error(name)}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_follow_the_last_column_and_never_pile_up() {
        let column = |name: &str| ColumnText {
            name: name.to_owned(),
            classification: "internal".to_owned(),
            ..ColumnText::default()
        };
        assert_eq!([shown(&[], 10), shown(&[column("a")], 3)], [10, 4]);
        let sent = [column("a"), column(""), column("b"), column(""), column("")];
        assert_eq!(shown(&sent, 3), 6, "a line between stays where it is");
        let many = vec![column("a"); MOST_COLUMNS_WRITTEN];
        assert_eq!(shown(&many, 3), MOST_COLUMNS_WRITTEN);
        assert_eq!(shown(&many[1..], 3), MOST_COLUMNS_WRITTEN);
    }
}
