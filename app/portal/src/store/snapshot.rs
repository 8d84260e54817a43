//! The rows that the catalog in memory is made of, by the ids of what changed: one statement each, however many there are.

mod flows;

use chrono::{DateTime, Utc};
pub use flows::{Flows, StoredEdge, StoredUse};
use lakeport_model::{PersonId, TokenId};
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::catalog::{AssetRow, DocumentRow, DomainRow, VersionRow};
use super::lineage::{EdgeRow, UseRow};
use super::lists::{list, rows_of_list};
use super::people::Member;
use super::stored::{Moment, OptionalId, Text};
use super::{Tx, rows};
use crate::Result;

/// A stored product: text, as all rows of what files describe (`catalog.rs`).
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ProductRow {
    /// Its id.
    pub id: String,
    /// Domain that offers it.
    pub domain: String,
    /// The document as its author wrote it.
    #[sqlx(try_from = "Text")]
    pub document: String,
    /// When the portal first saw it; nothing where that cannot be read.
    #[sqlx(try_from = "Moment")]
    pub created_at: Option<DateTime<Utc>>,
}

/// A stored term: text, too.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct TermRow {
    /// Its id.
    pub id: String,
    /// Domain that answers for it.
    pub domain: String,
    /// The document as its author wrote it.
    #[sqlx(try_from = "Text")]
    pub document: String,
}

/// Ids as statements over lists take them.
fn keys<T: Serialize>(ids: &[T]) -> Result<String> {
    let rows: Vec<_> = ids.iter().map(|id| (id,)).collect();
    list(&rows)
}

/// Ids of people and tokens as both databases read them from a text.
fn person_keys(ids: impl IntoIterator<Item = Uuid>) -> Result<String> {
    keys(&ids.into_iter().map(|id| id.simple().to_string()).collect::<Vec<_>>())
}

/// Every id that a statement finds. Whatever else `SQLite` keeps in the place of one finds no row, be it spelled like one.
async fn ids(tx: &mut Tx, sql: &'static str) -> Result<Vec<String>> {
    Ok(rows!(tx, (Option<Text>,), sql)?.into_iter().filter_map(|(id,)| Some(id?.0)).collect())
}

/// Rows that nobody can ask for, since what `SQLite` keeps in the place of their id is no text: what they describe, and where
/// they stand. `PostgreSQL` keeps none.
pub async fn nameless(tx: &mut Tx) -> Result<Vec<(&'static str, i64)>> {
    let mut found = Vec::new();
    if matches!(tx, Tx::Postgres(..)) {
        return Ok(found);
    }
    for (kind, sql) in [
        ("asset", "SELECT rowid FROM asset WHERE typeof(id) <> 'text'"),
        ("product", "SELECT rowid FROM product WHERE typeof(id) <> 'text'"),
        ("contract", "SELECT rowid FROM contract_version WHERE typeof(contract) <> 'text'"),
        ("term", "SELECT rowid FROM term WHERE typeof(id) <> 'text'"),
    ] {
        found.extend(rows!(tx, (i64,), sql)?.into_iter().map(|(row,)| (kind, row)));
    }
    Ok(found)
}

/// All people and service accounts.
pub async fn people_ids(tx: &mut Tx) -> Result<Vec<PersonId>> {
    Ok(rows!(tx, (Uuid,), "SELECT id FROM person")?.into_iter().map(|(id,)| PersonId(id)).collect())
}

/// All service accounts that a token was made for.
pub async fn account_ids(tx: &mut Tx) -> Result<Vec<TokenId>> {
    Ok(rows!(tx, (Uuid,), "SELECT id FROM token")?.into_iter().map(|(id,)| TokenId(id)).collect())
}

/// All domains.
pub async fn domain_ids(tx: &mut Tx) -> Result<Vec<String>> {
    ids(tx, "SELECT id FROM domain").await
}

/// Whatever other addresses mean.
pub async fn aliased_ids(tx: &mut Tx) -> Result<Vec<String>> {
    ids(tx, "SELECT DISTINCT asset FROM lineage_alias").await
}

/// All products.
pub async fn product_ids(tx: &mut Tx) -> Result<Vec<String>> {
    ids(tx, "SELECT id FROM product").await
}

/// All contracts.
pub async fn contract_ids(tx: &mut Tx) -> Result<Vec<String>> {
    ids(tx, "SELECT DISTINCT contract FROM contract_version").await
}

/// All dashboards.
pub async fn dashboard_ids(tx: &mut Tx) -> Result<Vec<String>> {
    ids(tx, "SELECT id FROM dashboard").await
}

/// All terms.
pub async fn term_ids(tx: &mut Tx) -> Result<Vec<String>> {
    ids(tx, "SELECT id FROM term").await
}

/// Names of these people and service accounts.
pub async fn names(tx: &mut Tx, people: &[PersonId]) -> Result<Vec<(PersonId, String)>> {
    let ids = person_keys(people.iter().map(|person| person.0))?;
    let found = match tx {
        Tx::Sqlite(..) => rows_of_list!(
            tx,
            (Uuid, Text),
            "SELECT person.id, person.name FROM ",
            " CROSS JOIN person WHERE person.id = unhex(item.value ->> 0)",
            ids
        )?,
        Tx::Postgres(..) => rows_of_list!(
            tx,
            (Uuid, Text),
            "SELECT person.id, person.name FROM ",
            " CROSS JOIN person WHERE person.id = CAST(item.value ->> 0 AS UUID)",
            ids
        )?,
    };
    Ok(found.into_iter().map(|(id, name)| (PersonId(id), name.0)).collect())
}

/// Domains that one of these people belongs to.
pub async fn domains_of(tx: &mut Tx, people: &[PersonId]) -> Result<Vec<String>> {
    let ids = person_keys(people.iter().map(|person| person.0))?;
    let found = match tx {
        Tx::Sqlite(..) => rows_of_list!(
            tx,
            (String,),
            "SELECT DISTINCT member.domain FROM ",
            " CROSS JOIN member WHERE member.person = unhex(item.value ->> 0)",
            ids
        )?,
        Tx::Postgres(..) => rows_of_list!(
            tx,
            (String,),
            "SELECT DISTINCT member.domain FROM ",
            " CROSS JOIN member WHERE member.person = CAST(item.value ->> 0 AS UUID)",
            ids
        )?,
    };
    Ok(found.into_iter().map(|(domain,)| domain).collect())
}

/// A service account, with the person who answers for it and the one who has seen its secret.
#[derive(Debug, FromRow)]
pub struct AccountRow {
    /// Its token.
    #[sqlx(try_from = "Uuid")]
    pub id: TokenId,
    /// Who answers for it.
    #[sqlx(try_from = "OptionalId")]
    pub owner: Option<PersonId>,
    /// Who has seen its secret.
    #[sqlx(try_from = "OptionalId")]
    pub made_by: Option<PersonId>,
}

/// These service accounts.
pub async fn accounts(tx: &mut Tx, accounts: &[TokenId]) -> Result<Vec<AccountRow>> {
    let ids = person_keys(accounts.iter().map(|account| account.0))?;
    Ok(match tx {
        Tx::Sqlite(..) => rows_of_list!(
            tx,
            AccountRow,
            "SELECT token.id, token.owner, token.made_by FROM ",
            " CROSS JOIN token WHERE token.id = unhex(item.value ->> 0)",
            ids
        )?,
        Tx::Postgres(..) => rows_of_list!(
            tx,
            AccountRow,
            "SELECT token.id, token.owner, token.made_by FROM ",
            " CROSS JOIN token WHERE token.id = CAST(item.value ->> 0 AS UUID)",
            ids
        )?,
    })
}

/// These domains.
pub async fn domains(tx: &mut Tx, ids: &[String]) -> Result<Vec<DomainRow>> {
    Ok(rows_of_list!(
        tx,
        DomainRow,
        "SELECT domain.id, domain.name, domain.parent, domain.description FROM ",
        " CROSS JOIN domain WHERE domain.id = item.value ->> 0",
        keys(ids)?
    )?)
}

/// Members of these domains who can sign in, by name.
pub async fn members(tx: &mut Tx, domains: &[String]) -> Result<Vec<Member>> {
    Ok(rows_of_list!(
        tx,
        Member,
        "SELECT member.domain, member.person, person.name, person.email, member.role, member.source FROM ",
        " CROSS JOIN member JOIN person ON person.id = member.person WHERE member.domain = item.value ->> 0 \
         AND person.disabled_at IS NULL ORDER BY person.name, person.id",
        keys(domains)?
    )?)
}

/// Those of these assets that no event dropped.
pub async fn assets(tx: &mut Tx, ids: &[String]) -> Result<Vec<AssetRow>> {
    Ok(rows_of_list!(
        tx,
        AssetRow,
        "SELECT asset.* FROM ",
        " CROSS JOIN asset WHERE asset.id = item.value ->> 0 AND NOT EXISTS (SELECT 1 FROM lineage_dataset AS seen \
         WHERE seen.asset = asset.id AND seen.dropped_at IS NOT NULL)",
        keys(ids)?
    )?)
}

/// Other addresses of these assets: asset, namespace, name.
pub async fn aliases(tx: &mut Tx, assets: &[String]) -> Result<Vec<(String, String, String)>> {
    Ok(rows_of_list!(
        tx,
        (String, String, String),
        "SELECT alias.asset, alias.namespace, alias.name FROM ",
        " CROSS JOIN lineage_alias AS alias WHERE alias.asset = item.value ->> 0",
        keys(assets)?
    )?)
}

/// All edges into these assets.
pub async fn edges_into(tx: &mut Tx, assets: &[String]) -> Result<Vec<EdgeRow>> {
    Ok(rows_of_list!(
        tx,
        EdgeRow,
        "SELECT edge.source, edge.target, edge.job, edge.columns, edge.seen_at, edge.former_since FROM ",
        " CROSS JOIN lineage_edge AS edge WHERE edge.target = item.value ->> 0 \
         ORDER BY edge.target, edge.source, edge.job",
        keys(assets)?
    )?)
}

/// What jobs as such do with these assets.
pub async fn uses_of(tx: &mut Tx, assets: &[String]) -> Result<Vec<UseRow>> {
    Ok(rows_of_list!(
        tx,
        UseRow,
        "SELECT used.job, used.asset, used.writes FROM ",
        " CROSS JOIN lineage_use AS used WHERE used.asset = item.value ->> 0 AND used.run = ''",
        keys(assets)?
    )?)
}

/// These products.
pub async fn products(tx: &mut Tx, ids: &[String]) -> Result<Vec<ProductRow>> {
    Ok(rows_of_list!(
        tx,
        ProductRow,
        "SELECT product.id, product.domain, product.document, product.created_at FROM ",
        " CROSS JOIN product WHERE product.id = item.value ->> 0",
        keys(ids)?
    )?)
}

/// All versions of these contracts, in the order of their versions.
pub async fn versions(tx: &mut Tx, contracts: &[String]) -> Result<Vec<VersionRow>> {
    Ok(rows_of_list!(
        tx,
        VersionRow,
        "SELECT version.contract, version.version, version.document, version.published_at FROM ",
        " CROSS JOIN contract_version AS version WHERE version.contract = item.value ->> 0 \
         ORDER BY version.contract, version.place",
        keys(contracts)?
    )?)
}

/// These dashboards.
pub async fn dashboards(tx: &mut Tx, ids: &[String]) -> Result<Vec<DocumentRow>> {
    Ok(rows_of_list!(
        tx,
        DocumentRow,
        "SELECT dashboard.id, dashboard.document, dashboard.created_at FROM ",
        " CROSS JOIN dashboard WHERE dashboard.id = item.value ->> 0",
        keys(ids)?
    )?)
}

/// These terms.
pub async fn terms(tx: &mut Tx, ids: &[String]) -> Result<Vec<TermRow>> {
    Ok(rows_of_list!(
        tx,
        TermRow,
        "SELECT term.id, term.domain, term.document FROM ",
        " CROSS JOIN term WHERE term.id = item.value ->> 0",
        keys(ids)?
    )?)
}
