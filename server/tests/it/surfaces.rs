//! Headers, files, origins, and what an operator asks.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use lakeport_portal::snapshot::keep_following;
use tower::ServiceExt as _;

use crate::lake::{Tables, Told};
use crate::log::Log;
use crate::matrix;
use crate::world::World;

#[tokio::test]
async fn every_answer_is_closed_to_other_sites() {
    let world = World::with_mesh().await;
    for (mut browser, path) in [
        (world.stranger(), "/"),
        (world.stranger(), "/signed-out"),
        (world.stranger(), "/api/v1/search"),
        (world.browser("paula.brandt").await, "/account"),
    ] {
        let reply = browser.get(path).await;
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!reply.header("content-security-policy").contains("unsafe-inline"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(reply.header("cache-control"), "private, no-store", "{path}");
        assert_eq!(reply.header("x-request-id").len(), 36, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_person_is_ever_kept_by_a_browser_or_on_the_way() {
    let told = Told { cells: vec![("orders".to_owned(), "1".to_owned())], ..Told::default() };
    let tables = ["gold.sales_daily", "gold.sales_forecast"].map(|table| (table.to_owned(), told.clone()));
    let world = World::with_mesh().await.over(Tables(tables.into()));
    let happened = world.happen().await;
    let bearer = format!("Bearer {}", world.token(&["catalog:read", "lineage:read", "access:read"]).await);
    let form = ("sec-fetch-site", "same-origin");
    let call = [form, ("accept", "application/json")];
    let ines = world.browser("ines.hoffmann").await;
    let readers = [
        (world.stranger(), [("authorization", bearer.as_str()), form]),
        (ines, [("accept", "text/html"), form]),
    ];
    let files = ["/pkg/", "/fonts/", "/favicon.svg", "/robots.txt"];
    let mut downloads = 0;
    for (mut reader, headers) in readers {
        let mut replies = Vec::new();
        for address in matrix::addresses(&happened) {
            if !files.iter().any(|file| address.starts_with(file)) {
                replies.push((reader.send(Method::GET, &address, "", &headers).await, address));
            }
        }
        for (address, body) in
            [("/fn/home", ""), ("/fn/preview", "id=gold.sales_daily"), ("/audit/export", "format=csv")]
        {
            replies.push((reader.send(Method::POST, address, body, &call).await, address.to_owned()));
        }
        for (reply, address) in replies {
            assert_eq!(reply.header("cache-control"), "private, no-store", "{address}");
            downloads += usize::from(reply.headers.contains_key("content-disposition"));
        }
    }
    assert!(downloads > 1, "rows and the audit are among it: {downloads}");
}

#[tokio::test]
async fn a_change_that_another_site_asks_for_is_refused() {
    let world = World::with_mesh().await;
    let mut browser = world.browser("paula.brandt").await;
    for headers in [
        vec![],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:8080")],
    ] {
        for path in ["/fn/mark_read", "/auth/sign-out"] {
            let reply = browser.send(Method::POST, path, "", &headers).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
        }
    }
    assert_eq!(browser.get("/account").await.status, StatusCode::OK, "nobody was signed out");
    let own = browser.send(Method::POST, "/fn/mark_read", "", &[("origin", "http://127.0.0.1:8080")]).await;
    assert_eq!(own.status, StatusCode::OK, "{}", own.body);
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_says_so() {
    let world = World::empty().await;
    let headers = [("sec-fetch-site", "same-origin"), ("accept", "text/html")];
    let reply = world.stranger().send(Method::POST, "/fn/approve", "id=x", &headers).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert!(reply.body.contains("Your session has ended"), "{}", reply.body);
}

#[tokio::test]
async fn files_are_known_by_their_tag() {
    let world = World::empty().await;
    let mut browser = world.stranger();
    let icon = browser.get("/favicon.svg").await;
    assert_eq!((icon.status, icon.header("content-type")), (StatusCode::OK, "image/svg+xml"));
    let tag = icon.header("etag").to_owned();
    let again = browser.send(Method::GET, "/favicon.svg", "", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    let style = lakeport::assets::address("pkg/lakeport.css");
    let packed = browser.send(Method::GET, &style, "", &[("accept-encoding", "gzip, br")]).await;
    let plain = browser.send(Method::GET, &style, "", &[]).await;
    assert_eq!((packed.header("content-encoding"), packed.header("vary")), ("br", "accept-encoding"));
    assert!(packed.bytes.len() < plain.bytes.len());
    assert_eq!(packed.header("cache-control"), "public, max-age=31536000, immutable", "{style}");
    assert_ne!(packed.header("etag"), plain.header("etag"));
    assert_eq!(browser.get("/pkg/../manifest.json").await.status, StatusCode::NOT_FOUND);
}

/// Asks for the metrics as this peer does, by a proxy or not.
async fn metrics(world: &World, peer: &str, proxy: Option<&str>) -> (StatusCode, String) {
    let mut request = Request::builder().uri("/metrics");
    if let Some(proxy) = proxy {
        request = request.header("x-forwarded-for", proxy);
    }
    let mut request = request.body(axum::body::Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
    let answer = world.process.router().oneshot(request).await.unwrap();
    let status = answer.status();
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(text.to_vec()).unwrap())
}

#[tokio::test]
async fn metrics_are_for_this_machine() {
    let world = World::empty().await;
    world.stranger().get("/inbox").await;
    assert_eq!(metrics(&world, "127.0.0.1:5000", None).await.0, StatusCode::OK);
    assert_eq!(metrics(&world, "192.0.2.7:5000", None).await.0, StatusCode::FORBIDDEN);
    let by_proxy = metrics(&world, "127.0.0.1:5000", Some("192.0.2.7")).await.0;
    assert_eq!(by_proxy, StatusCode::FORBIDDEN, "by a proxy");
    world.stranger().get("/inbox").await;
    let (_, text) = metrics(&world, "127.0.0.1:5000", None).await;
    assert!(
        text.contains("lakeport_http_requests_total{method=\"GET\",route=\"/inbox\",status=\"303\"}"),
        "{text}"
    );
    assert!(text.contains("lakeport_strangers_refused_total{surface=\"page\"}"), "{text}");
}

#[tokio::test]
async fn what_a_stranger_makes_up_never_stands_in_the_metrics() {
    let world = World::empty().await;
    // Recording begins when somebody first looks.
    metrics(&world, "127.0.0.1:5000", None).await;
    for made_up in ["ZQMADEUP", "zqmadeup", &"ZQ".repeat(10_000)] {
        let method = Method::from_bytes(made_up.as_bytes()).unwrap();
        let agent = [("user-agent", "zqagent"), ("x-request-id", "zqid")];
        for address in ["/livez", "/zqpath", "/inbox?zqquery"] {
            let reply = world.stranger().send(method.clone(), address, "", &agent).await;
            assert!(reply.status.is_client_error(), "{address}: {}", reply.status);
        }
    }
    let (_, text) = metrics(&world, "127.0.0.1:5000", None).await;
    assert!(text.contains("lakeport_http_requests_total{method=\"other\""), "{text}");
    assert!(!text.to_lowercase().contains("zq"), "{text}");
}

/// How many transactions that read were begun so far.
async fn reads(world: &World) -> u64 {
    let (_, text) = metrics(world, "127.0.0.1:5000", None).await;
    let line = text.lines().find_map(|line| line.strip_prefix("lakeport_read_transactions_total "));
    line.map_or(0, |number| number.parse().unwrap())
}

#[tokio::test]
async fn a_home_page_never_reads_in_more_than_four_transactions() {
    let world = World::with_mesh().await;
    world.happen().await;
    for who in ["maria.keller", "ines.hoffmann", "paula.brandt"] {
        let mut browser = world.browser(who).await;
        // What changed is read once, for everybody.
        world.ctx().snapshot().await.unwrap();
        let before = reads(&world).await;
        assert_eq!(browser.get("/").await.status, StatusCode::OK);
        let page = reads(&world).await - before;
        assert!((1..=4).contains(&page), "{who}: {page}");
    }
}

#[tokio::test]
async fn the_operator_sees_whether_it_lives() {
    let world = World::empty().await;
    world.ctx().snapshot().await.unwrap();
    for path in ["/livez", "/readyz"] {
        let reply = world.stranger().get(path).await;
        assert_eq!((reply.status, reply.body.as_str()), (StatusCode::OK, "ok\n"));
    }
}

#[tokio::test]
async fn a_portal_that_has_not_read_its_catalog_never_says_that_it_is_ready() {
    let world = World::empty().await;
    let (log, _logged) = Log::begin();
    let reply = world.stranger().get("/readyz").await;
    let early = (StatusCode::SERVICE_UNAVAILABLE, "the catalog is being read\n");
    assert_eq!((reply.status, reply.body.as_str()), early);
    let log = log.text();
    assert!(log.contains("/readyz") && !log.contains("ERROR"), "that is an answer, and no fault: {log}");
    assert_eq!(world.stranger().get("/livez").await.status, StatusCode::OK, "nobody ends it for that");
    let following = tokio::spawn(keep_following(world.ctx().clone(), Duration::from_secs(1)));
    for _ in 0..500 {
        if world.ctx().snapshots.newest().is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    following.abort();
    assert_eq!(world.stranger().get("/readyz").await.status, StatusCode::OK, "it was read without a request");
}
