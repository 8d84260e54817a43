//! Reading what changed, or all of it, from the database.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::resume_unwind;

use lakeport_model::certify::Certifiable;
use lakeport_model::retire::Retirable;
use lakeport_model::{PersonId, TokenId};
use tokio::sync::mpsc;

use super::part::Part;
use super::touch::{Entry, Touch};
use super::types::{Snapshot, Unread};
use crate::actor::Party;
use crate::beside::CATALOGS;
use crate::lineage::{Edges, EdgesBuilder};
use crate::store::Tx;
use crate::store::catalog::{AssetRow, DocumentRow, DomainRow, VersionRow};
use crate::store::certified::{self, CertifiedRow};
use crate::store::changes::{self, Touched};
use crate::store::lineage::{EdgeRow, UseRow};
use crate::store::people::Member;
use crate::store::retired::{self, RetiredRow};
use crate::store::snapshot::{self as store, AccountRow, Flows, ProductRow, StoredEdge, StoredUse, TermRow};
use crate::{Ctx, Error, Result};

/// Things that are read in one go when everything is read: so much of the rows is in memory beside what is made of them.
const AT_ONCE: usize = 2_000;

/// What lineage says of an asset: the edges into it, and what jobs do with it.
#[derive(Debug, Default)]
pub(super) struct Around {
    pub(super) into: Vec<EdgeRow>,
    pub(super) uses: Vec<UseRow>,
}

/// What is there now of what changed; nothing where it is gone.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) people: BTreeMap<PersonId, Option<String>>,
    pub(super) accounts: BTreeMap<TokenId, Option<AccountRow>>,
    pub(super) domains: BTreeMap<String, Option<DomainRow>>,
    pub(super) members: BTreeMap<String, Vec<Member>>,
    pub(super) dashboards: BTreeMap<String, Option<DocumentRow>>,
    pub(super) assets: BTreeMap<String, Option<AssetRow>>,
    /// Namespace and name of their other addresses.
    pub(super) aliases: BTreeMap<String, Vec<(String, String)>>,
    pub(super) around: BTreeMap<String, Around>,
    pub(super) products: BTreeMap<String, Option<ProductRow>>,
    pub(super) contracts: BTreeMap<String, Vec<VersionRow>>,
    pub(super) terms: BTreeMap<String, Option<TermRow>>,
    pub(super) retired: BTreeMap<(Retirable, String), Option<RetiredRow>>,
    pub(super) certified: BTreeMap<(Certifiable, String), Option<CertifiedRow>>,
}

/// What is read, by ids.
#[derive(Debug, Default)]
struct Ids {
    people: Vec<PersonId>,
    accounts: Vec<TokenId>,
    domains: Vec<String>,
    /// Domains whose members are read.
    members: BTreeSet<String>,
    dashboards: Vec<String>,
    assets: Vec<String>,
    /// Assets whose other addresses are read.
    aliased: Vec<String>,
    /// Assets of which is read what lineage says.
    linked: Vec<String>,
    products: Vec<String>,
    contracts: Vec<String>,
    terms: Vec<String>,
    /// Things of which is read whether they are retired.
    retired: Vec<(Retirable, String)>,
    /// Things of which is read whether they are certified.
    certified: Vec<(Certifiable, String)>,
}

impl Ids {
    /// Of what a change touched; `None` where that is everything.
    async fn of(tx: &mut Tx, held: &Snapshot, touched: BTreeSet<Touched>) -> Result<Option<Self>> {
        let (mut ids, mut movers) = (Self::default(), Vec::new());
        for touched in touched {
            match touched {
                Touched::Everything => return Ok(None),
                Touched::Person(id) => {
                    ids.people.push(id);
                    movers.push(id);
                }
                Touched::Service(id) => {
                    ids.people.push(id.into());
                    ids.accounts.push(id);
                }
                Touched::Domain(id) => {
                    ids.members.insert(id.clone());
                    ids.domains.push(id);
                }
                Touched::Asset(id) => ids.assets.push(id),
                Touched::Product(id) => ids.products.push(id),
                Touched::Contract(id) => ids.contracts.push(id),
                Touched::Dashboard(id) => ids.dashboards.push(id),
                Touched::Term(id) => ids.terms.push(id),
            }
        }
        if !movers.is_empty() {
            // Lists of members hold names; somebody who left is in those of before.
            ids.members.extend(store::domains_of(tx, &movers).await?);
            let before = movers.iter().flat_map(|person| held.lookups.domains_of.of(*person));
            ids.members.extend(before.map(ToString::to_string));
        }
        ids.aliased.clone_from(&ids.assets);
        ids.linked.clone_from(&ids.assets);
        // What a text reads flows into the asset of its dashboard. Both lists are in order.
        let read_anew = ids.dashboards.iter().filter(|id| ids.assets.binary_search(id).is_err());
        ids.linked.extend(read_anew.cloned());
        for (kind, things) in [
            (Retirable::Product, &ids.products),
            (Retirable::Asset, &ids.assets),
            (Retirable::Term, &ids.terms),
        ] {
            ids.retired.extend(things.iter().map(|id| (kind, id.clone())));
        }
        for (kind, things) in [(Certifiable::Product, &ids.products), (Certifiable::Asset, &ids.assets)] {
            ids.certified.extend(things.iter().map(|id| (kind, id.clone())));
        }
        Ok(Some(ids))
    }

    /// Of all that there is but assets and what others say of them, in parts: everybody with all domains and dashboards, and
    /// what comes after the assets that it offers.
    async fn all(tx: &mut Tx) -> Result<(Self, Vec<Self>)> {
        let company = Self { dashboards: store::dashboard_ids(tx).await?, ..Self::company(tx).await? };
        let (products, contracts) = (store::product_ids(tx).await?, store::contract_ids(tx).await?);
        let mut parts = Self::cut(&[], &products, &contracts);
        parts.extend(cut(&store::term_ids(tx).await?).map(|terms| Self { terms, ..Self::default() }));
        Ok((company, parts))
    }

    /// Of a part.
    async fn part(tx: &mut Tx, part: &Part) -> Result<Vec<Self>> {
        let list = |ids: &BTreeSet<String>| ids.iter().cloned().collect::<Vec<_>>();
        let mut parts = vec![Self::company(tx).await?];
        parts.extend(Self::cut(&list(&part.assets), &list(&part.products), &list(&part.contracts)));
        Ok(parts)
    }

    /// Of everybody and all domains.
    async fn company(tx: &mut Tx) -> Result<Self> {
        let domains = store::domain_ids(tx).await?;
        Ok(Self {
            people: store::people_ids(tx).await?,
            accounts: store::account_ids(tx).await?,
            members: domains.iter().cloned().collect(),
            domains,
            ..Self::default()
        })
    }

    fn cut(assets: &[String], products: &[String], contracts: &[String]) -> Vec<Self> {
        let mut parts: Vec<Self> = cut(assets).map(|assets| Self { assets, ..Self::default() }).collect();
        parts.extend(cut(products).map(|products| Self { products, ..Self::default() }));
        parts.extend(cut(contracts).map(|contracts| Self { contracts, ..Self::default() }));
        parts
    }
}

impl Rows {
    async fn of(tx: &mut Tx, ids: Ids) -> Result<Self> {
        let mut rows = Self::default();
        if !ids.people.is_empty() {
            let found = store::names(tx, &ids.people).await?;
            rows.people = ids.people.into_iter().map(|id| (id, None)).collect();
            rows.people.extend(found.into_iter().map(|(id, name)| (id, Some(name))));
        }
        if !ids.accounts.is_empty() {
            let found = store::accounts(tx, &ids.accounts).await?;
            rows.accounts = there(ids.accounts, found.into_iter().map(|row| (row.id, row)));
        }
        if !ids.domains.is_empty() {
            let found = store::domains(tx, &ids.domains).await?.into_iter().map(|row| (row.id.clone(), row));
            rows.domains = there(ids.domains, found);
        }
        if !ids.members.is_empty() {
            let domains: Vec<String> = ids.members.into_iter().collect();
            let found = store::members(tx, &domains).await?;
            rows.members = domains.into_iter().map(|domain| (domain, Vec::new())).collect();
            for member in found {
                rows.members.entry(member.domain.clone()).or_default().push(member);
            }
        }
        if !ids.dashboards.is_empty() {
            let found = store::dashboards(tx, &ids.dashboards).await?;
            rows.dashboards = there(ids.dashboards, found.into_iter().map(|row| (row.id.clone(), row)));
        }
        if !ids.assets.is_empty() {
            let found = store::assets(tx, &ids.assets).await?;
            rows.assets = there(ids.assets, found.into_iter().map(|row| (row.id.clone(), row)));
        }
        if !ids.aliased.is_empty() {
            let found = store::aliases(tx, &ids.aliased).await?;
            rows.aliases = ids.aliased.into_iter().map(|asset| (asset, Vec::new())).collect();
            for (asset, namespace, name) in found {
                rows.aliases.entry(asset).or_default().push((namespace, name));
            }
        }
        if !ids.linked.is_empty() {
            rows.around = around(tx, &ids.linked).await?;
        }
        if !ids.products.is_empty() {
            let found = store::products(tx, &ids.products).await?;
            rows.products = there(ids.products, found.into_iter().map(|row| (row.id.clone(), row)));
        }
        if !ids.contracts.is_empty() {
            let found = store::versions(tx, &ids.contracts).await?;
            rows.contracts = ids.contracts.into_iter().map(|id| (id, Vec::new())).collect();
            for version in found {
                rows.contracts.entry(version.contract.clone()).or_default().push(version);
            }
        }
        if !ids.terms.is_empty() {
            let found = store::terms(tx, &ids.terms).await?;
            rows.terms = there(ids.terms, found.into_iter().map(|row| (row.id.clone(), row)));
        }
        if !ids.retired.is_empty() {
            let found = retired::retired_of(tx, &ids.retired).await?.into_iter();
            let found = found.filter_map(|row| Some(((row.kind.parse().ok()?, row.id.clone()), row)));
            rows.retired = there(ids.retired, found);
        }
        if !ids.certified.is_empty() {
            let found = certified::certified_of(tx, &ids.certified).await?.into_iter();
            let found = found.filter_map(|row| Some(((row.kind.parse().ok()?, row.id.clone()), row)));
            rows.certified = there(ids.certified, found);
        }
        Ok(rows)
    }
}

/// What was found, and nothing for what was not.
fn there<K: Ord, T>(ids: Vec<K>, found: impl Iterator<Item = (K, T)>) -> BTreeMap<K, Option<T>> {
    let mut rows: BTreeMap<K, Option<T>> = ids.into_iter().map(|id| (id, None)).collect();
    rows.extend(found.map(|(id, row)| (id, Some(row))));
    rows
}

async fn around(tx: &mut Tx, assets: &[String]) -> Result<BTreeMap<String, Around>> {
    let mut around: BTreeMap<String, Around> =
        assets.iter().map(|asset| (asset.clone(), Around::default())).collect();
    for edge in store::edges_into(tx, assets).await? {
        around.entry(edge.target.clone()).or_default().into.push(edge);
    }
    for used in store::uses_of(tx, assets).await? {
        around.entry(used.asset.clone()).or_default().uses.push(used);
    }
    Ok(around)
}

/// What is read, one after the other, where it is much. People and domains come first, assets before what offers them: what
/// follows from others is looked at once.
#[derive(Debug, Default)]
struct Steps {
    first: Option<Ids>,
    /// All assets, as they lie in the database.
    assets: Option<Flows>,
    rest: VecDeque<Ids>,
}

/// What was read.
enum Found {
    Rows(Box<Rows>),
    /// A list of assets, as the database writes it.
    Assets(String),
}

impl Steps {
    /// All that there is, without what others say of assets.
    async fn all(tx: &mut Tx) -> Result<Self> {
        let (company, rest) = Ids::all(tx).await?;
        Ok(Self { first: Some(company), assets: Some(Flows::assets()), rest: rest.into() })
    }

    fn then(&mut self, ids: impl IntoIterator<Item = Ids>) {
        self.rest.extend(ids);
    }

    async fn next(&mut self, tx: &mut Tx) -> Result<Option<Found>> {
        if let Some(first) = self.first.take() {
            return Ok(Some(Found::Rows(Box::new(Rows::of(tx, first).await?))));
        }
        if let Some(assets) = &mut self.assets {
            if let Some(part) = assets.next(tx).await? {
                return Ok(Some(Found::Assets(part)));
            }
            self.assets = None;
        }
        match self.rest.pop_front() {
            Some(ids) => Ok(Some(Found::Rows(Box::new(Rows::of(tx, ids).await?)))),
            None => Ok(None),
        }
    }
}

impl Found {
    fn rows(self) -> Result<Rows> {
        match self {
            Self::Rows(rows) => Ok(*rows),
            Self::Assets(part) => {
                let assets: Vec<AssetRow> = serde_json::from_str(&part).map_err(Error::fault)?;
                let assets = assets.into_iter().map(|row| (row.id.clone(), Some(row))).collect();
                Ok(Rows { assets, ..Rows::default() })
            }
        }
    }
}

/// What was read of lineage, as the database writes it.
enum Lineage {
    Edges(String),
    Uses(String),
}

/// The graph of all that is received. All edges together make each list of it once; one by one they would make it grow.
fn graph(receive: &mut mpsc::Receiver<Lineage>) -> serde_json::Result<Edges> {
    let mut edges = EdgesBuilder::default();
    while let Some(part) = receive.blocking_recv() {
        match part {
            Lineage::Edges(part) => {
                for row in serde_json::from_str::<Vec<StoredEdge<'_>>>(&part)? {
                    edges.edge(&row.source, &row.target, &row.job, &row.columns, row.former == 1);
                }
            }
            Lineage::Uses(part) => {
                for row in serde_json::from_str::<Vec<StoredUse<'_>>>(&part)? {
                    edges.uses(&row.job, &row.asset, row.writes == 1);
                }
            }
        }
    }
    Ok(edges.finish())
}

/// Everything, as the transaction sees it. Rows are read here and put in beside, so that there are never more of them than
/// a few parts; lineage on a thread of its own, for there is as much to do with it as with all the rest.
pub(super) async fn whole(tx: &mut Tx) -> Result<Snapshot> {
    // The first thing read: the snapshot is never older than it says.
    let change = changes::newest(tx, changes::CATALOG).await?;
    let mut steps = Steps::all(tx).await?;
    let aliased = store::aliased_ids(tx).await?;
    steps.then(cut(&aliased).map(|aliased| Ids { aliased, ..Ids::default() }));
    let mut snapshot = all_of(tx, change, steps, true).await?;
    snapshot.put_all_retired(retired::all_retired(tx).await?);
    snapshot.put_all_certified(certified::all_certified(tx).await?);
    for (kind, row) in store::nameless(tx).await? {
        let problem = "what stands in the place of its id in the database is no text".to_owned();
        snapshot.not_read(kind, &format!("the one of rowid {row}"), String::new(), problem, None);
    }
    Ok(snapshot)
}

/// A part of it, without what others say of its assets: other addresses, edges, jobs.
pub(super) async fn part(tx: &mut Tx, part: &Part) -> Result<Snapshot> {
    let change = changes::newest(tx, changes::CATALOG).await?;
    let mut steps = Steps::default();
    steps.then(Ids::part(tx, part).await?);
    all_of(tx, change, steps, false).await
}

/// Everything that cannot be read, by kind and id, looked at bit by bit: none of it is kept.
pub async fn unread(ctx: &Ctx) -> Result<Vec<Unread>> {
    let mut tx = ctx.db.read().await?;
    let mut unread = Vec::new();
    let mut steps = Steps::all(&mut tx).await?;
    while let Some(found) = steps.next(&mut tx).await? {
        let look = move || -> Result<Vec<Unread>> {
            let mut snapshot = Snapshot::default();
            snapshot.apply(found.rows()?);
            Ok(snapshot.unread.values().cloned().collect())
        };
        unread.append(&mut CATALOGS.run(Party::PORTAL, look).await??);
    }
    unread.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
    Ok(unread)
}

fn cut(ids: &[String]) -> impl Iterator<Item = Vec<String>> {
    ids.chunks(AT_ONCE).map(<[String]>::to_vec)
}

async fn all_of(tx: &mut Tx, change: i64, steps: Steps, with_lineage: bool) -> Result<Snapshot> {
    let (send_lineage, mut lineage) = mpsc::channel::<Lineage>(2);
    let (send, mut receive) = mpsc::channel::<Found>(1);
    let made = CATALOGS.run(Party::PORTAL, move || {
        std::thread::scope(|scope| {
            let edges = scope.spawn(move || graph(&mut lineage));
            let mut snapshot = Snapshot { change, ..Snapshot::default() };
            while let Some(found) = receive.blocking_recv() {
                snapshot.apply(found.rows()?);
            }
            let edges = edges.join().unwrap_or_else(|panic| resume_unwind(panic));
            snapshot.edges = edges.map_err(Error::fault)?;
            if with_lineage {
                snapshot.add_edges_by_text();
            }
            snapshot.classify_all();
            Ok(snapshot)
        })
    });
    let read = async move {
        type Kind = fn(String) -> Lineage;
        let flows: Vec<(Flows, Kind)> =
            vec![(Flows::uses(), Lineage::Uses as Kind), (Flows::edges(), Lineage::Edges)];
        let mut lineage = with_lineage.then_some((send_lineage, flows));
        let mut rows = Some((send, steps));
        // Whoever has room gets the next part, so that both always have something to do. Where nobody receives any more,
        // that says why.
        loop {
            tokio::select! {
                biased;
                room = room(lineage.as_ref().map(|(send, _)| send)), if lineage.is_some() => {
                    let (Some(room), Some((_, flows))) = (room, &mut lineage) else { return Ok(()) };
                    match flows.last_mut() {
                        Some((flow, kind)) => match flow.next(tx).await? {
                            Some(part) => _ = room.send(kind(part)),
                            None => _ = flows.pop(),
                        },
                        None => lineage = None,
                    }
                }
                room = room(rows.as_ref().map(|(send, _)| send)), if rows.is_some() => {
                    let (Some(room), Some((_, steps))) = (room, &mut rows) else { return Ok(()) };
                    match steps.next(tx).await? {
                        Some(found) => _ = room.send(found),
                        None => rows = None,
                    }
                }
                else => return Ok(()),
            }
        }
    };
    let (made, read): (_, Result<()>) = tokio::join!(made, read);
    read?;
    made?
}

/// Room for one more; none where nobody receives.
async fn room<T>(send: Option<&mpsc::Sender<T>>) -> Option<mpsc::OwnedPermit<T>> {
    send?.clone().reserve_owned().await.ok()
}

/// A state with what was touched as the transaction sees it, and what a search has to look at again.
pub(super) async fn moved(
    tx: &mut Tx,
    held: &Snapshot,
    change: i64,
    touched: BTreeSet<Touched>,
) -> Result<(Snapshot, Touch)> {
    let Some(ids) = Ids::of(tx, held, touched).await? else { return Ok((whole(tx).await?, Touch::All)) };
    let rows = Rows::of(tx, ids).await?;
    let mut snapshot = Snapshot { change, ..held.clone() };
    let put = move || {
        let entries: BTreeSet<Entry> = snapshot.apply(rows);
        (snapshot, Touch::Entries(entries))
    };
    CATALOGS.run(Party::PORTAL, put).await
}
