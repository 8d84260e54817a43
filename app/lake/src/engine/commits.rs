//! The newest commits of a table: what was written by whom, and how its columns changed.

use std::collections::HashMap;

use deltalake::kernel::StructType;
use deltalake::{DeltaResult, DeltaTable};
use lakeport_frame::{LakeError, TableVersion};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{describe, error};

/// Most entries of a history.
const MAX_HISTORY: u32 = 1_000;
/// Most changes of columns that are told of one commit.
const MAX_CHANGES: usize = 20;
/// Characters of a name or a type that are told.
const MAX_NAME: usize = 200;

/// The newest entries first; the log may have forgotten the oldest. Columns are compared with those of older entries among
/// them.
pub(crate) async fn history(
    name: &str,
    table: &DeltaTable,
    limit: u32,
) -> Result<Vec<TableVersion>, LakeError> {
    let newest = table.version().unwrap_or_default();
    let mut versions = Vec::new();
    let mut set: Vec<(usize, Columns)> = Vec::new();
    for age in 0..u64::from(limit.min(MAX_HISTORY)) {
        let Some(version) = newest.checked_sub(age) else { break };
        let Some(commit) = read(table, version).await.map_err(|error| error::of_table(name, &error))? else {
            break;
        };
        set.extend(commit.columns.map(|columns| (versions.len(), columns)));
        let info = &commit.info;
        let (operation, metrics) =
            (info["operation"].as_str().unwrap_or("UNKNOWN"), &info["operationMetrics"]);
        versions.push(TableVersion {
            version: i64::try_from(version).unwrap_or(i64::MAX),
            committed_at: describe::committed_at(table, version, info).await,
            operation: operation.to_owned(),
            rows_added: rows_added(operation, metrics),
            rows_removed: rows_removed(metrics),
            files_added: commit.files_added,
            files_removed: commit.files_removed,
            by: named(info, &["userName"]),
            program: named(info, &["engineInfo", "clientVersion"]),
            changes: Vec::new(),
        });
    }
    for ((place, columns), (_, before)) in set.iter().zip(set.iter().skip(1)) {
        if let Some(version) = versions.get_mut(*place) {
            version.changes = changes(before, columns);
        }
    }
    Ok(versions)
}

/// A column's name and its type.
type Named = (String, String);

/// Columns in order.
type Columns = Vec<Named>;

/// What is looked at of a commit.
#[derive(Debug, Default)]
struct Commit {
    /// Its `commitInfo`, which may be empty.
    info: Value,
    /// The columns that it sets, where it does.
    columns: Option<Columns>,
    files_added: i64,
    files_removed: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Action {
    commit_info: Option<Value>,
    meta_data: Option<MetaData>,
    add: Option<IgnoredAny>,
    remove: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MetaData {
    schema_string: Option<String>,
}

/// A version of the log; `None` when the log has forgotten it.
async fn read(table: &DeltaTable, version: u64) -> DeltaResult<Option<Commit>> {
    let entry = table.log_store().read_commit_entry(version).await?;
    Ok(entry.map(|bytes| parsed(&bytes)))
}

fn parsed(bytes: &[u8]) -> Commit {
    let actions = serde_json::Deserializer::from_slice(bytes).into_iter::<Action>().map_while(Result::ok);
    let mut commit = Commit::default();
    for action in actions {
        if let Some(info) = action.commit_info {
            commit.info = info;
        }
        if let Some(schema) = action.meta_data.and_then(|meta| meta.schema_string) {
            commit.columns = columns(&schema);
        }
        commit.files_added += i64::from(action.add.is_some());
        commit.files_removed += i64::from(action.remove.is_some());
    }
    commit
}

fn columns(schema: &str) -> Option<Columns> {
    let schema: StructType = serde_json::from_str(schema).ok()?;
    let columns = schema.fields().map(|field| (field.name().clone(), field.data_type().to_string()));
    Some(columns.collect())
}

/// How columns differ from those before, a sentence each: in their order, those that are gone last.
fn changes(before: &[Named], now: &[Named]) -> Vec<String> {
    let kinds = |columns: &'_ [Named]| -> HashMap<String, String> { columns.iter().cloned().collect() };
    let (kinds_before, kinds_now) = (kinds(before), kinds(now));
    let changed = now.iter().filter_map(|(name, kind)| match kinds_before.get(name) {
        None => Some(format!("Column {} was added.", cut(name))),
        Some(other) if other == kind => None,
        Some(other) => Some(format!("Column {} is now {}, was {}.", cut(name), cut(kind), cut(other))),
    });
    let gone = before.iter().filter(|(name, _)| !kinds_now.contains_key(name));
    let gone = gone.map(|(name, _)| format!("Column {} was removed.", cut(name)));
    let mut told: Vec<String> = changed.chain(gone).collect();
    let more = told.len().saturating_sub(MAX_CHANGES);
    if more > 0 {
        told.truncate(MAX_CHANGES);
        told.push(format!("There are {more} more changes of columns."));
    }
    told
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_NAME).collect()
}

/// Writers name the figures differently.
fn rows_added(operation: &str, metrics: &Value) -> Option<i64> {
    // Other operations count rows among those they write that were there before.
    let only_adds =
        matches!(operation, "WRITE" | "STREAMING UPDATE" | "COPY INTO") || operation.ends_with("AS SELECT");
    figure(metrics, &["numTargetRowsInserted", "num_target_rows_inserted"]).or_else(|| {
        let written = figure(metrics, &["numOutputRows", "num_added_rows", "num_output_rows"]);
        written.filter(|_| only_adds)
    })
}

fn rows_removed(metrics: &Value) -> Option<i64> {
    let fields = ["numDeletedRows", "num_deleted_rows", "numTargetRowsDeleted", "num_target_rows_deleted"];
    figure(metrics, &fields)
}

/// The first of these figures; some write figures as text.
fn figure(metrics: &Value, fields: &[&str]) -> Option<i64> {
    fields.iter().find_map(|field| {
        let value = &metrics[*field];
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    })
}

fn named(info: &Value, fields: &[&str]) -> Option<String> {
    let texts = fields.iter().filter_map(|field| info[*field].as_str());
    texts.map(str::trim).find(|text| !text.is_empty()).map(cut)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_never_told_that_the_log_does_not_tell() {
        let spark = json!({"numTargetRowsInserted": "3", "numTargetRowsDeleted": "1", "numOutputRows": "90"});
        assert_eq!((rows_added("MERGE", &spark), rows_removed(&spark)), (Some(3), Some(1)));
        let update = json!({"numUpdatedRows": "2", "numOutputRows": "90"});
        assert_eq!((rows_added("UPDATE", &update), rows_removed(&update)), (None, None));
        let write = json!({"num_added_rows": 7});
        assert_eq!(rows_added("WRITE", &write), Some(7));
        assert_eq!(rows_added("CREATE OR REPLACE TABLE AS SELECT", &json!({"numOutputRows": "5"})), Some(5));
        assert_eq!(rows_added("WRITE", &Value::Null), None);
    }

    #[test]
    fn a_commit_is_read_as_far_as_it_can_be() {
        let schema = json!({"type": "struct", "fields": [
            {"name": "id", "type": "long", "nullable": true, "metadata": {}},
        ]});
        let lines = [
            json!({"commitInfo": {"operation": "WRITE", "userName": " ada ", "engineInfo": ""}}),
            json!({"metaData": {"schemaString": schema.to_string(), "partitionColumns": []}}),
            json!({"add": {"path": "a"}}),
            json!({"remove": {"path": "b"}}),
            json!({"add": {"path": "c"}}),
            json!({"txn": {"appId": "x"}}),
        ];
        let text = lines.map(|line| line.to_string()).join("\n") + "\n{broken";
        let commit = parsed(text.as_bytes());
        assert_eq!((commit.files_added, commit.files_removed), (2, 1));
        assert_eq!(commit.columns, Some(vec![("id".to_owned(), "long".to_owned())]));
        assert_eq!(named(&commit.info, &["userName"]).as_deref(), Some("ada"));
        assert_eq!(named(&commit.info, &["engineInfo", "clientVersion"]), None);
    }

    #[test]
    fn very_many_changes_are_counted() {
        let columns = |from: usize| (from..from + 30).map(|place| (format!("c{place}"), "long".to_owned()));
        let (before, now): (Columns, Columns) = (columns(0).collect(), columns(30).collect());
        let told = changes(&before, &now);
        assert_eq!((told.len(), told[0].as_str()), (21, "Column c30 was added."));
        assert_eq!(told[20], "There are 40 more changes of columns.");
        assert!(changes(&now, &now).is_empty());
    }
}
