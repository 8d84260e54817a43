//! A part of the catalog, for whoever decides about a few things and keeps no catalog in memory.

use std::collections::BTreeSet;

use super::load;
use super::types::Snapshot;
use crate::Result;
use crate::store::Tx;
use crate::store::changes::Touched;

/// Which things of the catalog are looked at. Domains, people and accounts belong to every part;
/// dashboards, terms and edges to none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) assets: BTreeSet<String>,
    pub(crate) products: BTreeSet<String>,
    pub(crate) contracts: BTreeSet<String>,
}

impl Part {
    /// The things that a change touched.
    pub(crate) fn of(touched: &BTreeSet<Touched>) -> Self {
        let mut part = Self::default();
        for touched in touched {
            match touched {
                Touched::Asset(id) => _ = part.assets.insert(id.clone()),
                Touched::Product(id) => _ = part.products.insert(id.clone()),
                Touched::Contract(id) => _ = part.contracts.insert(id.clone()),
                Touched::Everything
                | Touched::Domain(_)
                | Touched::Person(_)
                | Touched::Service(_)
                | Touched::Dashboard(_)
                | Touched::Term(_) => {}
            }
        }
        part
    }

    /// Takes in what belongs to another part.
    pub(crate) fn add(&mut self, other: Self) {
        self.assets.extend(other.assets);
        self.products.extend(other.products);
        self.contracts.extend(other.contracts);
    }

    /// This part as the transaction sees it. What does not belong to it is not there.
    pub(crate) async fn load(&self, tx: &mut Tx) -> Result<Snapshot> {
        load::part(tx, self).await
    }
}

impl Snapshot {
    /// A state, or a part of one, with what was touched as the transaction sees it.
    pub(crate) async fn with(&self, tx: &mut Tx, touched: BTreeSet<Touched>) -> Result<Self> {
        Ok(load::moved(tx, self, self.change, touched).await?.0)
    }
}
