//! The audit chain.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lakeport_model::PersonId;
use lakeport_model::people::Role;
use serde::Deserialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::lists::{list, moment, rows_of_list, run_list};
use super::stored::{Moment, OptionalId};
use super::{Tx, row, rows};
use crate::Result;

/// A stored record of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Default, FromRow)]
pub struct Record {
    /// Place in the chain, from 1.
    pub number: i64,
    /// When; a moment that cannot be read is another one than its hash is of.
    #[sqlx(try_from = "Moment")]
    pub at: DateTime<Utc>,
    /// `person ID`, `service ID` or `system NAME`.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// On what.
    pub subject: String,
    /// Under which rule.
    pub rule: String,
    /// Details as JSON; ids, no names.
    pub detail: String,
    /// Hash of the record before.
    pub previous: String,
    /// Hash of this record.
    pub hash: String,
}

/// The newest record.
pub async fn head(tx: &mut Tx) -> Result<Option<Record>> {
    Ok(row!(tx, Record, "SELECT * FROM audit ORDER BY number DESC LIMIT 1")?)
}

/// True where there is something that never comes without a record.
pub async fn is_missed(tx: &mut Tx) -> Result<bool> {
    let found = row!(
        tx,
        (i64,),
        "SELECT CAST(1 AS BIGINT) WHERE EXISTS (SELECT 1 FROM person) OR EXISTS (SELECT 1 FROM token) \
         OR EXISTS (SELECT 1 FROM access_request) OR EXISTS (SELECT 1 FROM access_grant)"
    )?;
    Ok(found.is_some())
}

/// What a record is about, as it stands beside the chain: the domain chooses what its stewards see, port and people are
/// what somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq, Default, FromRow)]
pub struct About {
    /// The domain it belongs to now.
    pub domain: Option<String>,
    /// The output port that was asked for.
    pub port: Option<String>,
    /// Who asked, reads, or answers for it.
    #[sqlx(try_from = "OptionalId")]
    pub person: Option<PersonId>,
    /// The contract it belongs to.
    #[sqlx(default)]
    pub contract: Option<String>,
}

/// A record to be added, with what stands beside the chain.
#[derive(Debug, Clone, Default)]
pub struct NewRecord {
    /// The record.
    pub record: Record,
    /// What it is about.
    pub about: About,
    /// Whom it concerns; only those who are known are noted.
    pub people: BTreeSet<PersonId>,
}

/// Adds records; the caller has computed their numbers and hashes in a write transaction.
pub async fn insert(tx: &mut Tx, records: &[NewRecord]) -> Result<()> {
    if !records.is_empty() {
        tx.note_record();
    }
    let rows = records.iter().map(|NewRecord { record, about, .. }| {
        let Record { number, at, actor, action, subject, rule, detail, previous, hash } = record;
        let (at, About { domain, port, .. }) = (moment(*at), about);
        (number, at, actor, action, subject, rule, detail, previous, hash, domain, port)
    });
    run_list!(
        tx,
        ["INSERT INTO audit (number, at, actor, action, subject, rule, detail, previous, hash, domain, port) \
          SELECT CAST(item.value ->> 0 AS BIGINT), " at 1, ", item.value ->> 2, item.value ->> 3, item.value ->> 4, \
          item.value ->> 5, item.value ->> 6, item.value ->> 7, item.value ->> 8, item.value ->> 9, item.value ->> 10 \
          FROM "],
        "",
        list(&rows.collect::<Vec<_>>())?
    )?;
    let concerned = |new: &NewRecord| {
        let number = new.record.number;
        new.people.iter().map(move |person| (person.0.simple().to_string(), number)).collect::<Vec<_>>()
    };
    let people: Vec<_> = records.iter().flat_map(concerned).collect();
    if people.is_empty() {
        return Ok(());
    }
    run_list!(
        tx,
        ["INSERT INTO audit_about (person, number) SELECT person.id, concerned.number FROM (SELECT " id 0, " AS id, \
          CAST(item.value ->> 1 AS BIGINT) AS number FROM "],
        ") AS concerned CROSS JOIN person WHERE person.id = concerned.id",
        list(&people)?
    )?;
    Ok(())
}

/// What a thing of this kind is about.
pub async fn about(tx: &mut Tx, kind: &str, id: &str) -> Result<About> {
    let domain =
        |found: Option<(String,)>| About { domain: found.map(|(domain,)| domain), ..About::default() };
    Ok(match (kind, id.parse::<Uuid>()) {
        ("domain", _) => About { domain: Some(id.to_owned()), ..About::default() },
        ("person" | "token", Ok(id)) => About { person: Some(PersonId(id)), ..About::default() },
        ("request", Ok(id)) => {
            row!(tx, About, "SELECT domain, port, requester AS person FROM access_request WHERE id = $1", id)?
                .unwrap_or_default()
        }
        ("grant", Ok(id)) => {
            row!(tx, About, "SELECT domain, port, consumer AS person FROM access_grant WHERE id = $1", id)?
                .unwrap_or_default()
        }
        ("subscription", Ok(id)) => {
            let found =
                row!(tx, (Uuid, String), "SELECT person, contract FROM subscription WHERE id = $1", id)?;
            let (person, contract) = found.unzip();
            About { person: person.map(PersonId), contract, ..About::default() }
        }
        ("contract", _) => About { contract: Some(id.to_owned()), ..About::default() },
        ("asset", _) => domain(row!(tx, (String,), "SELECT domain FROM asset WHERE id = $1", id)?),
        ("product", _) => domain(row!(tx, (String,), "SELECT domain FROM product WHERE id = $1", id)?),
        ("term", _) => domain(row!(tx, (String,), "SELECT domain FROM term WHERE id = $1", id)?),
        ("port", _) => {
            let product = id.rsplit_once('/').map_or(id, |(product, _)| product);
            let found = row!(tx, (String,), "SELECT domain FROM product WHERE id = $1", product)?;
            About { port: Some(id.to_owned()), ..domain(found) }
        }
        _ => About::default(),
    })
}

/// Records after `number`, oldest first.
pub async fn after(tx: &mut Tx, number: i64, limit: i64) -> Result<Vec<Record>> {
    Ok(rows!(tx, Record, "SELECT * FROM audit WHERE number > $1 ORDER BY number LIMIT $2", number, limit)?)
}

/// Which records are looked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'a> {
    /// Only what is about the domains this person looks after.
    pub steward: Option<PersonId>,
    /// Stands in what was done.
    pub action: &'a str,
    /// Whose name or address contains this did it, or is concerned.
    pub person: &'a str,
    /// Stands somewhere in it, or in a name of somebody it concerns.
    pub words: &'a str,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
}

/// Records before `number` that are looked for, newest first.
pub async fn before(tx: &mut Tx, wanted: &Wanted<'_>, number: i64, limit: i64) -> Result<Vec<Record>> {
    let Wanted { steward, action, person, words, from, to } = wanted;
    let (person, typed, words) =
        (contains(&person.to_lowercase()), contains(person), contains(&words.to_lowercase()));
    Ok(rows!(
        tx,
        Record,
        r"SELECT number, at, actor, action, subject, rule, detail, previous, hash FROM audit
          WHERE number < $1 AND action LIKE $2 ESCAPE '\'
          AND ($3 = '%%' OR number IN (
            SELECT audit_about.number FROM audit_about JOIN person ON person.id = audit_about.person
            WHERE lower(person.name) LIKE $3 ESCAPE '\' OR person.name LIKE $9 ESCAPE '\'
            OR person.email LIKE $3 ESCAPE '\'))
          AND ($4 = '%%' OR lower(action) LIKE $4 ESCAPE '\' OR lower(subject) LIKE $4 ESCAPE '\'
            OR lower(rule) LIKE $4 ESCAPE '\' OR lower(detail) LIKE $4 ESCAPE '\' OR lower(port) LIKE $4 ESCAPE '\'
            OR number IN (
              SELECT audit_about.number FROM audit_about JOIN person ON person.id = audit_about.person
              WHERE lower(person.name) LIKE $4 ESCAPE '\'))
          AND ($5 IS NULL OR at >= $5) AND ($6 IS NULL OR at < $6)
          AND ($7 IS NULL OR domain IN (SELECT member.domain FROM member WHERE person = $7 AND role = 'steward'))
          ORDER BY number DESC LIMIT $8",
        number,
        &contains(action),
        &person,
        &words,
        *from,
        *to,
        steward.map(|person| person.0),
        limit,
        &typed
    )?)
}

/// The moments of the records that an actor has since then and whose action ends so.
pub async fn moments_since(
    tx: &mut Tx,
    actor: &str,
    action: &str,
    since: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>> {
    let found = rows!(
        tx,
        (Moment,),
        r"SELECT at FROM audit WHERE actor = $1 AND action LIKE $2 ESCAPE '\' AND at > $3",
        actor,
        format!("%{}", escaped(action)),
        since
    )?;
    Ok(found.into_iter().map(|(at,)| at.into()).collect())
}

/// Pattern of a text that contains these words in their order, whatever stands between them.
fn contains(words: &str) -> String {
    let words: Vec<String> = words.split_whitespace().map(escaped).collect();
    format!("%{}%", words.join("%"))
}

fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}

/// Actions that occur in the chain.
pub async fn actions(tx: &mut Tx) -> Result<Vec<String>> {
    let found = rows!(tx, (String,), "SELECT DISTINCT action FROM audit ORDER BY action")?;
    Ok(found.into_iter().map(|(action,)| action).collect())
}

/// Records about one subject, oldest first.
pub async fn of_subject(tx: &mut Tx, subject: &str) -> Result<Vec<Record>> {
    Ok(rows!(tx, Record, "SELECT * FROM audit WHERE subject = $1 ORDER BY number", subject)?)
}

/// When these things were done, each an action and its subject: the subject and the moment of each record.
pub async fn moments_of(
    tx: &mut Tx,
    done: &[(&'static str, String)],
) -> Result<Vec<(String, DateTime<Utc>)>> {
    let found = rows_of_list!(
        tx,
        (String, Moment),
        "SELECT audit.subject, audit.at FROM ",
        " CROSS JOIN audit WHERE audit.subject = item.value ->> 1 AND audit.action = item.value ->> 0",
        list(done)?
    )?;
    Ok(found.into_iter().map(|(subject, at)| (subject, at.into())).collect())
}

/// The newest record of something that was done to a subject.
pub async fn last_of(tx: &mut Tx, action: &str, subject: &str) -> Result<Option<Record>> {
    Ok(row!(
        tx,
        Record,
        "SELECT * FROM audit WHERE action = $1 AND subject = $2 ORDER BY number DESC LIMIT 1",
        action,
        subject
    )?)
}

/// The records of how tokens were revoked or ended, in order.
pub async fn ends_of_tokens(tx: &mut Tx) -> Result<Vec<Record>> {
    Ok(rows!(
        tx,
        Record,
        "SELECT * FROM audit WHERE action IN ('token.revoke', 'token.end') ORDER BY number"
    )?)
}

/// A change of a role, as its record tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChanged {
    /// When.
    pub at: DateTime<Utc>,
    /// Whose role it is.
    pub person: PersonId,
    /// The role until then.
    pub before: Option<Role>,
    /// The role from then on.
    pub after: Option<Role>,
}

/// What a record of it says.
#[derive(Deserialize)]
struct Changed {
    person: PersonId,
    before: Option<Role>,
    after: Option<Role>,
}

/// The changes of roles in a domain since then, the oldest first.
pub async fn role_changes(tx: &mut Tx, domain: &str, since: DateTime<Utc>) -> Result<Vec<RoleChanged>> {
    let found = rows!(
        tx,
        (Moment, String),
        "SELECT at, detail FROM audit WHERE subject = $1 \
         AND action IN ('member.add', 'member.remove', 'member.change') AND at > $2 ORDER BY number",
        format!("domain {domain}"),
        since
    )?;
    let changed = |(at, detail): (Moment, String)| {
        let Changed { person, before, after } = serde_json::from_str(&detail).ok()?;
        Some(RoleChanged { at: at.into(), person, before, after })
    };
    Ok(found.into_iter().filter_map(changed).collect())
}
