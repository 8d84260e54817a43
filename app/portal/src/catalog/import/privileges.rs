//! What an import changes about who may do and read what: a record of its own each, with before and after.

use std::collections::BTreeMap;

use lakeport_model::PersonId;
use lakeport_model::catalog::Column;
use lakeport_model::people::Role;
use serde_json::{Value, json};

use crate::people::told::{self, FileRole};
use crate::standards::mesh::Classification;
use crate::standards::odcs::{Contract, Property};
use crate::standards::odps::{DataProduct, OutputPort};
use crate::store::catalog::{AssetRow, DomainRow};
use crate::store::people::Member;

/// Things that one record names at most: a record is read, and kept for ever.
const NAMED: usize = 20;

/// A change for the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(super) action: &'static str,
    pub(super) subject: String,
    pub(super) detail: Value,
}

/// Somebody became an administrator, or no longer is one.
pub(super) fn of_administrator(person: PersonId, before: bool, after: bool) -> Option<Change> {
    (before != after).then(|| Change {
        action: if after { "administrator.appoint" } else { "administrator.dismiss" },
        subject: format!("person {person}"),
        detail: json!({ "before": before, "after": after }),
    })
}

/// Roles that a file gives, changes and takes in a domain.
pub(super) fn of_members(domain: &str, held: &[Member], wanted: &[(PersonId, Role)]) -> Vec<FileRole> {
    let held: Vec<&Member> = held.iter().filter(|member| member.domain == domain).collect();
    let change = |person, before, after| FileRole { domain: domain.to_owned(), person, before, after };
    let mut changes = Vec::new();
    for (person, role) in wanted {
        let before = held.iter().find(|member| member.person == *person).map(|member| member.role);
        if before != Some(*role) {
            changes.push(change(*person, before, Some(*role)));
        }
    }
    for member in held {
        if member.is_from_file() && wanted.iter().all(|(person, _)| *person != member.person) {
            changes.push(change(member.person, Some(member.role), None));
        }
    }
    changes
}

/// The same for the audit.
pub(super) fn of_role(FileRole { domain, person, before, after }: &FileRole) -> Change {
    Change {
        action: told::action(*before, *after),
        subject: format!("domain {domain}"),
        detail: json!({ "person": person, "before": before, "after": after }),
    }
}

/// What an asset opens, and to whom, changed: its classification, its domain, where its data lies, what its columns are.
pub(super) fn of_asset(before: &AssetRow, after: &AssetRow) -> Vec<Change> {
    let subject = format!("asset {}", after.id);
    let of = |action, before: Value, after: Value| {
        (before != after).then(|| Change {
            action,
            subject: subject.clone(),
            detail: json!({ "before": before, "after": after }),
        })
    };
    [
        of("asset.classify", json!(before.classification), json!(after.classification)),
        of("asset.move", json!(before.domain), json!(after.domain)),
        of("asset.relocate", json!(before.location), json!(after.location)),
        of("asset.columns", columns(before), columns(after)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Columns that are described, with how sensitive each is: what nobody describes is opened to nobody by being public.
fn columns(row: &AssetRow) -> Value {
    let columns: Vec<Column> = serde_json::from_str(&row.columns).unwrap_or_default();
    json!(columns.into_iter().map(|column| (column.name, column.classification)).collect::<BTreeMap<_, _>>())
}

/// The domain above a domain changed: its owners decide where nobody of the domain itself does.
pub(super) fn of_domain(before: Option<&DomainRow>, after: &DomainRow) -> Option<Change> {
    let parent = before.and_then(|before| before.parent.as_deref());
    (parent != after.parent.as_deref()).then(|| Change {
        action: "domain.parent",
        subject: format!("domain {}", after.id),
        detail: json!({ "before": parent, "after": after.parent }),
    })
}

/// A product moved to another domain, is seen by others, or offers something else.
pub(super) fn of_product(before: &DataProduct, after: &DataProduct) -> Vec<Change> {
    let subject = format!("product {}", after.id);
    let of = |action, before: Value, after: Value| {
        (before != after).then(|| Change {
            action,
            subject: subject.clone(),
            detail: json!({ "before": before, "after": after }),
        })
    };
    let domain = |product: &DataProduct| json!(product.domain.as_deref().unwrap_or_default());
    let seen = |product: &DataProduct| json!(format!("{:?}", product.visibility()).to_lowercase());
    let (held, offered) = (ports(before), ports(after));
    [
        of("product.move", domain(before), domain(after)),
        of("product.visibility", seen(before), seen(after)),
        of("product.ports", beside(&held, &offered), beside(&offered, &held)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The asset behind each port; in ODPS name and version together are a port's key.
fn ports(product: &DataProduct) -> BTreeMap<String, Option<&str>> {
    let key = |port: &OutputPort| match &port.version {
        Some(version) => format!("{} {version}", port.name),
        None => port.name.clone(),
    };
    product.output_ports.iter().map(|port| (key(port), port.asset())).collect()
}

/// The ports that are not the same in another text of the product, the first of them.
fn beside(ports: &BTreeMap<String, Option<&str>>, other: &BTreeMap<String, Option<&str>>) -> Value {
    let differing = ports.iter().filter(|(port, asset)| other.get(*port) != Some(*asset));
    json!(differing.take(NAMED).collect::<BTreeMap<_, _>>())
}

/// A version of a contract says of columns that they are more sensitive than the version before said, or less.
pub(super) fn of_contract(before: &Contract, after: &Contract) -> Option<Change> {
    let (held, promised) = (classes(before), classes(after));
    let (before, now) = (reclassified(&held, &promised), reclassified(&promised, &held));
    (!before.is_empty()).then(|| Change {
        action: "contract.classify",
        subject: format!("contract {}", after.id),
        detail: json!({ "version": after.version, "before": before, "after": now }),
    })
}

/// The classification of each column of a contract; what states none is internal.
fn classes(contract: &Contract) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for object in &contract.schema {
        for column in &object.properties {
            put_class(format!("{}.{}", object.name, column.name()), column, &mut found);
        }
    }
    found
}

fn put_class(path: String, column: &Property, found: &mut BTreeMap<String, String>) {
    for inner in &column.properties {
        put_class(format!("{path}.{}", inner.name()), inner, found);
    }
    if let Some(items) = &column.items {
        put_class(format!("{path}[]"), items, found);
    }
    if let Some(map) = &column.map {
        put_class(format!("{path}.key"), &map.key, found);
        put_class(format!("{path}.value"), &map.value, found);
    }
    let stated = column.classification.as_deref().unwrap_or(Classification::default().as_str());
    found.insert(path, stated.to_lowercase());
}

/// The columns that another version has with another classification, the first of them.
fn reclassified<'c>(
    classes: &'c BTreeMap<String, String>,
    other: &BTreeMap<String, String>,
) -> BTreeMap<&'c str, &'c str> {
    let differing =
        classes.iter().filter(|(column, class)| other.get(*column).is_some_and(|other| other != *class));
    differing.take(NAMED).map(|(column, class)| (column.as_str(), class.as_str())).collect()
}

/// What is new and open to everybody: one record, which names the first of them and counts all.
pub(super) fn of_new(action: &'static str, ids: &[String]) -> Option<Change> {
    (!ids.is_empty()).then(|| Change {
        action,
        subject: "catalog".to_owned(),
        detail: json!({ "number": ids.len(), "names": ids.iter().take(NAMED).collect::<Vec<_>>() }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_never_protects_a_column_otherwise_unrecorded() {
        let contract = |version: &str, class: &str, gone: &str| {
            let text = format!(
                "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: {version}\nstatus: active\nschema:\n- name: payments\n  \
                 properties:\n  - {{name: state, logicalType: string, classification: {class}}}\n  - {{name: note, logicalType: \
                 string}}\n{gone}"
            );
            Contract::from_yaml("c.yaml", &text).unwrap_or_else(|errors| panic!("{errors}"))
        };
        let gone = "  - {name: gone, logicalType: string, classification: restricted}\n";
        let before = contract("1.0.0", "confidential", gone);
        let change = of_contract(&before, &contract("1.1.0", "public", "")).expect("it falls");
        assert_eq!((change.action, change.subject.as_str()), ("contract.classify", "contract c"));
        let said = json!({
            "version": "1.1.0", "before": { "payments.state": "confidential" }, "after": { "payments.state": "public" },
        });
        assert_eq!(change.detail, said, "a column that is gone is another matter");
        assert_eq!(of_contract(&before, &contract("1.1.0", "Confidential", gone)), None);
    }
}
