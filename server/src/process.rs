//! From a configuration to a running portal.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use chrono::NaiveDate;
use lakeport_lake::{PoolOptions, WorkerPool};
use lakeport_portal::lake::mask_key;
use lakeport_portal::notify::Mailer;
use lakeport_portal::{Clock, Ctx, DemoClock, Settings, SystemClock};
use lakeport_portal::{people, readings, snapshot};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

use crate::auth::{Auth, COMPANY, DemoIssuer, Provider, Registration};
use crate::config::Config;
use crate::connections::Limits;
use crate::lake_bridge::LakeBridge;
use crate::router;
use crate::shared::Shared;
use crate::state::{self, Purpose, State};
use crate::stop::Stop;
use crate::{connections, demo, jobs, mail, observe, private};

/// Time that requests in flight are given after a signal to stop.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(15);
/// Pause between two looks whether another replica changed the catalog: whoever asks finds its newest state ready.
const CATALOG_EVERY: Duration = Duration::from_millis(500);
/// Time that the last round is given in which readings are written.
const LAST_READINGS: Duration = Duration::from_secs(5);
/// Requests that may wait for each worker before callers are told to come back later. A dashboard asks some ten at once.
const WAITING_PER_WORKER: usize = 128;

/// What kind of portal this process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A company's own.
    Serve,
    /// The invented company, with its own sign-in and a clock that can be moved.
    Demo,
}

/// A portal with everything it needs.
pub struct Process {
    /// Its configuration.
    pub config: Arc<Config>,
    /// The use cases' context.
    pub ctx: Ctx,
    /// The lake's worker processes.
    pub pool: Arc<WorkerPool>,
    /// What its handlers share.
    pub shared: Shared,
    /// The last day of the demo's tables, for those who wait for it.
    pub days: watch::Sender<Option<NaiveDate>>,
    mailer: Arc<dyn Mailer>,
    _state: State,
}

impl Process {
    /// Opens the database and prepares sign-in, mail and workers. Nothing is listened on yet.
    ///
    /// # Errors
    /// When the database or the mail settings cannot be used.
    pub async fn start(config: Config, mode: Mode) -> Result<Self, Stop> {
        let program = own_program()?;
        Self::start_with(config, mode, program).await
    }

    /// Like [`Process::start`], with another program as the lake's worker: tests are not that program themselves.
    ///
    /// # Errors
    /// When the database or the mail settings cannot be used.
    pub async fn start_with(config: Config, mode: Mode, worker: PathBuf) -> Result<Self, Stop> {
        let state = state::open(&config, Purpose::Serve).await?;
        let pool = Arc::new(pool(&config, worker));
        let days = watch::Sender::new(None);
        let bridge = match mode {
            Mode::Serve => LakeBridge::new(Arc::clone(&pool)),
            Mode::Demo => LakeBridge::of_demo(Arc::clone(&pool), days.subscribe()),
        };
        let ctx = prepare(&state, &config, mode, bridge, index_dir(&config)).await?;
        ctx.index.keep_ready();
        people::administrators::settle_all(&ctx).await?;
        let mailer = mail::mailer(&config, mode == Mode::Demo)?;
        let auth = Arc::new(auth(&config, mode)?);
        let config = Arc::new(config);
        let shared = Shared::new(ctx.clone(), Arc::clone(&config), auth, Arc::clone(&pool));
        Ok(Self { config, ctx, pool, shared, days, mailer, _state: state })
    }

    /// Everything that answers, as one router.
    pub fn router(&self) -> Router {
        router::router(&self.shared)
    }

    /// Answers until the process is told to stop, then lets requests in flight end.
    ///
    /// # Errors
    /// When the part that listens ends by itself.
    pub async fn serve(self, listener: TcpListener) -> Result<(), Stop> {
        observe::record_metrics();
        let jobs = jobs::begin(&self.ctx, &self.mailer, self.config.jobs);
        let (router, limits) = (self.router(), Limits::of(&self.config));
        let catalog = tokio::spawn(snapshot::keep_following(self.ctx.clone(), CATALOG_EVERY));
        let (stop, stopped) = oneshot::channel::<()>();
        let mut server = tokio::spawn(async move {
            connections::serve(listener, router, limits, async { _ = stopped.await }).await;
        });
        let ended = tokio::select! {
            ended = &mut server => Some(ended),
            () = shutdown_signal() => None,
        };
        catalog.abort();
        let farewell = async {
            if let Some(ended) = ended {
                return ended;
            }
            tracing::info!("stopping");
            drop(stop);
            tokio::time::timeout(SHUTDOWN_GRACE, server).await.unwrap_or_else(|_| {
                tracing::warn!("some requests were still running after {} s", SHUTDOWN_GRACE.as_secs());
                Ok(())
            })
        };
        // Side by side: no other process waits for requests to end before it goes on with the jobs.
        let (ended, ()) = tokio::join!(farewell, jobs::end(jobs, &self.ctx));
        // The last requests may have read something, and no job writes it any more.
        let written = tokio::time::timeout(LAST_READINGS, readings::write(&self.ctx)).await;
        if !matches!(written, Ok(Ok(()))) {
            tracing::warn!("the readings of the last seconds could not be written");
        }
        ended.map_err(|error| Stop::fault(format!("The portal ended unexpectedly: {error}.")))
    }
}

/// A portal for a command that does not serve.
pub struct Opened {
    ctx: Ctx,
    _state: State,
}

impl Opened {
    /// The use cases' context.
    pub fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// Ends its connections to the database. Who wrote much does so: where nobody else has the file open, `SQLite` takes its
    /// log back into it, which whoever opens the file next would otherwise have to read.
    pub async fn close(self) {
        self.ctx.db.close().await;
    }
}

/// The portal of this configuration, for a command.
///
/// # Errors
/// When its database cannot be used now, as [`state::open`] says.
pub async fn open(config: &Config, purpose: Purpose) -> Result<Opened, Stop> {
    open_with(state::open(config, purpose).await?, config).await
}

/// A portal over a database that is open.
///
/// # Errors
/// When the database cannot be used.
pub async fn open_with(state: State, config: &Config) -> Result<Opened, Stop> {
    let ctx = prepare(&state, config, Mode::Serve, lake(config)?, None).await?;
    Ok(Opened { ctx, _state: state })
}

/// The folder of the search index, closed to other users as all that is in it tells of the catalog.
/// Where there can be none, searches are answered from memory.
fn index_dir(config: &Config) -> Option<PathBuf> {
    let folder = config.index_dir();
    match private::folder(&folder) {
        Ok(()) => Some(folder),
        Err(error) => {
            let folder = folder.display();
            tracing::warn!(%folder, %error, "the search index is kept in memory: it can have no folder");
            None
        }
    }
}

/// The context over a migrated database. Only who serves keeps a search index on the disk.
async fn prepare(
    state: &State,
    config: &Config,
    mode: Mode,
    lake: LakeBridge,
    index_dir: Option<PathBuf>,
) -> Result<Ctx, Stop> {
    let db = state.db().clone();
    let demo = mode == Mode::Demo;
    if demo {
        demo::claim(&db, config).await?;
    }
    db.migrate().await?;
    if demo {
        people::mark_as_demo(&db).await?;
    }
    lake.mask_under(mask_key(&db).await?);
    let clock: Arc<dyn Clock> = if demo { Arc::new(DemoClock::default()) } else { Arc::new(SystemClock) };
    let settings = Settings {
        public_url: config.public_url(),
        lake_root: config.lake_root(),
        storage_roots: config.storage_roots.clone(),
        index_dir,
        results_mb: config.result_cache_mb,
        demo,
        policies: config.policy.policies(),
        required_hd: if demo { Some(COMPANY.to_owned()) } else { config.oidc_hd.clone() },
        administrators: config.administrators.clone(),
        leavers: config.leavers,
        former_days: config.lineage_former_days,
    };
    let ctx = Ctx::new(db, clock, Arc::new(lake), settings);
    people::refresh_clock(&ctx).await?;
    Ok(ctx)
}

/// The lake for one look from the command line.
///
/// # Errors
/// When the program's own file cannot be found.
pub fn lake(config: &Config) -> Result<LakeBridge, Stop> {
    Ok(LakeBridge::new(Arc::new(pool(config, own_program()?))))
}

fn own_program() -> Result<PathBuf, Stop> {
    std::env::current_exe()
        .map_err(|error| Stop::fault(format!("The program's own file cannot be found: {error}.")))
}

/// The workers. Whoever has some is closed to them first.
fn pool(config: &Config, program: PathBuf) -> WorkerPool {
    private::process();
    let query_seconds = u64::from(config.query_seconds);
    WorkerPool::new(PoolOptions {
        program,
        args: vec!["worker".to_owned()],
        workers: usize::from(config.workers),
        queue: usize::from(config.workers) * WAITING_PER_WORKER,
        deadline: Duration::from_secs(query_seconds),
        memory_bytes: u64::from(config.worker_memory_mb) * 1024 * 1024,
        cpu_seconds: (query_seconds * 8).max(600),
        storage: config.storage.clone(),
        roots: std::iter::once(config.lake_root()).chain(config.storage_roots.iter().cloned()).collect(),
    })
}

fn auth(config: &Config, mode: Mode) -> Result<Auth, Stop> {
    let address = config.public_url();
    let (registration, issuer) = match mode {
        Mode::Demo => {
            let issuer = DemoIssuer::new(&address)?;
            (issuer.registration(), Some(issuer))
        }
        Mode::Serve => {
            let missing = |key: &str| Stop::usage(format!("\"{key}\" is not set."));
            let url = config.oidc_issuer.as_ref().ok_or_else(|| missing("oidc_issuer"))?;
            let url = Registration::issuer_address(url);
            let registration = Registration {
                issuer: url.clone(),
                identity_issuer: url,
                client_id: config.oidc_client_id.clone().ok_or_else(|| missing("oidc_client_id"))?,
                client_secret: config.oidc_client_secret.clone(),
                hosted_domain: config.oidc_hd.clone(),
                redirect_uri: format!("{address}/auth/callback"),
            };
            (registration, None)
        }
    };
    Ok(Auth {
        provider: Provider::new(registration)?,
        demo_issuer: issuer,
        secure: config.is_secure(),
        address,
    })
}

/// Binds the address.
///
/// # Errors
/// In particular when another program has the port.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, Stop> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Stop::fault(format!(
            "Port {} of {} is in use by another program. Stop it, or choose another with --listen {}:PORT.",
            address.port(),
            address.ip(),
            address.ip()
        )),
        _ => Stop::fault(format!("{address} cannot be listened on: {error}.")),
    })
}

/// Waits for the signals with which a process is stopped.
async fn shutdown_signal() {
    use tokio::signal::unix::{SignalKind, signal};

    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => _ = signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
