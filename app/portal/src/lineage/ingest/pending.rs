//! What events changed and the database does not know yet; written in few statements, however many events there are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::added::Added;
use super::draw::merged;
use super::prepared::Prepared;
use super::said::Address;
use super::state::State;
use crate::Result;
use crate::policy::Authorized;
use crate::policy::rules::TakeEvents;
use crate::standards::openlineage::EventType;
use crate::store::Tx;
use crate::store::catalog::{self, AssetRow};
use crate::store::changes::MOST_TOUCHED;
use crate::store::lineage::batch::{self, Use};
use crate::store::lineage::{self as store, EdgeRow, RunRow};

/// What is to be written.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) events: Vec<Arc<Prepared>>,
    runs: BTreeMap<(String, String), RunRow>,
    pub(super) names: BTreeSet<(String, String)>,
    moves: Vec<Move>,
    /// Columns and descriptions by asset.
    pub(super) described: BTreeMap<String, (Option<String>, Option<String>)>,
    pub(super) uses_of_runs: BTreeSet<Use>,
    pub(super) uses: BTreeSet<(String, String, bool)>,
    /// What events say of edges, in their order.
    pub(super) edges: Vec<EdgeRow>,
    /// Assets that become others.
    pub(super) joins: Vec<(String, String)>,
    /// Assets that look different now.
    pub(super) touched: BTreeSet<String>,
    /// What those add who were the first to say these edges (a source, a target, a job).
    pub(super) added: BTreeMap<(String, String, String), Arc<Added>>,
}

/// New assets and other addresses, and what is renamed after them: that reads the address before.
#[derive(Debug, Default)]
pub(super) struct Move {
    pub(super) assets: BTreeMap<String, AssetRow>,
    pub(super) aliases: BTreeMap<Address, String>,
    pub(super) rename: Option<(String, Address)>,
}

impl Pending {
    /// Where the next change of names belongs.
    pub(super) fn open(&mut self) -> &mut Move {
        if self.moves.last().is_none_or(|last| last.rename.is_some()) {
            self.moves.push(Move::default());
        }
        let last = self.moves.len() - 1;
        &mut self.moves[last]
    }

    /// Notes where a run stands. Once ended it stays so, in whatever order its events come.
    pub(super) fn put_run(&mut self, event: &Prepared, at: DateTime<Utc>) {
        let Some(run) = &event.run else { return };
        let ended = matches!(run.state, EventType::Complete | EventType::Fail | EventType::Abort);
        let mut row = RunRow {
            job: event.job.clone(),
            run: run.id.clone(),
            state: run.state.as_str().to_owned(),
            started_at: (run.state == EventType::Start).then_some(at),
            ended_at: ended.then_some(at),
            seen_at: at,
        };
        let key = (row.job.clone(), row.run.clone());
        if let Some(before) = self.runs.remove(&key) {
            if row.ended_at.is_none() && before.ended_at.is_some() {
                row.state = before.state;
            }
            row.started_at = before.started_at.or(row.started_at);
            row.ended_at = row.ended_at.or(before.ended_at);
        }
        self.runs.insert(key, row);
    }
}

impl State {
    /// Writes what is pending but for joins; notes what looks different.
    pub(super) async fn write(&mut self, tx: &mut Tx, proof: &Authorized<TakeEvents>) -> Result<()> {
        let datasets = self.changed_datasets();
        let now = self.now();
        let pending = &mut self.pending;
        let events = std::mem::take(&mut pending.events);
        if !events.is_empty() {
            let rows: Vec<_> =
                events.iter().map(|event| (event.id.as_str(), event.document.as_str())).collect();
            batch::put_events(tx, proof, &rows, now).await?;
        }
        let runs: Vec<RunRow> = std::mem::take(&mut pending.runs).into_values().collect();
        if !runs.is_empty() {
            batch::put_runs(tx, proof, &runs).await?;
        }
        let complete = runs.iter().filter(|run| run.state == EventType::Complete.as_str());
        let complete: BTreeSet<&str> = complete.map(|run| run.job.as_str()).collect();
        if !complete.is_empty() {
            batch::put_due(tx, proof, &complete).await?;
        }
        let names: Vec<_> = std::mem::take(&mut pending.names).into_iter().collect();
        if !names.is_empty() {
            batch::put_names(tx, proof, &names).await?;
        }
        for moved in std::mem::take(&mut pending.moves) {
            moved.write(tx, proof, now).await?;
        }
        if !datasets.is_empty() {
            batch::put_datasets(tx, proof, &datasets).await?;
        }
        let described = std::mem::take(&mut pending.described).into_iter();
        let described: Vec<_> = described.map(|(asset, (columns, words))| (asset, columns, words)).collect();
        if !described.is_empty() {
            pending.touched.extend(batch::describe(tx, proof, &described).await?);
        }
        self.write_uses(tx, proof).await?;
        self.write_edges(tx, proof).await
    }

    async fn write_uses(&mut self, tx: &mut Tx, proof: &Authorized<TakeEvents>) -> Result<()> {
        let (now, oldest) = (self.now(), self.oldest_use());
        let of_runs: Vec<Use> = std::mem::take(&mut self.pending.uses_of_runs).into_iter().collect();
        if !of_runs.is_empty() {
            batch::forget_uses(tx, proof, oldest).await?;
            batch::put_uses_of_runs(tx, proof, &of_runs, now, oldest).await?;
        }
        let uses: Vec<_> = std::mem::take(&mut self.pending.uses).into_iter().collect();
        if !uses.is_empty() {
            self.pending.touched.extend(batch::put_uses(tx, proof, &uses, now).await?);
        }
        Ok(())
    }

    async fn write_edges(&mut self, tx: &mut Tx, proof: &Authorized<TakeEvents>) -> Result<()> {
        let said = std::mem::take(&mut self.pending.edges);
        let added = std::mem::take(&mut self.pending.added);
        if said.is_empty() {
            return Ok(());
        }
        let key = |edge: &EdgeRow| (edge.source.clone(), edge.target.clone(), edge.job.clone());
        let keys: BTreeSet<(&str, &str, &str)> =
            said.iter().map(|edge| (edge.source.as_str(), edge.target.as_str(), edge.job.as_str())).collect();
        let keys: Vec<_> = keys.into_iter().collect();
        let held = store::edges_like(tx, &keys).await?;
        let held: BTreeMap<_, EdgeRow> = held.into_iter().map(|row| (key(&row), row)).collect();
        let mut after: BTreeMap<(String, String, String), EdgeRow> = BTreeMap::new();
        for edge in said {
            let key = key(&edge);
            let before = after.get(&key).or_else(|| held.get(&key));
            let edge = merged(before, edge, self.now());
            after.insert(key, edge);
        }
        let mut wanted = Vec::new();
        for (key, edge) in after {
            let before = held.get(&key);
            let looks_different =
                |before: &EdgeRow| before.columns != edge.columns || before.former_since != edge.former_since;
            if before.is_none_or(looks_different) {
                self.pending.touched.insert(edge.target.clone());
            }
            if before != Some(&edge) {
                wanted.push(edge);
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        batch::put_edges(tx, proof, &wanted).await?;
        let new: Vec<&EdgeRow> = wanted.iter().filter(|edge| !held.contains_key(&key(edge))).collect();
        for added in new.iter().filter_map(|edge| added.get(&key(edge))) {
            added.note_connection();
        }
        let pairs: BTreeSet<(&str, &str)> = new.iter().map(|edge| (&*edge.source, &*edge.target)).collect();
        if pairs.is_empty() { Ok(()) } else { batch::forget_edges(tx, proof, &pairs).await }
    }

    /// Joins what is to be one, when all else is written.
    pub(super) async fn write_joins(&mut self, tx: &mut Tx, proof: &Authorized<TakeEvents>) -> Result<()> {
        let most = i64::try_from(MOST_TOUCHED).unwrap_or(i64::MAX);
        for (from, to) in std::mem::take(&mut self.pending.joins) {
            self.pending.touched.extend(store::targets(tx, &from, most + 1).await?);
            store::join(tx, &proof.allows(), &from, &to).await?;
            catalog::delete_asset(tx, &proof.allows(), &from).await?;
            self.pending.touched.extend([from, to]);
        }
        Ok(())
    }
}

impl Move {
    async fn write(self, tx: &mut Tx, proof: &Authorized<TakeEvents>, now: DateTime<Utc>) -> Result<()> {
        let assets: Vec<AssetRow> = self.assets.into_values().collect();
        if !assets.is_empty() {
            batch::add_assets(tx, proof, &assets, now).await?;
        }
        let aliases: Vec<_> = self
            .aliases
            .iter()
            .map(|(Address(namespace, name), asset)| (namespace.as_str(), name.as_str(), asset.as_str()))
            .collect();
        if !aliases.is_empty() {
            batch::put_aliases(tx, proof, &aliases).await?;
        }
        match &self.rename {
            Some((asset, Address(namespace, name))) => store::rename(tx, proof, asset, namespace, name).await,
            None => Ok(()),
        }
    }
}
