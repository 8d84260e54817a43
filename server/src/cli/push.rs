//! `lakeport push DIR --url URL`

mod portal;
mod told;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use lakeport_model::documents::LONGEST_DOCUMENT;
use lakeport_model::mesh::{LONGEST_PUSH, MOST_FILES, Over, Push as Pushed, PushedFile};
use lakeport_portal::catalog::Files as _;
use lakeport_portal::legible;
use url::{ParseError, Url};

use self::portal::Portal;
use super::folder::Folder;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(super) struct Push {
    /// Folder with the files.
    dir: PathBuf,
    #[arg(
        long,
        value_name = "URL",
        env = "LAKEPORT_URL",
        hide_env_values = true,
        value_parser = read_address,
        help = "Address of the portal, such as https://data.example.com"
    )]
    url: Url,
    /// Only says what would change.
    #[arg(long, env = "LAKEPORT_DRY_RUN", hide_env_values = true)]
    dry_run: bool,
    /// Why, in a sentence that stands in the history of each document. A push that lowers a classification or moves an asset
    /// needs it.
    #[arg(long, value_name = "TEXT", env = "LAKEPORT_REASON", hide_env_values = true)]
    reason: Option<String>,
    /// A document whose file takes into account what was published in the portal, with the number of that revision: "product
    /// orders@3". May be given more than once.
    #[arg(long, value_name = "KIND ID@N", env = "LAKEPORT_OVER", hide_env_values = true, value_parser = read_over)]
    over: Vec<Over>,
    /// Retires what this token pushed before and the folder does not have any more.
    #[arg(long, env = "LAKEPORT_PRUNE", hide_env_values = true)]
    prune: bool,
}

impl Push {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let portal = Portal::at(self.url)?;
        let reason = self.reason.unwrap_or_default();
        let push = Pushed { reason: reason.clone(), prune: self.prune, ..pushed(&self.dir, self.over)? };
        let plan = portal.plan(&push).await?;
        write(&told::plan(&plan))?;
        if !plan.is_right() {
            return Err(Stop::fault(told::refusal(&plan)));
        }
        let Some(id) = plan.id else {
            return write("There is nothing to apply.\n");
        };
        if self.dry_run {
            return write("This was a dry run: nothing was changed.\n");
        }
        let applied = portal.apply(id, &reason).await?;
        write(&told::applied(&applied))
    }
}

fn write(text: &str) -> Result<(), Stop> {
    let mut out = std::io::stdout().lock();
    let done = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    done.map_err(|error| Stop::fault(format!("What was found cannot be written: {error}.")))
}

/// The folder as it is sent. Everything that cannot be sent is named.
fn pushed(dir: &Path, over: Vec<Over>) -> Result<Pushed, Stop> {
    let folder = Folder::list(dir)?;
    let number = folder.number();
    if number > MOST_FILES {
        let dir = dir.display();
        return Err(Stop::fault(format!("{dir} holds {number} files; a push takes {MOST_FILES} at most.")));
    }
    let (mut push, mut length, mut problems) = (Pushed { over, ..Pushed::default() }, 0, Vec::new());
    for place in 0..number {
        let path = folder.path(place);
        let mut wrong = |problem: String| problems.push(format!("{}: {problem}", legible(path)));
        match folder.text(place) {
            Ok(text) if text.len() > LONGEST_DOCUMENT => {
                let most = LONGEST_DOCUMENT / 1024;
                wrong(format!("This file is larger than {most} KiB, which no document is."));
            }
            Ok(text) => {
                length += text.len();
                push.files.push(PushedFile { path: path.to_owned(), text: text.into_owned() });
            }
            Err(error) => wrong(format!("This file cannot be read: {error}.")),
        }
    }
    if length > LONGEST_PUSH {
        let most = LONGEST_PUSH / 1024 / 1024;
        problems.push(format!("The files hold more than {most} MiB, which is what a push takes."));
    }
    if problems.is_empty() { Ok(push) } else { Err(Stop::fault(problems.join("\n"))) }
}

/// The address of a portal. `localhost:8080` would be read as one of the scheme `localhost`.
fn read_address(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(address) if matches!(address.scheme(), "http" | "https") => Ok(address),
        Ok(_) | Err(ParseError::RelativeUrlWithoutBase) => {
            Err("an address begins with http:// or https://, as in \"https://data.example.com\"".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// `KIND ID@N`; the id of a contract has a space in it.
fn read_over(text: &str) -> Result<Over, String> {
    let read = || {
        let (document, revision) = text.rsplit_once('@')?;
        let (kind, id) = document.split_once(' ').filter(|(_, id)| !id.is_empty())?;
        Some(Over { kind: kind.parse().ok()?, id: id.to_owned(), revision: revision.parse().ok()? })
    };
    let unread = || "write kind, id and the number of the revision as in \"product orders@3\"".to_owned();
    read().ok_or_else(unread)
}

#[cfg(test)]
mod tests {
    use lakeport_model::documents::DocumentKind;

    use super::*;

    #[test]
    fn a_document_with_its_revision_is_read_as_it_is_told() {
        let contract = Over { kind: DocumentKind::Contract, id: "fact-orders 2.0.0".to_owned(), revision: 3 };
        assert_eq!(read_over("contract fact-orders 2.0.0@3"), Ok(contract));
        let asset = Over { kind: DocumentKind::Asset, id: "gold.orders".to_owned(), revision: 2 };
        assert_eq!(read_over("asset gold.orders@2"), Ok(asset));
        for none in
            ["", "product", "product orders", "product @3", "orders@3", "table orders@3", "product x@-1"]
        {
            assert!(read_over(none).is_err(), "{none}");
        }
    }

    #[test]
    fn an_address_begins_with_http_or_https_and_the_message_says_so() {
        for fine in ["http://127.0.0.1:7701", "https://data.example.com", "HTTPS://data.example.com"] {
            assert!(read_address(fine).is_ok(), "{fine}");
        }
        for none in ["127.0.0.1:7701", "localhost:7701", "data.example.com", "ftp://127.0.0.1", ""] {
            let said = read_address(none).expect_err(none);
            assert!(said.starts_with("an address begins with http:// or https://"), "{none}: {said}");
        }
        assert_eq!(read_address("http://"), Err("empty host".to_owned()));
    }

    #[test]
    fn what_cannot_be_sent_is_named_with_all_other_problems() {
        let folder = tempfile::tempdir().expect("a folder");
        let put =
            |name: &str, text: &[u8]| std::fs::write(folder.path().join(name), text).expect("it is written");
        put("a.yaml", b"kind: \xff\n");
        put("b.yaml", &vec![b'#'; LONGEST_DOCUMENT + 1]);
        put("c.yaml", b"kind: DataProduct\n");
        let stop = pushed(folder.path(), Vec::new()).expect_err("two of them cannot be sent");
        assert_eq!((stop.code, stop.message.lines().count()), (1, 2), "{stop}");
        assert!(stop.message.contains("a.yaml: This file cannot be read: "), "{stop}");
        assert!(stop.message.contains("b.yaml: This file is larger than 512 KiB"), "{stop}");
    }
}
