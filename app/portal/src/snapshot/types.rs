//! What the catalog in memory holds.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use imbl::{OrdMap, OrdSet};
use lakeport_frame::TableRef;
use lakeport_model::catalog::{AssetKind, AssetRef, Classification, Layer, Visibility};
use lakeport_model::people::{DomainRef, PersonRef, Role};
use lakeport_model::{AssetId, DomainId, First, PersonId, PortId, audit};

use super::certified::Certifications;
use super::classes::Classes;
use super::columns::Columns;
use super::lookups::{Address, Lookups, address};
use super::retired::Retirements;
use super::shelf::Shelf;
use super::terms::Term;
use crate::Ctx;
use crate::dashboards::format::Dashboard;
use crate::lineage::Edges;
use crate::standards::{odcs, odps};
use crate::store::people::{Member, Names};
use crate::text::{capital, legible};

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The domain above it.
    pub parent: Option<String>,
    /// What it does.
    pub description: String,
}

/// An asset.
#[derive(Debug, Clone, PartialEq)]
pub struct Asset {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: AssetKind,
    /// Layer of a table.
    pub layer: Option<Layer>,
    /// Namespace of its address.
    pub namespace: String,
    /// Name within the namespace.
    pub name: String,
    /// What people call it: a dashboard's title, otherwise its name.
    pub title: String,
    /// Domain that owns it.
    pub domain: String,
    /// What it is about.
    pub description: String,
    /// The platform it lives on.
    pub platform: Option<String>,
    /// Where its data lies.
    pub location: Option<String>,
    /// Highest classification of its columns, or its own where it has none.
    pub classification: Classification,
    /// Tags.
    pub tags: Vec<String>,
    /// Columns.
    pub columns: Columns,
    /// `file` when a file describes it, `lineage` when only events name it.
    pub origin: String,
    /// When the portal first saw it.
    pub created_at: DateTime<Utc>,
}

impl Asset {
    /// By id, title and kind.
    pub fn reference(&self) -> AssetRef {
        AssetRef {
            id: AssetId(self.id.clone()),
            name: self.title.clone(),
            kind: self.kind,
            layer: self.layer,
            opens_here: self.opens_here(),
        }
    }

    /// True for a table that the lake can open.
    pub fn opens_here(&self) -> bool {
        self.kind == AssetKind::Table && self.location.is_some()
    }

    /// Names of the columns of this classification.
    pub fn columns_of(&self, classification: Classification) -> Vec<String> {
        let columns = self.columns.iter().filter(|column| column.classification == classification);
        columns.map(|column| column.name.to_owned()).collect()
    }
}

/// A data product.
#[derive(Debug, Clone)]
pub struct Product {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Domain that offers it.
    pub domain: String,
    /// Who sees it.
    pub visibility: Visibility,
    /// Who answers for its domain's data.
    pub answering: Vec<PersonId>,
    /// The document as its author wrote it, read.
    pub document: Arc<odps::DataProduct>,
    /// What it offers.
    pub ports: Vec<Port>,
    /// When the portal first saw it.
    pub created_at: DateTime<Utc>,
}

/// An output port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// `PRODUCT/NAME`.
    pub id: PortId,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub description: String,
    /// Asset behind it.
    pub asset: Option<String>,
    /// Contract on it, of the product's own domain; the document may name another one.
    pub contract: Option<String>,
    /// Highest classification of the asset's columns; the strictest while the asset cannot be read.
    pub classification: Classification,
}

/// A contract with its versions.
#[derive(Debug, Clone)]
pub struct Contract {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Versions, oldest first; at least one.
    pub versions: Vec<ContractVersion>,
    /// The newest version that is published and cannot be read, unless one that can be read was published after it.
    /// While there is one, no version is in force.
    pub unread_newest: Option<String>,
}

/// One version of a contract.
#[derive(Debug, Clone)]
pub struct ContractVersion {
    /// Semantic version.
    pub version: String,
    /// The document, read.
    pub document: odcs::Contract,
    /// The document as its author wrote it.
    pub text: String,
    /// When the portal first saw it.
    pub published_at: DateTime<Utc>,
}

impl Contract {
    /// The version in force: the newest that is no draft. Where there is a [`Contract::unread_newest`], only the newest of
    /// those that can be read, which is not in force.
    ///
    /// # Panics
    /// Never: a contract without versions is not kept.
    pub fn newest(&self) -> &ContractVersion {
        let published = self.versions.iter().rfind(|version| !version.document.is_draft());
        published.or(self.versions.last()).expect("a contract has at least one version")
    }
}

impl Contract {
    /// The version in force; none while the newest cannot be read.
    pub fn in_force(&self) -> Option<&ContractVersion> {
        self.unread_newest.is_none().then(|| self.newest())
    }

    /// Why none of its versions is in force.
    pub fn not_in_force(&self) -> Option<String> {
        self.unread_newest.as_ref().map(|version| {
            format!(
                "Version {version} is the newest and cannot be read, so that no version is in force until one that can \
                 be read is imported."
            )
        })
    }
}

impl ContractVersion {
    /// The terms that are accepted with it, in words.
    pub fn terms(&self) -> Vec<String> {
        let stated = self.document.terms().into_iter();
        stated.filter_map(|(name, text)| Some(format!("{}: {}", capital(name), text?))).collect()
    }
}

/// A dashboard as its text describes it.
#[derive(Debug, Clone)]
pub struct DashboardText {
    /// Its id.
    pub id: String,
    /// What the text says. It was checked when it was imported: only a text that an older version of the portal
    /// accepted can be wrong, and then this is the first thing that is.
    pub read: Result<Arc<Dashboard>, String>,
    /// When the portal first saw it.
    pub created_at: DateTime<Utc>,
}

/// A document that cannot be read: an older version of the portal took it, or somebody wrote past the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// What it describes, as people call it: `product`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Where known without the document, the domain it belongs to.
    pub domain: String,
    /// The first thing that is wrong with it; of a contract, with each of its versions.
    pub problem: String,
    /// Of an asset, its address.
    pub(super) address: Option<Address>,
}

/// Most documents that are named to whoever can correct them.
const MOST_NAMED: usize = 20;

/// What administrators are told of documents that cannot be read, on their page and by `lakeport doctor`: the first of them.
pub fn told_unread<'a>(unread: impl Iterator<Item = &'a Unread>) -> First<audit::Unread> {
    let told = |unread: &Unread| audit::Unread {
        kind: unread.kind.to_owned(),
        id: legible(&unread.id),
        problem: legible(&unread.problem),
    };
    First::cut(unread.map(told).collect(), MOST_NAMED)
}

/// Everything, as of one change number. Cloned at once: a copy shares what it holds.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Number of the change it reflects.
    pub change: i64,
    /// Domains by id.
    pub domains: Shelf<Domain>,
    /// Members by domain, in each by name.
    pub members: Shelf<Vec<Member>>,
    /// Service accounts with the people who can act as each.
    pub account_hands: OrdSet<(PersonId, PersonId)>,
    /// Service accounts with the person who answers for each.
    pub account_owners: OrdMap<PersonId, Option<PersonId>>,
    /// Names of all people.
    pub names: Names,
    /// Assets by id.
    pub assets: Shelf<Asset>,
    /// Products by id.
    pub products: Shelf<Product>,
    /// Contracts by id.
    pub contracts: Shelf<Contract>,
    /// Dashboards by id.
    pub dashboards: Shelf<DashboardText>,
    /// Terms of the glossary by id.
    pub terms: Shelf<Term>,
    /// What is retired, or will be.
    pub(super) retired: Retirements,
    /// What is certified.
    pub(super) certified: Certifications,
    /// What is looked up by something else than its id.
    pub(super) lookups: Lookups,
    /// Lineage between assets.
    pub edges: Edges,
    /// Which of those are seen alike.
    pub(super) classes: Classes,
    /// What is kept out because it cannot be read, by kind and id.
    pub(super) unread: OrdMap<(&'static str, String), Unread>,
}

impl Snapshot {
    /// A domain's name; its id where the domain is not known.
    pub fn domain_name(&self, id: &str) -> String {
        match self.domains.get(id) {
            Some(domain) => domain.name.clone(),
            None if id.is_empty() => "no domain".to_owned(),
            None => id.to_owned(),
        }
    }

    /// A domain by id and name.
    pub fn domain(&self, id: &str) -> DomainRef {
        DomainRef { id: DomainId(id.to_owned()), name: self.domain_name(id) }
    }

    /// True when `person` is who asks, or can act as the service account that asks: answers for it or has seen its secret.
    pub fn acts_for(&self, asks: PersonId, person: PersonId) -> bool {
        asks == person || self.account_hands.contains(&(asks, person))
    }

    /// Who asks or reads, as those read it who decide: a service account is never taken for a person, whatever it is
    /// called. `Service account nightly load (Jonas Weber answers for it)`.
    pub fn who(&self, id: PersonId) -> String {
        let name = self.names.of(id);
        match self.account_owners.get(&id) {
            None => name,
            Some(None) => format!("Service account {name} (nobody answers for it)"),
            Some(Some(owner)) => {
                format!("Service account {name} ({} answers for it)", self.names.of(*owner))
            }
        }
    }

    /// The same as pages link it.
    pub fn who_ref(&self, id: PersonId) -> PersonRef {
        PersonRef { id, name: self.who(id) }
    }

    /// People with exactly this role in a domain.
    pub fn members_with<'a>(&'a self, domain: &'a str, role: Role) -> impl Iterator<Item = &'a Member> {
        let members = self.members.get(domain).into_iter().flatten();
        members.filter(move |member| member.role == role)
    }

    /// A domain's owners.
    pub fn owners(&self, domain: &str) -> Vec<PersonRef> {
        let owners = self.members_with(domain, Role::Owner);
        owners.map(|member| PersonRef { id: member.person, name: member.name.clone() }).collect()
    }

    /// A person's name.
    pub fn person_name(&self, id: PersonId) -> String {
        self.names.of(id)
    }

    /// An output port with its product.
    pub fn port(&self, id: &PortId) -> Option<(&Product, &Port)> {
        let product = self.products.get(id.as_str().rsplit_once('/')?.0)?;
        product.ports.iter().find(|port| port.id == *id).map(|port| (product, port))
    }

    /// Product and port by name, for those who answer for the data; the id where they are gone. For others,
    /// `Rights::knows_port` is asked first.
    pub(crate) fn port_title(&self, id: &str) -> String {
        match self.port(&PortId(id.to_owned())) {
            Some((product, port)) if product.ports.len() > 1 => format!("{}: {}", product.name, port.name),
            Some((product, _)) => product.name.clone(),
            None => id.to_owned(),
        }
    }

    /// The domain that gives a contract's promise: the contract's own word, or the domain of the products that offer it.
    pub fn domain_of(&self, contract: &Contract) -> String {
        let written = contract.newest().document.domain.clone();
        let known = written.clone().filter(|domain| self.domains.contains_key(domain));
        let offered = || {
            let mut domains = self.products_that_name(&contract.id).map(|product| &product.domain);
            let first = domains.next()?;
            // Where products of several domains claim it, it is nobody's: no name decides whose it is.
            domains.all(|domain| domain == first).then(|| first.clone())
        };
        known.or_else(offered).or(written).unwrap_or_default()
    }

    /// Something of this kind that is there and of which nothing is known, because what describes it cannot be read. It is
    /// kept out, and every page says so by this. A contract is known by those of its versions that can be read.
    pub(crate) fn unread_of(&self, kind: &'static str, id: &str) -> Option<&Unread> {
        let is_known = kind == "contract" && self.contracts.contains_key(id);
        if self.unread.is_empty() || is_known { None } else { self.unread.get(&(kind, id.to_owned())) }
    }

    /// The assets of an OpenLineage address, be it their own or another name of them, that are there and cannot be read.
    pub(crate) fn unread_at(&self, namespace: &str, name: &str) -> impl Iterator<Item = &Unread> {
        let at = address(namespace, name);
        let named = self.lookups.aliases.of(at.clone()).filter_map(move |id| self.unread_of("asset", id));
        self.unread.values().filter(move |unread| unread.address.as_ref() == Some(&at)).chain(named)
    }

    /// Documents that cannot be read, by kind and id. They are kept out, and take no page with them.
    pub fn unread(&self) -> impl Iterator<Item = &Unread> {
        self.unread.values()
    }

    /// True for a dashboard of this portal, which needs no grant of its own.
    pub fn is_own_dashboard(&self, asset: &Asset) -> bool {
        asset.kind == AssetKind::Dashboard && self.dashboards.contains_key(&asset.id)
    }

    /// The text of a dashboard of this portal.
    pub fn own_dashboard(&self, asset: &Asset) -> Option<&DashboardText> {
        self.dashboards.get(&asset.id).filter(|_| self.is_own_dashboard(asset))
    }

    /// How the lake opens an asset: only tables with a location.
    pub fn table(&self, ctx: &Ctx, asset: &str) -> Option<TableRef> {
        let asset = self.assets.get(asset)?;
        let location = asset.location.as_ref().filter(|_| asset.kind == AssetKind::Table)?;
        let absolute = location.starts_with('/') || location.contains("://");
        let location = if absolute {
            location.clone()
        } else {
            format!("{}/{location}", ctx.settings.lake_root.trim_end_matches('/'))
        };
        Some(TableRef { name: asset.id.clone(), location })
    }
}
