//! Worker processes: started when needed, one request each at a time, killed when they overrun.

mod process;
mod rules;
mod turns;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use lakeport_frame::{
    Check, CheckOutcome, Frame, LakeError, Query, Readable, TableInfo, TableRef, TableVersion,
};
use tokio::time::{Instant, timeout};

use crate::protocol::{
    Ask, ColumnLineage, DemoProgress, DemoRequest, DemoSummary, Hello, MaskKey, Reply, Request, Storage,
};
use process::Worker;
use turns::{Party, Turn, Turns};

/// After this time without a request a worker ends.
const IDLE: Duration = Duration::from_mins(5);
/// Demo data is one long request with limits of its own.
const DEMO_DEADLINE: Duration = Duration::from_mins(30);
const DEMO_CPU_SECONDS: u64 = 3_600;
const DEMO_MEMORY_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// Threads of a worker that compute at the same time: its processor time runs at most this much faster.
const THREADS: u32 = 3;

/// How workers are started and bounded.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// The program whose [`worker_main`](crate::worker_main) is run, usually the current executable.
    pub program: PathBuf,
    /// Its arguments, usually the hidden subcommand `worker`.
    pub args: Vec<String>,
    /// Most workers at a time.
    pub workers: usize,
    /// Requests that may wait for a worker; one more is answered [`LakeError::Busy`]. One person's may take half of it.
    pub queue: usize,
    /// Longest time for one request, from its start in a worker; also the longest wait before that.
    pub deadline: Duration,
    /// Memory of one worker in bytes; 1 GiB serves tables of several million rows.
    pub memory_bytes: u64,
    /// Processor time of one worker in seconds, over its whole life. A worker is replaced long before; the
    /// limit is there for the case that nobody is left to do so. At least eight deadlines.
    pub cpu_seconds: u64,
    /// How object stores are reached.
    pub storage: Storage,
    /// Folders and URLs below which tables may lie; nothing else is read.
    pub roots: Vec<String>,
}

/// All lake work goes through here. Clones share the workers.
#[derive(Debug, Clone)]
pub struct WorkerPool {
    shared: Arc<Shared>,
    /// Who asks by this clone.
    party: Party,
}

#[derive(Debug)]
struct Shared {
    options: PoolOptions,
    turns: Arc<Turns>,
    idle: Mutex<Vec<(Instant, Worker)>>,
    reaping: AtomicBool,
    next_id: AtomicU64,
    mask_key: OnceLock<MaskKey>,
}

impl WorkerPool {
    /// A pool; workers start with the first requests.
    pub fn new(options: PoolOptions) -> Self {
        let workers = options.workers.max(1);
        let shared = Shared {
            turns: Turns::new(workers, options.queue),
            idle: Mutex::new(Vec::new()),
            reaping: AtomicBool::new(false),
            next_id: AtomicU64::new(1),
            mask_key: OnceLock::new(),
            options,
        };
        Self { shared: Arc::new(shared), party: None }
    }

    /// The same workers for one person's requests: people take turns, and one of them never holds all workers.
    #[must_use]
    pub fn asked_by(&self, person: &str) -> Self {
        Self { shared: Arc::clone(&self.shared), party: Some(person.into()) }
    }

    /// From now on, what is masked as a hash is hashed under this key; until then it is refused. A key that was given
    /// stays: hashes of one run can be joined.
    pub fn mask_under(&self, key: MaskKey) {
        self.shared.mask_key.get_or_init(|| key);
    }

    /// What the log says about a table.
    ///
    /// # Errors
    /// Any [`LakeError`].
    pub async fn describe(&self, table: TableRef) -> Result<TableInfo, LakeError> {
        match self.ask(Request::Describe { table }).await? {
            Reply::Described(info) => Ok(info),
            _ => Err(mixed_up()),
        }
    }

    /// The newest `limit` entries of a table's history, newest first.
    ///
    /// # Errors
    /// Any [`LakeError`].
    pub async fn history(&self, table: TableRef, limit: u32) -> Result<Vec<TableVersion>, LakeError> {
        match self.ask(Request::History { table, limit }).await? {
            Reply::History(versions) => Ok(versions),
            _ => Err(mixed_up()),
        }
    }

    /// The first rows of what may be read of a table; at most 200.
    ///
    /// # Errors
    /// Any [`LakeError`]; [`LakeError::NotGranted`] where the table has none of the columns.
    pub async fn preview(&self, table: Readable, limit: u32) -> Result<Frame, LakeError> {
        match self.ask(Request::Preview { table, limit }).await? {
            Reply::Rows(frame) => Ok(frame),
            _ => Err(mixed_up()),
        }
    }

    /// Runs a guarded statement over exactly its tables.
    ///
    /// # Errors
    /// Any [`LakeError`]; [`LakeError::Refused`] when the statement is not allowed or not understood.
    pub async fn query(&self, query: Query) -> Result<Frame, LakeError> {
        match self.ask(Request::Query { query }).await? {
            Reply::Rows(frame) => Ok(frame),
            _ => Err(mixed_up()),
        }
    }

    /// Checks promises on a table; one outcome each, in their order. A rule that does not end is stopped after half the
    /// time of a request; the others keep their outcomes.
    ///
    /// # Errors
    /// Any [`LakeError`] when the table as a whole cannot be checked.
    pub async fn check(&self, table: TableRef, checks: Vec<Check>) -> Result<Vec<CheckOutcome>, LakeError> {
        let _turn = self.turn().await?;
        rules::checked(&self.shared, table, checks).await
    }

    /// Where the columns of a statement come from. The parameters need values of the right types, as for
    /// [`query`](Self::query); nothing is run.
    ///
    /// # Errors
    /// Any [`LakeError`].
    pub async fn lineage(&self, query: Query) -> Result<Vec<ColumnLineage>, LakeError> {
        match self.ask(Request::Lineage { query }).await? {
            Reply::Lineage(columns) => Ok(columns),
            _ => Err(mixed_up()),
        }
    }

    /// Writes demo tables in a worker of its own, outside the queue and with longer limits.
    ///
    /// # Errors
    /// Any [`LakeError`].
    pub async fn demo(
        &self,
        request: DemoRequest,
        mut progress: impl FnMut(DemoProgress) + Send,
    ) -> Result<DemoSummary, LakeError> {
        let mut hello = self.shared.hello();
        hello.cpu_seconds = DEMO_CPU_SECONDS;
        hello.memory_bytes = hello.memory_bytes.max(DEMO_MEMORY_BYTES);
        let work = async {
            let mut worker = Worker::start(&self.shared.options, &hello).await?;
            let request = Request::Demo { demo: request };
            worker.exchange(self.shared.ask(request), &mut progress).await
        };
        match timeout(DEMO_DEADLINE, work).await {
            Ok(reply) => match reply? {
                Reply::Demo(summary) => Ok(summary),
                _ => Err(mixed_up()),
            },
            Err(_) => Err(too_slow(DEMO_DEADLINE)),
        }
    }

    async fn ask(&self, request: Request) -> Result<Reply, LakeError> {
        let _turn = self.turn().await?;
        self.shared.answer(request, self.shared.options.deadline).await
    }

    /// Waits until a worker is free for whoever asks.
    async fn turn(&self) -> Result<Turn, LakeError> {
        let turn = self.shared.turns.take(self.party.clone());
        timeout(self.shared.options.deadline, turn).await.ok().flatten().ok_or_else(busy)
    }
}

impl Shared {
    fn ask(&self, request: Request) -> Ask {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        Ask { id, request, key: self.mask_key.get().cloned() }
    }

    fn hello(&self) -> Hello {
        Hello {
            memory_bytes: self.options.memory_bytes,
            cpu_seconds: self.options.cpu_seconds,
            storage: self.options.storage.clone(),
            roots: self.options.roots.clone(),
        }
    }

    /// Asks a worker, and ends it when it takes longer than `deadline`.
    async fn answer(self: &Arc<Self>, request: Request, deadline: Duration) -> Result<Reply, LakeError> {
        let started = Instant::now();
        let work = async {
            let mut worker = match self.waiting() {
                Some(worker) => worker,
                None => Worker::start(&self.options, &self.hello()).await?,
            };
            let reply = worker.exchange(self.ask(request), &mut |_| {}).await;
            Ok((worker, reply))
        };
        // A future that is dropped here takes its worker with it, so no answer can reach another request.
        match timeout(deadline, work).await {
            Ok(Ok((worker, reply))) => {
                self.keep(worker, started.elapsed());
                reply
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(too_slow(deadline)),
        }
    }

    /// The worker that rested least: its tables are the likeliest to be the ones asked for again.
    fn waiting(&self) -> Option<Worker> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((_, mut worker)) = idle.pop() {
            if worker.is_alive() {
                return Some(worker);
            }
        }
        None
    }

    fn keep(self: &Arc<Self>, mut worker: Worker, busy: Duration) {
        worker.busy += busy;
        let spent = worker.busy.saturating_mul(THREADS).as_secs();
        if !worker.is_alive() || spent > self.options.cpu_seconds / 2 {
            return;
        }
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((Instant::now(), worker));
        if !self.reaping.swap(true, Ordering::AcqRel) {
            tokio::spawn(reap(Arc::downgrade(self)));
        }
    }
}

/// Ends workers nobody needs; ends itself with the last of them or with the pool.
async fn reap(pool: Weak<Shared>) {
    loop {
        tokio::time::sleep(IDLE / 4).await;
        let Some(shared) = pool.upgrade() else { return };
        let mut idle = shared.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(since, _)| since.elapsed() < IDLE);
        if idle.is_empty() {
            shared.reaping.store(false, Ordering::Release);
            return;
        }
    }
}

fn busy() -> LakeError {
    LakeError::Busy("Too many queries are running; try again in a moment.".to_owned())
}

fn too_slow(deadline: Duration) -> LakeError {
    LakeError::TooSlow(format!(
        "The answer took longer than {} seconds and was stopped; filter or group the data more narrowly.",
        deadline.as_secs_f64()
    ))
}

/// Cannot happen with a worker of the same build; another program may stand behind the path.
fn mixed_up() -> LakeError {
    LakeError::Fault("A worker answered another question than it was asked.".to_owned())
}
