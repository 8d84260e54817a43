//! Describing tables, their history and their first rows.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use deltalake::DeltaTableBuilder;
use deltalake::arrow::array::{ArrayRef, Float64Array, Int64Array, ListBuilder, StringArray, StringBuilder};
use deltalake::kernel::{ArrayType, DataType, MetadataValue, StructField};
use deltalake::operations::create::CreateBuilder;
use deltalake::operations::write::SchemaMode;
use deltalake::protocol::SaveMode;
use lakeport_frame::{LakeError, Readable, TableRef, Value};
use serde_json::json;
use url::Url;

use crate::lake::{Lake, batch, engine, metadata, only, protocol, query, sales};

#[tokio::test]
async fn a_table_is_described_from_its_log() {
    let (lake, table) = Lake::with_sales().await;
    let info = engine().describe(&table).await.expect("is described");
    let columns: Vec<(&str, &str)> =
        info.columns.iter().map(|column| (column.name.as_str(), column.data_type.as_str())).collect();
    assert_eq!(
        columns,
        [
            ("id", "long"),
            ("region", "string"),
            ("day", "date"),
            ("sold_at", "timestamp"),
            ("revenue", "decimal(12,2)"),
            ("note", "string"),
        ]
    );
    assert_eq!((info.version, info.rows, info.files), (2, Some(12), 3));
    assert!(info.bytes > 1_000);
    let newest = lake.data_files("gold.sales").pop().and_then(|file| file.metadata().ok()?.modified().ok());
    let newest: DateTime<Utc> = newest.expect("the file has a time").into();
    assert!((newest - info.modified_at).abs() < TimeDelta::minutes(1), "{}", info.modified_at);
}

#[tokio::test]
async fn comments_partitions_and_requirements_are_told() {
    let lake = Lake::new();
    let path = lake.path("gold.stock");
    std::fs::create_dir_all(&path).expect("the folder can be made");
    let comment = HashMap::from([("comment", MetadataValue::String("Stock keeping unit".to_owned()))]);
    CreateBuilder::new()
        .with_location(Url::from_directory_path(&path).expect("the path is absolute").as_str())
        .with_columns([
            StructField::not_null("sku", DataType::STRING).with_metadata(comment),
            StructField::nullable("tags", DataType::from(ArrayType::new(DataType::STRING, true))),
            StructField::nullable("country", DataType::STRING),
        ])
        .with_partition_columns(["country"])
        .await
        .expect("the table can be made");
    let info = engine().describe(&lake.table("gold.stock")).await.expect("is described");
    assert_eq!(info.partition_columns, ["country"]);
    assert_eq!(info.columns[0].comment.as_deref(), Some("Stock keeping unit"));
    assert_eq!((info.columns[0].nullable, info.columns[1].nullable), (false, true));
    assert_eq!(info.columns[1].data_type, "array<string>");
    assert_eq!((info.rows, info.files), (Some(0), 0));
}

#[tokio::test]
async fn the_history_begins_with_the_newest_version() {
    let (_lake, table) = Lake::with_sales().await;
    let mut engine = engine();
    let versions = engine.history(&table, 2).await.expect("has a history");
    let told: Vec<_> = versions.iter().map(|entry| (entry.version, entry.operation.as_str())).collect();
    assert_eq!(told, [(2, "WRITE"), (1, "WRITE")]);
    assert_eq!((versions[0].rows_added, versions[0].rows_removed), (Some(4), None));
    assert_eq!((versions[0].files_added, versions[0].files_removed), (1, 0));
    assert!(versions.iter().all(|version| version.changes.is_empty()), "{versions:?}");
    assert!(versions[0].committed_at >= versions[1].committed_at);
    assert_eq!(engine.history(&table, 50).await.expect("has a history").len(), 3);
}

#[tokio::test]
async fn the_history_tells_a_new_column_and_rows_that_are_gone() {
    let lake = Lake::new();
    let ids = |ids: std::ops::Range<i64>| -> ArrayRef { Arc::new(Int64Array::from_iter_values(ids)) };
    lake.append("gold.fees", batch(vec![("id", ids(0..4))]), &[]).await;
    let fees: ArrayRef = Arc::new(Float64Array::from(vec![0.5, 1.5]));
    let url = Url::from_directory_path(lake.path("gold.fees")).expect("the path is absolute");
    let open = async || {
        let table = DeltaTableBuilder::from_url(url.clone()).expect("is a table");
        table.load().await.expect("is a table")
    };
    open()
        .await
        .write(vec![batch(vec![("id", ids(4..6)), ("fee_eur", fees)])])
        .with_save_mode(SaveMode::Append)
        .with_schema_mode(SchemaMode::Merge)
        .await
        .expect("the table can be written");
    open().await.delete().with_predicate("id < 2").await.expect("rows can be deleted");
    let versions = engine().history(&lake.table("gold.fees"), 50).await.expect("has a history");
    let told: Vec<_> = versions
        .iter()
        .map(|entry| (entry.operation.as_str(), entry.rows_added, entry.rows_removed, entry.files_removed))
        .collect();
    assert_eq!(
        told,
        [("DELETE", None, Some(2), 1), ("WRITE", Some(2), None, 0), ("WRITE", Some(4), None, 0)]
    );
    let changes: Vec<&[String]> = versions.iter().map(|entry| entry.changes.as_slice()).collect();
    assert_eq!(changes, [&[][..], &["Column fee_eur was added.".to_owned()][..], &[][..]]);
    assert!(versions.iter().all(|entry| entry.program.is_some() && entry.by.is_none()), "{versions:?}");
}

#[tokio::test]
async fn the_history_tells_what_became_of_a_type() {
    let lake = Lake::new();
    let schema = |fields: &[(&str, &str)]| {
        let field = |(name, kind): &(&str, &str)| json!({"name": name, "type": kind, "nullable": true, "metadata": {}});
        let fields: Vec<_> = fields.iter().map(field).collect();
        let mut action = metadata();
        action["metaData"]["schemaString"] = json!({"type": "struct", "fields": fields}).to_string().into();
        action
    };
    let table =
        lake.by_hand("gold.amounts", &[protocol(), schema(&[("amount", "double"), ("note", "string")])]);
    let log = lake.path("gold.amounts").join("_delta_log");
    let who = json!({"commitInfo": {
        "operation": "REPLACE TABLE", "userName": "ada@nordkauf.example", "engineInfo": "Spark/4"
    }});
    let second = [who, schema(&[("amount", "decimal(18,2)")])].map(|action| action.to_string()).join("\n");
    std::fs::write(log.join("00000000000000000001.json"), second).expect("the log can be written");
    let newest = engine().history(&table, 2).await.expect("has a history").remove(0);
    assert_eq!(
        newest.changes,
        ["Column amount is now decimal(18,2), was double.", "Column note was removed."]
    );
    assert_eq!(
        (newest.by.as_deref(), newest.program.as_deref()),
        (Some("ada@nordkauf.example"), Some("Spark/4"))
    );
    let alone = engine().history(&table, 1).await.expect("has a history").remove(0);
    assert!(alone.changes.is_empty(), "nothing is told of commits that are not shown");
}

#[tokio::test]
async fn a_preview_shows_what_may_be_read_only() {
    let lake = Lake::new();
    let ids = batch(vec![
        ("id", Arc::new(Int64Array::from_iter_values(0..500))),
        ("Secret Name", Arc::new(StringArray::from(vec!["s"; 500]))),
    ]);
    lake.append("gold.people", ids, &[]).await;
    let table = lake.table("gold.people");
    let mut engine = engine();
    let frame = engine.preview(&only(&table, &["id", "salary"]), 1_000).await.expect("is shown");
    assert_eq!((frame.columns().len(), frame.rows(), frame.truncated), (1, 200, true));
    let frame = engine.preview(&only(&table, &["Secret Name"]), 3).await.expect("is shown");
    assert_eq!((frame.rows(), frame.value(0, "Secret Name")), (3, Some(Value::Text("s".to_owned()))));
    let whole = engine.preview(&Readable::whole(table.clone()), 3).await.expect("is shown");
    assert_eq!(whole.columns().len(), 2);
    for columns in [vec![], vec!["salary"]] {
        let refused = engine.preview(&only(&table, &columns), 3).await;
        assert!(matches!(refused, Err(LakeError::NotGranted { .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn no_value_in_a_list_is_never_shown_as_no_list_or_as_a_shorter_one() {
    let mut tags = ListBuilder::new(StringBuilder::new());
    tags.append_value([Some("a"), None, Some("")]);
    tags.append_null();
    tags.append_value([None::<&str>, None]);
    tags.append_value(Vec::<Option<&str>>::new());
    let lake = Lake::new();
    lake.append("gold.tagged", batch(vec![("tags", Arc::new(tags.finish()))]), &[]).await;
    let table = lake.table("gold.tagged");
    let mut engine = engine();
    let preview = engine.preview(&Readable::whole(table.clone()), 10).await.expect("is shown");
    let all = query("SELECT tags FROM gold.tagged", &[&table]);
    for frame in [preview, engine.query(&all).await.expect("is read")] {
        let shown: Vec<Value> = (0..4).map(|row| frame.value(row, "tags").expect("a cell")).collect();
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(shown, [text("[a, null, ]"), Value::Null, text("[null, null]"), text("[]")]);
        assert_eq!(frame.to_csv(), "tags\r\n\"[a, null, ]\"\r\n\r\n\"[null, null]\"\r\n[]\r\n");
    }
}

#[tokio::test]
async fn an_open_table_is_brought_to_its_newest_version() {
    let (lake, table) = Lake::with_sales().await;
    let mut engine = engine();
    let count = query("SELECT count(*) AS n FROM gold.sales", &[&table]);
    let before = engine.query(&count).await.expect("is counted");
    assert_eq!(before.value(0, "n"), Some(Value::Int(12)));
    lake.append("gold.sales", sales(3), &[]).await;
    let after = engine.query(&count).await.expect("is counted");
    assert_eq!(after.value(0, "n"), Some(Value::Int(16)));

    std::fs::remove_dir_all(lake.path("gold.sales")).expect("the table can be dropped");
    assert!(matches!(engine.query(&count).await, Err(LakeError::TableGone(_))));
    lake.append("gold.sales", sales(0), &[]).await;
    let again = engine.query(&count).await.expect("is counted");
    assert_eq!(again.value(0, "n"), Some(Value::Int(4)));
}

#[tokio::test]
async fn new_versions_are_checked_like_the_first() {
    let (lake, table) = Lake::with_sales().await;
    let mut engine = engine();
    engine.describe(&table).await.expect("is described");
    let log = lake.path("gold.sales").join("_delta_log");
    let entry = crate::lake::add("../../other/file.parquet").to_string();
    std::fs::write(log.join("00000000000000000003.json"), entry).expect("the log can be written");
    let refused = engine.describe(&table).await;
    assert!(matches!(refused, Err(LakeError::OutsideRoot(_))), "{refused:?}");
}

#[tokio::test]
async fn a_location_may_be_an_address_with_blanks() {
    let lake = Lake::new();
    lake.append("gold.Sales of 2026", sales(0), &[]).await;
    let path = lake.path("gold.Sales of 2026");
    let address = Url::from_directory_path(&path).expect("the path is absolute");
    assert!(address.as_str().contains("%20"));
    DeltaTableBuilder::from_url(address.clone()).expect("is a table").load().await.expect("is a table");
    for location in [address.to_string(), path.display().to_string(), format!("{}/", path.display())] {
        let table = TableRef { name: "gold.sales".to_owned(), location };
        let statement = query("SELECT count(*) AS n FROM gold.sales", &[&table]);
        let frame = engine().query(&statement).await.expect("is counted");
        assert_eq!(frame.value(0, "n"), Some(Value::Int(4)), "{}", table.location);
    }
}

#[tokio::test]
async fn a_preview_never_looks_at_every_file_of_a_large_table() {
    let lake = Lake::new();
    let ids = batch(vec![("id", Arc::new(Int64Array::from_iter_values(0..10)))]);
    lake.append("gold.many", ids, &[]).await;
    let first = lake.data_files("gold.many").pop().expect("a file");
    let size = std::fs::metadata(&first).expect("it is there").len();
    // Six files are enough for fifty rows; of the others only the log knows.
    let adds: Vec<String> = (0..2_000)
        .map(|number| {
            let path = format!("part-{number}.parquet");
            if number < 6 {
                std::fs::copy(&first, first.with_file_name(&path)).expect("copied");
            }
            let stats = json!({"numRecords": 10}).to_string();
            let add = json!({
                "path": path, "partitionValues": {}, "size": size, "modificationTime": 1_767_225_600_000_i64,
                "dataChange": true, "stats": stats
            });
            json!({ "add": add }).to_string()
        })
        .collect();
    let log = lake.path("gold.many").join("_delta_log/00000000000000000001.json");
    std::fs::write(log, adds.join("\n")).expect("the log can be written");
    let table = lake.table("gold.many");
    let mut engine = engine();
    assert_eq!(engine.describe(&table).await.expect("is described").files, 2_001);
    let shown = engine.preview(&Readable::whole(table), 50).await.expect("is shown");
    assert_eq!(shown.rows(), 50);
}
