//! Following a data product, an asset or a domain: a feed of what changed, and once a day a digest.
//!
//! The feed reads revisions (`store/follow.rs`) and announcements (`store/announced.rs`) where somebody asks. Every line
//! passes the rights of whoever looks, as they are then: what is hidden, or known by its name alone, says nothing.

mod decide;
mod digest;
mod feed;
mod watched;
mod words;

pub use self::decide::{follow, unfollow};
pub(crate) use self::digest::{next_look, tell};
pub use self::feed::following;
pub(crate) use self::words::announced;

use lakeport_model::follow::Followable;

use crate::catalog::{Rights, Sight, Snapshot, href};
use crate::store::{Tx, follow as store};
use crate::{Call, Result};

/// The name and the page of something that somebody sees in full; `None` for everything else.
fn seen_in_full(
    snapshot: &Snapshot,
    rights: &Rights,
    kind: Followable,
    id: &str,
) -> Option<(String, String)> {
    match kind {
        Followable::Product => {
            let product = snapshot.products.get(id)?;
            let full = rights.product_sight(product) == Sight::Full;
            full.then(|| (product.name.clone(), href::product(id)))
        }
        Followable::Asset => {
            // Dashboards of this portal have pages of another kind.
            let asset = snapshot.assets.get(id).filter(|asset| !snapshot.is_own_dashboard(asset))?;
            let full = snapshot.sight(rights, asset) == Sight::Full;
            full.then(|| (asset.title.clone(), href::asset(snapshot, asset)))
        }
        // Everybody sees domains.
        Followable::Domain => {
            let domain = snapshot.domains.get(id)?;
            Some((domain.name.clone(), href::domain(id)))
        }
    }
}

/// Whether the viewer of a page follows what it shows; `None` where that is not offered.
pub(crate) async fn follows(tx: &mut Tx, call: &Call, kind: Followable, id: &str) -> Result<Option<bool>> {
    if seen_in_full(&call.snapshot(), &call.rights(), kind, id).is_none() {
        return Ok(None);
    }
    store::follows(tx, call.viewer.id, kind, id).await.map(Some)
}
