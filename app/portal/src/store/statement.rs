//! What runs a statement, on each of the two databases.
//!
//! The answers are boxed: the body of an `async fn` is compiled again in every codegen unit that awaits it, with all that
//! it awaits itself, and most of what a store function awaits is sqlx.

use std::pin::Pin;

/// A statement that runs.
pub(crate) type Running<'a, T> = Pin<Box<dyn Future<Output = sqlx::Result<T>> + Send + 'a>>;

/// What is done with each row.
pub(crate) type Take<'a, R> = &'a mut (dyn FnMut(R) -> sqlx::Result<()> + Send);

macro_rules! statements {
    ($engine:ident, $database:ty, $connection:ty, $arguments:ty, $row:ty, $done:ty) => {
        pub(crate) mod $engine {
            use sqlx::query::Query;

            use super::{Running, Take};

            /// Takes all rows, one after the other.
            pub(crate) fn each<'a>(
                connection: &'a mut $connection,
                query: Query<'a, $database, $arguments>,
                take: Take<'a, $row>,
            ) -> Running<'a, Vec<()>> {
                Box::pin(query.try_map(take).fetch_all(connection))
            }

            /// The first row, if any.
            pub(crate) fn first<'a>(
                connection: &'a mut $connection,
                query: Query<'a, $database, $arguments>,
            ) -> Running<'a, Option<$row>> {
                Box::pin(query.fetch_optional(connection))
            }

            /// Runs a statement that answers no rows.
            pub(crate) fn run<'a>(
                connection: &'a mut $connection,
                query: Query<'a, $database, $arguments>,
            ) -> Running<'a, $done> {
                Box::pin(query.execute(connection))
            }
        }
    };
}

statements!(
    sqlite,
    sqlx::Sqlite,
    sqlx::SqliteConnection,
    sqlx::sqlite::SqliteArguments,
    sqlx::sqlite::SqliteRow,
    sqlx::sqlite::SqliteQueryResult
);
statements!(
    postgres,
    sqlx::Postgres,
    sqlx::PgConnection,
    sqlx::postgres::PgArguments,
    sqlx::postgres::PgRow,
    sqlx::postgres::PgQueryResult
);
