//! What may be proposed, and what is said of it.

use chrono::NaiveDate;
use lakeport_model::PersonId;
use lakeport_model::people::Role;
use lakeport_model::proposals::ProposalState;
use lakeport_model::retire::Retirable;

use super::mark;
use crate::catalog::{Rights, Snapshot};
use crate::retire::{Thing, called};
use crate::store::proposals::ProposalRow;
use crate::text::{SHORT, capital};
use crate::{Error, Result, assets};

/// Most open proposals of a person.
pub(super) const MOST_OF_A_PERSON: i64 = 20;
/// Most open proposals on one thing.
pub(super) const MOST_ON_A_THING: i64 = 20;

/// What somebody proposes a change of, as far as they see it: what is retired takes none.
pub(super) fn proposable<'a>(
    snapshot: &'a Snapshot,
    rights: &Rights,
    kind: Retirable,
    id: &str,
) -> Result<Thing<'a>> {
    if kind == Retirable::Asset && snapshot.is_own_dashboard(assets::seen(snapshot, rights, id)?) {
        return Err(Error::conflict(
            "This is a dashboard of this portal: nobody proposes changes of it here.",
        ));
    }
    Thing::seen(snapshot, rights, kind, id)
}

/// Refuses a change of what is retired by now.
pub(super) fn refuse_retired(
    snapshot: &Snapshot,
    (kind, id): (Retirable, &str),
    today: NaiveDate,
) -> Result<()> {
    if !snapshot.is_retired(kind, id, today) {
        return Ok(());
    }
    Err(Error::conflict(format!(
        "This {} is retired: nobody proposes a change of it any more.",
        called(kind)
    )))
}

/// Refuses one proposal more than are kept open: of this person, and on this thing.
pub(super) fn refuse_many(kind: Retirable, of_person: i64, on_it: i64) -> Result<()> {
    if of_person >= MOST_OF_A_PERSON {
        return Err(Error::conflict(format!(
            "{MOST_OF_A_PERSON} proposals of yours are open; more are not taken. Withdraw one, or wait until one is decided."
        )));
    }
    if on_it >= MOST_ON_A_THING {
        return Err(Error::conflict(format!(
            "{MOST_ON_A_THING} proposals for this {} are open; more are not taken until some are decided.",
            called(kind)
        )));
    }
    Ok(())
}

/// Nobody decides twice, nor about what they have not seen.
pub(super) fn refuse_other(row: &ProposalRow, seen: &str) -> Result<()> {
    if row.state != ProposalState::Open {
        return Err(Error::conflict(format!("This proposal is {} already; nothing was changed.", row.state)));
    }
    if mark(row) != seen {
        return Err(Error::conflict(
            "Another text took its place since you began. Nothing was changed: look at it as it is now, and decide again.",
        ));
    }
    Ok(())
}

/// Why a proposal is published, for those who read the history.
pub(super) fn reason(who: &str, reason: &str) -> String {
    let whole = format!("Proposed by {who}: {reason}");
    if whole.chars().nth(SHORT).is_none() {
        return whole;
    }
    let cut: String = whole.chars().take(SHORT - 2).collect();
    format!("{}..", cut.trim_end())
}

/// Who decides in a domain, beside whoever proposes.
pub(super) fn deciders(snapshot: &Snapshot, domain: &str, proposer: PersonId) -> Vec<PersonId> {
    let roles = [Role::Owner, Role::Steward].into_iter();
    let people = roles.flat_map(|role| snapshot.members_with(domain, role)).map(|member| member.person);
    people.filter(|person| *person != proposer).collect()
}

/// The line of the message that somebody proposes something.
pub(super) fn proposed_words(who: &str, kind: Retirable, name: &str) -> String {
    format!("{who} proposes a change of {} \"{name}\"", called(kind))
}

/// The line of the message how it ended.
pub(super) fn ended_words(kind: Retirable, name: &str, state: ProposalState) -> String {
    format!("{} \"{name}\": your change was {state}", capital(called(kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_it_is_published_names_the_proposer_and_never_grows_too_long() {
        assert_eq!(reason("Tom Fischer", "A typo"), "Proposed by Tom Fischer: A typo");
        let long = reason("Tom Fischer", &"x".repeat(SHORT));
        assert!(long.chars().count() == SHORT && long.ends_with("xx.."), "{long}");
        let fits = SHORT - "Proposed by Tom Fischer: ".len();
        assert!(!reason("Tom Fischer", &"x".repeat(fits)).ends_with(".."));
    }

    #[test]
    fn nobody_has_too_many_open_ones() {
        assert!(refuse_many(Retirable::Term, MOST_OF_A_PERSON - 1, MOST_ON_A_THING - 1).is_ok());
        for (of_person, on_it) in [(MOST_OF_A_PERSON, 0), (0, MOST_ON_A_THING)] {
            assert!(refuse_many(Retirable::Term, of_person, on_it).is_err());
        }
    }

    #[test]
    fn a_message_says_what_became_of_it() {
        assert_eq!(
            proposed_words("Tom Fischer", Retirable::Product, "Collections"),
            "Tom Fischer proposes a change of data product \"Collections\""
        );
        assert_eq!(
            ended_words(Retirable::Term, "Dunning", ProposalState::Declined),
            "Term \"Dunning\": your change was declined"
        );
    }
}
