//! Reading the catalog from the database into memory.

use std::collections::BTreeSet;
use std::sync::{Arc, RwLock};

use lakeport_model::PortId;
use lakeport_model::catalog::{AssetKind, Classification, Visibility};
use uuid::Uuid;

use super::search::Touch;
use super::snapshot::{
    Asset, Contract, ContractVersion, DashboardText, Domain, Port, Product, Snapshot, address,
};
use crate::beside::CATALOGS;
use crate::dashboards::format;
use crate::lineage::Edges;
use crate::standards::{odcs, odps};
use crate::store::{Boxed, Tx, audit, catalog as store, changes, lineage, people};
use crate::{Ctx, Error, Result, access};

/// The newest snapshot.
#[derive(Debug, Default)]
pub struct Snapshots {
    newest: RwLock<Option<Arc<Snapshot>>>,
    loading: Arc<tokio::sync::Mutex<()>>,
}

impl Ctx {
    /// The catalog as it is now: from memory, unless something changed since.
    pub fn snapshot(&self) -> Boxed<'_, Arc<Snapshot>> {
        Box::pin(async move {
            let mut tx = self.db.read().await?;
            let change = changes::newest(&mut tx, changes::CATALOG).await?;
            drop(tx);
            if let Some(held) = self.snapshots.held(change) {
                return Ok(held);
            }
            let alone = Arc::clone(&self.snapshots.loading).lock_owned().await;
            if let Some(held) = self.snapshots.held(change) {
                return Ok(held);
            }
            let mut tx = self.db.read().await?;
            let rows = Everything::of(&mut tx).await?;
            drop(tx);
            let (snapshots, index) = (Arc::clone(&self.snapshots), Arc::clone(&self.index));
            let load = move || -> Result<Arc<Snapshot>> {
                // Whoever comes after a call that was left finds what was read for it.
                let _alone = alone;
                let loaded = Arc::new(rows.read()?);
                index.follow(&loaded, &Touch::All);
                snapshots.keep(Arc::clone(&loaded));
                Ok(loaded)
            };
            CATALOGS.run(load).await?
        })
    }
}

impl Ctx {
    /// The catalog as the open transaction sees it. A decision asks here, after the lock that all changes take: what it
    /// waited for counts. To be called before the transaction changes the catalog itself, or after it noted its change.
    pub(crate) fn snapshot_in<'a>(&'a self, tx: &'a mut Tx) -> Boxed<'a, Arc<Snapshot>> {
        Box::pin(async move {
            let change = changes::newest(tx, changes::CATALOG).await?;
            if let Some(held) = self.snapshots.held(change) {
                return Ok(held);
            }
            let rows = Everything::of(tx).await?;
            CATALOGS.run(move || rows.read().map(Arc::new)).await?
        })
    }
}

impl Snapshots {
    fn held(&self, change: i64) -> Option<Arc<Snapshot>> {
        let newest = self.newest.read().ok()?;
        newest.as_ref().filter(|held| held.change >= change).cloned()
    }

    fn keep(&self, loaded: Arc<Snapshot>) {
        // What was held until now is taken apart when nobody waits for the lock.
        let _before = self.newest.write().ok().and_then(|mut newest| newest.replace(loaded));
    }
}

/// The rows of what decides who answers for what.
struct Answerable {
    change: i64,
    domains: Vec<store::DomainRow>,
    members: Vec<people::Member>,
    names: people::Names,
    hands: Vec<(Uuid, Uuid)>,
    owners: Vec<(Uuid, Option<Uuid>)>,
    dropped: BTreeSet<String>,
    assets: Vec<store::AssetRow>,
    products: Vec<store::DocumentRow>,
}

impl Answerable {
    async fn of(tx: &mut Tx) -> Result<Self> {
        Ok(Self {
            // The first thing read: the snapshot is never older than it says.
            change: changes::newest(tx, changes::CATALOG).await?,
            domains: store::domains(tx).await?,
            members: people::members(tx).await?,
            names: people::names(tx).await?,
            hands: audit::hands(tx).await?,
            owners: audit::account_owners(tx).await?,
            dropped: lineage::dropped(tx).await?,
            assets: store::assets(tx).await?,
            products: store::products(tx).await?,
        })
    }

    fn read(self) -> Result<Snapshot> {
        let mut snapshot = Snapshot { change: self.change, names: self.names, ..Snapshot::default() };
        for store::DomainRow { id, name, parent, description } in self.domains {
            snapshot.domains.insert(id.clone(), Domain { id, name, parent, description });
        }
        for member in self.members {
            snapshot.members.entry(member.domain.clone()).or_default().push(member);
        }
        snapshot.account_hands = self.hands.into_iter().collect();
        snapshot.account_owners = self.owners.into_iter().collect();
        for asset in self.assets.into_iter().filter(|asset| !self.dropped.contains(&asset.id)) {
            snapshot.assets.insert(asset.id.clone(), asset_of(asset)?);
        }
        for row in self.products {
            let product = product_of(&snapshot, row)?;
            snapshot.products.insert(product.id.clone(), product);
        }
        snapshot.look_up();
        Ok(snapshot)
    }
}

/// The same with every contract, on the ports that may show it.
struct Promised {
    answerable: Answerable,
    versions: Vec<store::VersionRow>,
}

impl Promised {
    async fn of(tx: &mut Tx) -> Result<Self> {
        let answerable = Answerable::of(tx).await?;
        Ok(Self { answerable, versions: store::contract_versions(tx).await? })
    }

    fn read(self) -> Result<Snapshot> {
        let mut snapshot = self.answerable.read()?;
        for row in self.versions {
            add_version(&mut snapshot, row)?;
        }
        snapshot.keep_own_contracts();
        snapshot.look_up();
        Ok(snapshot)
    }
}

/// The rows of all that a snapshot holds.
struct Everything {
    promised: Promised,
    dashboards: Vec<store::DocumentRow>,
    aliases: Vec<(String, String, String)>,
    edges: Vec<lineage::EdgeRow>,
    uses: Vec<lineage::UseRow>,
}

impl Everything {
    async fn of(tx: &mut Tx) -> Result<Self> {
        Ok(Self {
            promised: Promised::of(tx).await?,
            dashboards: store::dashboards(tx).await?,
            aliases: lineage::aliases(tx).await?,
            edges: lineage::edges(tx).await?,
            uses: lineage::job_uses(tx).await?,
        })
    }

    fn read(self) -> Result<Snapshot> {
        let mut snapshot = self.promised.read()?;
        for row in self.dashboards {
            add_dashboard(&mut snapshot, row);
        }
        snapshot.look_up();
        let alias = |(namespace, name, asset): (String, String, String)| (address(&namespace, &name), asset);
        snapshot.aliases = self.aliases.into_iter().map(alias).collect();
        snapshot.edges = Edges::new(self.edges, self.uses);
        Ok(snapshot)
    }
}

/// What decides who answers for what: domains, people, assets and products, as the open transaction has them, what it
/// changed itself included.
pub(crate) async fn answerable(tx: &mut Tx) -> Result<Snapshot> {
    let rows = Answerable::of(tx).await?;
    CATALOGS.run(move || rows.read()).await?
}

/// The same with every contract, on the ports that may show it.
pub(super) async fn promised(tx: &mut Tx) -> Result<Snapshot> {
    let rows = Promised::of(tx).await?;
    CATALOGS.run(move || rows.read()).await?
}

/// Reads a dashboard's text, and gives its title to the asset of the same id.
fn add_dashboard(snapshot: &mut Snapshot, row: store::DocumentRow) {
    let read = format::parse(&row.id, &row.document)
        .map(Arc::new)
        .map_err(|problems| problems.first().map(ToString::to_string).unwrap_or_default());
    let asset = snapshot.assets.get_mut(&row.id).filter(|asset| asset.kind == AssetKind::Dashboard);
    if let (Some(asset), Ok(dashboard)) = (asset, &read) {
        asset.title.clone_from(&dashboard.front.title);
    }
    let dashboard = DashboardText { id: row.id, read, created_at: row.created_at };
    snapshot.dashboards.insert(dashboard.id.clone(), dashboard);
}

fn asset_of(row: store::AssetRow) -> Result<Asset> {
    Ok(Asset {
        kind: row.kind.parse().map_err(Error::fault)?,
        layer: row.layer.map(|layer| layer.parse()).transpose().map_err(Error::fault)?,
        classification: row.classification.parse().map_err(Error::fault)?,
        tags: serde_json::from_str(&row.tags).map_err(Error::fault)?,
        columns: serde_json::from_str(&row.columns).map_err(Error::fault)?,
        id: row.id,
        namespace: row.namespace,
        title: row.name.clone(),
        name: row.name,
        domain: row.domain,
        description: row.description,
        platform: row.platform,
        location: row.location,
        origin: row.origin,
        created_at: row.created_at,
    })
}

fn product_of(snapshot: &Snapshot, row: store::DocumentRow) -> Result<Product> {
    let document = odps::DataProduct::from_yaml(&row.id, &row.document).map_err(Error::fault)?;
    let mut ids = BTreeSet::new();
    let ports = document.output_ports.iter().map(|port| {
        let asset = port.asset().map(str::to_owned);
        let behind = asset.as_ref().and_then(|id| snapshot.assets.get(id));
        Port {
            id: PortId(format!("{}/{}", row.id, port_name(port, &mut ids))),
            name: port.name.clone(),
            description: port.description.clone().unwrap_or_default(),
            classification: behind.map_or(Classification::Internal, |asset| asset.classification),
            contract: port.contract_id.clone(),
            asset,
        }
    });
    let ports = ports.collect();
    let domain = document.domain.clone().unwrap_or_default();
    Ok(Product {
        name: document.name.clone().unwrap_or_else(|| row.id.clone()),
        answering: access::answering_people(snapshot, &domain),
        domain,
        visibility: visibility(document.visibility()),
        ports,
        id: row.id,
        created_at: row.created_at,
        document,
    })
}

/// A port's name as part of an address. In ODPS name and version together are its key, so a second port of a name
/// carries its version, and a number where even that is taken.
fn port_name(port: &odps::OutputPort, taken: &mut BTreeSet<String>) -> String {
    let name = super::slug(&port.name);
    let version = port.version.as_deref().map(super::slug).unwrap_or_default();
    let with_version = format!("{name}-{version}");
    let numbered = (2u32..).map(|number| format!("{with_version}-{number}"));
    let mut names = [name, with_version.clone()].into_iter().chain(numbered);
    names.find(|name| taken.insert(name.clone())).unwrap_or_default()
}

fn visibility(written: odps::Visibility) -> Visibility {
    match written {
        odps::Visibility::Open => Visibility::Open,
        odps::Visibility::Restricted => Visibility::Restricted,
        odps::Visibility::Private => Visibility::Private,
    }
}

fn add_version(snapshot: &mut Snapshot, row: store::VersionRow) -> Result<()> {
    let document = odcs::Contract::from_yaml(&row.contract, &row.document).map_err(Error::fault)?;
    let name = document.name.clone().unwrap_or_else(|| row.contract.clone());
    let contract = snapshot.contracts.entry(row.contract.clone()).or_insert_with(|| Contract {
        id: row.contract,
        name: name.clone(),
        versions: Vec::new(),
    });
    contract.name = name;
    contract.versions.push(ContractVersion {
        version: row.version,
        document,
        text: row.document,
        published_at: row.published_at,
    });
    Ok(())
}
