//! Documents that people write on pages as texts: the text to begin with, what it would change, publishing it, and every text
//! before.
//!
//! Products, contracts and dashboards. They are carried out by the same function as the file of an import (`catalog/import/one.rs`), under the
//! same rules and with the same effects. Who publishes is held to what they were shown: where somebody else was faster, nothing is
//! written. Of a contract every text is a version: its revisions are counted over all of them. The history is of terms as well.

mod check;
mod contract;
mod dashboard;
mod diff;
mod effects;
mod history;
mod kept;
mod patch;
mod promises;
mod propose;
mod publish;
mod read;
mod template;

pub use self::check::{check, check_new_dashboard};
pub(crate) use self::contract::unfit_contract;
pub(crate) use self::dashboard::{may_begin_dashboard, shows_dashboard};
pub(crate) use self::diff::Diff;
pub(crate) use self::effects::{Weight, of_product, weight_of_product};
pub use self::history::{history, revision};
pub use self::patch::patch;
pub(crate) use self::propose::{current, older, overtaken_since, tried};
pub use self::publish::{begin, edit, publish, publish_new_dashboard, publish_proposed};
pub(crate) use self::publish::{refuse_overtaken, said, taken};
pub(crate) use self::read::{Beside, no_domain, no_id, told, unfit, untold};

use lakeport_model::documents::{DocumentKind, RevisionLine, TextKind};
use lakeport_model::people::Viewer;
use lakeport_model::{ContractId, DomainId};

use crate::catalog::{Rights, Sight, Snapshot};
use crate::policy::{self, PublishDocument};
use crate::store::revisions::RevisionRow;
use crate::{Error, Result, contracts};

/// The document that a text is of.
#[derive(Debug, Clone, Copy)]
struct About<'a> {
    kind: TextKind,
    /// Its id; none of a new one.
    id: Option<&'a str>,
    /// The id that a new dashboard is to have, whose text says none.
    new_id: &'a str,
}

impl<'a> About<'a> {
    fn of(kind: TextKind, id: Option<&'a str>) -> Self {
        Self { kind, id, new_id: "" }
    }

    fn new_dashboard(new_id: &'a str) -> Self {
        Self { kind: TextKind::Dashboard, id: None, new_id }
    }

    /// The id of a dashboard.
    fn named(self) -> &'a str {
        self.id.unwrap_or(self.new_id)
    }
}

/// What a document describes, as far as its texts need it.
pub(crate) struct Subject {
    /// What it is.
    pub(crate) kind: DocumentKind,
    /// Its id.
    pub(crate) id: String,
    /// Its name, as it is called now.
    pub(crate) name: String,
    /// The domain that answers for it.
    pub(crate) domain: DomainId,
}

impl Subject {
    /// The product, the contract or the dashboard of this id; one that the viewer may not know of is not there. A product or a contract
    /// whose document cannot be read is mended by a new text.
    fn of(snapshot: &Snapshot, rights: &Rights, kind: TextKind, id: &str) -> Result<Self> {
        let (name, domain) = match kind {
            TextKind::Product => product(snapshot, rights, id)?,
            TextKind::Contract => contract(snapshot, rights, id)?,
            TextKind::Dashboard => dashboard::named(snapshot, rights, id)?,
        };
        Ok(Self { kind: kind.document(), id: id.to_owned(), name, domain: DomainId(domain) })
    }

    /// The question whether somebody may publish a text that leaves it in its domain.
    fn publish(&self) -> PublishDocument {
        PublishDocument { domain: self.domain.clone(), from: Some(self.domain.clone()) }
    }

    /// One of its revisions in words; of a contract with the version that it is a text of.
    fn line(&self, snapshot: &Snapshot, row: RevisionRow) -> RevisionLine {
        let of_contract = Some(&row.document).filter(|_| self.kind == DocumentKind::Contract);
        let version = of_contract.and_then(|document| document.rsplit_once(' '));
        let version = version.map(|(_, version)| version.to_owned());
        RevisionLine { version, ..line(snapshot, row) }
    }

    fn may_publish(&self, viewer: &Viewer) -> bool {
        policy::decide(viewer, &self.publish().into()).allowed
    }

    /// Refuses whoever may neither publish a text of it nor propose one; true for who proposes. Contracts and dashboards are not
    /// proposed.
    fn writes(&self, viewer: &Viewer) -> Result<bool> {
        if matches!(self.kind, DocumentKind::Contract | DocumentKind::Dashboard) {
            return policy::authorize(viewer, self.publish()).map(|_| false);
        }
        policy::writes(viewer, &self.domain)
    }
}

/// The name of a product and its domain.
fn product(snapshot: &Snapshot, rights: &Rights, id: &str) -> Result<(String, String)> {
    let product = snapshot.products.get(id);
    if let Some(product) = product.filter(|product| rights.product_sight(product) != Sight::Hidden) {
        return Ok((product.name.clone(), product.domain.clone()));
    }
    let unread = snapshot.unread_of("product", id).filter(|_| rights.knows_unread_product(snapshot, id));
    let unread = unread.ok_or_else(|| Error::not_found("data product"))?;
    Ok((id.to_owned(), unread.domain.clone()))
}

/// The name of a contract and its domain; of one that cannot be read, that of the products that name it.
fn contract(snapshot: &Snapshot, rights: &Rights, id: &str) -> Result<(String, String)> {
    match contracts::visible(snapshot, rights, &ContractId(id.to_owned())) {
        Ok(contract) => Ok((contract.name.clone(), snapshot.domain_of(contract))),
        Err(_) if contracts::knows_unread(snapshot, rights, id) => {
            let mut domains = snapshot.products_that_name(id).map(|product| &product.domain);
            let first = domains.next().cloned().unwrap_or_default();
            // Where products of several domains name it, it is nobody's.
            let is_theirs = domains.all(|domain| *domain == first);
            Ok((id.to_owned(), if is_theirs { first } else { String::new() }))
        }
        Err(refused) => Err(refused),
    }
}

/// A revision in words.
pub(crate) fn line(snapshot: &Snapshot, row: RevisionRow) -> RevisionLine {
    RevisionLine {
        number: row.number,
        at: row.at,
        who: row.who(|id| snapshot.names.of(id)),
        person: row.person().filter(|id| snapshot.names.known(*id).is_some()),
        source: row.source,
        reason: row.reason,
        version: None,
        added: row.added,
        removed: row.removed,
    }
}
