//! Domains, assets, products, contracts, dashboards, terms: what files describe. Their rows hold text, and moments that may be none,
//! which `snapshot/documents.rs` reads piece by piece, so that one bad row never takes the catalog down.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::FromRow;

use super::lists::{list, rows_of_list};
use super::stored::{self, Moment, Text};
use super::{Tx, import, rows, run};
use crate::Result;
use crate::policy::{Authorized, Import, JoinAssets};

/// A stored domain.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "the columns of the table, described in `snapshot`")]
pub struct DomainRow {
    pub id: String,
    #[sqlx(try_from = "Text")]
    pub name: String,
    pub parent: Option<String>,
    #[sqlx(try_from = "Text")]
    pub description: String,
}

/// A stored asset.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Deserialize)]
#[expect(missing_docs, reason = "the columns of the table, described in `snapshot`")]
pub struct AssetRow {
    pub id: String,
    #[sqlx(try_from = "Text")]
    pub kind: String,
    pub layer: Option<String>,
    #[sqlx(try_from = "Text")]
    pub namespace: String,
    #[sqlx(try_from = "Text")]
    pub name: String,
    pub domain: String,
    #[sqlx(try_from = "Text")]
    pub description: String,
    pub platform: Option<String>,
    pub location: Option<String>,
    #[sqlx(try_from = "Text")]
    pub classification: String,
    #[sqlx(try_from = "Text")]
    pub tags: String,
    #[sqlx(try_from = "Text")]
    pub columns: String,
    #[sqlx(try_from = "Text")]
    pub origin: String,
    #[sqlx(try_from = "Moment")]
    #[serde(deserialize_with = "stored::moment")]
    pub created_at: Option<DateTime<Utc>>,
}

/// A stored document: a product, a dashboard or a term.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DocumentRow {
    /// Its id.
    pub id: String,
    /// The document as its author wrote it.
    #[sqlx(try_from = "Text")]
    pub document: String,
    /// When the portal first saw it; nothing where that cannot be read.
    #[sqlx(try_from = "Moment")]
    pub created_at: Option<DateTime<Utc>>,
}

/// A stored version of a contract.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct VersionRow {
    /// The contract's id.
    pub contract: String,
    /// Its version.
    pub version: String,
    /// The document as its author wrote it.
    #[sqlx(try_from = "Text")]
    pub document: String,
    /// When the portal first saw it; nothing where that cannot be read.
    #[sqlx(try_from = "Moment")]
    pub published_at: Option<DateTime<Utc>>,
}

/// All domains.
pub async fn domains(tx: &mut Tx) -> Result<Vec<DomainRow>> {
    Ok(rows!(tx, DomainRow, "SELECT id, name, parent, description FROM domain ORDER BY id")?)
}

/// Adds or replaces a domain.
pub async fn put_domain(tx: &mut Tx, _proof: &Authorized<Import>, row: &DomainRow) -> Result<()> {
    run!(
        tx,
        "INSERT INTO domain (id, name, parent, description) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE \
         SET name = excluded.name, parent = excluded.parent, description = excluded.description",
        &row.id,
        &row.name,
        &row.parent,
        &row.description
    )?;
    Ok(())
}

/// All assets.
pub async fn assets(tx: &mut Tx) -> Result<Vec<AssetRow>> {
    Ok(rows!(tx, AssetRow, "SELECT * FROM asset ORDER BY id")?)
}

/// Adds or replaces an asset; the moment it was first seen stays.
pub async fn put_asset(tx: &mut Tx, proof: &Authorized<Import>, row: &AssetRow) -> Result<()> {
    import::put_assets(tx, &proof.allows(), std::slice::from_ref(row), row.created_at.unwrap_or_default())
        .await
}

/// Removes an asset.
pub async fn delete_asset(tx: &mut Tx, _proof: &Authorized<JoinAssets>, id: &str) -> Result<()> {
    run!(tx, "DELETE FROM asset WHERE id = $1", id)?;
    Ok(())
}

/// The last changes of tables that somebody saw; what cannot be read as a time is left out.
pub async fn last_changes(tx: &mut Tx, tables: &BTreeSet<&str>) -> Result<Vec<(String, DateTime<Utc>)>> {
    let tables: Vec<[&str; 1]> = tables.iter().map(|table| [*table]).collect();
    let found = rows_of_list!(
        tx,
        (String, Moment),
        "SELECT look.asset, look.changed_at FROM ",
        " CROSS JOIN table_look AS look WHERE look.asset = item.value ->> 0",
        list(&tables)?
    )?;
    let read = |(asset, at): (String, Moment)| Option::<DateTime<Utc>>::from(at).map(|at| (asset, at));
    Ok(found.into_iter().filter_map(read).collect())
}

/// Notes a change of a table that somebody saw; one that is older than what is known tells nothing. What is known is replaced
/// where it is no time: `SQLite` holds any text, and takes a 30th of February for one until it counts with it; `PostgreSQL`
/// holds `infinity`, after which nothing comes.
pub async fn put_last_change(tx: &mut Tx, asset: &str, at: DateTime<Utc>) -> Result<()> {
    match tx {
        Tx::Sqlite(..) => run!(
            tx,
            "INSERT INTO table_look (asset, changed_at) VALUES ($1, $2) ON CONFLICT (asset) DO UPDATE SET \
             changed_at = excluded.changed_at WHERE excluded.changed_at > table_look.changed_at \
             OR julianday(table_look.changed_at) IS NULL \
             OR strftime('%Y-%m-%dT%H:%M:%S', substr(table_look.changed_at, 1, 19), '+0 days') \
             IS NOT substr(table_look.changed_at, 1, 19)",
            asset,
            at
        )?,
        Tx::Postgres(..) => run!(
            tx,
            "INSERT INTO table_look (asset, changed_at) VALUES ($1, $2) ON CONFLICT (asset) DO UPDATE SET \
             changed_at = excluded.changed_at WHERE excluded.changed_at > table_look.changed_at \
             OR NOT isfinite(table_look.changed_at)",
            asset,
            at
        )?,
    };
    Ok(())
}

/// All products.
pub async fn products(tx: &mut Tx) -> Result<Vec<DocumentRow>> {
    Ok(rows!(tx, DocumentRow, "SELECT id, document, created_at FROM product ORDER BY id")?)
}

/// All versions of all contracts, in the order of their versions.
pub async fn contract_versions(tx: &mut Tx) -> Result<Vec<VersionRow>> {
    Ok(rows!(
        tx,
        VersionRow,
        "SELECT contract, version, document, published_at FROM contract_version ORDER BY contract, place"
    )?)
}

/// All dashboards.
pub async fn dashboards(tx: &mut Tx) -> Result<Vec<DocumentRow>> {
    Ok(rows!(tx, DocumentRow, "SELECT id, document, created_at FROM dashboard ORDER BY id")?)
}

/// All terms.
pub async fn terms(tx: &mut Tx) -> Result<Vec<DocumentRow>> {
    Ok(rows!(tx, DocumentRow, "SELECT id, document, created_at FROM term ORDER BY id")?)
}
