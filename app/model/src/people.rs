//! People, their domains and roles, and the viewer of a page.

mod person;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::words::words;
use crate::{DomainId, Page, PersonId, TokenId};

pub use person::{AnsweredProduct, PersonPage};

/// What a member may do in a domain; a higher role includes the lower ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Belongs to the domain.
    Member,
    /// Looks after the domain beside its owners: reviews access, and decides where a second approval or no owner is.
    Steward,
    /// Answers for the domain's data: decides and reviews.
    Owner,
}

impl Role {
    /// From the one that may do least to the one that may do most.
    pub const ALL: [Self; 3] = [Self::Member, Self::Steward, Self::Owner];

    /// The stored and shown name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Steward => "steward",
            Self::Owner => "owner",
        }
    }

    /// What whoever holds it does, in a sentence: the same wherever somebody asks.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Member => "A member reads the domain's data as its policy says.",
            Self::Steward => {
                "A steward publishes the domain's products, assets and terms, reviews and withdraws access, adds members, reads the audit, \
                 and decides requests that need a second approval or that no owner can decide."
            }
            Self::Owner => {
                "An owner publishes the domain's products, assets and terms, decides requests, reviews and withdraws access, and adds members."
            }
        }
    }

    /// As a sentence names it: `a steward`.
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Member => "a member",
            Self::Steward => "a steward",
            Self::Owner => "an owner",
        }
    }
}

/// Who changes the members of a domain, in a sentence.
pub const WHO_ADDS_MEMBERS: &str =
    "The owners and stewards of a domain and the administrators add and remove its members.";

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "member" => Ok(Self::Member),
            "steward" => Ok(Self::Steward),
            "owner" => Ok(Self::Owner),
            other => Err(format!("\"{other}\" is not a role; allowed are member, steward and owner")),
        }
    }
}

impl TryFrom<String> for Role {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

words! {
    /// Who asks and reads.
    PersonKind {
        /// Somebody who signs in.
        Person = "person",
        /// A program with a token.
        Service = "service",
    }

    /// What made somebody a member of a domain.
    MemberSource {
        /// The domain's file, and only a file takes it back.
        File = "file",
        /// Somebody, on the domain's page.
        Page = "page",
    }
}

/// A domain by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DomainRef {
    /// Its id.
    pub id: DomainId,
    /// Its name.
    pub name: String,
}

/// A person by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonRef {
    /// The person's id.
    pub id: PersonId,
    /// The person's name.
    pub name: String,
}

/// A person's place in a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The domain.
    pub domain: DomainRef,
    /// The role in it.
    pub role: Role,
}

/// A role in a domain that somebody was given or lost, by name. Confirmation, message and audit say it in the same words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleChange {
    /// Whose role it is.
    pub person: String,
    /// The domain's name.
    pub domain: String,
    /// The role until then.
    pub before: Option<Role>,
    /// The role since then.
    pub after: Option<Role>,
}

impl RoleChange {
    /// `Tom Fischer is now a steward of Sales`.
    pub fn in_words(&self) -> String {
        self.said_of(&format!("{} is", self.person))
    }

    /// The same to the person: `You are now a steward of Sales`.
    pub fn to_the_person(&self) -> String {
        self.said_of("You are")
    }

    fn said_of(&self, who: &str) -> String {
        let (words, role) = match (self.after, self.before) {
            (Some(role), _) => ("now", role.with_article()),
            (None, Some(role)) => ("no longer", role.with_article()),
            (None, None) => ("not", Role::Member.with_article()),
        };
        format!("{who} {words} {role} of {}", self.domain)
    }
}

/// The signed-in person, or the program, behind the current call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The person's id.
    pub id: PersonId,
    /// Name to show.
    pub name: String,
    /// Verified e-mail address.
    pub email: String,
    /// May see the audit, tokens and settings.
    pub administrator: bool,
    /// A service account, known by its token; it asks and reads, and has no role.
    #[serde(default)]
    pub service: bool,
    /// Roles in domains.
    pub memberships: Vec<Membership>,
}

impl Viewer {
    /// The viewer's role in a domain, if any.
    pub fn role_in(&self, domain: &DomainId) -> Option<Role> {
        self.memberships
            .iter()
            .find(|membership| &membership.domain.id == domain)
            .map(|membership| membership.role)
    }

    /// True when the viewer has at least this role in the domain.
    pub fn is(&self, role: Role, domain: &DomainId) -> bool {
        self.role_in(domain).is_some_and(|held| held >= role)
    }

    /// True when the viewer has at least this role in some domain.
    pub fn is_anywhere(&self, role: Role) -> bool {
        self.memberships.iter().any(|membership| membership.role >= role)
    }

    /// Two letters for the avatar.
    pub fn initials(&self) -> String {
        let mut letters = self.name.split_whitespace().filter_map(|word| word.chars().next());
        let first = letters.next();
        first.into_iter().chain(letters.next_back()).flat_map(char::to_uppercase).collect()
    }
}

/// A domain's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DomainPage {
    /// Its id.
    pub id: DomainId,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// The domain above it.
    pub parent: Option<DomainRef>,
    /// The domains below it.
    pub children: Vec<DomainRef>,
    /// Its owners.
    pub owners: Vec<PersonRef>,
    /// Its stewards.
    pub stewards: Vec<PersonRef>,
    /// The first of its products by name, with their addresses.
    pub products: Vec<(String, String)>,
    /// What of it cannot be read, in sentences to those who may know of that.
    pub unread: Option<String>,
    /// Products that the viewer may know of.
    pub product_count: u32,
    /// Everything of it in the catalog that the viewer may know of, products as well.
    pub entry_count: u32,
    /// A part of its members, by name.
    pub members: Page<MemberLine>,
    /// Roles that the viewer may give in it; none where the viewer may add nobody.
    pub roles: Vec<Role>,
    /// The viewer may publish a new product of it.
    pub may_publish: bool,
    /// The viewer follows it.
    pub follows: bool,
    /// The viewer may see how well it keeps up what it offers.
    pub sees_health: bool,
}

/// A member in a domain's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberLine {
    /// Who.
    pub person: PersonRef,
    /// E-mail address, for those who add members.
    pub email: Option<String>,
    /// The role.
    pub role: Role,
    /// The domain's file says so; otherwise somebody did on the page.
    pub from_file: bool,
    /// Other roles that the viewer may give this member.
    pub may_become: Vec<Role>,
    /// The viewer may remove this member.
    pub may_remove: bool,
}

/// Somebody to suggest while a name is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonHint {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
}

/// Most sessions of a person: with one more the oldest ends.
pub const MOST_SESSIONS: u32 = 50;

/// What the account page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Who is signed in.
    pub viewer: Viewer,
    /// Job title, where a people file names one.
    pub title: Option<String>,
    /// When each session ends, by real time; the newest first.
    pub sessions: Vec<DateTime<Utc>>,
    /// Tokens the viewer answers for.
    pub tokens: Vec<TokenInfo>,
    /// The real time, present in demo mode only.
    pub real_time: Option<DateTime<Utc>>,
}

/// What the frame around every page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shell {
    /// Who is signed in.
    pub viewer: Viewer,
    /// Requests that wait for the viewer's decision.
    pub to_decide: u32,
    /// Grants whose review waits for the viewer.
    pub to_review: u32,
    /// Proposals that wait for the viewer's decision.
    pub proposals: u32,
    /// The viewer has proposed something.
    pub has_proposed: bool,
    /// Unread notifications.
    pub unread: u32,
    /// May open the audit page.
    pub sees_audit: bool,
    /// Present in demo mode only.
    pub demo: Option<DemoShell>,
}

/// The demo's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoShell {
    /// The portal's current time, as shown: `Sat, 1 May 2027, 09:12 UTC`.
    pub now: String,
    /// Its date, `2027-05-01`, the earliest the clock can be moved to.
    pub today: String,
}

/// Where a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenState {
    /// Calls with it are answered, as far as its scopes go.
    Works,
    /// Its last moment has passed; calls with it are refused.
    Ended,
    /// Somebody or something took it back before its end; calls with it are refused.
    Revoked(DateTime<Utc>),
}

impl TokenInfo {
    /// Where it stands. What was taken back stays so, also after its last moment.
    pub fn state(&self) -> TokenState {
        match self.revoked_at {
            Some(at) => TokenState::Revoked(at),
            None if self.expired => TokenState::Ended,
            None => TokenState::Works,
        }
    }
}

/// A service account's token as the administrators' page lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenInfo {
    /// Its id.
    pub id: TokenId,
    /// The service account's name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Last call with it.
    pub last_used_at: Option<DateTime<Utc>>,
    /// No longer valid since.
    pub revoked_at: Option<DateTime<Utc>>,
    /// How it was revoked, as a clause: `by Sofia Lindqvist`, `when a backup was restored`.
    pub revoked_how: Option<String>,
    /// The person who answers for it; none for one made before tokens had owners.
    pub owner: Option<PersonRef>,
    /// Its last moment.
    pub ends_at: Option<DateTime<Utc>>,
    /// The last moment has passed.
    pub expired: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_role_is_always_named() {
        let change = |before, after| RoleChange {
            person: "Tom Fischer".to_owned(),
            domain: "Sales".to_owned(),
            before,
            after,
        };
        let given = change(Some(Role::Member), Some(Role::Steward));
        assert_eq!(given.in_words(), "Tom Fischer is now a steward of Sales");
        assert_eq!(given.to_the_person(), "You are now a steward of Sales");
        assert_eq!(change(None, Some(Role::Owner)).in_words(), "Tom Fischer is now an owner of Sales");
        let lost = change(Some(Role::Owner), None);
        assert_eq!(lost.in_words(), "Tom Fischer is no longer an owner of Sales");
        assert_eq!(change(None, None).to_the_person(), "You are not a member of Sales");
    }
}
