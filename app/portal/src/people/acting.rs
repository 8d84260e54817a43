//! Calls in somebody's name: who that is, is read again once their turn has come.

use lakeport_model::people::Viewer;
use uuid::Uuid;

use super::{Actor, viewer_in};
use crate::store::{Boxed, Tx, audit as chain};
use crate::{Clock, Ctx, Error, Result, SystemClock};

/// Begins a change in the viewer's name, with who the viewer is by then: what somebody was when a call arrived says nothing
/// about what he may do after it waited for others.
///
/// # Errors
/// Refused where the person was disabled, or the service account's token ended, in the meantime.
pub(crate) fn begin<'a>(ctx: &'a Ctx, viewer: &'a Viewer) -> Boxed<'a, (Tx, Viewer)> {
    Box::pin(async move {
        let mut tx = ctx.db.write().await?;
        let now = again(&mut tx, viewer).await?;
        Ok((tx, now.ok_or_else(gone)?))
    })
}

/// Who the viewer is by now; `None` where the person was disabled, or the service account's token ended.
pub(crate) async fn again(tx: &mut Tx, viewer: &Viewer) -> Result<Option<Viewer>> {
    if viewer.service {
        Ok(is_account(tx, viewer.id.0).await?.then(|| viewer.clone()))
    } else {
        viewer_in(tx, viewer.id).await
    }
}

/// The same for a change that a program or the portal itself may make too.
///
/// # Errors
/// As of [`begin`].
pub(crate) async fn begin_as(ctx: &Ctx, actor: &Actor) -> Result<(Tx, Actor)> {
    let mut tx = ctx.db.write().await?;
    let actor = now_as(&mut tx, actor).await?;
    Ok((tx, actor))
}

/// Who acts by now, in a transaction that was begun already.
///
/// # Errors
/// As of [`begin`].
pub(crate) async fn now_as(tx: &mut Tx, actor: &Actor) -> Result<Actor> {
    let now = match actor {
        Actor::Viewer(viewer) => again(tx, viewer).await?.map(Actor::Viewer),
        Actor::Service(account) => is_account(tx, account.id.0).await?.then(|| actor.clone()),
        Actor::System(_) => Some(actor.clone()),
    };
    now.ok_or_else(gone)
}

/// True while a service account's token is valid.
async fn is_account(tx: &mut Tx, id: Uuid) -> Result<bool> {
    let token = chain::token(tx, id).await?;
    Ok(token.is_some_and(|token| token.is_valid(SystemClock.now())))
}

fn gone() -> Error {
    Error::forbidden("This account was closed while the change waited for its turn; nothing was changed.")
}
