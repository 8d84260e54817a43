//! What an import compares with and writes: hundreds of rows a statement, and only those that the files name, so that a
//! file costs the same however large the catalog is.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lakeport_model::PersonId;
use lakeport_model::retire::Retirable;
use sqlx::FromRow;
use uuid::Uuid;

use super::catalog::{AssetRow, DocumentRow, VersionRow};
use super::lists::{list, rows_of_list, run_list};
use super::people::Person;
use super::stored::Moment;
use super::{Tx, proposals, row, rows};
use crate::Result;
use crate::policy::{Authorized, WriteDocument};

/// Most rows of one statement.
pub const ROWS: usize = 500;

/// Words as a statement takes them.
pub(super) fn words(words: &[&str]) -> Result<String> {
    list(&words.iter().map(|word| (word,)).collect::<Vec<_>>())
}

/// Everybody, service accounts included, with one of these addresses in lower case.
pub async fn people(tx: &mut Tx, emails: &[&str]) -> Result<Vec<Person>> {
    Ok(rows_of_list!(
        tx,
        Person,
        "SELECT person.* FROM ",
        " CROSS JOIN person WHERE person.email = item.value ->> 0",
        words(emails)?
    )?)
}

/// Whom somebody removed from a domain on its page: domain and person.
pub async fn removals(tx: &mut Tx) -> Result<Vec<(String, PersonId)>> {
    let found = rows!(tx, (String, Uuid), "SELECT domain, person FROM member_removed")?;
    Ok(found.into_iter().map(|(domain, person)| (domain, PersonId(person))).collect())
}

/// The assets with one of these ids.
pub async fn assets(tx: &mut Tx, ids: &[&str]) -> Result<Vec<AssetRow>> {
    Ok(rows_of_list!(
        tx,
        AssetRow,
        "SELECT asset.* FROM ",
        " CROSS JOIN asset WHERE asset.id = item.value ->> 0",
        words(ids)?
    )?)
}

/// Adds or replaces assets; the moment one was first seen stays.
pub async fn put_assets(
    tx: &mut Tx,
    proof: &Authorized<WriteDocument>,
    rows: &[AssetRow],
    at: DateTime<Utc>,
) -> Result<()> {
    let owners: Vec<_> = rows.iter().map(|row| (row.id.as_str(), row.domain.as_str())).collect();
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                &row.id,
                &row.kind,
                &row.layer,
                &row.namespace,
                &row.name,
                &row.domain,
                &row.description,
                &row.platform,
                &row.location,
                &row.classification,
                &row.tags,
                &row.columns,
                &row.origin,
            )
        })
        .collect();
    run_list!(
        tx,
        "INSERT INTO asset (id, kind, layer, namespace, name, domain, description, platform, location, \
         classification, tags, columns, origin, created_at) \
         SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2, item.value ->> 3, item.value ->> 4, \
         item.value ->> 5, item.value ->> 6, item.value ->> 7, item.value ->> 8, item.value ->> 9, \
         item.value ->> 10, item.value ->> 11, item.value ->> 12, $2 FROM ",
        " WHERE true ON CONFLICT (id) DO UPDATE SET \
         kind = excluded.kind, layer = excluded.layer, namespace = excluded.namespace, name = excluded.name, \
         domain = excluded.domain, description = excluded.description, platform = excluded.platform, \
         location = excluded.location, classification = excluded.classification, tags = excluded.tags, \
         columns = excluded.columns, origin = excluded.origin",
        list(&rows)?,
        at
    )?;
    proposals::keep_domains(tx, proof, Retirable::Asset, &owners).await
}

/// Where an asset's data flows to.
pub async fn targets(tx: &mut Tx, asset: &str) -> Result<BTreeSet<String>> {
    let found = rows!(tx, (String,), "SELECT DISTINCT target FROM lineage_edge WHERE source = $1", asset)?;
    Ok(found.into_iter().map(|(target,)| target).collect())
}

/// Which domains own assets: id and domain of those with one of these ids.
pub async fn owners(tx: &mut Tx, ids: &[&str]) -> Result<Vec<(String, String)>> {
    Ok(rows_of_list!(
        tx,
        (String, String),
        "SELECT asset.id, asset.domain FROM ",
        " CROSS JOIN asset WHERE asset.id = item.value ->> 0",
        words(ids)?
    )?)
}

/// The assets that have one of these ids in other letters: as it is in small letters, theirs are capital ones. Also those that
/// cannot be read.
pub async fn in_capitals(tx: &mut Tx, ids: &[&str]) -> Result<Vec<String>> {
    let found = rows_of_list!(
        tx,
        (String,),
        "SELECT asset.id FROM ",
        " CROSS JOIN asset WHERE lower(asset.id) = item.value ->> 0 AND asset.id <> item.value ->> 0",
        words(ids)?
    )?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Assets of files whose domain is not known, by id: id and domain. Domains that own something are few: each is found
/// behind the one before.
pub async fn strangers(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    Ok(rows!(
        tx,
        (String, String),
        "WITH RECURSIVE owner (id) AS (SELECT MIN(domain) FROM asset WHERE origin = 'file' UNION ALL \
         SELECT (SELECT MIN(domain) FROM asset WHERE origin = 'file' AND domain > owner.id) FROM owner \
         WHERE owner.id IS NOT NULL) \
         SELECT asset.id, asset.domain FROM owner JOIN asset ON asset.domain = owner.id AND asset.origin = 'file' \
         WHERE NOT EXISTS (SELECT 1 FROM domain WHERE domain.id = owner.id) ORDER BY asset.id"
    )?)
}

/// A table and where its data lies.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "columns of the table of assets, described in `catalog::snapshot`")]
pub struct PlacedRow {
    pub id: String,
    pub domain: String,
    pub classification: String,
    pub location: String,
    #[sqlx(try_from = "Moment")]
    pub created_at: DateTime<Utc>,
}

/// All tables that lie somewhere.
pub async fn placed(tx: &mut Tx) -> Result<Vec<PlacedRow>> {
    Ok(rows!(
        tx,
        PlacedRow,
        "SELECT id, domain, classification, location, created_at FROM asset \
         WHERE kind = 'table' AND location IS NOT NULL ORDER BY id"
    )?)
}

/// The products with one of these ids.
pub async fn products(tx: &mut Tx, ids: &[&str]) -> Result<Vec<DocumentRow>> {
    Ok(rows_of_list!(
        tx,
        DocumentRow,
        "SELECT product.id, product.document, product.created_at FROM ",
        " CROSS JOIN product WHERE product.id = item.value ->> 0",
        words(ids)?
    )?)
}

/// Adds or replaces products, each with its domain and its document.
pub async fn put_products(
    tx: &mut Tx,
    proof: &Authorized<WriteDocument>,
    rows: &[(&str, &str, &str)],
    at: DateTime<Utc>,
) -> Result<()> {
    let owners: Vec<_> = rows.iter().map(|(id, domain, _)| (*id, *domain)).collect();
    run_list!(
        tx,
        "INSERT INTO product (id, domain, document, created_at) \
         SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2, $2 FROM ",
        " WHERE true ON CONFLICT (id) DO UPDATE SET domain = excluded.domain, \
         is_noted = product.is_noted AND product.document = excluded.document, document = excluded.document",
        list(rows)?,
        at
    )?;
    proposals::keep_domains(tx, proof, Retirable::Product, &owners).await
}

/// All versions of the contracts with one of these ids, of each in the order of its versions.
pub async fn versions(tx: &mut Tx, contracts: &[&str]) -> Result<Vec<VersionRow>> {
    Ok(rows_of_list!(
        tx,
        VersionRow,
        "SELECT version.contract, version.version, version.document, version.published_at FROM ",
        " CROSS JOIN contract_version AS version WHERE version.contract = item.value ->> 0 \
         ORDER BY version.contract, version.place",
        words(contracts)?
    )?)
}

/// The highest version of a contract.
pub async fn highest_version(tx: &mut Tx, contract: &str) -> Result<Option<VersionRow>> {
    Ok(row!(
        tx,
        VersionRow,
        "SELECT contract, version, document, published_at FROM contract_version WHERE contract = $1 \
         ORDER BY place DESC LIMIT 1",
        contract
    )?)
}

/// These versions of contracts, each by the id of its contract and its number.
pub async fn versions_named(tx: &mut Tx, versions: &[(&str, &str)]) -> Result<Vec<VersionRow>> {
    Ok(rows_of_list!(
        tx,
        VersionRow,
        "SELECT version.contract, version.version, version.document, version.published_at FROM ",
        " CROSS JOIN contract_version AS version WHERE version.contract = item.value ->> 0 \
         AND version.version = item.value ->> 1",
        list(versions)?
    )?)
}

/// Adds or replaces versions of contracts, each with its place among those of its contract.
pub async fn put_versions(
    tx: &mut Tx,
    _proof: &Authorized<WriteDocument>,
    rows: &[(&VersionRow, usize)],
    at: DateTime<Utc>,
) -> Result<()> {
    let rows: Vec<_> =
        rows.iter().map(|(row, place)| (&row.contract, &row.version, place, &row.document)).collect();
    run_list!(
        tx,
        "INSERT INTO contract_version (contract, version, place, document, published_at) \
         SELECT item.value ->> 0, item.value ->> 1, CAST(item.value ->> 2 AS BIGINT), item.value ->> 3, $2 FROM ",
        " WHERE true ON CONFLICT (contract, version) DO UPDATE SET \
         is_noted = contract_version.is_noted AND contract_version.document = excluded.document, \
         document = excluded.document, place = excluded.place",
        list(&rows)?,
        at
    )?;
    Ok(())
}

/// The dashboards with one of these ids.
pub async fn dashboards(tx: &mut Tx, ids: &[&str]) -> Result<Vec<DocumentRow>> {
    Ok(rows_of_list!(
        tx,
        DocumentRow,
        "SELECT dashboard.id, dashboard.document, dashboard.created_at FROM ",
        " CROSS JOIN dashboard WHERE dashboard.id = item.value ->> 0",
        words(ids)?
    )?)
}

/// Adds or replaces dashboards, each with its document.
pub async fn put_dashboards(
    tx: &mut Tx,
    _proof: &Authorized<WriteDocument>,
    rows: &[(&str, &str)],
    at: DateTime<Utc>,
) -> Result<()> {
    run_list!(
        tx,
        "INSERT INTO dashboard (id, document, created_at) SELECT item.value ->> 0, item.value ->> 1, $2 FROM ",
        " WHERE true ON CONFLICT (id) DO UPDATE SET document = excluded.document",
        list(rows)?,
        at
    )?;
    Ok(())
}

/// The terms with one of these ids.
pub async fn terms(tx: &mut Tx, ids: &[&str]) -> Result<Vec<DocumentRow>> {
    Ok(rows_of_list!(
        tx,
        DocumentRow,
        "SELECT term.id, term.document, term.created_at FROM ",
        " CROSS JOIN term WHERE term.id = item.value ->> 0",
        words(ids)?
    )?)
}

/// Adds or replaces terms, each with its domain and its document.
pub async fn put_terms(
    tx: &mut Tx,
    proof: &Authorized<WriteDocument>,
    rows: &[(&str, &str, &str)],
    at: DateTime<Utc>,
) -> Result<()> {
    let owners: Vec<_> = rows.iter().map(|(id, domain, _)| (*id, *domain)).collect();
    run_list!(
        tx,
        "INSERT INTO term (id, domain, document, created_at) \
         SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2, $2 FROM ",
        " WHERE true ON CONFLICT (id) DO UPDATE SET domain = excluded.domain, document = excluded.document",
        list(rows)?,
        at
    )?;
    proposals::keep_domains(tx, proof, Retirable::Term, &owners).await
}

/// What is kept of a file that was imported.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FileRow {
    /// Its path within the folder.
    pub path: String,
    /// Of its text and of how it was read.
    pub digest: String,
    /// What it is worth a look for, as a JSON list of sentences.
    pub advice: String,
    /// How many events it holds.
    pub events: i64,
    /// The assets it states, as a JSON list.
    pub assets: String,
}

/// Those of these files, of assets and of lineage, that were imported.
pub async fn files(tx: &mut Tx, paths: &[&str]) -> Result<Vec<FileRow>> {
    Ok(rows_of_list!(
        tx,
        FileRow,
        "SELECT file.path, file.digest, file.advice, file.events, file.assets FROM ",
        " CROSS JOIN imported_file AS file WHERE file.path = item.value ->> 0",
        words(paths)?
    )?)
}

/// Adds files, or replaces what was kept of those of their paths.
pub async fn put_files(tx: &mut Tx, rows: &[FileRow]) -> Result<()> {
    let rows: Vec<_> =
        rows.iter().map(|row| (&row.path, &row.digest, &row.advice, row.events, &row.assets)).collect();
    run_list!(
        tx,
        "INSERT INTO imported_file (path, digest, advice, events, assets) \
         SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2, CAST(item.value ->> 3 AS BIGINT), \
         item.value ->> 4 FROM ",
        " WHERE true ON CONFLICT (path) DO UPDATE SET digest = excluded.digest, advice = excluded.advice, \
         events = excluded.events, assets = excluded.assets",
        list(&rows)?
    )?;
    Ok(())
}
