//! Which products and contracts name which assets, contracts and domains: what a change concerns is found by an index.
//!
//! A document is noted when an import writes it. One that is not noted, because an older version of the portal wrote it, it
//! cannot be read or it names more than an index takes, may name anything.

use sqlx::FromRow;

use super::import::words;
use super::lists::{list, rows_of_list, run_list};
use super::{Tx, rows};
use crate::Result;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A product.
    Product,
    /// A contract, in whichever version.
    Contract,
}

/// What a document names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Names {
    /// An asset that it offers or promises something about.
    Asset,
    /// A contract that it offers something under.
    Contract,
    /// The domain that it says it belongs to.
    Domain,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Contract => "contract",
        }
    }
}

impl Names {
    fn as_str(self) -> &'static str {
        match self {
            Self::Asset => "asset",
            Self::Contract => "contract",
            Self::Domain => "domain",
        }
    }
}

/// A document that is not noted.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct UnnotedRow {
    /// Its id.
    pub id: String,
    /// Its version; a product has none.
    pub version: String,
    /// The document as its author wrote it.
    pub document: String,
}

/// A document with what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted<'d> {
    /// Its id.
    pub id: &'d str,
    /// Its version; a product has none.
    pub version: &'d str,
    /// What it names that an index takes, each once.
    pub names: Vec<(Names, String)>,
    /// True where that is all that it names.
    pub is_whole: bool,
}

/// Documents that are not noted, in the order of their ids and versions, from behind one of them.
pub async fn unnoted(
    tx: &mut Tx,
    kind: Kind,
    (id, version): (&str, &str),
    limit: i64,
) -> Result<Vec<UnnotedRow>> {
    Ok(match kind {
        Kind::Product => rows!(
            tx,
            UnnotedRow,
            "SELECT id, '' AS version, document FROM product WHERE NOT is_noted AND id > $1 ORDER BY id LIMIT $2",
            id,
            limit
        )?,
        Kind::Contract => rows!(
            tx,
            UnnotedRow,
            "SELECT contract AS id, version, document FROM contract_version \
             WHERE NOT is_noted AND (contract, version) > ($1, $2) ORDER BY contract, version LIMIT $3",
            id,
            version,
            limit
        )?,
    })
}

/// Notes what documents name; one counts as noted where that is all. What one named before stays: whom that concerned, the change of the document concerns as well.
pub async fn note(tx: &mut Tx, kind: Kind, documents: &[Noted<'_>]) -> Result<()> {
    let whole = documents.iter().filter(|noted| noted.is_whole);
    let keys: Vec<_> = whole.map(|noted| (noted.id, noted.version)).collect();
    match kind {
        Kind::Product => run_list!(
            tx,
            "UPDATE product SET is_noted = TRUE WHERE id IN (SELECT item.value ->> 0 FROM ",
            ")",
            list(&keys)?
        )?,
        Kind::Contract => run_list!(
            tx,
            "UPDATE contract_version SET is_noted = TRUE WHERE (contract, version) IN \
             (SELECT item.value ->> 0, item.value ->> 1 FROM ",
            ")",
            list(&keys)?
        )?,
    };
    let names = documents.iter().flat_map(|noted| {
        noted.names.iter().map(move |(names, id)| (names.as_str(), id, kind.as_str(), noted.id))
    });
    let names: Vec<_> = names.collect();
    run_list!(
        tx,
        "INSERT INTO document_name (names, id, kind, document) \
         SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2, item.value ->> 3 FROM ",
        " WHERE true ON CONFLICT (names, id, kind, document) DO NOTHING",
        list(&names)?
    )?;
    Ok(())
}

/// Documents of a kind that name one of these.
pub async fn naming(tx: &mut Tx, kind: Kind, names: Names, ids: &[&str]) -> Result<Vec<String>> {
    let found = rows_of_list!(
        tx,
        (String,),
        "SELECT DISTINCT held.document FROM ",
        " CROSS JOIN document_name AS held WHERE held.names = $2 AND held.id = item.value ->> 0 AND held.kind = $3",
        words(ids)?,
        names.as_str(),
        kind.as_str()
    )?;
    Ok(found.into_iter().map(|(document,)| document).collect())
}

/// What documents of a kind name.
pub async fn named(tx: &mut Tx, kind: Kind, names: Names, documents: &[&str]) -> Result<Vec<String>> {
    let found = rows_of_list!(
        tx,
        (String,),
        "SELECT DISTINCT held.id FROM ",
        " CROSS JOIN document_name AS held WHERE held.kind = $2 AND held.document = item.value ->> 0 AND held.names = $3",
        words(documents)?,
        kind.as_str(),
        names.as_str()
    )?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}
