//! Whoever follows something that changed is told so, once a day at most. Whose digest is looked at when, is stored with them: where
//! nobody's is due, this costs a look at an index.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lakeport_model::PersonId;

use super::faults::Thing;
use super::sweep::Sweep;
use crate::store::Tx;
use crate::store::follow as store;
use crate::{Ctx, Result, follow};

/// Digests are written.
pub(super) struct Digests;

#[async_trait]
impl Sweep for Digests {
    type Id = PersonId;

    const NAME: &str = "digests";

    async fn due(&self, tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<PersonId>> {
        store::due(tx, now, limit).await
    }

    async fn see_to(&self, ctx: &Ctx, id: PersonId) -> Result<u32> {
        follow::tell(ctx, id).await
    }

    async fn thing(&self, _ctx: &Ctx, id: PersonId, _has_failed: bool) -> Result<Thing> {
        Ok(Thing::digest(id))
    }

    async fn put_off(&self, tx: &mut Tx, id: PersonId, again: DateTime<Utc>) -> Result<()> {
        store::put_digest_off(tx, id, again).await
    }
}
