//! What a line of the feed says.

use lakeport_model::announced::Announcement;
use lakeport_model::documents::DocumentKind;
use lakeport_model::{day, sentence};

use crate::store::announced::AnnouncedRow;
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

/// What was announced, as it was then: it says the same before its day and after. Nothing of what only another version of the
/// portal knows.
pub(crate) fn announced(row: &AnnouncedRow) -> Option<String> {
    let when =
        |word: &str, end: &str| row.day.map(|on| format!(" {word} {}{end}", day(on))).unwrap_or_default();
    let what = match row.what.parse().ok()? {
        Announcement::Retired => format!("Retired{}", when("from", " on")),
        Announcement::Restored => "Restored".to_owned(),
        Announcement::Certified => format!("Certified{}", when("until", "")),
        Announcement::Withdrawn => "Its certification was withdrawn".to_owned(),
    };
    let reason = sentence(&row.reason);
    Some(if reason.is_empty() { format!("{what}.") } else { format!("{what}: {reason}") })
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
    fn what_is_announced_is_told_with_its_day_and_reason() {
        let said = |what: &str, reason: &str| {
            let day = NaiveDate::from_ymd_opt(2027, 1, 1);
            let (kind, id) = ("product".to_owned(), "orders".to_owned());
            let person = PersonId(uuid::Uuid::nil());
            let (what, reason) = (what.to_owned(), reason.to_owned());
            announced(&AnnouncedRow { kind, id, at: DateTime::UNIX_EPOCH, what, day, reason, person })
        };
        let why = "Nobody keeps it up";
        assert_eq!(said("retired", why).as_deref(), Some("Retired from 1 Jan 2027 on: Nobody keeps it up."));
        assert_eq!(said("retired", "").as_deref(), Some("Retired from 1 Jan 2027 on."));
        assert_eq!(said("restored", "It is needed").as_deref(), Some("Restored: It is needed."));
        assert_eq!(said("certified", "Checked").as_deref(), Some("Certified until 1 Jan 2027: Checked."));
        assert_eq!(said("withdrawn", "Wrong").as_deref(), Some("Its certification was withdrawn: Wrong."));
        assert_eq!(said("moved", why), None, "another version of the portal knows what that is");
    }
}
