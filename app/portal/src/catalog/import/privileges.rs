//! What an import changes about who may do and read what: a record of its own each, with before and after.

use std::collections::BTreeMap;

use lakeport_model::catalog::Column;
use lakeport_model::people::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Result;
use crate::people::told::{self, FileRole};
use crate::standards::odps::DataProduct;
use crate::store::catalog::AssetRow;
use crate::store::people::Member;

/// A change for the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(super) action: &'static str,
    pub(super) subject: String,
    pub(super) detail: Value,
}

/// Somebody became an administrator, or no longer is one.
pub(super) fn of_administrator(person: Uuid, before: bool, after: bool) -> Option<Change> {
    (before != after).then(|| Change {
        action: if after { "administrator.appoint" } else { "administrator.dismiss" },
        subject: format!("person {person}"),
        detail: json!({ "before": before, "after": after }),
    })
}

/// Roles that a file gives, changes and takes in a domain.
pub(super) fn of_members(domain: &str, held: &[Member], wanted: &[(Uuid, Role)]) -> Result<Vec<FileRole>> {
    let held: Vec<&Member> = held.iter().filter(|member| member.domain == domain).collect();
    let change = |person, before, after| FileRole { domain: domain.to_owned(), person, before, after };
    let mut changes = Vec::new();
    for (person, role) in wanted {
        let before = held.iter().find(|member| member.person == *person).map(|member| member.role());
        let before = before.transpose()?;
        if before != Some(*role) {
            changes.push(change(*person, before, Some(*role)));
        }
    }
    for member in held {
        if member.is_from_file() && wanted.iter().all(|(person, _)| *person != member.person) {
            changes.push(change(member.person, Some(member.role()?), None));
        }
    }
    Ok(changes)
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

/// A product moved to another domain, or is seen by others.
pub(super) fn of_product(before: &DataProduct, after: &DataProduct) -> Vec<Change> {
    let subject = format!("product {}", after.id);
    let of = |action, before: &str, after: &str| {
        (before != after).then(|| Change {
            action,
            subject: subject.clone(),
            detail: json!({ "before": before, "after": after }),
        })
    };
    let domain = |product: &DataProduct| product.domain.clone().unwrap_or_default();
    let seen = |product: &DataProduct| format!("{:?}", product.visibility()).to_lowercase();
    let moved = of("product.move", &domain(before), &domain(after));
    moved.into_iter().chain(of("product.visibility", &seen(before), &seen(after))).collect()
}
