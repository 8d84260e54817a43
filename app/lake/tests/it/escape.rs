//! A table's log may name files of its own folder and no others.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use deltalake::arrow::array::{Int64Array, StringArray};
use lakeport_frame::{LakeError, Readable, TableRef, Value};
use lakeport_lake::Storage;
use lakeport_lake::engine::Engine;
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

/// The data files in a folder and all below it.
fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let count = |path: &Path| {
        if path.is_dir() {
            files_below(path)
        } else {
            usize::from(path.extension() == Some("parquet".as_ref()))
        }
    };
    entries.map(|entry| count(&entry.expect("the entry can be read").path())).sum()
}

#[tokio::test]
async fn the_value_of_a_partition_never_leads_out_of_its_tables_folder() {
    let lake = Lake::new();
    lake.append("other.secret", batch(vec![("id", Arc::new(Int64Array::from(vec![42])))]), &[]).await;
    let places = |values: &[&str]| {
        let ids = Int64Array::from_iter_values((0_i64..).take(values.len()));
        let places = StringArray::from(values.to_vec());
        batch(vec![("id", Arc::new(ids)), ("place", Arc::new(places))])
    };
    let values = ["..", "a/../b", "%2F..", "..%2F..", "%2F%2E%2E", "/etc"];
    lake.append("gold.places", places(&values), &["place"]).await;
    assert_eq!(files_below(&lake.path("gold.places")), values.len());
    let table = lake.table("gold.places");
    let all = query("SELECT id, place FROM gold.places ORDER BY id", &[&table]);
    let frame = engine().query(&all).await.expect("is read");
    assert_eq!(frame.rows(), values.len());
    for (row, (id, value)) in (0_i64..).zip(values).enumerate() {
        assert_eq!(frame.value(row, "id"), Some(Value::Int(id)), "{value}");
        assert_eq!(frame.value(row, "place"), Some(Value::Text(value.to_owned())), "{value}");
    }
    // Letters of a folder's name; yet steps, were they any, that led to another table.
    lake.append("gold.climbs", places(&["../../../other/secret"]), &["place"]).await;
    assert_eq!(files_below(&lake.path("gold.climbs")), 1);
    for outcome in outcomes(&lake.table("gold.climbs")).await {
        let Err(LakeError::OutsideRoot(message)) = &outcome else { panic!("{outcome:?}") };
        assert!(message.contains("outside the table's own folder"), "{message}");
    }
    assert_eq!(files_below(&lake.path("other")), 1);
}

#[tokio::test]
async fn a_control_letter_in_the_name_of_a_file_never_passes_for_something_else() {
    let lake = Lake::new();
    for (index, path) in
        ["part%01.parquet", "day=1%09/part-0.parquet", "part\u{7f}.parquet", "part\n.parquet"]
            .iter()
            .enumerate()
    {
        let table = lake.by_hand(&format!("gold.t{index}"), &[protocol(), metadata(), add(path)]);
        for outcome in outcomes(&table).await {
            let Err(LakeError::Unsupported(message)) = &outcome else { panic!("{path:?}: {outcome:?}") };
            assert!(message.contains("a control letter in its name"), "{path:?}: {message}");
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
async fn links_never_lead_out_of_a_tables_folder() {
    let lake = Lake::new();
    let elsewhere = tempfile::tempdir().expect("the system has room for a folder");
    lake.append("other.secret", batch(vec![("id", Arc::new(Int64Array::from(vec![42])))]), &[]).await;
    let secret = lake.data_files("other.secret").remove(0);
    let outside = elsewhere.path().join("outside.parquet");
    std::fs::copy(&secret, &outside).expect("the file can be copied");
    let size = secret.metadata().expect("the file is there").len();

    let linked = |name: &str, target: &std::path::Path| {
        let mut file = add("part-x.parquet");
        file["add"]["size"] = json!(size);
        let table = lake.by_hand(name, &[protocol(), metadata(), file]);
        symlink(target, lake.path(name).join("part-x.parquet")).expect("a link can be made");
        table
    };
    for (name, target) in [("gold.neighbour", &secret), ("gold.outside", &outside)] {
        let table = linked(name, target);
        let [_, preview, query] = outcomes(&table).await;
        for outcome in [preview, query] {
            assert!(matches!(outcome, Err(LakeError::OutsideRoot(_))), "{name}: {outcome:?}");
        }
    }

    let log = lake.by_hand("gold.log", &[protocol()]);
    let commit = lake.path("gold.log").join("_delta_log/00000000000000000000.json");
    std::fs::remove_file(&commit).expect("the commit can be removed");
    let foreign = lake.path("other.secret").join("_delta_log/00000000000000000000.json");
    symlink(foreign, &commit).expect("a link can be made");
    let logs = lake.table("gold.logs");
    std::fs::create_dir_all(lake.path("gold.logs")).expect("the folder can be made");
    symlink(lake.path("other.secret").join("_delta_log"), lake.path("gold.logs").join("_delta_log"))
        .expect("a link can be made");
    symlink(lake.path("other.secret"), lake.path("gold.folder")).expect("a link can be made");
    std::fs::create_dir_all(lake.path("silver")).expect("the folder can be made");
    symlink(lake.path("other"), lake.path("silver.schema")).expect("a link can be made");
    let root = elsewhere.path().join("lake");
    symlink(lake.path("other"), &root).expect("a link can be made");
    let location = lake.path("silver.schema.secret").display().to_string();
    let behind = TableRef { name: "silver.secret".to_owned(), location };
    for table in [log, logs, lake.table("gold.folder"), behind] {
        for outcome in outcomes(&table).await {
            assert!(matches!(outcome, Err(LakeError::OutsideRoot(_))), "{}: {outcome:?}", table.name);
        }
    }

    // A root may itself be a link: the operator made it.
    let table = TableRef { name: "gold.s".to_owned(), location: root.join("secret").display().to_string() };
    let mut engine = Engine::new(Storage::default(), &[root.display().to_string()]);
    assert_eq!(engine.describe(&table).await.expect("is described").rows, Some(1));
    assert_eq!(engine.preview(&Readable::whole(table), 10).await.expect("is shown").rows(), 1);
}

#[tokio::test]
async fn nothing_outside_the_configured_roots_is_opened() {
    let lake = Lake::new();
    lake.append("gold.sales", batch(vec![("id", Arc::new(Int64Array::from(vec![42])))]), &[]).await;
    let mut engine = Engine::new(Storage::default(), &[lake.path("silver").display().to_string()]);
    let path = lake.path("gold.sales").display().to_string();
    for location in [path.clone(), format!("file://{path}"), "s3://bucket/x".into(), "gs://bucket/x".into()] {
        let table = TableRef { name: "gold.sales".to_owned(), location };
        let outcome = engine.describe(&table).await;
        assert!(matches!(outcome, Err(LakeError::OutsideRoot(_))), "{}: {outcome:?}", table.location);
    }
}

#[tokio::test]
async fn features_that_cannot_be_read_are_named() {
    let lake = Lake::new();
    let table = lake.by_hand("gold.vacuumed", &[features(&["vacuumProtocolCheck"]), metadata()]);
    for outcome in outcomes(&table).await {
        let Err(LakeError::Unsupported(message)) = &outcome else { panic!("{outcome:?}") };
        assert!(message.contains("no data file is written anew"), "{message}");
    }
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
