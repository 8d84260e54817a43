//! What every use case is given: the database, the time, the lake, the settings.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use lakeport_frame::Place;

use crate::access::{Leavers, Policies};
use crate::catalog::{Index, Looks};
use crate::dashboards::ResultCache;
use crate::lineage::Events;
use crate::people::Senders;
use crate::readings::Readings;
use crate::snapshot::Snapshots;
use crate::{Db, Lake};

/// The time. Rules take it as a parameter; only this trait's implementations ask the system.
pub trait Clock: Send + Sync {
    /// Now, truncated to microseconds (what both databases keep).
    fn now(&self) -> DateTime<Utc>;

    /// Moves the clock to this many seconds ahead of the system's; only the demo's clock can.
    fn set_offset(&self, _seconds: i64) {}
}

/// The system's time.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system for the time")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}

/// The demo's time: ahead of the system's by an offset that the database keeps for all processes.
#[derive(Debug, Default)]
pub struct DemoClock {
    seconds: AtomicI64,
}

impl Clock for DemoClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::seconds(self.seconds.load(Ordering::Relaxed))
    }

    fn set_offset(&self, seconds: i64) {
        self.seconds.store(seconds, Ordering::Relaxed);
    }
}

/// A time that stands where a test put it.
#[derive(Debug)]
pub struct FixedClock {
    microseconds: AtomicI64,
}

impl FixedClock {
    /// A clock that shows `at`.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self { microseconds: AtomicI64::new(at.timestamp_micros()) }
    }

    /// Puts the clock to `at`.
    pub fn set(&self, at: DateTime<Utc>) {
        self.microseconds.store(at.timestamp_micros(), Ordering::Relaxed);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.microseconds.load(Ordering::Relaxed)).unwrap_or_default()
    }
}

/// What configuration decides about the use cases.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address under which people reach the portal, without a trailing slash.
    pub public_url: String,
    /// Folder or URL under which relative table locations lie.
    pub lake_root: String,
    /// Folders and URLs besides `lake_root` below which tables may lie.
    pub storage_roots: Vec<String>,
    /// Where the search index lies; without a folder it is in memory, and made when somebody searches.
    pub index_dir: Option<PathBuf>,
    /// What kept results of dashboards may take together, in MiB.
    pub results_mb: u32,
    /// Demo mode: the clock can be moved.
    pub demo: bool,
    /// Rules per classification.
    pub policies: Policies,
    /// Google Workspace domain a person must belong to.
    pub required_hd: Option<String>,
    /// E-mail addresses of administrators, beside those whom people files name.
    pub administrators: Vec<String>,
    /// What happens to the grants of somebody who is disabled.
    pub leavers: Leavers,
    /// Days after which a former edge of lineage leaves.
    pub former_days: u32,
}

impl Settings {
    /// Every place below which tables may lie.
    pub fn roots(&self) -> Vec<Place> {
        let roots = std::iter::once(&self.lake_root).chain(&self.storage_roots);
        roots.filter_map(|root| Place::of(root, "")).collect()
    }
}

/// What every use case is given. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    /// The portal's own database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The lakehouse.
    pub lake: Arc<dyn Lake>,
    /// The catalog in memory, renewed when it changes.
    pub snapshots: Arc<Snapshots>,
    /// The search index, which follows them.
    pub index: Arc<Index>,
    /// Results of dashboard queries, while their tables keep their version.
    pub results: Arc<ResultCache>,
    /// Readings that wait to be written.
    pub readings: Arc<Readings>,
    /// When tables last changed, as far as anybody looked.
    pub looks: Arc<Looks>,
    /// Lineage events that wait to be kept.
    pub events: Arc<Events>,
    /// Who sends them.
    pub senders: Arc<Senders>,
    /// Configuration.
    pub settings: Arc<Settings>,
    /// When this process began, in real time: of several that are configured in different ways, the newest decides.
    pub started: DateTime<Utc>,
}

impl Ctx {
    /// A context over a migrated database.
    pub fn new(db: Db, clock: Arc<dyn Clock>, lake: Arc<dyn Lake>, settings: Settings) -> Self {
        let index = settings.index_dir.clone().map_or_else(Index::in_memory, Index::on_disk);
        Self {
            db,
            clock,
            lake,
            snapshots: Arc::default(),
            index: Arc::new(index),
            results: Arc::new(ResultCache::new(settings.results_mb)),
            readings: Arc::default(),
            looks: Arc::default(),
            events: Arc::default(),
            senders: Arc::default(),
            settings: Arc::new(settings),
            started: SystemClock.now(),
        }
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}
