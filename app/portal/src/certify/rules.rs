//! What may be said of a certification, and what people are told.

use chrono::{NaiveDate, TimeDelta};
use lakeport_model::certify::{Certifiable, LONGEST_DAYS, SUGGESTED_DAYS};
use lakeport_model::{day, stored_day};

use crate::catalog::Snapshot;
use crate::retire::called;
use crate::text::capital;
use crate::{Error, Result};

/// The last days that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) earliest: NaiveDate,
    pub(super) suggested: NaiveDate,
    pub(super) latest: NaiveDate,
}

impl Days {
    pub(super) fn of(today: NaiveDate) -> Self {
        let ahead = |days: u32| today + TimeDelta::days(days.into());
        Self { earliest: ahead(1), suggested: ahead(SUGGESTED_DAYS), latest: ahead(LONGEST_DAYS) }
    }
}

/// The last day that somebody chose.
pub(super) fn chosen(sent: &str, today: NaiveDate) -> Result<NaiveDate> {
    let refused = |message: String| Err(Error::invalid("until", message));
    let Ok(until) = sent.trim().parse::<NaiveDate>() else {
        return refused("Choose a day, as in 2027-01-31.".to_owned());
    };
    let Days { earliest, latest, .. } = Days::of(today);
    if until < earliest {
        return refused("Choose tomorrow or a later day.".to_owned());
    }
    if until > latest {
        return refused(format!(
            "What was checked now says little about then. Choose a day until {} at the latest.",
            day(latest)
        ));
    }
    Ok(until)
}

/// Why something cannot be certified: it is retired, or will be.
pub(super) fn closed(snapshot: &Snapshot, kind: Certifiable, id: &str, today: NaiveDate) -> Option<String> {
    let retired = snapshot.retirement(kind.into(), id)?;
    let (what, on) = (called(kind.into()), stored_day(retired.on_day));
    Some(if retired.is_in_effect(today) {
        format!("This {what} is retired since {on}: nobody can certify it any more.")
    } else {
        format!("This {what} is going to be retired from {on} on: nobody can certify it any more.")
    })
}

/// The line of a message that something is certified.
pub(super) fn certified_words(kind: Certifiable, name: &str, until: NaiveDate) -> String {
    format!("{} \"{name}\" is certified until {}", capital(called(kind.into())), day(until))
}

/// The line of a message that this was withdrawn.
pub(super) fn withdrawn_words(kind: Certifiable, name: &str) -> String {
    format!("{} \"{name}\" is not certified any more", capital(called(kind.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day_of(text: &str) -> NaiveDate {
        text.parse().expect("it is a day")
    }

    fn refused(sent: &str) -> String {
        match chosen(sent, day_of("2026-12-02")) {
            Err(Error::Refused(refusal)) => {
                assert_eq!(refusal.field, Some("until"), "{sent}");
                refusal.message
            }
            other => panic!("{sent}: {other:?}"),
        }
    }

    #[test]
    fn a_last_day_is_tomorrow_or_within_a_year() {
        let today = day_of("2026-12-02");
        let Days { earliest, suggested, latest } = Days::of(today);
        assert_eq!([earliest, suggested, latest], ["2026-12-03", "2027-05-31", "2027-12-03"].map(day_of));
        for sent in ["2026-12-03", " 2027-05-31 ", "2027-12-03"] {
            assert_eq!(chosen(sent, today).expect("it can be chosen"), day_of(sent.trim()));
        }
        for sent in ["2026-12-02", "2020-01-01"] {
            assert_eq!(refused(sent), "Choose tomorrow or a later day.");
        }
        assert!(refused("2027-12-04").ends_with("Choose a day until 3 Dec 2027 at the latest."));
        for sent in ["", "soon", "2027-02-30", "1 Jan 2027"] {
            assert!(refused(sent).starts_with("Choose a day, as in"), "{sent}");
        }
    }

    #[test]
    fn a_message_says_until_when_it_is_certified() {
        let until = day_of("2027-03-03");
        assert_eq!(
            certified_words(Certifiable::Product, "Collections", until),
            "Data product \"Collections\" is certified until 3 Mar 2027"
        );
        assert_eq!(
            withdrawn_words(Certifiable::Asset, "gold.x"),
            "Asset \"gold.x\" is not certified any more"
        );
    }
}
