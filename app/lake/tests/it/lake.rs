//! Delta tables for the tests: written by delta-rs, or a log written by hand.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use deltalake::DeltaTable;
use deltalake::arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use deltalake::protocol::SaveMode;
use lakeport_frame::{Columns, Query, Readable, Rows, TableRef, Value};
use lakeport_lake::Storage;
use lakeport_lake::engine::Engine;
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use url::Url;

/// 1 January 2026 in days.
const NEW_YEAR: i32 = 20_454;
const MICROS_A_DAY: i64 = 86_400_000_000;

/// A folder with tables.
pub(crate) struct Lake {
    folder: TempDir,
}

impl Lake {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("the system has room for a folder") }
    }

    /// A lake with `gold.sales`: three files, one a month, of four rows each.
    pub(crate) async fn with_sales() -> (Self, TableRef) {
        let lake = Self::new();
        for month in 0..3 {
            lake.append("gold.sales", sales(month), &[]).await;
        }
        let table = lake.table("gold.sales");
        (lake, table)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        name.split('.').fold(self.folder.path().to_owned(), |path, part| path.join(part))
    }

    pub(crate) fn table(&self, name: &str) -> TableRef {
        TableRef { name: name.to_owned(), location: self.path(name).display().to_string() }
    }

    /// One more commit with one file a partition.
    pub(crate) async fn append(&self, name: &str, batch: RecordBatch, partition_by: &[&str]) {
        let path = self.path(name);
        std::fs::create_dir_all(&path).expect("the folder can be made");
        let url = Url::from_directory_path(&path).expect("the path is absolute");
        let table = DeltaTable::try_from_url(url).await.expect("the place can be read");
        let mut write = table.write(vec![batch]).with_save_mode(SaveMode::Append);
        if !partition_by.is_empty() {
            write = write.with_partition_columns(partition_by.iter().copied());
        }
        write.await.expect("the table can be written");
    }

    /// A table whose only commit holds these actions.
    pub(crate) fn by_hand(&self, name: &str, actions: &[Json]) -> TableRef {
        let log = self.path(name).join("_delta_log");
        std::fs::create_dir_all(&log).expect("the folder can be made");
        let lines: Vec<String> = actions.iter().map(Json::to_string).collect();
        std::fs::write(log.join("00000000000000000000.json"), lines.join("\n"))
            .expect("the log can be written");
        self.table(name)
    }

    /// The data files of a table, sorted by the time they were written.
    pub(crate) fn data_files(&self, name: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path(name)).expect("the folder is there");
        let mut files: Vec<PathBuf> = entries
            .map(|entry| entry.expect("the entry can be read").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "parquet"))
            .collect();
        files
            .sort_by_key(|path| path.metadata().and_then(|meta| meta.modified()).expect("files have a time"));
        files
    }
}

/// An engine that knows no object store.
pub(crate) fn engine() -> Engine {
    Engine::new(Storage::default(), &roots())
}

/// The folder that all lakes of the tests lie below.
pub(crate) fn roots() -> Vec<String> {
    vec![std::env::temp_dir().display().to_string()]
}

/// Four sales on the first days of a month; the last has no region.
pub(crate) fn sales(month: i32) -> RecordBatch {
    let first = i64::from(month) * 4;
    let days: Vec<i32> = (0..4).map(|day| NEW_YEAR + month * 31 + day).collect();
    let instants: Vec<i64> = days.iter().map(|day| i64::from(*day) * MICROS_A_DAY).collect();
    let cents: Vec<i128> = (0..4).map(|row| i128::from(first + row) * 150 + 5).collect();
    batch(vec![
        ("id", Arc::new(Int64Array::from_iter_values(first..first + 4))),
        ("region", Arc::new(StringArray::from(vec![Some("north"), Some("south"), Some("north"), None]))),
        ("day", Arc::new(Date32Array::from(days))),
        ("sold_at", Arc::new(TimestampMicrosecondArray::from(instants).with_timezone("UTC"))),
        ("revenue", Arc::new(decimals(cents))),
        ("note", Arc::new(StringArray::from(vec!["12", "x-17", "it's", ""]))),
    ])
}

fn decimals(cents: Vec<i128>) -> Decimal128Array {
    Decimal128Array::from(cents).with_precision_and_scale(12, 2).expect("twelve digits suffice")
}

/// Columns of equal length, all nullable.
pub(crate) fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .expect("the columns have one length")
}

/// A statement over these tables without parameters.
pub(crate) fn query(sql: &str, tables: &[&TableRef]) -> Query {
    Query {
        sql: sql.to_owned(),
        parameters: BTreeMap::new(),
        tables: tables.iter().map(|table| Readable::whole((*table).clone())).collect(),
        row_limit: 1_000,
    }
}

/// These columns of a table.
pub(crate) fn only(table: &TableRef, columns: &[&str]) -> Readable {
    let columns = Columns::plain(columns.iter().copied());
    Readable { table: table.clone(), columns, rows: Rows::All }
}

/// A statement with parameters.
pub(crate) fn bound(sql: &str, table: &TableRef, parameters: &[(&str, Value)]) -> Query {
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Query { parameters, ..query(sql, &[table]) }
}

/// `metaData` of a table with one `id` column.
pub(crate) fn metadata() -> Json {
    let schema = json!({"type": "struct", "fields": [{"name": "id", "type": "long", "nullable": true, "metadata": {}}]});
    json!({"metaData": {
        "id": "5fba94ed-9794-4965-ba6e-6ee3c0d22af9", "format": {"provider": "parquet", "options": {}},
        "schemaString": schema.to_string(), "partitionColumns": [], "configuration": {}, "createdTime": 0
    }})
}

/// `protocol` of every plain table.
pub(crate) fn protocol() -> Json {
    json!({"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}})
}

/// `protocol` with these reader features.
pub(crate) fn features(names: &[&str]) -> Json {
    json!({"protocol": {
        "minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": names, "writerFeatures": names
    }})
}

/// `add` of a file, with its path as it stands in the log.
pub(crate) fn add(path: &str) -> Json {
    json!({"add": {
        "path": path, "partitionValues": {}, "size": 1_000, "modificationTime": 1_767_225_600_000_i64,
        "dataChange": true, "stats": "{\"numRecords\":1}"
    }})
}
