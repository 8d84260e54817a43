//! Statements over lists of rows: one statement and one bound value, however long the list is.

use serde::Serialize;

use crate::{Error, Result};

/// Runs a statement over a list: `$1` is a JSON array of arrays, `item.value ->> N` a member of each. The two databases
/// differ only in how an array becomes rows. One statement and one bound value, however long the list is.
macro_rules! run_list {
    ($tx:expr, $before:literal, $after:literal, $list:expr $(, $bind:expr)* $(,)?) => {{
        let list: String = $list;
        match $tx {
            $crate::store::Tx::Sqlite(tx, _) => ::sqlx::query(concat!($before, "json_each($1) AS item", $after))
                .bind(&list)$(.bind($bind))*.execute(&mut **tx).await.map(|done| done.rows_affected()),
            $crate::store::Tx::Postgres(tx, _) => {
                ::sqlx::query(concat!($before, "jsonb_array_elements($1::jsonb) AS item(value)", $after))
                    .bind(&list)$(.bind($bind))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        }
    }};
}

/// All rows of such a statement.
macro_rules! rows_of_list {
    ($tx:expr, $row:ty, $before:literal, $after:literal, $list:expr $(, $bind:expr)* $(,)?) => {{
        let list: String = $list;
        match $tx {
            $crate::store::Tx::Sqlite(tx, _) => {
                ::sqlx::query_as::<_, $row>(concat!($before, "json_each($1) AS item", $after))
                    .bind(&list)
                    $(.bind($bind))*
                    .fetch_all(&mut **tx)
                    .await
            }
            $crate::store::Tx::Postgres(tx, _) => {
                ::sqlx::query_as::<_, $row>(concat!(
                    $before,
                    "jsonb_array_elements($1::jsonb) AS item(value)",
                    $after
                ))
                .bind(&list)
                $(.bind($bind))*
                .fetch_all(&mut **tx)
                .await
            }
        }
    }};
}

pub(crate) use {rows_of_list, run_list};

/// Rows as such a statement takes them.
pub(crate) fn list<T: Serialize>(rows: &[T]) -> Result<String> {
    serde_json::to_string(rows).map_err(Error::fault)
}
