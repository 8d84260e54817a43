//! Statements over lists of rows: one statement and one bound value, however long the list is.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Result};

/// A member of a row as a type that only one of the two databases has: `at` is a moment (as [`moment`] writes it), `id` an
/// id of sixteen bytes (as hexadecimal digits).
macro_rules! member {
    (sqlite at $place:literal) => {
        concat!("item.value ->> ", $place)
    };
    (postgres at $place:literal) => {
        concat!("CAST(item.value ->> ", $place, " AS TIMESTAMPTZ)")
    };
    (sqlite id $place:literal) => {
        concat!("unhex(item.value ->> ", $place, ")")
    };
    (postgres id $place:literal) => {
        concat!("CAST(item.value ->> ", $place, " AS UUID)")
    };
}

/// Runs a statement over a list: `$1` is a JSON array of arrays, `item.value ->> N` a member of each. The two databases
/// differ only in how an array becomes rows, and in the types that [`member!`] knows: `["SELECT " at 0, " FROM "]`.
macro_rules! run_list {
    ($tx:expr, $before:literal, $($rest:tt)*) => {
        $crate::store::lists::run_list!($tx, [$before], $($rest)*)
    };
    (
        $tx:expr, [$($text:literal $($kind:ident $place:literal)?),+ $(,)?], $after:literal, $list:expr
        $(, $bind:expr)* $(,)?
    ) => {{
        let list: String = $list;
        match $tx {
            $crate::store::Tx::Sqlite(tx, _) => {
                ::sqlx::query(concat!(
                    $($text, $($crate::store::lists::member!(sqlite $kind $place),)?)+
                    "json_each($1) AS item",
                    $after
                ))
                .bind(&list)$(.bind($bind))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            $crate::store::Tx::Postgres(tx, _) => {
                ::sqlx::query(concat!(
                    $($text, $($crate::store::lists::member!(postgres $kind $place),)?)+
                    "jsonb_array_elements($1::jsonb) AS item(value)",
                    $after
                ))
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

/// All rows of such a statement in one answer, for those that find many: a row that comes by itself costs a way between two
/// threads. `$columns` are the members of the row's type in their order.
macro_rules! rows_at_once {
    ($tx:expr, $row:ty, $columns:literal, $after:literal, $list:expr $(,)?) => {{
        let list: String = $list;
        let found = match $tx {
            $crate::store::Tx::Sqlite(tx, _) => {
                let query = ::sqlx::query_as::<_, ($crate::store::stored::Text,)>(concat!(
                    "SELECT json_group_array(json_array(",
                    $columns,
                    ")) FROM json_each($1) AS item",
                    $after
                ));
                query.bind(&list).fetch_one(&mut **tx).await
            }
            $crate::store::Tx::Postgres(tx, _) => {
                let query = ::sqlx::query_as::<_, ($crate::store::stored::Text,)>(concat!(
                    "SELECT CAST(COALESCE(json_agg(json_build_array(",
                    $columns,
                    ")), '[]') AS TEXT) FROM jsonb_array_elements($1::jsonb) AS item(value)",
                    $after
                ));
                query.bind(&list).fetch_one(&mut **tx).await
            }
        };
        found.map_err($crate::Error::from).and_then(|(text,)| $crate::store::lists::listed::<$row>(&text.0))
    }};
}

pub(crate) use {member, rows_at_once, rows_of_list, run_list};

/// Rows as [`rows_at_once!`] gets them.
pub(crate) fn listed<T: DeserializeOwned>(text: &str) -> Result<Vec<T>> {
    serde_json::from_str(text).map_err(Error::fault)
}

/// Rows as such a statement takes them.
pub(crate) fn list<T: Serialize>(rows: &[T]) -> Result<String> {
    serde_json::to_string(rows).map_err(Error::fault)
}

/// A moment as a member of a row: in the letters in which `SQLite` keeps it.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}
