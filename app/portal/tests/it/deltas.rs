//! The catalog in memory follows the changes, and holds what a whole look at the database finds.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use lakeport_model::people::{MemberSource, Role};
use lakeport_model::{PersonId, TokenId};
use lakeport_portal::Ctx;
use lakeport_portal::catalog::Snapshot;
use lakeport_portal::lineage::{Direction, Edges};
use lakeport_portal::policy::rules::{Operator, SignIn, TakeEvents};
use lakeport_portal::policy::{Authorized, Import};
use lakeport_portal::store::catalog::{AssetRow, DomainRow, VersionRow};
use lakeport_portal::store::changes::{self, Touched};
use lakeport_portal::store::lineage::{EdgeRow, batch};
use lakeport_portal::store::people::{Person, Token};
use lakeport_portal::store::{Tx, catalog as store, import, people as persons};
use uuid::Uuid;

use crate::world::{World, on_both, settings};

const DOMAINS: [&str; 4] = ["north", "south", "group", ""];
/// The last two are named as SQL names tables: texts of dashboards can read them.
const ASSETS: [&str; 5] = ["a", "b", "c", "d.x", "e.y"];
const PRODUCTS: [&str; 3] = ["p", "q", "r"];
const CONTRACTS: [&str; 3] = ["k", "l", "m"];
const JOBS: [&str; 3] = ["test/x", "test/y", ""];
/// Spellings of two addresses.
const NAMES: [&str; 4] = ["one", " one", "two words", "two  words"];
const CHANGES: usize = 240;

/// Throws that are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("it is small") % sides
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }

    fn coin(&mut self) -> bool {
        self.roll(2) == 0
    }

    fn person(&mut self) -> PersonId {
        PersonId(Uuid::from_u128(1 + self.roll(4) as u128))
    }
}

fn asset(id: &str) -> Touched {
    Touched::Asset(id.to_owned())
}

/// A snapshot in a form that two of them can be compared by.
fn form(snapshot: &Snapshot) -> String {
    let edges = &snapshot.edges;
    let mut bare = snapshot.clone();
    bare.edges = Edges::default();
    let listed = edges.listed();
    let mut form = format!("{bare:#?}\n{listed:#?}\n");
    for edge in &listed.0 {
        let ends = edges.node(&edge.source).zip(edges.node(&edge.target));
        let flow = ends.and_then(|(source, target)| edges.between(source, target)).expect("it is an edge");
        let jobs: Vec<_> = flow.jobs().map(|job| edges.job(job)).collect();
        let columns: BTreeSet<_> = flow.columns().collect();
        writeln!(form, "{} {}: {jobs:?} {columns:?}", edge.source, edge.target).expect("it is a text");
    }
    let ends = listed.0.iter().flat_map(|edge| [&edge.source, &edge.target]);
    for asset in listed.1.iter().map(|used| &used.asset).chain(ends) {
        let class = edges.node(asset).and_then(|node| snapshot.class(node));
        writeln!(form, "{asset} is of {class:?}").expect("it is a text");
    }
    for id in ASSETS {
        let node = edges.node(id);
        let up: Vec<_> = edges.upstream(id).collect();
        let down = node.into_iter().flat_map(|node| edges.neighbours(node, Direction::Downstream));
        let down: Vec<_> = down.map(|target| edges.asset(target)).collect();
        writeln!(form, "{id}: {up:?} {down:?}").expect("it is a text");
        for job in node.into_iter().flat_map(|node| edges.readers(node).chain(edges.writers(node))) {
            let assets: Vec<_> = edges.assets_of(job).map(|asset| edges.asset(asset)).collect();
            writeln!(form, "{}: {assets:?}", edges.job(job)).expect("it is a text");
        }
    }
    form
}

impl World {
    pub(crate) async fn noted(&self, touched: Vec<Touched>) {
        let mut tx = self.ctx.db.write().await.expect("it can be written");
        changes::touch(&mut tx, touched, self.now()).await.expect("it is noted");
        tx.commit_unrecorded("a test").await.expect("it lasts");
    }

    /// Something happens to the catalog; answers what it touched.
    async fn change(&self, dice: &mut Dice) -> Vec<Touched> {
        if dice.roll(4) == 0 {
            return self.removal(dice).await;
        }
        let mut tx = self.ctx.db.write().await.expect("it can be written");
        let touched = match dice.roll(13) {
            0 => domain(&mut tx, dice).await,
            1 | 2 => member(&mut tx, dice).await,
            3 => person(&mut tx, dice, self.now()).await,
            4 | 5 => described(&mut tx, dice, self.now()).await,
            6 => {
                let (id, gone) = (dice.one(&ASSETS), dice.coin());
                let dropped_at = gone.then(|| self.now());
                let row = batch::DatasetRow { asset: id.to_owned(), schema_at: None, dropped_at };
                batch::put_datasets(&mut tx, &events(), &[row]).await.expect("it is written");
                vec![asset(id)]
            }
            7 => {
                let (id, namespace) = (dice.one(&ASSETS), dice.one(&["n", " n"]));
                let alias = (namespace, dice.one(&NAMES), id);
                batch::put_aliases(&mut tx, &events(), &[alias]).await.expect("it is written");
                vec![asset(id)]
            }
            8 | 9 => flow(&mut tx, dice, self.now()).await,
            10 => {
                let (id, text) = product(dice);
                let domain = dice.one(&DOMAINS);
                let text = text.replace("DOMAIN", domain);
                let row = (id, domain, text.as_str());
                import::put_products(&mut tx, &files().allows(), &[row], self.now())
                    .await
                    .expect("it is written");
                vec![Touched::Product(id.to_owned())]
            }
            11 => {
                let (row, place) = version(dice, self.now());
                import::put_versions(&mut tx, &files().allows(), &[(&row, place)], self.now())
                    .await
                    .expect("it is written");
                vec![Touched::Contract(row.contract)]
            }
            _ => {
                let (id, text) = dashboard(dice);
                let row = (id, text.as_str());
                import::put_dashboards(&mut tx, &files().allows(), &[row], self.now())
                    .await
                    .expect("it is written");
                vec![Touched::Dashboard(id.to_owned())]
            }
        };
        tx.commit_unrecorded("a test").await.expect("it lasts");
        touched
    }

    /// Something is gone.
    async fn removal(&self, dice: &mut Dice) -> Vec<Touched> {
        let (table, column, ids) = match dice.roll(7) {
            0 => ("asset", "id", &ASSETS[..]),
            1 => ("product", "id", &PRODUCTS[..]),
            2 => ("contract_version", "contract", &CONTRACTS[..]),
            3 => ("dashboard", "id", &ASSETS[..]),
            4 => ("lineage_edge", "target", &ASSETS[..]),
            5 => ("lineage_use", "asset", &ASSETS[..]),
            _ => ("domain", "id", &DOMAINS[..]),
        };
        let id = dice.one(ids);
        self.execute(&format!("DELETE FROM {table} WHERE {column} = '{id}'")).await.expect("it is removed");
        let name = id.to_owned();
        vec![match table {
            "product" => Touched::Product(name),
            "contract_version" => Touched::Contract(name),
            "dashboard" => Touched::Dashboard(name),
            "domain" => Touched::Domain(name),
            _ => Touched::Asset(name),
        }]
    }
}

fn files() -> Authorized<Import> {
    Operator::Command.proof().allows()
}

fn events() -> Authorized<TakeEvents> {
    TakeEvents::Scope.proof()
}

async fn domain(tx: &mut Tx, dice: &mut Dice) -> Vec<Touched> {
    let id = dice.one(&DOMAINS[..3]);
    let parent = dice.one(&["north", "group", "nowhere", id]);
    let row = DomainRow {
        id: id.to_owned(),
        name: dice.one(&["Numbers", "Letters"]).to_owned(),
        parent: (parent != id).then(|| parent.to_owned()),
        description: String::new(),
    };
    store::put_domain(tx, &files(), &row).await.expect("it is written");
    vec![Touched::Domain(id.to_owned())]
}

async fn member(tx: &mut Tx, dice: &mut Dice) -> Vec<Touched> {
    let (domain, person) = (dice.one(&DOMAINS[..3]), dice.person());
    let known = store::domains(tx).await.expect("they are read");
    let is_there = persons::by_id(tx, person).await.expect("it answers").is_some();
    if !is_there || known.iter().all(|known| known.id != domain) {
        return Vec::new();
    }
    if dice.roll(3) == 0 {
        persons::remove_member(tx, &files().allows(), domain, person).await.expect("it is written");
    } else {
        let role = [Role::Member, Role::Steward, Role::Owner][dice.roll(3)];
        persons::put_member(tx, &files().allows(), domain, person, role, MemberSource::Page)
            .await
            .expect("it is written");
    }
    // Both say so.
    vec![if dice.coin() { Touched::Domain(domain.to_owned()) } else { Touched::Person(person) }]
}

async fn person(tx: &mut Tx, dice: &mut Dice, now: chrono::DateTime<chrono::Utc>) -> Vec<Touched> {
    let id = dice.person();
    if persons::by_id(tx, id).await.expect("it answers").is_none() {
        let new = Person::new(id, format!("{id}@x.example"), "Somebody".to_owned());
        persons::insert(tx, &files().allows(), &new, now).await.expect("it is written");
        return vec![Touched::Person(id)];
    }
    match dice.roll(3) {
        0 => persons::rename(tx, &SignIn::Known.proof(), id, dice.one(&["Aylin", "Jonas"]))
            .await
            .expect("it is written"),
        1 => {
            let since = dice.coin().then_some(now);
            persons::set_disabled(tx, &Operator::Command.proof().allows(), id, since)
                .await
                .expect("it is written");
        }
        _ => {
            let account = TokenId(Uuid::from_u128(100 + dice.roll(3) as u128));
            if persons::token(tx, account).await.expect("it answers").is_none() {
                let row = persons::service_account(account, "nightly load");
                persons::insert(tx, &files().allows(), &row, now).await.expect("it is written");
                let token = Token {
                    id: account,
                    name: "nightly load".to_owned(),
                    scopes: String::new(),
                    created_at: now,
                    last_used_at: None,
                    revoked_at: None,
                    owner: None,
                    made_by: Some(dice.person()).filter(|maker| *maker == id),
                    ends_at: None,
                };
                persons::add_token(tx, &Operator::Command.proof().allows(), &token, &account.to_string())
                    .await
                    .expect("it is written");
            } else {
                persons::set_token_owner(tx, &Operator::Command.proof().allows(), account, id)
                    .await
                    .expect("it is written");
            }
            return vec![Touched::Service(account)];
        }
    }
    vec![Touched::Person(id)]
}

async fn described(tx: &mut Tx, dice: &mut Dice, now: chrono::DateTime<chrono::Utc>) -> Vec<Touched> {
    let id = dice.one(&ASSETS);
    let names: Vec<&str> = NAMES.into_iter().chain([id]).collect();
    let (namespace, name) = ("n", dice.one(&names));
    let held = store::assets(tx).await.expect("they are read");
    if held.iter().any(|held| held.id != id && held.name == name) {
        return Vec::new();
    }
    let columns = [
        "[]",
        r#"[{"name":"x","data_type":"text","description":"","classification":"public","tags":["t"],"drift":null}]"#,
        "broken",
    ];
    let row = AssetRow {
        id: id.to_owned(),
        kind: dice.one(&["table", "dashboard", "dashboard", "strange"]).to_owned(),
        layer: dice.coin().then(|| "gold".to_owned()),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        domain: dice.one(&DOMAINS).to_owned(),
        description: String::new(),
        platform: None,
        location: None,
        classification: dice.one(&["public", "internal", "restricted"]).to_owned(),
        tags: "[]".to_owned(),
        columns: dice.one(&columns).to_owned(),
        origin: dice.one(&["file", "lineage"]).to_owned(),
        created_at: Some(now),
    };
    store::put_asset(tx, &files(), &row).await.expect("it is written");
    vec![asset(id)]
}

async fn flow(tx: &mut Tx, dice: &mut Dice, now: chrono::DateTime<chrono::Utc>) -> Vec<Touched> {
    let (target, job) = (dice.one(&ASSETS), dice.one(&JOBS));
    if dice.coin() && !job.is_empty() {
        let (run, writes) = (dice.one(&["", "", "a run"]), dice.coin());
        if run.is_empty() {
            let used = (job.to_owned(), target.to_owned(), writes);
            batch::put_uses(tx, &events(), &[used], now).await.expect("it is written");
        } else {
            let used = (job.to_owned(), run.to_owned(), target.to_owned(), writes);
            batch::put_uses_of_runs(tx, &events(), &[used], now, now).await.expect("it is written");
        }
        return vec![asset(target)];
    }
    let former_since = (!job.is_empty() && dice.coin()).then_some(now);
    let edge = |source: &str, columns: &str| EdgeRow {
        source: source.to_owned(),
        target: target.to_owned(),
        job: job.to_owned(),
        columns: columns.to_owned(),
        seen_at: now,
        former_since,
    };
    let columns = dice.one(&["[]", r#"[["a","b"]]"#]);
    batch::put_edges(tx, &events(), &[edge(dice.one(&ASSETS), columns)]).await.expect("it is written");
    vec![asset(target)]
}

fn product(dice: &mut Dice) -> (&'static str, String) {
    let id = dice.one(&PRODUCTS);
    if dice.roll(5) == 0 {
        return (id, "kind: [".to_owned());
    }
    let mut text = format!(
        "apiVersion: v1.1.0\nkind: DataProduct\nid: {id}\nstatus: active\nname: {id}\n{}outputPorts:\n",
        if dice.roll(4) == 0 { "" } else { "domain: \"DOMAIN\"\n" }
    );
    for number in 0..=dice.roll(2) {
        let contract = dice.one(&["k", "l", "m", ""]);
        let contract = if contract.is_empty() { String::new() } else { format!("contractId: {contract}, ") };
        let asset = dice.one(&["a", "b", "c", "nowhere"]);
        writeln!(
            text,
            "- {{name: port{number}, version: 1.0.0, {contract}customProperties: [{{property: asset, value: {asset}}}]}}"
        )
        .expect("it is a text");
    }
    (id, text)
}

fn version(dice: &mut Dice, now: chrono::DateTime<chrono::Utc>) -> (VersionRow, usize) {
    let (contract, place) = (dice.one(&CONTRACTS), dice.roll(3));
    let domain = dice.one(&["domain: north\n", "domain: south\n", "domain: nowhere\n", ""]);
    let status = dice.one(&["active", "active", "draft"]);
    let version = format!("1.{place}.0");
    let document = if dice.roll(5) == 0 {
        "kind: [".to_owned()
    } else {
        format!(
            "apiVersion: v3.0.2\nkind: DataContract\nid: {contract}\nname: {contract}\nversion: {version}\n\
             status: {status}\n{domain}"
        )
    };
    let row = VersionRow { contract: contract.to_owned(), version, document, published_at: Some(now) };
    (row, place)
}

fn dashboard(dice: &mut Dice) -> (&'static str, String) {
    let (id, product) = (dice.one(&ASSETS), dice.one(&["product: p\n", "product: q\n", ""]));
    if dice.roll(4) == 0 {
        return (id, "no front matter".to_owned());
    }
    let title = dice.one(&["Sales", "Costs"]);
    let reads = match (title, product) {
        ("Sales", "") => "",
        ("Sales", _) => "reads: [d.x]\n",
        _ => "reads: [d.x, e.y]\n",
    };
    let front = format!("title: {title}\nowner: somebody\ndescription: About\n{product}{reads}");
    (id, format!("---\n{front}---\n# {title}\n"))
}

on_both! { empty =>
    async fn what_is_held_is_always_what_a_whole_look_finds(world) {
        let mut was_filled = false;
        for seed in 1..=3 {
            let mut dice = Dice(seed);
            for step in 0..CHANGES / 3 {
                let mut touched = Vec::new();
                for _ in 0..=dice.roll(3) {
                    touched.extend(world.change(&mut dice).await);
                }
                world.noted(touched.clone()).await;
                let held = world.ctx.snapshot().await.expect("it follows");
                let anew = Ctx::new(world.ctx.db.clone(), world.clock.clone(), world.lake.clone(), settings());
                let whole = anew.snapshot().await.expect("it is read");
                assert_eq!(held.change, whole.change);
                was_filled |= !held.assets.is_empty() && !held.members.is_empty();
                let (held, whole) = (form(&held), form(&whole));
                let differ = held.lines().zip(whole.lines()).find(|(held, whole)| held != whole);
                assert!(held == whole, "seed {seed}, step {step}, {touched:?}: {differ:?}\n{held}\n{whole}");
            }
        }
        assert!(was_filled, "the company is not always empty");
    }
}
