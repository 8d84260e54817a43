//! Sessions, kept for the web server. Their times are real even where the demo's clock was moved.

use chrono::{DateTime, Utc};
use lakeport_model::PersonId;
use lakeport_model::people::{MOST_SESSIONS, Viewer};
use serde_json::json;

use super::Actor;
use crate::audit::{self, Entry};
use crate::ctx::SystemClock;
use crate::store::people as store;
use crate::{Clock, Ctx, Result};

/// The data of a session that has not ended.
pub async fn load(ctx: &Ctx, id: &str) -> Result<Option<String>> {
    let mut tx = ctx.db.read().await?;
    store::load_session(&mut tx, id, SystemClock.now()).await
}

/// Writes a session. Whoever signs in in a loop fills nothing: the oldest session ends where there are too many.
pub async fn save(
    ctx: &Ctx,
    id: &str,
    person: Option<PersonId>,
    data: &str,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    store::save_session(&mut tx, id, person, data, expires_at).await?;
    if let Some(person) = person {
        store::delete_oldest_sessions(&mut tx, person, id, MOST_SESSIONS.into()).await?;
    }
    tx.commit_unrecorded("signing in is recorded, not each use of a session").await
}

/// Ends a session.
pub async fn delete(ctx: &Ctx, id: &str) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    store::delete_session(&mut tx, id).await?;
    tx.commit_unrecorded("signing out is recorded by itself").await
}

/// From where somebody signs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignOut {
    /// One browser; the web server ends its session.
    Here,
    /// Every browser.
    Everywhere,
}

/// Records that somebody signs out, and ends all sessions of the person where that is wanted.
pub async fn sign_out(ctx: &Ctx, viewer: &Viewer, from: SignOut) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    let rule = match from {
        SignOut::Here => "sign_out.this_browser",
        SignOut::Everywhere => {
            store::delete_sessions_of(&mut tx, viewer.id).await?;
            "sign_out.everywhere"
        }
    };
    let actor = Actor::Viewer(viewer.clone());
    let subject = format!("person {}", viewer.id);
    let entry = Entry { actor: &actor, action: "person.sign_out", subject, rule, detail: json!({}) };
    audit::record(&mut tx, ctx, entry).await?;
    tx.commit().await
}

/// Ends everybody's sessions: for a database whose past is not its present.
pub async fn end_all(ctx: &Ctx, actor: &Actor) -> Result<()> {
    let proof = actor.as_operator()?;
    let mut tx = ctx.db.write().await?;
    store::delete_all_sessions(&mut tx).await?;
    let entry = Entry {
        actor,
        action: "session.end_all",
        subject: "portal".to_owned(),
        rule: proof.rule(),
        detail: json!({}),
    };
    audit::record(&mut tx, ctx, entry).await?;
    tx.commit().await
}

/// True when there are sessions that have ended.
pub(crate) async fn has_expired(ctx: &Ctx) -> Result<bool> {
    let mut tx = ctx.db.read().await?;
    store::has_sessions_before(&mut tx, SystemClock.now()).await
}

/// Removes sessions that have ended.
pub async fn delete_expired(ctx: &Ctx) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    store::delete_sessions_before(&mut tx, SystemClock.now()).await?;
    tx.commit_unrecorded("sessions end at a time that was known").await
}
