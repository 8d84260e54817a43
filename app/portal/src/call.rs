//! What every use case is given of the call it answers.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use lakeport_model::PersonId;
use lakeport_model::people::Viewer;

use crate::actor::{Party, ServiceAccount};
use crate::catalog::Rights;
use crate::people::{self, Work};
use crate::snapshot::Snapshot;
use crate::store::{Boxed, Tx, changes};
use crate::{Ctx, Result, audit};

/// A call in somebody's name: who calls, with what was so when the call came. Whoever takes calls makes it, once for each, in
/// one transaction; a page that asks for several things asks for all of them with the same.
///
/// What a call reads is read under this. What it changes is decided anew by what is so once its turn has come
/// ([`Call::change`]); before rows of data go out, the right to them is asked for again (`Rights::still_hold`).
#[derive(Clone)]
pub struct Call {
    /// Database, clock, lake, settings.
    pub ctx: Ctx,
    /// Who calls.
    pub viewer: Viewer,
    party: Party,
    now: DateTime<Utc>,
    snapshot: Arc<Snapshot>,
    rights: Arc<Rights>,
}

impl Call {
    /// A call in the name of this viewer, who is believed: nothing here looks whether there is such a person, with these roles,
    /// who is not disabled. Whoever calls this read them just now. What comes from a browser takes [`Call::of`], which reads
    /// the person in the transaction of the call, and what comes with a token [`Call::by`].
    ///
    /// The catalog and the viewer's rights are read here. Grants and requests that cannot be read are no error: they open
    /// nothing.
    ///
    /// # Errors
    /// A fault where the database does not answer, or there is no catalog to show.
    pub async fn new(ctx: &Ctx, viewer: Viewer) -> Result<Self> {
        let tx = ctx.db.read().await?;
        Self::begun(tx, ctx, viewer).await
    }

    /// A call of this service account; it takes the turns of whoever answers for it.
    ///
    /// # Errors
    /// As of [`Call::new`].
    pub async fn by(ctx: &Ctx, account: &ServiceAccount) -> Result<Self> {
        Ok(Self { party: account.into(), ..Self::new(ctx, account.as_viewer()).await? })
    }

    /// A call of this person; `None` where there is nobody of this id, or the person was disabled.
    ///
    /// # Errors
    /// As of [`Call::new`].
    pub async fn of(ctx: &Ctx, person: PersonId) -> Result<Option<Self>> {
        let mut tx = ctx.db.read().await?;
        match people::viewer_in(&mut tx, person).await? {
            Some(viewer) => Self::begun(tx, ctx, viewer).await.map(Some),
            None => Ok(None),
        }
    }

    fn begun(mut tx: Tx, ctx: &Ctx, viewer: Viewer) -> Boxed<'_, Self> {
        Box::pin(async move {
            let now = ctx.now();
            let rights = match Rights::in_tx(&mut tx, now, &viewer).await {
                Ok(rights) => rights,
                // What cannot be read opens nothing, and closes nothing else.
                Err(error) => {
                    tracing::error!(viewer = %viewer.id, %error, "grants or requests cannot be read: they open nothing");
                    Rights::without_grants(now, &viewer)
                }
            };
            let rights = Arc::new(rights);
            let change = changes::newest(&mut tx, changes::CATALOG).await?;
            // Where the catalog is behind, its next state is read in a transaction of its own.
            drop(tx);
            let snapshot = ctx.snapshot_of(change).await?;
            Ok(Self { ctx: ctx.clone(), party: Party::from(&viewer), viewer, now, snapshot, rights })
        })
    }

    /// Whose turn the work of the call takes.
    pub(crate) fn party(&self) -> Party {
        self.party
    }

    /// The moment of the call: what it shows is as of then. How a review stands, and what is settled since, is still asked of
    /// the clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The catalog for what the call shows, as [`Ctx::snapshot`] answers it.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }

    /// The same call for whoever may have sent events and reads what came of them.
    ///
    /// # Errors
    /// A fault where the database does not answer, or there is no catalog to show.
    pub async fn with_events(&self) -> Result<Self> {
        let snapshot = self.ctx.snapshot_with_events().await?;
        Ok(Self { snapshot, ..self.clone() })
    }

    /// What the viewer sees and reads.
    pub(crate) fn rights(&self) -> Arc<Rights> {
        Arc::clone(&self.rights)
    }

    /// Passes on what came of the call, and records it when a rule said no. To be called after the call's transaction.
    pub(crate) async fn noted<T>(
        &self,
        action: &'static str,
        subject: impl Into<String>,
        outcome: Result<T>,
    ) -> Result<T> {
        audit::noted(&self.ctx, &self.viewer, action, subject, outcome).await
    }

    /// Begins a change: the turn to write, and who the viewer is by then. What somebody was when a call arrived says nothing
    /// about what they may do after it waited for others.
    ///
    /// # Errors
    /// Refused where the person was disabled, or the service account's token ended, in the meantime.
    pub(crate) fn change(&self) -> Boxed<'_, (Work<'_>, Viewer)> {
        people::begin(&self.ctx, &self.viewer)
    }
}
