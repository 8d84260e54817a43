//! What retiring something means for people.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use lakeport_model::access::GrantStanding;
use lakeport_model::people::Role;
use lakeport_model::retire::Retirable;
use lakeport_model::{First, PersonId};

use super::thing::Thing;
use crate::catalog::{Asset, Rights, Sight, Snapshot};
use crate::glossary::Sees;
use crate::lineage::Direction;
use crate::snapshot::Term;
use crate::standards::term::asset_and_column;
use crate::store::Tx;
use crate::store::access::{self as store, About};
use crate::{Ctx, Result, contracts};

/// Most products that a sentence names.
const MOST_NAMED: usize = 5;
/// Most assets made from one that are looked at.
const MOST_MADE: usize = 1_000;

/// Who relies on something, beside whoever retires it.
#[derive(Debug, Default)]
pub(crate) struct Relying {
    /// Who holds access to it.
    readers: BTreeSet<PersonId>,
    /// Who subscribed to its contract.
    subscribers: BTreeSet<PersonId>,
    /// How many subscriptions those are.
    subscriptions: usize,
    /// How many requests for it wait.
    requests: usize,
}

impl Relying {
    /// Who relies on it now. Whoever subscribed to a contract and does not see it any more learns nothing of it.
    pub(super) async fn on(
        tx: &mut Tx,
        ctx: &Ctx,
        snapshot: &Snapshot,
        thing: Thing<'_>,
        author: PersonId,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let found = Self::on_each(tx, ctx, snapshot, &[thing], author, now).await?;
        Ok(found.into_iter().next().unwrap_or_default())
    }

    /// The same for each of these things in their order; grants and requests are read for all of them at once.
    pub(crate) async fn on_each(
        tx: &mut Tx,
        ctx: &Ctx,
        snapshot: &Snapshot,
        things: &[Thing<'_>],
        author: PersonId,
        now: DateTime<Utc>,
    ) -> Result<Vec<Self>> {
        // Nobody needs access to read a term.
        let (products, assets) = (ids(things, Retirable::Product), ids(things, Retirable::Asset));
        let about = About { assets, products, ..About::default() };
        let (mut grants, mut requests) = (Vec::new(), Vec::new());
        if about != About::default() {
            grants = store::open_grants_about(tx, &about).await?;
            requests = store::open_requests_about(tx, &about).await?;
        }
        let mut held: HashMap<(Retirable, &str), Self> = HashMap::new();
        for grant in &grants {
            if grant.standing(now) == GrantStanding::Active && grant.consumer != author {
                for key in opens(&grant.product, grant.asset.as_deref()) {
                    held.entry(key).or_default().readers.insert(grant.consumer);
                }
            }
        }
        for request in &requests {
            for key in opens(&request.product, request.asset.as_deref()) {
                held.entry(key).or_default().requests += 1;
            }
        }
        // Several things may be under one contract.
        let mut subscribers: HashMap<&str, BTreeSet<PersonId>> = HashMap::new();
        let mut all = Vec::with_capacity(things.len());
        for thing in things {
            let mut relying = held.remove(&(thing.kind(), thing.id())).unwrap_or_default();
            for id in contracts_of(snapshot, *thing) {
                let Some(contract) = snapshot.contracts.get(id) else { continue };
                let others = match subscribers.entry(id) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(unknown) => {
                        let people = contracts::relying(tx, ctx, snapshot, contract).await?.into_iter();
                        let people = people.map(|relying| relying.person);
                        unknown.insert(people.filter(|person| *person != author).collect())
                    }
                };
                relying.subscriptions += others.len();
                relying.subscribers.extend(others.iter());
            }
            all.push(relying);
        }
        Ok(all)
    }

    /// All of them.
    pub(crate) fn people(&self) -> BTreeSet<PersonId> {
        self.readers.union(&self.subscribers).copied().collect()
    }

    /// Those who are told, beside whoever retires it: they, and of an asset the owners of the domains that offer it.
    pub(super) fn told(&self, snapshot: &Snapshot, thing: Thing<'_>, author: PersonId) -> Vec<PersonId> {
        let mut told = self.people();
        if let Thing::Asset(asset) = thing {
            for (product, _) in snapshot.offers(&asset.id) {
                let owners = snapshot.members_with(&product.domain, Role::Owner);
                told.extend(owners.map(|owner| owner.person));
            }
        }
        told.remove(&author);
        told.into_iter().collect()
    }
}

/// The ids of those of a kind.
fn ids(things: &[Thing<'_>], kind: Retirable) -> Vec<String> {
    let of_kind = things.iter().filter(|thing| thing.kind() == kind);
    of_kind.map(|thing| thing.id().to_owned()).collect()
}

/// What a grant or a request opens.
fn opens<'a>(product: &'a str, asset: Option<&'a str>) -> impl Iterator<Item = (Retirable, &'a str)> {
    std::iter::once((Retirable::Product, product)).chain(asset.map(|asset| (Retirable::Asset, asset)))
}

/// The contracts under which its own domain offers it.
fn contracts_of<'a>(snapshot: &'a Snapshot, thing: Thing<'a>) -> BTreeSet<&'a str> {
    match thing {
        Thing::Product(product) => product.ports.iter().filter_map(|port| port.contract.as_deref()).collect(),
        Thing::Asset(asset) => {
            let offers = snapshot.offers(&asset.id).filter(|(product, _)| product.domain == asset.domain);
            let named = offers.filter_map(|(_, port)| port.contract.as_deref());
            let about = snapshot.contracts_about(&asset.id);
            let own = about.filter(|contract| snapshot.domain_of(contract) == asset.domain);
            named.chain(own.map(|contract| contract.id.as_str())).collect()
        }
        Thing::Term(_) => BTreeSet::new(),
    }
}

/// What it means, a sentence each. None of them names a day, so that they are the same for each.
pub(crate) fn effects(
    snapshot: &Snapshot,
    rights: &Rights,
    thing: Thing<'_>,
    relying: &Relying,
) -> Vec<String> {
    let mut effects = relied_on(relying);
    effects.push("It leaves search, lists and the home page; its page stays.".to_owned());
    match thing {
        Thing::Product(_) => effects.push("Nobody can request access any more.".to_owned()),
        Thing::Asset(asset) => effects.extend(of_asset(snapshot, rights, asset)),
        Thing::Term(term) => effects.extend(of_term(snapshot, rights, term)),
    }
    effects
}

/// What becomes of those who rely on it.
fn relied_on(relying: &Relying) -> Vec<String> {
    let readers = match relying.readers.len() {
        0 => None,
        1 => Some("1 person has access".to_owned()),
        many => Some(format!("{many} people have access")),
    };
    let readers = readers.map(|who| format!("{who}. They keep it until their grants end, and are told."));
    let subscriptions = match relying.subscriptions {
        0 => None,
        1 => Some("1 subscription on its contract goes on, and whoever has it is told.".to_owned()),
        many => Some(format!("{many} subscriptions on its contract go on, and their people are told.")),
    };
    let requests = match relying.requests {
        0 => None,
        1 => Some("1 request waits: once it is retired, nobody can approve that.".to_owned()),
        many => Some(format!("{many} requests wait: once it is retired, nobody can approve them.")),
    };
    [readers, subscriptions, requests].into_iter().flatten().collect()
}

/// What is offered of an asset and made from it, as far as its author sees that in full.
fn of_asset(snapshot: &Snapshot, rights: &Rights, asset: &Asset) -> Vec<String> {
    let offers = snapshot.offers(&asset.id).map(|(product, _)| product);
    let offers = offers.filter(|product| rights.product_sight(product) == Sight::Full);
    let names: BTreeSet<&str> = offers.map(|product| product.name.as_str()).collect();
    let mut told = Vec::new();
    if !names.is_empty() {
        let offering = match names.len() {
            1 => "1 data product offers".to_owned(),
            many => format!("{many} data products offer"),
        };
        let names: Vec<&str> = names.into_iter().collect();
        told.push(format!("{offering} it: {}.", First::cut(names, MOST_NAMED).words()));
        told.push("Nobody can request access to it any more.".to_owned());
    }
    let edges = &snapshot.edges;
    let made = edges.node(&asset.id).into_iter();
    let made = made.flat_map(|node| edges.neighbours(node, Direction::Downstream)).take(MOST_MADE);
    let made = made.map(|node| edges.asset(node)).filter(|id| *id != asset.id);
    let made = made.filter_map(|id| snapshot.assets.get(id));
    match made.filter(|made| snapshot.sight(rights, made) == Sight::Full).count() {
        0 => {}
        1 => told.push("1 asset is made from it.".to_owned()),
        many => told.push(format!("{many} assets are made from it.")),
    }
    told
}

/// What a term is about, as far as its author sees that.
fn of_term(snapshot: &Snapshot, rights: &Rights, term: &Term) -> Option<String> {
    let sees = Sees { snapshot, rights };
    let links = term.document.columns.iter().map(|link| asset_and_column(link));
    let columns = links.filter(|(asset, column)| sees.column(asset, *column)).count();
    let products = term.document.products.iter().filter(|id| sees.product(id)).count();
    let columns = match columns {
        0 => None,
        1 => Some("1 column".to_owned()),
        many => Some(format!("{many} columns")),
    };
    let products = match products {
        0 => None,
        1 => Some("1 data product".to_owned()),
        many => Some(format!("{many} data products")),
    };
    let about: Vec<String> = columns.into_iter().chain(products).collect();
    (!about.is_empty())
        .then(|| format!("It explains {}, whose pages do not name it any more then.", about.join(" and ")))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn people(numbers: std::ops::Range<u128>) -> BTreeSet<PersonId> {
        numbers.map(|number| PersonId(Uuid::from_u128(number))).collect()
    }

    #[test]
    fn those_who_rely_on_it_are_counted_once() {
        let relying =
            Relying { readers: people(0..4), subscribers: people(3..5), subscriptions: 2, requests: 3 };
        assert_eq!(relying.people().len(), 5);
        assert_eq!(
            relied_on(&relying),
            [
                "4 people have access. They keep it until their grants end, and are told.",
                "2 subscriptions on its contract go on, and their people are told.",
                "3 requests wait: once it is retired, nobody can approve them.",
            ]
        );
        assert!(relied_on(&Relying::default()).is_empty());
    }
}
