//! What is known of all that a batch of events names: looked up once, then changed in memory by one event after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::known::Known;
use super::limits::{self, MOST_OF_ONE};
use super::pending::Pending;
use super::prepared::Prepared;
use super::said::Address;
use super::{Kept, RUN_LASTS};
use crate::Result;
use crate::store::Tx;
use crate::store::catalog::AssetRow;
use crate::store::lineage::batch::{self, DatasetRow};
use crate::store::lineage::{self as store, FoundRow};

/// What is known.
#[derive(Debug, Default)]
pub(super) struct State {
    now: DateTime<Utc>,
    /// Events that were kept before.
    kept: BTreeSet<String>,
    /// Assets by their own addresses, as these are kept.
    pub(super) own: BTreeMap<Address, FoundRow>,
    /// Assets by their other addresses.
    pub(super) aliases: BTreeMap<Address, FoundRow>,
    /// Tables by where their data lies.
    pub(super) places: BTreeMap<String, Vec<FoundRow>>,
    pub(super) users: BTreeMap<String, Users>,
    datasets: BTreeMap<String, Dataset>,
    names: BTreeMap<String, Named>,
    /// What runs (a job, a run) read and write (true).
    pub(super) uses: BTreeMap<(String, String), BTreeSet<(String, bool)>>,
    /// What is not written yet.
    pub(super) pending: Pending,
}

/// The jobs that use an asset, as far as it matters.
#[derive(Debug, Default)]
pub(super) struct Users {
    one: Option<String>,
    more: bool,
}

/// What events last said of an asset.
#[derive(Debug, Default)]
struct Dataset {
    schema_at: Option<DateTime<Utc>>,
    dropped_at: Option<DateTime<Utc>>,
    /// Whether it is gone for the database.
    was_dropped: bool,
    changed: bool,
}

/// How many names a job has, and those among them that matter.
#[derive(Debug, Default)]
struct Named {
    count: i64,
    digests: BTreeSet<String>,
}

/// What became of events.
#[derive(Debug)]
pub(super) struct Applied {
    pub(super) state: State,
    /// Of each, in order. Where one joined assets, the events after it are not among them: what they name is other by then.
    pub(super) kept: Vec<Result<Kept>>,
    /// The names of the last one, if it joined assets; its edges are drawn when that is written.
    pub(super) joined: Option<Known>,
}

impl Users {
    /// True when a job other than this one is among them.
    pub(super) fn has_other_than(&self, job: &str) -> bool {
        self.more || self.one.as_deref().is_some_and(|one| one != job)
    }

    pub(super) fn add(&mut self, job: &str) {
        match &self.one {
            None => self.one = Some(job.to_owned()),
            Some(one) => self.more |= one != job,
        }
    }
}

impl State {
    /// Nothing is known at this moment.
    pub(super) fn at(now: DateTime<Utc>) -> Self {
        Self { now, ..Self::default() }
    }

    /// Looks up what these events may need.
    pub(super) async fn load(tx: &mut Tx, events: &[Arc<Prepared>], now: DateTime<Utc>) -> Result<Self> {
        let ids = events.iter().map(|event| event.id.as_str()).collect();
        let kept = batch::kept(tx, &ids).await?;
        let mut state = Self { kept, ..Self::at(now) };
        let events: Vec<&Prepared> =
            events.iter().map(AsRef::as_ref).filter(|event| !state.kept.contains(&event.id)).collect();
        let moving: Vec<&Prepared> = events.iter().copied().filter(|event| !event.failed()).collect();
        if moving.is_empty() {
            return Ok(state);
        }
        state.load_names(tx, &moving).await?;
        state.load_assets(tx, &moving).await?;
        state.load_uses(tx, &moving).await?;
        Ok(state)
    }

    async fn load_names(&mut self, tx: &mut Tx, events: &[&Prepared]) -> Result<()> {
        let names: Vec<_> = events.iter().filter_map(|event| event.names.as_ref()).collect();
        let keys: BTreeSet<&str> = names.iter().map(|names| names.key.as_str()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        for (key, count) in batch::counts_of_names(tx, &keys).await? {
            self.names.insert(key, Named { count, digests: BTreeSet::new() });
        }
        let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for names in names {
            named.entry(&names.key).or_default().extend(names.digests.iter().map(String::as_str));
        }
        // Which of them are new matters only where they could be too many.
        named.retain(|key, digests| {
            let count = self.names.get(*key).map_or(0, |named| named.count);
            count + i64::try_from(digests.len()).unwrap_or(i64::MAX) >= MOST_OF_ONE
        });
        let asked: Vec<(&str, &str)> =
            named.iter().flat_map(|(key, digests)| digests.iter().map(|digest| (*key, *digest))).collect();
        if !asked.is_empty() {
            for (key, digest) in batch::names_like(tx, &asked).await? {
                self.names.entry(key).or_default().digests.insert(digest);
            }
        }
        Ok(())
    }

    async fn load_assets(&mut self, tx: &mut Tx, events: &[&Prepared]) -> Result<()> {
        let asked: BTreeSet<&Address> = events.iter().flat_map(|event| &event.asked).collect();
        let asked: Vec<(&str, &str)> =
            asked.into_iter().map(|Address(namespace, name)| (namespace.as_str(), name.as_str())).collect();
        let at = |row: FoundRow| (Address(row.namespace.clone(), row.name.clone()), row);
        // What an older version kept in another spelling goes on under the name that its events go on sending.
        self.aliases = store::found_by_alias(tx, &asked).await?.into_iter().map(at).collect();
        self.own = store::found(tx, &asked).await?.into_iter().map(at).collect();
        let places: BTreeSet<&str> =
            events.iter().flat_map(|event| event.places.keys()).map(String::as_str).collect();
        if !places.is_empty() {
            let places: Vec<&str> = places.into_iter().collect();
            for row in store::found_by_location(tx, &places).await? {
                self.places.entry(row.location.clone().unwrap_or_default()).or_default().push(row);
            }
        }
        let found = self.own.values().chain(self.aliases.values()).chain(self.places.values().flatten());
        let found: Vec<&FoundRow> = found.collect();
        let ids: BTreeSet<&str> = found.iter().map(|row| row.id.as_str()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        for row in batch::users(tx, &ids).await? {
            let users = self.users.entry(row.asset).or_default();
            for job in [row.first, row.last, row.stated].into_iter().flatten() {
                users.add(&job);
            }
        }
        let events_only = found.iter().filter(|row| row.origin == "lineage");
        let ids: BTreeSet<&str> = events_only.map(|row| row.id.as_str()).collect();
        if !ids.is_empty() {
            for DatasetRow { asset, schema_at, dropped_at } in batch::datasets(tx, &ids).await? {
                let was_dropped = dropped_at.is_some();
                self.datasets.insert(asset, Dataset { schema_at, dropped_at, was_dropped, changed: false });
            }
        }
        Ok(())
    }

    /// Looks up what the runs of these events are known to use.
    pub(super) async fn load_uses(&mut self, tx: &mut Tx, events: &[&Prepared]) -> Result<()> {
        let run = |event: &&'_ Prepared| Some((event.job.clone(), event.run.as_ref()?.id.clone()));
        let runs: BTreeSet<(String, String)> = events.iter().filter_map(run).collect();
        if runs.is_empty() {
            return Ok(());
        }
        let asked = runs.iter().map(|(job, run)| (job.as_str(), run.as_str())).collect();
        let found = batch::uses_of_runs(tx, &asked, self.oldest_use()).await?;
        self.uses.clear();
        for row in found {
            self.uses.entry((row.job, row.run)).or_default().insert((row.asset, row.writes));
        }
        Ok(())
    }

    /// Uses by single runs before this moment are forgotten.
    pub(super) fn oldest_use(&self) -> DateTime<Utc> {
        self.now - RUN_LASTS
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Applies events in their order.
    pub(super) fn apply(mut self, events: &[Arc<Prepared>]) -> Applied {
        let mut kept = Vec::with_capacity(events.len());
        for event in events {
            let (taken, known) = match self.admit(event) {
                Ok((taken, known)) => (Ok(taken), known),
                Err(refused) => (Err(refused), None),
            };
            kept.push(taken);
            let Some(known) = known else { continue };
            if !self.pending.joins.is_empty() {
                return Applied { state: self, kept, joined: Some(known) };
            }
            self.draw(event, &known);
        }
        Applied { state: self, kept, joined: None }
    }

    /// Takes an event as [`State::take`] does, if its sender may add what it says.
    fn admit(&mut self, event: &Arc<Prepared>) -> Result<(Kept, Option<Known>)> {
        let Some(added) = &event.added else { return self.take(event) };
        // A run that failed brings nothing, whatever it says.
        if !self.kept.contains(&event.id) && !event.failed() {
            added.allows(event.shape, self.now)?;
        }
        let moves = event.names.as_ref().filter(|names| !names.digests.is_empty() && !event.failed());
        let is_new =
            moves.is_some_and(|names| self.names.get(&names.key).is_none_or(|named| named.count == 0));
        let (kept, known) = self.take(event)?;
        if kept.new {
            let names = kept.named.count() + usize::from(is_new);
            added.note(event.document.len(), names);
        }
        if known.is_some() {
            added.note_shape(event.shape);
        }
        Ok((kept, known))
    }

    /// Takes an event, but for its edges: what became of it, and what its names mean unless it moved nothing. One that is
    /// refused leaves everything as it was.
    fn take(&mut self, event: &Arc<Prepared>) -> Result<(Kept, Option<Known>)> {
        if self.kept.contains(&event.id) {
            return Ok((Kept::default(), None));
        }
        if !event.failed() {
            self.note_names(event)?;
        }
        self.kept.insert(event.id.clone());
        self.pending.events.push(Arc::clone(event));
        let mut kept = Kept { new: true, ..Kept::default() };
        // A time that has not come yet would outrank everything that really happens until then.
        let at = event.at.min(self.now);
        if event.at > self.now + TimeDelta::minutes(5) {
            kept.advice.push("eventTime lies in the future; the time of receipt counts instead.".to_owned());
        }
        self.pending.put_run(event, at);
        if event.failed() {
            return Ok((kept, None));
        }
        let mut known = Known::of(self, event);
        let said = &event.said;
        let named: BTreeSet<&Address> =
            said.reads.iter().chain(&said.writes).chain(said.renamed.iter().map(|(new, _)| new)).collect();
        for address in named {
            known.settle(self, said, address);
        }
        for described in &event.described {
            known.learn(self, described, at);
        }
        for address in &said.writes {
            known.take_back(self, address);
        }
        for address in &said.dropped {
            known.retire(self, address, at);
        }
        known.note_used(said);
        kept.named = std::mem::take(&mut known.named);
        Ok((kept, Some(known)))
    }

    fn note_names(&mut self, event: &Prepared) -> Result<()> {
        let Some(names) = &event.names else { return Ok(()) };
        let named = self.names.entry(names.key.clone()).or_default();
        limits::names_fit(names, named.count)?;
        for digest in &names.digests {
            // Where not all were looked up, they are too few to matter, whichever of them are new.
            named.count += i64::from(named.digests.insert(digest.clone()));
            self.pending.names.insert((names.key.clone(), digest.clone()));
        }
        Ok(())
    }

    /// A dataset no file describes becomes an asset.
    pub(super) fn add(&mut self, row: AssetRow) -> FoundRow {
        let found = FoundRow {
            namespace: row.namespace.clone(),
            name: row.name.clone(),
            id: row.id.clone(),
            origin: row.origin.clone(),
            location: None,
        };
        self.own.insert(Address(row.namespace.clone(), row.name.clone()), found.clone());
        self.pending.touched.insert(row.id.clone());
        self.pending.open().assets.insert(row.id.clone(), row);
        found
    }

    /// Gives an asset another address.
    pub(super) fn call(&mut self, name: &Address, asset: &FoundRow) {
        let Address(namespace, text) = name.clone();
        let row = FoundRow { namespace, name: text, ..asset.clone() };
        if let Some(before) = self.aliases.insert(name.clone(), row) {
            self.pending.touched.insert(before.id);
        }
        self.pending.touched.insert(asset.id.clone());
        self.pending.open().aliases.insert(name.clone(), asset.id.clone());
    }

    /// Gives an asset a new address of its own; the one before still finds it.
    pub(super) fn rename(&mut self, asset: &FoundRow, address: &Address) {
        // Where the batch does not ask for the one before, only the database has to know.
        let before = self.own.iter().find(|(_, row)| row.id == asset.id).map(|(before, _)| before.clone());
        if let Some(before) = before
            && let Some(row) = self.own.remove(&before)
        {
            self.aliases.insert(before, row);
        }
        let Address(namespace, name) = address.clone();
        self.own.insert(address.clone(), FoundRow { namespace, name, ..asset.clone() });
        self.pending.touched.insert(asset.id.clone());
        self.pending.open().rename = Some((asset.id.clone(), address.clone()));
    }

    /// Gives all that is known of one asset to another, in the database.
    pub(super) fn join(&mut self, from: &str, to: &str) {
        self.pending.joins.push((from.to_owned(), to.to_owned()));
    }

    /// Keeps what is said of a dataset itself: the newest schema counts.
    pub(super) fn describe(
        &mut self,
        asset: &str,
        at: DateTime<Utc>,
        columns: Option<&String>,
        words: Option<&String>,
    ) {
        let columns = columns.filter(|_| {
            let dataset = self.datasets.entry(asset.to_owned()).or_default();
            let newer = dataset.schema_at.is_none_or(|known| known <= at);
            if newer {
                (dataset.schema_at, dataset.changed) = (Some(at), true);
            }
            newer
        });
        if columns.is_none() && words.is_none() {
            return;
        }
        let described = self.pending.described.entry(asset.to_owned()).or_default();
        if let Some(columns) = columns {
            described.0 = Some(columns.clone());
        }
        if let Some(words) = words {
            described.1 = Some(words.clone());
        }
    }

    /// Notes that an asset is gone since this moment, or is there again; true when that is new.
    pub(super) fn set_dropped(&mut self, asset: &str, at: Option<DateTime<Utc>>) -> bool {
        let Some(dataset) = self.datasets.get_mut(asset) else {
            if at.is_some() {
                let dataset = Dataset { dropped_at: at, changed: true, ..Dataset::default() };
                self.datasets.insert(asset.to_owned(), dataset);
            }
            return at.is_some();
        };
        let new = dataset.dropped_at.is_some() != at.is_some();
        if new {
            (dataset.dropped_at, dataset.changed) = (at, true);
        }
        new
    }

    /// What events now say of assets and was not written yet.
    pub(super) fn changed_datasets(&mut self) -> Vec<DatasetRow> {
        let mut rows = Vec::new();
        for (asset, dataset) in self.datasets.iter_mut().filter(|(_, dataset)| dataset.changed) {
            if dataset.was_dropped != dataset.dropped_at.is_some() {
                self.pending.touched.insert(asset.clone());
            }
            (dataset.was_dropped, dataset.changed) = (dataset.dropped_at.is_some(), false);
            let (schema_at, dropped_at) = (dataset.schema_at, dataset.dropped_at);
            rows.push(DatasetRow { asset: asset.clone(), schema_at, dropped_at });
        }
        rows
    }
}
