//! The texts with which a new product, a new contract and a new dashboard begin.

use std::fmt::Write as _;

use lakeport_model::DomainId;

use super::read::no_id;
use crate::catalog::{Asset, slug};
use crate::standards::odcs::LogicalType;

/// A product of this domain without what only its author can say.
pub(super) fn product(domain: &DomainId) -> String {
    let domain = quoted(domain.as_str());
    format!(
        r#"apiVersion: v1.1.0
kind: DataProduct
# Stands in addresses and stays the same for ever: small letters, digits, "-", "_" and ".".
id: ""
name: ""
version: 1.0.0
status: active
domain: {domain}
description:
  # What it is for, in a sentence or two.
  purpose: ""
  # What one should know before one relies on it.
  limitations: ""
customProperties:
  # open: everybody sees it. restricted: everybody sees that it exists. private: only the domain sees it.
  - {{property: lakeport.visibility, value: restricted}}
# What it offers: data of your domain by its id in the catalog, and the contract that it keeps.
# outputPorts:
#   - name: daily
#     description: One row a day
#     version: 1.0.0
#     contractId: my-contract
#     customProperties:
#       - {{property: lakeport.asset, value: gold.my_table}}
"#
    )
}

/// A text in JSON's quotes, in which YAML takes it as it is: an id may read as a number or hold a colon.
fn quoted(text: &str) -> serde_json::Value {
    serde_json::Value::from(text)
}

/// A contract of this domain without what only its author can say; of an asset with its columns.
pub(super) fn contract(domain: &DomainId, asset: Option<&Asset>) -> String {
    let id = quoted(&contract_id(domain, asset));
    let name = quoted(asset.map_or("", |asset| asset.title.as_str()));
    let (domain, schema) = (quoted(domain.as_str()), asset.map_or_else(|| SCHEMA.to_owned(), schema));
    format!(
        r#"apiVersion: v3.1.0
kind: DataContract
# Stands in addresses and stays the same for ever: small letters, digits, "-", "_" and ".".
id: {id}
name: {name}
# The first number rises with what breaks a promise, before 1.0.0 the second one.
version: 0.1.0
# draft: nobody is meant to rely on it yet. active: it is in force.
status: draft
domain: {domain}
description:
  # What the data is for, in a sentence or two.
  purpose: ""
  # What one should know before one relies on it.
  limitations: ""
  # What it may be used for, and what not.
  usage: ""
{schema}# How fresh the data is, and how long it is kept.
# slaProperties:
#   - {{property: retention, value: 2, unit: y, description: Earlier states can be read for two years.}}
"#
    )
}

/// What a contract says of the data where its author names it.
const SCHEMA: &str = r"# What it promises: data of your domain by its id in the catalog.
# schema:
#   - name: my_table
#     physicalName: gold.my_table
#     properties:
#       - {name: day, logicalType: date, physicalType: date, required: true, description: Day it counts for}
";

/// An id that the contract may have: that of the asset as an address, otherwise that of its domain.
fn contract_id(domain: &DomainId, asset: Option<&Asset>) -> String {
    let id = match asset {
        Some(asset) => id_of(asset),
        None => format!("{}-contract", slug(domain.as_str())),
    };
    if no_id(&id).is_none() { id } else { "contract".to_owned() }
}

/// The id of an asset as an address, which what is begun of it may have as well.
pub(super) fn id_of(asset: &Asset) -> String {
    slug(asset.id.rsplit('.').next().unwrap_or_default()).replace('_', "-")
}

/// A dashboard of this domain without what only its author can say; of a table with a query and what shows it.
pub(super) fn dashboard(domain: &DomainId, owner: &str, table: Option<&Asset>) -> String {
    let title = quoted(table.map_or("", |table| table.title.as_str()));
    let (domain, owner) = (quoted(domain.as_str()), quoted(owner));
    let (reads, body) = match table {
        Some(table) => (format!("reads: [{}]", table.id), figures(table)),
        None => ("# reads: [gold.my_table]".to_owned(), SAMPLE.to_owned()),
    };
    format!(
        r#"---
title: {title}
# One or two sentences under the title.
# description: ""
owner: {owner}
domain: {domain}
# A data product of your domain: who sees what it offers sees the dashboard. Without one everybody does.
# product: my-product
# The tables that its queries ask. Everybody sees the figures that they may read.
{reads}
---

Say here what it shows, and for whom.

{body}"#
    )
}

/// What a dashboard shows where its author names the table: a fence without a word is sample text.
const SAMPLE: &str = "Below is a query and what shows it. Name your table in both, and take out the two lines of four backticks.\n\n\
    ````\n```sql figures\nSELECT count(*) AS entries\nFROM gold.my_table\n```\n\n\
    ```metric\nlabel: Rows\nvalue: figures.entries\nfmt: num0\n```\n````\n";

/// How many rows a table has: in each month where it has days, otherwise by what its first column of texts says.
fn figures(table: &Asset) -> String {
    let id = &table.id;
    let is_plain = |name: &str| name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let first = |is_it: fn(LogicalType) -> bool| {
        let mut columns = table.columns.iter().filter(|column| is_plain(column.name));
        columns.find(|column| logical_type(column.data_type).is_some_and(is_it)).map(|column| column.name)
    };
    let day = first(|of| matches!(of, LogicalType::Date | LogicalType::Timestamp));
    let word = first(|of| matches!(of, LogicalType::String));
    match (day, word) {
        (Some(day), _) => format!(
            "```sql figures\nSELECT date_trunc('month', \"{day}\") AS month, count(*) AS entries\nFROM {id}\nGROUP BY 1\n\
             ORDER BY 1\n```\n\n\
             ```line_chart\ndata: figures\nx: month\ny: entries\nfmt: num0\ntitle: Rows by month\n```\n"
        ),
        (None, Some(word)) => format!(
            "```sql figures\nSELECT \"{word}\" AS part, count(*) AS entries\nFROM {id}\nGROUP BY 1\nORDER BY 2 DESC\n\
             LIMIT 20\n```\n\n\
             ```bar_chart\ndata: figures\nx: part\ny: entries\nhorizontal: true\nfmt: num0\ntitle: Rows by {word}\n```\n"
        ),
        (None, None) => format!(
            "```sql figures\nSELECT count(*) AS entries\nFROM {id}\n```\n\n\
             ```metric\nlabel: Rows\nvalue: figures.entries\nfmt: num0\n```\n"
        ),
    }
}

/// An asset and its columns as a contract describes them.
fn schema(asset: &Asset) -> String {
    let name = asset.name.rsplit('.').next().unwrap_or_default();
    let mut text = format!(
        "schema:\n  - name: {}\n    physicalName: {}\n    physicalType: {}\n",
        quoted(name),
        quoted(&asset.id),
        asset.kind
    );
    if !asset.description.is_empty() {
        _ = writeln!(text, "    description: {}", quoted(&asset.description));
    }
    if !asset.columns.is_empty() {
        text.push_str("    properties:\n");
    }
    for column in asset.columns.iter() {
        _ = writeln!(text, "      - name: {}", quoted(column.name));
        if let Some(logical) = logical_type(column.data_type) {
            _ = writeln!(text, "        logicalType: {}", logical.as_str());
        }
        if !column.data_type.is_empty() {
            _ = writeln!(text, "        physicalType: {}", quoted(column.data_type));
        }
        if !column.description.is_empty() {
            _ = writeln!(text, "        description: {}", quoted(column.description));
        }
        _ = writeln!(text, "        classification: {}", column.classification);
    }
    text
}

/// The logical type of a type of tables; none for what is nested, whose parts only its author knows.
fn logical_type(data_type: &str) -> Option<LogicalType> {
    let word = data_type.split('(').next().unwrap_or_default().trim().to_lowercase();
    match word.as_str() {
        "string" | "varchar" | "char" | "text" => Some(LogicalType::String),
        "date" => Some(LogicalType::Date),
        "timestamp" | "timestamp_ntz" => Some(LogicalType::Timestamp),
        "double" | "float" | "real" | "decimal" | "number" => Some(LogicalType::Number),
        "byte" | "tinyint" | "short" | "smallint" | "int" | "integer" | "long" | "bigint" => {
            Some(LogicalType::Integer)
        }
        "boolean" | "bool" => Some(LogicalType::Boolean),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboards::format;
    use crate::standards::odcs::Contract;
    use crate::standards::odps::{DataProduct, Visibility};

    #[test]
    fn what_a_new_product_begins_with_is_right_once_it_is_filled_in() {
        for domain in ["finance", "123", "a: b", "it's \"x\""] {
            let text = product(&domain.into());
            let filled = text.replace("id: \"\"", "id: rates").replace("name: \"\"", "name: Rates");
            let filled = filled
                .replace("purpose: \"\"", "purpose: Rates")
                .replace("limitations: \"\"", "limitations: None");
            let (read, advice) = DataProduct::read("p.yaml", &filled).expect("it can be read");
            assert_eq!((read.id.as_str(), read.domain.as_deref()), ("rates", Some(domain)), "{advice:?}");
            assert_eq!(read.visibility(), Visibility::Restricted);
            let offers = filled.replace("# outputPorts", "outputPorts").replace("\n#   ", "\n  ");
            let read = DataProduct::from_yaml("p.yaml", &offers).expect("with what it offers, too");
            assert_eq!(read.output_ports.len(), 1);
        }
    }

    #[test]
    fn what_a_new_contract_begins_with_can_be_read() {
        for domain in ["finance", "123", "a: b", "it's \"x\""] {
            let text = contract(&domain.into(), None);
            let (read, advice) = Contract::read("c.yaml", &text).expect("it can be read");
            assert_eq!(
                (read.version.as_str(), read.domain.as_deref()),
                ("0.1.0", Some(domain)),
                "{advice:?}"
            );
            assert!(read.is_draft() && no_id(&read.id).is_none(), "{}", read.id);
            let says = text.replace("# schema", "schema").replace("# slaProp", "slaProp");
            let says = says.replace("\n#   ", "\n  ");
            let read = Contract::from_yaml("c.yaml", &says).expect("with what it promises, too");
            assert_eq!((read.schema.len(), read.sla_properties.len()), (1, 1));
        }
    }

    #[test]
    fn what_a_new_dashboard_begins_with_can_be_read() {
        for domain in ["finance", "123", "a: b", "it's \"x\""] {
            let text = dashboard(&domain.into(), "ada@example.com", None);
            let text = text.replace("title: \"\"", "title: Rates");
            let read = format::parse("d.md", &text).expect("it can be read");
            assert_eq!((read.front.domain.as_deref(), read.queries.len()), (Some(domain), 0));
            let says = text.replace("# reads", "reads").replace("````\n", "");
            let read = format::parse("d.md", &says).expect("with what it shows, too");
            assert_eq!((read.queries.len(), read.warnings.len()), (1, 0), "{:?}", read.warnings);
        }
    }

    #[test]
    fn types_of_tables_are_told_as_the_standard_calls_them() {
        let logical = |data_type| logical_type(data_type).map(LogicalType::as_str);
        assert_eq!(
            ["decimal(10,2)", "Long", "array<string>"].map(logical),
            [Some("number"), Some("integer"), None]
        );
    }
}
