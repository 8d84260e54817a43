//! Requests that take too long.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode};
use futures::channel::mpsc;
use http_body_util::BodyExt as _;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::world::{World, import};

/// Asks something that never ends by itself; answers status, type and text.
async fn ask(world: &World, request: Request<Body>) -> (StatusCode, String, String) {
    let began = Instant::now();
    let answer = tokio::time::timeout(Duration::from_secs(20), world.process.router().oneshot(request));
    let answer = answer.await.expect("the deadline holds").unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1), "it has its time");
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    let status = answer.status();
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    (status, kind, String::from_utf8_lossy(&text).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_never_ends_without_a_sentence_in_the_form_of_its_address() {
    // An issuer that takes calls and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", silent.local_addr().unwrap());
    let listening = tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            held.push(silent.accept().await.unwrap());
        }
    });
    let world = World::configured(|config| {
        config.request_seconds = 1;
        config.oidc_issuer = Some(issuer.parse().unwrap());
    })
    .await;
    import(world.ctx()).await;

    let page = Request::builder().uri("/auth/sign-in").header("host", "127.0.0.1:8080");
    let (status, kind, text) = ask(&world, page.body(Body::empty()).unwrap()).await;
    assert_eq!((status, kind.as_str()), (StatusCode::GATEWAY_TIMEOUT, "text/html; charset=utf-8"), "{text}");
    assert!(text.contains("This took too long"), "{text}");
    listening.abort();

    let cookie = format!("lakeport={}", world.browser("paula.brandt").await.cookies["lakeport"]);
    let bearer = format!("Bearer {}", world.token(&["lineage:write"]).await);
    let cases = [
        ("/fn/search", ("cookie", cookie), "application/json"),
        ("/api/v1/lineage", ("authorization", bearer), "application/problem+json"),
    ];
    for (path, (name, value), wanted) in cases {
        let (body, rest) = mpsc::channel::<Result<Bytes, Infallible>>(1);
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header("host", "127.0.0.1:8080")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .header(name, value);
        let (status, kind, text) = ask(&world, request.body(Body::from_stream(rest)).unwrap()).await;
        assert_eq!((status, kind.as_str()), (StatusCode::GATEWAY_TIMEOUT, wanted), "{path}: {text}");
        assert!(text.contains("This took too long, so the portal stopped it."), "{path}: {text}");
        assert!(body.is_closed(), "{path}: what it was doing goes on");
    }
    let quick = world.stranger().get("/livez").await;
    assert_eq!(quick.status, StatusCode::OK);
}
