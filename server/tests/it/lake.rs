//! A lake that answers what a test has put into it, without a table on any disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use lakeport_frame::{
    Check, CheckOutcome, Column, ColumnInfo, Frame, LakeError, TableInfo, TableRef, TableVersion, Values,
};
use lakeport_portal::Lake;
use lakeport_portal::lake::Statement;
use lakeport_portal::policy::{Entitlement, Measurement};

use crate::world::World;

/// A table: the rows that it shows, and what else is told about it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    /// Its columns with the value of their only row.
    pub(crate) cells: Vec<(String, String)>,
    /// A comment on each of its columns.
    pub(crate) comment: String,
    /// The column it is partitioned by.
    pub(crate) partition: String,
    /// The figures of its checks.
    pub(crate) figure: String,
    /// So many of its checks pass, the first ones.
    pub(crate) passing: usize,
}

/// Tables by name.
pub(crate) struct Tables(pub(crate) BTreeMap<String, Told>);

impl World {
    /// The same portal over these tables.
    pub(crate) fn over(mut self, tables: Tables) -> Self {
        let lake: Arc<dyn Lake> = Arc::new(tables);
        self.process.ctx.lake = Arc::clone(&lake);
        self.process.shared.ctx.lake = lake;
        self
    }
}

impl Tables {
    fn told(&self, table: &str) -> Result<&Told, LakeError> {
        self.0.get(table).ok_or_else(|| LakeError::TableGone(format!("There is no table {table}.")))
    }

    fn rows(&self, table: &Entitlement) -> Result<Frame, LakeError> {
        let name = &table.table().name;
        let cells = self.told(name)?.cells.iter();
        let columns =
            cells.filter(|(column, _)| table.readable().columns.contain(column)).map(|(column, cell)| {
                Column { name: column.clone(), values: Values::Text(vec![Some(cell.clone())]) }
            });
        let frame = Frame::new(columns.collect()).expect("columns of one length");
        Ok(frame.with_made_from([name.clone()].into()))
    }
}

#[async_trait]
impl Lake for Tables {
    async fn describe(&self, table: &TableRef) -> Result<TableInfo, LakeError> {
        let told = self.told(&table.name)?;
        let column = |(name, _): &(String, String)| ColumnInfo {
            name: name.clone(),
            data_type: "string".to_owned(),
            nullable: true,
            comment: Some(told.comment.clone()),
        };
        Ok(TableInfo {
            columns: told.cells.iter().map(column).collect(),
            partition_columns: vec![told.partition.clone()],
            version: 1,
            modified_at: "2026-11-30T05:00:00Z".parse().expect("a moment"),
            rows: Some(1),
            files: 1,
            bytes: 900,
        })
    }

    async fn history(&self, _table: &TableRef, _limit: u32) -> Result<Vec<TableVersion>, LakeError> {
        Ok(Vec::new())
    }

    async fn preview(&self, table: &Entitlement, _limit: u32) -> Result<Frame, LakeError> {
        self.rows(table)
    }

    async fn query(&self, statement: &Statement, tables: &[Entitlement]) -> Result<Frame, LakeError> {
        let sql = statement.sql.replace('"', "");
        let named = self.0.keys().find(|name| sql.contains(name.as_str())).cloned().unwrap_or_default();
        let Some(table) = tables.iter().find(|table| table.table().name == named) else {
            let message = format!("Table {named} is not among the tables.");
            return Err(LakeError::NotGranted { table: named, message });
        };
        self.rows(table)
    }

    async fn check(&self, table: &Measurement, checks: &[Check]) -> Result<Vec<CheckOutcome>, LakeError> {
        let told = self.told(&table.table().name)?;
        let outcome = |check: usize| {
            let detail = told.figure.clone();
            if check < told.passing {
                CheckOutcome::Passed { detail }
            } else {
                CheckOutcome::Failed { detail, failing_rows: None }
            }
        };
        Ok((0..checks.len()).map(outcome).collect())
    }
}
