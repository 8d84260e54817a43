//! What retiring something means for people.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use lakeport_model::access::GrantStanding;
use lakeport_model::people::Role;
use lakeport_model::retire::Retirable;
use lakeport_model::{First, PersonId};

use super::thing::{Thing, is_seen_in_full};
use crate::catalog::{Asset, Rights, Sight, Snapshot};
use crate::contracts::Relying as Subscriber;
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
    /// Who asked for it and waits.
    asking: BTreeSet<PersonId>,
    /// How many requests those are.
    requests: usize,
    /// Those of subscribers and askers who do not see it in full: they have their time, and learn nothing of it here.
    blind: BTreeSet<PersonId>,
}

impl Relying {
    /// Who relies on it now.
    pub(crate) async fn on(
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
                let relying = held.entry(key).or_default();
                relying.requests += 1;
                relying.asking.insert(request.requester);
            }
        }
        let asking = rights_of(tx, now, requests.iter().map(|request| request.requester)).await?;
        // Several things may be under one contract.
        let mut subscribers: HashMap<&str, Vec<Subscriber>> = HashMap::new();
        let mut all = Vec::with_capacity(things.len());
        for thing in things {
            let mut relying = held.remove(&(thing.kind(), thing.id())).unwrap_or_default();
            let sees = |rights: &Rights| is_seen_in_full(snapshot, rights, thing.kind(), thing.id());
            let blind = relying.asking.iter().filter(|person| !asking.get(person).is_some_and(sees));
            relying.blind = blind.copied().collect();
            for id in contracts_of(snapshot, *thing) {
                let Some(contract) = snapshot.contracts.get(id) else { continue };
                let people = match subscribers.entry(id) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(unknown) => unknown.insert(contracts::subscribed(tx, ctx, contract).await?),
                };
                for subscriber in people.iter().filter(|subscriber| subscriber.person != author) {
                    relying.subscriptions += 1;
                    relying.subscribers.insert(subscriber.person);
                    if !sees(&subscriber.rights) {
                        relying.blind.insert(subscriber.person);
                    }
                }
            }
            all.push(relying);
        }
        Ok(all)
    }

    /// Who holds access to it.
    pub(crate) fn readers(&self) -> &BTreeSet<PersonId> {
        &self.readers
    }

    /// All who have time until it is retired. Whoever only asked for it has nothing to lose yet.
    pub(crate) fn people(&self) -> BTreeSet<PersonId> {
        self.readers.union(&self.subscribers).copied().collect()
    }

    /// Those who hold access, and those of the others who see it in full.
    fn seeing(&self) -> BTreeSet<PersonId> {
        let others = self.subscribers.union(&self.asking).filter(|person| !self.blind.contains(person));
        self.readers.iter().chain(others).copied().collect()
    }

    /// Those who are told, beside whoever retires it: they, whoever waits for it, and of an asset the owners of the domains that
    /// offer it.
    pub(super) fn told(&self, snapshot: &Snapshot, thing: Thing<'_>, author: PersonId) -> Vec<PersonId> {
        let mut told = self.seeing();
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

/// The rights of these people; of those who cannot sign in, none.
async fn rights_of(
    tx: &mut Tx,
    now: DateTime<Utc>,
    people: impl Iterator<Item = PersonId>,
) -> Result<HashMap<PersonId, Rights>> {
    let mut found = HashMap::new();
    for person in people.collect::<BTreeSet<_>>() {
        if let Some(viewer) = crate::people::viewer_in(tx, person).await? {
            found.insert(person, Rights::in_tx(tx, now, &viewer).await?);
        }
    }
    Ok(found)
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
        Thing::Asset(asset) => snapshot.contracts_on(asset),
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
    // Who of them sees no more than its name is not for whoever retires it to know.
    let subscriptions = match relying.subscriptions {
        0 => None,
        1 => Some(
            "1 subscription on its contract goes on; whoever has it is told if they see its details."
                .to_owned(),
        ),
        many => Some(format!(
            "{many} subscriptions on its contract go on; those of their people who see its details are told."
        )),
    };
    let requests = match relying.requests {
        0 => None,
        1 => Some(
            "1 request waits: whoever asked is told if they see its details. Once it is retired, nobody can approve that."
                .to_owned(),
        ),
        many => Some(format!(
            "{many} requests wait: those who asked are told if they see its details. Once it is retired, nobody can approve them."
        )),
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
    fn those_who_rely_on_it_are_counted_once_and_told_as_far_as_they_see_it() {
        let relying = Relying {
            readers: people(0..4),
            subscribers: people(3..6),
            subscriptions: 3,
            asking: people(7..9),
            requests: 3,
            blind: people(5..6).union(&people(8..9)).copied().collect(),
        };
        assert_eq!(relying.people().len(), 6);
        let told: BTreeSet<PersonId> = people(0..5).union(&people(7..8)).copied().collect();
        assert_eq!(relying.seeing(), told);
        assert_eq!(
            relied_on(&relying),
            [
                "4 people have access. They keep it until their grants end, and are told.",
                "3 subscriptions on its contract go on; those of their people who see its details are told.",
                "3 requests wait: those who asked are told if they see its details. Once it is retired, nobody can approve them.",
            ]
        );
        assert!(relied_on(&Relying::default()).is_empty());
    }
}
