//! Sessions in the portal's own database.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lakeport_model::PersonId;
use lakeport_portal::people::sessions;
use lakeport_portal::{Clock as _, Ctx, SystemClock};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore};

use super::Auth;

/// Sessions end this long after sign-in, used or not.
const LIFETIME: Duration = Duration::hours(12);
const PERSON: &str = "person";

/// The store: ids are kept as hashes, so that whoever reads the database cannot become somebody else.
#[derive(Clone)]
pub struct Sessions {
    ctx: Ctx,
}

impl Sessions {
    /// Over the portal's database.
    pub fn new(ctx: Ctx) -> Self {
        Self { ctx }
    }

    async fn write(&self, record: &Record) -> Result<()> {
        let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        let person =
            record.data.get(PERSON).and_then(|value| value.as_str()).and_then(|text| text.parse().ok());
        let ends =
            DateTime::<Utc>::from_timestamp(record.expiry_date.unix_timestamp(), 0).unwrap_or_default();
        sessions::save(&self.ctx, &key(&record.id), person, &data, ends).await.map_err(backend)
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits: two sessions never meet, and an id that did would belong to this browser only once.
        while sessions::load(&self.ctx, &key(&record.id)).await.map_err(backend)?.is_some() {
            record.id = Id::default();
        }
        self.write(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.write(record).await
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(data) = sessions::load(&self.ctx, &key(id)).await.map_err(backend)? else { return Ok(None) };
        let data = serde_json::from_str(&data).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: end() }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sessions::delete(&self.ctx, &key(id)).await.map_err(backend)
    }
}

fn key(id: &Id) -> String {
    hex::encode(Sha256::digest(id.0.to_le_bytes()))
}

fn backend(error: lakeport_portal::Error) -> Error {
    Error::Backend(error.to_string())
}

/// The end of a session that begins now, by real time: the demo's clock does not end sessions.
fn end() -> OffsetDateTime {
    let now = SystemClock.now().timestamp();
    OffsetDateTime::from_unix_timestamp(now).unwrap_or(OffsetDateTime::UNIX_EPOCH) + LIFETIME
}

/// The layer that reads the session cookie. `Lax`: the first page after sign-in is reached from the issuer's site,
/// and changes are checked for their origin.
pub fn layer(ctx: &Ctx, auth: &Auth) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(Sessions::new(ctx.clone()))
        .with_name(auth.cookie("lakeport"))
        .with_same_site(SameSite::Lax)
        .with_secure(auth.secure)
}

/// Begins a person's session under a new id; whatever id the browser came with is worth nothing afterwards.
pub(super) async fn begin(
    session: &Session,
    person: PersonId,
) -> std::result::Result<(), tower_sessions::session::Error> {
    session.clear().await;
    session.cycle_id().await?;
    session.set_expiry(Some(Expiry::AtDateTime(end())));
    session.insert(PERSON, person).await
}

/// Whose session this is.
pub async fn person(session: &Session) -> Option<PersonId> {
    match session.get(PERSON).await {
        Ok(person) => person,
        Err(error) => {
            tracing::error!(%error, "a session could not be read");
            None
        }
    }
}
