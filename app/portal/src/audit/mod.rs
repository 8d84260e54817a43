//! The audit: a hash chain written in the same transaction as what it records.

mod export;
mod names;
mod page;
mod refusals;

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use lakeport_model::PersonId;
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use export::{Export, export};
pub use page::page;
pub(crate) use refusals::{REFUSED, noted, noted_as};

use crate::actor::Actor;
use crate::catalog::dashboards::domain_of;
use crate::pace::Pace;
use crate::store::audit::{self as store, NewRecord, Record};
use crate::store::{Boxed, Tx};
use crate::{Ctx, Result};

/// What is to be recorded.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Who did it.
    pub actor: &'a Actor,
    /// What was done: `request.approve`.
    pub action: &'static str,
    /// On what: `request 0198..`.
    pub subject: String,
    /// Under which rule.
    pub rule: &'a str,
    /// Details; ids, no names or e-mail addresses, so that a person can be erased beside the chain.
    pub detail: Value,
}

/// Adds an entry to the chain; in a write transaction.
pub fn record<'a>(tx: &'a mut Tx, ctx: &'a Ctx, entry: Entry<'a>) -> Boxed<'a, ()> {
    Box::pin(async move {
        let about = about(tx, ctx, &entry.subject).await?;
        write(tx, ctx, vec![(entry, about)]).await
    })
}

/// Adds entries to the chain in their order, with as many statements as for one.
pub(crate) async fn record_all(tx: &mut Tx, ctx: &Ctx, entries: Vec<Entry<'_>>) -> Result<()> {
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        let about = about(tx, ctx, &entry.subject).await?;
        all.push((entry, about));
    }
    write(tx, ctx, all).await
}

/// Adds an entry about something of this domain, for callers who know it better than the catalog in force.
pub(crate) async fn record_in(tx: &mut Tx, ctx: &Ctx, entry: Entry<'_>, domain: String) -> Result<()> {
    let about =
        store::About { domain: Some(domain).filter(|domain| !domain.is_empty()), ..store::About::default() };
    write(tx, ctx, vec![(entry, about)]).await
}

/// Refuses whoever did any of these things as often as the pace allows, by the records of what they did.
pub(crate) async fn keep_pace(
    tx: &mut Tx,
    actor: &Actor,
    actions: &[&str],
    pace: Pace,
    now: DateTime<Utc>,
) -> Result<()> {
    let (actor, mut done) = (actor.key(), Vec::new());
    for action in actions {
        done.extend(store::moments_since(tx, &actor, action, pace.since(now)).await?);
    }
    pace.allows(&done, now)
}

/// What an entry is about. Whose a contract or a dashboard is, its document and its products say.
async fn about(tx: &mut Tx, ctx: &Ctx, subject: &str) -> Result<store::About> {
    let Some((kind, id)) = subject.split_once(' ') else { return Ok(store::About::default()) };
    let mut about = store::about(tx, kind, id).await?;
    if let Some(contract) = &about.contract {
        let snapshot = ctx.snapshot_in(tx).await?;
        let domain = snapshot.contracts.get(contract).map(|contract| snapshot.domain_of(contract));
        about.domain = domain.filter(|domain| !domain.is_empty());
    }
    if kind == "dashboard" {
        let snapshot = ctx.snapshot_in(tx).await?;
        let read = snapshot.dashboards.get(id).and_then(|text| text.read.as_ref().ok());
        let domain = read.map(|dashboard| domain_of(&snapshot, id, dashboard));
        about.domain = domain.filter(|domain| !domain.is_empty());
    }
    Ok(about)
}

async fn write(tx: &mut Tx, ctx: &Ctx, entries: Vec<(Entry<'_>, store::About)>) -> Result<()> {
    let (mut number, mut previous) =
        store::head(tx).await?.map_or_else(Default::default, |head| (head.number, head.hash));
    let mut records = Vec::with_capacity(entries.len());
    for (entry, about) in entries {
        number += 1;
        let mut record = Record {
            number,
            at: ctx.now(),
            actor: entry.actor.key(),
            action: entry.action.to_owned(),
            subject: entry.subject,
            rule: entry.rule.to_owned(),
            detail: entry.detail.to_string(),
            previous: std::mem::take(&mut previous),
            hash: String::new(),
        };
        record.hash = hash(&record);
        previous.clone_from(&record.hash);
        let mut people: BTreeSet<PersonId> = about.person.into_iter().collect();
        people.extend(record.actor.split_once(' ').and_then(|(_, id)| id.parse::<PersonId>().ok()));
        if let Value::Object(fields) = &entry.detail {
            people.extend(fields.values().filter_map(|value| value.as_str()?.parse::<PersonId>().ok()));
        }
        records.push(NewRecord { record, about, people });
    }
    store::insert(tx, &records).await
}

/// SHA-256 over the fields in order, each with its length in front, so that no two records share a text.
fn hash(record: &Record) -> String {
    let number = record.number.to_string();
    let at = record.at.timestamp_micros().to_string();
    let fields = [
        &record.previous,
        &number,
        &at,
        &record.actor,
        &record.action,
        &record.subject,
        &record.rule,
        &record.detail,
    ];
    let mut digest = Sha256::new();
    for field in fields {
        digest.update((field.len() as u64).to_be_bytes());
        digest.update(field.as_bytes());
    }
    hex::encode(digest.finalize())
}

/// What a verification of the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// Records read.
    pub records: i64,
    /// The newest number and hash.
    pub head: Option<(i64, String)>,
    /// The first thing that is wrong.
    pub problem: Option<String>,
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.problem, &self.head) {
            (Some(problem), _) => write!(f, "The audit chain is broken: {problem}"),
            (None, None) => f.write_str("The audit chain is empty."),
            (None, Some((number, hash))) => {
                write!(f, "The audit chain is whole: {} records, head {number}:{hash}", self.records)
            }
        }
    }
}

/// Recomputes the whole chain; `expected` is a head kept outside, which must lie on it.
///
/// Only with such a head it shows that the newest records were cut off; that all of them were, shows by what is there.
pub async fn verify(ctx: &Ctx, expected: Option<(i64, String)>) -> Result<VerifyReport> {
    let mut tx = ctx.db.read().await?;
    let mut report = VerifyReport { records: 0, head: None, problem: None };
    let mut previous = (0, String::new());
    let mut met = expected.is_none();
    loop {
        let records = store::after(&mut tx, previous.0, 1_000).await?;
        if records.is_empty() {
            break;
        }
        for record in records {
            report.problem = broken(&record, &previous);
            if report.problem.is_some() {
                return Ok(report);
            }
            if let Some((number, hash)) = &expected
                && *number == record.number
            {
                met = *hash == record.hash;
            }
            report.records += 1;
            previous = (record.number, record.hash);
            report.head = Some(previous.clone());
        }
    }
    if report.head.is_none() && store::is_missed(&mut tx).await? {
        report.problem = Some(
            "it has no record, although people, tokens, requests or grants are here; each leaves one when it comes."
                .to_owned(),
        );
    }
    if let (false, Some((number, _))) = (met, expected) {
        report.problem = Some(format!("record {number} is not the one whose hash was kept outside."));
    }
    Ok(report)
}

fn broken(record: &Record, previous: &(i64, String)) -> Option<String> {
    if record.number != previous.0 + 1 {
        Some(format!("record {} is missing.", previous.0 + 1))
    } else if record.previous != previous.1 {
        Some(format!("record {} does not follow the one before it.", record.number))
    } else if hash(record) != record.hash {
        Some(format!("record {} was changed after it was written.", record.number))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(fields: [&str; 6]) -> Record {
        let [actor, action, subject, rule, detail, previous] = fields.map(str::to_owned);
        let at = chrono::DateTime::default();
        Record { number: 1, at, actor, action, subject, rule, detail, previous, hash: String::new() }
    }

    proptest! {
        /// Text cannot be pushed from one field into the next without the hash telling.
        #[test]
        fn no_two_records_share_a_hash(one in prop::array::uniform6("[ab]{0,3}"), two in prop::array::uniform6("[ab]{0,3}")) {
            let hash = |fields: &[String; 6]| hash(&record(fields.each_ref().map(String::as_str)));
            prop_assert_eq!(hash(&one) == hash(&two), one == two);
        }
    }
}
