//! Who is an administrator: whom a people file or the configuration names, and nobody else.

use serde_json::json;

use super::Actor;
use crate::audit::{self, Entry};
use crate::policy::rules::Administrators;
use crate::store::Tx;
use crate::store::changes::{self, Touched};
use crate::store::people::{self as store, Person};
use crate::{Ctx, Result};

/// True when the configuration names this address.
pub(crate) fn is_configured(ctx: &Ctx, email: &str) -> bool {
    ctx.settings.administrators.iter().any(|address| address.eq_ignore_ascii_case(email))
}

/// Brings everybody to what the configuration says now; a process does it when it starts.
pub async fn settle_all(ctx: &Ctx) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    for person in store::all(&mut tx).await? {
        settle(&mut tx, ctx, &person).await?;
    }
    tx.commit_unrecorded("each change is recorded where it is made, and mostly there is none").await
}

/// Makes a person an administrator, or no longer, as file and configuration say; each change is in the audit.
pub(crate) async fn settle(tx: &mut Tx, ctx: &Ctx, person: &Person) -> Result<()> {
    let configured = is_configured(ctx, &person.email);
    let is_named = configured || person.listed_administrator;
    if is_named == person.administrator {
        return Ok(());
    }
    let rule = if configured { Administrators::Configured } else { Administrators::NotNamed };
    store::set_administrator(tx, &rule.proof(), person.id, is_named).await?;
    let subject = format!("person {}", person.id);
    changes::touch(tx, [Touched::Person(person.id)], ctx.now()).await?;
    let entry = Entry {
        actor: &Actor::System("configuration"),
        action: if is_named { "administrator.appoint" } else { "administrator.dismiss" },
        subject,
        rule: rule.name(),
        detail: json!({ "before": person.administrator, "after": is_named }),
    };
    audit::record(tx, ctx, entry).await
}
