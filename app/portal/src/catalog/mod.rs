//! Assets, data products, search, import.

pub(crate) mod access;
mod export;
mod home;
mod import;
mod load;
mod pages;
mod preview;
mod search;
mod snapshot;

pub use access::Sight;
pub use export::export;
pub use home::home;
pub use import::{ImportError, ImportReport, SourceFile, import};
pub(crate) use load::AREA;
pub use load::Snapshots;
pub use pages::{ProductLine, asset, product, products};
pub(crate) use preview::note_reading;
pub use preview::preview;
pub use search::{Index, search};
pub use snapshot::{Asset, Contract, ContractVersion, DashboardText, Domain, Port, Product, Snapshot};

/// A text as part of an address: lower-case letters, digits, `.`, `_` and `-`.
pub(crate) fn slug(text: &str) -> String {
    let letters = text.trim().to_lowercase();
    letters.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect()
}

/// Addresses of pages.
pub(crate) mod href {
    use lakeport_model::catalog::AssetKind;

    use super::{Asset, Snapshot};

    pub(crate) fn product(id: &str) -> String {
        format!("/products/{}", escaped(id))
    }

    pub(crate) fn contract(id: &str) -> String {
        format!("/contracts/{}", escaped(id))
    }

    pub(crate) fn asset(snapshot: &Snapshot, asset: &Asset) -> String {
        if asset.kind == AssetKind::Dashboard && snapshot.dashboards.contains_key(&asset.id) {
            format!("/dashboards/{}", escaped(&asset.id))
        } else {
            format!("/assets/{}", escaped(&asset.id))
        }
    }

    /// Percent-encodes what an id may hold that an address may not.
    fn escaped(id: &str) -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        id.bytes().fold(String::new(), |text, byte| {
            if plain(byte) {
                text + char::from(byte).encode_utf8(&mut [0; 4])
            } else {
                format!("{text}%{byte:02X}")
            }
        })
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
