//! Signing in and out against the demo's issuer, over real loopback HTTP between the portal and its issuer.

use axum::http::{Method, StatusCode};
use chrono::{Days, NaiveDate};
use lakeport::process::Mode;
use lakeport::shared::Shared;
use lakeport_portal::{Clock as _, SystemClock, people};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::world::{Browser, World, import, start};

/// A demo that listens.
struct Demo {
    address: String,
    browser: Browser,
    shared: Shared,
    server: JoinHandle<()>,
    _data: TempDir,
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn demo() -> Demo {
    let data = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let process = start(data.path(), Mode::Demo, &address).await;
    import(&process.ctx).await;
    let (router, shared) = (process.router(), process.shared.clone());
    let server = tokio::spawn({
        let router = router.clone();
        // The process lives as long as its server: its lock and workers belong to it.
        async move {
            let _process = process;
            axum::serve(listener, router).await.unwrap();
        }
    });
    Demo { address, browser: Browser::new(router), shared, server, _data: data }
}

impl Demo {
    /// A page of the portal, as a browser under its own address asks for it.
    async fn get(&mut self, path: &str) -> crate::world::Reply {
        let host = self.address.trim_start_matches("http://").to_owned();
        self.browser.send(Method::GET, path, "", &[("host", &host)]).await
    }

    /// Walks to the issuer's page; answers the form's fields.
    async fn begin_at_issuer(&mut self, next: &str) -> Vec<(String, String)> {
        let begun = self.get(&format!("/auth/sign-in?next={next}")).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
        let url = Url::parse(begun.location()).unwrap();
        assert_eq!(url.path(), "/demo-issuer/authorize");
        let page = self.get(&format!("{}?{}", url.path(), url.query().unwrap())).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(page.body.contains("Paula Brandt") && page.body.contains("Maria Keller"), "{}", page.body);
        url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    }

    /// Picks a person; answers the path the issuer leads back to.
    async fn pick(&mut self, fields: &[(String, String)], who: &str) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields).append_pair("email", &format!("{who}@nordkauf.example"));
        let picked = self.browser.post("/demo-issuer/authorize", &form.finish()).await;
        assert_eq!(picked.status, StatusCode::SEE_OTHER, "{}", picked.body);
        let back = Url::parse(picked.location()).unwrap();
        format!("{}?{}", back.path(), back.query().unwrap())
    }

    async fn sign_in(&mut self, who: &str, next: &str) -> String {
        let fields = self.begin_at_issuer(next).await;
        let back = self.pick(&fields, who).await;
        let done = self.get(&back).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        done.location().to_owned()
    }
}

#[tokio::test]
async fn somebody_signs_in_and_out() {
    let mut demo = demo().await;
    let stranger = demo.get("/inbox?after=x").await;
    assert_eq!(stranger.status, StatusCode::SEE_OTHER);
    assert_eq!(stranger.location(), "/auth/sign-in?next=%2Finbox%3Fafter%3Dx");

    let landed = demo.sign_in("maria.keller", "%2Finbox").await;
    assert_eq!(landed, "/inbox", "after signing in one is where one wanted to be");
    let page = demo.get("/account").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Maria Keller"), "{}", page.body);

    let out = demo.browser.post("/auth/sign-out", "").await;
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "/signed-out"));
    assert_eq!(demo.get("/signed-out").await.status, StatusCode::OK);
    assert_eq!(demo.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_moment_of_a_session_or_token_never_passes_for_one_of_the_demos_clock() {
    let mut demo = demo().await;
    demo.sign_in("sofia.lindqvist", "%2Ftokens").await;
    let day = || SystemClock.now().date_naive();
    people::start_clock_at(&demo.shared.ctx, day() + Days::new(100)).await.unwrap();
    for (path, what) in [("/tokens", "Tokens"), ("/account", "Sessions and tokens")] {
        let before = day();
        let page = demo.get(path).await.body;
        let said = |day: NaiveDate| format!(", {}, ", day.format("%-d %b %Y"));
        let (_, real) = page.split_once(&format!("{what} follow the real time")).expect("it says so");
        let (sentence, _) = real.split_once("</p>").expect("it ends");
        assert!([before, day()].map(said).iter().any(|day| sentence.contains(day)), "{path}: {sentence}");
    }
    let world = World::with_mesh().await;
    for path in ["/tokens", "/account"] {
        let page = world.browser("sofia.lindqvist").await.get(path).await.body;
        assert!(!page.contains("the real time"), "{path}: there is no other");
    }
}

#[tokio::test]
async fn a_new_key_of_the_issuer_never_locks_people_out() {
    let mut demo = demo().await;
    demo.sign_in("maria.keller", "%2Finbox").await;
    demo.browser.post("/auth/sign-out", "").await;
    demo.shared.auth.demo_issuer.as_ref().unwrap().change_key().unwrap();
    assert_eq!(demo.sign_in("maria.keller", "%2Finbox").await, "/inbox");
}

#[tokio::test]
async fn a_session_id_from_before_is_worth_nothing_afterwards() {
    let mut demo = demo().await;
    demo.sign_in("paula.brandt", "/").await;
    let planted = demo.browser.cookies["lakeport"].clone();
    demo.sign_in("maria.keller", "/").await;
    assert_ne!(demo.browser.cookies["lakeport"], planted, "the id changes at sign-in");
    let mut before = demo.browser.clone();
    before.cookies.insert("lakeport".to_owned(), planted);
    assert_eq!(before.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_out_everywhere_ends_the_other_devices_too() {
    let mut demo = demo().await;
    demo.sign_in("paula.brandt", "/").await;
    let mut phone = demo.browser.clone();
    demo.browser.cookies.clear();
    demo.sign_in("paula.brandt", "/").await;
    assert_eq!(phone.get("/account").await.status, StatusCode::OK);
    demo.browser.post("/auth/sign-out-everywhere", "").await;
    assert_eq!(phone.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(demo.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_comes_back_must_belong_to_what_was_begun_here() {
    let mut demo = demo().await;
    let fields = demo.begin_at_issuer("/").await;
    let back = demo.pick(&fields, "paula.brandt").await;
    let mut other = Browser::new(demo.browser.clone().into_router());
    assert_eq!(other.get(&back).await.status, StatusCode::BAD_REQUEST, "another browser began nothing");
    let forged = back.replace("state=", "state=x");
    assert_eq!(demo.get(&forged).await.status, StatusCode::BAD_REQUEST);
    assert!(!demo.browser.cookies.contains_key("lakeport_sign_in"), "a failed sign-in is forgotten");
}

#[tokio::test]
async fn a_code_works_once_and_only_with_its_verifier() {
    let mut demo = demo().await;
    let fields = demo.begin_at_issuer("/").await;
    let back = demo.pick(&fields, "paula.brandt").await;
    let kept = demo.browser.cookies.clone();
    assert_eq!(demo.get(&back).await.status, StatusCode::SEE_OTHER);
    demo.browser.cookies = kept;
    assert_eq!(demo.get(&back).await.status, StatusCode::FORBIDDEN, "the code was used");

    let fields = demo.begin_at_issuer("/").await;
    let back = demo.pick(&fields, "paula.brandt").await;
    let cookie = demo.browser.cookies["lakeport_sign_in"].clone();
    let parts: Vec<&str> = cookie.split('.').collect();
    let stolen = format!("{}.{}.{}.{}", parts[0], parts[1], "A".repeat(43), parts[3]);
    demo.browser.cookies.insert("lakeport_sign_in".to_owned(), stolen);
    assert_eq!(demo.get(&back).await.status, StatusCode::FORBIDDEN, "the verifier is another");

    let fields = demo.begin_at_issuer("/").await;
    let back = demo.pick(&fields, "paula.brandt").await;
    let cookie = demo.browser.cookies["lakeport_sign_in"].clone();
    let parts: Vec<&str> = cookie.split('.').collect();
    let replayed = format!("{}.{}.{}.{}", parts[0], "other", parts[2], parts[3]);
    demo.browser.cookies.insert("lakeport_sign_in".to_owned(), replayed);
    assert_eq!(demo.get(&back).await.status, StatusCode::FORBIDDEN, "the nonce is another");
}

#[tokio::test]
async fn the_issuer_serves_nobody_but_its_own_portal() {
    let mut demo = demo().await;
    let fields = demo.begin_at_issuer("/").await;
    let with = |name: &str, value: &str| {
        let changed =
            fields.iter().map(|(field, old)| (field.as_str(), if field == name { value } else { old }));
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(changed).finish();
        format!("/demo-issuer/authorize?{query}")
    };
    for (name, value) in [
        ("redirect_uri", "https://evil.example/callback"),
        ("client_id", "another"),
        ("code_challenge_method", "plain"),
        ("response_type", "token"),
    ] {
        assert_eq!(demo.get(&with(name, value)).await.status, StatusCode::BAD_REQUEST, "{name}={value}");
    }
}

#[tokio::test]
async fn the_way_back_never_leaves_the_portal() {
    let mut demo = demo().await;
    for next in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example"] {
        demo.browser.cookies.clear();
        assert_eq!(demo.sign_in("paula.brandt", next).await, "/", "{next}");
    }
}

#[tokio::test]
async fn another_name_of_this_machine_leads_to_the_one_the_issuer_knows() {
    let mut demo = demo().await;
    let port = demo.address.rsplit(':').next().unwrap().to_owned();
    let host = format!("localhost:{port}");
    let moved = demo.browser.send(Method::GET, "/auth/sign-in?next=%2Finbox", "", &[("host", &host)]).await;
    assert_eq!(moved.location(), format!("{}/auth/sign-in?next=%2Finbox", demo.address));
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_is_one_clear_page() {
    let world = World::empty().await;
    let page = world.stranger().get("/auth/sign-in").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("Sign-in is not available right now"), "{}", page.body);
    assert_eq!(world.stranger().get("/livez").await.status, StatusCode::OK, "the portal keeps running");
}

#[tokio::test]
async fn outside_of_the_demo_there_is_no_issuer() {
    let world = World::empty().await;
    for path in ["/demo-issuer/.well-known/openid-configuration", "/demo-issuer/jwks"] {
        assert_eq!(world.stranger().get(path).await.status, StatusCode::NOT_FOUND);
    }
}
