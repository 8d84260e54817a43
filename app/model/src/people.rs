//! People, their domains and roles, and the viewer of a page.

use serde::{Deserialize, Serialize};

use crate::{DomainId, PersonId};

/// What a member may do in a domain; a higher role includes the lower ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Belongs to the domain.
    Member,
    /// Looks after rules and quality; second approver of restricted data.
    Steward,
    /// Answers for the domain's data: decides and reviews.
    Owner,
}

impl Role {
    /// The stored and shown name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Steward => "steward",
            Self::Owner => "owner",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "member" => Ok(Self::Member),
            "steward" => Ok(Self::Steward),
            "owner" => Ok(Self::Owner),
            other => Err(format!("\"{other}\" is no role; allowed are member, steward and owner")),
        }
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

/// What the frame around every page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shell {
    /// Who is signed in.
    pub viewer: Viewer,
    /// Requests that wait for the viewer's decision.
    pub to_decide: u32,
    /// Grants whose review waits for the viewer.
    pub to_review: u32,
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
