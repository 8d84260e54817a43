//! Revisions of documents: every text that was published, with who did, when, where from and why.
//!
//! Those of one document count from 1 without a gap: whoever writes one holds the turn of all changes.

use chrono::{DateTime, Utc};
use lakeport_model::PersonId;
use lakeport_model::documents::{DocumentKind, Source};
use sqlx::FromRow;

use super::import::words;
use super::lists::{list, rows_of_list, run_list};
use super::stored::{Moment, Text};
use super::{Tx, row, rows};
use crate::Result;
use crate::policy::{Authorized, WriteDocument};

/// A stored revision without its text.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RevisionRow {
    /// The document's id; of a contract with the version behind it.
    pub document: String,
    /// Its number.
    #[sqlx(try_from = "i64")]
    pub number: u32,
    /// When it was published.
    #[sqlx(try_from = "Moment")]
    pub at: DateTime<Utc>,
    /// Who published it, as in the audit: `person ID`, `service ID` or `system NAME`.
    pub actor: String,
    /// Where it came from.
    #[sqlx(try_from = "String")]
    pub source: Source,
    /// Why, as its author said.
    #[sqlx(try_from = "Text")]
    pub reason: String,
    /// Lines it added to the one before.
    #[sqlx(try_from = "i64")]
    pub added: u32,
    /// Lines it took from the one before.
    #[sqlx(try_from = "i64")]
    pub removed: u32,
    /// Files held this text when they were imported or pushed last.
    pub in_files: bool,
}

impl RevisionRow {
    /// The person or service account who published it.
    pub fn publisher(&self) -> Option<PersonId> {
        let (kind, id) = self.actor.split_once(' ')?;
        if kind == "system" { None } else { id.parse().ok() }
    }

    /// The person who published it, where it was no program.
    pub fn person(&self) -> Option<PersonId> {
        self.publisher().filter(|_| self.actor.starts_with("person "))
    }

    /// Who published it, in words; `name` knows people and service accounts by their ids.
    pub fn who(&self, name: impl FnOnce(PersonId) -> String) -> String {
        match self.publisher() {
            Some(id) if self.actor.starts_with("service ") => format!("{} (service account)", name(id)),
            Some(id) => name(id),
            None => "an operator".to_owned(),
        }
    }
}

/// A stored revision.
#[derive(FromRow)]
struct WithText {
    #[sqlx(flatten)]
    row: RevisionRow,
    #[sqlx(try_from = "Text")]
    text: String,
}

/// A text that is published now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRevision<'d> {
    /// The document's id.
    pub document: &'d str,
    /// Its number.
    pub number: u32,
    /// The text.
    pub text: &'d str,
    /// Lines it adds to the one before.
    pub added: u32,
    /// Lines it takes from the one before.
    pub removed: u32,
}

/// Who publishes, when, where from and why.
#[derive(Debug, Clone, Copy)]
pub struct Publisher<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, as in the audit.
    pub actor: &'a str,
    /// Where from.
    pub source: Source,
    /// Why.
    pub reason: &'a str,
}

/// Adds revisions of documents of one kind.
pub async fn put(
    tx: &mut Tx,
    _proof: &Authorized<WriteDocument>,
    kind: DocumentKind,
    by: Publisher<'_>,
    revisions: &[NewRevision<'_>],
) -> Result<()> {
    let rows: Vec<_> =
        revisions.iter().map(|new| (new.document, new.number, new.text, new.added, new.removed)).collect();
    run_list!(
        tx,
        "INSERT INTO revision (kind, document, number, at, actor, source, reason, text, added, removed, in_files) \
         SELECT $2, item.value ->> 0, CAST(item.value ->> 1 AS BIGINT), $3, $4, $5, $6, item.value ->> 2, \
         CAST(item.value ->> 3 AS BIGINT), CAST(item.value ->> 4 AS BIGINT), $7 FROM ",
        "",
        list(&rows)?,
        kind.as_str(),
        by.at,
        by.actor,
        by.source.as_str(),
        by.reason,
        by.source.is_of_files()
    )?;
    Ok(())
}

/// Notes of these documents, which files hold as they are, that files hold them; answers of how many that was not noted. Most
/// were noted so when they were written.
pub async fn put_in_files(
    tx: &mut Tx,
    _proof: &Authorized<WriteDocument>,
    kind: DocumentKind,
    documents: &[&str],
) -> Result<u64> {
    Ok(run_list!(
        tx,
        "UPDATE revision SET in_files = TRUE WHERE NOT in_files AND kind = $2 AND number = \
         (SELECT MAX(newest.number) FROM revision AS newest \
         WHERE newest.kind = revision.kind AND newest.document = revision.document) \
         AND document IN (SELECT item.value ->> 0 FROM ",
        ")",
        words(documents)?,
        kind.as_str()
    )?)
}

/// The newest revisions of these documents.
pub async fn newest(tx: &mut Tx, kind: DocumentKind, documents: &[&str]) -> Result<Vec<RevisionRow>> {
    Ok(rows_of_list!(
        tx,
        RevisionRow,
        "SELECT held.document, held.number, held.at, held.actor, held.source, held.reason, held.added, held.removed, \
         held.in_files FROM ",
        " CROSS JOIN revision AS held WHERE held.kind = $2 AND held.document = item.value ->> 0 AND held.number = \
         (SELECT MAX(newest.number) FROM revision AS newest \
         WHERE newest.kind = $2 AND newest.document = item.value ->> 0)",
        words(documents)?,
        kind.as_str()
    )?)
}

/// What files held of these documents when they were imported or pushed last: id and text.
pub async fn in_files(tx: &mut Tx, kind: DocumentKind, documents: &[&str]) -> Result<Vec<(String, String)>> {
    let found = rows_of_list!(
        tx,
        (String, Text),
        "SELECT held.document, held.text FROM ",
        " CROSS JOIN revision AS held WHERE held.kind = $2 AND held.document = item.value ->> 0 AND held.number = \
         (SELECT MAX(newest.number) FROM revision AS newest \
         WHERE newest.kind = $2 AND newest.document = item.value ->> 0 AND newest.in_files)",
        words(documents)?,
        kind.as_str()
    )?;
    Ok(found.into_iter().map(|(document, text)| (document, text.0)).collect())
}

/// A document that a program pushed, as files held it last.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PushedRow {
    /// Its id; of a contract with the version behind it.
    pub document: String,
    /// The number of that revision.
    #[sqlx(try_from = "i64")]
    pub number: u32,
    /// When it was pushed.
    #[sqlx(try_from = "Moment")]
    pub at: DateTime<Utc>,
}

/// The first of the documents of a kind that this actor pushed, that no other files brought since, and that are neither among
/// those `brought` now nor retired, or to be. What others wrote is no part of the index that finds them.
pub async fn left_out(
    tx: &mut Tx,
    kind: DocumentKind,
    actor: &str,
    brought: &[&str],
    limit: i64,
) -> Result<Vec<PushedRow>> {
    Ok(rows_of_list!(
        tx,
        PushedRow,
        "SELECT held.document, held.number, held.at FROM \
         (SELECT pushed.document, MAX(pushed.number) AS number FROM revision AS pushed \
         WHERE pushed.source = 'api' AND pushed.in_files AND pushed.actor = $2 AND pushed.kind = $3 \
         AND pushed.document NOT IN (SELECT item.value ->> 0 FROM ",
        ") GROUP BY pushed.document) AS mine CROSS JOIN revision AS held \
         WHERE held.kind = $3 AND held.document = mine.document AND held.number = mine.number \
         AND NOT EXISTS (SELECT 1 FROM revision AS newer WHERE newer.kind = $3 \
         AND newer.document = mine.document AND newer.number > mine.number AND newer.in_files) \
         AND NOT EXISTS (SELECT 1 FROM retired WHERE retired.kind = $3 AND retired.id = mine.document) \
         ORDER BY held.document LIMIT $4",
        words(brought)?,
        actor,
        kind.as_str(),
        limit
    )?)
}

/// The newest revision of a document.
pub async fn newest_of(tx: &mut Tx, kind: DocumentKind, document: &str) -> Result<Option<RevisionRow>> {
    Ok(newest(tx, kind, &[document]).await?.pop())
}

/// One revision with its text.
pub async fn one(
    tx: &mut Tx,
    kind: DocumentKind,
    document: &str,
    number: u32,
) -> Result<Option<(RevisionRow, String)>> {
    let (kind, number) = (kind.as_str(), i64::from(number));
    let found = row!(
        tx,
        WithText,
        "SELECT document, number, at, actor, source, reason, added, removed, in_files, text FROM revision \
         WHERE kind = $1 AND document = $2 AND number = $3",
        kind,
        document,
        number
    )?;
    Ok(found.map(|WithText { row, text }| (row, text)))
}

/// Revisions of a document before a number, the newest first.
pub async fn before(
    tx: &mut Tx,
    kind: DocumentKind,
    document: &str,
    number: i64,
    limit: i64,
) -> Result<Vec<RevisionRow>> {
    Ok(rows!(
        tx,
        RevisionRow,
        "SELECT document, number, at, actor, source, reason, added, removed, in_files FROM revision \
         WHERE kind = $1 AND document = $2 AND number < $3 ORDER BY number DESC LIMIT $4",
        kind.as_str(),
        document,
        number,
        limit
    )?)
}

/// Revisions of all versions of a contract before a number, the newest first. They are counted together, in the order in which
/// they were published; those that files brought at once, in that of their versions.
pub async fn before_of_versions(
    tx: &mut Tx,
    contract: &str,
    number: i64,
    limit: i64,
) -> Result<Vec<RevisionRow>> {
    Ok(rows!(
        tx,
        RevisionRow,
        "SELECT held.document, counted.number, held.at, held.actor, held.source, held.reason, held.added, held.removed, \
         held.in_files FROM (SELECT kept.document, kept.number AS own, \
         ROW_NUMBER() OVER (ORDER BY kept.at, version.place, kept.number) AS number \
         FROM contract_version AS version CROSS JOIN revision AS kept WHERE version.contract = $1 \
         AND kept.kind = 'contract' AND kept.document = version.contract || ' ' || version.version) AS counted \
         CROSS JOIN revision AS held WHERE held.kind = 'contract' AND held.document = counted.document \
         AND held.number = counted.own AND counted.number < $2 ORDER BY counted.number DESC LIMIT $3",
        contract,
        number,
        limit
    )?)
}

/// One of these with its text.
pub async fn one_of_versions(
    tx: &mut Tx,
    contract: &str,
    number: u32,
) -> Result<Option<(RevisionRow, String)>> {
    let number = i64::from(number);
    let found = row!(
        tx,
        WithText,
        "SELECT held.document, counted.number, held.at, held.actor, held.source, held.reason, held.added, held.removed, \
         held.in_files, held.text FROM (SELECT kept.document, kept.number AS own, \
         ROW_NUMBER() OVER (ORDER BY kept.at, version.place, kept.number) AS number \
         FROM contract_version AS version CROSS JOIN revision AS kept WHERE version.contract = $1 \
         AND kept.kind = 'contract' AND kept.document = version.contract || ' ' || version.version) AS counted \
         CROSS JOIN revision AS held WHERE held.kind = 'contract' AND held.document = counted.document \
         AND held.number = counted.own AND counted.number = $2",
        contract,
        number
    )?;
    Ok(found.map(|WithText { row, text }| (row, text)))
}

/// True where a product has this id, or one that differs from it in capital letters alone.
pub async fn is_taken(tx: &mut Tx, product: &str) -> Result<bool> {
    let found = row!(
        tx,
        (i64,),
        "SELECT CAST(1 AS BIGINT) FROM product WHERE lower(id) = $1 LIMIT 1",
        product.to_lowercase()
    )?;
    Ok(found.is_some())
}

/// True where an asset has this id, or one that differs from it in capital letters alone.
pub async fn is_asset_taken(tx: &mut Tx, asset: &str) -> Result<bool> {
    let found = row!(
        tx,
        (i64,),
        "SELECT CAST(1 AS BIGINT) FROM asset WHERE lower(id) = $1 LIMIT 1",
        asset.to_lowercase()
    )?;
    Ok(found.is_some())
}
