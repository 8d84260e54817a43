//! Who answers for what: the people of a domain by their roles, and where it has none, those of the domain above.

use std::collections::BTreeSet;

use lakeport_model::PersonId;
use lakeport_model::people::Role;

use super::Snapshot;
use crate::store::people::Member;

/// Whom a question goes to when those whose turn it is do not answer: the parent domain's owners, where there are none
/// the domain's stewards, then the parent's.
pub(crate) fn above(
    snapshot: &Snapshot,
    domain: &str,
    turn: &[Member],
    free: impl Fn(&Member) -> bool,
) -> Vec<Member> {
    let parent = snapshot.domains.get(domain).and_then(|domain| domain.parent.as_deref());
    let free = |member: &Member| free(member) && turn.iter().all(|asked| asked.person != member.person);
    let steps = [(parent, Role::Owner), (Some(domain), Role::Steward), (parent, Role::Steward)];
    first_of(snapshot, &steps, free)
}

/// Those who answer for what happens to the data of a domain and hold a role for it: its owners and stewards; where it has
/// none, those whom a request for it goes to.
pub(crate) fn nearest(snapshot: &Snapshot, domain: &str) -> Vec<PersonId> {
    let own = [Role::Owner, Role::Steward].into_iter().flat_map(|role| snapshot.members_with(domain, role));
    let people: Vec<PersonId> = own.map(|member| member.person).collect();
    if people.is_empty() { ids(&whose_turn(snapshot, domain, Role::Owner, |_| true)) } else { people }
}

/// True where nobody answers for a domain but the administrators.
pub(super) fn is_unanswered(snapshot: &Snapshot, domain: &str) -> bool {
    nearest(snapshot, domain).is_empty()
}

/// The free people of a role in a domain; where there are none, of the next ones who answer for its data.
pub(crate) fn whose_turn(
    snapshot: &Snapshot,
    domain: &str,
    first: Role,
    free: impl Fn(&Member) -> bool,
) -> Vec<Member> {
    let parent = snapshot.domains.get(domain).and_then(|domain| domain.parent.as_deref());
    let turns = [
        (Some(domain), first),
        (parent, Role::Owner),
        (Some(domain), Role::Steward),
        (parent, Role::Steward),
        (Some(domain), Role::Owner),
    ];
    first_of(snapshot, &turns, free)
}

/// The free people of the first of these roles that has any.
fn first_of(
    snapshot: &Snapshot,
    roles: &[(Option<&str>, Role)],
    free: impl Fn(&Member) -> bool,
) -> Vec<Member> {
    roles
        .iter()
        .filter_map(|(domain, role)| domain.map(|domain| (domain, *role)))
        .map(|(domain, role)| {
            snapshot.members_with(domain, role).filter(|member| free(member)).cloned().collect::<Vec<_>>()
        })
        .find(|people| !people.is_empty())
        .unwrap_or_default()
}

/// The free stewards beside those whose turn it is, of the domain and of theirs.
pub(crate) fn other_stewards(
    snapshot: &Snapshot,
    domain: &str,
    turn: &[Member],
    free: impl Fn(&Member) -> bool,
) -> BTreeSet<PersonId> {
    let domains = turn.iter().map(|member| member.domain.as_str()).chain([domain]);
    domains
        .flat_map(|domain| snapshot.members_with(domain, Role::Steward))
        .filter(|member| free(member) && turn.iter().all(|first| first.person != member.person))
        .map(|member| member.person)
        .collect()
}

/// Who answers for a domain's data, whoever asks for it or holds it: those whose turn it is, and the stewards beside them.
/// Where nobody of the domain could take the turn, they are those of the domain above.
pub(crate) fn answering_people(snapshot: &Snapshot, domain: &str) -> Vec<PersonId> {
    let turn = whose_turn(snapshot, domain, Role::Owner, |_| true);
    let others = other_stewards(snapshot, domain, &turn, |_| true);
    ids(&turn).into_iter().chain(others).collect()
}

/// The ids of these people.
pub(crate) fn ids(people: &[Member]) -> Vec<PersonId> {
    people.iter().map(|member| member.person).collect()
}
