//! What an import has to look at beside what it wrote: documents that name it, and what these name. Found by indexes, so that
//! a file costs the same however large the catalog is.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::access::Concerned;
use crate::snapshot::{Part, Snapshot};
use crate::store::Tx;
use crate::store::changes::{MOST_TOUCHED, Touched};
use crate::store::import::ROWS;
use crate::store::named::{self, Kind, Names};
use crate::{Ctx, Result};

/// The catalog as far as an import concerns it.
pub(super) struct Around {
    /// As it was.
    pub(super) before: Arc<Snapshot>,
    /// As the import leaves it.
    pub(super) after: Arc<Snapshot>,
    /// The requests and grants that it concerns.
    pub(super) concerned: Concerned,
}

impl Around {
    /// Of what an import touched, before that is noted as a change, with the documents that are not noted. So many things
    /// that it is no small part are looked at with everything else.
    pub(super) async fn of(
        tx: &mut Tx,
        ctx: &Ctx,
        touched: &BTreeSet<Touched>,
        mut part: Part,
    ) -> Result<Self> {
        // Nobody else writes now: outside of this transaction everything is still as it was before.
        let mut outside = ctx.db.read().await?;
        if touched.len() > MOST_TOUCHED {
            let before = ctx.snapshot_in(&mut outside).await?;
            // Where they are the smaller part of everything, they are read by their names.
            let again: BTreeSet<Touched> = if touched.len() < before.assets.len() {
                touched.clone()
            } else {
                BTreeSet::from([Touched::Everything])
            };
            let after = before.with(tx, again).await?;
            return Ok(Self { before, after: Arc::new(after), concerned: Concerned::Everything });
        }
        let concerned = Concerned::by(tx, touched).await?;
        part.add(Part::of(touched));
        concerned.add_to(tx, &mut part).await?;
        spread(tx, touched, &mut part).await?;
        let before = part.load(&mut outside).await?;
        let after = before.with(tx, touched.clone()).await?;
        Ok(Self { before: Arc::new(before), after: Arc::new(after), concerned })
    }
}

/// Adds all that the rules look at when these things changed: also what was named by documents until now.
async fn spread(tx: &mut Tx, touched: &BTreeSet<Touched>, part: &mut Part) -> Result<()> {
    let domains = touched.iter().filter_map(|touched| match touched {
        Touched::Domain(id) => Some(id.clone()),
        _ => None,
    });
    // Whether a contract's own word about its domain counts depends on whether the domain is known.
    let (domains, assets) = (domains.collect(), part.assets.clone());
    part.contracts.extend(naming(tx, Kind::Contract, Names::Domain, &domains).await?);
    part.contracts.extend(naming(tx, Kind::Contract, Names::Asset, &assets).await?);
    part.products.extend(naming(tx, Kind::Product, Names::Asset, &assets).await?);
    // Whose a contract is, all products that name it say together.
    part.contracts.extend(named(tx, Kind::Product, Names::Contract, &part.products).await?);
    part.products.extend(naming(tx, Kind::Product, Names::Contract, &part.contracts).await?);
    part.assets.extend(named(tx, Kind::Product, Names::Asset, &part.products).await?);
    part.assets.extend(named(tx, Kind::Contract, Names::Asset, &part.contracts).await?);
    Ok(())
}

async fn naming(tx: &mut Tx, kind: Kind, names: Names, ids: &BTreeSet<String>) -> Result<Vec<String>> {
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    for part in ids.chunks(ROWS) {
        found.append(&mut named::naming(tx, kind, names, part).await?);
    }
    Ok(found)
}

async fn named(tx: &mut Tx, kind: Kind, names: Names, documents: &BTreeSet<String>) -> Result<Vec<String>> {
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    for part in documents.chunks(ROWS) {
        found.append(&mut named::named(tx, kind, names, part).await?);
    }
    Ok(found)
}
