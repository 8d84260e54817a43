//! The files of a push, read as those of an import are.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use lakeport_model::documents::LONGEST_DOCUMENT;
use lakeport_model::mesh::{LONGEST_PUSH, MOST_FILES, Push, PushProblem};

use super::shown;
use crate::actor::Party;
use crate::beside::PUSHES;
use crate::catalog::{Files, Folder, Texts, held_assets, read_folder};
use crate::ctx::Settings;
use crate::text;
use crate::{Ctx, Error, Result};

/// What was read, or what is wrong with the files.
pub(super) type Read = std::result::Result<Arc<Folder>, Vec<PushProblem>>;

impl Files for Push {
    fn number(&self) -> usize {
        self.files.len()
    }

    fn path(&self, place: usize) -> &str {
        &self.files[place].path
    }

    fn text(&self, place: usize) -> std::result::Result<Cow<'_, str>, String> {
        let text = self.files[place].text.as_str();
        if text.len() > LONGEST_DOCUMENT {
            return Err(format!("it is larger than {} KiB", LONGEST_DOCUMENT / 1024));
        }
        Ok(Cow::Borrowed(text))
    }
}

/// Refuses a push that is too much to be read, or whose files cannot be named.
pub(super) fn refuse_too_much(push: &Push) -> Result<()> {
    if push.files.len() > MOST_FILES {
        return Err(Error::invalid("files", format!("A push has at most {MOST_FILES} files.")));
    }
    let bytes: usize = push.files.iter().map(|file| file.text.len()).sum();
    if bytes > LONGEST_PUSH {
        let message = format!("Keep the files of a push under {} MiB together.", LONGEST_PUSH / 1024 / 1024);
        return Err(Error::invalid("files", message));
    }
    if push.over.len() > MOST_FILES {
        return Err(Error::invalid("over", format!("A push names at most {MOST_FILES} revisions.")));
    }
    text::reason(&push.reason)?;
    for file in &push.files {
        if file.path.is_empty() {
            return Err(Error::invalid("files", "Give each file its path within the folder."));
        }
        text::text("files", "the path of each file", &file.path, text::LONG)?;
    }
    Ok(())
}

/// Reads the files of a push, beside the threads that answer.
pub(super) async fn folder(ctx: &Ctx, party: Party, push: &Arc<Push>) -> Result<Read> {
    let (settings, now, push) = (Arc::clone(&ctx.settings), ctx.now(), Arc::clone(push));
    PUSHES.run(party, move || read(&settings, &push, now)).await?
}

/// The same for a push as a plan keeps it.
pub(super) async fn kept(ctx: &Ctx, party: Party, text: String) -> Result<(Push, Read)> {
    let (settings, now) = (Arc::clone(&ctx.settings), ctx.now());
    let work = move || {
        let push: Push = serde_json::from_str(&text).map_err(Error::fault)?;
        let read = read(&settings, &push, now)?;
        Ok::<_, Error>((push, read))
    };
    PUSHES.run(party, work).await?
}

/// The texts of the assets that a push changes, printed before the turn to write is taken, so that nobody waits for it.
pub(super) async fn printed(ctx: &Ctx, party: Party, folder: &Arc<Folder>) -> Result<Texts> {
    if folder.assets.is_empty() {
        return Ok(Texts::default());
    }
    let mut tx = ctx.db.read().await?;
    let held = held_assets(&mut tx, &folder.assets).await?;
    drop(tx);
    let folder = Arc::clone(folder);
    PUSHES.run(party, move || Texts::of(&folder.assets, &held)).await
}

fn read(settings: &Settings, push: &Push, now: DateTime<Utc>) -> Result<Read> {
    match read_folder(settings, push, now) {
        Ok(folder) => Ok(Ok(Arc::new(folder))),
        Err(error) => shown::problems(error).map(Err),
    }
}
