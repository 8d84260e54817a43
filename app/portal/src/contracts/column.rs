//! What contracts promise of one column.

use std::collections::BTreeSet;

use lakeport_model::First;
use lakeport_model::catalog::ColumnPromises;
use lakeport_model::contracts::ContractColumn;

use super::page::add_columns;
use crate::catalog::{Contract, Rights, Snapshot};
use crate::store::Tx;
use crate::{Ctx, Result};

/// Most contracts that are told of; hardly ever is there more than one on a table.
const MOST_CONTRACTS: usize = 5;
/// Most elements that are told of a column: itself, and what is nested in it.
const MOST_ELEMENTS: usize = 100;

/// What is promised of a column of an asset, by the contracts of products whose details the viewer sees.
pub(crate) async fn of_column(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    rights: &Rights,
    (asset, column): (&str, &str),
) -> Result<First<ColumnPromises>> {
    let named: BTreeSet<&String> = super::named_on(snapshot, rights, asset).collect();
    let contracts = named.into_iter().filter_map(|id| snapshot.contracts.get(id));
    let promising = contracts.filter_map(|contract| {
        let elements = elements(contract, asset, column);
        (!elements.is_empty()).then_some((contract, elements))
    });
    let First { items, of } = First::cut(promising.collect::<Vec<_>>(), MOST_CONTRACTS);
    let mut promises = Vec::with_capacity(items.len());
    for (contract, elements) in items {
        let contract = super::summary(tx, ctx, snapshot, rights, contract).await?;
        promises.push(ColumnPromises { contract, elements: First::cut(elements, MOST_ELEMENTS) });
    }
    Ok(First { items: promises, of })
}

/// The elements of a contract's schema that are the column, each with what is nested in it.
fn elements(contract: &Contract, asset: &str, column: &str) -> Vec<ContractColumn> {
    let objects = contract.newest().document.schema.iter().filter(|object| object.asset() == asset);
    let properties = objects.flat_map(|object| &object.properties);
    let mut elements = Vec::new();
    for property in properties.filter(|property| property.column() == column) {
        add_columns("", std::slice::from_ref(property), &mut elements);
    }
    elements
}
