//! What the Delta log says about a table.

use chrono::{DateTime, Utc};
use deltalake::logstore::commit_uri_from_version;
use deltalake::{DeltaResult, DeltaTable};
use lakeport_frame::{ColumnInfo, LakeError, TableInfo};
use object_store::ObjectStoreExt as _;
use serde_json::Value;

use super::error;

/// The newest version in figures.
pub(crate) async fn info(name: &str, table: &DeltaTable) -> Result<TableInfo, LakeError> {
    let state = table.snapshot().map_err(|error| error::of_table(name, &error))?;
    let columns = state
        .schema()
        .fields()
        .map(|field| ColumnInfo {
            name: field.name().clone(),
            data_type: field.data_type().to_string(),
            nullable: field.is_nullable(),
            comment: match field.metadata.get("comment") {
                Some(deltalake::kernel::MetadataValue::String(comment)) => Some(comment.clone()),
                _ => None,
            },
        })
        .collect();
    let mut rows = Some(0_i64);
    let mut files = 0_i64;
    let mut bytes = 0_i64;
    for file in state.log_data() {
        let deleted = file.deletion_vector_descriptor().map_or(0, |vector| vector.cardinality);
        let written = file.num_records().and_then(|count| i64::try_from(count).ok());
        rows = rows.zip(written).map(|(rows, written)| rows + written - deleted);
        files += 1;
        bytes += file.size();
    }
    let version = state.version();
    let info = commit(table, version).await.map_err(|error| error::of_table(name, &error))?;
    let modified_at = committed_at(table, version, info.as_ref().unwrap_or(&Value::Null)).await;
    Ok(TableInfo {
        columns,
        partition_columns: state.metadata().partition_columns().to_vec(),
        version: i64::try_from(version).unwrap_or(i64::MAX),
        modified_at,
        rows,
        files,
        bytes,
    })
}

/// The `commitInfo` of a version, which may be empty; `None` when the log has forgotten the version.
async fn commit(table: &DeltaTable, version: u64) -> DeltaResult<Option<Value>> {
    let Some(bytes) = table.log_store().read_commit_entry(version).await? else { return Ok(None) };
    let info = serde_json::Deserializer::from_slice(&bytes)
        .into_iter::<Value>()
        .map_while(Result::ok)
        .find_map(|mut action| action.get_mut("commitInfo").map(Value::take));
    Ok(Some(info.unwrap_or_default()))
}

/// What the commit says of its own time, else the time of its file, else of its newest data.
pub(super) async fn committed_at(table: &DeltaTable, version: u64, info: &Value) -> DateTime<Utc> {
    let told = ["inCommitTimestamp", "timestamp"].iter().find_map(|field| info[field].as_i64());
    if let Some(instant) = told.and_then(DateTime::from_timestamp_millis) {
        return instant;
    }
    let file = commit_uri_from_version(Some(version));
    if let Ok(meta) = table.log_store().object_store(None).head(&file).await {
        return meta.last_modified;
    }
    let newest = table
        .snapshot()
        .ok()
        .and_then(|state| state.log_data().iter().filter_map(|file| file.modification_datetime().ok()).max());
    newest.unwrap_or(DateTime::UNIX_EPOCH)
}
