//! What a list says about the things in it: whether the contract is kept, and when the data changed. All of it is what the
//! portal has stored: a list looks at no table.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lakeport_model::contracts::CheckState;

use super::looks::LastChanges;
use super::{Asset, Contract, Port, Product, Rights, Sight, Snapshot};
use crate::contracts::{self, States};
use crate::store::Tx;
use crate::{Ctx, Result};

/// State and age of something in a list, as far as the viewer knows its details.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// State of its contract.
    pub(super) contract: Option<CheckState>,
    /// Its last change that the portal has seen.
    pub(super) changed_at: Option<DateTime<Utc>>,
}

/// Something in a list.
#[derive(Debug, Clone, Copy)]
pub(super) enum Thing<'a> {
    /// An asset: the contract on it, and its last change.
    Asset(&'a Asset),
    /// A product: the worst of its contracts, and the last change of the oldest of its tables; where one of them was never
    /// looked at, which is the oldest nobody knows.
    Product(&'a Product),
}

/// How these things stand, in their order; two questions, however many there are, and one for each contract of which the
/// viewer is told only a part.
pub(super) async fn standings(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    rights: &Rights,
    things: &[Thing<'_>],
) -> Result<Vec<Standing>> {
    let tables: BTreeSet<&str> = things.iter().flat_map(|thing| thing.tables(snapshot)).collect();
    let changes = ctx.looks.last_changes(tx, &tables).await?;
    let promised: Vec<Vec<&Contract>> =
        things.iter().map(|thing| thing.contracts(snapshot, rights)).collect();
    let states = States::of(tx, ctx, snapshot, rights, promised.iter().flatten().copied()).await?;
    let standing = |(thing, promised): (&Thing<'_>, Vec<&Contract>)| Standing {
        contract: states.worst(promised),
        changed_at: thing.changed_at(snapshot, rights, &changes),
    };
    Ok(things.iter().zip(promised).map(standing).collect())
}

impl<'a> Thing<'a> {
    /// The tables whose changes it tells, as far as the lake can open them.
    fn tables(self, snapshot: &'a Snapshot) -> Vec<&'a str> {
        match self {
            Self::Asset(asset) if asset.opens_here() => vec![&asset.id],
            Self::Asset(_) => Vec::new(),
            Self::Product(product) => product.ports.iter().filter_map(|port| table(snapshot, port)).collect(),
        }
    }

    fn contracts(self, snapshot: &'a Snapshot, rights: &Rights) -> Vec<&'a Contract> {
        match self {
            Self::Asset(asset) => contracts::on_asset(snapshot, rights, &asset.id).into_iter().collect(),
            Self::Product(product) if rights.product_sight(product) == Sight::Full => {
                let named = product.ports.iter().filter_map(|port| port.contract.as_ref());
                named.filter_map(|id| snapshot.contracts.get(id)).collect()
            }
            Self::Product(_) => Vec::new(),
        }
    }

    fn changed_at(
        self,
        snapshot: &Snapshot,
        rights: &Rights,
        changes: &LastChanges,
    ) -> Option<DateTime<Utc>> {
        let sight = match self {
            Self::Asset(asset) => snapshot.sight(rights, asset),
            Self::Product(product) => rights.product_sight(product),
        };
        if sight != Sight::Full {
            return None;
        }
        // Nothing is less than something: a table that says nothing makes the whole say nothing.
        self.tables(snapshot).into_iter().map(|table| changes.of(table)).min().flatten()
    }
}

fn table<'a>(snapshot: &'a Snapshot, port: &Port) -> Option<&'a str> {
    let asset = port.asset.as_ref().and_then(|id| snapshot.assets.get(id));
    asset.filter(|asset| asset.opens_here()).map(|table| table.id.as_str())
}
