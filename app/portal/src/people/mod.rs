//! People: sign-in, the viewer of a call, sessions, tokens, the demo's clock.

mod acting;
pub mod administrators;
mod domain;
pub mod leaving;
pub(crate) mod members;
mod person;
mod pushing;
pub mod sessions;
mod sign_in;
mod tokens;
pub(crate) mod told;

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::people::{Account, DemoShell, MOST_SESSIONS, Membership, Role, Shell, Viewer};
use lakeport_model::{PersonId, moment};
use serde_json::json;

pub(crate) use acting::{Work, again, begin, begin_as, now_as};
pub use domain::domain_page;
pub use members::{find_people, put_member, remove_member};
pub use person::person;
pub(crate) use pushing::answering;
pub use sign_in::{Identity, sign_in};
pub(crate) use tokens::looks_of_accounts;
pub use tokens::{
    NewToken, Senders, TOKEN_DAYS, authenticate, authenticate_sender, create_token, own_tokens,
    revoke_all_tokens, revoke_token, take_over_token, tokens,
};

pub use crate::actor::{Actor, ServiceAccount};
use crate::policy::{self, Authorized, MoveClock, SeeAudit, decide};
use crate::store::people as store;
use crate::store::{Tx, notify, settings};
use crate::text::capital;
use crate::{Call, Clock, Ctx, Db, Error, Result, SystemClock, proposals};

/// The setting that marks a database as the demo's.
const DEMO: &str = "demo";

/// True for a database that holds nobody yet, or was marked as the demo's. It may be older than this binary.
pub async fn may_be_demo(db: &Db) -> Result<bool> {
    let mut tx = db.read().await?;
    if !store::has_table(&mut tx).await? {
        return Ok(true);
    }
    Ok(settings::get(&mut tx, DEMO).await?.is_some() || !store::has_anybody(&mut tx).await?)
}

/// Marks a database as the demo's.
pub async fn mark_as_demo(db: &Db) -> Result<()> {
    let mut tx = db.write().await?;
    settings::set(&mut tx, DEMO, "yes").await?;
    tx.commit_unrecorded("a new demo has no past to record").await
}

/// True where the database was marked as the demo's, whoever works on it.
pub(crate) async fn is_demo(tx: &mut Tx) -> Result<bool> {
    Ok(settings::get(tx, DEMO).await?.is_some())
}

/// The person as the viewer of a call. Roles are read each time, so that a change counts at once.
pub async fn viewer(ctx: &Ctx, id: PersonId) -> Result<Option<Viewer>> {
    viewer_in(&mut ctx.db.read().await?, id).await
}

/// The same inside an open transaction.
pub(crate) async fn viewer_in(tx: &mut Tx, id: PersonId) -> Result<Option<Viewer>> {
    match store::by_id(tx, id).await?.filter(|person| person.disabled_at.is_none()) {
        Some(person) => Ok(Some(as_viewer(tx, person).await?)),
        None => Ok(None),
    }
}

/// The person with this e-mail address as a viewer.
pub async fn viewer_by_email(ctx: &Ctx, email: &str) -> Result<Option<Viewer>> {
    let mut tx = ctx.db.read().await?;
    match store::by_email(&mut tx, &email.to_lowercase()).await? {
        Some(person) => Ok(Some(as_viewer(&mut tx, person).await?)),
        None => Ok(None),
    }
}

async fn as_viewer(tx: &mut Tx, person: store::Person) -> Result<Viewer> {
    let memberships: Vec<Membership> = store::memberships(tx, person.id).await?;
    Ok(Viewer {
        id: person.id,
        administrator: person.administrator,
        service: person.is_service(),
        name: person.name,
        email: person.email,
        memberships,
    })
}

/// What the frame around every page shows.
pub async fn shell(call: &Call) -> Result<Shell> {
    let Call { ctx, viewer, .. } = call;
    let now = call.now();
    let mut tx = ctx.db.read().await?;
    let waiting = crate::access::waiting_for(&mut tx, call).await?;
    let unread = notify::unread(&mut tx, viewer.id).await?;
    let proposals = proposals::waiting(&mut tx, call).await?.len();
    let proposals = u32::try_from(proposals).unwrap_or(u32::MAX);
    let has_proposed = crate::store::proposals::has_proposed(&mut tx, viewer.id).await?;
    Ok(Shell {
        viewer: viewer.clone(),
        to_decide: waiting.to_decide,
        to_review: waiting.to_review,
        proposals,
        has_proposed,
        unread: u32::try_from(unread).unwrap_or(0),
        sees_audit: decide(viewer, &SeeAudit.into()).allowed,
        demo: ctx.settings.demo.then(|| DemoShell {
            now: format!("{}, {}", now.format("%a"), moment(now)),
            today: now.date_naive().to_string(),
        }),
    })
}

/// Who somebody is here, where they are signed in, and the service accounts they answer for.
pub async fn account(call: &Call) -> Result<Account> {
    let Call { ctx, viewer, .. } = call;
    let mut tx = ctx.db.read().await?;
    let title = store::by_id(&mut tx, viewer.id).await?.and_then(|person| person.title);
    let sessions = store::sessions_of(&mut tx, viewer.id, SystemClock.now(), MOST_SESSIONS.into()).await?;
    drop(tx);
    let tokens = own_tokens(call).await?;
    Ok(Account { viewer: viewer.clone(), title, sessions, tokens, real_time: real_time(ctx) })
}

/// The real time, where the portal's clock may show another: in the demo. Sessions and tokens live by it.
#[must_use]
pub fn real_time(ctx: &Ctx) -> Option<DateTime<Utc>> {
    ctx.settings.demo.then(|| SystemClock.now())
}

/// Somebody a newcomer to the demo can sign in as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// `Owner of Finance Forecasting`.
    pub about: String,
}

/// Everybody who was pre-registered, with what they are.
pub async fn demo_accounts(ctx: &Ctx) -> Result<Vec<DemoAccount>> {
    let mut tx = ctx.db.read().await?;
    let mut accounts = Vec::new();
    for person in store::all(&mut tx).await? {
        let title = person.title.clone();
        let viewer = as_viewer(&mut tx, person).await?;
        let about = match title {
            Some(title) => format!("{title}; {}", about(&viewer)),
            None => about(&viewer),
        };
        accounts.push(DemoAccount { about, email: viewer.email, name: viewer.name });
    }
    Ok(accounts)
}

/// What a person is, in words: `Owner of Finance, member of Controlling`.
pub fn about(viewer: &Viewer) -> String {
    let mut parts: Vec<String> = Vec::new();
    for role in [Role::Owner, Role::Steward, Role::Member] {
        let of: Vec<&str> = viewer
            .memberships
            .iter()
            .filter(|membership| membership.role == role)
            .map(|membership| membership.domain.name.as_str())
            .collect();
        if !of.is_empty() {
            parts.push(format!("{} of {}", role.as_str(), lakeport_model::listed(&of)));
        }
    }
    if viewer.administrator {
        parts.push("administrator".to_owned());
    }
    if parts.is_empty() {
        parts.push(if viewer.service { "service account" } else { "no domain" }.to_owned());
    }
    capital(&parts.join(", "))
}

/// Moves the demo's clock forward to the same time of day on `to`.
pub async fn move_clock(call: &Call, to: NaiveDate) -> Result<()> {
    let Call { ctx, viewer, .. } = call;
    let proof = policy::authorize(viewer, MoveClock { demo: ctx.settings.demo })?;
    advance_clock(ctx, &Actor::Viewer(viewer.clone()), &proof, to).await
}

/// Moves the demo's clock as its operator (`lakeport demo --now`).
pub async fn start_clock_at(ctx: &Ctx, to: NaiveDate) -> Result<()> {
    refresh_clock(ctx).await?;
    if to == ctx.now().date_naive() {
        return Ok(());
    }
    let actor = Actor::System("demo");
    advance_clock(ctx, &actor, &actor.as_operator()?.allows(), to).await
}

async fn advance_clock(ctx: &Ctx, actor: &Actor, proof: &Authorized<MoveClock>, to: NaiveDate) -> Result<()> {
    let (mut tx, _) = begin_as(ctx, actor).await?;
    // Another process may have moved the clock since this one looked.
    let offset = settings::clock_offset(&mut tx).await?;
    ctx.clock.set_offset(offset);
    let today = ctx.now().date_naive();
    let days = (to - today).num_days();
    if days <= 0 {
        return Err(Error::invalid(
            "date",
            format!("The demo's clock stands at {today} and only moves forward. Choose a later day."),
        ));
    }
    if days > 3_660 {
        return Err(Error::invalid("date", "The demo's clock moves by ten years at most."));
    }
    let offset = offset + days * 86_400;
    settings::set_clock_offset(&mut tx, proof, offset).await?;
    tx.record("clock.move", "demo clock".to_owned(), proof.rule(), json!({ "from": today, "to": to }))
        .await?;
    tx.commit().await?;
    ctx.clock.set_offset(offset);
    Ok(())
}

/// Reads the demo's clock from the database, where another process may have moved it.
pub async fn refresh_clock(ctx: &Ctx) -> Result<()> {
    if ctx.settings.demo {
        let mut tx = ctx.db.read().await?;
        ctx.clock.set_offset(settings::clock_offset(&mut tx).await?);
    }
    Ok(())
}
