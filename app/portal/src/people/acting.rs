//! Changes in somebody's name: who that is, is read again once their turn has come.

use std::ops::{Deref, DerefMut};

use chrono::{DateTime, Utc};
use lakeport_model::people::Viewer;
use lakeport_model::{PersonId, TokenId};
use serde_json::Value;

use super::{Actor, viewer_in};
use crate::audit::{self, Entry};
use crate::notify::{self, Message};
use crate::store::{Boxed, Tx, people as store};
use crate::{Clock, Ctx, Error, Result, SystemClock};

/// A change that somebody makes: the transaction, with the record and the messages that are kept together with it. Dropped
/// without [`Work::commit`] it leaves nothing behind.
pub(crate) struct Work<'a> {
    tx: Tx,
    ctx: &'a Ctx,
    actor: Actor,
    now: DateTime<Utc>,
}

impl<'a> Work<'a> {
    fn begun(tx: Tx, ctx: &'a Ctx, actor: Actor) -> Self {
        Self { tx, ctx, actor, now: ctx.now() }
    }

    /// The moment its turn came. What ended while it waited for others has ended, and what it writes begins then.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Records what is done in the name of whoever does it.
    pub(crate) fn record<'w>(
        &'w mut self,
        action: &'static str,
        subject: String,
        rule: &'w str,
        detail: Value,
    ) -> Boxed<'w, ()> {
        let entry = Entry { actor: &self.actor, action, subject, rule, detail };
        audit::record(&mut self.tx, self.ctx, entry)
    }

    /// Tells people about `request ID`, `grant ID` and the like; see [`notify::tell_about`].
    pub(crate) fn notify<'w>(
        &'w mut self,
        recipients: &'w [PersonId],
        about: &'w str,
        message: &'w Message,
    ) -> Boxed<'w, ()> {
        notify::tell_about(&mut self.tx, self.ctx, recipients, about, message)
    }

    /// Makes it last.
    ///
    /// # Errors
    /// A fault where nothing was recorded; see [`Tx::commit`].
    pub(crate) fn commit(self) -> Boxed<'static, ()> {
        self.tx.commit()
    }

    /// Makes it last without a record; see [`Tx::commit_unrecorded`].
    pub(crate) fn commit_unrecorded(self, why: &'static str) -> Boxed<'static, ()> {
        self.tx.commit_unrecorded(why)
    }
}

impl Deref for Work<'_> {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for Work<'_> {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

/// Begins a change in the viewer's name, with who the viewer is by then: what somebody was when a call arrived says nothing
/// about what they may do after it waited for others.
///
/// # Errors
/// Refused where the person was disabled, or the service account's token ended, in the meantime.
pub(crate) fn begin<'a>(ctx: &'a Ctx, viewer: &'a Viewer) -> Boxed<'a, (Work<'a>, Viewer)> {
    Box::pin(async move {
        let mut tx = ctx.db.write().await?;
        let viewer = again(&mut tx, viewer).await?.ok_or_else(gone)?;
        Ok((Work::begun(tx, ctx, Actor::Viewer(viewer.clone())), viewer))
    })
}

/// Who the viewer is by now; `None` where the person was disabled, or the service account's token ended.
pub(crate) async fn again(tx: &mut Tx, viewer: &Viewer) -> Result<Option<Viewer>> {
    if viewer.service {
        Ok(is_account(tx, TokenId(viewer.id.0)).await?.then(|| viewer.clone()))
    } else {
        viewer_in(tx, viewer.id).await
    }
}

/// The same for a change that a program or the portal itself may make too.
///
/// # Errors
/// As of [`begin`].
pub(crate) async fn begin_as<'a>(ctx: &'a Ctx, actor: &Actor) -> Result<(Work<'a>, Actor)> {
    let mut tx = ctx.db.write().await?;
    let actor = now_as(&mut tx, actor).await?;
    Ok((Work::begun(tx, ctx, actor.clone()), actor))
}

/// Who acts by now, in a transaction that was begun already.
///
/// # Errors
/// As of [`begin`].
pub(crate) async fn now_as(tx: &mut Tx, actor: &Actor) -> Result<Actor> {
    let now = match actor {
        Actor::Viewer(viewer) => again(tx, viewer).await?.map(Actor::Viewer),
        Actor::Service(account) => is_account(tx, account.id).await?.then(|| actor.clone()),
        Actor::System(_) => Some(actor.clone()),
    };
    now.ok_or_else(gone)
}

/// True while a service account's token is valid.
async fn is_account(tx: &mut Tx, id: TokenId) -> Result<bool> {
    let token = store::token(tx, id).await?;
    Ok(token.is_some_and(|token| token.is_valid(SystemClock.now())))
}

fn gone() -> Error {
    Error::forbidden("This account was closed while the change waited for its turn; nothing was changed.")
}
