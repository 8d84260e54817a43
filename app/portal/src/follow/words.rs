//! What a line of the feed says.

use lakeport_model::documents::DocumentKind;
use lakeport_model::{day, sentence};

use crate::store::retired::RetiredRow;
use crate::store::revisions::RevisionRow;
use crate::text::capital;

/// What happened on the day from which on something is retired.
pub(super) const LEFT: &str = "It left search and lists: it is retired since this day.";

/// What happened when a revision was published. Who did and why is for those who see the history: `who` is then a name.
pub(super) fn published(
    kind: DocumentKind,
    version: Option<&str>,
    row: &RevisionRow,
    who: Option<&str>,
) -> String {
    let (is_first, who) = (row.number == 1, who.map(capital));
    if kind == DocumentKind::Contract {
        let version = version.unwrap_or_default();
        return match who {
            Some(who) if is_first => by(&format!("{who} published version {version}"), row),
            Some(who) => by(&format!("{who} published version {version} anew"), row),
            None if is_first => format!("Version {version} was published."),
            None => format!("Version {version} was published anew."),
        };
    }
    match who {
        Some(who) => by(&format!("{who} published revision {}", row.number), row),
        None if is_first => "It was published here.".to_owned(),
        None => "A new description of it was published.".to_owned(),
    }
}

/// With the reason, and how many lines changed.
fn by(head: &str, row: &RevisionRow) -> String {
    let reason = sentence(&row.reason);
    let said = if reason.is_empty() { format!("{head}.") } else { format!("{head}: {reason}") };
    format!("{said} {} added, {} taken away.", lines(row.added), lines(row.removed))
}

fn lines(count: u32) -> String {
    format!("{count} line{}", if count == 1 { "" } else { "s" })
}

/// That something was retired, as it was announced: it says the same before its day and after.
pub(super) fn retired(row: &RetiredRow) -> String {
    let reason = sentence(&row.reason);
    let day = day(row.on_day);
    if reason.is_empty() {
        format!("Retired from {day} on.")
    } else {
        format!("Retired from {day} on: {reason}")
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use lakeport_model::PersonId;
    use lakeport_model::documents::Source;

    use super::*;

    fn row(number: u32, reason: &str) -> RevisionRow {
        RevisionRow {
            document: "collections".to_owned(),
            number,
            at: DateTime::UNIX_EPOCH,
            actor: "system import".to_owned(),
            source: Source::Page,
            reason: reason.to_owned(),
            added: 3,
            removed: 1,
            in_files: false,
        }
    }

    #[test]
    fn who_changed_it_and_why_is_for_those_who_see_the_history() {
        let said = |who| published(DocumentKind::Product, None, &row(4, "Adds the currency"), who);
        assert_eq!(
            said(Some("Maria Keller")),
            "Maria Keller published revision 4: Adds the currency. 3 lines added, 1 line taken away."
        );
        assert_eq!(said(None), "A new description of it was published.");
        let first = published(DocumentKind::Product, None, &row(1, "Adds the currency"), None);
        assert_eq!(first, "It was published here.");
    }

    #[test]
    fn a_contract_is_published_by_its_version() {
        let said = |number, who| published(DocumentKind::Contract, Some("2.1.0"), &row(number, ""), who);
        assert_eq!(said(1, None), "Version 2.1.0 was published.");
        assert_eq!(said(2, None), "Version 2.1.0 was published anew.");
        assert_eq!(
            said(1, Some("an operator")),
            "An operator published version 2.1.0. 3 lines added, 1 line taken away."
        );
    }

    #[test]
    fn what_is_retired_is_told_with_its_day() {
        let mut row = RetiredRow {
            kind: "product".to_owned(),
            id: "orders".to_owned(),
            on_day: NaiveDate::from_ymd_opt(2027, 1, 1).expect("it is a day"),
            reason: "Nobody keeps it up".to_owned(),
            successor: None,
            person: PersonId(uuid::Uuid::nil()),
            at: DateTime::UNIX_EPOCH,
        };
        assert_eq!(retired(&row), "Retired from 1 Jan 2027 on: Nobody keeps it up.");
        row.reason = String::new();
        assert_eq!(retired(&row), "Retired from 1 Jan 2027 on.");
    }
}
