//! Every page says the same about the same access, and what it says is what the policy decides.
//!
//! Five people read search, product pages, asset pages, previews and request forms over HTTP. The policy's own answer
//! is taken from the call for the rows, which goes through it and through nothing else.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use lakeport_model::RequestId;
use lakeport_model::access::NewRequest;
use lakeport_model::catalog::NOT_DESCRIBED;
use lakeport_portal::access;
use serde_json::{Value, json};

use crate::world::{Browser, Reply, World, call_of};

/// Somebody of another domain, a grantee of a restricted product, a member and the steward of the domain that owns
/// most of the data, and an administrator without a domain.
const READERS: [&str; 5] =
    ["erik.sander", "paula.brandt", "nadia.rahimi", "ines.hoffmann", "sofia.lindqvist"];

/// What the pages say where somebody may read, and where not.
const YES: [&str; 3] = ["everybody may read", "You may read it as a member", "You have access until"];
const NO: [&str; 5] = [
    "Its values need access",
    "Requested",
    "You may not read it",
    "none of its columns is described",
    "The catalog does not know the data",
];

impl World {
    /// Asks for a port; these people approve one after the other.
    pub(crate) async fn granted(&self, who: &str, port: &str, approvers: &[&str]) -> RequestId {
        let viewer = self.viewer(who).await;
        let form = access::request_form(&call_of(self.ctx(), &viewer).await, &port.into()).await.unwrap();
        let new = NewRequest {
            port: form.port,
            purpose: "Compare prices".to_owned(),
            ends_on: form.suggested_end,
            contract_version: form.contract.map(|(_, version)| version),
        };
        let id = access::request(&call_of(self.ctx(), &viewer).await, new).await.unwrap();
        for approver in approvers {
            let approver = self.viewer(approver).await;
            let revision =
                access::decide_page(&call_of(self.ctx(), &approver).await, id).await.unwrap().revision;
            access::approve(&call_of(self.ctx(), &approver).await, id, revision, None, String::new())
                .await
                .unwrap();
        }
        id
    }
}

/// What a sentence says: may read, or may not. Exactly one of the two.
fn says(text: &str, of: &str) -> bool {
    let (yes, no) =
        (YES.iter().any(|words| text.contains(words)), NO.iter().any(|words| text.contains(words)));
    assert!(yes != no, "{of} says both or nothing: {text}");
    yes
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let rest = text.split_once(from)?.1;
    Some(rest.split_once(to).map_or(rest, |(inside, _)| inside))
}

/// What the policy answers: whether the values may be read, and whether there are any to open.
pub(crate) async fn policy(reader: &mut Browser, asset: &str) -> (bool, bool) {
    let headers = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
    let reply = reader.send(Method::POST, "/fn/preview", &format!("id={asset}"), &headers).await;
    // These worlds have no rows: who may read is told that the table is not there.
    assert!(!reply.body.contains("There is no asset here"), "{asset}: {}", reply.body);
    (reply.status != StatusCode::FORBIDDEN, reply.status != StatusCode::CONFLICT)
}

/// A page without the marks that leptos puts between its texts.
pub(crate) async fn page_of(reader: &mut Browser, address: &str) -> Reply {
    let mut reply = reader.get(address).await;
    reply.body = reply.body.replace("<!>", "").replace("<!--<() />-->", "");
    reply
}

async fn hits(reader: &mut Browser) -> Vec<Value> {
    let mut hits = Vec::new();
    loop {
        let request = json!({ "request": {
            "q": "", "kind": [], "domain": [], "layer": [], "classification": [], "owner": [], "sort": "name",
            "offset": hits.len(), "limit": 100,
        }});
        let headers = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
        let page = reader.send(Method::POST, "/fn/search", &request.to_string(), &headers).await.json();
        hits.extend(page["hits"].as_array().unwrap().iter().cloned());
        if hits.len() as u64 >= page["total"].as_u64().unwrap() {
            return hits;
        }
    }
}

#[tokio::test]
async fn no_page_says_something_else_than_the_policy() {
    let world = World::with_mesh().await;
    world.granted("paula.brandt", "customers/customers", &["david.schmid", "ines.hoffmann"]).await;
    world.granted("paula.brandt", "competitor-analysis/assistant", &["aylin.demir"]).await;
    world.granted("erik.sander", "sales-forecast/forecast", &[]).await;
    for who in READERS {
        let mut reader = world.browser(who).await;
        let hits = hits(&mut reader).await;
        let (products, assets): (Vec<_>, Vec<_>) = hits.iter().partition(|hit| hit["kind"] == "product");
        let mut truth: BTreeMap<String, (bool, bool)> = BTreeMap::new();
        for hit in assets {
            let (id, found) = (hit["id"].as_str().unwrap(), hit["has_access"].as_bool().unwrap());
            if hit["href"].as_str().unwrap().starts_with("/dashboards/") {
                continue;
            }
            let (reads, opens) = policy(&mut reader, id).await;
            truth.insert(id.to_owned(), (reads, opens));
            assert_eq!(found, reads, "{who}: the search about {id}, also where there is nothing to open");
            let page = page_of(&mut reader, &format!("/assets/{id}")).await;
            assert_eq!(page.status, StatusCode::OK, "{who}: {id}");
            let fact = between(&page.body, "Your access</dt>", "</div>").unwrap();
            assert_eq!(
                says(fact, &format!("{who}: the page of {id}")),
                reads,
                "{who}: the page of {id}: {fact}"
            );
            let tab = page_of(&mut reader, &format!("/assets/{id}?tab=preview")).await;
            let undescribed = tab.body.contains(NOT_DESCRIBED);
            let closed = tab.body.contains("they need access") || undescribed;
            assert_eq!(closed, !reads, "{who}: the preview of {id}");
            assert_eq!(undescribed, fact.contains("none of its columns is described"), "{who}: {id}");
            if who == "paula.brandt" && id == "silver.dim_customer" {
                assert!(reads && opens && page.body.contains("customer_id"), "her grant opens its columns");
            }
        }
        for hit in products {
            let (id, found) = (hit["id"].as_str().unwrap(), hit["has_access"].as_bool().unwrap());
            let page = page_of(&mut reader, &format!("/products/{id}")).await;
            assert_eq!(page.status, StatusCode::OK, "{who}: {id}");
            let mut reads_one = false;
            for card in page.body.split("<article class=\"card\">").skip(1) {
                let card = card.split_once("</article>").unwrap().0;
                let Some(asset) = between(card, "href=\"/assets/", "\"") else { continue };
                if card.contains("It shows each viewer what that viewer may read") {
                    continue;
                }
                let asset = asset.split('?').next().unwrap();
                let (reads, opens) = truth[asset];
                reads_one |= reads;
                assert_eq!(
                    says(card, &format!("{who}: {id}")),
                    reads,
                    "{who}: product {id} about {asset}: {card}"
                );
                // These worlds have no tables: that is said in the place of the button, once the lake has answered.
                let offers = card.contains(">Open ") || card.contains("No table at its location");
                assert_eq!(offers, reads && opens, "{who}: product {id} about {asset}: {card}");
                if card.contains("Request access") {
                    let form = between(card, "href=\"/products/", "\"").unwrap().replace("&amp;", "&");
                    let form = page_of(&mut reader, &format!("/products/{form}")).await;
                    assert_eq!(form.status, StatusCode::OK, "{who}: the form for {asset}");
                }
            }
            let is_hidden = page.body.contains("people with access see the details of this product");
            if is_hidden {
                for words in
                    ["No contract promises", "Nobody holds", "Who has access", "You have access", ">Open "]
                {
                    assert!(
                        !page.body.contains(words),
                        "{who}: of {id} nothing of the kind can be said: {words}"
                    );
                }
            }
            if !page.body.contains("Open the dashboard") {
                assert_eq!(found, reads_one, "{who}: the search about product {id}");
            }
        }
        the_overviews_say(&mut reader, who, &truth).await;
    }
}

/// Home lists only what may be read; the list of dashboards and each dashboard agree with it about what is closed.
async fn the_overviews_say(reader: &mut Browser, who: &str, truth: &BTreeMap<String, (bool, bool)>) {
    let list = page_of(reader, "/dashboards").await;
    let home = page_of(reader, "/").await;
    let mine = between(&home.body, "Your data</h2>", "</section>").unwrap();
    for row in mine.split("href=\"/assets/").skip(1) {
        let asset = row.split('"').next().unwrap();
        // A dashboard opens to whoever sees it; what it shows is compared below.
        let is_dashboard = list.body.contains(&format!("href=\"/dashboards/{asset}\""));
        assert!(
            is_dashboard || truth.get(asset).is_some_and(|(reads, _)| *reads),
            "{who}: home about {asset}"
        );
    }
    for row in list.body.split("href=\"/dashboards/").skip(1) {
        let id = row.split('"').next().unwrap();
        let tables = between(row, "class=\"mono\">", "</span>").unwrap();
        let reads_all = tables.split(", ").all(|table| truth.get(table).is_some_and(|(reads, _)| *reads));
        let is_open = row.contains("You may read it") || row.contains("Open to you as far as described");
        assert_eq!(is_open, reads_all, "{who}: the list about {id}: {tables}");
        assert_eq!(row.contains("Not all open to you"), !reads_all, "{who}: the list about {id}");
        let page = page_of(reader, &format!("/dashboards/{id}")).await;
        assert_eq!(page.status, StatusCode::OK, "{who}: {id}");
        let is_closed = page.body.contains("not all they are made from can be shown to you")
            || page.body.contains("What this dashboard is made from cannot be shown to you");
        assert!(is_closed || reads_all, "{who}: {id} hides that something is closed");
    }
}

#[tokio::test]
async fn a_private_port_is_refused_in_the_words_of_an_unknown_one_by_form_and_interface() {
    let world = World::with_mesh().await;
    let token = world.token(&["access:write"]).await;
    let mut paula = world.browser("paula.brandt").await;
    let mut program = world.stranger();
    let mut answers = Vec::new();
    for port in ["receivables-ageing/ageing", "receivables-ageing/nothing", "nothing/nothing"] {
        let headers = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
        let form = paula.send(Method::POST, "/fn/request_form", &format!("port={port}"), &headers).await;
        let ask = json!({ "port": port, "purpose": "Plans", "ends_on": "2030-01-01" }).to_string();
        let headers = [("authorization", &*format!("Bearer {token}"))];
        let sent = program.send(Method::POST, "/api/v1/access-requests", &ask, &headers).await;
        answers.push((form.status, form.body, sent.status, sent.json()["detail"].clone()));
    }
    assert_eq!(answers[0].0, StatusCode::NOT_FOUND);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn the_interface_hides_of_a_restricted_asset_what_the_search_hides() {
    let world = World::with_mesh().await;
    let token = world.token(&["catalog:read"]).await;
    let bearer = format!("Bearer {token}");
    let mut program = world.stranger();
    let mut ask = async |address: &str| {
        program.send(Method::GET, address, "", &[("authorization", &bearer)]).await.json()
    };
    let found = ask("/api/v1/search?q=dim_customer").await;
    let hit = found["hits"]
        .as_array()
        .unwrap()
        .iter()
        .find(|hit| hit["id"] == "silver.dim_customer")
        .unwrap()
        .clone();
    let asset = ask("/api/v1/assets/silver.dim_customer").await;
    for (field, hidden) in [("classification", Value::Null), ("description", json!(""))] {
        assert_eq!((&hit[field], &asset[field]), (&hidden, &hidden), "{field}");
    }
    assert_eq!((&asset["namespace"], &asset["platform"]), (&Value::Null, &Value::Null));
    assert_eq!(asset["columns"], json!([]));
}
