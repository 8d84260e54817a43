//! The demo's own OIDC issuer: a newcomer picks one of the seeded people, and from there on travels the same
//! login path as everybody. It is mounted in demo mode only, which only this machine can reach.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Form, Json};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::TimeDelta;
use html_escape::encode_quoted_attribute;
use lakeport_portal::people::{self, DemoAccount};
use lakeport_portal::{Clock as _, SystemClock};
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreRsaPrivateSigningKey,
};
use openidconnect::{
    AccessToken, Audience, EndUserEmail, EndUserName, IdToken, IdTokenClaims, IssuerUrl, JsonWebKeyId, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey, StandardClaims, SubjectIdentifier,
};
use rsa::pkcs1::{EncodeRsaPrivateKey, LineEnding};
use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded;

use super::oidc::{Hosted, Registration};
use super::page;
use crate::config::Secret;
use crate::shared::{Route, Shared};
use crate::stop::Stop;

/// The company's domain: e-mail addresses, and the hosted domain of its sign-in.
pub const COMPANY: &str = "nordkauf.example";
/// How long a code can be redeemed.
const CODE_LIFETIME: Duration = Duration::from_mins(1);
/// Codes kept at a time; nobody signs in faster than this by hand.
const CODES: usize = 1_000;
const CLIENT: &str = "lakeport-demo";

/// What the issuer signs.
pub(super) type Token =
    IdToken<Hosted, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// The issuer with its key and the codes it gave out.
pub struct DemoIssuer {
    issuer: String,
    redirect_uri: String,
    secret: String,
    key: Mutex<Arc<CoreRsaPrivateSigningKey>>,
    codes: Mutex<HashMap<String, Grant>>,
}

/// What a code stands for.
struct Grant {
    email: String,
    name: String,
    nonce: Option<String>,
    challenge: String,
    since: Instant,
}

/// What the client asks for, in the address of the page and in its form.
#[derive(Debug, Clone, Deserialize)]
struct Ask {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    state: String,
    nonce: Option<String>,
    code_challenge: String,
    code_challenge_method: String,
}

/// The form of the page.
#[derive(Debug, Deserialize)]
struct Pick {
    email: String,
    #[serde(flatten)]
    ask: Ask,
}

/// The client's call to redeem a code.
#[derive(Debug, Deserialize)]
struct Redeem {
    grant_type: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
    client_id: Option<String>,
    client_secret: Option<String>,
}

impl DemoIssuer {
    /// An issuer with a new key.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn new(address: &str) -> Result<Self, Stop> {
        Ok(Self {
            issuer: format!("{address}/demo-issuer"),
            redirect_uri: format!("{address}/auth/callback"),
            secret: random(),
            key: Mutex::new(Arc::new(new_key()?)),
            codes: Mutex::default(),
        })
    }

    /// Signs with a new key from now on, and forgets the old one, as real issuers do from time to time.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn change_key(&self) -> Result<(), Stop> {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(new_key()?);
        Ok(())
    }

    fn key(&self) -> Arc<CoreRsaPrivateSigningKey> {
        Arc::clone(&self.key.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How the portal is known here. People keep their identity when the demo moves to another port.
    pub fn registration(&self) -> Registration {
        Registration {
            issuer: self.issuer.clone(),
            identity_issuer: "lakeport-demo".to_owned(),
            client_id: CLIENT.to_owned(),
            client_secret: Some(Secret::new(self.secret.clone())),
            hosted_domain: Some(COMPANY.to_owned()),
            redirect_uri: self.redirect_uri.clone(),
        }
    }

    /// Why a request cannot be answered.
    fn refuse(&self, ask: &Ask) -> Option<&'static str> {
        if ask.client_id != CLIENT || ask.redirect_uri != self.redirect_uri {
            Some("The request does not come from this demo.")
        } else if ask.response_type != "code" || ask.code_challenge_method != "S256" {
            Some("The demo signs people in with a code and an S256 challenge only.")
        } else {
            None
        }
    }

    fn give(&self, account: DemoAccount, ask: &Ask) -> String {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, grant| grant.since.elapsed() < CODE_LIFETIME);
        if codes.len() >= CODES {
            codes.clear();
        }
        let code = random();
        let grant = Grant {
            email: account.email,
            name: account.name,
            nonce: ask.nonce.clone(),
            challenge: ask.code_challenge.clone(),
            since: Instant::now(),
        };
        codes.insert(code.clone(), grant);
        code
    }

    /// Takes a code out; a second call with the same one finds nothing.
    fn take(&self, call: &Redeem) -> Option<Grant> {
        let grant = self.codes.lock().unwrap_or_else(PoisonError::into_inner).remove(&call.code)?;
        // RFC 7636: 43 to 128 characters; the library that hashes it insists.
        if !(43..=128).contains(&call.code_verifier.len()) {
            return None;
        }
        let verifier = PkceCodeVerifier::new(call.code_verifier.clone());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let good = grant.since.elapsed() < CODE_LIFETIME
            && call.grant_type == "authorization_code"
            && call.redirect_uri == self.redirect_uri
            && challenge.as_str() == grant.challenge;
        good.then_some(grant)
    }

    /// The client proves itself in the form or in a header.
    fn is_client(&self, call: &Redeem, headers: &HeaderMap) -> bool {
        if let (Some(client), Some(secret)) = (&call.client_id, &call.client_secret) {
            return client == CLIENT && *secret == self.secret;
        }
        let basic = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        basic.and_then(|value| value.strip_prefix("Basic "))
            == Some(BASE64_STANDARD.encode(format!("{CLIENT}:{}", self.secret)).as_str())
    }

    fn token(&self, grant: Grant, access: &AccessToken) -> Result<Token, String> {
        let now = SystemClock.now();
        let standard = StandardClaims::new(SubjectIdentifier::new(grant.email.clone()))
            .set_email(Some(EndUserEmail::new(grant.email)))
            .set_email_verified(Some(true))
            .set_name(Some(EndUserName::new(grant.name).into()));
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|error| error.to_string())?;
        let audience = vec![Audience::new(CLIENT.to_owned())];
        let hosted = Hosted { hd: Some(COMPANY.to_owned()) };
        let claims = IdTokenClaims::new(issuer, audience, now + TimeDelta::minutes(5), now, standard, hosted)
            .set_nonce(grant.nonce.map(Nonce::new));
        let algorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
        Token::new(claims, &*self.key(), algorithm, Some(access), None).map_err(|error| error.to_string())
    }
}

/// A key to sign with.
pub(super) fn new_key() -> Result<CoreRsaPrivateSigningKey, Stop> {
    let no_key =
        |error: &dyn std::fmt::Display| Stop::fault(format!("No key can be made for the demo: {error}."));
    let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2_048).map_err(|error| no_key(&error))?;
    let pem = key.to_pkcs1_pem(LineEnding::LF).map_err(|error| no_key(&error))?;
    CoreRsaPrivateSigningKey::from_pem(&pem, Some(JsonWebKeyId::new(random())))
        .map_err(|error| no_key(&error))
}

/// The issuer's addresses.
pub fn routes() -> Vec<Route> {
    let route = |path, methods, handler: MethodRouter<Shared>| Route { path, methods, handler };
    vec![
        route("/demo-issuer/.well-known/openid-configuration", &["GET"], get(discovery)),
        route("/demo-issuer/jwks", &["GET"], get(keys)),
        route("/demo-issuer/authorize", &["GET", "POST"], get(choose).post(chosen)),
        route("/demo-issuer/token", &["POST"], post(redeem)),
    ]
}

async fn discovery(State(shared): State<Shared>) -> Response {
    let Some(issuer) = &shared.auth.demo_issuer else { return none() };
    let issuer = &issuer.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "email", "profile"],
        "claims_supported": ["sub", "email", "email_verified", "name", "hd"],
    }))
    .into_response()
}

async fn keys(State(shared): State<Shared>) -> Response {
    let Some(issuer) = &shared.auth.demo_issuer else { return none() };
    Json(CoreJsonWebKeySet::new(vec![issuer.key().as_verification_key()])).into_response()
}

async fn choose(State(shared): State<Shared>, Query(ask): Query<Ask>) -> Response {
    let Some(issuer) = &shared.auth.demo_issuer else { return none() };
    if let Some(reason) = issuer.refuse(&ask) {
        return wrong(reason);
    }
    match people::demo_accounts(&shared.ctx).await {
        Ok(accounts) => {
            page::document(StatusCode::OK, "Who do you want to be?", &people_list(&accounts, &ask))
        }
        Err(error) => wrong(&error.to_string()),
    }
}

/// One form with a button for each person: it works without a script, and by keyboard.
fn people_list(accounts: &[DemoAccount], ask: &Ask) -> String {
    let mut html = String::from(
        "<p>This is the demo of Lakeport at Nordkauf SE, an invented company. Pick a person; no password is needed.</p>\n\
         <form method=\"post\" action=\"/demo-issuer/authorize\">\n",
    );
    let fields = [
        ("response_type", Some(&ask.response_type)),
        ("client_id", Some(&ask.client_id)),
        ("redirect_uri", Some(&ask.redirect_uri)),
        ("state", Some(&ask.state)),
        ("nonce", ask.nonce.as_ref()),
        ("code_challenge", Some(&ask.code_challenge)),
        ("code_challenge_method", Some(&ask.code_challenge_method)),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            _ = writeln!(
                html,
                "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
                encode_quoted_attribute(value)
            );
        }
    }
    html.push_str("<ul class=\"rowlist\">\n");
    for account in accounts {
        _ = writeln!(
            html,
            "<li><button class=\"row w-full text-left\" name=\"email\" value=\"{}\"><span class=\"avatar\" \
             aria-hidden=\"true\">{}</span><span><b class=\"row-title\">{}</b><span class=\"row-text\">{}</span></span>\
             </button></li>",
            encode_quoted_attribute(&account.email),
            encode_quoted_attribute(&initials(&account.name)),
            encode_quoted_attribute(&account.name),
            encode_quoted_attribute(&account.about)
        );
    }
    html.push_str("</ul>\n</form>");
    html
}

/// Two letters for the avatar.
fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect()
}

async fn chosen(State(shared): State<Shared>, Form(pick): Form<Pick>) -> Response {
    let Some(issuer) = &shared.auth.demo_issuer else { return none() };
    if let Some(reason) = issuer.refuse(&pick.ask) {
        return wrong(reason);
    }
    let accounts = match people::demo_accounts(&shared.ctx).await {
        Ok(accounts) => accounts,
        Err(error) => return wrong(&error.to_string()),
    };
    let Some(account) = accounts.into_iter().find(|account| account.email == pick.email) else {
        return wrong("There is no such person in this demo.");
    };
    let code = issuer.give(account, &pick.ask);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("code", &code)
        .append_pair("state", &pick.ask.state)
        .finish();
    Redirect::to(&format!("{}?{query}", pick.ask.redirect_uri)).into_response()
}

async fn redeem(State(shared): State<Shared>, headers: HeaderMap, Form(call): Form<Redeem>) -> Response {
    let Some(issuer) = &shared.auth.demo_issuer else { return none() };
    let refused = |error: &str, status| (status, Json(json!({ "error": error }))).into_response();
    if !issuer.is_client(&call, &headers) {
        return refused("invalid_client", StatusCode::UNAUTHORIZED);
    }
    let Some(grant) = issuer.take(&call) else { return refused("invalid_grant", StatusCode::BAD_REQUEST) };
    let access = AccessToken::new(random());
    match issuer.token(grant, &access) {
        Ok(token) => Json(json!({
            "access_token": access.secret(),
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": token,
        }))
        .into_response(),
        Err(error) => {
            tracing::error!(error, "the demo's issuer could not sign a token");
            refused("server_error", StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

fn wrong(reason: &str) -> Response {
    page::notice(
        StatusCode::BAD_REQUEST,
        "This sign-in cannot be continued",
        reason,
        Some(("Sign in", "/auth/sign-in")),
    )
}

fn none() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// 128 random bits, hexadecimal.
fn random() -> String {
    hex::encode(rand::random::<[u8; 16]>())
}
