//! How large an event may be. Whatever an event names is kept for ever and read by everybody.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::prepared::Names;
use super::said::{Address, Said};
use crate::standards::openlineage::Event;
use crate::{Error, Result, text};

/// Most datasets on one side of an event.
pub(super) const MOST_DATASETS: usize = 500;
/// Most datasets that one event names in whatever way, other names and sources of columns included: as many as its two sides
/// may.
const MOST_NAMED: usize = 2 * MOST_DATASETS;
/// Most connections one event may draw.
pub(super) const MOST_FLOWS: usize = 10_000;
/// Most datasets that the events of a job may name before it sends another one: each look at the graph goes through what it
/// uses. The last one brings at most [`MOST_NAMED`]. So with a dataset that events describe outside of jobs.
pub(super) const MOST_OF_ONE: i64 = 10_000;
/// Most pairs of columns one event may name.
const MOST_COLUMN_PAIRS: usize = 50_000;
/// Longest namespace or name, in bytes.
const LONGEST_NAME: usize = 1_000;
/// Longest name or type of a column, in characters.
pub(super) const LONGEST_COLUMN: usize = 300;
/// Longest description, in characters.
pub(super) const LONGEST_TEXT: usize = 4_000;

/// Refuses an event that names more than any real one does, before anything is made of it.
pub(super) fn check_size(event: &Event) -> Result<()> {
    let counts = [("inputs", event.inputs().len()), ("outputs", event.outputs().len())];
    for (field, count) in counts {
        if count > MOST_DATASETS {
            let text = format!(
                "\"{field}\" names {count} datasets; an event may name {MOST_DATASETS} there. Send one event for each \
                 part of the job."
            );
            return Err(Error::invalid(field, text));
        }
    }
    flows_fit(event.inputs().len() * event.outputs().len())
}

fn flows_fit(count: usize) -> Result<()> {
    if count <= MOST_FLOWS {
        return Ok(());
    }
    let text = format!(
        "The event connects {count} pairs of datasets; an event may connect {MOST_FLOWS}. Send one event for each part \
         of the job."
    );
    Err(Error::invalid("outputs", text))
}

/// Refuses an event whose job, or the dataset that it describes outside of jobs, names more already than any real one
/// does.
pub(super) fn names_fit(names: &Names, count: i64) -> Result<()> {
    if count < MOST_OF_ONE {
        return Ok(());
    }
    let Names { field, label, .. } = names;
    let text = format!(
        "The {field} \"{label}\" names {MOST_OF_ONE} datasets or more, and no event is taken of a {field} that does. \
         Give its parts names of their own."
    );
    Err(Error::invalid(field, text))
}

/// Refuses what names too much in whatever way, names that are too long and runs without a proper id.
pub(super) fn check(event: &Event, said: &Said) -> Result<()> {
    if let Some(run) = event.run()
        && Uuid::parse_str(&run.run_id).is_err()
    {
        return Err(Error::invalid("run.runId", "\"run.runId\" is no UUID, which OpenLineage asks for."));
    }
    let named = said.addresses().into_iter().collect::<BTreeSet<_>>().len();
    if named > MOST_NAMED {
        let text = format!(
            "The event names {named} datasets, other names and sources of columns included; an event may name \
             {MOST_NAMED}. Send one event for each part."
        );
        return Err(Error::invalid("event", text));
    }
    flows_fit(said.flows.len())?;
    let pairs: usize = said.flows.values().map(BTreeSet::len).sum();
    if pairs > MOST_COLUMN_PAIRS {
        let text =
            format!("The event connects {pairs} pairs of columns; an event may connect {MOST_COLUMN_PAIRS}.");
        return Err(Error::invalid("outputs", text));
    }
    let job = event.job().map(|job| ("job", job.namespace.as_str(), job.name.as_str()));
    let datasets = said
        .addresses()
        .into_iter()
        .map(|Address(namespace, name)| ("dataset", namespace.as_str(), name.as_str()));
    for (what, namespace, name) in job.into_iter().chain(datasets) {
        for (part, text) in [("namespace", namespace), ("name", name)] {
            if text.len() > LONGEST_NAME {
                let text =
                    format!("The {part} of a {what} has {} bytes; {LONGEST_NAME} are allowed.", text.len());
                return Err(Error::invalid("name", text));
            }
            if text.contains(char::is_control) {
                let text = format!("The {part} of a {what} holds a control character: {text:?}.");
                return Err(Error::invalid("name", text));
            }
            // The `lineage` facet is read as it came, so that nobody looked at its names yet.
            if text.trim().is_empty() {
                return Err(Error::invalid("name", format!("The {part} of a {what} is blank.")));
            }
            if let Some(letter) = text::hidden(text) {
                let sentence = text::hidden_sentence(letter);
                return Err(Error::invalid("name", format!("The {part} of a {what}: {sentence}")));
            }
            // In search and in drawings it would stand beside the one that it looks like.
            if let Some(letter) = text::disguised(text) {
                let text = format!(
                    "The {part} of a {what} holds U+{:04X} among Latin letters, which is drawn as one of them: {text:?}. \
                     Write each word in one alphabet.",
                    u32::from(letter)
                );
                return Err(Error::invalid("name", text));
            }
        }
    }
    Ok(())
}

/// The beginning of a text.
pub(super) fn cut(text: &str, longest: usize) -> String {
    text.chars().take(longest).filter(|letter| *letter != '\0').collect()
}
