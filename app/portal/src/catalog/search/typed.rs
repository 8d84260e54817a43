//! What was typed as a filter, by the ids that facets have: people type names. What was chosen is an id already.

use std::collections::BTreeSet;

use lakeport_model::PersonId;
use lakeport_model::catalog::{Classification, HitKind, Layer, SearchRequest};
use lakeport_model::people::Role;

use super::MOST_CHOSEN;
use super::facts::Facts;
use crate::snapshot::{Snapshot, words};
use crate::text::{did_you_mean, legible, list};

/// Owners that a name may mean; more are chosen by more of their name.
const MOST_OWNERS: usize = 20;

/// A search as it was understood.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Understood {
    /// What is searched for, with domains and owners by their ids.
    pub(super) request: SearchRequest,
    /// What of the typed filters does not count, a sentence each.
    pub(super) said: Vec<String>,
    /// Filters that were left out, as they are typed: whoever slipped corrects them where they stand.
    pub(super) left_out: Vec<String>,
}

/// The search with its typed filters chosen. What is no name of any domain or owner stays as it was typed, and is said to be
/// none; what is no word of the portal's own is left out, and said to be none here.
pub(super) fn understood(facts: &Facts, request: SearchRequest) -> Understood {
    if !request.q.contains(':') {
        return Understood { request, ..Understood::default() };
    }
    let chosen = request.clone();
    let mut request = request.understood();
    let (mut said, mut left) = (Vec::new(), Vec::new());
    let kinds: Vec<&str> = HitKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let layers: Vec<&str> = Layer::ALL.iter().map(|layer| layer.as_str()).collect();
    let classes: Vec<&str> = Classification::ALL.iter().map(|class| class.as_str()).collect();
    for (what, held, values, allowed) in [
        ("kind", &chosen.kind, &mut request.kind, kinds),
        ("layer", &chosen.layer, &mut request.layer, layers),
        ("classification", &chosen.classification, &mut request.classification, classes),
    ] {
        values.retain(|value| {
            let counts = held.contains(value) || allowed.contains(&value.as_str());
            if !counts {
                said.push(left_out(what, value, &allowed));
                left.push(typed(what, value));
            }
            counts
        });
    }
    let snapshot = facts.snapshot();
    // Assets may name a domain that no file describes.
    let is_domain = |id: &str| snapshot.domains.contains_key(id) || facts.has_domain(id);
    let domains = std::mem::take(&mut request.domain).into_iter().map(|value| {
        let is_id = chosen.domain.contains(&value) || is_domain(&value);
        if is_id { value } else { domain(snapshot, &value).unwrap_or(value) }
    });
    request.domain = domains.collect();
    let mut all: Vec<String> = Vec::new();
    for value in std::mem::take(&mut request.owner) {
        if chosen.owner.contains(&value) {
            all.push(value);
            continue;
        }
        let (meant, are_more) = owners(snapshot, &value);
        if are_more {
            said.push(format!(
                "More than {MOST_OWNERS} owners are called \"{}\"; {MOST_OWNERS} of them count. Type more of the name.",
                legible(&value)
            ));
        }
        if meant.is_empty() { all.push(value) } else { all.extend(meant) }
    }
    request.owner = all;
    for (what, values) in [("domains", &mut request.domain), ("owners", &mut request.owner)] {
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(value.clone()));
        if values.len() > MOST_CHOSEN {
            // No more than can be chosen, so that the links of the answer are taken.
            values.truncate(MOST_CHOSEN);
            said.push(format!("More than {MOST_CHOSEN} {what} were typed; the first {MOST_CHOSEN} count."));
        }
    }
    Understood { request, said, left_out: left }
}

/// A filter as it is typed.
fn typed(what: &str, value: &str) -> String {
    if value.contains(char::is_whitespace) {
        format!("{what}:\"{value}\"")
    } else {
        format!("{what}:{value}")
    }
}

/// That a typed filter names none of the portal's own words.
fn left_out(what: &str, value: &str, allowed: &[&str]) -> String {
    let value_shown = legible(value);
    let meant = did_you_mean(value, allowed.iter().copied());
    let there = list(allowed.iter().copied());
    format!(
        "No {what} is called \"{value_shown}\", so that this filter is left out.{meant} There are: {there}."
    )
}

/// The id of a domain that was typed by id or name, whatever its case, or by the beginnings of the words of one name only.
fn domain(snapshot: &Snapshot, typed: &str) -> Option<String> {
    let lower = typed.to_lowercase();
    let is_called = |id: &str, name: &str| id.to_lowercase() == lower || name.to_lowercase() == lower;
    let mut called = snapshot.domains.values().filter(|domain| is_called(&domain.id, &domain.name));
    if let Some(domain) = called.next() {
        return Some(domain.id.clone());
    }
    let asked = words(typed);
    let mut begun = snapshot.domains.values().filter(|domain| begins(&domain.name, &asked));
    let first = begun.next()?;
    begun.next().is_none().then(|| first.id.clone())
}

/// The ids of owners that were typed by name, and whether more of them are called so; none where nobody is.
fn owners(snapshot: &Snapshot, typed: &str) -> (Vec<String>, bool) {
    if typed.parse::<PersonId>().is_ok() {
        return (vec![typed.to_owned()], false);
    }
    let asked = words(typed);
    let all = snapshot.domains.keys().flat_map(|domain| snapshot.members_with(domain, Role::Owner));
    let mut meant: BTreeSet<PersonId> = BTreeSet::new();
    // Who owns several domains is there several times.
    for owner in all.filter(|owner| begins(&owner.name, &asked)) {
        if meant.len() == MOST_OWNERS && !meant.contains(&owner.person) {
            return (meant.iter().map(ToString::to_string).collect(), true);
        }
        meant.insert(owner.person);
    }
    (meant.iter().map(ToString::to_string).collect(), false)
}

/// True where each word that was typed begins one of a name.
fn begins(name: &str, typed: &[String]) -> bool {
    let name = words(name);
    !typed.is_empty() && typed.iter().all(|word| name.iter().any(|part| part.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use lakeport_model::people::MemberSource;
    use uuid::Uuid;

    use super::*;
    use crate::snapshot::Touch;
    use crate::store::catalog::{AssetRow, DomainRow};
    use crate::store::people::Member;

    /// Some domains with their owners, and a table of a domain that no file describes.
    fn company() -> Facts {
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
        let mut members = vec![
            owner(1, "finance", "Maria Keller"),
            owner(2, "controlling", "Aylin Demir"),
            owner(2, "central-data", "Aylin Demir"),
        ];
        members.extend((0..25_u128).map(|number| owner(100 + number, "finance", "Kim Many")));
        let table = AssetRow {
            id: "gold.orphan".to_owned(),
            kind: "table".to_owned(),
            layer: None,
            namespace: "lakehouse".to_owned(),
            name: "gold.orphan".to_owned(),
            domain: "data".to_owned(),
            description: String::new(),
            platform: None,
            location: None,
            classification: "internal".to_owned(),
            tags: "[]".to_owned(),
            columns: "[]".to_owned(),
            origin: "file".to_owned(),
            created_at: Some(chrono::DateTime::UNIX_EPOCH),
        };
        let snapshot = Snapshot::of(domains.map(row).into(), members, vec![table], Vec::new());
        Facts::default().next(&Arc::new(snapshot), &Touch::All)
    }

    fn read(q: &str) -> Understood {
        let request = SearchRequest { q: q.to_owned(), ..SearchRequest::default() };
        understood(&company(), request)
    }

    #[test]
    fn a_domain_is_known_by_its_id_and_by_its_name() {
        for domain in ["central-data", "Central-Data", "central data team", "central", "data team"] {
            let q = format!("domain:\"{domain}\"");
            assert_eq!(read(&q).request.domain, ["central-data"], "{domain}");
        }
        assert_eq!(
            read("domain:Finanze").request.domain,
            ["Finanze"],
            "what is none stays, so that it can be said"
        );
        assert_eq!(read("domain:data").request.domain, ["data"], "no file describes it, and yet it is one");
    }

    #[test]
    fn an_owner_is_known_by_any_part_of_the_name_and_by_the_id() {
        let aylin = Uuid::from_u128(2).to_string();
        for owner in ["Aylin Demir", "demir", "ayl", &aylin] {
            let q = format!("owner:\"{owner}\"");
            assert_eq!(read(&q).request.owner, std::slice::from_ref(&aylin), "{owner}");
        }
        assert_eq!(read("owner:somebody").request.owner, ["somebody"]);
    }

    #[test]
    fn what_was_chosen_is_never_taken_for_a_name() {
        let one = |value: &str| vec![value.to_owned()];
        let chosen = SearchRequest {
            domain: one("central"),
            owner: one("demir"),
            kind: one("chair"),
            ..SearchRequest::default()
        };
        for q in ["late", "late domain:central owner:demir kind:chair"] {
            let asked = SearchRequest { q: q.to_owned(), ..chosen.clone() };
            let expected = SearchRequest { q: "late".to_owned(), ..chosen.clone() };
            assert_eq!(
                understood(&company(), asked),
                Understood { request: expected, ..Understood::default() },
                "{q}"
            );
        }
    }

    #[test]
    fn what_means_the_same_is_chosen_once() {
        assert_eq!(read("domain:finance domain:Finance").request.domain, ["finance"]);
    }

    #[test]
    fn a_name_of_many_owners_is_told_to_be_cut() {
        let Understood { request, said, .. } = read("owner:many");
        assert_eq!(request.owner.len(), MOST_OWNERS);
        let expected = "More than 20 owners are called \"many\"; 20 of them count. Type more of the name.";
        assert_eq!(said, [expected]);
    }

    #[test]
    fn a_word_of_the_portal_that_there_is_not_is_no_filter_and_is_told() {
        let Understood { request, said, left_out } = read("layer:platinum kind:tabel kind:model late");
        assert_eq!(left_out, ["kind:tabel", "layer:platinum"]);
        assert!(request.layer.is_empty());
        assert_eq!((request.kind, request.q.as_str()), (vec!["model".to_owned()], "late"));
        assert!(said[0].starts_with(
            "No kind is called \"tabel\", so that this filter is left out. Did you mean \"table\"?"
        ));
        let layer = "No layer is called \"platinum\", so that this filter is left out. There are: bronze, silver, gold.";
        assert_eq!(said[1], layer);
    }
}
