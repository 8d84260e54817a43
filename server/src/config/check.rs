//! Judging the configuration as a whole: every problem, not only the first.

use std::net::IpAddr;

use lakeport_frame::Place;
use url::{Host, Url};

use super::{Config, Loaded};
use crate::stop::Stop;

impl Loaded {
    /// What is wrong for every command.
    ///
    /// # Errors
    /// All problems, a line each, with the key and where it was set.
    pub fn check(&self) -> Result<(), Stop> {
        self.report(self.config.problems())
    }

    /// What is wrong for `serve`, which also needs sign-in.
    ///
    /// # Errors
    /// All problems, a line each, with the key and where it was set.
    pub fn check_serve(&self) -> Result<(), Stop> {
        let mut problems = self.config.problems();
        problems.extend(self.config.sign_in_problems());
        self.report(problems)
    }

    /// What is wrong for `demo`, whose sign-in lets anybody be anybody.
    ///
    /// # Errors
    /// When the address is not the machine's own.
    pub fn check_demo(&self) -> Result<(), Stop> {
        let mut problems = self.config.problems();
        if !self.config.listen.ip().is_loopback() {
            problems.push((
                "listen",
                "lets other machines in, and in the demo anybody may sign in as anybody. Use 127.0.0.1"
                    .to_owned(),
            ));
        }
        if self.config.public_url.as_ref().is_some_and(|url| !is_loopback(url)) {
            problems.push((
                "public_url",
                "is not an address of this machine; the demo serves no other".to_owned(),
            ));
        }
        self.report(problems)
    }

    fn report(&self, problems: Vec<(&'static str, String)>) -> Result<(), Stop> {
        let lines = problems.iter().map(|(key, text)| format!("\"{key}\" in {} {text}.", self.origin(key)));
        let lines = lines.collect::<Vec<_>>();
        if lines.is_empty() { Ok(()) } else { Err(Stop::usage(lines.join("\n"))) }
    }
}

impl Config {
    fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        if let Some(url) = &self.public_url {
            if url.path() != "/"
                || url.query().is_some()
                || url.fragment().is_some()
                || !url.username().is_empty()
            {
                problems.push(("public_url", "has more than a scheme, a host and a port".to_owned()));
            }
            problems.extend(insecure(url).map(|text| ("public_url", text)));
        }
        if let Some(url) = &self.oidc_issuer {
            problems.extend(insecure(url).map(|text| ("oidc_issuer", text)));
        }
        if let Some(database) = &self.database_url {
            let known = ["sqlite://", "postgres://", "postgresql://"];
            if !known.iter().any(|scheme| database.reveal().starts_with(scheme)) {
                problems.push(("database_url", "does not begin with sqlite:// or postgres://".to_owned()));
            }
        }
        if let Some(root) = self.lake_root.as_ref().filter(|root| !is_root(root)) {
            let text =
                format!("is \"{root}\", which is neither a folder nor an s3://, gs:// or file:// address");
            problems.push(("lake_root", text));
        }
        problems.extend(self.storage_roots.iter().filter(|root| !is_place(root)).map(|root| {
            let text = format!(
                "has \"{root}\", which is neither an absolute path nor an s3://, gs:// or file:// address"
            );
            ("storage_roots", text)
        }));
        if let Some(smtp) = &self.smtp_url
            && !smtp.reveal().starts_with("smtp://")
            && !smtp.reveal().starts_with("smtps://")
        {
            problems.push(("smtp_url", "does not begin with smtps:// or smtp://".to_owned()));
        }
        if self.smtp_url.is_some() && self.maildir.is_some() {
            problems.push(("maildir", "cannot be used together with smtp_url; keep one".to_owned()));
        }
        if self.mail_from.parse::<lettre::message::Mailbox>().is_err() {
            problems
                .push(("mail_from", "is not a sender such as Lakeport <lakeport@example.com>".to_owned()));
        }
        problems.extend(
            self.administrators
                .iter()
                .filter(|email| !email.contains('@'))
                .map(|email| ("administrators", format!("has \"{email}\", which is not an e-mail address"))),
        );
        let ranges = [
            ("workers", u32::from(self.workers), 1, 64),
            ("query_seconds", self.query_seconds, 1, 3_600),
            ("worker_memory_mb", self.worker_memory_mb, 256, 1_048_576),
            ("result_cache_mb", self.result_cache_mb, 1, 65_536),
            ("request_seconds", self.request_seconds, 1, 3_600),
            ("head_seconds", self.head_seconds, 1, 600),
            ("body_seconds", self.body_seconds, 1, 600),
            ("answer_seconds", self.answer_seconds, 1, 600),
            ("connections", self.connections.into(), 8, 65_535),
            ("connections_per_address", self.connections_per_address.into(), 4, 65_535),
            ("lineage_former_days", self.lineage_former_days, 1, 365),
        ];
        for (key, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                problems.push((key, format!("is {value}, but has to lie between {least} and {most}")));
            }
        }
        if let Err(error) = self.log.parse::<tracing_subscriber::filter::Targets>() {
            problems
                .push(("log", format!("is not a list of log levels such as info,lakeport=debug ({error})")));
        }
        problems
            .extend(self.policy.policies().problem().map(|text| ("policy", format!("does not fit: {text}"))));
        problems
    }

    fn sign_in_problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        let required = [
            ("oidc_issuer", self.oidc_issuer.is_some(), "the address of the issuer that signs people in"),
            ("oidc_client_id", self.oidc_client_id.is_some(), "the client registered at the issuer"),
            (
                "public_url",
                self.public_url.is_some(),
                "the address people type, such as https://data.example.com",
            ),
        ];
        for (key, set, meaning) in required {
            if !set {
                problems.push((key, format!("is not set. It is {meaning}")));
            }
        }
        let google =
            self.oidc_issuer.as_ref().is_some_and(|url| url.host_str() == Some("accounts.google.com"));
        if google && self.oidc_hd.is_none() {
            let text = "is not set. With Google as issuer it is the Workspace domain of your company; without it \
                        anybody with a Google account could sign in";
            problems.push(("oidc_hd", text.to_owned()));
        }
        problems
    }
}

/// True for what can be a lake's root: a folder, also a relative one, or an address of a known kind.
fn is_root(root: &str) -> bool {
    !root.contains("://") || is_place(root)
}

/// True for an absolute path or an address of a known kind.
fn is_place(root: &str) -> bool {
    Place::of("", root).is_some()
}

/// Why an address is not good enough to carry sessions and codes.
fn insecure(url: &Url) -> Option<String> {
    let fine = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    (!fine).then(|| "has to begin with https:// (http:// is for addresses of this machine only)".to_owned())
}

/// True for addresses of this machine itself.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}
