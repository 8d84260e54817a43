//! Writes demo tables as Delta tables.
//!
//! A run is one commit a table, and the commit itself records the last day it covers (an application
//! transaction of the Delta protocol). A run that is cut off therefore leaves tables that are complete
//! up to a day they know, and the next run goes on from there.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use deltalake::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use deltalake::arrow::datatypes::{DataType as ArrowType, Field, Schema, TimeUnit};
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, CommitInfo, DataType, MetadataValue, StructField, Transaction};
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use deltalake::{DeltaTable, DeltaTableBuilder, DeltaTableError};
use futures::TryStreamExt;
use lakeport_frame::LakeError;
use url::Url;

use super::calendar::Day;
use super::cells::{Cells, Growth, Kind, Rows, Spec};

/// A demo table at its place in the lake.
pub(super) struct Target {
    spec: &'static Spec,
    location: Url,
    /// What its commits are stamped with.
    now: DateTime<Utc>,
    /// Names the demo (seed, first day, scale) whose days the table holds.
    app: String,
    /// The table, if it is there, and the last day it holds.
    state: Option<(DeltaTable, Day)>,
}

impl Target {
    /// Looks at a table's place.
    ///
    /// # Errors
    /// When the place cannot be read, or holds a table of something else than this demo.
    pub(super) async fn open(
        root: &Path,
        spec: &'static Spec,
        app: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, LakeError> {
        let folder = spec.name.split('.').fold(root.to_owned(), |path, part| path.join(part));
        let location = Url::from_directory_path(&folder).map_err(|()| {
            LakeError::Refused(format!(
                "{} is not an absolute path, so no demo table can go there.",
                root.display()
            ))
        })?;
        std::fs::create_dir_all(&folder).map_err(|error| {
            LakeError::Fault(format!("The folder {} cannot be created: {error}", folder.display()))
        })?;
        let mut target = Self { spec, location, now, app: app.to_owned(), state: None };
        match target.builder().map_err(|error| target.fault(&error))?.load().await {
            Ok(table) => target.state = Some(target.last_day(table).await?),
            Err(DeltaTableError::NotATable(_)) => {}
            Err(error) => return Err(target.fault(&error)),
        }
        Ok(target)
    }

    fn builder(&self) -> Result<DeltaTableBuilder, DeltaTableError> {
        DeltaTableBuilder::from_url(self.location.clone())
    }

    async fn last_day(&self, table: DeltaTable) -> Result<(DeltaTable, Day), LakeError> {
        let log = table.log_store();
        let state = table.snapshot().map_err(|error| self.fault(&error))?;
        let version = state.snapshot().transaction_version(log.as_ref(), &self.app).await;
        match version.map_err(|error| self.fault(&error))?.map(Day::try_from) {
            Some(Ok(day)) => Ok((table, day)),
            _ => Err(LakeError::Refused(format!(
                "{} holds a table that this demo did not write (another seed, first day or scale). \
                 Choose an empty folder for the demo.",
                self.location.path()
            ))),
        }
    }

    /// True when the table holds everything up to a day.
    pub(super) fn complete(&self, last: Day) -> bool {
        self.state.as_ref().is_some_and(|(_, day)| *day >= last)
    }

    /// The day whose arrivals are in the table already; growing tables are continued after it.
    pub(super) fn after(&self) -> Day {
        match (self.spec.growth, &self.state) {
            (Growth::Append, Some((_, day))) => *day,
            _ => Day::MIN,
        }
    }

    /// The table's path in the file system.
    pub(super) fn path(&self) -> String {
        self.location
            .to_file_path()
            .map_or_else(|()| self.location.to_string(), |path| path.display().to_string())
    }

    /// Rows in the newest version, from the statistics in its log.
    pub(super) fn rows(&self) -> i64 {
        let state = self.state.as_ref().and_then(|(table, _)| table.snapshot().ok());
        let rows =
            state.map_or(0, |state| state.log_data().iter().filter_map(|file| file.num_records()).sum());
        i64::try_from(rows).unwrap_or(i64::MAX)
    }

    /// Writes chunks of rows and commits them as complete up to `last`.
    pub(super) async fn write(
        &mut self,
        chunks: impl Iterator<Item = Rows>,
        last: Day,
    ) -> Result<(), LakeError> {
        let table = self.commit(chunks, last).await.map_err(|error| self.fault(&error))?;
        self.state = Some((table, last));
        Ok(())
    }

    async fn commit(
        &self,
        chunks: impl Iterator<Item = Rows>,
        last: Day,
    ) -> Result<DeltaTable, DeltaTableError> {
        let schema = Arc::new(arrow_schema(self.spec));
        let partition: Vec<String> = self.spec.partition.map(str::to_owned).into_iter().collect();
        let mut writer =
            RecordBatchWriter::try_new(&self.location, schema.clone(), Some(partition.clone()), None)?;
        for rows in chunks.filter(|rows| rows.len > 0) {
            let columns = rows.columns.into_iter().map(array).collect();
            writer.write(RecordBatch::try_new(schema.clone(), columns)?).await?;
        }
        let mut actions: Vec<Action> = writer.flush().await?.into_iter().map(Action::Add).collect();
        let covered = Transaction::new(&self.app, last.into());
        let properties = CommitProperties::default().with_application_transaction(covered);
        let Some((table, _)) = &self.state else {
            actions.push(self.stamp("CREATE TABLE"));
            return CreateBuilder::new()
                .with_location(self.location.as_str())
                .with_table_name(self.spec.name)
                .with_comment(self.spec.comment)
                .with_columns(fields(self.spec))
                .with_partition_columns(partition)
                .with_actions(actions)
                .with_commit_properties(properties)
                .await;
        };
        let log = table.log_store();
        let state = table.snapshot()?;
        let mode = match self.spec.growth {
            Growth::Append => SaveMode::Append,
            Growth::Snapshot => SaveMode::Overwrite,
        };
        if mode == SaveMode::Overwrite {
            let files = state.snapshot().file_views(log.as_ref(), None);
            let gone = files.map_ok(|file| Action::Remove(file.remove_action(true))).try_collect::<Vec<_>>();
            actions.extend(gone.await?);
        }
        let partition_by = Some(partition).filter(|columns| !columns.is_empty());
        let operation = DeltaOperation::Write { mode, partition_by, predicate: None };
        actions.push(self.stamp(operation.name()));
        CommitBuilder::from(properties).with_actions(actions).build(Some(state), log, operation).await?;
        self.builder()?.load().await
    }

    /// What a commit says of itself: written at the demo's time.
    fn stamp(&self, operation: &str) -> Action {
        Action::CommitInfo(CommitInfo {
            timestamp: Some(self.now.timestamp_millis()),
            operation: Some(operation.to_owned()),
            ..CommitInfo::default()
        })
    }

    fn fault(&self, error: &DeltaTableError) -> LakeError {
        LakeError::Fault(format!("The demo table {} at {} failed: {error}", self.spec.name, self.path()))
    }
}

fn fields(spec: &Spec) -> Vec<StructField> {
    let field = |column: &super::cells::Col| {
        let kind = match column.kind {
            Kind::Text => DataType::STRING,
            Kind::Long => DataType::LONG,
            Kind::Int => DataType::INTEGER,
            Kind::Double => DataType::DOUBLE,
            Kind::Date => DataType::DATE,
            Kind::Instant => DataType::TIMESTAMP,
            Kind::Flag => DataType::BOOLEAN,
        };
        let comment = ("comment", MetadataValue::String(column.comment.to_owned()));
        StructField::nullable(column.name, kind).with_metadata([comment])
    };
    spec.columns.iter().map(field).collect()
}

fn arrow_schema(spec: &Spec) -> Schema {
    let field = |column: &super::cells::Col| {
        let kind = match column.kind {
            Kind::Text => ArrowType::Utf8,
            Kind::Long => ArrowType::Int64,
            Kind::Int => ArrowType::Int32,
            Kind::Double => ArrowType::Float64,
            Kind::Date => ArrowType::Date32,
            Kind::Instant => ArrowType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Kind::Flag => ArrowType::Boolean,
        };
        let comment = HashMap::from([("comment".to_owned(), column.comment.to_owned())]);
        Field::new(column.name, kind, true).with_metadata(comment)
    };
    Schema::new(spec.columns.iter().map(field).collect::<Vec<_>>())
}

fn array(cells: Cells) -> ArrayRef {
    match cells {
        Cells::Text(values) => Arc::new(StringArray::from_iter(values)),
        Cells::Long(values) => Arc::new(Int64Array::from(values)),
        Cells::Int(values) => Arc::new(Int32Array::from(values)),
        Cells::Double(values) => Arc::new(Float64Array::from(values)),
        Cells::Date(values) => Arc::new(Date32Array::from(values)),
        Cells::Instant(values) => Arc::new(TimestampMicrosecondArray::from(values).with_timezone("UTC")),
        Cells::Flag(values) => Arc::new(BooleanArray::from(values)),
    }
}
