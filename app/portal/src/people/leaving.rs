//! People who leave, and service accounts that end: nothing they held stays behind.

use chrono::{DateTime, Utc};
use lakeport_model::PersonId;
use serde_json::json;

use super::Actor;
use crate::access::{self, Concerned, Leavers};
use crate::audit::{self, Entry};
use crate::catalog::Snapshot;
use crate::policy::rules::TokenExpiry;
use crate::policy::{self, Authorized, Leave, ManagePerson};
use crate::store::Tx;
use crate::store::changes::{self, Touched};
use crate::store::follow;
use crate::store::people::{self as store, Person, Token};
use crate::{Clock, Ctx, Error, Result, SystemClock};

/// Ends a person's sessions, tokens, requests and, as the configuration says, grants; they cannot sign in any more.
/// What waited for them waits for the others.
///
/// # Errors
/// Refused to whoever is no administrator, about oneself, and about the last administrator.
pub async fn disable(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<()> {
    let done = disable_person(ctx, actor, id).await;
    audit::noted_as(ctx, actor, "person.disable.refused", format!("person {id}"), done).await
}

async fn disable_person(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<()> {
    let (mut tx, actor) = super::begin_as(ctx, actor).await?;
    let (actor, proof) = (&actor, authorize(&actor, id)?);
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let person = person(&mut tx, id).await?;
    if person.disabled_at.is_some() {
        return Err(Error::conflict(format!("{} was disabled before; nothing was changed.", person.name)));
    }
    if person.administrator && store::other_administrators(&mut tx, person.id).await? == 0 {
        return Err(Error::conflict(format!(
            "{} is the last administrator. Make somebody else an administrator first.",
            person.name
        )));
    }
    let now = tx.now();
    end_person(&mut tx, ctx, now, &snapshot, person.id, actor, &proof).await?;
    tx.commit().await
}

/// Ends all that somebody has here, and notes it.
async fn end_person(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    person: PersonId,
    actor: &Actor,
    proof: &Authorized<ManagePerson>,
) -> Result<()> {
    store::set_disabled(tx, proof, person, Some(now)).await?;
    store::delete_sessions_of(tx, person).await?;
    follow::unfollow_all(tx, person).await?;
    let tokens = store::tokens_of(tx, person).await?;
    for token in &tokens {
        store::revoke_token(tx, &proof.allows(), token.id, SystemClock.now()).await?;
        let why = "the person who answered for it has left";
        end_account(tx, ctx, now, snapshot, &Ending { token, actor, why }, &proof.allows()).await?;
    }
    let by = match actor {
        Actor::Viewer(viewer) => viewer.name.as_str(),
        Actor::Service(_) | Actor::System(_) => "an operator of the portal",
    };
    let told = format!("has left: {by} closed the account");
    let leaver = access::Leaver { id: person, why: "has left", told: &told, how: ctx.settings.leavers };
    let left = access::leave(tx, ctx, now, snapshot, &leaver, actor, &proof.allows()).await?;
    let after = ctx.snapshot_with(tx, [Touched::Person(person)]).await?;
    access::roles_changed(tx, ctx, now, (snapshot, &after), &Concerned::Everything).await?;
    let detail = json!({
        "tokens": tokens.len(), "requests": left.requests, "grants": left.grants, "leavers": ctx.settings.leavers.as_str(),
    });
    note(tx, ctx, actor, "person.disable", person, proof.rule(), detail).await
}

/// Somebody who cannot sign in, as a database knows them that another one takes the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disabled {
    id: PersonId,
    email: String,
}

/// Everybody who cannot sign in any more.
///
/// # Errors
/// When the database cannot be read.
pub async fn disabled(ctx: &Ctx) -> Result<Vec<Disabled>> {
    let people = store::all(&mut ctx.db.read().await?).await?;
    let disabled = people.into_iter().filter(|person| person.disabled_at.is_some());
    Ok(disabled.map(|person| Disabled { id: person.id, email: person.email }).collect())
}

/// Disables here whoever was disabled in the database before, and answers their addresses: a backup does not know that
/// they have left. The last administrator too; the operator, whose command this is, can enable anybody.
///
/// # Errors
/// When the database cannot be written.
pub async fn disable_again(ctx: &Ctx, actor: &Actor, before: &[Disabled]) -> Result<Vec<String>> {
    let mut again = Vec::new();
    for gone in before {
        let (mut tx, actor) = super::begin_as(ctx, actor).await?;
        let found = match store::by_id(&mut tx, gone.id).await? {
            None => store::by_email(&mut tx, &gone.email).await?,
            known => known,
        };
        let Some(person) = found.filter(Person::has_mailbox) else { continue };
        let proof = authorize(&actor, person.id)?;
        let snapshot = ctx.snapshot_in(&mut tx).await?;
        let now = tx.now();
        end_person(&mut tx, ctx, now, &snapshot, person.id, &actor, &proof).await?;
        tx.commit().await?;
        again.push(person.email);
    }
    Ok(again)
}

/// Lets a disabled person sign in again. What ended stays ended.
///
/// # Errors
/// Refused to whoever is no administrator.
pub async fn enable(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<()> {
    let done = enable_person(ctx, actor, id).await;
    audit::noted_as(ctx, actor, "person.enable.refused", format!("person {id}"), done).await
}

async fn enable_person(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<()> {
    let (mut tx, actor) = super::begin_as(ctx, actor).await?;
    let (actor, proof) = (&actor, authorize(&actor, id)?);
    let person = person(&mut tx, id).await?;
    if person.disabled_at.is_none() {
        return Err(Error::conflict(format!("{} is not disabled; nothing was changed.", person.name)));
    }
    store::set_disabled(&mut tx, &proof, person.id, None).await?;
    note(&mut tx, ctx, actor, "person.enable", person.id, proof.rule(), json!({})).await?;
    tx.commit().await
}

fn authorize(actor: &Actor, person: PersonId) -> Result<Authorized<ManagePerson>> {
    match actor {
        Actor::Viewer(viewer) => policy::authorize(viewer, ManagePerson { person }),
        Actor::System(_) => Ok(actor.as_operator()?.allows()),
        Actor::Service(_) => Err(Error::forbidden("A service account cannot disable or enable people.")),
    }
}

async fn person(tx: &mut Tx, id: PersonId) -> Result<Person> {
    let person = store::by_id(tx, id).await?.filter(|person| !person.is_service());
    person.ok_or_else(|| Error::not_found("person"))
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    action: &'static str,
    person: PersonId,
    rule: &str,
    detail: serde_json::Value,
) -> Result<()> {
    let subject = format!("person {person}");
    changes::touch(tx, [Touched::Person(person)], ctx.now()).await?;
    audit::record(tx, ctx, Entry { actor, action, subject, rule, detail }).await
}

/// A service account that ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending<'a> {
    /// Its token.
    pub(crate) token: &'a Token,
    /// Who ends it.
    pub(crate) actor: &'a Actor,
    /// Why, as the words after `has ended:`.
    pub(crate) why: &'a str,
}

/// Ends what a service account asked for and holds; those who look after the data are told.
pub(crate) async fn end_account(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    &Ending { token, actor, why }: &Ending<'_>,
    proof: &Authorized<Leave>,
) -> Result<()> {
    let told = format!("has ended: {why}");
    let leaver = access::Leaver { id: token.id.into(), why, told: &told, how: Leavers::End };
    let left = access::leave(tx, ctx, now, snapshot, &leaver, actor, proof).await?;
    let subject = format!("token {}", token.id);
    let detail = json!({ "why": why, "requests": left.requests, "grants": left.grants });
    audit::record(tx, ctx, Entry { actor, action: "token.end", subject, rule: proof.rule(), detail }).await
}

/// Ends the account of a token whose last moment has passed; answers whether it did so, and nobody before.
pub(crate) async fn end_expired(ctx: &Ctx, token: &Token) -> Result<u32> {
    let mut tx = ctx.db.write().await?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let proof = TokenExpiry::Over.proof();
    if !store::end_token(&mut tx, &proof, token.id, SystemClock.now()).await? {
        return Ok(0);
    }
    let actor = Actor::System("token expiry");
    let ending = Ending { token, actor: &actor, why: "its token has expired" };
    end_account(&mut tx, ctx, ctx.now(), &snapshot, &ending, &proof.allows()).await?;
    tx.commit().await?;
    Ok(1)
}
