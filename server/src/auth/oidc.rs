//! The OIDC client: authorization code with PKCE, state and nonce, against one pinned issuer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lakeport_portal::people::Identity;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError,
    ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IdTokenClaims, IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, StandardErrorResponse,
    StandardTokenResponse, TokenResponse, UserInfoClaims, reqwest,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;

use super::pending::Pending;
use crate::config::{Secret, is_loopback};
use crate::stop::Stop;

#[cfg(test)]
mod tests;

/// How long what the issuer said about itself (addresses, keys) is believed.
const METADATA_TTL: Duration = Duration::from_mins(10);
/// How long it is believed while the issuer cannot be asked: a key that was taken back must not open the portal for ever.
const HELD: Duration = Duration::from_hours(24);
/// How long a failed look-up is remembered, so that a crowd at the door does not wait one by one.
const FAILURE_TTL: Duration = Duration::from_secs(5);
/// The longest wait for one answer of the issuer.
const HTTP_TIMEOUT: Duration = Duration::from_secs(10);

/// The claims beyond the standard ones.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub(super) struct Hosted {
    /// Google's hosted domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hd: Option<String>,
}

impl AdditionalClaims for Hosted {}

type Fields = IdTokenFields<
    Hosted,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Client = openidconnect::Client<
    Hosted,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// How this portal is known at the issuer.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The issuer's address.
    pub issuer: String,
    /// The issuer's name in people's identities; its address, except where that changes with the port.
    pub identity_issuer: String,
    /// The client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Option<Secret>,
    /// The hosted domain people are asked to sign in with.
    pub hosted_domain: Option<String>,
    /// Where the issuer sends people back to.
    pub redirect_uri: String,
}

impl Registration {
    /// An issuer's address as it writes it itself: discovery compares letter by letter, and a bare host is
    /// registered without the slash that a parsed address ends with.
    pub fn issuer_address(url: &Url) -> String {
        let text = url.as_str();
        if url.path() == "/" { text.trim_end_matches('/').to_owned() } else { text.to_owned() }
    }
}

/// Why somebody could not be signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The issuer cannot be reached; the text is for the log.
    #[error("{0}")]
    Unreachable(String),
    /// What came back does not prove who somebody is; the text is for the log.
    #[error("{0}")]
    Unproven(String),
}

/// The issuer, looked up when it is first needed and again when that is some time ago.
pub struct Provider {
    registration: Registration,
    http: reqwest::Client,
    known: Mutex<Known>,
    /// What time it is.
    now: fn() -> Instant,
}

#[derive(Default)]
struct Known {
    client: Option<(Instant, Arc<Client>)>,
    failure: Option<(Instant, String)>,
}

impl Known {
    fn younger_than(&self, age: Duration, now: Instant) -> Option<Arc<Client>> {
        let (since, client) = self.client.as_ref()?;
        (now.duration_since(*since) < age).then(|| Arc::clone(client))
    }
}

impl Provider {
    /// A provider; nothing is asked yet.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(registration: Registration) -> Result<Self, Stop> {
        // A redirected token request would hand the code to somebody else.
        let mut http =
            reqwest::ClientBuilder::new().redirect(reqwest::redirect::Policy::none()).timeout(HTTP_TIMEOUT);
        if Url::parse(&registration.issuer).is_ok_and(|issuer| is_loopback(&issuer)) {
            http = http.no_proxy();
        }
        let http =
            http.build().map_err(|error| Stop::fault(format!("No HTTP client can be made: {error}.")))?;
        Ok(Self { registration, http, known: Mutex::default(), now: Instant::now })
    }

    /// The issuer's address.
    pub fn issuer(&self) -> &str {
        &self.registration.issuer
    }

    /// Asks the issuer about itself.
    ///
    /// # Errors
    /// [`SignInError::Unreachable`]
    pub async fn look_up(&self) -> Result<(), SignInError> {
        self.client(METADATA_TTL).await.map(drop)
    }

    /// What the issuer said about itself less than `age` ago.
    async fn client(&self, age: Duration) -> Result<Arc<Client>, SignInError> {
        let mut known = self.known.lock().await;
        let now = (self.now)();
        if let Some(client) = known.younger_than(age, now) {
            return Ok(client);
        }
        if let Some((since, failure)) = &known.failure
            && now.duration_since(*since) < FAILURE_TTL
        {
            return known.younger_than(HELD, now).ok_or_else(|| SignInError::Unreachable(failure.clone()));
        }
        let found = self.discover().await;
        let now = (self.now)();
        match found {
            Ok(client) => {
                let client = Arc::new(client);
                *known = Known { client: Some((now, Arc::clone(&client))), failure: None };
                Ok(client)
            }
            Err(failure) => {
                tracing::warn!(issuer = self.issuer(), failure, "the issuer did not say how to sign in");
                known.failure = Some((now, failure.clone()));
                // What it said before is better than nothing: keys change rarely.
                known.younger_than(HELD, now).ok_or(SignInError::Unreachable(failure))
            }
        }
    }

    async fn discover(&self) -> Result<Client, String> {
        let registration = &self.registration;
        let issuer = IssuerUrl::new(registration.issuer.clone()).map_err(in_full)?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http).await.map_err(in_full)?;
        let secret =
            registration.client_secret.as_ref().map(|secret| ClientSecret::new(secret.reveal().to_owned()));
        let redirect = RedirectUrl::new(registration.redirect_uri.clone()).map_err(in_full)?;
        let client = ClientId::new(registration.client_id.clone());
        Ok(Client::from_provider_metadata(metadata, client, secret).set_redirect_uri(redirect))
    }

    /// Where to send somebody who wants to sign in, and what to remember meanwhile.
    ///
    /// # Errors
    /// [`SignInError::Unreachable`]
    pub async fn begin(&self, next: String) -> Result<(Url, Pending), SignInError> {
        let client = self.client(METADATA_TTL).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut request = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge);
        if let Some(domain) = &self.registration.hosted_domain {
            request = request.add_extra_param("hd", domain);
        }
        let (url, state, nonce) = request.url();
        let pending = Pending {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            next,
        };
        Ok((url, pending))
    }

    /// Exchanges the code for proof of who somebody is.
    ///
    /// # Errors
    /// Either kind of [`SignInError`].
    pub async fn finish(&self, pending: &Pending, code: String) -> Result<Identity, SignInError> {
        let mut client = self.client(METADATA_TTL).await?;
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| unproven(in_full(error)))?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.clone()))
            .request_async(&self.http)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(error) => SignInError::Unreachable(in_full(error)),
                error => unproven(in_full(error)),
            })?;
        let token =
            tokens.id_token().ok_or_else(|| unproven("there was no id token in the answer".to_owned()))?;
        let nonce = Nonce::new(pending.nonce.clone());
        if is_of_new_key(token.claims(&client.id_token_verifier(), &nonce)) {
            client = self.client(Duration::ZERO).await?;
        }
        let verifier = client.id_token_verifier();
        let claims = token.claims(&verifier, &nonce).map_err(|error| unproven(in_full(error)))?;
        if let Some(expected) = claims.access_token_hash() {
            let key = token.signing_key(&verifier).map_err(|error| unproven(in_full(error)))?;
            let algorithm = token.signing_alg().map_err(|error| unproven(in_full(error)))?;
            let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
                .map_err(|error| unproven(in_full(error)))?;
            if actual != *expected {
                return Err(unproven("the access token is not the one the id token speaks of".to_owned()));
            }
        }
        let mut identity = self.identity(claims);
        if identity.email.is_empty() {
            let request = client
                .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
                .map_err(|error| unproven(in_full(error)))?;
            let more: UserInfoClaims<Hosted, CoreGenderClaim> =
                request.request_async(&self.http).await.map_err(|error| unproven(in_full(error)))?;
            add(&mut identity, &more);
        }
        Ok(identity)
    }

    fn identity(&self, claims: &IdTokenClaims<Hosted, CoreGenderClaim>) -> Identity {
        let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned());
        Identity {
            issuer: self.registration.identity_issuer.clone(),
            subject: claims.subject().as_str().to_owned(),
            email: claims.email().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            email_verified: claims.email_verified().unwrap_or(false),
            name: name.unwrap_or_default(),
            hd: claims.additional_claims().hd.clone(),
        }
    }
}

/// What issuers with short id tokens tell on request only.
fn add(identity: &mut Identity, more: &UserInfoClaims<Hosted, CoreGenderClaim>) {
    identity.email = more.email().map(|email| email.as_str().to_owned()).unwrap_or_default();
    identity.email_verified = more.email_verified().unwrap_or(false);
    if identity.hd.is_none() {
        identity.hd.clone_from(&more.additional_claims().hd);
    }
    if let Some(name) = more.name().and_then(|name| name.get(None)) {
        name.as_str().clone_into(&mut identity.name);
    }
}

/// True when the token is signed with a key the issuer did not have when it was last asked: issuers change their keys
/// when they like.
fn is_of_new_key<T>(outcome: Result<T, ClaimsVerificationError>) -> bool {
    let missing = SignatureVerificationError::NoMatchingKey;
    matches!(outcome, Err(ClaimsVerificationError::SignatureVerification(error)) if error == missing)
}

fn unproven(reason: String) -> SignInError {
    SignInError::Unproven(reason)
}

/// An error with its causes, on one line.
fn in_full(error: impl std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
