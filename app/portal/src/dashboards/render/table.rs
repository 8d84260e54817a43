//! Tables.

use lakeport_frame::{Format, Frame, Value};
use lakeport_model::dashboards::{Cell, Pages, Sorted, Table, TableColumn};
use lakeport_model::encode;

use super::rows::{PAGE, Rows, rows};
use super::{Input, address, column, frame, locale, nothing, unfiltered};
use crate::dashboards::format::{ColumnStyle, TableBlock};
use crate::dashboards::params::Variant;
use crate::dashboards::turned::{Sort, Turn, written};
use crate::dashboards::widgets::sentence_case;
use crate::text::legible;

/// The table of a query, or why there is none.
pub(super) fn table(input: &Input, id: &str, block: &TableBlock) -> Result<Table, String> {
    let frame = frame(input, &block.data, Variant::Current)?;
    for style in &block.columns {
        column(frame, &block.data, &style.name)?;
    }
    let link =
        block.link.as_deref().map(|link| Link::read(link, input.base, frame, &block.data)).transpose()?;
    let style_of = |name: &str| block.columns.iter().find(|style| style.name == name);
    let (mut table, shown) = of_frame(input, id, frame, |name| style_of(name).cloned());
    if let Some(link) = link {
        for (row, cells) in shown.into_iter().zip(&mut table.rows) {
            if let Some(first) = cells.first_mut() {
                first.link = Some(link.of_row(frame, row));
            }
        }
    }
    table.title.clone_from(&block.title);
    table.download_csv = block.download_csv.then(|| download(input, id));
    if table.rows.is_empty() {
        table.note = nothing(input, &block.data, "rows");
    } else if let Some(text) = unfiltered(input, &block.data) {
        table.note = format!("{}. {text}", table.note);
    }
    Ok(table)
}

/// Where the rows behind an element are a file, in the order in which its table stands.
pub(super) fn download(input: &Input, id: &str) -> String {
    let order = input.turned.order_of(id).into_iter();
    address(&format!("{}/data/{id}.csv", input.base), &[input.params.to_query(), written(order)])
}

/// A column in words. What a format says beside each figure does not stand in the heading too; a currency that nothing
/// else says does.
fn heading(name: &str, format: Format) -> String {
    match name.strip_suffix("_eur").filter(|bare| !bare.is_empty()) {
        Some(bare) if matches!(format, Format::Euro(_)) => sentence_case(bare),
        Some(bare) => format!("{} (EUR)", sentence_case(bare)),
        None => sentence_case(name),
    }
}

/// A page of a frame as a table, with the rows of the frame it shows; `style` gives the options of a column.
pub(super) fn of_frame(
    input: &Input,
    id: &str,
    frame: &Frame,
    style: impl Fn(&str) -> Option<ColumnStyle>,
) -> (Table, Vec<usize>) {
    let turn = input.turned.of(id);
    let page = rows(frame, &turn);
    let mut columns = Vec::new();
    let mut cells: Vec<Vec<Cell>> = vec![Vec::new(); page.shown.len()];
    for column in frame.columns() {
        let style = style(&column.name);
        if style.as_ref().is_some_and(|style| style.hidden) {
            continue;
        }
        let chosen = style.as_ref().and_then(|style| style.format);
        let format = chosen.unwrap_or_else(|| Format::default_for(column));
        let numbers = || (0..column.values.len()).filter_map(|row| column.values.get(row)?.as_f64());
        let longest = numbers().map(f64::abs).fold(0.0, f64::max);
        let bar = style.as_ref().is_some_and(|style| style.bar) && longest > 0.0;
        for (row, cells) in page.shown.iter().zip(&mut cells) {
            let value = column.values.get(*row).unwrap_or(Value::Null);
            let length = value.as_f64().filter(|_| bar).map(|number| (number / longest).clamp(0.0, 1.0));
            let text = match value {
                Value::Null => String::new(),
                _ => frame.show(column, *row, format, locale(input)),
            };
            cells.push(Cell { text, link: None, bar: length });
        }
        let label = style.and_then(|style| style.label);
        let is_number = column.values.is_numeric();
        let now = turn.sort.as_ref().filter(|sort| sort.column == column.name);
        columns.push(TableColumn {
            name: column.name.clone(),
            header: label.unwrap_or_else(|| legible(&heading(&column.name, format))),
            is_number,
            sort_href: String::new(),
            sorted: now.map(|sort| if sort.descending { Sorted::Descending } else { Sorted::Ascending }),
        });
    }
    let pages = (page.pages > 1).then(|| Pages {
        page: page.page,
        previous: (page.page > 0).then(String::new),
        next: (page.page + 1 < page.pages).then(String::new),
    });
    let table = Table {
        id: id.to_owned(),
        title: None,
        columns,
        rows: cells,
        note: note(input, frame, &page, turn.sort.is_some()),
        pages,
        is_turned: input.turned.names(id),
        download_csv: None,
    };
    (table, page.shown)
}

/// Writes the addresses of a table's other orders and pages. They say how every filter and table stands, so they are
/// no part of what makes a table another one.
pub(super) fn lead(input: &Input, table: &mut Table) {
    let turn = input.turned.of(&table.id);
    for column in &mut table.columns {
        let now = turn.sort.as_ref().filter(|sort| sort.column == column.name);
        let sort = next_order(now, &column.name, column.is_number);
        column.sort_href = input.address(&input.turned.with(&table.id, Turn { sort, page: 0 }));
    }
    if let Some(pages) = &mut table.pages {
        let at = |page: usize| input.address(&input.turned.with(&table.id, Turn { page, ..turn.clone() }));
        pages.previous = pages.previous.take().map(|_| at(pages.page - 1));
        pages.next = pages.next.take().map(|_| at(pages.page + 1));
    }
}

/// What a press on a heading leads to: first the order people mostly want, then the other one, then the query's own.
fn next_order(now: Option<&Sort>, column: &str, largest_first: bool) -> Option<Sort> {
    match now {
        Some(sort) if sort.descending != largest_first => None,
        now => Some(Sort { column: column.to_owned(), descending: now.is_some() != largest_first }),
    }
}

/// `26 to 50 of 300 rows`. More than one answer holds cannot be put in order as a whole, which is said.
fn note(input: &Input, frame: &Frame, page: &Rows, is_sorted: bool) -> String {
    let count = |rows: usize| {
        Format::Number(0).show(&Value::Int(i64::try_from(rows).unwrap_or(i64::MAX)), locale(input))
    };
    let all = match frame.rows() {
        1 if !frame.truncated => return "1 row".to_owned(),
        rows if frame.truncated => format!("more than {}", count(rows)),
        rows => count(rows),
    };
    let order = if is_sorted && frame.truncated {
        format!(", in this order among the first {}", count(frame.rows()))
    } else {
        String::new()
    };
    if page.pages == 1 {
        return format!("{all} rows{order}");
    }
    let first = page.page * PAGE;
    format!("{} to {} of {all} rows{order}", count(first + 1), count(first + page.shown.len()))
}

/// The link of a row: text and columns in turn.
struct Link<'a> {
    parts: Vec<(&'a str, Option<&'a str>)>,
    prefix: &'a str,
}

impl<'a> Link<'a> {
    /// Reads `case-detail?case={case_id}`; a relative link names a dashboard beside this one.
    fn read(template: &'a str, base: &'a str, frame: &Frame, query: &str) -> Result<Self, String> {
        let absolute = template.starts_with(['/', '?', '#']) || template.contains("://");
        let prefix = if absolute { "" } else { base.rfind('/').map_or("", |end| &base[..=end]) };
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else {
                break;
            };
            column(frame, query, name)?;
            parts.push((before, Some(name)));
            rest = behind;
        }
        parts.push((rest, None));
        Ok(Self { parts, prefix })
    }

    fn of_row(&self, frame: &Frame, row: usize) -> String {
        let mut link = self.prefix.to_owned();
        for (text, name) in &self.parts {
            link.push_str(text);
            let value = name.and_then(|name| frame.value(row, name));
            link.push_str(&encode(&value.map(|value| value.to_string()).unwrap_or_default()));
        }
        link
    }
}
