//! The portal's own database, and the only place with SQL.
//!
//! `SQLite` and `PostgreSQL` run the same statements through the macros below; where they must differ (locks),
//! the two texts stand side by side. Every store test runs on both.
#![expect(clippy::disallowed_methods, reason = "this is the one place that speaks SQL")]

pub mod access;
pub mod announced;
pub mod audit;
pub mod catalog;
pub mod cells;
pub mod certified;
pub mod changes;
pub mod contracts;
pub mod follow;
pub mod import;
pub mod jobs;
pub mod lineage;
pub(crate) mod lists;
pub mod named;
pub mod notify;
pub mod people;
pub mod personal;
pub mod plans;
#[cfg(test)]
mod proofs;
pub mod proposals;
pub mod retired;
pub mod revisions;
pub mod settings;
pub mod snapshot;
pub(crate) mod statement;
pub mod stored;

use std::path::Path;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, Postgres, Sqlite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Error, Result};

/// Work of the portal that is not done yet, boxed for the reason that `statement` gives: nearly everything awaits it.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// The longest wait for a turn to write.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes that `SQLite`'s log keeps on the disk after an import made it long.
const LONGEST_LOG: &str = "67108864";

/// Pages of `SQLite`'s log after which whoever commits moves them into the file. Those that many changes touch are moved
/// once: at the thousand of the default, a stream of lineage events moved them with every second commit.
const MOVED_TOGETHER: &str = "8000";

/// What the one connection that writes to `SQLite` keeps of the file in memory, in KiB (negative, as the pragma has it). It
/// looks up what it changes all over the file; those that only read find it in the memory of the system.
const WRITERS_CACHE: &str = "-65536";

/// The same while a whole mesh is imported: what does not fit is written to the log again with every change of it.
const IMPORTS_CACHE: &str = "PRAGMA cache_size = -393216";

/// Statements that a connection keeps prepared: there are not as many in all.
const PREPARED: usize = 500;

/// Tables that every portal has had since its first version, and hardly anything else has together.
const MARKS: [&str; 4] = ["_sqlx_migrations", "audit", "change", "access_grant"];

/// Writers of this process take turns in the order they came, before they take a connection: those that wait keep no
/// connection from readers, and nobody is overtaken.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Semaphore>);

impl Turns {
    fn new() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }

    async fn next(&self) -> Result<OwnedSemaphorePermit> {
        let turn = tokio::time::timeout(DATABASE_TIMEOUT, Arc::clone(&self.0).acquire_owned()).await;
        turn.map_err(|_| Error::too_many_changes())?.map_err(Error::fault)
    }
}

/// The connection to `SQLite` that all writers of this process have in turns: what they look up stays in its memory.
#[derive(Debug, Clone)]
pub struct SqliteWriter {
    pool: SqlitePool,
    turns: Turns,
}

impl SqliteWriter {
    /// Connects when somebody writes.
    fn new(options: SqliteConnectOptions) -> Self {
        let options = options.pragma("cache_size", WRITERS_CACHE);
        let pool = checked().max_connections(1).idle_timeout(None).max_lifetime(None);
        Self { pool: pool.connect_lazy_with(options), turns: Turns::new() }
    }
}

/// A pool that gives no connection that is amid a transaction. Where the disk is full, `SQLite` ends one by itself, and the
/// library goes on counting it: what begins on such a connection fails.
fn checked() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}

/// A pool of connections to one of the two databases.
#[derive(Debug, Clone)]
pub enum Db {
    /// The embedded default; one process. Those who read have connections of their own.
    Sqlite(SqlitePool, SqliteWriter),
    /// For several replicas.
    Postgres(PgPool, Turns),
}

/// A transaction. Dropped without [`Tx::commit`] it leaves nothing behind.
#[derive(Debug)]
pub enum Tx {
    /// On `SQLite`; a writer with its turn.
    Sqlite(sqlx::Transaction<'static, Sqlite>, Option<Writer>),
    /// On `PostgreSQL`; a writer with its turn.
    Postgres(sqlx::Transaction<'static, Postgres>, Option<Writer>),
}

/// The turn to write, and whether what is written has a record in the audit.
#[derive(Debug)]
pub struct Writer {
    _turn: OwnedSemaphorePermit,
    is_recorded: bool,
}

impl Writer {
    fn new(turn: OwnedSemaphorePermit) -> Self {
        Self { _turn: turn, is_recorded: false }
    }
}

/// The database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// A file that is no database, or whose pages do not fit together.
    #[error(
        "The database file {file} is damaged, or no database at all ({reason}). Put a backup in its place with \"lakeport \
         restore FILE\"."
    )]
    Damaged {
        /// Its path.
        file: String,
        /// What `SQLite` says.
        reason: String,
    },
    /// Anything else; the text says which database, why and what to do.
    #[error("{0}")]
    Unusable(String),
}

/// What `SQLite` says of a file whose pages do not fit together (11), or that is no database (26).
fn damage(error: &sqlx::Error) -> Option<String> {
    let error = error.as_database_error()?;
    // Above the lowest byte stands where it was noticed.
    let code = error.code()?.parse::<i32>().ok()? & 0xff;
    matches!(code, 11 | 26).then(|| error.message().to_owned())
}

/// Where an `SQLite` database lies.
fn file_of(pool: &SqlitePool) -> String {
    pool.connect_options().get_filename().display().to_string()
}

/// All rows of a query.
macro_rules! rows {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {{
        let mut found: Vec<$row> = Vec::new();
        let read = match $tx {
            $crate::store::Tx::Sqlite(tx, _) => {
                let query = ::sqlx::query::<::sqlx::Sqlite>($sql)$(.bind($bind))*;
                let take = &mut |row: ::sqlx::sqlite::SqliteRow| -> ::sqlx::Result<()> {
                    found.push(<$row as ::sqlx::FromRow<'_, _>>::from_row(&row)?);
                    Ok(())
                };
                $crate::store::statement::sqlite::each(&mut **tx, query, take).await
            }
            $crate::store::Tx::Postgres(tx, _) => {
                let query = ::sqlx::query::<::sqlx::Postgres>($sql)$(.bind($bind))*;
                let take = &mut |row: ::sqlx::postgres::PgRow| -> ::sqlx::Result<()> {
                    found.push(<$row as ::sqlx::FromRow<'_, _>>::from_row(&row)?);
                    Ok(())
                };
                $crate::store::statement::postgres::each(&mut **tx, query, take).await
            }
        };
        read.map(|_| found)
    }};
}

/// The first row of a query, if any.
macro_rules! row {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx, _) => {
                let query = ::sqlx::query::<::sqlx::Sqlite>($sql)$(.bind($bind))*;
                let found = $crate::store::statement::sqlite::first(&mut **tx, query).await;
                found.and_then(|row| row.map(|row| <$row as ::sqlx::FromRow<'_, _>>::from_row(&row)).transpose())
            }
            $crate::store::Tx::Postgres(tx, _) => {
                let query = ::sqlx::query::<::sqlx::Postgres>($sql)$(.bind($bind))*;
                let found = $crate::store::statement::postgres::first(&mut **tx, query).await;
                found.and_then(|row| row.map(|row| <$row as ::sqlx::FromRow<'_, _>>::from_row(&row)).transpose())
            }
        }
    };
}

/// Runs a statement; answers the number of rows it touched.
macro_rules! run {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx, _) => {
                let query = ::sqlx::query::<::sqlx::Sqlite>($sql)$(.bind($bind))*;
                $crate::store::statement::sqlite::run(&mut **tx, query).await.map(|done| done.rows_affected())
            }
            $crate::store::Tx::Postgres(tx, _) => {
                let query = ::sqlx::query::<::sqlx::Postgres>($sql)$(.bind($bind))*;
                $crate::store::statement::postgres::run(&mut **tx, query).await.map(|done| done.rows_affected())
            }
        }
    };
}

pub(crate) use {row, rows, run};

impl Db {
    /// Connects to `sqlite://PATH` (the file is created) or `postgres://..`.
    ///
    /// # Errors
    /// [`ConnectError`] when the URL is of another kind, or the database cannot be opened.
    pub async fn connect(url: &str) -> std::result::Result<Self, ConnectError> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            let options = SqliteConnectOptions::from_str(url)
                .map_err(|error| {
                    ConnectError::Unusable(format!(
                        "The database address \"{url}\" is not understood: {error}."
                    ))
                })?
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .pragma("journal_size_limit", LONGEST_LOG)
                .pragma("wal_autocheckpoint", MOVED_TOGETHER)
                .statement_cache_capacity(PREPARED)
                .busy_timeout(DATABASE_TIMEOUT);
            let pool = checked().max_connections(8).connect_with(options.clone()).await;
            let both = pool.map(|pool| Self::Sqlite(pool, SqliteWriter::new(options)));
            both.map_err(|error| match damage(&error) {
                Some(reason) => ConnectError::Damaged { file: path.to_owned(), reason },
                None => ConnectError::Unusable(format!(
                    "The database file {path} cannot be opened: {error}. Check that its folder exists and is writable."
                )),
            })
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url).map_err(|error| {
                ConnectError::Unusable(format!("The PostgreSQL address is not understood: {error}."))
            })?;
            let (host, port) = (options.get_host().to_owned(), options.get_port());
            let pool = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(DATABASE_TIMEOUT)
                .connect_with(options)
                .await;
            pool.map(|pool| Self::Postgres(pool, Turns::new())).map_err(|error| {
                ConnectError::Unusable(format!(
                    "PostgreSQL at {host}:{port} cannot be used: {error}. Check the address, user and database."
                ))
            })
        } else {
            let kind = url.split(':').next().unwrap_or_default();
            Err(ConnectError::Unusable(format!(
                "A database address starts with sqlite:// or postgres://, not with \"{kind}:\"."
            )))
        }
    }

    /// Brings the tables to this binary's version; a no-op when they are.
    ///
    /// # Errors
    /// [`ConnectError`] when a migration fails or the database is newer than this binary.
    pub async fn migrate(&self) -> std::result::Result<(), ConnectError> {
        let done = match self {
            Self::Sqlite(pool, _) => sqlx::migrate!("../../migrations/sqlite").run(pool).await,
            Self::Postgres(pool, _) => sqlx::migrate!("../../migrations/postgres").run(pool).await,
        };
        done.map_err(|error| {
            ConnectError::Unusable(format!(
                "The database could not be brought to this version: {error}. Restore a backup, or use the \
                 version of Lakeport that wrote it."
            ))
        })
    }

    /// True where the tables of a portal are, whatever version made them.
    pub async fn is_portal(&self) -> Result<bool> {
        let found: Vec<(String,)> = match self {
            Self::Sqlite(pool, _) => {
                sqlx::query_as("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(pool).await?
            }
            Self::Postgres(pool, _) => {
                let sql = "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()";
                sqlx::query_as(sql).fetch_all(pool).await?
            }
        };
        Ok(MARKS.iter().all(|mark| found.iter().any(|(name,)| name == mark)))
    }

    /// Writes a whole copy of an `SQLite` database to a new file, while others go on writing.
    ///
    /// # Errors
    /// [`ConnectError`] when the file cannot be written, or the database is `PostgreSQL`, which has its own tools.
    pub async fn backup(&self, file: &Path) -> std::result::Result<(), ConnectError> {
        let Self::Sqlite(pool, _) = self else {
            return Err(ConnectError::Unusable(
                "PostgreSQL is copied with pg_dump, not by the portal.".to_owned(),
            ));
        };
        let done = sqlx::query("VACUUM INTO $1").bind(file.to_string_lossy()).execute(pool).await;
        done.map(|_| ()).map_err(|error| match damage(&error) {
            Some(reason) => ConnectError::Damaged { file: file_of(pool), reason },
            None => ConnectError::Unusable(format!("{} cannot be written: {error}.", file.display())),
        })
    }

    /// Reads every page of an `SQLite` database; `PostgreSQL` looks after its own.
    ///
    /// # Errors
    /// [`ConnectError::Damaged`] when they do not fit together.
    pub async fn check(&self) -> std::result::Result<(), ConnectError> {
        let Self::Sqlite(pool, _) = self else { return Ok(()) };
        let found = sqlx::query_scalar::<_, String>("PRAGMA integrity_check(1)").fetch_one(pool).await;
        let reason = match found {
            Ok(said) if said == "ok" => return Ok(()),
            // The lines before the last are a heading.
            Ok(said) => said.lines().last().unwrap_or_default().to_owned(),
            Err(error) => damage(&error).unwrap_or_else(|| error.to_string()),
        };
        Err(ConnectError::Damaged { file: file_of(pool), reason })
    }

    /// Ends all connections, once those that are in use come back.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(readers, writer) => {
                writer.pool.close().await;
                readers.close().await;
            }
            Self::Postgres(pool, _) => pool.close().await,
        }
    }

    /// Answers when the database does.
    pub async fn ping(&self) -> Result<()> {
        let mut tx = self.read().await?;
        row!(&mut tx, (i64,), "SELECT CAST(1 AS BIGINT)")?;
        Ok(())
    }

    /// A transaction to read in: one consistent state.
    pub fn read(&self) -> Boxed<'_, Tx> {
        Box::pin(async move {
            metrics::counter!("lakeport_read_transactions_total").increment(1);
            Ok(match self {
                Self::Sqlite(pool, _) => Tx::Sqlite(pool.begin().await?, None),
                Self::Postgres(pool, _) => Tx::Postgres(
                    pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
                    None,
                ),
            })
        })
    }

    /// A transaction to write in. Writers take turns: on `SQLite` by its write lock, on `PostgreSQL` by the lock
    /// of the audit chain, so that numbers of `change` and `audit` follow the order of commits.
    ///
    /// # Errors
    /// Refused as busy when others write for longer than ten seconds.
    pub fn write(&self) -> Boxed<'_, Tx> {
        Box::pin(async move {
            Ok(match self {
                Self::Sqlite(_, SqliteWriter { pool, turns }) => {
                    let turn = turns.next().await?;
                    Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?, Some(Writer::new(turn)))
                }
                Self::Postgres(pool, turns) => {
                    let turn = turns.next().await?;
                    // Each statement has to see what was committed while this one waited for the lock.
                    let mut tx = pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
                    sqlx::query("SET LOCAL lock_timeout = '10s'").execute(&mut *tx).await?;
                    sqlx::query("SELECT pg_advisory_xact_lock(7205759403792)").execute(&mut *tx).await?;
                    Tx::Postgres(tx, Some(Writer::new(turn)))
                }
            })
        })
    }
}

impl Tx {
    /// Makes changes last that the audit has a record of.
    ///
    /// # Errors
    /// A fault where nothing was recorded in this transaction; nothing of it is kept then. What rightly leaves no record
    /// says so with [`Tx::commit_unrecorded`].
    pub fn commit(self) -> Boxed<'static, ()> {
        Box::pin(async move {
            let (Self::Sqlite(_, writer) | Self::Postgres(_, writer)) = &self;
            if !writer.as_ref().is_some_and(|writer| writer.is_recorded) {
                return Err(Error::fault("a change without a record in the audit was not kept"));
            }
            self.end().await
        })
    }

    /// Makes changes last that the audit has no record of, and says why it needs none.
    pub fn commit_unrecorded(self, why: &'static str) -> Boxed<'static, ()> {
        tracing::trace!(why, "a change is kept without a record in the audit");
        Box::pin(self.end())
    }

    async fn end(self) -> Result<()> {
        match self {
            Self::Sqlite(tx, _turn) => tx.commit().await?,
            Self::Postgres(tx, _turn) => tx.commit().await?,
        }
        Ok(())
    }

    /// Makes room for changes all over the database, for as long as its connection lasts.
    pub(crate) async fn expect_many(&mut self) -> Result<()> {
        if let Self::Sqlite(tx, _) = self {
            sqlx::query(IMPORTS_CACHE).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Notes that the audit has a record of what this transaction changes.
    fn note_record(&mut self) {
        let (Self::Sqlite(_, writer) | Self::Postgres(_, writer)) = self;
        if let Some(writer) = writer {
            writer.is_recorded = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_by_itself_never_spoils_the_next_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("portal.sqlite");
        let db = Db::connect(&format!("sqlite://{}", file.display())).await.expect("it opens");
        for _ in 0..3 {
            let mut tx = db.write().await.expect("it begins");
            // As where the disk is full.
            run!(&mut tx, "ROLLBACK").expect("it ends");
            assert!(tx.commit_unrecorded("a test").await.is_err(), "nothing was kept");
        }
        for _ in 0..10 {
            db.ping().await.expect("it answers");
            let tx = db.write().await.expect("it begins");
            tx.commit_unrecorded("a test").await.expect("it ends");
        }
    }
}
