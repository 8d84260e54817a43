//! People, memberships, sessions, tokens.

mod sessions;
mod tokens;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use imbl::OrdMap;
use lakeport_model::people::{DomainRef, MemberSource, Membership, PersonKind, PersonRef, Role};
use lakeport_model::{DomainId, PersonId, TokenId};
use sqlx::FromRow;
use uuid::Uuid;

pub use self::sessions::{
    delete_all_sessions, delete_oldest_sessions, delete_session, delete_sessions_before, delete_sessions_of,
    has_sessions_before, load_session, save_session, sessions_of,
};
pub use self::tokens::{
    Token, add_token, end_token, revoke_token, set_token_owner, token, token_by_hash, tokens, tokens_of,
    touch_token,
};
use super::stored::{OverSince, Text};
use super::{Tx, row, rows, run};
use crate::policy::rules::{Administrators, SignIn};
use crate::policy::{AddPerson, Authorized, Import, ManageMember, ManagePerson};
use crate::{Error, Result};

/// A stored person.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Person {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    /// E-mail address in lower case.
    #[sqlx(try_from = "Text")]
    pub email: String,
    /// Name.
    #[sqlx(try_from = "Text")]
    pub name: String,
    /// Job title.
    pub title: Option<String>,
    /// Administrator of the portal, by a file or by the configuration.
    pub administrator: bool,
    /// A people file says so.
    pub listed_administrator: bool,
    /// Issuer of the linked identity.
    pub issuer: Option<String>,
    /// Subject of the linked identity.
    pub subject: Option<String>,
    /// Somebody who signs in, or a program.
    #[sqlx(try_from = "String")]
    pub kind: PersonKind,
    /// Cannot sign in any more since.
    #[sqlx(try_from = "OverSince")]
    pub disabled_at: Option<DateTime<Utc>>,
}

/// Names of all people, to show ids as names.
#[derive(Debug, Clone, Default)]
pub struct Names(OrdMap<PersonId, Arc<str>>);

impl Names {
    /// The name of a person.
    pub fn of(&self, id: PersonId) -> String {
        self.known(id).unwrap_or_else(|| "somebody erased".to_owned())
    }

    /// The name of a person, if there is one with this id.
    pub fn known(&self, id: PersonId) -> Option<String> {
        self.0.get(&id).map(ToString::to_string)
    }

    /// Takes over what somebody is called now; `None` for somebody who is not there any more.
    pub(crate) fn put(&mut self, id: PersonId, name: Option<String>) {
        match name {
            Some(name) => self.0.insert(id, name.into()),
            None => self.0.remove(&id),
        };
    }

    /// The name of the person whose id is written as `text`.
    pub fn of_text(&self, text: &str) -> String {
        text.parse().map_or_else(|_| text.to_owned(), |id| self.of(id))
    }

    /// The person as pages link it.
    pub fn person(&self, id: PersonId) -> PersonRef {
        PersonRef { id, name: self.of(id) }
    }
}

/// Names of all people.
pub async fn names(tx: &mut Tx) -> Result<Names> {
    let found = rows!(tx, (Uuid, String), "SELECT id, name FROM person")?;
    Ok(Names(found.into_iter().map(|(id, name)| (PersonId(id), Arc::from(name))).collect()))
}

/// A person by id.
pub async fn by_id(tx: &mut Tx, id: PersonId) -> Result<Option<Person>> {
    Ok(row!(tx, Person, "SELECT * FROM person WHERE id = $1", id.0)?)
}

/// A person by e-mail address in lower case.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<Person>> {
    Ok(row!(tx, Person, "SELECT * FROM person WHERE email = $1", email)?)
}

/// A person by linked identity.
pub async fn by_identity(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<Person>> {
    Ok(row!(
        tx,
        Person,
        "SELECT * FROM person \
         WHERE issuer = $1 AND subject = $2",
        issuer,
        subject
    )?)
}

/// The row that a service account asks and reads under: the token's id and name, no role, no mailbox.
pub fn service_account(id: TokenId, name: &str) -> Person {
    Person {
        kind: PersonKind::Service,
        ..Person::new(id.into(), format!("{id}@service.invalid"), name.to_owned())
    }
}

impl Person {
    /// A person without any role.
    pub fn new(id: PersonId, email: String, name: String) -> Self {
        Self {
            id,
            email,
            name,
            title: None,
            administrator: false,
            listed_administrator: false,
            issuer: None,
            subject: None,
            kind: PersonKind::Person,
            disabled_at: None,
        }
    }

    /// A program with a token.
    pub fn is_service(&self) -> bool {
        self.kind == PersonKind::Service
    }

    /// False for a service account, and for somebody who has left.
    pub fn has_mailbox(&self) -> bool {
        !self.is_service() && self.disabled_at.is_none()
    }
}

/// Everybody, by name; service accounts left out.
pub async fn all(tx: &mut Tx) -> Result<Vec<Person>> {
    Ok(rows!(tx, Person, "SELECT * FROM person WHERE kind = 'person' ORDER BY name, id")?)
}

/// People who can sign in and have a name, a part of a name or an address that begins so, by name. In lower case.
pub async fn beginning_with(tx: &mut Tx, typed: &str, limit: i64) -> Result<Vec<Person>> {
    let typed = typed.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    Ok(rows!(
        tx,
        Person,
        "SELECT * FROM person WHERE kind = 'person' AND disabled_at IS NULL AND (lower(name) LIKE $1 ESCAPE '!' \
         OR lower(name) LIKE $2 ESCAPE '!' OR email LIKE $1 ESCAPE '!') ORDER BY name, id LIMIT $3",
        format!("{typed}%"),
        format!("% {typed}%"),
        limit
    )?)
}

/// People who are called so, however the name is capitalised.
pub async fn called(tx: &mut Tx, name: &str, limit: i64) -> Result<Vec<Person>> {
    Ok(rows!(
        tx,
        Person,
        "SELECT * FROM person WHERE kind = 'person' AND (name = $1 OR lower(name) = $2) ORDER BY email LIMIT $3",
        name,
        name.to_lowercase(),
        limit
    )?)
}

/// Adds a person.
pub async fn insert(
    tx: &mut Tx,
    _proof: &Authorized<AddPerson>,
    person: &Person,
    at: DateTime<Utc>,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO person (id, email, name, title, administrator, listed_administrator, issuer, subject, kind, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        person.id.0,
        &person.email,
        &person.name,
        &person.title,
        person.administrator,
        person.listed_administrator,
        &person.issuer,
        &person.subject,
        person.kind.as_str(),
        at
    )?;
    Ok(())
}

/// Writes what a people file says about a person.
pub async fn update(tx: &mut Tx, _proof: &Authorized<Import>, person: &Person) -> Result<()> {
    run!(
        tx,
        "UPDATE person SET name = $2, title = $3, administrator = $4, listed_administrator = $5 WHERE id = $1",
        person.id.0,
        &person.name,
        &person.title,
        person.administrator,
        person.listed_administrator
    )?;
    Ok(())
}

/// Takes over the name the issuer knows.
pub async fn rename(tx: &mut Tx, _proof: &Authorized<SignIn>, id: PersonId, name: &str) -> Result<()> {
    run!(tx, "UPDATE person SET name = $2 WHERE id = $1", id.0, name)?;
    Ok(())
}

/// Links a pre-registered person to an identity.
pub async fn link(
    tx: &mut Tx,
    _proof: &Authorized<SignIn>,
    id: PersonId,
    issuer: &str,
    subject: &str,
) -> Result<()> {
    let done = run!(
        tx,
        "UPDATE person SET issuer = $2, subject = $3 WHERE id = $1 AND issuer IS NULL",
        id.0,
        issuer,
        subject
    )?;
    if done == 1 {
        Ok(())
    } else {
        Err(Error::conflict("This person was linked to another account just now."))
    }
}

/// Makes a person an administrator, or no longer.
pub async fn set_administrator(
    tx: &mut Tx,
    _proof: &Authorized<Administrators>,
    id: PersonId,
    administrator: bool,
) -> Result<()> {
    run!(tx, "UPDATE person SET administrator = $2 WHERE id = $1", id.0, administrator)?;
    Ok(())
}

/// The administrators, by name.
pub async fn administrators(tx: &mut Tx) -> Result<Vec<PersonId>> {
    let sql = "SELECT id FROM person WHERE administrator = $1 AND kind = 'person' ORDER BY name, id";
    Ok(rows!(tx, (Uuid,), sql, true)?.into_iter().map(|(id,)| PersonId(id)).collect())
}

/// How many administrators there are beside a person, who can sign in.
pub async fn other_administrators(tx: &mut Tx, id: PersonId) -> Result<i64> {
    let found = row!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM person WHERE administrator = $2 AND disabled_at IS NULL AND id <> $1",
        id.0,
        true
    )?;
    Ok(found.map_or(0, |(number,)| number))
}

/// Disables a person since a moment, or enables one again.
pub async fn set_disabled(
    tx: &mut Tx,
    _proof: &Authorized<ManagePerson>,
    id: PersonId,
    since: Option<DateTime<Utc>>,
) -> Result<()> {
    run!(tx, "UPDATE person SET disabled_at = $2 WHERE id = $1", id.0, since)?;
    Ok(())
}

#[derive(FromRow)]
struct MembershipRow {
    domain: String,
    name: String,
    #[sqlx(try_from = "String")]
    role: Role,
}

/// A person's roles.
pub async fn memberships(tx: &mut Tx, person: PersonId) -> Result<Vec<Membership>> {
    let found = rows!(
        tx,
        MembershipRow,
        "SELECT member.domain, domain.name, member.role FROM member JOIN domain ON domain.id = member.domain \
         WHERE member.person = $1 ORDER BY domain.name",
        person.0
    )?;
    let membership = |MembershipRow { domain, name, role }| Membership {
        domain: DomainRef { id: DomainId(domain), name },
        role,
    };
    Ok(found.into_iter().map(membership).collect())
}

/// A member of a domain.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Member {
    /// The domain.
    pub domain: String,
    /// The person.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// Name.
    #[sqlx(try_from = "Text")]
    pub name: String,
    /// E-mail address.
    #[sqlx(try_from = "Text")]
    pub email: String,
    /// The role.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// What made the person a member.
    #[sqlx(try_from = "String")]
    pub source: MemberSource,
}

impl Member {
    /// A file says so, so that only a file takes it back.
    pub fn is_from_file(&self) -> bool {
        self.source == MemberSource::File
    }
}

/// All members of all domains, those who have left included, by name.
pub async fn members_ever(tx: &mut Tx) -> Result<Vec<Member>> {
    Ok(rows!(
        tx,
        Member,
        "SELECT member.domain, member.person, person.name, person.email, member.role, member.source FROM member \
         JOIN person ON person.id = member.person ORDER BY person.name, person.id"
    )?)
}

/// A person as a member of a domain, whether or not they can sign in.
pub async fn member(tx: &mut Tx, domain: &str, person: PersonId) -> Result<Option<Member>> {
    Ok(row!(
        tx,
        Member,
        "SELECT member.domain, member.person, person.name, person.email, member.role, member.source FROM member \
         JOIN person ON person.id = member.person WHERE member.domain = $1 AND member.person = $2",
        domain,
        person.0
    )?)
}

/// Members of a domain who can sign in, by name, from behind a person on.
pub async fn members_after(
    tx: &mut Tx,
    domain: &str,
    after: Option<&Person>,
    limit: i64,
) -> Result<Vec<Member>> {
    let (name, id) = after.map_or(("", Uuid::nil()), |person| (person.name.as_str(), person.id.0));
    Ok(rows!(
        tx,
        Member,
        "SELECT member.domain, member.person, person.name, person.email, member.role, member.source FROM member \
         JOIN person ON person.id = member.person WHERE member.domain = $1 AND person.disabled_at IS NULL \
         AND (person.name, person.id) > ($2, $3) ORDER BY person.name, person.id LIMIT $4",
        domain,
        name,
        id,
        limit
    )?)
}

/// Notes that somebody was removed from a domain on its page.
pub async fn remember_removal(
    tx: &mut Tx,
    _proof: &Authorized<ManageMember>,
    domain: &str,
    person: PersonId,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO member_removed (domain, person) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        domain,
        person.0
    )?;
    Ok(())
}

/// Forgets that somebody was removed from a domain.
pub async fn forget_removal(
    tx: &mut Tx,
    _proof: &Authorized<ManageMember>,
    domain: &str,
    person: PersonId,
) -> Result<()> {
    run!(tx, "DELETE FROM member_removed WHERE domain = $1 AND person = $2", domain, person.0)?;
    Ok(())
}

/// Replaces the members that files gave a domain; those added on a page stay.
pub async fn set_members(
    tx: &mut Tx,
    proof: &Authorized<Import>,
    domain: &str,
    members: &[(PersonId, Role)],
) -> Result<()> {
    run!(tx, "DELETE FROM member WHERE domain = $1 AND source = 'file'", domain)?;
    for (person, role) in members {
        put_member(tx, &proof.allows(), domain, *person, *role, MemberSource::File).await?;
    }
    Ok(())
}

/// Gives a person a role in a domain.
pub async fn put_member(
    tx: &mut Tx,
    _proof: &Authorized<ManageMember>,
    domain: &str,
    person: PersonId,
    role: Role,
    source: MemberSource,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO member (domain, person, role, source) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (domain, person) DO UPDATE SET role = excluded.role, source = excluded.source",
        domain,
        person.0,
        role.as_str(),
        source.as_str()
    )?;
    Ok(())
}

/// Takes a person's role in a domain.
pub async fn remove_member(
    tx: &mut Tx,
    _proof: &Authorized<ManageMember>,
    domain: &str,
    person: PersonId,
) -> Result<()> {
    run!(tx, "DELETE FROM member WHERE domain = $1 AND person = $2", domain, person.0)?;
    Ok(())
}

/// True where people can be kept: false in a database that was never brought to any version.
pub async fn has_table(tx: &mut Tx) -> Result<bool> {
    let name = "person";
    let found = match tx {
        Tx::Sqlite(..) => {
            row!(tx, (String,), "SELECT name FROM sqlite_master WHERE type = 'table' AND name = $1", name)?
        }
        Tx::Postgres(..) => row!(
            tx,
            (String,),
            "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1",
            name
        )?,
    };
    Ok(found.is_some())
}

/// True when there is at least one person.
pub async fn has_anybody(tx: &mut Tx) -> Result<bool> {
    Ok(row!(tx, (Uuid,), "SELECT id FROM person LIMIT 1")?.is_some())
}
