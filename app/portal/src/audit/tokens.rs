//! Tokens of service accounts: shown once, stored as a hash.

use lakeport_model::TokenId;
use lakeport_model::audit::TokenInfo;
use lakeport_model::people::Viewer;
use rand::RngCore;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Entry, record};
use crate::catalog::AREA;
use crate::people::{Actor, ServiceAccount};
use crate::policy::{self, Action};
use crate::store::audit::{self as store, Token};
use crate::store::people;
use crate::{Ctx, Error, Result, text};

/// What a token may be allowed to do.
pub const SCOPES: &[&str] = &["catalog:read", "lineage:read", "lineage:write", "access:read", "access:write"];

/// Characters a service account's name may have.
const LONGEST_NAME: usize = 80;

/// All tokens, newest first; for administrators.
pub async fn tokens(ctx: &Ctx, viewer: &Viewer) -> Result<Vec<TokenInfo>> {
    policy::authorize(viewer, &Action::ManageTokens)?;
    let mut tx = ctx.db.read().await?;
    Ok(store::tokens(&mut tx).await?.into_iter().map(shown).collect())
}

fn shown(token: Token) -> TokenInfo {
    TokenInfo {
        id: TokenId(token.id),
        name: token.name,
        scopes: token.scopes.split(',').map(str::to_owned).collect(),
        created_at: token.created_at,
        last_used_at: token.last_used_at,
        revoked_at: token.revoked_at,
    }
}

/// Makes a token and answers its secret, which is shown this once.
pub async fn create_token(ctx: &Ctx, actor: &Actor, name: String, scopes: Vec<String>) -> Result<String> {
    let rule = match actor {
        Actor::Viewer(viewer) => policy::authorize(viewer, &Action::ManageTokens)?.rule(),
        Actor::System(_) => "operator",
        Actor::Service(_) => return Err(Error::forbidden("A service account cannot make tokens.")),
    };
    let missing = "Give the service account a name, such as the program that will use it.";
    let name = text::required("name", "the name", &name, LONGEST_NAME, missing)?.to_owned();
    if scopes.is_empty() {
        return Err(Error::invalid("scopes", format!("Choose at least one scope: {}.", SCOPES.join(", "))));
    }
    if let Some(unknown) = scopes.iter().find(|scope| !SCOPES.contains(&scope.as_str())) {
        return Err(Error::invalid(
            "scopes",
            format!("\"{unknown}\" is no scope; allowed are {}.", SCOPES.join(", ")),
        ));
    }
    let mut secret = [0u8; 32];
    rand::rng().fill_bytes(&mut secret);
    let secret = format!("lkp_{}", hex::encode(secret));
    let token = Token {
        id: Uuid::now_v7(),
        name,
        scopes: scopes.join(","),
        created_at: ctx.now(),
        last_used_at: None,
        revoked_at: None,
    };
    let mut tx = ctx.db.write().await?;
    store::add_token(&mut tx, &token, &digest(&secret)).await?;
    people::insert(&mut tx, &people::service_account(token.id, &token.name), ctx.now()).await?;
    store::change(&mut tx, AREA, &format!("service {}", token.id), ctx.now()).await?;
    let entry = Entry {
        actor,
        action: "token.create",
        subject: format!("token {}", token.id),
        rule,
        detail: json!({ "name": token.name, "scopes": token.scopes }),
    };
    record(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Ends a token at once.
pub async fn revoke_token(ctx: &Ctx, viewer: &Viewer, id: TokenId) -> Result<()> {
    let authorized = policy::authorize(viewer, &Action::ManageTokens)?;
    let mut tx = ctx.db.write().await?;
    if !store::revoke_token(&mut tx, id.0, ctx.now()).await? {
        return Err(Error::conflict("This token was revoked before."));
    }
    let actor = Actor::Viewer(viewer.clone());
    let entry = Entry {
        actor: &actor,
        action: "token.revoke",
        subject: format!("token {id}"),
        rule: authorized.rule(),
        detail: json!({}),
    };
    record(&mut tx, ctx, entry).await?;
    tx.commit().await
}

/// Ends every token, and answers how many there were: for a database whose past is not its present.
pub async fn revoke_all_tokens(ctx: &Ctx, actor: &Actor) -> Result<u64> {
    let mut tx = ctx.db.write().await?;
    let revoked = store::revoke_tokens(&mut tx, ctx.now()).await?;
    let entry = Entry {
        actor,
        action: "token.revoke_all",
        subject: "portal".to_owned(),
        rule: "operator",
        detail: json!({ "revoked": revoked }),
    };
    record(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(revoked)
}

/// The service account behind a bearer token; `None` when the token is unknown or revoked.
pub async fn authenticate(ctx: &Ctx, bearer: &str) -> Result<Option<ServiceAccount>> {
    let mut tx = ctx.db.read().await?;
    let Some(token) = store::token_by_hash(&mut tx, &digest(bearer)).await? else { return Ok(None) };
    drop(tx);
    let stale = token.last_used_at.is_none_or(|last| ctx.now() - last > chrono::TimeDelta::minutes(1));
    if stale {
        let mut tx = ctx.db.write().await?;
        store::touch_token(&mut tx, token.id, ctx.now()).await?;
        tx.commit().await?;
    }
    let scopes = token.scopes.split(',').map(str::to_owned).collect();
    Ok(Some(ServiceAccount { id: TokenId(token.id), name: token.name, scopes }))
}

/// The secret has 256 random bits: a plain hash is enough to store it by.
fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}
