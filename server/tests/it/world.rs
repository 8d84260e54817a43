//! A portal with the demo's mesh, some things that happened in it, and a browser.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use lakeport::auth::Sessions;
use lakeport::config::Config;
use lakeport::process::{Mode, Process};
use lakeport_model::access::NewRequest;
use lakeport_model::glossary::TermText;
use lakeport_model::people::Viewer;
use lakeport_model::{ContractId, GrantId, PersonId, PortId, RequestId};
use lakeport_portal::catalog::{self, SourceFile};
use lakeport_portal::notify::{Mail, Mailer};
use lakeport_portal::people::{self, Actor, Identity, sign_in, viewer_by_email};
use lakeport_portal::{Call, Ctx, access, contracts, glossary, jobs};
use tempfile::TempDir;
use tower::ServiceExt as _;
use tower_sessions::SessionStore as _;
use tower_sessions::session::{Id, Record};

/// The address the test portals believe to have.
pub(crate) const ADDRESS: &str = "http://127.0.0.1:8080";

/// Who a member, an owner, a steward and an administrator are, from the point of view of Finance.
pub(crate) const PEOPLE: [(&str, &str); 4] = [
    ("member", "paula.brandt"),
    ("owner", "maria.keller"),
    ("steward", "ines.hoffmann"),
    ("administrator", "sofia.lindqvist"),
];

/// A portal.
pub(crate) struct World {
    pub(crate) process: Process,
    _data: TempDir,
}

/// Ids of what happened.
#[derive(Debug, Clone)]
pub(crate) struct Happened {
    pub(crate) request: RequestId,
    pub(crate) grant: GrantId,
    pub(crate) grant_revision: i64,
    pub(crate) subscription: String,
    pub(crate) token: String,
    /// A member of Finance.
    pub(crate) colleague: PersonId,
}

impl World {
    /// A portal that nobody has used yet.
    pub(crate) async fn empty() -> Self {
        Self::configured(|_| {}).await
    }

    /// A portal that nobody has used yet, with another configuration.
    pub(crate) async fn configured(change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let process = start_with(data.path(), Mode::Serve, ADDRESS, change).await;
        Self { process, _data: data }
    }

    /// A portal with the demo's mesh.
    pub(crate) async fn with_mesh() -> Self {
        let world = Self::empty().await;
        import(world.ctx()).await;
        world
    }

    /// A portal over a copy of a database.
    pub(crate) async fn copy_of(database: &Path) -> Self {
        let data = tempfile::tempdir().unwrap();
        std::fs::copy(database, data.path().join("portal.db")).unwrap();
        let process = start(data.path(), Mode::Serve, ADDRESS).await;
        Self { process, _data: data }
    }

    pub(crate) fn ctx(&self) -> &Ctx {
        &self.process.ctx
    }

    pub(crate) async fn viewer(&self, who: &str) -> Viewer {
        let email = format!("{who}@nordkauf.example");
        viewer_by_email(self.ctx(), &email)
            .await
            .unwrap()
            .unwrap_or_else(|| panic!("{who} is not in the mesh"))
    }

    /// A browser of somebody who is signed in.
    pub(crate) async fn browser(&self, who: &str) -> Browser {
        let mut browser = Browser::new(self.process.router());
        let viewer = self.viewer(who).await;
        let ends = time::OffsetDateTime::now_utc() + time::Duration::hours(1);
        let data = [("person".to_owned(), serde_json::to_value(viewer.id).unwrap())].into();
        let mut record = Record { id: Id::default(), data, expiry_date: ends };
        Sessions::new(self.ctx().clone()).create(&mut record).await.unwrap();
        browser.cookies.insert("lakeport".to_owned(), record.id.to_string());
        browser
    }

    /// A browser of nobody.
    pub(crate) fn stranger(&self) -> Browser {
        Browser::new(self.process.router())
    }

    /// A token with these scopes.
    pub(crate) async fn token(&self, scopes: &[&str]) -> String {
        let email = "sofia.lindqvist@nordkauf.example".to_owned();
        if viewer_by_email(self.ctx(), &email).await.unwrap().is_none() {
            let identity = Identity {
                issuer: "https://id.example".to_owned(),
                subject: "sofia".to_owned(),
                email,
                email_verified: true,
                name: "Sofia Lindqvist".to_owned(),
                hd: None,
            };
            sign_in(self.ctx(), &identity).await.unwrap();
        }
        self.token_of("sofia.lindqvist", scopes).await
    }

    /// A token with these scopes that this person answers for.
    pub(crate) async fn token_of(&self, who: &str, scopes: &[&str]) -> String {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let owner = Some(format!("{who}@nordkauf.example"));
        let new = people::NewToken { name: "pipeline".to_owned(), scopes, owner, days: None };
        people::create_token(self.ctx(), &Actor::System("test"), new).await.unwrap()
    }

    /// Leaves of a table of the mesh a log that nobody can read.
    pub(crate) fn damage(&self, table: &str) {
        let root = PathBuf::from(self.process.config.lake_root());
        let log = root.join(table.replace('.', "/")).join("_delta_log");
        std::fs::create_dir_all(&log).unwrap();
        std::fs::write(log.join("00000000000000000000.json"), "no JSON\n").unwrap();
    }

    /// Does what happens without somebody asking, until nothing is left to do. Mail goes nowhere.
    pub(crate) async fn settle(&self) {
        for _ in 0..50 {
            if jobs::run_due(self.ctx(), &Nowhere).await.unwrap() == 0 {
                return;
            }
        }
        panic!("the runner never comes to an end");
    }

    /// Paula asks twice; Maria grants the first and writes the term `planning-horizon`; Paula subscribes; Sofia makes a token.
    pub(crate) async fn happen(&self) -> Happened {
        let (ctx, paula, maria) =
            (self.ctx(), self.viewer("paula.brandt").await, self.viewer("maria.keller").await);
        let first = ask(ctx, &paula, "sales-forecast/forecast").await;
        let revision = access::decide_page(&call_of(ctx, &maria).await, first).await.unwrap().revision;
        access::approve(&call_of(ctx, &maria).await, first, revision, None, "Fine.".to_owned())
            .await
            .unwrap();
        let grant = access::my_grants(&call_of(ctx, &paula).await).await.unwrap().remove(0);
        let text = TermText {
            name: "Planning horizon".to_owned(),
            definition: "How far a plan looks ahead.".to_owned(),
            products: "sales-forecast".to_owned(),
            ..TermText::default()
        };
        glossary::publish(&call_of(ctx, &maria).await, None, &"finance".into(), 0, &text, "").await.unwrap();
        let request = ask(ctx, &paula, "sales-daily/daily-sales").await;
        let contract = ContractId::from("sales-forecast");
        let version =
            contracts::contract(&call_of(ctx, &paula).await, &contract, None).await.unwrap().shown_version;
        contracts::subscribe(&call_of(ctx, &paula).await, &contract, version, "Plan purchases.".to_owned())
            .await
            .unwrap();
        let subscription = contracts::contract(&call_of(ctx, &paula).await, &contract, None)
            .await
            .unwrap()
            .subscription
            .unwrap();
        self.token(&["catalog:read"]).await;
        let tokens =
            people::tokens(&call_of(ctx, &self.viewer("sofia.lindqvist").await).await).await.unwrap();
        Happened {
            request,
            grant: grant.id,
            grant_revision: grant.revision,
            subscription: subscription.id.to_string(),
            token: tokens[0].id.to_string(),
            colleague: self.viewer("clara.neumann").await.id,
        }
    }
}

/// A call of this viewer that comes in now.
pub(crate) async fn call_of(ctx: &Ctx, viewer: &Viewer) -> Call {
    Call::new(ctx, viewer.clone()).await.unwrap()
}

/// Where mail goes that nobody reads.
struct Nowhere;

#[async_trait]
impl Mailer for Nowhere {
    async fn send(&self, _mail: &Mail) -> Result<(), String> {
        Ok(())
    }
}

/// Starts a portal; its workers are the real program.
pub(crate) async fn start(data: &Path, mode: Mode, address: &str) -> Process {
    start_with(data, mode, address, |_| {}).await
}

async fn start_with(data: &Path, mode: Mode, address: &str, change: impl FnOnce(&mut Config)) -> Process {
    let mut config = Config {
        data: data.to_path_buf(),
        public_url: Some(address.parse().unwrap()),
        // Nobody listens there.
        oidc_issuer: Some("http://127.0.0.1:9/issuer".parse().unwrap()),
        oidc_client_id: Some("portal".to_owned()),
        ..Config::default()
    };
    change(&mut config);
    let process =
        Process::start_with(config, mode, PathBuf::from(env!("CARGO_BIN_EXE_lakeport"))).await.unwrap();
    // Whoever looks after a change sees it, however slow the machine is.
    process.ctx.snapshots.wait_at_most(std::time::Duration::from_mins(1));
    process
}

/// The demo's mesh, as a folder of files.
pub(crate) fn mesh() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/mesh")
}

/// The files of the demo's mesh.
pub(crate) fn mesh_files() -> Vec<SourceFile> {
    let mut files = Vec::new();
    let mut folders = vec![mesh()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                files.push(SourceFile {
                    path: path.strip_prefix(mesh()).unwrap().display().to_string(),
                    text,
                });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Imports the demo's mesh.
pub(crate) async fn import(ctx: &Ctx) {
    catalog::import(ctx, &Actor::System("test"), mesh_files(), false)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    searchable(ctx).await;
}

/// Waits until what was imported is found: the index follows by itself, within a second.
pub(crate) async fn searchable(ctx: &Ctx) {
    let snapshot = ctx.snapshot().await.unwrap();
    assert!(ctx.index.wait_for(snapshot.change), "the index follows");
}

async fn ask(ctx: &Ctx, viewer: &Viewer, port: &str) -> RequestId {
    let form = access::request_form(&call_of(ctx, viewer).await, &PortId::from(port)).await.unwrap();
    let request = NewRequest {
        port: form.port,
        purpose: "Plan purchases.".to_owned(),
        ends_on: form.suggested_end,
        contract_version: form.contract.map(|(_, version)| version),
    };
    access::request(&call_of(ctx, viewer).await, request).await.unwrap()
}

/// What a browser shows.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) bytes: Bytes,
}

impl Reply {
    /// Where it leads.
    pub(crate) fn location(&self) -> &str {
        self.headers.get(LOCATION).expect("a redirect").to_str().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.headers)).to_str().unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// A browser: it keeps cookies and says where its forms come from.
#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        Self { router, cookies: BTreeMap::new() }
    }

    /// The portal it talks to.
    pub(crate) fn into_router(self) -> Router {
        self.router
    }

    pub(crate) async fn get(&mut self, address: &str) -> Reply {
        self.send(Method::GET, address, "", &[]).await
    }

    /// Sends a form of one of the portal's pages.
    pub(crate) async fn post(&mut self, address: &str, form: &str) -> Reply {
        self.send(Method::POST, address, form, &[("sec-fetch-site", "same-origin")]).await
    }

    /// Sends anything.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        address: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(address);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "127.0.0.1:8080");
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, cookies.join("; "));
        }
        if !body.is_empty() && !headers.iter().any(|(name, _)| *name == "content-type") {
            let json = body.starts_with('{');
            let kind = if json { "application/json" } else { "application/x-www-form-urlencoded" };
            request = request.header(CONTENT_TYPE, kind);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        }
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').unwrap();
        if attributes.contains("Max-Age=0") || value.is_empty() {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
