//! New versions: they are recorded, and who relies on a contract is told what another version changes, and whether that
//! breaks anything.

use serde_json::json;

use super::compare::{self, Comparison};
use super::subscribe::{Relying, relying};
use crate::audit::{self, Entry};
use crate::catalog::{Contract, ContractVersion, Snapshot, href};
use crate::notify::{self, Message};
use crate::people::Actor;
use crate::store::Tx;
use crate::{Ctx, Result};

/// Changes a message tells one by one.
const TOLD_CHANGES: usize = 12;

/// Records every contract that has another version in force than before, or one that was a draft, and tells its
/// subscribers.
pub(crate) async fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    before: &Snapshot,
    after: &Snapshot,
) -> Result<()> {
    for contract in after.contracts.values() {
        let held = before.contracts.get(&contract.id).map(|held| said(held.newest()));
        let newest = contract.newest();
        if held == Some(said(newest)) {
            continue;
        }
        let entry = Entry {
            actor,
            action: "contract.version",
            subject: format!("contract {}", contract.id),
            rule: "operator",
            detail: json!({ "before": held, "after": said(newest) }),
        };
        audit::record_in(tx, ctx, entry, after.domain_of(contract)).await?;
        for Relying { person, version: accepted, .. } in relying(tx, ctx, after, contract).await? {
            if accepted != newest.version {
                notify::tell(tx, ctx, &[person], &message(contract, &accepted)).await?;
            }
        }
    }
    Ok(())
}

/// A version by its number; one that nobody is meant to rely on yet says so.
fn said(version: &ContractVersion) -> String {
    let draft = if version.document.is_draft() { " (draft)" } else { "" };
    format!("{}{draft}", version.version)
}

/// What the version in force changes for somebody who accepted another one.
fn message(contract: &Contract, accepted: &str) -> Message {
    let newest = contract.newest();
    let held = contract.versions.iter().find(|version| version.version == accepted);
    let comparison = held.map(|held| compare::compare(&held.document, &newest.document));
    let breaks = comparison.as_ref().is_some_and(Comparison::is_breaking);
    let mut lines: Vec<String> = comparison.as_ref().map(Comparison::in_words).unwrap_or_default();
    let more = lines.len().saturating_sub(TOLD_CHANGES);
    lines.truncate(TOLD_CHANGES);
    if more > 0 {
        lines.push(format!("And {more} more changes, on the contract's page"));
    }
    lines.push(format!("You accepted version {accepted}"));
    lines.push(format!("Read what changed, then accept version {} or end your subscription", newest.version));
    let weight = if breaks { ", which breaks promises" } else { "" };
    let title = format!("The contract {} has a new version: {}{weight}", contract.name, newest.version);
    Message::new(title, lines, href::contract(&contract.id))
}
