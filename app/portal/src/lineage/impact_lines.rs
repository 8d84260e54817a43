//! What is told of assets that a list names: asked of the database in few statements for all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use lakeport_model::impact::Reached;
use lakeport_model::{ContractId, First, ProductId};

use super::impact_list::{Found, Place};
use super::job::Told;
use super::sights::Sights;
use crate::beside::IMPACTS;
use crate::catalog::{Contract, Port, Product, Rights, Sight, Snapshot};
use crate::store::{access, contracts as subscriptions, lineage as store};
use crate::{Call, Result, contracts};

/// Most owners and products that are named of an asset.
const MOST_NAMED: usize = 5;
/// Assets, contracts or jobs that one statement asks for.
const AT_ONCE: usize = 5_000;

/// What has to be asked about some assets.
struct Asked {
    /// Those that a product offers which the viewer sees in full.
    offered: Vec<String>,
    /// Ids of the contracts that these products name on them.
    named: Vec<String>,
    /// The contracts that count for the state of each.
    under: Vec<String>,
    /// All of them.
    assets: Vec<String>,
    /// The jobs that write them, those that the viewer may know: when another one ran would tell of what it uses.
    jobs: BTreeSet<String>,
}

/// What the database says of them.
struct Numbers {
    states: contracts::States,
    subscribed: BTreeMap<String, i64>,
    granted: HashMap<String, i64>,
    written: HashMap<String, DateTime<Utc>>,
}

/// Lines of a list. What is looked up in the catalog is looked up beside those who answer calls: a file has many lines.
pub(super) async fn lines(call: &Call, found: Vec<Found>) -> Result<Vec<Reached>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let ask = {
        let (snapshot, rights) = (Arc::clone(&snapshot), Arc::clone(&rights));
        move || (Asked::of(&snapshot, &rights, &found), found)
    };
    let (asked, found) = IMPACTS.run(call.party(), ask).await?;
    let numbers = Numbers::of(call, &snapshot, &rights, asked).await?;
    let tell = move || {
        let lines = found.into_iter().filter_map(|found| line(&snapshot, &rights, &numbers, found));
        lines.collect()
    };
    IMPACTS.run(call.party(), tell).await
}

/// How an asset is offered by products that the viewer sees in full.
fn offers<'a>(snapshot: &'a Snapshot, rights: &Rights, asset: &str) -> Vec<(&'a Product, &'a Port)> {
    let known = |product: &Product| rights.product_sight(product) == Sight::Full;
    snapshot.offers(asset).filter(|(product, _)| known(product)).collect()
}

impl Asked {
    fn of(snapshot: &Snapshot, rights: &Rights, found: &[Found]) -> Self {
        let (mut offered, mut named) = (Vec::new(), BTreeSet::new());
        let (mut under, mut jobs) = (BTreeSet::new(), BTreeSet::new());
        let (edges, sights) = (&snapshot.edges, Sights::new(snapshot, rights));
        let visible = |node| sights.visible(node);
        let told = Told::new(edges, &visible);
        for Found { place: Place(_, _, id), .. } in found {
            let offers = offers(snapshot, rights, id);
            named.extend(offers.iter().filter_map(|(_, port)| port.contract.clone()));
            offered.extend((!offers.is_empty()).then(|| id.clone()));
            under.extend(contracts::on_asset(snapshot, rights, id).map(|contract| contract.id.clone()));
            let writers = edges.node(id).into_iter().flat_map(|node| edges.writers(node));
            jobs.extend(writers.filter(|job| told.may(*job)).map(|job| edges.job(job).to_owned()));
        }
        let [named, under] = [named, under].map(|texts| texts.into_iter().collect());
        let assets = found.iter().map(|found| found.place.2.clone()).collect();
        Self { offered, named, under, assets, jobs }
    }
}

impl Numbers {
    async fn of(call: &Call, snapshot: &Snapshot, rights: &Rights, asked: Asked) -> Result<Self> {
        let (ctx, mut tx) = (&call.ctx, call.ctx.db.read().await?);
        let under = asked.under.iter().filter_map(|id| snapshot.contracts.get(id));
        let states =
            contracts::States::of(&mut tx, ctx, snapshot, rights, under.collect::<Vec<&Contract>>()).await?;
        let mut subscribed = BTreeMap::new();
        for part in asked.named.chunks(AT_ONCE) {
            subscribed.extend(subscriptions::subscribers_each(&mut tx, part).await?);
        }
        let mut granted: HashMap<String, i64> = HashMap::new();
        for part in asked.offered.chunks(AT_ONCE) {
            let today = call.now().date_naive();
            for (asset, product, count) in access::live_numbers_each(&mut tx, part, today).await? {
                let product = snapshot.products.get(&product);
                if product.is_some_and(|product| rights.product_sight(product) == Sight::Full) {
                    *granted.entry(asset).or_default() += count;
                }
            }
        }
        let mut written: HashMap<String, DateTime<Utc>> = HashMap::new();
        for part in asked.assets.chunks(AT_ONCE) {
            for (asset, job, at) in store::last_written(&mut tx, part).await? {
                if asked.jobs.contains(&job) {
                    let last = written.entry(asset).or_insert(at);
                    *last = at.max(*last);
                }
            }
        }
        Ok(Self { states, subscribed, granted, written })
    }
}

fn line(snapshot: &Snapshot, rights: &Rights, numbers: &Numbers, found: Found) -> Option<Reached> {
    let Found { place: Place(hops, _, id), columns, is_former } = found;
    let asset = snapshot.assets.get(&id)?;
    let offers = offers(snapshot, rights, &id);
    let products: BTreeMap<&str, &str> =
        offers.iter().map(|(product, _)| (product.id.as_str(), product.name.as_str())).collect();
    let products = products.into_iter().map(|(id, name)| (ProductId(id.to_owned()), name.to_owned()));
    let named: BTreeSet<&str> = offers.iter().filter_map(|(_, port)| port.contract.as_deref()).collect();
    let subscribers: i64 = named.iter().filter_map(|contract| numbers.subscribed.get(*contract)).sum();
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let owners = snapshot.owners(&asset.domain).into_iter().map(|owner| owner.name);
    let contract = contracts::on_asset(snapshot, rights, &id);
    Some(Reached {
        asset: asset.reference(),
        domain: snapshot.domain(&asset.domain),
        hops,
        is_former,
        columns,
        owners: First::cut(owners.collect(), MOST_NAMED),
        products: First::cut(products.collect(), MOST_NAMED),
        state: contract.and_then(|contract| numbers.states.get(contract)),
        contract: contract.map(|contract| ContractId(contract.id.clone())),
        subscribers: number(subscribers),
        grants: numbers.granted.get(&id).map_or(0, |count| number(*count)),
        last_reported: numbers.written.get(&id).copied(),
    })
}
