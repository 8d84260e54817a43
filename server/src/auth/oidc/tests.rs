//! An issuer that changes its keys and goes away, and what the client believes meanwhile.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Mutex as Lock, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use chrono::TimeDelta;
use lakeport_portal::{Clock as _, SystemClock};
use openidconnect::core::{CoreJsonWebKeySet, CoreRsaPrivateSigningKey};
use openidconnect::{
    AccessToken, Audience, EndUserEmail, PrivateSigningKey as _, StandardClaims, SubjectIdentifier,
};
use serde_json::json;
use tokio::net::TcpListener;

use super::super::demo_issuer::{Token, new_key};
use super::*;

thread_local! {
    /// How much later than now it is for the client.
    static LATER: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

fn now() -> Instant {
    Instant::now() + LATER.get()
}

fn wait(hours: u64, minutes: u64) {
    LATER.set(LATER.get() + Duration::from_hours(hours) + Duration::from_mins(minutes));
}

type Key = Arc<CoreRsaPrivateSigningKey>;

/// An issuer on this machine.
#[derive(Clone)]
struct Issuer {
    address: String,
    /// The key that tokens are signed with.
    signs: Arc<Lock<Key>>,
    /// The key that it says is its own; `None` while it cannot be asked.
    says: Arc<Lock<Option<Key>>>,
}

fn key() -> Key {
    Arc::new(new_key().expect("there is randomness"))
}

fn get_of<T: Clone>(lock: &Lock<T>) -> T {
    lock.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn set_of<T>(lock: &Lock<T>, value: T) {
    *lock.lock().unwrap_or_else(PoisonError::into_inner) = value;
}

impl Issuer {
    /// Listens; answers itself and a client that knows it.
    async fn begin(key: &Key) -> (Self, Provider) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let issuer = Self {
            address: address.clone(),
            signs: Arc::new(Lock::new(Arc::clone(key))),
            says: Arc::new(Lock::new(Some(Arc::clone(key)))),
        };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let registration = Registration {
            issuer: address.clone(),
            identity_issuer: address,
            client_id: "portal".to_owned(),
            client_secret: None,
            hosted_domain: None,
            redirect_uri: "https://portal.example/auth/callback".to_owned(),
        };
        let provider = Provider { now, ..Provider::new(registration).expect("a client") };
        (issuer, provider)
    }
}

async fn discovery(State(issuer): State<Issuer>) -> Response {
    if get_of(&issuer.says).is_none() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let address = &issuer.address;
    Json(json!({
        "issuer": address,
        "authorization_endpoint": format!("{address}/authorize"),
        "token_endpoint": format!("{address}/token"),
        "jwks_uri": format!("{address}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
    .into_response()
}

async fn keys(State(issuer): State<Issuer>) -> Response {
    match get_of(&issuer.says) {
        Some(key) => Json(CoreJsonWebKeySet::new(vec![key.as_verification_key()])).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The code is the nonce, so that nothing has to be remembered.
async fn token(State(issuer): State<Issuer>, Form(call): Form<HashMap<String, String>>) -> Response {
    let now = SystemClock.now();
    let standard = StandardClaims::new(SubjectIdentifier::new("ada".to_owned()))
        .set_email(Some(EndUserEmail::new("ada@example.com".to_owned())))
        .set_email_verified(Some(true));
    let name = IssuerUrl::new(issuer.address.clone()).expect("an address");
    let audience = vec![Audience::new("portal".to_owned())];
    let ends = now + TimeDelta::minutes(5);
    let claims = IdTokenClaims::new(name, audience, ends, now, standard, Hosted::default())
        .set_nonce(call.get("code").cloned().map(Nonce::new));
    let access = AccessToken::new("access".to_owned());
    let key = get_of(&issuer.signs);
    let algorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
    let token = Token::new(claims, &*key, algorithm, Some(&access), None).expect("it is signed");
    Json(json!({ "access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": token }))
        .into_response()
}

/// Somebody signs in.
async fn sign_in(provider: &Provider) -> Result<Identity, SignInError> {
    let (_, pending) = provider.begin("/".to_owned()).await?;
    provider.finish(&pending, pending.nonce.clone()).await
}

#[tokio::test]
async fn a_key_that_was_taken_back_never_opens_the_portal_once_the_issuer_was_asked_again() {
    let (old, new) = (key(), key());
    let (issuer, provider) = Issuer::begin(&old).await;
    assert_eq!(sign_in(&provider).await.expect("she is known").subject, "ada");
    // Somebody goes on signing with the old key.
    set_of(&issuer.says, Some(Arc::clone(&new)));
    wait(0, 9);
    sign_in(&provider).await.expect("nobody was asked again yet");
    wait(0, 2);
    assert!(
        matches!(sign_in(&provider).await, Err(SignInError::Unproven(_))),
        "the key is no longer believed"
    );
    set_of(&issuer.signs, new);
    sign_in(&provider).await.expect("the new one is");
}

#[tokio::test]
async fn a_key_that_nobody_can_ask_about_is_never_believed_for_longer_than_a_day() {
    let (old, new) = (key(), key());
    let (issuer, provider) = Issuer::begin(&old).await;
    sign_in(&provider).await.expect("she is known");
    set_of(&issuer.says, None);
    wait(23, 0);
    sign_in(&provider).await.expect("the issuer's keys change rarely");
    let (_, begun) = provider.begin("/".to_owned()).await.expect("so do its addresses");
    wait(2, 0);
    let late = sign_in(&provider).await;
    assert!(matches!(late, Err(SignInError::Unreachable(_))), "{late:?}");
    let late = provider.finish(&begun, begun.nonce.clone()).await;
    assert!(matches!(late, Err(SignInError::Unreachable(_))), "what was begun before: {late:?}");
    // It is back, with the key it took back meanwhile still in somebody's hands.
    set_of(&issuer.says, Some(Arc::clone(&new)));
    wait(0, 1);
    assert!(matches!(sign_in(&provider).await, Err(SignInError::Unproven(_))), "the key was taken back");
    set_of(&issuer.signs, new);
    sign_in(&provider).await.expect("the issuer is back");
}
