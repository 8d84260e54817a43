//! What may be said of a retirement, and what people are told: pure functions.

use chrono::{NaiveDate, TimeDelta};
use lakeport_model::day;
use lakeport_model::retire::{FURTHEST_DAYS, NOTICE_DAYS, Retirable};

use super::thing::{called, is_seen_in_full};
use crate::catalog::{Rights, Snapshot};
use crate::notify::Message;
use crate::text::capital;
use crate::{Error, Result, text};

/// Most things that one message about many of them names.
const MOST_NAMED: usize = 20;

/// The first day that can be chosen: today, or later where people rely on it. A day that they were told already stays one.
pub(crate) fn earliest(today: NaiveDate, people: usize, told: Option<NaiveDate>) -> NaiveDate {
    if people == 0 {
        return today;
    }
    let noticed = today + TimeDelta::days(NOTICE_DAYS.into());
    match told {
        Some(told) if told >= today => noticed.min(told),
        _ => noticed,
    }
}

/// The day that somebody chose. So many people rely on it, for whom `told` is the day that they were told.
pub(super) fn chosen(
    sent: &str,
    today: NaiveDate,
    people: usize,
    told: Option<NaiveDate>,
) -> Result<NaiveDate> {
    let refused = |message: String| Err(Error::invalid("on", message));
    let Ok(on) = sent.trim().parse::<NaiveDate>() else {
        return refused("Choose a day, as in 2027-01-31.".to_owned());
    };
    let (earliest, latest) = (earliest(today, people, told), today + TimeDelta::days(FURTHEST_DAYS.into()));
    if on < today {
        return refused("This day is over. Choose today or a later one.".to_owned());
    }
    if on < earliest {
        let who = if people == 1 { "1 person relies".to_owned() } else { format!("{people} people rely") };
        return refused(format!(
            "{who} on it: give them {NOTICE_DAYS} days, until {} at least.",
            day(earliest)
        ));
    }
    if on > latest {
        return refused(format!(
            "Nobody knows what is then. Choose a day until {} at the latest.",
            day(latest)
        ));
    }
    Ok(on)
}

/// Why somebody does it, on one line.
pub(crate) fn reason(sent: &str, missing: &'static str) -> Result<String> {
    let reason = text::reason(sent)?;
    if reason.is_empty() { Err(Error::invalid("reason", missing)) } else { Ok(reason) }
}

/// What takes the place of something: nothing, or another of its kind that its author sees and that stays.
pub(super) fn successor(
    snapshot: &Snapshot,
    rights: &Rights,
    kind: Retirable,
    id: &str,
    sent: &str,
) -> Result<Option<String>> {
    let what = called(kind);
    let refused = |message: String| Err(Error::invalid("successor", message));
    let sent = text::text("successor", "the id", sent, text::SHORT)?;
    if sent.is_empty() {
        return Ok(None);
    }
    if sent == id {
        return refused(format!("This is the {what} itself. Name another one, or none."));
    }
    if !is_seen_in_full(snapshot, rights, kind, sent) {
        return refused(format!("There is no {what} of this id that you see. Name another one, or none."));
    }
    if snapshot.retirement(kind, sent).is_some() {
        return refused(format!("This {what} is retired itself, or will be. Name another one, or none."));
    }
    Ok(Some(sent.to_owned()))
}

/// The line of a message that something is retired.
pub(super) fn retired_words(kind: Retirable, name: &str, on: NaiveDate, today: NaiveDate) -> String {
    let when = if on > today { format!("from {} on", day(on)) } else { "from today on".to_owned() };
    format!("{} \"{name}\" is retired {when}", capital(called(kind)))
}

/// One message instead of many: what each of them begins with.
pub(super) fn gathered(titles: &[&str]) -> Message {
    let left = titles.len().saturating_sub(MOST_NAMED);
    let more = (left > 0).then(|| format!("And {left} more, which their pages say"));
    let named = titles.iter().take(MOST_NAMED).map(|title| (*title).to_owned());
    let title = format!("{} things that you use, asked for or offer are retired", titles.len());
    Message::new(title, named.chain(more), "/inbox")
}

/// The line of a message that something is not retired any more, or will not be.
pub(super) fn restored_words(kind: Retirable, name: &str, was_in_effect: bool) -> String {
    let what = if was_in_effect { "is offered again" } else { "is not retired after all" };
    format!("{} \"{name}\" {what}", capital(called(kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day_of(text: &str) -> NaiveDate {
        text.parse().expect("it is a day")
    }

    fn refused(sent: &str, people: usize) -> String {
        match chosen(sent, day_of("2026-12-02"), people, None) {
            Err(Error::Refused(refusal)) => {
                assert_eq!(refusal.field, Some("on"), "{sent}");
                refusal.message
            }
            other => panic!("{sent}: {other:?}"),
        }
    }

    #[test]
    fn whoever_relies_on_it_has_thirty_days() {
        let today = day_of("2026-12-02");
        assert_eq!(earliest(today, 0, None), today);
        assert_eq!(earliest(today, 1, None), day_of("2027-01-01"));
        assert_eq!(
            refused("2026-12-31", 3),
            "3 people rely on it: give them 30 days, until 1 Jan 2027 at least."
        );
        assert_eq!(
            refused("2026-12-02", 1),
            "1 person relies on it: give them 30 days, until 1 Jan 2027 at least."
        );
        for (sent, people) in [("2026-12-02", 0), (" 2027-01-01 ", 3), ("2028-12-01", 3)] {
            let on = chosen(sent, today, people, None).expect("it can be chosen");
            assert_eq!(on, day_of(sent.trim()));
        }
    }

    #[test]
    fn a_day_that_people_were_told_stays_one() {
        let today = day_of("2026-12-20");
        assert_eq!(earliest(today, 3, Some(day_of("2027-01-01"))), day_of("2027-01-01"));
        assert_eq!(
            earliest(today, 3, Some(day_of("2027-06-01"))),
            day_of("2027-01-19"),
            "an earlier one may be"
        );
        assert_eq!(earliest(today, 3, Some(day_of("2026-12-01"))), day_of("2027-01-19"), "that one is over");
    }

    #[test]
    fn no_other_day_is_taken() {
        assert!(refused("2026-12-01", 0).starts_with("This day is over."));
        assert!(refused("2028-12-02", 0).starts_with("Nobody knows what is then."));
        for sent in ["", "tomorrow", "2027-02-30", "1 Jan 2027"] {
            assert!(refused(sent, 0).starts_with("Choose a day"), "{sent}");
        }
    }

    #[test]
    fn one_message_stands_for_many() {
        let titles = vec!["Asset \"gold.x\" is retired from today on"; 22];
        let message = gathered(&titles);
        assert_eq!(message.title(), "22 things that you use, asked for or offer are retired");
        assert_eq!(message.body().lines().count(), 21);
        assert!(message.body().ends_with("\nAnd 2 more, which their pages say."), "{}", message.body());
    }

    #[test]
    fn a_message_says_what_becomes_of_it() {
        let (on, today) = (day_of("2027-01-01"), day_of("2026-12-02"));
        assert_eq!(
            retired_words(Retirable::Product, "Collections", on, today),
            "Data product \"Collections\" is retired from 1 Jan 2027 on"
        );
        assert_eq!(
            retired_words(Retirable::Asset, "gold.x", today, today),
            "Asset \"gold.x\" is retired from today on"
        );
        assert_eq!(restored_words(Retirable::Term, "Lift", true), "Term \"Lift\" is offered again");
        assert_eq!(restored_words(Retirable::Term, "Lift", false), "Term \"Lift\" is not retired after all");
    }
}
