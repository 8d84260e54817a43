//! What members propose, and how it ended.

use chrono::{DateTime, Utc};
use lakeport_model::proposals::ProposalState;
use lakeport_model::retire::Retirable;
use lakeport_model::{PersonId, ProposalId};
use sqlx::FromRow;
use uuid::Uuid;

use super::import::words;
use super::lists::{list, rows_of_list, run_list};
use super::stored::{Moment, OptionalId};
use super::{Tx, notify, row, rows, run};
use crate::Result;
use crate::policy::{Authorized, ProposeDocument, SettleProposal, WriteDocument};

/// A stored proposal without its text.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ProposalRow {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: ProposalId,
    /// What it is about: a word of `Retirable`, or one of another version of the portal.
    pub kind: String,
    /// The id of that.
    pub document: String,
    /// The domain that it belonged to then.
    pub domain: String,
    /// Who proposed it.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// When; of one that took the place of a former one, when that was.
    #[sqlx(try_from = "Moment")]
    pub at: DateTime<Utc>,
    /// What says on which text it was written.
    pub base: String,
    /// Why.
    pub reason: String,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: ProposalState,
    /// Who ended it.
    #[sqlx(try_from = "OptionalId")]
    pub decided_by: Option<PersonId>,
    /// When.
    #[sqlx(try_from = "Moment")]
    pub decided_at: Option<DateTime<Utc>>,
    /// What they said.
    pub answer: Option<String>,
}

/// What somebody proposes now.
#[derive(Debug, Clone, Copy)]
pub struct NewProposal<'a> {
    /// The id of one that is new.
    pub id: ProposalId,
    /// What it is about, and its id.
    pub about: (Retirable, &'a str),
    /// The domain of that.
    pub domain: &'a str,
    /// Who proposes it.
    pub person: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// What says on which text it was written.
    pub base: &'a str,
    /// The text.
    pub text: &'a str,
    /// Why.
    pub reason: &'a str,
}

macro_rules! proposals {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, document, domain, person, at, base, reason, state, decided_by, decided_at, answer FROM proposal ",
            $rest
        )
    };
}

/// A proposal by its id.
pub async fn one(tx: &mut Tx, id: ProposalId) -> Result<Option<ProposalRow>> {
    Ok(row!(tx, ProposalRow, proposals!("WHERE id = $1"), id.0)?)
}

/// The text of a proposal.
pub async fn text(tx: &mut Tx, id: ProposalId) -> Result<Option<String>> {
    let found = row!(tx, (String,), "SELECT text FROM proposal WHERE id = $1", id.0)?;
    Ok(found.map(|(text,)| text))
}

/// What a person proposed of something, while it is open.
pub async fn open_of(
    tx: &mut Tx,
    kind: Retirable,
    document: &str,
    person: PersonId,
) -> Result<Option<ProposalRow>> {
    Ok(row!(
        tx,
        ProposalRow,
        proposals!("WHERE kind = $1 AND document = $2 AND person = $3 AND state = 'open'"),
        kind.as_str(),
        document,
        person.0
    )?)
}

/// How many of something are open.
pub async fn open_on(tx: &mut Tx, kind: Retirable, document: &str) -> Result<i64> {
    let found = row!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM proposal WHERE kind = $1 AND document = $2 AND state = 'open'",
        kind.as_str(),
        document
    )?;
    Ok(found.map_or(0, |(count,)| count))
}

/// How many of a person are open.
pub async fn open_by(tx: &mut Tx, person: PersonId) -> Result<i64> {
    let found =
        row!(tx, (i64,), "SELECT COUNT(*) FROM proposal WHERE person = $1 AND state = 'open'", person.0)?;
    Ok(found.map_or(0, |(count,)| count))
}

/// True for a person who has proposed something, however it ended.
pub async fn has_proposed(tx: &mut Tx, person: PersonId) -> Result<bool> {
    let found =
        row!(tx, (i64,), "SELECT CAST(1 AS BIGINT) FROM proposal WHERE person = $1 LIMIT 1", person.0)?;
    Ok(found.is_some())
}

/// The first after a moment and an id that are open in these domains and not of this person, the oldest first.
pub async fn open_in(
    tx: &mut Tx,
    domains: &[&str],
    person: PersonId,
    (at, id): (DateTime<Utc>, ProposalId),
    limit: i64,
) -> Result<Vec<ProposalRow>> {
    Ok(rows_of_list!(
        tx,
        ProposalRow,
        "SELECT held.id, held.kind, held.document, held.domain, held.person, held.at, held.base, held.reason, held.state, \
         held.decided_by, held.decided_at, held.answer FROM ",
        " CROSS JOIN proposal AS held WHERE held.domain = item.value ->> 0 AND held.state = 'open' \
         AND held.person <> $2 AND (held.at, held.id) > ($3, $4) ORDER BY held.at, held.id LIMIT $5",
        words(domains)?,
        person.0,
        at,
        id.0,
        limit
    )?)
}

/// Those of a person before an id, the newest first.
pub async fn of_person(
    tx: &mut Tx,
    person: PersonId,
    before: ProposalId,
    limit: i64,
) -> Result<Vec<ProposalRow>> {
    Ok(rows!(
        tx,
        ProposalRow,
        proposals!("WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3"),
        person.0,
        before.0,
        limit
    )?)
}

/// Keeps what somebody proposes, in the place of what they proposed of the same thing while that is open.
pub async fn propose(tx: &mut Tx, _proof: &Authorized<ProposeDocument>, new: &NewProposal<'_>) -> Result<()> {
    let (kind, document) = new.about;
    run!(
        tx,
        "INSERT INTO proposal (id, kind, document, domain, person, at, base, text, reason, state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open') \
         ON CONFLICT (kind, document, person) WHERE state = 'open' DO UPDATE SET domain = excluded.domain, \
         at = excluded.at, base = excluded.base, text = excluded.text, reason = excluded.reason",
        new.id.0,
        kind.as_str(),
        document,
        new.domain,
        new.person.0,
        new.at,
        new.base,
        new.text,
        new.reason
    )?;
    Ok(())
}

/// Open proposals follow what they are about into its domain: these are ids of things that are written, with their domains.
pub async fn keep_domains(
    tx: &mut Tx,
    _proof: &Authorized<WriteDocument>,
    kind: Retirable,
    owners: &[(&str, &str)],
) -> Result<()> {
    run_list!(
        tx,
        "UPDATE proposal SET domain = item.value ->> 1 FROM ",
        " WHERE proposal.kind = $2 AND proposal.document = item.value ->> 0 AND proposal.state = 'open' \
         AND proposal.domain <> item.value ->> 1",
        list(owners)?,
        kind.as_str()
    )?;
    Ok(())
}

/// Ends an open proposal: how, who said so, and what they said. What people were told of it is settled with it.
pub async fn settle(
    tx: &mut Tx,
    _proof: &Authorized<SettleProposal>,
    id: ProposalId,
    state: ProposalState,
    (person, answer): (PersonId, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    run!(
        tx,
        "UPDATE proposal SET state = $2, decided_by = $3, decided_at = $4, answer = $5 WHERE id = $1 AND state = 'open'",
        id.0,
        state.as_str(),
        person.0,
        now,
        answer
    )?;
    notify::settle(tx, &format!("/proposals/{id}"), None).await
}
