//! Tables.

use lakeport_frame::{Format, Frame, Value};
use lakeport_model::dashboards::{Cell, Table, TableColumn};
use lakeport_model::encode;

use super::{Input, column, frame, locale};
use crate::dashboards::format::widgets::sentence_case;
use crate::dashboards::format::{ColumnStyle, TableBlock};
use crate::dashboards::params::Variant;

/// Rows shown on a page; the rest is in the download.
const MAX_ROWS: usize = 500;

/// The table of a query, or why there is none.
pub(super) fn table(input: &Input, id: &str, block: &TableBlock) -> Result<Table, String> {
    let frame = frame(input, &block.data, Variant::Current)?;
    for style in &block.columns {
        column(frame, &block.data, &style.name)?;
    }
    let link =
        block.link.as_deref().map(|link| Link::read(link, input.base, frame, &block.data)).transpose()?;
    let style_of = |name: &str| block.columns.iter().find(|style| style.name == name);
    let mut table = of_frame(input, frame, |name| style_of(name).cloned());
    if let Some(link) = link {
        for (row, cells) in table.rows.iter_mut().enumerate() {
            if let Some(first) = cells.first_mut() {
                first.link = Some(link.of_row(frame, row));
            }
        }
    }
    table.title.clone_from(&block.title);
    table.download_csv = block.download_csv.then(|| {
        let query = input.params.to_query();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}/data/{id}.csv{mark}{query}", input.base)
    });
    Ok(table)
}

/// A column in words. What a format says beside each figure does not stand in the heading too.
fn heading(name: &str, format: Format) -> String {
    let bare = if matches!(format, Format::Euro(_)) { name.strip_suffix("_eur") } else { None };
    sentence_case(bare.filter(|bare| !bare.is_empty()).unwrap_or(name))
}

/// A frame as a table; `style` gives the options of a column.
pub(super) fn of_frame(input: &Input, frame: &Frame, style: impl Fn(&str) -> Option<ColumnStyle>) -> Table {
    let shown = frame.rows().min(MAX_ROWS);
    let mut columns = Vec::new();
    let mut rows: Vec<Vec<Cell>> = vec![Vec::new(); shown];
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
        for (row, cells) in rows.iter_mut().enumerate() {
            let value = column.values.get(row).unwrap_or(Value::Null);
            let length = value.as_f64().filter(|_| bar).map(|number| (number / longest).clamp(0.0, 1.0));
            let text = if value == Value::Null { String::new() } else { format.show(&value, locale(input)) };
            cells.push(Cell { text, link: None, bar: length });
        }
        let label = style.and_then(|style| style.label);
        columns.push(TableColumn {
            name: column.name.clone(),
            header: label.unwrap_or_else(|| heading(&column.name, format)),
            is_number: column.values.is_numeric(),
        });
    }
    Table { title: None, columns, rows, note: note(input, frame, shown), download_csv: None }
}

fn note(input: &Input, frame: &Frame, shown: usize) -> Option<String> {
    let count = |rows: usize| {
        Format::Number(0).show(&Value::Int(i64::try_from(rows).unwrap_or(i64::MAX)), locale(input))
    };
    let (rows, more) = (frame.rows(), frame.truncated);
    match (shown < rows, more) {
        (false, false) => None,
        (true, false) => Some(format!("The first {} of {} rows.", count(shown), count(rows))),
        (_, true) => Some(format!("The first {} of more than {} rows.", count(shown), count(rows))),
    }
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
