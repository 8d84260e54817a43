//! Markup in what people, files, tables and events call things: it is shown as it is written, and does nothing.

use axum::http::{Method, StatusCode};
use lakeport_model::ContractId;
use lakeport_model::catalog::Visibility;
use lakeport_portal::catalog::{self, SourceFile};
use lakeport_portal::people::Actor;
use lakeport_portal::{access, contracts, jobs};
use serde_json::json;

use crate::lake::{Tables, Told};
use crate::marked::{Thing, people};
use crate::matrix;
use crate::world::{PEOPLE, Reply, World, call_of, mesh_files};

/// Ends a title, an attribute and an element, and would run.
const MARKUP: &str = "</title><script>pwned()</script>\"><img src=x onerror=pwned()>'";

/// A product that is described in files of its own.
const HOSTILE: Thing = Thing { key: "hostile", visibility: Visibility::Open, renamed: false };

/// The mesh with markup after every name and every text that people write.
fn hostile_mesh() -> Vec<SourceFile> {
    let texts =
        ["name", "description", "purpose", "limitations", "usage", "title", "businessName", "comment"];
    let mut files = mesh_files();
    for file in &mut files {
        let lines = file.text.lines().map(|line| {
            let Some((key, value)) = line.split_once(": ") else { return line.to_owned() };
            let key = key.trim_start().trim_start_matches("- ");
            // What has no space is an id or a column, and what begins with a sign is no plain text.
            let plain = value.contains(' ') && value.starts_with(char::is_alphanumeric);
            if texts.contains(&key) && plain { format!("{line}{MARKUP}") } else { line.to_owned() }
        });
        file.text = lines.collect::<Vec<_>>().join("\n") + "\n";
    }
    files
}

/// True where an answer shows the markup; it is never markup there.
fn shows(reply: &Reply, of: &str) -> bool {
    for harm in ["<script>pwned", "<img src=x", "</title><script"] {
        assert!(!reply.body.contains(harm), "{of}: {harm} in {}", reply.body);
    }
    reply.body.contains("pwned()")
}

/// True where it stands in the title of the document.
fn is_titled_so(reply: &Reply) -> bool {
    let title = reply.body.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    title.is_some_and(|(title, _)| title.contains("&lt;script&gt;pwned()"))
}

/// True where it stands in the drawing of lineage.
fn is_drawn(reply: &Reply) -> bool {
    let graph = reply.body.split_once("id=\"graph\"").and_then(|(_, rest)| rest.split_once("</svg>"));
    graph.is_some_and(|(graph, _)| graph.contains("pwned()"))
}

async fn take(world: &World, files: Vec<SourceFile>) {
    let report = catalog::import(world.ctx(), &Actor::System("test"), files, false).await;
    report.unwrap_or_else(|error| panic!("{error}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_a_name_never_reaches_a_page_as_markup() {
    let world = World::empty().await;
    take(&world, hostile_mesh()).await;
    let happened = world.happen().await;
    let maria = world.viewer("maria.keller").await;
    let page = access::decide_page(&call_of(world.ctx(), &maria).await, happened.request).await.unwrap();
    access::reject(&call_of(world.ctx(), &maria).await, happened.request, page.revision, MARKUP.to_owned())
        .await
        .unwrap();
    let mut hostile = 0;
    for (_, who) in PEOPLE {
        let mut browser = world.browser(who).await;
        for address in matrix::addresses(&happened) {
            let reply = browser.get(&address).await;
            let kind = reply.headers.get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
            if !kind.is_some_and(|kind| kind.starts_with("text/html") || kind.contains("svg")) {
                continue;
            }
            hostile += usize::from(shows(&reply, &format!("{who} {address}")));
        }
    }
    assert!(hostile > 20, "the texts are shown on only {hostile} pages");
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_that_an_event_names_never_reaches_a_page_as_markup() {
    let world = World::with_mesh().await;
    let token = world.token(&["lineage:write"]).await;
    let column = format!("c{MARKUP}");
    let fed = json!({ "namespace": "lakehouse", "name": "gold.sales_daily", "field": "orders" });
    let event = json!({
        "eventType": "COMPLETE", "eventTime": "2026-11-20T04:00:00Z", "producer": "https://example.com/pipeline",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": { "runId": "0192d7a0-1111-7000-8000-000000000001" },
        "job": { "namespace": format!("jobs{MARKUP}"), "name": format!("build{MARKUP}") },
        "inputs": [{ "namespace": "lakehouse", "name": "gold.sales_daily" }],
        "outputs": [{ "namespace": format!("raw{MARKUP}"), "name": format!("raw{MARKUP}"), "facets": {
            "documentation": { "description": MARKUP },
            "schema": { "fields": [{ "name": column, "type": MARKUP, "description": MARKUP }] },
            "columnLineage": { "fields": { column.as_str(): { "inputFields": [fed] } } },
        }}],
    });
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let taken = world.stranger().send(Method::POST, "/api/v1/lineage", &event.to_string(), &headers).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    let snapshot = world.ctx().snapshot().await.unwrap();
    let named = snapshot.assets.values().find(|asset| asset.name.contains("pwned"));
    let id = &named.expect("the event's dataset is an asset").id;

    let mut paula = world.browser("paula.brandt").await;
    let page = paula.get(&format!("/assets/{id}")).await;
    assert!(shows(&page, "its page") && is_titled_so(&page), "{}", page.body);
    let words: String = url::form_urlencoded::byte_serialize(MARKUP.as_bytes()).collect();
    for query in ["", "&up=3&down=3", &format!("&column=c{words}")] {
        let page = paula.get(&format!("/lineage?focus={id}{query}")).await;
        assert!(shows(&page, query) && is_titled_so(&page) && is_drawn(&page), "{query}: {}", page.body);
    }
    let page = paula.get("/lineage?focus=gold.sales_daily").await;
    assert!(shows(&page, "its neighbour") && is_drawn(&page), "{}", page.body);
    for query in [String::new(), "&side=upstream".to_owned(), format!("&column=c{words}")] {
        let page = paula.get(&format!("/lineage/impact?asset={id}{query}")).await;
        assert!(shows(&page, &query) && is_titled_so(&page), "{query}: {}", page.body);
    }
    let page = paula.get("/lineage/impact?asset=gold.sales_daily").await;
    assert!(shows(&page, "the list of what depends on it"), "{}", page.body);
    let file = paula.get("/lineage/impact.csv?asset=gold.sales_daily").await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert!(file.body.contains("pwned()"), "{}", file.body);
    let file = paula.get(&format!("/lineage/impact.csv?asset={id}&column=c{words}")).await;
    let name = file.header("content-disposition");
    assert!(name.starts_with("attachment; filename=\"") && !name.contains(['<', '>']), "{name}");
    let page = paula.get(&format!("/catalog?q={words}")).await;
    assert!(shows(&page, "the search"), "{}", page.body);
    for tab in ["preview", "profile", "history", "read"] {
        shows(&paula.get(&format!("/assets/{id}?tab={tab}")).await, tab);
    }
    let headers = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
    let live = paula.send(Method::POST, "/fn/live_results", "query=q%3Dpwned", &headers).await;
    assert_eq!(live.status, StatusCode::OK, "{}", live.body);
    shows(&live, "the live results");
    shows(&world.browser("sofia.lindqvist").await.get("/audit").await, "the audit");
}

/// A product of which every name and sentence in the files holds markup, most of them between braces.
fn hostile_files() -> Vec<SourceFile> {
    // Ids have letters of their own, and the columns stand in SQL.
    let left_alone =
        ["product id", "port", "asset id", "contract id", "dashboard id", "column", "undescribed column"];
    let mut files = HOSTILE.files(None);
    for mark in HOSTILE.marks() {
        if left_alone.contains(&mark.what) {
            continue;
        }
        let hostile = json!(format!("{}{MARKUP}", mark.word)).to_string();
        for file in &mut files {
            file.text = file.text.replace(&mark.word, &hostile);
        }
    }
    files.extend(people());
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_never_leaves_a_file_a_table_or_a_mail_as_markup() {
    let post = tempfile::tempdir().unwrap();
    let (product, port, asset) = (HOSTILE.product(), HOSTILE.port(), HOSTILE.asset());
    let (contract, dashboard) = (HOSTILE.word("contract id"), HOSTILE.word("dashboard id"));
    let told = Told {
        cells: vec![(HOSTILE.word("column"), MARKUP.to_owned()), (MARKUP.to_owned(), MARKUP.to_owned())],
        comment: MARKUP.to_owned(),
        partition: MARKUP.to_owned(),
        figure: MARKUP.to_owned(),
        passing: 0,
    };
    let world = World::configured(|config| config.maildir = Some(post.path().join("mail"))).await;
    let world = world.over(Tables([(asset.clone(), told)].into()));
    take(&world, hostile_files()).await;
    let olga = world.viewer("olga").await;
    contracts::run_checks(&call_of(world.ctx(), &olga).await, &ContractId(contract.clone())).await.unwrap();
    let request = world.granted("milo", &port, &[]).await;

    let mut owner = world.browser("olga").await;
    let (page, rows) = (format!("/assets/{asset}"), format!("/assets/{asset}/rows.csv"));
    for address in [
        format!("/products/{product}"),
        format!("/products/{product}/edit"),
        format!("/products/{product}/history"),
        format!("/products/{product}/history/1"),
        format!("/contracts/{contract}"),
        format!("/dashboards/{dashboard}"),
        format!("/lineage/impact?asset={asset}"),
        page.clone(),
    ] {
        let reply = owner.get(&address).await;
        assert!(shows(&reply, &address) && is_titled_so(&reply), "{address}: {}", reply.body);
    }
    for address in [
        format!("{page}?tab=preview"),
        format!("/lineage?focus={asset}"),
        format!("/decide/{request}"),
        "/decide".to_owned(),
        "/dashboards".to_owned(),
        "/inbox".to_owned(),
        "/".to_owned(),
    ] {
        let reply = owner.get(&address).await;
        assert!(shows(&reply, &address), "{address}: {}", reply.body);
    }
    let mut other = world.browser("milo").await;
    for address in ["/access/requests".to_owned(), format!("/products/{product}/request?port={port}")] {
        let reply = other.get(&address).await;
        assert!(shows(&reply, &address), "{address}: {}", reply.body);
    }

    let quoted = format!("\"{}\"", MARKUP.replace('"', "\"\""));
    for address in [rows, format!("/dashboards/{dashboard}/data/dataframe-rows.csv")] {
        let file = owner.get(&address).await;
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8; header=present", "{address}");
        assert_eq!(file.header("x-content-type-options"), "nosniff", "{address}");
        let name = file.header("content-disposition");
        assert!(name.starts_with("attachment; filename=\"") && !name.contains(['<', '>']), "{name}");
        let head = format!("{},{quoted}", HOSTILE.word("column"));
        assert_eq!(file.body.lines().next(), Some(head.as_str()), "{address}");
    }

    let mailer = lakeport::mail::mailer(&world.process.config, false).unwrap();
    jobs::run_due(world.ctx(), mailer.as_ref()).await.unwrap();
    let sent = std::fs::read_dir(post.path().join("mail/new")).unwrap();
    let mut hostile = 0;
    for mail in sent {
        // Long lines are folded, in the head and in the text.
        let mail = std::fs::read_to_string(mail.unwrap().path()).unwrap().replace("=\r\n", "");
        let (head, text) = mail.split_once("\r\n\r\n").expect("a head and a text");
        assert!(head.contains("Content-Type: text/plain") && !head.contains("html"), "{head}");
        hostile += usize::from(text.contains("pwned()"));
    }
    assert!(hostile > 0, "the owner is told by mail");
}
