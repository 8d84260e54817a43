//! Rows and documents become what the catalog holds.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use lakeport_model::catalog::{Classification, Visibility};
use lakeport_model::{First, PortId};
use serde::de::DeserializeOwned;

use super::slug;
use super::types::{Asset, Contract, ContractVersion, DashboardText, Port, Product};
use crate::dashboards::format;
use crate::standards::{odcs, odps};
use crate::store::catalog::{AssetRow, DocumentRow, VersionRow};
use crate::store::snapshot::ProductRow;

/// A moment that is to be known. Imports keep the moment of the first one: they correct none.
fn known(column: &str, stored: Option<DateTime<Utc>>) -> Result<DateTime<Utc>, String> {
    stored.ok_or_else(|| {
        format!(
            "what stands in the column {column} of the database is no time; no import changes that, it has to be corrected \
             in the database"
        )
    })
}

/// What a column of an asset's row says; where it cannot be read, which column that is.
fn word<T: FromStr<Err = String>>(column: &str, stored: &str) -> Result<T, String> {
    stored.parse().map_err(|wrong: String| unreadable(column, &wrong))
}

/// The same of a column that keeps a list as JSON.
fn list<T: DeserializeOwned>(column: &str, stored: &str) -> Result<T, String> {
    serde_json::from_str(stored).map_err(|error| {
        let why = if error.is_data() { "it is not the list that it has to be" } else { "it is no JSON" };
        unreadable(column, why)
    })
}

fn unreadable(column: &str, why: &str) -> String {
    format!(
        "what stands in the column {column} of the database cannot be read: {why}; an import of the asset writes it anew"
    )
}

/// An asset as it is kept; its title is not known yet.
pub(super) fn asset(row: AssetRow) -> Result<Asset, String> {
    Ok(Asset {
        kind: word("kind", &row.kind)?,
        layer: row.layer.map(|layer| word("layer", &layer)).transpose()?,
        classification: word("classification", &row.classification)?,
        tags: list("tags", &row.tags)?,
        columns: list("columns", &row.columns)?,
        id: row.id,
        namespace: row.namespace,
        title: row.name.clone(),
        name: row.name,
        domain: row.domain,
        description: row.description,
        platform: row.platform,
        location: row.location,
        origin: row.origin,
        created_at: known("created_at", row.created_at)?,
    })
}

/// A product as its document describes it. What its ports take from assets and contracts, and who answers for it, is not
/// known yet.
pub(super) fn product(row: ProductRow) -> Result<Product, String> {
    let document =
        odps::DataProduct::from_yaml(&row.id, &row.document).map_err(|errors| first(errors.iter()))?;
    let created_at = known("created_at", row.created_at)?;
    let mut names = PortNames::default();
    let ports = document.output_ports.iter().map(|port| Port {
        id: PortId(format!("{}/{}", row.id, names.take(port))),
        name: port.name.clone(),
        description: port.description.clone().unwrap_or_default(),
        classification: Classification::Internal,
        contract: None,
        asset: port.asset().map(str::to_owned),
    });
    let ports = ports.collect();
    Ok(Product {
        // A name of nothing but blanks could be neither read nor pressed.
        name: document.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| row.id.clone()),
        answering: Vec::new(),
        domain: document.domain.clone().unwrap_or_default(),
        visibility: visibility(document.visibility()),
        ports,
        id: row.id,
        created_at,
        document: Arc::new(document),
    })
}

/// The names of a product's ports as parts of addresses.
#[derive(Default)]
struct PortNames {
    taken: BTreeSet<String>,
    /// For a name with its version, the first number that may be free.
    next: BTreeMap<String, u32>,
}

impl PortNames {
    /// The name of one more. In ODPS name and version together are a port's key, so a second port of a name carries its
    /// version, and a number where even that is taken.
    fn take(&mut self, port: &odps::OutputPort) -> String {
        let name = slug(&port.name);
        let version = port.version.as_deref().map(slug).unwrap_or_default();
        let with_version = format!("{name}-{version}");
        for name in [name, with_version.clone()] {
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
        let next = self.next.entry(with_version.clone()).or_insert(2);
        loop {
            let name = format!("{with_version}-{next}");
            *next += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

fn visibility(written: odps::Visibility) -> Visibility {
    match written {
        odps::Visibility::Open => Visibility::Open,
        odps::Visibility::Restricted => Visibility::Restricted,
        odps::Visibility::Private => Visibility::Private,
    }
}

/// Versions of a contract that cannot be read and are named.
const MOST_VERSIONS: usize = 5;

/// A contract with those of its versions that can be read, if any, and of the others the first thing that is wrong with
/// each.
pub(super) fn contract(id: &str, rows: Vec<VersionRow>) -> (Option<Contract>, Option<String>) {
    let (mut versions, mut problems, mut unread_newest) = (Vec::new(), Vec::new(), None);
    for row in rows {
        let read = odcs::Contract::from_yaml(id, &row.document).map_err(|errors| first(errors.iter()));
        match read.and_then(|document| Ok((document, known("published_at", row.published_at)?))) {
            Ok((document, published_at)) => {
                if !document.is_draft() {
                    unread_newest = None;
                }
                versions.push(ContractVersion {
                    version: row.version,
                    document,
                    text: row.document,
                    published_at,
                });
            }
            Err(wrong) => {
                problems.push(format!("version {}: {wrong}", row.version));
                if !says_draft(&row.document) {
                    unread_newest = Some(row.version);
                }
            }
        }
    }
    let problems = First::cut(problems, MOST_VERSIONS).lines();
    let problem = (!problems.is_empty()).then(|| problems.join("; "));
    let newest = versions.last().map(|version| version.document.name.clone());
    let contract = newest.map(|name| Contract {
        id: id.to_owned(),
        name: name.unwrap_or_else(|| id.to_owned()),
        versions,
        unread_newest,
    });
    (contract, problem)
}

/// True for a document that cannot be read and still says that nobody is meant to rely on it. Whatever is written in
/// another way is taken for published: rather no version is in force than an older one by mistake.
fn says_draft(document: &str) -> bool {
    document.lines().any(|line| matches!(line.trim_end(), "status: draft" | "status: proposed"))
}

/// A dashboard as its text describes it.
pub(super) fn dashboard(row: DocumentRow) -> DashboardText {
    let read = format::parse(&row.id, &row.document).map(Arc::new).map_err(|problems| first(problems.iter()));
    let (read, created_at) = match known("created_at", row.created_at) {
        Ok(created_at) => (read, created_at),
        Err(wrong) => (Err(wrong), DateTime::UNIX_EPOCH),
    };
    DashboardText { id: row.id, read, created_at }
}

fn first<T: ToString>(mut problems: impl Iterator<Item = T>) -> String {
    problems.next().map(|problem| problem.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{MOST_VERSIONS, contract};
    use crate::store::catalog::VersionRow;

    #[test]
    fn an_unreadable_version_never_puts_an_older_one_in_force() {
        let readable = |status: &str| {
            format!(
                "apiVersion: v3.0.2\nkind: DataContract\nid: k\nname: k\nversion: VERSION\nstatus: {status}\n"
            )
        };
        let (active, draft, broken) = (readable("active"), readable("draft"), "kind: [".to_owned());
        let broken_draft = "status: draft\nkind: [".to_owned();
        for (documents, expected) in [
            (vec![&active, &broken], Some("2.0.0")),
            (vec![&active, &broken, &draft], Some("2.0.0")),
            (vec![&active, &broken, &broken], Some("3.0.0")),
            (vec![&broken, &active], None),
            (vec![&active, &broken, &active], None),
            (vec![&active, &broken_draft], None),
            (vec![&active, &draft], None),
        ] {
            let row = |(place, document): (usize, &&String)| {
                let version = format!("{}.0.0", place + 1);
                let document = document.replace("VERSION", &version);
                let published_at = Some(DateTime::UNIX_EPOCH);
                VersionRow { contract: "k".to_owned(), version, document, published_at }
            };
            let rows = documents.iter().enumerate().map(row).collect();
            let (contract, _) = contract("k", rows);
            let contract = contract.expect("one of them can be read");
            assert_eq!(contract.unread_newest.as_deref(), expected, "{documents:?}");
            assert_eq!(contract.not_in_force().is_some(), expected.is_some());
        }
    }

    #[test]
    fn every_version_that_cannot_be_read_is_named_up_to_an_end() {
        let said = |count: usize| {
            let row = |place: usize| VersionRow {
                contract: "k".to_owned(),
                version: format!("{place}.0.0"),
                document: "kind: [".to_owned(),
                published_at: Some(DateTime::UNIX_EPOCH),
            };
            contract("k", (1..=count).map(row).collect()).1
        };
        assert_eq!(said(0), None);
        let two = said(2).expect("it is said");
        assert!(two.starts_with("version 1.0.0: ") && two.contains("; version 2.0.0: "), "{two}");
        let many = said(MOST_VERSIONS + 2).expect("it is said");
        assert!(many.ends_with("; and 2 more"), "{many}");
    }
}
