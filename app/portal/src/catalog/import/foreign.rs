//! What a domain offers and measures is its own data. Looked at when everything is written: an asset that moves to another
//! domain, or comes to it, changes what products and contracts that lie here already are about.

use std::collections::{BTreeSet, HashMap};

use super::{ImportError, SourceFile};
use crate::catalog::{Product, Snapshot};
use crate::standards::FileError;
use crate::standards::odcs::Contract;
use crate::standards::odps::DataProduct;
use crate::store::Tx;
use crate::store::import::{self as store, ROWS};
use crate::{Error, Result};

/// Only the domain that owns an asset offers it: whoever decides about a product decides about nothing else.
pub(super) async fn refuse_foreign_offers(tx: &mut Tx, snapshot: &Snapshot) -> Result<()> {
    let offered: BTreeSet<&str> =
        snapshot.products.values().flat_map(offers).map(|(_, asset)| asset).collect();
    let offered: Vec<&str> = offered.into_iter().collect();
    // Asked, so that one counts too that events said is gone: they may say that it is there again.
    let mut owners = HashMap::new();
    for part in offered.chunks(ROWS) {
        owners.extend(store::owners(tx, part).await?);
    }
    for (product, asset) in snapshot.products.values().flat_map(offers) {
        if let Some(owner) = owners.get(asset).filter(|owner| **owner != product.domain) {
            return Err(Error::conflict(format!(
                "Product {} of domain \"{}\" offers asset {asset}, which belongs to domain \"{owner}\". Only that domain \
                 can offer it.",
                product.id, product.domain
            )));
        }
    }
    Ok(())
}

fn offers(product: &Product) -> impl Iterator<Item = (&Product, &str)> {
    product.ports.iter().filter_map(move |port| Some((product, port.asset.as_deref()?)))
}

/// A contract measures the data of its own domain: whoever writes one learns counts of what its rules ask. Only the version
/// in force is ever measured, so that what an older one was about keeps nothing from moving.
pub(super) fn refuse_foreign_checks(
    snapshot: &Snapshot,
    files: &[(Contract, SourceFile)],
) -> std::result::Result<(), ImportError> {
    let mut problems = Vec::new();
    for contract in snapshot.contracts.values() {
        let Some(version) = contract.in_force() else { continue };
        let domain = snapshot.domain_of(contract);
        let written = || {
            files
                .iter()
                .find(|(written, _)| (&written.id, &written.version) == (&contract.id, &version.version))
        };
        for (index, object) in version.document.schema.iter().enumerate() {
            let asset = object.asset();
            let owner = snapshot.assets.get(asset).map(|asset| &asset.domain);
            let Some(owner) = owner.filter(|owner| !owner.is_empty() && **owner != domain) else { continue };
            let Some((_, SourceFile { path, text })) = written() else {
                return Err(ImportError::Portal(Error::conflict(format!(
                    "Contract {} {} of domain \"{domain}\" is about \"{asset}\", which belongs to domain \"{owner}\" with \
                     these files. A contract is about data of its own domain: import a version of it that is, too.",
                    contract.id, version.version
                ))));
            };
            let field = format!("schema[{index}].{}", object.asset_field());
            let message = format!(
                "\"{asset}\" belongs to domain \"{owner}\", the contract to \"{domain}\". A contract is about data of its \
                 own domain; correct the domain, or name an asset of it."
            );
            problems.push(FileError::at(path, text, &field, message));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(ImportError::Files(problems)) }
}

/// A product shows contracts of its own domain only: everybody who sees the product reads them.
pub(super) fn refuse_foreign_contracts(
    snapshot: &Snapshot,
    files: &[(DataProduct, SourceFile)],
) -> std::result::Result<(), ImportError> {
    let (mut problems, mut elsewhere) = (Vec::new(), None);
    for product in snapshot.products.values() {
        let written = || files.iter().find(|(written, _)| written.id == product.id);
        let mut found = Vec::new();
        for (index, (port, said)) in product.ports.iter().zip(&product.document.output_ports).enumerate() {
            let taken = said.contract_id.as_ref().filter(|_| port.contract.is_none());
            let Some(contract) = taken.and_then(|id| snapshot.contracts.get(id)) else { continue };
            let whose = match snapshot.domain_of(contract) {
                none if none.is_empty() => {
                    "says no domain, and products of several domains offer it".to_owned()
                }
                owner => format!("belongs to domain \"{owner}\""),
            };
            let (id, domain) = (&contract.id, &product.domain);
            if found.is_empty() && written().is_none() {
                elsewhere = Some(format!(
                    "Contract {id} {whose} with these files, and product {} of domain \"{domain}\" offers it. A product \
                     offers contracts of its own domain: import the product without it, too.",
                    product.id
                ));
                continue;
            }
            let field = format!("outputPorts[{index}].contractId");
            let message = format!(
                "Contract \"{id}\" {whose}; the product belongs to \"{domain}\". A product offers contracts of its own \
                 domain; name one of them, or correct the domain."
            );
            found.push((field, message));
        }
        // However many there are, the text is read once: others wait for whoever writes.
        if !found.is_empty()
            && let Some((_, SourceFile { path, text })) = written()
        {
            problems.append(&mut FileError::all_at(path, text, found));
        }
    }
    match elsewhere {
        _ if !problems.is_empty() => Err(ImportError::Files(problems)),
        Some(told) => Err(ImportError::Portal(Error::conflict(told))),
        None => Ok(()),
    }
}
