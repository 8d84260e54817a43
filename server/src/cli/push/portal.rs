//! The portal that is pushed to, over HTTP.

use std::error::Error;
use std::time::Duration;

use lakeport_model::mesh::{Applied, Plan, Push};
use lakeport_portal::legible;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use crate::config::is_loopback;
use crate::stop::Stop;

/// Where the token stands. An argument could be read by everybody on the machine.
const TOKEN: &str = "LAKEPORT_TOKEN";

/// How long a connection may take.
const LONGEST_KNOCK: Duration = Duration::from_secs(15);

/// How long an answer may take: more than a portal gives a request.
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// The largest answer that is read, in bytes.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// What is told where an answer to this did not arrive.
const PERHAPS: &str = " It may have been applied or not: push again, which changes nothing where it was.";

/// A portal, and the token for it.
pub(super) struct Portal {
    client: Client,
    address: Url,
    token: String,
}

/// An answer that is none of those hoped for.
#[derive(Deserialize)]
struct Problem {
    detail: String,
}

impl Portal {
    /// The portal at this address.
    ///
    /// # Errors
    /// Where the address is none that a token may be sent to, or there is no token.
    pub(super) fn at(address: Url) -> Result<Self, Stop> {
        if !may_see_tokens(&address) {
            return Err(Stop::usage(
                "The address has to begin with https:// and to hold no name or password: a token is sent there. \
                 http:// is for addresses of this machine only.",
            ));
        }
        let token = std::env::var(TOKEN).unwrap_or_default().trim().to_owned();
        if token.is_empty() || !token.chars().all(|letter| letter.is_ascii_graphic()) {
            return Err(Stop::usage(format!(
                "Put a token into the variable {TOKEN}: \"lakeport token create\" makes one, with a scope such as \
                 finance:product."
            )));
        }
        // A token goes where it was meant to go, and nowhere else.
        let client = ClientBuilder::new()
            .redirect(Policy::none())
            .connect_timeout(LONGEST_KNOCK)
            .timeout(LONGEST_WAIT);
        let client = if is_loopback(&address) { client.no_proxy() } else { client };
        let client = client
            .build()
            .map_err(|error| Stop::fault(format!("Nothing can be sent: {}.", cause(&error))))?;
        Ok(Self { client, address, token })
    }

    /// What this push would do.
    pub(super) async fn plan(&self, push: &Push) -> Result<Plan, Stop> {
        self.ask("/api/v1/mesh/plan", push, "").await
    }

    /// Applies a plan.
    pub(super) async fn apply(&self, plan: Uuid, reason: &str) -> Result<Applied, Stop> {
        self.ask("/api/v1/mesh/apply", &json!({ "plan": plan, "reason": reason }), PERHAPS).await
    }

    /// Sends a body and reads the answer; `lost` is told where none arrives.
    async fn ask<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        lost: &str,
    ) -> Result<A, Stop> {
        let mut address = self.address.clone();
        address.set_path(path);
        address.set_query(None);
        address.set_fragment(None);
        let body = serde_json::to_vec(body).map_err(Stop::fault)?;
        let request = self.client.post(address).bearer_auth(&self.token);
        let request = request.header(CONTENT_TYPE, "application/json").body(body);
        let unheard = |error: reqwest::Error| {
            let (place, cause) = (self.place(), cause(&error));
            Stop::fault(format!("{place} gave no answer: {cause}.{lost}"))
        };
        let mut answer = request.send().await.map_err(unheard)?;
        let mut text = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(unheard)? {
            if text.len() + part.len() > LARGEST_ANSWER {
                return Err(Stop::fault(format!(
                    "The answer of {} is too long to be read.{lost}",
                    self.place()
                )));
            }
            text.extend_from_slice(&part);
        }
        self.read(answer.status(), &text)
    }

    fn read<A: DeserializeOwned>(&self, status: StatusCode, text: &[u8]) -> Result<A, Stop> {
        if status == StatusCode::OK {
            if let Ok(answer) = serde_json::from_slice(text) {
                return Ok(answer);
            }
        } else if let Ok(Problem { detail }) = serde_json::from_slice(text) {
            // One line, whatever the portal says: no other line of it looks like one of ours.
            return Err(Stop::fault(legible(&detail)));
        }
        Err(Stop::fault(format!(
            "{} answered {status}, and not as a portal of this version does. Check the address.",
            self.place()
        )))
    }

    /// The portal's address, as it is told.
    fn place(&self) -> String {
        self.address.origin().ascii_serialization()
    }
}

/// True for an address that a token may be sent to.
fn may_see_tokens(address: &Url) -> bool {
    let is_private = address.scheme() == "https" || (address.scheme() == "http" && is_loopback(address));
    is_private && address.username().is_empty() && address.password().is_none()
}

/// The last cause of an error: the others only say that something was not done.
fn cause(error: &dyn Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_travels_where_others_listen() {
        let may = |address: &str| may_see_tokens(&address.parse().expect("an address"));
        for fine in
            ["https://data.example.com", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:80/"]
        {
            assert!(may(fine), "{fine}");
        }
        for open in
            ["http://data.example.com", "ftp://127.0.0.1", "file:///tmp/x", "https://a:b@data.example.com"]
        {
            assert!(!may(open), "{open}");
        }
    }

    #[test]
    fn an_answer_of_something_else_is_never_taken_for_a_portals() {
        let client = ClientBuilder::new().timeout(LONGEST_WAIT).build().expect("a client");
        let address = "http://127.0.0.1:9/x".parse().expect("an address");
        let portal = Portal { client, address, token: "lkp_".to_owned() };
        let read = |status, text: &str| {
            portal.read::<Plan>(status, text.as_bytes()).expect_err("it is no plan").message
        };
        let other = "http://127.0.0.1:9 answered ";
        assert!(read(StatusCode::OK, "<html>").starts_with(other));
        assert!(read(StatusCode::NOT_FOUND, "nothing").starts_with(other));
        assert_eq!(
            read(StatusCode::FORBIDDEN, "{\"detail\":\"No.\\nlakeport: done\"}"),
            "No.\\nlakeport: done",
            "it stays one line"
        );
    }
}
