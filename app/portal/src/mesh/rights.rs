//! Whose documents a push makes and changes, and whether a program may.

use std::collections::{BTreeSet, HashMap, HashSet};

use lakeport_model::catalog::AssetKind;
use lakeport_model::documents::DocumentKind;
use lakeport_model::people::{Role, Viewer};
use lakeport_model::{DomainId, PushScope};

use super::carry::Came;
use super::shown::Wrong;
use crate::actor::ServiceAccount;
use crate::catalog::dashboards::{domain_of, sees};
use crate::catalog::{Folder, FolderAsset, Rights, Sight, Snapshot, SourceFile, StatedDashboard};
use crate::dashboards::format::Front;
use crate::documents::{no_domain, taken};
use crate::policy::{self, Authorized, PushDocument};
use crate::standards::odcs::Contract;
use crate::store::import::{self as store, ROWS};
use crate::store::{Tx, revisions};
use crate::text::legible;
use crate::{Ctx, Error, Result, assets, people};

/// That all of it is allowed.
pub(super) struct Allowed {
    /// The proof.
    pub(super) proof: Authorized<PushDocument>,
    /// Who answers for the program, and may do all of it as well.
    pub(super) owner: Viewer,
    /// The program, which sees what everybody sees.
    pub(super) program: Viewer,
    /// Its rights.
    pub(super) rights: Rights,
    /// What its token carries.
    scopes: Vec<PushScope>,
    /// The domains that it concerns.
    domains: BTreeSet<DomainId>,
}

impl Allowed {
    /// What the push is about, for the audit.
    pub(super) fn subject(&self) -> String {
        subject(&self.domains)
    }

    /// True where the program may know that something is in a domain, by the rule for what it brings.
    pub(super) fn knows(&self, domain: &DomainId, is_seen: bool) -> bool {
        is_seen || is_own(&self.scopes, Some(&self.owner), domain)
    }

    /// The right to change something of a domain that stays there, and that no file of the push brings.
    pub(super) fn beside(&self, kind: DocumentKind, domain: &DomainId) -> Option<Authorized<PushDocument>> {
        let (from, scopes, owner) = (Some(domain.clone()), self.scopes.clone(), Some(self.owner.clone()));
        let push = PushDocument { kind, domain: domain.clone(), from, scopes, owner };
        policy::authorize(&self.program, push).ok()
    }

    /// The push concerns this domain as well.
    pub(super) fn concerns(&mut self, domain: DomainId) {
        self.domains.insert(domain);
    }
}

/// True for a domain where a program pushes for one of its members.
fn is_own(scopes: &[PushScope], owner: Option<&Viewer>, domain: &DomainId) -> bool {
    let is_members = owner.is_some_and(|owner| owner.is(Role::Member, domain));
    is_members && scopes.iter().any(|scope| scope.domain == *domain)
}

/// The domain that something is about, or the catalog where there are several.
pub(super) fn subject(domains: &BTreeSet<DomainId>) -> String {
    match domains.first() {
        Some(domain) if domains.len() == 1 => format!("domain {domain}"),
        _ => "catalog".to_owned(),
    }
}

/// Where a document is held.
enum Held {
    /// Nowhere: it is new.
    Nowhere,
    /// In this domain.
    In(DomainId),
    /// In a domain that the program may not know to have it.
    Unseen,
}

/// A document of the push.
struct Asked<'a> {
    kind: DocumentKind,
    id: &'a str,
    file: &'a SourceFile,
    /// Which asset of its file it is, where it is one.
    asset: Option<&'a FolderAsset>,
    /// The domain that it belongs to with this text, or the field that says none, with a sentence.
    domain: std::result::Result<String, (&'static str, String)>,
    held: Held,
}

impl Asked<'_> {
    /// A field as the file has it.
    fn field(&self, field: &str) -> String {
        self.asset.map_or_else(|| field.to_owned(), |asset| asset.field(field))
    }
}

/// Asks for the right to push each document of a folder, also where it is as it is held. Answers what comes of the push where
/// a rule says no to one of them, or where one says no domain or has an id that is taken.
pub(super) async fn allowed(
    tx: &mut Tx,
    ctx: &Ctx,
    account: &ServiceAccount,
    snapshot: &Snapshot,
    folder: &Folder,
) -> Result<std::result::Result<Allowed, Came>> {
    let viewer = account.as_viewer();
    let owner = people::answering(tx, account).await?;
    let rights = Rights::in_tx(tx, ctx.now(), &viewer).await?;
    let loud = loud(tx, folder).await?;
    let whose = Whose::of(snapshot, rights, account.push_scopes(), owner, folder, loud);
    let mut proof: Option<Authorized<PushDocument>> = None;
    let (mut domains, mut wrong) = (BTreeSet::new(), Vec::new());
    for asked in whose.all() {
        let Asked { kind, id, file, .. } = asked;
        let domain = match &asked.domain {
            Ok(domain) => DomainId(domain.clone()),
            Err((field, message)) => {
                wrong.push(Wrong::at(file, asked.field(field), message.clone()));
                continue;
            }
        };
        let (from, is_taken) = match &asked.held {
            Held::In(from) => (Some(from.clone()), false),
            Held::Unseen => (None, true),
            Held::Nowhere => (None, kind == DocumentKind::Product && revisions::is_taken(tx, id).await?),
        };
        domains.insert(domain.clone());
        domains.extend(from.clone());
        let (scopes, owner) = (whose.scopes.clone(), whose.owner.clone());
        let push = PushDocument { kind, domain, from, scopes, owner };
        match policy::authorize(&viewer, push.clone()) {
            // The weakest one stands for all of them.
            Ok(one) if proof.is_none() || one.rule() == "push.steward" => proof = Some(one),
            Ok(_) => {}
            Err(error) => return Ok(Err(no(error, file, push))),
        }
        if is_taken {
            // A dashboard has its id from its file's name.
            let field = if kind == DocumentKind::Dashboard { "" } else { "id" };
            wrong.push(Wrong::taken(file, asked.field(field), taken(id)));
        }
    }
    if !wrong.is_empty() {
        return Ok(Err(Came::Wrong(wrong)));
    }
    let proof = proof.ok_or_else(|| Error::fault("a push without documents"))?;
    let Whose { rights, scopes, owner, .. } = whose;
    let owner = owner.ok_or_else(|| Error::fault("a push for which nobody answers was allowed"))?;
    Ok(Ok(Allowed { proof, owner, program: viewer, rights, scopes, domains }))
}

/// The ids of a push's assets that others have in capital letters.
async fn loud(tx: &mut Tx, folder: &Folder) -> Result<HashSet<String>> {
    let mut loud = HashSet::new();
    for part in folder.assets.chunks(ROWS) {
        let ids: Vec<&str> = part.iter().map(|asset| asset.row.id.as_str()).collect();
        loud.extend(store::in_capitals(tx, &ids).await?.iter().map(|id| id.to_lowercase()));
    }
    Ok(loud)
}

/// A no of a rule, with the file that it is about and the scopes that the token lacks. All domains of what was asked may be
/// told: one that must not be known is none of it.
fn no(
    error: Error,
    file: &SourceFile,
    PushDocument { kind, domain, from, scopes, .. }: PushDocument,
) -> Came {
    let domains: BTreeSet<DomainId> = from.into_iter().chain([domain]).collect();
    let wanted = domains.iter().map(|domain| PushScope { domain: domain.clone(), kind });
    let missing: Vec<String> =
        wanted.filter(|scope| !scopes.contains(scope)).map(|scope| scope.to_string()).collect();
    let lacks = match missing.as_slice() {
        [] => String::new(),
        [scope] => format!("the token lacks the scope {scope}. "),
        _ => format!("the token lacks the scopes {}. ", missing.join(" and ")),
    };
    let message = format!("{}: {lacks}{error}", legible(&file.path));
    Came::Forbidden(error.saying(message), subject(&domains))
}

/// Whose documents are, as far as a program may know.
struct Whose<'a> {
    snapshot: &'a Snapshot,
    /// Those of the program, which sees what everybody sees.
    rights: Rights,
    scopes: Vec<PushScope>,
    /// Who answers for the program.
    owner: Option<Viewer>,
    folder: &'a Folder,
    /// The products of the push, with the domains that their texts name.
    products: HashMap<&'a str, &'a str>,
    /// Ids of the push that assets have in capital letters: only events name such.
    loud: HashSet<String>,
}

impl<'a> Whose<'a> {
    fn of(
        snapshot: &'a Snapshot,
        rights: Rights,
        scopes: Vec<PushScope>,
        owner: Option<Viewer>,
        folder: &'a Folder,
        loud: HashSet<String>,
    ) -> Self {
        let products = folder.products.iter();
        let products =
            products.map(|(product, _)| (product.id.as_str(), product.domain.as_deref().unwrap_or_default()));
        let products = products.collect();
        Self { snapshot, rights, scopes, owner, folder, products, loud }
    }

    /// Every document of the push.
    fn all(&self) -> Vec<Asked<'a>> {
        let folder = self.folder;
        let mut all = Vec::new();
        for (product, file) in &folder.products {
            all.push(Asked {
                kind: DocumentKind::Product,
                id: &product.id,
                file,
                asset: None,
                domain: self.stated(product.domain.as_deref()),
                held: self.product(&product.id),
            });
        }
        for (contract, file) in &folder.contracts {
            all.push(Asked {
                kind: DocumentKind::Contract,
                id: &contract.id,
                file,
                asset: None,
                domain: self.stated(contract.domain.as_deref()),
                held: self.contract(contract),
            });
        }
        for (stated, file) in &folder.dashboards {
            let domain = self.dashboard_domain(stated);
            let held = self.dashboard(&stated.id, domain.as_deref().unwrap_or_default());
            all.push(Asked {
                kind: DocumentKind::Dashboard,
                id: &stated.id,
                file,
                asset: None,
                domain,
                held,
            });
        }
        for asset in &folder.assets {
            all.push(Asked {
                kind: DocumentKind::Asset,
                id: &asset.row.id,
                file: folder.file_of(asset),
                asset: Some(asset),
                domain: self.stated(Some(&asset.row.domain)),
                held: self.asset(&asset.row.id, &asset.row.domain),
            });
        }
        for (term, file) in &folder.terms {
            all.push(Asked {
                kind: DocumentKind::Term,
                id: &term.id,
                file,
                asset: None,
                domain: self.stated(Some(&term.domain)),
                held: self.term(&term.id),
            });
        }
        all
    }

    /// The domain that a text names.
    fn stated(&self, domain: Option<&str>) -> std::result::Result<String, (&'static str, String)> {
        let domain = domain.unwrap_or_default();
        match no_domain(self.snapshot, domain) {
            Some(message) => Err(("domain", message)),
            None => Ok(domain.to_owned()),
        }
    }

    /// Held in this domain; only those who push there for one of its members, or see the thing, may know that it is.
    fn held_in(&self, domain: &str, is_seen: bool) -> Held {
        let domain = DomainId(domain.to_owned());
        let is_known = is_seen || is_own(&self.scopes, self.owner.as_ref(), &domain);
        if is_known { Held::In(domain) } else { Held::Unseen }
    }

    fn product(&self, id: &str) -> Held {
        if let Some(product) = self.snapshot.products.get(id) {
            let is_seen = self.rights.product_sight(product) != Sight::Hidden;
            return self.held_in(&product.domain, is_seen);
        }
        match self.snapshot.unread_of("product", id) {
            Some(unread) => self.held_in(&unread.domain, self.rights.knows_unread_product(self.snapshot, id)),
            None => Held::Nowhere,
        }
    }

    fn contract(&self, contract: &Contract) -> Held {
        let id = contract.id.as_str();
        if let Some(held) = self.snapshot.contracts.get(id) {
            let mut under = self.snapshot.products_under(id);
            let is_seen = under.any(|product| self.rights.product_sight(product) == Sight::Full);
            return self.held_in(&self.snapshot.domain_of(held), is_seen);
        }
        if let Some(unread) = self.snapshot.unread_of("contract", id) {
            return self.held_in(&unread.domain, false);
        }
        // A product of others that names it already would offer what is no contract of theirs: to them the id belongs.
        let domain = contract.domain.as_deref().unwrap_or_default();
        let is_others = self
            .snapshot
            .products_that_name(id)
            .any(|product| product.domain != domain && !self.products.contains_key(product.id.as_str()));
        if is_others { Held::Unseen } else { Held::Nowhere }
    }

    /// Where an asset is held. What only events name belongs to nobody yet: whoever sees it may describe it.
    fn asset(&self, id: &str, domain: &str) -> Held {
        if let Some(unread) = self.snapshot.unread_of("asset", id) {
            return self.held_in(&unread.domain, false);
        }
        let Some(asset) = self.snapshot.assets.get(id) else { return self.new_asset(id, domain) };
        let is_seen = self.snapshot.sight(&self.rights, asset) != Sight::Hidden;
        if !asset.domain.is_empty() {
            return self.held_in(&asset.domain, is_seen);
        }
        if asset.origin == "lineage" && is_seen { self.new_asset(id, domain) } else { Held::Unseen }
    }

    /// A new asset, whose id nobody else may have: neither another one that is written in capital letters, nor what others offer
    /// or promise already and is not there yet.
    fn new_asset(&self, id: &str, domain: &str) -> Held {
        let is_others = self.loud.contains(id) || assets::is_of_others(self.snapshot, id, domain);
        if is_others { Held::Unseen } else { Held::Nowhere }
    }

    /// Terms are there for everybody.
    fn term(&self, id: &str) -> Held {
        let unread = || self.snapshot.unread_of("term", id).map(|unread| unread.domain.as_str());
        let held = self.snapshot.terms.get(id).map(|held| held.document.domain.as_str()).or_else(unread);
        held.map_or(Held::Nowhere, |domain| self.held_in(domain, true))
    }

    /// The domain of a dashboard: what its text says, else that of its product, which has to be one of that domain.
    fn dashboard_domain(
        &self,
        StatedDashboard { front: Front { domain, product, .. }, .. }: &StatedDashboard,
    ) -> std::result::Result<String, (&'static str, String)> {
        let of_product = product.as_deref().and_then(|id| self.product_domain(id));
        let domain = self.stated(domain.as_deref().or(of_product.as_deref()))?;
        match product {
            Some(product) if of_product.as_ref() != Some(&domain) => Err((
                "product",
                format!(
                    "There is no product \"{product}\" of {domain} here. A dashboard belongs to a product of its own \
                     domain: write the id of one, or push it as well."
                ),
            )),
            _ => Ok(domain),
        }
    }

    /// The domain of a product that is pushed as well, or that the program may know of.
    fn product_domain(&self, id: &str) -> Option<String> {
        if let Some(domain) = self.products.get(id) {
            return Some((*domain).to_owned());
        }
        match self.product(id) {
            Held::In(domain) => Some(domain.0),
            Held::Nowhere | Held::Unseen => None,
        }
    }

    /// Where a dashboard is held. The catalog knows it by an asset of its id, which others may have described as theirs.
    fn dashboard(&self, id: &str, domain: &str) -> Held {
        let asset = self.snapshot.assets.get(id).filter(|asset| asset.kind == AssetKind::Dashboard);
        let of_asset = asset.map(|asset| asset.domain.as_str()).unwrap_or_default();
        let Some(held) = self.snapshot.dashboards.get(id) else {
            let is_others = !of_asset.is_empty() && of_asset != domain;
            return if is_others { Held::Unseen } else { Held::Nowhere };
        };
        match &held.read {
            Ok(read) => {
                let domain = domain_of(self.snapshot, id, read);
                self.held_in(&domain, sees(self.snapshot, &self.rights, read))
            }
            Err(_) => self.held_in(of_asset, false),
        }
    }
}
