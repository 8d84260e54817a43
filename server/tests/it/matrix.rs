//! The route matrix: who may ask for what. Every route and every call of the pages stands in `matrix.txt`, and every
//! cell of it is driven over HTTP in a portal of its own.

use std::collections::BTreeSet;
use std::path::PathBuf;

use axum::http::Method;
use chrono::Days;
use lakeport_app::App;
use lakeport_model::Scope;
use lakeport_portal::{Clock as _, SystemClock};
use leptos::server_fn::axum::server_fn_paths;
use tempfile::TempDir;

use crate::world::{Browser, Happened, PEOPLE, World};

const MATRIX: &str = include_str!("matrix.txt");

/// One line of the matrix.
#[derive(Debug)]
struct Row {
    method: Method,
    pattern: String,
    /// The address to ask for.
    address: String,
    /// What to send.
    body: String,
    /// Statuses for a stranger, a member, an owner, a steward and an administrator.
    people: Vec<u16>,
    /// The scope that opens it, and the status then.
    scope: Option<(String, u16)>,
}

/// Calls that only read, though they are sent as POST like all calls of pages.
const READS: &[&str] = &[
    "account",
    "asset",
    "asset_history",
    "asset_revision",
    "audit_page",
    "certifying",
    "check_asset",
    "check_assets",
    "check_contract",
    "check_dashboard",
    "check_product",
    "column",
    "contract",
    "contract_history",
    "contract_revision",
    "dashboard",
    "dashboard_history",
    "dashboard_revision",
    "dashboard_view",
    "dashboards",
    "decide_page",
    "dismissed_personal",
    "domain_assets",
    "edit_asset",
    "edit_contract",
    "edit_dashboard",
    "edit_product",
    "edit_term",
    "following",
    "glossary",
    "graph",
    "home",
    "impact",
    "impact_page",
    "inbox",
    "live_results",
    "my_grants",
    "my_requests",
    "new_asset",
    "new_contract",
    "new_dashboard",
    "new_product",
    "new_term",
    "person",
    "personal_suggestions",
    "preview",
    "product",
    "product_history",
    "product_revision",
    "profile",
    "proposal",
    "proposals",
    "quick_search",
    "request_form",
    "retiring",
    "review_desk",
    "search",
    "shell",
    "term",
    "term_history",
    "term_revision",
    "to_decide",
    "tokens",
];

impl Row {
    fn changes(&self) -> bool {
        self.method != Method::GET
            && !self.pattern.strip_prefix("/fn/").is_some_and(|name| READS.contains(&name))
    }
}

fn rows() -> Vec<Row> {
    let lines = MATRIX.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines.map(row).collect()
}

fn row(line: &str) -> Row {
    let words: Vec<&str> = line.split_whitespace().collect();
    assert!(words.len() >= 8, "a line has a method, a pattern, what to send and five statuses: {line}");
    let reading = words[0] == "GET";
    let scope = words.get(8).map(|word| {
        let (scope, status) = word.split_once('=').expect("SCOPE=STATUS");
        (scope.to_owned(), status.parse().expect("a status"))
    });
    Row {
        method: words[0].parse().expect("a method"),
        pattern: words[1].to_owned(),
        address: if reading && words[2] != "-" { words[2] } else { words[1] }.to_owned(),
        body: if reading || words[2] == "-" { "" } else { words[2] }.to_owned(),
        people: words[3..8].iter().map(|word| word.parse().expect("a status")).collect(),
        scope,
    }
}

/// The addresses that are asked for, with what happened filled in.
pub(crate) fn addresses(happened: &Happened) -> Vec<String> {
    let reads = rows().into_iter().filter(|row| row.method == Method::GET);
    reads.map(|row| fill(happened, &row.address)).collect()
}

/// The text with the ids of what happened.
fn fill(happened: &Happened, text: &str) -> String {
    let Happened { request, grant, grant_revision, subscription, token, colleague } = happened;
    let day = |days| (SystemClock.now().date_naive() + Days::new(days)).to_string();
    text.replace("{request}", &request.to_string())
        .replace("{grant}", &grant.to_string())
        .replace("{grant_revision}", &grant_revision.to_string())
        .replace("{subscription}", subscription)
        .replace("{token}", token)
        .replace("{colleague}", &colleague.to_string())
        .replace("{soon}", &day(30))
        .replace("{later}", &day(300))
}

/// A database in which things have happened, to be copied for each cell.
struct Template {
    database: PathBuf,
    happened: Happened,
    _data: TempDir,
}

async fn template() -> Template {
    let world = World::with_mesh().await;
    let happened = world.happen().await;
    let data = tempfile::tempdir().unwrap();
    let database = data.path().join("template.db");
    world.ctx().db.backup(&database).await.unwrap();
    Template { database, happened, _data: data }
}

impl Template {
    async fn drive(&self, row: &Row, browser: &mut Browser, token: Option<&str>) -> u16 {
        let mut headers =
            vec![("accept", if row.pattern.starts_with("/fn/") { "application/json" } else { "text/html" })];
        let bearer = token.map(|token| format!("Bearer {token}"));
        match &bearer {
            Some(bearer) => headers.push(("authorization", bearer)),
            None => headers.push(("sec-fetch-site", "same-origin")),
        }
        let (address, body) = (fill(&self.happened, &row.address), fill(&self.happened, &row.body));
        browser.send(row.method.clone(), &address, &body, &headers).await.status.as_u16()
    }
}

/// Everything that is routed: this crate's routes, the pages, and their calls.
pub(crate) fn routed() -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for route in lakeport::router::routes() {
        all.extend(route.methods.iter().map(|method| ((*method).to_owned(), route.path.to_owned())));
    }
    for page in leptos_axum::generate_route_list(App) {
        all.insert(("GET".to_owned(), page.path().to_owned()));
    }
    for (path, method) in server_fn_paths() {
        all.insert((method.to_string(), path.to_owned()));
    }
    all
}

#[tokio::test]
async fn every_route_stands_in_the_matrix() {
    // Building the router registers what the pages call.
    let _world = World::empty().await.process.router();
    let written: BTreeSet<_> = rows().into_iter().map(|row| (row.method.to_string(), row.pattern)).collect();
    let routed = routed();
    let missing: Vec<_> = routed.difference(&written).collect();
    let gone: Vec<_> = written.difference(&routed).collect();
    assert!(missing.is_empty(), "these stand nowhere in matrix.txt: {missing:#?}");
    assert!(gone.is_empty(), "these stand in matrix.txt, but nothing answers them: {gone:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_what_the_matrix_says() {
    let template = template().await;
    let mut world = World::copy_of(&template.database).await;
    let mut wrong = Vec::new();
    for row in rows() {
        if row.pattern == "/readyz" {
            // A portal that listens reads the catalog at its start.
            world.ctx().snapshot().await.unwrap();
        }
        let mut got = vec![template.drive(&row, &mut world.stranger(), None).await];
        for (_, who) in PEOPLE {
            let status = template.drive(&row, &mut world.browser(who).await, None).await;
            got.push(status);
            // What one person changed must not decide what the next one gets.
            if row.changes() && status < 400 {
                world = World::copy_of(&template.database).await;
            }
        }
        if got != row.people {
            wrong.push(format!("{} {} answers {got:?}, not {:?}", row.method, row.pattern, row.people));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_its_scope_says_and_nothing_else() {
    let template = template().await;
    let world = World::copy_of(&template.database).await;
    let mut tokens = Vec::new();
    for scope in Scope::ALL.iter().map(|scope| scope.as_str()) {
        tokens.push((scope, world.token(&[scope]).await));
    }
    tokens.push(("finance:product", world.token_of("maria.keller", &["finance:product"]).await));
    // A portal that listens reads the catalog at its start.
    world.ctx().snapshot().await.unwrap();
    for row in rows() {
        for (scope, token) in &tokens {
            let status = template.drive(&row, &mut world.stranger(), Some(token)).await;
            match &row.scope {
                Some((needed, expected)) if needed == scope || needed == "any" => {
                    assert_eq!(status, *expected, "{} {} with {scope}", row.method, row.pattern);
                }
                Some(_) => assert_eq!(status, 403, "{} {} with {scope}", row.method, row.pattern),
                // Tokens are for the REST interface; elsewhere their bearer is a stranger. Without an origin a
                // change is refused before that.
                None if row.method == Method::GET => {
                    assert_eq!(status, row.people[0], "{} {} with {scope}", row.method, row.pattern);
                }
                None => assert!(
                    status == 403 || status == row.people[0],
                    "{} {} with {scope}",
                    row.method,
                    row.pattern
                ),
            }
        }
    }
}
