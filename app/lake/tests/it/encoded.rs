//! Tables whose partition values hold letters that paths write in another way.

use std::sync::Arc;

use deltalake::arrow::array::{Int64Array, StringArray};
use lakeport_frame::{Frame, Readable, Value};
use serde_json::{Value as Json, json};

use crate::lake::{Lake, batch, bound, engine, query};

const COUNT: usize = 17;
/// Values as people have them; `None` is no value at all.
const VALUES: [Option<&str>; COUNT] = [
    Some("north sea"),
    Some("50%"),
    Some("a/b"),
    Some("12:30"),
    Some("Köln"),
    Some("x=y"),
    Some("%20"),
    Some("C:\\temp"),
    Some("#1?"),
    Some("a+b&c;d"),
    Some("it's \"so\""),
    Some("日本"),
    Some(".."),
    Some("a/../b"),
    Some("tab\there"),
    Some("plain"),
    None,
];

/// `gold.places` with one row a value, its number as `id`.
async fn places() -> Lake {
    let lake = Lake::new();
    let ids = Int64Array::from_iter_values((0i64..).take(COUNT));
    let rows = batch(vec![("id", Arc::new(ids)), ("place", Arc::new(StringArray::from(VALUES.to_vec())))]);
    lake.append("gold.places", rows, &["place"]).await;
    lake
}

/// Rows as pairs of number and place, by number.
fn pairs(frame: &Frame) -> Vec<(Value, Value)> {
    let cell = |row, name| frame.value(row, name).expect("a cell");
    let mut pairs: Vec<_> = (0..frame.rows()).map(|row| (cell(row, "id"), cell(row, "place"))).collect();
    pairs.sort_by_key(|(id, _)| if let Value::Int(id) = id { *id } else { -1 });
    pairs
}

fn expected() -> Vec<(Value, Value)> {
    let place = |value: Option<&str>| value.map_or(Value::Null, |text| Value::Text(text.to_owned()));
    (0i64..).zip(VALUES).map(|(id, value)| (Value::Int(id), place(value))).collect()
}

#[tokio::test]
async fn no_letter_of_a_partition_hides_its_rows() {
    let lake = places().await;
    let table = lake.table("gold.places");
    let mut engine = engine();
    assert_eq!(engine.describe(&table).await.expect("is described").rows, Some(17));
    let preview = engine.preview(&Readable::whole(table.clone()), 200).await.expect("is shown");
    assert_eq!(pairs(&preview), expected());
    let all = query("SELECT id, place FROM gold.places", &[&table]);
    assert_eq!(pairs(&engine.query(&all).await.expect("is read")), expected());
    for (id, value) in (0i64..).zip(VALUES) {
        let Some(value) = value else { continue };
        let place = [("place", Value::Text(value.to_owned()))];
        let one = bound("SELECT id FROM gold.places WHERE place = $place", &table, &place);
        let found = engine.query(&one).await.expect("is read");
        assert_eq!((found.rows(), found.value(0, "id")), (1, Some(Value::Int(id))), "{value}");
        let grouped = bound(
            "SELECT place, count(*) AS n FROM gold.places WHERE place = $place GROUP BY place",
            &table,
            &place,
        );
        let found = engine.query(&grouped).await.expect("is counted");
        assert_eq!(found.value(0, "n"), Some(Value::Int(1)), "{value}");
    }
}

#[tokio::test]
async fn a_preview_of_many_such_files_never_looks_at_all_of_them() {
    let lake = places().await;
    let log = lake.path("gold.places").join("_delta_log");
    let commit = std::fs::read_to_string(log.join("00000000000000000000.json")).expect("the log is there");
    let adds: Vec<Json> = commit
        .lines()
        .filter_map(|line| serde_json::from_str::<Json>(line).ok()?.get("add").cloned())
        .collect();
    assert_eq!(adds.len(), COUNT);
    // Two thousand more of which only the log knows; those that are there come first.
    let missing = (0..2_000).map(|number| {
        let mut add = adds[number % adds.len()].clone();
        let path = add["path"].as_str().expect("a path").to_owned();
        let (folder, _) = path.rsplit_once('/').expect("a folder");
        add["path"] = json!(format!("{folder}/part-{number}.parquet"));
        add
    });
    let removed = adds.iter().map(|add| {
        json!({"remove": {"path": add["path"], "deletionTimestamp": 1_767_225_600_000_i64, "dataChange": false}})
    });
    let again = adds.iter().cloned().chain(missing).map(|add| json!({ "add": add }));
    let write = |version: u32, actions: Vec<Json>| {
        let lines: Vec<String> = actions.iter().map(Json::to_string).collect();
        std::fs::write(log.join(format!("{version:020}.json")), lines.join("\n")).expect("written");
    };
    write(1, removed.collect());
    write(2, again.collect());
    let table = lake.table("gold.places");
    let mut engine = engine();
    assert_eq!(engine.describe(&table).await.expect("is described").files, 2_017);
    let shown = engine.preview(&Readable::whole(table), 17).await.expect("is shown");
    assert_eq!(pairs(&shown), expected());
}
