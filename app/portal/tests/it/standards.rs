//! The standards' own examples through our models. What they take and refuse is held against the JSON Schemas of the
//! standards in `end2end/schemas.spec.mjs`.

use std::path::Path;

use lakeport_portal::standards::odcs::Contract;
use lakeport_portal::standards::odps::DataProduct;
use lakeport_portal::standards::openlineage::{self, Event};
use lakeport_portal::standards::{Document, recognise};
use serde_json::Value;

use crate::corpus::corpus;

/// The files of a folder whose name ends so, with their text.
fn files(folder: &Path, ending: &str) -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder can be listed")
        .map(|entry| entry.expect("the entry can be read").path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .map(|path| {
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("the file is text"))
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no {ending}", folder.display());
    files
}

/// YAML 1.2 as JSON, read without our models.
fn plain(text: &str) -> Value {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).expect("the file is YAML")
}

#[test]
fn contracts_that_are_accepted_read_back_equal() {
    let Some(corpus) = corpus() else { return };
    let mut accepted = Vec::new();
    for (name, text) in files(&corpus.join("odcs"), ".odcs.yaml") {
        match Contract::from_yaml(&name, &text) {
            Ok(contract) => {
                let printed = contract.to_yaml();
                assert_eq!(Contract::from_yaml(&name, &printed), Ok(contract), "{name} reads back equal");
                assert_eq!(
                    without_empty_lists(plain(&printed)),
                    without_empty_lists(plain(&text)),
                    "{name} loses nothing"
                );
                accepted.push(name);
            }
            Err(errors) => eprintln!("refused: {errors}"),
        }
    }
    for needed in
        ["full-example.odcs.yaml", "postgresql-adventureworks-contract.odcs.yaml", "all-data-types.odcs.yaml"]
    {
        assert!(
            accepted.iter().any(|name| name == needed),
            "{needed} has to be accepted; accepted: {accepted:?}"
        );
    }
}

/// Members that hold nothing say the same as missing ones.
fn without_empty_lists(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(without_empty_lists).collect(),
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, value)| !value.as_array().is_some_and(Vec::is_empty))
            .map(|(key, value)| (key, without_empty_lists(value)))
            .collect(),
        other => other,
    }
}

#[test]
fn products_read_back_equal() {
    let Some(corpus) = corpus() else { return };
    for (name, text) in files(&corpus.join("odps"), ".odps.yaml") {
        let product = DataProduct::from_yaml(&name, &text).unwrap_or_else(|errors| panic!("{errors}"));
        let printed = product.to_yaml();
        assert_eq!(DataProduct::from_yaml(&name, &printed), Ok(product), "{name} reads back equal");
        assert_eq!(
            without_empty_lists(plain(&printed)),
            without_empty_lists(plain(&text)),
            "{name} loses nothing"
        );
        let document = recognise(&name, &text).unwrap_or_else(|errors| panic!("{errors}"));
        assert!(matches!(document, Document::Product(_)), "{name}");
    }
}

#[test]
fn real_lineage_events_read() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("openlineage/events");
    let mut read = Vec::new();
    for ending in [".json", ".jsonl"] {
        for (name, text) in files(&folder, ending) {
            let Document::Lineage(events) =
                recognise(&name, &text).unwrap_or_else(|errors| panic!("{errors}"))
            else {
                panic!("{name} was not recognised as lineage");
            };
            let raw: Vec<Value> = serde_json::from_str(&text).unwrap_or_else(|_| {
                text.lines().map(|line| serde_json::from_str(line).expect("is JSON")).collect()
            });
            assert_eq!(events.len(), raw.len(), "{name}");
            for (event, raw) in events.iter().zip(&raw) {
                let printed = serde_json::to_string(event).expect("prints");
                assert_eq!(Event::from_json(&name, &printed).as_ref(), Ok(event), "{name} reads back equal");
                assert_eq!(event.inputs().len(), raw["inputs"].as_array().map_or(0, Vec::len), "{name}");
            }
            read.extend(events);
        }
    }
    assert!(read.len() > 200, "{} events", read.len());
    let facets = || read.iter().flat_map(Event::outputs).filter_map(|dataset| dataset.facets.as_ref());
    assert!(facets().any(|facets| facets.column_lineage.is_some()));
    assert!(facets().any(|facets| facets.schema.as_ref().is_some_and(|schema| !schema.fields.is_empty())));
    assert!(openlineage::events("cut.jsonl", "{\"eventTime\"").is_err());
}
