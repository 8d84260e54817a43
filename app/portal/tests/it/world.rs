//! A small company to test in: the demo's own files, a clock that stands still, a lake that answers as it is told.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use lakeport_model::access::{GrantLine, NewRequest};
use lakeport_model::people::Viewer;
use lakeport_model::{GrantId, RequestId};
use lakeport_portal::access::{Leavers, Policies};
use lakeport_portal::catalog::{self, ImportReport, SourceFile};
use lakeport_portal::dashboards::RESULTS_MB;
use lakeport_portal::{
    Actor, Call, Clock, Ctx, Db, Error, FixedClock, Refusal, ServiceAccount, Settings, SystemClock, access,
    jobs, new_id, people,
};
use tempfile::TempDir;

use crate::lake::FakeLake;
use crate::post::Post;

/// Which database a world lives in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Where the database is, so that it can be taken away again.
enum Home {
    Folder { _folder: TempDir, url: String },
    Server { admin: String, url: String, name: String },
}

pub(crate) struct World {
    pub(crate) ctx: Ctx,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) lake: Arc<FakeLake>,
    pub(crate) post: Post,
    home: Home,
}

/// The same scenario on both databases: `on_both! { demo => async fn name(world) { .. } }`.
macro_rules! on_both {
    ($make:ident => $(async fn $name:ident($world:ident) $body:block)*) => {$(
        async fn $name($world: &$crate::world::World) $body

        mod $name {
            use $crate::world::{Engine, World, run};

            #[test]
            fn sqlite() {
                run(World::$make(Engine::Sqlite), |world| Box::pin(super::$name(world)));
            }

            #[test]
            fn postgres() {
                run(World::$make(Engine::Postgres), |world| Box::pin(super::$name(world)));
            }
        }
    )*};
}
pub(crate) use on_both;

/// Work that is not done yet. Boxed: the body of an `async fn` is compiled again in every codegen unit that awaits it, with
/// all that it awaits itself, and nearly every scenario awaits what stands here.
pub(crate) type Work<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Runs a scenario in a world, if there is a database for it.
pub(crate) fn run(world: Work<'_, Option<World>>, scenario: for<'w> fn(&'w World) -> Work<'w, ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(async {
        if let Some(world) = world.await {
            scenario(&world).await;
        }
    });
}

/// Runs a statement of the administrator, from wherever we are.
fn administer(admin: String, sql: String) {
    let work = async move {
        let pool = sqlx::PgPool::connect(&admin).await.expect("the PostgreSQL of the tests answers");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await.expect("the statement runs");
    };
    let run = || tokio::runtime::Runtime::new().expect("a runtime starts").block_on(work);
    std::thread::scope(|scope| scope.spawn(run).join().expect("the administrator's thread ends well"));
}

fn home(engine: Engine) -> Option<Home> {
    Some(match engine {
        Engine::Sqlite => {
            let folder = tempfile::tempdir().expect("a folder can be made");
            let url = format!("sqlite://{}", folder.path().join("portal.db").display());
            Home::Folder { _folder: folder, url }
        }
        Engine::Postgres => {
            let admin = crate::corpus::postgres()?;
            let name = format!("it_{}", new_id(SystemClock.now()).simple());
            administer(admin.clone(), format!("CREATE DATABASE {name}"));
            let (address, options) = admin.split_once('?').unwrap_or((&admin, ""));
            let server = address.rsplit_once('/').expect("the address names a database").0;
            let url = format!("{server}/{name}?{options}");
            Home::Server { admin, url, name }
        }
    })
}

impl Drop for World {
    fn drop(&mut self) {
        if let Home::Server { admin, name, .. } = &self.home {
            administer(admin.clone(), format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// The demo's files, as `lakeport demo` imports them.
pub(crate) fn mesh() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server/demo/mesh");
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder can be listed") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).expect("it lies below the root").display().to_string();
                let text = std::fs::read_to_string(&path).expect("the file is text");
                files.push(SourceFile { path: name, text });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

pub(crate) fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

/// The refusal a call ended with.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("a refusal was expected, not {other:?}"),
    }
}

/// A call of this viewer that comes in now.
pub(crate) fn call<'a>(ctx: &'a Ctx, viewer: &'a Viewer) -> Pin<Box<dyn Future<Output = Call> + Send + 'a>> {
    Box::pin(async move { Call::new(ctx, viewer.clone()).await.expect("the call is let in") })
}

/// A token that Sofia answers for.
pub(crate) fn token(name: &str, scopes: Vec<String>) -> people::NewToken {
    let owner = Some("sofia.lindqvist@nordkauf.example".to_owned());
    people::NewToken { name: name.to_owned(), scopes, owner, days: None }
}

pub(crate) fn settings() -> Settings {
    Settings {
        public_url: "https://data.nordkauf.example".to_owned(),
        lake_root: "/lake".to_owned(),
        storage_roots: Vec::new(),
        index_dir: None,
        results_mb: RESULTS_MB,
        demo: false,
        policies: Policies::default(),
        required_hd: None,
        administrators: Vec::new(),
        leavers: Leavers::End,
        former_days: 30,
    }
}

impl World {
    /// A portal without anything in it.
    pub(crate) fn empty(engine: Engine) -> Work<'static, Option<Self>> {
        Box::pin(async move {
            let home = home(engine)?;
            let clock = Arc::new(FixedClock::new("2026-12-01T08:00:00Z".parse().expect("a moment")));
            let lake = Arc::new(FakeLake::default());
            let (Home::Folder { url, .. } | Home::Server { url, .. }) = &home;
            let db = Db::connect(url).await.expect("the database can be opened");
            db.migrate().await.expect("the tables can be made");
            let ctx = Ctx::new(db, clock.clone(), lake.clone(), settings());
            // Whoever looks after a change sees it, however slow the machine is.
            ctx.snapshots.wait_at_most(Duration::from_mins(1));
            Some(Self { ctx, clock, lake, post: Post::default(), home })
        })
    }

    /// The portal with the demo's company in it.
    pub(crate) fn demo(engine: Engine) -> Work<'static, Option<Self>> {
        Box::pin(async move {
            let world = Self::empty(engine).await?;
            world.import(mesh()).await;
            Some(world)
        })
    }

    /// Another process on the same database, with changed settings.
    pub(crate) fn replica(&self, clock: Arc<dyn Clock>, settings: Settings) -> Work<'_, Ctx> {
        Box::pin(async move {
            let (Home::Folder { url, .. } | Home::Server { url, .. }) = &self.home;
            let db = Db::connect(url).await.expect("the database can be opened");
            let ctx = Ctx::new(db, clock, self.lake.clone(), settings);
            ctx.snapshots.wait_at_most(Duration::from_mins(1));
            ctx
        })
    }

    pub(crate) fn import(&self, files: Vec<SourceFile>) -> Work<'_, ImportReport> {
        Box::pin(async move {
            let report = catalog::import(&self.ctx, &Actor::System("test"), files, false).await;
            report.unwrap_or_else(|error| panic!("{error}"))
        })
    }

    /// A file says anew how sensitive a table of the demo is.
    pub(crate) async fn classify(&self, table: &str, domain: &str, classification: &str) -> ImportReport {
        let location = table.replace('.', "/");
        let text = format!(
            "apiVersion: lakeport/v1\nkind: Assets\nnamespace: lakehouse\ndomain: {domain}\nassets:\n\
             - {{id: {table}, kind: table, layer: gold, description: Now {classification}, location: {location}, \
             classification: {classification}}}\n"
        );
        self.import(vec![file("classified.yaml", &text)]).await
    }

    /// A domain below the group with these members only.
    pub(crate) async fn staff(&self, domain: &str, members: &[(&str, &str)]) {
        let members: Vec<String> = members
            .iter()
            .map(|(name, role)| format!("{{email: {name}@nordkauf.example, role: {role}}}"))
            .collect();
        let text = format!(
            "apiVersion: lakeport/v1\nkind: Domain\nid: {domain}\nname: {domain}\ndescription: Numbers\n{}members: [{}]\n",
            if domain == "group" { "" } else { "parent: group\n" },
            members.join(", ")
        );
        self.import(vec![file("staffed.yaml", &text)]).await;
    }

    /// The person with this address at the demo's company.
    pub(crate) fn viewer<'a>(&'a self, name: &'a str) -> Work<'a, Viewer> {
        Box::pin(async move {
            let email = format!("{name}@nordkauf.example");
            let viewer = people::viewer_by_email(&self.ctx, &email).await.expect("the database answers");
            viewer.unwrap_or_else(|| panic!("{email} is not known"))
        })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Today plus some days.
    pub(crate) fn day(&self, days: i64) -> NaiveDate {
        self.now().date_naive() + TimeDelta::days(days)
    }

    pub(crate) fn travel(&self, days: i64) {
        self.clock.set(self.now() + TimeDelta::days(days));
    }

    /// One visit of the job runner.
    pub(crate) fn sweep(&self) -> Work<'_, u32> {
        Box::pin(async move { jobs::run_due(&self.ctx, &self.post).await.expect("the sweep ends well") })
    }

    /// Asks for a port until so many days from now, with the terms accepted.
    pub(crate) fn ask<'a>(
        &'a self,
        who: &'a str,
        port: &'a str,
        days: i64,
    ) -> Work<'a, Result<RequestId, Error>> {
        Box::pin(async move {
            let viewer = self.viewer(who).await;
            let form = access::request_form(&call(&self.ctx, &viewer).await, &port.into()).await?;
            let new = NewRequest {
                port: port.into(),
                purpose: format!("{who} compares suppliers"),
                ends_on: self.day(days),
                contract_version: form.contract.map(|(_, version)| version),
            };
            access::request(&call(&self.ctx, &viewer).await, new).await
        })
    }

    /// Approves a request in the revision it has now.
    pub(crate) fn approve<'a>(&'a self, who: &'a str, id: RequestId) -> Work<'a, Result<(), Error>> {
        Box::pin(async move {
            let viewer = self.viewer(who).await;
            let revision = access::decide_page(&call(&self.ctx, &viewer).await, id).await?.revision;
            access::approve(&call(&self.ctx, &viewer).await, id, revision, None, String::new()).await
        })
    }

    /// A grant that was asked for and approved by these people.
    pub(crate) async fn granted(&self, who: &str, port: &str, days: i64, approvers: &[&str]) -> GrantId {
        let id = self.ask(who, port, days).await.expect("the request is taken");
        for approver in approvers {
            self.approve(approver, id).await.expect("the approval is taken");
        }
        self.grants(who).await.first().expect("there is a grant").id
    }

    /// A person's grants, newest first.
    pub(crate) fn grants<'a>(&'a self, who: &'a str) -> Work<'a, Vec<GrantLine>> {
        Box::pin(async move {
            access::my_grants(&call(&self.ctx, &self.viewer(who).await).await)
                .await
                .expect("the grants are listed")
        })
    }

    /// A person's grant by id.
    pub(crate) async fn grant(&self, who: &str, id: GrantId) -> GrantLine {
        self.grants(who).await.into_iter().find(|line| line.id == id).expect("it is a grant of this person")
    }

    /// Titles of every message to a person, newest first.
    pub(crate) fn inbox<'a>(&'a self, who: &'a str) -> Work<'a, Vec<String>> {
        Box::pin(async move {
            let sql = sqlx::AssertSqlSafe(format!(
                "SELECT title FROM notification WHERE person = (SELECT id FROM person WHERE email = '{who}@nordkauf.example') \
                 ORDER BY id DESC"
            ));
            let found: Result<Vec<String>, sqlx::Error> = match &self.ctx.db {
                Db::Sqlite(pool, _) => sqlx::query_scalar(sql).fetch_all(pool).await,
                Db::Postgres(pool, _) => sqlx::query_scalar(sql).fetch_all(pool).await,
            };
            found.expect("the messages are read")
        })
    }

    /// How many messages in a person's inbox begin so.
    pub(crate) async fn told(&self, who: &str, beginning: &str) -> usize {
        self.inbox(who).await.iter().filter(|title| title.starts_with(beginning)).count()
    }

    /// A service account that may ask for access, with its secret.
    pub(crate) fn account<'a>(&'a self, name: &'a str) -> Work<'a, (String, ServiceAccount)> {
        Box::pin(async move {
            let new = token(name, vec!["access:write".to_owned()]);
            let made = people::create_token(&self.ctx, &Actor::System("cli"), new).await;
            let secret = made.expect("it is made");
            let account = people::authenticate(&self.ctx, &secret).await.expect("it answers");
            (secret, account.expect("it is known"))
        })
    }

    /// Asks as this viewer, for a month, with the terms accepted.
    pub(crate) fn ask_as<'a>(&'a self, viewer: &'a Viewer, port: &'a str) -> Work<'a, RequestId> {
        Box::pin(async move {
            let form =
                access::request_form(&call(&self.ctx, viewer).await, &port.into()).await.expect("it may ask");
            let new = NewRequest {
                port: port.into(),
                purpose: "Nightly report".to_owned(),
                ends_on: self.day(30),
                contract_version: form.contract.map(|(_, version)| version),
            };
            access::request(&call(&self.ctx, viewer).await, new).await.expect("the request is taken")
        })
    }

    /// Where a request stands.
    pub(crate) fn request_state(&self, id: RequestId) -> Work<'_, String> {
        Box::pin(async move {
            let mut tx = self.ctx.db.read().await.expect("it answers");
            let request = lakeport_portal::store::access::request(&mut tx, id).await.expect("it answers");
            request.expect("it is there").state.to_string()
        })
    }

    /// Runs a statement behind the portal's back.
    pub(crate) fn execute<'a>(&'a self, sql: &'a str) -> Work<'a, Result<u64, sqlx::Error>> {
        Box::pin(async move {
            let sql = sqlx::AssertSqlSafe(sql.to_owned());
            match &self.ctx.db {
                Db::Sqlite(pool, _) => Ok(sqlx::query(sql).execute(pool).await?.rows_affected()),
                Db::Postgres(pool, _) => Ok(sqlx::query(sql).execute(pool).await?.rows_affected()),
            }
        })
    }

    /// The one text a query answers.
    pub(crate) fn text<'a>(&'a self, sql: &'a str) -> Work<'a, String> {
        Box::pin(async move {
            let sql = sqlx::AssertSqlSafe(sql.to_owned());
            let found: Result<String, sqlx::Error> = match &self.ctx.db {
                Db::Sqlite(pool, _) => sqlx::query_scalar(sql).fetch_one(pool).await,
                Db::Postgres(pool, _) => sqlx::query_scalar(sql).fetch_one(pool).await,
            };
            found.expect("the query answers a text")
        })
    }

    /// The one number a query answers.
    pub(crate) fn number<'a>(&'a self, sql: &'a str) -> Work<'a, i64> {
        Box::pin(async move {
            let sql = sqlx::AssertSqlSafe(sql.to_owned());
            let found: Result<i64, sqlx::Error> = match &self.ctx.db {
                Db::Sqlite(pool, _) => sqlx::query_scalar(sql).fetch_one(pool).await,
                Db::Postgres(pool, _) => sqlx::query_scalar(sql).fetch_one(pool).await,
            };
            found.expect("the query answers a number")
        })
    }
}
