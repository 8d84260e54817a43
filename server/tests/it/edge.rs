//! What strangers and signed-in people send to do harm: texts without end, calls that cannot be read.

use axum::http::{Method, StatusCode};

use crate::world::{Browser, Reply, World};

fn form() -> [(&'static str, &'static str); 2] {
    [("sec-fetch-site", "same-origin"), ("accept", "text/html")]
}

async fn call(browser: &mut Browser, path: &str, body: &str) -> Reply {
    browser.post(path, body).await
}

/// The secret on a page of tokens.
fn secret(page: &str) -> Option<&str> {
    let mut places = page.match_indices("lkp_").map(|(at, _)| &page[at..]);
    places.find_map(|rest| {
        let token = rest.get(..68)?;
        token[4..].chars().all(|letter| letter.is_ascii_hexdigit()).then_some(token)
    })
}

#[tokio::test]
async fn a_new_token_is_shown_once_and_never_again() {
    let world = World::with_mesh().await;
    let mut browser = world.browser("sofia.lindqvist").await;
    let made =
        browser.send(Method::POST, "/fn/create_token", "name=pipeline&scopes[]=catalog:read", &form()).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    assert_eq!(made.location(), "/tokens?done=token-created#done");
    assert!(made.body.is_empty(), "{}", made.body);
    let page = browser.get("/tokens?done=token-created").await;
    assert_eq!(page.header("cache-control"), "private, no-store");
    let token = secret(&page.body).expect("the token is shown").to_owned();
    assert_eq!(secret(&browser.get("/tokens").await.body), None, "a second look");
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let found = world.stranger().send(Method::GET, "/api/v1/search?q=sales", "", &headers).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_never_says_that_something_was_done_that_was_not() {
    const REVOKED: &str = "calls with it are refused from now on";
    let world = World::with_mesh().await;
    let happened = world.happen().await;
    let mut browser = world.browser("sofia.lindqvist").await;
    let address = "/tokens?done=token-revoked";
    assert!(!browser.get(address).await.body.contains(REVOKED), "by a link");
    let wrong = "name=&scopes[]=catalog:read&from=/tokens?done=token-revoked";
    let refused = browser.send(Method::POST, "/fn/create_token", wrong, &form()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(!refused.body.contains(REVOKED), "beside an error");
    let id = format!("id={}", happened.token);
    let made = browser.send(Method::POST, "/fn/revoke_token", &id, &form()).await;
    assert_eq!(made.location(), format!("{address}#done"));
    assert!(!browser.clone().get("/tokens?done=token-created").await.body.contains("The token was created"));
    assert!(browser.get(address).await.body.contains(REVOKED), "after the change");
    assert!(!browser.get(address).await.body.contains(REVOKED), "a second look");
}

#[tokio::test]
async fn a_call_that_cannot_be_read_is_never_an_outage() {
    let world = World::with_mesh().await;
    let mut browser = world.browser("paula.brandt").await;
    for body in ["{", "{\"request\":5}", "{\"request\":{\"q\":[]}}"] {
        let reply = call(&mut browser, "/fn/search", body).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{body}: {}", reply.body);
        assert_eq!(reply.json()["kind"], "malformed", "{body}");
    }
    let huge = format!("purpose={}", "x".repeat(2_200_000));
    let length = huge.len().to_string();
    let headers = [("sec-fetch-site", "same-origin"), ("content-length", length.as_str())];
    let reply = browser.send(Method::POST, "/fn/subscribe", &huge, &headers).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", reply.body);
}

#[tokio::test]
async fn a_search_without_end_is_cut_and_says_so() {
    let world = World::with_mesh().await;
    let mut browser = world.browser("paula.brandt").await;
    let page = browser.get(&format!("/catalog?q={}", "ab".repeat(20_000))).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Only the beginning of your search was used"), "it says so");
    let kinds = "&kind=x".repeat(2_000);
    let page = browser.get(&format!("/catalog?q=sales{kinds}")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("Choose at most 100 values of kind"), "{}", page.body);
}

#[tokio::test]
async fn an_export_of_the_audit_is_a_file_with_the_filter_of_the_page() {
    let world = World::with_mesh().await;
    world.happen().await;
    let mut browser = world.browser("sofia.lindqvist").await;
    let page = browser.get("/audit?person=paula&action=request").await;
    assert!(page.body.contains("Ask for access") && page.body.contains("Paula Brandt"), "{}", page.body);
    let file = browser.post("/audit/export", "person=paula&action=request&format=csv").await;
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"lakeport-audit-"));
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(file.body.lines().count(), 4, "two requests, one approval, and the names: {}", file.body);
    let lines = browser.post("/audit/export", "action=audit.export&format=jsonl").await;
    let newest: serde_json::Value = serde_json::from_str(lines.body.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&newest["action"], &newest["actor_name"]),
        (&"audit.export".into(), &"Sofia Lindqvist".into())
    );
    let headers = [("sec-fetch-site", "same-origin"), ("accept-encoding", "gzip")];
    let packed = browser.send(Method::POST, "/audit/export", "person=paula&format=csv", &headers).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(!packed.bytes.is_empty(), "it arrives whole");
    let wrong = browser.post("/audit/export", "from=yesterday&format=csv").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("such as 2027-06-30"), "{}", wrong.body);
    for format in ["json", "xml", ""] {
        let wrong = browser.post("/audit/export", &format!("format={format}")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{format}");
        assert!(wrong.body.contains("csv") && wrong.body.contains("jsonl"), "{format}: {}", wrong.body);
    }
}

#[tokio::test]
async fn a_word_of_the_audit_filter_never_breaks_the_query() {
    let world = World::with_mesh().await;
    let mut browser = world.browser("sofia.lindqvist").await;
    let page = browser.get(&format!("/audit?words={}", "%25".repeat(20_000))).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("Keep the words under 200 characters"), "{}", page.body);
    assert!(page.body.contains("Filter the records"), "the filter is still there to be mended");
    assert_eq!(browser.get("/audit?words=%00").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_looks_at_is_never_read() {
    let world = World::with_mesh().await;
    let mut browser = world.browser("maria.keller").await;
    let addresses = [
        "/dashboards/sales-forecast",
        "/dashboards/sales-forecast/data/nothing.csv",
        "/./dashboards/sales-forecast",
        "/x/../dashboards/sales-forecast",
        "/assets/gold.sales_forecast?tab=preview",
    ];
    for address in addresses {
        for purpose in ["prefetch", "Prefetch", "prefetch;prerender"] {
            let reply = browser.send(Method::GET, address, "", &[("sec-purpose", purpose)]).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{address} {purpose}");
        }
        let head = browser.send(Method::HEAD, address, "", &[]).await;
        assert_eq!(head.status, StatusCode::METHOD_NOT_ALLOWED, "{address}");
        assert_eq!(head.header("allow"), "GET", "{address}");
    }
    for address in ["/catalog", "/dashboards", "/assets/gold.sales_forecast"] {
        let reply = browser.send(Method::GET, address, "", &[("sec-purpose", "prefetch")]).await;
        assert_eq!(reply.status, StatusCode::OK, "{address}");
        assert_eq!(browser.send(Method::HEAD, address, "", &[]).await.status, StatusCode::OK, "{address}");
    }
    assert_eq!(browser.get("/dashboards/sales-forecast").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_stranger_never_makes_the_portal_look_broken_by_a_guess() {
    let world = World::empty().await;
    let mut stranger = world.stranger();
    let guess = [("sec-purpose", "prefetch"), ("sec-fetch-site", "same-origin")];
    for address in ["/auth/x", "/demo-issuer/x", "/dashboards/x", "/fn/search"] {
        let reply = stranger.send(Method::GET, address, "", &guess).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{address}");
        assert!(reply.body.starts_with("This address is answered"), "{address}: {}", reply.body);
    }
    let call = stranger.send(Method::POST, "/fn/search", "{}", &guess).await;
    assert_eq!(call.status, StatusCode::UNAUTHORIZED, "a call is no guess");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_ever_refused_without_a_sentence_in_the_form_of_the_address() {
    const PAGE: &str = "text/html; charset=utf-8";
    const PROBLEM: &str = "application/problem+json";
    let world = World::with_mesh().await;
    let mut sofia = world.browser("sofia.lindqvist").await;
    let long = "x".repeat(2_200_000);
    let length = long.len().to_string();
    let site = ("sec-fetch-site", "same-origin");
    let own = [site];
    let sized = [site, ("content-length", length.as_str())];
    let shown = [site, ("content-length", length.as_str()), ("accept", "text/html")];
    let text = [site, ("content-type", "text/plain")];
    let twice = "format=csv&format=csv";
    let cases = [
        (Method::GET, "/dashboards/x/data/%ff", "", &own[..], 400, PAGE, "could not be read"),
        (Method::DELETE, "/dashboards/x/data/y.csv", "", &own[..], 405, PAGE, "does not take the method"),
        (Method::POST, "/audit/export", "x", &text[..], 415, PAGE, "takes forms only"),
        (Method::POST, "/audit/export", twice, &own[..], 422, PAGE, "A field of the form"),
        (
            Method::POST,
            "/fn/subscribe",
            long.as_str(),
            &shown[..],
            413,
            PAGE,
            "longer than this address takes",
        ),
        (Method::POST, "/fn/subscribe", long.as_str(), &sized[..], 413, "application/json", "Shorten it"),
    ];
    for (method, path, body, headers, status, kind, sentence) in cases {
        let reply = sofia.send(method, path, body, headers).await;
        assert_eq!(reply.status.as_u16(), status, "{path}: {}", reply.body);
        assert_eq!(reply.header("content-type"), kind, "{path}");
        assert!(reply.body.contains(sentence), "{path}: {}", reply.body);
    }
    let bearer = format!("Bearer {}", world.token(&["catalog:read"]).await);
    let bearer = [("authorization", bearer.as_str())];
    let mut program = world.stranger();
    for (method, path, status, allow) in [
        (Method::DELETE, "/api/v1/search", 405, Some("GET,HEAD")),
        (Method::PUT, "/api/v1/lineage", 405, Some("GET,HEAD,POST")),
        (Method::GET, "/api", 404, None),
        (Method::GET, "/api/", 404, None),
    ] {
        let reply = program.send(method, path, "", &bearer).await;
        assert_eq!(reply.status.as_u16(), status, "{path}: {}", reply.body);
        assert_eq!(reply.header("content-type"), PROBLEM, "{path}");
        assert_eq!(reply.json()["status"], status, "{path}");
        assert_eq!(reply.headers.get("allow").map(|allow| allow.to_str().unwrap()), allow, "{path}");
    }
}
