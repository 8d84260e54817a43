//! Whose eyes a request or a grant is shown to: names and details change, and what was open may be hidden since.

use chrono::{DateTime, Utc};
use lakeport_model::catalog::{AssetRef, Classification};
use lakeport_model::{First, PersonId, PortId};

use super::answering;
use crate::catalog::{Asset, Rights, Sight, Snapshot, href};
use crate::store::Tx;
use crate::store::access::Grant;
use crate::{Result, people};

/// Most columns that are named as evidence.
const MOST_COLUMNS: usize = 50;

/// Who reads what is said about a request or a grant.
#[derive(Debug, Clone, Copy)]
pub(super) enum Eyes<'a> {
    /// Somebody who answers for the data and decides by what they read.
    Answering,
    /// Anybody else, its consumer first of all: of what is hidden from them they read the id they knew it by, and nothing
    /// newer.
    Of(&'a Rights),
}

impl Eyes<'_> {
    /// The catalog has the port, and it is no secret.
    pub(super) fn knows(self, snapshot: &Snapshot, port: &str) -> bool {
        match self {
            Self::Answering => snapshot.port(&PortId(port.to_owned())).is_some(),
            Self::Of(rights) => rights.knows_port(snapshot, port),
        }
    }

    /// What describes the product is there and cannot be read, and they may know that.
    pub(super) fn knows_unread(self, snapshot: &Snapshot, product: &str) -> bool {
        match self {
            Self::Answering => snapshot.unread_of("product", product).is_some(),
            Self::Of(rights) => rights.knows_unread_product(snapshot, product),
        }
    }

    /// They are this person's own.
    pub(super) fn are_of(self, person: PersonId) -> bool {
        match self {
            Self::Answering => false,
            Self::Of(rights) => rights.viewer().id == person,
        }
    }

    /// Product and port by name.
    pub(super) fn title(self, snapshot: &Snapshot, port: &str) -> String {
        if self.knows(snapshot, port) { snapshot.port_title(port) } else { port.to_owned() }
    }

    /// The asset behind a port, where its existence is known.
    pub(super) fn asset(self, snapshot: &Snapshot, id: Option<&String>) -> Option<AssetRef> {
        self.at_least(Sight::NameOnly, snapshot, id).map(Asset::reference)
    }

    /// Its columns of a classification, the first of many, where its details are known.
    pub(super) fn columns(
        self,
        snapshot: &Snapshot,
        id: Option<&String>,
        classification: Classification,
    ) -> Vec<String> {
        let asset = self.at_least(Sight::Full, snapshot, id);
        let columns = asset.map(|asset| asset.columns_of(classification)).unwrap_or_default();
        First::cut(columns, MOST_COLUMNS).lines()
    }

    fn at_least<'s>(self, least: Sight, snapshot: &'s Snapshot, id: Option<&String>) -> Option<&'s Asset> {
        let asset = snapshot.assets.get(id?)?;
        match self {
            Self::Answering => Some(asset),
            Self::Of(rights) => (snapshot.sight(rights, asset) >= least).then_some(asset),
        }
    }
}

/// What a message calls the data of a port to somebody who does not answer for it: `None` where it is hidden from them
/// now.
pub(crate) async fn title_for(
    tx: &mut Tx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    reader: PersonId,
    port: &str,
) -> Result<Option<String>> {
    // Whoever cannot sign in sees nothing.
    let Some(viewer) = people::viewer_in(tx, reader).await? else { return Ok(None) };
    let rights = Rights::in_tx(tx, now, &viewer).await?;
    Ok(rights.knows_port(snapshot, port).then(|| snapshot.port_title(port)))
}

/// Where somebody who is told of a grant that the review desk does not list, as of one that has ended, reads who holds access
/// now. Where the product is hidden from them, the page of the domain that answers for its data.
pub(crate) async fn page_of_ended(
    tx: &mut Tx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    reader: PersonId,
    grant: &Grant,
) -> Result<String> {
    Ok(match title_for(tx, now, snapshot, reader, &grant.port).await? {
        Some(_) => href::held(&grant.product),
        None => href::domain(answering(snapshot, grant.asset.as_deref(), &grant.product, &grant.domain)),
    })
}
