//! What changed, numbered in the order of commits: memory, index and graph of every replica follow it. Changes of the last
//! day are kept (`jobs/changes.rs`); whoever slept longer finds the oldest one beyond the one after its own, and reads
//! everything. The search index needs none of them: one that is opened is compared with the whole catalog.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lakeport_model::{PersonId, TokenId};

use super::lists::{list, run_list};
use super::{Tx, row, rows, run};
use crate::Result;

/// Area of the changes that the catalog in memory follows.
pub const CATALOG: &str = "catalog";
/// Beyond so many things at once it costs less to read all of them again.
pub const MOST_TOUCHED: usize = 20_000;

/// A thing of the catalog that a change touched: what is kept of it in memory is read again. It may have come or gone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touched {
    /// More than can be named.
    Everything,
    /// A domain: its name, its place, its members.
    Domain(String),
    /// A person: the name, and what they are a member of.
    Person(PersonId),
    /// A service account: its name, who answers for it, who can act as it.
    Service(TokenId),
    /// An asset: what is described of it, its addresses, the edges into it, the jobs that read and write it.
    Asset(String),
    /// A product.
    Product(String),
    /// A contract with its versions.
    Contract(String),
    /// A dashboard of this portal.
    Dashboard(String),
    /// A term of the glossary.
    Term(String),
}

impl Touched {
    /// As it stands in the table: a kind, a blank, an id.
    fn entity(&self) -> String {
        match self {
            Self::Everything => "everything".to_owned(),
            Self::Domain(id) => format!("domain {id}"),
            Self::Person(id) => format!("person {id}"),
            Self::Service(id) => format!("service {id}"),
            Self::Asset(id) => format!("asset {id}"),
            Self::Product(id) => format!("product {id}"),
            Self::Contract(id) => format!("contract {id}"),
            Self::Dashboard(id) => format!("dashboard {id}"),
            Self::Term(id) => format!("term {id}"),
        }
    }

    /// What a row names. A word of another version of the portal may mean anything.
    fn of(entity: &str) -> Self {
        let Some((kind, id)) = entity.split_once(' ') else { return Self::Everything };
        match kind {
            "domain" => Self::Domain(id.to_owned()),
            "person" => id.parse().map_or(Self::Everything, Self::Person),
            "service" => id.parse().map_or(Self::Everything, Self::Service),
            "asset" => Self::Asset(id.to_owned()),
            "product" => Self::Product(id.to_owned()),
            "contract" => Self::Contract(id.to_owned()),
            "dashboard" => Self::Dashboard(id.to_owned()),
            "term" => Self::Term(id.to_owned()),
            _ => Self::Everything,
        }
    }
}

/// Notes that something in an area changed; in a write transaction.
async fn note(tx: &mut Tx, area: &str, entity: &str, at: DateTime<Utc>) -> Result<u64> {
    Ok(run!(
        tx,
        "INSERT INTO change (number, at, area, entity) \
         SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3 FROM change",
        at,
        area,
        entity
    )?)
}

/// Notes what a write transaction touched in the catalog, in one statement; answers how many changes that is.
pub async fn touch(
    tx: &mut Tx,
    touched: impl IntoIterator<Item = Touched>,
    at: DateTime<Utc>,
) -> Result<u64> {
    let touched: BTreeSet<Touched> = touched.into_iter().collect();
    if touched.len() > MOST_TOUCHED || touched.contains(&Touched::Everything) {
        return note(tx, CATALOG, &Touched::Everything.entity(), at).await;
    }
    let rows: Vec<_> =
        touched.iter().enumerate().map(|(place, touched)| (place + 1, touched.entity())).collect();
    Ok(run_list!(
        tx,
        "INSERT INTO change (number, at, area, entity) \
         SELECT newest.number + CAST(item.value ->> 0 AS BIGINT), $2, $3, item.value ->> 1 \
         FROM (SELECT COALESCE(MAX(number), 0) AS number FROM change) AS newest CROSS JOIN ",
        "",
        list(&rows)?,
        at,
        CATALOG
    )?)
}

/// Number of the newest change in an area; 0 before the first.
pub async fn newest(tx: &mut Tx, area: &str) -> Result<i64> {
    let found = row!(tx, (Option<i64>,), "SELECT MAX(number) FROM change WHERE area = $1", area)?;
    Ok(found.and_then(|(number,)| number).unwrap_or(0))
}

/// What changes of the catalog after this number touched, each thing once; everything, where some of them are forgotten.
pub async fn touched_since(tx: &mut Tx, number: i64) -> Result<BTreeSet<Touched>> {
    let oldest = row!(tx, (Option<i64>,), "SELECT MIN(number) FROM change WHERE area = $1", CATALOG)?;
    if oldest.and_then(|(oldest,)| oldest).is_some_and(|oldest| number.saturating_add(1) < oldest) {
        return Ok(BTreeSet::from([Touched::Everything]));
    }
    let sql = "SELECT DISTINCT entity FROM change WHERE area = $1 AND number > $2 LIMIT $3";
    // One more than is taken: it says that there are too many.
    let limit = i64::try_from(MOST_TOUCHED).unwrap_or(i64::MAX - 1) + 1;
    let found = rows!(tx, (String,), sql, CATALOG, number, limit)?;
    if found.len() > MOST_TOUCHED {
        return Ok(BTreeSet::from([Touched::Everything]));
    }
    Ok(found.iter().map(|(entity,)| Touched::of(entity)).collect())
}

/// The newest change that was made before this moment and is not the newest of all, by which the next one is numbered: it
/// may be forgotten with all before it.
pub async fn forgettable(tx: &mut Tx, before: DateTime<Utc>) -> Result<Option<i64>> {
    let found = row!(
        tx,
        (Option<i64>,),
        "SELECT MAX(number) FROM change WHERE at < $1 AND number < (SELECT MAX(number) FROM change)",
        before
    )?;
    Ok(found.and_then(|(number,)| number))
}

/// Forgets changes up to this number, the oldest `most` of them; answers how many.
pub async fn forget(tx: &mut Tx, up_to: i64, most: i64) -> Result<u64> {
    Ok(run!(
        tx,
        "DELETE FROM change WHERE number <= $1 AND number < (SELECT MIN(number) FROM change) + $2",
        up_to,
        most
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_read_as_it_was_noted() {
        let id = uuid::Uuid::from_u128(7);
        let all = [
            Touched::Everything,
            Touched::Domain("a b".to_owned()),
            Touched::Person(PersonId(id)),
            Touched::Service(TokenId(id)),
            Touched::Asset("gold.x".to_owned()),
            Touched::Product("p".to_owned()),
            Touched::Contract("c".to_owned()),
            Touched::Dashboard("d".to_owned()),
            Touched::Term("t".to_owned()),
        ];
        for touched in all {
            assert_eq!(Touched::of(&touched.entity()), touched);
        }
        assert_eq!(Touched::of("import"), Touched::Everything, "what older versions wrote");
    }
}
