//! A table's log may name files of its own folder and no others.

use std::sync::Arc;

use deltalake::arrow::array::Int64Array;
use lakeport_frame::{LakeError, Readable, TableRef};
use serde_json::json;

use crate::lake::{Lake, add, batch, engine, features, metadata, protocol, query};

/// What describing, previewing and querying a table end with.
async fn outcomes(table: &TableRef) -> [Result<(), LakeError>; 3] {
    let mut engine = engine();
    let statement = query(&format!("SELECT * FROM {}", table.name), &[table]);
    [
        engine.describe(table).await.map(drop),
        engine.preview(&Readable::whole(table.clone()), 10).await.map(drop),
        engine.query(&statement).await.map(drop),
    ]
}

#[tokio::test]
async fn files_outside_the_folder_are_never_read() {
    let lake = Lake::new();
    lake.append("other.secret", batch(vec![("id", Arc::new(Int64Array::from(vec![42])))]), &[]).await;
    let secret = lake.data_files("other.secret").remove(0);
    let file = secret.file_name().and_then(|name| name.to_str()).expect("the name is plain");
    let absolute = secret.display().to_string();
    for (index, path) in [
        format!("../../other/secret/{file}"),
        format!("%2E%2E/%2e%2e/other/secret/{file}"),
        format!("..%2F..%2Fother/secret/{file}"),
        format!("day=1/../../../other/secret/{file}"),
        format!("%252E%252E/%252E%252E/other/secret/{file}"),
        format!("file://{absolute}"),
        absolute,
        "s3://bucket/file.parquet".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let table = lake.by_hand(&format!("gold.t{index}"), &[protocol(), metadata(), add(path)]);
        for outcome in outcomes(&table).await {
            assert!(matches!(outcome, Err(LakeError::OutsideRoot(_))), "{path}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn deletion_vectors_outside_the_folder_are_never_read() {
    let lake = Lake::new();
    for (index, (storage, path)) in
        [("p", "file:///etc/passwd"), ("p", "/etc/passwd"), ("u", "../../../x^-aqEH.-t@S}K{vb[*k^")]
            .iter()
            .enumerate()
    {
        let mut file = add("part-0.parquet");
        file["add"]["deletionVector"] = json!({
            "storageType": storage, "pathOrInlineDv": path, "offset": 1, "sizeInBytes": 36, "cardinality": 1
        });
        let name = format!("gold.t{index}");
        let table = lake.by_hand(&name, &[features(&["deletionVectors"]), metadata(), file]);
        for outcome in outcomes(&table).await {
            assert!(matches!(outcome, Err(LakeError::OutsideRoot(_))), "{path}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn checkpoint_sidecars_outside_the_folder_are_never_read() {
    let lake = Lake::new();
    let table = lake.by_hand("gold.sales", &[features(&["v2Checkpoint"]), metadata()]);
    let log = lake.path("gold.sales").join("_delta_log");
    let name = "00000000000000000000.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json";
    let actions = [
        json!({"checkpointMetadata": {"version": 0}}),
        features(&["v2Checkpoint"]),
        metadata(),
        json!({"sidecar": {"path": "../../../../etc/passwd", "sizeInBytes": 10, "modificationTime": 0}}),
    ];
    let lines: Vec<String> = actions.iter().map(ToString::to_string).collect();
    std::fs::write(log.join(name), lines.join("\n")).expect("the checkpoint can be written");
    for outcome in outcomes(&table).await {
        assert!(matches!(outcome, Err(LakeError::OutsideRoot(_))), "{outcome:?}");
    }
}

#[tokio::test]
async fn features_that_cannot_be_read_are_named() {
    let lake = Lake::new();
    for (index, feature) in ["quantumReads", "vacuumTomorrow"].iter().enumerate() {
        let table = lake.by_hand(&format!("gold.t{index}"), &[features(&[feature]), metadata()]);
        for outcome in outcomes(&table).await {
            let Err(LakeError::Unsupported(message)) = &outcome else { panic!("{feature}: {outcome:?}") };
            assert!(message.contains(feature), "{message}");
        }
    }
}

#[tokio::test]
async fn a_folder_without_a_log_is_a_table_that_is_gone() {
    let lake = Lake::new();
    std::fs::create_dir_all(lake.path("gold.empty")).expect("the folder can be made");
    std::fs::create_dir_all(lake.path("gold.bare").join("_delta_log")).expect("the folder can be made");
    for name in ["gold.never", "gold.empty", "gold.bare"] {
        for outcome in outcomes(&lake.table(name)).await {
            assert!(matches!(outcome, Err(LakeError::TableGone(_))), "{name}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn only_known_kinds_of_locations_are_opened() {
    for location in [
        "relative/path",
        "http://host/table",
        "file://host/table",
        "s3:///table",
        "/lake/../etc",
        "file:///lake/%2E%2E/etc",
        "memory:///table",
        "",
    ] {
        let table = TableRef { name: "gold.sales".to_owned(), location: location.to_owned() };
        let outcome = engine().describe(&table).await;
        assert!(matches!(outcome, Err(LakeError::Fault(_))), "{location}: {outcome:?}");
    }
}
