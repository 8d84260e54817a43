//! The stewards who watch over the data of domains, and what they are told: nobody makes data less protected unseen.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use lakeport_model::PersonId;
use lakeport_model::people::Role;

use super::lowering::moves;
use crate::actor::Actor;
use crate::catalog::{Snapshot, href, lowered};
use crate::notify::{self, Message};
use crate::store::audit::{self, RoleChanged};
use crate::store::catalog::AssetRow;
use crate::store::{Tx, people};
use crate::{Ctx, Result};

/// How long a steward who lost the role still counts, and one who got it does not yet beside others: an owner who could take it
/// for a minute would ask nobody.
const STAYS: TimeDelta = TimeDelta::days(14);

/// Assets that a message tells one by one.
const TOLD: usize = 12;

/// Who watches over the data of some domains.
pub(crate) struct Stewards(BTreeMap<String, Watch>);

/// Who watches over the data of a domain.
#[derive(Debug, Default)]
struct Watch {
    /// Its stewards, and those who lost the role a short while ago and can sign in.
    watching: BTreeSet<PersonId>,
    /// When somebody became a steward who was none at the beginning of that while.
    since: BTreeMap<PersonId, DateTime<Utc>>,
    /// When somebody became one for the last time.
    last: BTreeMap<PersonId, DateTime<Utc>>,
}

impl Watch {
    /// Those of a domain with these stewards; the changes of roles are those of a short while.
    fn of(stewards: BTreeSet<PersonId>, changes: &[RoleChanged]) -> Self {
        let mut watch = Self { watching: stewards, ..Self::default() };
        let mut known: BTreeSet<PersonId> = BTreeSet::new();
        for RoleChanged { at, person, before, after } in changes {
            let (was, is) = (*before == Some(Role::Steward), *after == Some(Role::Steward));
            if is && !was {
                watch.last.insert(*person, *at);
                if !known.contains(person) {
                    watch.since.insert(*person, *at);
                }
            }
            if was || is {
                known.insert(*person);
            }
        }
        watch
    }

    /// True for somebody who became a steward a short while ago, where another one was it before.
    fn is_fresh(&self, person: PersonId) -> bool {
        let Some(last) = self.last.get(&person) else { return false };
        let was_before =
            |other: &PersonId| *other != person && self.since.get(other).is_none_or(|since| since < last);
        self.watching.iter().any(was_before)
    }
}

impl Stewards {
    /// Those of these domains.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn of(
        tx: &mut Tx,
        snapshot: &Snapshot,
        domains: &BTreeSet<&str>,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let mut stewards = BTreeMap::new();
        for domain in domains.iter().filter(|domain| !domain.is_empty()) {
            let held = snapshot.members_with(domain, Role::Steward).map(|member| member.person);
            let changes = audit::role_changes(tx, domain, now - STAYS).await?;
            let mut watch = Watch::of(held.collect(), &changes);
            let lost = changes.iter().filter(|change| change.before == Some(Role::Steward));
            for person in lost.map(|change| change.person).collect::<BTreeSet<PersonId>>() {
                let known = people::by_id(tx, person).await?;
                if known.is_some_and(|person| person.has_mailbox()) {
                    watch.watching.insert(person);
                }
            }
            stewards.insert((*domain).to_owned(), watch);
        }
        Ok(Self(stewards))
    }

    /// True where somebody watches over the data of a domain.
    pub(crate) fn watch(&self, domain: &str) -> bool {
        self.0.get(domain).is_some_and(|watch| !watch.watching.is_empty())
    }

    /// True for somebody who became a steward of a domain a short while ago, where another one was it before.
    pub(crate) fn is_fresh(&self, domain: &str, person: PersonId) -> bool {
        self.0.get(domain).is_some_and(|watch| watch.is_fresh(person))
    }

    /// Who hears of a domain's data, beside whoever did it: where that is nobody, the owners of the domain above.
    fn hearing(&self, snapshot: &Snapshot, domain: &str, by: Option<PersonId>) -> BTreeSet<PersonId> {
        let is_other = |person: &PersonId| Some(*person) != by;
        let stewards = self.0.get(domain).into_iter().flat_map(|watch| &watch.watching).copied();
        let stewards: BTreeSet<PersonId> = stewards.filter(is_other).collect();
        let parent = snapshot.domains.get(domain).and_then(|domain| domain.parent.as_deref());
        match parent {
            Some(parent) if stewards.is_empty() => {
                let owners = snapshot.members_with(parent, Role::Owner).map(|member| member.person);
                owners.filter(is_other).collect()
            }
            _ => stewards,
        }
    }
}

/// An asset that became less protected, or left its domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exposed {
    id: String,
    from: String,
    to: String,
    is_lower: bool,
}

impl Exposed {
    /// What stewards hear of a change; nothing where it is none of that.
    pub(crate) fn of(before: &AssetRow, after: &AssetRow) -> Option<Self> {
        let is_lower = !lowered(before, after).is_empty();
        (is_lower || moves(before, after)).then(|| Self {
            id: after.id.clone(),
            from: before.domain.clone(),
            to: after.domain.clone(),
            is_lower,
        })
    }

    fn domains(&self) -> impl Iterator<Item = &str> {
        [self.from.as_str(), self.to.as_str()].into_iter()
    }

    fn in_words(&self, snapshot: &Snapshot) -> String {
        let Self { id, from, to, is_lower } = self;
        if from.is_empty() || from == to {
            return format!("{id} is less protected than it was");
        }
        let (from, to) = (snapshot.domain_name(from), snapshot.domain_name(to));
        let lower = if *is_lower { " and is less protected than it was" } else { "" };
        format!("{id} moved from {from} to {to}{lower}")
    }

    fn href(&self, snapshot: &Snapshot) -> String {
        let asset = snapshot.assets.get(&self.id);
        asset.map_or_else(|| href::domain(&self.to), |asset| href::asset(snapshot, asset))
    }
}

/// Tells the stewards of assets that became less protected or left their domain, in one message each.
///
/// # Errors
/// When the database cannot be read or written.
pub(crate) async fn tell_stewards(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    snapshot: &Snapshot,
    exposed: &[Exposed],
) -> Result<()> {
    let domains: BTreeSet<&str> = exposed.iter().flat_map(Exposed::domains).collect();
    let stewards = Stewards::of(tx, snapshot, &domains, ctx.now()).await?;
    let mut news: BTreeMap<PersonId, Vec<&Exposed>> = BTreeMap::new();
    for one in exposed {
        let hear = |domain| stewards.hearing(snapshot, domain, actor.person());
        for person in one.domains().flat_map(hear).collect::<BTreeSet<PersonId>>() {
            news.entry(person).or_default().push(one);
        }
    }
    for (person, exposed) in news {
        notify::tell(tx, ctx, &[person], &message(snapshot, actor, &exposed)).await?;
    }
    Ok(())
}

/// What one person is told: one asset by itself, several as a list.
fn message(snapshot: &Snapshot, actor: &Actor, exposed: &[&Exposed]) -> Message {
    let did = match actor {
        Actor::Viewer(viewer) => format!("{} did this", viewer.name),
        Actor::Service(account) => format!("The program {} did this", account.name),
        Actor::System(_) => "An operator of the portal did this".to_owned(),
    };
    let href = exposed[0].href(snapshot);
    if let [one] = exposed {
        return Message::new(one.in_words(snapshot), [did], href);
    }
    let mut says: Vec<String> = exposed.iter().take(TOLD).map(|one| one.in_words(snapshot)).collect();
    let more = exposed.len().saturating_sub(TOLD);
    if more > 0 {
        says.push(format!("And {more} more, in the audit"));
    }
    says.push(did);
    let title = format!("{} assets became less protected or left their domain", exposed.len());
    Message::new(title, says, href)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn person(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    /// Roles that somebody changes to on a day.
    fn change(day: i64, number: u128, before: Option<Role>, after: Option<Role>) -> RoleChanged {
        RoleChanged { at: DateTime::UNIX_EPOCH + TimeDelta::days(day), person: person(number), before, after }
    }

    #[test]
    fn whoever_became_a_steward_after_another_one_is_fresh() {
        let steward = Some(Role::Steward);
        let both = || BTreeSet::from([person(1), person(2)]);
        let taken = Watch::of(both(), &[change(3, 2, Some(Role::Owner), steward)]);
        assert!(taken.is_fresh(person(2)) && !taken.is_fresh(person(1)), "the first was it before");
        let alone = Watch::of(BTreeSet::from([person(2)]), &[change(3, 2, None, steward)]);
        assert!(!alone.is_fresh(person(2)), "nobody else watches");
        let together = Watch::of(both(), &[change(3, 1, None, steward), change(3, 2, None, steward)]);
        assert!(!together.is_fresh(person(1)) && !together.is_fresh(person(2)));
        let put_back =
            [change(3, 1, steward, None), change(4, 2, None, steward), change(5, 1, None, steward)];
        assert!(Watch::of(both(), &put_back).is_fresh(person(2)), "the first was taken out for a while");
    }
}
