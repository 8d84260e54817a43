//! The standards' own examples and JSON Schemas judge our models.

use std::path::Path;

use jsonschema::Validator;
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

fn schema(path: &Path) -> Validator {
    let text = std::fs::read_to_string(path).expect("the schema is there");
    let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is one")
}

/// YAML 1.2 as JSON, read without our models.
fn plain(text: &str) -> Value {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).expect("the file is YAML")
}

fn verdict(schema: &Validator, value: &Value) -> Result<(), String> {
    let errors: Vec<String> =
        schema.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("\n")) }
}

struct Schemas {
    v3_1: Validator,
    v3_2: Validator,
}

impl Schemas {
    fn new(folder: &Path) -> Self {
        let file = |version: &str| schema(&folder.join(format!("odcs-json-schema-v{version}.json")));
        Self { v3_1: file("3.1.0"), v3_2: file("3.2.0") }
    }

    /// The schema of the version that the document states; 3.1's stands in for 3.0, whose own is among the outside judges.
    fn of(&self, document: &Value) -> &Validator {
        let version = document["apiVersion"].as_str().unwrap_or_default();
        if version.starts_with("v3.2") { &self.v3_2 } else { &self.v3_1 }
    }
}

#[test]
fn contracts_are_accepted_where_the_schema_accepts_them_and_read_back_equal() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("odcs");
    let schemas = Schemas::new(&folder);
    let mut accepted = Vec::new();
    for (name, text) in files(&folder, ".odcs.yaml") {
        let original = plain(&text);
        let judged = verdict(schemas.of(&original), &original);
        match Contract::from_yaml(&name, &text) {
            Ok(contract) => {
                judged.unwrap_or_else(|errors| {
                    panic!("{name} was accepted, but the schema refuses it:\n{errors}")
                });
                let printed = contract.to_yaml();
                verdict(schemas.of(&original), &plain(&printed))
                    .unwrap_or_else(|errors| panic!("{name} as printed is not valid:\n{errors}\n{printed}"));
                assert_eq!(Contract::from_yaml(&name, &printed), Ok(contract), "{name} reads back equal");
                assert_eq!(
                    without_empty_lists(plain(&printed)),
                    without_empty_lists(original),
                    "{name} loses nothing"
                );
                accepted.push(name);
            }
            Err(errors) => {
                assert!(judged.is_err(), "{name} was refused, but the schema accepts it:\n{errors}");
                eprintln!("refused as the schema does: {errors}");
            }
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
fn single_changes_to_a_contract_are_judged_as_the_schema_does() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("odcs");
    let schemas = Schemas::new(&folder);
    let full = std::fs::read_to_string(folder.join("full-example.odcs.yaml")).expect("the example is there");
    let mut judged = 0;
    for original in [plain(&full), plain(NEWEST)] {
        assert_eq!(verdict(schemas.of(&original), &original), Ok(()));
        Contract::from_yaml("original.yaml", &original.to_string())
            .unwrap_or_else(|errors| panic!("{errors}"));
        let (changes, disagreements) = judge_changes(&original, &schemas);
        assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
        judged += changes;
    }
    assert!(judged > 1_000, "only {judged} changes were judged");
}

/// Where we are stricter, as DESIGN asks: versions, unique names and whole relationships.
const STRICTER: [&str; 4] =
    ["semantic version", "names are unique", "same number of columns", "upper limit lies below"];

/// Changes every place of the document in every way; the number of changes, and where judgements differ.
fn judge_changes(original: &Value, schemas: &Schemas) -> (usize, Vec<String>) {
    let mut judged = 0;
    let mut disagreements = Vec::new();
    for pointer in pointers(original, "") {
        for change in
            [Change::Remove, Change::Replace(Value::Null), Change::Replace(7.into()), Change::Rename]
        {
            let Some(changed) = change.apply(original, &pointer) else { continue };
            let ours = Contract::from_yaml("changed.yaml", &changed.to_string());
            let theirs = verdict(schemas.of(&changed), &changed);
            if let (Ok(_), Err(errors)) = (&ours, &theirs) {
                disagreements
                    .push(format!("{change:?} at {pointer} was accepted; the schema says: {errors}"));
            } else if let (Err(errors), Ok(())) = (&ours, &theirs) {
                let strict =
                    errors.iter().all(|error| STRICTER.iter().any(|words| error.message.contains(words)));
                if !strict {
                    disagreements.push(format!(
                        "{change:?} at {pointer} was refused; the schema accepts it: {errors}"
                    ));
                }
            }
            judged += 1;
        }
    }
    (judged, disagreements)
}

/// What the corpus' examples do not use, most of it new in 3.2.
const NEWEST: &str = "
apiVersion: v3.2.0
kind: DataContract
id: newest
version: 1.2.3
description: {purpose: p, more: {free: true}}
context:
  instructions: Be brief
  verifiedStatements: [{question: Why, answer: Because, tags: [a]}]
  constraints: [{constraint: Never}]
schema:
- name: t
  logicalType: object
  deprecated: false
  synonyms: [{synonym: u, locale: en, status: active}]
  context: In words
  quality:
  - {type: sql, query: SELECT 1, mustBeBetween: [1, 2]}
  - {type: text, description: Fine}
  - {metric: duplicateValues, arguments: {properties: [a, b]}, mustBeLessOrEqualTo: 1.5, unit: percent}
  - {type: custom, engine: soda, implementation: {x: 1}}
  properties:
  - name: a
    logicalType: string
    logicalTypeOptions: {minLength: 1, maxLength: 9, pattern: '^a', format: email}
    semanticType: dimension
    enum: [{value: x, label: X, id: x}, {value: 2}]
    relationships: [{to: schema/o/properties/b, id: r}]
  - {name: b, logicalType: integer, logicalTypeOptions: {minimum: 1, exclusiveMaximum: 9, multipleOf: 2, format: i64}}
  - {name: c, logicalType: timestamp, logicalTypeOptions: {minimum: '2020', timezone: true, defaultTimezone: UTC}}
  - {name: d, logicalType: map, map: {key: {logicalType: string}, value: {logicalType: number}}}
  - {name: e, logicalType: vector, logicalTypeOptions: {dimensions: 3, elementType: int8, distanceMetric: cosine}}
  - name: f
    logicalType: array
    logicalTypeOptions: {maxItems: 3}
    items: {logicalType: object, properties: [{name: g}]}
  - {name: h, logicalType: object, logicalTypeOptions: {required: [i]}, properties: [{name: i, required: true}]}
  - {name: j, logicalType: boolean}
servers:
- {server: d, type: databricks, catalog: c, schema: s, host: h, roles: [{role: r}]}
- {server: k, type: kafka, host: h, format: avro, encoding: utf8}
- {server: p, type: postgres, host: h, port: '5432', database: d, schema: s, environment: prod}
- {server: i, type: iceberg, catalog: c, catalogUrl: 'https://c.example'}
- {server: x, type: custom, path: p}
team: [{username: u, dateIn: '2020-01-01', tags: [t]}]
slaDefaultElement: t.a
slaProperties:
- property: latency
  value: 1
  unit: d
  authoritativeDefinitions: [{url: u, type: t}]
  customProperties: [{property: p, value: null, vendor: v}]
";

#[derive(Debug)]
enum Change {
    Remove,
    Rename,
    Replace(Value),
}

impl Change {
    fn apply(&self, original: &Value, pointer: &str) -> Option<Value> {
        let mut changed = original.clone();
        let (parent, key) = pointer.rsplit_once('/')?;
        let parent = changed.pointer_mut(parent)?;
        match (self, parent) {
            (Self::Replace(value), parent) => {
                let place = match parent {
                    Value::Object(members) => members.get_mut(key)?,
                    Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?)?,
                    _ => return None,
                };
                *place = value.clone();
            }
            (Self::Remove, Value::Object(members)) => {
                members.remove(key)?;
            }
            (Self::Rename, Value::Object(members)) => {
                let value = members.remove(key)?;
                members.insert(format!("{key}Old"), value);
            }
            _ => return None,
        }
        Some(changed)
    }
}

/// Every place of a document, as JSON pointers.
fn pointers(value: &Value, at: &str) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, value)| (format!("{at}/{key}"), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, value)| (format!("{at}/{index}"), value)).collect()
        }
        _ => Vec::new(),
    };
    children
        .into_iter()
        .flat_map(|(pointer, value)| {
            let below = pointers(value, &pointer);
            std::iter::once(pointer).chain(below)
        })
        .collect()
}

#[test]
fn products_are_valid_and_read_back_equal() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("odps");
    let judge = schema(&folder.join("odps-json-schema-v1.0.0.json"));
    for (name, text) in files(&folder, ".odps.yaml") {
        let product = DataProduct::from_yaml(&name, &text).unwrap_or_else(|errors| panic!("{errors}"));
        let printed = product.to_yaml();
        verdict(&judge, &plain(&printed)).unwrap_or_else(|errors| panic!("{name} as printed:\n{errors}"));
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
