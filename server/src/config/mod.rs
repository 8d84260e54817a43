//! Configuration: defaults, then `lakeport.toml`, then `LAKEPORT_*` variables, then the command line.
//!
//! It is read once, judged as a whole, and every complaint names the key and where it was set.

mod check;
mod load;
mod policy;
mod secret;
mod show;
mod variables;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use lakeport_lake::Storage;
use lakeport_portal::access::Leavers;
use lakeport_portal::dashboards::RESULTS_MB;
use serde::{Deserialize, Serialize};
use url::Url;

pub use check::is_loopback;
pub use load::{Loaded, Options, load};
pub use policy::{PolicyRules, PolicySection};
pub use secret::Secret;

/// What can be configured. Every key is also a variable: `listen` is `LAKEPORT_LISTEN`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Folder of the portal's own files: the `SQLite` database, the demo's tables.
    pub data: PathBuf,
    /// `sqlite:///PATH` or `postgres://..`; by default a `SQLite` file in the data folder.
    pub database_url: Option<Secret>,
    /// The address people type, without a path.
    pub public_url: Option<Url>,
    /// The OIDC issuer that signs people in.
    pub oidc_issuer: Option<Url>,
    /// The client registered there.
    pub oidc_client_id: Option<String>,
    /// Its secret.
    pub oidc_client_secret: Option<Secret>,
    /// The Google Workspace domain a person must belong to.
    pub oidc_hd: Option<String>,
    /// E-mail addresses of administrators, beside those whom people files name.
    #[serde(deserialize_with = "variables::list")]
    pub administrators: Vec<String>,
    /// What happens to the grants of somebody who is disabled: `end` or `review`.
    pub leavers: Leavers,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "variables::list")]
    pub trusted_proxies: Vec<IpAddr>,
    /// Folder or URL (`s3://`, `gs://`) under which relative table locations lie.
    pub lake_root: Option<String>,
    /// Folders and URLs besides `lake_root` below which tables may lie.
    #[serde(deserialize_with = "variables::list")]
    pub storage_roots: Vec<String>,
    /// Options for object stores.
    pub storage: Storage,
    /// Where mail goes: `smtps://user:password@host:port` or `smtp://..`.
    pub smtp_url: Option<Secret>,
    /// A maildir that mail is written to instead of being sent.
    pub maildir: Option<PathBuf>,
    /// The sender of mail.
    pub mail_from: String,
    /// Worker processes.
    #[serde(deserialize_with = "variables::scalar")]
    pub workers: u16,
    /// Seconds a query may take.
    #[serde(deserialize_with = "variables::scalar")]
    pub query_seconds: u32,
    /// Memory of one worker in MiB.
    #[serde(deserialize_with = "variables::scalar")]
    pub worker_memory_mb: u32,
    /// What kept results of dashboards may take together in MiB.
    #[serde(deserialize_with = "variables::scalar")]
    pub result_cache_mb: u32,
    /// Seconds a request may take in all.
    #[serde(deserialize_with = "variables::scalar")]
    pub request_seconds: u32,
    /// Seconds the head of a request may take, and a connection may be idle.
    #[serde(deserialize_with = "variables::scalar")]
    pub head_seconds: u32,
    /// Seconds the body of a request may take to begin with; every 16 KiB of it give a second more.
    #[serde(deserialize_with = "variables::scalar")]
    pub body_seconds: u32,
    /// Seconds an answer may wait to be read; every 16 KiB of it that leave pay a second back.
    #[serde(deserialize_with = "variables::scalar")]
    pub answer_seconds: u32,
    /// Open connections in all; more wait.
    #[serde(deserialize_with = "variables::scalar")]
    pub connections: u16,
    /// Open connections of one address that is neither this machine's nor a trusted proxy's; more are closed.
    #[serde(deserialize_with = "variables::scalar")]
    pub connections_per_address: u16,
    /// Days after which an edge of lineage leaves that the runs of its jobs no longer draw.
    #[serde(deserialize_with = "variables::scalar")]
    pub lineage_former_days: u32,
    /// What to log, as `tracing` filters: `info`, `lakeport=debug,info`.
    pub log: String,
    /// How to log: lines for people or JSON.
    pub log_format: LogFormat,
    /// Whether this process runs reminders, policy actions, mail and daily checks.
    #[serde(deserialize_with = "variables::scalar")]
    pub jobs: bool,
    /// Whether `/metrics` answers callers that are not on this machine.
    #[serde(deserialize_with = "variables::scalar")]
    pub metrics_public: bool,
    /// Rules of access, a section a classification.
    pub policy: PolicySection,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            data: PathBuf::new(),
            database_url: None,
            public_url: None,
            oidc_issuer: None,
            oidc_client_id: None,
            oidc_client_secret: None,
            oidc_hd: None,
            administrators: Vec::new(),
            leavers: Leavers::default(),
            trusted_proxies: Vec::new(),
            lake_root: None,
            storage_roots: Vec::new(),
            storage: Storage::default(),
            smtp_url: None,
            maildir: None,
            mail_from: "Lakeport <lakeport@localhost>".to_owned(),
            workers: 2,
            query_seconds: 20,
            worker_memory_mb: 2_048,
            result_cache_mb: RESULTS_MB,
            request_seconds: 120,
            head_seconds: 10,
            body_seconds: 15,
            answer_seconds: 30,
            connections: 512,
            connections_per_address: 128,
            lineage_former_days: 30,
            log: "info,tower_sessions=error".to_owned(),
            log_format: LogFormat::default(),
            jobs: true,
            metrics_public: false,
            policy: PolicySection::default(),
        }
    }
}

impl Config {
    /// The address of the portal's own database.
    pub fn database(&self) -> String {
        match &self.database_url {
            Some(url) => url.reveal().to_owned(),
            None => format!("sqlite://{}", self.data.join("portal.db").display()),
        }
    }

    /// The portal's own `SQLite` file; `None` with `PostgreSQL`.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let url = self.database();
        let path = url.strip_prefix("sqlite://")?;
        Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
    }

    /// The address people type, without a trailing slash; by default the one listened on.
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }

    /// True when pages travel over https, so that cookies can be marked `Secure`.
    pub fn is_secure(&self) -> bool {
        self.public_url().starts_with("https://")
    }

    /// Where the search index lies: it is made anew from the database where it is missing.
    pub fn index_dir(&self) -> PathBuf {
        self.data.join("index")
    }

    /// Where relative table locations lie; by default the folder `lake` in the data folder.
    pub fn lake_root(&self) -> String {
        self.lake_root.clone().unwrap_or_else(|| self.data.join("lake").display().to_string())
    }
}
