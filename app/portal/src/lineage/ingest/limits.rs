//! How large an event may be. Whatever an event names is kept for ever and read by everybody.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::said::{Address, Said};
use crate::lineage::job;
use crate::standards::openlineage::Event;
use crate::store::{Tx, lineage as store};
use crate::{Error, Result, text};

/// Most datasets on one side of an event.
pub(super) const MOST_DATASETS: usize = 500;
/// Most connections one event may draw.
pub(super) const MOST_FLOWS: usize = 10_000;
/// Most datasets a job may name before it sends another event: each look at the graph goes through what it uses. An event
/// brings at most those of its two sides.
const MOST_OF_A_JOB: i64 = 10_000;
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
                "\"{field}\" names {count} datasets; an event may name {MOST_DATASETS}. Send one event for each part of \
                 the job."
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

/// Refuses another event of a job that names more than any real one does. Names count, and not the datasets behind them: by
/// their number a sender would learn which names are of one that is hidden from him.
pub(super) async fn job_fits(tx: &mut Tx, job: &str) -> Result<()> {
    if store::names_of(tx, job).await? < MOST_OF_A_JOB {
        return Ok(());
    }
    let text = format!(
        "The job \"{}\" names {MOST_OF_A_JOB} datasets or more, and no event is taken of a job that does. Give its parts \
         names of their own.",
        job::label(job)
    );
    Err(Error::invalid("job", text))
}

/// Refuses names that are too long and runs without a proper id.
pub(super) fn check(event: &Event, said: &Said) -> Result<()> {
    if let Some(run) = event.run()
        && Uuid::parse_str(&run.run_id).is_err()
    {
        return Err(Error::invalid("run.runId", "\"run.runId\" is no UUID, which OpenLineage asks for."));
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
        }
    }
    Ok(())
}

/// The beginning of a text.
pub(super) fn cut(text: &str, longest: usize) -> String {
    text.chars().take(longest).filter(|letter| *letter != '\0').collect()
}
