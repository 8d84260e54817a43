//! Sentences on pages that were wrong once.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use lakeport_model::catalog::NOT_DESCRIBED;
use lakeport_model::contracts::CheckState;
use lakeport_model::people::Viewer;
use lakeport_portal::catalog::{self, SourceFile};
use lakeport_portal::contracts;
use lakeport_portal::people::{self, Actor};

use crate::lake::{Tables, Told};
use crate::world::{Browser, World, call_of};

/// The demo's mesh with a row in every table that it places somewhere.
pub(crate) async fn world() -> World {
    world_passing(0).await
}

/// The same; so many checks of each table pass.
async fn world_passing(passing: usize) -> World {
    let world = World::with_mesh().await;
    let snapshot = world.ctx().snapshot().await.unwrap();
    let told = Told { cells: vec![("id".to_owned(), "1".to_owned())], passing, ..Told::default() };
    let placed = snapshot.assets.values().filter(|asset| asset.opens_here());
    let tables: BTreeMap<_, _> = placed.map(|asset| (asset.id.clone(), told.clone())).collect();
    world.over(Tables(tables))
}

impl World {
    async fn browser_of(&self, viewer: &Viewer) -> Browser {
        self.browser(viewer.email.split('@').next().unwrap()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_are_said_to_run_daily_only_where_they_do() {
    let world = world().await;
    let ctx = world.ctx();
    let snapshot = ctx.snapshot().await.unwrap();
    let mut said = BTreeMap::new();
    for contract in snapshot.contracts.values() {
        let owner = snapshot.owners(&snapshot.domain_of(contract)).remove(0);
        let owner = people::viewer(ctx, owner.id).await.unwrap().unwrap();
        let page = world.browser_of(&owner).await.get(&format!("/contracts/{}", contract.id)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", contract.id);
        said.insert(contract.id.clone(), (owner, page.body.contains("they run daily")));
    }
    world.settle().await;
    for (id, (owner, daily)) in &said {
        let page = contracts::contract(&call_of(ctx, owner).await, &id.as_str().into(), None).await.unwrap();
        assert_eq!(page.last_run.is_some(), *daily, "{id}: what was said, and what happened");
    }
    let daily = said.values().filter(|(_, daily)| *daily).count();
    assert!(daily > 0 && daily < said.len(), "there are both kinds: {daily} of {}", said.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_promise_never_stands_behind_those_that_are_kept() {
    let world = world_passing(1).await;
    world.settle().await;
    let david = world.viewer("david.schmid").await;
    let page = contracts::contract(&call_of(world.ctx(), &david).await, &"fact-payments".into(), None)
        .await
        .unwrap();
    let results = page.last_run.expect("the checks have run").results;
    let count = |state| results.iter().filter(|line| line.state == state).count();
    let (kept, stated) = (count(CheckState::Kept), count(CheckState::Stated));
    assert!(kept > 0 && count(CheckState::Broken) > 0, "both kinds are there: {results:?}");
    let page =
        world.browser("david.schmid").await.get("/contracts/fact-payments").await.body.replace("<!>", "");
    let (_, checks) = page.split_once(">Is it kept<").expect("the checks are shown");
    let (checks, _) = checks.split_once("</section>").expect("the part ends");
    let said = format!("{kept} of {} promises kept", results.len() - stated);
    assert!(checks.contains(&said), "{said}: {checks}");
    let (open, folded) = checks.split_once("<details id=\"kept\"").expect("what is kept is folded");
    assert!(open.contains(">Broken</span>") && !open.contains(">Kept</span>"), "{open}");
    assert!(folded.contains(">Kept</span>") && !folded.contains(">Broken</span>"), "{folded}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_to_be_delivered_that_has_no_table() {
    let world = world().await;
    let snapshot = world.ctx().snapshot().await.unwrap();
    let (assistant, cases) = ("competitor-analysis/assistant", "collections/cases");
    let opens = |port: &str| {
        let (_, port) = snapshot.port(&port.into()).expect("it is offered");
        port.asset.as_ref().is_some_and(|asset| snapshot.assets[asset].opens_here())
    };
    assert_eq!([assistant, cases].map(opens), [false, true], "one has no table, the other has one");
    for port in [assistant, cases] {
        world.granted("paula.brandt", port, &["aylin.demir"]).await;
    }
    world.settle().await;
    let page = world.browser("paula.brandt").await.get("/access/grants").await.body;
    let row = |of: &str| page.split("<li>").find(|row| row.contains(of)).expect("it is listed").to_owned();
    let product = |port: &str| format!("href=\"/products/{}\"", port.split('/').next().unwrap());
    assert!(row(&product(cases)).contains("Delivered"), "{page}");
    let assistant = row(&product(assistant));
    assert!(!assistant.contains("Delivered"), "{assistant}");
    assert!(assistant.contains("Not opened in Lakeport; ask its owner for the way in"), "{assistant}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_never_says_that_one_sees_what_is_hidden() {
    let world = world().await;
    let preview = "/assets/silver.dim_customer?tab=preview";
    let page = world.browser("paula.brandt").await.get(preview).await.body;
    assert!(page.contains("You see that this exists, not its values: they need access."), "{page}");
    assert!(!page.contains("You see what this table is"), "she sees its name alone");
}

#[tokio::test]
async fn a_tab_of_a_table_that_is_not_there_never_leaves_the_page_without_an_open_one() {
    let world = World::with_mesh().await;
    let is_open = |link: &str| {
        let link = link.split('>').next().unwrap_or_default();
        link.contains("?tab=overview\"") && link.contains("aria-current=\"page\"")
    };
    for tab in ["preview", "profile", "history", "read"] {
        let address = format!("/assets/gold.collections?tab={tab}");
        let page = world.browser("tom.fischer").await.get(&address).await.body;
        assert!(page.split("<a ").any(is_open), "{tab}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn public_data_is_never_said_to_need_access() {
    let world = world().await;
    let text = "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakehouse\nassets:\n\
                - {id: gold.rates, kind: table, location: gold/rates, classification: public, description: Rates}\n";
    let file = SourceFile { path: "rates.yaml".to_owned(), text: text.to_owned() };
    catalog::import(world.ctx(), &Actor::System("test"), vec![file], false).await.unwrap();
    let page = world.browser("paula.brandt").await.get("/assets/gold.rates?tab=preview").await.body;
    assert!(page.contains(NOT_DESCRIBED) && !page.contains("they need access"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_that_a_preview_offers_is_never_missing() {
    let world = world().await;
    let mut tom = world.browser("tom.fischer").await;
    let page = tom.get("/assets/gold.collections?tab=preview").await.body;
    let address = "/assets/gold.collections/rows.csv";
    assert!(page.contains(&format!("href=\"{address}\"")), "{page}");
    let file = tom.get(address).await;
    assert_eq!((file.status, file.body.as_str()), (StatusCode::OK, "id\r\n1\r\n"));
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert!(file.header("content-disposition").contains("gold.collections-first-1-rows.csv"));
    let closed = world.browser("paula.brandt").await.get(address).await;
    assert_eq!(closed.status, StatusCode::FORBIDDEN, "{}", closed.body);
}

/// The words of the search fields of a page: what they promise to find.
fn promises(page: &str) -> Vec<String> {
    let fields = page.split("<input").skip(1).map(|field| field.split('>').next().unwrap_or_default());
    let words = |field: &str, name: &str| {
        let text = field.split_once(&format!(" {name}=\""))?.1.split('"').next()?;
        Some(text.to_lowercase())
    };
    let search = fields.filter(|field| field.contains("type=\"search\""));
    search.flat_map(|field| ["placeholder", "aria-label"].map(|name| words(field, name))).flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_field_never_promises_what_is_not_found() {
    let world = world().await;
    let mut paula = world.browser("paula.brandt").await;
    let mut hits = async |words: &str| {
        let body = format!(
            "{{\"request\":{{\"q\":\"{words}\",\"kind\":[],\"domain\":[],\"layer\":[],\"classification\":[],\"owner\":[],\
             \"sort\":null,\"offset\":0,\"limit\":100}}}}"
        );
        let headers = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
        let reply = paula.send(Method::POST, "/fn/search", &body, &headers).await;
        reply.json()["hits"].as_array().unwrap().clone()
    };
    // What each word may promise, and whether the search keeps it.
    let found = BTreeMap::from([
        ("data", !hits("collections").await.is_empty()),
        (
            "column",
            hits("booking_date").await.iter().any(|hit| hit["matched_columns"] != serde_json::json!([])),
        ),
        ("sales", !hits("sales").await.is_empty()),
        ("customers", !hits("customers").await.is_empty()),
        ("people", hits("paula brandt").await.iter().any(|hit| hit["kind"] == "person")),
        ("person", hits("paula brandt").await.iter().any(|hit| hit["kind"] == "person")),
        ("domain", hits("controlling").await.iter().any(|hit| hit["kind"] == "domain")),
        ("contract", hits("dim-customer").await.iter().any(|hit| hit["kind"] == "contract")),
    ]);
    assert!(found["data"] && found["column"], "{found:?}");
    let mut reader = world.browser("paula.brandt").await;
    for address in ["/", "/catalog"] {
        let page = reader.get(address).await.body;
        let promises = promises(&page);
        assert!(promises.iter().any(|words| words.contains("data and columns")), "{address}: {promises:?}");
        for words in promises {
            for (word, is_found) in &found {
                assert!(
                    *is_found || !words.contains(word),
                    "{address} promises \"{words}\": no {word} is found"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heading_of_the_filters_never_stands_over_nothing() {
    let world = world().await;
    let mut paula = world.browser("paula.brandt").await;
    for (words, wanted) in [("", 5), ("zzzz", 0)] {
        let page = paula.get(&format!("/catalog?q={words}")).await.body;
        let groups: Vec<&str> = page.split("<legend>").skip(1).collect();
        assert_eq!(groups.len(), wanted, "\"{words}\": {page}");
        for group in groups {
            let group = group.split("</fieldset>").next().unwrap_or_default();
            assert!(group.contains("type=\"checkbox\""), "\"{words}\": {group}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_never_offers_to_request_what_was_requested() {
    let world = world().await;
    let mut paula = world.browser("paula.brandt").await;
    let offer = "/products/sales-forecast/request?port=sales-forecast%2Fforecast";
    let waits = "href=\"/access/requests\" class=\"link\">Requested, ";
    for is_asked in [false, true] {
        if is_asked {
            world.granted("paula.brandt", "sales-forecast/forecast", &[]).await;
        }
        for address in ["/dashboards/sales-forecast", "/dashboards/warehouse-planning"] {
            let page = paula.get(address).await.body.replace("<!>", "");
            assert_eq!(page.contains(offer), !is_asked, "{address}: {page}");
            assert_eq!(page.contains(waits), is_asked, "{address}: {page}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_is_never_said_not_to_be_there() {
    let world = world().await;
    let address = "/assets/silver.dim_customer?tab=history";
    let page = world.browser("paula.brandt").await.get(address).await.body;
    assert!(page.contains("You see that it exists and who answers for it."), "{page}");
    for words in ["no history", "Rows added", "No columns are described"] {
        assert!(!page.contains(words), "{words}: {page}");
    }
    let page = world.browser("nadia.rahimi").await.get(address).await.body;
    assert!(page.contains("Rows added") && !page.contains("You see that it exists"), "{page}");
}
