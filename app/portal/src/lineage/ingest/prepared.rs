//! An event as it is kept: all that follows from it alone is done before anybody's lock is held.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use lakeport_model::catalog::{Classification, Column};
use sha2::{Digest, Sha256};

use super::added::Added;
use super::limits::{self, LONGEST_COLUMN, LONGEST_TEXT, cut};
use super::said::{Address, Said};
use crate::lineage::job;
use crate::standards::openlineage::{Dataset, DatasetSchema, Event, EventType};
use crate::{Error, Result};

/// An event that fits, ready to be applied to what is known.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The hash of its content: an event has no id of its own.
    pub(super) id: String,
    /// As it is kept.
    pub(super) document: String,
    /// When it says that it happened.
    pub(super) at: DateTime<Utc>,
    /// What it says of datasets.
    pub(super) said: Said,
    /// Every spelling of its addresses.
    pub(super) asked: BTreeSet<Address>,
    /// Where data of its addresses lies.
    pub(super) places: BTreeMap<String, Address>,
    /// Key of its job; empty when it has none.
    pub(super) job: String,
    /// Its run.
    pub(super) run: Option<Run>,
    /// What it calls what it reads and writes; none when it only describes itself.
    pub(super) names: Option<Names>,
    /// What it says of datasets themselves, in its order.
    pub(super) described: Vec<Described>,
    /// Stands for what it says, whichever run says it.
    pub(super) shape: u64,
    /// What its sender adds, where that is counted.
    pub(super) added: Option<Arc<Added>>,
}

/// Nobody outside can tell which events would have the same shape.
static SHAPES: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// What an event says of its run.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) id: String,
    pub(super) state: EventType,
}

/// The names that count for the limit of a job, or of a dataset that events describe outside of jobs.
#[derive(Debug)]
pub(super) struct Names {
    /// `job` or `dataset`.
    pub(super) field: &'static str,
    /// Of which, as people read it.
    pub(super) label: String,
    /// Of which, as it is kept.
    pub(super) key: String,
    /// The names.
    pub(super) digests: Vec<String>,
}

/// What an event says of a dataset itself.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) dataset: Address,
    /// Its columns as they are kept.
    pub(super) columns: Option<String>,
    pub(super) description: Option<String>,
}

impl Prepared {
    /// Prepares an event; tables lie below `lake_root` where they are named without it.
    ///
    /// # Errors
    /// Refused when it is larger than any real one.
    pub(super) fn of(event: &Event, lake_root: &str) -> Result<Self> {
        limits::check_size(event)?;
        let said = Said::of(event);
        limits::check(event, &said)?;
        let document = serde_json::to_string(event).map_err(Error::fault)?;
        let job = event.job().map(job::of).unwrap_or_default();
        let asked = said.sent.iter().flat_map(|(address, sent)| sent.iter().chain([address])).cloned();
        let datasets = event.inputs().iter().chain(event.outputs());
        Ok(Self {
            id: hex::encode(&Sha256::digest(document.as_bytes())[..16]),
            // Nothing that a portal hears of happened before.
            at: event.event_time().max(DateTime::UNIX_EPOCH),
            asked: asked.collect(),
            places: places(&said, lake_root),
            run: event.run().map(|run| Run { id: run.run_id.to_lowercase(), state: state(event) }),
            names: names(event, &said, &job),
            described: datasets.map(described).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect(),
            shape: SHAPES.hash_one((&job, &said)),
            added: None,
            document,
            said,
            job,
        })
    }

    /// True when its run failed, and so moved nothing.
    pub(super) fn failed(&self) -> bool {
        self.run.as_ref().is_some_and(|run| matches!(run.state, EventType::Fail | EventType::Abort))
    }

    /// Its job as people read it.
    pub(super) fn label(&self) -> Option<String> {
        (!self.job.is_empty()).then(|| job::label(&self.job))
    }

    /// What it costs to keep it, roughly in rows.
    pub(super) fn weight(&self) -> usize {
        1 + self.asked.len() + self.said.flows.len() + self.document.len() / 1_024
    }
}

fn state(event: &Event) -> EventType {
    if let Event::Run(run) = event { run.event_type.unwrap_or_default() } else { EventType::default() }
}

/// To the letter: folders that are spelled in two ways are two.
fn places(said: &Said, lake_root: &str) -> BTreeMap<String, Address> {
    let root = format!("{}/", lake_root.trim_end_matches('/'));
    let mut places = BTreeMap::new();
    for (address, sent) in &said.sent {
        for place in sent.iter().filter_map(Address::location) {
            if let Some(below) = place.strip_prefix(&root) {
                places.insert(below.to_owned(), address.clone());
            }
            places.insert(place, address.clone());
        }
    }
    places
}

/// Names count, and not the datasets behind them: by their number a sender would learn which names are of one that is
/// hidden from them.
fn names(event: &Event, said: &Said, job: &str) -> Option<Names> {
    let (field, label, key) = match event {
        // What only describes itself draws nothing.
        Event::Dataset(_) if said.reads.is_empty() => return None,
        Event::Dataset(event) => {
            let dataset = Address::of(&event.dataset);
            // No key of a job begins so.
            ("dataset", dataset.label(), format!("%/{}", dataset.digest()))
        }
        Event::Run(_) | Event::Job(_) => ("job", job::label(job), job.to_owned()),
    };
    let digests = said.reads.union(&said.writes).map(Address::digest).collect();
    Some(Names { field, label, key, digests })
}

fn described(dataset: &Dataset) -> Result<Option<Described>> {
    let Some(facets) = &dataset.facets else { return Ok(None) };
    let description = facets.documentation.as_ref().map(|facet| cut(&facet.description, LONGEST_TEXT));
    let columns = facets.schema.as_ref().map(columns).transpose()?;
    let says_something = columns.is_some() || description.is_some();
    Ok(says_something.then(|| Described { dataset: Address::of(dataset), columns, description }))
}

fn columns(schema: &DatasetSchema) -> Result<String> {
    let columns = schema.fields.iter().map(|field| Column {
        name: cut(&field.name, LONGEST_COLUMN),
        data_type: cut(field.field_type.as_deref().unwrap_or("unknown"), LONGEST_COLUMN),
        description: cut(field.description.as_deref().unwrap_or_default(), LONGEST_TEXT),
        classification: Classification::Internal,
        tags: Vec::new(),
        drift: None,
    });
    serde_json::to_string(&columns.collect::<Vec<_>>()).map_err(Error::fault)
}
