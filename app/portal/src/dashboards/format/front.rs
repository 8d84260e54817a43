//! The front matter.

use lakeport_frame::Locale;

use super::document::{Front, Subscription};
use super::fields::{Fields, Problems, is_table};
use super::node::{At, Content, Entry, Node, describe, scalar};
use super::stated;
use crate::text;
use crate::text::shorten;

const OPTIONS: &[&str] =
    &["title", "owner", "reads", "locale", "view", "subscribe", "domain", "product", "description"];

/// Filter values as written, with the place of each.
pub(super) type Params = Vec<(String, String, At)>;

/// Reads the front matter. Filter values of deliveries come back apart, to be checked against the widgets.
pub(super) fn read(node: Node, problems: &mut Problems) -> (Front, Vec<Params>) {
    let at = At { line: 1, column: 1 };
    let mut fields = Fields::new("front matter", at, node, OPTIONS, problems);
    let title = fields.required_text("title", "Sales overview").map(|(title, place)| {
        if let Some(letter) = text::hidden(&title) {
            fields.wrong("title", place, text::hidden_sentence(letter));
        }
        title
    });
    let title = title.unwrap_or_default();
    let owner = fields.required_text("owner", "controlling").map(|(text, _)| text).unwrap_or_default();
    let mut front = Front { title, owner, ..Front::default() };
    front.domain = fields.text("domain");
    front.product = fields.text("product");
    front.description = fields.text("description");
    if let Some((text, place)) = fields.text_at("locale") {
        front.locale = locale(&text).unwrap_or_else(|| {
            let message = format!(
                "\"locale\" cannot be \"{}\". Allowed: en, en-GB, en-US, de, de-DE, de-AT.",
                shorten(&text)
            );
            fields.wrong("locale", place, message);
            Locale::En
        });
    }
    for (table, place) in fields.texts("reads").unwrap_or_default() {
        if !is_table(&table) {
            let message = format!(
                "\"{}\" is not the name of a table; write it as SQL does, such as gold.collections.",
                shorten(&table)
            );
            fields.wrong("reads", place, message);
        } else if front.reads.contains(&table) {
            fields.wrong("reads", place, format!("\"{table}\" is named twice."));
        } else {
            front.reads.push(table);
        }
    }
    let view = fields.take("view");
    let subscribe = fields.take("subscribe");
    if let Some(node) = view {
        let mut view = Fields::new("view", node.at, node, &["groups"], problems);
        front.view_groups =
            view.texts("groups").unwrap_or_default().into_iter().map(|(group, _)| group).collect();
    }
    let mut params = Vec::new();
    if let Some(node) = subscribe {
        problems.warn(node.at, "front matter.subscribe", stated::DELIVERIES);
        let items = match node.content {
            Content::List(items) => items,
            _ => vec![node],
        };
        for item in items {
            let (subscription, values) = subscription(item, problems);
            front.subscribe.extend(subscription);
            params.push(values);
        }
    }
    (front, params)
}

fn subscription(node: Node, problems: &mut Problems) -> (Option<Subscription>, Params) {
    let mut fields = Fields::new("subscribe", node.at, node, &["cron", "params", "as", "attach"], problems);
    let cron = cron(&mut fields);
    let values = params(&mut fields);
    fields.word("as", &[("recipient", ())]);
    let mut attach = Vec::new();
    for (format, at) in fields.texts("attach").unwrap_or_default() {
        if ["html", "xlsx", "csv"].contains(&format.as_str()) {
            attach.push(format);
        } else {
            let message = format!("\"attach\" cannot be \"{}\". Allowed: html, xlsx, csv.", shorten(&format));
            fields.wrong("attach", at, message);
        }
    }
    let subscription = cron.map(|cron| Subscription { cron, params: without_places(&values), attach });
    (subscription, values)
}

/// The option `cron`: five fields.
pub(super) fn cron(fields: &mut Fields) -> Option<String> {
    let (text, at) = fields.required_text("cron", "\"0 7 * * 1\"")?;
    let known = text.split_whitespace().count() == 5 && text.parse::<croner::Cron>().is_ok();
    if !known {
        let message = format!(
            "\"cron\" cannot be \"{}\"; it needs minute, hour, day, month and weekday, such as \"0 7 * * 1\".",
            shorten(&text)
        );
        fields.wrong("cron", at, message);
    }
    known.then_some(text)
}

/// The option `params`: filter values as in the address; a list repeats the name.
pub(super) fn params(fields: &mut Fields) -> Params {
    let Some(node) = fields.take("params") else {
        return Vec::new();
    };
    let Content::Map(entries) = node.content else {
        let message = format!(
            "\"params\" expects filters and values, such as {{period: last_month}}, not {}.",
            describe(&node)
        );
        fields.wrong("params", node.at, message);
        return Vec::new();
    };
    let mut values = Vec::new();
    for Entry { key, at, value } in entries {
        let items = match value.content {
            Content::List(items) => items,
            _ => vec![value],
        };
        for item in items {
            if let Some(text) = scalar(&item) {
                values.push((key.clone(), text, at));
            } else {
                let message = format!("\"{}\" expects a value or a list of values.", shorten(&key));
                fields.wrong("params", item.at, message);
            }
        }
    }
    values
}

/// Names and values only.
pub(super) fn without_places(params: &Params) -> Vec<(String, String)> {
    params.iter().map(|(name, value, _)| (name.clone(), value.clone())).collect()
}

fn locale(text: &str) -> Option<Locale> {
    match text {
        "en" | "en-GB" | "en-US" => Some(Locale::En),
        "de" | "de-DE" | "de-AT" => Some(Locale::De),
        _ => None,
    }
}
