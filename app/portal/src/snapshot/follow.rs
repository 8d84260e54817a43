//! Following the changes: the newest state, kept for everybody, and the next one made from it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use tokio::time::timeout;

use super::load;
use super::touch::Touch;
use super::types::{Snapshot, Unread};
use crate::beside::{CATALOGS, WORDS};
use crate::catalog::Index;
use crate::store::changes::{self, Touched};
use crate::store::{Boxed, Tx};
use crate::{Ctx, Error, Result};

/// The longest that a call waits for a state that is being made, where there is an older one. Whoever just changed something
/// expects to see it, and sees it: what one change touched is read again in a few milliseconds.
const PATIENCE: Duration = Duration::from_millis(300);

/// The newest state.
#[derive(Debug)]
pub struct Snapshots {
    newest: RwLock<Option<Arc<Snapshot>>>,
    /// Whoever makes the next state.
    making: Arc<tokio::sync::Mutex<()>>,
    /// How long a call waits, in milliseconds.
    patience: AtomicU64,
    /// The search index, and the change of the state that it is over.
    index: tokio::sync::Mutex<(i64, Arc<Index>)>,
    /// The newest change that a search has to know.
    searched: AtomicI64,
}

impl Default for Snapshots {
    fn default() -> Self {
        let patience = u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX);
        Self {
            newest: RwLock::default(),
            making: Arc::default(),
            patience: AtomicU64::new(patience),
            index: tokio::sync::Mutex::new((-1, Arc::default())),
            searched: AtomicI64::new(0),
        }
    }
}

impl Snapshots {
    /// Lets calls wait so long for a state that is being made, where there is an older one.
    pub fn wait_at_most(&self, patience: Duration) {
        self.patience.store(u64::try_from(patience.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The newest state that is held, if any. The database may be ahead of it.
    pub fn newest(&self) -> Option<Arc<Snapshot>> {
        self.newest.read().ok()?.clone()
    }

    fn held(&self, change: i64) -> Option<Arc<Snapshot>> {
        self.newest().filter(|held| held.change >= change)
    }

    /// Keeps a state, and answers the one before.
    fn keep(&self, made: &Arc<Snapshot>) -> Option<Arc<Snapshot>> {
        let before = self.newest.write().ok().and_then(|mut newest| newest.replace(Arc::clone(made)));
        // Each of them once, not with every state that still holds it.
        for (key, unread) in &made.unread {
            if before.as_ref().and_then(|before| before.unread.get(key)) != Some(unread) {
                let Unread { kind, id, problem, .. } = unread;
                tracing::warn!(
                    kind,
                    id,
                    problem,
                    "a document cannot be read and is left out; import it again"
                );
            }
        }
        before
    }
}

impl Ctx {
    /// The catalog as it is now: from memory, with what changed since. While the next state takes long to make, the one before
    /// still answers.
    pub fn snapshot(&self) -> Boxed<'_, Arc<Snapshot>> {
        Box::pin(async move {
            let mut tx = self.db.read().await?;
            let change = changes::newest(&mut tx, changes::CATALOG).await?;
            drop(tx);
            let next = self.next(change);
            match self.snapshots.newest() {
                None => next.await,
                Some(held) if held.change >= change => Ok(held),
                Some(held) => {
                    let patience = Duration::from_millis(self.snapshots.patience.load(Ordering::Relaxed));
                    timeout(patience, next).await.unwrap_or(Ok(held))
                }
            }
        })
    }

    /// The catalog as the open transaction sees it. A decision asks here, after the lock that all changes take: what it
    /// waited for counts. To be called before the transaction changes the catalog itself, or after it noted its change.
    pub(crate) fn snapshot_in<'a>(&'a self, tx: &'a mut Tx) -> Boxed<'a, Arc<Snapshot>> {
        Box::pin(async move { Ok(newest(tx, self.snapshots.newest()).await?.0) })
    }

    /// The same with what the transaction touched itself and did not note yet.
    pub(crate) fn snapshot_with<'a>(
        &'a self,
        tx: &'a mut Tx,
        touched: impl IntoIterator<Item = Touched>,
    ) -> Boxed<'a, Snapshot> {
        let touched: BTreeSet<Touched> = touched.into_iter().collect();
        Box::pin(async move {
            if touched.contains(&Touched::Everything) {
                return load::whole(tx).await;
            }
            let held = self.snapshot_in(tx).await?;
            Ok(load::moved(tx, &held, held.change, touched).await?.0)
        })
    }

    /// The state of this change or a newer one, made here or by whoever began to.
    fn next(&self, change: i64) -> Boxed<'_, Arc<Snapshot>> {
        Box::pin(async move {
            let alone = Arc::clone(&self.snapshots.making).lock_owned().await;
            if let Some(held) = self.snapshots.held(change) {
                return Ok(held);
            }
            // Whoever comes after a call that was left finds what was made for it.
            let ctx = self.clone();
            let made = tokio::spawn(async move {
                let _alone = alone;
                ctx.make().await
            });
            made.await.map_err(Error::fault)?
        })
    }

    async fn make(&self) -> Result<Arc<Snapshot>> {
        let mut tx = self.db.read().await?;
        let (made, touch) = newest(&mut tx, self.snapshots.newest()).await?;
        drop(tx);
        self.notify_index(&made, &touch);
        let before = self.snapshots.keep(&made);
        if touch == Touch::All && before.is_some() {
            // Nothing of it is shared: taking it apart takes as long as making it.
            tokio::spawn(CATALOGS.run(move || drop(before)));
        }
        Ok(made)
    }

    /// Tells the search what it has to look at again.
    fn notify_index(&self, made: &Snapshot, touch: &Touch) {
        if !touch.is_nothing() {
            self.snapshots.searched.store(made.change, Ordering::Relaxed);
        }
    }

    /// The search index over a state, or over a newer one.
    pub(crate) async fn search_index(&self, snapshot: &Arc<Snapshot>) -> Result<Arc<Index>> {
        let mut held = self.snapshots.index.lock().await;
        if held.0 < self.snapshots.searched.load(Ordering::Relaxed).min(snapshot.change) {
            let over = Arc::clone(snapshot);
            *held = (snapshot.change, Arc::new(WORDS.run(move || Index::build(&over)).await??));
        }
        Ok(Arc::clone(&held.1))
    }
}

/// The state that the transaction sees, and what a search has to look at again that knows the one before.
async fn newest(tx: &mut Tx, held: Option<Arc<Snapshot>>) -> Result<(Arc<Snapshot>, Touch)> {
    let Some(held) = held else { return Ok((Arc::new(load::whole(tx).await?), Touch::All)) };
    let change = changes::newest(tx, changes::CATALOG).await?;
    if held.change >= change {
        return Ok((held, Touch::Entries(BTreeSet::new())));
    }
    let touched = changes::touched_since(tx, held.change).await?;
    let (made, touch) = load::moved(tx, &held, change, touched).await?;
    Ok((Arc::new(made), touch))
}

/// Follows the changes of other replicas also while nobody asks, until it is dropped: whoever comes finds the newest state.
pub async fn keep_following(ctx: Ctx, every: Duration) {
    loop {
        if let Err(error) = ctx.snapshot().await {
            tracing::warn!(%error, "the catalog could not be renewed; it is tried again");
        }
        tokio::time::sleep(every).await;
    }
}
