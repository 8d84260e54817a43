//! What flows into what, together with what earlier events of a run said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::known::Known;
use super::limits::MOST_FLOWS;
use super::prepared::Prepared;
use super::said::{Address, Columns};
use super::state::State;
use crate::store::lineage::EdgeRow;

/// Most assets of a run that the events after it are put together with.
const MOST_OF_RUN: usize = 1_000;

impl State {
    /// Draws what an event says, together with what earlier events of its run said.
    pub(super) fn draw(&mut self, event: &Prepared, known: &Known) {
        let (said, job) = (&event.said, event.job.as_str());
        let mut flows: BTreeMap<(String, String), Columns> = BTreeMap::new();
        for ((source, target), columns) in &said.flows {
            if let (Some(source), Some(target)) = (known.id(source), known.id(target)) {
                let columns = columns.iter().cloned();
                flows.entry((source.to_owned(), target.to_owned())).or_default().extend(columns);
            }
        }
        if !job.is_empty() {
            let ids = |addresses: &BTreeSet<Address>, writes: bool| -> BTreeSet<(String, bool)> {
                let ids = addresses.iter().filter_map(|address| known.id(address));
                ids.map(|id| (id.to_owned(), writes)).collect()
            };
            let (reads, writes) = (ids(&said.reads, false), ids(&said.writes, true));
            if let Some(run) = &event.run {
                self.add_up(&mut flows, (job, &run.id), &reads, &writes);
            }
            for (asset, writes_it) in reads.into_iter().chain(writes) {
                self.users.entry(asset.clone()).or_default().add(job);
                self.pending.uses.insert((job.to_owned(), asset, writes_it));
            }
        }
        let seen_at = event.at.min(self.now());
        let flows = flows.into_iter().filter(|((source, target), _)| source != target).take(MOST_FLOWS);
        for ((source, target), columns) in flows {
            if job.is_empty() {
                for end in [&source, &target] {
                    self.users.entry(end.clone()).or_default().add(job);
                }
            }
            if let Some(added) = &event.added {
                let edge = (source.clone(), target.clone(), job.to_owned());
                self.pending.added.entry(edge).or_insert_with(|| Arc::clone(added));
            }
            let columns = serde_json::json!(columns).to_string();
            let job = job.to_owned();
            let edge = EdgeRow { source, target, job, columns, seen_at, former_since: None };
            self.pending.edges.push(edge);
        }
    }

    /// Adds what flows between what an event and what earlier events of its run say.
    fn add_up(
        &mut self,
        flows: &mut BTreeMap<(String, String), Columns>,
        (job, run): (&str, &str),
        reads: &BTreeSet<(String, bool)>,
        writes: &BTreeSet<(String, bool)>,
    ) {
        let uses = self.uses.entry((job.to_owned(), run.to_owned())).or_default();
        for (asset, writes_it) in uses.iter().take(MOST_OF_RUN) {
            let others = if *writes_it { reads } else { writes };
            for (other, _) in others.iter().take(MOST_FLOWS.saturating_sub(flows.len())) {
                let pair =
                    if *writes_it { (other.clone(), asset.clone()) } else { (asset.clone(), other.clone()) };
                flows.entry(pair).or_default();
            }
        }
        for (asset, writes_it) in reads.iter().chain(writes) {
            if uses.insert((asset.clone(), *writes_it)) {
                let noted = (job.to_owned(), run.to_owned(), asset.clone(), *writes_it);
                self.pending.uses_of_runs.insert(noted);
            }
        }
    }
}

/// What is known of an edge after an event: the newest column lineage counts, and an event without any takes none
/// away. What a newer event says is not former. A time in the future, which an older version of the portal may have kept,
/// outranks nothing.
pub(super) fn merged(before: Option<&EdgeRow>, event: EdgeRow, now: DateTime<Utc>) -> EdgeRow {
    let Some(before) = before else { return event };
    let newer = before.seen_at > now || event.seen_at >= before.seen_at;
    let says_columns = event.columns != "[]";
    let columns = if says_columns && (newer || before.columns == "[]") {
        event.columns
    } else {
        before.columns.clone()
    };
    let (seen_at, former_since) =
        if newer { (event.seen_at, None) } else { (before.seen_at, before.former_since) };
    EdgeRow { columns, seen_at, former_since, ..before.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(minute: i64, columns: &str) -> EdgeRow {
        EdgeRow {
            source: "a".to_owned(),
            target: "b".to_owned(),
            job: "n/j".to_owned(),
            columns: columns.to_owned(),
            seen_at: DateTime::from_timestamp(minute * 60, 0).expect("a moment"),
            former_since: None,
        }
    }

    #[test]
    fn the_newest_columns_count_whatever_the_order_of_arrival() {
        let now = edge(100, "[]").seen_at;
        let (old, new) = (edge(1, "[[\"x\",\"y\"]]"), edge(2, "[[\"z\",\"y\"]]"));
        assert_eq!(merged(Some(&old), new.clone(), now), new);
        assert_eq!(merged(Some(&new), old.clone(), now), new);
        let silent = merged(Some(&new), edge(3, "[]"), now);
        assert_eq!((silent.columns.as_str(), silent.seen_at), (new.columns.as_str(), edge(3, "[]").seen_at));
        assert_eq!(merged(Some(&edge(3, "[]")), old.clone(), now).columns, old.columns);
        let forged = edge(1_000, "[[\"f\",\"y\"]]");
        assert_eq!(merged(Some(&forged), new.clone(), now), new, "a forged time does not last");
    }

    #[test]
    fn what_is_former_is_drawn_again_by_a_newer_event_alone() {
        let now = edge(100, "[]").seen_at;
        let former = EdgeRow { former_since: Some(now), ..edge(10, "[]") };
        assert_eq!(merged(Some(&former), edge(9, "[]"), now).former_since, Some(now));
        assert_eq!(merged(Some(&former), edge(11, "[]"), now), edge(11, "[]"));
    }
}
