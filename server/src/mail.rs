//! Mail: to an SMTP server, into a maildir, or nowhere.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use lakeport_portal::notify::{Mail, Mailer};
use lakeport_portal::{Clock as _, SystemClock};
use lettre::message::{Mailbox, Message, header};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use tokio::io::AsyncWriteExt as _;

use crate::config::Config;
use crate::private;
use crate::stop::Stop;

/// The longest wait for the mail server.
const MAIL_TIMEOUT: Duration = Duration::from_secs(15);

/// The way mail goes, by configuration; the demo writes a maildir in its data folder.
///
/// # Errors
/// When the server's address or the sender is not understood, or the maildir cannot be made.
pub fn mailer(config: &Config, demo: bool) -> Result<Arc<dyn Mailer>, Stop> {
    let from: Mailbox = config
        .mail_from
        .parse()
        .map_err(|error| Stop::usage(format!("\"mail_from\" is not a sender: {error}.")))?;
    if let Some(url) = &config.smtp_url {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.reveal())
            .map_err(|error| Stop::usage(format!("\"smtp_url\" is not understood: {error}.")))?
            .timeout(Some(MAIL_TIMEOUT))
            .build();
        return Ok(Arc::new(Smtp { transport, from }));
    }
    let folder = config.maildir.clone().or_else(|| demo.then(|| config.data.join("mail")));
    let Some(folder) = folder else { return Ok(Arc::new(Nowhere)) };
    for inner in ["tmp", "new", "cur"] {
        private::folder(&folder.join(inner)).map_err(|error| {
            Stop::fault(format!("The maildir {} cannot be made: {error}.", folder.display()))
        })?;
    }
    Ok(Arc::new(Maildir { folder, from }))
}

/// The message in its wire form. The Message-ID is the portal's: a mail that is sent twice is recognised.
fn compose(mail: &Mail, from: &Mailbox) -> Result<Message, String> {
    let to: Mailbox =
        mail.to.parse().map_err(|error| format!("{} is not a mail address: {error}", mail.to))?;
    Message::builder()
        .from(from.clone())
        .to(to)
        .subject(one_line(&mail.subject))
        .message_id(Some(mail.message_id.clone()))
        .header(header::ContentType::TEXT_PLAIN)
        .body(mail.text.clone())
        .map_err(|error| format!("the mail could not be composed: {error}"))
}

/// A subject is one line: names of people come from their identity provider, and a break in one would begin a header.
fn one_line(subject: &str) -> String {
    subject.split(char::is_control).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: &Mail) -> Result<(), String> {
        let message = compose(mail, &self.from)?;
        let sent = self.transport.send(message).await;
        sent.map(drop).map_err(|error| format!("the mail server did not take it: {error}"))
    }
}

struct Maildir {
    folder: PathBuf,
    from: Mailbox,
}

#[async_trait]
impl Mailer for Maildir {
    /// Written aside and renamed, so that a reader never sees half a mail.
    async fn send(&self, mail: &Mail) -> Result<(), String> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let message = compose(mail, &self.from)?.formatted();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}.P{}Q{count}.lakeport", SystemClock.now().timestamp(), std::process::id());
        let (aside, place) = (self.folder.join("tmp").join(&name), self.folder.join("new").join(&name));
        let write = async {
            let mut options = tokio::fs::OpenOptions::new();
            let mut file = options.write(true).create_new(true).mode(private::FILE).open(&aside).await?;
            file.write_all(&message).await?;
            file.sync_all().await?;
            tokio::fs::rename(&aside, &place).await
        };
        write.await.map_err(|error| format!("{} cannot be written: {error}", place.display()))
    }
}

/// Without a mail server people read their inbox in the portal.
struct Nowhere;

#[async_trait]
impl Mailer for Nowhere {
    async fn send(&self, mail: &Mail) -> Result<(), String> {
        tracing::debug!(id = mail.message_id, "no mail server is configured; the inbox has the message");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            to: "maria.keller@nordkauf.example".to_owned(),
            subject: "Überfällige Prüfung".to_owned(),
            text: "A review is due.\n".to_owned(),
            message_id: "<0198@portal.example>".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_maildir_gets_whole_mails_under_new() {
        let data = tempfile::tempdir().expect("a folder");
        let config = Config { maildir: Some(data.path().join("mail")), ..Config::default() };
        let mailer = mailer(&config, false).expect("a mailer");
        mailer.send(&mail()).await.expect("sent");
        mailer.send(&mail()).await.expect("sent again");
        let new = std::fs::read_dir(data.path().join("mail/new")).expect("new");
        let texts: Vec<String> = new
            .map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).expect("a mail"))
            .collect();
        assert_eq!(texts.len(), 2);
        for text in texts {
            assert!(text.contains("Message-ID: <0198@portal.example>"), "{text}");
            assert!(text.contains("To: maria.keller@nordkauf.example"), "{text}");
        }
        assert_eq!(std::fs::read_dir(data.path().join("mail/tmp")).expect("tmp").count(), 0);
    }

    #[tokio::test]
    async fn a_mail_is_never_readable_by_other_users() {
        use std::os::unix::fs::PermissionsExt as _;

        let data = tempfile::tempdir().expect("a folder");
        let folder = data.path().join("mail");
        let config = Config { maildir: Some(folder.clone()), ..Config::default() };
        mailer(&config, false).expect("a mailer").send(&mail()).await.expect("sent");
        let sent =
            std::fs::read_dir(folder.join("new")).expect("new").map(|mail| mail.expect("a mail").path());
        let places = [folder.clone(), folder.join("tmp"), folder.join("new"), folder.join("cur")];
        let places: Vec<PathBuf> = places.into_iter().chain(sent).collect();
        assert_eq!(places.len(), 5, "{places:?}");
        for place in places {
            let mode = std::fs::metadata(&place).expect("it is there").permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", place.display());
        }
    }

    #[test]
    fn a_name_with_line_breaks_never_adds_a_header() {
        let subject = "Paula\r\nBcc: all@nordkauf.example\r\n\r\nasks\u{85}for <b>data</b>".to_owned();
        let from: Mailbox = "Lakeport <lakeport@nordkauf.example>".parse().expect("a sender");
        let sent = compose(&Mail { subject, ..mail() }, &from).expect("it is composed").formatted();
        let sent = String::from_utf8(sent).expect("it is text");
        let (head, body) = sent.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.lines().all(|line| !line.starts_with("Bcc:")), "{head}");
        assert!(head.contains("text/plain"), "markup is no markup there: {head}");
        assert!(body.starts_with("A review is due."), "{body}");
    }

    #[tokio::test]
    async fn a_mail_server_that_is_gone_is_a_sentence() {
        let smtp_url = Some(crate::config::Secret::new("smtp://127.0.0.1:9"));
        let config = Config { smtp_url, ..Config::default() };
        let mailer = mailer(&config, false).expect("a mailer");
        let error = mailer.send(&mail()).await.expect_err("nobody listens there");
        assert!(error.starts_with("the mail server did not take it"), "{error}");
    }
}
