//! Metrics, charts, tables, alerts and tests.

use super::conditions;
use super::document::{BlockKind, ChartBlock, ChartShape, ColumnStyle, DeltaColor, MetricBlock, TableBlock};
use super::expectations::{Alert, TestCase};
use super::fields::{Fields, Problems};
use super::front::{self, Params};
use super::node::{At, Content, Entry, Node, describe, scalar};
use super::stated;
use super::text::is_safe_link;
use crate::text::shorten;

/// Elements that show something, as the fence names them.
pub(super) const KINDS: &[&str] = &["metric", "line_chart", "bar_chart", "area_chart", "dataframe"];

/// Something named by an element, with its place, to be checked when the whole text is known.
pub(super) struct Use {
    /// Where.
    pub(super) at: At,
    /// Which option.
    pub(super) field: String,
    /// What.
    pub(super) what: Named,
}

/// What can be named.
pub(super) enum Named {
    /// A query that has to exist.
    Query(String),
    /// A widget that has to exist.
    Widget(String),
    /// A widget that a chosen mark can set.
    Selectable(String),
    /// A query that is run for two periods.
    Compared(String),
}

/// Reads one element; `None` when its options are too wrong to go on with.
pub(super) fn read(
    kind: &str,
    at: At,
    node: Node,
    problems: &mut Problems,
    uses: &mut Vec<Use>,
) -> Option<BlockKind> {
    match kind {
        "metric" => metric(at, node, problems, uses).map(BlockKind::Metric),
        "dataframe" => table(at, node, problems, uses).map(BlockKind::Table),
        _ => chart(kind, at, node, problems, uses).map(BlockKind::Chart),
    }
}

fn metric(at: At, node: Node, problems: &mut Problems, uses: &mut Vec<Use>) -> Option<MetricBlock> {
    const OPTIONS: &[&str] = &["label", "value", "fmt", "delta", "delta_color", "spark", "help"];
    let mut fields = Fields::new("metric", at, node, OPTIONS, problems);
    let label = fields.required_text("label", "Cases").map(|(text, _)| text);
    let format = fields.format("fmt");
    let colors = [("normal", DeltaColor::Normal), ("inverse", DeltaColor::Inverse), ("off", DeltaColor::Off)];
    let delta_color = fields.word("delta_color", &colors).unwrap_or_default();
    let help = fields.text("help");
    let value = fields.required_data_ref("value");
    let delta_at = fields.text_at("delta");
    let mut delta = false;
    if let Some((text, place)) = delta_at {
        delta = text == "previous_period";
        if !delta {
            let message = format!("\"delta\" cannot be \"{}\". Allowed: previous_period.", shorten(&text));
            fields.wrong("delta", place, message);
        } else if let Some((data, _)) = &value {
            uses.push(Use {
                at: place,
                field: "metric.delta".to_owned(),
                what: Named::Compared(data.query.clone()),
            });
        }
    }
    let spark = fields.data_ref("spark");
    for (name, data) in [("value", &value), ("spark", &spark)] {
        if let Some((data, place)) = data {
            uses.push(query_use(&format!("metric.{name}"), *place, &data.query));
        }
    }
    let spark = spark.map(|(data, _)| data);
    Some(MetricBlock { label: label?, value: value?.0, format, delta, delta_color, spark, help })
}

fn query_use(field: &str, at: At, query: &str) -> Use {
    Use { at, field: field.to_owned(), what: Named::Query(query.to_owned()) }
}

fn data(kind: &str, fields: &mut Fields, uses: &mut Vec<Use>) -> Option<String> {
    let (query, place) = fields.required_text("data", "totals")?;
    uses.push(query_use(&format!("{kind}.data"), place, &query));
    Some(query)
}

fn chart(kind: &str, at: At, node: Node, problems: &mut Problems, uses: &mut Vec<Use>) -> Option<ChartBlock> {
    let mut allowed = vec!["data", "x", "y", "color", "fmt", "title", "height", "on_select"];
    allowed.push(if kind == "bar_chart" { "horizontal" } else { "forecast" });
    let mut fields = Fields::new(kind, at, node, &allowed, problems);
    let data = data(kind, &mut fields, uses);
    let x = fields.required_text("x", "booking_date").map(|(text, _)| text);
    let y: Vec<String> = fields.texts("y").unwrap_or_default().into_iter().map(|(text, _)| text).collect();
    if y.is_empty() {
        fields.missing("y", "revenue");
    }
    let color = fields.text_at("color");
    if let (Some((_, place)), true) = (&color, y.len() > 1) {
        fields.wrong(
            "color",
            *place,
            "\"color\" needs a single column in \"y\"; with several, each is a series.",
        );
    }
    let forecast = fields.text_at("forecast");
    if let Some((name, place)) = &forecast
        && (color.is_some() || !y.contains(name))
    {
        fields.wrong(
            "forecast",
            *place,
            "\"forecast\" names a column of \"y\"; it does not go with \"color\".",
        );
    }
    let forecast = forecast.map(|(text, _)| text);
    let color = color.map(|(text, _)| text);
    let format = fields.format("fmt");
    let title = fields.required_text("title", "Revenue per month").map(|(text, _)| text);
    let height = fields.whole("height", 120, 1200);
    let horizontal = fields.flag("horizontal").unwrap_or(false);
    // A mark of a line or an area stands for all series at its place.
    let series = color.as_deref().filter(|_| kind == "bar_chart");
    let on_select = on_select(kind, &mut fields, x.as_deref(), series, uses);
    let shape = match kind {
        "line_chart" => ChartShape::Line,
        "area_chart" => ChartShape::Area,
        _ => ChartShape::Bar { horizontal },
    };
    Some(ChartBlock {
        shape,
        data: data?,
        x: x?,
        y,
        color,
        forecast,
        format,
        title: title?,
        height,
        on_select,
    })
}

fn on_select(
    kind: &str,
    fields: &mut Fields,
    x: Option<&str>,
    color: Option<&str>,
    uses: &mut Vec<Use>,
) -> Vec<(String, String)> {
    let Some(node) = fields.take("on_select") else {
        return Vec::new();
    };
    let Content::Map(entries) = node.content else {
        fields.wrong(
            "on_select",
            node.at,
            "\"on_select\" expects a filter and a column, such as {creditor: creditor}.",
        );
        return Vec::new();
    };
    let mut pairs = Vec::new();
    for Entry { key, at, value } in entries {
        let column = scalar(&value).unwrap_or_default();
        if x != Some(column.as_str()) && color != Some(column.as_str()) {
            let message = format!(
                "\"on_select\" takes its value from \"x\", of bars also from \"color\", not {}.",
                describe(&value)
            );
            fields.wrong("on_select", value.at, message);
        }
        let field = format!("{kind}.on_select");
        uses.push(Use { at, field, what: Named::Selectable(key.clone()) });
        pairs.push((key, column));
    }
    pairs
}

fn table(at: At, node: Node, problems: &mut Problems, uses: &mut Vec<Use>) -> Option<TableBlock> {
    let mut fields =
        Fields::new("dataframe", at, node, &["data", "title", "link", "download", "columns"], problems);
    let data = data("dataframe", &mut fields, uses);
    let title = fields.text("title");
    let link = fields.text_at("link");
    if let Some((text, place)) = &link
        && !is_safe_link(text)
    {
        let message = format!(
            "The link \"{}\" is not allowed; links start with https://, http://, / or a relative path.",
            shorten(text)
        );
        fields.wrong("link", *place, message);
    }
    let (mut download_csv, mut wants_xlsx) = (false, false);
    for (format, place) in fields.texts("download").unwrap_or_default() {
        match format.as_str() {
            "csv" => download_csv = true,
            "xlsx" => {
                wants_xlsx = true;
                fields.problems.warn(place, "dataframe.download", stated::XLSX);
            }
            _ => {
                let message = format!("\"download\" cannot be \"{}\". Allowed: csv, xlsx.", shorten(&format));
                fields.wrong("download", place, message);
            }
        }
    }
    let columns = fields.take("columns").map(|node| columns(node, fields.problems)).unwrap_or_default();
    let link = link.map(|(text, _)| text);
    Some(TableBlock { data: data?, title, link, download_csv, wants_xlsx, columns })
}

fn columns(node: Node, problems: &mut Problems) -> Vec<ColumnStyle> {
    let Content::Map(entries) = node.content else {
        let message = format!(
            "\"columns\" expects columns and their options, such as {{amount: {{fmt: eur0}}}}, not {}.",
            describe(&node)
        );
        problems.error(node.at, "dataframe.columns", message);
        return Vec::new();
    };
    let mut columns = Vec::new();
    for Entry { key, value, .. } in entries {
        let mut fields = Fields::new("column", value.at, value, &["label", "fmt", "bar", "hidden"], problems);
        columns.push(ColumnStyle {
            name: key,
            label: fields.text("label"),
            format: fields.format("fmt"),
            bar: fields.flag("bar").unwrap_or(false),
            hidden: fields.flag("hidden").unwrap_or(false),
        });
    }
    columns
}

/// Reads an alert, and its filter values apart.
pub(super) fn alert(
    name: &str,
    at: At,
    node: Node,
    problems: &mut Problems,
    uses: &mut Vec<Use>,
) -> (Option<Alert>, Params) {
    problems.warn(at, "alert", stated::ALERT);
    let mut fields = Fields::new("alert", at, node, &["when", "cron", "params", "to"], problems);
    let when = fields.required_text("when", "totals.cases > 0");
    let when = when.and_then(|(text, place)| condition(&text, "when", place, "alert", &mut fields, uses));
    let cron = front::cron(&mut fields);
    let params = front::params(&mut fields);
    let to: Vec<String> = fields.texts("to").unwrap_or_default().into_iter().map(|(text, _)| text).collect();
    if to.is_empty() {
        fields.missing("to", "[group:controlling]");
    }
    let alert = when.zip(cron).map(|(when, cron)| Alert {
        name: name.to_owned(),
        when,
        cron,
        params: front::without_places(&params),
        to,
    });
    (alert, params)
}

/// Reads a test, and its filter values apart.
pub(super) fn test(
    name: &str,
    at: At,
    node: Node,
    problems: &mut Problems,
    uses: &mut Vec<Use>,
) -> (TestCase, Params) {
    problems.warn(at, "test", stated::TEST);
    let mut fields = Fields::new("test", at, node, &["params", "expect"], problems);
    let params = front::params(&mut fields);
    let mut expect = Vec::new();
    let lines = fields.texts("expect").unwrap_or_default();
    if lines.is_empty() {
        fields.missing("expect", "[rows(totals) = 1]");
    }
    for (text, place) in lines {
        expect.extend(condition(&text, "expect", place, "test", &mut fields, uses));
    }
    (TestCase { name: name.to_owned(), params: front::without_places(&params), expect }, params)
}

fn condition(
    text: &str,
    option: &str,
    at: At,
    kind: &str,
    fields: &mut Fields,
    uses: &mut Vec<Use>,
) -> Option<super::expectations::Condition> {
    let Some(condition) = conditions::read(text) else {
        let message = format!(
            "\"{}\" is not a condition. Conditions look like: {}.",
            shorten(text),
            conditions::ALLOWED
        );
        fields.wrong(option, at, message);
        return None;
    };
    for query in condition.queries() {
        uses.push(query_use(&format!("{kind}.{option}"), at, query));
    }
    Some(condition)
}
