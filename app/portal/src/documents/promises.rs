//! What a version of a contract that is written means for people.

use crate::Result;
use crate::actor::Party;
use crate::beside::CATALOGS;
use crate::catalog::{Carried, Contract, ContractVersion as Version};
use crate::contracts::compare::{Bump, compare, next_version};

/// Most changes that are told one by one.
const MOST_CHANGES: usize = 12;

/// What a version that was written means for people, a sentence each. So many of those who rely on the contract are told.
pub(super) async fn of_contract(
    carried: &Carried,
    id: &str,
    version: &str,
    told: usize,
) -> Result<Vec<String>> {
    let (before, after) = carried.contracts(id);
    let written = after.and_then(|after| Some((after, version_of(after, version)?)));
    let Some((after, written)) = written else { return Ok(Vec::new()) };
    let (was, catalog) = carried.snapshots();
    let domain = catalog.domain_of(after);
    let mut effects = Vec::new();
    match before.map(|before| was.domain_of(before)) {
        None => effects.push(format!("It is new in {}.", catalog.domain_name(&domain))),
        Some(held) if held != domain => effects.push(format!(
            "It moves from {} to {}, whose members see it from then on.",
            catalog.domain_name(&held),
            catalog.domain_name(&domain)
        )),
        Some(_) => {}
    }
    effects.push(standing(before, after, written));
    match told {
        0 => {}
        1 => effects.push("1 person who relies on it is told.".to_owned()),
        told => effects.push(format!("{told} people who rely on it are told.")),
    }
    if let Some(held) = before.and_then(|before| followed(before, written)) {
        // Whoever tries a text holds the turn to write, and does not wait for those who only look.
        let (held, written) = (held.clone(), written.clone());
        effects.extend(CATALOGS.run(Party::PORTAL, move || changes(&held, &written)).await?);
    }
    Ok(effects)
}

fn version_of<'c>(contract: &'c Contract, version: &str) -> Option<&'c Version> {
    contract.versions.iter().find(|held| held.version == version)
}

/// The version in force, where people may rely on it: no draft, and none that is withdrawn.
fn relied_on(contract: &Contract) -> Option<&Version> {
    let in_force = contract.in_force()?;
    (!in_force.document.is_draft() && !in_force.document.is_withdrawn()).then_some(in_force)
}

/// What a version counts for.
fn standing(before: Option<&Contract>, after: &Contract, written: &Version) -> String {
    let (version, newest) = (&written.version, after.newest());
    let is_newest = newest.version == *version;
    if written.document.is_draft() {
        return match relied_on(after) {
            Some(kept) => format!("Version {version} is a draft; version {} stays in force.", kept.version),
            None if is_newest => format!("Version {version} is a draft: nobody is meant to rely on it yet."),
            None => format!("Version {version} is a draft; no version is in force."),
        };
    }
    if let Some(reason) = after.not_in_force() {
        return reason;
    }
    if !is_newest {
        return match relied_on(after) {
            Some(kept) => format!("Version {} stays in force: {version} is an older one.", kept.version),
            None => format!("Version {version} is an older one; no version is in force."),
        };
    }
    if written.document.is_withdrawn() {
        return "The contract is withdrawn with it: it promises nothing any more.".to_owned();
    }
    match before.and_then(relied_on) {
        Some(held) if held.version == *version => format!("Version {version} stays in force."),
        Some(held) => format!("Version {version} takes the place of {} and is in force.", held.version),
        None => format!("Version {version} is in force."),
    }
}

/// The version as it was, or of a new one the version that it follows: a published one before it; where there is none,
/// its own draft; where nothing is published, the last draft.
fn followed<'c>(before: &'c Contract, written: &Version) -> Option<&'c Version> {
    let number = written.document.semantic_version();
    let published = || {
        let is_before =
            |held: &&Version| !held.document.is_draft() && held.document.semantic_version() <= number;
        before.versions.iter().rfind(is_before)
    };
    let is_draft = |held: &&Version| held.document.is_draft();
    let own = version_of(before, &written.version);
    // Nobody relied on a draft that is published now.
    let same = own.filter(|held| written.document.is_draft() || !is_draft(held));
    same.or_else(published).or(own).or(Some(before.newest()).filter(is_draft))
}

/// What changes between two versions in words, which of it breaks promises, and which number that needs.
fn changes(held: &Version, written: &Version) -> Vec<String> {
    let comparison = compare(&held.document, &written.document);
    let mut lines = comparison.in_words();
    let more = lines.len().saturating_sub(MOST_CHANGES);
    lines.truncate(MOST_CHANGES);
    if more > 0 {
        lines.push(format!("And {more} more changes."));
    }
    // Numbers say nothing of a draft, on which nobody relies.
    let is_followed = held.version != written.version && !held.document.is_draft();
    match held.document.semantic_version().filter(|_| is_followed) {
        Some(_) if comparison.required_bump == Bump::None => {
            lines.push(format!("It promises what version {} promises.", held.version));
        }
        Some(from) => {
            let (bump, next) = (comparison.required_bump, next_version(&from, comparison.required_bump));
            lines.push(format!("After version {from} this needs a new {bump} version: {next} or higher."));
        }
        None => {}
    }
    lines
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::standards::odcs;

    fn version(number: &str, status: &str) -> Version {
        let text = format!(
            "apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: {number}\nstatus: {status}\n\
             schema:\n- {{name: t, description: In {number}}}\n"
        );
        Version {
            version: number.to_owned(),
            document: odcs::Contract::from_yaml("c.yaml", &text).expect("it is a contract"),
            text,
            published_at: DateTime::default(),
        }
    }

    fn contract(versions: &[(&str, &str)]) -> Contract {
        let versions = versions.iter().map(|(number, status)| version(number, status)).collect();
        Contract { id: "c".to_owned(), name: "C".to_owned(), versions, unread_newest: None }
    }

    /// What is said of the version with this number.
    fn said(before: &[(&str, &str)], after: &[(&str, &str)], number: &str) -> String {
        let (before, after) = ((!before.is_empty()).then(|| contract(before)), contract(after));
        standing(before.as_ref(), &after, version_of(&after, number).expect("it is one of them"))
    }

    #[test]
    fn only_what_people_may_rely_on_stays_in_force() {
        let (draft, older) = ("Version 2.0.0 is a draft", "0.9.0 is an older one");
        for (status, stays) in [("active", true), ("deprecated", true), ("retired", false)] {
            let first = ("1.0.0", status);
            let (in_draft, in_older) = if stays {
                (
                    format!("{draft}; version 1.0.0 stays in force."),
                    format!("Version 1.0.0 stays in force: {older}."),
                )
            } else {
                (
                    format!("{draft}; no version is in force."),
                    format!("Version {older}; no version is in force."),
                )
            };
            assert_eq!(said(&[first], &[first, ("2.0.0", "draft")], "2.0.0"), in_draft, "{status}");
            assert_eq!(said(&[first], &[("0.9.0", "active"), first], "0.9.0"), in_older, "{status}");
        }
        let drafts = [("1.0.0", "draft"), ("2.0.0", "draft")];
        assert_eq!(said(&[], &drafts, "1.0.0"), "Version 1.0.0 is a draft; no version is in force.");
        assert_eq!(
            said(&[], &drafts, "2.0.0"),
            "Version 2.0.0 is a draft: nobody is meant to rely on it yet."
        );
    }

    #[test]
    fn a_version_takes_the_place_only_of_one_that_is_in_force() {
        let (active, next) = (("1.0.0", "active"), ("2.0.0", "active"));
        assert_eq!(said(&[active], &[active], "1.0.0"), "Version 1.0.0 stays in force.");
        assert_eq!(
            said(&[active], &[active, next], "2.0.0"),
            "Version 2.0.0 takes the place of 1.0.0 and is in force."
        );
        for held in ["draft", "retired"] {
            assert_eq!(said(&[("1.0.0", held)], &[active], "1.0.0"), "Version 1.0.0 is in force.", "{held}");
            assert_eq!(
                said(&[("1.0.0", held)], &[("1.0.0", held), next], "2.0.0"),
                "Version 2.0.0 is in force."
            );
        }
        let mut after = contract(&[active]);
        after.unread_newest = Some("2.0.0".to_owned());
        let told = standing(None, &after, after.newest());
        assert!(told.starts_with("Version 2.0.0 is the newest and cannot be read"), "{told}");
    }

    #[test]
    fn a_version_is_compared_with_what_is_published_before_it() {
        let held = [("1.0.0", "active"), ("2.0.0", "active"), ("3.0.0", "draft")];
        let before = contract(&held);
        let followed = |number: &str, status: &str| {
            followed(&before, &version(number, status)).map(|held| held.version.clone()).unwrap_or_default()
        };
        assert_eq!(followed("1.5.0", "active"), "1.0.0");
        assert_eq!(followed("2.0.0", "active"), "2.0.0", "its words are corrected");
        assert_eq!(followed("0.9.0", "active"), "", "it is lower than all of them");
        assert_eq!(followed("3.0.0", "draft"), "3.0.0");
        assert_eq!(followed("3.0.0", "active"), "2.0.0", "nobody relied on the draft");
        let drafts = contract(&[("0.1.0", "draft"), ("0.2.0", "draft")]);
        for (number, expected) in [("0.1.0", "0.1.0"), ("1.0.0", "0.2.0")] {
            let held = super::followed(&drafts, &version(number, "active"));
            assert_eq!(held.map(|held| held.version.as_str()), Some(expected));
        }
    }
}
