//! Lineage events: `OpenLineage` 2-0-2.
//!
//! The core and the facets the portal uses are typed; every other member is kept as it came. Readers are
//! lenient where senders are: `producer` and `schemaURL` may be missing, `null` counts as missing, and blanks around the
//! names of jobs and datasets do not count.

mod facets;
mod legible;
mod spelling;
mod twice;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

pub use facets::{
    Assertion, ColumnLineage, ColumnLineageField, ColumnSource, DataSource, DatasetFacets, DatasetId,
    DatasetSchema, Documentation, InputFacets, JobFacets, LifecycleChange, LifecycleStateChange, Owner,
    Ownership, Parent, ParentJob, ParentRun, QualityAssertions, Root, RunFacets, SchemaField, Sql, Symlink,
    Symlinks, Transformation,
};

use super::read::{Read, Reader};
use super::yaml::{self, Content, Node, Position};
use super::{FileError, FileErrors};

choice! {
    /// Where a run stands.
    #[derive(Default)]
    pub enum EventType {
        /// It began.
        Start = "START",
        /// It goes on.
        Running = "RUNNING",
        /// It ended well.
        Complete = "COMPLETE",
        /// It was stopped.
        Abort = "ABORT",
        /// It failed.
        Fail = "FAIL",
        /// Says more about it.
        #[default]
        Other = "OTHER",
    }
}

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// About a run of a job.
    Run(Box<RunEvent>),
    /// About a dataset, outside of runs.
    Dataset(Box<DatasetEvent>),
    /// About a job, outside of runs.
    Job(Box<JobEvent>),
}

record! {
    /// What a run read and wrote.
    pub struct RunEvent {
        /// When it happened.
        event_time: DateTime<Utc> = "eventTime",
        /// Where the run stands.
        event_type: Option<EventType> = "eventType",
        /// Who sent it.
        producer: Option<String> = "producer",
        /// Version of the event's schema.
        schema_url: Option<String> = "schemaURL",
        /// The run.
        run: Run = "run",
        /// Its job.
        job: Job = "job",
        /// What it read.
        inputs: Vec<Dataset> = "inputs",
        /// What it wrote.
        outputs: Vec<Dataset> = "outputs",
        ..rest
    }
}

record! {
    /// What is known of a dataset.
    pub struct DatasetEvent {
        /// When it was known.
        event_time: DateTime<Utc> = "eventTime",
        /// Who sent it.
        producer: Option<String> = "producer",
        /// Version of the event's schema.
        schema_url: Option<String> = "schemaURL",
        /// The dataset.
        dataset: Dataset = "dataset",
        ..rest
    }
}

record! {
    /// What is known of a job.
    pub struct JobEvent {
        /// When it was known.
        event_time: DateTime<Utc> = "eventTime",
        /// Who sent it.
        producer: Option<String> = "producer",
        /// Version of the event's schema.
        schema_url: Option<String> = "schemaURL",
        /// The job.
        job: Job = "job",
        /// What it reads.
        inputs: Vec<Dataset> = "inputs",
        /// What it writes.
        outputs: Vec<Dataset> = "outputs",
        ..rest
    }
}

record! {
    /// A run of a job.
    pub struct Run {
        /// Its id, a UUID by the standard.
        run_id: String = "runId",
        /// More about it.
        facets: Option<RunFacets> = "facets",
        ..rest
    }
}

record! {
    /// A job.
    pub struct Job {
        /// Namespace of its scheduler.
        namespace: String = "namespace",
        /// Name within the namespace.
        name: String = "name",
        /// More about it.
        facets: Option<JobFacets> = "facets",
        ..rest
    }
}

record! {
    /// A dataset, read or written.
    pub struct Dataset {
        /// Namespace of its store.
        namespace: String = "namespace",
        /// Name within the namespace.
        name: String = "name",
        /// More about it.
        facets: Option<DatasetFacets> = "facets",
        /// More about this reading of it.
        input_facets: Option<InputFacets> = "inputFacets",
        ..rest
    }
}

impl Event {
    /// Reads one event; `source` is only used in messages.
    ///
    /// # Errors
    /// What is no JSON, with line and column; what is no event, with field, and of a text that is not long
    /// with line and column.
    pub fn from_json(source: &str, text: &str) -> Result<Self, FileErrors> {
        read(source, text)
    }

    /// Reads one event, and says what was left out of it or understood all the same.
    ///
    /// # Errors
    /// As [`Event::from_json`].
    pub fn advised(source: &str, text: &str) -> Result<(Self, Vec<String>), FileErrors> {
        let (event, advice) = read_advised(source, text)?;
        let sentence = |advice: FileError| format!("{}: {}", advice.field, advice.message);
        Ok((event, advice.into_iter().map(sentence).collect()))
    }

    /// When it happened.
    pub fn event_time(&self) -> DateTime<Utc> {
        match self {
            Self::Run(event) => event.event_time,
            Self::Dataset(event) => event.event_time,
            Self::Job(event) => event.event_time,
        }
    }

    /// The job, where the event has one.
    pub fn job(&self) -> Option<&Job> {
        match self {
            Self::Run(event) => Some(&event.job),
            Self::Dataset(_) => None,
            Self::Job(event) => Some(&event.job),
        }
    }

    /// The run, where the event has one.
    pub fn run(&self) -> Option<&Run> {
        if let Self::Run(event) = self { Some(&event.run) } else { None }
    }

    /// What was read.
    pub fn inputs(&self) -> &[Dataset] {
        match self {
            Self::Run(event) => &event.inputs,
            Self::Dataset(_) => &[],
            Self::Job(event) => &event.inputs,
        }
    }

    /// What was written; the dataset of a dataset event counts as such.
    pub fn outputs(&self) -> &[Dataset] {
        match self {
            Self::Run(event) => &event.outputs,
            Self::Dataset(event) => std::slice::from_ref(&event.dataset),
            Self::Job(event) => &event.outputs,
        }
    }
}

impl RunEvent {
    /// Reads a run event; `source` is only used in messages.
    ///
    /// # Errors
    /// As [`Event::from_json`].
    pub fn from_json(source: &str, text: &str) -> Result<Self, FileErrors> {
        read(source, text)
    }
}

/// Reads all events of a text: a JSON array, one JSON value, or one value a line.
///
/// # Errors
/// What is wrong with the first line that is, or with the array.
pub fn events(file: &str, text: &str) -> Result<Vec<Event>, FileErrors> {
    events_advised(file, text).map(|(events, _)| events)
}

/// The same, with what was left out of them or understood all the same.
///
/// # Errors
/// As [`events`].
pub(crate) fn events_advised(file: &str, text: &str) -> Result<(Vec<Event>, Vec<FileError>), FileErrors> {
    if text.trim_start().starts_with('[') {
        return read_advised(file, text);
    }
    if serde_json::from_str::<Value>(text).is_ok() {
        return read_advised(file, text).map(|(event, advice)| (vec![event], advice));
    }
    let (mut events, mut advice) = (Vec::new(), Vec::new());
    for (index, line) in (0u64..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let placed = |mut error: FileError| {
            error.line = error.line.max(1) + index;
            error
        };
        let read = read_advised::<Event>(file, line);
        let (event, more) =
            read.map_err(|errors| FileErrors::sorted(errors.into_iter().map(placed).collect()))?;
        events.push(event);
        advice.extend(more.into_iter().map(placed));
    }
    Ok((events, advice))
}

/// Parses JSON, telling where it ends to be JSON.
pub(crate) fn json(file: &str, text: &str) -> Result<Value, FileErrors> {
    json_advised(file, text).map(|(value, _)| value)
}

/// Parses JSON, with advice about keys that stand twice.
fn json_advised(file: &str, text: &str) -> Result<(Value, Vec<FileError>), FileErrors> {
    let advice = |field| FileError {
        file: file.to_owned(),
        line: 0,
        column: 0,
        field,
        message: "This key stands twice in its object; the last one counts.".to_owned(),
    };
    let read = twice::read(text).map(|(value, twice)| (value, twice.into_iter().map(advice).collect()));
    read.map_err(|error| {
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
        let (line, column) = (error.line() as u64, error.column() as u64);
        FileErrors::single(file, line, column, format!("This is not JSON: {reason}."))
    })
}

fn read<T: Read>(file: &str, text: &str) -> Result<T, FileErrors> {
    read_advised(file, text).map(|(value, _)| value)
}

/// Problems of one text that are told: of an event that a program made, most are alike.
const MOST_TOLD: usize = 50;
/// The longest text, in bytes, of which it is said where in it a problem lies. To look that up takes much longer than to
/// read it, and the field is told all the same.
const LONGEST_PLACED: usize = 64 * 1024;

fn read_advised<T: Read>(file: &str, text: &str) -> Result<(T, Vec<FileError>), FileErrors> {
    let (mut value, mut advice) = json_advised(file, text)?;
    advice.extend(legible::keep(file, &mut value));
    advice.extend(spelling::trim(file, &mut value));
    let node = Node::from_json(value);
    let read = Reader::lenient(file).finish_with_advice(&node).map(|(value, more)| {
        advice.extend(more);
        (value, advice)
    });
    read.map_err(|errors| {
        let mut errors: Vec<FileError> = errors.into_iter().collect();
        let more = errors.len().saturating_sub(MOST_TOLD);
        errors.truncate(MOST_TOLD);
        // JSON is read without places; only when something is wrong they are looked up in the text.
        let placed = (text.len() <= LONGEST_PLACED).then(|| yaml::parse(file, text));
        if let Some(Ok(placed)) = placed {
            for error in &mut errors {
                let at = locate(&placed, &error.field);
                (error.line, error.column) = (at.line, at.column);
            }
        }
        let last = errors.iter_mut().max_by_key(|error| (error.line, error.column));
        if let Some(last) = last.filter(|_| more > 0) {
            last.message = format!("{} {more} more problems are not listed.", last.message);
        }
        FileErrors::sorted(errors)
    })
}

/// Where the field of this path begins, or the nearest member above it that exists.
fn locate(node: &Node, path: &str) -> Position {
    let path = path.strip_prefix('.').unwrap_or(path);
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
    match &node.content {
        Content::Map(entries) => entries
            .iter()
            .filter_map(|entry| {
                Some((entry, path.strip_prefix(entry.key.as_str()).filter(|rest| ends(rest))?))
            })
            .min_by_key(|(_, rest)| rest.len())
            .map_or(node.at, |(entry, rest)| locate(&entry.value, rest)),
        Content::List(items) => {
            let step = path.strip_prefix('[').and_then(|path| path.split_once(']'));
            let item = step.and_then(|(index, rest)| Some((items.get(index.parse::<usize>().ok()?)?, rest)));
            item.map_or(node.at, |(item, rest)| locate(item, rest))
        }
        _ => node.at,
    }
}

impl Read for Event {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if node.get("run").is_some() {
            Read::read(node, reader).map(Self::Run)
        } else if node.get("dataset").is_some() {
            Read::read(node, reader).map(Self::Dataset)
        } else if node.get("job").is_some() {
            Read::read(node, reader).map(Self::Job)
        } else {
            reader.error(node.at, "An event names a run with its job, a dataset, or a job.");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_text_full_of_mistakes_the_first_are_told_and_how_many_there_are() {
        let text = format!("{{\"run\": {{}}, \"job\": {{}}, \"inputs\": [{}]}}", vec!["{}"; 5_000].join(","));
        let errors = Event::from_json("event", &text).expect_err("it is none");
        assert_eq!(errors.iter().count(), MOST_TOLD);
        assert!(errors.to_string().contains(" more problems are not listed."), "{errors}");
    }

    #[test]
    fn a_wrong_field_is_told_with_its_place() {
        let text = "{\"eventTime\": \"2026-01-01T00:00:00Z\",\n \"run\": {\"runId\": 7},\n \"job\": {\"namespace\": \"n\"}}";
        let errors = Event::from_json("event", text).expect_err("two mistakes");
        assert_eq!(
            errors.to_string(),
            "event:2:19: run.runId: This is a number, but text is needed; put it in quotes to make it text.\n\
             event:3:9: job.name: This field is required and is missing."
        );
    }

    #[test]
    fn broken_json_is_told_with_its_place() {
        let errors = events("a.jsonl", "\n{\"eventTime\": }\n{}").expect_err("no JSON");
        assert!(errors.to_string().starts_with("a.jsonl:2:15: This is not JSON: expected value"), "{errors}");
    }

    #[test]
    fn a_time_needs_a_zone() {
        let text = r#"{"eventTime": "yesterday", "job": {"namespace": "n", "name": "j"}}"#;
        let errors = Event::from_json("event", text).expect_err("is no time");
        assert!(errors.to_string().contains("eventTime: \"yesterday\" is not a time"), "{errors}");
    }

    #[test]
    fn what_is_not_known_is_kept() {
        let text = r#"{"eventTime":"2026-01-01T00:00:00Z","dataset":{"namespace":"n","name":"d","facets":{"own":{"a":1},
            "schema":{"_producer":"p","fields":[{"name":"x","type":null}]}}},"more":true}"#;
        let event = Event::from_json("event", text).expect("is an event");
        let facets = event.outputs()[0].facets.as_ref().expect("has facets");
        assert_eq!(facets.rest["own"], serde_json::json!({"a": 1}));
        let again = serde_json::to_string(&event).expect("prints");
        assert_eq!(Event::from_json("event", &again), Ok(event));
        assert!(again.contains("\"_producer\":\"p\"") && again.contains("\"more\":true"), "{again}");
    }
}
