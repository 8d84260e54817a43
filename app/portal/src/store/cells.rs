//! What stands in the columns of an `SQLite` database and is not of their type.
//!
//! `SQLite` keeps anything in any column. Where the file is damaged, or somebody else wrote to it, a cell holds what its row
//! cannot be read with, and a list fails, or the start. `PostgreSQL` keeps nothing but what a column allows: there is nothing
//! to look for.

use std::collections::BTreeMap;
use std::fmt;

use lakeport_model::First;
use sqlx::sqlite::{SqliteRow, SqliteValueRef};
use sqlx::{AssertSqlSafe, Decode, FromRow as _, Row as _, Sqlite, TypeInfo as _, ValueRef as _};

use super::statement::sqlite;
use super::{Db, Tx};
use crate::Result;
use crate::text::legible;

/// Most rows of a column that are named.
const MOST_NAMED: usize = 5;

/// The columns of all tables but those of `SQLite` and of the migrations: table, name, type, and whether a value is required.
/// That it is in a key has to be said apart: `SQLite` keeps rows without one.
const COLUMNS: &str = "SELECT listed.name, held.name, held.type, held.\"notnull\" OR held.pk > 0 \
     FROM pragma_table_list AS listed JOIN pragma_table_info(listed.name) AS held \
     WHERE listed.schema = 'main' AND listed.type = 'table' AND NOT listed.wr \
     AND listed.name NOT GLOB 'sqlite_*' AND listed.name NOT GLOB '_sqlx_*' ORDER BY listed.name, held.cid";

/// A column of which some cells do not fit.
#[derive(Debug)]
pub struct Misfits {
    table: String,
    column: Column,
    /// The first of their rows by `rowid`, and how many there are.
    rows: First<i64>,
}

#[derive(Debug)]
struct Column {
    name: String,
    kind: Kind,
    is_required: bool,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Integer,
    Number,
    Id,
}

/// Finds all cells that do not fit. Each table is read once and row by row: some rows at a time are in memory, and it takes as
/// long as reading the file.
///
/// # Errors
/// When the database cannot be read.
pub async fn misfits(db: &Db) -> Result<Vec<Misfits>> {
    let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    each(db, COLUMNS.to_owned(), |row| {
        let (table, name, declared, is_required) = <(String, String, String, bool)>::from_row(&row)?;
        if let Some(kind) = Kind::declared(&declared) {
            tables.entry(table).or_default().push(Column { name, kind, is_required });
        }
        Ok(())
    })
    .await?;
    let mut found = Vec::new();
    for (table, columns) in tables {
        found.extend(misfits_of(db, &table, columns).await?);
    }
    Ok(found)
}

async fn misfits_of(db: &Db, table: &str, columns: Vec<Column>) -> Result<Vec<Misfits>> {
    let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
    let sql = format!("SELECT rowid, {} FROM {}", names.join(", "), quoted(table));
    let none = |column| Misfits { table: table.to_owned(), column, rows: First { items: Vec::new(), of: 0 } };
    let mut found: Vec<Misfits> = columns.into_iter().map(none).collect();
    each(db, sql, |row| {
        for (before, misfits) in found.iter_mut().enumerate() {
            if !misfits.column.fits(row.try_get_raw(before + 1)?) {
                misfits.note(row.try_get(0)?);
            }
        }
        Ok(())
    })
    .await?;
    found.retain(|misfits| misfits.rows.of > 0);
    Ok(found)
}

/// Takes the rows that `SQLite` answers, one after the other; `PostgreSQL` is not asked.
async fn each(
    db: &Db,
    sql: String,
    mut take: impl FnMut(SqliteRow) -> sqlx::Result<()> + Send,
) -> Result<()> {
    let mut tx = db.read().await?;
    if let Tx::Sqlite(tx, _) = &mut tx {
        sqlite::each(tx, sqlx::query::<Sqlite>(AssertSqlSafe(sql)), &mut take).await?;
    }
    Ok(())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Misfits {
    fn note(&mut self, row: i64) {
        self.rows.of = self.rows.of.saturating_add(1);
        if self.rows.items.len() < MOST_NAMED {
            self.rows.items.push(row);
        }
    }
}

/// Table and column, what is missing there, and in which rows.
impl fmt::Display for Misfits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing = match self.column.kind {
            Kind::Text => "no UTF-8 text",
            Kind::Integer => "no whole number",
            Kind::Number => "no number",
            Kind::Id => "no id of 16 bytes",
        };
        let (table, column) = (legible(&self.table), legible(&self.column.name));
        let rows = self.rows.words();
        write!(f, "table {table}, column {column}: {missing} where rowid is {rows}")
    }
}

impl Column {
    fn fits(&self, value: SqliteValueRef<'_>) -> bool {
        if value.is_null() {
            return !self.is_required;
        }
        let stored = value.type_info().into_owned();
        match (self.kind, stored.name()) {
            (Kind::Text, "TEXT") => bytes(value).is_some_and(|bytes| std::str::from_utf8(bytes).is_ok()),
            (Kind::Id, "BLOB") => bytes(value).is_some_and(|bytes| bytes.len() == 16),
            (Kind::Integer | Kind::Number, "INTEGER") | (Kind::Number, "REAL") => true,
            _ => false,
        }
    }
}

fn bytes(value: SqliteValueRef<'_>) -> Option<&[u8]> {
    <&[u8] as Decode<'_, Sqlite>>::decode(value).ok()
}

impl Kind {
    /// By the types that the migrations declare. Whatever else somebody declared is not looked at.
    fn declared(declared: &str) -> Option<Self> {
        match declared {
            "TEXT" => Some(Self::Text),
            "INTEGER" | "BIGINT" | "BOOLEAN" => Some(Self::Integer),
            "REAL" => Some(Self::Number),
            "BLOB" => Some(Self::Id),
            _ => None,
        }
    }
}
