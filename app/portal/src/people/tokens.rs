//! Tokens of service accounts: shown once, stored as a hash.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use lakeport_model::people::TokenInfo;
use lakeport_model::{PersonId, TokenId, day, listed};
use moka::future::Cache;
use rand::RngCore;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::leaving::{self, Ending};
use super::pushing::{push_scopes, refuse_others_domains};
use super::{Actor, ServiceAccount};
use crate::audit::{self, Entry};
use crate::notify::{self, Message};
use crate::policy::{self, Authorized, ManageTokens, RevokeToken};
use crate::store::Tx;
use crate::store::audit::{self as chain, Record};
use crate::store::changes::{self, Touched};
use crate::store::people::{self as store, Names, Person, Token};
use crate::text::{self, Look};
use crate::{Call, Clock, Ctx, Error, Result, SystemClock, new_id};

/// Characters a service account's name may have.
const LONGEST_NAME: usize = 80;
/// How long a call waits to note that its token was used.
const BRIEFLY: Duration = Duration::from_millis(200);

/// How long a sender of events is known.
const SENDER_LASTS: Duration = Duration::from_secs(2);
/// Most senders that are.
const MOST_SENDERS: u64 = 1_000;

/// What pages and messages call the portal, those who run it and whoever reads.
const NAMES_OF_OURS: [&str; 4] = ["Lakeport", "Operator", "System", "You"];

/// Days after which a token ends when nobody chose an end.
pub const TOKEN_DAYS: u16 = 90;
/// The longest a token lasts.
const LONGEST_DAYS: u16 = 365;

/// A token that is asked for.
#[derive(Debug, Clone, Default)]
pub struct NewToken {
    /// The service account's name.
    pub name: String,
    /// What it may do: a [`Scope`](lakeport_model::Scope) each, or a [`PushScope`](lakeport_model::PushScope).
    pub scopes: Vec<String>,
    /// E-mail address of the person who answers for it; by default whoever makes it.
    pub owner: Option<String>,
    /// After how many days it ends.
    pub days: Option<u16>,
}

/// All tokens, newest first; for administrators.
pub async fn tokens(call: &Call) -> Result<Vec<TokenInfo>> {
    call.noted("token.list.refused", "portal", all(call).await).await
}

/// The tokens that a person answers for, newest first; what was revoked is nobody's to answer for any more.
pub async fn own_tokens(call: &Call) -> Result<Vec<TokenInfo>> {
    let Call { ctx, viewer, .. } = call;
    let mut tx = ctx.db.read().await?;
    let names = store::names(&mut tx).await?;
    let now = SystemClock.now();
    let none = Ends(Vec::new());
    let own = store::tokens_of(&mut tx, viewer.id).await?;
    Ok(own.into_iter().rev().map(|token| shown(token, &names, &none, now)).collect())
}

async fn all(call: &Call) -> Result<Vec<TokenInfo>> {
    let Call { ctx, viewer, .. } = call;
    policy::authorize(viewer, ManageTokens)?;
    let mut tx = ctx.db.read().await?;
    let names = store::names(&mut tx).await?;
    let now = SystemClock.now();
    let ends = Ends(chain::ends_of_tokens(&mut tx).await?);
    Ok(store::tokens(&mut tx).await?.into_iter().map(|token| shown(token, &names, &ends, now)).collect())
}

/// What the audit says of how tokens ended.
struct Ends(Vec<Record>);

impl Ends {
    /// How a token was revoked, as a clause. Whoever did it is named, and what did it where nobody did.
    fn of(&self, token: TokenId, names: &Names) -> Option<String> {
        let subject = format!("token {token}");
        let mut records = self.0.iter().filter(|record| record.subject == subject);
        let by =
            |record: &Record| Some(format!("by {}", names.of_text(record.actor.strip_prefix("person ")?)));
        if let Some(by) = records.clone().filter(|record| record.action == "token.revoke").find_map(by) {
            return Some(by);
        }
        let end = records.find(|record| record.action == "token.end")?;
        if end.actor == "system restore" {
            return Some("when a backup was restored".to_owned());
        }
        let detail: serde_json::Value = serde_json::from_str(&end.detail).ok()?;
        Some(format!("because {}", detail.get("why")?.as_str()?))
    }
}

fn shown(token: Token, names: &Names, ends: &Ends, now: DateTime<Utc>) -> TokenInfo {
    TokenInfo {
        revoked_how: token.revoked_at.and_then(|_| ends.of(token.id, names)),
        id: token.id,
        scopes: token.scopes.split(',').map(str::to_owned).collect(),
        created_at: token.created_at,
        last_used_at: token.last_used_at,
        revoked_at: token.revoked_at,
        owner: token.owner.map(|owner| names.person(owner)),
        ends_at: token.ends_at,
        expired: token.is_over(now),
        name: token.name,
    }
}

/// Makes a token and answers its secret, which is shown this once.
pub async fn create_token(ctx: &Ctx, actor: &Actor, new: NewToken) -> Result<String> {
    let made = create(ctx, actor, &new).await;
    audit::noted_as(ctx, actor, "token.create.refused", "portal", made).await
}

async fn create(ctx: &Ctx, actor: &Actor, new: &NewToken) -> Result<String> {
    let (mut tx, actor) = super::begin_as(ctx, actor).await?;
    let proof: Authorized<ManageTokens> = match &actor {
        Actor::Viewer(viewer) => policy::authorize(viewer, ManageTokens)?,
        Actor::System(_) => actor.as_operator()?.allows(),
        Actor::Service(_) => return Err(Error::forbidden("A service account cannot make tokens.")),
    };
    let missing = "Give the service account a name, such as the program that will use it.";
    let name = text::required("name", "the name", &new.name, LONGEST_NAME, missing)?.to_owned();
    refuse_names_of_others(&mut tx, &name).await?;
    let pushes = push_scopes(&new.scopes)?;
    let days = new.days.unwrap_or(TOKEN_DAYS);
    if days == 0 || days > LONGEST_DAYS {
        return Err(Error::invalid("days", format!("A token lasts from 1 to {LONGEST_DAYS} days.")));
    }
    let mut secret = [0u8; 32];
    rand::rng().fill_bytes(&mut secret);
    let secret = format!("lkp_{}", hex::encode(secret));
    // Programs live by real time, whatever the demo's clock shows.
    let now = SystemClock.now();
    let owner = owner(&mut tx, &actor, new.owner.as_deref()).await?;
    refuse_others_domains(&mut tx, owner, &pushes).await?;
    let token = Token {
        id: TokenId(new_id(now)),
        name,
        scopes: new.scopes.join(","),
        created_at: now,
        last_used_at: None,
        revoked_at: None,
        owner: Some(owner),
        made_by: actor.person(),
        ends_at: Some(now + TimeDelta::days(i64::from(days))),
    };
    store::add_token(&mut tx, &proof, &token, &digest(&secret)).await?;
    let account = store::service_account(token.id, &token.name);
    store::insert(&mut tx, &proof.allows(), &account, ctx.now()).await?;
    changes::touch(&mut tx, [Touched::Service(token.id)], ctx.now()).await?;
    let detail = json!({ "scopes": token.scopes, "owner": owner, "ends_at": token.ends_at });
    tx.record("token.create", format!("token {}", token.id), proof.rule(), detail).await?;
    if actor.person() != Some(owner) {
        tell_owner(&mut tx, ctx, &actor, owner, &token).await?;
    }
    tx.commit().await?;
    Ok(secret)
}

/// Tells a person that another made them answer for a service account.
async fn tell_owner(tx: &mut Tx, ctx: &Ctx, by: &Actor, owner: PersonId, token: &Token) -> Result<()> {
    let by = match by {
        Actor::Viewer(viewer) => viewer.name.as_str(),
        Actor::Service(_) | Actor::System(_) => "An operator of the portal",
    };
    let scopes: Vec<&str> = token.scopes.split(',').collect();
    // Also where a command makes the token: it works on the demo's database, and is not the demo.
    let really = if ctx.settings.demo || super::is_demo(tx).await? { " by real time" } else { "" };
    let ends = token.ends_at.map(|at| format!("It ends on {}{really}", day(at.date_naive())));
    let message = Message::new(
        format!("You answer for the service account {} now", token.name),
        [
            format!("{by} made its token and named you"),
            format!("It may use {}", listed(&scopes)),
            ends.unwrap_or_default(),
            "Revoke it on the page of your account if it is not yours to answer for".to_owned(),
        ],
        "/account",
    );
    notify::tell_about(tx, ctx, &[owner], &format!("token {}", token.id), &message).await
}

/// A service account that looks like somebody here by its name would be taken for that person by whoever decides what it
/// asks.
async fn refuse_names_of_others(tx: &mut Tx, name: &str) -> Result<()> {
    let look = Look::of(name);
    let ours = NAMES_OF_OURS.into_iter().find(|ours| Look::of(ours).is_like(&look));
    let taken = if let Some(ours) = ours {
        Some(format!("\"{ours}\" is a name of the portal's own"))
    } else {
        let person = store::all(tx).await?.into_iter().find(|person| Look::of(&person.name).is_like(&look));
        person.map(|person| format!("{} is a person here", person.name))
    };
    let Some(taken) = taken else { return Ok(()) };
    Err(Error::invalid(
        "name",
        format!(
            "{taken}, and this reads like it. Give the service account a name of its own, such as the program that will \
             use it."
        ),
    ))
}

/// The service accounts that act now, each with what its name looks like.
pub(crate) async fn looks_of_accounts(tx: &mut Tx) -> Result<Vec<(String, Look)>> {
    let now = SystemClock.now();
    let valid = store::tokens(tx).await?.into_iter().filter(|token| token.is_valid(now));
    Ok(valid.map(|token| (token.name.clone(), Look::of(&token.name))).collect())
}

/// The person who answers for a new token.
async fn owner(tx: &mut Tx, actor: &Actor, email: Option<&str>) -> Result<PersonId> {
    let email = email.map(str::trim).filter(|email| !email.is_empty());
    match (email, actor) {
        (None, Actor::Viewer(viewer)) => Ok(viewer.id),
        (None, _) => Err(Error::invalid("owner", "Name the person who answers for it by e-mail address.")),
        (Some(email), _) => {
            let found = store::by_email(tx, &email.to_lowercase()).await?;
            let found = found.filter(Person::has_mailbox).map(|person| person.id);
            found.ok_or_else(|| {
                Error::invalid("owner", format!("Nobody with the address \"{email}\" can sign in here."))
            })
        }
    }
}

/// Ends a token at once, with what its account asked for and holds; for administrators and whoever answers for it.
pub async fn revoke_token(call: &Call, id: TokenId) -> Result<()> {
    let done = revoke(call, id).await;
    call.noted("token.revoke.refused", format!("token {id}"), done).await
}

async fn revoke(call: &Call, id: TokenId) -> Result<()> {
    let ctx = &call.ctx;
    let (mut tx, viewer) = call.change().await?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let token = store::token(&mut tx, id).await?;
    let owner = token.as_ref().and_then(|token| token.owner);
    let authorized = policy::authorize(&viewer, RevokeToken { owner })?;
    let is_ours = store::revoke_token(&mut tx, &authorized, id, SystemClock.now()).await?;
    let Some(token) = token.filter(|_| is_ours) else {
        return Err(Error::conflict("This token was revoked before."));
    };
    let actor = Actor::Viewer(viewer.clone());
    tx.record("token.revoke", format!("token {id}"), authorized.rule(), json!({})).await?;
    let ending = Ending { token: &token, actor: &actor, why: "its token was revoked" };
    let now = tx.now();
    leaving::end_account(&mut tx, ctx, now, &snapshot, &ending, &authorized.allows()).await?;
    tx.commit().await?;
    ctx.senders.0.invalidate_all();
    Ok(())
}

/// Ends every token, and answers how many there were: for a database whose past is not its present.
pub async fn revoke_all_tokens(ctx: &Ctx, actor: &Actor) -> Result<usize> {
    let proof: Authorized<RevokeToken> = actor.as_operator()?.allows();
    let mut tx = ctx.db.write().await?;
    let valid: Vec<Token> =
        store::tokens(&mut tx).await?.into_iter().filter(|token| token.revoked_at.is_none()).collect();
    if !valid.is_empty() {
        let snapshot = ctx.snapshot_in(&mut tx).await?;
        for token in &valid {
            store::revoke_token(&mut tx, &proof, token.id, SystemClock.now()).await?;
            let ending = Ending { token, actor, why: "its token was revoked" };
            let now = ctx.now();
            leaving::end_account(&mut tx, ctx, now, &snapshot, &ending, &proof.allows()).await?;
        }
    }
    let revoked = valid.len();
    let entry = Entry {
        actor,
        action: "token.revoke_all",
        subject: "portal".to_owned(),
        rule: proof.rule(),
        detail: json!({ "revoked": revoked }),
    };
    audit::record(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(revoked)
}

/// Makes the viewer answer for a token that nobody answers for.
pub async fn take_over_token(call: &Call, id: TokenId) -> Result<()> {
    let done = take_over(call, id).await;
    call.noted("token.take_over.refused", format!("token {id}"), done).await
}

async fn take_over(call: &Call, id: TokenId) -> Result<()> {
    let (mut tx, viewer) = call.change().await?;
    let now = tx.now();
    let authorized = policy::authorize(&viewer, ManageTokens)?;
    if !store::set_token_owner(&mut tx, &authorized, id, viewer.id).await? {
        return Err(Error::conflict("Somebody answers for this token already."));
    }
    changes::touch(&mut tx, [Touched::Service(id)], now).await?;
    let detail = json!({ "owner": viewer.id });
    tx.record("token.take_over", format!("token {id}"), authorized.rule(), detail).await?;
    tx.commit().await
}

/// The service account behind a bearer token; `None` when the token is unknown, revoked or expired.
pub async fn authenticate(ctx: &Ctx, bearer: &str) -> Result<Option<ServiceAccount>> {
    let now = SystemClock.now();
    let mut tx = ctx.db.read().await?;
    let token = store::token_by_hash(&mut tx, &digest(bearer)).await?;
    let Some(token) = token.filter(|token| !token.is_over(now)) else { return Ok(None) };
    drop(tx);
    if token.last_used_at.is_none_or(|last| now - last > TimeDelta::minutes(1)) {
        // A reader does not wait behind those who write; a later call notes it.
        if let Ok(noted) = tokio::time::timeout(BRIEFLY, note_use(ctx, token.id, now)).await {
            noted?;
        }
    }
    let scopes = token.scopes.split(',').map(str::to_owned).collect();
    Ok(Some(ServiceAccount { id: token.id, name: token.name, scopes, owner: token.owner }))
}

/// Senders of events whose tokens were looked up just now.
#[derive(Debug)]
pub struct Senders(Cache<String, ServiceAccount>);

impl Default for Senders {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST_SENDERS).time_to_live(SENDER_LASTS).build())
    }
}

/// The same for whoever sends events, a hundred of them in a moment: a token is looked up once in two seconds, for the
/// others would keep those who read from the database. It is no way to go on with one that was revoked: who may send is
/// looked at again where events are kept.
pub async fn authenticate_sender(ctx: &Ctx, bearer: &str) -> Result<Option<ServiceAccount>> {
    let key = digest(bearer);
    if let Some(account) = ctx.senders.0.get(&key).await {
        return Ok(Some(account));
    }
    let found = authenticate(ctx, bearer).await?;
    if let Some(account) = &found {
        ctx.senders.0.insert(key, account.clone()).await;
    }
    Ok(found)
}

async fn note_use(ctx: &Ctx, id: TokenId, now: DateTime<Utc>) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    store::touch_token(&mut tx, id, now).await?;
    tx.commit_unrecorded("that a token was used stands with the token").await
}

/// The secret has 256 random bits: a plain hash is enough to store it by.
fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(actor: &str, action: &str, subject: &str, detail: &str) -> Record {
        let [actor, action, subject, detail] = [actor, action, subject, detail].map(str::to_owned);
        let (rule, previous, hash) = (String::new(), String::new(), String::new());
        Record { number: 1, at: DateTime::default(), actor, action, subject, rule, detail, previous, hash }
    }

    #[test]
    fn a_token_that_nobody_revoked_is_never_said_to_be_somebodys() {
        let (names, token) = (Names::default(), TokenId(uuid::Uuid::nil()));
        let subject = format!("token {token}");
        let how = |records: &[(&str, &str, &str)]| {
            let records =
                records.iter().map(|(actor, action, detail)| record(actor, action, &subject, detail));
            Ends(records.collect()).of(token, &names)
        };
        let why = r#"{"why":"the person who answered for it has left"}"#;
        assert_eq!(
            how(&[("system restore", "token.end", why)]).as_deref(),
            Some("when a backup was restored")
        );
        assert_eq!(
            how(&[("person 1", "token.end", why)]).as_deref(),
            Some("because the person who answered for it has left")
        );
        let by = format!("by {}", names.of_text("1"));
        let revoked = how(&[("person 1", "token.revoke", "{}"), ("person 1", "token.end", why)]);
        assert_eq!(revoked, Some(by));
        assert_eq!(how(&[]), None);
        assert_eq!(Ends(vec![record("person 1", "token.revoke", "token x", "{}")]).of(token, &names), None);
    }
}
