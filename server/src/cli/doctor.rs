//! `lakeport doctor`

use std::net::ToSocketAddrs as _;
use std::path::Path;
use std::time::Duration;

use clap::Args;
use lakeport_frame::{LakeError, TableRef};
use lakeport_model::First;
use lakeport_portal::catalog::Index;
use lakeport_portal::store::{cells, changes};
use lakeport_portal::{Lake as _, audit, snapshot};
use url::Url;

use super::Common;
use crate::auth::{Provider, Registration};
use crate::config::{Config, Loaded};
use crate::stop::Stop;
use crate::{demo, process, state};

#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    common: Common,
}

/// Most columns with values that do not fit that are named.
const MOST_LINES: usize = 20;

/// What one look found.
enum Finding {
    /// As it should be.
    Fine(String),
    /// The portal runs, but something does not work.
    Warning(String),
    /// The portal cannot run like this.
    Wrong(String),
}

impl Doctor {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let loaded = self.common.read(None, "lakeport")?;
        let config = &loaded.config;
        let findings = [
            ("configuration", configuration(&loaded)),
            ("data", data(config)),
            ("database", database(config).await),
            ("values", values(config).await),
            ("documents", documents(config).await),
            ("search index", search_index(config).await),
            ("lake", lake(config).await),
            ("sign-in", sign_in(config).await),
            ("mail", mail(config).await),
        ];
        let (mut wrong, all) = (0, findings.len());
        for (name, finding) in findings {
            let (word, text) = match finding {
                Finding::Fine(text) => ("ok", text),
                Finding::Warning(text) => ("warning", text),
                Finding::Wrong(text) => {
                    wrong += 1;
                    ("wrong", text)
                }
            };
            println!("{word:<8} {name:<14} {}", text.replace('\n', &format!("\n{:24}", "")));
        }
        if wrong > 0 { Err(Stop::fault(format!("{wrong} of {all} things are wrong."))) } else { Ok(()) }
    }
}

fn configuration(loaded: &Loaded) -> Finding {
    let file = loaded.file.as_ref().map_or("no file".to_owned(), |file| file.display().to_string());
    let checked = if demo::owns(&loaded.config) { loaded.check_demo() } else { loaded.check_serve() };
    match checked {
        Ok(()) => Finding::Fine(format!("complete ({file})")),
        Err(stop) => Finding::Wrong(stop.message),
    }
}

fn data(config: &Config) -> Finding {
    let probe = config.data.join(".lakeport-doctor");
    if !config.data.is_dir() {
        return Finding::Warning(format!(
            "{} is not there yet; the first start makes it",
            config.data.display()
        ));
    }
    match std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => Finding::Fine(config.data.display().to_string()),
        Err(error) => Finding::Wrong(format!("{} cannot be written: {error}", config.data.display())),
    }
}

async fn database(config: &Config) -> Finding {
    let looked = async {
        let Some(state) = state::find(config).await? else { return Ok(None) };
        let portal = process::open_with(state, config).await?;
        Ok::<_, Stop>(Some(audit::verify(portal.ctx(), None).await?))
    };
    match looked.await {
        Ok(None) => Finding::Warning("not there yet; the first start makes it".to_owned()),
        Ok(Some(report)) if report.problem.is_some() => Finding::Wrong(report.to_string()),
        Ok(Some(report)) => Finding::Fine(format!("answers. {report}")),
        Err(stop) => Finding::Wrong(stop.message),
    }
}

/// Values that do not fit their columns. The portal may not even start over them, so the database is opened without it.
async fn values(config: &Config) -> Finding {
    let looked = async {
        let Some(state) = state::find(config).await? else { return Ok(None) };
        Ok::<_, Stop>(Some(cells::misfits(state.db()).await?))
    };
    let misfits = match looked.await {
        Ok(Some(misfits)) => misfits,
        Ok(None) => return Finding::Warning("none is there yet".to_owned()),
        Err(stop) => return Finding::Wrong(stop.message),
    };
    if misfits.is_empty() {
        return Finding::Fine("all fit their columns".to_owned());
    }
    Finding::Wrong(format!(
        "some do not fit their columns, and what reads them fails; correct them with the program sqlite3 while the portal \
         is stopped, or restore a backup\n{}",
        First::cut(misfits, MOST_LINES).lines().join("\n")
    ))
}

/// Documents that cannot be read are left out by the portal; here they are named.
async fn documents(config: &Config) -> Finding {
    let looked = async {
        let Some(state) = state::find(config).await? else { return Ok(None) };
        let portal = process::open_with(state, config).await?;
        Ok::<_, Stop>(Some(snapshot::unread(portal.ctx()).await?))
    };
    let unread = match looked.await {
        Ok(Some(unread)) => unread,
        Ok(None) => return Finding::Warning("none is there yet".to_owned()),
        Err(stop) => return Finding::Wrong(stop.message),
    };
    let told = snapshot::told_unread(unread.iter());
    if told.items.is_empty() {
        return Finding::Fine("all can be read".to_owned());
    }
    Finding::Warning(format!(
        "some cannot be read and are left out; correct and import them again\n{}",
        told.lines().join("\n")
    ))
}

/// How far the index on the disk is; the portal that serves brings it up to date.
async fn search_index(config: &Config) -> Finding {
    let looked = async {
        let Some(state) = state::find(config).await? else { return Ok(0) };
        let mut tx = state.db().read().await?;
        changes::newest(&mut tx, changes::CATALOG).await.map_err(Stop::from)
    };
    // The catalog first: an index that follows meanwhile must not seem to be behind.
    match looked.await {
        Ok(newest) => {
            let folder = config.index_dir();
            index_at(&folder, Index::reflected(&folder), newest)
        }
        Err(stop) => {
            Finding::Warning(format!("the catalog cannot be asked how far it has to be: {}", stop.message))
        }
    }
}

/// What is said of an index that reflects this change, while the newest of the catalog is that one.
fn index_at(folder: &Path, reflected: Option<i64>, newest: i64) -> Finding {
    match reflected {
        Some(change) if change < newest => Finding::Warning(format!(
            "reflects change {change} of the catalog, and the newest is {newest}; a portal that serves follows \
             within seconds, and one that starts catches up. Where that does not happen, its log says why"
        )),
        Some(change) => Finding::Fine(format!("reflects change {change} of the catalog")),
        None if folder.exists() && !folder.is_dir() => Finding::Warning(format!(
            "{} is not a folder, so that a portal that serves keeps it in memory; move that away and start the portal \
             again",
            folder.display()
        )),
        None => Finding::Warning(format!(
            "{} has none yet; the portal builds it when it serves",
            folder.display()
        )),
    }
}

/// A worker is started and looks at the root: what it answers shows whether the storage can be reached.
async fn lake(config: &Config) -> Finding {
    let root = config.lake_root();
    let table = TableRef { name: "doctor.root".to_owned(), location: root.clone() };
    let bridge = match process::lake(config) {
        Ok(bridge) => bridge,
        Err(stop) => return Finding::Wrong(stop.message),
    };
    match bridge.describe(&table).await {
        Ok(_) | Err(LakeError::TableGone(_)) => Finding::Fine(format!("a worker can look at {root}")),
        Err(error) => Finding::Warning(format!("{root}: {error}")),
    }
}

async fn sign_in(config: &Config) -> Finding {
    if demo::owns(config) {
        return Finding::Fine("by the demo's own issuer: everybody signs in as one of its people".to_owned());
    }
    let Some(issuer) = &config.oidc_issuer else {
        return Finding::Wrong("no issuer is configured, so nobody can sign in".to_owned());
    };
    let issuer = Registration::issuer_address(issuer);
    let registration = Registration {
        issuer: issuer.clone(),
        identity_issuer: issuer.clone(),
        client_id: config.oidc_client_id.clone().unwrap_or_default(),
        client_secret: None,
        hosted_domain: None,
        redirect_uri: format!("{}/auth/callback", config.public_url()),
    };
    match Provider::new(registration) {
        Err(stop) => Finding::Wrong(stop.message),
        Ok(provider) => match provider.look_up().await {
            Ok(()) => Finding::Fine(format!("{issuer} answers")),
            Err(error) => Finding::Warning(format!("{issuer} cannot be used: {error}")),
        },
    }
}

async fn mail(config: &Config) -> Finding {
    let Some(smtp) = &config.smtp_url else {
        return match &config.maildir {
            Some(folder) => Finding::Fine(format!("goes to {}", folder.display())),
            None => {
                Finding::Warning("no server is configured; people read their inbox in the portal".to_owned())
            }
        };
    };
    let Ok(url) = Url::parse(smtp.reveal()) else {
        return Finding::Wrong("smtp_url is not understood".to_owned());
    };
    let host = url.host_str().unwrap_or_default().to_owned();
    let port = url.port().unwrap_or(if url.scheme() == "smtps" { 465 } else { 587 });
    #[expect(
        clippy::disallowed_methods,
        reason = "this process looks once and ends; nobody waits for a turn"
    )]
    let reached = tokio::task::spawn_blocking({
        let host = host.clone();
        move || {
            let mut addresses = (host.as_str(), port).to_socket_addrs()?;
            let address = addresses.next().ok_or(std::io::ErrorKind::NotFound)?;
            std::net::TcpStream::connect_timeout(&address, Duration::from_secs(5)).map(drop)
        }
    });
    match reached.await {
        Ok(Ok(())) => Finding::Fine(format!("{host}:{port} answers")),
        Ok(Err(error)) => Finding::Warning(format!("{host}:{port} cannot be reached: {error}")),
        Err(error) => Finding::Warning(format!("{host}:{port} was not tried: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_is_behind_is_never_called_fine() {
        let is_fine = |reflected, newest| {
            matches!(index_at(Path::new("/data/index"), reflected, newest), Finding::Fine(_))
        };
        assert!(is_fine(Some(9), 9));
        assert!(is_fine(Some(10), 9), "it followed while it was looked at");
        assert!(!is_fine(Some(8), 9));
        assert!(!is_fine(None, 0));
        let Finding::Warning(said) = index_at(Path::new("/data/index"), Some(3), 9) else {
            panic!("it is behind")
        };
        assert!(said.contains("change 3") && said.contains("newest is 9"), "{said}");
    }
}
