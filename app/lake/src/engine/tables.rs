//! Opened tables: kept between requests, brought to the newest version before each use.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use deltalake::DeltaTable;
use deltalake::arrow::array::AsArray as _;
use deltalake::kernel::transaction::PROTOCOL;
use deltalake::logstore::{StorageConfig, commit_uri_from_version, default_logstore};
use futures::TryStreamExt as _;
use lakeport_frame::{LakeError, TableRef};
use object_store::{ObjectStore, ObjectStoreExt as _};

use super::error;
use super::reach::Roots;
use super::storage::{Confined, Location, decode, escapes};
use crate::line::complain;
use crate::protocol::Storage;

/// Beyond so many files a scan is planned over some of them where some are enough.
const MANY_FILES: usize = 1_000;
/// Tables kept open in one worker.
const MAX_OPEN: usize = 64;

/// A table at its newest version, with its paths checked.
pub(crate) struct Opened {
    /// The table.
    pub(crate) table: DeltaTable,
    /// Where it lies.
    pub(crate) location: Location,
    stamp: Stamp,
    /// The version whose paths were checked.
    verified: Option<u64>,
    used: u64,
}

impl Opened {
    /// The first files of the log that hold at least so many rows, where the table has so many files that planning a
    /// scan of all of them takes seconds.
    pub(crate) fn beginning(&self, rows: u32) -> Option<Vec<String>> {
        let log = self.table.snapshot().ok()?.log_data();
        if log.num_files() <= MANY_FILES {
            return None;
        }
        let (mut held, mut files) = (0, Vec::new());
        for file in log {
            let deleted = file.deletion_vector_descriptor().map_or(0, |vector| vector.cardinality);
            let written = file.num_records().and_then(|count| i64::try_from(count).ok());
            // A file that does not say how many rows it has may have none.
            held += written.unwrap_or_default() - deleted;
            files.push(file.path().into_owned());
            if held >= i64::from(rows) || files.len() == MANY_FILES {
                break;
            }
        }
        let plain = |path: &String| {
            path.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_./=".contains(letter))
        };
        if files.iter().all(plain) { Some(files) } else { self.as_written(&files) }
    }

    /// These files by the names that the log writes: other letters can be written in several ways there, and a file under
    /// another one would not be found.
    fn as_written(&self, files: &[String]) -> Option<Vec<String>> {
        let wanted: HashSet<&str> = files.iter().map(String::as_str).collect();
        let mut written = Vec::new();
        for batch in self.table.snapshot().ok()?.add_actions_batches(false).ok()? {
            let paths = batch.column_by_name("path")?.as_string_opt::<i32>()?;
            let found = paths.iter().flatten().filter(|path| wanted.contains(decode(path).as_str()));
            written.extend(found.map(str::to_owned));
        }
        (written.len() == files.len()).then_some(written)
    }
}

/// Tells a commit file from another of the same name: a table may be dropped and made again.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: DateTime<Utc>,
    tag: Option<String>,
}

/// The opened tables of a worker and the stores they lie in.
pub(crate) struct Tables {
    storage: Storage,
    roots: Roots,
    stores: BTreeMap<String, Arc<dyn ObjectStore>>,
    opened: HashMap<String, Opened>,
    clock: u64,
}

impl Tables {
    pub(crate) fn new(storage: Storage, roots: &[String]) -> Self {
        Self { storage, roots: Roots::new(roots), stores: BTreeMap::new(), opened: HashMap::new(), clock: 0 }
    }

    /// The table at its newest version.
    pub(crate) async fn open(&mut self, table: &TableRef) -> Result<&Opened, LakeError> {
        let kept = self.opened.remove(&table.location);
        let mut opened = match kept {
            Some(kept) => match refreshed(kept).await {
                Some(opened) => opened,
                None => self.load(table).await?,
            },
            None => self.load(table).await?,
        };
        if opened.verified != opened.table.version() {
            verify(&table.name, &opened)?;
            opened.verified = opened.table.version();
        }
        self.clock += 1;
        opened.used = self.clock;
        if self.opened.len() >= MAX_OPEN
            && let Some(oldest) =
                self.opened.iter().min_by_key(|(_, opened)| opened.used).map(|(name, _)| name.clone())
        {
            self.opened.remove(&oldest);
        }
        Ok(self.opened.entry(table.location.clone()).or_insert(opened))
    }

    /// One store for each bucket of these tables, each ending at their folders.
    pub(crate) fn confined(&self, tables: &[Location]) -> Vec<(url::Url, Arc<dyn ObjectStore>)> {
        let mut stores: BTreeMap<&url::Url, Vec<_>> = BTreeMap::new();
        for location in tables {
            stores.entry(&location.store).or_default().push(location);
        }
        stores
            .into_iter()
            .filter_map(|(url, locations)| {
                let store = Arc::clone(self.stores.get(url.as_str())?);
                Some((url.clone(), Arc::new(Confined::new(store, locations)) as Arc<dyn ObjectStore>))
            })
            .collect()
    }

    fn store(&mut self, location: &Location) -> Result<Arc<dyn ObjectStore>, LakeError> {
        if let Some(store) = self.stores.get(location.store.as_str()) {
            return Ok(Arc::clone(store));
        }
        let store = location.connect(&self.storage)?;
        self.stores.insert(location.store.to_string(), Arc::clone(&store));
        Ok(store)
    }

    async fn load(&mut self, table: &TableRef) -> Result<Opened, LakeError> {
        let location = Location::of(table, &self.roots)?;
        let store = self.store(&location)?;
        let confined: Arc<dyn ObjectStore> = Arc::new(Confined::new(store, [&location]));
        if !has_log(confined.as_ref(), &location, &table.name).await? {
            return Err(LakeError::TableGone(format!(
                "There is no Delta table at the location of {}: it was not written yet, or it is gone.",
                table.name
            )));
        }
        let fault = |error: &_| error::of_table(&table.name, error);
        // Set up here rather than through the registry of schemes: it knows no s3 without the AWS SDK.
        let options = StorageConfig::default();
        let below =
            options.decorate_store(Arc::clone(&confined), &location.url).map_err(|error| fault(&error))?;
        let log = default_logstore(Arc::from(below), confined, &location.url, &options);
        let mut delta = DeltaTable::new(log);
        delta.load().await.map_err(|error| fault(&error))?;
        let stamp =
            stamp(&delta).await.unwrap_or(Stamp { size: 0, modified: DateTime::UNIX_EPOCH, tag: None });
        Ok(Opened { table: delta, location, stamp, verified: None, used: 0 })
    }
}

/// True when the folder holds at least one commit or checkpoint.
async fn has_log(store: &dyn ObjectStore, location: &Location, name: &str) -> Result<bool, LakeError> {
    let log = location.root.clone().join("_delta_log");
    let mut files = store.list(Some(&log));
    loop {
        match files.try_next().await {
            Ok(Some(file)) => {
                let extension = file.location.extension();
                if extension.is_some_and(|extension| extension == "json" || extension == "parquet") {
                    return Ok(true);
                }
            }
            Ok(None) | Err(object_store::Error::NotFound { .. }) => return Ok(false),
            Err(error @ object_store::Error::PermissionDenied { .. }) => {
                return Err(error::of_table(name, &error.into()));
            }
            Err(error) => {
                complain(format_args!("table {name}: {error}"));
                return Err(LakeError::Fault(format!(
                    "The storage of table {name} cannot be reached; the log has the details."
                )));
            }
        }
    }
}

/// The same table at its newest version; `None` when it is no longer the table that was opened.
async fn refreshed(mut opened: Opened) -> Option<Opened> {
    if stamp(&opened.table).await? != opened.stamp {
        return None;
    }
    let before = opened.table.version();
    opened.table.update_incremental(None).await.ok()?;
    if opened.table.version() != before {
        opened.stamp = stamp(&opened.table).await?;
    }
    Some(opened)
}

async fn stamp(table: &DeltaTable) -> Option<Stamp> {
    let commit = commit_uri_from_version(table.version());
    let meta = table.log_store().object_store(None).head(&commit).await.ok()?;
    Some(Stamp { size: meta.size, modified: meta.last_modified, tag: meta.e_tag })
}

/// Refuses what cannot be read as it is meant, and every path that leaves the folder.
fn verify(name: &str, opened: &Opened) -> Result<(), LakeError> {
    let state = opened.table.snapshot().map_err(|error| error::of_table(name, &error))?;
    let mapped = state.snapshot().table_properties().column_mapping_mode.is_some();
    if let Err(reason) = PROTOCOL.can_read_from_protocol(state.protocol())
        && !mapped
    {
        return Err(error::of_table(name, &reason.into()));
    }
    for file in state.log_data() {
        let vector = file.deletion_vector_descriptor();
        let foreign_vector = vector.is_some_and(|vector| match vector.storage_type {
            deltalake::kernel::StorageType::Inline => false,
            deltalake::kernel::StorageType::AbsolutePath => true,
            deltalake::kernel::StorageType::UuidRelativePath => {
                let id = vector.path_or_inline_dv.len().saturating_sub(20);
                vector.path_or_inline_dv.get(..id).is_none_or(escapes)
            }
        });
        let path = file.path();
        if foreign_vector || escapes(&path) {
            return Err(error::outside(name));
        }
        // No storage takes such a name.
        if path.contains(|letter: char| letter.is_ascii_control()) {
            return Err(error::control_letter(name));
        }
    }
    Ok(())
}
