//! New versions: they are recorded, and who relies on a contract is told what another version changes, and whether that
//! breaks anything.

use lakeport_model::contracts::unread_words;
use lakeport_model::{ContractId, day};
use serde_json::json;

use super::compare::{self, Comparison};
use super::page;
use super::subscribe::{Relying, relying};
use crate::audit::{self, Entry};
use crate::catalog::{Contract, ContractVersion, Rights, Snapshot, href};
use crate::notify::{self, Message};
use crate::people::Actor;
use crate::store::Tx;
use crate::{Ctx, Error, ErrorKind, Result};

/// Changes a message tells one by one.
const TOLD_CHANGES: usize = 12;

/// Records every contract that has another version in force than before, one that was a draft, or one that was withdrawn or
/// put into force again, and tells its subscribers. Somebody brought it about, as a rule allows.
pub(crate) async fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    (actor, rule): (&Actor, &str),
    (before, after): (&Snapshot, &Snapshot),
) -> Result<()> {
    for contract in after.contracts.values() {
        // While the newest version cannot be read, none is in force.
        let Some(newest) = contract.in_force() else { continue };
        let known = before.contracts.get(&contract.id);
        let held = known.and_then(Contract::in_force);
        let (is_withdrawn, was_withdrawn) = (newest.document.is_withdrawn(), is_withdrawn(held));
        if !is_news(held, newest) {
            continue;
        }
        let entry = Entry {
            actor,
            action: "contract.version",
            subject: format!("contract {}", contract.id),
            rule,
            detail: json!({
                "before": held.map(said),
                "after": said(newest),
                "withdrawn": is_withdrawn.then_some(true),
            }),
        };
        audit::record_in(tx, ctx, entry, after.domain_of(contract)).await?;
        let was_none_in_force = known.is_some() && held.is_none();
        let is_back = was_withdrawn && held.is_some_and(|held| held.version == newest.version);
        for Relying { person, version: accepted, .. } in relying(tx, ctx, after, contract).await? {
            let again = is_back || (was_none_in_force && accepted == newest.version);
            if is_withdrawn {
                notify::tell(tx, ctx, &[person], &withdrawn(contract, &accepted)).await?;
            } else if again || accepted != newest.version {
                notify::tell(tx, ctx, &[person], &in_force(contract, &accepted, again)).await?;
            }
        }
    }
    Ok(())
}

fn is_withdrawn(version: Option<&ContractVersion>) -> bool {
    version.is_some_and(|version| version.document.is_withdrawn())
}

/// True where something else is in force than before.
fn is_news(held: Option<&ContractVersion>, newest: &ContractVersion) -> bool {
    held.map(said) != Some(said(newest)) || is_withdrawn(held) != newest.document.is_withdrawn()
}

/// How many of those who rely on a contract are told that something else is in force than before.
pub(crate) async fn told_of(
    tx: &mut Tx,
    ctx: &Ctx,
    (before, after): (&Snapshot, &Snapshot),
    id: &str,
) -> Result<usize> {
    let Some(contract) = after.contracts.get(id) else { return Ok(0) };
    let held = before.contracts.get(id).and_then(Contract::in_force);
    let Some(newest) = contract.in_force().filter(|newest| is_news(held, newest)) else { return Ok(0) };
    let was_none_in_force = before.contracts.contains_key(id) && held.is_none();
    let is_news_to_all = was_none_in_force || newest.document.is_withdrawn() || is_withdrawn(held);
    let is_told = |accepted: &str| is_news_to_all || accepted != newest.version;
    let relying = relying(tx, ctx, after, contract).await?;
    Ok(relying.iter().filter(|relying| is_told(&relying.version)).count())
}

/// A version by its number; one that nobody is meant to rely on yet says so.
fn said(version: &ContractVersion) -> String {
    let draft = if version.document.is_draft() { " (draft)" } else { "" };
    format!("{}{draft}", version.version)
}

/// That a contract promises nothing any more: there is nothing left to accept.
fn withdrawn(contract: &Contract, accepted: &str) -> Message {
    Message::new(
        format!("The contract {} is withdrawn", contract.name),
        [
            "It promises nothing any more".to_owned(),
            format!("You accepted version {accepted}; you can end your subscription"),
        ],
        href::contract(&contract.id),
    )
}

/// What the version in force changes for somebody who accepted another one, the first of many changes; and whether it breaks
/// promises.
fn changed(contract: &Contract, accepted: &str) -> (Vec<String>, bool) {
    let held = contract.versions.iter().find(|version| version.version == accepted);
    let comparison = held.map(|held| compare::compare(&held.document, &contract.newest().document));
    let breaks = comparison.as_ref().is_some_and(Comparison::is_breaking);
    let mut lines = comparison.as_ref().map(Comparison::in_words).unwrap_or_default();
    let more = lines.len().saturating_sub(TOLD_CHANGES);
    lines.truncate(TOLD_CHANGES);
    if more > 0 {
        lines.push(format!("And {more} more changes, on the contract's page"));
    }
    (lines, breaks)
}

/// What is said in the place of a contract that does not open to a reader: nothing, unless it is there and cannot be read.
fn unread(refused: &Error, id: &ContractId) -> Vec<String> {
    let is_there = refused.kind() == ErrorKind::Unreadable;
    is_there.then(|| unread_words(id)).into_iter().collect()
}

/// That data stands under a contract that was not accepted with a request for it; nothing where that is hidden from the
/// reader.
pub(crate) fn never_accepted(snapshot: &Snapshot, rights: &Rights, id: &ContractId) -> Vec<String> {
    let contract = match page::visible(snapshot, rights, id) {
        Ok(contract) => contract,
        Err(refused) => return unread(&refused, id),
    };
    let newest = contract.in_force().filter(|version| !version.document.is_withdrawn());
    let line = newest.map(|newest| {
        format!(
            "The data stands under version {} of the contract {} now; its terms were not accepted.",
            newest.version, contract.name
        )
    });
    line.into_iter().collect()
}

/// What became of a contract since somebody accepted a version of it, for a reader: which version is in force now, and
/// what it changes. Nothing where it is the accepted one, and where the contract is hidden from the reader.
pub(crate) fn since_accepted(
    snapshot: &Snapshot,
    rights: &Rights,
    id: &ContractId,
    accepted: &str,
) -> Vec<String> {
    let contract = match page::visible(snapshot, rights, id) {
        Ok(contract) => contract,
        Err(refused) => return unread(&refused, id),
    };
    let newest = contract.newest();
    if let Some(reason) = contract.not_in_force() {
        return vec![reason];
    }
    if newest.document.is_withdrawn() {
        return vec!["The contract is withdrawn: it promises nothing any more.".to_owned()];
    }
    if newest.version == accepted {
        return Vec::new();
    }
    let since = day(newest.published_at.date_naive());
    let mut lines =
        vec![format!("Version {} is in force now; the portal first saw it on {since}.", newest.version)];
    lines.extend(changed(contract, accepted).0);
    lines
}

/// What the version in force changes for somebody who accepted another one, or that the accepted one is in force `again`.
fn in_force(contract: &Contract, accepted: &str, again: bool) -> Message {
    let newest = contract.newest();
    let (mut lines, breaks) = changed(contract, accepted);
    lines.push(format!("You accepted version {accepted}"));
    if accepted != newest.version {
        lines.push(format!(
            "Read what changed, then accept version {} or end your subscription",
            newest.version
        ));
    }
    let weight = if breaks { ", which breaks promises" } else { "" };
    let what = if again { "is in force again" } else { "has a new version" };
    let title = format!("The contract {} {what}: {}{weight}", contract.name, newest.version);
    Message::new(title, lines, href::contract(&contract.id))
}
