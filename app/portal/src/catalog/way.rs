//! The way to a page, as breadcrumbs name it: what lies above it, as far as the viewer sees it and it has a page.

use lakeport_model::catalog::Way;
use lakeport_model::{AssetId, ProductId};

use super::{Asset, Product, Rights, Sight, Snapshot};

impl Snapshot {
    /// The way to a page of this domain; a domain that nobody described has no page.
    pub(crate) fn way_in(&self, domain: &str) -> Way {
        let domain = self.domains.contains_key(domain).then(|| self.domain(domain));
        Way { domain, ..Way::default() }
    }

    /// The way to a page of this product, by its name where the viewer sees that it exists.
    pub(crate) fn way_under(&self, rights: &Rights, product: &Product) -> Way {
        let seen = rights.product_sight(product) != Sight::Hidden;
        let product_name = seen.then(|| (ProductId(product.id.clone()), product.name.clone()));
        Way { product: product_name, ..self.way_in(&product.domain) }
    }

    /// The way to an asset: through the first product of its domain that offers it and that the viewer sees, rather through one
    /// that is not retired.
    pub(crate) fn way_to(&self, rights: &Rights, asset: &Asset) -> Way {
        let mut offers = self.offers_to(rights, &asset.id).into_iter().map(|(product, _)| product);
        match offers.find(|product| product.domain == asset.domain) {
            Some(product) => self.way_under(rights, product),
            None => self.way_in(&asset.domain),
        }
    }

    /// The way to a page about an asset, such as its lineage.
    pub(crate) fn way_past(&self, rights: &Rights, asset: &Asset) -> Way {
        let itself = (AssetId(asset.id.clone()), asset.title.clone());
        Way { asset: Some(itself), ..self.way_to(rights, asset) }
    }
}
