//! Readings of data, counted in memory and written together every few seconds: a page that shows data waits for nobody
//! who writes, and no page takes the turn of those who do.
//!
//! What people see counts what waits here as well. Another process sees it some seconds later, and a process that is
//! killed loses the readings of its last seconds; one that is told to stop loses none. A connection that breaks in the
//! moment of the commit may count a batch twice, for nobody knows whether it arrived.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::PersonId;
use tokio::sync::{Notify, RwLock};

use crate::store::access::{self as store, Reads};
use crate::store::{Db, Tx};
use crate::{Ctx, Result};

/// Lines that may wait: a person, an asset and a day each.
const MOST: usize = 10_000;
/// From so many on they are written without waiting for the next round.
const MANY: usize = 1_000;

/// Open pages that are remembered.
const MOST_PAGES: usize = 10_000;

/// Whose reading of what, on which day.
type Line = (PersonId, String, NaiveDate);

/// How often, and when last.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Count {
    reads: i64,
    last_at: DateTime<Utc>,
}

/// Readings by their lines.
#[derive(Debug, Clone, Default)]
struct Counts(BTreeMap<Line, Count>);

/// Readings that wait to be written.
#[derive(Debug, Default)]
pub struct Readings {
    /// Noted since the last round.
    noted: Mutex<Noted>,
    /// Being written. Who changes it has it alone: when a page looks, a batch is either here or in the database.
    leaving: RwLock<Counts>,
    /// One round at a time.
    round: tokio::sync::Mutex<()>,
    many: Notify,
    /// What people have been shown on the pages that they have open, by person and page.
    pages: Mutex<BTreeMap<(PersonId, String), BTreeSet<String>>>,
}

#[derive(Debug, Default)]
struct Noted {
    counts: Counts,
    /// Readings for which there was no room.
    lost: u64,
}

/// One state of what was read: a transaction that reads the database, and what it lacks.
#[derive(Debug)]
pub(crate) struct State {
    /// The transaction.
    pub(crate) tx: Tx,
    waiting: Counts,
}

impl Readings {
    /// Notes that a person reads these assets.
    pub(crate) fn note<'a>(
        &self,
        person: PersonId,
        assets: impl IntoIterator<Item = &'a str>,
        at: DateTime<Utc>,
    ) {
        let mut noted = self.noted();
        for asset in assets {
            let line = (person, asset.to_owned(), at.date_naive());
            let has_room = noted.counts.0.len() < MOST || noted.counts.0.contains_key(&line);
            if has_room {
                let before = noted.counts.0.len();
                noted.counts.add(line, &Count { reads: 1, last_at: at });
                if before < MANY && noted.counts.0.len() >= MANY {
                    self.many.notify_one();
                }
            } else {
                noted.lost += 1;
            }
        }
    }

    /// Notes what a page shows to a person who opens it.
    pub(crate) fn opened(&self, person: PersonId, page: &str, shown: BTreeSet<String>, at: DateTime<Utc>) {
        self.note(person, shown.iter().map(String::as_str), at);
        self.shown(person, page, |held| *held = shown);
    }

    /// Notes what an open page shows to a person beyond what it has shown since they opened it.
    pub(crate) fn moved(&self, person: PersonId, page: &str, mut shown: BTreeSet<String>, at: DateTime<Utc>) {
        self.shown(person, page, |held| {
            shown.retain(|asset| held.insert(asset.clone()));
        });
        self.note(person, shown.iter().map(String::as_str), at);
    }

    /// What a person has been shown on a page since they opened it.
    fn shown(&self, person: PersonId, page: &str, change: impl FnOnce(&mut BTreeSet<String>)) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= MOST_PAGES {
            // What is forgotten counts once more when its filters are moved.
            pages.clear();
        }
        change(pages.entry((person, page.to_owned())).or_default());
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True where something waits.
    pub(crate) async fn wait_to_be_written(&self) -> bool {
        let is_noted = !self.noted().counts.0.is_empty();
        is_noted || !self.leaving.read().await.0.is_empty()
    }

    /// Ends when so many wait that they should be written now.
    pub(crate) async fn are_many(&self) {
        self.many.notified().await;
    }

    /// Writes what waits. What could not be written is kept for the next round. Not to be left half-way: a batch whose
    /// commit nobody saw would be written again.
    pub async fn write(&self, db: &Db) -> Result<()> {
        let _round = self.round.lock().await;
        // What an earlier round could not write goes first and by itself, so that it never grows.
        for _ in 0..2 {
            let mut leaving = self.leaving.write().await;
            if leaving.0.is_empty() {
                let Noted { counts, lost } = std::mem::take(&mut *self.noted());
                *leaving = counts;
                if lost > 0 {
                    tracing::warn!(lost, "readings were not counted: too many waited to be written");
                }
            }
            if leaving.0.is_empty() {
                return Ok(());
            }
            drop(leaving);
            let mut tx = db.write().await?;
            for ((person, asset, day), count) in &self.leaving.read().await.0 {
                let Count { reads, last_at } = *count;
                let reads = Reads { person: *person, asset, day: *day, reads, last_at };
                store::add_reads(&mut tx, &reads).await?;
            }
            let mut leaving = self.leaving.write().await;
            tx.commit_unrecorded("who read what is counted; nothing changes").await?;
            leaving.0.clear();
        }
        Ok(())
    }

    /// What was read, as of now: nothing is missing in it, and nothing counts twice.
    pub(crate) async fn state(&self, db: &Db) -> Result<State> {
        self.state_with(db, |_| true).await
    }

    /// The same of these assets alone.
    pub(crate) async fn state_of(&self, db: &Db, assets: &BTreeSet<&str>) -> Result<State> {
        self.state_with(db, |asset| assets.contains(asset)).await
    }

    async fn state_with(&self, db: &Db, is_wanted: impl Fn(&str) -> bool) -> Result<State> {
        // While this is held, no batch goes from here into the database.
        let leaving = self.leaving.read().await;
        let mut tx = db.read().await?;
        store::hold_still(&mut tx).await?;
        let mut waiting = Counts::default();
        for (line, count) in leaving.0.iter().chain(&self.noted().counts.0) {
            if is_wanted(&line.1) {
                waiting.add(line.clone(), count);
            }
        }
        Ok(State { tx, waiting })
    }
}

impl Counts {
    fn add(&mut self, line: Line, new: &Count) {
        let sum = |count: &mut Count| {
            count.reads += new.reads;
            count.last_at = count.last_at.max(new.last_at);
        };
        self.0.entry(line).and_modify(sum).or_insert_with(|| new.clone());
    }

    /// What a person's readings of an asset add up to since a day, and the last one.
    fn of(&self, person: PersonId, asset: &str, since: NaiveDate) -> (i64, Option<DateTime<Utc>>) {
        let days = (person, asset.to_owned(), NaiveDate::MIN)..=(person, asset.to_owned(), NaiveDate::MAX);
        let days = || self.0.range(days.clone());
        let reads = days().filter(|((.., day), _)| *day >= since).map(|(_, count)| count.reads).sum();
        (reads, days().map(|(_, count)| count.last_at).max())
    }

    /// The lines of these assets since a day.
    fn since(&self, assets: &BTreeSet<&str>, since: NaiveDate) -> impl Iterator<Item = (&Line, &Count)> {
        self.0.iter().filter(move |((_, asset, day), _)| *day >= since && assets.contains(asset.as_str()))
    }
}

fn listed<'a>(assets: &BTreeSet<&'a str>) -> Vec<&'a str> {
    assets.iter().copied().collect()
}

impl State {
    /// Number of a person's reads of an asset since a day, and the last one ever.
    pub(crate) async fn usage(
        &mut self,
        person: PersonId,
        asset: &str,
        since: NaiveDate,
    ) -> Result<(i64, Option<DateTime<Utc>>)> {
        let (reads, last) = store::usage(&mut self.tx, person, asset, since).await?;
        let (waiting, newest) = self.waiting.of(person, asset, since);
        Ok((reads + waiting, last.max(newest)))
    }

    /// When a person last read an asset.
    pub(crate) async fn last_use(&mut self, person: PersonId, asset: &str) -> Result<Option<DateTime<Utc>>> {
        let last = store::last_use(&mut self.tx, person, asset).await?;
        Ok(last.max(self.waiting.of(person, asset, NaiveDate::MAX).1))
    }

    /// Who read some of these assets since a day.
    pub(crate) async fn readers(
        &mut self,
        assets: &BTreeSet<&str>,
        since: NaiveDate,
    ) -> Result<BTreeSet<PersonId>> {
        let mut readers: BTreeSet<PersonId> =
            store::readers(&mut self.tx, &listed(assets), since).await?.into_iter().collect();
        readers.extend(self.waiting.since(assets, since).map(|((person, ..), _)| *person));
        Ok(readers)
    }

    /// The same, each with how often they did, and the last day.
    pub(crate) async fn reads_by_person(
        &mut self,
        assets: &BTreeSet<&str>,
        since: NaiveDate,
    ) -> Result<BTreeMap<PersonId, (i64, NaiveDate)>> {
        let found = store::reads_by_person(&mut self.tx, &listed(assets), since).await?;
        let mut readers: BTreeMap<_, _> =
            found.into_iter().map(|(person, reads, last)| (person, (reads, last))).collect();
        for ((person, _, day), count) in self.waiting.since(assets, since) {
            let (reads, last) = readers.entry(*person).or_insert((0, *day));
            *reads += count.reads;
            *last = (*last).max(*day);
        }
        Ok(readers)
    }

    /// How often these assets were read on each day since one.
    pub(crate) async fn reads_by_day(
        &mut self,
        assets: &BTreeSet<&str>,
        since: NaiveDate,
    ) -> Result<BTreeMap<NaiveDate, i64>> {
        let found = store::reads_by_day(&mut self.tx, &listed(assets), since).await?;
        let mut days: BTreeMap<NaiveDate, i64> = found.into_iter().collect();
        for ((_, _, day), count) in self.waiting.since(assets, since) {
            *days.entry(*day).or_default() += count.reads;
        }
        Ok(days)
    }

    /// The last day on which each of these assets was read, of those that ever were.
    pub(crate) async fn last_days(&mut self, assets: &BTreeSet<&str>) -> Result<BTreeMap<String, NaiveDate>> {
        let found = store::last_days(&mut self.tx, &listed(assets)).await?;
        let mut days: BTreeMap<String, NaiveDate> = found.into_iter().collect();
        for ((_, asset, day), _) in self.waiting.since(assets, NaiveDate::MIN) {
            let last = days.entry(asset.clone()).or_insert(*day);
            *last = (*last).max(*day);
        }
        Ok(days)
    }

    /// What a person read, newest first, with the last time.
    pub(crate) async fn last_read(
        &mut self,
        person: PersonId,
        most: u32,
    ) -> Result<Vec<(String, DateTime<Utc>)>> {
        let mut read: BTreeMap<String, DateTime<Utc>> =
            store::last_read(&mut self.tx, person, most.into()).await?.into_iter().collect();
        for ((of, asset, _), count) in &self.waiting.0 {
            if *of == person {
                let last = read.entry(asset.clone()).or_insert(count.last_at);
                *last = count.last_at.max(*last);
            }
        }
        let mut read: Vec<_> = read.into_iter().collect();
        read.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
        read.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(read)
    }
}

/// Writes what waits, readings and looks at tables: the job does so again and again, and a process that stops a last time.
///
/// # Errors
/// When something could not be written; it is kept, and written with the next.
pub async fn write(ctx: &Ctx) -> Result<()> {
    let readings = ctx.readings.write(&ctx.db).await;
    ctx.looks.write(&ctx.db).await?;
    readings
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_waits_never_grows_without_end() {
        let readings = Readings::default();
        let (person, at) = (PersonId(Uuid::from_u128(1)), DateTime::default());
        readings.note(person, ["first"], at);
        for number in 0..MOST + 10 {
            readings.note(person, [number.to_string().as_str()], at);
        }
        readings.note(person, ["first"], at);
        let noted = readings.noted();
        assert_eq!((noted.counts.0.len(), noted.lost), (MOST, 11));
        assert_eq!(
            noted.counts.of(person, "first", at.date_naive()),
            (2, Some(at)),
            "a known line counts on"
        );
    }

    #[test]
    fn a_moved_filter_never_counts_what_the_page_has_shown() {
        let readings = Readings::default();
        let (person, at) = (PersonId(Uuid::from_u128(1)), DateTime::default());
        let tables = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let count = |asset| readings.noted().counts.of(person, asset, at.date_naive()).0;
        readings.opened(person, "sales", tables(&["a"]), at);
        readings.moved(person, "sales", tables(&["a"]), at);
        readings.moved(person, "sales", tables(&["a", "b"]), at);
        readings.moved(person, "sales", tables(&["b"]), at);
        assert_eq!((count("a"), count("b")), (1, 1));
        readings.opened(person, "sales", tables(&["a"]), at);
        readings.moved(person, "sales", tables(&["a", "b"]), at);
        assert_eq!((count("a"), count("b")), (2, 2), "each opening counts anew");
        readings.moved(person, "costs", tables(&["a"]), at);
        readings.moved(PersonId(Uuid::from_u128(2)), "sales", tables(&["a"]), at);
        assert_eq!(count("a"), 3, "and each page and person for itself");
    }

    #[test]
    fn open_pages_never_take_room_without_end() {
        let readings = Readings::default();
        for number in 0..MOST_PAGES + 10 {
            readings.opened(PersonId(Uuid::nil()), &number.to_string(), BTreeSet::new(), DateTime::default());
        }
        assert!(readings.pages.lock().is_ok_and(|pages| pages.len() <= MOST_PAGES));
    }
}
