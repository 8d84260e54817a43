//! Assets, data products, search, import.

mod export;
mod home;
mod import;
mod lists;
mod load;
mod looks;
mod lookups;
mod pages;
mod preview;
pub(crate) mod rights;
mod search;
mod snapshot;
mod trust;
mod way;

pub use export::export;
pub use home::{home, last_opened};
pub use import::{ImportError, ImportReport, SourceFile, import};
pub use load::Snapshots;
pub(crate) use load::answerable;
pub use looks::Looks;
pub use pages::{ProductLine, asset, product, products};
pub use preview::{preview, preview_at, preview_csv};
pub(crate) use rights::Rights;
pub use rights::Sight;
pub use search::{Entry, Index, Standing, Touch, search};
pub use snapshot::{Asset, Contract, ContractVersion, DashboardText, Domain, Port, Product, Snapshot};

/// A text as part of an address: lower-case letters, digits, `.`, `_` and `-`.
pub(crate) fn slug(text: &str) -> String {
    let letters = text.trim().to_lowercase();
    letters.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect()
}

/// Addresses of pages.
pub(crate) mod href {
    use lakeport_model::{PortId, encode};

    use super::{Asset, Snapshot};

    pub(crate) fn product(id: &str) -> String {
        format!("/products/{}", encode(id))
    }

    /// Who holds access to a product, on its page.
    pub(crate) fn held(id: &str) -> String {
        format!("{}#held", product(id))
    }

    pub(crate) fn domain(id: &str) -> String {
        format!("/domains/{}", encode(id))
    }

    pub(crate) fn request(product: &str, port: &PortId) -> String {
        format!("/products/{}/request?port={}", encode(product), encode(port.as_str()))
    }

    pub(crate) fn contract(id: &str) -> String {
        format!("/contracts/{}", encode(id))
    }

    pub(crate) fn asset(snapshot: &Snapshot, asset: &Asset) -> String {
        if snapshot.is_own_dashboard(asset) {
            format!("/dashboards/{}", encode(&asset.id))
        } else {
            format!("/assets/{}", encode(&asset.id))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_parts_of_addresses() {
        assert_eq!(slug(" Kunden & Märkte/2 "), "kunden---m-rkte-2");
        assert_eq!(href::product("gold.a-b_c~d"), "/products/gold.a-b_c~d");
        assert_eq!(href::contract("a/b?c ü"), "/contracts/a%2Fb%3Fc%20%C3%BC");
    }
}
