//! Readers by domain, and readings over time: pure functions.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, TimeDelta};
use lakeport_model::PersonId;
use lakeport_model::people::DomainRef;
use lakeport_model::usage::{Bar, Group, Headcount};

use crate::catalog::{Domain, Snapshot};

/// Days of a bar that is no month.
const WEEK: usize = 7;

/// What somebody read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) person: PersonId,
    /// The domain that they count in.
    pub(super) domain: Option<DomainRef>,
    pub(super) reads: i64,
    pub(super) last: NaiveDate,
}

/// The domain that somebody counts in: the first that their page names.
pub(super) fn domain_of(snapshot: &Snapshot, person: PersonId) -> Option<DomainRef> {
    let by_name = |a: &&Domain, b: &&Domain| (&a.name, &a.id).cmp(&(&b.name, &b.id));
    snapshot.domains_of(person).min_by(by_name).map(|domain| snapshot.domain(&domain.id))
}

/// Readers by domain, by its name; those of none are the last.
fn by_domain(readings: &[Reading]) -> Vec<Vec<&Reading>> {
    let mut groups: BTreeMap<_, Vec<&Reading>> = BTreeMap::new();
    for reading in readings {
        let domain = reading.domain.as_ref().map(|domain| (&domain.name, domain.id.as_str()));
        groups.entry((domain.is_none(), domain)).or_default().push(reading);
    }
    groups.into_values().collect()
}

/// Readers by domain, as they are told to whoever sees their names, or sees none.
pub(super) fn groups(readings: &[Reading], sees_names: bool) -> Vec<Group> {
    let told = |group: Vec<&Reading>| {
        let people = number(group.len());
        let reads: i64 = group.iter().map(|reading| reading.reads).sum();
        Group {
            domain: group.first().and_then(|reading| reading.domain.clone()),
            people: if sees_names { Headcount::exactly(people) } else { Headcount::blurred(people) },
            readings: sees_names.then(|| count(reads)),
            last: group.iter().map(|reading| reading.last).max().filter(|_| sees_names),
        }
    };
    by_domain(readings).into_iter().map(told).collect()
}

/// How many these people are, as it is told to whoever sees their names, or sees none.
pub(super) fn headcount(
    snapshot: &Snapshot,
    people: impl IntoIterator<Item = PersonId>,
    sees_names: bool,
) -> Headcount {
    let mut groups: BTreeMap<Option<String>, u32> = BTreeMap::new();
    for person in people {
        *groups.entry(domain_of(snapshot, person).map(|domain| domain.id.0)).or_default() += 1;
    }
    let told = if sees_names { Headcount::exactly } else { Headcount::blurred };
    Headcount::sum(groups.into_values().map(told))
}

/// Readings from a day to today, by month of the calendar or in weeks that end today.
pub(super) fn bars(
    days: &BTreeMap<NaiveDate, i64>,
    since: NaiveDate,
    today: NaiveDate,
    by_month: bool,
) -> Vec<Bar> {
    let mut starts: Vec<NaiveDate> = since.iter_days().take_while(|day| *day <= today).collect();
    if by_month {
        starts.retain(|day| *day == since || day.day() == 1);
    } else {
        starts.reverse();
        // The oldest week may be shorter.
        let weeks = starts.chunks(WEEK).filter_map(|week| week.last().copied());
        starts = weeks.collect();
        starts.reverse();
    }
    let ends = starts.iter().skip(1).copied().chain([today + TimeDelta::days(1)]);
    let bar = |(from, end): (&NaiveDate, NaiveDate)| Bar {
        from: *from,
        readings: count(days.range(*from..end).map(|(_, reads)| *reads).sum()),
    };
    starts.iter().zip(ends).map(bar).collect()
}

pub(super) fn count(reads: i64) -> u32 {
    u32::try_from(reads.max(0)).unwrap_or(u32::MAX)
}

fn number(people: usize) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("it is a day")
    }

    fn reading(person: u128, domain: Option<&str>) -> Reading {
        let domain = domain.map(|name| DomainRef { id: name.into(), name: name.to_owned() });
        Reading { person: PersonId(Uuid::from_u128(person)), domain, reads: 2, last: day("2026-12-01") }
    }

    #[test]
    fn whoever_sees_no_names_is_told_how_many_and_nothing_else() {
        let mut readings: Vec<_> = (0..3).map(|person| reading(person, Some("sales"))).collect();
        readings.extend([reading(8, None), reading(9, Some("logistics"))]);
        let told = |sees_names| {
            let groups = groups(&readings, sees_names).into_iter();
            let told = groups.map(|group| {
                let domain = group.domain.map_or_else(|| "none".to_owned(), |domain| domain.name);
                (domain, group.people.words(), group.readings, group.last.is_some())
            });
            told.collect::<Vec<_>>()
        };
        let line = |domain: &str, people: &str, readings, has_last| {
            (domain.to_owned(), people.to_owned(), readings, has_last)
        };
        assert_eq!(
            told(false),
            [
                line("logistics", "1 or 2 people", None, false),
                line("sales", "3 people", None, false),
                line("none", "1 or 2 people", None, false),
            ]
        );
        assert_eq!(
            told(true),
            [
                line("logistics", "1 person", Some(2), true),
                line("sales", "3 people", Some(6), true),
                line("none", "1 person", Some(2), true),
            ]
        );
    }

    #[test]
    fn every_day_of_the_window_stands_in_one_bar() {
        let (since, today) = (day("2026-09-03"), day("2026-12-01"));
        let days = since.iter_days().take(90).map(|day| (day, 1)).collect::<BTreeMap<_, _>>();
        let weeks = bars(&days, since, today, false);
        assert_eq!(weeks.len(), 13);
        assert_eq!(weeks.iter().map(|bar| bar.readings).sum::<u32>(), 90);
        let ends = [weeks.first(), weeks.last()].map(|bar| bar.map(|bar| (bar.from, bar.readings)));
        assert_eq!(ends, [Some((since, 6)), Some((day("2026-11-25"), 7))]);
        let months = bars(&days, since, today, true);
        let months: Vec<_> = months.iter().map(|bar| (bar.from.to_string(), bar.readings)).collect();
        let month = |from: &str, readings| (from.to_owned(), readings);
        assert_eq!(
            months,
            [
                month("2026-09-03", 28),
                month("2026-10-01", 31),
                month("2026-11-01", 30),
                month("2026-12-01", 1)
            ]
        );
    }
}
