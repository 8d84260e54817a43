//! What products and contracts name is noted beside them, so that whoever changes one of these things finds them.

use std::collections::BTreeSet;

use super::parts;
use crate::Result;
use crate::actor::Party;
use crate::beside::CATALOGS;
use crate::snapshot::Part;
use crate::standards::odcs::Contract;
use crate::standards::odps::DataProduct;
use crate::store::Tx;
use crate::store::named::{self as store, Kind, Names, Noted, UnnotedRow};

/// Documents that are noted together.
const AT_ONCE: i64 = 500;
/// Letters of a name that an index takes. Hardly any is as long.
const LONGEST: usize = 1_000;

/// A product with what it names.
pub(super) fn of_product(product: &DataProduct) -> Noted<'_> {
    let ports = || product.output_ports.iter();
    let assets = ports().filter_map(|port| port.asset()).map(|id| (Names::Asset, id));
    let contracts = ports().filter_map(|port| port.contract_id.as_deref()).map(|id| (Names::Contract, id));
    noted(&product.id, "", assets.chain(contracts))
}

/// A version of a contract with what it names.
pub(super) fn of_contract(contract: &Contract) -> Noted<'_> {
    let assets = contract.schema.iter().map(|object| (Names::Asset, object.asset()));
    let domain = contract.domain.as_deref().map(|id| (Names::Domain, id));
    noted(&contract.id, &contract.version, assets.chain(domain))
}

fn noted<'d>(id: &'d str, version: &'d str, names: impl Iterator<Item = (Names, &'d str)>) -> Noted<'d> {
    let names: BTreeSet<(Names, &str)> = names.collect();
    let is_whole = names.iter().all(|(_, id)| id.len() <= LONGEST);
    let fit = names.iter().filter(|(_, id)| id.len() <= LONGEST);
    Noted { id, version, names: fit.map(|(names, id)| (*names, (*id).to_owned())).collect(), is_whole }
}

/// Keeps what documents name.
pub(super) async fn keep(tx: &mut Tx, kind: Kind, documents: Vec<Noted<'_>>) -> Result<()> {
    let size = |noted: &Noted| noted.names.iter().map(|(_, id)| id.len()).sum();
    for part in parts(documents, size) {
        store::note(tx, kind, &part).await?;
    }
    Ok(())
}

/// Notes what was written without, before anything of it is replaced; answers the documents that are not noted as a whole:
/// they may name anything, and belong to every part.
pub(super) async fn catch_up(tx: &mut Tx) -> Result<Part> {
    let mut part = Part::default();
    for kind in [Kind::Product, Kind::Contract] {
        let mut last = (String::new(), String::new());
        loop {
            let rows = store::unnoted(tx, kind, (&last.0, &last.1), AT_ONCE).await?;
            let Some(newest) = rows.last() else { break };
            last = (newest.id.clone(), newest.version.clone());
            let (documents, others) = CATALOGS.run(Party::PORTAL, move || read(kind, rows)).await?;
            keep(tx, kind, documents.iter().map(Read::noted).collect()).await?;
            match kind {
                Kind::Product => part.products.extend(others),
                Kind::Contract => part.contracts.extend(others),
            }
        }
    }
    Ok(part)
}

/// A document that was read.
enum Read {
    Product(Box<DataProduct>),
    Contract(Box<Contract>),
}

impl Read {
    fn of(kind: Kind, UnnotedRow { id, document, .. }: &UnnotedRow) -> Option<Self> {
        match kind {
            Kind::Product => {
                DataProduct::from_yaml(id, document).ok().map(|read| Self::Product(Box::new(read)))
            }
            Kind::Contract => {
                Contract::from_yaml(id, document).ok().map(|read| Self::Contract(Box::new(read)))
            }
        }
    }

    fn noted(&self) -> Noted<'_> {
        match self {
            Self::Product(product) => of_product(product),
            Self::Contract(contract) => of_contract(contract),
        }
    }
}

/// Those of these documents that can be read, and the ids of all that are not noted as a whole.
fn read(kind: Kind, rows: Vec<UnnotedRow>) -> (Vec<Read>, Vec<String>) {
    let (mut documents, mut others) = (Vec::new(), Vec::new());
    for row in rows {
        // Under the id and the version that it is kept by.
        let is_its_own =
            |noted: &Noted<'_>| noted.id == row.id && (kind == Kind::Product || noted.version == row.version);
        let read = Read::of(kind, &row).filter(|read| is_its_own(&read.noted()));
        if !read.as_ref().is_some_and(|read| read.noted().is_whole) {
            others.push(row.id);
        }
        documents.extend(read);
    }
    (documents, others)
}
