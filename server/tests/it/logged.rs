//! What the log tells as it is set by default, and what it never tells.

use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};
use lakeport_frame::{Readable, TableRef};
use lakeport_portal::people::{self, Identity};
use serde_json::json;

use crate::log::Log;
use crate::world::World;

#[tokio::test]
async fn the_log_never_tells_who_people_are_or_what_they_ask_for() {
    let world = World::with_mesh().await;
    let (log, _logged) = Log::begin();
    let happened = world.happen().await;
    let mut paula = world.browser("paula.brandt").await;
    let cookie = paula.cookies["lakeport"].clone();
    let token = world.token(&["catalog:read"]).await;
    for address in
        ["/catalog?q=tulpenzwiebel", "/audit?person=paula.brandt", "/account", "/people?q=tulpenzwiebel"]
    {
        paula.get(address).await;
    }
    let id = happened.request;
    paula.post("/fn/approve", &format!("id={id}&revision=1&ends_on=2027-01-03&comment=tulpenzwiebel")).await;
    paula.post("/fn/search", "{\"request\":{\"q\":\"tulpenzwiebel\"}}").await;
    let identity = Identity {
        issuer: "https://id.example".to_owned(),
        subject: "tulpenzwiebel".to_owned(),
        email: "ada@nordkauf.example".to_owned(),
        email_verified: false,
        name: "Ada Tulpenzwiebel".to_owned(),
        hd: None,
    };
    people::sign_in(world.ctx(), &identity).await.expect_err("her address is not verified");
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    world.stranger().send(Method::GET, "/api/v1/search?q=tulpenzwiebel", "", &headers).await;
    let log = log.text();
    assert!(log.lines().count() > 6 && log.contains("answered"), "{log}");
    let secrets = [cookie.as_str(), token.as_str(), "lkp_"];
    for told in ["tulpenzwiebel", "Tulpenzwiebel", "paula", "Paula", "Brandt", "@"].into_iter().chain(secrets)
    {
        assert!(!log.contains(told), "\"{told}\" in\n{log}");
    }
}

#[tokio::test]
async fn a_strangers_broken_cookie_is_never_a_line_of_its_own() {
    let world = World::empty().await;
    let (log, _logged) = Log::begin();
    let cookies = ["x", "!!!", "", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "\u{e4}"];
    for cookie in cookies {
        let mut stranger = world.stranger();
        stranger.cookies.insert("lakeport".to_owned(), cookie.to_owned());
        assert_eq!(stranger.get("/catalog").await.status, StatusCode::SEE_OTHER, "{cookie}");
    }
    let log = log.text();
    assert_eq!(log.lines().count(), cookies.len(), "{log}");
    assert!(log.lines().all(|line| line.contains("answered")), "{log}");
}

#[tokio::test]
async fn names_from_elsewhere_never_begin_a_line_of_the_log() {
    const FORGED: &str = "\r\n2026-01-01T00:00:00Z ERROR forged \u{1b}[2J";
    let world = World::with_mesh().await;
    let (log, _logged) = Log::begin();
    // The issuer's error comes by the browser.
    let mut browser = world.stranger();
    browser.cookies.insert("lakeport_sign_in".to_owned(), "s.n.v.2f".to_owned());
    let error: String = url::form_urlencoded::byte_serialize(FORGED.as_bytes()).collect();
    let refused = browser.get(&format!("/auth/callback?state=s&error={error}")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    // A name of the issuer's.
    let identity = Identity {
        issuer: "https://id.example".to_owned(),
        subject: FORGED.to_owned(),
        email: "eve@nordkauf.example".to_owned(),
        email_verified: true,
        name: format!("Eve{FORGED}"),
        hd: None,
    };
    let id = people::sign_in(world.ctx(), &identity).await.unwrap();
    let eve = people::viewer(world.ctx(), id).await.unwrap().unwrap();
    assert!(!eve.name.contains(char::is_control), "{:?}", eve.name);
    // Words of a Delta log, by way of a worker.
    let folder = std::path::PathBuf::from(world.process.config.lake_root()).join("gold/forged");
    std::fs::create_dir_all(folder.join("_delta_log")).unwrap();
    let field = json!({"name": "id", "type": format!("x{FORGED}"), "nullable": true, "metadata": {}});
    let schema = json!({"type": "struct", "fields": [field]});
    let actions = [
        json!({"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}}),
        json!({"metaData": {
            "id": "5fba94ed-9794-4965-ba6e-6ee3c0d22af9", "format": {"provider": "parquet", "options": {}},
            "schemaString": schema.to_string(), "partitionColumns": [], "configuration": {}, "createdTime": 0
        }}),
        json!({"add": {
            "path": "a.parquet", "partitionValues": {}, "size": 1_000, "modificationTime": 1_767_225_600_000_i64,
            "dataChange": true, "stats": "{\"numRecords\":1}"
        }}),
    ];
    let lines: Vec<String> = actions.iter().map(ToString::to_string).collect();
    std::fs::write(folder.join("_delta_log/00000000000000000000.json"), lines.join("\n")).unwrap();
    let table = TableRef { name: "gold.forged".to_owned(), location: folder.display().to_string() };
    let read = world.process.pool.preview(Readable::whole(table), 10).await;
    read.expect_err("there is no such type");
    // What a worker writes arrives a moment later.
    let began = Instant::now();
    while !log.text().contains("table gold.forged") && began.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let log = log.text();
    assert_eq!(log.matches("ERROR forged").count(), 1, "the issuer's error is told: {log}");
    let told = log.lines().find(|line| line.contains("table gold.forged")).expect("so is the table's");
    assert!(!told.contains("2026-01-01T00:00:00Z"), "of its error the kind alone: {told}");
    assert!(!log.lines().any(|line| line.trim_start().starts_with("2026-01-01T00:00:00Z")), "{log}");
    assert!(
        log.lines().all(|line| line.contains("INFO") || line.contains("WARN")),
        "a line of its own: {log}"
    );
    assert!(!log.contains(['\r', '\u{1b}']), "{log:?}");
}
