//! Addresses of pages.

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

pub(crate) fn term(id: &str) -> String {
    format!("/glossary/{}", encode(id))
}

pub(crate) fn asset(snapshot: &Snapshot, asset: &Asset) -> String {
    if snapshot.is_own_dashboard(asset) {
        format!("/dashboards/{}", encode(&asset.id))
    } else {
        format!("/assets/{}", encode(&asset.id))
    }
}
