//! What was typed as a filter, by the ids that facets have: people type names.

use std::collections::BTreeSet;

use lakeport_model::PersonId;
use lakeport_model::catalog::SearchRequest;
use lakeport_model::people::Role;

use crate::snapshot::{Snapshot, words};

/// Owners that a name may mean; more are chosen by more of their name.
const MOST_OWNERS: usize = 20;

/// The search with domains and owners by their ids. What is no name of any stays as it was typed, and is said to be none.
pub(super) fn by_id(snapshot: &Snapshot, mut request: SearchRequest) -> SearchRequest {
    for value in &mut request.domain {
        if let Some(id) = domain(snapshot, value) {
            *value = id;
        }
    }
    request.owner = request.owner.into_iter().flat_map(|value| owners(snapshot, value)).collect();
    for values in [&mut request.domain, &mut request.owner] {
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(value.clone()));
    }
    request
}

/// The id of a domain that was typed by id or name, whatever its case, or by the beginnings of the words of one name only.
fn domain(snapshot: &Snapshot, typed: &str) -> Option<String> {
    if snapshot.domains.contains_key(typed) {
        return None;
    }
    let lower = typed.to_lowercase();
    let is_called = |id: &str, name: &str| id.to_lowercase() == lower || name.to_lowercase() == lower;
    let mut called = snapshot.domains.values().filter(|domain| is_called(&domain.id, &domain.name));
    if let Some(domain) = called.next() {
        return Some(domain.id.clone());
    }
    let mut begun = snapshot.domains.values().filter(|domain| begins(&domain.name, typed));
    let first = begun.next()?;
    begun.next().is_none().then(|| first.id.clone())
}

/// The ids of owners that were typed by name.
fn owners(snapshot: &Snapshot, typed: String) -> Vec<String> {
    if typed.parse::<PersonId>().is_ok() {
        return vec![typed];
    }
    let all = snapshot.domains.keys().flat_map(|domain| snapshot.members_with(domain, Role::Owner));
    let meant: BTreeSet<PersonId> =
        all.filter(|owner| begins(&owner.name, &typed)).map(|owner| owner.person).take(MOST_OWNERS).collect();
    if meant.is_empty() { vec![typed] } else { meant.iter().map(ToString::to_string).collect() }
}

/// True where each word that was typed begins one of a name.
fn begins(name: &str, typed: &str) -> bool {
    let (name, typed) = (words(name), words(typed));
    !typed.is_empty() && typed.iter().all(|word| name.iter().any(|part| part.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use lakeport_model::people::MemberSource;
    use uuid::Uuid;

    use super::*;
    use crate::store::catalog::DomainRow;
    use crate::store::people::Member;

    fn company() -> Snapshot {
        let domains =
            [("central-data", "Central Data Team"), ("finance", "Finance"), ("controlling", "Controlling")];
        let row = |(id, name): (&str, &str)| DomainRow {
            id: id.to_owned(),
            name: name.to_owned(),
            parent: None,
            description: String::new(),
        };
        let owner = |number: u128, domain: &str, name: &str| Member {
            domain: domain.to_owned(),
            person: PersonId(Uuid::from_u128(number)),
            name: name.to_owned(),
            email: format!("{number}@nordkauf.example"),
            role: Role::Owner,
            source: MemberSource::Page,
        };
        let members = vec![
            owner(1, "finance", "Maria Keller"),
            owner(2, "controlling", "Aylin Demir"),
            owner(2, "central-data", "Aylin Demir"),
        ];
        Snapshot::of(domains.map(row).into(), members, Vec::new(), Vec::new())
    }

    fn by_id(domain: &str, owner: &str) -> (Vec<String>, Vec<String>) {
        let one = |value: &str| if value.is_empty() { Vec::new() } else { vec![value.to_owned()] };
        let request = SearchRequest { domain: one(domain), owner: one(owner), ..SearchRequest::default() };
        let request = super::by_id(&company(), request);
        (request.domain, request.owner)
    }

    #[test]
    fn a_domain_is_known_by_its_id_and_by_its_name() {
        for typed in ["central-data", "Central-Data", "central data team", "central", "data team"] {
            assert_eq!(by_id(typed, "").0, ["central-data"], "{typed}");
        }
        assert_eq!(by_id("Finanze", "").0, ["Finanze"], "what is none stays, so that it can be said");
    }

    #[test]
    fn an_owner_is_known_by_any_part_of_the_name_and_by_the_id() {
        let aylin = Uuid::from_u128(2).to_string();
        for typed in ["Aylin Demir", "demir", "ayl", &aylin] {
            assert_eq!(by_id("", typed).1, std::slice::from_ref(&aylin), "{typed}");
        }
        assert_eq!(by_id("", "somebody").1, ["somebody"]);
    }

    #[test]
    fn what_means_the_same_is_chosen_once() {
        let one = vec!["finance".to_owned(), "Finance".to_owned()];
        let request = SearchRequest { domain: one, ..SearchRequest::default() };
        assert_eq!(super::by_id(&company(), request).domain, ["finance"]);
    }
}
