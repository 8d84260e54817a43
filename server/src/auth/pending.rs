//! A sign-in under way: what the browser keeps, for ten minutes, until it comes back from the issuer.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::Auth;

const NAME: &str = "lakeport_sign_in";
const SECONDS: u32 = 600;

/// What ties the answer of the issuer to the browser that asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Comes back in the address.
    pub state: String,
    /// Comes back in the id token.
    pub nonce: String,
    /// Proves to the issuer that the code is redeemed by who asked for it.
    pub verifier: String,
    /// The page to go to afterwards.
    pub next: String,
}

impl Pending {
    /// The header that makes the browser keep it. `Lax`, because the browser comes back from another site.
    pub fn keep(&self, auth: &Auth) -> (HeaderName, HeaderValue) {
        let Self { state, nonce, verifier, next } = self;
        let value = format!("{state}.{nonce}.{verifier}.{}", hex::encode(next));
        cookie(auth, &value, SECONDS)
    }

    /// The header that makes the browser forget it.
    pub fn forget(auth: &Auth) -> (HeaderName, HeaderValue) {
        cookie(auth, "", 0)
    }

    /// What the browser kept.
    pub fn read(auth: &Auth, headers: &HeaderMap) -> Option<Self> {
        let name = auth.cookie(NAME);
        let cookies = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, value) = pairs.find(|(key, _)| *key == name)?;
        let mut parts = value.split('.').map(str::to_owned);
        let (state, nonce, verifier) = (parts.next()?, parts.next()?, parts.next()?);
        let next = String::from_utf8(hex::decode(parts.next()?).ok()?).ok()?;
        Some(Self { state, nonce, verifier, next }).filter(|pending| !pending.state.is_empty())
    }
}

fn cookie(auth: &Auth, value: &str, seconds: u32) -> (HeaderName, HeaderValue) {
    let secure = if auth.secure { "; Secure" } else { "" };
    let text =
        format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", auth.cookie(NAME));
    (SET_COOKIE, HeaderValue::try_from(text).expect("the parts are letters, digits, '-', '_' and '~'"))
}
