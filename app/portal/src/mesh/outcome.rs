//! What a plan comes to, as a digest: applying it has to come to the same.

use std::collections::HashMap;

use lakeport_model::documents::DocumentKind;
use lakeport_model::mesh::Plan;
use sha2::{Digest, Sha256};

/// The numbers of the revisions that are written, by kind and id.
pub(super) type Numbers = HashMap<(DocumentKind, String), u32>;

/// A digest of what would become of which document, on which revision, of what is retired from which day on, and what that means
/// for people, with more facts that it hangs on; warnings are none of it. Each text has its length before it, each list its number: no two plans are written alike.
pub(super) fn outcome(plan: &Plan, numbers: &Numbers, facts: &[String]) -> String {
    let mut hasher = Sha256::new();
    let mut number = |number: usize| hasher.update((number as u64).to_le_bytes());
    let mut texts: Vec<&str> = Vec::new();
    for changes in [&plan.created, &plan.changed] {
        number(changes.len());
        for change in changes {
            let written = numbers.get(&(change.kind, change.id.clone())).copied().unwrap_or_default();
            number(usize::try_from(written).unwrap_or(usize::MAX));
            number(change.effects.len());
            texts.extend([change.kind.as_str(), change.id.as_str()]);
            texts.extend(change.effects.iter().map(String::as_str));
        }
    }
    let days: Vec<String> = plan.retired.iter().map(|gone| gone.on.to_string()).collect();
    number(days.len());
    for (gone, on) in plan.retired.iter().zip(&days) {
        number(gone.effects.len());
        texts.extend([gone.kind.as_str(), gone.id.as_str(), on.as_str()]);
        texts.extend(gone.effects.iter().map(String::as_str));
    }
    number(facts.len());
    texts.extend(facts.iter().map(String::as_str));
    for text in texts {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    hex::encode(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono::NaiveDate;
    use lakeport_model::mesh::{PlannedChange, PlannedRetirement};

    use super::*;

    fn change(id: &str, effects: &[&str]) -> PlannedChange {
        PlannedChange {
            kind: DocumentKind::Product,
            id: id.to_owned(),
            file: "p.yaml".to_owned(),
            added: 1,
            removed: 0,
            diff: Vec::new(),
            is_cut: false,
            effects: effects.iter().map(|effect| (*effect).to_owned()).collect(),
        }
    }

    fn retired(id: &str, day: u32, effects: &[&str]) -> Plan {
        let gone = PlannedRetirement {
            kind: DocumentKind::Product,
            id: id.to_owned(),
            on: NaiveDate::from_ymd_opt(2027, 1, day).expect("it is a day"),
            effects: effects.iter().map(|effect| (*effect).to_owned()).collect(),
        };
        Plan { retired: vec![gone], ..Plan::default() }
    }

    fn plan(created: Vec<PlannedChange>, changed: Vec<PlannedChange>) -> Plan {
        Plan { created, changed, ..Plan::default() }
    }

    #[test]
    fn no_two_plans_that_do_something_else_are_taken_for_one() {
        let numbers = |number: u32| Numbers::from([((DocumentKind::Product, "a".to_owned()), number)]);
        let of = |plan: Plan| outcome(&plan, &numbers(1), &[]);
        let privilege = ["product.visibility product a".to_owned()];
        let all = HashSet::from([
            of(Plan::default()),
            of(plan(vec![change("a", &[])], Vec::new())),
            of(plan(Vec::new(), vec![change("a", &[])])),
            of(plan(vec![change("b", &[])], Vec::new())),
            of(plan(vec![change("a", &["x", "y"])], Vec::new())),
            of(plan(vec![change("a", &["xy"])], Vec::new())),
            of(plan(vec![change("a", &["x"])], vec![change("a", &["y"])])),
            of(plan(vec![PlannedChange { kind: DocumentKind::Asset, ..change("a", &[]) }], Vec::new())),
            of(plan(vec![PlannedChange { kind: DocumentKind::Term, ..change("a", &[]) }], Vec::new())),
            outcome(&plan(vec![change("a", &[])], Vec::new()), &numbers(2), &[]),
            outcome(&plan(vec![change("a", &[])], Vec::new()), &numbers(1), &privilege),
            of(retired("a", 1, &[])),
            of(retired("b", 1, &[])),
            of(retired("a", 2, &[])),
            of(retired("a", 1, &["x"])),
        ]);
        assert_eq!(all.len(), 15);
    }

    #[test]
    fn what_is_only_worth_a_look_changes_nothing() {
        let plain = plan(vec![change("a", &[])], Vec::new());
        let warned = Plan { warnings: vec!["Look.".to_owned()], unchanged: 7, ..plain.clone() };
        let numbers = Numbers::new();
        assert_eq!(outcome(&plain, &numbers, &[]), outcome(&warned, &numbers, &[]));
    }
}
